"""Does the difference of the sides of ``f ~ g + O(r)`` fall as the remainder says?

It is evaluated at sizes that grow and must fall with the exponent of r, not with that of the last term of g,
which is how it falls when a constant or an exponent of g is wrong. Where r is smaller than that term by
powers of ``l = log(x)`` alone, a constant off by little would show at sizes that nobody reaches: what has
the order of r and the next,

    l^-m log(l)^n c_n + ... + l^-m c_0 + l^(-m-1) log(l)^n d_n + ...,

is then eliminated with weights over neighbouring sizes, and what is left must fall in powers of l. Sizes are
whole numbers of features or samples, and whole periods of an oscillation, so that its phase is the same.

    judge_fall     verdict, relative difference at the largest size, and what was measured
    follow         a step as what follows from another one
"""

from __future__ import annotations

from typing import Any

import mpmath
from sympy import Add, oo

from asymptotics.derivation.evaluation.values import Point, Values
from asymptotics.derivation.falls import Fall, Size
from asymptotics.derivation.symbols import Asymptotic
from asymptotics.errors import PrecisionError

HELD, FAILED, UNDECIDED = "holds", "FAILS", "undecided"

FLOAT_FLOOR = 3e-9
"""Relative differences below this are lost in transforms done in floats."""
NOTHING = mpmath.mpf(10) ** -10000
SHARES = (1.0, 0.75, 0.5, 0.3, 0.2, 0.1, 0.06, 0.04)
"""Parts of the furthest size that are tried."""
BEYOND = ((8.0, 10.0), (16.0, 20.0), (32.0, 40.0))
"""Decades at which a difference smaller than every power is looked for."""

FURTHER = 2
"""So many times further sizes are looked at where those before do not tell, as two orders nearly cancel."""
EXPLAINED = 0.08
"""Of what the last term adds, the share that may be left where a step is said to hold."""

Outcome = tuple[str, float, str]


def judge_fall(here: Asymptotic, values: Values, point: Point, digits: int) -> Outcome:
    """Whether the difference falls as the remainder says; see the module."""
    if here.lhs == here.rhs:
        return HELD, 0.0, "both sides are the same"
    heavy = values.heavy(here.lhs)
    fall = Fall(
        here=here, values=values, point=point, heavy=heavy, floor=FLOAT_FLOOR if heavy else 10.0**-digits
    )
    infinite = here.limit in (0, oo)
    if here.remainder == 0:
        return _vanishes(fall, BEYOND if infinite else ((0.5, 1.0),))
    # transforms in floats on the right are known nearby alone
    near = 20.0 if infinite and not values.heavy(here.rhs) else 4.0
    order = fall.relative_order(near)
    # a small order may be that of logarithms, which becomes smaller
    if infinite and order < 0.4 and fall.relative_order(2 * near) < 0.75 * order:
        return _by_logarithms(fall)
    return _by_powers(fall, min(10.0, digits - 5.0) / order, order)


def follow(here: Asymptotic, earlier: Asymptotic, values: Values, point: Point) -> Asymptotic | None:
    """``g' ~ g + O(r)``, which is what ``f ~ g + O(r)`` says where ``f ~ g' + O(r')`` holds and r' = O(r).

    None where r' is larger than r, or g' itself a transform.
    """
    if values.heavy(earlier.rhs) or earlier.args[3:] != here.args[3:]:
        return None
    fall = Fall(here=here, values=values, point=point, heavy=False, floor=0.0)
    before = mpmath.inf
    for decade in (20.0, 40.0) if here.limit in (0, oo) else (2.0, 4.0):
        at = {**point, here.variable: fall.place(decade)}
        one, two = (abs(values(x.remainder, at)) for x in (earlier, here))
        if one > mpmath.mpf(1.001) * before * two:
            return None
        before = one / two if two else mpmath.mpf(0)
    return Asymptotic(earlier.rhs, *here.args[1:])


def _vanishes(fall: Fall, decades: tuple[tuple[float, float], ...]) -> Outcome:
    before = mpmath.inf
    for pair in decades:
        worst = max(fall.size(decade).relative for decade in pair)
        if worst <= fall.floor:
            return HELD, worst, "the difference is beyond all digits"
        if worst > before / 1e3:
            break
        before = worst
    return FAILED, worst, "the difference falls no faster than a power"


def _by_powers(fall: Fall, reach: float, order: float) -> Outcome:
    """At three sizes where the difference should be small but above rounding; at more if they disagree."""
    furthest = min(max(7.0, 3.0 / order), 15.0) if fall.heavy else 24.0
    last = min(max(6.0 / order if fall.heavy else reach, 2.0), furthest)
    sizes: list[Size] = []
    nearest: Size | None = None
    for share in SHARES:
        if share * last < 0.4 or len(sizes) == 3:
            break
        one = fall.known(share * last)
        nearest = one or nearest
        if one is not None and fall.seen(one) and not (sizes and one.at >= sizes[0].at):
            sizes.insert(0, one)
    if nearest is None:
        raise PrecisionError("no size was found at which both sides are known to enough digits")
    if len(sizes) < 2:
        return HELD, nearest.relative, "the difference is within rounding at all sizes"
    while True:
        (before, _), (verdict, note) = _decide(sizes[-3:-1]), _decide(sizes[-2:])
        if verdict == FAILED and (before != FAILED or _rises(sizes[-3:])):
            verdict = UNDECIDED
        limit = furthest if fall.heavy else FURTHER * furthest
        if verdict != UNDECIDED or last >= limit:
            return verdict, sizes[-1].relative, note
        last = min(1.3 * last, limit)
        further = fall.known(last)
        if further is None or not fall.seen(further):
            more = "; more digits see further" if verdict == UNDECIDED and not fall.heavy else ""
            return verdict, sizes[-1].relative, note + more
        sizes.append(further)


def _exponents(one: Size, two: Size) -> tuple[Any, Any, Any]:
    """With which the difference falls from one size to the other, the remainder, and the last term."""
    width = mpmath.log(two.at / one.at)

    def slope(first: Any, second: Any) -> Any:
        return mpmath.log(max(abs(first), NOTHING) / max(abs(second), NOTHING)) / width

    measured = slope(one.difference, two.difference)
    stated = slope(one.remainder, two.remainder)
    slopes = [slope(x, y) for x, y in zip(one.terms, two.terms, strict=True)]
    # terms that are behind the remainder at this point say nothing
    return measured, stated, max((p for p in slopes if p < stated - 0.001), default=stated - 1)


def _rises(sizes: list[Size]) -> bool:
    """Whether the exponent still grows, and beyond that of the last term, where one of a false step ends.

    Behind a change of its sign a difference first falls too slowly.
    """
    if len(sizes) < 3:
        return False
    before, (measured, stated, last) = _exponents(*sizes[:2])[0], _exponents(*sizes[1:])
    return bool(measured > max(last, before + (stated - last) / 4))


def _decide(sizes: list[Size]) -> tuple[str, str]:
    """How the difference falls: nearer to the remainder's exponent than to that of the last term."""
    if len(sizes) < 2:
        return FAILED, "no earlier size"
    measured, stated, last = _exponents(*sizes)
    gap = stated - last
    word, sign = ("grows", -1) if stated < 0 else ("falls", 1)
    note = (
        f"the difference {word} with exponent {float(sign * measured):.4f}, stated {float(sign * stated):.4f}"
    )
    if measured > stated - gap / 4:
        return HELD, note
    if measured < last + gap / 4:
        return FAILED, note
    return UNDECIDED, note


# --- remainders that are smaller by logarithms ----------------------------------------------------------


def _by_logarithms(fall: Fall) -> Outcome:
    """Without what has the order of the remainder the difference must still fall faster than the terms."""
    power, logs = _order_in_logarithms(fall)
    decade, ratio = (fall.furthest_float, 1.4) if fall.heavy else (100.0, 1.6)
    known: list[Size] = []
    sizes: list[Size] = []
    while decade > 2.5 and len(sizes) < logs + 5:
        if one := fall.known(decade):
            known.append(one)
            if abs(one.difference) > 10 * one.noise * abs(one.left):
                sizes.insert(0, one)
        decade /= ratio
    if known and not sizes:
        return HELD, known[0].relative, "the difference is within rounding at all sizes"
    if len(sizes) < logs + 4:
        raise PrecisionError("too few sizes were found at which logarithms settle and both sides are known")
    seen = [_decide_twice(sizes, count, power, logs) for count in (0, logs + 1, logs + 2)]
    left = min(share for _, _, share in seen[1:])
    note = f"in powers of the logarithm {seen[-1][1]}; of the last term {left:.0e} is not explained"
    if all(verdict == FAILED for verdict, _, _ in seen[1:]):
        return FAILED, sizes[-1].relative, note
    # it holds without elimination, or where a change of sign is further away
    held = left < EXPLAINED and any(verdict == HELD for verdict, _, _ in seen)
    return HELD if held else UNDECIDED, sizes[-1].relative, note


def _decide_twice(sizes: list[Size], count: int, power: Any, logs: int) -> tuple[str, str, float]:
    """What the last two falls agree on when ``count`` orders are eliminated, and the last share of a term."""
    left = [_eliminated(sizes[i : i + count + 1], power, logs) for i in range(len(sizes) - count)]
    (before, _), (verdict, note) = (_decide_eliminated(pair) for pair in (left[-3:-1], left[-2:]))
    here = sizes[-1]  # terms behind the remainder say nothing
    terms = [
        abs(x) for x, term in zip(left[-1].terms, here.terms, strict=True) if abs(term) > abs(here.remainder)
    ]
    share = float(left[-1].difference / min(terms)) if terms else 0.0
    note = f"without {count} orders {note}" if count else note
    return verdict if verdict == before else UNDECIDED, note, share


def _decide_eliminated(sizes: list[Size]) -> tuple[str, str]:
    """An expansion of the left side may end in the orders that are eliminated: rounding is left."""
    if all(one.difference <= one.noise < FLOAT_FLOOR for one in sizes):
        return HELD, "the difference is beyond all digits"
    return _decide(sizes)


def _order_in_logarithms(fall: Fall) -> tuple[Any, int]:
    """m and n of the remainder relative to the leading term, ``l^-m log(l)^n``, from three far sizes."""
    rows = []
    for decade in (1000.0, 2000.0, 4000.0):
        place = fall.place(decade)
        at = {**fall.point, fall.here.variable: place}
        lead = max((fall.values(x, at) for x in Add.make_args(fall.here.rhs)), key=abs)
        depth = mpmath.log(mpmath.log(fall.distance(place, decade)))
        rows.append((depth, mpmath.log(depth), mpmath.log(abs(fall.values(fall.here.remainder, at) / lead))))
    a, b = ([y - x for x, y in zip(rows[i], rows[i + 1], strict=True)] for i in (0, 1))
    determinant = a[0] * b[1] - a[1] * b[0]
    logs = int(mpmath.nint((a[0] * b[2] - a[2] * b[0]) / determinant))
    return -(a[2] - logs * a[1]) / a[0], logs


def _eliminated(sizes: list[Size], power: Any, logs: int) -> Size:
    """The combination of sizes in which orders from that of the remainder on cancel, in powers of l."""
    depths = [mpmath.log(one.at) for one in sizes]
    weights = [mpmath.mpf(1)]
    if orders := [(power + i // (logs + 1), i % (logs + 1)) for i in range(len(sizes) - 1)]:
        system = mpmath.matrix([[y**-m * mpmath.log(y) ** n for y in depths] for m, n in orders])
        weights = [*mpmath.lu_solve(system[:, : len(orders)], -system[:, len(orders)]), *weights]

    def total(parts: list[Any]) -> Any:
        leads = (max(one.terms, key=abs) for one in sizes)
        return mpmath.fsum(w * x / lead for w, x, lead in zip(weights, parts, leads, strict=True))

    rounding = float(mpmath.fsum(abs(w) * one.noise for w, one in zip(weights, sizes, strict=True)))
    return Size(
        at=depths[-1],
        difference=max(abs(total([one.difference for one in sizes])), rounding),
        remainder=depths[-1] ** -power,
        terms=tuple(total(list(column)) for column in zip(*(one.terms for one in sizes), strict=True)),
        left=mpmath.mpf(1),
        noise=rounding,
    )
