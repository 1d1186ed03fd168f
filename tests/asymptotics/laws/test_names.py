"""Names that no law has, arrays of a resource, and widths of lines: short messages that say what to do."""

import pytest

from asymptotics import DomainError, compare, derive, power_law
from numerics.cli import main

LAWS = derive(power_law(4, 2))


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("modle", "model"),
        ("N", "model"),
        ("noize", "noise"),
        ("loss", "time, model, data"),
        ("sgd", "sgd_noise"),
    ],
)
def test_an_unknown_law_names_the_nearest(name, near):
    with pytest.raises(AttributeError, match=f"near it: {near}") as caught:
        getattr(LAWS, name)
    assert len(str(caught.value)) < 200


def test_a_name_near_none_is_offered_none():
    with pytest.raises(
        AttributeError, match="no law is called 'zzz'; the laws are time, model, data and others"
    ):
        LAWS.zzz  # noqa: B018


def test_other_ways_to_a_law_say_the_same(capsys):
    with pytest.raises(DomainError, match="near it: model"):
        compare(power_law(2, 2), power_law(3, 2), ["modle"])
    for arguments in (["derive", "--laws", "modle"], ["claim", "N**-b", "--law", "modle"]):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert "near it: model" in error and "which --help lists" in error and len(error) < 300


def test_a_law_of_an_array_is_an_array():
    found = LAWS.model([10, 100])
    assert found.tolist() == pytest.approx([LAWS.model(10), LAWS.model(100)], rel=1e-14)
    for wrong, words in (
        ([10, -1], "N has -1.0"),
        ([0.0], "N has 0.0"),
        ([float("nan")], "N has nan"),
        (["a"], "array"),
    ):
        with pytest.raises(DomainError, match=words):
            LAWS.model(wrong)


@pytest.mark.parametrize("width", ["x", 0, -1, float("nan"), True, None])
def test_widths(width):
    if width is None:
        assert LAWS.model.to_latex(width=width)
        return
    with pytest.raises(DomainError, match="give a number of letters from 10 on"):
        derive(power_law("a", "b")).model.to_latex(width=width)
