"""Numbers in the floats of the machine, at many places at once: arrays, whose axes are nodes of contours.

Each operator that puts nodes in the place of a letter adds an axis before those that are there, so that what
depends on one letter alone is evaluated at the nodes of that letter alone.

    FloatModeSum        a sum over modes at arrays of arguments
    plain               a number, or an array of them, without the digits of mpmath
    along               nodes as the next axis
    number_by_number    a function of numbers at arrays of them
    worst_ratio         of two arrays, where the second does not vanish
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import mpmath
from sympy import Dummy, Expr, Function, Integer, Number, NumberSymbol, Symbol, exp, lambdify, log

from asymptotics.caches import cached
from asymptotics.derivation.evaluation.long_numbers import expm1, log1p
from asymptotics.derivation.evaluation.mode_sums import LEVELS, STARTS, Block, ModeSum

ROUNDING = 1e-15
"""Relative error of a sum of floats."""


def is_array(x: Any) -> bool:
    """Whether x has axes."""
    return bool(getattr(x, "ndim", 0))


def plain(x: Any) -> Any:
    """x as a float or complex number of Python; an array as it is."""
    if is_array(x):
        return x
    return complex(x) if isinstance(x, (complex, mpmath.mpc)) else float(x)


def is_complex(x: Any) -> bool:
    """Whether x is complex, or an array of such numbers."""
    return isinstance(x, (complex, mpmath.mpc)) or (is_array(x) and x.dtype.kind == "c")


def along(nodes: Iterable[Any], others: Iterable[Any]) -> Any:
    """Nodes on an axis before all that the others have; where nodes are arrays, these have those axes."""
    depth = max((getattr(x, "ndim", 0) for x in others), default=0)
    array = import_module("numpy").array([plain(x) for x in nodes])
    if array.dtype == object:  # numbers of mpmath for each place of an array
        array = array.astype(complex)
    return array.reshape(array.shape + (1,) * (depth + 1 - array.ndim))


def number_by_number(function: Callable[..., Any], arrays: Sequence[Any]) -> Any:
    """The array of the function's values."""
    numpy = import_module("numpy")
    columns = numpy.broadcast_arrays(*arrays)
    rows = zip(*(column.reshape(-1).tolist() for column in columns), strict=True)
    return numpy.array([plain(function(*row)) for row in rows]).reshape(columns[0].shape)


def worst_ratio(one: Any, two: Any) -> float:
    """The largest ``|one/two|`` where two does not vanish."""
    numpy = import_module("numpy")
    one, two = numpy.broadcast_arrays(abs(one), abs(two))
    return float(numpy.max(one[two > 0] / two[two > 0], initial=0.0))


@cached(maxsize=400)
def _nodes(block: Block) -> tuple[Any, Any]:
    """Places k and weights of a block, in the longest floats of the machine.

    At ``k = K exp(v)`` they are v roundings off, where the summand is as small as k^(1-b).
    """
    numpy = import_module("numpy")
    long = numpy.longdouble
    if block.level >= 0:
        x = numpy.array(block.places(), dtype=long)
        small = numpy.exp(-x)
        v = numpy.exp(x - small)
        k = block.start * numpy.exp(v)
        return k, k * v * (1 + small)
    j = numpy.arange(1, block.orders + 1)
    factors = numpy.array([_longest(mpmath.bernoulli(2 * n) / (2 * n)) for n in j.tolist()])
    factors *= (long(block.start) / 4) ** (1 - 2 * j)
    angles = 4 * numpy.arctan(long(1)) * numpy.arange(2 * block.half) / block.half
    circle = (factors * numpy.exp(1j * angles[:, None] * (1 - 2 * j))).sum(axis=1) / (-2 * block.half)
    direct = numpy.arange(block.first, block.start + 1)
    k = numpy.concatenate([direct, block.start + long(block.start) / 4 * numpy.exp(1j * angles)])
    return k, numpy.concatenate([numpy.where(direct < block.start, long(1), long(0.5)), circle])


def _longest(x: Any) -> Any:
    """A number of mpmath in the longest floats of the machine."""
    return import_module("numpy").longdouble(mpmath.nstr(x, 25))


@cached(maxsize=400)
def _on_nodes(expression: Expr, index: Symbol, block: Block) -> Any:
    """A function of k alone on the nodes of a block: at all of them at once where NumPy knows it."""
    numpy, k = import_module("numpy"), _nodes(block)[0]
    if not all(isinstance(f, (exp, log, expm1, log1p)) for f in expression.atoms(Function)):
        function = lambdify(index, expression, "mpmath")
        return numpy.array([complex(function(mpmath.mpmathify(x))) for x in k.tolist()])
    numbers = [x for x in expression.atoms(Number, NumberSymbol) if not isinstance(x, Integer)]
    names = {x: Dummy("x") for x in numbers}
    function = lambdify((index, *names.values()), expression.xreplace(names), "numpy")
    with numpy.errstate(all="ignore"):
        found = function(k, *(_longest(mpmath.mpmathify(x.evalf(25))) for x in names))
    return numpy.broadcast_to(found, k.shape)


class FloatModeSum(ModeSum):
    """The sum in floats; its arguments may be arrays that fit together."""

    _furthest = 51  # beyond x = 6.4, k leaves the range of floats

    def _modules(self) -> Any:
        return "numpy"

    def __call__(self, values: Sequence[Any]) -> Any:
        """The sums at these values of the arguments."""
        numpy = import_module("numpy")
        arrays = numpy.broadcast_arrays(*map(plain, values))
        shape = arrays[0].shape
        with numpy.errstate(all="ignore"):
            found = self._settled([x.reshape(-1) for x in arrays])
        return found.reshape(shape) if shape else found.item()

    def _settled(self, values: list[Any]) -> Any:
        """The sums, of which those that are settled are not summed again."""
        numpy, goal = import_module("numpy"), 10.0 ** (1 - self.digits)  # floats round
        left = numpy.arange(len(values[0]))
        found = numpy.zeros(len(left), dtype=complex)
        previous = None
        for start in STARTS:
            total, error = self._total(start, [x[left] for x in values])
            if previous is not None:
                settled = (abs(total - previous) <= goal * abs(total)) & (error <= goal)
                found[left[settled]] = total[settled]
                left, total = left[~settled], total[~settled]
            if not len(left):
                real = all(x.dtype.kind != "c" for x in values)
                return found.real if real else found
            previous = total
        raise self._unsettled([x[left[0]].item() for x in values])

    def _total(self, scale: int, values: Sequence[Any]) -> tuple[Any, Any]:
        """The sums and their estimated relative errors, infinite where the summand explodes."""
        numpy, block, step = import_module("numpy"), self._block(scale), 1 / 8
        head = self._part(block, values)
        tail = self._coarse(block, values) * step
        goal = 10.0**-self.digits
        total, errors = head + tail, numpy.full(len(head), numpy.inf)
        left = numpy.arange(len(head))
        before = numpy.zeros(len(head))  # of the first halving nothing is known
        for level in range(1, LEVELS + 1):
            step /= 2
            finer = replace(block, level=level, last=self._ends[block.start])
            refined = tail / 2 + step * self._part(finer, [x[left] for x in values])
            change, size = abs(refined - tail), abs(head[left] + refined)
            error = numpy.where(change < before, 100 * change * (change / before) ** 2, numpy.inf)
            error = numpy.where(change <= 16 * ROUNDING * size, change, error)
            total[left] = head[left] + refined
            errors[left] = numpy.where(size > 0, error / size, numpy.where(error == 0, 0.0, numpy.inf))
            more = (error > goal * size) & numpy.isfinite(size)  # what is not finite never settles
            if not more.any():
                break
            left, tail, before = left[more], refined[more], change[more]
        return total, errors

    def _terms(self, block: Block, values: Sequence[Any]) -> Any:
        """The terms of each sum along the last axis."""
        if block not in self._blocks:
            factor, *atoms = (_on_nodes(part, self.index, block) for part in (self._factor, *self._atoms))
            arrays = [(_nodes(block)[1] * factor).astype(complex), *(x.astype(complex) for x in atoms)]
            self._blocks[block] = [x if x.imag.any() else x.real.copy() for x in arrays]
        weights, *atoms = self._blocks[block]
        return weights * self._rest(*atoms, *(x[:, None] for x in values))

    def _part(self, block: Block, values: Sequence[Any]) -> Any:
        return self._terms(block, values).sum(axis=-1)

    def _coarse(self, block: Block, values: Sequence[Any]) -> Any:
        numpy, cut = import_module("numpy"), 10.0 ** (-self.digits - 4)
        terms = self._terms(replace(block, level=0, last=self._furthest), values)
        sizes = abs(terms)
        largest = numpy.maximum.accumulate(sizes, axis=-1)
        places = numpy.arange(block.low, self._furthest + 1)
        fallen = (sizes <= cut * largest) & (largest > 0) & (places > 8)
        fallen[:, 1:] &= sizes[:, 1:] <= sizes[:, :-1]
        ends = numpy.where(fallen.any(axis=-1), fallen.argmax(axis=-1), sizes.shape[-1] - 1)
        if (~fallen.any(axis=-1) & (sizes[:, -1] > 1e3 * cut * largest[:, -1])).any():
            raise self._too_slow()
        self._ends[block.start] = max(self._ends.get(block.start, 0), int(places[ends.max()]))
        terms[numpy.arange(sizes.shape[-1]) > ends[:, None]] = 0
        return terms.sum(axis=-1)
