"""Without label noise the best schedule warms up: its first steps, while much is unlearned, then cost little.

To first order in its steps a run of T, at most eta each, ends at

    L = F(2 X) + (1/B) int_0^X eta(tau) F(2 tau) J2(2 (X - tau)) dtau,    X the sum of its steps.

With ``F(2 tau) ~ c tau^-s`` and ``J2(2 x) ~ k x^-q``, equal steps leave the noise of the first of them, as
T^-q. A share h of all steps, spent on the first of the way with ``eta ~ F^(-1/2)``, leaves instead

    k (eta (1 - h) T)^-q Q^2/(B h T),    Q = int_0^oo sqrt(F(2 tau)) dtau,    s > 2,

beside ``F(2 eta (1 - h) T)``. For s < q + 1 the latter leads and h vanishes, so that L ~ F(2 eta T); beyond,
h = 1/(q + 1) and L ~ T^-(q+1); where both fall alike, h is between. In the end steps decay over a vanishing
share, or the loss would feed its own noise.

    Noiseless    what the best schedule leaves without label noise
    EarlyArea    Q
"""

from __future__ import annotations

import math
from typing import Any

import mpmath
from sympy import Expr, Float, Function, Integer, Symbol, exp, sqrt

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import PrecisionError, UnableError, Undecided
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.expander import RULES, Expander, Found
from asymptotics.model.sums import C0, E2
from asymptotics.precision import working
from asymptotics.sums.convergent import ConvergentSum

ONE = Integer(1)
STRIP = 0.24
"""So many steps of log(tau) to one and a digit: the root is analytic for ``|Im log(tau)| < pi/2``."""
EARLY, LATEST = 4, 60
"""Before ``log(tau) = -4`` the loss is a short series in tau; there it is near its power before 60."""


class Noiseless(Function):  # type: ignore[misc]
    """``Noiseless(T, B, eta)``: the loss of the best T steps, of at most eta, without label noise."""

    nargs = 3

    def _sympystr(self, printer: Any) -> str:
        return f"min(F(2 X) + integral of eta F J2/{printer._print(self.args[1])})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        batch = printer._print(self.args[1])
        fed = r"\int_0^X \eta F(2\tau) J_2(2(X - \tau))\, d\tau"
        return rf"\min \left[F(2X) + \frac{{1}}{{{batch}}} {fed}\right]"


class EarlyArea(OpaqueNumber):
    """``Q``; arguments are ``m c``, lambda, the index, and c and s of ``F(2 tau) ~ c tau^-s``, s > 2.

    >>> from asymptotics.symbols import k
    >>> from sympy import Rational, gamma
    >>> s = Rational(5, 2)
    >>> EarlyArea(k**-6, k**-2, k, gamma(s) / 2 * 2**-s, s).evalf(6)
    2.04451
    """

    nargs = 5
    step = 15
    words = "Q = int_0^oo sqrt(F(2 x)) dx, F(2 x) the loss of gradient flow at the time x"
    meaning = (
        r"Q = \textstyle\int_0^\infty \sqrt{F(2 \tau)}\, d\tau\text{, } F(2 \tau)\text{ the loss of "
        r"gradient flow at the time } \tau"
    )

    @property
    def free_symbols(self) -> set[Symbol]:
        power, rate, index, *tail = self.args
        return ((power.free_symbols | rate.free_symbols) - {index}).union(*(x.free_symbols for x in tail))

    def _eval_is_positive(self) -> bool:
        return True

    def number(self, digits: int) -> Any:
        return _area(self, digits)

    def _sympystr(self, printer: Any) -> str:
        return "Q"

    def written(self, printer: Any) -> str:
        return "Q"


@cached(maxsize=64)
def _area(node: EarlyArea, digits: int) -> Any:
    """The trapezoidal rule in log(tau), which converges exponentially; its ends are sums of powers of tau."""
    power, rate, index, *tail = node.args
    with working(digits + 10):
        step = mpmath.mpf(1) / math.ceil(STRIP * digits)
        c, s = (mpmath.mpmathify(x.evalf(digits + 10)) for x in tail)

        def sum_of(summand: Expr) -> Any:
            return mpmath.mpmathify(ConvergentSum(summand, index).evalf(digits + 5))

        n = math.ceil(digits / 2)
        start = [(-2) ** i * sum_of(power * rate**i) / mpmath.factorial(i) for i in range(n)]
        found: list[Any] = []
        first = -int(EARLY / step)
        while True:
            x = (first + len(found)) * step
            tau = mpmath.exp(x)
            left = sum_of(power * exp(-2 * Float(tau, digits + 10) * rate))
            found.append(tau * mpmath.sqrt(left))
            if x > 0 and abs(left * tau**s / c - 1) < mpmath.mpf(10) ** -(digits + 2):
                break
            if x > LATEST:
                raise PrecisionError("the loss is not near its power while its root is integrated")
        before, x = [], first * step
        while x > -digits * 2.5:
            x -= step
            tau = mpmath.exp(x)
            before.append(tau * mpmath.sqrt(mpmath.polyval(start[::-1], tau)))
        last = (first + len(found) - 1) * step
        behind = mpmath.sqrt(c) * mpmath.exp(last * (1 - s / 2)) / mpmath.expm1(step * (s / 2 - 1))
        return step * (mpmath.fsum(found) + mpmath.fsum(before) + behind)


def expand_noiseless(found: Expander, node: Noiseless, x: Symbol) -> Found:
    """The leading term, in T called x."""
    _, batch, eta = node.args
    parts = found(C0(2 * x), x), found(E2(2 * x), x)
    for part in parts:
        series = part.series
        if not series.in_powers or any(series.leading().logs):
            raise UnableError(
                f"the best steps without label noise where sums are {part.series!r}; not derived"
            )
    fall, forget = (part.series for part in parts)
    c, s, k, q = (y for series in (fall, forget) for y in _power(series))
    ahead = fall.domain.sign(gap := normal(q + 1 - s))
    if ahead is None:
        raise Undecided(f"whether the first steps leave more than the last is the sign of {gap}", gap)
    if ahead == 1:
        series = found.exact(x, [Term(c * eta**-s, s)])
        return Found(node=node, series=series.with_terms(series.terms, _behind(fall, s, q)), parts=parts)
    noise = k * _area_of(found, fall) ** 2 * eta**-q / batch
    if ahead == 0:  # the slope in h vanishes where y = (1 - h)/h solves s c y^0 + (s - 1) n y = n y^2
        signal = c * eta**-s
        y = (s - 1 + sqrt((s - 1) ** 2 + 4 * s * signal / noise)) / 2
        value = (signal + noise * y) * (1 + 1 / y) ** s
        bounds = [Bound(normal(s + 1 - 2 / s)), Bound(normal(s + 1 - 1 / q))]
    else:
        value = noise * (1 + 1 / q) ** q * (q + 1)
        bounds = [Bound(s), Bound(normal(q + 2 - 2 / s)), Bound(normal(q + 2 - 1 / q))]
    series = found.exact(x, [Term(value, normal(q + 1))])
    late = [Bound(normal(term.order + 1), term.log_power) for term in forget.terms[1:]]
    late += [Bound(normal(bound.order + 1), bound.log_power) for bound in forget.remainder]
    return Found(node=node, series=series.with_terms(series.terms, [*bounds, *late]), parts=parts)


def _power(series: Expansion) -> tuple[Expr, Expr]:
    lead = series.leading()
    return lead.coefficient, lead.order


def _behind(fall: Expansion, s: Expr, q: Expr) -> list[Bound]:
    """What is behind ``F(2 eta T)``: a decay in the end, and what the first steps cost or leave."""
    two = fall.domain.sign(gap := normal(s - 2))
    if two is None:
        raise Undecided(f"whether the first steps outweigh all others is the sign of {gap}", gap)
    orders = [1 - 1 / q, q - 1, (q + 1 - s) / 2 if two == 1 else (q - 1) / s]
    found = [Bound(normal(s + order), 1 if two == 0 else 0) for order in orders]
    found += [Bound(term.order, term.log_power) for term in fall.terms[1:]]
    return [*found, *fall.remainder]


def _area_of(found: Expander, fall: Expansion) -> Expr:
    task = found.spectrum.task
    if len(fall.terms) > 1 or fall.remainder:
        raise UnableError(
            f"what the first steps leave without label noise where the loss is {fall!r} takes an integral; "
            "derived for losses that are a power up to what falls exponentially"
        )
    return EarlyArea(task.target * task.multiplicity, task.eigenvalues, task.index, *_power(fall))


RULES[Noiseless] = expand_noiseless
