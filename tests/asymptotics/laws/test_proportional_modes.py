"""Laws of M = r N modes: their exponents and constants, and the full model beside them."""

import mpmath
import pytest
from numpy.testing import assert_allclose
from sympy import Min, Rational, Symbol, log, oo

from asymptotics import derive, ensembling, joint_law, power_law
from asymptotics.errors import DomainError, SpectrumError, UnableError
from asymptotics.sums.scaling import ScalingRoot, ScalingSum
from asymptotics.symbols import N, P, a, b, k, r, sigma
from asymptotics.tasks.task import Task
from numerics import FullModel, verify

LAWS = derive(power_law(a, b, modes=r * N))
OF_DATA = derive(power_law(a, b, modes=r * P))


@pytest.mark.parametrize(
    ("law", "exponent"),
    [
        (LAWS.time, (a - 1) / b),
        (LAWS.model, Min(a - 1, b)),
        (LAWS.bias_model, Min(a - 1, 2 * b)),
        (LAWS.variance_model, Min(a - 1, b)),
        (OF_DATA.data, Min(a - 1, 2 * b)),
        (OF_DATA.bias_data, Min(a - 1, 2 * b)),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_exponents(law, exponent):
    assert (law.exponent - exponent).simplify() == 0


def test_below_one_and_above_one_law_of_one_kind():
    assert LAWS.model.conditions == (a > 1, r > 1)
    assert LAWS.data.conditions == (b > 1, a > 1)  # at N = oo there are infinitely many modes


# 2405.15074 and the theory of this repository have the integrals
@pytest.mark.parametrize(("b_", "r_"), [(0.3, 2), (0.5, 3), (0.8, 1.25), (1, 2), (1.7, 5)])
def test_root_and_sums_are_their_integrals(b_, r_):
    with mpmath.workdps(20):
        u = mpmath.mpf(ScalingRoot(Rational(str(b_)), Rational(str(r_))).evalf(20))
        beta = mpmath.mpf(str(b_))
        count = mpmath.quad(lambda x: 1 / (1 + u * x**beta), [0, r_ / 100, r_])
        assert abs(count - 1) < 1e-12
        for i, j in ((1, 1), (2, 2), (1, 2)):
            found = ScalingSum(1.1, i, j, Rational(str(b_)), Rational(str(r_)), Rational(3, 2)).evalf(18)
            y = lambda x: 1.5 * x**beta  # noqa: E731
            # x = v^8 takes the singularity at 0 away
            own = mpmath.quad(
                lambda v: 8 * v**7 * v ** (-8 * mpmath.mpf("1.1")) * y(v**8) ** i / (1 + y(v**8)) ** j,  # noqa: B023
                [0, 0.5, r_ ** (1 / 8)],
            )
            assert abs(mpmath.mpf(found) / own - 1) < 1e-9


POINTS = [
    (2.5, 0.75, 2),
    (1.5, 0.75, 4),
    (3, 0.3, 2),
    (1.75, 0.75, 2),  # a - 1 = b
    (2, 1, 2),  # b = 1, and a - 1 = b
    (2.2, 1.5, 1.5),
]


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("model", POINTS[1]),
        *(pytest.param(n, p, marks=pytest.mark.slow) for n in ("model", "bias_model") for p in POINTS),
    ],
    ids=str,
)
def test_full_model_of_the_model_bottleneck(name, point):
    found = verify(getattr(LAWS, name), at=dict(zip((a, b, r), point, strict=True)), digits=20)
    assert found, str(found)


@pytest.mark.slow
@pytest.mark.parametrize("point", [POINTS[0], POINTS[2]], ids=str)
def test_full_model_of_the_data_bottleneck(point):
    found = verify(OF_DATA.data, at=dict(zip((a, b, r), point, strict=True)), digits=20)
    assert found, str(found)


def test_a_scaled_spectrum_has_the_same_model_law():
    law = derive(Task(3 * k**-b, 5 * k**-a, modes=r * N)).model
    at = {a: Rational(5, 2), b: Rational(3, 4), r: 2}
    # kappa scales with the eigenvalues, Xi with the target alone
    assert_allclose(float(law.at(at).prefactor), 5 * float(LAWS.model.at(at).prefactor), rtol=1e-12)


@pytest.mark.slow
def test_a_sum_of_powers_in_the_target():
    law = derive(Task("k**(-3/4)", "k**-3 + 2*k**(-3/2)", modes="2*N")).model
    assert law.exponent == Rational(1, 2)
    assert verify(law, digits=20)


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [{"exponent": Rational(3, 4) + Rational(1, 1000)}, {"log_power": 1}])
def test_wrong_laws_fail(wrong):
    law = LAWS.model.at(a=2.5, b=0.75, r=2)
    assert verify(law.stating(**wrong), digits=20).verdict == "FAILS"
    doubled = law.stating(prefactor=law.prefactor * Rational(1001, 1000))
    assert verify(doubled, digits=20).verdict == "FAILS"


def test_infinitely_many_modes_are_the_limit():
    """The constants for b > 1 tend to those of r = oo."""
    at = {a: 4, b: Rational(3, 2)}
    full = derive(power_law(a, b)).model.at(at).prefactor
    near, far = (LAWS.model.at({**at, r: 10**n}).prefactor for n in (2, 6))
    gaps = [abs(float(x / full) - 1) for x in (near, far)]
    assert gaps[1] < 1e-2 < 10 * gaps[0] and gaps[1] < gaps[0] / 50


def test_noise_of_labels():
    noisy = derive(power_law(a, b, modes=r * P, noise=sigma)).data
    assert noisy.exponent == 0
    at = {a: Rational(5, 2), b: Rational(3, 4), r: 2, sigma: 1}
    model = FullModel(power_law(2.5, 0.75, modes="2*P"), P=10**6, noise=1)
    assert_allclose(float(noisy.at(at).prefactor), float(model.test_loss("oo")), rtol=1e-3)


@pytest.mark.slow
def test_the_derivation_is_checked():
    assert LAWS.model.at(a=2.5, b=0.75, r=2).derivation.check(digits=15).passed


def test_logarithm_where_two_exponents_meet():
    law = LAWS.model.at(b=Rational(3, 4), a=Rational(7, 4), r=2)
    assert law.log_power == 1 and law.leading.has(log(N))


@pytest.mark.parametrize(
    ("modes", "words"),
    [
        ("N/2", "not more than N"),
        ("N", "not more than N"),
        ("N**2", "a multiple of one size"),
        ("r*N*P", "a multiple of one size"),
    ],
)
def test_refused_modes(modes, words):
    with pytest.raises(DomainError, match=words):
        power_law(a, b, modes=modes)


def test_refused_spectra_and_laws():
    with pytest.raises(SpectrumError, match="pass modes=oo"):
        derive(Task("rho**k", "k**-a", modes="2*N"))
    with pytest.raises(SpectrumError, match="p > 1"):
        derive(power_law(Rational(1, 2), 2, modes="2*N"))
    with pytest.raises(DomainError, match="not more than N"):
        LAWS.model.at(r=Rational(1, 2))
    with pytest.raises(UnableError, match="pass modes=oo"):
        _ = OF_DATA.ridge
    with pytest.raises(DomainError, match="must be an integer"):
        FullModel(power_law(2.5, 0.75, modes="3*N/2"), N=101)


@pytest.mark.parametrize("function", [ensembling, joint_law])
def test_what_is_known_of_infinitely_many_modes_alone(function):
    with pytest.raises(UnableError, match="modes=oo"):
        function(LAWS)
    (window,) = LAWS.model.windows
    assert (window.lower, window.upper) == (1, oo)


def test_records_and_latex():
    law = LAWS.model
    assert type(law).from_dict(law.to_dict()) == law
    assert "u_{0}" in law.to_latex()
    assert Symbol("M") not in law.parameters
