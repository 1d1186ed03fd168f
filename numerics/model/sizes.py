"""N and P as numbers of a field, and what they make of kappa: ``zeta = kappa R3`` and ``z = zeta R1``.

Sizes       N, P, their inverses; the factors R1 and R3 at a value of df1
sizes_of    from numbers of a field
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from numerics.values.arithmetic import Field, Scalar
from numerics.values.jets import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """N and P (None: infinite) and 1/N, 1/P as numbers of the field in use."""

    N: Scalar | None
    P: Scalar | None
    inverse_N: Scalar
    inverse_P: Scalar

    @property
    def in_floats(self) -> Sizes:
        """The inverse sizes in double precision."""
        return replace(self, inverse_N=float(self.inverse_N), inverse_P=float(self.inverse_P))

    def factors(self, df1: Series) -> tuple[Series, Series]:
        """``R1 = 1 - df1/P`` of the data, and ``R3 = zeta(kappa)/kappa = 1 - df1/N`` of the student.

        This is the one place that says which zeta a student makes of kappa.
        """
        return 1 - df1 * self.inverse_P, 1 - df1 * self.inverse_N

    def slope(self, R1: Series, R3: Series, df1_slope: Series) -> Series:
        """The derivative of ``R1 R3`` in the variable in which df1 has this slope."""
        return -df1_slope * (self.inverse_P * R3 + self.inverse_N * R1)

    @property
    def equal(self) -> bool:
        return self.N is not None and self.P is not None and bool(self.N == self.P)


def sizes_of(N: Scalar | None, P: Scalar | None, field: Field) -> Sizes:
    """`Sizes` from numbers of ``field``."""
    zero = field.real(0)
    return Sizes(N=N, P=P, inverse_N=zero if N is None else 1 / N, inverse_P=zero if P is None else 1 / P)
