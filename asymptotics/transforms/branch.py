"""Dirichlet series with a branch point, and spectral sums beside it.

For a smooth spectrum let ``y = log(1/lambda)`` and ``f_k dk = e^(-s0 y) h(y) dy`` with h slowly varying
(h'/h -> 0: powers of y and log y). Then ``D(s) = sum_k f_k lambda_k^(-s)`` is analytic for Re s < s0, with a
branch point at s0, and ``sum_k f_k phi(lambda_k e^l)`` becomes with y = l + v

    e^(-s0 l) int h(l + v) e^(-s0 v) phi(e^(-v)) dv  =  e^(-s0 l) Phi(s0 - d/dl) h(l)
                                                     =  e^(-s0 l) sum_i Phi_i (-1)^i h^(i)(l),

Phi_i the Laurent coefficients of the kernel's transform at s0 (at a pole h^(-1) is the primitive of h),
beside the residues ``-e^(-n l) Phi_(-1) D(n)`` of the kernel's own poles to the right of the strip. What
follows is smaller than every power of l. That the sum is its integral up to such terms (Euler-Maclaurin and
Poisson) needs ``dk/dy -> oo``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Symbol, diff, factorial, ff, log, oo, powsimp

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.laurent import Laurent
from asymptotics.expansions.layers import SLOW, in_front
from asymptotics.expansions.oscillation import line_of
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.ring import element
from asymptotics.expansions.terms import Bound, Power, Term
from asymptotics.parsing.heights import to_power
from asymptotics.sums.convergent import convergent_sum
from asymptotics.sums.regularised import regular_sum
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.kernels import S, Transform
from asymptotics.transforms.poles import Line, Pole


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinate:
    """A function x of the index in which a tail expands, x -> oo.

    ``decay`` is ``y(x) = log(1/lambda)``, ``density`` is ``h(y(x))``; ``counts`` says that x is
    the index itself, so that its finite parts are those of regularised sums.
    """

    decay: Expansion
    density: Expansion
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tails:
    """The large-k behaviour of a family of spectra, which ``expand`` has in a coordinate to some depth.

    Known to a relative ``k^-gain``, or without a gain to all orders.
    """

    eigenvalues: Expr
    weights: Expr
    index: Symbol
    domain: Domain
    origin: Expr
    expand: Callable[[Tails, int], Coordinate]
    gain: Expr | None = None

    def coordinate(self, depth: int) -> Coordinate:
        """The tails to ``depth`` orders, with the bound of what is not known."""
        found = self.expand(self, depth)
        if self.gain is None or not found.counts:  # in log k a power of k is beyond every power
            return found
        # what falls exponentially is bounded by a power, as a series that ends says nothing of it
        gain = Integer(depth) if self.gain == oo else self.gain
        density = found.density
        lead = density.leading()
        decay = found.decay.with_terms(found.decay.terms, (*found.decay.remainder, Bound(gain)))
        bounds = (*density.remainder, Bound(lead.order + gain, lead.log_power))
        return replace(found, decay=decay, density=density.with_terms(density.terms, bounds))


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchSeries(DirichletSeries):
    """``D(s) = sum_k weights(k) eigenvalues(k)^(-s)`` with a branch point at ``origin``.

    With a ``line`` it has the same at each place of a vertical line: eigenvalues are geometric.
    """

    eigenvalues: Expr
    weights: Expr
    index: Symbol
    domain: Domain
    origin: Expr
    tails: Tails
    line: Line | None = None

    def poles(self, count: int) -> tuple[Pole, ...]:
        """None: raises `UnableError`, as the series is not meromorphic."""
        raise UnableError(
            f"the Dirichlet series of {self.eigenvalues} has a branch point at s = {self.origin}, not "
            "poles: this step is derived for poles only"
        )

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``D(point)`` to the left of the branch point: one coefficient."""
        if terms > 1 or self.domain.sign(point - self.origin) != -1:
            raise UnableError(
                f"the Dirichlet series of {self.eigenvalues} is needed at s = {point}, not to the left of "
                f"its branch point s = {self.origin}"
            )
        return Laurent(0, (self.value(point),))

    def value(self, point: Expr) -> Expr:
        """``sum_k f_k lambda_k^(-point)`` where it converges."""
        return convergent_sum(_summand(self, point), self.index)

    def total(self) -> Expr:
        """``sum_k f_k``, on the branch point too."""
        return self.value(Integer(0))

    @property
    def abscissa(self) -> Expr:
        """The branch point."""
        return self.origin

    @property
    def remark(self) -> str:
        """The branch point, and what is made of it."""
        return (
            f"The Dirichlet series has a branch point at s = {self.origin}, where the modes have a slowly "
            "varying density in log(1/lambda): Watson's lemma beside it, and the poles of the kernel."
        )

    @property
    def smooth(self) -> bool:
        """Tails made of the index by algebra, exponentials and logarithms are of a Hardy field."""
        return self.line is None

    def with_tails(self, eigenvalues: Expr, weights: Expr, gain: Expr) -> BranchSeries:
        """The same branch point, its tails known to a relative ``k^-gain``."""
        return replace(self, eigenvalues=eigenvalues, weights=weights, tails=replace(self.tails, gain=gain))

    def spectral_sum(
        self, kernel: Transform, variable: Symbol, *, inverse: bool, domain: Domain, depth: int
    ) -> Expansion:
        """``sum_k f_k phi(x lambda_k)``, x -> oo, to ``depth`` orders in ``1/log x``."""
        slow = _at_branch(self, kernel, depth)
        terms, bounds = in_front(self.origin, slow)
        if self.line is not None:
            terms += _harmonics(self, kernel, self.line, 1 / variable if inverse else variable, depth)
        for pole in kernel.poles(3):
            sign = domain.sign(pole.location - self.origin)
            if sign == 0:
                continue
            if sign == 1:
                bounds.append(Bound(pole.location))
                break
            residue = kernel.laurent(pole.location, pole.order)
            if residue.valuation < -1:
                raise UnableError(
                    f"the double pole of {kernel.name} at s = {pole.location} needs D'(s) there"
                )
            terms.append(Term(-residue.coefficient(-1) * self.value(pole.location), pole.location))
            if sign is None:
                break
        return expansion(variable, terms, bounds, at_infinity=not inverse, domain=domain, depth=depth)


def _summand(series: BranchSeries, point: Expr) -> Expr:
    return powsimp(series.weights * to_power(series.eigenvalues, -point), force=True)


@cached(maxsize=256)
def _at_branch(series: BranchSeries, kernel: Transform, depth: int) -> Expansion:
    """``Phi(s0 - d/dl) h(l)``."""
    x = series.tails.coordinate(depth)
    h = revert(x.decay, SLOW, x.density)
    weights = kernel.laurent(series.origin, depth + 2)
    if weights.valuation < -1:
        raise UnableError(
            f"the kernel {kernel.name} has a pole of order {-weights.valuation} on a branch point"
        )
    regular = [
        (-1) ** i * weights.coefficient(i) if i >= weights.valuation else Integer(0)
        for i in range(weights.end)
    ]
    total = differential(h, regular)
    if weights.valuation == -1 and weights.coefficient(-1) != 0:
        right = any(pole.location == series.origin for pole in kernel.poles(3))
        total = total + primitive(series, x, right).scale(-weights.coefficient(-1))
    return total


def _harmonics(series: BranchSeries, kernel: Transform, line: Line, x: Expr, depth: int) -> Iterator[Term]:
    """``sum_i (-1)^i h^(i)(l) W_i``, W_i the oscillation of ``Phi^(i)/i!``: Poisson's sum over whole k."""
    place = series.tails.coordinate(depth)
    slope = revert(place.decay, SLOW, place.density)
    phase = log(line.scale * x) / line.rate
    for i in range(depth + 1):
        transform = (-1) ** i * diff(kernel.reflect(S), S, i) / factorial(i)
        wave = element(line_of(transform, S, series.origin, line.rate, phase))
        yield from in_front(series.origin, slope, wave)[0]
        slope = slope.differentiate()


def primitive(series: BranchSeries, x: Coordinate, right: bool) -> Expansion:
    """The primitive of h that vanishes at oo, plus D(s0) or its finite part for a pole to the right."""
    if x.counts:
        inner, constant = from_the_end(series, x, right)
        return revert(x.decay, SLOW, inner) + constant
    inner = integral(x.density * x.decay.differentiate())
    found = revert(x.decay, SLOW, inner)
    if not right:
        _require_fall(series, inner)
        return found
    if inner.domain.sign(inner.leading().order) == 1:
        return found + series.value(series.origin)
    # the finite part of a sum of powers of log k over k is a constant; it is bounded, not computed
    return found.with_terms(found.terms, (*found.remainder, Bound(Integer(0))))


def from_the_end(series: BranchSeries, x: Coordinate, right: bool) -> tuple[Expansion, Expr]:
    """The same as an expansion in the index, and a constant."""
    inner = integral(x.density * x.decay.differentiate())
    if right:
        return inner, regular_sum(_summand(series, series.origin), series.index)
    _require_fall(series, inner)
    return inner, Integer(0)


def _require_fall(series: BranchSeries, inner: Expansion) -> None:
    if inner.domain.sign(inner.leading().order) != 1:
        raise UnableError(f"the sum of {series.weights} is not shown to converge")


def differential(series: Expansion, weights: Iterable[Expr]) -> Expansion:
    """``sum_j weights[j] series^(j)``; the last weight's order bounds what is left out."""
    weights = tuple(weights)
    total, current = series.with_terms([]), series
    for weight in weights[:-1]:
        total = total + current.scale(weight)
        current = current.differentiate()
    return series.with_terms(total.terms, (*total.remainder, *current.bounds()))


def integral(series: Expansion) -> Expansion:
    """A primitive at oo, term by term and without a constant (``1/x`` gives ``log x``).

    >>> from asymptotics.expansions.expansion import expansion
    >>> x = Symbol("x", positive=True)
    >>> terms = [Term(Integer(1), Integer(1)), Term(Integer(1), Integer(2), 1)]
    >>> integral(expansion(x, terms, at_infinity=True))
    log(x) - log(x)/x - 1/x
    >>> integral(expansion(x, [Term(Integer(1), Integer(0), -1)], at_infinity=True, depth=2))    # li(x)
    x/log(x) + x/log(x)**2 + O(x/log(x)**3)
    """
    terms: list[Term] = []
    left: list[Term | Bound] = [t for t in series.terms if t.loglog_power]
    bounds = [_primitive_bound(part) for part in (*left, *series.remainder)]
    for t in (t for t in series.terms if not t.loglog_power):
        terms += _primitives(t, series.depth)
        if t.order != 1 and not _is_natural(t.log_power):
            bounds.append(Bound(t.order - 1, t.log_power - series.depth))
    return series.with_terms(terms, bounds)


def _primitives(t: Term, depth: int) -> Iterator[Term]:
    """By parts; without an end where the power of the logarithm is not natural, then to ``depth`` terms."""
    m, p = t.log_power, normal(1 - t.order)
    if p == 0:
        yield Term(t.coefficient / (m + 1), p, m + 1) if m != -1 else Term(t.coefficient, p, 0, 1)
        return
    for j in range(m + 1 if _is_natural(m) else depth):
        # int x^(p-1) log^m x = x^p sum_j (-1)^j m (m-1)...(m-j+1) log^(m-j) x / p^(j+1)
        yield Term(t.coefficient * (-1) ** j * ff(m, j) / p ** (j + 1), -p, m - j)


def _is_natural(power: Power) -> bool:
    return isinstance(power, int) and power >= 0


def _primitive_bound(part: Term | Bound) -> Bound:
    if normal(part.order - 1) != 0:
        return Bound(part.order - 1, *part.logs)
    return Bound(Integer(0), part.log_power + 1, part.loglog_power + (part.log_power == -1))


__all__ = ["BranchSeries", "Coordinate", "Tails", "integral"]
