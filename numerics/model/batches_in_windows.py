"""What the batches of one-pass SGD add to the loss of gradient descent, by windows in doubled numbers.

In w, where a mode falls as ``e^(w n)``, both losses after n steps are inverse transforms along a path around
the negative axis,

    L_SGD(n) = (1/2 pi i) int e^(w n) G(w) dw,       L_GD(n) = (1/2 pi i) int e^(2 w n) u J(Z)/(eta Z) dw,

with G the generating function of `rules.one_pass_sgd`, ``Z = (e^w - 1)/eta`` and ``u = e^w``. So are their
coefficients in 1/N. What a window leaves out of them is seen by a coarser one.

Late, G is a constant, of which nothing is left in L, and a small rest, in which all of L is. By parts that
constant is gone before anything is rounded, at N = oo, where slopes in kappa are slopes in zeta:

    n L_SGD(n) = -(1/2 pi i) int e^(w n) (dG/dw) dw,        2 n L_GD(n) likewise.

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
from numerics.values.arithmetic import Array, Field, Scalar, array, field_of
from numerics.values.doubled import BITS
from numerics.values.jets import Jet, Series
from numerics.values.value import Value

LOST_DIGITS = 3
"""Digits that usually cancel between the two losses."""
FAR_BITS = BITS - 4
FAR_DIGITS = 26
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
        nodes = [rule.in_exponents(w, field) for rule, w in zip(rules, places, strict=True)]
        windows = laid * (2 * len(many))
        curvatures = [z.terms[0] for z in nodes]
        most = orders[1] or int(model.unlimited)
        solved = solve_points(model, windows, curvatures, digits + LOST_DIGITS, field, most)
        parts = [slice(4 * j, 4 * j + 4) for j in range(len(many))]
        there = [[at for at in solved[part] if at is not None] for part in parts]
        whole = {
            j: (nodes[part], at)
            for j, (part, at) in enumerate(zip(parts, there, strict=True))
            if len(at) == 4
        }
        partners = [[dynamics.partner(z.terms[0], field) for z in zs[:2]] for zs, _ in whole.values()]
        beyond = _beyond(model, list(map(np.concatenate, partners)), most + 1)
        excess = partial(_excess, model, descent, constant(variance, field), orders, field)
        for (j, own), far in zip(whole.items(), beyond, strict=True):
            value = None if far is None else excess(*own, places[parts[j]], far)
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
    nodes: Sequence[Jet],
    solved: Sequence[SolvedWindow],
    places: Sequence[Array],
    far: Resolvent,
) -> Value | None:
    """One of them: from a coarse and a fine window of either loss, and what is beyond the spectrum."""
    order, most = orders
    first = len(places[0])
    windows, values, made_of = [], [], []
    for i, beyond in enumerate((far.part(0, first), far.part(first, len(far.z)))):
        loss, at = _with_batches(model, variance, most, field, solved[i], nodes[i], beyond)
        mean = _without(model, descent, most, field, solved[i + 2], nodes[i + 2])
        both = (loss, places[i]), (mean, places[i + 2])
        if _by_parts(model, most):  # w over the steps is the square of w over a node
            one, two = (-jet.terms[1] * w**2 / at.window.nodes for jet, w in both)
        else:
            one, two = (jet.terms[order] * w for jet, w in both)
        windows.append(at)
        values.append(one - two)
        made_of.append(np.absolute(one) + np.absolute(two))
    return invert_both(windows, values, made_of)


def _by_parts(model: Discretisation, most: int) -> bool:
    return model.unlimited and not most


def _expand(
    model: Discretisation, most: int, field: Field, found: Resolvent, zeta: Jet
) -> tuple[Series, OneTime]:
    """zeta and what is there, expanded in 1/N or to first order in w."""
    sizes = model.sizes(field)
    if _by_parts(model, most):
        return zeta, one_time(found, sizes, along=zeta.terms[1])
    return zeta.terms[0], one_time(found, sizes, "N" if most else "", most)


def _without(
    model: Discretisation,
    descent: GradientDescentDynamics,
    most: int,
    field: Field,
    at: SolvedWindow,
    zeta: Jet,
) -> Jet:
    """``u J/(eta Z)`` at the nodes."""
    eta = field.real(descent.step)
    place, one = _expand(model, most, field, resolvent_of(at), zeta)
    loss: Jet = one.X / (one.R1 * one.R3) * (place * eta + 1) / eta
    return loss


def _with_batches(
    model: Discretisation,
    variance: Scalar,
    most: int,
    field: Field,
    at: SolvedWindow,
    zeta: Jet,
    beyond: Resolvent,
) -> tuple[Jet, SolvedWindow]:
    """The generating function at the nodes, and their window with the errors that it has."""
    partner = model.dynamics.partner(zeta, field)
    place, near = _expand(model, most, field, resolvent_of(at), zeta)
    other, far = _expand(model, most, field, beyond, partner)
    noise = model.dynamics.noise(place, near, other, far, field)
    # Both losses have the sums of one rule, but nothing beyond the spectrum cancels between them.
    rounding = at.rounding + beyond.point.error + 2.0**-FAR_BITS
    with_errors = replace(at, rounding=max(1.0, noise.amplified) * rounding)
    return noise.signal + noise.label_noise * variance, with_errors
