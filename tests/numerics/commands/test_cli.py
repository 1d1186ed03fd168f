"""The command: what it prints and writes, its exit status, and that bad input is one line."""

import json
import os
import shutil
import subprocess
import sys

import mpmath
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sympy import Rational, oo

import numerics.commands.verify
import numerics.verification.run
from asymptotics import derive, power_law
from asymptotics.symbols import a, b
from numerics.cli import main
from numerics.commands.verify import FILES
from numerics.reports.latex import to_figure
from numerics.values.value import Value
from numerics.verification.summary import Report, Row, table, to_json
from numerics.verification.verify import POINTS, Point, Verification
from numerics.verification.wording import condition_text, measured


def stand_in(verdict="HOLDS", decay=Rational(1), error=mpmath.mpf("1e-20")):
    """A solver of the full model that follows the law with a remainder of its own: quick, and as told."""

    def verify(law, at, *, digits, progress):
        numeric = law.at(at)
        regime = numeric.regimes[0]
        points = []
        for j in range(POINTS):
            x = mpmath.mpf(10) ** (3 + j)
            size = mpmath.mpf(float(regime.prefactor)) * x ** -mpmath.mpf(float(regime.exponent))
            remainder = x ** -mpmath.mpf(float(decay)) if decay != oo else mpmath.mpf(0)
            points.append(
                Point(
                    resource=x,
                    scale=x,
                    loss=Value(value=size * (1 + remainder), error=size * error),
                    law=size,
                    remainder=remainder,
                    remainder_error=error,
                )
            )
            progress()
        return Verification(
            law=numeric,
            verdict=verdict,
            reason="as the stand-in was told",
            points=tuple(points),
            predicted=decay,
            measured=mpmath.mpf(1),
            measured_error=mpmath.mpf("2.1e-5") if decay != oo else mpmath.inf,
            exponent_predicted=regime.exponent,
            exponent_measured=mpmath.mpf(float(regime.exponent)),
            exponent_error=mpmath.mpf("1e-9"),
            next_ratio=None,
        )

    return verify


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(numerics.verification.run, "verify", stand_in())


def run(capsys, *arguments):
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


# What it prints


def test_derive_prints_each_regime(capsys):
    status, out, err = run(capsys, "derive")
    assert (status, err) == (0, "")
    for law in derive(power_law(a, b)):
        for line in repr(law).splitlines():
            assert f"  {line}\n" in out
    assert "conditions: b > 1, a > 1" in out


def test_derive_latex_is_that_of_the_laws(capsys):
    laws = derive(power_law(a, b))
    status, out, _ = run(capsys, "derive", "--latex", "--laws", "data,time")
    assert status == 0
    assert out.splitlines() == [laws.data.to_latex(), laws.time.to_latex()]


@pytest.mark.parametrize(
    "given_values",
    [
        ("--at", "a=4,b=2"),
        ("--at", "a=4", "b=2"),
        ("--at", "a=4", "--at", "b=2"),
        ("--at", " a = 8/2 , b = 2.0 "),
        ("--at", "b=2 a=sqrt(16)"),
    ],
)
def test_values(capsys, given_values):
    status, out, _ = run(capsys, "derive", "--laws", "model", *given_values)
    assert status == 0
    assert "L(N) ~ pi**2*zeta(2)/(4*N**2)" in out.replace("pi**4/(24*N**2)", "pi**2*zeta(2)/(4*N**2)")


@pytest.mark.usefixtures("quick")
def test_verify_prints_a_table(capsys):
    status, out, err = run(capsys, "verify")
    assert (status, err) == (0, "")  # no progress where nobody watches
    assert "lambda_k = k**(-b), c_k = k**(-a), a = 3/2, b = 5/4" in out
    rows = {line.split()[0]: line for line in out.splitlines() if line[:1].isalpha()}
    assert rows["time"].split()[1:3] == ["everywhere", "2/5"]
    assert "a - 1 < b" in rows["model"]
    assert "a - 1 < 2*b" in rows["data"]
    assert "1.00000   3e-5" in rows["data"]
    assert all(rows[name].endswith("HOLDS") for name in ("time", "model", "data"))
    assert out.endswith("all 3 laws hold\n")


@pytest.mark.parametrize(("verdict", "status"), [("HOLDS", 0), ("FAILS", 1), ("UNDECIDED", 1)])
def test_status_and_reason(capsys, monkeypatch, verdict, status):
    monkeypatch.setattr(numerics.verification.run, "verify", stand_in(verdict))
    found, out, err = run(capsys, "verify", "--laws", "model")
    assert (found, err) == (status, "")
    assert ("as the stand-in was told" in out) == bool(status)


def test_a_lower_bound_is_shown_as_one(capsys, monkeypatch):
    monkeypatch.setattr(numerics.verification.run, "verify", stand_in(decay=oo))
    _, out, _ = run(capsys, "verify", "--laws", "time")
    assert "oo         >= 1" in out
    assert "remainder oo: L/law - 1 falls faster than every power" in out


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("bottlenecks ")


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
    assert measured(mpmath.mpf(value), mpmath.mpf(error)) == shown


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
    assert all("(dimensionless)" in axes.get_ylabel() for axes in figure.axes)
    assert all("(dimensionless)" in axes.get_xlabel() for axes in bottom)
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


# Bad input: status 2, one line, nothing else

BAD = [
    # arguments, words of the line
    ((), "COMMAND"),
    (("prove",), "invalid choice: 'prove'"),
    (("derive", "--nope"), "unrecognized arguments: --nope"),
    (("derive", "a\nb"), "unrecognized arguments: a b"),
    (("derive", "--eigenvalues"), "expected one argument"),
    (("derive", "--eigenvalues", "foo"), "--eigenvalues 'foo', column 1: unknown name 'foo'"),
    (("derive", "--eigenvalues", ""), "--eigenvalues the expression is empty"),
    (("derive", "--target", "__import__('os')"), "is not part of an expression"),
    (("derive", "--target", "k**-"), "breaks off"),
    (("derive", "--noise", "lambda"), "lambda is a keyword"),
    (("derive", "--noise=-1"), "sigma must be a number >= 0"),
    (("derive", "--eigenvalues", "k**b"), "do not decay"),
    (("derive", "--eigenvalues=-k**-2"), "must be > 0"),
    (("derive", "--eigenvalues", "k**-1", "--laws", "model,data"), "diverges"),
    (("derive", "--target", "k**-1"), "diverges"),
    (("derive", "--target", "1"), "diverges"),
    (("derive", "--eigenvalues", "t**-k"), "t appears in the task but is a resource"),
    (("derive", "--laws", "space"), "unknown law 'space'"),
    (("derive", "--laws", ""), "unknown law ''"),
    (("derive", "--terms", "0"), "terms = 0"),
    (("derive", "--terms", "10**9"), "not a whole number"),
    (("derive", "--terms", "9" * 5000), "not a whole number"),
    (("derive", "--at", "a"), "give name=value"),
    (("derive", "--at", "a=b"), "b is not a number"),
    (("derive", "--at", "a=1/0"), "division by zero"),
    (("derive", "--at", "2=3"), "not a parameter"),
    (("derive", "--at", "a=2,a=3"), "gives a twice"),
    (("derive", "--at", "c=2"), "c is not a parameter of the task; its parameters: a, b"),
    (("derive", "--at", "a=-2"), "a = -2; a parameter must be positive"),
    (("derive", "--at", "a=1"), "a"),
    (("derive", "--at", "a=1e100"), "--target with the values of --at"),
    (("derive", "--target", "2**-(2**a)*k**-2", "--at", "a=1000"), "--target with the values of --at"),
    (("verify", "--at", "a=2"), "no value for b"),
    (("verify", "--eigenvalues", "k**-b"), "no value for a"),
    (("verify", "--at", "a=1/2,b=2"), "a"),
    (("verify", "--at", "a=2,b=1", "--laws", "data,model"), "b > 1"),
    (("verify", "--digits", "x"), "--digits 'x'"),
    (("verify", "--digits=-5"), "--digits '-5'"),
    (("verify", "--digits", "3"), "digits = 3"),
    (("verify", "--digits", "100000"), "digits = 100000"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input(capsys, arguments, words):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.startswith("bottlenecks: ")
    assert err.count("\n") == 1


def one_line_or_a_result(capsys, arguments):
    status, out, err = run(capsys, *arguments)
    assert status in (0, 1, 2)
    assert err.count("\n") == (status == 2)
    assert err.endswith("\n") or status != 2
    assert bool(out) == (status != 2)


texts = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="kab123.()*/+-^ ,=logsqrt", max_size=24),
    st.sampled_from(
        "k**-b k**-2 k^-a/3 (k+1/2)**-a log(k+1)**-2*k**-a 3*k**-b+k**-(2*b) 1/k exp(-k) k a".split()
    ),
)
values = st.one_of(texts, st.sampled_from(["a=3/2,b=5/4", "a=3 b=2", "a=2", "b=1.5", "a=1e3", "a=1,b=1"]))


@pytest.mark.usefixtures("quick")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    command=st.sampled_from([("verify",), ("derive",), ("derive", "--terms", "1", "--latex")]),
    eigenvalues=st.none() | texts,
    target=st.none() | texts,
    noise=st.none() | texts,
    at=st.none() | values,
    digits=st.none() | texts,
)
def test_arbitrary_text(capsys, command, eigenvalues, target, noise, at, digits):
    arguments = list(command)
    for option, text in (("eigenvalues", eigenvalues), ("target", target), ("noise", noise), ("at", at)):
        if text is not None:
            arguments.append(f"--{option}={text}")
    if digits is not None and command == ("verify",):
        arguments.append(f"--digits={digits}")
    one_line_or_a_result(capsys, arguments)


@given(st.lists(st.text(max_size=12), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_arguments(capsys, arguments):
    if not {"-h", "--help"} & set(arguments):
        one_line_or_a_result(capsys, arguments)


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


def test_as_a_program():
    command = [sys.executable, "-m", "numerics.cli"]
    done = subprocess.run([*command, "derive", "--at", "a=1/2"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    # A reader that leaves early does not cause a traceback.
    early = subprocess.run(
        f"{' '.join(command)} derive | true", shell=True, capture_output=True, text=True, timeout=60
    )
    assert early.stderr == ""


def test_derivations_are_checked(capsys, monkeypatch):
    command = ("derive", "--check", "--laws", "time,model", "--at", "a=3/2,b=5/4")
    status, out, _ = run(capsys, *command)
    assert status == 0 and out.count("holds") >= 2 and "L(N), test loss limited by model size" in out
    status, out, _ = run(capsys, "derive", "--check", "--laws", "time", "--at", "a=1/2,b=5/4")
    assert (status, out) == (1, "time: the condition a > 1 of the derivation fails at this point\n")
