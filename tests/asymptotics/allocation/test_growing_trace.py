"""Budgets where modes grow with N: the 4 + 3 phases of arXiv 2405.15074, gradient flow, and a tuned step."""

import pytest
from sympy import Rational, sqrt

from asymptotics import GradientDescent, OnePassSGD, check_claim, compute_optimal, derive, power_law
from asymptotics.allocation.optimum import Optimum
from asymptotics.errors import DomainError, UnableError
from asymptotics.symbols import B, N, P, a, b, h, r, t

LAWS = derive(power_law(a, b, modes=r * N))

# 2405.15074: phases Ia, II, III and Ib, Ic, IVa, IVb, in the letters of theory, section A: (a, b) inside,
# eta in L ~ C^-eta and xi in N ~ C^xi
IC = 1 / (2 - b + b**2 / (a - 1))
IVB = (a - 2 * b) / ((2 - b) * (a - 2 * b) + b * (1 - b))
PHASES = [
    ("Ia", (1.5, 1.5), (a - 1) / (b + 1), 1 / (b + 1)),
    ("II", (2.8, 1.5), (a - 1) / a, (a - b) / a),
    ("III", (4, 1.5), 1 - 1 / (2 * b), Rational(1, 2)),
    ("Ib", (1.5, 0.8), (a - 1) / 2, Rational(1, 2)),
    ("Ic", (2, 0.3), b * IC, IC),
    ("IVa", (2.5, 0.8), b / 2, Rational(1, 2)),
    ("IVb", (2.5, 0.55), IVB * (1 - b) * (a - 1) / (a - 2 * b), IVB),
]


def at(expression, point):
    return (
        expression.subs({a: Rational(str(point[0])), b: Rational(str(point[1]))})
        if hasattr(expression, "subs")
        else expression
    )


@pytest.fixture(scope="module")
def constant():
    return compute_optimal(LAWS, cost=N * t, rule=OnePassSGD)


@pytest.mark.parametrize(("name", "point", "loss", "size"), PHASES, ids=[row[0] for row in PHASES])
def test_phase_at_numbers(name, point, loss, size):
    found = compute_optimal(
        power_law(*map(str, point), modes="2*N"), cost=N * t, rule=OnePassSGD(fraction=0.25, batch=1)
    ).phases
    assert len(found) == 1
    assert found[0].exponents["loss"] == at(loss, point)
    assert found[0].exponents[N] == at(size, point)
    assert found[0].exponents[t] == 1 - at(size, point)


@pytest.mark.slow
def test_seven_phases_tile_the_plane(constant):
    assert len(constant.phases) == 7
    assert constant.proof.disjoint and constant.proof.covering
    for _, point, loss, size in PHASES:
        here = dict(zip((a, b), (Rational(str(x)) for x in point), strict=True)) | {r: 2}
        (phase,) = (p for p in constant.phases if all(c.subs(here) > 0 for c in p.domain.constraints))
        assert (phase.exponents["loss"] - loss).simplify() == 0
        assert (phase.exponents[N] - size).simplify() == 0


@pytest.mark.slow
def test_logarithms_on_the_lines(constant):
    lines = {str(phase.condition): phase for phase in constant.boundaries}
    half = lines["Eq(2*b, 1) & (2*a > 3)"]
    assert half.logs["loss"] != 0 and half.exponents["loss"].equals((b * IC).subs(b, Rational(1, 2)))
    below = lines["(b < 1) & Eq(a - 1, b)"]
    assert (below.logs["loss"] - (1 - b / 2)).simplify() == 0
    assert constant.at(a=3, b=Rational(1, 2)).logs["loss"] == Rational(12, 13)


@pytest.mark.parametrize(
    ("point", "loss", "share"),
    [
        ((2.5, 0.8), b * (a - 1) / ((1 + b) * (a - 1) + b * (1 - b)), True),
        ((2.5, 0.55), b * (a - 1) / ((1 + b) * (a - 1) + b * (1 - b)), True),
        ((1.5, 0.8), (a - 1) / 2, False),
        ((2, 0.3), b * IC, False),
        ((4, 1.5), 1 - 1 / (2 * b), False),
    ],
    ids=str,
)
def test_tuned_step(point, loss, share):
    found = compute_optimal(
        power_law(*map(str, point), modes="2*N"), cost=N * t, rule=OnePassSGD, free=(t, N, h)
    ).phases
    assert [p.exponents["loss"] for p in found] == [at(loss, point)]
    assert (found[0].exponents[h] < 0) == share
    if share:  # h ~ N^-((2b-1)(1-b/(a-1)))
        expected = -(2 * b - 1) * (1 - b / (a - 1))
        assert found[0].exponents[h] == at(expected, point) * found[0].exponents[N]


@pytest.mark.parametrize(
    ("point", "loss", "size"),
    [
        ((1.5, 0.8), (a - 1) / (1 + b), 1 / (1 + b)),
        ((2.5, 0.8), b * (a - 1) / (a - 1 + b**2), 1 / (1 + b**2 / (a - 1))),
        ((3, 0.3), b * (a - 1) / (a - 1 + b**2), 1 / (1 + b**2 / (a - 1))),
    ],
    ids=str,
)
@pytest.mark.parametrize("rule", [None, GradientDescent])
def test_gradient_flow_below_one(point, loss, size, rule):
    rules = {} if rule is None else {"rule": rule}
    (phase,) = compute_optimal(power_law(*map(str, point), modes="2*N"), cost=N * t, **rules).phases
    assert (phase.exponents["loss"], phase.exponents[N]) == (at(loss, point), at(size, point))


def test_the_batch_is_free_up_to_the_trace():
    (phase,) = compute_optimal(power_law("2.5", "0.8", modes="2*N"), cost=N * t * B, rule=OnePassSGD).phases
    (batch,) = (row for row in phase.ranges if row[0] == B)
    assert batch[1:] == (0, Rational(1, 10))  # Tr ~ N^(1 - b)
    assert not phase.unique


@pytest.mark.slow
def test_between_the_two_parts_of_phase_iv():
    """At b = 2 - sqrt(2) the noise is flat in N at a fixed budget (theory, section A): a range of sizes."""
    edge = 2 - sqrt(2)
    (phase,) = compute_optimal(
        power_law(3, edge, modes="2*N"), cost=N * t, rule=OnePassSGD(fraction=0.25, batch=1)
    ).phases
    assert (phase.exponents["loss"] - edge / 2).equals(0)
    (sizes,) = (row for row in phase.ranges if row[0] == N)
    assert sizes[1] == Rational(1, 2) and (sizes[2] - IVB.subs({a: 3, b: edge})).equals(0)


@pytest.mark.slow
def test_other_roots_among_the_exponents():
    place = {a: 3, b: sqrt(2) / 3}
    (phase,) = compute_optimal(
        power_law(3, sqrt(2) / 3, modes="2*N"), cost=N * t, rule=OnePassSGD(fraction=0.25, batch=1)
    ).phases
    assert (phase.exponents["loss"] - (b * IC).subs(place)).equals(0)
    assert (phase.exponents[N] - IC.subs(place)).equals(0)


def test_records():
    optimum = compute_optimal(
        power_law("2.5", "0.8", modes="2*N"), cost=N * t, rule=OnePassSGD(fraction=0.25, batch=1)
    )
    assert Optimum.from_dict(optimum.to_dict()) == optimum


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"rule": OnePassSGD(eta=0.1, batch=1)}, "no fixed step is stable"),
        ({"free": (t, N, h)}, "no share of the largest step"),
        ({"rule": OnePassSGD(fraction=0.5, batch=1), "free": (t, N, h)}, "pass the class"),
        ({"cost": N * t * P}, "leave it out"),
    ],
    ids=str,
)
def test_refused(question, words):
    with pytest.raises((UnableError, DomainError), match=words):
        compute_optimal(power_law(2.5, "4/5", modes="2*N"), **{"cost": N * t, **question})


def test_one_is_refused_by_name():
    with pytest.raises(UnableError, match=r"b = 1: the trace grows as log\(N\)"):
        compute_optimal(power_law(3, 1, modes="2*N"), cost=N * t, rule=OnePassSGD)


@pytest.mark.slow
def test_a_claim_at_one_says_that_nothing_is_derived_there(constant):
    found = check_claim("C**(-(a-1)/2)", constant, ["b = 1"])
    assert found.verdict == "UNDECIDED"
    assert found.headline.startswith("UNDECIDED: ") and "is not derived where" in found.headline
    assert "b = 1" in found.headline


def test_the_best_step_of_a_size_is_refused_by_name():
    with pytest.raises(AttributeError, match="a smaller step is always better"):
        _ = LAWS.optimal_step_model


def test_other_modes():
    with pytest.raises(UnableError, match=r"r\*N"):
        compute_optimal(power_law(3, 2, modes="M"), cost=N * t)
    with pytest.raises(UnableError, match="pass modes=oo"):
        compute_optimal(power_law(3, 2, modes="2*P"), cost=P * t)
    # N = oo: infinitely many modes
    (phase,) = compute_optimal(power_law(2, 2, modes="2*N"), cost=P * t).phases
    assert phase.exponents == compute_optimal(power_law(2, 2), cost=P * t).phases[0].exponents
