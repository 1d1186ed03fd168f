"""The errors that FullModel states: they hold against more digits, and are not absurdly large.

An estimate of rounding is tested with numbers of just the precision that it speaks of.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest
import sympy
from five_modes import LAMBDAS, POWERS
from stated_errors import assert_honest, share

from asymptotics import power_law
from numerics import FullModel, OnePassSGD
from numerics.model import discretisation
from numerics.model.contour import invert, nodes_for, relative_error, talbot, truncation
from numerics.model.discretisation import GUARD_BITS, Discretisation
from numerics.model.stopping import best_stopping
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import array, field_of
from numerics.values.value import Value

oo = sympy.oo
SIZES = [(10, oo), (oo, 10), (100, 700), (1000, 30)]
TASKS = [power_law(2, 2), power_law("1.5", "1.25"), power_law(3, "1.5")]
MODELS = [{"task": task, "N": N, "P": P, "noise": 1} for task in TASKS for N, P in SIZES]
FEW = MODELS[4:9]
ENDLESS = [{"task": task} for task in TASKS]
EQUAL = [{"task": task, "N": 12, "P": 12} for task in TASKS]
SGD = [{**row, "P": oo, "rule": OnePassSGD(eta=0.1, batch=2)} for row in MODELS[::4]]


@functools.cache
def model_of(row, digits):
    """One model for all its quantities, which share what is solved."""
    return FullModel(**dict(row), digits=digits)


def compared(rows, quantity, digits=6):
    """``quantity(model)`` to few digits, and to eighteen more."""
    return [tuple(quantity(model_of(tuple(row.items()), n)) for n in (digits, digits + 18)) for row in rows]


QUANTITIES = {
    "test loss": (FEW, lambda model: model.test_loss(30)),
    "train loss": (FEW, lambda model: model.train_loss(30)),
    "bias": (FEW, lambda model: model.bias(30)),
    "variance": (FEW, lambda model: model.variance(30).interaction),
    "transfer": (FEW, lambda model: model.transfer(3, 30)),
    "SGD": (SGD, lambda model: model.test_loss(300)),
    "loss without limits": (ENDLESS, lambda model: model.test_loss(3000)),
    "second coefficient": (ENDLESS[:2], lambda model: model.coefficients("test_loss", "N", 10, 2)[1]),
}


@pytest.mark.parametrize("name", QUANTITIES)
def test_errors_at_finite_times(name):
    assert_honest(compared(*QUANTITIES[name]))


AT_THE_END = {
    "test loss": (MODELS, lambda model: model.test_loss(oo)),
    "bias": (MODELS, lambda model: model.bias(oo)),
    "bias at the peak": (EQUAL, lambda model: model.bias(oo)),
    "transfer": (MODELS, lambda model: model.transfer(3, oo)),
    "SGD": (SGD, lambda model: model.test_loss(oo)),
    "start": (MODELS, lambda model: model.test_loss(0)),
}


@pytest.mark.parametrize("name", AT_THE_END)
def test_errors_at_the_fixed_point_and_at_the_start(name):
    """The error of a fixed point is that of the spectral sums, times what the losses make of it."""
    assert_honest(compared(*AT_THE_END[name], digits=15))


def without_guard(monkeypatch, bits):
    """Numbers of nearly the precision that the spectral sums claim, with fewer ``bits`` to guard it."""
    usual = Discretisation.field
    monkeypatch.setattr(
        Discretisation, "field", lambda self, digits, extra: usual(self, digits, extra - bits)
    )


def test_what_is_left_where_everything_is_learned(monkeypatch):
    sizes = [{"N": 8, "P": 15}, {"N": 60, "P": 7}, {"N": 11, "P": 13}]
    better = [
        FullModel.from_arrays(LAMBDAS, POWERS, noise=2, digits=40, **row).test_loss(oo) for row in sizes
    ]
    without_guard(monkeypatch, GUARD_BITS - 12)
    few = [FullModel.from_arrays(LAMBDAS, POWERS, noise=2, digits=6, **row).test_loss(oo) for row in sizes]
    # Differences of sizes are exact: these values may have no error at all, and what they state stays small.
    assert all(share(value, exact) <= 1 for value, exact in zip(few, better, strict=True))
    assert all(value.error <= 1e-5 * abs(value.value) for value in few)


@pytest.fixture
def worst_sums(monkeypatch):
    """Spectral sums that err by all of the error that they state."""
    usual = SpectralSums.one_point

    def spoiled(self, *arguments, **options):
        point = usual(self, *arguments, **options)
        with mpmath.workdps(60):
            more, less = (Fraction(1) + sign * Fraction(point.error) for sign in (1, -1))
        return replace(point, df1=point.df1 * as_scalar(more, point), X=point.X * as_scalar(less, point))

    return lambda: monkeypatch.setattr(SpectralSums, "one_point", spoiled)


def as_scalar(number, point):
    """A fraction in the numbers of ``point``, next to one."""
    one = abs(point.kappa[0]) / abs(point.kappa[0])
    return one + one * (number - 1).numerator / (number - 1).denominator


def test_densities(worst_sums):
    rates = ("1", "1.01", "1.2", "0.3")
    rows = [(row, sympy.Rational(u)) for row in MODELS[4:6] for u in rates]
    better = [FullModel(**row, digits=25).timescale_density(2, u) for row, u in rows]
    worst_sums()
    few = [FullModel(**row, digits=4).timescale_density(2, u) for row, u in rows]
    assert_honest((pair for pair in zip(few, better, strict=True) if pair[0].error), 1e-5)


def test_errors_of_sums_on_contours_with_nodes_to_spare(worst_sums, monkeypatch):
    """The contours say nothing then; what remains is that of the sums in each term."""
    better = [FullModel(**row, digits=25).test_loss(30) for row in FEW]
    monkeypatch.setattr(discretisation, "nodes_for", lambda digits: nodes_for(digits + 14))
    worst_sums()
    assert_honest(zip([FullModel(**row, digits=6).test_loss(30) for row in FEW], better, strict=True), 1e-5)


@pytest.mark.parametrize("digits", [5, 8, 12, 20])
def test_inverse_laplace_transforms(digits):
    """1/z, 1/(z + p), z^-2 and z^(-1/2) at t = 1; rounding is far below."""
    transforms = [
        (lambda z: 1 / z, lambda: 1),
        (lambda z: 1 / (z + 1), lambda: mpmath.exp(-1)),
        (lambda z: 1 / (z + 5), lambda: mpmath.exp(-5)),
        (lambda z: 1 / (z * z), lambda: 1),
        (lambda z: array(1 / field.sqrt(x) for x in z), lambda: 1 / mpmath.sqrt(mpmath.pi)),
    ]
    rows = []
    with field_of(200) as field, mpmath.workdps(50):
        for transform, exact in transforms:
            nodes = [talbot(field.real(1), count, field) for count in nodes_for(digits)]
            coarse, fine = (invert(weights, transform(z)) for z, weights in nodes)
            error = relative_error(fine, coarse, 2.0**-200) * field.mpf(abs(fine.value))
            rows.append((Value(value=field.mpf(fine.value), error=error), exact()))
    assert_honest(rows)


@pytest.mark.parametrize(("digits", "near"), [(6, "9.185"), (12, "6.235")])
def test_transforms_where_the_shorter_contour_is_right_by_chance(digits, near):
    """Its error changes sign with the rate p of 1/(z + p): there it says nothing of the longer one."""
    rates = [mpmath.mpf(near) + mpmath.mpf(j) / 200 for j in range(-20, 21)]
    with field_of(200) as field, mpmath.workdps(50):
        nodes = nodes_for(digits)
        contours = [talbot(field.real(1), count, field) for count in nodes]
        found = [[invert(w, 1 / (z + field.real(rate))) for z, w in contours] for rate in rates]
        for left_out, honest in ((0.0, False), (truncation(nodes[1], 1), True)):
            errors = [relative_error(fine, coarse, 2.0**-200, left_out) for coarse, fine in found]
            rows = [
                (Value(value=value, error=error * value), mpmath.exp(-rate))
                for (_, fine), error, rate in zip(found, errors, rates, strict=True)
                for value in (field.mpf(fine.value),)
            ]
            assert (max(share(*row) for row in rows) <= 1) == honest


def test_rounding_in_inverse_laplace_transforms():
    """Terms with relative errors of 2^-40, as many as there are nodes."""
    with field_of(200) as field, mpmath.workdps(50):
        pair = []
        for count in (44, 60):
            z, weights = talbot(field.real(1), count, field)
            rounded = array(
                field.real(1) * (1 + (-1) ** j * field.real(2) ** -40) / x for j, x in enumerate(z)
            )
            pair.append(invert(weights, rounded))
        # the same error in both, so that the distance of the two says little of it
        error = relative_error(pair[1], pair[1], 2.0**-40)
        assert_honest([(Value(value=field.mpf(pair[1].value), error=mpmath.mpf(error)), 1)], 1e-3)


@pytest.mark.parametrize("digits", [6])
@pytest.mark.parametrize("what", ["argument", "loss"])
def test_early_stopping(digits, what):
    few, many = (
        getattr(best_stopping(FullModel(power_law(2, 2), P=1000, noise=1, digits=count)), what)
        for count in (digits, digits + 12)
    )
    # at its minimum the loss is of second order in the place, and better than its error by the square
    assert_honest([(few, many)], 1e-6 if what == "argument" else 1e-12)
