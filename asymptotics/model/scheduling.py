"""Laws of schedules and averages: what a run of T steps leaves, with the best largest step.

To first order in its steps one-pass SGD with ``eta_n = eta f(n/T)`` ends at

    L = S(X) + (sigma^2/(B T)) sum_k m_k h(lambda_k X),    X = eta T,

S what is left of the start, ``sum c e^(-2 int f lambda X)``, and h of `moments`; an average of iterates has
another filter and another h (`averages`). The noise feeds itself by a share X/T, the size of a step. S falls
with X and the noise grows, so that X is chosen: the balance of early stopping with T in the place of P. Where
the balance asks for steps beyond ``eta``, the largest that is stable, that bound is taken, and the noise is
behind. The best schedule of all, by the calculus of variations, leaves instead of the sum

    ( int_0^X sqrt(J2(2 x)) dx )^2,    J2(x) = sum m lambda^2 e^(-lambda x).

    Noise        ``sum_k m_k h(lambda_k X)`` of a schedule
    Least        what the best schedule leaves instead
    Tuned        the loss at the best X; TunedStep that X over T
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Expr, Function, Integer, Min, Symbol, oo

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError, Undecided
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import substitute
from asymptotics.model.capped_steps import Capped
from asymptotics.model.early_stopping import balance_of, best_time, least_loss
from asymptotics.model.expander import RULES, Expander, Found
from asymptotics.model.operators import Binder
from asymptotics.model.schedule_transform import NoiseTransform
from asymptotics.model.sums import E2

ONE = Integer(1)


class Noise(Function):  # type: ignore[misc]
    """``Noise(f, u, X)``: ``sum_k m_k h(lambda_k X)`` of the schedule f(u)."""

    nargs = 3

    @property
    def free_symbols(self) -> set[Symbol]:
        shape, letter, place = self.args
        return (shape.free_symbols - {letter}) | place.free_symbols

    def _sympystr(self, printer: Any) -> str:
        return f"sum m h(lambda {printer._print(self.args[2])})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return rf"\sum_k m_k h\left(\lambda_k {printer._print(self.args[2])}\right)"


class Least(Function):  # type: ignore[misc]
    """``Least(X)``: ``(int_0^X sqrt(J2(2 x)) dx)^2``."""

    nargs = 1

    def _sympystr(self, printer: Any) -> str:
        return f"(integral of sqrt(J2(2 x)) to {printer._print(self.args[0])})**2"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return rf"\left(\int_0^{{{printer._print(self.args[0])}}} \sqrt{{J_2(2x)}}\, dx\right)^2"


class Tuned(Binder):
    """``Tuned(S, X, H, most)``: the least of ``S(X) + H(X)/T`` over ``X <= most T``, T -> oo."""

    nargs = 4
    written = "min({0} + {2}/T, {1} <= {3} T)"
    tex = r"\min_{{{1} \le {3} T}} \left[{0} + \frac{{{2}}}{{T}}\right]"

    @property
    def free_symbols(self) -> set[Symbol]:
        return set().union(*(x.free_symbols for x in self.args))


class TunedStep(Tuned):
    """``TunedStep(S, X, H, most)``: the X over T at which that is least."""

    written = "argmin({0} + {2}/T, {1} <= {3} T)/T"
    tex = r"\frac{{1}}{{T}} \operatorname*{{arg\,min}}_{{{1} \le {3} T}} \left[{0} + \frac{{{2}}}{{T}}\right]"


def expand_noise(found: Expander, node: Noise, x: Symbol) -> Found:
    """By the residues of the transform of h."""
    shape, _, place = node.args
    spectrum = found.spectrum
    series = spectrum.kernel.spectral_sum(
        NoiseTransform(shape=shape), x, inverse=False, domain=spectrum.domain, depth=found.depth
    )
    return Found(node=node, series=series if place == x else substitute(series, place / x, ONE, x))


def expand_least(found: Expander, node: Least, x: Symbol) -> Found:
    """The square root term by term, integrated; the constant of integration is not known."""
    (place,) = node.args
    part = found(E2(2 * x), x)
    root = Powers(part.series).power(ONE / 2)
    if not root.in_powers or any(root.leading().logs):
        raise UnableError(f"the best schedule of a kernel of noise {part.series!r}; not derived")
    domain = root.domain
    terms = [
        Term(one.coefficient / normal(1 - one.order), normal(one.order - 1))
        for one in root.terms
        if not any(one.logs) and domain.sign(normal(1 - one.order)) == 1
    ]
    area = root.with_terms(terms, [Bound(Integer(0)), *(Bound(normal(b.order - 1)) for b in root.remainder)])
    series = area * area
    return Found(
        node=node, series=series if place == x else substitute(series, place / x, ONE, x), parts=(part,)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The falling and the growing part, and their leading orders p > 0 and q < 0."""

    falling: Expansion
    growing: Expansion
    p: Expr
    q: Expr


def expand_tuned(found: Expander, node: Tuned, x: Symbol) -> Found:
    """The rule for `Tuned` and `TunedStep`, in T called x."""
    falling, letter, growing, most = node.args
    one, two = found(falling, letter), found(growing, letter)
    parts = _parts(one.series, two.series)
    inside = parts.falling.domain.sign(gap := normal(parts.p - parts.q - 1))
    if inside is None:
        raise Undecided(f"whether the largest step binds is the sign of {gap}", gap)
    wants_step = isinstance(node, TunedStep)
    # where both fall alike, a logarithm in the noise keeps the best X below T
    if inside == 1 or (inside == 0 and parts.growing.leading().log_power):
        series = _balanced(found, parts, x, wants_step)
    elif inside == 0:
        series = _both(parts, most, wants_step, growing.has(Least))
    else:
        series = _bound(parts, most, x, wants_step)
        if growing.has(Least) and not wants_step:
            series = series.with_terms(series.terms, [*series.remainder, _late(found, parts, x)])
    if growing.has(Least) and wants_step:
        series = _first_step(series, parts) if inside == 1 else series
    return Found(node=node, series=series, parts=(one, two))


def _first_step(mean: Expansion, parts: _Parts) -> Expansion:
    """Of steps that fall as x^(q/2) from the first on, which is so many times their mean: ``2/(2 - q)``."""
    lead = mean.leading()
    first = Term(-2 / parts.q * lead.coefficient, lead.order)
    behind = [Bound(term.order, term.log_power) for term in mean.terms if term is not lead]
    return mean.with_terms([first], [*behind, *mean.remainder])


def _parts(falling: Expansion, growing: Expansion) -> _Parts:
    for series in (falling, growing):
        if not series.in_powers:
            raise UnableError(
                f"the best step where losses are {series!r} needs another balance than of powers; not derived"
            )
        if any(term.coefficient.has(Oscillation) for term in series.terms):
            raise UnableError(
                "the best step where losses oscillate in log(X) oscillates with them; not derived, hold the "
                "step with tuned=False"
            )
    p, q = falling.leading().order, growing.leading().order
    if falling.domain.sign(p) != 1 or growing.domain.sign(q) != -1:
        raise UnableError(
            "the best step needs a loss that falls and a noise that grows with the sum of steps"
        )
    return _Parts(falling=falling, growing=growing, p=p, q=q)


def _fed(found: Expander, parts: _Parts) -> tuple[Bound, ...]:
    """What the noise that feeds itself adds to the growing part: late, and early in the run."""
    return Bound(normal(parts.p + parts.q)), Bound(normal(1 - _filling(found)))


def _filling(found: Expander) -> Expr:
    """r in ``df1 ~ kappa^-r``, also where df1 has no finite sum: the number of eigenvalues above kappa."""
    first = found.spectrum.kernel.abscissa
    return Integer(0) if first == oo else -first


def _balanced(found: Expander, parts: _Parts, x: Symbol, wants_step: bool) -> Expansion:
    """Where the slopes of both are equal."""
    lead = parts.growing.leading()
    if any(parts.falling.leading().logs) or any(lead.logs):
        return _with_logarithm(parts, x, wants_step)
    growing = parts.growing.with_terms(parts.growing.terms, [*parts.growing.remainder, *_fed(found, parts)])
    # while steps are large the loss that feeds is that of their own noise: a share X/T of sigma^2, or
    # X^r/T where the trace diverges, df1 ~ kappa^-r
    again = Bound(normal(parts.q - 1)), Bound(normal(parts.q - _filling(found)))
    twice = parts.growing.with_terms([], again)
    balance = balance_of((parts.falling, growing, twice), x)
    if not wants_step:
        return least_loss(balance)
    step = best_time(balance)
    return step * step.monomial(ONE, -ONE)


def _with_logarithm(parts: _Parts, x: Symbol, wants_step: bool) -> Expansion:
    """``c X^-p log(X)^k + d X^-q log(X)^m/T``: ``X^(p - q) = K T log(T)^(k - m)``.

    But for a share log(log(T))/log(T), as ``log X ~ log(T)/(p - q)``.
    """
    fall, grow = (series.leading() for series in (parts.falling, parts.growing))
    if fall.loglog_power or grow.loglog_power:
        raise UnableError("the best step of a loss that leads with log(log(t)); not derived")
    s, k, m = normal(parts.p - parts.q), fall.log_power, grow.log_power
    K = -fall.coefficient * parts.p / (grow.coefficient * parts.q) * s ** (m - k)
    if wants_step:
        order, power = normal(1 - 1 / s), normal((k - m) / s)
        value = K ** (1 / s)
    else:
        order = normal(parts.p / s)
        power = normal(k - (k - m) * order)
        value = fall.coefficient * s**-k * (1 - parts.p / parts.q) * K**-order
    return parts.falling.with_terms([Term(value, order, power)], [Bound(order, power - 1, 1)])


def _bound(parts: _Parts, most: Expr, x: Symbol, wants_step: bool) -> Expansion:
    """``X = most T``: the noise is behind, its coefficient not known, as steps of this size feed it."""
    if wants_step:
        return parts.falling.with_terms([Term(most, Integer(0))], [])
    first = substitute(parts.falling, most, ONE, x)
    noise = substitute(parts.growing, most, ONE, x)
    noise = noise * noise.monomial(ONE, -ONE)
    fed = Bound(normal(parts.p + parts.q + 1))
    return first.with_terms(first.terms, [*first.remainder, *noise.bounds(), fed])


def _late(found: Expander, parts: _Parts, x: Symbol) -> Bound:
    """What the decay in the end costs: its share of the steps, ``T^((p + 1)/q - 1)``, J2 ~ x^-q."""
    q = found(E2(2 * x), x).series.leading().order
    return Bound(normal(parts.p + 1 - (parts.p + 1) / q))


def _both(parts: _Parts, most: Expr, wants_step: bool, of_best: bool) -> Expansion:
    """Both fall as T^-p at any ``X = h T``: the best h, at most ``most``; of the best schedule, `Capped`."""
    (fall, grow), p = (series.leading() for series in (parts.falling, parts.growing)), parts.p
    if any(fall.logs) or any(grow.logs):
        raise UnableError(
            "the best step where two powers and a logarithm meet; not derived, give other numbers"
        )
    if of_best:
        k = grow.coefficient * parts.q**2 / 4
        run = Capped(c=fall.coefficient, k=k, q=normal(parts.q + 2), most=most)
        step, value = run.step, run.loss
    else:
        best = (-fall.coefficient * p / (grow.coefficient * parts.q)) ** (1 / normal(p - parts.q))
        step = Min(most, best)
        value = fall.coefficient * step**-p + grow.coefficient * step**-parts.q
    if wants_step:
        return parts.falling.with_terms([Term(step, Integer(0))], [])
    behind = [t.order for t in parts.falling.terms if t is not fall] + [
        normal(t.order + 1) for t in parts.growing.terms if t is not grow
    ]
    behind += [b.order for b in parts.falling.remainder]
    behind += [normal(b.order + 1) for b in parts.growing.remainder]
    gaps = [Bound(normal(p - parts.q)), *map(Bound, behind)]
    return parts.falling.with_terms([Term(value, p)], gaps)


RULES[Noise] = expand_noise
RULES[Least] = expand_least
RULES[Tuned] = expand_tuned
