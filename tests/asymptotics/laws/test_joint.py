"""The joint laws against the full model, their ends against the pure laws, and width against ensembles."""

import mpmath
import pytest
from sympy import Integer, Rational, oo

from asymptotics import BottleneckError, derive, ensembling, joint_law, power_law
from asymptotics.symbols import E, N, P, a, b, t
from numerics import FullModel
from numerics.optima.scaling import data_scaling, joint_loss, model_scaling

PLACES = [
    (Rational(3, 2), Rational(5, 4)),
    (4, Rational(3, 2)),
    (Rational(5, 2), Rational(3, 2)),
    (Rational(9, 2), Rational(3, 2)),
]


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("scaled", [Rational(1, 10), 1, 10])
def test_joint_model_law_is_approached_as_one_over_N(place, scaled):
    """The relative remainder shrinks tenfold and more from N = 1e4 to 1e5, through the whole crossover."""
    law = joint_law(derive(power_law(*place)))
    gaps = []
    for size in (10**4, 10**5):
        time = Integer(int(scaled / law.kappa0.subs(N, size)))
        exact = FullModel(law.task, N=size).test_loss(time)
        gaps.append(abs(exact.value / joint_loss(law, {}, t=time, size=size).value.value - 1))
    assert gaps[0] < 2e-3
    assert gaps[1] < gaps[0] / 7


@pytest.mark.parametrize("scaled", [Rational(1, 10), 5])
def test_joint_data_law_is_approached_as_one_over_P(scaled):
    law = joint_law(derive(power_law(Rational(3, 2), Rational(5, 4))), P)
    gaps = []
    for size in (10**4, 10**5):
        time = Integer(int(scaled / law.kappa0.subs(P, size)))
        exact = FullModel(law.task, P=size).test_loss(time)
        gaps.append(abs(exact.value / joint_loss(law, {}, t=time, size=size).value.value - 1))
    assert gaps[0] < 1e-3
    assert gaps[1] < gaps[0] / 7


def test_ends_are_the_pure_laws():
    laws = derive(power_law(a, b))
    law = joint_law(laws)
    for place in ({a: Rational(3, 2), b: Rational(5, 4)}, {a: Rational(24, 5), b: Rational(3, 2)}):
        late = law.late().subs(place).subs(N, Integer(10) ** 40)
        model = laws.model.at(place).leading.subs(N, Integer(10) ** 40)
        assert abs((late / model - 1).evalf(20)) < 1e-9
        early = law.early().subs(place)
        time = laws.time.at(place).leading
        transient = laws.model_transient.at(place).leading
        values = {t: Integer(10) ** 8, N: Integer(10) ** 60}
        assert abs((early / time - 1).subs(values).evalf(30)) < 1e-15
        if place[a] - 1 > place[b]:
            assert abs(((early - time) / transient - 1).subs(values).evalf(80)) < 1e-15
    data = joint_law(laws, P)
    place = {a: Rational(3, 2), b: Rational(5, 4)}
    late = data.late().subs(place).subs(P, Integer(10) ** 60)
    assert abs((late / laws.data.at(place).leading.subs(P, Integer(10) ** 60) - 1).evalf(20)) < 1e-15


@pytest.mark.parametrize("p", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("theta", [1e-6, 0.3, 40.0])
def test_scaling_functions_keep_their_errors(p, theta):
    for function in (model_scaling, data_scaling):
        low, high = function(p, 0.8, theta, 10), function(p, 0.8, theta, 25)
        assert abs(low.value - high.value) <= low.error + high.error
        assert low.error <= abs(low.value) * mpmath.mpf(10) ** -10


def test_scaling_functions_end_where_they_should():
    assert abs(model_scaling(0.4, 0.8, 200).value - 1) < 1e-12
    assert abs(data_scaling(0.4, 0.8, 2000).value - 1.25) < 1e-6
    theta = mpmath.mpf("1e-12")
    with mpmath.workdps(30):
        early = theta ** mpmath.mpf("-0.4") / mpmath.gamma(mpmath.mpf("0.6"))
    assert abs(model_scaling("0.4", "0.8", theta).value / early - 1) < 1e-8


def test_sizes_may_be_text():
    laws = derive(power_law(3, 2))
    assert [joint_law(laws, name) for name in ("N", "P")] == [joint_law(laws, size) for size in (N, P)]


@pytest.mark.parametrize(
    "call",
    [
        lambda: joint_law(derive(power_law(a, b)), "t"),
        lambda: model_scaling(1, 1.5, 1),
        lambda: model_scaling(1, 0.5, -1),
        lambda: model_scaling(1, 0.5, 1, digits=0),
        lambda: joint_law(derive(power_law(a, b)), t),
        lambda: joint_law(derive(power_law(4, Rational(3, 2))), P),
        lambda: joint_loss(joint_law(derive(power_law(a, b))), {}, t=1, size=10),
        lambda: joint_loss(joint_law(derive(power_law(a, b))), {a: 4, b: Rational(3, 2)}, t=1, size=10),
    ],
)
def test_bad_input_is_one_line(call):
    with pytest.raises(BottleneckError) as caught:
        call()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", PLACES[:2] + PLACES[3:], ids=str)
def test_width_wins_by_the_stated_factor(place):
    """E models of size N against one of size E N in the full model at t = oo."""
    rows = ensembling(derive(power_law(*place)))
    assert [row.width_wins for row in rows] == [True]
    members, size = 4, 10**7
    ensemble = FullModel(power_law(*place), N=size).ensemble_loss(oo, members)
    wide = FullModel(power_law(*place), N=members * size).test_loss(oo)
    factor = rows[0].factor.subs(E, members).evalf(20)
    assert factor > 1
    assert abs(ensemble.value / wide.value / factor - 1) < 5e-3
