"""Results as tables and as formulas: pandas where it is there, HTML and LaTeX in a notebook."""

import sys

import mpmath
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from sympy import oo

from asymptotics import DomainError, UnableError, derive, power_law
from numerics import FullModel, Sweep, Value, verify
from numerics.sweeps.rows import Row
from numerics.values.tables import SHOWN

MODEL = FullModel(power_law(3, 2), N=50, digits=8)
TIMES = np.array([1.0, 10.0, 100.0])
ROWS = (
    Row(point={"a": "3/2", "b": 2}, result={"verdict": "HOLDS", "exponent": 0.5}, seconds=0.1),
    Row(point={"a": "5/2", "b": 1}, error={"type": "SpectrumError", "message": "b = 1; <b> needs more"}),
)


def shown(value):
    """What a notebook shows of a value, by kind."""
    return DisplayFormatter().format(value)[0]


def test_an_array_of_times_is_a_curve():
    curve = MODEL.test_loss(TIMES)
    assert curve == MODEL.curve(TIMES) == MODEL.test_loss([1, 10, 100])
    singles = [float(MODEL.test_loss(t)) for t in TIMES]
    assert [float(v) for v in curve] == pytest.approx(singles, rel=10.0**-MODEL.digits)
    assert float(MODEL.test_loss(np.float64(10))) == float(MODEL.test_loss(np.array(10.0)))
    with pytest.raises(DomainError, match="t = -1"):
        MODEL.test_loss([1, -1])


def test_frames_have_numbers_and_errors():
    curve = MODEL.test_loss(TIMES)
    frame = curve.to_dataframe()
    assert list(frame.columns) == ["t", "test_loss", "test_loss error"]
    assert frame["test_loss"].to_list() == np.asarray(curve).tolist()
    assert frame["test_loss error"].to_list() == curve.errors.tolist()
    assert frame.dtypes.map(str).eq("float64").all()

    check = verify(derive(power_law(3, 2)).time, digits=8)
    frame = check.to_dataframe()
    assert list(frame.columns) == [
        "t",
        "model",
        "model error",
        "law",
        "model/law - 1",
        "model/known orders - 1",
    ]
    assert len(frame) == len(check.points)
    assert (frame["model"] / frame["law"] - 1 - frame["model/law - 1"]).abs().max() < 1e-12

    frame = Sweep(path=None, rows=ROWS).to_dataframe()
    assert list(frame.columns) == ["a", "b", "verdict", "exponent", "error", "seconds"]
    assert frame["error"].isna()[0] and frame["error"][1] == "b = 1; <b> needs more"


def test_without_pandas_the_next_step_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UnableError, match=r"pip install pandas, or read .columns\(\)"):
        MODEL.test_loss(TIMES).to_dataframe()


def test_a_terminal_shows_a_line():
    assert repr(Sweep(path=None, rows=ROWS)) == "Sweep(2 points, 1 failed)"
    curve = MODEL.test_loss(TIMES)
    ends = [f"{float(curve[i]):.4g} at t = {TIMES[i]:g}" for i in (0, -1)]
    assert repr(curve) == f"Curve(test loss at 3 times: {', ..., '.join(ends)})"
    assert repr(verify(derive(power_law(3, 2)).time, digits=8)).startswith(
        "Verification(HOLDS time: exponent 1.0"
    )


def test_a_notebook_shows_tables():
    html = shown(Sweep(path=None, rows=ROWS))["text/html"]
    assert "<caption>2 points, 1 failed</caption>" in html
    assert "&lt;b&gt; needs more" in html and "<td>HOLDS</td>" in html
    curve = MODEL.test_loss(TIMES)
    html = shown(curve)["text/html"]
    assert html.count("<tr>") == 4 and "<th>test_loss</th>" in html
    assert all(str(value) in html for value in curve)
    at_thirds = shown(MODEL.test_loss([1 / 3, 20 / 3]))["text/html"]
    assert "<td>0.333333</td>" in at_thirds and "<td>6.66667</td>" in at_thirds
    long = Sweep(path=None, rows=ROWS * 50)
    assert f"... {100 - 2 * SHOWN} more ..." in shown(long)["text/html"]


VALUES = [
    (Value(value=mpmath.mpf("0.33333"), error=mpmath.mpf("0.00002")), "$0.33333(2)$"),
    (Value(value=mpmath.mpf("1.25e-9"), error=mpmath.mpf("1e-11")), r"$1.25(1) \cdot 10^{-9}$"),
    (Value(value=mpmath.mpf(2), error=mpmath.mpf(0)), "$2.0$"),
    (Value(value=mpmath.mpf(2), error=mpmath.mpf(3)), r"$2.0 \pm 3.0$"),
    (
        Value(value=mpmath.inf, error=mpmath.mpf(0), note="the loss diverges"),
        r"$\infty\ \text{the loss diverges}$",
    ),
]


@pytest.mark.parametrize("row", range(len(VALUES)))
def test_a_value_is_a_formula(row):
    value, formula = VALUES[row]
    assert shown(value)["text/latex"] == formula


def test_the_loss_at_infinity_is_a_formula():
    assert shown(MODEL.test_loss(oo))["text/latex"].startswith("$0.")
