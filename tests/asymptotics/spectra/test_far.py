"""Spectra known far out alone: constants of the tail stand, sums over all modes are letters."""

import mpmath
import numpy as np
import pytest
from sympy import Rational, Symbol

from asymptotics import (
    Law,
    NonlinearFeatures,
    SpectralTruncation,
    Task,
    check_claim,
    derive,
    spectral_sum,
)
from asymptotics.errors import DomainError, UnableError
from asymptotics.kernels import laplace, matern, relu_ntk, sobolev
from asymptotics.spectra.far import UnknownSum

REACH = 1500
"""Points of the lattice up to this length are counted."""


class Lattice:
    """The Matern kernel on the torus in two dimensions, with every mode of Z^2: sums by counting points."""

    def __init__(self, smooth: float, nu: float) -> None:
        axis = np.arange(-REACH, REACH + 1, dtype=np.int64) ** 2
        squares = (axis[:, None] + axis).ravel()
        counts = np.bincount(squares[squares <= REACH**2])
        self.j = np.flatnonzero(counts)[1:]  # without the constant
        self.count = counts[self.j]
        self.smooth, self.nu = smooth, nu

    def spectrum(self, j):
        # 2^2 pi Gamma(nu+1) (2 nu)^nu/Gamma(nu) (2 nu + 4 pi^2 |n|^2)^-(nu+1) at d = 2, length 1
        nu = self.nu
        lam = 4 * np.pi * nu * (2 * nu) ** nu * (2 * nu + 4 * np.pi**2 * j) ** -(nu + 1.0)
        return lam, (1.0 + j) ** -(self.smooth + 1.0)

    def sum(self, f) -> float:
        inner = float((self.count * f(*self.spectrum(self.j))).sum())
        # pi points to a unit of |n|^2 on average
        v = np.linspace(0, 60, 60_001)
        j = REACH**2 * np.exp(v)
        values = np.pi * f(*self.spectrum(j)) * j
        return inner + float(((values[1:] + values[:-1]) / 2).sum() * (v[1] - v[0]))

    def loss(self, size: float) -> float:
        """``Xi(kappa)`` at ``df1(kappa) = size``."""
        low, high = -60.0, 5.0
        for _ in range(60):
            middle = (low + high) / 2
            kappa = np.exp(middle)
            resolved = self.sum(lambda lam, c, kappa=kappa: lam / (lam + kappa))
            low, high = (middle, high) if resolved > size else (low, middle)
        kappa = np.exp(low)
        return self.sum(lambda lam, c: c * kappa / (lam + kappa))


@pytest.mark.parametrize(
    ("smooth", "letter"), [pytest.param("1/2", False, marks=pytest.mark.slow), ("1", False), ("4", True)]
)
def test_laws_on_the_torus_hold_for_the_modes_of_the_lattice(smooth, letter):
    """Prefactors of the tail are those of the true kernel; a letter is the sum over its modes."""
    law = derive(Task.from_kernel(matern(nu="1/2", d=2), target=sobolev(smooth))).model
    lattice = Lattice(float(Rational(smooth)), 0.5)
    numbers = {"S_{1}": lattice.sum(lambda lam, c: c / lam)} if letter else {}
    assert {s.name for s in law.parameters} == set(numbers)
    off = [lattice.loss(size) / law(size, numbers) - 1 for size in (100, 3000)]
    order = float(law.regimes[0].remainder - law.regimes[0].exponent)
    assert abs(off[1]) < 0.1
    assert abs(off[1] / off[0]) < 2 * 30**-order


def test_a_law_ends_where_the_tail_is_not_known():
    """At d = 2, e = 1/2, b = 3/2: orders of ``kappa^(e/b)`` behind the first are not stated."""
    laws = derive(Task.from_kernel(matern(nu="1/2", d=2), target=sobolev("1/2")))
    for law, size in ((laws.time, 1), (laws.model, Rational(3, 2)), (laws.data, Rational(3, 2))):
        series = law.expansion(terms=4)
        first = series.terms[0].order
        assert [term.order for term in series.terms] == [first]
        assert series.remainder_order == first + Rational(1, 3) * size


@pytest.mark.slow
def test_a_dimension_as_letter_is_the_kernel_at_numbers():
    """laplace(d) at d = 3 is laplace(3): as it stands, or with its sum where all modes lead."""
    general = derive(Task.from_kernel(laplace("d"), target=sobolev("nu")))
    tail, special = general.model.at(d=3, nu=1), derive(Task.from_kernel(laplace(3), target=sobolev(1))).model
    assert abs(tail(1000) / special(1000) - 1) < 1e-12
    kernel = laplace(3)
    rows = ((2 * k + 1, kernel.eigenvalue(k), (1 + k * (k + 1)) ** -4.0) for k in range(1, 400))
    total = sum(m * c / float(lam) for m, lam, c in rows)
    whole = general.model.at(d=3, nu=3)
    assert whole.parameters == (UnknownSum("S_{1}", real=True),)
    special = derive(Task.from_kernel(kernel, target=sobolev(3))).model
    assert abs(whole(1000, {"S_{1}": total}) / special(1000) - 1) < 1e-6
    assert general.data.exponent == 2 * general.bias_model.exponent / 2


def test_letters_are_told_and_kept():
    law = derive(Task.from_kernel(matern(nu="1/2", d=2), target=sobolev(4))).data
    assert "S_{2} is the sum over all modes of m_k c_k/lambda_k^(2)" in str(law)
    assert r"S_{2} = \textstyle\sum_k m_k c_k \lambda_k^{-(2)}" in law.to_latex()
    assert Law.from_dict(law.to_dict()) == law
    assert Task.from_dict(law.task.to_dict()).known == Rational(1, 2)
    with pytest.raises(DomainError, match=r"S_\{2\}"):
        law(1000)
    check = law.derivation.check()
    assert not check.failed
    assert all("not known" in step.note for step in check.steps if step.verdict == "undecided")
    assert check_claim("P**-3", law).headline.startswith("HOLDS")


@pytest.mark.slow
def test_the_symbolic_matern_torus_has_its_laws():
    nu, mu, d = (Symbol(s, positive=True) for s in ("nu", "mu", "d"))
    laws = derive(Task.from_kernel(matern(nu="nu", d="d"), target=sobolev("mu")))
    assert (laws.time.exponent - 2 * mu / (2 * nu + d)).simplify() == 0
    values = {d: 2, nu: Rational(1, 2), mu: Rational(1, 2)}
    special = derive(Task.from_kernel(matern(nu="1/2", d=2), target=sobolev("1/2")))
    for name in ("time", "model", "data"):
        general = getattr(laws, name).at(values)
        assert abs(general(100) / getattr(special, name)(100) - 1) < 1e-12


def test_what_needs_the_whole_spectrum_is_refused_by_name():
    laws = derive(Task.from_kernel(matern(nu="1/2", d=2), target=sobolev("1/2")))
    for name in ("sgd_noise", "critical_batch"):
        with pytest.raises(UnableError, match=r"known = 1/2.*sum over all modes"):
            getattr(laws, name)
    with pytest.raises(DomainError, match="known = -1"):
        Task("k**-2", "k**-2", known=-1)


@pytest.mark.slow
def test_classes_of_parity_have_letters_of_their_own():
    law = derive(Task.from_kernel(relu_ntk("d", depth=2), target="k**-a")).model
    letters = {one.name for regime in law.regimes for one in regime.prefactor.atoms(UnknownSum)}
    assert letters == {"S1_{1}", "S2_{1}"}


def test_a_letter_is_the_finite_part_where_its_sum_diverges():
    """At a - 1 = b the constant beside the logarithm, by the true sums of ``(k^2 + 1)^-1``, ``k^-3``."""
    own = Task("1/(k**2 + 1)", "k**-3")
    far = Task("1/(k**2 + 1)", "k**-3", known=2)
    series = [derive(task).model.expansion(terms=2) for task in (own, far)]
    first, second = ([t.coefficient for t in one.terms if t.order == 2] for one in series)
    assert first[0] == second[0]
    (letter,) = second[1].atoms(UnknownSum)
    # sum_k k^-3 (k^2 + 1) less its pole: gamma + zeta(3)
    value = mpmath.euler + mpmath.zeta(3)
    assert abs((first[1] - second[1].xreplace({letter: value})).evalf(20)) < 1e-13


def test_sums_of_other_kinds_end_too_or_are_refused():
    task = Task.from_kernel(matern(nu="1/2", d=2), target=sobolev("1/2"))
    series = derive(task, student=SpectralTruncation()).model.expansion(terms=3)
    assert [term.order for term in series.terms] == [Rational(1, 2)]
    assert series.remainder_order == 1
    assert "S_{" not in str(spectral_sum("exp(-u)", task, terms=1))
    with pytest.raises(UnableError, match="sums over all modes lead"):
        spectral_sum("exp(-u)", task, to=0)
    with pytest.raises(UnableError, match="laws of nonlinear features need the whole spectrum"):
        _ = derive(task, student=NonlinearFeatures(linear="1/2", white=1)).model
