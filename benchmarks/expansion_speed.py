"""CPU time of the model law with symbolic exponents, beside Lagrange's series on SymPy's expressions.

By hand one solves ``df1(kappa) = N`` by Lagrange's theorem: SymPy differentiates, multiplies and expands the
terms, which are then sorted by their orders at a point. The package does the same on sparse polynomials and
leaves out early what is not among the first orders. Both give the same terms, which is checked. Prints
seconds and their ratio for a few numbers of orders.
"""

import sys
import time
from collections.abc import Callable

from sympy import (
    Add,
    Expr,
    Integer,
    Mul,
    Rational,
    Symbol,
    diff,
    expand,
    factorial,
    pi,
    sin,
    zeta,
)

from asymptotics import clear_caches, derive, power_law
from asymptotics.symbols import N, a, b

w = Symbol("w", positive=True)
POINT = {a: Rational(9, 4), b: Rational(8, 5)}


def by_hand(orders: int) -> list[tuple[Expr, Expr]]:
    """The first terms of L(N) as (power of N, coefficient): SymPy's expressions all the way."""
    scale = pi / (b * sin(pi / b))
    sums = [(-1) ** j * zeta(-j * b) * w ** (j * b) for j in range(orders + 1)]
    u = Add(*(term * w / scale for term in sums))  # df1 = scale/w (1 + u), kappa = w^b
    loss = pi / (b * sin(pi * (a - 1) / b)) * w ** (a - 1)
    loss += Add(*((-1) ** (j + 1) * zeta(a - j * b) * w ** (j * b) for j in range(1, orders + 1)))
    total, product = loss, Integer(1)
    for n in range(1, orders + 1):  # w = v (1 + u(w)), v = scale/N
        product = _first(expand(product * u), orders)
        total += w**n * diff(expand(product * diff(loss, w)), w, n - 1) / factorial(n)
    found: dict[Expr, Expr] = {}
    for term in Add.make_args(expand(total)):
        coefficient = term.as_independent(w)[0]
        exponent = _power(term)
        found[exponent] = found.get(exponent, Integer(0)) + coefficient * scale**exponent
    first = sorted(found.items(), key=lambda item: item[0].subs(POINT))
    return [(-p, c) for p, c in first[:orders]]


def _first(series: Expr, orders: int) -> Expr:
    """The terms of a sum that may still be among the first orders."""
    return Add(*(t for t in Add.make_args(series) if _power(t).subs(POINT) <= orders + 3))


def _power(term: Expr) -> Expr:
    """The power of w in a monomial."""
    return expand(w * diff(term, w) / term)


def by_package(orders: int) -> list[tuple[Expr, Expr]]:
    """The same from the law."""
    clear_caches()
    terms = derive(power_law(a, b)).model.expansion(orders).terms
    return [(-t.order, t.coefficient) for t in terms]


def seconds(function: Callable[[int], list[tuple[Expr, Expr]]], orders: int) -> tuple[float, Expr]:
    started = time.process_time()
    terms = function(orders)
    taken = time.process_time() - started
    return taken, [Mul(c, N**p).subs(POINT).subs(N, 10).evalf(12) for p, c in terms]


def main() -> None:
    by_package(2)
    print(f"{'orders':>6s} {'package':>9s} {'by hand':>9s} {'ratio':>7s}")
    for orders in map(int, sys.argv[1:] or (2, 3, 4)):
        own, mine = seconds(by_package, orders)
        other, theirs = seconds(by_hand, orders)
        for value in theirs[:orders]:
            if not any(abs(value - x) < 1e-9 * abs(value) for x in mine):
                raise AssertionError(f"a term by hand is not among those of the package: {value}")
        print(f"{orders:6d} {own:8.2f}s {other:8.2f}s {other / own:7.1f}")


if __name__ == "__main__":
    main()
