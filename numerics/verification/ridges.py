"""Reference values of laws of explicit ridges, and of tests on another distribution.

========================  =============================================================================
`loss_with_ridge`         test loss with the ridge ``rho P^-l``, t = oo
`best_ridge`              the smallest loss over the ridge, t = oo, or where it is
`best_ridge_width`        what N features add at the best ridge, times N, over the loss there
`share_of_features`       what ``P^n`` features add to the loss at t = oo, over it, to first order
`ridge_against_stopping`  the smallest loss over the ridge over that over the stopping time
`loss_elsewhere`          test loss at t = oo on another distribution
========================  =============================================================================
"""

from __future__ import annotations

from dataclasses import replace

import mpmath
from mpmath import mpmathify
from sympy import Expr, Float, oo, powsimp

from asymptotics.caches import cached
from asymptotics.model.sums import df1, eigenvalues_of_test
from asymptotics.symbols import N as SIZE
from asymptotics.symbols import kappa, l, n, rho, sigma
from numerics.model.full_model import FullModel
from numerics.values.results import Best
from numerics.values.value import Value
from numerics.verification.places import Place
from numerics.verification.students import model_of
from numerics.verification.training import best_time

WIDE = 25
"""Decades in N beyond P^2 at which the first order in 1/N is read off a difference."""


def loss_with_ridge(place: Place) -> Value:
    """L(P) with the ridge ``rho P^-l``, t = N = oo."""
    ridge = place.setting(rho) * place.resource ** -place.setting(l)
    return model_of(place, P=place.resource, ridge=ridge).test_loss(oo)


@cached(maxsize=256)
def _ridged(place: Place) -> Best:
    return model_of(place, P=place.resource).optimal_ridge()


def best_ridge(part: str, place: Place) -> Value:
    """``loss`` or ``argument`` of the minimum over the ridge of L(P), t = N = oo."""
    value: Value = getattr(_ridged(replace(place, settings=(), ratio=oo)), part)
    return value


def best_ridge_width(place: Place) -> Value:
    """What N features add at the best ridge, over the loss there, to first order in 1/N, times N."""
    digits = place.digits + WIDE
    best = _ridged(replace(place, digits=digits, settings=(), ratio=oo))
    return _first_order(place, ridge=Float._new(best.argument.value._mpf_, mpmath.mp.prec))


def share_of_features(place: Place) -> Value:
    """The same without a ridge, over ``N = P^n``."""
    size = mpmathify(place.resource) ** mpmathify(place.setting(n).evalf(place.digits + WIDE))
    return _first_order(place) / size


def _first_order(place: Place, **options: Expr) -> Value:
    """``N (L(N) - L)/L`` at t = oo, from an N far beyond that at which it is 1.

    Rows whose mean square m_2 depends on N have another first order at each N; it is taken to that of all N.
    """
    slope, _ = place.student.slopes()
    grows = place.student.spread().coeff(df1(kappa)) if slope.has(SIZE) else None
    digits, N = place.digits + WIDE, place.resource**2 * 10**WIDE
    wide, none = (
        model_of(place, P=place.resource, digits=digits, **options, **sizes).test_loss(oo)
        for sizes in ({"N": N}, {})
    )
    found = (wide - none) / none * mpmathify(N)
    if grows is not None:
        found = found * mpmathify((-grows / slope.subs(SIZE, N)).evalf(digits))
    return Value(value=found.value, error=found.error + abs(found.value) * mpmathify(10) ** (8 - WIDE))


def ridge_against_stopping(place: Place) -> Value:
    """The smallest L(P) over the ridge, over the smallest over t."""
    noisy = replace(place, task=replace(place.task, noise=place.setting(sigma)))
    return best_ridge("loss", noisy) / best_time("loss", place)


def loss_elsewhere(place: Place) -> Value:
    """``F' + (E/P) F''/kappa^2``, biases of models that share kappa; ``kappa P`` is Xi of c = lambda.

    With a white part, which is a ridge, the model itself.
    """
    size, tested = place.resource, eigenvalues_of_test(place.task)
    own = replace(place.task, test_eigenvalues=None)
    if place.student.white_noise() != 0:
        return model_of(replace(place, task=own), P=size, test_eigenvalues=tested).test_loss(oo)

    def model(target: Expr, **sizes: Expr) -> FullModel:
        return FullModel(replace(own, target=target), digits=place.digits, **sizes)

    bias, seen = (
        model(powsimp(weights), P=size).bias(oo)
        for weights in (own.target * tested / own.eigenvalues, own.eigenvalues * tested)
    )
    scale = model(own.eigenvalues, N=size).test_loss(oo)
    error = FullModel(own, P=size, digits=place.digits).test_loss(oo) + mpmathify(own.noise**2)
    return bias + error * seen / scale * mpmathify(size) / scale
