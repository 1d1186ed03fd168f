"""Other papers' letters: the same numbers, conditions included."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import And, Eq, Min, Rational, Symbol, sin, true, zeta

from asymptotics import DomainError, OnePassSGD, check_claim, compute_optimal, derive, power_law
from asymptotics.notation import NOTATIONS, Notation, notation, restate
from asymptotics.symbols import N, a, b, beta, t

LAWS = derive(power_law(a, b))
BUDGET = compute_optimal(LAWS, cost=N * t)
OTHERS = tuple(name for name, one in NOTATIONS.items() if one.table)

# Exponents as their own papers write them, at the numbers of (alpha, second letter).
KNOWN = (
    # arXiv 2409.17858, lazy limit: L(t) ~ t^-beta, N^-min(alpha beta, alpha), P^-min(alpha beta, 2 alpha)
    ("2409.17858", "time", lambda alpha, beta: beta),
    ("2409.17858", "model", lambda alpha, beta: alpha * Min(1, beta)),
    ("2409.17858", "data", lambda alpha, beta: alpha * Min(2, beta)),
    # arXiv 2405.00592: source r, P^(-2 alpha min(r, 1))
    ("2405.00592", "data", lambda alpha, r: 2 * alpha * Min(r, 1)),
    ("2405.00592", "time", lambda alpha, r: 2 * r),
    # arXiv 2405.15074: time exponent 1 + beta/alpha - 1/(2 alpha); capacity d^-(2 alpha + min(0, 2 beta - 1))
    ("2405.15074", "time", lambda alpha, beta: 1 + beta / alpha - 1 / (2 * alpha)),
    ("2405.15074", "model", lambda alpha, beta: 2 * alpha + Min(0, 2 * beta - 1)),
)


def _numbers(chosen, point):
    """The values of a paper's letters where a and b have those of ``point``."""
    return {letter: value.xreplace(point) for letter, value in chosen.inverse}


@pytest.mark.parametrize(("name", "law", "expected"), KNOWN)
@pytest.mark.parametrize(
    "point", [(Rational(3, 2), Rational(5, 4)), (4, Rational(3, 2)), (7, Rational(3, 2))]
)
def test_exponents_as_their_papers_write_them(name, law, expected, point):
    chosen = notation(name)
    values = _numbers(chosen, {a: Rational(point[0]), b: Rational(point[1])})
    exponent = chosen.expression(getattr(LAWS, law).exponent)
    assert not exponent.has(a, b)
    assert exponent.xreplace(values) == expected(*values.values())


@pytest.mark.parametrize("name", OTHERS)
def test_the_two_tables_are_inverse(name):
    chosen = notation(name)
    for symbol, value in chosen.table:
        assert (value.xreplace(dict(chosen.inverse)) - symbol).simplify() == 0


@pytest.mark.parametrize("name", OTHERS)
@given(point=st.tuples(st.fractions(min_value=1.05, max_value=8), st.fractions(min_value=1.05, max_value=4)))
@settings(max_examples=5, deadline=None)
def test_restated_laws_have_the_same_numbers(name, point):
    place = {a: Rational(point[0]).limit_denominator(40), b: Rational(point[1]).limit_denominator(40)}
    values, size = _numbers(notation(name), place), notation(name).expression(N)
    for law in (LAWS.time, LAWS.model, LAWS.data, LAWS.model_transient):
        for mine, theirs in zip(law.regimes, law.restate(name).regimes, strict=True):
            holds = mine.condition.xreplace(place)
            assert theirs.condition.xreplace(values) == holds
            assert theirs.exponent.xreplace(values) == mine.exponent.xreplace(place)
            if holds == true:
                here = mine.prefactor.xreplace({**place, N: 1}).evalf(20)
                assert abs(theirs.prefactor.xreplace({**values, size: 1}).evalf(20) / here - 1) < 1e-15


def test_conditions_lose_their_positive_factors():
    conditions = [regime.condition for regime in LAWS.model.restate("2409.17858").regimes]
    source = Symbol("beta", positive=True)
    assert conditions == [source < 1, source > 1, Eq(source, 1)]


def test_phases_of_paquette_in_their_letters():
    # arXiv 2405.15074: phase I beta < 1/2, phase II 1/2 < beta < alpha, phase III beta > alpha (alpha > 1/2)
    phases = restate(compute_optimal(LAWS, cost=N * t, rule=OnePassSGD).phases, "2405.15074")
    alpha, target = Symbol("alpha", positive=True), Symbol("beta", real=True)
    found = {phase.condition: phase.exponents["loss"] for phase in phases}
    assert set(found) == {
        target < Rational(1, 2),
        target > alpha,
        And(target > Rational(1, 2), target < alpha),
    }
    assert (found[target > alpha] - (1 - 1 / (4 * alpha))).simplify() == 0


def test_a_letter_that_is_taken_gives_way():
    chosen = notation("2409.17858")
    assert {s.name for s in chosen.expression(beta * b).free_symbols} == {"mu", "alpha"}


def test_nothing_changes_in_our_own_letters():
    own = notation("2402.01092")
    expression, condition = zeta(a - b) * sin(b), a - 1 > b
    assert own.expression(expression) is expression
    assert own.condition(condition) is condition


def test_latex_of_laws_and_of_an_allocation():
    text = LAWS.to_latex(notation="2405.00592")
    assert "alpha r" in text and r"\text{for } r < \frac{1}{2}" in text
    assert " a " not in text and "b" not in text.replace(r"\begin", "").replace(r"\beta", "").replace(
        "b}", ""
    )
    optimum = compute_optimal(LAWS, cost=N * t)
    assert r"\beta < 1" in optimum.to_latex(notation="2409.17858")
    own = optimum.to_latex(notation="2402.01092").split()  # lines may break elsewhere
    assert own == optimum.to_latex().replace("N, L", r"N, \mathcal{L}").split()


def test_resources_the_budget_and_the_loss_are_translated_wherever_they_stand():
    law, optimum = LAWS.model_transient, BUDGET
    text = law.to_latex("2405.15074").replace("\n", " ")
    assert text.startswith(r"\mathcal{P}(r, d) - \mathcal{P}(r) \sim") and "r^{-" in text and " d " in text
    assert not {"N", "t"} & set(re.sub(r"\\[A-Za-z]+|\\text\{[^}]*\}", " ", text).replace("for", ""))
    there = law.restate("2405.15074")
    assert repr(there).startswith("P(r, d) - P(r) ~ ") and "r -> oo" in repr(there)
    assert there.resource == Symbol("r", positive=True)
    assert r"\left(r, d, \mathcal{P}\right) \sim" in optimum.to_latex("2405.15074")
    assert "f^{" in optimum.to_latex("2405.15074") and "C" not in optimum.to_latex("2405.15074")
    assert LAWS.gap.to_latex("2402.01092").startswith(r"\mathcal{L}(t) - \hat{\mathcal{L}}(t)")
    assert "d^{" in LAWS.model.expansion(2).to_latex("2405.15074")
    # letters that change places
    assert LAWS.data.to_latex("2506.08415").replace("\n", " ").startswith(r"\mathcal{R}(N) \sim")
    assert LAWS.time.restate("2506.08415").limits == "M = N = oo"


@pytest.mark.parametrize("name", NOTATIONS)
@pytest.mark.parametrize("law", [LAWS.time, LAWS.model], ids=["time", "model"])
def test_a_law_in_letters_of_a_paper_is_a_claim_that_holds_in_them(law, name):
    assert check_claim(law.to_latex(name), law, notation=name)


@pytest.mark.parametrize(
    ("claim", "law", "name", "verdict"),
    [
        (r"\mathcal{P}(d) \propto d^{-2\alpha}", LAWS.model, "2405.15074", "FAILS"),
        (r"\mathcal{P}(d) \propto d^{-2\alpha} \text{ for } 2\beta > 1", LAWS.model, "2405.15074", "HOLDS"),
        (r"\mathcal{P}(r) \propto r^{-(2\alpha+2\beta-1)/(2\alpha)}", LAWS.time, "2405.15074", "HOLDS"),
        (r"r \propto f^{2\alpha/(2\alpha+1)},\ 2\beta < 1", BUDGET, "2405.15074", "HOLDS"),
        (r"d \propto r^{1/(2\alpha)},\ 2\beta < 1", BUDGET, "2405.15074", "HOLDS"),
        (r"\mathcal{L}(N) \sim N^{-\min(a-1,b)}", LAWS.model, "2402.01092", "HOLDS"),
        (r"\mathcal{R}(N) \lesssim N^{-\min(b-1, 2a)}", LAWS.data, "2506.08415", "HOLDS"),
    ],
)
def test_claims_in_letters_of_papers(claim, law, name, verdict):
    assert check_claim(claim, law, notation=name).verdict == verdict


def test_an_unknown_paper_is_named():
    with pytest.raises(DomainError, match=r"notation = '1234.5678' is not known; choose from 2402.01092, "):
        LAWS.time.to_latex(notation="1234.5678")
    with pytest.raises(DomainError, match=r"notation = '2405.1507' is not known; choose from 2402.01092, "):
        LAWS.time.to_latex(notation="2405.1507")


x, y = Symbol("x", positive=True), Symbol("y", positive=True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"inverse": ((x, a),)}, "inverse has 1 letters"),
        ({"inverse": ((x, a / b), (y, b / a))}, "independent"),
        ({"inverse": (("x", a), (y, b))}, "give \\(Symbol, expression in a, b\\)"),
        ({"inverse": ((x, a + N), (y, b))}, "expression in a, b"),
        ({"resources": ((x, a),)}, "resources has"),
    ],
)
def test_tables_that_say_too_little_are_refused_when_they_are_made(fields, words):
    with pytest.raises(DomainError, match=words):
        Notation(name="0000.00000", source="made up", **fields)


def test_letters_with_two_solutions_are_one_line():
    with pytest.raises(DomainError, match="not solved by one formula"):
        _ = Notation(name="0000.00000", source="made up", inverse=((x, a * b), (y, a + b))).table


def test_the_number_of_a_paper_without_quotes():
    assert all(notation(float(name)) is notation(name) for name in NOTATIONS)


def test_the_number_of_a_paper_as_it_is_cited():
    assert all(
        notation(f"arXiv:{name}v3") is notation(f" arxiv {name} ") is notation(name) for name in NOTATIONS
    )
    with pytest.raises(DomainError, match=r"'arXiv:1234.56789' is not known"):
        notation("arXiv:1234.56789")


def test_letters_that_an_equation_settles_are_numbers_in_the_rest():
    """2405.15074 has 2 alpha = 1, 2 beta < 1, not beta < 1 - alpha, alpha = 1/2."""
    chosen = notation("2405.15074")
    alpha, target = chosen.symbols
    assert chosen.condition(And(Eq(b, 1), a < 2)) == And(Eq(alpha, Rational(1, 2)), target < Rational(1, 2))
    assert chosen.condition(And(Eq(b, 1), a >= 2)) == And(Eq(alpha, Rational(1, 2)), target >= Rational(1, 2))
    phase = compute_optimal(derive(power_law(a, b)), cost=N * t).boundaries[0]
    fixed = replace(phase, condition=And(Eq(b, Rational(1, 2)), 2 * a > 3), powers=((t, a / (a + b)),))
    (shown,) = restate((fixed,), "2405.15074")
    assert shown.condition == And(Eq(alpha, Rational(1, 4)), target > Rational(1, 2))
    assert shown.powers[0][1].equals((4 * target + 1) / (4 * target + 2))
    assert shown.powers[0][1].free_symbols == {target}
