"""Functions whose terms cancel, at as many bits as that takes.

Far out nothing is left of ``log(1 + k^-2)`` or of ``1 - exp(-1/k)`` at a fixed precision. Such functions are
compiled with a check on each of their sums and logarithms, and evaluated at more bits until none loses more
than there are to spare.

    may_cancel                      whether an expression needs the checks
    check_sum, check_logarithm      the checks
    resist                          the function that is evaluated until they pass
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Expr, Pow, Symbol, exp, log

from asymptotics.caches import cached
from numerics.values.arithmetic import Field, Scalar, field_of

Function = Callable[[Scalar], Scalar]
FREE = 12
"""So many bits may always be lost: nodes have more to spare."""
FIRST = 64
"""So many bits are added first, and then twice as many each time."""
LARGEST_ORDER = 16
"""What cancels to less than ``|x|^-16`` of its terms is taken to vanish."""
MOST_BITS = 100_000
"""Most bits that are added for exponentials."""


class Cancelled(ArithmeticError):
    """More bits are lost than there are to spare."""


@cached(maxsize=4096)
def may_cancel(expression: Expr, index: Symbol) -> bool:
    """Whether a sum in it has terms of both signs, or a logarithm may be that of nearly 1.

    >>> k = Symbol("k", positive=True)
    >>> may_cancel(1 / (1 + k**2), k), may_cancel(1 - exp(-1 / k), k), may_cancel(log(1 + 1 / k), k)
    (False, True, True)
    """
    sums = (e for e in expression.atoms(Add) if e.has(index))
    logs = (e for e in expression.atoms(log) if e.args[0].has(index) and e.args[0] != index)
    return any(not term.is_positive for e in sums for term in e.args) or any(logs)


def check_sum(terms: list[Function], spare: Scalar) -> Function:
    """The sum of functions; it must not be below ``spare`` of its largest term, or raises `Cancelled`."""

    def value(x: Scalar) -> Scalar:
        parts = [term(x) for term in terms]
        total = sum(parts[1:], parts[0])
        if abs(total) < spare * max(map(abs, parts)):
            raise Cancelled
        return total

    return value


def check_logarithm(argument: Function, spare: Scalar) -> Function:
    """A function of which the logarithm is taken; raises `Cancelled` where it is 1 up to ``spare``."""

    def value(x: Scalar) -> Scalar:
        found = argument(x)
        if abs(found - 1) < spare:
            raise Cancelled
        return found

    return value


def resist(compile_with: Callable[[Field, Scalar], Function], expression: Expr, field: Field) -> Function:
    """The function ``compile_with(field, spare)`` at so many bits that no check fails, rounded to ``field``.

    What vanishes, as ``(k - 5)^2`` at k = 5, takes as many bits as any function of that kind needs.
    """
    levels = 1 + sum(1 for _ in expression.atoms(Add, log))
    exponentials = any(e.exp.free_symbols for e in expression.atoms(Pow, exp))
    functions: dict[int, tuple[Field, Function]] = {}

    def at(extra: int, last: bool) -> tuple[Field, Function]:
        key = -extra if last else extra
        if key not in functions:
            wide = field_of(field.bits + extra)
            with wide:
                spare = wide.real(0) if last else wide.real(2) ** -(FREE + extra // levels)
                functions[key] = wide, compile_with(wide, spare)
        return functions[key]

    at(0, False)  # what cannot be compiled is refused before it is evaluated

    def value(x: Scalar) -> Scalar:
        order = abs(float(field.log(abs(x)))) / 0.69
        most = FIRST + int(LARGEST_ORDER * levels * (order + 1))
        if exponentials:
            most += levels * int(min(MOST_BITS, 4 * 2 ** min(order, 30)))
        extra = 0
        while True:
            wide, function = at(extra, extra > most)
            try:
                with wide:
                    found = function(x)
                return +found
            except Cancelled:
                extra = 2 * extra or FIRST

    return value
