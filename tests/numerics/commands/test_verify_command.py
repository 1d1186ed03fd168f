"""``bottlenecks verify``: its table, its files, and places that cannot be written."""

import json
import os
import shutil
import subprocess

import mpmath
import pytest
from command_line import run, stand_in
from sympy import Rational, oo

import numerics.commands.verify
import numerics.verification.run
from asymptotics import derive, power_law
from asymptotics.symbols import a, b, b_test
from numerics.commands.verify import FILES
from numerics.reports.latex import to_figure
from numerics.verification.summary import Report, Row, table, to_json
from numerics.verification.verify import POINTS, settings_of
from numerics.verification.wording import condition_text, decimal_with_error


@pytest.mark.usefixtures("quick")
def test_verify_prints_a_table(capsys):
    status, out, err = run(capsys, "verify")
    assert (status, err) == (0, "")  # no progress where nobody watches
    assert "lambda_k = k**(-b), c_k = k**(-a), a = 3/2, b = 5/4" in out
    exponents, remainders = (part.splitlines() for part in out.split("\n\n")[2:4])
    assert [line.split()[:3] for line in exponents[2:]] == [
        ["time", "HOLDS", "2/5"],
        ["model", "HOLDS", "1/2"],
        ["data", "HOLDS", "1/2"],
    ]
    assert "with t = P = oo, a - 1 < b\n" in out and "with t = N = oo, a - 1 < 2*b\n" in out
    assert "1.00000   3e-5" in remainders[4]
    assert max(map(len, out.splitlines())) <= 80
    assert out.endswith("all 3 laws hold\n")


@pytest.mark.parametrize(("verdict", "status"), [("HOLDS", 0), ("FAILS", 1), ("UNDECIDED", 1)])
def test_status_and_reason(capsys, monkeypatch, verdict, status):
    monkeypatch.setattr(numerics.verification.run, "verify", stand_in(verdict))
    found, out, err = run(capsys, "verify", "--laws", "model")
    assert (found, err) == (status, "")
    assert ("as the stand-in was told" in out) == bool(status)


def test_all_laws_have_numbers_where_none_are_given(capsys):
    """Also the law of another test distribution; the task is that which was described."""
    status, out, _ = run(capsys, "verify", "--laws", "transfer,data", "--digits", "8", "--jobs", "1")
    assert status == 0 and "b_test = 5/2" in out and out.endswith("all 2 laws hold\n")
    law = derive(power_law(a, b)).transfer
    assert settings_of(law) == (b_test,) and settings_of(law.at(b_test=3)) == ()


def test_a_lower_bound_is_shown_as_one(capsys, monkeypatch):
    monkeypatch.setattr(numerics.verification.run, "verify", stand_in(decay=oo))
    _, out, _ = run(capsys, "verify", "--laws", "time")
    assert "oo         >= 1" in out
    assert "remainder oo: L/law - 1 falls faster than every power" in out


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [
        ("0.5", "1e-27", ("0.5000000000", "1e-27")),
        ("0.749998", "2.1e-5", ("0.75000", "3e-5")),  # the error is rounded up
        ("0.749998", "9.5e-5", ("0.7500", "1e-4")),
        ("-12.3456", "0.02", ("-12.35", "0.02")),
        ("10.1", "3.7", ("10", "4")),
        ("0", "1e-9", ("0.0", "1e-9")),
        ("5e-41", "2e-30", ("5e-41", "2e-30")),
        ("2.93", "inf", (">= 2.9", "-")),
        ("nan", "nan", ("-", "-")),
    ],
)
def test_measured(value, error, shown):
    assert decimal_with_error(mpmath.mpf(value), mpmath.mpf(error)) == shown


# What it writes


@pytest.mark.usefixtures("quick")
def test_output(capsys, tmp_path):
    place = tmp_path / "results"
    assert run(capsys, "verify", "--output", str(place))[0] == 0
    assert sorted(os.listdir(place)) == sorted(FILES)
    assert os.listdir(tmp_path) == ["results"]
    content = json.loads((place / "verification.json").read_text())
    assert content["values"] == {"a": "3/2", "b": "5/4"}
    assert content["command"] == ["bottlenecks", "verify", "--output", str(place)]
    assert [law["name"] for law in content["laws"]] == ["time", "model", "data"]
    assert content["holds"] is True
    model = content["laws"][1]
    assert model["exponent"]["predicted"] == "1/2"
    assert len(model["points"]) == POINTS
    for point in model["points"]:
        with mpmath.workdps(40):
            ratio = mpmath.mpf(point["loss"]) / mpmath.mpf(point["law"]) - 1
            assert abs(ratio - mpmath.mpf(point["remainder"])) < mpmath.mpf("1e-15")
    assert (place / "verification.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_output_is_reproducible_and_keeps_other_files(capsys, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    before = None
    for _ in range(2):
        assert run(capsys, "verify", "--output", str(tmp_path))[0] == 0
        after = {name: (tmp_path / name).read_bytes() for name in FILES}
        assert before in (None, after)
        before = after
    assert sorted(os.listdir(tmp_path)) == sorted((*FILES, "notes.txt"))


@pytest.mark.usefixtures("quick")
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--at", "a=7,b=3/2"),
        ("--noise", "sigma", "--at", "a=5/2,b=3/2,sigma=1/10"),
        ("--target", "(k + 1/2)**-a", "--at", "a=5/2,b=3/2"),
    ],
)
def test_latex_compiles_without_warnings(capsys, tmp_path, options):
    status, _, err = run(capsys, "verify", "--output", str(tmp_path), *options)
    assert (status, err) == (0, "")
    subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "laws.tex"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=60,
    )
    log = (tmp_path / "laws.log").read_text(errors="replace")
    complaints = [line for line in log.splitlines() if "Warning" in line or "full \\" in line]
    assert complaints == []
    assert (tmp_path / "laws.pdf").stat().st_size > 10_000


def test_figure_shows_law_points_and_bounds():
    laws = derive(power_law(a, b))
    values = {a: Rational(3, 2), b: Rational(5, 4)}
    rows = tuple(
        Row(
            law=law,
            values=values,
            verification=stand_in(decay=decay)(law, values, digits=15, progress=lambda: None),
        )
        for law, decay in ((laws.time, oo), (laws.model, Rational(3, 4)), (laws.data, Rational(2)))
    )
    report = Report(task=laws.task, values=values, digits=15, command=("bottlenecks",), rows=rows)
    figure = to_figure(report)
    top, bottom = figure.axes[:3], figure.axes[3:]
    assert [len(axes.lines) for axes in top] == [2, 2, 2]
    assert [axes.get_xscale() for axes in figure.axes] == ["log"] * 6
    labels = [[line.get_label() for line in axes.lines] for axes in bottom]
    assert labels[0] == ["below the numerical error"]
    assert labels[1] == ["full model", "predicted slope $-3/4$"]
    assert labels[2] == ["full model", "below the numerical error", "predicted slope $-2$"]
    assert "L_{" in bottom[0].get_ylabel() and all(axes.get_xlabel() for axes in bottom)
    assert [text.get_text() for text in figure.legends[0].get_texts()][:2] == ["law", "full model"]
    for some in (rows[1:2], rows[:2]):
        drawn = to_figure(report, some)
        drawn.draw_without_rendering()
        assert all(drawn.bbox.contains(*corner) for corner in drawn.legends[0].get_window_extent().corners())
        assert drawn.axes[0].get_ylabel() == "excess test loss $L$"
    assert table(report).count("HOLDS") == 3
    assert json.loads(to_json(report))["digits"] == 15


# Interruptions and places that cannot be written


@pytest.mark.parametrize("existing", [False, True])
def test_interrupted(capsys, monkeypatch, tmp_path, existing):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    place = tmp_path / "results"
    if existing:
        place.mkdir()
        (place / "laws.tex").write_text("older")
    before = sorted(tmp_path.rglob("*"))
    working, writing = (numerics.verification.run, "verify"), (numerics.commands.verify, "to_json")
    for module, name in (working, writing):
        monkeypatch.setattr(numerics.verification.run, "verify", stand_in())
        monkeypatch.setattr(module, name, interrupt)
        assert run(capsys, "verify", "--output", str(place)) == (130, "", "bottlenecks: interrupted\n")
        assert sorted(tmp_path.rglob("*")) == before
    if existing:
        assert (place / "laws.tex").read_text() == "older"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("file", "is a file"),
        ("missing/results", "is not a directory; make it first"),
        ("file/results", "is not a directory"),
        ("x" * 300, "cannot be written"),
        ("nul\0", "cannot be written"),
        ("taken", "is a directory; move it away"),
    ],
)
@pytest.mark.usefixtures("quick")
def test_places_that_cannot_be_written(capsys, tmp_path, place, words):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "taken" / "laws.tex").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    status, out, err = run(capsys, "verify", "--output", str(tmp_path / place))
    assert (status, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("condition", "text"),
    [(a - 1 < b, "a - 1 < b"), (power_law(a, b).noise == 0, "everywhere")],
)
def test_conditions_in_words(condition, text):
    from sympy import sympify

    assert condition_text(sympify(condition)) == text


# The real thing


def test_verify_for_real(capsys, tmp_path):
    status, out, err = run(capsys, "verify", "--digits", "20", "--output", str(tmp_path))
    assert (status, err) == (0, "")
    assert out.count("HOLDS") == 3
    assert sorted(os.listdir(tmp_path)) == sorted(FILES)


def test_law_that_the_default_friction_saturates_is_told_beside_the_others(capsys):
    command = ("verify", "--laws", "nesterov,time", "--jobs", "1", "--digits", "12")
    status, out, err = run(capsys, *command, "--at", "a=6,b=3/2")
    assert (status, err) == (1, "")
    assert "nesterov: not derived: Nesterov momentum saturates" in out and "needs 10/3 < 3/2" in out
    assert any(line.split()[:3] == ["time", "HOLDS", "10/3"] for line in out.splitlines())
    assert out.endswith("1 of 2 laws not confirmed\n")


@pytest.mark.parametrize("at", ["a=6,b=3/2,delta=3", "a=4,b=2,delta=3"])
@pytest.mark.parametrize("command", ["derive", "verify"])
def test_numbers_past_saturation_are_one_line(capsys, command, at):
    status, out, err = run(capsys, command, "--laws", "nesterov", "--at", at)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and "Nesterov momentum saturates" in err
