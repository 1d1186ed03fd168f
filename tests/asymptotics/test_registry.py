"""What a registry of others' entries refuses, each with one clear line; laws that are refused are listed."""

from dataclasses import replace

import pytest

from asymptotics import DomainError, Task, UnableError, derive
from asymptotics.model.quantities import QUANTITIES
from numerics.verification.references import REFERENCES

TIME = QUANTITIES["time"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (3, "3 has no name"),
        (replace(TIME, name=""), "has no name"),
        (replace(TIME, name=3), "has no name"),
        (TIME, "'time' is registered already"),
        (replace(TIME, name="at"), r"cannot be called 'at', as Laws.at is taken"),
        (replace(TIME, name="task"), r"Laws.task is taken"),
        (replace(TIME, name="my law"), "'my law', as it is not a Python name"),
        (replace(TIME, name="lambda"), "'lambda', as it is not a Python name"),
    ],
    ids=["number", "empty", "number as name", "twice", "method", "field", "blank", "keyword"],
)
def test_entries_that_are_refused(entry, message):
    names = list(QUANTITIES)
    with pytest.raises(DomainError, match=message) as caught:
        QUANTITIES.register(entry)
    assert "\n" not in str(caught.value) and list(QUANTITIES) == names


def test_names_that_are_attributes_of_nothing_may_be_words():
    with REFERENCES.holding(replace(REFERENCES["time"], name="a law of mine")):
        assert "a law of mine" in REFERENCES


def test_laws_that_are_not_derived_are_listed_and_the_others_given():
    laws = derive(Task("exp(-k)", "k**-3"))
    names = [law.name for law in laws.all()]
    assert {"time", "model", "data", "noise"} < set(names)
    assert laws.refused["gap"].startswith("overlaps need powers")
    assert sorted([*names, *laws.refused]) == sorted(QUANTITIES)
    with pytest.raises(UnableError, match="overlaps need powers"):
        _ = laws.gap
