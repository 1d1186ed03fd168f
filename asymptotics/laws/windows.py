"""Windows: which law holds between which two breaks of a spectrum in pieces.

While the resource does not resolve the modes beyond a break K, they do not matter, and the law is that of
the task whose last resolved piece goes on without end. It holds for ``1/lambda(K_1) << t << 1/lambda(K_2)``,
and for N and P between the numbers of modes up to K_1 and K_2. What the law of the window leaves out is, with
C and Lambda the target power and the trace by which that task exceeds the true one,

    time    L - L_window = -C + ...,
    model   L - L_window = -C - Lambda Xi'/s,                              s = -kappa df1' = df1 - df2,
    data    L - L_window = -(C + Lambda F'/s) P/s + (F + sigma^2) (P/s) (Lambda/s) (s'/s + 1/kappa),

since ``df1`` and s both lose ``Lambda/kappa`` and the ridge moves by ``-Lambda/s``. Where there are finitely
many modes, M, the last windows are the edge (``M - N`` small) and what lies beyond it.

    windows_of            the windows of a law
    continue_last_piece   the task whose last resolved piece goes on without end
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from sympy import Add, Expr, Integer, Piecewise, Symbol, factorial, oo, powsimp

from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import BottleneckError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.tidying import tidy
from asymptotics.laws.stated import Stated
from asymptotics.model.finite_modes import at_size
from asymptotics.model.operators import Minimum
from asymptotics.model.quantities import QUANTITIES
from asymptotics.model.quantity import crossover
from asymptotics.model.sums import F, Xi, df1, expand_sum
from asymptotics.parsing.heights import substitute
from asymptotics.spectra import SpectralSeries
from asymptotics.spectra.segments import Segment, segments
from asymptotics.sums.finite import finite_sum
from asymptotics.sums.regularised import regular_sum
from asymptotics.symbols import t
from asymptotics.tasks.task import Task

L = TypeVar("L", bound=Stated)

MOMENTS = 3
"""How many moments of what is left out are tried for one that does not vanish."""
ONE, ZERO = Integer(1), Integer(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Generic[L]):
    """``law`` for ``lower << resource << upper``; or the exact ``value``; or why a law cannot be had.

    ``departure`` is the leading term of what the law of the window, with all its orders, leaves out as the
    resource comes near ``upper`` (time, model and data; None elsewhere); units of the loss. Its ratio to the
    law is the relative error of the law in the window.
    """

    lower: Expr
    upper: Expr
    law: L | None = None
    value: Expr | None = None
    departure: Expr | None = None
    reason: str = ""

    def __str__(self) -> str:
        if self.value is not None:
            return f"exactly {self.value} from {self.lower} on"
        what = self.reason if self.law is None else str(self.law)
        upper = "" if self.upper == oo else f" << {self.upper}"
        return f"{self.lower} << resource{upper}: {what}"


Derive = Callable[[Task, bool], L]
"""``derive(task, below)``: the law of the same quantity of another task."""


def windows_of(law: L, derive: Derive[L]) -> tuple[Window[L], ...]:
    """The windows of a law, in ascending order; ``law`` itself for a spectrum without breaks.

    Raises `UnableError` for laws of which the crossover scales are not derived (early stopping).

    >>> from asymptotics import Task, derive
    >>> from asymptotics.symbols import M, a, b, k
    >>> for window in derive(Task(eigenvalues=k**-b, target=k**-a, modes=M)).time.windows[:1]:
    ...     print(window.upper, window.law.exponent, window.departure)
    M**b (a - 1)/b -zeta(a, M + 1)
    """
    name, task = law.name, law.task
    quantity = QUANTITIES[name]
    found = quantity.spectrum(task)
    pieces = segments(task, found.domain)
    if len(pieces) == 1 and (task.modes == oo or found.scaling is not None):
        upper = oo if quantity.within is None else quantity.when(crossover(found, quantity.within))
        return (Window(lower=ONE, upper=upper, law=law),)
    if QUANTITIES[name].equation.has(Minimum):
        raise UnableError(f"the windows of laws.{name} need the crossover scales of the optimum; not derived")
    learned = tuple(s for s in pieces if s.eigenvalues != 0)
    listed: list[Window[L]] = []
    first = substitute(learned[0].eigenvalues, {task.index: learned[0].first})
    lower: Expr = ONE if law.resource != t else quantity.when(1 / first)
    last = len(learned) - 1 if learned[-1].last == oo else len(learned)
    for segment in learned[:last]:
        if segment is learned[-1] and not segment.eigenvalues.has(task.index):
            break  # one eigenvalue at the end: the edge has all of it
        upper = _break(law, segment, pieces)
        listed.append(_intermediate(law, derive, segment, pieces, lower, upper))
        lower = upper
    return (*listed, *_final(law, derive, found, lower))


def _break(law: Stated, segment: Segment, pieces: tuple[Segment, ...]) -> Expr:
    """The resource at which the last mode of a segment is resolved."""
    index = law.task.index
    if law.resource == t:
        return QUANTITIES[law.name].when(1 / substitute(segment.eigenvalues, {index: segment.last}))
    counted = pieces[: pieces.index(segment) + 1]
    return Add(*(finite_sum(s.multiplicity, index, s.first, s.last) for s in counted if s.eigenvalues != 0))


def _intermediate(
    law: L, derive: Derive[L], segment: Segment, pieces: tuple[Segment, ...], lower: Expr, upper: Expr
) -> Window[L]:
    """The window in which the modes of one segment are resolved one after the other."""
    index = law.task.index
    if not segment.eigenvalues.has(index):
        reason = f"the eigenvalues are all {segment.eigenvalues} there: resolved at once, no window"
        return Window(lower=lower, upper=upper, reason=reason)
    try:
        endless = continue_last_piece(law.task, pieces[: pieces.index(segment) + 1])
        there = derive(endless, False)
        domain = QUANTITIES[law.name].spectrum(endless).domain
        missing = _departure(law, endless, segment, pieces, domain)
        return Window(lower=lower, upper=upper, law=there, departure=missing)
    except BottleneckError as error:
        return Window(lower=lower, upper=upper, reason=f"no law of its own: {error}")


def continue_last_piece(task: Task, pieces: tuple[Segment, ...]) -> Task:
    """The task with the last of some pieces without end."""

    def join(name: str) -> Expr:
        values = [getattr(s, name) for s in pieces]
        ends = [task.index <= s.last for s in pieces[:-1]]
        return Piecewise(*zip(values, [*ends, True], strict=True)) if len(set(values)) > 1 else values[0]

    return replace(
        task,
        eigenvalues=join("eigenvalues"),
        target=join("target"),
        multiplicity=join("multiplicity"),
        modes=oo,
    )


def _final(law: L, derive: Derive[L], found: SpectralSeries, lower: Expr) -> tuple[Window[L], ...]:
    """The windows after the last break."""
    name, task = law.name, law.task
    count = found.kernel.modes
    if law.resource == t:
        if (slowest := found.target.slowest(2)) is not None:
            lower = QUANTITIES[name].when(_separation(slowest))
        return (Window(lower=lower, upper=oo, law=derive(task, False)),)
    if count is None:
        return (Window(lower=lower, upper=oo, law=derive(task, False)),)
    edge = Window(lower=_edge(found, count), upper=count, law=derive(task, True))
    there = derive(task, False)
    if edge.law is not None and there.regimes == edge.law.regimes:
        return (edge, Window(lower=count, upper=oo, value=Integer(0)))
    return (edge, Window(lower=count, upper=oo, law=there))


def _separation(slowest: tuple[tuple[Expr, Expr], ...]) -> Expr:
    """The time after which the slowest mode is alone; 0 if it always is."""
    rates = [rate for rate, _ in slowest]
    return 1 / normal(rates[1] - rates[0]) if len(rates) > 1 else Integer(0)


def _edge(found: SpectralSeries, count: Expr) -> Expr:
    """``M - S_1^2/S_2``, ``S_n = sum m_k lambda_k^-n``: where the first two terms of df1 are equal."""
    first, second = (found.kernel.laurent(Integer(n), 1).coefficient(0) for n in (1, 2))
    return normal(count - first**2 / second) if first.is_Rational else count - first**2 / second


def _departure(
    law: Stated, endless: Task, segment: Segment, pieces: tuple[Segment, ...], domain: Domain
) -> Expr | None:
    """The leading term of what the endless task gets wrong, or None."""
    later = pieces[pieces.index(segment) + 1 :]
    name, index = law.name, law.task.index
    if name == "time":
        for n in range(MOMENTS):
            excess = _excess(segment, later, index, n, target=True)
            if excess != 0:
                return tidy(-excess * (-2 * t) ** n / factorial(n))
        return None
    if name not in ("model", "data"):
        return None
    power = _excess(segment, later, index, 0, target=True)
    trace = _excess(segment, later, index, 1, target=False)
    ideal = QUANTITIES[name].spectrum(endless)
    total = Integer(0)
    # each scales with the break in its own way: which is larger, the resource alone does not say
    for excess, part in zip((power, trace), _size_departures(name, ideal), strict=True):
        if excess == 0:
            continue
        series = at_size(expand_sum(df1, ideal, 3), law.resource, part).within(domain)
        total += excess * Add(*(tidy(x.coefficient) * series.monomial_of(x) for x in series.candidates()))
    return total if total != 0 else None


def _excess(
    segment: Segment, later: tuple[Segment, ...], index: Symbol, moment: int, *, target: bool
) -> Expr:
    """``sum w lambda^n`` beyond a segment if it went on without end, less that of the pieces that follow."""

    def summand(s: Segment) -> Expr:
        weight = s.weight if target else s.multiplicity
        return (
            powsimp(weight * s.eigenvalues**moment, force=True) if s.eigenvalues != 0 or not moment else ZERO
        )

    total, ideal = Integer(0), summand(segment)
    for s in later:
        true = summand(s)
        if true == ideal:
            continue
        if s.last == oo:
            total += regular_sum(ideal, index, s.first) - regular_sum(true, index, s.first)
        else:
            total += finite_sum(ideal, index, s.first, s.last) - finite_sum(true, index, s.first, s.last)
    end = later[-1].last if later else segment.last
    return total if end == oo else total + regular_sum(ideal, index, end + 1)


def _size_departures(name: str, ideal: SpectralSeries) -> tuple[Expansion, Expansion]:
    """What C and Lambda are multiplied by in the departure of the model or data law, in the ridge."""
    modes = expand_sum(df1, ideal, 3)
    ridge = modes.monomial(ONE, ONE)
    slope = (modes.differentiate() * ridge).scale(Integer(-1))
    inverse = Powers(slope).power(-1)
    if name == "model":
        return modes.constant(Integer(-1)), -(expand_sum(Xi, ideal, 3).differentiate() * inverse)
    squared = expand_sum(F, ideal, 3)
    fixed = modes * inverse
    bent = slope.differentiate() * inverse + Powers(ridge).power(-1)
    lifted = (squared + ideal.task.noise**2) * fixed * inverse * bent
    return -fixed, lifted - fixed * squared.differentiate() * inverse
