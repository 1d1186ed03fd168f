"""The law of T and N where modes grow with N, against sums over modes along a ray ``C T = N^(reach b)``.

Along a ray each early term is a power of N, and so is all that is left out: the judge of laws in one resource
(`judge`) takes them as they are. N runs from 10^8 to 10^48, where laws are sharp. With one-pass SGD at b = 1
what is left falls with powers of ``1/Lambda``, the trace, and N runs from 10^32 to 10^138, where powers of N
are far smaller.

    Along            the terms along a ray, as a prediction
    AlongSlowly      those of one-pass SGD at b = 1
    reach_of         the ray that is asked for
    with_share       the law at numbers
    losses           the sums along the ray
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import mpmath
from sympy import Expr, Integer, Rational, Symbol

from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError, shown
from asymptotics.hints import name_numbers
from asymptotics.laws.early_loss import Lambda, T
from asymptotics.laws.growing import GrowingLaw
from asymptotics.model.early_times import EarlyTerm
from asymptotics.parsing.numbers import exact
from asymptotics.symbols import N, h
from numerics.model.small_steps import early_loss
from numerics.values.exact import number
from numerics.values.value import Value
from numerics.verification.prediction import Prediction, combinations, distinct

POINTS = 9
MIDDLE = Rational(1, 2)
REACH = Symbol("reach", positive=True)
"""Between T ~ 1 and the crossover T ~ N^b."""
DEFAULT_SHARE = Rational(1, 4)


class Along(Prediction):
    """The early terms of a growing law at numbers, where ``C T = N^(reach b)``."""

    depth, shares = 4, 4
    """Orders and powers of h that are taken as known."""

    def __init__(self, law: GrowingLaw, reach: Expr = MIDDLE) -> None:
        self.law, self.reach = law, reach
        known, first = law.early_monomials(law.series.domain), law.terms(self.depth, self.shares)
        self.order = min(map(self.power, known), key=number)
        self.left = min((self.power(x) for x in law.bounds(self.depth, self.shares)), key=number)
        later = [self.power(x) for x in first if x not in known]
        self.decay = normal(min((*later, self.left), key=number) - self.order)
        self.bounded, self.has_companions = False, False
        self.beyond = number(self.left - self.order)
        near = [x for x in law.bounds(self.depth, self.shares) if number(self.power(x) - self.left) == 0]
        self.logs = max(x.log_time + x.log_size for x in near)
        steps = [x for x in distinct([number(self.power(x) - self.order) for x in first]) if x > 0]
        products = [x for x in combinations(steps[:6]) if x > self.beyond]
        self.beyond_corrections = distinct([self.beyond, *products, *(self.beyond + x for x in steps[:6])])[
            :7
        ]
        self.decay_corrections = distinct([x - steps[0] for x in combinations(steps[:5]) if x > steps[0]])[:6]
        self.exponent = number(self.order)
        self.scale = self.gauge = lambda x: x
        self.variable: Expr = N
        self.stated_decay = number(self.decay)
        self.stated_bound = lambda x: x**-self.stated_decay
        self._leading, self._all = (
            cache(self._along(x)) for x in (law.leading, law.early(self.depth, self.shares))
        )

    def power(self, term: EarlyTerm) -> Expr:
        """That of 1/N along the ray."""
        return normal(term.size + term.time * self.reach * self.law.decay)

    def size(self, j: int) -> mpmath.mpf:
        """The j-th N, about."""
        return mpmath.mpf(10) ** (8 + 5 * j)

    def time(self, size: mpmath.mpf) -> mpmath.mpf:
        """T."""
        assert self.law.series.scaling is not None
        return size ** number(self.reach * self.law.decay) / number(self.law.series.scaling.scale)

    def _along(self, expression: Expr) -> Callable[[mpmath.mpf], mpmath.mpf]:
        def value(size: mpmath.mpf) -> mpmath.mpf:
            return number(expression, {N: size, T: self.time(size)})

        return value

    def __call__(self, resource: mpmath.mpf) -> mpmath.mpf:
        change = resource**-self.shift if self.shift else 1
        return self._leading(resource) * self.factor * change

    def parts(self, resource: mpmath.mpf) -> tuple[mpmath.mpf, mpmath.mpf]:
        return self._leading(resource) * self.factor, self._all(resource)

    def next(self, resource: mpmath.mpf) -> mpmath.mpf:
        return (self._all(resource) - self._leading(resource)) / self(resource)

    def slowly(self, resource: mpmath.mpf) -> mpmath.mpf:
        return self._all(resource) * resource**self.exponent


class AlongSlowly(Along):
    """Terms of one-pass SGD at b = 1: what is left is a series in 1/Lambda."""

    depth, shares = 2, 3

    def __init__(self, law: GrowingLaw, reach: Expr = MIDDLE) -> None:
        super().__init__(law, reach)
        self.variable = trace = law.early_loss.arguments[Lambda]
        self.scale = cache(lambda x: number(trace, {N: x}))
        self.decay, self.stated_decay = Integer(1), mpmath.mpf(1)
        self.stated_bound = lambda x: 1 / self.scale(x)
        left, known = law.bounds(self.depth, self.shares), law.early_monomials(law.series.domain)
        self.beyond, self.logs = mpmath.mpf(self.level(left) - self.level(known)), 0
        self.beyond_corrections = [self.beyond + j for j in range(6)]
        self.decay_corrections = [mpmath.mpf(j) for j in range(1, 7)]

    def level(self, terms: Iterable[EarlyTerm]) -> int:
        """The power of 1/Lambda of those that are largest in N: along a ray logarithms are of its order."""
        first = [x for x in terms if number(self.power(x) - self.order) == 0]
        return min(x.share - x.log_time - x.log_size for x in first)

    def size(self, j: int) -> mpmath.mpf:
        """From where T and N/T are 10^16 on, far above powers of Lambda, which grows by a fifth."""
        first = mpmath.mpf(10) ** number(16 / min(self.reach, 1 - self.reach))
        return first * mpmath.exp(self.scale(first) * (mpmath.mpf("1.2") ** j - 1))


def along(law: GrowingLaw, reach: Expr) -> Along:
    """The terms of a law at numbers."""
    return AlongSlowly(law, reach) if law.is_slow else Along(law, reach)


def reach_of(value: object) -> Expr:
    """A number between 0 and 1. Raises `DomainError` for others."""
    reach = exact(value, REACH.name)
    if not 0 < reach < 1:
        raise DomainError(
            f"reach = {shown(value)}; a ray C T = N^(reach b) lies before the crossover for 0 < reach < 1"
        )
    return reach


def with_share(
    law: GrowingLaw, at: Mapping[Symbol | str, object]
) -> tuple[GrowingLaw, tuple[tuple[Symbol, Expr], ...]]:
    """The law at numbers, and the share of the largest step where one is taken; 1/4 by default."""
    numeric = law.at(at)
    if h in numeric.parameters:
        numeric = numeric.at({h: DEFAULT_SHARE})
    if numeric.parameters:
        missing = [s.name for s in numeric.parameters]
        raise DomainError(f"no number for {', '.join(missing)}; give {name_numbers('at', missing)}")
    return numeric, ((h, numeric.share),) if numeric.share != 0 else ()


def losses(prediction: Along, digits: int) -> Iterator[tuple[mpmath.mpf, Value]]:
    """N along the ray, and the loss there; whole numbers of modes, for a ratio that is a fraction."""
    law = prediction.law
    scaling = law.series.scaling
    assert scaling is not None
    for j in range(POINTS):
        whole = scaling.ratio.q if scaling.ratio.is_Rational else 1
        size = Integer(int(mpmath.nint(prediction.size(j)))) * whole
        place = number(size)
        task = law.task.with_sizes({N: size})
        yield place, early_loss(task, place, prediction.time(place), number(law.share), digits)
