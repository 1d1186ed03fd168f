"""Constants and frontiers against the full model, minimised in numbers."""

import mpmath
import pytest
from sympy import Min, Rational

from asymptotics import BottleneckError, GradientFlow, OnePassSGD, compute_optimal, derive, power_law
from asymptotics.allocation.loss_terms import loss_terms
from asymptotics.symbols import B, E, N, P, a, b, eta, t
from numerics import FullModel
from numerics.commands.optimal import describe
from numerics.figures.allocation import plot_frontier, plot_isoflop, plot_phases, region
from numerics.optima.constants import constants
from numerics.optima.frontier import frontier
from numerics.optima.tabulated import tabulate
from numerics.spectra.spectrum import spectrum_of
from numerics.values.minimum import minimum
from numerics.values.value import Value

FLOW = compute_optimal(derive(power_law(a, b)), N * t)
# at (4, 3/2) two corrections would meet in a logarithm, and the power of the remainder not show by 1e20
PLACES = [{a: Rational(3, 2), b: Rational(5, 4)}, {a: 4, b: Rational(7, 4)}]


@pytest.mark.parametrize("place", [PLACES[0], pytest.param(PLACES[1], marks=pytest.mark.slow)], ids=str)
def test_law_and_full_model_at_the_optimum(place):
    """Exponents to 1e-4 and constants: the remainder falls with the power that the phase predicts."""
    phase, law = FLOW.at(place), constants(FLOW, place)
    budgets = [10**12, 10**16, 10**20]
    points = frontier(FLOW, budgets, place, digits=10)
    for key in (t, N, "loss"):
        sign = -1 if key == "loss" else 1
        power = sign * phase.exponents[key]
        rest = []
        with mpmath.workdps(25):
            for budget, point in zip(budgets, points, strict=True):
                exact = mpmath.mpf(budget) ** (mpmath.mpf(power.p) / power.q)
                rest.append(point[key].value / (law[key].value * exact) - 1)
            slope = mpmath.log10(points[2][key].value / points[1][key].value) / 4
        assert abs(slope - float(power)) < 1e-4
        falls = [float(mpmath.log10(abs(rest[i] / rest[i + 1]))) / 4 for i in (0, 1)]
        assert falls[1] == pytest.approx(float(phase.approach), abs=0.03)
        assert abs(rest[2]) < 1e-6


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_optimum_is_one_by_the_full_model(place):
    """Neighbouring splits of the same budget are worse, by the FullModel's own values."""
    (point,) = frontier(FLOW, [10**9], place, digits=8)
    losses = []
    for factor in (Rational(99, 100), 1, Rational(101, 100)):
        size = Rational(int(point[N].value * 10**6), 10**6) * factor
        losses.append(FullModel(power_law(a, b), place, N=size, digits=12).test_loss(10**9 / size).value)
    assert losses[1] < min(losses[0], losses[2])
    assert abs(losses[1] / point["loss"].value - 1) < 1e-9


@pytest.mark.slow
def test_published_exponent_beside_exact_numbers():
    """For a - 1 > b the exponents that min(a-1, 2b) leads to are not those of the exact model."""
    place = {a: 4, b: Rational(3, 2)}
    low, high = frontier(FLOW, [10**16, 10**20], place, digits=8)
    measured = float(mpmath.log10(low["loss"].value / high["loss"].value) / 4)
    # t^-s against N^-min(a-1, 2b), s = (a-1)/b = 2: L ~ C^-(r s/(r + s))
    published = float(Min(3, 3) * 2 / (Min(3, 3) + 2))
    assert measured == pytest.approx(0.75, abs=1e-5)
    assert abs(measured - published) > 0.4


@pytest.mark.slow
def test_constants_to_more_digits_keep_their_errors():
    for place in PLACES:
        few, many = constants(FLOW, place, 8), constants(FLOW, place, 14)
        for key in (t, N, "loss"):
            assert few[key].agrees_with(many[key])
            assert few[key].relative_error < 1e-8


@pytest.mark.parametrize("budget", [10**7, 10**10])
def test_frontier_errors(budget):
    few = frontier(FLOW, [budget], PLACES[1], digits=5)[0]
    many = frontier(FLOW, [budget], PLACES[1], digits=9)[0]
    for key in (t, N, "loss"):
        assert few[key].agrees_with(many[key])


def test_boundary_carries_its_logarithm_in_numbers():
    """At a - 1 = b: (L C^(b/(1+b)))^((1+b)/b) is linear in log C, up to log log C."""
    place = {a: Rational(5, 2), b: Rational(3, 2)}
    points = frontier(FLOW, [10**12, 10**24], place, digits=5)
    slopes = [float(p["loss"].value * mpmath.mpf(p.budget) ** 0.6) for p in points]
    assert 1.3 < slopes[1] / slopes[0] < 2**0.6
    with pytest.raises(BottleneckError, match="logarithm"):
        constants(FLOW, place)


def test_cost_with_two_terms_and_a_coefficient():
    optimum = compute_optimal(derive(power_law(a, b)), 6 * N * t + N**2)
    (point,) = frontier(optimum, [10**10], PLACES[1], digits=8)
    spent = 6 * point[N].value * point[t].value + point[N].value ** 2
    assert abs(spent / 10**10 - 1) < 1e-7


@pytest.mark.slow
def test_data_and_time():
    optimum = compute_optimal(derive(power_law(a, b)), P * t)
    law = constants(optimum, PLACES[0], digits=6)
    (point,) = frontier(optimum, [10**12], PLACES[0], digits=5)
    assert (
        abs(point["loss"].value / (law["loss"].value * mpmath.mpf(10**12) ** (-mpmath.mpf(2) / 9)) - 1) < 1e-2
    )


@pytest.mark.slow
def test_one_pass_sgd_phase_three():
    """a > 2b: L ~ C^-(1 - 1/(2b)), with the closed-form constant."""
    optimum = compute_optimal(derive(power_law(a, b)), N * t, rule=OnePassSGD)
    place = {a: 6, b: 2, eta: Rational(1, 4), B: 1}
    law = constants(optimum, place, digits=6)
    gaps = []
    for budget in (10**8, 10**12):
        (point,) = frontier(optimum, [budget], place, digits=4)
        gaps.append(abs(point["loss"].value / (law["loss"].value * mpmath.mpf(budget) ** -0.75) - 1))
    assert gaps[1] < gaps[0] / 3 and gaps[1] < 0.1


def test_tabulated_losses_are_those_of_the_full_model():
    model = FullModel(power_law(4, "3/2"), N=1000, digits=15)
    with mpmath.workdps(40):
        r = mpmath.mpf(2) / 3
        kappa0 = (r * mpmath.pi / mpmath.sin(mpmath.pi * r) / 1000) ** (1 / r)
        table = tabulate(spectrum_of(power_law(4, "3/2")), mpmath.mpf(900), mpmath.mpf(1000), kappa0, r, 14)
        for time in (900, 850, 1000):
            assert table.loss(mpmath.mpf(time), mpmath.mpf(1000)).agrees_with(model.test_loss(time))


def test_minimum_says_how_far_to_trust_it():
    def noisy(u, rough):
        return u, Value(
            value=mpmath.cosh(u - 1) + mpmath.mpf(10) ** -7 * mpmath.sin(1000 * u), error=mpmath.mpf(10) ** -7
        )

    found = minimum(noisy, mpmath.mpf(0), mpmath.mpf(1), mpmath.mpf(1))
    assert abs(found.place.value - 1) <= found.place.error
    with pytest.raises(BottleneckError, match="fewer digits"):
        minimum(noisy, mpmath.mpf(0), mpmath.mpf(1), mpmath.mpf(10) ** -9)
    with pytest.raises(BottleneckError, match="keeps falling"):
        minimum(
            lambda u, rough: (u, Value(value=-u, error=mpmath.mpf(0))),
            mpmath.mpf(0),
            mpmath.mpf(1),
            mpmath.mpf(1),
        )


@pytest.mark.parametrize(
    "call",
    [
        lambda: frontier(FLOW, [0], PLACES[0]),
        lambda: frontier(FLOW, [10**9], {a: 2}),
        lambda: frontier(FLOW, [10**9], PLACES[0], digits=0),
        lambda: frontier(FLOW, [10**9], {a: 2, b: Rational(1, 2)}),
        lambda: constants(3, PLACES[0]),
        lambda: constants(compute_optimal(derive(power_law(a, b)), E * N * t), PLACES[0]),
        lambda: constants(compute_optimal(derive(power_law(a, b)), N * t, rule=OnePassSGD), PLACES[0]),
        lambda: constants(FLOW, PLACES[0])["P"],
    ],
)
def test_bad_input_is_one_line(call):
    with pytest.raises(BottleneckError) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_phase_diagram_is_exact():
    """Polygons of the three phases of one-pass SGD: corners on a - 1 = b and a = 2b, areas adding up."""
    optimum = compute_optimal(derive(power_law(a, b)), N * t, rule=OnePassSGD)
    frame = ((1, 6), (1, 4))
    corners = [region(phase, a, b, frame) for phase in optimum.phases]
    areas = [
        abs(sum(p[0] * q[1] - q[0] * p[1] for p, q in zip(c, c[1:] + c[:1], strict=True))) / 2
        for c in corners
    ]
    assert sum(areas) == 15
    assert {(2, 1), (5, 4)} <= set(corners[0]) and {(2, 1), (6, 3), (6, 1)} == set(corners[1])
    axes = plot_phases(optimum, a, b, frame)
    assert len(axes.texts) == 3 and "C^{(1 - a)/a}" in axes.texts[2].get_text()
    other = plot_phases(optimum, a, b, frame, shades=(2, 1, 0))
    fills = [[x.get_facecolor() for x in one.patches if x.get_fill()] for one in (axes, other)]
    assert fills[0] == fills[1][::-1] and len(set(fills[0])) == 3
    with pytest.raises(BottleneckError, match="give one for each of 3 phases"):
        plot_phases(optimum, a, b, frame, shades=(2, 1))
    with pytest.raises(BottleneckError, match="not a parameter"):
        plot_phases(optimum, a, N)
    with pytest.raises(BottleneckError, match="not a straight line"):
        plot_phases(compute_optimal(derive(power_law(a, b)), N**a * t), a, b)


@pytest.mark.slow
def test_figures_show_the_exact_optima():
    axes = plot_frontier(FLOW, [10**4, 10**6], PLACES[0])
    law, points = axes.lines
    assert points.get_ydata()[1] == pytest.approx(law.get_ydata()[1], rel=0.01)
    axes = plot_isoflop(FLOW, [10**5], PLACES[0], points=7)
    curve, best = axes.lines
    assert min(curve.get_ydata()) >= best.get_ydata()[0] * (1 - 1e-5)
    assert best.get_xdata()[0] == pytest.approx(curve.get_xdata()[3], rel=1e-6)


def test_text_of_an_allocation():
    text = describe(FLOW, PLACES[0], [10**6], digits=6)
    assert "constants: t: 0.214213, N: 4.66824, L: 3.23924" in text and "1000000" in text
    assert "1 + O(C**(-1/3))" in text
    assert "logarithm" in describe(FLOW, {a: 3, b: 2})
    with pytest.raises(BottleneckError, match="--at"):
        describe(FLOW, {}, [10])


@pytest.mark.parametrize(
    "place",
    [(Rational(3, 2), Rational(5, 4)), (Rational(7, 2), Rational(7, 4)), (6, Rational(3, 2))],
    ids=str,
)
def test_loss_is_the_largest_of_its_monomials(place):
    """Full model over the largest term with its coefficient, far from N = P: 0.8 to 4 over decades."""
    terms = loss_terms(derive(power_law(*place)), (t, N, P), GradientFlow)
    for n, p in ((2, 7), (4, 8), (8, 4), (7, 2), (9, 5), (5, 9)):
        for late in (Rational(1, 3), Rational(4, 5), Rational(6, 5)):
            sizes = {N: 10**n, P: 10**p, t: Rational(int(10 ** (late * place[1] * min(n, p))))}
            exact = float(FullModel(power_law(*place), N=10**n, P=10**p, digits=4).test_loss(sizes[t]))
            largest = max(float((x.coefficient * x.monomial).subs(sizes)) for x in terms)
            assert 0.8 < exact / largest < 4


@pytest.mark.slow
def test_transient_of_the_bias_is_the_square_of_that_of_the_loss():
    """N^-2 t^-(2 - 2/b), for a - 1 > 2b, after t^-s has died and before the crossover."""
    times = (10**6, 10**7)
    first, second = (FullModel(power_law(6, "5/4"), N=10**10, digits=8).bias(time) for time in times)
    third = FullModel(power_law(6, "5/4"), N=10**11, digits=8).bias(times[1])
    assert float(mpmath.log10(first.value / second.value)) == pytest.approx(0.4, abs=0.02)
    assert float(mpmath.log10(second.value / third.value)) == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize(
    ("budget", "digits"), [(10**4, 2), pytest.param(10**8, 6, marks=pytest.mark.slow)], ids=["small", "large"]
)
def test_a_cost_in_which_time_stands_alone(budget, digits):
    """Any N from C^(5/7) to C is as good at leading order; the best is between, and neighbours lose more."""
    optimum = compute_optimal(derive(power_law(a, b)), cost=N + t)
    (best,) = frontier(optimum, [budget], {a: 3, b: 1.75}, digits=digits)
    assert float(best[t] + best[N]) == pytest.approx(budget, rel=10.0**-digits)
    assert budget ** (5 / 7) < float(best[N]) < budget
    for factor in (0.9, 1.1):
        size = factor * float(best[N])
        assert FullModel(power_law(3, 1.75), N=size).test_loss(budget - size) > best["loss"]


def test_losses_of_a_frontier_are_counted(monkeypatch):
    """From the third budget on eight losses do, each in one window; more digits come from tables."""
    asked = []
    loss = FullModel.test_loss
    monkeypatch.setattr(FullModel, "test_loss", lambda self, time: asked.append(time) or loss(self, time))
    place = PLACES[0]
    counts = []
    for count in (2, 6):
        asked.clear()
        few = frontier(FLOW, [10 ** (8 + j) for j in range(count)], place, digits=8)
        counts.append(len(asked))
    assert counts[1] - counts[0] == 4 * 8
    asked.clear()
    many = frontier(FLOW, [10**13], place, digits=14)
    assert not asked
    for key in (t, N, "loss"):
        assert few[-1][key].agrees_with(many[0][key])
        assert few[-1][key].relative_error < 1e-8


@pytest.mark.slow
def test_a_jump_of_the_budget_is_searched_anew():
    """Budgets in no order, and far from each other, have the optima that each has alone."""
    budgets = [10**9, 10**8, 10**19, 10**19]
    together = frontier(FLOW, budgets, PLACES[1], digits=7)
    for budget, point in zip(budgets, together, strict=True):
        (alone,) = frontier(FLOW, [budget], PLACES[1], digits=7)
        assert all(point[key].agrees_with(alone[key]) for key in (t, N, "loss"))
