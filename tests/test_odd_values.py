"""Whatever comes in at an entrance: a result, or an error of the toolkit in one line."""

import random
from itertools import islice

import pytest
from odd_values import ENTRANCES, REFUSED, UNUSUAL, made

from asymptotics import BottleneckError, DomainError

SEED = 20
UNHARMED = ("Law.to_latex", "Optimum.to_latex", "check_claim assuming", "sweep x")
"""Entrances at which some of these objects mean something."""


def outcome(entrance, value):
    """The error of the toolkit, or None; anything else that is raised fails the test."""
    found = None
    try:
        entrance(value)
    except BottleneckError as error:
        found = error
    assert found is None or ("\n" not in str(found) and len(str(found)) < 4000)
    return found


@pytest.mark.parametrize("name", ENTRANCES)
def test_odd_values_are_refused_in_one_line(name):
    entrance = ENTRANCES[name]
    values = random.Random(f"{SEED} {name}").sample(REFUSED, 12)
    for value in (*values, 10**400, float("nan"), object()):
        outcome(entrance, value)
    if name not in UNHARMED:
        assert isinstance(outcome(entrance, object()), DomainError)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENTRANCES)
def test_any_value_gives_a_result_or_an_error_of_the_toolkit(name):
    for value in (*REFUSED, *UNUSUAL, *islice(made(SEED), 60)):
        outcome(ENTRANCES[name], value)
