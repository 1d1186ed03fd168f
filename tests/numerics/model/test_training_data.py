"""``data/training.jsonl``: rules and schedules at 200 random points, and a few of them again."""

import pytest
from training_sweep import COUNT, FILE, KINDS, points, train

from numerics import read_sweep

ROWS = read_sweep(FILE).rows


def agrees(value, error, plain):
    """The model with its error, and a recursion in doubles over thousands of steps."""
    return abs(float(value) - float(plain)) <= float(error) + 1e-9 * float(plain) + 1e-30


def test_the_model_is_the_recursion_at_every_point():
    assert len(ROWS) == COUNT
    assert {frozenset(p.items()) for p in points()} == {frozenset(row.point.items()) for row in ROWS}
    for row in ROWS:
        assert row.error is None and set(row.result) == {row.point["kind"]}
        assert agrees(*row.result[row.point["kind"]]), row


def test_a_table_that_is_off_is_seen():
    value, error, plain = ROWS[0].result[ROWS[0].point["kind"]]
    assert not agrees(float(value) * (1 + 1e-7), error, plain)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_each_kind_comes_out_again(kind):
    row = min((row for row in ROWS if row.point["kind"] == kind), key=lambda row: float(row.seconds))
    again(row, kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_all_rows_of_a_kind_come_out_again(kind):
    for row in (row for row in ROWS if row.point["kind"] == kind):
        again(row, kind)


def again(row, kind):
    value, error, plain = train(row.point)[kind]
    assert agrees(value, error, plain) and agrees(value, error, row.result[kind][2])
