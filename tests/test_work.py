"""Work is counted: sums, nodes and roots of a verification, of a curve and of a derivation have bounds.

Each bound is about a third above what is done now; the counts do not depend on the machine.
"""

from __future__ import annotations

import tracemalloc
from collections import Counter

import numpy as np
import pytest

from asymptotics import derive, power_law
from asymptotics.caches import clear_caches
from asymptotics.expansions import vanishing
from asymptotics.model.expander import Expander
from asymptotics.symbols import a, b
from asymptotics.transforms.dirichlet import DirichletSeries
from numerics import FullModel, verify
from numerics.model import plain_windows, rough_roots, solved_windows
from numerics.sums import spectral_sums
from numerics.sums.node_rules import RuleBook
from numerics.sums.spectral_sums import SpectralSums

LAWS = derive(power_law(a, b))
PLACE = {a: "3/2", b: "5/4"}


@pytest.fixture
def work(monkeypatch):
    """How often what costs is done, in caches that are empty."""
    counts: Counter[str] = Counter()

    def count(owner, name, what, size=lambda *_: 1):
        function = getattr(owner, name)

        def counted(*arguments, **options):
            counts[what] += size(*arguments)
            return function(*arguments, **options)

        monkeypatch.setattr(owner, name, counted)

    count(solved_windows, "doubled_sums", "nodes doubled", lambda rule, kappa, *_: kappa.re[0].size)
    count(plain_windows, "_sums", "nodes plain", lambda rule, kappa, *_: len(kappa))
    count(SpectralSums, "one_point", "nodes alone", lambda sums, kappa, *_: len(kappa))
    count(spectral_sums, "sums_at", "sums in long numbers")
    for owner in (solved_windows, plain_windows):
        count(owner, "rough_roots", "roots", lambda logs, *_: len(logs))
    count(rough_roots, "correct_roots", "corrections of roots")
    count(RuleBook, "_build", "rules of nodes")
    count(DirichletSeries, "spectral_sum", "sums by residues")
    count(Expander, "__call__", "expressions expanded")
    count(vanishing, "zero_test", "tests for zero")
    clear_caches()
    return counts


VERIFIED = {
    "model": {"nodes alone": 55, "rules of nodes": 8, "sums by residues": 8, "tests for zero": 25},
    "model_transient": {"nodes plain": 250, "roots": 250, "rules of nodes": 1, "tests for zero": 75},
    "data_transient": {"nodes plain": 270, "roots": 270, "rules of nodes": 1, "expressions expanded": 55},
    "early_stopping": {
        "nodes plain": 960,
        "nodes doubled": 430,
        "nodes alone": 30,
        "roots": 1400,
        "rules of nodes": 30,
        "corrections of roots": 210,
        "expressions expanded": 400,
    },
    "sgd_noise": {"nodes doubled": 700, "nodes alone": 350, "rules of nodes": 5, "sums by residues": 8},
    "sgd_noise_transient": {"nodes doubled": 620, "nodes alone": 310, "rules of nodes": 4},
    "time_discrete": {"rules of nodes": 2, "sums by residues": 4, "expressions expanded": 35},
}
"""By law the most that each may take at one point, to 15 digits."""
NODES = ("nodes plain", "nodes doubled", "nodes alone")


def assert_within(work, bounds):
    for what, most in bounds.items():
        assert 0 < work[what] <= most, (what, work[what])
    assert all(work[what] == 0 for what in NODES if what not in bounds)


@pytest.mark.parametrize("name", VERIFIED)
def test_of_a_verification(name, work):
    assert verify(getattr(LAWS, name), at=PLACE, digits=15)
    assert_within(work, VERIFIED[name])


def test_the_end_of_training_is_solved_once_for_features_samples_and_batches(work):
    alone = [0]
    for name in ("model", "data", "sgd_noise_model"):
        assert verify(getattr(LAWS, name), at=PLACE, digits=15)
        alone.append(work["nodes alone"])
    assert alone[2] == alone[1]
    assert alone[3] <= alone[2] + 35


def test_of_a_curve(work):
    FullModel(power_law("3/2", "5/4"), N=10**6, P=10**7).curve(np.logspace(0, 12, 200))
    bounds = {"nodes doubled": 1100, "roots": 1100, "corrections of roots": 9, "rules of nodes": 6}
    assert_within(work, bounds)


def test_of_a_loss_to_thirty_digits(work):
    """Two lattices of one window, and one sum in long numbers at each node."""
    FullModel(power_law("3/2", "5/4"), N=10**6, P=10**7, digits=30).test_loss(10**5)
    assert_within(work, {"nodes doubled": 100, "sums in long numbers": 100, "rules of nodes": 5})


def test_of_a_checked_derivation(work):
    assert derive(power_law(a, b)).time.derivation.check(at=PLACE).passed
    assert_within(work, {"expressions expanded": 26, "sums by residues": 6, "tests for zero": 18})


@pytest.mark.slow
def test_memory_beside_arrays():
    """Less than their own, and what does not grow with them, beside a million modes."""
    k = np.arange(1.0, 10**6 + 1)
    eigenvalues, power = k**-1.25, k**-1.5
    tracemalloc.start()
    FullModel.from_arrays(eigenvalues, power, N=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.9 * (eigenvalues.nbytes + power.nbytes)


def test_of_derivations(work):
    laws = derive(power_law(a, b))
    for name in ("time", "model", "data", "model_transient", "data_transient", "sgd_noise"):
        assert getattr(laws, name).regimes
    assert_within(work, {"expressions expanded": 215, "sums by residues": 24, "tests for zero": 105})


def test_lines_of_a_domain_are_derived_when_they_are_asked_for(work):
    law = derive(power_law(a, b)).data_transient
    assert len(law.at(PLACE).regimes) == 1
    beside = work["expressions expanded"]
    assert any(regime.is_boundary for regime in law.regimes)
    assert work["expressions expanded"] > beside + 10
