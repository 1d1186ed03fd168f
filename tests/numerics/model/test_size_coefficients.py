"""Coefficients of 1/N and 1/P, the gap and the excess of SGD: against finite sizes, and by other routes."""

from fractions import Fraction

import mpmath
import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from inverse_size import inverse_size_coefficients

from asymptotics import DomainError, Task, power_law
from asymptotics.errors import PrecisionError
from numerics import FullModel, GradientDescent, HeavyBall, OnePassSGD
from numerics.values.value import Value

TASK = power_law(sympy.Rational(5, 2), sympy.Rational(3, 2))
FEW = FullModel.from_arrays([1.0, 0.5, 0.25], [0.5, 1.0, 0.25]).spectrum
LAMBDAS, POWERS = FEW.eigenvalues, FEW.target


def slow(*row):
    return pytest.param(*row, marks=pytest.mark.slow)


def by_sizes(quantity, size, t, **options):
    """c_1 and c_2 from losses at three large sizes and at infinity, which is how one measures them."""
    limit = getattr(FullModel(TASK, digits=28, **options), quantity)(t)
    sizes = [10**7 * 2**j for j in range(3)]
    models = [FullModel(TASK, digits=28, **options, **{size: n}) for n in sizes]
    values = [getattr(model, quantity)(t) for model in models]
    with mpmath.workdps(60):
        return inverse_size_coefficients([mpmath.mpf(n) for n in sizes], values, limit)[:2]


@pytest.mark.parametrize(
    ("quantity", "size", "options"),
    [
        ("test_loss", "N", {}),
        ("test_loss", "P", {"noise": sympy.Rational(1, 2)}),
        slow("train_loss", "P", {"noise": sympy.Rational(1, 2)}),
        slow("gap", "P", {"N": 7, "noise": 1}),
        slow("test_loss", "N", {"P": 20, "noise": 1}),
        slow("train_loss", "N", {"P": 20}),
        slow("bias", "N", {}),
        slow("test_loss", "P", {"rule": GradientDescent(eta=0.25)}),
        slow("test_loss", "N", {"rule": HeavyBall(beta=0.5)}),
        ("test_loss", "N", {"rule": OnePassSGD(eta=0.25, batch=3), "noise": 1}),
        slow("sgd_excess", "N", {"rule": OnePassSGD(eta=0.25, batch=3)}),
    ],
)
def test_coefficients_are_those_of_losses_at_large_sizes(quantity, size, options):
    found = FullModel(TASK, digits=16, **options).coefficients(quantity, size, 8, 2)
    for exact, measured in zip(found, by_sizes(quantity, size, 8, **options), strict=True):
        assert measured.relative_error < 1e-5
        assert exact.relative_error < 1e-16
        assert exact.agrees_with(measured)


def test_what_noise_multiplies():
    t, quiet = 40, FullModel(TASK, noise=0, digits=20)
    noisy = FullModel(TASK, noise=3, digits=20)
    for whole, part in (("test_loss", "noise"), ("gap", "gap_noise")):
        with mpmath.workdps(30):
            (one,), (two,), (unit,) = (
                model.coefficients(name, "P", t)
                for model, name in ((noisy, whole), (quiet, whole), (quiet, part))
            )
            assert abs(one.value - two.value - 9 * unit.value) <= one.error + two.error + 9 * unit.error


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@example(Fraction(5), Fraction(14, 5), 5, ("test_loss", "N"))  # the shorter contour is right by chance
@example(Fraction(33, 5), Fraction(14, 5), 6, ("test_loss", "N"))
@given(
    st.fractions(min_value=Fraction(6, 5), max_value=7, max_denominator=5),
    st.fractions(min_value=Fraction(6, 5), max_value=3, max_denominator=5),
    st.integers(min_value=0, max_value=8),
    st.sampled_from([("test_loss", "N"), ("test_loss", "P"), ("gap", "P"), ("noise", "P")]),
)
def test_errors_cover_what_more_digits_change(p, q, decade, which):
    task = power_law(sympy.Rational(p), sympy.Rational(q))
    few, many = (FullModel(task, digits=d).coefficients(*which, 10**decade, 2) for d in (8, 20))
    for rough, fine in zip(few, many, strict=True):
        assert rough.agrees_with(fine)
        assert rough.relative_error < 1e-8 and fine.relative_error < 1e-20


def divided(nodes, t):
    """The divided difference of e^(-2xt) at nodes that may be equal."""
    nodes = sorted(nodes)
    if nodes[0] == nodes[-1]:
        n = len(nodes) - 1
        return (-2 * t) ** n * mpmath.exp(-2 * t * nodes[0]) / mpmath.factorial(n)
    return (divided(nodes[1:], t) - divided(nodes[:-1], t)) / (nodes[-1] - nodes[0])


def test_second_order_of_three_modes_by_lagrange():
    """``c_1 = z df1 Xi'`` and ``c_2 = (1/2) d/dz [(z df1)^2 Xi']``, over z, inverted by their residues."""
    model = FullModel.from_arrays(LAMBDAS, POWERS, digits=18)
    t = 6
    with mpmath.workdps(40):
        first, second = mpmath.mpf(0), mpmath.mpf(0)
        lams = [mpmath.mpf(x) for x in LAMBDAS]
        for lam, c in zip(lams, POWERS, strict=True):
            for x in lams:
                first += mpmath.mpf(c) * lam * x * divided([lam, lam, x], t)

        def transform(z):
            def inner(y):
                return (
                    y**2
                    * sum(x / (x + y) for x in lams) ** 2
                    * sum(mpmath.mpf(c) * x / (x + y) ** 2 for x, c in zip(lams, POWERS, strict=True))
                )

            return mpmath.diff(inner, z) / (2 * z)

        # residues at the three poles together: a circle around them
        centre, radius, count = mpmath.mpf("-0.625"), mpmath.mpf("0.55"), 240
        for j in range(count):
            w = radius * mpmath.expjpi(mpmath.mpf(2 * j + 1) / count)
            second += (transform(centre + w) * mpmath.exp(2 * t * (centre + w)) * w).real / count
    found = model.coefficients("test_loss", "N", t, 2)
    assert abs(found[0].value - first) <= found[0].error
    assert abs(found[1].value - second) <= found[1].error + mpmath.mpf("1e-20")


@pytest.mark.parametrize("t", [0, 1, 30, sympy.oo])
@pytest.mark.parametrize(
    "options",
    [
        {"N": 30, "P": 80, "noise": 1},
        {"N": 80, "P": 30, "noise": sympy.Rational(1, 3)},
        {"P": 50},
        {"N": 50},
        {"P": 40, "rule": GradientDescent(eta=0.5)},
    ],
)
def test_gap_is_the_difference_of_the_losses(t, options):
    model = FullModel(TASK, digits=18, **options)
    gap, test, train = model.gap(t), model.test_loss(t), model.train_loss(t)
    with mpmath.workdps(40):
        variance = mpmath.mpf(int(model.noise.p) ** 2) / int(model.noise.q) ** 2
        difference = test.value + variance - train.value
        assert abs(gap.value - difference) <= gap.error + test.error + train.error + mpmath.mpf("1e-38")


def test_gap_of_a_finite_spectrum_and_at_the_peak():
    learned = FullModel.from_arrays(LAMBDAS, POWERS, P=30, noise=1)
    assert round(float(learned.gap(sympy.oo)), 12) == round(3 / 27 + 3 / 30, 12)
    assert mpmath.isinf(FullModel(TASK, N=20, P=20).gap(sympy.oo).value)


def test_gap_keeps_its_digits_where_the_losses_agree_to_thirty():
    model = FullModel(TASK, P=10**30, digits=15)
    assert model.train_loss(100).agrees_with(model.test_loss(100))
    gap, (first,) = model.gap(100), FullModel(TASK, digits=15).coefficients("gap", "P", 100)
    assert gap.relative_error < 1e-15
    assert abs(gap.value * mpmath.mpf(10) ** 30 / first.value - 1) < 1e-14


def test_excess_of_sgd_is_the_difference_of_the_losses():
    rule = OnePassSGD(eta=0.25, batch=4)
    for N, n in ((sympy.oo, 64), (20, 64), (20, sympy.oo)):
        sgd, mean = (
            FullModel(TASK, N=N, rule=rule, noise=1),
            FullModel(TASK, N=N, rule=GradientDescent(eta=0.25)),
        )
        excess, trained, limit = sgd.sgd_excess(n), sgd.test_loss(n), mean.test_loss(n)
        with mpmath.workdps(30):
            assert abs(excess.value - (trained.value - limit.value)) <= (
                excess.error + trained.error + limit.error + mpmath.mpf("1e-28")
            )
        assert excess.relative_error < 1e-15
    assert FullModel(TASK, N=20).sgd_excess(64).value == 0


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("test_loss", "N", 5), {"N": 10}, "N = 10"),
        (("test_loss", "M", 5), {}, "size = 'M'"),
        (("loss", "N", 5), {}, "quantity = 'loss'"),
        (("test_loss", "N", 5, 0), {}, "orders = 0"),
        (("test_loss", "P", 5, 99), {}, "orders = 99"),
        (("test_loss", "P", sympy.oo), {}, "finite time"),
        (("test_loss", "P", 8), {"rule": OnePassSGD(eta=0.25, batch=3)}, "N alone"),
    ],
)
def test_what_has_no_coefficients_is_refused(arguments, options, words):
    with pytest.raises(DomainError, match=words):
        FullModel(TASK, **options).coefficients(*arguments)


def test_nothing_depends_on_the_sizes_before_training():
    for value in FullModel(TASK).coefficients("test_loss", "N", 0, 2):
        assert value == Value(value=mpmath.mpf(0), error=mpmath.mpf(0))


def test_an_absent_target_is_no_loss_of_precision():
    """A coefficient that vanishes identically is 0 or refused, never a number made of rounding."""
    model = FullModel.from_arrays([1.0], [0.0])
    try:
        (value,) = model.coefficients("test_loss", "N", 3)
    except PrecisionError:
        return
    assert value.value == 0


@pytest.mark.parametrize(("quantity", "size", "order"), [("test_loss", "N", 1), ("train_loss", "P", 2)])
def test_what_cancels_between_modes_that_are_not_learned_counts(quantity, size, order) -> None:
    """Their power is 10^4 times the coefficient: in plain doubles it was off by 5e-11 beside 9e-13."""
    few, many = (
        FullModel(Task("k**-30", "k**-(5/2)", modes=50), noise="10**-10", digits=n).coefficients(
            quantity, size, 10**5, 2
        )[order - 1]
        for n in (10, 18)
    )
    assert few.agrees_with(many)
