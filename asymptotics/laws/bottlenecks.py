"""Which bottleneck binds where: the loss at t = oo over features, samples and ridge together.

With ``N = P^n`` features and the ridge ``rho = P^-l`` the renormalised ridge is ``kappa ~ P^-K``, K the
smallest of three exponents: that of the ridge, of the data and of the features. The loss is a sum of a few
terms, each a product of sums over modes at kappa, so that its exponent is linear in K, n and 1, and the
smallest leads; where rows are correlated, that of the variance over features has two pieces. Features that
are the first N modes themselves leave a floor, and learn their modes as far as the ridge lets them. The
(n, l) plane is cut by these lines into regions.

The terms (`model.equations.static_parts`) are over ``1 - [df2 + (1 - e)(df - df2)]/P``, which the data alone
keep from 1; the share 1 - e of what is random is 1 where the features decide, else that of `Student.shares`.

    bottleneck_map    the regions of a task
    Bottleneck        one of them
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sympy import And, Expr, Integer, log, oo, powdenest, together, true
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from asymptotics.display import text
from asymptotics.domains.domain import Domain, as_condition, normal, plain, primitive
from asymptotics.errors import SpectrumError, UnableError, check_kind
from asymptotics.expansions.gauges import as_power
from asymptotics.expansions.tidying import tidy
from asymptotics.laws.derive import Laws
from asymptotics.model.equations import static_parts
from asymptotics.model.expand import expand, with_noise
from asymptotics.model.students.base import Resolved, Share
from asymptotics.model.sums import F, df1, df2, expand_sum
from asymptotics.precision import exclusive
from asymptotics.rows import Rows, conditions_tex
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import N, P, kappa, l, n
from asymptotics.tasks.task import Task
from asymptotics.typesetting import Typeset, tex

LETTERS = "which of N = P**n features, P samples and the ridge rho = P**(-l) limits, and what leads; P -> oo"
FORMULA = (
    r"N = P^n,\ \rho = P^{-l},\ t = \infty,\ P \to \infty"
    r"\quad\text{(which of features, samples and ridge limits, and what leads)}"
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Bottleneck(Typeset):
    """``loss ~ prefactor log(P)^log_power P^-exponent`` where ``condition`` holds, N = P^n, rho = P^-l.

    ``resolution`` says what decides how many modes are resolved: "ridge", "data" or "features"; ``term``
    which part of the loss leads: "bias", "variance over features", "label noise", or "label noise over
    features", what their random part takes up of it. Parts of one exponent are told by the first of them, and
    are all in the prefactor.

    >>> from asymptotics import derive, power_law
    >>> first, *_ = bottleneck_map(derive(power_law(2, 3)))
    >>> first.resolution, first.exponent, first.prefactor
    ('ridge', l/3, gamma(1/3)*gamma(5/3)/3)
    """

    resolution: str
    term: str
    exponent: Expr
    prefactor: Expr
    log_power: Expr
    condition: Boolean
    domain: Domain

    @property
    def leading(self) -> Expr:
        """The leading term, in P."""
        return self.prefactor * log(P) ** self.log_power * P**-self.exponent

    def __str__(self) -> str:
        power = text(as_power(P, -self.exponent))
        return f"{self.resolution}, {self.term}: {power} for {plain(self.condition)}"

    __repr__ = __str__

    def to_latex(self) -> str:
        """The leading term with its constant, and where it holds."""
        where = conditions_tex(self.condition)
        return rf"\text{{{self.resolution}, {self.term}: }} L \sim {tex(self.leading)}{where}"


@exclusive
def bottleneck_map(laws: Laws) -> Rows[Bottleneck]:
    """The regions of the (n, l) plane, open ones; on the lines between two of them both terms count.

    With modes that are a multiple of N or P they are those of infinitely many, which need b > 1. Raises
    `UnableError` for spectra whose df1 is no power of kappa, and for students whose rows have no known share
    of the variance (`Student.shares`).

    >>> from asymptotics import derive, power_law
    >>> for one in bottleneck_map(derive(power_law(2, 3))):
    ...     print(one)
    ridge, bias: P**(-l/3) for l < 3 and l < 3*n
    data, bias: 1/P for l > 3 and n > 1
    features, bias: P**(-n) for n < 1 and l > 3*n
    """
    check_kind(laws, Laws, "laws", "pass derive(task)")
    for letter in {n, l} & set(laws.task.parameters):
        raise UnableError(f"{letter} is a parameter of the task and an exponent of the map; use another")
    base, student = _spectrum(laws.task), laws.student
    _ = laws.model  # sizes that are no multiples of N have none, and say so
    modes = expand_sum(df1, base, 2).leading()
    if modes.log_power or base.domain.sign(modes.order) != -1:
        raise UnableError("df1 is no power of kappa here, so that N and P have no exponents; not derived")
    spread = normal(1 - expand(df2(kappa), base, kappa, 2).series.leading().coefficient / modes.coefficient)
    white = student.white_noise()
    # df = count kappa^-power at ridge 0, N or P
    count, power = (modes.coefficient, -modes.order) if white == 0 else (white, Integer(1))
    scale, rate = count ** (1 / power), normal(1 / power)
    factor, steepness = student.far_below(normal(-modes.order * l), n)
    tilt = normal(1 - modes.order * steepness)  # zeta ~ kappa^tilt
    opened = (modes.coefficient**steepness / factor) ** (1 / tilt)
    resolutions = {"ridge": normal(l / tilt), "data": rate, "features": normal(rate * n)}
    terms = tuple(_terms(laws, base))
    found: list[Bottleneck] = []
    for resolution, K in resolutions.items():
        at = Resolved(
            scale=opened if resolution == "ridge" else scale,
            ridge=K,
            count=modes.coefficient * (opened if resolution == "ridge" else scale) ** modes.order,
            modes=normal(-modes.order * K),
            spread=spread,
            size=n,
        )
        for domain, placed in _placed(laws, base, terms, resolution, at):
            found += _regions(domain, base.domain, resolution, at, resolutions.values(), placed)
    return Rows(_joined(found, base.domain), LETTERS, FORMULA)


def _placed(
    laws: Laws, base: SpectralSeries, terms: tuple[_Term, ...], resolution: str, at: Resolved
) -> Iterator[tuple[Domain, tuple[_Placed, ...]]]:
    """The parts of the loss in each piece of their share."""
    student, whole = laws.student, base.domain
    if not student.random:
        yield whole, _of_modes(laws, base, terms, resolution, at)
        return
    # as many modes as there are features: zeta = 0, and so 1 - e = 1
    one = Share(coefficient=Integer(1), order=Integer(0))
    for share in (one,) if resolution == "features" else student.shares(at):
        domain = whole if share.inside is None else whole.holding(primitive(share.inside, whole))
        if not domain.is_empty():
            left = _left(at, share, student.white_noise()) if resolution == "data" else Integer(1)
            yield domain, tuple(term.place(at, share, left) for term in terms)


def _left(at: Resolved, share: Share, white: Expr) -> Expr:
    """``1 - [df2 + (1 - e)(df - df2)]/P`` where df = P, of which df - df2 is ``spread``, or all if white."""
    constant = share.order == 0 and share.log_power == 0
    return (at.spread if white == 0 else 1) * (1 - share.coefficient if constant else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    """A part ``coefficient kappa^order log(1/kappa)^log_power P^-data``, times 1 - e if ``shared``."""

    name: str
    coefficient: Expr
    order: Expr
    log_power: Expr
    data: Expr
    shared: bool

    def place(self, at: Resolved, share: Share, left: Expr) -> _Placed:
        """Its size at kappa."""
        weight = self.coefficient * at.scale**self.order * at.ridge**self.log_power / left
        order, logs = self.data + self.order * at.ridge, self.log_power
        if self.shared:
            weight, order, logs = weight * share.coefficient, order + share.order, logs + share.log_power
        return _Placed(name=self.name, exponent=normal(order), prefactor=weight, log_power=logs)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A part of the loss as a power of P."""

    name: str
    exponent: Expr
    prefactor: Expr
    log_power: Expr


def _terms(laws: Laws, base: SpectralSeries) -> Iterator[_Term]:
    """The parts of the loss, with each order of kappa that may lead."""
    for name, term, shared in static_parts(laws.student):
        here = with_noise(term, base.task)
        if here == 0:
            continue
        sizes, sums = here.as_independent(AppliedUndef, as_Add=False)
        constant, data = sizes.as_coeff_exponent(P)
        for one in expand(sums, base, kappa, 3).series.candidates():
            yield _Term(
                name=name,
                coefficient=constant * one.coefficient,
                order=one.order,
                log_power=one.log_power,
                data=-data,
                shared=shared,
            )


def _spectrum(task: Task) -> SpectralSeries:
    if task.size is None:
        return spectrum(task)
    try:
        return spectrum(replace(task, modes=oo))
    except SpectrumError as error:
        raise UnableError(
            f"modes = {task.modes}: their map is that of infinitely many modes, which need b > 1 ({error})"
        ) from None


def _of_modes(
    laws: Laws, base: SpectralSeries, terms: tuple[_Term, ...], resolution: str, at: Resolved
) -> tuple[_Placed, ...]:
    """The parts of the loss where features are the first N modes, nothing of which is random.

    Where they decide, kappa is the ridge, and the bias is their tail, what it is at ``kappa = lambda_N``, and
    what the ridge leaves of them; all of them take up label noise.
    """
    none, one = Share(coefficient=Integer(0), order=Integer(0)), Integer(1)
    left = at.spread if resolution == "data" else one
    if resolution != "features":
        return tuple(term.place(at, none, left) for term in terms)
    tail = expand(laws.student.at_end(F(kappa)), base, N, 2).series.leading()
    placed = [
        _Placed(
            name="bias",
            exponent=normal(n * tail.order),
            prefactor=tail.coefficient * n**tail.log_power,
            log_power=tail.log_power,
        )
    ]
    ridge = replace(at, ridge=l, scale=one)
    for term in terms:
        if term.name != "bias":
            here = term.place(at, none, left)
            placed.append(replace(here, prefactor=here.prefactor / (1 - at.spread)))
        elif normal(term.order * at.ridge - tail.order * n) != 0:
            placed.append(term.place(ridge, none, left))
    return tuple(placed)


def _regions(
    domain: Domain,
    whole: Domain,
    resolution: str,
    at: Resolved,
    others: Iterable[Expr],
    placed: tuple[_Placed, ...],
) -> Iterator[Bottleneck]:
    """The regions in which ``kappa ~ P^-K``; their conditions are those beyond ``whole``."""
    inside = [primitive(other - at.ridge, domain) for other in others if other != at.ridge]
    there = domain.holding(*domain.reduce(inside))
    if there.is_empty():
        return
    for i, one in enumerate(placed):
        differences = [normal(other.exponent - one.exponent) for other in placed]
        if any(d == 0 for d in differences[:i]):
            continue  # told by the first of its terms
        ahead = [primitive(d, there) for d in differences if d != 0]
        region = there.holding(*there.reduce(ahead))
        if any(there.sign(d) == -1 for d in ahead) or region.is_empty():
            continue
        equal = [other for other, d in zip(placed, differences, strict=True) if d == 0]
        logs = max(other.log_power for other in equal)
        weight = sum((x.prefactor for x in equal if x.log_power == logs), Integer(0))
        found = Bottleneck(
            resolution=resolution,
            term=one.name,
            exponent=together(one.exponent),
            prefactor=tidy(powdenest(weight, force=True)),
            log_power=logs,
            condition=true,
            domain=region,
        )
        yield _bounded(found, region, whole)


def _bounded(found: Bottleneck, region: Domain, whole: Domain) -> Bottleneck:
    """A region by its own conditions, those beyond ``whole``."""
    kept = whole.reduce(c for c in region.constraints if c not in whole.constraints)
    return replace(found, condition=And(*(as_condition(c) for c in kept)), domain=whole.holding(*kept))


TOLD = ("resolution", "term", "exponent", "prefactor", "log_power")


def _joined(found: list[Bottleneck], whole: Domain) -> tuple[Bottleneck, ...]:
    """Regions on both sides of one line as one, where all else of them is equal."""
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            shared = _around(one, other, whole)
            if shared is not None:
                joined = _bounded(one, shared, whole)
                rest = [x for x in found if x not in (one, other)]
                return _joined([*rest[:i], joined, *rest[i:]], whole)
    return tuple(found)


def _around(one: Bottleneck, other: Bottleneck, whole: Domain) -> Domain | None:
    """The two regions and the line between them, where they are one convex region of one law."""
    if any(getattr(one, part) != getattr(other, part) for part in TOLD):
        return None
    ours, theirs = one.domain.constraints, other.domain.constraints
    for line in ours:
        back = [c for c in theirs if normal(c + line) == 0]
        kept = [*(c for c in ours if c != line), *(c for c in theirs if c not in back)]
        if back and all(x.domain.sign(c) == 1 for x in (one, other) for c in kept):
            return whole.holding(*kept)
    return None
