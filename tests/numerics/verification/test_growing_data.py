"""``data/growing_modes.jsonl``: modes that grow with N at random points around b = 1.

It was made by

    bottlenecks sweep --modes '2*N' --sample 300 --seed 2026 --range a=1..5,b=0..2
        --laws model,bias_model,variance_model --digits 20 -o data/growing_modes.jsonl
"""

import random
from pathlib import Path

import pytest
from sympy import Rational

from numerics import read_sweep
from numerics.commands.sweep import random_points, verify_point

ROWS = read_sweep(Path(__file__).parents[3] / "data" / "growing_modes.jsonl").rows
COUNT = 300
LAWS = ("model", "bias_model", "variance_model")
FIELDS = {"eigenvalues": "k**(-b)", "target": "k**(-a)", "modes": "2*N"}


def test_no_law_fails_at_any_point():
    verdicts = []
    for row in ROWS:
        assert row.error is None and set(row.result) == set(LAWS)
        a, b = (Rational(row.point[name]) for name in "ab")
        for name, (verdict, law, measured, *_) in row.result.items():
            assert abs(float(Rational(measured) - Rational(law))) < 1e-3, (row.point, name)
            assert Rational(law) == min(a - 1, 2 * b if name == "bias_model" else b), (row.point, name)
            verdicts.append(verdict)
    assert set(verdicts) == {"HOLDS"}


def test_the_points_are_those_of_the_command():
    bounds = {"a": (Rational(1), Rational(5)), "b": (Rational(0), Rational(2))}
    drawn = random_points(bounds, COUNT, 12, seed=2026)
    assert {tuple(row.point.items()) for row in ROWS} == {tuple(point.items()) for point in drawn}
    below = sum(bool(Rational(row.point["b"]) <= 1) for row in ROWS)
    assert COUNT / 3 < below < 2 * COUNT / 3


def again(row):
    found = verify_point(row.point, fields=FIELDS, laws=list(LAWS), digits=20)
    for name, (verdict, law, *_) in found.items():
        assert [verdict, law] == row.result[name][:2], (row.point, name)


@pytest.mark.slow
def test_a_remainder_that_turns_its_sign_is_decided_by_further_orders():
    """Orders 1/N and N^-12/11 beside the law have opposite signs, and meet at N = 10^12."""
    (row,) = (row for row in ROWS if row.point == {"a": "5/2", "b": "3/11"})
    assert row.result["model"][0] == "HOLDS"
    again(row)


def test_a_row_below_one_comes_out_again():
    again(random.Random(0).choice([row for row in ROWS if Rational(row.point["b"]) < 1]))


@pytest.mark.slow
@pytest.mark.parametrize("_", range(3))
def test_rows_come_out_again(_):
    again(random.choice(ROWS))
