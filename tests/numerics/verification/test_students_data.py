"""``data/students.jsonl``: laws of ridges and students at 200 random points, and a few of them again.

A row may be UNDECIDED, a doubt of the judge at that point; then too the exponent must be that of the law.
"""

import random

import pytest
from students_sweep import COUNT, FILE, KINDS, points, verify_student
from sympy import Rational

from numerics import read_sweep

ROWS = read_sweep(FILE).rows
DOUBTS = 5
"""At most so many rows are UNDECIDED."""


def test_no_law_fails_at_any_point():
    assert len(ROWS) == COUNT
    assert {frozenset(p.items()) for p in points()} == {frozenset(row.point.items()) for row in ROWS}
    verdicts = []
    for row in ROWS:
        assert row.error is None and set(row.result) == {row.point["kind"]}
        verdict, law, measured = row.result[row.point["kind"]]
        assert verdict == "HOLDS" or abs(float(measured) - float(Rational(law))) < 1e-3, row.point
        verdicts.append(verdict)
    assert set(verdicts) <= {"HOLDS", "UNDECIDED"} and verdicts.count("UNDECIDED") <= DOUBTS


def again(row):
    kind = row.point["kind"]
    verdict, law, _ = verify_student(row.point)[kind]
    assert verdict != "FAILS" and law == row.result[kind][1], row.point


def test_a_row_comes_out_again():
    again(next(row for row in ROWS if row.point["kind"] == "truncation"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_each_kind_comes_out_again(kind):
    again(random.choice([row for row in ROWS if row.point["kind"] == kind]))
