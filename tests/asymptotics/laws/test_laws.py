"""Laws of power-law tasks against what is known, and spectra that have no code of their own."""

import pytest
from sympy import (
    Eq,
    Integer,
    Min,
    Rational,
    S,
    Symbol,
    gamma,
    latex,
    log,
    oo,
    pi,
    simplify,
    sin,
    symbols,
    zeta,
)

from asymptotics import DomainError, NonlinearFeatures, SpectrumError, Task, UnableError, derive, power_law
from asymptotics.symbols import N, P, a, b, k, sigma, t

s = (a - 1) / b
A = (pi / b) / sin(pi / b)
LOW, HIGH = {a: Rational(7, 5), b: Rational(8, 5)}, {a: Rational(26, 5), b: Rational(13, 10)}

# (law, regime chosen by a point in it, exponent, prefactor, source)
KNOWN = [
    ("time", LOW, s, gamma(s) / b * 2**-s, "theory of harmonic sums; BAP section 3"),
    ("time", HIGH, s, gamma(s) / b * 2**-s, "the same"),
    ("model", LOW, a - 1, (pi / b) / sin(pi * s) * A ** (a - 1), "BAP appendix C; arXiv 2405.00592"),
    ("model", HIGH, b, zeta(a - b) * A**b, "variance over A: Paquette et al., arXiv 2405.15074"),
    ("data", LOW, a - 1, gamma(s) * gamma(2 - s) * A ** (a - 1), "BAP appendix C"),
    ("data", HIGH, 2 * b, b * zeta(a - 2 * b) * A ** (2 * b), "BAP appendix C"),
]


@pytest.fixture(scope="module")
def laws():
    return derive(power_law(a, b))


@pytest.mark.parametrize(("name", "point", "exponent", "prefactor", "source"), KNOWN)
def test_known_leading_terms(laws, name, point, exponent, prefactor, source):
    law = getattr(laws, name)
    here = law.at(point)
    assert len(here.regimes) == 1, source
    assert here.exponent == exponent.subs(point)
    assert abs((here.prefactor - prefactor.subs(point)).evalf(30)) < 1e-25
    regime = next(r for r in law.regimes if r.condition.subs(point) == True)  # noqa: E712
    assert simplify(regime.exponent - exponent) == 0
    assert abs((regime.prefactor - prefactor).subs(point).evalf(30)) < 1e-25


def test_exponents_are_minima(laws):
    assert laws.time.exponent == s
    assert laws.model.exponent == Min(a - 1, b)
    assert laws.data.exponent == Min(a - 1, 2 * b)


def test_conditions_travel_with_the_law(laws):
    for law in laws:
        assert set(law.conditions) == ({a > 1} if law.name == "time" else {a > 1, b > 1})
    assert {r.condition for r in laws.model.regimes} == {a - 1 < b, a - 1 > b, Eq(a - 1, b)}
    assert {r.condition for r in laws.data.regimes} == {a - 1 < 2 * b, a - 1 > 2 * b, Eq(a - 1, 2 * b)}


def test_meeting_exponents_give_logarithms_with_their_coefficient(laws):
    model = laws.model.at(a=Rational(5, 2), b=Rational(3, 2))
    assert model.regimes[0].log_power == 1
    amplitude = A.subs(b, Rational(3, 2))
    assert abs((model.prefactor - amplitude ** Rational(3, 2)).evalf(30)) < 1e-25
    data = laws.data.at(a=4, b=Rational(3, 2))
    assert data.regimes[0].log_power == 1
    assert abs((data.prefactor - Rational(3, 2) * amplitude**3).evalf(30)) < 1e-25


@pytest.mark.parametrize(("name", "meeting"), [("model", b + 1), ("data", 2 * b + 1)])
def test_the_logarithm_is_the_limit_of_the_generic_terms(laws, name, meeting):
    """Near the resonance the two diverging terms sum to the double pole's logarithm."""
    base, small, resource = Rational(3, 2), Rational(1, 10**7), Integer(10) ** 5
    law = getattr(laws, name)
    there = {b: base, a: meeting.subs(b, base)}
    near = {b: base, a: there[a] + small}
    resonant = law.at(there).expansion(terms=1).as_expr().subs(law.resource, resource)
    generic = law.at(near).expansion(terms=2).as_expr().subs(law.resource, resource)
    assert abs((generic / resonant - 1).evalf(30)) < 1e-4


@pytest.mark.parametrize(
    ("point", "name"),
    [({a: Rational(3, 2), b: Rational(5, 4)}, n) for n in ("time", "model", "data")]
    + [({a: 7, b: Rational(3, 2)}, n) for n in ("time", "model", "data")]
    + [({a: Rational(5, 2), b: Rational(3, 2)}, n) for n in ("time", "model", "data")],
)
def test_numbers_before_or_after_the_derivation(laws, point, name):
    one, two = getattr(laws, name).at(point), getattr(derive(power_law(point[a], point[b])), name)
    assert one.exponent == two.exponent
    assert one.regimes[0].log_power == two.regimes[0].log_power
    assert abs((one.prefactor / two.prefactor - 1).evalf(30)) < 1e-25
    assert one.regimes[0].remainder == two.regimes[0].remainder


def test_noise_leaves_a_constant():
    law = derive(power_law(a, b, noise=sigma)).data
    assert law.exponent == 0
    assert simplify(law.prefactor - sigma**2 * (b - 1)) == 0
    assert len(law.regimes) == 1
    assert law.regimes[0].remainder == Min(1, a - 1)


def test_noise_changes_nothing_else():
    clean, noisy = derive(power_law(a, b)), derive(power_law(a, b, noise=sigma))
    assert noisy.model.leading == clean.model.leading
    assert noisy.time.leading == clean.time.leading


def test_more_terms(laws):
    expansion = laws.model.at(a=Rational(3, 2), b=Rational(5, 4)).expansion(terms=5)
    orders = [x.order for x in expansion.terms]
    assert orders == sorted(orders)
    assert len(orders) == 5
    assert expansion.remainder_order > orders[-1]
    assert laws.time.expansion(terms=6).remainder_order == oo


def test_symbolic_expansion_holds_what_any_numbers_give(laws):
    """The first three orders at random numbers are among the symbolic terms."""
    for name in ("model", "data"):
        law = getattr(laws, name)
        symbolic = law.expansion(terms=3)
        for point in ({a: Rational(31, 10), b: Rational(13, 10)}, {a: Rational(6, 5), b: Rational(17, 4)}):
            numeric = law.at(point).expansion(terms=3)
            found = {x.order.subs(point): x.coefficient.subs(point) for x in symbolic.terms}
            for term in numeric.terms:
                assert abs((found[term.order] / term.coefficient - 1).evalf(30)) < 1e-20


SCALED = Task(eigenvalues=3 * k**-b, target=k**-a)


def test_scaling_the_kernel_is_scaling_time(laws):
    """lambda -> 3 lambda: t -> t/3 in the time law, nothing in N and P."""
    scaled = derive(SCALED)
    point = {a: Rational(3, 2), b: Rational(5, 4)}
    assert abs((scaled.time.prefactor / laws.time.prefactor * 3**s - 1).subs(point).evalf(30)) < 1e-25
    for name in ("model", "data"):
        ratio = getattr(scaled, name).at(point).prefactor / getattr(laws, name).at(point).prefactor
        assert abs((ratio - 1).evalf(30)) < 1e-25


def test_shift_of_all_modes():
    """(k + 1/2)^-a and (k + 1/2)^-b: the same leading laws, Hurwitz zeta in the next."""
    q = Rational(1, 2)
    shifted = derive(Task(eigenvalues=(k + q) ** -b, target=(k + q) ** -a))
    assert shifted.model.exponent == Min(a - 1, b)
    high = next(r for r in shifted.model.regimes if r.condition == (a - 1 > b))
    assert simplify(high.prefactor / A**b - zeta(a - b, 1 + q)) == 0


def test_other_letters_are_ordered_too():
    """k^-alpha, k^-(1 + 2 alpha r) (arXiv 2405.00592): conditions in r alone."""
    alpha, r = symbols("alpha r", positive=True)
    laws = derive(Task(eigenvalues=k**-alpha, target=k ** -(1 + 2 * alpha * r)))
    assert laws.model.exponent == Min(alpha, 2 * alpha * r)
    assert {x.condition for x in laws.model.regimes} == {2 * r < 1, 2 * r > 1, Eq(2 * r, 1)}
    assert laws.data.conditions == (alpha > 1,)


def test_multiplicity_moves_the_exponents():
    """m_k = k modes per level is the power law with b/2 and (a)/2 in the number of modes."""
    laws = derive(Task(eigenvalues=k**-4, target=k**-5, multiplicity=k))
    assert laws.time.exponent == Rational(3, 4)
    assert laws.model.exponent == Rational(3, 2)


def test_an_assumption_selects_a_regime():
    task = Task(eigenvalues=k**-b, target=k**-a, assumptions=(a - 1 > b,))
    law = derive(task).model
    assert law.exponent == b
    assert len(law.regimes) == 1


REFUSED = [
    (lambda: derive(power_law(2, 1)).model, SpectrumError, "b = 1; .* b > 1"),
    (lambda: derive(power_law(1, 2)), SpectrumError, "p > 1"),
    (lambda: derive(power_law(Rational(1, 2), 2)), SpectrumError, "p > 1"),
    (lambda: derive(Task(eigenvalues=-(k**-2), target=k**-2)), SpectrumError, "at k = 1; it must be > 0"),
    (lambda: derive(Task(eigenvalues=k**2, target=k**-2)), SpectrumError, "decay"),
    (lambda: derive(Task(eigenvalues=k**b, target=k**-a)), SpectrumError, "decay"),
    (lambda: derive(Task(eigenvalues=Integer(1), target=k**-a)), SpectrumError, "never decay"),
    (lambda: derive(Task(eigenvalues=k**-b, target=k**-a / (k - 1))), SpectrumError, "finite"),
    (lambda: derive(Task(eigenvalues=k**-2, target=log(k) ** -2)), SpectrumError, "finite"),
    (lambda: derive(Task(eigenvalues=k**-2, target=2**-k)).time, UnableError, "faster than all"),
    (lambda: derive(power_law(a, b, modes=100)).early_stopping, UnableError, "early stopping"),
    (lambda: derive("k**-b"), DomainError, "Task"),
    (
        lambda: derive(Task("k**-b + k**-3", "k**-a")),
        UnableError,
        r"Task\(..., assumptions=\(b > 3,\)\) or its reverse, or numbers by task.at\(b=...\)",
    ),
    (
        lambda: derive(power_law(2, 3), student=NonlinearFeatures),
        DomainError,
        r"NonlinearFeatures is a class; call it, NonlinearFeatures\(activation=",
    ),
    (lambda: derive(power_law(a, b)).model.at(c=2), DomainError, "parameters"),
    (lambda: derive(power_law(a, b)).model.at(a=-2), DomainError, "positive"),
    (lambda: derive(power_law(a, b)).model.at(a=Rational(1, 2), b=2), SpectrumError, "p > 1"),
    (lambda: derive(power_law(a, b)).model.expansion(terms=0), DomainError, "terms"),
    (lambda: Task(eigenvalues=k**-b, target=N * k**-a), DomainError, "resource"),
    (lambda: Task(eigenvalues=k ** -Symbol("x"), target=k**-a), DomainError, "positive"),
    (lambda: power_law(a, b, noise=-1), DomainError, "noise"),
    (lambda: power_law(a, b, modes=Rational(3, 2)), DomainError, "modes"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED)
def test_bad_input_is_one_line(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_repr_is_the_mathematics(laws):
    assert "N -> oo, for a - 1 > b" in repr(laws.model)
    assert "log(N)" in repr(laws.model)
    text = latex(laws.model)
    assert r"\begin{cases}" in text and r"\zeta\left(a - b\right)" in text
    assert laws.model._repr_latex_().startswith("$")
    assert r"\begin{aligned}" in laws.to_latex()


def test_values_are_frozen_and_hashable(laws):
    assert hash(laws.model) == hash(derive(power_law(a, b)).model)
    assert laws == derive(power_law(a, b))
    with pytest.raises(AttributeError):
        laws.model.name = "time"


def test_leading_is_an_expression_in_the_resource(laws):
    point = {a: Rational(3, 2), b: Rational(5, 4)}
    for law, resource in zip(laws, (t, N, P), strict=True):
        assert law.at(point).leading.free_symbols == {resource}
    assert laws.model.at(a=Rational(5, 2), b=Rational(3, 2)).leading.has(log(N))
    assert S.NaN not in laws.data.at(a=Rational(5, 2), b=Rational(3, 2)).leading.atoms()


def test_numbers_for_some_parameters_leave_the_regimes_that_remain(laws):
    assert len(laws.model.at(a=Rational(3, 2)).regimes) == 1  # a - 1 < 1 < b
    assert laws.model.at(a=Rational(3, 2)).regimes[0].condition == True  # noqa: E712
    assert {r.condition for r in laws.data.at(b=3).regimes} == {a < 7, a > 7, Eq(a, 7)}
