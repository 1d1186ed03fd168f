"""What cannot be used is refused in one line, what cannot be decided says so, and the work is counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Integer,
    Max,
    Min,
    sin,
    sqrt,
)

from asymptotics import (
    DomainError,
    ParseError,
    check_claim,
    derive,
    power_law,
)
from asymptotics.caches import clear_caches
from asymptotics.claims import check, judge, outcomes
from asymptotics.claims.check import STEPS
from asymptotics.domains import solver
from asymptotics.symbols import N, a, b, eta

LAWS = derive(power_law(a, b))


@dataclass
class Counts:
    """The most steps of one comparison, and how many questions went to the solver."""

    most: int = 0
    questions: int = 0


@contextmanager
def counted() -> Iterator[Counts]:
    """Counts of what is done within."""
    counts, step, ask = Counts(), outcomes.Work.step, solver._ask

    def counting_step(work):
        step(work)
        counts.most = max(counts.most, work.done)

    def counting_ask(*arguments):
        counts.questions += 1
        return ask(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcomes.Work, "step", counting_step)
        patch.setattr(solver, "_ask", counting_ask)
        yield counts


@pytest.fixture
def work() -> Iterator[Counts]:
    """`counted` around a test, nothing remembered from earlier ones."""
    clear_caches()
    with counted() as counts:
        yield counts


# What cannot be used

REFUSED = [
    (
        "x - 1",
        LAWS.model,
        (),
        ParseError,
        r"'x - 1', column 1: x has no meaning here; the letters .* are N, a, b",
    ),
    ("L(P) ~ P**-2", LAWS.model, (), DomainError, "about a law in P, laws.model is in N"),
    ("N = N**-b", LAWS.model, (), DomainError, "should name"),
    ("N**-b = N**-a", LAWS.model, (), ParseError, "column 1: the left side names the quantity"),
    ("L = 1 = 2", LAWS.model, (), ParseError, "column 7: a second '='"),
    ("a - 1 < b", LAWS.model, (), ParseError, "column 7: an inequality is a condition"),
    ("b", LAWS.model, "a < 1", DomainError, "nothing is left"),
    ("b", LAWS.model, "q < 1", DomainError, "names q; the parameters are a, b"),
    ("b", LAWS.model, "a", ParseError, "a condition compares"),
    ("b", LAWS.model, 3, DomainError, "is not a comparison"),
    ("b", LAWS, (), DomainError, "a sum of bottlenecks has one in each"),
    ("b", "laws", (), DomainError, "pass a law"),
    ([1], LAWS.model, (), DomainError, "not a number"),
    (a < b, LAWS.model, (), DomainError, "not a number|inequality"),
    ("b", LAWS.model, (), None, ""),
]


@pytest.mark.parametrize(("claim", "law", "assuming", "error", "message"), REFUSED)
def test_refusals_are_one_line(claim, law, assuming, error, message):
    if error is None:
        check_claim(claim, law, assuming)
        return
    with pytest.raises(error, match=message) as caught:
        check_claim(claim, law, assuming)
    assert "\n" not in str(caught.value)


UNDECIDED = [
    ("sine of the resource", sin(N), "growth of sin"),
    ("degree", (((a + 1) ** 50 + b) ** 50 + a) ** 50, "degree"),
    ("a constant without name", N ** (1 - a) * sympy.Function("f")(a), ""),
]


@pytest.mark.parametrize(("name", "claim", "tried"), UNDECIDED, ids=[row[0] for row in UNDECIDED])
def test_undecided_says_what_was_tried(name, claim, tried):
    verdict = check_claim(claim, LAWS.model, "a - 1 < b")
    assert verdict.verdict == "UNDECIDED" and not verdict
    assert tried in str(verdict)


def test_curved_boundaries_are_decided_or_seen():
    verdict = check_claim("(a - 1)/b", LAWS.model)
    assert verdict.verdict == "FAILS"
    assert [str(r.condition) for r in verdict.holds] == ["Eq(a - 1, b**2)"]
    assert check_claim("sqrt(a)", LAWS.model).verdict == "FAILS"
    assert check_claim("a**b", LAWS.time).verdict == "FAILS"
    assert check_claim(sqrt((a - 1) ** 2 / b**2), LAWS.time).verdict in ("HOLDS", "UNDECIDED")


HARD = [
    "N**(-(a+b+1)**50*(a+2*b)**50)",
    "Min(a**2, b**3-a, a*b**2-1, a**3-b, b**4-a**2, a*b-7, a**4-b**3)",
    Min(*(a * i - b**j for i in range(1, 4) for j in range(1, 4))),
    Max(*(N ** (-a * i) for i in range(1, 9))),
    sum((N ** (-a - i * b) for i in range(60)), Integer(0)),
    (a + b + eta) ** 20 / (a - b) ** 20,
    N ** (-((a + 1) ** 999)),
]


@pytest.mark.slow
@pytest.mark.parametrize("claim", HARD, ids=[str(c)[:30] for c in HARD])
def test_no_claim_takes_long(claim, work):
    try:
        verdict = check_claim(claim, LAWS.model)
        assert verdict.verdict in ("FAILS", "UNDECIDED")
    except ParseError:
        pass
    assert work.most <= STEPS and work.questions < 400


def _texts():
    leaves = st.sampled_from(["a", "b", "N", "1", "2", "1/2", "pi", "(a-1)"])
    shapes = ["({}+{})", "({}-{})", "({})*({})", "({})/({})", "({})**({})", "Min({},{})", "Max({},{})"]
    more = ["log({})", "exp(-({}))", "gamma({})", "({})**3"]
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(shapes), inner, inner).map(lambda p: p[0].format(p[1], p[2])),
            st.tuples(st.sampled_from(more), inner).map(lambda p: p[0].format(p[1])),
        ),
        max_leaves=6,
    )


@pytest.mark.slow
@settings(max_examples=60)
@given(_texts(), st.booleans())
def test_any_expression_gets_a_verdict_or_one_line(text, as_power):
    with counted() as work:
        try:
            verdict = check_claim(f"N**(-({text}))" if as_power else text, LAWS.model)
        except ParseError:
            return
    assert str(verdict).split()[0].strip(":") in ("HOLDS", "FAILS", "UNDECIDED")
    assert verdict.verdict != "FAILS" or verdict.witness is not None
    assert work.most <= STEPS and work.questions < 400


@pytest.mark.parametrize("claim", ["N**-Min(a - 1, 2*b)", "N**-b", "Min(a - 1, b)", "O(N**-b)"])
def test_a_claim_takes_few_steps(claim, work):
    """Claims about power laws are decided from bounds of the parameters, without the solver."""
    check_claim(claim, LAWS.model)
    assert 0 < work.most <= 30 and work.questions == 0


def test_work_beyond_its_limit_is_undecided_and_says_so(monkeypatch):
    monkeypatch.setattr(check, "STEPS", 5)
    monkeypatch.setattr(judge, "SAMPLING", 2)
    verdicts = [str(check_claim("Min(a - 1, b)", LAWS.model)) for _ in range(2)]
    assert verdicts[0] == verdicts[1]
    assert verdicts[0].startswith("UNDECIDED") and "more than 5 steps" in verdicts[0]


def test_verdicts_do_not_depend_on_what_was_asked_before():
    claims = ["(a - 1)/b", "N**-Min(a - 1, 2*b)", "Min(a*b - 1, b**2)", "a**2/(b + 1)"]
    first = {claim: str(check_claim(claim, LAWS.model)) for claim in claims}
    clear_caches()
    assert {claim: str(check_claim(claim, LAWS.model)) for claim in reversed(claims)} == first


def test_numbers_beyond_those_that_a_law_is_derived_with():
    """The witness is a point of the law in symbols."""
    law = derive(power_law(a, b)).model
    found = check_claim("Min(a - 1, b, 1e15)", law, assuming=["a > 1e15"])
    assert found.verdict == "FAILS" and found.witness is not None
    assert found.witness[b] > 10**15 and found.witness[a] > 10**15
    assert check_claim("Min(a - 1, b)", law, assuming=["a > 1e15"]).everywhere
    assert check_claim("Min(a - 1, b, 1e15)", law, assuming=["a > 1e15", "b < 1e15"]).everywhere
