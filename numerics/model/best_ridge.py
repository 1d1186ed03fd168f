"""The ridge of the smallest test loss at t = oo, by search over the ridge and interpolation, with errors.

The lowest minimum over u of the loss at ``rho = pole (e^u - 1)``, -pole the lowest ridge there is, is
closed in as the best stopping time is (`stopping`). At P = oo it is at rho = 0, since a population is learned
best by minimising its loss: ``F2 = J - zeta J_zeta`` has the derivative ``-zeta J_zeta zeta``, of the sign of
zeta. So it is where all is learned and nothing acts as noise. On other inputs only the latter holds.

    best_ridge    the ridge, which may be negative, and the loss there
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import mpmath
from sympy import Expr, Float, Integer, oo

from asymptotics.errors import UnableError
from asymptotics.precision import exclusive, working
from numerics.model.precision import to_digits
from numerics.model.solver import Solver
from numerics.model.stopping import REACH, SEARCH_DIGITS, Searched, interpolate, log_losses, lowest
from numerics.values.inputs import infinite
from numerics.values.results import Best
from numerics.values.value import Value

ZERO = Value(value=mpmath.mpf(0), error=mpmath.mpf(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ridged:
    """The loss at t = oo as a function of ``x = 1 + rho/pole``, or of ``x = rho/scale``."""

    solver: Solver
    weights: Any
    P: Expr
    scale: mpmath.mpf
    shift: int
    digits: int

    def test_loss(self, xs: Sequence[mpmath.mpf]) -> list[Value]:
        return [self._at(x) for x in xs]

    def _at(self, x: mpmath.mpf) -> Value:
        ridge = Float(self.scale * (x - self.shift), mpmath.mp.dps)
        total = partial(self.solver.at_ridge(ridge).combine, self.weights, oo)
        return to_digits("test loss", ridge, total, self.digits)


@exclusive
def best_ridge(model: Searched) -> Best:
    """``argmin`` and ``min`` over rho of ``L(oo; rho)`` at the sizes and the noise of the model.

    The loss has the digits of the model; the ridge about half of them, which its error says.
    """
    solver, own = model.tested, Integer(0)
    if infinite(model.N):
        # A white part is a ridge of its own, far above the sum of the two where that is small.
        solver, own = solver.without_white()
    best = _search(model, solver)
    with working(model.digits + 15):
        part = mpmath.mpmathify(own.evalf(mpmath.mp.dps))
        ridge = best.argument.value - part
        found = Value(value=ridge, error=best.argument.error + 4 * mpmath.mp.eps * part)
    if not own and best.note:
        return best
    if abs(ridge) <= found.error:
        return Best(argument=found, loss=best.loss, note="0 within its error")
    side = "negative: the loss is smaller than at ridge = 0" if ridge < 0 else ""
    return Best(argument=found, loss=best.loss, note=side)


def _ends_best(model: Searched, solver: Solver) -> bool:
    """Whether no ridge is better than none; raises `UnableError` where none is no limit of small ones."""
    whole = solver.model.learns_everything
    if infinite(model.P):
        return solver.alike or whole
    if model.noise or not whole or solver.model.unlearned:
        return False
    if solver.model.at_edges > 1:
        raise UnableError(
            f"N = P = {model.P} modes without noise: the loss falls as the ridge tends to 0, and is "
            "another at 0; use more samples"
        )
    return True


def _search(model: Searched, solver: Solver) -> Best:
    digits = model.digits
    if _ends_best(model, solver):
        loss = solver.at_ridge(Integer(0)).combine(model.weights(oo), oo, digits)
        return Best(argument=ZERO, loss=loss, note="0: the loss rises on both sides of it")
    pole = solver.model.pole
    shift = 1 if pole else 0
    with working(digits + 15):
        scale = mpmath.mpf(pole or solver.model.edge)
        at = partial(_Ridged, solver=solver, weights=model.weights(oo), P=model.P, scale=scale, shift=shift)
        try:
            seen, log_scale = solver.model, float(mpmath.log(scale))
            reach = (min(seen.log_slowest - log_scale, 0.0), math.log(seen.edge) - log_scale)
            f = partial(log_losses, at(digits=min(SEARCH_DIGITS, digits)))
            centre = lowest(f, mpmath.mpf(0), reach)
        except UnableError:
            raise UnableError(
                f"the loss at t = oo has no minimum at ridges from e^-{REACH} to e^{REACH} times "
                f"{mpmath.nstr(scale, 3)}: nothing is learned, or modes fall fast; use fewer samples"
            ) from None
        best = interpolate(at(digits=digits), centre, digits)
        x = best.argument
        return Best(argument=Value(value=scale * (x.value - shift), error=scale * x.error), loss=best.loss)
