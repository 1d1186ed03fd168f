"""A verdict says what it would have seen: changes a little larger than that fail, much smaller ones hold.

And the remainder that a law states is part of what is judged.
"""

from dataclasses import replace

import mpmath
import pytest
from sympy import Rational, log

from asymptotics import Task, derive, power_law
from asymptotics.symbols import t
from numerics.verification.resolution import resolution_of
from numerics.verification.verify import verify

ODD = Task(eigenvalues="(2*k-1)**-2", target="(2*k-1)**-2")
FERMI = Task(eigenvalues="1/(exp(sqrt(k))+1)", target="exp(-2*sqrt(k))")
SLOW = Task(eigenvalues="k**-2*log(k+1)", target="k**-2")
LAWS = {
    "exact to all powers": lambda: derive(power_law(3, "3/2")).time,
    "next order known": lambda: derive(power_law(4, "3/2")).model,
    "logarithm": lambda: derive(power_law(3, 2)).model,
    "bound alone": lambda: derive(Task(eigenvalues="k**-2*(1+1/k**2)", target="k**-4")).data,
    "exponentially small": lambda: derive(ODD).data,
    "log-periodic": lambda: derive(Task(eigenvalues="20**-k", target="2**-k")).time,
}


@pytest.fixture(scope="module")
def seen():
    return {name: verify(law(), digits=12) for name, law in LAWS.items()}


def rational(number: mpmath.mpf) -> Rational:
    mantissa, exponent = number.man_exp
    return Rational(int(mantissa)) * Rational(2) ** int(exponent)


@pytest.mark.parametrize("part", ["prefactor", "exponent"])
@pytest.mark.parametrize("name", LAWS)
def test_a_little_more_than_the_resolution_fails_and_much_less_holds(seen, name, part):
    found, law = seen[name], seen[name].law
    assert found.verdict == "HOLDS", found
    size, right = rational(getattr(found.resolution, part)), getattr(law.regimes[0], part)
    assert size < Rational(1, 10**6)
    for share, verdict in ((Rational(5, 4), "FAILS"), (100, "FAILS"), (Rational(1, 20), "HOLDS")):
        for sign in (1, -1):
            change = sign * size * share
            wrong = right * (1 + change) if part == "prefactor" else right + change
            again = verify(law.stating(**{part: wrong}), digits=12)
            assert again.verdict == verdict, f"{sign * share} of {size.evalf(3)}: {again}"


def test_it_is_printed_and_false_laws_have_none(seen):
    law = LAWS["logarithm"]()
    assert "a prefactor off by" in str(seen["logarithm"])
    assert verify(law.stating(prefactor=2), digits=12).resolution is None


def test_more_digits_see_more(seen):
    name = "exponentially small"
    assert verify(LAWS[name](), digits=30).resolution.prefactor < seen[name].resolution.prefactor / 10**10


def test_what_is_never_seen_has_no_resolution():
    blind = resolution_of(lambda factor, shift: "HOLDS", 10)
    assert mpmath.isinf(blind.prefactor) and "no change of the prefactor" in str(blind)
    both = resolution_of(lambda factor, shift: "FAILS" if factor > 1 or shift > 0 else "HOLDS", 10)
    assert mpmath.isinf(both.prefactor) and mpmath.isinf(both.exponent)


@pytest.mark.slow
def test_slow_laws_fail_beyond_their_resolution():
    law = derive(FERMI).model
    found = verify(law, digits=12)
    for part in ("prefactor", "exponent"):
        size, right = rational(getattr(found.resolution, part)), getattr(law.regimes[0], part)
        for change in (5 * size / 4, -5 * size / 4, 100 * size):
            wrong = right * (1 + change) if part == "prefactor" else right + change
            assert verify(law.stating(**{part: wrong}), digits=12).verdict == "FAILS"


# -- corrections that are exponentially small ---------------------------------------------------


@pytest.mark.parametrize("digits", [8, 30])
@pytest.mark.parametrize(
    "task",
    [
        ODD,
        Task(eigenvalues="(k-1/2)**-2", target="3*(k-1/2)**-2"),
        pytest.param(
            Task(eigenvalues="3*(2*k-1)**-4", target="(2*k-1)**-4"), marks=pytest.mark.slow, id="fourth power"
        ),
    ],
)
def test_laws_with_exponentially_small_corrections_hold(task, digits):
    for name in ("model", "data"):
        found = verify(getattr(derive(task), name), digits=digits)
        assert found.verdict == "HOLDS", found


def test_a_second_order_that_is_too_small_leaves_the_first_alone():
    """The gap of the odd squares ends after its first order in 1/P."""
    for name in ("gap", "noise"):
        assert verify(getattr(derive(ODD), name), digits=12).verdict == "HOLDS"


MORE = ("exp(-3*sqrt(k)/2)", "exp(-sqrt(k))/sqrt(1+exp(-sqrt(k)))", "k**-2")


@pytest.mark.slow
@pytest.mark.parametrize(
    "target", ["exp(-2*sqrt(k))", *(pytest.param(c, marks=pytest.mark.slow) for c in MORE)]
)
def test_fermi_functions_are_verified(target):
    """Their sums over modes have parts that fall exponentially beside those that are continued."""
    laws = derive(Task(eigenvalues=FERMI.eigenvalues, target=target))
    for name in ("model", "data"):
        assert verify(getattr(laws, name), digits=10).verdict == "HOLDS"


@pytest.mark.slow
def test_slow_laws_that_end_hold_to_all_powers_of_the_logarithm():
    law = derive(FERMI).time
    found = verify(law, digits=12)
    assert found.verdict == "HOLDS"
    assert verify(law.stating(prefactor=1.001 * law.prefactor), digits=12).verdict == "FAILS"


# -- the remainder that is stated ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "name"),
    [
        (power_law("3/2", "5/4"), "model"),
        (power_law("3/2", "5/4"), "data"),
        (power_law(3, 2), "model"),  # log N/N^2 + O(N^-2)
        (power_law("9/4", "7/4", noise="1/2"), "data"),
        (Task(eigenvalues="1/(1+k**2)", target="k**-4"), "time"),
        (Task(eigenvalues="2**-k", target="3**-k"), "model"),
        (Task(eigenvalues="k**-2*(1+1/k**2)", target="k**-4"), "data"),
        (power_law(3, "3/2"), "gap"),
        pytest.param(SLOW, "model", marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_a_remainder_that_is_overstated_by_one_fails(task, name):
    law = getattr(derive(task), name)
    stated = law.regimes[0].remainder
    found = verify(law.stating(remainder=stated + 1), digits=12)
    assert found.verdict == "FAILS", found
    assert "stated" in found.reason
    # what is larger than it need be is a bound all the same
    assert verify(law.stating(remainder=stated - Rational(1, 10)), digits=12).verdict == "HOLDS"


def test_an_overstated_remainder_that_cannot_be_seen_is_left_open():
    law = derive(ODD).model
    found = verify(law.stating(remainder=law.regimes[0].remainder + 1), digits=15)
    assert found.verdict == "UNDECIDED" and "hides it beyond" in found.reason


@pytest.mark.slow
def test_a_slow_remainder_that_is_overstated_fails():
    law = derive(SLOW).time
    (regime,) = law.regimes
    wrong = replace(law, regimes=(replace(regime, relative=regime.relative / log(t)),))
    assert verify(law, digits=12).verdict == "HOLDS"
    found = verify(wrong, digits=12)
    assert found.verdict == "FAILS" and "is stated" in found.reason


def test_orders_that_hardly_separate_are_judged_by_what_both_leave():
    """``k^-3 + k^-3.05``: at 10^15 the second order is 7 % of the first, and the ratio looks settled."""
    law = derive(Task(eigenvalues="k**-2", target="k**-3 + k**(-61/20)")).model
    found = verify(law, digits=15)
    assert found.verdict == "HOLDS" and abs(found.points[-1].remainder) > 0.05
    for wrong in (law.prefactor * Rational(1001, 1000), law.prefactor * Rational(98, 100)):
        assert verify(law.stating(prefactor=wrong), digits=15).verdict == "FAILS"
