"""Sums of bottlenecks, each term against its own law, and relations between resources at the optimum."""

import pytest
from sympy import Eq, Rational, Symbol

from asymptotics import DomainError, check_claim, compute_optimal, derive, joint_law, power_law
from asymptotics.symbols import N, a, b, t
from numerics.cli import main

LAWS = derive(power_law(a, b))
OPTIMUM = compute_optimal(LAWS, cost=N * t)
SUMS = [
    ("t**(-(a-1)/b) + N**-Min(a-1, b)", LAWS, "HOLDS"),
    (r"L(t, N) = A t^{-\frac{a-1}{b}} + B N^{-\min(a-1, b)}", LAWS, "HOLDS"),
    (r"t^{-\frac{a-1}{b}} + c N^{-\min(a-1, 2b)}", LAWS, "FAILS"),
    (r"t^{-\frac{a-1}{b}} + c P^{-\min(a-1, 2b)}", LAWS, "HOLDS"),
    ("t**(-(a-1)/b) + N**-(a-1) + P**-(a-1), a - 1 < b", LAWS, "HOLDS"),
    (r"O(t^{-1/b} + N^{-1/2})", derive(power_law(3, b)), "HOLDS"),
    (r"o(t^{-1/b} + N^{-1/2})", derive(power_law(3, b)), "HOLDS"),
    (r"\Omega(t^{-1/b} + N^{-1/2})", derive(power_law(3, b)), "FAILS"),
    (r"\max(t^{-(a-1)/b}, N^{-\min(a-1, b)})", LAWS, "HOLDS"),
    ("1.34484*t**(-2/5) + 5.464421*N**(-1/2)", derive(power_law("3/2", "5/4")), "HOLDS"),
    ("1.34485*t**(-2/5) + 5.464421*N**(-1/2)", derive(power_law("3/2", "5/4")), "FAILS"),
    ("t**(-(a-1)/b) + N**(1-a)", joint_law(derive(power_law(a, b)), N), "FAILS"),
]


LONG = {SUMS[7][0], SUMS[10][0]}


@pytest.mark.parametrize(
    ("claim", "laws", "verdict"),
    [pytest.param(*row, marks=pytest.mark.slow if row[0] in LONG else ()) for row in SUMS],
    ids=[row[0] for row in SUMS],
)
def test_each_term_of_a_sum_is_judged_by_its_law(claim, laws, verdict):
    found = check_claim(claim, laws)
    assert found.verdict == verdict
    assert (found.witness is not None) == (verdict == "FAILS" or bool(found.fails))


@pytest.mark.parametrize("claim", ["t**-1*N**-1", "1 + t**-1", "a + b", "t**-1*N**-1 + 1"])
def test_a_term_of_no_single_bottleneck_is_refused(claim):
    with pytest.raises(DomainError, match="one in each"):
        check_claim(claim, LAWS)


@pytest.mark.parametrize(
    ("claim", "assuming", "verdict"),
    [
        ("N ~ t**(1/b)", "a - 1 < b", "HOLDS"),
        ("t ~ N**b", "a - 1 < b", "HOLDS"),
        (r"N \propto t^{(a-b)/b}", "a - 1 > b", "HOLDS"),
        (r"N \propto t^{1/b}", "a - 1 > b", "FAILS"),
        (r"L \propto N^{-(a-1)}", "a - 1 < b", "HOLDS"),
        ("L ~ N**-a", "a - 1 < b", "FAILS"),
        (r"L = \Theta(t^{-(a-1)/b})", "", "HOLDS"),
        ("N ~ c*C**(1/(b+1))", "a - 1 < b", "HOLDS"),
    ],
)
def test_relations_between_resources_at_the_optimum(claim, assuming, verdict):
    assert check_claim(claim, OPTIMUM, assuming or ()).verdict == verdict


def test_the_constant_of_a_relation_is_that_of_the_phase():
    phase = OPTIMUM.at(a=4, b=Rational(3, 2))
    n, tau = phase.exponents[N], phase.exponents[t]
    constant = phase.prefactors[N] * phase.prefactors[t] ** (-n / tau)
    optimum = compute_optimal(derive(power_law(4, Rational(3, 2))), cost=N * t)
    assert check_claim(Eq(Symbol("N"), constant * t ** (n / tau)), optimum)
    assert not check_claim(Eq(Symbol("N"), 2 * constant * t ** (n / tau)), optimum)


@pytest.mark.parametrize(
    ("claim", "status", "words"),
    [
        (r"t^{-(a-1)/b} + c N^{-\min(a-1,b)}", 1, "HOLDS where a - 1 != b"),
        ("N ~ t**(1/b) for a - 1 < b", 0, "HOLDS everywhere"),
        (r"C_0 t^{-(a-1)/b}", 0, "HOLDS everywhere"),
        ("C*t**(-(a-1)/b)", 0, "HOLDS everywhere"),
        ("L(N) ~ N**-b, a - 1 > b", 0, "HOLDS everywhere"),
    ],
)
def test_the_command_knows_what_a_claim_is_about(claim, status, words, capsys):
    assert main(["claim", claim]) == status
    assert capsys.readouterr().out.startswith(words)


@pytest.mark.slow
def test_a_sum_says_which_constants_it_states_and_no_condition_twice():
    verdict = check_claim(r"L(N,P) \sim N^{-(a-1)} + P^{-(a-1)}", derive(power_law(a, b)))
    assert "no constant stated" in verdict.reading and "its constant" not in verdict.reading
    assert verdict.where == (a - 1 < b) and "  holds where a - 1 < b\n" in str(verdict)
    stated = check_claim(r"L(N,P) \sim N^{-(a-1)} + 3 P^{-(a-1)}", derive(power_law(a, b)))
    assert "leading term with its constant" in stated.reading


@pytest.mark.parametrize("paper", ["2203.15556", "2001.08361"])
@pytest.mark.parametrize("loss", ["", "E + "])
def test_a_sum_may_be_in_the_letters_of_a_paper(paper, loss):
    """Hoffmann's own law, and the same in our letters."""
    claim = rf"L(N,D) = {loss}\frac{{A}}{{N^{{0.34}}}} + \frac{{B}}{{D^{{0.28}}}}"
    ours = check_claim(claim.replace("D", "P"), LAWS)
    found = check_claim(claim, LAWS, notation=paper)
    assert (found.headline, found.witness) == (ours.headline, ours.witness)


def test_letters_that_change_places_name_one_resource_each():
    """M is our N there, and N our P: the data exponent is that of N."""
    found = check_claim("r_N = min(b - 1, 2*a)", LAWS, notation="2506.08415")
    assert found.everywhere and "L(P)" in found.reading


def test_ends_that_meet_at_no_point_are_no_place_where_a_sum_holds():
    claim = r"L(N,D)=E+A/N^{0.34}+B/D^{0.28}"
    verdict = check_claim(claim, LAWS, notation="2203.15556")
    assert verdict.verdict == "FAILS" and not verdict.holds and "  holds" not in str(verdict)
    assert not any("between the ends" in note for note in verdict.notes)
    verdict = check_claim("A/N^0.34 + B/P^0.34", LAWS)
    assert verdict.verdict == "FAILS" and "holds where a = 1.34" in str(verdict)


def test_a_note_on_what_is_between_the_ends_names_terms_in_both_resources():
    (note,) = check_claim("N**-b + P**-(2*b)", LAWS, "a - 1 > 2*b").notes
    assert note.startswith("between the ends") and "P**(1 - b)/N" in note


KAPLAN = r"\left[\left(\frac{N_c}{N}\right)^{\alpha_N/\alpha_D}+\frac{D_c}{D}\right]^{\alpha_D}"


def test_a_power_of_a_sum_is_read_as_the_sum_at_its_ends():
    verdict = check_claim(KAPLAN, LAWS, notation="2001.08361")
    assert verdict.verdict == "UNDECIDED"
    assert "alpha_N = Min(b, a - 1)" in verdict.headline and "alpha_D = Min(2*b, a - 1)" in verdict.headline
    assert "D_c, N_c taken as free constants" in verdict.reading
    for power, expected in (("b/2", "HOLDS"), ("b", "FAILS")):
        claim = rf"[(N_c/N)^{{2}}+(D_c/D)^{{4}}]^{{{power}}}"
        assert check_claim(claim, LAWS, "a - 1 > 2*b", notation="2001.08361").verdict == expected


def test_a_term_in_no_resource_or_several_is_refused_with_its_own_next_step():
    with pytest.raises(DomainError, match=r"notation=\{'q': P\}"):
        check_claim("(N_c/N)^2 + q", LAWS)
    with pytest.raises(DomainError, match="as a sum of powers"):
        check_claim("t**-1*N**-1", LAWS)
