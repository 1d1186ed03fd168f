"""The documentation is complete: every public name is explained and shown, every notebook is on the site."""

import doctest
import importlib
import inspect
import json
import re
from pathlib import Path

import pytest

import asymptotics
import numerics

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (asymptotics, numerics)
PAGES = tuple(sorted((ROOT / "docs" / "api").glob("*.md")))
NOTEBOOKS = tuple(sorted((ROOT / "notebooks").glob("*.ipynb")))

WITHOUT_EXAMPLE = {
    "raised, not called": (
        "asymptotics.BottleneckError",
        "asymptotics.DomainError",
        "asymptotics.ParseError",
        "asymptotics.PrecisionError",
        "asymptotics.SpectrumError",
        "asymptotics.UnableError",
    ),
    "a result, never built by hand; what returns it shows it": (
        "asymptotics.Comparison",
        "numerics.CurveFit",
        "asymptotics.Phase",
        "asymptotics.Step",
        "asymptotics.Verdict",
        "asymptotics.claims.verdict.Region",
        "asymptotics.claims.verdict.Witness",
        "asymptotics.claims.literature.Published",
        "asymptotics.laws.measured.MeasuredExponent",
        "asymptotics.laws.measured.MeasuredLaws",
        "asymptotics.regime.Regime",
        "asymptotics.tasks.tail_fit.TailFit",
        "asymptotics.Window",
        "numerics.Curve",
        "numerics.CurveFit",
        "numerics.Split",
        "numerics.Best",
        "numerics.Variance",
        "numerics.Verification",
        "numerics.verification.exponents.Measurement",
        "numerics.simulation.simulate.Simulation",
        "numerics.sweeps.rows.Row",
        "numerics.verification.judge.Point",
    ),
    "at work in the example of JointLaw and extrapolate": (
        "asymptotics.joint_law",
        "numerics.verification.exponents.eliminate",
    ),
}


@pytest.fixture
def hook(monkeypatch):
    """Import a module of docs/hooks that needs no generator of sites."""
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "hooks"))
    return importlib.import_module


def shown():
    """What the API pages show, and the page of each."""
    return {
        name: page.name
        for page in PAGES
        for name in re.findall(r"^::: ([\w.]+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }


def resolved(name):
    """The object of a dotted name as the site reads it: a module where there is one, else what it holds."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise AssertionError(f"{name} cannot be imported")


def own(module):
    """The public names of a module that is shown whole: functions and classes."""
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
    return {f"{module.__name__}.{name}": getattr(module, name) for name in names}


def explained():
    """All functions and classes of the API pages, by name, those of the packages by their names there."""
    found = {f"{p.__name__}.{name}": getattr(p, name) for p in PACKAGES for name in p.__all__}
    seen = {id(value) for value in found.values()}
    for name in shown():
        target = resolved(name)
        for full, value in (own(target) if inspect.ismodule(target) else {name: target}).items():
            if (inspect.isclass(value) or inspect.isfunction(value)) and id(value) not in seen:
                found[full] = value
                seen.add(id(value))
    return found


# The API pages


def test_every_public_name_is_on_a_page():
    there = [id(resolved(name)) for name in shown()]
    for package in PACKAGES:
        missing = [name for name in package.__all__ if id(getattr(package, name)) not in there]
        assert not missing, f"docs/api shows nothing of {package.__name__}: {missing}"


def test_pages_and_navigation_agree():
    listed = re.findall(r": (api/\w+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == [f"api/{page.name}" for page in PAGES] and len(set(listed)) == len(listed)


def test_everything_shown_has_a_docstring():
    missing = [name for name, value in explained().items() if not (inspect.getdoc(value) or "").strip()]
    # dataclass writes the signature where no one wrote a docstring
    missing += [n for n, v in explained().items() if (v.__doc__ or "").startswith(f"{v.__name__}(")]
    assert not missing


def test_everything_shown_has_an_example():
    parser = doctest.DocTestParser()
    bare = {
        name for name, value in explained().items() if not parser.get_examples(inspect.getdoc(value) or "")
    }
    excepted = [name for names in WITHOUT_EXAMPLE.values() for name in names]
    assert sorted(bare - set(excepted)) == [], "a public docstring has one runnable example"
    assert sorted(set(excepted) - bare) == [], "these have an example now; take them off the list"


# Notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_show_their_figures(path):
    """Where another backend is set three notebooks were on the site without any figure."""
    code = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    assert code[0]["source"][0] == "%matplotlib inline\n"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stored_without_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None, f"cell {number} has outputs"
    checks, words, figure = cells[-3:]
    assert "assert " in "".join(checks["source"]) and checks["metadata"]["tags"] == ["checks"]
    assert checks["metadata"]["jupyter"] == {"source_hidden": True}, "assertions are folded"
    assert words["cell_type"] == "markdown" and figure["cell_type"] == "code", (
        "the end is a sentence and a figure"
    )


def test_every_notebook_is_in_the_navigation(hook):
    assert re.search(r"^  - Notebooks: \[\]", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    listed = hook("contents").notebooks()
    assert {ROOT / path for _, path in listed} == set(NOTEBOOKS) and NOTEBOOKS
    numbers = [int(path.split("/")[1].split("_")[0]) for _, path in listed]
    assert numbers == list(range(1, len(numbers) + 1))
    titles = [title for title, _ in listed]
    assert len(set(titles)) == len(titles) and all(titles)


def test_a_notebook_without_a_title_is_refused(hook, tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name, source in (("b.ipynb", ["# The `law`\n", "text"]), ("a.ipynb", ["# First of $N$"])):
        cells = [{"cell_type": "markdown", "source": source}]
        (tmp_path / "notebooks" / name).write_text(json.dumps({"cells": cells}))
    found = hook("contents").notebooks(tmp_path)
    assert found == (("First of N", "notebooks/a.ipynb"), ("The law", "notebooks/b.ipynb"))
    (tmp_path / "notebooks" / "c.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "code", "source": []}]})
    )
    with pytest.raises(ValueError, match=r"c\.ipynb does not begin with a heading"):
        hook("contents").notebooks(tmp_path)


# What the hooks make of text


def test_the_readme_links_to_what_exists(hook, tmp_path):
    linked = hook("contents").linked
    assert "LICENSE" in linked((ROOT / "README.md").read_text(encoding="utf-8"))
    text = "[site](https://example.org) [below](#limits) [there](here.md#part) [twice](here.md)"
    (tmp_path / "here.md").touch()
    assert linked(text, tmp_path) == ("here.md",)
    with pytest.raises(ValueError, match=r"gone\.md"):
        linked("[x](gone.md)", tmp_path)


def test_docstrings_become_markdown(hook):
    text = (
        "``x_1 * y`` of `Law`, a_1 * b_1 < 2.\n\n    L = a_1 * b_1\n\nAttributes\n----------\n"
        "name, other : one_two,\n    on a second line.\nlast : `Law`.\n\nText.\n\n"
        ">>> a_1 = 1\n>>> a_1\n1\n\nEnd."
    )
    expected = (
        "``x_1 * y`` of [`Law`][asymptotics.Law], a\\_1 \\* b\\_1 &lt; 2.\n\n    L = a_1 * b_1\n\n"
        "**Attributes**\n\n- `name`, `other`: one\\_two,\n    on a second line.\n"
        "- `last`: [`Law`][asymptotics.Law].\n\nText.\n\n\n```pycon\n>>> a_1 = 1\n>>> a_1\n1\n```\n\nEnd."
    )
    assert hook("prose").markdown(text, {"Law": "asymptotics.Law"}) == expected


def test_formulas_of_notebooks_become_mathml(hook):
    convert = hook("mathml").notebook_formulas
    for text in ("costs $5 and $6", "<pre>$x$</pre>", "<code>a$b$c</code>", r"\$x\$", "US$ and A$"):
        assert convert(text) == text
    assert convert("with $a &lt; b$.").count("<math") == 1 and "<mo>&#x0003C;</mo>" in convert("$a &lt; b$")
    shown = convert(r"<p>$$x^2$$</p><pre>$y$</pre> $\displaystyle \frac{1}{2}$")
    assert shown.count('display="block"') == 2 and "<pre>$y$</pre>" in shown and "mfrac" in shown
    stop = convert("of $a$ and $b$.").split('<span class="unbroken">')
    assert len(stop) == 2 and "<mi>b</mi>" in stop[1] and stop[1].endswith("</math>.</span>")
    with pytest.raises(ValueError, match=r"\\unknowncommand"):
        convert(r"$\unknowncommand{x}$")
    assert (
        "&amp;"
        not in convert(r"$$\begin{aligned} a &amp;= b \\ c &amp;= d \end{aligned}$$").split("<mtable")[1]
    )


def test_the_formulas_of_the_theory_page_can_be_shown(hook):
    text = (ROOT / "docs" / "theory.md").read_text(encoding="utf-8")
    found = hook("mathml").notebook_formulas(text)
    assert (
        "$" not in found
        and found.count("<math") == text.count("$$") // 2 + text.replace("$$", "").count("$") // 2
    )


def test_examples_of_the_hooks(hook):
    result = doctest.testmod(hook("prose"))
    assert result.attempted and not result.failed
