"""What TAB shows in a notebook, by IPython's own completer: of every public value, and of the faces."""

import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter

import asymptotics
import numerics
import numerics.figures
from asymptotics import (
    check_claim,
    compute_optimal,
    derive,
    ensembling,
    joint_law,
    marchenko_pastur,
    measured_laws,
    power_law,
)
from asymptotics.model.quantities import QUANTITIES
from asymptotics.symbols import N, P, a, b, t

NAMES = (
    "task laws law regime expansion window derivation step optimum phase verdict joint comparison edge "
    "measured exponents rule model value curve verification sweep"
).split()
FACES = {"asymptotics": asymptotics, "numerics": numerics, "figures": numerics.figures}


@pytest.fixture(scope="module")
def values():
    laws, fixed = derive(power_law(a, b)), derive(power_law(3, 2))
    model = numerics.FullModel(power_law(3, 2), N=50, digits=8)
    modes = range(1, 40)
    measured = asymptotics.Task.from_arrays([k**-1.5 for k in modes], [k**-2.0 for k in modes])
    optimum = compute_optimal(laws, cost=N * t)
    return {
        "task": laws.task,
        "laws": laws,
        "law": laws.time,
        "regime": laws.model.regimes[0],
        "expansion": fixed.model.expansion(2),
        "window": fixed.model.windows[0],
        "derivation": fixed.time.derivation,
        "step": next(iter(fixed.time.derivation)),
        "optimum": optimum,
        "phase": optimum.phases[0],
        "verdict": check_claim("t**-1", fixed.time),
        "joint": joint_law(fixed, N),
        "comparison": ensembling(laws)[0],
        "edge": marchenko_pastur(N, P),
        "measured": measured.measured,
        "exponents": measured_laws(measured),
        "rule": numerics.OnePassSGD,
        "model": model,
        "value": model.test_loss(1),
        "curve": model.curve([1, 2]),
        "verification": numerics.verify(fixed.time, digits=8),
        "sweep": numerics.sweep([{"x": 1.0}], len, progress=False),
    }


def completions(name, value, line=None, *, jedi=False):
    completer = IPCompleter(shell=None, namespace={name: value}, global_namespace={}, use_jedi=jedi)
    completer.disable_matchers = ["IPCompleter.magic_matcher"]  # that one asks a shell
    line = line or f"{name}."
    with provisionalcompleter():
        return {one.text.removeprefix(".") for one in completer.completions(line, len(line))}


def public(value):
    """The public names in the classes of a value, as they are written there."""
    return {n for part in type(value).__mro__ for n in vars(part) if not n.startswith("_")}


def test_every_value_is_named(values):
    assert list(values) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_value_shows_its_public_names_and_no_others(values, name):
    value = values[name]
    shown = completions(name, value)
    assert shown and public(value) <= shown
    assert not [n for n in shown if n.startswith("_")]


def test_laws_show_every_law(values):
    assert set(QUANTITIES) <= completions("laws", values["laws"])


def test_a_law_is_completed_before_it_is_derived(values):
    assert public(values["law"]) <= completions("laws", values["laws"], "laws.gap.", jedi=True)


@pytest.mark.parametrize("name", FACES)
def test_a_face_shows_what_it_exports_alone(name):
    modules = {"asymptotics": {"notation", "symbols"}, "numerics": {"figures"}}
    assert completions(name, FACES[name]) == {*FACES[name].__all__, *modules.get(name, ())}


@pytest.mark.parametrize("name", ["Law", "check_claim", "Derivation", "Step", "Verdict"])
def test_names_of_a_face_are_shown_before_they_are_used(name):
    assert name in completions("asymptotics", asymptotics)
    assert getattr(asymptotics, name).__name__ == name
