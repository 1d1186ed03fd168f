"""Equations at a ridge, given or the best, at t = oo: of losses, ridges, features and signs.

RIDGE, BEST_RIDGE_LOSS, BEST_RIDGE    the loss at a ridge, the smallest loss over the ridge, that ridge
best_width, feature_share             what features add to the loss
TRANSFER, CLASSIFICATION              the loss on another distribution, the share of wrong signs
"""

from __future__ import annotations

from sympy import Derivative, Expr, atan, pi, sqrt

from asymptotics.errors import UnableError
from asymptotics.model.equations import NOISE, RIDGE_LOSS, RIDGE_OF, SPREAD, STOPPED
from asymptotics.model.operators import AtExplicit, AtLeast, AtModes, AtRidge
from asymptotics.model.students.base import Student
from asymptotics.model.sums import F, F_seen, F_test, Power, V, Xi, df2
from asymptotics.symbols import P, kappa, l, n, rho, sigma

RIDGE = AtExplicit(RIDGE_LOSS, kappa, P, rho * P**-l)
BEST_MODES = df2(kappa) - (NOISE**2 + F(kappa)) * Derivative(df2(kappa), kappa) / Derivative(F(kappa), kappa)
BEST_RIDGE_LOSS = AtLeast(RIDGE_LOSS, kappa, P, BEST_MODES)
BEST_RIDGE = AtModes(RIDGE_OF, kappa, P, BEST_MODES)


def best_width(student: Student) -> Expr:
    """N at which what the features add, to leading order, is the smallest loss L over the ridge,

        (1 - e) (V + (L + sigma^2) h/P) / ((1 - df2/P) L) = 1,

    with ``h = df - df2``, and 1 - e the share of what is random (`Student.features_for`).
    """
    there = V(kappa) + (RIDGE_LOSS + NOISE**2) * (SPREAD + student.white_noise() / kappa) / P
    return AtModes(student.features_for(there / (1 - df2(kappa) / P) / RIDGE_LOSS), kappa, P, BEST_MODES)


def feature_share(student: Student) -> Expr:
    """What N = P^n features add to the loss L at t = oo without a ridge, over L, to leading order,

    (1 - e) (V + (L + sigma^2) h/P) / ((1 - df2/P) L).
    """
    if student.white_noise():
        raise UnableError(f"what {student.title} add is not derived: their white part is a ridge, too")
    there = V(kappa) + (RIDGE_LOSS + NOISE**2) * SPREAD / P
    return AtRidge(student.share_of(P**n) * there / (1 - df2(kappa) / P) / RIDGE_LOSS, kappa, P)


TRANSFER = AtRidge(F_test(kappa) + (RIDGE_LOSS + NOISE**2) * F_seen(kappa) / (kappa**2 * P), kappa, P)

_CORRELATED = AtRidge(Power(kappa) - Xi(kappa), kappa, P)
_ACROSS = AtRidge(Power(kappa) * RIDGE_LOSS - Xi(kappa) ** 2, kappa, P)
CLASSIFICATION = atan(sqrt(_ACROSS) / _CORRELATED) / pi
"""The angle between f and y over pi, where signs differ: ``E f y = T - Xi``, ``E (f - y)^2 = L``."""

AGAINST_STOPPING = BEST_RIDGE_LOSS.xreplace({NOISE: sigma}) / STOPPED
