"""LaTeX that can be pasted: signs, words, definitions and line lengths, over families, laws and notations."""

import re
import shutil
import subprocess

import pytest
from sympy import Symbol, gamma, log

from asymptotics import (
    DeepRandomFeatures,
    Linear,
    NonlinearFeatures,
    OnePassSGD,
    OptimalSchedule,
    Power,
    Rich,
    SpectralTruncation,
    StructuredFeatures,
    Tail,
    Task,
    WarmupStableDecay,
    compute_optimal,
    derive,
    joint_law,
    power_law,
)
from asymptotics.errors import BottleneckError
from asymptotics.kernels import gaussian, laplace, matern, relu_ntk
from asymptotics.lines import broken, width_of
from asymptotics.model.quantities import QUANTITIES
from asymptotics.notation import NOTATIONS
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.latex import read
from asymptotics.parsing.latex_writer import to_text
from asymptotics.symbols import N, P, a, b, rho
from asymptotics.typesetting import Writer

SYMBOLIC = derive(power_law(a, b))
WRONG = {
    "two signs": r"--|\+ -|- -",
    "a power of 0": r"\^\{-?\s*0\}",
    "infinity as a word": r"(?<![A-Za-z\\])oo(?![A-Za-z])",
    "a name of SymPy": r"(?<![A-Za-z\\])(sigma|eta|alpha|beta|kappa|[A-Z][a-z]*Sum|Sum)(?![A-Za-z])",
    "an operator in brackets": r"left\[(\\sigma|N\^|P\^)",
    "a power behind an argument": r"\\(sin|cos|tan|log|sinh|zeta|Gamma)(\{|\b)\\left\([^()]*\\right\)\}?\^",
    "a fraction in an exponent": r"\^\{[^{}]*\\frac",
    "a long line": r"[^\n]{120,}",
}
FAMILIES = [
    ("k**(-5/4)", "k**(-3/2)", ("model", "data", "early_stopping_time", "noise", "gap_noise")),
    ("k**-2*log(1+k)**3", "k**-3", ("time", "model", "data")),
    ("1/(k**2+k)", "(1+k)**-a", ("time", "model", "data")),
    ("20**-k", "2**-k", ("time", "model", "data")),
    ("exp(-k**(1/2))", "k**-2", ("time", "model", "data")),
    ("1.53*k**-1.749", "0.51*k**-1.416", ("time", "model", "data", "noise")),
]


def faults(latex):
    return [(what, found[0]) for what, wrong in WRONG.items() if (found := re.search(wrong, latex))]


@pytest.mark.parametrize("name", QUANTITIES)
def test_no_fault_in_the_laws_of_power_laws(name):
    law = getattr(SYMBOLIC, name)
    assert not faults(law.to_latex())
    for notation in (None, "2405.15074"):  # whole lines in any notation: below
        assert not faults(law.to_latex(notation, width=50))
    if not QUANTITIES[name].balances:
        assert not faults(law.expansion(2).to_latex())


@pytest.mark.parametrize("notation", NOTATIONS)
def test_no_fault_in_any_notation(notation):
    assert not faults(SYMBOLIC.to_latex(notation))


def test_no_fault_in_laws_of_two_resources_and_in_allocations():
    for size in (N, P):
        shown = joint_law(SYMBOLIC, size).to_latex()
        assert not faults(shown) and shown.count(r"G_p(\theta") == 1  # defined where it is used
    optimum = compute_optimal(SYMBOLIC, N * P)
    assert not faults(optimum.to_latex())
    assert not any(faults(phase.to_latex()) for phase in optimum.phases)


def test_no_fault_in_laws_of_schedules_and_averages():
    for shape in (Linear(), OptimalSchedule()):
        assert not faults(SYMBOLIC.schedule(shape).to_latex(width=50))
        assert not faults(SYMBOLIC.best_step(shape).to_latex(width=50))
    assert not faults(SYMBOLIC.averaged.to_latex(width=50))


@pytest.mark.parametrize(
    "student",
    [
        DeepRandomFeatures(widths=("N", "N")),
        SpectralTruncation(),
        StructuredFeatures(eigenvalues="k**-2"),
        NonlinearFeatures(linear=1, white=1),
    ],
    ids=lambda student: type(student).__name__,
)
def test_no_fault_in_laws_of_students(student):
    laws = derive(power_law(a, b), student=student)
    for name in ("time", "model", "data"):
        if not laws.refusal(name):
            assert not faults(getattr(laws, name).to_latex(width=50))


KERNELS = [
    (relu_ntk(d=3), "k**-3", ("time", "model", "data", "noise", "model_transient")),
    (matern(nu="3/2", d=2), "k**-2", ("time", "model", "data", "noise")),
    (matern(nu=Symbol("nu", positive=True), d=2), "k**-2", ("time", "model", "data", "noise")),
    (gaussian(d=2), "2**-k", ("time", "noise", "model_transient")),
    (laplace(d=3), "k**-4", ("time", "model", "data")),
]


@pytest.mark.parametrize(("kernel", "target", "names"), KERNELS, ids=[str(row[0]) for row in KERNELS])
def test_no_fault_in_laws_of_kernels(kernel, target, names):
    laws = derive(Task.from_kernel(kernel, target=target))
    for name in names:
        law = getattr(laws, name)
        assert not faults(law.to_latex()) and not faults(law.to_latex(width=50))


def test_the_least_place_of_a_long_function_is_set_on_lines():
    """It was shrunk until no one could read it."""
    shown = SYMBOLIC.noiseless_step.to_latex(width=60)
    assert shown.count(r"\Bigl[") == shown.count(r"\Bigr]") >= 2
    assert r"\resizebox" not in shown


@pytest.mark.parametrize("name", ["model", "bias_model", "variance_model"])
def test_no_fault_in_laws_of_growing_modes(name):
    assert not faults(getattr(derive(power_law(a, b, modes="r*N")), name).to_latex(width=50))


@pytest.mark.parametrize(
    ("noise", "cost", "options"),
    [
        (0, "N*t", {"features": Rich(gamma=1)}),
        (0, "N*t", {"rule": OnePassSGD}),
        pytest.param(
            "sigma", "N*t", {"rule": OnePassSGD, "schedule": OptimalSchedule()}, marks=pytest.mark.slow
        ),
        pytest.param("sigma", "N*P", {"free": (N, P, rho)}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_no_fault_in_budgets(noise, cost, options):
    optimum = compute_optimal(derive(power_law(a, b, noise=noise)), cost, **options)
    for notation in (None, "2405.15074"):
        assert not faults(optimum.to_latex(notation))
    assert not any(faults(phase.to_latex()) for phase in optimum.phases)


@pytest.mark.slow
def test_no_fault_in_further_averages_and_schedules():
    gamma = Symbol("gamma", positive=True)
    for law in (
        SYMBOLIC.average(Tail(fraction=0.5)),
        SYMBOLIC.schedule(Power(gamma=gamma)),
        SYMBOLIC.schedule(WarmupStableDecay(fraction=0.2)),
        SYMBOLIC.decay_fraction,
        SYMBOLIC.optimal_step,
    ):
        assert not faults(law.to_latex(width=50))


def test_scaling_functions_are_defined_beside_the_law():
    shown = derive(power_law(a, b, modes="r*N")).model.to_latex()
    assert r"S_{ij}(p; b, r, u) =" in shown and r"u_0(b, r)\text{: the }" in shown and not faults(shown)


@pytest.mark.parametrize(("eigenvalues", "target", "names"), FAMILIES, ids=str)
def test_no_fault_in_other_families(eigenvalues, target, names):
    laws = derive(Task(eigenvalues=eigenvalues, target=target))
    for name in names:
        try:
            law = getattr(laws, name)
        except BottleneckError:
            continue
        assert not faults(law.to_latex())
        if "mathcal{R}" in law.to_latex():
            assert law.to_latex().count("continued analytically") == 1


@pytest.mark.parametrize("name", ["time", "data", "gap", "early_stopping"])
def test_no_fault_in_derivations(name):
    derivation = getattr(SYMBOLIC, name).derivation
    assert not faults(derivation.to_latex())
    assert {what for what, _ in faults(derivation.to_markdown())} <= {"a long line"}


def test_numbers_beside_each_other_have_a_dot_and_logarithms_one_power():
    assert r"1.11313 \cdot 2^{-N}" in derive(Task(eigenvalues="20**-k", target="2**-k")).model.to_latex()
    slow = derive(Task(eigenvalues="k**-2*log(1+k)**3", target="k**-3")).time.to_latex()
    assert r"2 t^{-1} \log^{-3}{\left(t \right)}" in slow.replace("\n", " ")
    sides = derive(Task("exp(-4*k)", "k**-4", multiplicity="2*k+1"))
    assert r"16 \log^{-2}{\left(t \right)} + O" in sides.time.to_latex()
    assert "level(sqrt(N) - 1/2)" in repr(derive(Task("2**-k", "3**-k", multiplicity="2*k+1")).model)


def test_growth_has_one_sign_and_a_constant_no_power():
    assert r"t^{1/b} + O\left(\frac{1}{P}\right)" in SYMBOLIC.noise.to_latex().replace("\n", " ")
    assert r"P^{b/a}" in SYMBOLIC.early_stopping_time.to_latex()


def test_a_long_prefactor_has_a_name_and_a_line_of_its_own():
    law = SYMBOLIC.data_transient
    lines = repr(law).splitlines()
    assert lines[0].startswith("L(t, P) - L(t) ~ A/t**(") and lines[1].startswith("    A = pi**2*(")
    assert r"A_{1} &= " in law.to_latex() and r"A_{1} t^{-\left(a - 2\right)/b}" in law.to_latex()
    assert len(lines) == len(law.regimes) + 1


def test_the_name_of_a_prefactor_is_no_letter_of_the_task():
    law = derive(Task(eigenvalues="A*k**-b", target="k**-a")).data_transient
    assert "K = " in repr(law) and "K_{1} &= " in law.to_latex()


def test_lines_keep_to_a_width():
    law = SYMBOLIC.data_transient
    rows = re.split(r"\\\\\n", law.to_latex(width=45))
    assert max(width_of(row) for row in rows if "cases" not in row) < 60
    assert len(rows) > len(re.split(r"\\\\\n", law.to_latex()))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_the_laws_fit_a_page_without_being_shrunk(tmp_path):
    shown = [getattr(SYMBOLIC, name).to_latex(width=70) for name in ("data_transient_second", "sgd_noise")]
    shown += [SYMBOLIC.to_latex(width=70), SYMBOLIC.model.expansion(3).to_latex(width=70)]
    body = "\n".join(rf"\[{one}\]" for one in shown)
    packages = r"\usepackage[a4paper,margin=20mm]{geometry}\usepackage{amsmath,amssymb}"
    (tmp_path / "laws.tex").write_text(
        rf"\documentclass{{article}}{packages}\begin{{document}}{body}\end{{document}}"
    )
    run = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "laws.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Overfull" not in run.stdout


@pytest.mark.parametrize("width", [10, 14, 20, 30, 45])
@pytest.mark.parametrize(
    "formula",
    [
        -(a + b) * gamma(a * b + a**2 / b + b**2 / a),
        b * gamma(a) - (a + b) * gamma(a * b + a**2 / b + b**2 / a),
        1 / (1 - (a + b) / (a * gamma(a + b))),
        -(a + b) / (1 - (a + b) * log(a) / (a * gamma(a + b))) / gamma(a * b + a**2),
        (a + b) / (1 + a + b + a * b + a**2 * b**2 + b**3) - log(a * b + a + b) * (b - a) * (2 - a),
    ],
)
def test_a_formula_on_several_lines_is_the_same_formula(formula, width):
    """Each line is read back by the parser of claims: a sign on a line of its own took a factor with it."""
    whole = " ".join(broken(formula, width, Writer()))
    source = read(whole.replace(r"\Bigl", r"\left").replace(r"\Bigr", r"\right"))
    found = parse(to_text(source, source.items)[0], symbols={"a": a, "b": b})
    for place in ({a: 1.7, b: 0.6}, {a: 0.3, b: 2.9}):
        assert found.subs(place).evalf() == pytest.approx(formula.subs(place).evalf(), rel=1e-9)
