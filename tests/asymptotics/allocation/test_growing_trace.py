"""Budgets where modes grow with N: the 4 + 3 phases of arXiv 2405.15074, gradient flow, and a tuned step."""

import pytest
from sympy import And, Eq, Rational, sqrt

from asymptotics import GradientDescent, OnePassSGD, check_claim, compute_optimal, derive, power_law
from asymptotics.allocation.optimum import Optimum
from asymptotics.errors import DomainError, UnableError
from asymptotics.symbols import B, N, P, a, b, h, r, t
from numerics import frontier

LAWS = derive(power_law(a, b, modes=r * N))
SGD = OnePassSGD(fraction=0.25, batch=1)

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
    half = lines["Eq(b, 1/2) & (2*a > 3)"]
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
        (
            {"cost": t, "free": (t, h), "fixed": {N: "C**6"}, "rule": OnePassSGD},
            "the loss tends to a constant",
        ),
    ],
    ids=str,
)
def test_refused(question, words):
    with pytest.raises((UnableError, DomainError), match=words):
        compute_optimal(power_law(2.5, "4/5", modes="2*N"), **{"cost": N * t, **question})


# Tr = log(N): by hand, T = 4 h B n/log(N) with T^-s = N^-s, and without batches T^-s = log(N)/N for s > 1
AT_ONE = [
    ("3/2", None, {t: (1, 2, 0), N: (1, 2, 0), "loss": (1, 4, 0)}),
    ("5/2", None, {t: (2, 5, "-2/5"), N: (3, 5, "2/5"), "loss": (3, 5, "3/5")}),
    (4, None, {t: (1, 4, "-1/4"), N: (3, 4, "1/4"), "loss": (3, 4, "3/4")}),
    ("3/2", SGD, {t: (1, 2, "1/2"), N: (1, 2, "-1/2"), "loss": (1, 4, "1/4")}),
    ("7/4", SGD, {t: (1, 2, "1/2"), N: (1, 2, "-1/2"), "loss": (3, 8, "3/8")}),
]


@pytest.mark.parametrize(("target", "rule", "expected"), AT_ONE, ids=str)
def test_at_one_the_trace_is_a_logarithm(target, rule, expected):
    question = {} if rule is None else {"rule": rule}
    (phase,) = compute_optimal(power_law(target, 1, modes="2*N"), cost=N * t, **question).phases
    for key, (top, bottom, logarithm) in expected.items():
        assert phase.exponents[key] == Rational(top, bottom) and phase.logs[key] == Rational(logarithm)


@pytest.mark.slow
@pytest.mark.parametrize(("target", "rule"), [("5/2", None), ("3/2", SGD)], ids=["flow", "sgd"])
def test_the_true_optimum_at_one(target, rule):
    """Over six decades the loss keeps to its power of log(C), and not to the power of C alone."""
    question = {} if rule is None else {"rule": rule}
    optimum = compute_optimal(power_law(target, 1, modes="2*N"), cost=N * t, **question)
    (phase,) = optimum.phases
    points = frontier(optimum, [10**8, 10**14, 10**20], digits=5)
    scaled = [
        float(one["loss"]) * 10 ** (e * float(phase.exponents["loss"])) / e ** float(phase.logs["loss"])
        for e, one in zip((8, 14, 20), points, strict=True)
    ]
    plain = [x * e ** float(phase.logs["loss"]) for e, x in zip((8, 14, 20), scaled, strict=True)]
    assert abs(scaled[2] / scaled[1] - 1) < 0.05 < abs(plain[2] / plain[1] - 1)


@pytest.mark.parametrize(
    ("target", "question", "words"),
    [
        (3, {"rule": SGD}, r"b = 1: .* a - 1 > b .* one-pass SGD has powers of log\(log\(C\)\)"),
        (2, {"rule": SGD}, "a - 1 = b"),
        (2, {}, "a - 1 = b .* gradient flow"),
        ("3/2", {"rule": OnePassSGD, "cost": N * t * B, "free": (t, N, B)}, "hold B fixed"),
    ],
    ids=str,
)
def test_what_is_not_derived_at_one(target, question, words):
    with pytest.raises(UnableError, match=words):
        compute_optimal(power_law(target, 1, modes="2*N"), **{"cost": N * t, **question})


def test_one_is_a_line_of_the_tiling(constant):
    (line,) = (x for x in constant.boundaries if x.condition == And(Eq(b, 1), a < 2))
    assert line.logs["loss"].equals((a - 1) / 2) and constant.at(a="3/2", b=1, r=2).logs["loss"] == Rational(
        1, 4
    )


def test_what_is_refused_is_a_row(constant):
    (row,) = constant.refused
    assert row.condition == And(Eq(b, 1), a >= 2) and "log(log(C))" in row.reason
    assert repr(row) in repr(constant)
    shown = constant.to_latex("2405.15074").replace("\n", " ")
    assert r"\text{not derived} & \text{for } \alpha = \frac{1}{2},\ \beta \geq \frac{1}{2}" in shown


def test_the_end_of_a_curve_is_a_line_of_the_tiling(constant):
    """Phases IVa and IVb of 2405.15074 meet at alpha = 1 - 1/sqrt(2): there a range of splits is as good."""
    (line,) = (x for x in constant.boundaries if Eq(b, 2 - sqrt(2)) in x.condition.args)
    assert line.condition == And(Eq(b, 2 - sqrt(2)), a > 3 - sqrt(2))
    here, there = line, constant.at(a=3, b=2 - sqrt(2), r=2)
    for (size, *ends), (_, *known) in zip(here.ranges, there.ranges, strict=True):
        assert size in (t, N) and all(x.subs(a, 3).equals(y) for x, y in zip(ends, known, strict=True))
    meeting = {p.condition for p in constant.phases if p.condition.has(sqrt(2))}
    assert meeting == {
        And(b < 1, b > 2 - sqrt(2), a - 1 > b),
        And(2 * b > 1, b < 2 - sqrt(2), a - 1 > b),
    }


@pytest.mark.slow
def test_claims_at_one(constant):
    found = check_claim("C**(-(a-1)/2)", constant, ["b = 1"])
    assert found.headline.startswith("FAILS where a < 2: logarithm")
    assert "undecided where a > 2: no law is derived there" in str(found)
    assert check_claim("(C/log(C))**(-(a-1)/2)", constant, ["b = 1", "a < 2"]).everywhere
    assert not check_claim("(C/log(C))**(-(a-1)/2)", constant, ["b = 1"]).everywhere


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


# of n steps and N = n^x features the best share of the largest step: by hand, the signal and the noise of the
# first steps fall alike, N^(2/3) (h n)^(-8/3) = h^(1/3) N^(-1/12) n^(-2/3) at (3, 3/4), h^3 = N^(3/4) n^-2
@pytest.mark.parametrize(("power", "share"), [(2, "-1/6"), ("3/2", "-7/24"), ("4/3", "-1/3")])
def test_best_step_of_steps_and_size(power, share):
    optimum = compute_optimal(
        power_law(3, "3/4", modes="2*N"), t, free=(t, h), fixed={N: f"C**({power})"}, rule=OnePassSGD
    )
    (phase,) = optimum.phases
    assert phase.exponents[h] == Rational(share) and phase.exponents["loss"] == Rational(8, 9)
