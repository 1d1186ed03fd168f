"""Power laws: eigenvalues and targets with tails that expand in powers of k, and logarithms in the target.

    PowerLaws           the family: which tasks it takes, and where their sums converge
    AlgebraicSeries     the Dirichlet series of such a spectrum, made by `algebraic_series`
    EquivalentSeries    that of a spectrum which tends to such a one

Applies when ``lambda_k = Lambda k^-b (1 + sum_j d_j k^-e_j)`` and the weights are sums of
``C k^-p log(k)^m`` at large k: shifted and scaled powers, sums of powers, rational functions of
powers. With

    f_k lambda_k^(-s) = sum_j g_j(s) k^(-(p_j - b s)) log(k)^(m_j),

the Dirichlet series ``D(s) = sum_k f_k lambda_k^(-s)`` has a pole of order m_j + 1 where
``p_j - b s = 1``, since ``sum_k k^-z log(k)^m = (-1)^m zeta^(m)(z)``; everywhere else it is the
regularised sum. For the pure power law ``D(s) = zeta(a - b s)`` (theory of harmonic sums:
Flajolet, Gourdon & Dumas 1995). A target that falls exponentially has no power: its D(s) converges at each s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sympy import (
    Dummy,
    Expr,
    Integer,
    Min,
    Pow,
    Symbol,
    cancel,
    diff,
    expand,
    factorial,
    oo,
    powsimp,
    simplify,
)

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.domains.logarithms import logarithm
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.laurent import Laurent, zeta_at_one
from asymptotics.expansions.powers import Powers, split
from asymptotics.expansions.ring import element
from asymptotics.expansions.tail import tail_expansion
from asymptotics.expansions.terms import Term
from asymptotics.parsing.heights import substitute, to_power
from asymptotics.spectra.equivalent import equivalent
from asymptotics.spectra.family import WITH_TRACE, Mismatch, SpectralSeries, requiring, requiring_sum
from asymptotics.sums.convergent import convergent_sum
from asymptotics.sums.regularised import has_exponentials, join_powers, regular_sum
from asymptotics.tasks.task import Task
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.poles import Pole

_s = Dummy("s")
UNKNOWN_ORDER = 3
"""The order given to the place beyond which a series is not known: it only bounds logarithms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlgebraicSeries(DirichletSeries):
    """``D(s) = sum_k weights(k) eigenvalues(k)^(-s)`` for a power-law family.

    The sum runs over index = start, start + 1, ...; ``decay`` is b.

    >>> from sympy import Integer
    >>> from asymptotics.symbols import a, b, k
    >>> series = algebraic_series(k**-b, k**-a, k, Domain((a - 1, b - 1)))
    >>> series.poles(3), series.laurent(Integer(1), 1).coefficients
    ((Pole(location=(a - 1)/b, order=1, line=None),), (zeta(a - b),))
    """

    eigenvalues: Expr
    weights: Expr
    index: Symbol
    domain: Domain
    start: Expr
    decay: Expr

    def poles(self, count: int) -> tuple[Pole, ...]:
        """The places ``s = (p_j - 1)/b`` by increasing p_j, one order less where a coefficient is 0."""
        for depth in range(count, 2 * count + 8):
            terms, complete = tail_terms(self, depth)
            # orders that cancel leave fewer terms; a short list would count as all there are
            if complete or len({t.order for t in terms}) >= count:
                break
        found: dict[Expr, int] = {}
        for t in terms:
            location = cancel((t.order - 1) / self.decay)
            # a coefficient that vanishes there takes one order from the pole, the only one without logarithms
            order = t.log_power + (not element(_at(t.coefficient, location)).vanishes())
            found[location] = max(found.get(location, 0), order)
        places = [Pole(p, m) for p, m in found.items()]
        return tuple(places if complete else places[:count])

    def from_mode(self, first: Expr) -> AlgebraicSeries:
        """That of the modes from k = ``first`` on."""
        return replace(self, start=self.start + first - 1)

    def with_tails(self, eigenvalues: Expr, weights: Expr, gain: Expr) -> EquivalentSeries:
        """The differences of the modes are added up, where their sum converges."""
        return EquivalentSeries(simple=self, eigenvalues=eigenvalues, weights=weights, gain=gain)

    def _is_settled(self, offsets: list[Expr]) -> bool:
        """Whether no further term can be resonant (``p_j - b s = 1``): the p_j only grow."""
        generic = not offsets[0].is_number and all((o - offsets[0]).is_number for o in offsets)
        return generic or self.domain.sign(offsets[-1]) in (0, 1)

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``D(point + d)`` from its pole on to the constant term; where it is regular, ``terms`` orders."""
        if terms < 1:
            raise UnableError("a Laurent series needs at least one term")
        depth = 2
        while True:
            series, complete = tail_terms(self, depth)
            offsets = [normal(t.order - self.decay * point - 1) for t in series]
            if complete or self._is_settled(offsets) or depth > 24:
                break
            depth += 2
        summand = join_powers(self.weights * to_power(self.eigenvalues, -point), self.index)
        regular = 1 if any(offset == 0 for offset in offsets) else terms
        powers = [summand]
        for i in range(1, regular):
            rate = -logarithm(self.eigenvalues)
            powers.append(join_powers(expand(summand * rate**i), self.index))
        sums = (regular_sum(f, self.index, self.start) / factorial(i) for i, f in enumerate(powers))
        total = Laurent(0, tuple(sums))
        for t in (t for t, offset in zip(series, offsets, strict=True) if offset == 0):
            # the regularised sum counts k^-1 log(k)^m as gamma_m; the rest of the Laurent series
            # of g(s) zeta^(m) is added to it
            whole, counted = pole_of(t, self.decay, point)
            total = total + whole + Laurent(0, (-counted,))
        return total.trim()


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalentSeries(DirichletSeries):
    """The series of a spectrum whose tail is that of ``simple``, up to ``s_0 + gain/decay``."""

    simple: AlgebraicSeries
    eigenvalues: Expr
    weights: Expr
    gain: Expr

    def from_mode(self, first: Expr) -> EquivalentSeries:
        """That of the modes from k = ``first`` on."""
        eigenvalues, weights = (
            e.subs(self.simple.index, self.simple.index + first - 1) for e in (self.eigenvalues, self.weights)
        )
        return replace(self, simple=self.simple.from_mode(first), eigenvalues=eigenvalues, weights=weights)

    def with_tails(self, eigenvalues: Expr, weights: Expr, gain: Expr) -> EquivalentSeries:
        """That of yet another spectrum with this tail."""
        return replace(self, eigenvalues=eigenvalues, weights=weights, gain=Min(self.gain, gain))

    @property
    def _end(self) -> Expr:
        return self.simple.poles(1)[0].location + self.gain / self.simple.decay

    def poles(self, count: int) -> tuple[Pole, ...]:
        """Those of the simple series before the end of what is known, and that end."""
        places = self.simple.poles(count)
        if self.gain == oo:
            return places
        known = [p for p in places if self.simple.domain.sign(self._end - p.location) == 1]
        end = Pole(normal(self._end), UNKNOWN_ORDER)
        # repeated, so that the list counts as cut there
        return (*known, *[end] * (count - len(known)))[:count]

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """The Laurent series of the simple one, and the Taylor series of the sum of the differences."""
        found = self.simple.laurent(point, terms)
        return found + Laurent(0, tuple(self._added(point, order) for order in range(found.end)))

    def _added(self, point: Expr, order: int) -> Expr:
        """``sum_k [f_k lambda_k^-s log(1/lambda_k)^n - f_0k lambda_0k^-s log(1/lambda_0k)^n]/n!`` at s."""
        index, start = self.simple.index, self.simple.start
        own, simple = (
            series.weights * to_power(series.eigenvalues, -point) * (-logarithm(series.eigenvalues)) ** order
            for series in (self, self.simple)
        )
        difference = simplify(own - simple.subs(index, index - 1 + start))
        if difference == 0:
            return Integer(0)
        return convergent_sum(powsimp(difference), index) / factorial(order)


@cached(maxsize=64)
def tail_terms(series: AlgebraicSeries, depth: int) -> tuple[tuple[Term, ...], bool]:
    """Terms of ``f_k lambda_k^-s`` with orders at s = 0, and whether they are all there are."""
    tail = tail_expansion(series.eigenvalues, series.index, depth, series.domain)
    weights = tail_expansion(series.weights, series.index, depth, series.domain)
    lead, relative = split(tail)
    shape = Powers(relative + 1).power(-_s) if relative.terms or relative.remainder else relative + 1
    product = weights * shape
    scale = lead.coefficient**-_s
    terms = tuple(Term(t.coefficient * scale, t.order, t.log_power) for t in product.terms)
    return terms, not product.remainder


def pole_of(term: Term, decay: Expr, point: Expr) -> tuple[Laurent, Expr]:
    """The Laurent series of ``g(s) sum_k k^-(p - b s) log(k)^m`` at its pole, and what of it is gamma_m."""
    pole = zeta_at_one(term.log_power, term.log_power + 2).rescale(-decay)
    taylor = Laurent(
        0,
        tuple(
            _at(diff(term.coefficient, _s, i), point) / factorial(i) for i in range(len(pole.coefficients))
        ),
    )
    return pole * taylor, taylor.coefficient(0) * pole.coefficient(0)


def _at(expression: Expr, point: Expr) -> Expr:
    return substitute(expression, {_s: point})


@cached(maxsize=256)
def algebraic_series(eigenvalues: Expr, weights: Expr, index: Symbol, domain: Domain) -> AlgebraicSeries:
    """The series of a power-law family; `SpectrumError` if the tails are not powers of k."""
    spectrum: Expansion = tail_expansion(eigenvalues, index, 1, domain)
    lead = spectrum.leading()
    if lead.log_power:
        raise UnableError(
            f"the eigenvalues {eigenvalues} carry log({index})**{lead.log_power}: "
            "their Dirichlet series has a branch point, not poles"
        )
    shift = _common_shift(eigenvalues, index)
    return AlgebraicSeries(
        eigenvalues=eigenvalues.subs(index, index - shift),
        weights=weights.subs(index, index - shift),
        index=index,
        domain=domain,
        start=1 + shift,
        decay=normal(lead.order),
    )


def _common_shift(eigenvalues: Expr, index: Symbol) -> Expr:
    """q if the eigenvalues depend on ``k + q`` alone, as ``(2 k + 1)^-b`` with q = 1/2; else 0.

    In that variable their expansion ends, and with it that of everything made of them.
    """
    bases = {
        power.base if power.is_Pow else power
        for power in eigenvalues.atoms(Pow, Symbol)
        if power.has(index) and not (power.is_Pow and power.exp.has(index))
    } - {index}
    if len(bases) != 1 or eigenvalues.xreplace({bases.copy().pop(): Dummy()}).has(index):
        return Integer(0)
    base = bases.pop()
    if not base.is_polynomial(index) or base.diff(index).has(index):
        return Integer(0)
    shift = base.subs(index, 0) / base.diff(index)
    return shift if (1 + shift).is_positive else Integer(0)


@dataclass(frozen=True, slots=True)
class PowerLaws:
    """Sums, products and powers of k and shifts of it, integer powers of log k in the target."""

    name: str = "power laws"
    form: str = "sums and products of powers of k and of its shifts; targets that fall exponentially"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series, where eigenvalues fall and ``sum m_k c_k < oo``, with the conditions of a trace."""
        if task.modes != oo:
            return Mismatch(fitting=0, missing=f"modes = {task.modes}: power laws have infinitely many modes")
        powers = replace(task, target=Integer(0)) if _is_exponential(task.target, task.index) else task
        tails: dict[str, Expansion] = {}
        missing = ""
        for name in ("multiplicity", "eigenvalues", "target"):
            try:
                tails[name] = tail_expansion(getattr(powers, name), task.index, 1, domain)
            except SpectrumError as error:
                missing = missing or str(error)
        if missing:
            return Mismatch(fitting=len(tails), missing=missing)
        if any(term.log_power for term in tails["eigenvalues"].candidates()):
            # a branch point of the Dirichlet series, not poles
            beside = "" if powers is task else f" beside a target that falls exponentially, {task.target}"
            return Mismatch(
                fitting=2,
                missing=f"the eigenvalues {task.eigenvalues} carry a logarithm of {task.index}{beside}",
            )
        domain = _check_signs(task, tails, domain)
        levels = tails["multiplicity"]
        domain = _require_infinitely_many(domain, levels, task.multiplicity)
        trace = tuple(
            _convergence(levels * tails["eigenvalues"], task.eigenvalues, "the kernel", "b", WITH_TRACE)
        )
        for condition in _convergence(
            levels * tails["target"], task.target, "the target", "p", "the target needs"
        ):
            domain = requiring_sum(domain, *condition)
        tail = algebraic_series(task.eigenvalues, task.multiplicity * powers.target, task.index, domain)
        weights = task.multiplicity * task.target
        return SpectralSeries(
            task=task,
            kernel=algebraic_series(task.eigenvalues, task.multiplicity, task.index, domain),
            target=tail if powers is task else tail.with_tails(task.eigenvalues, weights, oo),
            domain=domain,
            trace=trace,
        )


def _is_exponential(target: Expr, index: Symbol) -> bool:
    """Whether a target falls faster than every power, smoothly."""
    if not has_exponentials(target, index):
        return False
    try:
        simple = equivalent(target, index).simple
    except SpectrumError:
        return False
    return has_exponentials(simple, index)


def _check_signs(task: Task, tails: dict[str, Expansion], domain: Domain) -> Domain:
    """The domain where eigenvalues fall; refuses what is negative at large k."""
    index, decay = task.index, tails["eigenvalues"].leading()
    refusal = (
        f"eigenvalues {task.eigenvalues} do not decay (leading power {index}**({normal(-decay.order)})); "
        "the kernel needs eigenvalues that fall with k"
    )
    domain = requiring(domain, decay.order, refusal)
    for name in ("eigenvalues", "target", "multiplicity"):
        for term in tails[name].candidates():
            if term.coefficient.is_negative:
                raise SpectrumError(
                    f"{name} {getattr(task, name)} is negative at large {index} "
                    f"(leading coefficient {term.coefficient}); variances and powers are >= 0"
                )
    return domain


def _require_infinitely_many(domain: Domain, levels: Expansion, multiplicity: Expr) -> Domain:
    """The domain with the condition that the modes, ``sum m_k``, are infinitely many."""
    for term in levels.candidates():
        refusal = (
            f"multiplicity {multiplicity} falls as {levels.variable}**-p with p = {term.order}; "
            "the number of modes of a level must be an integer >= 0"
        )
        domain = requiring(domain, 1 - term.order, refusal)
    return domain


def _convergence(
    series: Expansion, summand: Expr, owner: str, letter: str, needing: str
) -> Iterator[tuple[Expr, str]]:
    """What must be positive for the sum of a tail to converge, and the words where it is not."""
    for term in series.candidates():
        yield (
            normal(term.order - 1),
            (
                f"sum of {summand} diverges: {owner} falls as {series.variable}**-{letter} with "
                f"{letter} = {term.order}; {needing} {letter} > 1"
            ),
        )
