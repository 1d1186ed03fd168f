"""Allocation: phases, exponents, logarithms and constants against published and worked-out results."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, Symbol, latex, oo, symbols

from asymptotics import (
    Averaged,
    BottleneckError,
    GradientFlow,
    NonlinearFeatures,
    OnePassSGD,
    Rich,
    SpectralTruncation,
    Task,
    UnableError,
    check_claim,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.allocation.loss_terms import loss_terms, trace_power
from asymptotics.domains.domain import normal
from asymptotics.symbols import B, C, E, M, N, P, a, b, h, k, rho, sigma, t
from numerics import FullModel
from numerics.cli import main

LAWS = derive(power_law(a, b))

# cost, options, and for each phase: condition, exponents of the resources, exponent of the loss; source
TABLE = [
    (
        N * t,
        {},
        {
            a - 1 < b: ({t: b / (1 + b), N: 1 / (1 + b)}, (a - 1) / (1 + b)),  # BAP section 4.4; phase I
            a - 1 > b: ({t: b / a, N: (a - b) / a}, (a - 1) / a),  # Paquette et al., phase II
        },
    ),
    (
        N * t,
        {"rule": OnePassSGD},
        {
            a - 1 < b: ({t: b / (1 + b), N: 1 / (1 + b)}, (a - 1) / (1 + b)),  # I
            "II": ({t: b / a, N: (a - b) / a}, (a - 1) / a),
            a > 2 * b: ({t: Rational(1, 2), N: Rational(1, 2)}, 1 - 1 / (2 * b)),  # III
        },
    ),
    (
        N**2 * t,  # worked out by hand: with a dearer N and b > 2 the optimum stays on the crossover
        {},
        {
            a - 1 < b: ({t: b / (2 + b), N: 1 / (2 + b)}, (a - 1) / (2 + b)),
            "middle": ({t: b / (2 * a - b), N: (a - b) / (2 * a - b)}, (a - 1) / (2 * a - b)),
            "late": ({t: b / (2 + b), N: 1 / (2 + b)}, b / (2 + b)),
        },
    ),
    (
        P * t,
        {},
        {
            a - 1 < 2 * b: ({t: b / (1 + b), P: 1 / (1 + b)}, (a - 1) / (1 + b)),
            a - 1 > 2 * b: ({t: b / (1 + b), P: 1 / (1 + b)}, 2 * b / (1 + b)),
        },
    ),
    (
        E * N * t,  # width beats ensembling: one member
        {},
        {
            a - 1 < b: ({t: b / (1 + b), N: 1 / (1 + b), E: 0}, (a - 1) / (1 + b)),
            a - 1 > b: ({t: b / a, N: (a - b) / a, E: 0}, (a - 1) / a),
        },
    ),
    (
        N * t * B,
        {"rule": OnePassSGD},
        {
            a - 1 < b: ({t: b / (1 + b), N: 1 / (1 + b), B: 0}, (a - 1) / (1 + b)),
            "II": ({t: b / a, N: (a - b) / a, B: 0}, (a - 1) / a),
            a > 2 * b: ({t: Rational(1, 2), N: Rational(1, 2), B: 0}, 1 - 1 / (2 * b)),
        },
    ),
]


@pytest.mark.parametrize(("cost", "options", "expected"), TABLE, ids=lambda x: str(x)[:24])
def test_phases(cost, options, expected):
    optimum = compute_optimal(LAWS, cost, **options)
    assert str(optimum.proof) == "disjoint: proved; covering: proved"
    found = {
        tuple((str(x), p) for x, p in phase.powers if x != "loss"): phase.exponents["loss"]
        for phase in optimum.phases
    }
    assert len(found) == len(expected) or len(optimum.phases) == len(expected)
    for condition, (amounts, loss) in expected.items():
        matches = [
            phase
            for phase in optimum.phases
            if all((phase.exponents[x] - p).simplify() == 0 for x, p in amounts.items())
            and (phase.exponents["loss"] - loss).simplify() == 0
        ]
        assert len(matches) == 1, condition
        if not isinstance(condition, str):
            assert matches[0].condition == condition


def test_bap_slopes():
    """BAP figure 4: -0.5, -0.4, -0.33 at (a, b) = (2, 1), (2, 3/2), (2, 2); b -> 1 for the first."""
    phase = compute_optimal(LAWS, N * t).phases[0]
    slopes = [phase.exponents["loss"].subs({a: 2, b: x}) for x in (1, Rational(3, 2), 2)]
    assert slopes == [Rational(1, 2), Rational(2, 5), Rational(1, 3)]


def test_stopping_time_under_label_noise():
    """t ~ (P/sigma^2)^(b/a), L ~ (sigma^2/P)^((a-1)/a), with the constants of laws.early_stopping."""
    laws = derive(power_law(a, b, noise=sigma))
    (phase,) = compute_optimal(laws, cost=P, free=(t, P)).phases
    assert phase.exponents == {t: b / a, P: 1, "loss": (a - 1) / a}
    place = {a: Rational(7, 3), b: Rational(3, 2), sigma: Rational(1, 2)}
    for key, law in ((t, laws.early_stopping_time), ("loss", laws.early_stopping)):
        ratio = phase.prefactors[key] / law.regimes[0].prefactor
        assert abs(ratio.subs(place).evalf(25) - 1) < Rational(1, 10**20)


def test_noise_makes_data_dear():
    """Noise, N, t and P: all three terms t^-s, N^-(a-1), sigma^2 t^(1/b)/P in balance for a - 1 < b."""
    phases = compute_optimal(derive(power_law(a, b, noise=sigma)), N * t * P).phases
    assert phases[0].exponents == {
        t: b / (a + b + 1),
        N: 1 / (a + b + 1),
        P: a / (a + b + 1),
        "loss": (a - 1) / (a + b + 1),
    }


@pytest.mark.parametrize(
    ("cost", "options", "place", "power"),
    [
        # min over t of t^-1 + t^(1/b) log(C)/C, by hand
        (N * t, {}, {a: 3, b: 2}, Rational(2, 3)),
        (P * t, {}, {a: 5, b: 2}, Integer(1)),
        # at a = 2b the two terms of one-pass SGD add without a logarithm
        (N * t, {"rule": OnePassSGD}, {a: 4, b: 2}, Integer(0)),
    ],
    ids=str,
)
def test_boundaries_carry_their_logarithm(cost, options, place, power):
    optimum = compute_optimal(LAWS, cost, **options)
    here = optimum.at(place)
    assert here.logs["loss"] == power
    (line,) = [
        edge
        for edge in optimum.boundaries
        if edge.condition.subs(place) == True  # noqa: E712  (SymPy's BooleanTrue)
    ]
    assert line.logs["loss"].subs(place) == power
    assert line.exponents["loss"].subs(place) == here.exponents["loss"]


def test_corners_where_lines_meet_have_a_phase():
    """C = 6 N P, by hand: at b = 2 both terms with 1/N fall alike; at a = 3, a = 5 others meet them."""
    optimum = compute_optimal(LAWS, cost=6 * N * P)
    phases = (*optimum.phases, *optimum.boundaries)
    for place in (
        {a: 3, b: 2},
        {a: 5, b: 2},
        {a: 4, b: 2},
        {a: 6, b: 2},
        {a: 2, b: 2},
        {a: 3, b: Rational(5, 4)},
    ):
        (one,) = [p for p in phases if p.condition.subs(place) == True]  # noqa: E712
        there = optimum.at(place)
        assert {x: e.subs(place) for x, e in one.powers} == there.exponents
        assert one.logs == there.logs and {
            x: (low.subs(place), high.subs(place)) for x, low, high in one.ranges
        } == {x: (low, high) for x, low, high in there.ranges}
    assert optimum.at(a=3, b=2).logs["loss"] == 1
    # N is largest where P is least: P^4 = C log C
    assert "N from sqrt(C) to C**(3/4)/log(C)**(1/4)" in repr(optimum.at(a=5, b=2))
    assert r"\ldots C^{3/4} \log^{-1/4} C" in optimum.at(a=5, b=2).to_latex()


@pytest.mark.slow
@given(st.integers(101, 900), st.integers(101, 500))
def test_phases_agree_with_the_programme_at_points(first, second):
    """At random rational (a, b) exactly one phase holds; its exponents balance and spend the budget."""
    place = {a: Rational(first, 100), b: Rational(second, 100)}
    for cost, options in ((N * t, {}), (N * t, {"rule": OnePassSGD}), (N**2 * t, {}), (N * P, {})):
        optimum = _optimum(cost, tuple(options.items()))
        held = [p for p in optimum.phases if all(c.subs(place) > 0 for c in p.domain.constraints)]
        on_line = any(c.subs(place) == 0 for p in optimum.phases for c in p.domain.constraints)
        assert len(held) == (0 if on_line else 1) or on_line
        for phase in held:
            amounts = {x: e.subs(place) for x, e in phase.powers}
            terms = [
                sum(term.power(x).subs(place) * amounts[x] for x in optimum.free)
                for term in optimum.allocation.terms
            ]
            assert min(terms) == amounts["loss"]
            assert sum((cost.as_powers_dict()[x] * amounts[x] for x in optimum.free), Integer(0)) == 1
            assert sum(share.subs(place) for share in phase.shares) == 1


_KEPT: dict = {}


def _optimum(cost, options):
    if (cost, options) not in _KEPT:
        _KEPT[cost, options] = compute_optimal(LAWS, cost, **dict(options))
    return _KEPT[cost, options]


def test_curved_boundaries_are_proved_too():
    optimum = compute_optimal(LAWS, N**a * t)
    assert {str(p.condition) for p in optimum.phases} >= {"(a - 1 > b) & (a*b < a + b)"} or len(
        optimum.phases
    ) == 3
    assert optimum.proof.disjoint and optimum.proof.covering


@pytest.mark.slow
def test_ties_on_a_wall_do_not_hide_the_phases_beside_it():
    """Data cost nothing of their own: losses are those of N^2 t, whose splits all tie at b = 2."""
    dear = compute_optimal(LAWS, "N**2*t + P")
    assert str(dear.proof) == "disjoint: proved; covering: proved"
    for x, y in ((1.7, 1.4), (2.9, 1.5), (6, 1.5), (6, 2.5)):
        expected = (x - 1) / (2 * x - y) if y < 2 and x - 1 > y else min(x - 1, y) / (y + 2)
        assert float(dear.at(a=x, b=y).exponents["loss"]) == pytest.approx(expected)


def test_resources_held_at_a_power_of_the_budget():
    optimum = compute_optimal(LAWS, N * t, fixed={P: C ** Rational(1, 2)})
    assert optimum.proof.disjoint and optimum.proof.covering
    rich = optimum.at(a=Rational(3, 2), b=Rational(3, 2))  # C^(1/2) samples are more than enough
    assert rich.exponents["loss"] == Rational(1, 5)
    assert compute_optimal(LAWS, N * t, fixed={P: oo}).phases == compute_optimal(LAWS, N * t).phases


def test_other_spectra_take_the_same_path():
    task = Task(eigenvalues=3 * k**-b, target=(k + Rational(1, 2)) ** -a)
    found = compute_optimal(derive(task), N * t).phases
    plain = compute_optimal(LAWS, N * t).phases
    assert [p.powers for p in found] == [p.powers for p in plain]
    assert found[1].prefactors != plain[1].prefactors


def test_transients_that_only_correct_the_time_law_are_no_terms():
    monomials = {term.monomial for term in loss_terms(LAWS, (t, N), GradientFlow)}
    assert monomials == {t ** (1 / b - a / b), N ** (1 - a), N**-b, t ** (1 / b - 1) / N}
    assert trace_power(LAWS) == 1 / b


def test_latex_hash_and_pickle():
    optimum = compute_optimal(LAWS, N * t)
    text = latex(optimum)
    assert text == optimum.to_latex() and r"\begin{cases}" in text and r"\log" in text
    assert hash(optimum) == hash(compute_optimal(LAWS, N * t))
    assert pickle.loads(pickle.dumps(optimum)) == optimum
    assert "for a - 1 > b" in repr(optimum)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: compute_optimal(LAWS, N / t), "falls with t"),
        (lambda: compute_optimal(LAWS, N - t), "not a posynomial"),
        (lambda: compute_optimal(LAWS, "exp(N)*t"), "not a posynomial"),
        (lambda: compute_optimal(LAWS, N * Symbol("q", positive=True)), "q is neither a resource"),
        (lambda: compute_optimal(LAWS, 3), "no free resource"),
        (lambda: compute_optimal(LAWS, N), "nothing to trade"),
        (lambda: compute_optimal(LAWS, N, free=(t, N)), "does not grow with t"),
        (lambda: compute_optimal(LAWS, N * t, free=(N, P)), "neither free nor fixed"),
        (lambda: compute_optimal(LAWS, N * t, free=symbols("x y")), "not a resource"),
        (lambda: compute_optimal(LAWS, N * t, free=("t", "x")), "'x' is not a resource"),
        (lambda: compute_optimal(LAWS, N * t, free=(N, 3)), "free: 3 is not a resource"),
        (lambda: compute_optimal(LAWS, ""), "the cost is empty; write for example N*t"),
        (lambda: compute_optimal(LAWS, rule=Averaged), "laws.averaged has their loss"),
        (lambda: compute_optimal(LAWS, N * t, free=(N, t), fixed={t: 3}), "both free and fixed"),
        (lambda: compute_optimal(LAWS, N * t, fixed={P: 1000}), "tends to a constant"),
        (lambda: compute_optimal(LAWS, N * t, fixed={N: oo}), "N = oo"),
        (lambda: compute_optimal(LAWS, N * t, fixed={P: -1}), "P = -1"),
        (lambda: compute_optimal(LAWS, N * t, fixed={"x": 1}), "x is not a resource"),
        (lambda: compute_optimal(LAWS, N * t * B), "rule=OnePassSGD"),
        (lambda: compute_optimal(LAWS, P * t, rule=OnePassSGD), "no sample twice"),
        (lambda: compute_optimal(LAWS, E * N * t, rule=OnePassSGD), "E members"),
        (lambda: compute_optimal(LAWS, N * t, rule="adam"), "rule = 'adam'"),
        (lambda: compute_optimal(LAWS, N * t, rule="OnePassSGD"), "pass the class OnePassSGD, or"),
        (lambda: compute_optimal(LAWS, N * t, features=1), "features = 1; pass Rich(gamma=...)"),
        (lambda: compute_optimal(LAWS, N * t, features="rich"), "features = 'rich'; pass Rich(gamma=...)"),
        (lambda: compute_optimal(LAWS, N * t, features=Rich), "pass Rich(gamma=...)"),
        (
            lambda: compute_optimal(LAWS, N * t, free="t"),
            "free = 't'; give a sequence of resources, such as ",
        ),
        (
            lambda: compute_optimal(LAWS, N * t, free=t),
            "resources, such as free=(t,)",
        ),
        (lambda: compute_optimal(3, N * t), "derive(task)"),
        (lambda: compute_optimal(power_law(3, Rational(1, 2), modes=M), N * t), "modes=r*N"),
        (lambda: compute_optimal(LAWS, N * t).at(a=2), "no number for b"),
        (lambda: compute_optimal(LAWS, N * t).at(a=2, q=2), "q is not a parameter"),
        (lambda: compute_optimal(LAWS, "__import__('os')"), "not part of an expression"),
    ],
)
def test_bad_input_is_one_line(call, words):
    with pytest.raises(BottleneckError) as caught:
        call()
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_resources_by_name_and_by_plain_symbols():
    plain = symbols("t N h")
    asked = compute_optimal(LAWS, N * t, free=(t, N, h), rule=OnePassSGD)
    assert compute_optimal(LAWS, "N*t", free=("t", "N", "h"), rule=OnePassSGD) == asked
    assert compute_optimal(LAWS, plain[0] * plain[1], free=plain, rule=OnePassSGD) == asked


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["optimal"], 0, "disjoint: proved; covering: proved"),
        (["optimal", "--latex", "--rule", "sgd"], 0, r"\begin{cases}"),
        (["optimal", "--at", "a=4,b=7/4", "--digits", "5"], 0, "constants: t: "),
        (["optimal", "--cost", "N/t"], 2, "falls with t"),
        (["optimal", "--cost", "N*t)"], 2, "--cost"),
        (["optimal", "--rule", "OnePassSGD"], 0, "one-pass SGD"),
        (["optimal", "--rule", "adam"], 2, "bottlenecks: --rule = 'adam'; use one of"),
        (["optimal", "--budgets", "100"], 2, "--at"),
        pytest.param(
            ["optimal", "--gamma", "1", "--at", "a=1.5,b=1.25", "--budgets", "1e6"],
            0,
            "constants: t: 0.303, N: 3.3",
            marks=pytest.mark.slow,
        ),
        (
            ["optimal", "--gamma", "1", "--at", "a=1.5,b=1.25", "--budgets", "1e6", "--digits", "8"],
            2,
            "8 digits; optima of features that move are solved in doubles, to 5 at most; use --digits 5",
        ),
        (["optimal", "--budgets", ""], 2, "--budgets = ''; give numbers between commas, such as 10**8"),
        (["optimal", "--budgets", "100,"], 2, "give numbers between commas"),
    ],
    ids=str,
)
def test_command(arguments, status, words, capsys):
    assert main(arguments) == status
    said = capsys.readouterr()
    assert words in (said.err if status else said.out)
    assert not status or said.err.count("\n") == 1


def test_splits_that_are_not_unique_are_stated_as_a_range():
    """N + t: the loss is that of time alone as long as N is beyond the crossover, or the transient."""
    optimum = compute_optimal(derive(power_law(a, b)), cost=N + t)
    first, second, third = optimum.phases
    assert (first.ranges, second.ranges) == (((N, 1 / b, 1),), ())
    assert third.ranges == ((N, (a - b) / b, 1),)
    assert repr(first).startswith("t ~ C, N from C**(1/b) to C, L ~ C**(-(a - 1)/b)")
    assert "N from C**(1/b)*log(C) to C" in repr(optimum.boundaries[0])
    assert r"C^{1/b} \ldots C" in optimum.to_latex()
    assert r"f^{1/\left(2 \alpha\right)} \ldots f" in optimum.to_latex("2405.15074")
    assert optimum.at(a=3, b="7/4").ranges == ((N, Rational(5, 7), 1),)
    assert all(
        phase.unique and not phase.ranges for phase in compute_optimal(derive(power_law(a, b)), N * t).phases
    )


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("N ~ C", "HOLDS"),
        ("N ~ C**(1/b)", "HOLDS"),
        ("N ~ C**((b + 1)/(2*b))", "HOLDS"),
        ("N ~ C**(1/(2*b))", "FAILS"),
        ("N ~ C**2", "FAILS"),
        ("N = O(C)", "HOLDS"),
        ("N = O(C**(1/b))", "FAILS"),
    ],
)
def test_claims_about_a_share_that_may_be_any_of_a_range(claim, verdict):
    optimum = compute_optimal(derive(power_law(a, b)), cost=N + t)
    found = check_claim(claim, optimum, "a - 1 < b")
    assert found.verdict == verdict
    assert "any N from C**(1/b) to C is as good" in found.notes[-1]


WHITE, TOP = (
    derive(power_law(a, b), student=one)
    for one in (NonlinearFeatures(linear=1, white=1), SpectralTruncation())
)


def test_students_keep_their_laws_on_boundaries_and_with_numbers():
    """A white part makes features cost N^-min(s, 1) and samples P^-min(s, 2)."""
    optimum = compute_optimal(WHITE, N * P)
    table = {a - 1 < b: (a - 1) / (2 * b), a - 1 > 2 * b: Rational(2, 3)}
    found = {phase.condition: phase.exponents["loss"] for phase in optimum.phases}
    assert all(normal(found[condition] - loss) == 0 for condition, loss in table.items())
    for at in ({a: 2, b: 3}, {a: 4, b: 2}, {a: 8, b: 3}):
        (phase,) = [p for p in optimum.phases if p.condition.subs(at) == True]  # noqa: E712
        assert optimum.at(at).exponents["loss"] == phase.exponents["loss"].subs(at)
    edge = optimum.at(a=4, b=3)
    assert edge.exponents["loss"] == Rational(1, 2) and edge.logs["loss"] == Rational(1, 2)
    assert {p.exponents["loss"] for p in optimum.boundaries} == {Rational(1, 2), Rational(2, 3)}
    assert type(optimum).from_dict(optimum.to_dict()) == optimum
    assert compute_optimal(WHITE, N * t).phases[0].exponents["loss"] == (a - 1) / (2 * b)


def test_the_first_modes_in_a_budget():
    assert compute_optimal(derive(power_law(2, b), student=TOP.student), N * P).phases[0].exponents[N] == (
        Rational(1, 2)
    )
    with pytest.raises(UnableError, match="no faster in N than in P"):
        compute_optimal(TOP, N * P)


NOISY = derive(power_law(a, b, noise=sigma))
# numbers, exponents of N, P and of the ridge, exponent of the loss; worked out by hand. Of one-pass SGD with
# its best schedule, whose steps stand for samples, arXiv 2509.19189 has the first.
TUNED = [
    ({a: Rational(3, 2), b: 2}, 1 / (a + 1), a / (a + 1), -b / (a + 1), (a - 1) / (a + 1)),
    ({a: Rational(17, 5), b: Rational(7, 5)}, (a - b) / (2 * a - b), a / (2 * a - b), -b / (2 * a - b),
     (a - 1) / (2 * a - b)),
    ({a: 6, b: 3}, 1 / (b + 2), (b + 1) / (b + 2), -b / (b + 2), b / (b + 2)),
    ({a: 6, b: Rational(8, 5)}, (b + 1) / (3 * b + 2), (2 * b + 1) / (3 * b + 2), -b / (3 * b + 2),
     2 * b / (3 * b + 2)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "features", "samples", "ridge", "loss"),
    [*TUNED[:2], *(pytest.param(*row, marks=pytest.mark.slow) for row in TUNED[2:])],
)
def test_a_ridge_chosen_at_each_budget(at, features, samples, ridge, loss):
    optimum = compute_optimal(NOISY, N * P, free=(N, P, rho))
    assert optimum.proof.disjoint and optimum.proof.covering
    expected = {N: features, P: samples, rho: ridge, "loss": loss}
    (phase,) = [p for p in optimum.phases if p.condition.subs(at) == True]  # noqa: E712
    assert all(normal(phase.exponents[key] - value) == 0 for key, value in expected.items())
    found = optimum.at({**at, sigma: Rational(1, 2)})
    assert found.exponents == {key: value.subs(at) for key, value in expected.items()}


def _tuned_loss(task, budget, features):
    """The smallest loss of the full model over N, by a parabola in log N, each at its best ridge."""
    step, model = Rational(1, 4), {}
    for i in range(-9, 10):
        n = Rational(round(features * 2 ** float(step * i)))
        model[i] = float(FullModel(task, N=n, P=budget / n, digits=8).optimal_ridge().loss)
        if i > -8 and model[i] > model[i - 1] < model[i - 2]:
            break
    before, least, after = (math.log(model[j]) for j in (i - 2, i - 1, i))
    return math.exp(least - (after - before) ** 2 / 8 / (before + after - 2 * least))


@pytest.mark.slow
@pytest.mark.parametrize("at", [row[0] for row in TUNED])
def test_budgets_with_a_best_ridge_against_the_full_model(at):
    """The exponent from two budgets, and the constant where it is known."""
    task = power_law(at[a], at[b], noise="1/2")
    (phase,) = compute_optimal(derive(task), N * P, free=(N, P, rho)).phases
    known = {key: float(value) for key, value in (phase.prefactors or {}).items()}
    losses = []
    for budget in (10**16, 10**20):
        features = known.get(N, 2.5) * float(budget) ** float(phase.exponents[N])
        losses.append(_tuned_loss(task, budget, features))
    exponent = math.log10(losses[0] / losses[1]) / 4
    assert abs(exponent - float(phase.exponents["loss"])) < 1e-3
    if known:
        assert abs(losses[1] / (known["loss"] * 10 ** (-20 * float(phase.exponents["loss"]))) - 1) < 5e-3


def test_questions_with_a_ridge_that_have_no_answer():
    for task, cost, free, words in [
        (power_law(a, b), N * P, (N, P, rho), "without label noise"),
        (NOISY, N * P + t, (N, P, t, rho), "leave out rho"),
        (NOISY, N + B, (N, rho, B), "leave out rho"),
    ]:
        with pytest.raises(UnableError, match=words):
            compute_optimal(task, cost, free, rule=OnePassSGD if B in free else GradientFlow)


def test_noise_at_fewer_features_than_samples():
    """Without a ridge the noise falls as N/P: the best split is far from interpolation."""
    optimum = compute_optimal(NOISY, N * P)
    assert [p.exponents["loss"] for p in optimum.phases] == [(a - 1) / (a + 1), b / (b + 2)]
    phase = optimum.at(a=2, b=3, sigma="1/2")
    budget = Rational(10) ** 20
    features = float(phase.prefactors[N]) * float(budget) ** float(phase.exponents[N])
    size = Rational(round(features))
    loss = float(FullModel(power_law(2, 3, noise="1/2"), N=size, P=budget / size).test_loss(oo))
    law = float(phase.prefactors["loss"]) * float(budget) ** -float(phase.exponents["loss"])
    assert abs(loss / law - 1) < 1e-3
