"""Quantities of models that end at a ridge, given or the best, and of tests on another distribution.

RIDGES    what `model.quantities` adds to the quantities that have laws
"""

from __future__ import annotations

from functools import partial

from asymptotics.model import equations_of_ridges as equations
from asymptotics.model.quantity import GAUSSIAN, Quantity
from asymptotics.model.sums import F_seen, F_test
from asymptotics.symbols import P

_BEST_RIDGE = (
    "At a fixed P the loss depends on the ridge through kappa alone, and is stationary where "
    "(P - df2) F' = -(sigma^2 + F) df2', which says what P is at the best kappa."
)

_by_samples = partial(Quantity, resource=P, balances=True)

RIDGES = (
    _by_samples(
        name="ridge",
        words="test loss limited by data, with a falling ridge of the scale rho",
        symbol="L(P; rho P^-l)",
        tex=r"L(P; \rho P^{-l})",
        limits="t = N = oo",
        equation=equations.RIDGE,
        source="BAP, appendix C, with a ridge; the regimes of Cui et al., arXiv 2105.15004",
        why="With t and N infinite the two-time equations have a fixed point: the loss of ridge "
        "regression at the renormalised ridge kappa with kappa (1 - df1(kappa)/P) = rho P^-l.",
    ),
    _by_samples(
        name="optimal_ridge",
        words="smallest test loss over the ridge, limited by data",
        symbol="min_rho L(P; rho)",
        tex=r"\min_\rho L(P; \rho)",
        limits="t = N = oo",
        equation=equations.BEST_RIDGE_LOSS,
        source="BAP, appendix C, with a ridge; stationary in kappa",
        why=_BEST_RIDGE,
    ),
    _by_samples(
        name="optimal_ridge_value",
        words="ridge of the smallest test loss, which may be negative",
        symbol="rho^*(P)",
        tex=r"\rho^*(P)",
        limits="t = N = oo",
        equation=equations.BEST_RIDGE,
        source="BAP, appendix C, with a ridge; stationary in kappa",
        why=_BEST_RIDGE,
    ),
    _by_samples(
        name="optimal_ridge_width",
        words="features whose first order in 1/N is as large as the smallest loss over the ridge",
        symbol="N^*(P)",
        tex=r"N^*(P)",
        limits="t = oo",
        equation=equations.best_width(GAUSSIAN),
        of_student=equations.best_width,
        source="BAP, appendix C, with a ridge, to first order in 1/N; stationary in kappa",
        why="At a fixed ridge N features add g (V + (L + sigma^2) g/P)/((1 - df2/P) N), g = df1 - df2, to "
        "the loss L, to first order in 1/N; this is L at N = N*.",
    ),
    _by_samples(
        name="feature_share",
        words="share that features add to the loss limited by data, first order in 1/N",
        symbol="S(P; P^n)",
        tex=r"S(P; P^n)",
        limits="t = oo",
        equation=equations.feature_share(GAUSSIAN),
        of_student=equations.feature_share,
        source="BAP, appendix C, to first order in 1/N",
        why="What is random in the features, 1 - e with e = dlog kappa/dlog zeta, leaves of V and of "
        "noisy labels (1 - e) (V + (L + sigma^2) (df1 - df2)/P)/(1 - df2/P), to leading order.",
    ),
    _by_samples(
        name="ridge_against_stopping",
        words="smallest loss over the ridge divided by that over the stopping time, label noise sigma",
        symbol="min_rho L(P; rho)/min_t L(t, P)",
        tex=r"\min_\rho L(P; \rho)/\min_t L(t, P)",
        limits="N = oo",
        equation=equations.AGAINST_STOPPING,
        source="the two minima, BAP, appendix C",
        why="Both regularise; where neither saturates, the ratio of the losses they reach is a constant.",
    ),
    _by_samples(
        name="classification_error",
        words="share of wrong signs, limited by data",
        symbol="E_01(P)",
        tex=r"E_{0\text{-}1}(P)",
        limits="t = N = oo",
        equation=equations.CLASSIFICATION,
        source="BAP, appendix C; the angle between two Gaussians",
        why="Prediction f and target y are jointly Gaussian over inputs: their signs differ with the "
        "probability theta/pi, theta the angle between them, E f y = T - Xi and E f^2 = T - 2 Xi + L.",
    ),
    Quantity(
        name="transfer",
        words="test loss on another distribution, limited by data",
        symbol="L'(P)",
        tex=r"L'(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.TRANSFER,
        source="Canatar, Bordelon & Pehlevan, arXiv 2106.02261; theory, section E",
        why="Tested on eigenvalues lambda' the squared bias and the fluctuation E/P of each mode of ridge "
        "regression are weighted anew, at the same kappa; E is the loss on the training distribution, "
        "with its noise.",
        tested=(F_test, F_seen),
    ),
)
