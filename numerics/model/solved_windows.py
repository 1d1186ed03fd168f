"""kappa and the sums at the nodes of many windows of times at once, in doubled numbers.

SolvedWindow      a window with what the losses take at its nodes
solve_windows     all windows of a model
solve_points      windows of another variable
window_of         one, from the sums at its roots
root_rule         the rule by which roots are found
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from asymptotics.errors import PrecisionError
from numerics.model.discretisation import Discretisation
from numerics.model.renormalised_ridge import certify, move_to_root
from numerics.model.rough_roots import CLOSER, correct_roots, rough_roots
from numerics.model.sizes import Sizes
from numerics.model.windows import Window
from numerics.spectra.compiled import constant
from numerics.sums.doubled_rule import DoubledRule
from numerics.sums.doubled_sums import doubled_sums, rough_sums
from numerics.sums.node_rules import NodeRule
from numerics.sums.spectral_sums import OnePoint, SpectralSums
from numerics.values.arithmetic import Array, Field, Scalar, array
from numerics.values.doubled import BITS, Complexes, Doubled, double_up, single

ROUGH_DIGITS = 11
"""Digits of the sums from which roots start."""
MANY_NODES = 200
"""For fewer nodes a rule of their own to such digits costs more than it saves."""
WIDEST = 200.0
"""Where |log z| and |log kappa| stay below, squares are in the range of doubles."""
MOST_TERMS = 30_000
"""Longer rules are not worked on in matrices."""
ROUNDING = 2.0 ** (2 - BITS)
"""The relative error of numbers at one node, by rounding."""
REFINEMENTS = 3
SPARE_DIGITS = 6
"""So many digits more than a loss its sums have, of which some are lost where terms cancel."""
SHOWN = 1e-24
"""Halves of an integral are compared in doubles, which do not show smaller errors."""
OTHER_HEADS = 2.0
"""Windows share a rule while its head is at most so many times what they need."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SolvedWindow:
    """At each node of a window, over its first time: s, kappa, ``J = Xi(kappa)``, ``zeta = kappa R3`` and R1.

    ``rest`` is ``zeta - s = zeta df1/P``.

    ``error`` is the relative error of sums, which stand for those of another spectrum nearby; ``rounding`` is
    the relative error of each number.
    """

    window: Window
    s: Array
    kappa: Array
    J: Array
    zeta: Array
    R1: Array
    rest: Array
    point: OnePoint
    error: float
    rounding: float


def solve_windows(
    model: Discretisation,
    windows: Sequence[tuple[Window, Scalar]],
    digits: int,
    field: Field,
    derivatives: int = 0,
) -> list[SolvedWindow | None]:
    """The windows laid at these first times, inside ``with field:``; None where doubled numbers do not do.

    With ``derivatives`` of the sums in doubled numbers, for models without a finite size alone.
    """
    points = [one.nodes / first for one, first in windows]
    return solve_points(model, [one for one, _ in windows], points, digits, field, derivatives)


def solve_points(
    model: Discretisation,
    windows: Sequence[Window],
    curvatures: Sequence[Array],
    digits: int,
    field: Field,
    derivatives: int = 0,
) -> list[SolvedWindow | None]:
    """The same where the nodes of each window stand for these curvatures, without scale and ridge."""
    sizes, scale = model.sizes(field), constant(model.student.scale, field)
    if not all(factor.doubled for factor in sizes.student):
        return [None] * len(windows)
    ridge = constant(model.ridge, field)
    points = [z / scale + ridge for z in curvatures]
    usable = [all(x.real > 0 or x.imag > 0 for x in s) for s in points]
    if not all(usable):
        return [None] * len(windows)
    stops = np.cumsum([0, *map(len, points)])
    logs = _logs(np.concatenate(points))
    sums = model.sums_for(digits)
    rough = model.rough_sums(ROUGH_DIGITS) if len(logs) > MANY_NODES else sums
    try:
        start = _start(model, logs, sizes, rough, field)
    except PrecisionError:
        return [None] * len(windows)
    parts = [start[a:b] for a, b in pairwise(stops)]
    fit = [
        bool(np.isfinite(y).all() and np.abs(y.real).max() < WIDEST and np.abs(logs[a:b].real).max() < WIDEST)
        for y, a, b in zip(parts, stops[:-1], stops[1:], strict=True)
    ]
    found: list[SolvedWindow | None] = [None] * len(windows)
    if not any(fit):
        return found
    floor = min(float(y.real.min()) for y, good in zip(parts, fit, strict=True) if good)
    for chosen in _by_head(sums, parts, [i for i, good in enumerate(fit) if good]):
        y = np.concatenate([parts[i] for i in chosen])
        z = np.concatenate([points[i] for i in chosen])
        solved = _refine(z, y, sums, floor, sizes, field, derivatives, 10.0 ** -(digits + SPARE_DIGITS))
        if solved is None:
            continue
        point, rounding = solved
        R1, R3 = sizes.factors(point.df1[0])
        at = 0
        for i in chosen:
            own = slice(at, at + len(points[i]))
            at = own.stop
            here = point.part(own.start, own.stop)
            found[i] = window_of(windows[i], points[i], here, (R1[own], R3[own]), sizes, rounding)
    return found


def window_of(
    laid: Window, s: Array, point: OnePoint, factors: tuple[Array, Array], sizes: Sizes, rounding: float
) -> SolvedWindow:
    """A window with what losses take at its points s, from sums and ``factors`` R1 and R3 at their roots."""
    R1, R3 = factors
    zeta = point.kappa * R3
    return SolvedWindow(
        window=laid,
        s=s,
        kappa=point.kappa,
        J=point.kappa * point.X[0],
        zeta=zeta,
        R1=R1,
        point=point,
        rest=zeta * point.df1[0] * sizes.inverse_P,
        error=point.error,
        rounding=rounding,
    )


def _logs(numbers: Array) -> Complexes:
    """Their logarithms in doubles; not finite beyond the range of doubles."""
    with np.errstate(all="ignore"):
        found: Complexes = np.log(numbers.astype(np.complex128))
    return found


def _start(
    model: Discretisation, logs: Complexes, sizes: Sizes, sums: SpectralSums, field: Field
) -> Complexes:
    """log kappa to about ten digits; by one rule for all angles and sizes."""
    if sizes.unlimited:
        return logs.copy()
    rule, trace = root_rule(model, logs, sizes, sums, field)
    return rough_roots(logs, partial(rough_sums, rule), sizes, trace)


def root_rule(
    model: Discretisation, logs: Complexes, sizes: Sizes, sums: SpectralSums, field: Field
) -> tuple[NodeRule, float]:
    """One rule of ``sums`` at the roots of all these z, and the trace of the kernel."""
    trace = 0.0
    highest, floor = float(logs.real.max()), float(logs.real.min())
    if not sizes.unlimited:
        trace = float(model.sums_for(ROUGH_DIGITS).total_eigenvalue(field))
        highest = np.logaddexp(highest, math.log(trace * sum(f.inverse for f in sizes.in_floats.all)))
    widest = float(logs.imag.max())
    return sums.rule_for_all([complex(y, a) for y in (highest, floor) for a in (0.0, widest)], floor), trace


def _by_head(sums: SpectralSums, logs: Sequence[Complexes], chosen: Sequence[int]) -> list[list[int]]:
    """The windows in groups that take about the same head."""
    if len(chosen) == 1:
        return [list(chosen)]
    heads = {i: sums.place_for_all(logs[i].tolist())[0] for i in chosen}
    groups: list[list[int]] = []
    for i in sorted(chosen, key=lambda i: heads[i]):
        if groups and heads[i] <= OTHER_HEADS * heads[groups[-1][0]]:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _refine(
    z: Array,
    y: Complexes,
    sums: SpectralSums,
    floor: float,
    sizes: Sizes,
    field: Field,
    derivatives: int,
    enough: float,
) -> tuple[OnePoint, float] | None:
    """`_solve` with rules that are refined until the error is ``enough``, as far as doubled numbers show."""
    best = None
    for refinement in range(REFINEMENTS):
        try:
            rule = sums.doubled(sums.rule_for_all(y.tolist(), floor, refinement))
        except PrecisionError:
            break
        if rule.lam.re[0].size > MOST_TERMS:
            break
        solved = _solve(z, y, rule, sums.digits, sizes, field, derivatives)
        if solved is None:
            break
        if best is None or solved[0].error < best[0].error:
            best = solved
        if best[0].error < max(enough, SHOWN):
            break
    return best


def _solve(
    z: Array,
    y: Complexes,
    rule: DoubledRule,
    digits: int,
    sizes: Sizes,
    field: Field,
    derivatives: int,
) -> tuple[OnePoint, float] | None:
    """The sums at the root near each e^y, and what rounding and the last step leave of its precision."""
    if sizes.unlimited:
        kappa = z
    else:
        logs = _logs(z)
        with np.errstate(all="ignore"):
            y = correct_roots(y, logs, partial(rough_sums, rule.source), sizes.in_floats, CLOSER)
        if not np.isfinite(y).all():
            return None
        kappa = array(field.complex(field.real(x.real), field.real(x.imag)) for x in np.exp(y).tolist())
    found = doubled_sums(rule, double_up(kappa), digits, derivatives, derivatives)
    point = OnePoint(
        kappa=kappa,
        df1=_rows(found.df1, found.slopes[0], field),
        X=_rows(found.X, found.slopes[1], field),
        error=found.error,
    )
    if sizes.unlimited:
        return point, ROUNDING + found.rounding
    moved, step = move_to_root(z, point, sizes, field)
    worst = max(float(abs(by) / _room(x)) for by, x in zip(step, kappa, strict=True))
    R1, R3 = sizes.factors(moved.df1[0])
    above = np.array([x.imag > 0 for x in z])
    try:
        ratios = [r[above] for r in sizes.between(moved.df1[0])]
        certify(z[above], moved.kappa[above], R1[above], R3[above], *ratios)
    except PrecisionError:
        return None
    on_axis = zip(moved.kappa[~above], R1[~above], R3[~above], strict=True)
    if not all(k.real > 0 and a.real > 0 and b.real > 0 for k, a, b in on_axis):
        return None
    return moved, ROUNDING + found.rounding + worst**2


def _rows(sums: Sequence[Doubled], slope: Complexes, field: Field) -> Array:
    """The sums and derivatives, the first one in doubles where no other is there."""
    return np.array([single(x, field) for x in sums] + [_in_field(slope, field)] * (len(sums) == 1))


def _room(x: Scalar) -> Scalar:
    """How far it is from kappa to the spectrum."""
    return abs(x) if x.real >= 0 else abs(x.imag)


def _in_field(numbers: Complexes, field: Field) -> Array:
    return array(field.complex(field.real(x.real), field.real(x.imag)) for x in numbers.tolist())
