"""The integral of modes that grow with N, beside mpmath's hypergeometric function and beside quadrature."""

import mpmath
import pytest

from asymptotics.sums import unit_integral as module
from asymptotics.sums.scaling import ScalingRoot
from asymptotics.sums.unit_integral import unit_integral

PLACES = ["0.4", "1.31", "3", "1e12", "3+4j", "-300+0.4j"]


@pytest.mark.parametrize("j", [1, 2, 3])
@pytest.mark.parametrize("c", ["1", "2", "5", "40", "5/4", "-3/2"])
def test_beside_the_hypergeometric_function(j, c):
    for place in PLACES:
        with mpmath.workdps(25):
            number, z = mpmath.mpf(c), mpmath.mpmathify(place)
            found = unit_integral(j, number, z)
        with mpmath.workdps(60):
            true = mpmath.hyp2f1(j, mpmath.mpf(c), 1 + mpmath.mpf(c), -mpmath.mpmathify(place))
            assert abs(found / true - 1) < mpmath.mpf(10) ** -22


def test_beside_quadrature():
    with mpmath.workdps(20):
        found = mpmath.quad(lambda t: 3 * t**2 / (1 + 7 * t) ** 2, [0, 1])
        assert abs(unit_integral(2, mpmath.mpf(3), mpmath.mpf(7)) - found) < mpmath.mpf(10) ** -17


def test_whole_numbers_need_no_series_with_poles(monkeypatch):
    def fails(*_):
        raise AssertionError("mpmath takes two series beside their poles here")

    monkeypatch.setattr(module.mpmath, "hyp2f1", fails)
    assert mpmath.almosteq(unit_integral(1, mpmath.mpf(2), mpmath.mpf(3)), 2 * (3 - mpmath.log(4)) / 9)


@pytest.mark.parametrize(("b", "r"), [("1/2", "7/3"), ("1/3", 1000), ("9/10", "101/100"), (3, 5)])
def test_the_ridge_resolves_as_many_modes_as_there_are_features(b, r):
    root = ScalingRoot(b, r).evalf(30)
    with mpmath.workdps(40):
        u, power, ratio = root._to_mpmath(130), mpmath.mpf(str(b)), mpmath.mpf(str(r))
        # in log x, where the integrand is smooth
        filled = mpmath.quad(
            lambda v: mpmath.exp(v) / (1 + u * mpmath.exp(power * v)),
            mpmath.linspace(mpmath.log(ratio) - 100, mpmath.log(ratio), 41),
        )
        assert abs(filled - 1) < mpmath.mpf(10) ** -28
