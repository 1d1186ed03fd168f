"""Products of two exponential sums under an integral: what two-time quantities are made of.

At first order in 1/P the two-time kernels of the model are integrals

    I(t) = t^n int_0^1 v^r (1 - v)^j f(t v) g(t (2 - v)) dv,
    f(x) = sum_k u_k lambda_k^m e^(-lambda_k x),   g likewise,

because ``(e^(-xt) - e^(-yt))/(y - x) = t int_0^1 e^(-t (x v + y (1 - v))) dv``. The argument of g stays
large; that of f does not. With ``f ~ sum_i B_i x^(-p_i)``, ``g ~ sum_j G_j x^(-q_j)`` and
``h_m`` the Taylor coefficients of ``v^r (1 - v)^j (2 - v)^(-q)`` at 0,

    int_0^1 ... = sum_i B_i t^(-p_i) FP int_0^1 v^(r - p_i) (1 - v)^j (2 - v)^(-q) dv
                  + sum_m h_m t^(-m-1) M[f](m + 1),       M[f](s) = Gamma(s) D_f(s - m_f),

FP the finite part (the analytic continuation in the exponents). Where ``p_i = m + 1`` both have a
pole and leave ``h_m B_i t^(-p_i) log t`` beside their finite parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import (
    Expr,
    Float,
    Function,
    Integer,
    Rational,
    Symbol,
    beta,
    binomial,
    expand_func,
    factorial,
    hyper,
)

from asymptotics.dirichlet import DirichletSeries
from asymptotics.domain import Domain, normal
from asymptotics.errors import UnableError
from asymptotics.expansion import Expansion, expansion
from asymptotics.laurent import gamma_laurent
from asymptotics.mellin import damped_power, spectral_sum
from asymptotics.orders import Bound, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class ExponentialSum:
    """``f(x) = sum_k u_k lambda_k^power exp(-lambda_k x)`` with ``sum_k u_k lambda_k^-s = series(s)``."""

    series: DirichletSeries
    power: int

    def expansion(self, variable: Symbol, domain: Domain, depth: int) -> Expansion:
        """The sum for large arguments."""
        kernel = damped_power(self.power)
        scaled = spectral_sum(self.series, kernel, variable, inverse=False, domain=domain, depth=depth)
        return scaled * scaled.monomial(Integer(1), Integer(-self.power))

    def moment(self, m: int) -> Expr:
        """The finite part of ``int_0^oo x^m f(x) dx = Gamma(m + 1) D(m + 1 - power)``."""
        series = self.series.laurent(Integer(m + 1 - self.power), 1)
        factor = gamma_laurent(Integer(m + 1), len(series.coefficients))
        return (factor * series).coefficient(0)


class FinitePart(Function):  # type: ignore[misc]
    """``FP int_0^1 v^power (1 - v)^fall (2 - v)^(-decay) dv`` for a negative integer power (Hadamard).

    With ``(1 - v)^fall (2 - v)^(-decay) = sum_m h_m v^m`` it is ``sum h_m/(m + power + 1)`` over all m but
    m = -power - 1; the series falls as 2^-m. Numbers come by ``evalf`` to any number of digits.

    >>> FinitePart(Integer(-1), Integer(0), Integer(1)).evalf(15)   # int (1/(2 - v) - 1/2)/v = log(2)/2
    0.346573590279973
    """

    nargs = 3
    opaque = True

    def _eval_evalf(self, prec: int) -> Expr | None:
        if self.free_symbols:
            return None
        power, fall, decay = int(self.args[0]), int(self.args[1]), self.args[2]
        with mpmath.workprec(prec + 40):
            q = decay.evalf(mpmath.mp.dps + 5)._to_mpmath(mpmath.mp.prec)
            total, count = mpmath.mpf(0), prec + 60 + 8 * int(abs(q) + 1)
            coefficient = mpmath.mpf(2) ** -q
            plain = []
            for m in range(count):
                plain.append(coefficient)
                coefficient *= (q + m) / (2 * (m + 1))
            for m in range(count):
                h = mpmath.fsum(
                    (-1) ** i * mpmath.binomial(fall, i) * plain[m - i] for i in range(min(fall, m) + 1)
                )
                if m + power + 1:
                    total += h / (m + power + 1)
            return Float._new((+total)._mpf_, prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power, fall, decay = (printer._print(x) for x in self.args)
        edge = rf"(1 - v)^{{{fall}}}" if self.args[1] != 0 else ""
        text = rf"\mathrm{{f.p.}}\!\int_0^1 v^{{{power}}} {edge} (2 - v)^{{-{decay}}}\,dv"
        return rf"\left({text}\right)^{{{exp}}}" if exp else rf"\left({text}\right)"


def overlap(
    f: ExponentialSum,
    g: ExponentialSum,
    variable: Symbol,
    *,
    scale: int,
    rise: int,
    fall: int,
    domain: Domain,
    depth: int,
) -> Expansion:
    """``t^scale int_0^1 v^rise (1 - v)^fall f(t v) g(t (2 - v)) dv`` for t -> oo.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.symbols import t
    >>> from asymptotics.task import power_law
    >>> base = spectrum(power_law(2, 2))
    >>> f, g = ExponentialSum(series=base.kernel, power=1), ExponentialSum(series=base.target, power=0)
    >>> gap = overlap(f, g, t, scale=1, rise=0, fall=0, domain=base.domain, depth=2)
    >>> [x.order for x in gap.terms]
    [0, 1/2]
    """
    near, far = f.expansion(variable, domain, depth), g.expansion(variable, domain, depth)
    terms: list[Term] = []
    bounds: list[Bound] = []
    for outer in far.terms:
        for inner in near.terms:
            if inner.log_power or outer.log_power:
                raise UnableError(
                    "a product of exponential sums with a logarithm in their large-time laws "
                    "needs derivatives of 2F1 in its parameters, which are not implemented"
                )
            order = inner.order + outer.order - scale
            both = inner.coefficient * outer.coefficient
            part, pole = finite_part(normal(rise - inner.order), fall, outer.order)
            terms.append(Term(both * part, order))
            terms.append(Term(both * pole, order, 1))
        for m in range(depth):
            taylor = _taylor(rise, fall, outer.order, m)
            order = outer.order + m + 1 - scale
            if taylor != 0:
                terms.append(Term(outer.coefficient * taylor * f.moment(m), order))
        bounds.append(Bound(outer.order + depth + 1 - scale))
        bounds += [Bound(outer.order + b.order - scale, b.log_power + 1) for b in near.remainder]
    everything = [*(Bound(x.order) for x in near.terms), *near.remainder, Bound(Integer(rise + 1))]
    bounds += [
        Bound(b.order + x.order - scale, b.log_power + x.log_power + 1)
        for b in far.remainder
        for x in everything
    ]
    return expansion(variable, terms, bounds, at_infinity=True, domain=domain, depth=depth)


def finite_part(power: Expr, fall: int, decay: Expr) -> tuple[Expr, Expr]:
    """``FP int_0^1 v^power (1 - v)^fall (2 - v)^(-decay) dv`` and the residue that a logarithm carries.

    ``2^-q B(power + 1, fall + 1) 2F1(q, power + 1; power + fall + 2; 1/2)`` where that is finite
    (DLMF 15.6.1); at a negative integer power it is a `FinitePart`.
    """
    if power.is_integer and power.is_negative:
        return FinitePart(power, Integer(fall), decay), _taylor(0, fall, decay, int(-power) - 1)
    first, second = power + 1, normal(power + fall + 2)
    hypergeometric = hyper([decay, first], [second], Rational(1, 2))
    weight = expand_func(beta(first, Integer(fall + 1))) if fall else 1 / first
    return 2 ** (-decay) * weight * hypergeometric, Integer(0)


def _taylor(rise: int, fall: int, decay: Expr, order: int) -> Expr:
    """The coefficient of v^order in ``v^rise (1 - v)^fall (2 - v)^(-decay)``."""
    total = Integer(0)
    for i in range(order - rise + 1):
        j = order - rise - i
        if i <= fall:
            rising = Integer(1)
            for step in range(j):
                rising *= decay + step
            total += (-1) ** i * binomial(fall, i) * rising / factorial(j) * 2 ** (-decay - j)
    return total


__all__ = ["ExponentialSum", "finite_part", "overlap"]
