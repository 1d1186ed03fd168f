"""The page "The house": each equation leads to the one place that states it, each place to add exists."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
EQUATIONS = re.findall(r"^\| `([^`]+)`.*\[`[\w.]+`\]\[([\w.]+)\] \|$", PAGE, re.MULTILINE)
SHOWN = re.findall(r"^::: ([\w.]+)$", PAGE, re.MULTILINE)
FILES = sorted(set(re.findall(r"`((?:asymptotics|numerics|tests)/[\w/.]*)`", PAGE)))
ROWS = re.findall(r"^\| (?:a|an) [^|]+\|([^|]+)\|", PAGE, re.MULTILINE)


def found(name):
    """The object of a dotted name: a module where there is one, else what it holds."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            place = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            place = getattr(place, part)
        return place
    raise ModuleNotFoundError(name)


def test_the_page_has_its_equations():
    assert len(EQUATIONS) >= 9
    assert [name for _, name in EQUATIONS] == SHOWN


@pytest.mark.parametrize(("equation", "name"), EQUATIONS)
def test_an_equation_is_stated_where_the_page_says(equation, name):
    place = found(name)
    assert inspect.isroutine(place) or inspect.ismodule(place) or hasattr(place, "__wrapped__")
    assert equation in " ".join(inspect.getdoc(place).split())


@pytest.mark.parametrize("path", FILES)
def test_places_exist(path):
    assert (ROOT / path).exists()


def test_to_add_something_takes_three_files_at_most():
    assert len(ROWS) == 7
    for places in ROWS:
        assert 1 <= len(re.findall(r"`[\w/]+(?:\.py|/)`", places)) <= 3


def test_files_of_tests_have_names_of_their_own():
    """Two of one name are one module to the collector, which then stops."""
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
