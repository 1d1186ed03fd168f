r"""Limits, smaller and larger orders, and exponents that nothing is said of."""

import pytest
from sympy import Symbol

from asymptotics import DomainError, ParseError, Verdict, check_claim, compute_optimal, derive, power_law
from asymptotics.symbols import N, a, b, t

LAWS = derive(power_law(a, b))
NOISY = derive(power_law(a, b, noise=Symbol("sigma", positive=True)))
CONSTANT = r"\zeta(a-b) (\frac{\pi/b}{\sin(\pi/b)})^b"
TABLE = [  # claim, law, assumption, verdict
    (r"L(N) = o(N^{-b})", LAWS.model, "a - 1 > b", "FAILS"),
    (r"L(N) = o(N^{-b})", LAWS.model, "a - 1 = b", "FAILS"),
    (r"L(N) = \omega(N^{-b})", LAWS.model, "a - 1 = b", "HOLDS"),
    (r"L(N) = o(N^{-b+1/8})", LAWS.model, "a - 1 > b", "HOLDS"),
    (r"L(N) = \omega(N^{-b})", LAWS.model, "a - 1 < b", "HOLDS"),
    ("L = o(1)", LAWS.model, (), "HOLDS"),
    ("L(N) << N^(-1/2)", LAWS.model, "a > 2", "HOLDS"),
    (r"N^{-b-1} \ll L(N) \ll N^{-1/2}", LAWS.model, "a > 2", "HOLDS"),
    (r"L(N) \gg N^{-b}", LAWS.model, "a - 1 > b", "FAILS"),
    (r"\lim_{N\to\infty} L(N) = 0", LAWS.model, (), "HOLDS"),
    (r"L(P) \to 0 \text{ as } P \to \infty", NOISY.data, (), "FAILS"),
    (r"\lim_{P\to\infty} L(P) = \sigma^2 (b-1)", NOISY.data, (), "HOLDS"),
    (r"\lim_{P\to\infty} L(P) = \sigma^2 b", NOISY.data, (), "FAILS"),
    (rf"\lim_{{N \to \infty}} N^b L(N) = {CONSTANT}", LAWS.model, "a - 1 > b", "HOLDS"),
    (rf"\lim_{{N \to \infty}} N^b L(N) = 2 {CONSTANT}", LAWS.model, "a - 1 > b", "FAILS"),
    (r"\frac{L(N)}{N^{-b}} \to \infty", LAWS.model, "a - 1 < b", "HOLDS"),
    (r"\lim \frac{\mathcal{L}(N)}{N^{-\min(a-1,b)}} = c", LAWS.model, "a - 1 < b", "HOLDS"),
    (r"\limsup_{N\to\infty} N^b L(N) < \infty", LAWS.model, "a - 1 = b", "FAILS"),
    (r"\liminf_{N\to\infty} N^b L(N) > 0", LAWS.model, (), "HOLDS"),
    (r"N^{b} L(N) = O(1)", LAWS.model, "a - 1 < b", "FAILS"),
    (r"\lim \frac{\log L(N)}{\log N} = -\min(a-1,b)", LAWS.model, (), "HOLDS"),
    (r"-\frac{\log L(N)}{\log N} \to a-1", LAWS.model, (), "FAILS"),
    (r"N^{-b} \text{ for } N \gg 1", LAWS.model, "a - 1 > b", "HOLDS"),
    (r"t = o(C^{b/a})", compute_optimal(LAWS, cost=N * t), "a - 1 > b", "FAILS"),
    (r"t = o(C)", compute_optimal(LAWS, cost=N * t), (), "HOLDS"),
    # the size of a limit is judged where a bound on it is claimed
    (r"\limsup_{N\to\infty} N^{b} L(N) \le \frac{1}{100}", LAWS.model, "a - 1 > b", "FAILS"),
    (r"\liminf_{N\to\infty} N^{b} L(N) \ge 1000", LAWS.model, "a - 1 > b", "FAILS"),
    (rf"\lim_{{N\to\infty}} N^b L(N) < {CONSTANT}", LAWS.model, "a - 1 > b", "FAILS"),
    (rf"\lim_{{N\to\infty}} N^b L(N) \le {CONSTANT}", LAWS.model, "a - 1 > b", "HOLDS"),
    (r"\log L \sim -b \log N", LAWS.model, "a - 1 = b", "HOLDS"),
    (r"\log L = -b \log N + O(1)", LAWS.model, "a - 1 = b", "FAILS"),
    (r"\frac{\log L}{\log N} \le -1", LAWS.model, "a > 2", "HOLDS"),
    (r"\frac{\log L}{\log N} \le -1", LAWS.model, "a < 2", "FAILS"),
    # a bound on the loss of two resources holds between the ends, too
    (r"L(t,N) = O(t^{-(a-1)/b} + N^{-b})", LAWS, "a - 1 > b", "FAILS"),
    (r"L(t,N) = O(t^{-(a-1)/b} + N^{-(a-1)})", LAWS, "a - 1 < b", "HOLDS"),
    (r"L(t,N) = \Omega(t^{-(a-1)/b} + N^{-b})", LAWS, "a - 1 > b", "HOLDS"),
]


@pytest.mark.parametrize(
    ("claim", "law", "assuming", "verdict"), TABLE, ids=[f"{x[0]}, {x[2]}" for x in TABLE]
)
def test_limits_and_orders(claim, law, assuming, verdict):
    found = check_claim(claim, law, assuming)
    assert found.verdict == verdict
    assert Verdict.from_dict(found.to_dict()) == found


@pytest.mark.parametrize(
    "claim",
    ["L(N) -> 0", "lim N**b*L(N) = 2", r"\lim_{N\to\infty} \sin(L(N)) = 0", r"\lim_{N\to\infty} N^b = 2"],
)
def test_limits_that_are_not_read_are_refused_in_one_line(claim):
    with pytest.raises(ParseError) as caught:
        check_claim(claim, LAWS.model)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (r"\lim_{t\to\infty} N^{b} L(N) = 0", "limit over t"),
        (r"\lim_{P\to\infty} L(N) = 0", "limit over P"),
        (r"\lim_{N\to 0} N^{b} L = 0", "large sizes"),
        (r"\lim_{N\to\infty} L(N) = N^{-b}", "free of it"),
        (r"L(2N) \sim N^{-b}", "at 2N"),
        (r"L(N/2) \sim N^{-b}", "at N/2"),
        ("L(2*N) ~ N**-b", "L\\(2\\*N\\) is the quantity"),
        (r"\limsup_{N\to\infty} N^{b} L(N) \le 0", "bound > 0"),
    ],
)
def test_limits_over_what_the_law_does_not_have_are_refused(claim, words):
    """Each was judged as if it were said of L(N) for large N."""
    with pytest.raises((ParseError, DomainError), match=words):
        check_claim(claim, LAWS.model, "a - 1 > b")


def test_a_bound_on_another_resource_is_not_one_on_the_loss():
    with pytest.raises(DomainError, match=r"the left side .* is t"):
        check_claim(r"t \ll N^b", LAWS.model)


@pytest.mark.parametrize(
    ("claim", "law", "words"),
    [
        ("c*N**(-p)", LAWS.model, "p = Min(b, a - 1)"),
        (r"(N_c/N)^{\alpha_N}", LAWS.model, "alpha_N = Min(b, a - 1)"),
        (r"L = E + \frac{A}{N^{\alpha}} + \frac{B}{P^{\beta}}", LAWS, "beta = Min(2*b, a - 1)"),
        ("N ~ C^x", compute_optimal(LAWS, cost=N * t), "x = 1/(b + 1) for a - 1 < b"),
    ],
)
def test_an_exponent_of_which_nothing_is_said_is_told(claim, law, words):
    """Whether the claim holds is open, and what the exponent is where it does is in the first line."""
    found = check_claim(claim, law)
    assert found.verdict == "UNDECIDED"
    assert words in found.headline


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\lim_{C \to \infty} \frac{\log N}{\log C} = \frac{1}{1+b}", "HOLDS"),
        (r"\lim_{C \to \infty} \log t/\log C = b/(1+b)", "HOLDS"),
        (r"-\frac{\ln N}{\ln C} \to -\frac{1}{1+b}", "HOLDS"),
        (r"\lim \frac{\log t}{\log N} = b", "HOLDS"),
        (r"\frac{\log N}{\log C} \to \frac12", "FAILS"),
        (r"\lim_{C \to \infty} \frac{\log t}{\log N} = b + 1", "FAILS"),
    ],
)
def test_limits_of_ratios_of_logarithms_are_exponents_at_the_optimum(claim, verdict):
    assert check_claim(claim, compute_optimal(LAWS, cost=N * t), "a - 1 < b").verdict == verdict
