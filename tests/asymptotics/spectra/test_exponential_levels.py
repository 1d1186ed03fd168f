"""Exponential levels of many modes: laws to leading order against sums over levels, and what is refused."""

import mpmath
import pytest

from asymptotics import SpectrumError, Task, UnableError, derive
from numerics import verify
from numerics.verification.judge import Point, past_zero


def at_modes(eigenvalue, power, modes, size, levels=400, behind=True):
    """Losses limited by the model and by the data where df1(kappa) = size, by bisection in log kappa."""
    table = [(eigenvalue(k), power(k) * modes(k), modes(k)) for k in range(1, levels)]
    low, high = mpmath.log(table[-1][0]), mpmath.mpf(1)
    for _ in range(50):
        middle = (low + high) / 2
        kappa = mpmath.exp(middle)
        more = sum(m * value / (value + kappa) for value, _, m in table) > size
        low, high = (middle, high) if more else (low, middle)
    beyond = mpmath.nsum(lambda k: power(k) * modes(k), [levels, mpmath.inf]) if behind else 0
    xi, bias = (sum(c * (kappa / (value + kappa)) ** n for value, c, _ in table) + beyond for n in (1, 2))
    left = sum(m * value * kappa / (value + kappa) ** 2 for value, _, m in table)
    return {"model": xi, "data": bias * size / left, "bias_data": bias}


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
    off = [abs(at_modes(value, power, modes, n)["model"] / float(law(n)) - 1) * n**0.5 for n in (100, 1600)]
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


number = mpmath.mpf
BETWEEN = [
    # eigenvalues, target, multiplicity; the same as functions; levels; sizes; the order of what is left out
    ("exp(-4*k)", "k**-5", "k**2", lambda k: mpmath.exp(-4 * k), lambda k: number(k) ** -5, lambda k: k**2,
     120, (2000, 20000, 20500), 1 / 3),
    ("exp(-4*k)", "k**-4", "2", lambda k: mpmath.exp(-4 * k), lambda k: number(k) ** -4, lambda k: 2,
     300, (40, 400, 401), 1),
    ("exp(-4*k)", "exp(-2*k)", "k", lambda k: mpmath.exp(-4 * k), lambda k: mpmath.exp(-2 * k), lambda k: k,
     100, (100, 1600, 1633), 1 / 2),
    ("k**-2*30**-k", "50**-k", "k",
     lambda k: number(30) ** -k / k**2, lambda k: number(50) ** -k, lambda k: k,
     100, (100, 1600, 1633), 1 / 2),
    ("30**-k", "40**-k", "2**k",
     lambda k: number(30) ** -k, lambda k: number(40) ** -k, lambda k: number(2) ** k,
     60, (100, 10000, 7777), 0.58),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "loss"), [(row[:3], which) for row in BETWEEN for which in ("model", "data")]
)
def test_laws_in_sizes_swing_with_the_place_between_two_levels(name, loss):
    """The relative distance falls as stated, at sizes in the middle of a level and at its ends."""
    *_, value, power, modes, levels, sizes, order = next(row for row in BETWEEN if row[:3] == name)
    law = getattr(derive(Task(*name[:2], multiplicity=name[2])), loss)
    behind = "exp" not in name[1] and "**-k" not in name[1]
    off = [
        abs(at_modes(value, power, modes, n, levels, behind)[loss] / float(law(n)) - 1) * n**order
        for n in sizes
    ]
    assert max(off[1:]) < 2 * max(off[0], 0.2) and max(off[1:]) / min(sizes[1:]) ** order < 0.03


def test_a_law_without_the_swing_is_seen_to_be_wrong():
    """Of levels far apart the loss swings within one level; its mean over the modes there is ``r P T/m``."""
    law = derive(Task("exp(-8*k)", "k**-5", multiplicity="k**2")).data
    scaled = [float(law(n)) * n ** (1 / 3) for n in range(20000, 21600, 100)]
    mean = 8 * 3 ** (2 / 3) / 18  # r P T/m_K with T = K^-2/2, P = K^3/3
    assert sum(scaled) / len(scaled) == pytest.approx(mean, rel=0.1)
    assert max(scaled) > 1.5 * mean and min(scaled) < mean / 1.5


def test_whole_levels_of_one_mode_have_no_swing_at_whole_sizes():
    law = derive(Task("k*30**-k", "k**-4")).data
    assert "whole numbers" in str(law) and "level(" not in str(law)


@pytest.mark.parametrize("multiplicity", [pytest.param("k", marks=pytest.mark.slow), "2**k"])
def test_the_argument_of_a_law_between_levels_holds(multiplicity):
    task = Task("30**-k", "k**-4" if multiplicity == "k" else "40**-k", multiplicity=multiplicity)
    checked = derive(task).data.derivation.check()
    assert "fails" not in str(checked) and "undecided" not in str(checked)


def test_refusals():
    with pytest.raises(SpectrumError, match="are powers of k and targets"):
        derive(Task("k*exp(-k)", "exp(-3*k)", multiplicity="2**k"))


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
