"""Sums over modes by Euler-Maclaurin, and integrals over a half line and a line: plain numerics.

    sum_{k >= 1} f(k) = sum_{k < K} f(k) + f(K)/2 + int_K^oo f - sum_j B_2j/(2j)! f^(2j-1)(K)

with the derivatives from a circle about K and the integral over ``k = K exp(exp(x - exp(-x)))`` by the
trapezoidal rule, whose error is squared when its step is halved. The nodes do not depend on f, so that what
depends on k alone is computed once. No expansion of f is used: this is what checks expansions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import mpmath
from sympy import Dummy, Expr, Integer, Symbol, exp, lambdify

from asymptotics.caches import cached
from asymptotics.derivation.evaluation.long_numbers import NUMBERS, expm1, log1p, numbers_for
from asymptotics.errors import PrecisionError

LEVELS = 9
STARTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""How much further out the tail may begin when the first start is too near to a singularity of f."""
NEARBY = 2.0**-10
"""Within this distance of arguments at which two starts agreed, one of them does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some of the nodes of a sum from ``first`` on whose tail begins at ``start``.

    The head (level -1) has the direct terms, half of the first one left, and the circle of the derivatives;
    level 0 the whole coarse grid of the tail, level n what halving n times adds. The ``upper`` half of the
    circle is enough for real summands.
    """

    first: int
    start: int
    digits: int
    level: int = -1
    last: int = 0
    upper: bool = False

    @property
    def low(self) -> int:
        """Eighths of x at which the tail's grid begins."""
        return math.floor(-8 * math.log(2.31 * self.digits + 8))

    @property
    def half(self) -> int:
        """Half of the points of the circle."""
        return int(1.4 * self.digits) + 8

    @property
    def orders(self) -> int:
        """How many derivatives are taken."""
        return int(0.6 * self.digits) + 4

    def places(self) -> list[float]:
        """The x of a level of the tail."""
        if self.level == 0:
            return [j / 8 for j in range(self.low, self.last + 1)]
        scale = 2**self.level
        return [j / (8 * scale) for j in range(self.low * scale, self.last * scale + 1) if j % 2]


def _nodes(block: Block, precision: int) -> tuple[Sequence[Any], Sequence[Any]]:
    """Places k and weights of a block, in `NUMBERS`."""
    if block.level < 0:
        return _head(block, precision)
    ks, weights = _begun(replace(block, last=0), precision)
    places = block.places()
    with NUMBERS.working():
        for x in places[len(ks) :]:
            small = NUMBERS.exp(NUMBERS.of(-x))
            v = NUMBERS.exp(x - small)
            ks.append(block.start * NUMBERS.exp(v))
            weights.append(ks[-1] * v * (1 + small))
    return ks[: len(places)], weights[: len(places)]


@cached(maxsize=400)
def _begun(block: Block, precision: int) -> tuple[list[Any], list[Any]]:
    """The nodes of a level of the tail that are known, which grow as sums that go further ask for them."""
    del block, precision  # they tell levels apart, and the numbers of one precision from those of another
    return [], []


@cached(maxsize=400)
def _head(block: Block, precision: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    del precision  # that of mpmath now; it only tells blocks apart
    ks: list[Any] = [mpmath.mpf(j) for j in range(block.first, block.start + 1)]
    weights: list[Any] = [mpmath.mpf(1)] * (block.start - block.first) + [mpmath.mpf(1) / 2]
    radius = mpmath.mpf(block.start) / 4
    half = block.half
    factors = [mpmath.bernoulli(2 * j) / (2 * j * radius ** (2 * j - 1)) for j in range(1, block.orders + 1)]
    for m in range(half + 1 if block.upper else 2 * half):
        turn = mpmath.expjpi(mpmath.mpf(m) / half)
        share = mpmath.mpf(2 if block.upper and m % half else 1) / (2 * half)
        ks.append(block.start + radius * turn)
        weights.append(-share * mpmath.fsum(f * turn ** (1 - 2 * j) for j, f in enumerate(factors, 1)))
    with NUMBERS.working():
        return tuple(map(NUMBERS.of, ks)), tuple(map(NUMBERS.of, weights))


@cached(maxsize=400)
def _of_index(expression: Expr, index: Symbol) -> Callable[[Any], Any]:
    """A function of `NUMBERS`."""
    numbers = numbers_for(expression, powers=True)
    function = lambdify(index, expression, list(numbers.modules))
    return function if numbers is NUMBERS else lambda k: NUMBERS.of(function(NUMBERS.back(k)))


@cached(maxsize=1500)
def _known(expression: Expr, index: Symbol, block: Block, precision: int) -> list[Any]:
    """The values of a function of k at the first nodes of a block, as many as are known."""
    del expression, index, block, precision
    return []


def _on_nodes(expression: Expr, index: Symbol, block: Block, precision: int) -> Sequence[Any]:
    """A function of k alone, on the nodes of a block: of its multiples one is computed."""
    factor, function = expression.as_coeff_Mul(rational=True)
    with NUMBERS.working():
        if factor != 1:
            return [x * factor.p / factor.q for x in _on_nodes(function, index, block, precision)]
        values, ks = _known(expression, index, replace(block, last=0), precision), _nodes(block, precision)[0]
        values += map(_of_index(expression, index), ks[len(values) :])
    return values[: len(ks)]


def stable(expression: Expr) -> Expr:
    """``1 - exp(y)`` as ``-expm1(y)`` throughout, and ``(1 + y)^n`` as ``exp(n log1p(y))``."""

    def near_one(e: Expr) -> bool:
        return bool(e.is_Add and len(e.args) == 2 and e.args[0] == 1)

    expression = expression.replace(
        lambda e: near_one(e) and isinstance(-e.args[1], exp), lambda e: -expm1((-e.args[1]).args[0])
    )
    return expression.replace(
        lambda e: e.is_Pow and near_one(e.base) and not e.exp.is_number,
        lambda e: exp(e.exp * log1p(e.base.args[1])),
    )


class ModeSum:
    """``sum_{k >= first} summand(k, *arguments)`` to ``digits`` digits for any values of the arguments.

    Works at the precision of mpmath (`working`). `PrecisionError` if two starts and two steps do not agree.

    >>> from asymptotics.precision import working
    >>> from asymptotics.symbols import k, kappa
    >>> with working(30):
    ...     total = ModeSum(1 / (1 + kappa * k**2), k, 1, (kappa,), digits=25)
    ...     print(mpmath.nstr(mpmath.re(total((mpmath.mpf(1),))), 20))        # (pi coth(pi) - 1)/2
    1.0766740474685811741
    """

    _furthest = 76
    """Eighths of x to which the tail's coarse grid goes."""

    def __init__(
        self, summand: Expr, index: Symbol, first: int, arguments: Sequence[Symbol], digits: int
    ) -> None:
        self.digits, self.first = digits, first
        self.index, summand = index, stable(summand)
        factor, rest = (
            summand.as_independent(*arguments, as_Add=False) if arguments else (summand, Integer(1))
        )
        self._factor = factor
        self._atoms: dict[Expr, Dummy] = {}
        shaped = self._shape_of(rest, index)
        names = (*self._atoms.values(), *arguments)
        self._numbers = numbers_for(shaped)
        self._rest = lambdify(names, shaped, self._modules(), cse=True)
        self._blocks: dict[Block, list[Any]] = {}
        self._ends: dict[int, int] = {}
        self._trusted = 0
        self._known: list[Any] = []

    def _shape_of(self, expression: Expr, index: Symbol) -> Expr:
        """The expression with a name for each part that depends on the index alone."""
        if expression.free_symbols == {index}:
            return self._atoms.setdefault(expression, Dummy("q"))
        if not expression.args or index not in expression.free_symbols:
            return expression
        if expression.is_Mul or expression.is_Add:
            alone, mixed = expression.as_independent(
                *(expression.free_symbols - {index}), as_Add=expression.is_Add
            )
            if alone.free_symbols == {index}:
                return expression.func(self._shape_of(alone, index), self._shape_of(mixed, index))
        return expression.func(*(self._shape_of(a, index) for a in expression.args))

    def _modules(self) -> Any:
        """What functions of the summand are computed by."""
        return list(self._numbers.modules)

    def __call__(self, values: Sequence[Any]) -> Any:
        """The sum at these values of the arguments."""
        with self._numbers.working():
            return self._numbers.back(self._settled(list(map(self._numbers.of, values))))

    def _settled(self, values: list[Any]) -> Any:
        goal, previous = 10.0**-self.digits, None
        if self._known and all(
            abs(x - y) <= NEARBY * abs(y) for x, y in zip(values, self._known, strict=True)
        ):
            # two starts agreed right beside, as in the search of a root
            total, error = self._total(STARTS[self._trusted + 1], values)
            if error <= goal:
                return total
        # starts that were far enough for other values may be among the singularities of these
        for number in (*range(self._trusted, len(STARTS)), *range(self._trusted)):
            if number == 0:
                previous = None
            try:
                total, error = self._total(STARTS[number], values)
            except OverflowError:  # the circle about the start goes where the summand explodes
                continue
            if previous is not None and abs(total - previous) <= goal * abs(total) and error <= goal:
                self._trusted, self._known = max(number - 1, 0), values
                return total
            previous = total
        raise self._unsettled(list(map(self._numbers.back, values)))

    def _unsettled(self, values: Sequence[Any]) -> PrecisionError:
        return PrecisionError(
            f"a sum over modes does not settle to {self.digits} digits at "
            f"{[mpmath.nstr(x, 5) for x in values]}; ask for fewer digits"
        )

    def _too_slow(self) -> PrecisionError:
        return PrecisionError(
            f"the summand {self._factor} falls too slowly to be summed to {self.digits} digits; "
            "take parameters further from where the sum diverges"
        )

    def _block(self, scale: int) -> Block:
        """The head of a sum whose tail begins at ``scale`` times the first start."""
        start = self.first + scale * max(24, 3 * self.digits)
        return Block(first=self.first, start=start, digits=self.digits)

    def _total(self, scale: int, values: Sequence[Any]) -> tuple[Any, Any]:
        """The sum with its tail from ``scale`` times the first start, and the estimated relative error."""
        block, step = self._block(scale), 1 / 8
        if all(x.imag == 0 for x in values):
            head = self._part(replace(block, upper=True), values).real
        else:
            head = self._part(block, values)
        tail = self._coarse(block, values) * step
        goal, before = 10.0**-self.digits, None
        for level in range(1, LEVELS + 1):
            step /= 2
            refined = tail / 2 + step * self._part(
                replace(block, level=level, last=self._ends[block.start]), values
            )
            change, size = abs(refined - tail), abs(head + refined)
            tail = refined
            error = left_by_halving(before, change, size * float(mpmath.eps))
            if error <= goal * size:
                return head + tail, error / size if size else 0.0
            before = change
        return head + tail, 1.0

    def _columns(self, block: Block) -> list[Sequence[Any]]:
        """The weights, and the parts that depend on k alone, on the nodes of a block."""
        precision = mpmath.mp.prec
        factor, *atoms = (
            _on_nodes(part, self.index, block, precision) for part in (self._factor, *self._atoms)
        )
        with NUMBERS.working():
            weights = [w * f for w, f in zip(_nodes(block, precision)[1], factor, strict=True)]
        return [weights, *atoms]

    def _terms(self, block: Block, values: Sequence[Any]) -> Any:
        """The summands at the nodes of a block, times their weights."""
        if block not in self._blocks:
            columns = self._columns(block)
            if self._numbers is not NUMBERS:
                columns = [list(map(NUMBERS.back, column)) for column in columns]
            self._blocks[block] = list(zip(*columns, strict=True))
        return [w * self._rest(*q, *values) for w, *q in self._blocks[block]]

    def _part(self, block: Block, values: Sequence[Any]) -> Any:
        return self._numbers.total(self._terms(block, values))

    def _coarse(self, block: Block, values: Sequence[Any]) -> Any:
        """The coarse grid of the tail, as far as the integrand goes."""
        cut = 10.0 ** (-self.digits - 4)
        terms = self._terms(replace(block, level=0, last=self._furthest), values)
        largest = before = size = 0.0
        for j, size in enumerate(map(abs, terms), block.low):
            largest = max(largest, size)
            # what is 0 at first has yet to begin
            if j > 8 and largest and size <= cut * largest and size <= before:
                break
            before = size
        else:
            if size > 1e3 * cut * largest:
                raise self._too_slow()
        self._ends[block.start] = max(self._ends.get(block.start, 0), j)
        return self._numbers.total(terms[: j - block.low + 1])


def integrate_by_halving(
    term: Callable[[float], Any],
    low: float,
    high: float,
    digits: int,
    *,
    step: float = 0.25,
    noise: float = 0.0,
) -> Any:
    """The integral of ``term`` over (low, high), negligible at both ends, by halved trapezoidal steps.

    ``noise`` is the relative error of the terms, if it is above that of mpmath.

    `PrecisionError` if nine halvings do not settle.
    """
    first, last = math.floor(low / step), math.ceil(high / step)
    total, before = step * mpmath.fsum(term(j * step) for j in range(first, last + 1)), None
    for _ in range(LEVELS):
        step, first, last = step / 2, 2 * first, 2 * last
        fresh = step * mpmath.fsum(term(j * step) for j in range(first + 1, last, 2))
        refined = total / 2 + fresh
        change = abs(refined - total)
        total = refined
        rounding = abs(total) * max(noise, mpmath.eps)
        if left_by_halving(before, change, rounding) <= mpmath.mpf(10) ** -digits * abs(total):
            return total
        before = change
    raise PrecisionError(f"an integral does not settle to {digits} digits; ask for fewer digits")


def left_by_halving(before: Any, change: Any, rounding: Any) -> Any:
    """The error after a halving of the step, from the last two changes.

    The rule's error is A q^(1/h): changes d1 = A q and d2 = A q^2 leave A q^4 = d2 (d2/d1)^2. A factor of 100
    is for a second singularity that has yet to show. Below ``16 rounding`` there is nothing to see.
    """
    if change <= 16 * rounding:
        return change
    if before is None or change >= before:
        return math.inf
    return 100 * change * (change / before) ** 2
