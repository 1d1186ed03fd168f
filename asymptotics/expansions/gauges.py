"""Powers of a gauge, which is what the variable of an expansion stands for.

as_power    a power, written shortly
sizes_in    the powers of other resources that all terms have
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Integer, Mul, Pow, exp, expand

from asymptotics.expansions.tidying import with_one_sign
from asymptotics.parsing.heights import to_power
from asymptotics.symbols import RESOURCES


def as_power(x: Expr, exponent: Expr) -> Expr:
    """``x**exponent``, with ``exp(N*log(tau))`` as ``tau**N``.

    >>> from sympy import exp, log
    >>> from asymptotics.symbols import N, a
    >>> as_power(exp(N), log(a)), as_power(exp(N), -log(Integer(2)) - 1)
    (a**N, exp(-N)/2**N)
    """
    exponent = with_one_sign(exponent)
    if isinstance(x, Pow) and x.exp == -1:
        return as_power(x.base, -exponent)
    power = to_power(x, exponent)
    if not isinstance(power, exp):
        return power
    return Mul(*(exp(part).rewrite(Pow) for part in Add.make_args(expand(power.args[0]))))


def sizes_in(terms: Sequence[Expr], variable: Expr) -> Expr:
    """The powers of resources outside a variable that all terms have, and with them the remainder.

    >>> from asymptotics.symbols import P, t
    >>> sizes_in([t / P, 2 / P], t)
    1/P
    """
    if not terms:
        return Integer(1)
    first, *rest = map(Mul.make_args, terms)
    others = set(RESOURCES) - variable.free_symbols
    shared = (f for f in first if f.free_symbols and f.free_symbols <= others)
    return Mul(*(f for f in shared if all(f in factors for factors in rest)))
