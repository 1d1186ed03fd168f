"""The crossover from lazy to rich: against its two laws, the model at small gamma, and bad input."""

import pytest
from sympy import Rational, simplify

from asymptotics import Task, derive, power_law, rich_joint_law
from asymptotics.errors import BottleneckError
from asymptotics.symbols import a, b, gamma, t
from numerics import RichModel
from numerics.optima.rich_scaling import rich_loss, rich_scaling

LAWS = derive(power_law(a, b))


@pytest.mark.slow
@pytest.mark.parametrize("point", [(2, 2), (Rational(7, 5), Rational(3, 2))], ids=str)
def test_far_beyond_the_crossover_it_is_the_rich_law_with_its_next_order(point):
    """``1 + c/x^(4/(1 + s)) + ...``: what the 1 in the equation of the scale adds, by Mellin constants."""
    laws = LAWS.rich_time.at(a=point[0], b=point[1])
    law = sum(term.coefficient * t**-term.order for term in laws.expansion(terms=2).terms)
    apart = []
    for time in (10**6, 10**10):
        found = rich_loss(LAWS, {a: point[0], b: point[1]}, t=time, gamma=1)
        assert found.relative_error < 1e-8
        apart.append(abs(float(found.value) / float(law.subs({t: time, gamma: 1})) - 1))
    assert apart[1] < 0.05 * apart[0] < 1e-4


def test_long_before_it_features_are_lazy():
    """``K - 1 = gamma^2 int (1 - e^-ht)^2 h^(s-2) dh/Gamma(s)`` to first order in x^2, and K t to second."""
    s = 0.5
    small = rich_scaling(s, "1e-3")
    growth = (2 ** (1 - s) - 2) / (s - 1)
    assert abs((float(small.scale.value) - 1) / (1e-6 * growth) - 1) < 1e-5
    assert 0 < 1 - float(small.loss.value) < 1e-6


@pytest.mark.slow
def test_the_model_tends_to_it():
    """At a small gamma and about the crossover, from above it and below."""
    model = RichModel(power_law(2, 2), gamma="1/100")
    model.prepare(10**8)
    for time in (10**5, 10**8):
        found = rich_loss(LAWS, {a: 2, b: 2}, t=time, gamma="1/100")
        assert abs(float(model.test_loss(time)) / float(found.value) - 1) < 1e-4


@pytest.mark.slow
def test_its_error_is_one():
    """Against more nodes and a higher degree."""
    from numerics.optima.rich_scaling import _solve

    for s, x in ((0.3, 3.0), (0.8, 0.2)):
        found = rich_scaling(s, x)
        loss, scale = _solve(s, x ** (2 / (1 - s)), 16, 22)
        assert abs(float(found.loss.value) - loss) <= float(found.loss.error) < 1e-8 * loss
        assert abs(float(found.scale.value) - scale) <= float(found.scale.error) < 1e-8 * scale


def test_the_joint_law_of_time_and_richness():
    """``C (2t)^-s Phi_s(x)``: its ends are the lazy and the rich law, in symbols and in numbers."""
    law = rich_joint_law(LAWS)
    assert repr(law).endswith(
        "\n    gamma: richness; Phi[s](0) = 1, numerics.rich_scaling(s, x) computes Phi[s](x)"
    )
    assert law.s == (a - 1) / b and simplify(law.lazy / LAWS.time.leading) == 1
    assert law.condition == LAWS.rich_time.regimes[0].condition and law.leading is None
    point = {a: Rational(7, 5), b: Rational(3, 2), t: 10**12, gamma: 10}
    far = rich_loss(LAWS, {a: point[a], b: point[b]}, t=point[t], gamma=point[gamma])
    assert abs(float(far.value) / float(law.rich().subs(point)) - 1) < 1e-4
    near = rich_loss(LAWS, {a: point[a], b: point[b]}, t=100, gamma="1/10**6")
    assert abs(float(near.value) / float(law.lazy.subs(point | {t: 100})) - 1) < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize(("values", "apart"), [((4, 2), 2e-5), ((3, 2), 4e-3)], ids=["s > 1", "s = 1"])
def test_beyond_the_crossover_the_joint_law_is_explicit(values, apart):
    """At any richness: K (K - 1) = gamma^2 sum c/lambda, or gamma^2 C log(t), against the model."""
    laws = derive(power_law(*values))
    for richness in ("1/10", 1):
        model = RichModel(power_law(*values), gamma=richness)
        loss = float(rich_loss(laws, t=10**9, gamma=richness).value)
        assert abs(float(model.test_loss(10**9)) / loss - 1) < apart * (1 if richness != 1 else 20)
    assert rich_joint_law(laws).scale.subs({gamma: 0, t: 10}) == 1


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: rich_scaling(1, 1), "s = 1; loss and scale are functions of x for 0 < s < 1"),
        (lambda: rich_scaling("1/2", 0), "x = 0; give one from"),
        (lambda: rich_scaling("0.99", 10**4), "use an x closer to 1"),
        (lambda: rich_joint_law(derive(Task("2**-k", "3**-k"))), "a lazy loss with one power of t"),
        (lambda: rich_joint_law(LAWS.time), "pass derive(task)"),
        (lambda: rich_loss(LAWS, {a: 2, b: 2}, t=-1, gamma=1), "both must be > 0"),
    ],
    ids=["steep", "zero", "far", "swings", "law", "time"],
)
def test_bad_input_is_one_line(ask, message):
    with pytest.raises(BottleneckError) as caught:
        ask()
    assert message in str(caught.value) and "\n" not in str(caught.value)
