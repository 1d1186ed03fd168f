"""The solver: answers that points confirm, whatever was asked before, and a limit that is counted."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import EulerGamma, Integer, Rational, cbrt, exp, log, pi, sqrt, symbols, zeta

from asymptotics.caches import clear_caches
from asymptotics.domains import solver
from asymptotics.domains.domain import Domain
from asymptotics.domains.solver import number_sign, solve
from asymptotics.symbols import a, b, sigma

GRID = [Rational(p, q) for p, q in ((1, 7), (1, 2), (1, 1), (4, 3), (2, 1), (5, 2), (4, 1), (19, 2))]
POINTS = list(product(GRID, repeat=2))
monomials = [a**i * b**j for i, j in product(range(4), repeat=2) if i + j <= 3]
polynomials = st.lists(st.integers(-3, 3), min_size=len(monomials), max_size=len(monomials)).map(
    lambda row: sum((c * m for c, m in zip(row, monomials, strict=True)), Integer(0))
)


def signs_on_grid(domain, polynomial):
    """The signs of a polynomial at the points of the grid that lie in a domain."""
    inside = [dict(zip((a, b), point, strict=True)) for point in POINTS]
    inside = [p for p in inside if all(number_sign(g.subs(p)) == 1 for g in domain.constraints)]
    return {number_sign(polynomial.subs(p)) for p in inside}


@settings(max_examples=40, deadline=None)
@given(st.lists(polynomials, max_size=2), polynomials)
def test_polynomial_signs_are_those_of_points(constraints, polynomial):
    domain = Domain(tuple(constraints))
    point = domain.witness()
    seen = signs_on_grid(domain, polynomial)
    if domain.is_empty() is not False:
        assert point is None and not (domain.is_empty() and seen)
        return
    assert point is not None
    place = {a: Integer(1), b: Integer(1), **point}
    assert all(value.is_Rational and value > 0 for value in point.values())
    assert all(number_sign(g.subs(place)) == 1 for g in constraints)
    sign = domain.sign(polynomial)
    if sign is not None:
        assert seen <= {sign} and number_sign(polynomial.subs(place)) == sign
    elif polynomial != 0:
        # where no sign is returned neither of the two is proved elsewhere
        assert all(solve(constraints, weak=(s * polynomial,)).exists is not False for s in (1, -1))


@pytest.mark.parametrize(
    ("positive", "exists"),
    [
        ((a - log(2), Rational(694, 1000) - a), True),
        ((a - log(2), Rational(693, 1000) - a), False),
        ((a - pi, pi**2 - a**2), False),
        ((a - zeta(3), b - a, EulerGamma + Rational(5, 8) - b), True),
        ((a - sqrt(2), cbrt(3) - a), True),
        ((a - sqrt(2), cbrt(2) - a), False),
        ((a - 2 + sqrt(2), 1 - a, a**2 - 4 * a + 2), False),
        ((a - 2 + sqrt(2), 1 - a, -(a**2) + 4 * a - 2), True),
        ((a - cbrt(2), 2 - a**3), False),
        ((a - sqrt(2 + sqrt(3)), 1 - (a**2 - 2) ** 2 + 2), False),
        ((a - pi, pi + Rational(1, 10**20) - a), True),
        ((a**3 - 2, 2 * a - 3), True),
        ((2 - a**3, a**3 - Rational(19999, 10000), a**2 - b, b - Rational(158737, 10**5)), True),
        ((log(a) - 2 * log(b), b**2 - a), False),
        ((log(a), 1 - a), False),
        ((exp(a) - 1,), None),
        ((a**b - b,), None),
        ((Integer(1), pi - 3), True),
        ((3 - pi,), False),
    ],
)
def test_numbers_and_logarithms(positive, exists):
    answer = solve(positive)
    assert answer.exists is exists
    if answer.point is not None:
        assert all(number_sign(p.subs(dict(answer.point))) == 1 for p in positive)


def test_a_number_that_only_more_digits_tell_apart():
    """A rational below pi that agrees with it in 28 digits: the first enclosure leaves it open."""
    near = Rational(int(pi.evalf(60) * 10**28), 10**28)
    assert solve((a - pi, near - a)).exists is False
    assert Domain((a - pi,)).sign(a - near) == 1


QUESTIONS = [
    ((a - b**2, b - 1), (a - b,)),
    ((a - b**2, b - 1), (b - a,)),
    ((a * b - 2, 3 - a, b - a**2), ()),
    ((b - 2, b + 1 - a, 3 * a - 3 - 2 * b**2 - 2 * b), ()),
    ((a**3 - b**2 - 1, b**3 - a**2 - 1, 4 - a), ()),
    ((a - log(2), b - a * pi, 5 - b), ()),
    ((a**2 + b**2 - sigma, 2 - sigma, a - b), (b**3 - a,)),
    ((log(a) - b, 3 - a, a - 1), ()),
]


def answers(order):
    return {i: solve(QUESTIONS[i][0], weak=QUESTIONS[i][1]) for i in order}


def test_answers_and_points_do_not_depend_on_what_was_asked_before():
    forwards = answers(range(len(QUESTIONS)))
    for seed in range(5):
        clear_caches()
        order = random.Random(seed).sample(range(len(QUESTIONS)), len(QUESTIONS))
        assert answers(order) == forwards


def test_two_threads_at_once():
    alone = answers(range(len(QUESTIONS)))
    clear_caches()
    with ThreadPoolExecutor(2) as pool:
        orders = [range(len(QUESTIONS)), range(len(QUESTIONS) - 1, -1, -1)] * 3
        for found in pool.map(answers, orders):
            assert found == alone


def test_a_limit_that_is_reached_decides_nothing(monkeypatch):
    """Neither an exception nor a guess, and the limit is counted: twice the same."""
    hard = a**7 * b**5 - 3 * a**4 * b**6 + b**8 + a**2 - sigma * a * b**3 + Rational(1, 3)
    domain = Domain((a * b - sigma**2, a**3 + b**3 - 4 * sigma, hard))
    monkeypatch.setattr(solver, "LIMIT", 50)
    for _ in range(2):
        clear_caches()
        assert solve(domain.constraints) == solver.Answer(exists=None)
        assert domain.is_empty() is None and domain.witness() is None
        assert domain.sign(hard - sigma**5) is None
    monkeypatch.undo()
    clear_caches()
    assert domain.is_empty() is False


def test_importing_and_deriving_leave_the_solver_alone():
    code = (
        "import sys, asymptotics\n"
        "from asymptotics.symbols import a, b\n"
        "laws = asymptotics.derive(asymptotics.power_law(a, b))\n"
        "[law.expansion(terms=3) for law in laws]\n"
        "assert 'z3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals")
def test_ctrl_c_amid_a_question_ends_the_run(monkeypatch):
    """z3 would take the signal for itself, and answer that it does not know."""

    def interrupt():
        begun.wait()
        time.sleep(0.02)  # well into the work; where the signal comes later it ends the run all the same
        signal.pthread_kill(main.ident, signal.SIGINT)

    def check(self, *given):
        begun.set()
        return ask(self, *given)

    main, begun, ask = threading.current_thread(), threading.Event(), z3.Solver.check
    monkeypatch.setattr(z3.Solver, "check", check)
    monkeypatch.setattr(solver, "LIMIT", 400_000)
    x = symbols("x:6", positive=True)
    system = [x[i] ** 3 + x[i - 5] ** 2 * x[i - 4] - 3 * x[i - 3] * x[i] - i - 1 for i in range(6)]
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    other = threading.Thread(target=interrupt, daemon=True)
    try:
        with pytest.raises(KeyboardInterrupt):
            other.start()
            solve((), weak=(*system, *(-e for e in system)))
            other.join()
    finally:
        signal.signal(signal.SIGINT, handler)
