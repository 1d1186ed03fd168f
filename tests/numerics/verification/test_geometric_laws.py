"""Laws of geometric spectra against the full model."""

from __future__ import annotations

from itertools import pairwise

import mpmath
import pytest
from exponential_sums import SYMBOLIC, exact_end, task
from sympy import Rational, exp, log, oo

from asymptotics import Task, derive
from asymptotics.laws.derive import Laws
from asymptotics.symbols import P
from numerics import FullModel, verify
from numerics.cli import main
from numerics.verification.grids import gauge_grid

SLOW_PAIRS = [pytest.param(*pair, marks=pytest.mark.slow) for pair in (("1/2", "1/3"), ("1/7", "1/9"))]


# --- against the full model ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("r", "s"), [("1/2", "1/3"), pytest.param("1/10", "9/10", marks=pytest.mark.slow), ("1/1000", "1/3")]
)
def test_full_model_against_direct_sums(r, s):
    """The full model's losses at t = oo and in time, and their errors."""
    with mpmath.workdps(60):
        x, y = (mpmath.mpf(Rational(v).p) / Rational(v).q for v in (r, s))
        for size in (3, 11):
            exact = exact_end(x, y, size)
            for name, key in (("model", "N"), ("data", "P")):
                found = FullModel(SYMBOLIC, {"rho": r, "tau": s}, digits=25, **{key: size}).test_loss(oo)
                assert abs(found.value - exact[name]) <= found.error < abs(found.value) * 1e-24
        direct = mpmath.fsum(y**k * mpmath.exp(-2000 * x**k) for k in range(1, 1500))
        found = FullModel(SYMBOLIC, {"rho": r, "tau": s}, digits=25).test_loss(1000)
        assert abs(found.value - direct) <= found.error < direct * 1e-23


@pytest.mark.parametrize(
    ("r", "s"), [("1/20", "1/2"), *SLOW_PAIRS, pytest.param("1/50", "1/40", marks=pytest.mark.slow)]
)
def test_time_law_holds_and_without_its_oscillation_fails(r, s):
    law = Laws(task=task(r, s)).time
    assert verify(law).verdict == "HOLDS"
    mean = law.oscillation.mean
    assert verify(law.stating(prefactor=mean)).verdict == "FAILS"
    assert verify(law.stating(prefactor=law.regimes[0].prefactor * Rational(1001, 1000))).verdict == "FAILS"
    assert verify(law.stating(exponent=law.exponent + Rational(1, 1000))).verdict == "FAILS"


@pytest.mark.parametrize(
    ("r", "s"), [("1/10", "2/3"), *SLOW_PAIRS, pytest.param("1/3", "1/3", marks=pytest.mark.slow)]
)
def test_model_law_holds_and_mutants_fail(r, s):
    law = Laws(task=task(r, s)).model
    (regime,) = law.regimes
    found = verify(law)
    assert found.verdict == "HOLDS" and abs(found.next_ratio - 1) < 1e-6
    for mutant in (
        law.stating(prefactor=regime.prefactor * Rational(1001, 1000)),
        law.stating(exponent=regime.exponent * Rational(999, 1000)),
        law.stating(log_power=regime.log_power + 1),
    ):
        assert verify(mutant).verdict == "FAILS"


HIDDEN = {("sgd_noise_model", "1/10", "1/3")}
"""What falls exponentially stands above ``N^-4`` up to N = 26, where 10^-14 is left: no power is settled."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        *("data", "bias_model", "variance_model", "bias_data", "variance_data", "model_transient"),
        *("gap_noise", "noise", "sgd_noise_model", "time_discrete", "time_momentum"),
        "time_discrete_momentum",
    ],
)
@pytest.mark.parametrize(("r", "s"), [("1/2", "1/3"), ("1/10", "1/3"), ("1/20", "1/2"), ("1/2", "1/4")])
def test_every_law_holds(name, r, s):
    found = verify(getattr(derive(SYMBOLIC), name), at={"rho": r, "tau": s})
    assert found.verdict == ("UNDECIDED" if (name, r, s) in HIDDEN else "HOLDS"), str(found)


@pytest.mark.slow
def test_noisy_data_law_grows_with_the_number_of_samples():
    """``sigma^2 df2/(P - df2) ~ sigma^2 P log(1/rho)``: each sample more is fitted with more noise."""
    law = Laws(task=Task(eigenvalues="2**-k", target="3**-k", noise="1/2")).data
    assert law.exponent == 0 and law.log_power == 1
    assert verify(law).verdict == "HOLDS"


def test_grid_of_an_exponential_law_is_whole_and_even():
    grid = gauge_grid(exp(P), P, log(20), 13)
    steps = {b - a for a, b in pairwise(grid)}
    assert len(grid) == 13 and len(steps) == 1 and all(x.is_Integer for x in grid)


@pytest.mark.slow
def test_command_line(capsys):
    options = ["--eigenvalues", "rho**k", "--target", "tau**k"]
    assert main(["derive", *options]) == 0
    assert main(["verify", *options, "--at", "rho=1/3,tau=1/2"]) == 0
    text = capsys.readouterr().out
    assert "tau**N" in text and text.count("HOLDS") >= 3
