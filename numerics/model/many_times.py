"""Losses at many times at once: one contour for each window of times, solved in doubled numbers.

The test loss is a form in which each node stands alone but for one factor. With ``E = Q + sigma^2`` of
`two_time`, ``J = Xi(kappa)`` and ``s = zeta R1``, the argument of the resolvent,

    E(s, s') = (zeta' (J + sigma^2) - zeta (J' + sigma^2))/(s' - s),
    Q(s, s') = (zeta' J - zeta J' + sigma^2 (rest' - rest))/(s' - s),      rest = zeta - s = zeta df/P,

since F2 and D2 have ``zeta' J - zeta J'`` and ``zeta' df' - zeta df``; likewise the bias is
``(kappa' J - kappa J')/(kappa' - kappa)``. The train loss is one transform, as losses at P = oo are,

    Lhat(t) = InvLaplace[R1 (J + sigma^2)/z](2t),      L(t) = InvLaplace[J/z](2t) at P = oo.

The nodes of a pair are on the same hyperbola, on two lattices half a step apart, so that s and s' never meet.
Q(s, s') is the mean of a product of errors, hence ``|Q(s, s')|^2 <= Q(s, s*) Q(s', s'*)``: what is far from
the diagonal is bounded by what is near it.

    losses_at_times     the losses that are had so; None for the others

For few digits the numbers at the nodes are plain doubles (`plain_windows`). Doubled numbers have 30 digits;
where the difference above takes more of them than are left, as late at finite P, the estimate of the error
says so, and `solver` takes the digits that it needs. Where more digits are asked for than they have, windows
are solved in numbers of any precision (`long_windows`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import mpmath
import numpy as np
import sympy

from asymptotics.precision import working
from numerics.model.discretisation import Discretisation
from numerics.model.forms import Form, Terms
from numerics.model.long_windows import long_losses
from numerics.model.plain_windows import PLAIN_DIGITS, solve_plainly
from numerics.model.solved_windows import SolvedWindow, solve_windows
from numerics.model.windows import NODE_BITS, SPREADS, Window, spread_of, window
from numerics.spectra.compiled import constant
from numerics.sums.many_time_sums import exponential_sums
from numerics.values.arithmetic import Array, Field, Scalar, array, each, field_of
from numerics.values.doubled import BITS, Doubled, Floats, add, add_up, double_up, exponentials, single
from numerics.values.value import Value

SENSITIVITY = 16
"""How much larger the relative error of a loss may be than that of the sums it is made of."""
SPARE_DIGITS = 4
"""So many digits more than those asked for a window has."""
VALUE_DIGITS = 35
"""What a sum of two doubles takes."""
LATEST = 1e80
"""Times between this and its inverse are in the range of doubles, with what is made of them."""
FEW = 100
"""So many exponentials are taken one by one."""
MOST_DIGITS = 18
"""Doubled numbers do not serve for more."""


def losses_at_times(
    model: Discretisation, wanted: Form, variance: sympy.Expr, times: Sequence[sympy.Expr], digits: int
) -> list[Value | None]:
    """The quantity at each time, a finite number > 0, to ``digits`` digits.

    None where the estimate of the error is above, or numbers leave the range of doubles.
    """
    found: list[Value | None] = [None] * len(times)
    with field_of(NODE_BITS) as field, np.errstate(over="ignore", invalid="ignore"):
        numbers = [constant(t, field) for t in times]
        sigma2 = constant(variance, field)
        inside = [i for i, t in enumerate(numbers) if 1 / LATEST < t < LATEST]
        summed = not (wanted.single or wanted.pairs)
        for solve in (_sums,) * (digits <= MOST_DIGITS) if summed else _ways(digits):
            left = [i for i in inside if found[i] is None]
            values = solve(model, wanted, sigma2, [numbers[i] for i in left], digits, field) if left else []
            for i, value in zip(left, values, strict=True):
                if value is not None and value.error <= abs(value.value) * mpmath.mpf(10) ** -digits:
                    found[i] = value
    return found


def _ways(digits: int) -> tuple[Any, ...]:
    """Ways to solve for so many digits, the cheapest first."""
    if digits > MOST_DIGITS:
        return (_long_windows,)
    plain = (partial(_windows, solver=solve_plainly),) if digits <= PLAIN_DIGITS else ()
    return (_sums, *plain, _windows)


def _sums(
    model: Discretisation, wanted: Form, variance: Scalar, times: list[Scalar], digits: int, field: Field
) -> list[Value | None]:
    """At N = P = oo, ``sum_k c_k e^(-2 lambda_k t)``, or what other rules have left of their slow modes."""
    found, modes, sums = None, None, model.sums_for(digits)
    exponential = model.dynamics.exponential
    if not exponential and model.student.scale == 1:
        modes = model.dynamics.slow_modes(model)
    if model.unlimited and not (wanted.pairs or model.ridge) and (exponential or modes):
        rates = double_up(array(2 * t * constant(model.student.scale, field) for t in times))
        found = exponential_sums(sums, rates, modes)
    if found is None:
        return [None] * len(times)
    totals, errors = found
    with np.errstate(invalid="ignore"):
        errors = np.abs(totals.re[0]) * errors
        left = [math.exp(min(0.0, modes.ended(float(t)))) for t in times] if modes else [0.0]
        if any(left):
            errors += float(sums.total_target(field)[0]) * np.array(left)
        return values_of(_shift(totals, variance * wanted.shift), errors)


def _windows(
    model: Discretisation,
    wanted: Form,
    variance: Scalar,
    times: list[Scalar],
    digits: int,
    field: Field,
    solver: Callable[..., list[SolvedWindow | None]] = solve_windows,
) -> list[Value | None]:
    order = sorted(range(len(times)), key=lambda i: times[i])
    groups = _group(times, order)
    laid: list[tuple[Window, Scalar]] = []
    for group in groups:
        first = times[group[0]]
        spread = spread_of(float(times[group[-1]] / first))
        laid.append((window(spread, digits + SPARE_DIGITS), 2 * first if wanted.single else first))
        if wanted.pairs:
            laid.append((window(spread, digits + SPARE_DIGITS, between=True), first))
    solved = solver(model, laid, digits, field)
    found: list[Value | None] = [None] * len(times)
    for j, group in enumerate(groups):
        ratios = double_up(array(times[i] / times[group[0]] for i in group))
        if wanted.single:
            values = _invert(wanted, solved[j], variance, ratios)
        else:
            values = _invert_pairs(wanted, solved[2 * j], solved[2 * j + 1], variance, ratios)
        for i, value in zip(group, values, strict=True):
            found[i] = value
    return found


def _long_windows(
    model: Discretisation, wanted: Form, variance: Scalar, times: list[Scalar], digits: int, field: Field
) -> list[Value | None]:
    found: list[Value | None] = [None] * len(times)
    if model.unlimited and wanted.single and not model.ridge:
        return found  # the modes are added up faster
    for group in _group(times, sorted(range(len(times)), key=lambda i: times[i])):
        own = [times[i] for i in group]
        values = long_losses(model, wanted, variance, own, digits)
        # What cancels late under steep targets, in sums and by rounding, is known by then.
        missing = max((mpmath.log10(v.error / abs(v.value)) + digits for v in values if v), default=0)
        if missing > 0:
            values = long_losses(model, wanted, variance, own, digits + 1 + math.ceil(missing))
        for i, value in zip(group, values, strict=True):
            found[i] = value
    return found


def _group(times: Sequence[Scalar], order: Sequence[int]) -> list[list[int]]:
    """Places of times in groups that a window holds; ``order`` is that in which they rise."""
    groups: list[list[int]] = []
    for i in order:
        if groups and times[i] <= SPREADS[-1] * times[groups[-1][0]]:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _shift(totals: Doubled, by: Scalar) -> Doubled:
    return Doubled(add(totals.re, double_up(array([by])).re), totals.im) if by else totals


def _propagate(at: SolvedWindow, ratios: Doubled) -> Doubled:
    """``e^(z t)``, shape (times, nodes); few of them one by one, which costs less than the series."""
    if ratios.re[0].size * at.window.nodes.size > FEW:
        return exponentials(at.window.z[None] * ratios[:, None])
    with field_of(NODE_BITS) as field:
        products = np.outer(single(ratios, field), at.window.nodes)
        return double_up(each(field.exp, products))


def values_of(totals: Doubled, errors: Floats) -> list[Value | None]:
    """Sums as numbers with absolute errors; None where an error is as large as the sum."""
    found: list[Value | None] = []
    errors = errors + np.abs(totals.re[0]) * 2.0**-BITS
    with working(VALUE_DIGITS):
        for high, low, error in zip(*(x.tolist() for x in (*totals.re, errors)), strict=True):
            value = mpmath.mpf(high) + mpmath.mpf(low)
            found.append(Value(value=value, error=mpmath.mpf(error)) if error < abs(high) else None)
    return found


def _error(sizes: Floats, coherent: Floats, left_out: Floats, at: SolvedWindow) -> Floats:
    """That of sums whose terms have these ``sizes``; ``coherent`` without what cancels between sums of one
    spectrum, and ``left_out`` by the window."""
    return SENSITIVITY * (sizes * at.rounding + coherent * at.error) + left_out


def _invert(wanted: Form, at: SolvedWindow | None, variance: Scalar, ratios: Doubled) -> list[Value | None]:
    count = ratios.re[0].size
    if at is None:
        return [None] * count
    assert wanted.single is not None
    return invert_single(at, wanted.single(at, variance), ratios, variance * wanted.shift)


def invert_single(
    at: SolvedWindow, values: Array, ratios: Doubled, shift: Scalar = 0, made_of: Floats | None = None
) -> list[Value | None]:
    """``values/z`` at the nodes inverted at times ``ratios`` of the first, and ``shift``.

    The error is that of the transform of a positive measure; ``made_of`` are the sizes of what cancels in
    values, if anything does.
    """
    weights, grow = 2 * at.window.weights / at.window.nodes, _propagate(at, ratios)
    totals, sizes = add_up(double_up(weights * values)[None], grow)
    rounded = sizes
    if made_of is not None:
        rounded = np.abs(grow.rounded) @ (np.abs(weights.astype(np.complex128)) * made_of)
    before = np.maximum(1.0, 1 / (at.window.positive * ratios.re[0]))
    left_out = at.window.slack * before * float(abs(values[0]))
    return values_of(_shift(totals, shift), _error(rounded, sizes, left_out, at))


def _invert_pairs(
    wanted: Form,
    near: SolvedWindow | None,
    between: SolvedWindow | None,
    variance: Scalar,
    ratios: Doubled,
) -> list[Value | None]:
    if near is None or between is None:
        return [None] * ratios.re[0].size
    assert wanted.pairs is not None
    terms = [wanted.pairs(at, variance) for at in (between, near)]
    found = sum_pairs((between, near), (terms[0], terms[1]), ratios)
    totals = _shift(found.totals, variance * wanted.shift)
    # Q(s, s*) from what is far from the axis; next to it, it changes little.
    left_out = 4 * found.slack * np.sqrt(found.nearest * np.abs(totals.re[0]))
    return values_of(totals, error_of(found, left_out))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairSums:
    """Forms inverted: totals, the sizes of their terms, and of those on the diagonal alone (``coherent``).

    ``nearest`` is the form on the diagonal next to the axis, ``slack`` what the window leaves out of it.
    """

    totals: Doubled
    sizes: Floats
    coherent: Floats
    nearest: float
    slack: Floats
    worse: SolvedWindow


def error_of(found: PairSums, left_out: Floats) -> Floats:
    """The absolute error of inverted forms, of which the windows leave out so much."""
    return _error(found.sizes, found.coherent, left_out, found.worse)


Sizes = tuple[tuple[Floats, Floats], ...]
"""Those of what cancels in each alpha and beta of a form."""


def sum_pairs(
    at: tuple[SolvedWindow, SolvedWindow],
    terms: tuple[Terms, Terms],
    ratios: Doubled,
    made_of: tuple[Sizes, Sizes] | None = None,
) -> PairSums:
    """A form inverted at times ``ratios`` of the first, from terms on the lattice between, and through, 0."""
    (points, own), (points_, others) = (_doubled_terms(one) for one in terms)
    grow, grow_ = (_propagate(x, ratios) * double_up(x.window.weights / x.window.nodes)[None] for x in at)
    gap = _both_halves(points_)[None] - points[:, None]
    apart = np.abs(gap.rounded)
    ends = (np.abs(points.rounded)[:, None] + np.abs(_both_halves(points_).rounded)) / apart
    form, full = None, np.zeros_like(apart)
    for (alpha, beta), (alpha_, beta_) in zip(own, others, strict=True):
        one = alpha[:, None] * _both_halves(beta_)[None]
        two = _both_halves(alpha_)[None] * beta[:, None]
        form = one - two if form is None else form + (one - two)
        # before anything cancels in the two differences
        full += np.abs(one.rounded) + np.abs(two.rounded) + np.abs((one - two).rounded) * ends
    for (size, size_b), (other, other_b) in zip(*made_of, strict=True) if made_of else ():
        full += np.outer(size, np.tile(other_b, 2)) + np.outer(size_b, np.tile(other, 2))
    assert form is not None
    inner = add_up((form * gap.inverse())[None], _both_halves(grow_)[:, None])[0]
    totals = add_up(inner, grow)[0]
    left, right = np.abs(grow.rounded), np.abs(_both_halves(grow_).rounded)
    here = sum((alpha.rounded * beta.rounded.conj()).imag for alpha, beta in own)
    diagonal = np.abs(here / points.rounded.imag)
    window = at[1].window
    return PairSums(
        totals=Doubled((2 * totals.re[0], 2 * totals.re[1]), totals.im),
        sizes=2 * np.einsum("ti,ij,tj->t", left, full / apart, right),
        coherent=(2 * (left @ np.sqrt(diagonal))) ** 2,
        nearest=float(diagonal[0]),
        slack=window.slack * np.maximum(1.0, 1 / (window.positive * ratios.re[0])),
        worse=max(at, key=lambda x: x.error + x.rounding),
    )


def _doubled_terms(terms: Terms) -> tuple[Doubled, list[tuple[Doubled, Doubled]]]:
    points, pairs = terms
    return double_up(points), [(double_up(alpha), double_up(beta)) for alpha, beta in pairs]


def _both_halves(numbers: Doubled) -> Doubled:
    """Along the last axis also the conjugates; the real node, which has half its weight, comes twice."""
    other = numbers.conj()
    re, im = (
        tuple(np.concatenate([getattr(x, name)[i] for x in (numbers, other)], axis=-1) for i in (0, 1))
        for name in ("re", "im")
    )
    return Doubled((re[0], re[1]), (im[0], im[1]))
