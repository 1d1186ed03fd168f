"""Which bottleneck binds where: the loss at t = oo over features, samples and ridge together.

With ``N = P^n`` features and the ridge ``rho = P^-l`` the renormalised ridge is ``kappa ~ P^-K``, K the
smallest of three exponents: that of the ridge, of the data and of the features. The loss is a sum of a few
terms, each a product of sums over modes at kappa, so that its exponent is linear in K, n and 1, and the
smallest leads; where rows are correlated, that of the variance over features has two pieces. Features that
are the first N modes themselves leave a floor, and learn their modes as far as the ridge lets them. The
(n, l) plane is cut by these lines into regions.

    bottleneck_map    the regions of a task
    Bottleneck        one of them
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from sympy import And, Expr, Integer, oo, together
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import Domain, as_condition, normal, plain, primitive
from asymptotics.errors import SpectrumError, UnableError, check_kind
from asymptotics.expansions.expansion import as_power
from asymptotics.laws.derive import Laws
from asymptotics.model.equations import static_parts
from asymptotics.model.expand import expand, with_noise
from asymptotics.model.students.base import Student
from asymptotics.model.sums import F, df1, expand_sum
from asymptotics.precision import exclusive
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import N, P, kappa, l, n
from asymptotics.tasks.task import Task


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Bottleneck:
    """``loss ~ P^-exponent`` where ``condition`` holds, ``N = P^n`` and ``rho = P^-l``, up to logarithms.

    ``resolution`` says what decides how many modes are resolved: "ridge", "data" or "features"; ``term``
    which part of the loss leads: "bias", "variance over features", "label noise", or "label noise over
    features", what their random part takes up of it.

    >>> from asymptotics import derive, power_law
    >>> first, *_ = bottleneck_map(derive(power_law(2, 3)))
    >>> first.resolution, first.exponent
    ('ridge', l/3)
    """

    resolution: str
    term: str
    exponent: Expr
    condition: Boolean
    domain: Domain

    def __str__(self) -> str:
        power = as_power(P, -self.exponent)
        return f"{self.resolution}, {self.term}: {power} for {plain(self.condition)}"

    __repr__ = __str__


@exclusive
def bottleneck_map(laws: Laws) -> tuple[Bottleneck, ...]:
    """The regions of the (n, l) plane, open ones; on the lines between two of them both terms count.

    With modes that are a multiple of N or P they are those of infinitely many, which need b > 1. Raises
    `UnableError` for spectra whose df1 is no power of kappa, and for students whose rows have no known share
    of the variance (`Student.share_orders`).

    >>> from asymptotics import derive, power_law
    >>> for one in bottleneck_map(derive(power_law(2, 3))):
    ...     print(one)
    ridge, bias: P**(-l/3) for l < 3 and l < 3*n
    data, bias: 1/P for l > 3 and n > 1
    features, bias: P**(-n) for n < 1 and l > 3*n
    """
    check_kind(laws, Laws, "laws", "pass derive(task)")
    base, student = _spectrum(laws.task), laws.student
    _ = laws.model  # sizes that are no multiples of N have none, and say so
    modes = expand_sum(df1, base, 2).leading()
    if modes.log_power or base.domain.sign(modes.order) != -1:
        raise UnableError("df1 is no power of kappa here, so that N and P have no exponents; not derived")
    rate = normal(-1 / modes.order) if student.white_noise() == 0 else Integer(1)
    resolutions = {"ridge": l, "data": rate, "features": normal(rate * n)}
    terms = tuple(_exponents(base, student))
    found: list[Bottleneck] = []
    for resolution, K in resolutions.items():
        pieces: Iterable[tuple[Domain, _Placed]]
        if student.random:
            pieces = _of_drawn(student, base.domain, terms, normal(-modes.order * K), K)
        else:
            pieces = ((base.domain, _of_modes(student, base, terms, rate, resolution, K)),)
        for domain, placed in pieces:
            if not domain.is_empty():
                found += _regions(domain, base.domain, resolution, K, tuple(resolutions.values()), placed)
    return _joined(found, base.domain)


def _exponents(base: SpectralSeries, student: Student) -> Iterator[_Term]:
    """The exponents of the terms of the loss, as functions of kappa = P^-K with the letter kappa for K."""
    for name, term, shared in static_parts(student):
        here = with_noise(term, base.task)
        if here == 0:
            continue
        sizes, sums = here.as_independent(AppliedUndef, as_Add=False)
        found = expand(sums, base, kappa, 3).series
        for candidate in found.candidates():
            yield name, -sizes.as_coeff_exponent(P)[1] + candidate.order * kappa, shared


def _spectrum(task: Task) -> SpectralSeries:
    if task.size is None:
        return spectrum(task)
    try:
        return spectrum(replace(task, modes=oo))
    except SpectrumError as error:
        raise UnableError(
            f"modes = {task.modes}: their map is that of infinitely many modes, which need b > 1 ({error})"
        ) from None


_Term: TypeAlias = tuple[str, Expr, bool]
_Placed: TypeAlias = tuple[tuple[str, Expr], ...]


def _of_drawn(
    student: Student, whole: Domain, terms: tuple[_Term, ...], modes: Expr, K: Expr
) -> Iterator[tuple[Domain, _Placed]]:
    """The exponents at ``kappa = P^-K`` where features are drawn, in each piece of their share."""
    for inside, share in student.share_orders(modes, K, n):
        domain = whole if inside is None else whole.holding(primitive(inside, whole))
        yield (
            domain,
            tuple(
                (name, normal(order + (share if shared else 0)).xreplace({kappa: K}))
                for name, order, shared in terms
            ),
        )


def _of_modes(
    student: Student, base: SpectralSeries, terms: tuple[_Term, ...], rate: Expr, resolution: str, K: Expr
) -> _Placed:
    """The same where features are the first N modes, nothing of which is random.

    Where they decide, kappa is the ridge, and the bias is their tail, what it is at ``kappa = lambda_N``, and
    what the ridge leaves of them.
    """
    if resolution != "features":
        return tuple((name, normal(order.xreplace({kappa: K}))) for name, order, _ in terms)
    tail = expand(student.at_end(F(kappa)), base, N, 2).series.leading().order
    placed = [("bias", normal(n * tail))]
    for name, order, _ in terms:
        if name != "bias":
            placed.append((name, normal(order.xreplace({kappa: K}))))
        elif normal(order.xreplace({kappa: rate}) - tail) != 0:
            placed.append((name, normal(order.xreplace({kappa: l}))))
    return tuple(placed)


def _regions(
    domain: Domain,
    whole: Domain,
    resolution: str,
    K: Expr,
    others: tuple[Expr, ...],
    placed: tuple[tuple[str, Expr], ...],
) -> Iterator[Bottleneck]:
    """The regions in which ``kappa ~ P^-K``; their conditions are those beyond ``whole``."""
    inside = [primitive(other - K, domain) for other in others if other != K]
    there = domain.holding(*domain.reduce(inside))
    if there.is_empty():
        return
    for i, (name, exponent) in enumerate(placed):
        differences = [normal(other - exponent) for j, (_, other) in enumerate(placed) if j != i]
        ties = [d == 0 and j < i for j, d in enumerate(differences)]
        if any(ties):
            continue  # the same exponent, told by the first of its terms
        ahead = [primitive(d, there) for d in differences if d != 0]
        region = there.holding(*there.reduce(ahead))
        if any(there.sign(d) == -1 for d in ahead) or region.is_empty():
            continue
        yield _bottleneck(resolution, name, together(exponent), region, whole)


def _bottleneck(resolution: str, name: str, exponent: Expr, region: Domain, whole: Domain) -> Bottleneck:
    kept = whole.reduce(c for c in region.constraints if c not in whole.constraints)
    return Bottleneck(
        resolution=resolution,
        term=name,
        exponent=exponent,
        condition=And(*(as_condition(c) for c in kept)),
        domain=whole.holding(*kept),
    )


def _joined(found: list[Bottleneck], whole: Domain) -> tuple[Bottleneck, ...]:
    """Regions on both sides of one line as one, where all else of them is equal."""
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            shared = _around(one, other, whole)
            if shared is not None:
                joined = _bottleneck(one.resolution, one.term, one.exponent, shared, whole)
                rest = [x for x in found if x not in (one, other)]
                return _joined([*rest[:i], joined, *rest[i:]], whole)
    return tuple(found)


def _around(one: Bottleneck, other: Bottleneck, whole: Domain) -> Domain | None:
    """The two regions and the line between them, where they are one convex region of one law."""
    if (one.resolution, one.term, one.exponent) != (other.resolution, other.term, other.exponent):
        return None
    ours, theirs = one.domain.constraints, other.domain.constraints
    for line in ours:
        back = [c for c in theirs if normal(c + line) == 0]
        kept = [*(c for c in ours if c != line), *(c for c in theirs if c not in back)]
        if back and all(x.domain.sign(c) == 1 for x in (one, other) for c in kept):
            return whole.holding(*kept)
    return None
