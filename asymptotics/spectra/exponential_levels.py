"""Exponential levels of many modes: eigenvalues ``W(k) rho^k``, targets and multiplicities powers of k.

W and the multiplicity are powers and logarithms of k, the target those times ``tau^k``: Gaussian kernels in
more than one dimension, kernels of erf networks. With ``y = log(1/lambda)`` and ``l = log x`` a sum over
levels, ``sum_k f_k phi(x lambda_k)`` with phi from 1 to 0, counts those on one side of y = l,

    sum_(y_k > l) f_k + O(f_k at y_k = l) = int_l^oo h(y) dy + O(h(l)),    h = f dk/dy,

as phi is neither 0 nor 1 on boundedly many levels. What is of the size of one level, as ``df1 - df2`` is,
depends on the place k_0 of the ridge between two levels, ``kappa = lambda(k_0)``: with ``y' ~ r`` there and
the Mellin transform Phi of phi, by Poisson's sum over k,

    sum_k f_k phi(lambda_k/kappa) = f(k_0)/r sum_n Phi(s_0 + 2 pi i n/r) e^(-2 pi i n k_0) (1 + O(1/k_0)),

``s_0 = log(tau)/log(rho)``. So functions of the ridge are expanded in the place (`LevelSeries.between`), and
``df1 = P`` is solved for it (`expansions.level_reversion`).
A target on finitely many levels leaves finite sums over the target, entire as in `finite`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Piecewise, Symbol, exp, log, oo, sympify

from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.layers import SLOW, in_front
from asymptotics.expansions.oscillation import line_of
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.ring import Element, element
from asymptotics.expansions.tail import tail_expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.spectra.family import DECIDED, Mismatch, SpectralSeries, requiring
from asymptotics.spectra.finite import FiniteSeries, head, order_rates, unlearned
from asymptotics.spectra.segments import segments
from asymptotics.spectra.stretched import in_index, split_exponentials
from asymptotics.tasks.task import Task
from asymptotics.transforms.branch import BranchSeries, Tails, from_the_end, primitive
from asymptotics.transforms.kernels import S, Transform

ZERO = Integer(0)
PLACE = Symbol("e", positive=True, integer=False)
"""``exp(-k_0)``, k_0 the place between levels."""


POLE = "the kernel {kernel} has a pole at s = {place}; not derived"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSeries(BranchSeries):
    """``D(s)`` with what is like a branch point at 0; sums to leading order."""

    @property
    def remark(self) -> str:
        """What is known of sums over levels."""
        return (
            "Sums over exponential levels of many modes are known up to one level, in which they oscillate; "
            "what whole levels lead has laws."
        )

    @property
    def smooth(self) -> bool:
        """No: what is left out are summands of single levels."""
        return False

    @property
    def rate(self) -> Expr:
        """``r = -log(rho)``."""
        return normal(-split_exponentials(self.tails.eigenvalues, self.index)[0].diff(self.index))

    def spectral_sum(
        self, kernel: Transform, variable: Symbol, *, inverse: bool, domain: Domain, depth: int
    ) -> Expansion:
        """The primitive of h, and one summand as the bound of the rest; or the levels about l."""
        place = self.tails.coordinate(depth)
        if self.origin != 0:
            if kernel.laurent(self.origin, 1).trim().valuation < 0:
                raise UnableError(POLE.format(kernel=kernel.name, place=self.origin))
            x = 1 / variable if inverse else variable
            level = _growing(revert(place.decay, SLOW)).xreplace({SLOW: log(x)})
            slow = revert(place.decay, SLOW, place.density.with_terms([place.density.leading()], ()))
            terms, bounds = in_front(self.origin, slow, self._about(kernel, level))
            bounds += (Bound(t.order, t.log_power - 1, t.loglog_power + 1) for t in terms)
            return expansion(variable, terms, bounds, at_infinity=not inverse, domain=domain, depth=depth)
        weights = kernel.laurent(Integer(0), depth + 2)
        if weights.valuation < -1 or weights.coefficient(-1) == 0:
            raise UnableError(f"a sum of the size of one level is needed. {self.remark}")
        right = any(pole.location == 0 for pole in kernel.poles(3))
        whole = primitive(self, place, right).scale(-weights.coefficient(-1))
        summand = revert(place.decay, SLOW, place.density).bounds()
        terms, bounds = in_front(Integer(0), whole.with_terms(whole.terms, (*whole.remainder, *summand)))
        return expansion(variable, terms, bounds, at_infinity=not inverse, domain=domain, depth=depth)

    def between(self, kernel: Transform, domain: Domain, depth: int) -> Expansion:
        """``sum_k f_k phi(lambda_k/lambda(k_0))`` in ``e = exp(-k_0)``, also of the levels about k_0."""
        weights = kernel.laurent(self.origin, 2)
        single, fall = self._summand(depth)
        terms, bounds = in_front(fall, single, self._about(kernel, -log(PLACE)))
        bounds += (Bound(t.order, t.log_power - 1, t.loglog_power) for t in terms)
        if weights.valuation < 0 and weights.coefficient(-1) != 0:
            if self.origin != 0 or weights.valuation < -1:
                raise UnableError(POLE.format(kernel=kernel.name, place=self.origin))
            place, right = self.tails.coordinate(depth), any(p.location == 0 for p in kernel.poles(3))
            inner, constant = from_the_end(self, place, right)
            whole = replace(inner, variable=SLOW) + constant
            placed = in_front(Integer(0), whole.scale(-weights.coefficient(-1)))
            terms, bounds = terms + placed[0], bounds + placed[1]
        for pole in kernel.poles(3):
            if domain.sign(pole.location - self.origin) == -1 and pole.location != 0:
                ridge = Powers(self.eigenvalue(depth)).power(pole.location)
                front = -kernel.laurent(pole.location, 1).coefficient(-1) * self.value(pole.location)
                terms += (Term(t.coefficient * front, t.order, *t.logs) for t in ridge.terms)
                bounds += ridge.remainder
        return expansion(PLACE, terms, bounds, domain=domain, depth=depth)

    def eigenvalue(self, depth: int) -> Expansion:
        """``lambda(k_0)``, the ridge at this place, in e."""
        return self._at_place(self.tails.eigenvalues, depth)

    def _at_place(self, expression: Expr, depth: int) -> Expansion:
        exponent, rest = split_exponentials(expression, self.index)
        slow = replace(tail_expansion(rest, self.index, depth, self.domain), variable=SLOW)
        fall = normal(-exponent.diff(self.index))
        terms, bounds = in_front(fall, slow, element(exp(exponent.subs(self.index, 0))))
        return expansion(PLACE, terms, bounds, domain=self.domain, depth=depth)

    def _summand(self, depth: int) -> tuple[Expansion, Expr]:
        """``f(k_0)/r`` to leading order as its slow part, and its rate."""
        lead = self._at_place(self.tails.weights, depth).leading()
        term = Term(lead.coefficient / self.rate, -sympify(lead.log_power), lead.loglog_power)
        return expansion(SLOW, [term], at_infinity=True, domain=self.domain, depth=depth), lead.order

    def _about(self, kernel: Transform, level: Expr) -> Element:
        """``sum_n Phi(s_0 + 2 pi i n/r) e^(-2 pi i n k_0)``, n = 0 regular."""
        mean = kernel.laurent(self.origin, 2)
        constant = mean.coefficient(0) if mean.valuation <= 0 else Integer(0)
        return element(constant + line_of(kernel.reflect(S), S, self.origin, self.rate, level))


def _growing(series: Expansion) -> Expr:
    """The terms of an expansion in l that do not vanish."""
    kept = (t for t in series.terms if series.domain.sign(t.order) != 1)
    return Add(*(series.term_expression(t) for t in kept))


@dataclass(frozen=True, slots=True)
class ExponentialLevels:
    """``rho^k`` times powers of k in the eigenvalues, powers in target and multiplicity."""

    name: str = "exponential levels of many modes"
    form: str = "rho**k times powers of k, with powers of k in target and multiplicity"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series, with the condition ``sum m_k c_k < oo``."""
        k = task.index
        parts = (task.eigenvalues, task.multiplicity, task.target)
        if task.modes != oo:
            return Mismatch(fitting=0, missing=f"modes = {task.modes}: this family has infinitely many modes")
        given: FiniteSeries | None = None
        if any(part.has(Piecewise) for part in parts):
            *before, last = pieces = segments(task, domain)
            parts = (last.eigenvalues, last.multiplicity, last.target)
            if last.target == 0:
                learned = tuple(s for s in before if s.eigenvalues != 0)
                given = head(learned, k, target=True)
                domain = order_rates(domain, given)
                parts = (last.eigenvalues, last.multiplicity, Integer(1))
        (fall, scale), *others = (split_exponentials(part, k) for part in parts)
        try:
            rate = (-tail_expansion(fall, k, 2, domain)).leading() if fall.has(k) else None
            powers = [tail_expansion(rest, k, 2, domain).leading() for _, rest in others]
            tail_expansion(scale, k, 2, domain)
        except (SpectrumError, UnableError) as error:
            return Mismatch(fitting=1, missing=str(error))
        if rate is None or normal(rate.order + 1) != 0 or rate.log_power or rate.coefficient.is_negative:
            return Mismatch(fitting=1, missing=f"eigenvalues {task.eigenvalues} do not fall as rho**{k}")
        rises, falls = (normal(-exponent.diff(k)) for exponent, _ in others)
        if rises != 0 or falls.has(k):
            what = "multiplicity" if rises != 0 else "target"
            return Mismatch(
                fitting=DECIDED,
                missing=f"{what} {getattr(task, what)}: levels {task.eigenvalues} have laws for "
                f"multiplicities that are powers of {k} and targets tau**{k} times powers, "
                f"others where eigenvalues are C*rho**{k}",
            )
        if given is not None:
            kernel = _series(task, parts[0], parts[1], task.multiplicity, domain)
            left = unlearned(pieces, k, domain)
            return SpectralSeries(
                task=task, kernel=kernel, target=given, domain=domain, trace=(), unlearned=left
            )
        p = normal(powers[0].order + powers[1].order)
        refusal = f"sum of {task.target} diverges: levels have power {k}**-p with p = {p}; it needs p > 1"
        domain = requiring(domain, p - 1 if falls == 0 else falls, refusal)
        origin = normal(falls / rate.coefficient)
        weights = task.multiplicity * task.target
        return SpectralSeries(
            task=task,
            kernel=_series(task, parts[0], parts[1], task.multiplicity, domain),
            target=_series(task, parts[0], parts[1] * parts[2], weights, domain, origin),
            domain=domain,
            trace=(),
        )


def _series(
    task: Task, tail: Expr, weight: Expr, weights: Expr, domain: Domain, origin: Expr = ZERO
) -> LevelSeries:
    """The series of a task, with tails from the last of its pieces."""
    place = {"index": task.index, "domain": domain, "origin": origin}
    return LevelSeries(
        eigenvalues=task.eigenvalues,
        weights=weights,
        tails=Tails(eigenvalues=tail, weights=weight, expand=in_index, **place),
        **place,
    )
