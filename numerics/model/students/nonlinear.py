"""Nonlinear features, solved: their white part is as many modes as one likes, of eigenvalue zero together.

With ``df = df1 + mu_*^2/(mu_1^2 kappa)``, ``zeta + mu_*^2/N = mu_1^2 kappa (1 - df1/N)`` is
``zeta = mu_1^2 kappa (1 - df/N)``: Gaussian features of the spectrum and of white noise beside it.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Float, sqrt

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError, UnableError
from asymptotics.model.students.nonlinear import CLOSED, NonlinearFeatures
from asymptotics.precision import working
from numerics.model.factors import Layer, layer
from numerics.model.students.base import Spectrum, StudentMap, maps
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Field, bits_of, field_of

MOST_DIGITS = 25
"""So many digits has a loss with an activation whose coefficients have no closed form."""


@maps(NonlinearFeatures)
class NonlinearMap(StudentMap[NonlinearFeatures]):
    """One layer of N rows, on a spectrum with white noise."""

    def see(self, spectrum: Spectrum) -> Spectrum:
        """The spectrum with a white part of trace ``(mu_*/mu_1)^2``; ``scale`` becomes mu_1^2."""
        of_activation = self.student.linear is None and self.student.activation not in CLOSED
        if of_activation and self.digits > MOST_DIGITS:
            raise PrecisionError(
                f"digits = {self.digits}: the coefficients of this activation are known to {MOST_DIGITS}; "
                "give fewer digits, or linear= and white="
            )
        self.scale, white = _scales(self.student, spectrum, 2 * self.digits + 40)
        return replace(spectrum, white=white)

    def see_inputs(self, spectrum: Spectrum) -> Spectrum:
        """The same with the white part of other inputs; raises `UnableError` for another linear part."""
        seen, digits = self.see(spectrum), 2 * self.digits + 40
        sums = SpectralSums(spectrum, digits)
        with working(digits), field_of(bits_of(digits)) as field:
            trace = Float(field.mpf(sums.total_target(field)[0]), digits)
            linear, white = self.student.for_trace(trace).coefficients()
            if abs(linear**2 / self.scale - 1) > Float(10) ** -self.digits:
                raise UnableError(
                    f"mu_1 = {linear.evalf(6)} of this activation on the test inputs, "
                    f"{sqrt(self.scale).evalf(6)} in training; give test eigenvalues of "
                    "the same sum, or linear= and white="
                )
            return replace(seen, white=white**2 / self.scale)

    def factors(self, field: Field) -> tuple[Layer, ...]:
        return (layer(self.N, field),)


@cached(maxsize=8)
def _scales(student: NonlinearFeatures, spectrum: Spectrum, digits: int) -> tuple[Expr, Expr]:
    """``mu_1^2`` and ``(mu_*/mu_1)^2`` on a spectrum, kept from one model to the next."""
    with working(digits), field_of(bits_of(digits)) as field:
        if student.activation is not None:
            total = SpectralSums(spectrum, digits).total_eigenvalue(field)
            student = student.for_trace(Float(field.mpf(total), digits))
        linear, white = student.coefficients()
        return linear**2, (white / linear) ** 2
