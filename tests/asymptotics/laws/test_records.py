"""Tasks, laws, optima and verdicts as records: through JSON and back, and refused where they were changed."""

import copy
import json
from functools import cache

import pytest
from sympy import Rational, Symbol, oo

from asymptotics import (
    DomainError,
    Law,
    OnePassSGD,
    Optimum,
    Task,
    UnableError,
    Verdict,
    check_claim,
    compute_optimal,
    derive,
    harmonics,
    power_law,
    squares,
)
from asymptotics.symbols import C, N, P, a, b, k, sigma, t

LAWS = derive(power_law(a, b))
ARRAYS = [k**-1.5 for k in range(1, 60)], [k**-2.25 for k in range(1, 60)]
TASKS = {
    "power": power_law(a, b),
    "letters": power_law(capacity="alpha", source="beta", noise=sigma),
    "index": Task("2*j**-(3/2)", "j**-b", modes=100),
    "sphere": Task("k**-b", "k**-a", multiplicity=harmonics("d"), assumptions=(a > b, b > 3)),
    "lattice": Task(k**-3, k**-4, multiplicity=squares(2)),
    "pieces": Task("Piecewise((k**-2, k <= K), (k**-3*K, True))", "k**-2"),
    "measured": Task.from_arrays(*ARRAYS),
    "window": Task.from_arrays(*ARRAYS, window=(3, 50)),
}
MEASURED = derive(TASKS["measured"])
LAW_ROWS = {
    "symbols": LAWS.model,
    "numbers": LAWS.model.at(a=3, b=2),
    "some numbers": LAWS.data.at(b=2),
    "constants": LAWS.noise.at(a=4, b=2, sigma=3),
    "transient": LAWS.model_transient.at(a=4, b=2),
    "restated": LAWS.data.restate("2405.15074"),
    "edge": derive(Task(1, 1, modes=50)).model,
    "measured": MEASURED.time,
}
OPTIMA = {
    "N*t": cache(lambda: compute_optimal(LAWS, N * t)),
    "held": lambda: compute_optimal(LAWS, N * t, fixed={P: C ** Rational(1, 2)}),
    "rule": lambda: compute_optimal(power_law(3, 2), N * t, rule=OnePassSGD),
    "constants": lambda: compute_optimal(power_law(3, 2), N * t, rule=OnePassSGD(eta=0.125, batch=8)),
}


def through_json(value):
    return json.loads(json.dumps(value.to_dict()))


@pytest.mark.parametrize("name", TASKS)
def test_tasks(name):
    assert Task.from_dict(through_json(TASKS[name])) == TASKS[name]


@pytest.mark.parametrize("name", LAW_ROWS)
def test_laws(name):
    law = LAW_ROWS[name]
    again = Law.from_dict(through_json(law))
    assert again.to_dict() == law.to_dict()
    assert (again.name, again.task, again.settings, again.measured) == (
        law.name,
        law.task,
        law.settings,
        law.measured,
    )
    assert again.exponent == law.exponent
    if name in ("symbols", "numbers", "restated", "measured"):  # the others may have another form of the same
        assert again == law


@pytest.mark.parametrize("name", OPTIMA)
def test_optima(name):
    optimum = OPTIMA[name]()
    assert Optimum.from_dict(through_json(optimum)) == optimum


@pytest.mark.parametrize(
    "verdict",
    [
        lambda: check_claim(r"N^{-\min\{a-1,2b\}}", LAWS.model),
        lambda: check_claim(r"N^{-\min\{a-1,2b\}}", LAWS.model, assuming=["a - 1 < b"]),
        lambda: check_claim("t**-beta", LAWS.time, notation="2409.17858"),
        lambda: check_claim("t**-1", LAWS.time.at(a=3, b=2)),
        lambda: check_claim("C**(-(a - 1)/(1 + b))", OPTIMA["N*t"]()),
    ],
    ids=["fails", "assuming", "letters", "numbers", "optimum"],
)
def test_verdicts(verdict):
    found = verdict()
    again = Verdict.from_dict(through_json(found))
    assert str(again) == str(found) and again.to_dict() == found.to_dict()


CHANGED = [
    (
        Law,
        lambda: LAWS.model,
        ("regimes", 0, "exponent"),
        "a - 2",
        r"law was changed: regimes\[0\].exponent is 'a - 2'",
    ),
    (
        Law,
        lambda: LAWS.model,
        ("regimes", 1, "prefactor"),
        "1",
        r"regimes\[1\].prefactor is '1', derived again",
    ),
    (Law, lambda: LAWS.model, ("name",), "data", "was changed: regimes"),
    (Law, lambda: LAWS.model, ("name",), "speed", "no law is called 'speed'"),
    (Law, lambda: LAWS.model, ("version",), 2, "version 2; this release reads version 1"),
    (Law, lambda: LAWS.model, ("kind",), "task", "of kind 'task', not 'law'"),
    (Law, lambda: LAWS.model, ("task", "target"), "k**(-2)", "was changed: regimes"),
    (Law, lambda: LAWS.model, ("task", "target"), "__import__('os')", "__import__"),
    (Law, lambda: LAWS.model, ("task", "extra"), 1, "task was changed: extra is 1"),
    (
        Law,
        lambda: LAWS.model.at(a=3, b=2),
        ("regimes", 0, "log_power"),
        "0",
        "log_power is '0', derived again '1'",
    ),
    (Task, lambda: TASKS["measured"], ("target",), "k**-2", "task was changed: target"),
    (Task, lambda: TASKS["measured"], ("measured", "target", 5), -1.0, "must be finite and >= 0"),
    (
        Optimum,
        OPTIMA["N*t"],
        ("phases", 0),
        "t ~ C",
        r"optimum was changed: phases\[0\] is 't ~ C'",
    ),
    (Optimum, OPTIMA["N*t"], ("rule",), "adam", "rule = 'adam'; use one of"),
    (
        Verdict,
        lambda: check_claim("t**-1", LAWS.time),
        ("verdict",),
        "HOLDS",
        "verdict was changed: verdict is 'HOLDS'",
    ),
    (
        Verdict,
        lambda: check_claim("t**-1", LAWS.time),
        ("about", "kind"),
        "task",
        "about a law, laws or an optimum",
    ),
]


@pytest.mark.parametrize("row", range(len(CHANGED)))
def test_a_changed_record_is_refused_in_one_line(row):
    kind, value, path, other, message = CHANGED[row]
    found = copy.deepcopy(through_json(value()))
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = other
    with pytest.raises(DomainError, match=message) as caught:
        kind.from_dict(found)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", ["name", "task", "numbers"])
def test_what_is_missing_is_named(missing):
    found = through_json(LAWS.time)
    del found[missing]
    with pytest.raises(DomainError, match=f"the record of a law has no '{missing}'"):
        Law.from_dict(found)


@pytest.mark.parametrize("other", [None, 3, "law", []])
def test_other_things_are_no_records(other):
    with pytest.raises(DomainError, match="is not a record"):
        Law.from_dict(other)


def test_what_has_no_text_is_no_record():
    with pytest.raises(UnableError, match="has no text that is read as the same"):
        Task(Symbol("x_1", positive=True) * k**-2, k**-2).to_dict()
    with pytest.raises(UnableError, match="is a claim, not the law of its task"):
        LAWS.model.stating(exponent=1).to_dict()
    assert LAWS.model.at(a=3, b=2).stating(remainder=oo).to_dict()["regimes"][0]["remainder"] == "2"
