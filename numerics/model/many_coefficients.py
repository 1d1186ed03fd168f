"""Coefficients of 1/N and 1/P at N = P = oo, from the forms of `many_times` in doubled numbers.

At a node s nothing of the denominators ``s' - s`` depends on the sizes, so that the coefficient of order n of
a form ``(alpha beta' - alpha' beta)/(s' - s)`` is a sum of forms, of alpha_k and beta_(n-k). With jets of
``J, zeta, R1`` and ``rest = zeta - s``,

    test loss   J, zeta    and sigma^2 times  1, rest
    train loss  R1 (J + sigma^2), R1 zeta
    gap         J + sigma^2, zeta   less the train loss

At P = oo losses are one transform, of ``J/z`` at twice the time, and so are their coefficients of 1/N.

    coefficients_at     one coefficient at each of some times, or None
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial

import mpmath
import numpy as np
import sympy

from asymptotics.caches import cached
from numerics.model.discretisation import Discretisation
from numerics.model.forms import Terms
from numerics.model.many_times import (
    MOST_DIGITS,
    SPARE_DIGITS,
    error_of,
    invert_single,
    sum_pairs,
    values_of,
)
from numerics.model.plain_windows import PLAIN_DIGITS, solve_plainly
from numerics.model.renormalised_ridge import Resolvent
from numerics.model.solved_windows import SolvedWindow, solve_windows
from numerics.model.two_time import OneTime, one_time
from numerics.model.windows import NODE_BITS, window
from numerics.spectra.compiled import constant
from numerics.values.arithmetic import Array, Scalar, array, field_of
from numerics.values.doubled import Floats, double_up
from numerics.values.jets import Jet
from numerics.values.value import Value

Pair = tuple[Jet, Jet]


def _test_loss(at: OneTime, variance: Scalar) -> list[Pair]:
    signal = (at.kappa * at.X, at.kappa * at.R3)
    return [signal, (_one(at), _rest(at) * variance)] if variance else [signal]


def _train_loss(at: OneTime, variance: Scalar) -> list[Pair]:
    return [(at.R1 * (at.kappa * at.X + variance), at.R1 * at.kappa * at.R3)]


def _gap(at: OneTime, variance: Scalar) -> list[Pair]:
    ((alpha, beta),) = _train_loss(at, variance)
    return [(at.kappa * at.X + variance, at.kappa * at.R3), (-alpha, beta)]


def _noise(at: OneTime, variance: Scalar) -> list[Pair]:
    return [(_one(at), _rest(at))]


def _gap_noise(at: OneTime, variance: Scalar) -> list[Pair]:
    return [(_one(at), at.kappa * at.R3), (-at.R1, at.R1 * at.kappa * at.R3)]


def _one(at: OneTime) -> Jet:
    first, *rest = (x * 0 for x in at.kappa.terms)
    return Jet(terms=(first + 1, *rest))


def _rest(at: OneTime) -> Jet:
    """``zeta - s``."""
    rest: Jet = at.kappa * at.R3 * at.df1 * at.sizes.inverse_P
    return rest


PAIRS: dict[str, Callable[[OneTime, Scalar], list[Pair]]] = {
    "test_loss": _test_loss,
    "train_loss": _train_loss,
    "gap": _gap,
    "noise": _noise,
    "gap_noise": _gap_noise,
}
"""By the name of a quantity the jets of its forms."""
SINGLES = ("test_loss", "train_loss")
"""What is one transform at P = oo."""


def coefficients_at(
    model: Discretisation,
    quantity: str,
    size: str,
    orders: tuple[int, int],
    variance: sympy.Expr,
    times: Sequence[sympy.Expr],
    digits: int,
) -> list[Value | None]:
    """The coefficients of ``orders[0]`` of the expansions to ``orders[1]``, at finite times > 0.

    None for other quantities and rules, and where doubled numbers do not have the digits. Where one rule does
    not do for all times, each is solved by itself.
    """
    found: list[Value | None] = [None] * len(times)
    usable = model.unlimited and model.dynamics.exponential and not model.ridge and digits <= MOST_DIGITS
    if quantity not in (SINGLES if size == "N" else PAIRS) or not usable:
        return found
    for plain in (True, False) if digits <= PLAIN_DIGITS else (False,):
        left = tuple(time for time, value in zip(times, found, strict=True) if value is None)
        if not left:
            break
        values = iter(_coefficients(model, quantity, size, orders, variance, left, digits, plain))
        found = [value or _good(next(values), digits) for value in found]
    if len(times) > 1 and None in found:
        alone = partial(coefficients_at, model, quantity, size, orders, variance, digits=digits)
        found = [value or alone(times=(time,))[0] for time, value in zip(times, found, strict=True)]
    return found


def _good(value: Value | None, digits: int) -> Value | None:
    return value if value and value.error <= abs(value.value) * mpmath.mpf(10) ** -digits else None


def _coefficients(
    model: Discretisation,
    quantity: str,
    size: str,
    orders: tuple[int, int],
    variance: sympy.Expr,
    times: tuple[sympy.Expr, ...],
    digits: int,
    plain: bool,
) -> list[Value | None]:
    order, most = orders
    with field_of(NODE_BITS) as field:
        sigma2 = constant(variance, field)
        found: list[Value | None] = []
        for solved, expanded in _expand(model, times, size, most, digits, plain):
            if not solved:
                found.append(None)
                continue
            positive = [_in_size(jets) for jets in expanded]
            if size == "N":
                values, sizes = (
                    [(jets.kappa * jets.X).terms[order] for jets in some] for some in (expanded, positive)
                )
                found.append(invert_both(solved, values, sizes))
                continue
            made = PAIRS[quantity]
            between, near = (
                _terms(at, made(jets, sigma2), order) for at, jets in zip(solved, expanded, strict=True)
            )
            made_of = [
                tuple(
                    (_in_doubles(alpha), _in_doubles(beta))
                    for alpha, beta in _terms(at, made(jets, sigma2), order)[1]
                )
                for at, jets in zip(solved, positive, strict=True)
            ]
            here = double_up(array([field.real(1)]))
            sums = sum_pairs((solved[0], solved[1]), (between, near), here, (made_of[0], made_of[1]))
            left_out = LEFT_OUT * sums.slack * np.maximum(sums.nearest, np.abs(sums.totals.re[0]))
            found += values_of(sums.totals, error_of(sums, left_out))
        return found


def _in_size(at: OneTime) -> OneTime:
    """With the absolute value of each term: sums and products of them are the sizes of what cancels."""
    jets = {f.name: getattr(at, f.name) for f in fields(OneTime) if f.name != "sizes"}
    sizes = {name: Jet(terms=tuple(map(np.absolute, jet.terms))) for name, jet in jets.items()}
    return OneTime(**sizes, sizes=at.sizes)


def _in_doubles(numbers: Array) -> Floats:
    return np.abs(np.array([complex(x) for x in numbers]))


COARSER = 3
"""Digits by which the first of two windows is coarser than the other."""
LEFT_OUT = 16.0
"""How much more than the slack of its window a form that need not be positive leaves out."""


def invert_both(
    windows: list[SolvedWindow], values: list[Array], made_of: list[Array] | None = None
) -> Value | None:
    """``values/z`` inverted at the first time of two windows, of which the latter leaves out less.

    What depends on h as a derivative of ``e^(-h t)`` leaves out more than the slack of a window; how much,
    the coarser window shows.
    """
    here = double_up(windows[0].s[:1] * 0 + 1)
    sizes = [None] * len(windows) if made_of is None else list(map(_in_doubles, made_of))
    coarse, fine = (
        invert_single(at, _full(one, at.s), here, made_of=size)[0]
        for at, one, size in zip(windows, values, sizes, strict=True)
    )
    if coarse is None or fine is None:
        return None
    left_out = abs(coarse.value - fine.value) * mpmath.mpf(10) ** (1 - COARSER)
    return Value(value=fine.value, error=fine.error + left_out)


@cached(maxsize=32)
def _expand(
    model: Discretisation, times: tuple[sympy.Expr, ...], size: str, most: int, digits: int, plain: bool
) -> list[tuple[list[SolvedWindow], list[OneTime]]]:
    """Two windows at each time and what is at their nodes, expanded in 1/size; nothing where they fail."""
    with field_of(NODE_BITS) as field:
        exact = model.sizes(field)
        sizes = exact.in_floats if plain else exact
        if size == "N":
            laid = [(window(1, digits + SPARE_DIGITS + more), 2) for more in (-COARSER, 0)]
        else:
            laid = [(window(1, digits + SPARE_DIGITS, between=between), 1) for between in (True, False)]
        windows = [(one, factor * constant(time, field)) for time in times for one, factor in laid]
        solve = solve_plainly if plain else solve_windows
        whole = solve(model, windows, digits, field, most)
        found: list[tuple[list[SolvedWindow], list[OneTime]]] = []
        for pair in zip(whole[::2], whole[1::2], strict=True):
            solved = [at for at in pair if at is not None] if None not in pair else []
            found.append((solved, [one_time(resolvent_of(at), sizes, size, most) for at in solved]))
        return found


def resolvent_of(at: SolvedWindow) -> Resolvent:
    return Resolvent(z=at.s, point=at.point, R1=at.R1, R3=at.zeta / at.kappa)


def _terms(at: SolvedWindow, pairs: list[Pair], order: int) -> Terms:
    """alpha_k and beta_(n-k) of each form at the nodes of a window."""
    return at.s, tuple(
        (_full(alpha.terms[k], at.s), _full(beta.terms[order - k], at.s))
        for alpha, beta in pairs
        for k in range(order + 1)
    )


def _full(values: Array, like: Array) -> Array:
    return values + like * 0
