"""The critical batch of N features where modes grow with N, below b = 1 and above."""

import numpy as np
import pytest
from sympy import Rational, log

from asymptotics import OnePassSGD, check_claim, derive, power_law
from asymptotics.errors import DomainError, SpectrumError
from asymptotics.symbols import N, a, b, eta, k, r
from asymptotics.tasks.task import Task
from numerics import FullModel, verify

LAW = derive(power_law(a, b, modes=r * N)).critical_batch_model


def summed(scale, decay, ratio, size, step, noise=0.0, power=2.5):
    """``(1 + sigma^2/Xi) sum lambda/(|x| - lambda)`` with ``x = -2/eta + x df1(x)/N``: plain sums."""
    index = np.arange(1, ratio * size + 1.0)
    eigenvalues = scale * index**-decay
    place = -2 / step
    for _ in range(60):
        place = -2 / step + place * np.sum(eigenvalues / (eigenvalues + place)) / size
    batch = -np.sum(eigenvalues / (eigenvalues + place))
    if not noise:
        return batch
    low, high = 1e-12, 10.0
    for _ in range(200):
        middle = np.sqrt(low * high)
        full = np.sum(eigenvalues / (eigenvalues + middle)) > size
        low, high = (middle, high) if full else (low, middle)
    left = np.sum(index**-power * middle / (eigenvalues + middle))
    return batch * (left + noise**2) / left


# (scale, b, r, eta, sigma, and the relative distance that three orders leave at N = 10^5)
@pytest.mark.parametrize(
    ("scale", "decay", "ratio", "step", "noise", "close"),
    [
        (1, "4/5", 2, "1/4", 0, 1e-4),
        (3, "1/2", 3, "1/4", 0, 1e-6),
        (1, 1, 2, "1/4", 0, 1e-12),
        (1, "3/10", 2, "1/4", 1, 3e-4),
        ("1/2", "3/2", 2, "1/2", 0, 1e-7),
    ],
)
def test_sums_over_modes(scale, decay, ratio, step, noise, close):
    scale, decay, step = Rational(scale), Rational(decay), Rational(step)
    task = Task(eigenvalues=scale * k**-decay, target=k ** -Rational(5, 2), noise=noise, modes=ratio * N)
    found = derive(task).critical_batch_model.expansion(terms=3)
    law = sum(x.coefficient * N**-x.order * log(N) ** x.log_power for x in found.terms)
    number = float(law.subs({N: 10**5, eta: step}).evalf(15))
    own = summed(float(scale), float(decay), ratio, 10**5, float(step), float(noise))
    assert number == pytest.approx(own, rel=close)


@pytest.mark.parametrize(
    ("claim", "where", "holds"),
    [
        ("eta*r**(1 - b)*N**(1 - b)/(2*(1 - b))", "b < 1", True),  # eta Tr/2
        ("eta*log(N)/2", "b = 1", True),
        ("eta*r**(1 - b)*N**(1 - b)/(1 - b)", "b < 1", False),
        ("N**(1 - b)", "b > 1", False),
    ],
)
def test_claims(claim, where, holds):
    assert check_claim(claim, LAW, assuming=[where]).everywhere is holds


def test_above_one_it_is_that_of_infinitely_many_modes():
    ours, theirs = (derive(power_law(3, "3/2", modes=modes)).critical_batch_model for modes in ("2*N", "oo"))
    assert ours.exponent == theirs.exponent == 0
    assert float(ours.prefactor.subs(eta, Rational(1, 4)).evalf(15)) == pytest.approx(
        float(theirs.prefactor.subs(eta, Rational(1, 4)).evalf(15)), rel=1e-12
    )


def test_what_batches_add_at_a_step_that_does_not_fall_is_no_law_below_one():
    with pytest.raises(SpectrumError, match="b = 4/5: the trace grows with N"):
        _ = derive(power_law(3, "4/5", modes="2*N")).sgd_noise_model
    assert (b > 1) in derive(power_law(a, b, modes=r * N)).sgd_noise_model.conditions


def test_the_derivation_is_checked():
    law = derive(power_law("5/2", "4/5", modes="2*N")).critical_batch_model
    assert law.derivation.check(at={eta: "1/4"}, digits=12).passed


@pytest.mark.slow
@pytest.mark.parametrize(("decay", "noise"), [("4/5", 0), (1, 0), ("3/10", "1/2"), ("3/2", 0)])
def test_full_model(decay, noise):
    law = derive(power_law("5/2", decay, modes="2*N", noise=noise)).critical_batch_model
    assert verify(law, at={eta: "1/4"}, digits=20).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.prefactor * (1 + Rational(1, 100)))
    assert verify(wrong, at={eta: "1/4"}, digits=20).verdict == "FAILS"


@pytest.mark.parametrize(
    ("ask", "given"),
    [
        (lambda laws: laws.sgd_noise.at(eta=3, B=1), "eta = 3, B = 1"),
        (lambda laws: laws.sgd_noise(1000, eta="11/20", B=1), "eta = 11/20, B = 1"),  # K > 1, none overshoots
        (lambda laws: laws.critical_batch(1000, eta=3), "eta = 3"),
    ],
)
def test_steps_beyond_stability_have_no_law(ask, given):
    """It had a negative noise, -0.24 t^(-2/3)."""
    with pytest.raises(DomainError, match=f"^{given}: beyond stability, .*give a smaller eta"):
        ask(derive(power_law(2, "3/2")))


def test_the_largest_stable_step_is_that_of_the_full_model():
    laws, model = (
        derive(power_law(2, "3/2")),
        FullModel(power_law(2, "3/2"), rule=OnePassSGD(fraction=0.5, batch=2)),
    )
    bound = 2 * model.rule.eta
    assert float(laws.sgd_noise.at(eta=0.9999 * bound, B=2).prefactor) > 1
    with pytest.raises(DomainError, match="beyond stability"):
        laws.sgd_noise.at(eta=1.0001 * bound, B=2)


@pytest.mark.parametrize(("name", "batch"), [("critical_batch_model", {}), ("sgd_noise_model", {"B": 2})])
def test_modes_that_grow_with_the_model_are_refused_beyond_stability(name, batch):
    """Their sum is that of all modes in the limit; with N in it, it was not looked at."""
    law = getattr(derive(power_law(3, 2, modes="2*N")), name)
    with pytest.raises(DomainError, match=r"^eta = 3.*beyond stability"):
        law.at(eta=3, **batch)
