"""CPU time of laws: beside Lagrange's series on SymPy's expressions, beside another checkout, and by orders.

By hand one solves ``df1(kappa) = N`` by Lagrange's theorem: SymPy differentiates, multiplies and expands the
terms, which are then sorted by their orders at a point. The package does the same on sparse polynomials and
leaves out early what is not among the first orders. Both give the same terms, which is checked. Prints
seconds and their ratio for a few numbers of orders.

With ``--against PATH``, a checkout of an earlier version, prints the seconds of the laws of each family to
three orders there and here, and their ratio: the least of a few runs in fresh processes, all in turn.
"""

import argparse
import json
import os
import subprocess
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


FAMILIES = {
    "powers": {"eigenvalues": "k**(-b)", "target": "k**(-a)"},
    "powers, levels of modes": {"eigenvalues": "k**(-b)", "target": "k**(-a)", "multiplicity": "k**2"},
    "levels of modes": {"eigenvalues": "k**-3", "target": "k**-4", "multiplicity": "k"},
    "logarithmic": {"eigenvalues": "k**-2*log(k + 1)**2", "target": "k**-2"},
    "stretched": {"eigenvalues": "exp(-sqrt(k))", "target": "k**-2"},
    "geometric": {"eigenvalues": "2**-k", "target": "3**-k"},
    "finite": {"eigenvalues": "k**-2", "target": "k**-2", "modes": 5},
}
LAWS = (
    "time model data model_transient model_transient_second data_transient data_transient_second gap "
    "gap_noise noise bias_model variance_model bias_data variance_data early_stopping early_stopping_time "
    "sgd_noise sgd_noise_transient sgd_noise_model time_discrete time_momentum"
)
"""The 21 laws of release one."""
PROGRAM = """
import json, sys, time
from asymptotics import Task, derive, power_law
derive(power_law(3, 2)).time.expansion(terms=3)  # what is imported at the first use
task = Task(**json.loads(sys.argv[1]))
started = time.process_time()
laws = derive(task)
for name in sys.argv[2].split():
    getattr(laws, name).expansion(terms=3)
print(time.process_time() - started)
"""
RUNS = 5


def in_checkout(path: str, family: str, laws: str) -> float:
    """Seconds of the laws of a family to three orders, in a fresh process on the packages at ``path``."""
    command = [sys.executable, "-c", PROGRAM, json.dumps(FAMILIES[family]), laws]
    environment = {**os.environ, "PYTHONPATH": path}
    return float(subprocess.run(command, env=environment, cwd=path, capture_output=True, check=True).stdout)


def against(path: str) -> None:
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    print(f"\n{'three orders of the laws':40s} {'there':>8s} {'here':>8s} {'ratio':>6s}")
    for family, laws in (*((name, "time model data") for name in FAMILIES), ("powers", LAWS)):
        times = [[in_checkout(p, family, laws) for p in (path, here)] for _ in range(RUNS)]
        there, now = (min(column) for column in zip(*times, strict=True))
        count = len(laws.split())
        print(f"{f'{family}, {count} laws':40s} {there:7.3f}s {now:7.3f}s {there / now:6.1f}")


def growth() -> None:
    """How the cost of an expansion grows with its orders."""
    print(f"\n{'symbolic exponents':20s} {'10 orders':>10s} {'15 orders':>10s} {'ratio':>6s}")
    for name in ("time", "model", "data"):
        taken = []
        for orders in (10, 15):
            law = getattr(derive(power_law(a, b)), name)
            clear_caches()
            started = time.process_time()
            law.expansion(orders)
            taken.append(time.process_time() - started)
        print(f"{name:20s} {taken[0]:9.2f}s {taken[1]:9.2f}s {taken[1] / taken[0]:6.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("orders", nargs="*", type=int, default=[2, 3, 4])
    parser.add_argument("--against", metavar="PATH")
    options = parser.parse_args()
    by_package(2)
    print(f"{'orders':>6s} {'package':>9s} {'by hand':>9s} {'ratio':>7s}")
    for orders in options.orders:
        own, mine = seconds(by_package, orders)
        other, theirs = seconds(by_hand, orders)
        for value in theirs[:orders]:
            if not any(abs(value - x) < 1e-9 * abs(value) for x in mine):
                raise AssertionError(f"a term by hand is not among those of the package: {value}")
        print(f"{orders:6d} {own:8.2f}s {other:8.2f}s {other / own:7.1f}")
    growth()
    if options.against:
        against(options.against)


if __name__ == "__main__":
    main()
