"""The joint law of time and size where the trace grows with N, beside its integral at N = 10^48."""

import mpmath
import pytest
from euler_maclaurin import ModeSums
from sympy import Float, Rational, log

from asymptotics import (
    Averaged,
    DiscreteHeavyBall,
    GradientFlow,
    HeavyBall,
    Nesterov,
    OnePassSGD,
    PreconditionedFlow,
    derive,
    growing_law,
    power_law,
)
from asymptotics.errors import DomainError, UnableError
from asymptotics.laws.early_loss import T
from asymptotics.symbols import N, b
from numerics import FullModel
from numerics.model.small_steps import early_loss
from numerics.optima.growing import GrowingModes

SGD = OnePassSGD(fraction=0.25, batch=1)


def reference(a, b, share, x, size, digits=25):
    with mpmath.workdps(40):
        p, beta, h = (mpmath.mpf(y.p) / y.q for y in (Rational(a), Rational(b), Rational(share)))
        return GrowingModes(p=p, b=beta, r=mpmath.mpf(2), share=h).loss(x, size, digits).value


# a, b and the errors that the terms that lead, and all terms to four orders, may leave at T = N^(b/2)
POINTS = [
    ("5/2", "4/5", GradientFlow(), 1e-6, 1e-25),
    ("5/2", "4/5", SGD, 1e-5, 1e-10),
    ("5/2", "11/20", SGD, 2e-2, 2e-15),
    ("2", "3/10", SGD, 2e-7, 1e-14),
    ("3/2", "4/5", SGD, 1e-5, 1e-15),
    ("5/2", "1", GradientFlow(), 1e-20, 1e-30),
    ("3/2", "1", GradientFlow(), 1e-10, 1e-30),
]


@pytest.mark.parametrize(("a", "b", "rule", "first", "further"), POINTS, ids=str)
def test_early_terms_at_large_sizes(a, b, rule, first, further):
    law = growing_law(derive(power_law(a, b, modes="2*N")), rule)
    with mpmath.workdps(40):
        size = mpmath.mpf(10) ** 48
        decay = mpmath.mpf(Rational(b).p) / Rational(b).q
        time = size ** (decay / 2)
        exact = reference(a, b, law.share, time * size**-decay, size)
        for found, bound in ((law.leading, first), (law.early(4), further)):
            value = found.evalf(40, subs={T: Float(time, 40), N: Float(size, 40)})
            assert abs(mpmath.mpf(str(value)) / exact - 1) < bound


def test_sums_over_modes_are_those_added_one_by_one():
    with mpmath.workdps(25):
        sums, kappa = ModeSums("2.5", "0.8", 2, 600), mpmath.mpc("0.003", "0.004")
        modes = [mpmath.mpf(k) for k in range(1, 1201)]
        filled = [1 / (1 + kappa * k**sums.b) for k in modes]
        plain = (
            mpmath.fsum(filled),
            mpmath.fsum(k**-sums.a * (1 - f) for k, f in zip(modes, filled, strict=True)),
            mpmath.fsum(f * (f - 1) for f in filled),
        )
        for found, exact in zip(sums.at(kappa), plain, strict=True):
            assert abs(found / exact - 1) < 1e-20
        assert abs(sums.trace - mpmath.fsum(k**-sums.b for k in modes)) < 1e-20


# what N = 10^48 leaves behind the law, all its terms to four orders
AGAINST_SUMS = [
    ("5/2", "4/5", "1/4", "1/2", 5e-11),
    ("2", "3/10", "1/4", "1/2", 2e-14),
    ("3/2", "4/5", 0, "1/2", 1e-20),
]


@pytest.mark.slow
@pytest.mark.parametrize(("a", "b", "share", "far", "further"), AGAINST_SUMS, ids=str)
def test_early_terms_and_scaling_function_beside_sums_over_modes(a, b, share, far, further):
    """A reference that has no scaling form: the modes of N = 10^48 features, summed."""
    rule = OnePassSGD(fraction=float(Rational(share)), batch=1) if share else GradientFlow()
    law = growing_law(derive(power_law(a, b, modes="2*N")), rule)
    with mpmath.workdps(50):
        size = mpmath.mpf(10) ** 48
        p, decay, h, reach = (mpmath.mpf(Rational(x).p) / Rational(x).q for x in (a, b, share, far))
        time = size ** (decay * reach)
        sums = ModeSums(p, decay, 2, size)
        exact = sums.loss(time, h, 44)
        doubt = abs(sums.loss(time, h, 36) / exact - 1)
        assert doubt < 1e-10
        early = law.early(4).evalf(40, subs={T: Float(time, 40), N: Float(size, 40)})
        assert abs(mpmath.mpf(str(early)) / exact - 1) < further + doubt
        scaled = GrowingModes(p=p, b=decay, r=mpmath.mpf(2), share=h).loss(time * size**-decay, size, 15)
        assert abs(scaled.value / exact - 1) < 1e-14 + doubt


@pytest.mark.slow
def test_what_the_first_modes_add_to_the_kernel():
    """``h y/(2 Tr)`` and further whole powers, 2e-16 of the loss here, which integrals do not have."""
    law = growing_law(derive(power_law("3/2", "1/2", modes="2*N")), OnePassSGD).at(h="1/3")
    with mpmath.workdps(40):
        size, time = mpmath.mpf(10) ** 20, mpmath.mpf(10) ** 4
        exact = ModeSums(mpmath.mpf(3) / 2, mpmath.mpf(1) / 2, 2, size).loss(time, mpmath.mpf(1) / 3, 40)
        early = law.early(4, 4).evalf(30, subs={T: Float(time, 40), N: Float(size, 40)})
        assert abs(mpmath.mpf(str(early)) / exact - 1) < 1e-19


@pytest.mark.slow
def test_near_one_half_of_the_terms_is_needed():
    """Towards b = 1 the terms of 1/N and all powers of the kernel count."""
    law = growing_law(derive(power_law("5/2", "9/10", modes="2*N")), SGD)
    with mpmath.workdps(40):
        size = mpmath.mpf(10) ** 14
        time = size ** mpmath.mpf("0.54")
        exact = reference("5/2", "9/10", "1/4", time * size ** mpmath.mpf("-0.9"), size)

        def missed(expression):
            value = expression.evalf(40, subs={T: Float(time, 40), N: Float(size, 40)})
            return abs(mpmath.mpf(str(value)) / exact - 1)

        assert missed(law.early(6, 4)) < missed(law.leading) / 3


@pytest.mark.parametrize(("a", "b"), [("5/2", "4/5"), ("3/2", "4/5")])
def test_the_full_model_in_its_scaling_function(a, b):
    """The step falls with N, so that the integral of small steps is approached."""
    missed = []
    for size in (10**6, 10**9):
        model = FullModel(power_law(a, b, modes="2*N"), N=size, rule=SGD, digits=8)
        steps = size // 3
        x = 2 * mpmath.mpf(model.rule.eta) * steps * mpmath.mpf(size) ** -mpmath.mpf(float(Rational(b)))
        missed.append(abs(float(model.test_loss(steps)) / float(reference(a, b, "1/4", x, size, 10)) - 1))
    assert missed[1] < missed[0] < 0.02


SLOW_TRACE = [
    ("5/2", 0, 1e-7),
    pytest.param("3/2", 0, 1e-7, marks=pytest.mark.slow),
    pytest.param("2", 0, 1e-6, marks=pytest.mark.slow),
    pytest.param("8/5", "1/3", 1e-7, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("a", "noise", "left"), SLOW_TRACE)
def test_batches_where_the_trace_is_a_logarithm(a, noise, left):
    """b = 1: each power of h/Lambda beside sums over modes, and Lambda off by a thousandth is seen."""
    task = power_law(a, 1, modes="2*N", noise=noise)
    law = growing_law(derive(task), OnePassSGD).at(h="1/3")
    with mpmath.workdps(40):
        size, time = mpmath.mpf(10) ** 40, mpmath.mpf(10) ** 20
        exact = early_loss(task.with_sizes({N: 10**40}), size, time, mpmath.mpf(1) / 3, 12).value

        def missed(expression, size=size):
            value = expression.evalf(40, subs={T: Float(time, 40), N: Float(size, 40)})
            return abs(mpmath.mpf(str(value)) / exact - 1)

        found = [missed(law.early(1, orders)) for orders in (1, 2, 3)]
        assert found[0] > 10 * found[1] > 100 * found[2] and found[2] < left
        assert missed(law.leading) < 0.02 and missed(law.early(1, 3), size * mpmath.mpf("1.1")) > 1e-4
    assert "Lambda = log(2*N) + EulerGamma" in repr(law) and r"x, \Lambda" in law.to_latex()


def test_the_crossover_where_the_trace_is_a_logarithm():
    """b = 1: the integral over f, X and log(N), beside sums over modes."""
    with mpmath.workdps(30):
        size, third = mpmath.mpf(10) ** 12, mpmath.mpf(1) / 3
        modes = GrowingModes(p=mpmath.mpf(5) / 2, b=mpmath.mpf(1), r=mpmath.mpf(2), share=third)
        found = modes.loss(mpmath.mpf(1) / 2, size, 10).value
        exact = early_loss(power_law("5/2", 1, modes=2 * 10**12), size, size / 2, third, 13).value
    assert abs(found / exact - 1) < 1e-10


def test_logarithms_of_the_models_own_bottleneck():
    """At a - 1 = b the first modes leave log(N) at every x: the loss is log(N) N^-b times a function of x."""
    for power, decay, rate in (("3/2", "1/2", "sqrt(N)"), (2, 1, "N")):
        law = growing_law(derive(power_law(power, decay, modes="2*N")))
        assert f"Phi_0(x)*log(N)/{rate}, x" in repr(law) and law.late().has(log(N))
        assert r"\, \log{\left(N \right)}\, \Phi_{0}" in law.to_latex()


def test_both_ends():
    law = growing_law(derive(power_law("5/2", "4/5", modes="2*N")), SGD)
    late = float(law.late().subs(N, 10**9))
    assert abs(float(reference("5/2", "4/5", "1/4", 10**4, 10**9, 10)) / late - 1) < 1e-3
    assert "x = T/N**(4/5)" in repr(law)


def test_refused():
    with pytest.raises(UnableError, match="b <= 1 is needed"):
        growing_law(derive(power_law(3, 2, modes="2*N")))
    with pytest.raises(UnableError, match="b = 1: the steps to a series"):
        growing_law(derive(power_law(3, b, modes="2*N")), OnePassSGD).at(b=1).derivation  # noqa: B018
    for other in (Nesterov, PreconditionedFlow, HeavyBall(beta=0.1), Averaged(OnePassSGD(eta=0.1, batch=1))):
        with pytest.raises(UnableError, match="is not derived; pass OnePassSGD"):
            growing_law(derive(power_law(3, "1/2", modes="2*N")), other)
    with pytest.raises(DomainError, match=r"not called; use numerics.FullModel\(law.task, "):
        growing_law(derive(power_law(3, "1/2", modes="2*N")))(100, 1000)
    with pytest.raises(UnableError, match="joint_law"):
        growing_law(derive(power_law(3, 2)))
    modes = GrowingModes(p=mpmath.mpf(3), b=mpmath.mpf(1) / 2, r=mpmath.mpf(2))
    with pytest.raises(UnableError, match="exponents meet"):
        modes.loss(1, 1000)
    with pytest.raises(DomainError, match="give DiscreteHeavyBall"):
        DiscreteHeavyBall(fraction=0.5)
