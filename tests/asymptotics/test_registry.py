"""What a registry of others' entries refuses, each with one clear line; laws that are refused are listed."""

import subprocess
import sys
from dataclasses import replace

import pytest
from sympy import Function

from asymptotics import DomainError, Task, UnableError, derive, power_law
from asymptotics.model.expand import expand
from asymptotics.model.quantities import QUANTITIES
from asymptotics.registry import Registry
from asymptotics.spectra import spectrum
from asymptotics.symbols import t
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


def test_later_entries_are_made_once_when_a_name_is_not_among_the_first():
    made = []

    def later():
        made.append(1)
        return (replace(TIME, name="later"),)

    registry = Registry((TIME,), later)
    assert registry["time"] is TIME and "time" in registry and not made
    assert "later" in registry and registry["later"].name == "later" and "none" not in registry
    registry.register(replace(TIME, name="last"))
    with pytest.raises(DomainError, match="'later' is registered already"):
        registry.register(replace(TIME, name="later"))
    assert list(registry) == ["time", "later", "last"] and len(registry) == 3 and made == [1]


def test_the_three_bottlenecks_make_no_equation_of_another_law():
    program = (
        "import sys; from asymptotics import derive, power_law; list(derive(power_law('a', 'b')));"
        "names = ['asymptotics.model.equations_of_rules', 'asymptotics.model.rich', 'pylatexenc', 'numpy'];"
        "assert not set(names) & set(sys.modules), set(names) & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_depends_on_the_resource_and_has_no_rule_is_no_constant():
    unknown = Function("f", positive=True)

    class Unruled(Function):
        nargs = 1

    series = spectrum(power_law(3, 2))
    with pytest.raises(UnableError, match="has no rule"):
        expand(Unruled(t) + TIME.equation, series, t, 2)
    assert expand(Unruled(unknown(2)) * t, series, t, 2).series.terms[0].order == -1
