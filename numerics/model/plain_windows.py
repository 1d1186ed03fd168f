"""kappa and the sums at the nodes of windows in plain doubles, which serve for few digits.

Roots and sums as in `solved_windows`, by one rule for all nodes, and nothing but arrays of doubles. Rounding
is amplified where terms cancel: in the sums as their sizes say, in a root by ``1/(d log s/d log kappa)``,
which is large late at finite sizes. Where that leaves too few digits, doubled numbers are taken.

    solve_plainly     all windows of a model; None where doubles do not serve
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from asymptotics.errors import PrecisionError
from numerics.model.discretisation import Discretisation
from numerics.model.renormalised_ridge import certify
from numerics.model.rough_roots import rough_roots
from numerics.model.sizes import Sizes
from numerics.model.solved_windows import MOST_TERMS, SolvedWindow, root_rule, window_of
from numerics.model.windows import Window
from numerics.spectra.compiled import constant
from numerics.sums.doubled_sums import rough_sums
from numerics.sums.node_rules import NodeRule
from numerics.sums.spectral_sums import OnePoint
from numerics.values.arithmetic import Array, Field, Scalar
from numerics.values.doubled import Complexes, Floats

PLAIN_DIGITS = 10
"""Doubles serve for no more."""
SUM_DIGITS = 8
"""So many digits more than a loss its sums have."""
ROUNDING = 2.0**-52
REACH = 600.0
"""Powers of kappa stay between e^-REACH and e^REACH."""


def solve_plainly(
    model: Discretisation,
    windows: Sequence[tuple[Window, Scalar]],
    digits: int,
    field: Field,
    derivatives: int = 0,
) -> list[SolvedWindow | None]:
    """The windows laid at these first times, inside ``with field:``, their numbers in doubles.

    With ``derivatives`` of the sums, for models without a finite size alone.
    """
    nothing: list[SolvedWindow | None] = [None] * len(windows)
    sizes = model.sizes(field)
    if digits > PLAIN_DIGITS or not all(factor.doubled for factor in sizes.student):
        return nothing
    floats, scale, ridge = sizes.in_floats, float(constant(model.student.scale, field)), float(model.ridge)
    points: Any = [one.z.rounded / (float(first) * scale) + ridge for one, first in windows]
    s: Any = np.concatenate(points)
    cancelled = 1 + 2 * abs(ridge) / np.abs(s)
    logs = np.log(s)
    if not (np.abs(logs.real).max() * (derivatives + 2) < REACH and ((s.real > 0) | (s.imag > 0)).all()):
        return nothing
    with np.errstate(all="ignore"):
        try:
            rule, trace = root_rule(model, logs, sizes, model.rough_sums(digits + SUM_DIGITS), field)
            if rule.bins is not None or rule.lam.size > MOST_TERMS:
                return nothing
            y = rough_roots(logs, partial(rough_sums, rule), floats, trace)
        except PrecisionError:
            return nothing
        if not np.abs(y.real).max() * (derivatives + 2) < REACH:  # also where a root was lost
            return nothing
        kappa: Any = s if sizes.unlimited else np.exp(y)
        df1, X, error, rounding = _sums(rule, kappa, derivatives)
        rounding *= cancelled
        R1, R3 = floats.factors(df1[0])
        if not sizes.unlimited:
            rounding *= _amplified(kappa, df1, (R1, R3), floats)
    error += 10.0 ** -(digits + SUM_DIGITS)
    stops = np.cumsum([0, *map(len, points)])
    found: list[SolvedWindow | None] = []
    for (laid, _), one, begin in zip(windows, points, stops.tolist(), strict=False):
        own = slice(begin, begin + len(one))
        factors, between = (R1[own], R3[own]), [x[own] for x in floats.between(df1[0])]
        worst = float(error[own].max()), float(rounding[own].max())
        sound = sizes.unlimited or _is_physical(one, kappa[own], *factors, between)
        if not (sound and sum(worst) < 10.0**-digits):
            found.append(None)
            continue
        point = OnePoint(kappa=kappa[own], df1=df1[:, own], X=X[:, own], error=worst[0])
        found.append(window_of(laid, one, point, factors, floats, worst[1]))
    return found


def _sums(rule: NodeRule, kappa: Complexes, derivatives: int) -> tuple[Array, Array, Floats, Floats]:
    """df1 and X with their derivatives, one at least; their relative errors, and those by rounding."""
    lam, *weights = rule.doubles
    coarse = [np.array(column, dtype=np.complex128) for column in rule.check]
    direct, ends, even = rule.parts
    u, end = 1 / (lam + kappa[:, None]), 1 / (coarse[0] + kappa[:, None])
    error, rounding = np.zeros(len(kappa)), np.zeros(len(kappa))
    rows = []
    for weight, check in zip(weights, coarse[1:], strict=True):
        terms, others, factor = weight * u, check * end, 1.0
        for order in range(max(derivatives, 1) + 1):
            if order:
                terms, others, factor = terms * u, others * end, -order * factor
            total = terms.sum(axis=-1)
            rows.append(factor * total)
            size = np.abs(total)
            if not size.any():
                continue
            rounding = np.fmax(rounding, np.abs(terms).sum(axis=-1) / size * ROUNDING)
            if order in (0, derivatives):
                halves = np.abs(terms[:, ends:even].sum(axis=-1) - terms[:, even:].sum(axis=-1))
                gap = np.abs(terms[:, direct:ends].sum(axis=-1) - others.sum(axis=-1))
                error = np.fmax(error, (halves / size) ** 1.6 + gap / size)
    count = len(rows) // 2
    return np.array(rows[:count]), np.array(rows[count:]), error, rounding


def _amplified(kappa: Complexes, df1: Array, factors: tuple[Array, Array], sizes: Sizes) -> Floats:
    """By how much more than a sum a root is off, or what is made of it."""
    R1, R3 = factors
    gain = R1 * R3 + sizes.slope(df1[0], kappa * df1[1])
    least: Floats = np.minimum(np.minimum(np.abs(R1), np.abs(R3)), np.abs(gain))
    return 2 / least


def _is_physical(s: Any, kappa: Any, R1: Array, R3: Array, between: Sequence[Array]) -> bool:
    above = s.imag > 0
    try:
        certify(s[above], kappa[above], R1[above], R3[above], *(r[above] for r in between))
    except PrecisionError:
        return False
    return bool(all((x[~above].real > 0).all() for x in (kappa, R1, R3)))
