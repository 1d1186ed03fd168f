"""Eigenvalues of zonal kernels from their singular points t = 1 and t = -1, to all orders.

A kernel analytic on [-1, 1] but for its ends, with ``K = sum_j a_j (1 - t)^nu_j`` at t = 1 and
``sum_j b_j (1 + t)^mu_j`` at t = -1 (whole powers apart), has for k -> oo

    lambda_k ~ sum_j a_j Lambda(nu_j) + (-1)^k sum_j b_j Lambda(mu_j),

Lambda(nu) the eigenvalue of (1 - t)^nu (`exact.one_sided`), which is a series in even powers of 1/m, m = k +
d/2 - 1, in front of ``m^-(2 nu + d - 1)``. For ``(1 - t)^n log(1 - t)``, n whole, it is the slope in nu, and
1/Gamma(-nu) there has the slope ``(-1)^(n+1) n!``.

    singular_terms          the powers at one end
    singular_eigenvalues    the sums over both ends
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sympy import (
    Add,
    Expr,
    Float,
    Integer,
    Rational,
    Symbol,
    factor_terms,
    factorial,
    gamma,
    nsimplify,
    pi,
    simplify,
    sqrt,
)

from asymptotics.domains.domain import normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.gamma_products import GammaProduct
from asymptotics.expansions.tail import tail_expansion
from asymptotics.expansions.terms import Term
from asymptotics.kernels.chords import chord_series

_x = Symbol("x", positive=True)
CHORDS = 6
"""Powers of the chord that are looked at beyond those that the orders need, for the first singular one."""
DEPTHS = (6, 12, 24)
"""Terms of an expansion in powers of 1 - t that are tried."""
NONE_BELOW = 4
"""A kernel without singular powers below this one has none."""


@dataclass(frozen=True, slots=True)
class Singular:
    """``coefficient (1 - t)^power``, times ``log(1 - t)`` if the power is whole and >= 0."""

    coefficient: Expr
    power: Expr

    @property
    def inverse_gamma(self) -> Expr:
        """``1/Gamma(-power)``, or its slope in the power where the logarithm is there."""
        nu = self.power
        return (-1) ** (nu + 1) * factorial(nu) if _is_whole(nu) else 1 / gamma(-nu)

    def coefficients(self, d: Expr, orders: int) -> list[Expr]:
        """``Lambda = sum_n coefficients[n] m^-(2 nu + d - 1 + 2 n)``, m = k + d/2 - 1."""
        nu = self.power
        front = 2 ** (nu + d - 2) * gamma(d / 2) * gamma(nu + (d - 1) / 2) / sqrt(pi) * self.inverse_gamma
        half, shift = Rational(1, 2), nu + (d - 1) / 2
        ratio = GammaProduct(factors=((1, 1, half - shift), (-1, 1, half + shift)))
        values = [simplify(self.coefficient * front * ratio.coefficient(2 * n)) for n in range(orders)]
        return [nsimplify(value.evalf(20), rational=True) if value.has(Float) else value for value in values]


def singular_terms(kernel: Expr, t: Symbol, end: int, reach: int) -> tuple[Singular, ...]:
    """The singular powers of ``1 - end*t`` in a kernel at t = end, those less than ``reach`` above the first.

    Raises `SpectrumError` for a kernel that does not expand there, and `UnableError` for powers too close.

    >>> from sympy import acos
    >>> t = Symbol("t")
    >>> singular_terms(acos(t), t, 1, 2)
    (Singular(coefficient=sqrt(2), power=1/2), Singular(coefficient=sqrt(2)/12, power=3/2))
    >>> singular_terms((1 - t) ** Rational(1, 3), t, 1, 2)
    (Singular(coefficient=1, power=1/3),)
    """
    try:
        series = chord_series(kernel, t, end, 2 * reach + CHORDS)
    except SpectrumError:
        return singular_powers(kernel, t, Integer(end), end, reach)
    odd = [(Rational(j, 2), c) for j, c in enumerate(series) if j % 2 and c != 0]
    if odd and 2 * (odd[0][0] + reach) > len(series) + 1:
        series = chord_series(kernel, t, end, int(2 * (odd[0][0] + reach)))
        odd = [(Rational(j, 2), c) for j, c in enumerate(series) if j % 2 and c != 0]
    return tuple(Singular(simplify(c * 2**power), power) for power, c in odd if power < odd[0][0] + reach)


def singular_powers(kernel: Expr, t: Symbol, point: Expr, side: int, reach: int) -> tuple[Singular, ...]:
    """The singular powers of ``side (point - t)``, with logarithms, less than ``reach`` above the first.

    >>> t = Symbol("t")
    >>> singular_powers(1 / (3 - t), t, Integer(3), 1, 2)
    (Singular(coefficient=1, power=-1),)
    """
    for depth in DEPTHS:
        try:
            series = tail_expansion(kernel.subs(t, point - side / _x), _x, depth)
        except (SpectrumError, UnableError) as error:
            raise SpectrumError(
                f"the kernel {kernel} has no expansion in powers at t = {point}: {error}"
            ) from error
        found = [term for term in series.terms if not _is_regular(term)]
        if any(term.log_power > 1 or (term.log_power and not _is_whole(term.order)) for term in found):
            raise UnableError(
                f"the kernel {kernel} has a logarithm at t = {point} beside a power; not derived"
            )
        # log x is -log(1 - t)
        terms = [Singular(simplify(term.coefficient * (-1) ** term.log_power), term.order) for term in found]
        if not all(term.power.is_number for term in terms):
            return tuple(terms[:1])
        if not series.remainder or (terms and _known(series) >= terms[0].power + reach):
            return tuple(one for one in terms if one.power < terms[0].power + reach)
        if not terms and _known(series) > NONE_BELOW:
            return ()
    raise UnableError(
        f"the kernel {kernel} has more than {DEPTHS[-1]} powers at t = {point} within {reach} of the first"
    )


def _is_whole(power: Expr) -> bool:
    return bool(power.is_Integer and power >= 0)


def _is_regular(term: Term) -> bool:
    return _is_whole(term.order) and not term.log_power


def _known(series: Expansion) -> Expr:
    """The power from which on terms are not known."""
    return min(bound.order for bound in series.remainder)


def singular_eigenvalues(
    kernel: Expr, t: Symbol, d: Expr, k: Symbol, orders: int
) -> tuple[Expr, Expr] | None:
    """``lambda_k`` to the leading ``orders`` in ``1/m^2``, and the order of its relative remainder.

    Fewer orders where powers are too close for that many. None for a kernel that is
    analytic at both ends.
    """
    for reach in range(orders, 0, -1):
        try:
            ends = {end: singular_terms(kernel, t, end, reach) for end in (1, -1)}
        except UnableError:
            if reach > 1:
                continue
            raise
        break
    if not any(ends.values()):
        return None
    return spectrum_of_ends(ends[1], ends[-1], d, k, reach)


def spectrum_of_ends(
    plus: Iterable[Singular], minus: Iterable[Singular], d: Expr, k: Symbol, orders: int
) -> tuple[Expr, Expr]:
    """The same from the powers at both ends; what is smaller than the last order kept is left out."""
    m = k + d / 2 - 1
    signed = [(one, Integer(1)) for one in plus] + [(one, Integer(-1) ** k) for one in minus]
    least = min((one.power for one, _ in signed), key=lambda power: power)
    kept: dict[Expr, Expr] = {}
    for one, sign in signed:
        behind = one.power - least
        for n, coefficient in enumerate(one.coefficients(d, max(0, orders - math.ceil(behind)))):
            order = normal(2 * one.power + d - 1 + 2 * n)
            kept[order] = kept.get(order, Integer(0)) + sign * coefficient
    return Add(*(factor_terms(value) * m**-order for order, value in kept.items())), 2 * Integer(orders)
