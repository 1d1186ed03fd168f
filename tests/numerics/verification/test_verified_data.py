"""``data/verification.jsonl``: many points verified once, and a handful of them again.

Made by
``bottlenecks sweep --sample 500 --seed 2026 --laws all --digits 30 -o data/verification.jsonl``.
"""

import random
from pathlib import Path

import pytest
from recorded_rows import compare
from sympy import Rational

from asymptotics.model.quantities import QUANTITIES
from numerics import read_sweep
from numerics.commands.sweep import random_points, verify_point

FILE = Path(__file__).parents[3] / "data" / "verification.jsonl"
ROWS = read_sweep(FILE).rows
NAMES = tuple(ROWS[0].result)
"""The laws that the file is about: later ones wait until it is made again."""
FIELDS = {"eigenvalues": "k**(-b)", "target": "k**(-a)"}
QUICK = ("time", "model", "data", "bias_model", "model_transient", "time_momentum")


def same(found, row):
    """Equal verdicts and laws, and measured exponents that agree, or are nearer to the law than the recorded.

    Orders that are divided out today stood in the losses when the file was made.
    """
    for name, (verdict, law, measured, *sizes) in found.items():
        assert all(size == "-" or 0 < float(size) <= 0.5 for size in sizes), (row.point, name)
        assert [verdict, law] == row.result[name][:2], (row.point, name)
        now, then, stated = (float(Rational(each)) for each in (measured, row.result[name][2], law))
        assert abs(now - then) < 1e-5 or abs(now - stated) < abs(then - stated), (row.point, name)


def test_every_law_is_at_every_point_and_holds():
    assert len(ROWS) == len({tuple(row.point.items()) for row in ROWS})
    for row in ROWS:
        assert row.error is None and set(row.result) == set(NAMES) <= set(QUANTITIES)
        assert all(entry[0] == "HOLDS" for entry in row.result.values()), row.point


def test_the_points_are_those_of_the_command():
    bounds = {"a": (Rational(1), Rational(8)), "b": (Rational(1), Rational(4))}
    drawn = random_points(bounds, 500, 12, seed=2026)
    assert len(ROWS) == len(drawn) == 500
    assert all(row.point in drawn for row in ROWS)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_row_comes_out_again(seed):
    row = random.Random(seed).choice(ROWS)
    same(verify_point(row.point, fields=FIELDS, laws=QUICK, digits=30), row)


@pytest.mark.slow
@pytest.mark.parametrize("_", range(3))
def test_a_whole_row_comes_out_again(_):
    row = random.Random().choice(ROWS)
    same(verify_point(row.point, fields=FIELDS, laws=list(NAMES), digits=30), row)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_every_row_is_what_the_laws_say_today(part):
    assert [line for row in ROWS[part::20] for line in compare(row)] == []
