"""Tasks, joint laws, ensembles and two tasks side by side, as a notebook shows them."""

import pickle
import re

import pytest
from IPython.core.formatters import DisplayFormatter
from latex2mathml.converter import convert

from asymptotics import (
    DomainError,
    Rich,
    Task,
    bottleneck_map,
    compare,
    compute_optimal,
    derive,
    ensembling,
    gains,
    harmonics,
    joint_law,
    power_law,
)
from asymptotics.symbols import N, P, a, b, k, sigma

LAWS = derive(power_law(a, b))
WHITE = Task(1, 1, modes=50)
SPHERE = Task(k**-b, k**-a, multiplicity=harmonics(3), noise="sigma")
FORMULAS = {
    "task": (lambda: power_law(a, b), r"\lambda_{k} = k^{-b},\quad c_{k} = k^{-a}"),
    "sphere": (lambda: SPHERE, r"m_{k} = 2 k + 1,\quad \sigma > 0"),
    "white": (lambda: WHITE, r"c_{k} = 1,\quad M = 50"),
    "joint": (
        lambda: joint_law(LAWS, N),
        r"\kappa_{0}^{\left(a - 1\right)/b}\, G_{\left(a - 1\right)/b}(\theta)",
    ),
    "joint data": (lambda: joint_law(LAWS, P), r"G_{2}(\theta, \theta) \\ \kappa_{0} &= "),
    "logarithm": (
        lambda: joint_law(derive(power_law(3, 2)), N),
        r"\left(\log{\kappa_{0}}\, G_{1}(\theta) + \partial_p G_p(\theta)\big|_{p = 1}\right)",
    ),
    "ensembles": (lambda: ensembling(LAWS)[1], r"\to E^{b - 1},\quad \text{for } a - 1 > b"),
    "ensemble": (
        lambda: ensembling(derive(power_law(2, 2)))[0],
        r"\frac{L(E \text{ of size } N)}{L(E N)} \to",
    ),
    "all ensembles": (lambda: ensembling(LAWS), r"\text{ models averaged, beside one of size } E N"),
    "map": (
        lambda: bottleneck_map(derive(power_law(2, 3))),
        r"\frac{P^{-l/3} \Gamma\left(\frac{1}{3}\right) \Gamma\left(\frac{5}{3}\right)}{3}",
    ),
    "gains": (
        lambda: gains(compute_optimal(LAWS, features=Rich(1)), compute_optimal(LAWS)),
        r"\text{ instead of } C^{-\left(a - 1\right)/\left(b + 1\right)},\quad \text{for } a - 1 < b",
    ),
    "two tasks": (lambda: compare(power_law(3, 2), power_law(2, 1)), r"\text{model} & "),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_notebook_shows_a_formula(name):
    value, part = FORMULAS[name]
    formula = DisplayFormatter().format(value())[0]["text/latex"].replace("\n", " ")
    assert formula.startswith("$") and formula.endswith("$") and part in formula
    assert formula.count("{") == formula.count("}") and "--" not in formula
    convert(formula.strip("$"))


def test_two_tasks_side_by_side():
    found = compare(power_law(3, 2), derive(power_law(2, 1)))
    assert found.exponents == {"time": (1, 1), "model": (2, None), "data": (2, None)}
    lines = repr(found).splitlines()
    assert lines[:4] == [
        "1: Task(eigenvalues=k**(-2), target=k**(-3))",
        "2: Task(eigenvalues=1/k, target=k**(-2))",
        "time:",
        f"  1  {derive(power_law(3, 2)).time!r}",
    ]
    assert any(line.startswith("  2  sum of 1/k diverges") for line in lines)
    html = found._repr_html_()
    assert html.count("<tr>") == 4 and "<td>sum of 1/k diverges" in html and "<th>time</th>" in html


def test_any_laws_are_compared():
    found = compare(power_law(a, b), power_law(b, a), ["gap", "noise"])
    assert list(found.exponents) == ["gap", "noise"]
    assert repr(found).count("L_") or repr(found).count("~") >= 4
    with pytest.raises(DomainError, match="no law is called 'speed'"):
        compare(power_law(3, 2), power_law(2, 2), "speed")
    with pytest.raises(DomainError, match="task = 3"):
        compare(3, power_law(2, 2))


def test_a_law_says_what_its_letters_and_functions_are():
    """gamma is the richness there, Gamma Euler's function; letters of the task are the user's own."""
    shown = str(derive(power_law("a", "b")).rich_time)
    assert "*Gamma((a - 1)/b)" in shown and "gamma(" not in shown
    assert "    Grown(s, x, y) = int_0^oo" in shown and shown.endswith("    gamma: richness")
    assert "gamma((a - 1)/b)" in str(derive(power_law("a", "b")).time)
    assert str(derive(power_law("sigma", "b")).time).count("\n") == 0
    assert "sigma: standard deviation of the label noise" in str(derive(power_law("a", "b")).noise)


def test_two_signs_are_one():
    """The zero of F - kappa F'/2 at negative ridges has (2 b + 1) with a sign before and in it."""
    shown = str(derive(power_law("a", "b")).optimal_ridge)
    assert "(2*b + 1)*zeta(a - 2*b)" in shown and "-2*b - 1" not in shown


@pytest.mark.parametrize("noise", [0, sigma])
@pytest.mark.parametrize("name", ["optimal_ridge", "optimal_ridge_value", "optimal_ridge_width"])
def test_signs_stand_in_front_of_sums(name, noise):
    """``-(-2*b - 1)`` and ``1/P**((-b - 1)/(2*b + 1))`` stood in laws of the best ridge."""
    law = getattr(derive(power_law(a, b, noise=noise)), name)
    assert not re.search(r"(?<!\*)[*/]\(-[\w*]+ - [\w*]+\)|P\*\*\(\(-|\(-\(-", str(law)), str(law)


def test_regions_stand_a_line_each_above_their_letters():
    """They were one line, with commas within and between them, in letters that were not told."""
    regions = bottleneck_map(derive(power_law(2, 3)))
    assert repr(regions).splitlines() == [
        "ridge, bias: P**(-l/3) for l < 3 and l < 3*n",
        "data, bias: 1/P for l > 3 and n > 1",
        "features, bias: P**(-n) for n < 1 and l > 3*n",
        (
            "    which of N = P**n features, P samples and the ridge rho = P**(-l) limits, "
            "and what leads; P -> oo"
        ),
    ]
    assert isinstance(regions, tuple) and regions == tuple(regions)
    assert repr(pickle.loads(pickle.dumps(regions))) == repr(regions)
    assert repr(ensembling(LAWS)).endswith("beside one of size E*N; t = P = oo, N -> oo")
    assert (
        repr(gains(*2 * [compute_optimal(LAWS)])).splitlines()[-1].startswith("    the loss that a budget C")
    )


@pytest.mark.parametrize(("size", "integrand"), [(N, "exp(theta*y)*x**p/y"), (P, "*x*x'/(y*y') dy dy'")])
def test_a_joint_law_says_what_its_functions_are(size, integrand):
    law, told = repr(joint_law(derive(power_law(3, 4)), size)).splitlines()
    assert "G[1/2](theta" in law
    assert told.startswith("    G[p](theta") and integrand in told and told.endswith(", y = -x**(3/4) + x")
