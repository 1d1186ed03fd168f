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

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Integral,
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
    (DLMF 15.6.1); at a negative integer power the finite part is an integral over v with the
    divergent Taylor terms taken out.
    """
    if power.is_integer and power.is_negative:
        v = Dummy("v", positive=True)
        count = int(-power)  # v^power h(v): terms v^(power + i), i < count, diverge
        shape = (1 - v) ** fall * (2 - v) ** (-decay)
        taylor = [_taylor(0, fall, decay, i) for i in range(count)]
        rest = (shape - Add(*(c * v**i for i, c in enumerate(taylor)))) * v**power
        poles = Add(*(c / (power + i + 1) for i, c in enumerate(taylor) if i != count - 1))
        return Integral(rest, (v, 0, 1)) + poles, taylor[count - 1]
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
