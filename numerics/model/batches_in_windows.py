"""What the batches of one-pass SGD add to the loss of gradient descent, by windows in doubled numbers.

In w, where a mode falls as ``e^(w n)``, both losses after n steps are inverse transforms along a path around
the negative axis,

    L_SGD(n) = (1/2 pi i) int e^(w n) G(w) dw,       L_GD(n) = (1/2 pi i) int e^(2 w n) u J(Z)/(eta Z) dw,

with G the generating function of `rules.one_pass_sgd`, ``Z = (e^w - 1)/eta`` and ``u = e^w``. So are their
coefficients in 1/N. What a window leaves out of them is seen by a coarser one.

    sgd_excess_at      the excess, or a coefficient of it, after each of some numbers of steps
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import mpmath
import numpy as np
import sympy

from asymptotics.errors import PrecisionError
from numerics.model.beyond_spectrum import resolve_beyond
from numerics.model.discretisation import Discretisation
from numerics.model.many_coefficients import COARSER, invert_both, resolvent_of
from numerics.model.many_times import MOST_DIGITS, SPARE_DIGITS
from numerics.model.renormalised_ridge import Resolvent
from numerics.model.rules.gradient_descent import GradientDescentDynamics
from numerics.model.solved_windows import SolvedWindow, solve_points
from numerics.model.two_time import OneTime, one_time
from numerics.model.windows import NODE_BITS, window
from numerics.spectra.compiled import constant
from numerics.values.arithmetic import Array, Field, Scalar, array, each, field_of
from numerics.values.doubled import BITS
from numerics.values.value import Value

LOST_DIGITS = 3
"""Digits that usually cancel between the two losses."""
FAR_BITS = BITS - 4
FAR_DIGITS = 24
"""With so many bits, for which doubled numbers serve, sums beyond the spectrum are taken to such digits."""
FAR_FROM_IMAGES = 4
"""A window has at most one node to so many steps: then it is clear of the images of the spectrum in w."""


def sgd_excess_at(
    model: Discretisation,
    variance: sympy.Expr,
    times: Sequence[sympy.Expr],
    digits: int,
    orders: tuple[int, int] = (0, 0),
) -> list[Value | None]:
    """``L_SGD - L_GD`` after so many steps, or the coefficients of 1/N^orders[0] of those up to orders[1].

    None where doubled numbers do not have the digits, for few steps, and for steps beyond 1/lambda_1.
    """
    dynamics, inside = model.dynamics, digits + SPARE_DIGITS + LOST_DIGITS
    found: list[Value | None] = [None] * len(times)
    if digits > MOST_DIGITS or model.ridge or model.student.scale != 1 or dynamics.rule.scheduled:
        return found
    if not dynamics.rule.fresh or dynamics.mean is None or dynamics.mean.eta * model.edge > 1:
        return found
    descent = GradientDescentDynamics(dynamics.mean)
    laid = [window(1, inside + more) for more in (-COARSER, 0)]
    least = FAR_FROM_IMAGES * len(laid[1].nodes)
    many = [i for i, time in enumerate(times) if int(time) >= least]
    if not many:
        return found
    with field_of(NODE_BITS) as field:
        steps = [constant(times[i], field) for i in many]
        places = [one.nodes / (n * (1 + i)) for n in steps for i in (0, 1) for one in laid]
        rules = (dynamics, dynamics, descent, descent) * len(many)
        curvatures = [rule.in_exponents(w, field) for rule, w in zip(rules, places, strict=True)]
        windows = laid * (2 * len(many))
        solved = solve_points(model, windows, curvatures, digits + LOST_DIGITS, field, orders[1])
        parts = [solved[4 * j : 4 * j + 4] for j in range(len(many))]
        whole = {j: [at for at in part if at is not None] for j, part in enumerate(parts) if None not in part}
        partners = [[dynamics.partner(at.s, field) for at in ats[:2]] for ats in whole.values()]
        beyond = _beyond(model, list(map(np.concatenate, partners)), orders[1] + 1)
        excess = partial(_excess, model, descent, constant(variance, field), orders, field)
        for (j, ats), pair, far in zip(whole.items(), partners, beyond, strict=True):
            value = None if far is None else excess(ats, places[4 * j : 4 * j + 4], pair, far)
            if value is not None and value.error <= abs(value.value) * mpmath.mpf(10) ** -digits:
                found[many[j]] = value
    return found


def _beyond(model: Discretisation, nodes: list[Array], derivatives: int) -> list[Resolvent | None]:
    """What is beyond the spectrum at the nodes of each time, all at once; each alone where that fails."""
    if not nodes:
        return []
    try:
        with field_of(FAR_BITS) as few:
            rounded = array(+x for x in np.concatenate(nodes))
            sums, sizes = model.rough_sums(FAR_DIGITS), model.sizes(few)
            found = resolve_beyond(rounded, sums, sizes, few, derivatives)
    except PrecisionError:
        return [x for one in nodes for x in _beyond(model, [one], derivatives)] if len(nodes) > 1 else [None]
    return [found.part(*ends) for ends in pairwise(np.cumsum([0, *map(len, nodes)]).tolist())]


def _excess(
    model: Discretisation,
    descent: GradientDescentDynamics,
    variance: Scalar,
    orders: tuple[int, int],
    field: Field,
    solved: list[SolvedWindow],
    places: list[Array],
    partners: list[Array],
    far: Resolvent,
) -> Value | None:
    """One of them: from a coarse and a fine window of either loss, and what is beyond the spectrum."""
    sizes, size = model.sizes(field), "N" if orders[1] else ""
    nodes = [one_time(resolvent_of(at), sizes, size, orders[1]) for at in solved]
    batch = partial(_with_batches, model, variance, orders, field)
    beyond = [far.part(0, len(partners[0])), far.part(len(partners[0]), len(far.z))]
    losses = [batch(*one) for one in zip(solved[:2], nodes[:2], partners, beyond, strict=True)]
    rate = field.real(1) / field.real(descent.step)
    means = [
        (one.kappa * one.X).terms[orders[0]] / at.s * each(field.exp, w) * rate
        for at, one, w in zip(solved[2:], nodes[2:], places[2:], strict=True)
    ]
    values = [value * w for value, w in zip([*(loss for loss, _ in losses), *means], places, strict=True)]
    one, two = invert_both([at for _, at in losses], values[:2]), invert_both(solved[2:], values[2:])
    return None if one is None or two is None else one - two


def _with_batches(
    model: Discretisation,
    variance: Scalar,
    orders: tuple[int, int],
    field: Field,
    at: SolvedWindow,
    near: OneTime,
    partner: Array,
    beyond: Resolvent,
) -> tuple[Array, SolvedWindow]:
    """The generating function at the nodes, and their window with the errors that it has."""
    order, most = orders
    far = one_time(beyond, model.sizes(field), "N" if most else "", most)
    noise = model.dynamics.noise(at.s, near, partner, far, field)
    loss = (noise.signal + noise.label_noise * variance).terms[order]
    return loss, replace(
        at,
        error=max(at.error, beyond.point.error),
        rounding=max(1.0, noise.amplified) * (at.rounding + 2.0**-FAR_BITS),
    )
