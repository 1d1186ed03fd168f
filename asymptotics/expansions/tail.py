"""The behaviour of a spectrum at large k, as an expansion in powers and logarithms of k."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import add, mul

from sympy import Add, Dummy, Expr, Function, Integer, Mul, Symbol, exp, factorial, log

from asymptotics.domains.domain import POSITIVE, Domain
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.gamma_products import GammaProduct, has_gammas, split_gammas, without_gammas
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.terms import Bound, Term

DEEPER = (1, 2, 4, 8, 16)
"""How many more orders of its summands are tried where the leading ones of a sum cancel."""


def tail_expansion(expression: Expr, index: Symbol, depth: int, domain: Domain = POSITIVE) -> Expansion:
    """``expression`` as index -> oo: terms ``C k^-p log(k)^m``, the first ``depth`` orders of them.

    Works through sums, products, constant powers, logarithms, functions of what tends to a number, and ratios
    of gamma functions (binomial coefficients, factorials). Raises `SpectrumError` for anything else, such as
    an exponential of k.

    >>> from asymptotics.symbols import k
    >>> tail_expansion(1 / (2*k + 1), k, 2)
    1/(2*k) - 1/(4*k**2) + O(k**(-3))
    >>> from asymptotics.symbols import a
    >>> from sympy import binomial
    >>> tail_expansion((k + 1)**a - k**a, k, 2)
    a*k**(a - 1) + a*k**(a - 2)*(a - 1)/2 + O(k**(a - 3))
    >>> tail_expansion(binomial(2*k, k) / 4**k, k, 2)
    1/(sqrt(pi)*sqrt(k)) - 1/(8*sqrt(pi)*k**(3/2)) + O(k**(-5/2))
    """
    if has_gammas(expression, index):
        expression = without_gammas(expression, index)
        gammas, rest = split_gammas(expression, index)
        if gammas is not None:
            series = _gamma_series(gammas, index, depth, domain)
            return series * tail_expansion(rest, index, depth, domain)
    if not expression.has(index):
        return expansion(index, [Term(expression, Integer(0))], at_infinity=True, domain=domain, depth=depth)
    base, power = expression.as_base_exp()
    if base == index and not power.has(index):
        return expansion(index, [Term(Integer(1), -power)], at_infinity=True, domain=domain, depth=depth)
    if expression.is_Add:
        return _sum(expression, index, depth, domain)
    if expression.is_Mul:
        fixed, factors = expression.as_independent(index, as_Add=False)
        parts = [tail_expansion(e, index, depth, domain) for e in Mul.make_args(factors)]
        return reduce(mul, parts).scale(fixed)
    if expression.is_Pow and not expression.exp.has(index):
        return _power(expression, tail_expansion(expression.base, index, depth, domain))
    if isinstance(expression, log):
        return _logarithm(expression, index, depth, domain)
    exponential = isinstance(expression, exp) or expression.is_Pow
    found = None
    if expression.is_Pow:
        found = _taylor(exp, expression.exp * log(expression.base), index, depth, domain)
    elif isinstance(expression, Function) and len(expression.args) == 1:
        found = _taylor(expression.func, expression.args[0], index, depth, domain)
    if found is not None:
        return found
    kind = f"is an exponential of {index}" if exponential else f"has no expansion in powers of {index}"
    raise SpectrumError(
        f"{expression} {kind}; the engine expands sums, products, constant powers "
        f"and logarithms of {index} (power-law families)"
    )


def _taylor(
    function: type[Function], argument: Expr, index: Symbol, depth: int, domain: Domain
) -> Expansion | None:
    """A function of what tends to a number, by its Taylor series there; None where it has none."""
    try:
        inner = tail_expansion(argument, index, depth, domain)
    except SpectrumError:
        return None
    limit = Add(*(t.coefficient for t in inner.terms if t.order == 0 and t.log_power == 0))
    rest, y = inner - limit, Dummy("y")
    if not all(domain.sign(place.order) == 1 for place in (*rest.terms, *rest.remainder)):
        return None
    # an odd function has every other power, and may begin with the first
    derivatives = [function(y)]
    for _ in range(2 * depth):
        derivatives.append(derivatives[-1].diff(y))
    values = [d.subs(y, limit) for d in derivatives]
    if not all(value.is_finite and value.is_real for value in values):
        return None
    power, total = rest.constant(Integer(1)), rest.constant(values[0])
    for n, value in enumerate(values[1:], 1):
        power = power * rest
        total = total + power.scale(value / factorial(n)) if value != 0 else total
    beyond = power * rest
    return total + beyond.with_terms((), beyond.bounds())


def _sum(expression: Expr, index: Symbol, depth: int, domain: Domain) -> Expansion:
    """A sum; where leading orders cancel, as in ``(k + 1)^d - k^d``, its summands are expanded further."""
    fixed, growing = expression.as_independent(index, as_Add=True)
    for more in (0, *DEEPER):
        parts = [tail_expansion(e, index, depth + more, domain) for e in Add.make_args(growing)]
        total = reduce(add, parts) + fixed
        if not total.remainder or len({t.order for t in total.terms}) >= depth:
            break
    return replace(total, depth=depth).with_terms(total.terms, total.remainder)


def _logarithm(expression: Expr, index: Symbol, depth: int, domain: Domain) -> Expansion:
    """A logarithm. Where its argument tends to 1 the order 0 is lost: the argument is expanded further."""
    for more in (0, 1):
        total = _powers(tail_expansion(expression.args[0], index, depth + more, domain)).logarithm()
        if not total.remainder or len({t.order for t in total.terms}) >= depth:
            break
    return replace(total, depth=depth).with_terms(total.terms, total.remainder)


def _power(expression: Expr, base: Expansion) -> Expansion:
    power = expression.exp
    if power.is_Integer and 0 < power <= 8:
        return reduce(mul, [base] * int(power))
    try:
        return _powers(base).power(power)
    except UnableError as error:
        raise SpectrumError(f"{expression} has no expansion in powers of {base.variable}: {error}") from error


def _powers(base: Expansion) -> Powers:
    """Powers of what leads with a power of the index alone: others leave series in 1/log."""
    lead = base.leading()
    if lead.log_power:
        raise UnableError(
            f"a function of log({base.variable}) other than its powers is not expanded; write powers of "
            f"{base.variable} and of log({base.variable})"
        )
    return Powers(base)


def _gamma_series(product: GammaProduct, index: Symbol, depth: int, domain: Domain) -> Expansion:
    terms = [Term(product.scale * product.coefficient(n), n - product.power) for n in range(depth)]
    bound = Bound(depth - product.power)
    return expansion(index, terms, [bound], at_infinity=True, domain=domain, depth=depth)
