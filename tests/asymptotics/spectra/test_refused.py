"""A spectrum without laws: what is in the way, what would be needed, and where numbers come from."""

import pytest

from asymptotics import SpectrumError, Task, UnableError, derive
from numerics import FullModel, verify

NEEDED = [
    # eigenvalues, target, what is in the way, the form that would be needed
    ("k**-2*log(k + 1)", "exp(-k)", "beside a target that falls exponentially, exp(-k)", "sums and products"),
    ("k**-2", "sin(k)**2*exp(-k)", "the growth of sin(k)", "smooth decays that tend to"),
    ("log(k + 1)**-3", "k**-2", "do not fall as a power of k", "k**-b*log(k + 1)**q"),
    ("exp(-log(k + 1)**2)", "k**-2", "not a power -c*k**r of k", "exp(-c*k**r) with 0 < r < 1"),
    ("k**-2*(2 + sin(k))", "k**-2", "the growth of sin(k) is not known", "smooth decays that tend to"),
]


@pytest.mark.parametrize(("eigenvalues", "target", "why", "form"), NEEDED)
def test_what_would_be_needed_is_named(eigenvalues, target, why, form):
    with pytest.raises(SpectrumError) as caught:
        derive(Task(eigenvalues, target))
    message = str(caught.value)
    assert why in message and f"({form}" in message and "\n" not in message
    assert message.endswith("numbers without a law come from numerics.FullModel")


@pytest.mark.parametrize(
    ("eigenvalues", "target", "why"),
    [
        ("exp(-k**2)", "k**-2", "exp(-k**2) fall faster than every exponential of k"),
        ("exp(-k**(3/2))", "k**-2", "kappa jumps between modes at whole N"),
        ("k**-k", "k**-2", "k**(-k) fall faster than every exponential of k"),
    ],
)
def test_what_no_form_would_help_says_why_alone(eigenvalues, target, why):
    with pytest.raises(SpectrumError) as caught:
        derive(Task(eigenvalues, target))
    message = str(caught.value)
    assert why in message and "closest family" not in message and "\n" not in message
    assert message.endswith("come from numerics.FullModel")


def test_the_numbers_are_there():
    assert 0 < float(FullModel(Task("exp(-k)", "k**-2"), N=10, digits=8).test_loss(5)) < 1


def test_functions_of_a_logarithm_are_named():
    with pytest.raises(UnableError, match=r"a function of log\(k\) other than its powers is not expanded"):
        derive(Task("k**-2*log(log(k + 3))", "k**-2"))


def test_a_logarithm_in_a_correction_has_laws():
    # (log k)^m with a coefficient that vanishes at the pole: of order m, not 0
    law = derive(Task("1/(k**2 + k*log(k + 1))", "k**-2")).model
    assert (law.exponent, law.log_power) == (1, 0)
    assert verify(law, digits=10).verdict == "HOLDS"
