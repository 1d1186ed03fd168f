"""The behaviour of a spectrum at large k, as an expansion in powers and logarithms of k."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, exp, log

from asymptotics.domain import POSITIVE, Domain
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansion import Expansion, Powers, expansion
from asymptotics.orders import Term


def tail_expansion(expression: Expr, index: Symbol, depth: int, domain: Domain = POSITIVE) -> Expansion:
    """``expression`` as index -> oo: terms ``C k^-p log(k)^m``, the first ``depth`` orders of them.

    Works through sums, products, constant powers and logarithms. Raises `SpectrumError` for
    anything else, such as an exponential of k.

    >>> from asymptotics.symbols import k
    >>> tail_expansion(1 / (2*k + 1), k, 2)
    1/(2*k) - 1/(4*k**2) + O(k**(-3))
    """
    if not expression.has(index):
        return expansion(index, [Term(expression, Integer(0))], at_infinity=True, domain=domain, depth=depth)
    if expression == index:
        return expansion(index, [Term(Integer(1), Integer(-1))], at_infinity=True, domain=domain, depth=depth)
    parts = [tail_expansion(e, index, depth, domain) for e in expression.args if e.has(index)]
    if expression.is_Add or expression.is_Mul:
        fixed = expression.func(*(e for e in expression.args if not e.has(index)))
    if expression.is_Add:
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return total + fixed
    if expression.is_Mul:
        product = parts[0]
        for part in parts[1:]:
            product = product * part
        return product.scale(fixed)
    if expression.is_Pow and not expression.exp.has(index):
        base, power = parts[0], expression.exp
        if power.is_Integer and 0 < power <= 8:
            product = base
            for _ in range(int(power) - 1):
                product = product * base
            return product
        try:
            return base.power(power)
        except UnableError as error:
            raise SpectrumError(f"{expression} has no expansion in powers of {index}: {error}") from error
    if isinstance(expression, log):
        return Powers(parts[0]).logarithm()
    kind = "an exponential" if isinstance(expression, exp) or expression.is_Pow else "this function"
    raise SpectrumError(
        f"{expression} is {kind} of {index}; the engine expands sums, products, constant powers "
        f"and logarithms of {index} (power-law families)"
    )


__all__ = ["tail_expansion"]
