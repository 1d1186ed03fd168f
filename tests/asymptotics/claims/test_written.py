r"""Claims as papers write them: cases, conditions, free constants, subscripts, corrections, relations."""

import pytest

from asymptotics import DomainError, ParseError, check_claim, derive, power_law
from asymptotics.claims.reading import read_claim
from asymptotics.claims.statement import ORDER
from asymptotics.symbols import a, b

LAWS = derive(power_law(a, b))
MODEL, DATA, TIME = LAWS.model, LAWS.data, LAWS.time

HOLD = [
    (
        r"\begin{cases} N^{-(a-1)} & a - 1 < b \\ N^{-b} & a-1>b \\ N^{-b} \log N & \text{else} \end{cases}",
        MODEL,
    ),
    (
        r"L \sim \begin{cases} N^{-(a-1)}, & \text{if } a < b+1 \\ N^{-b}, & \text{if } a > b+1 \end{cases}",
        MODEL,
    ),
    (r"N^{-b} \text{ for } a - 1 > b", MODEL),
    (r"L(N) \propto N^{-b},\quad a - 1 > b", MODEL),
    ("N**-b for a - 1 > b", MODEL),
    ("L(N) ~ N**(1-a) if a-1<b and b < 3", MODEL),
    (r"N^{-(a-1)} \text{ when } a - 1 < b \wedge b < 4", MODEL),
    (r"C_0 t^{-(a-1)/b}", TIME),
    ("c*N**-b, a - 1 > b", MODEL),
    (r"L(t) = C t^{-\frac{a-1}{b}}", TIME),
    (r"(N_c/N)^{b} \text{ for } a - 1 > b", MODEL),
    (r"\left(\frac{N_c}{N}\right)^{\alpha_N}", MODEL),
    (r"N^{-b} \left(1 + O(1/N)\right) \text{ for } a - 1 > b", MODEL),
    ("N**-b*(1 + O(1/N)), a - 1 > b", MODEL),
    (r"A_{1} P^{-\min(a-1, 2b)} (1 + o(1)) \text{ if } a > 2b + 1", DATA),
]


@pytest.mark.parametrize(("claim", "law"), HOLD, ids=[claim for claim, _ in HOLD])
def test_claims_as_papers_write_them(claim, law):
    letters = {"alpha_N": "Min(a - 1, b)"} if "alpha_N" in claim else None
    assert check_claim(claim, law, notation=letters).verdict == "HOLDS"


@pytest.mark.parametrize("law", [TIME, MODEL, DATA, LAWS.bias_model, LAWS.noise], ids=lambda law: law.name)
def test_what_a_symbolic_law_prints_is_a_claim_that_holds(law):
    assert check_claim(law.to_latex(), law)


def test_a_wrong_row_of_cases_fails_in_its_region_alone():
    verdict = check_claim(r"\begin{cases} N^{-(a-1)} & a - 1 < b \\ N^{-2b} & a-1>b \end{cases}", MODEL)
    assert verdict.verdict == "FAILS" and "a - 1 > b" in verdict.headline


def test_a_free_constant_claims_the_order_alone():
    statement = read_claim("L = c*N**-b", {})
    assert statement.relation != ORDER
    verdict = check_claim("c_1*N**-b", MODEL, "a - 1 > b")
    assert "constants are not judged" in verdict.reading and verdict
    assert not check_claim("c_1*N**-a", MODEL, "a - 1 > b")


@pytest.mark.parametrize(
    ("assuming", "conditions"),
    [
        ("a - 1 < 2b", {a - 1 < 2 * b}),
        (r"\frac{a-1}{b} < 1", {a - 1 < b}),
        (r"a - 1 > b \wedge b < 3", {a - 1 > b, b < 3}),
        ("1 < b < 3", {b < 3}),
        (r"1 < b < 3, a > 2b", {b < 3, a > 2 * b}),
        ("a > 2 and b > 2", {a > 2, b > 2}),
        (r"$b > 2$", {b > 2}),
    ],
)
def test_assumptions_as_they_are_written(assuming, conditions):
    verdict = check_claim("N**-Min(a - 1, b)", MODEL, assuming)
    assert verdict.verdict == "HOLDS" and conditions <= set(verdict.conditions)


def test_alternatives_in_cases():
    alternatives = r"\begin{cases} N^{-b} & a > b + 2 \vee a > b + 1 \\ N^{-(a-1)} & \text{else} \end{cases}"
    assert check_claim(alternatives, MODEL).verdict == "HOLDS"


@pytest.mark.parametrize("claim", ["N**-(b + C_0)", "q + N**-b", r"N^{-2\alpha_N}", "sigma*N**-b"])
def test_other_letters_are_refused(claim):
    with pytest.raises(ParseError, match="has no meaning here"):
        check_claim(claim, MODEL)


@pytest.mark.parametrize("text", ["q", r"\alpha", "n**-2", "N^{-(a-1)} n^{-1}", "N**-b*T"])
def test_letters_that_are_no_constants_are_refused(text):
    """Alone, or one of the resources in the other case: typing errors, not constants."""
    with pytest.raises(ParseError, match="has no meaning here") as caught:
        check_claim(text, derive(power_law(a, b)).model)
    assert "\n" not in str(caught.value)


def test_free_constants_and_the_irreducible_loss_are_named():
    verdict = check_claim(r"L = E + C_0 N^{-b}", MODEL, "a - 1 > b")
    assert verdict
    assert "C_0 taken as a free constant; E taken as the irreducible loss" in verdict.reading
    both = check_claim("E + A*N**-b + B*t**-((a - 1)/b)", LAWS, "a - 1 > b")
    assert both and "A, B taken as free constants; E taken as the irreducible loss" in both.reading
    with pytest.raises(DomainError, match=r"no resource; A, D taken as free constants; .* notation="):
        check_claim("A*N**-b + D**-b", LAWS)


@pytest.mark.parametrize(
    ("claim", "law"),
    [
        (r"L(N) = (N_{\mathrm{c}}/N)^{\alpha_N}, \alpha_N = a - 1, a - 1 < b", MODEL),
        (r"L(t) \sim t^{-r_t} \text{ where } r_t = \frac{a-1}{b}", TIME),
        (r"N^{-r} \text{ with } r = \min\{a-1, b\} \text{ and } a > b + 1", MODEL),
        ("P**-r where r = min(a - 1, 2*b), a > 2b + 1", DATA),
    ],
)
def test_letters_that_the_claim_itself_defines(claim, law):
    assert check_claim(claim, law).verdict == "HOLDS"


@pytest.mark.parametrize("claim", [r"N^{-b}, x = 2", "N**-b, x = 2"])
def test_a_letter_that_is_defined_and_not_used_is_refused(claim):
    with pytest.raises(ParseError, match="this letter is nowhere in the claim"):
        check_claim(claim, MODEL)


def test_what_is_set_of_a_letter_of_the_task_is_a_condition():
    for claim in (r"N^{-b}, a = 2 b", "N**-b, a = 2*b"):
        assert check_claim(claim, MODEL).verdict == "HOLDS"
