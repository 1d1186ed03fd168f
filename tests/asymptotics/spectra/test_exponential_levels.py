"""Exponential levels of many modes: laws to leading order against sums over levels, and what is refused."""

import mpmath
import pytest

from asymptotics import Task, UnableError, derive
from numerics import verify
from numerics.verification.judge import Point, past_zero


def at_modes(eigenvalue, power, modes, size, levels=400):
    """``Xi(kappa)`` where df1(kappa) = size, by bisection in log kappa."""
    table = [(eigenvalue(k), power(k) * modes(k), modes(k)) for k in range(1, levels)]
    low, high = mpmath.mpf(-levels), mpmath.mpf(1)
    for _ in range(50):
        middle = (low + high) / 2
        kappa = mpmath.exp(middle)
        more = sum(m * value / (value + kappa) for value, _, m in table) > size
        low, high = (middle, high) if more else (low, middle)
    beyond = mpmath.nsum(lambda k: power(k) * modes(k), [levels, mpmath.inf])
    return sum(c * kappa / (value + kappa) for value, c, _ in table) + beyond


ROWS = [
    # eigenvalues, target and multiplicity as text and as functions
    ("exp(-k)", "k**-4", "k", lambda k: mpmath.exp(-k), lambda k: mpmath.mpf(k) ** -4, lambda k: k),
    (
        "3**-k/k**2",
        "k**(-7/2)",
        "2*k + 1",
        lambda k: mpmath.mpf(3) ** -k / k**2,
        lambda k: mpmath.mpf(k) ** -3.5,
        lambda k: 2 * k + 1,
    ),
]


@pytest.mark.parametrize(("eigenvalues", "target", "multiplicity", "value", "power", "modes"), ROWS)
def test_model_law_is_the_leading_order(eigenvalues, target, multiplicity, value, power, modes):
    """The relative distance falls as the order of the remainder, ``N^-1/2``, says."""
    law = derive(Task(eigenvalues, target, multiplicity=multiplicity)).model
    off = [abs(at_modes(value, power, modes, n) / float(law(n)) - 1) * n**0.5 for n in (100, 1600)]
    assert off[1] < max(off[0], 1) and off[1] / 1600**0.5 < 0.05


@pytest.mark.parametrize(
    ("eigenvalues", "multiplicity", "verdicts"),
    [
        ("exp(-k)", "k", {"HOLDS"}),
        pytest.param("3**-k/k**2", "2*k + 1", {"HOLDS", "UNDECIDED"}, marks=pytest.mark.slow),
    ],  # log log t behind
)
def test_time_law_holds(eigenvalues, multiplicity, verdicts):
    assert verify(derive(Task(eigenvalues, "k**-4", multiplicity=multiplicity)).time).verdict in verdicts


def test_refusals():
    laws = derive(Task("exp(-k)", "k**-4", multiplicity="k"))
    with pytest.raises(UnableError, match="one level, in which they oscillate"):
        _ = laws.data
    laws = derive(Task("exp(-k)", "exp(-2*k)", multiplicity="k"))
    assert laws.time.exponent == 2
    with pytest.raises(UnableError, match="oscillate"):
        _ = laws.model


def test_a_ratio_that_crosses_one_is_judged_behind_it():
    """From its largest place behind its last zero, where R falls there over four points."""

    def run(*rests):
        one = dict.fromkeys(Point.__dataclass_fields__, mpmath.mpf(1))
        return tuple(Point(**one | {"remainder": mpmath.mpf(r), "expected": mpmath.mpf(0)}) for r in rests)

    falling = run(0.004, -0.02, -0.05, -0.04, -0.03, -0.02)
    assert past_zero(falling) == falling[2:]
    for kept in (run(0.004, -0.02, -0.03, -0.04), run(0.5, 0.4, 0.3, 0.2, 0.1)):
        assert past_zero(kept) == kept


def test_what_is_of_the_size_of_one_level_is_not_said_to_vanish():
    """``c_1`` of ``L(t, N) = L(t) + c_1/N`` falls by logarithms alone: by 3.4 from t = 10^3 to 10^8."""
    task = Task("2**-k/k**2", "k**-4", multiplicity="k")
    with pytest.raises(UnableError, match=r"no term is known before O\(1/log\(t\)\)"):
        _ = derive(task).model_transient
