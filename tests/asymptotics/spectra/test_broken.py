"""Spectra in pieces: breaks, their laws against the full model, the full model against plain sums."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq, Expr, Integer, Piecewise, Rational, exp, oo, pi, simplify, sin, symbols, zeta

from asymptotics import ParseError, SpectrumError, Task, derive
from asymptotics.domains.domain import Domain, as_constraint
from asymptotics.parsing.expressions import parse
from asymptotics.spectra.segments import segments
from asymptotics.symbols import N, a, b, k, t
from numerics import FullModel, verify

K, J = symbols("K J", positive=True)


def pieces_of(task: Task):
    domain = Domain().holding(*(c for r in task.assumptions for c in as_constraint(r)))
    return [(s.first, s.last, s.eigenvalues, s.target) for s in segments(task, domain)]


SEGMENTS = [
    (Piecewise((1, k < 5), (k**-2, True)), 1, {"modes": 9}, [(1, 4, 1, 1), (5, 9, k**-2, 1)]),
    (Piecewise((1, k <= Rational(9, 2)), (k**-2, True)), 1, {"modes": 9}, [(1, 4, 1, 1), (5, 9, k**-2, 1)]),
    (Piecewise((k**-2, k > 4), (1, True)), 1, {"modes": 9}, [(1, 4, 1, 1), (5, 9, k**-2, 1)]),
    (2 * Piecewise((1, k <= K), (k**-2, True)), 1, {}, [(1, K, 2, 1), (K + 1, oo, 2 * k**-2, 1)]),
    (
        Piecewise((k**-b, k <= K), (0, True)),
        Piecewise((1, k <= J), (0, True)),
        {"assumptions": (J < K,)},
        [(1, J, k**-b, 1), (J + 1, K, k**-b, 0), (K + 1, oo, 0, 0)],
    ),
    (k**-2, Piecewise((1, Eq(k, 3)), (0, True)), {}, [(1, 2, k**-2, 0), (3, 3, k**-2, 1), (4, oo, k**-2, 0)]),
    (k**-2, Piecewise((1, (k < 3) | (k > 5)), (0, True)), {"modes": 7},
     [(1, 2, k**-2, 1), (3, 5, k**-2, 0), (6, 7, k**-2, 1)]),
    (k**-2, Piecewise((1, k <= 20), (0, True)), {"modes": 7}, [(1, 7, k**-2, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("eigenvalues", "target", "more", "wanted"), SEGMENTS)
def test_segments(eigenvalues, target, more, wanted):
    assert pieces_of(Task(eigenvalues=eigenvalues, target=target, **more)) == wanted


# Laws: beyond the last break those of its power law, with constants that count the head

BROKEN = Task(
    eigenvalues=Piecewise((k**-2, k <= 20), (20 * k**-3, True)),
    target=Piecewise((k**-2, k <= 20), (20**3 * k**-5, True)),
)
THREE = Task(
    eigenvalues=Piecewise(
        (k ** Rational(-1, 2), k <= 5), (k ** Rational(-3, 2) * 5, k <= 30), (150 * k**-3, True)
    ),
    target=Piecewise((1, k <= 3), (k**-2, True)),
)


def test_constants_know_the_head():
    """``sum c/lambda`` over the head, and over the tail a Hurwitz zeta function."""
    law = derive(BROKEN).model
    amplitude = pi / (3 * sin(pi / 3)) * Integer(20) ** Rational(1, 3)
    head, tail = Integer(20), 20**2 * (zeta(2) - sum(Rational(1, j**2) for j in range(1, 21)))
    wanted = amplitude**3 * (head + tail) / N**3
    assert abs((law.leading / wanted).subs(N, 7).evalf(30) - 1) < 1e-25


def test_symbolic_breaks():
    b1, b2 = symbols("b1 b2", positive=True)
    task = Task(
        eigenvalues=Piecewise((k**-b1, k <= K), (K ** (b2 - b1) * k**-b2, True)),
        target=k**-a,
        assumptions=(a - 1 < b2,),
    )
    laws = derive(task)
    assert simplify(laws.time.exponent - (a - 1) / b2) == 0 and laws.model.exponent == a - 1
    numbers = {"a": 2, "b1": 2, "b2": 3, "K": 20}
    derived = derive(task.at(numbers))
    for name in ("time", "model", "data"):
        assert (
            abs((getattr(laws, name).at(numbers).leading / getattr(derived, name).leading).evalf(20) - 1)
            < 1e-15
        )


@pytest.mark.parametrize("name", ["time", "model"])
def test_broken_laws_hold(name):
    assert verify(getattr(derive(BROKEN), name), digits=25).verdict == "HOLDS"


@pytest.mark.slow
@pytest.mark.parametrize("task", [BROKEN, THREE])
@pytest.mark.parametrize(
    "name", ["time", "model", "data", "bias_model", "variance_data", "noise", "gap_noise"]
)
def test_more_broken_laws_hold(task, name):
    assert verify(getattr(derive(task), name)).verdict == "HOLDS"


@pytest.mark.parametrize("change", [{"prefactor": 3}, {"exponent": Rational(301, 100)}, {"log_power": 1}])
def test_mutants_of_broken_laws_are_rejected(change):
    assert verify(derive(BROKEN).model.stating(**change), digits=20).verdict == "FAILS"


def test_the_law_without_its_head_is_rejected():
    """The constant of the pure power law, ``sum c/lambda`` from k = 1 on, is another."""
    pure = derive(Task(eigenvalues=20 * k**-3, target=20**3 * k**-5)).model.prefactor
    assert verify(derive(BROKEN).model.stating(prefactor=pure), digits=20).verdict == "FAILS"


# The full model of pieces


def plain_fixed_point(lam, c, size):
    """Xi at df1 = size by bisection on listed modes; mpmath at its working precision."""
    low, high = mpmath.mpf(10) ** -30, mpmath.mpf(10) ** 6
    for _ in range(200):
        middle = mpmath.sqrt(low * high)
        if mpmath.fsum(x / (x + middle) for x in lam) > size:
            low = middle
        else:
            high = middle
    return mpmath.fsum(y * low / (x + low) for x, y in zip(lam, c, strict=True))


@pytest.mark.slow
@given(
    st.integers(1, 30),
    st.integers(1, 700),
    st.fractions(min_value=0, max_value=2, max_denominator=3),
    st.integers(1, 3),
)
@settings(max_examples=8, deadline=None)
def test_the_full_model_of_pieces_is_that_of_its_modes(first, second, power, fall):
    """Two finite pieces and modes of eigenvalue zero, short and long, against sums mode by mode."""
    s, last = Rational(power.numerator, power.denominator), first + second
    task = Task(
        eigenvalues=Piecewise((1, k <= first), (first**fall * k**-fall, k <= last), (0, True)),
        target=Piecewise((k**-s, k <= last), (k**-4, True)),
    )
    size = Rational(last + 1, 3)
    found = FullModel(task, N=size, digits=20).test_loss(oo)
    with mpmath.workdps(30):
        lam = [
            mpmath.mpf(1) if j <= first else mpmath.mpf(first) ** fall / mpmath.mpf(j) ** fall
            for j in range(1, last + 1)
        ]
        c = [mpmath.mpf(j) ** (-mpmath.mpf(s.p) / s.q) for j in range(1, last + 1)]
        lost = mpmath.zeta(4) - mpmath.fsum(mpmath.mpf(j) ** -4 for j in range(1, last + 1))
        wanted = plain_fixed_point(lam, c, mpmath.mpf(size.p) / size.q) + lost
        assert abs(found.value - wanted) <= found.error + abs(wanted) * mpmath.mpf(10) ** -25
        assert found.error <= abs(wanted) * mpmath.mpf(10) ** -20


@pytest.mark.parametrize("time", [0.3, 40.0, 3000.0])
def test_time_and_sizes_of_a_broken_law_against_arrays(time):
    """N = 30 and P = 50 at finite times, 3000 modes as arrays of doubles beside the pieces."""
    task = Task(eigenvalues=BROKEN.eigenvalues, target=BROKEN.target, modes=3000)
    modes = np.arange(1.0, 3001.0)
    lam = np.where(modes <= 20, modes**-2, 20 * modes**-3)
    c = np.where(modes <= 20, modes**-2, 20**3 * modes**-5)
    one = FullModel(task, N=30, P=50, noise=1, digits=10).test_loss(time)
    two = FullModel.from_arrays(lam, c, N=30, P=50, noise=1, digits=10).test_loss(time)
    assert abs(float(one) / float(two) - 1) < 1e-9


@pytest.mark.parametrize("time", [10**3, 10**7, pytest.param(10**13, marks=pytest.mark.slow), 10**16])
def test_a_long_piece_in_time(time):
    """10^7 modes, to far below the start: against a plain sum over the slowest where only those matter."""
    task = Task(eigenvalues=k ** Rational(-3, 2), target=k**-2, modes=10**7)
    found = FullModel(task, digits=15).test_loss(time)
    assert found.error <= found.value * mpmath.mpf(10) ** -15
    if time >= 10**16:
        with mpmath.workdps(40):
            last = 10**7
            wanted = mpmath.fsum(
                mpmath.mpf(j) ** -2 * mpmath.exp(-2 * mpmath.mpf(time) * mpmath.mpf(j) ** mpmath.mpf("-1.5"))
                for j in range(last - 30_000, last + 1)
            )
            assert abs(found.value / wanted - 1) < 1e-14
    elif time <= 10**7:
        endless = FullModel(Task(eigenvalues=task.eigenvalues, target=task.target), digits=15).test_loss(time)
        # what is missing is the target power beyond, sum k^-2 = 1/M
        assert abs((endless.value - found.value) * 10**7 - 1) < 0.01


# Text and bad input


def test_text():
    shown = "Piecewise((k^-2, k <= 20), (20*k^-3, True))"
    assert parse(shown) == BROKEN.eigenvalues
    assert Task(eigenvalues=shown, target="k^-2").eigenvalues == BROKEN.eigenvalues
    for text, wanted in (
        ("Piecewise(k, 2)", "in parentheses"),
        ("Piecewise((k, k))", "compares two expressions"),
        ("Piecewise()", "takes 1 to"),
        ("Piecewise((k, k < 2, 3))", "in parentheses"),
        ("(k, 2)", "not an expression"),
    ):
        with pytest.raises(ParseError, match=wanted):
            parse(text)


REFUSED = [
    ({"eigenvalues": Piecewise((k**-3, k <= 10), (k**-2, True))}, "grow at the break after k = 10"),
    ({"eigenvalues": Piecewise((k**-2, k <= 10))}, "no branch for k = 11"),
    ({"eigenvalues": Piecewise((k**-2, k**2 <= 10), (0, True))}, "not a comparison of k with a constant"),
    (
        {"eigenvalues": Piecewise((k**-b, k <= K), (0, True)), "target": Piecewise((1, k <= J), (0, True))},
        "order of the breaks",
    ),
    ({"eigenvalues": Piecewise((k**-2, k <= 5), (exp(-(k**2)), True))}, "kappa jumps between modes"),
    ({"eigenvalues": Piecewise((k**-2, k <= 5), (1 / k, True)), "target": 1 / k}, "diverges"),
    ({"eigenvalues": Piecewise((k**-2, k <= 5), (0, True)), "target": 3 * k**-1}, "diverges"),
]


@pytest.mark.parametrize(("parts", "text"), REFUSED)
def test_refused(parts: dict[str, Expr], text: str):
    with pytest.raises(SpectrumError, match=text) as caught:
        derive(Task(**{"target": k**-2, **parts}))
    assert "\n" not in str(caught.value)


def test_no_break_inside():
    """A break beyond the last mode, or before the first, is none."""
    assert derive(
        Task(eigenvalues=k**-2, target=Piecewise((k**-2, k <= 50), (0, True)), modes=9)
    ).time.leading == (exp(-2 * t / 81) / 81)
    before = Task(eigenvalues=k**-2, target=Piecewise((1, k < 1), (k**-2, True)))
    assert derive(before).time.leading == derive(Task(eigenvalues=k**-2, target=k**-2)).time.leading
