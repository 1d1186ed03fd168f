"""From which mode on the sums over a spectrum may be integrals.

An integral takes the place of a sum where ``lambda + kappa`` has no zeros beside the axis but those that
belong to the one place where lambda falls to |kappa|. It has none where ``log lambda`` varies slowly: if

    |lambda(x)/lambda(u) - 1| <= r < 1    for |x - u| <= rho u,

then ``|log lambda(x)/lambda(u)| <= S |x - u|/u`` there, ``S = -log(1 - r)/rho`` (Schwarz's lemma), so that
lambda(x) is a negative number only at a distance of pi u/S from the axis. By Cauchy's estimate the slope
``s = -u lambda'/lambda`` changes by at most 2 S h/(1 - h)^2 on the share h of the disc, so that s > 0 is
proved on it as well. Discs that follow each other along the axis prove both, from some mode on. Target power
and multiplicity need to be analytic there and of no other size than on the axis.

Below that mode the sums are sums: a dip, a resonance or a rise is added up mode by mode.

    regular_from    that mode; 1 for products of powers that fall, at once
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import sympy
from sympy import Expr, Symbol

from asymptotics.caches import cached
from asymptotics.expansions.gamma_products import has_gammas, split_gammas, without_gammas
from numerics.spectra.compiled import PROBE_BITS
from numerics.spectra.discs import Disc, OnDisc, compile_disc
from numerics.values.arithmetic import Field, Scalar, field_of

FARTHEST = 10**12
"""How far the discs follow the axis without a last mode and no bound of all zeros and poles."""
SHARE = 1 / 4
"""The first radius that is tried, as a share of the distance from 0; less where lambda is steep."""
STEEP = 32
"""Beyond this slope the radius has to be no smaller."""
HEIGHT = 16
"""A radius of so many modes is enough: what is farther from the axis contributes e^(-2 pi HEIGHT)."""
STEEPEST = 1e3
TINY = 1e-100
"""Nothing is looked at beyond the place where all is so small beside the first mode."""
SLOW = 6.0
"""S is at most so many times 1 + s where lambda varies slowly."""
LEAST_PART = 1 / 100
"""The least part of a disc on which a fall is proved."""
LEAST = 64
"""Modes below this are added up wherever any has to be."""
LARGER = 1e30
"""How many times larger than on the axis the target power may be on a disc."""
HIGHEST_ROOT = 100
"""The order of the root of the index in which zeros and poles are those of polynomials."""
FAR = 1e3
"""So many times its shifts a ratio of gamma functions is as good as a power."""
STRIDE = 1 / 64
"""The step, relatively, over places where nothing is proved."""


def regular_from(spectrum: Iterable[Expr], index: Symbol, last: int | None) -> int | None:
    """The mode from which on sums over ``k <= last`` (None: all) may be integrals; None if there is none.

    ``spectrum`` are the eigenvalues, the target power and the multiplicity. Raises `UnableError` for
    functions that are known on the axis alone.

    >>> k = Symbol("k", positive=True)
    >>> regular_from((k**-2, k**-2, sympy.Integer(1)), k, None)
    1
    >>> 2000 < regular_from((((k - 1000)**2 + 1) / k**4, k**-2, sympy.Integer(1)), k, None) < 4000
    True
    """
    found = [_find_first_proof(e, index, last, place == 0) for place, e in enumerate(spectrum)]
    firsts = [first for first in found if first is not None]
    if len(firsts) < len(found):
        return None
    return 1 if max(firsts) == 1 else max(LEAST, *firsts)


@cached(maxsize=1024)
def _find_first_proof(expression: Expr, index: Symbol, last: int | None, falling: bool) -> int | None:
    """The mode from which on a function is proved to be smooth, and ``falling`` if so; None if never."""
    plain, rest = _split(expression, index, falling)
    if rest == 1:
        return 1
    first = _along_the_axis(plain, rest, index, last, falling)
    if first is None and rest.is_Add and rest.is_rational_function(index):
        # in one fraction terms that cancel are gone
        product = sympy.factor(rest)
        return None if product.is_Add else _find_first_proof(plain * product, index, last, falling)
    return first


def _along_the_axis(plain: Expr, rest: Expr, index: Symbol, last: int | None, falling: bool) -> int | None:
    reach = _reach(rest, index)
    farthest = min(last or math.inf, FARTHEST)
    end = farthest if reach is None else min(farthest, reach)
    with field_of(PROBE_BITS) as field:
        beside, function = (compile_disc(e, index, field) for e in (plain, rest))
        u, first, step, least = field.real(1), 1, 1.0, field.real(0)
        while u <= (end if step else farthest):
            here, centre = beside(u, 0 * u), function(u, 0 * u)
            size = abs(here.value * centre.value)
            if size < least:
                break
            least = max(least, TINY * size)
            step = _proved(function, centre, u, _slope(here, u) if falling else None, field)
            if step == 0:
                first = int(u * (1 + STRIDE)) + 1
            u = u * (1 + (step or (STRIDE if u <= end else SHARE)))
    return first if step and (last is None or first <= last) else None


def _slope(disc: Disc, u: Scalar) -> float:
    """``-u f'/f``, and what stands for it where f vanishes."""
    return float(-u * disc.slope / disc.value) if disc.value else STEEPEST


def _proved(function: OnDisc, centre: Disc, u: Scalar, beside: float | None, field: Field) -> float:
    """How far beyond u, relatively, the property is proved from u; 0 if it is not.

    ``beside`` is the slope of the factors that fall by themselves, of eigenvalues; None of other functions.
    """
    steep, share, least = abs(_slope(centre, u)), SHARE, SHARE
    if beside is not None:
        share, least = min(SHARE, 1 / (1 + min(steep, STEEPEST))), SHARE / (1 + min(steep, STEEP))
    while share >= min(least, HEIGHT / float(u)):
        disc = function(u, share * u)
        if beside is not None:
            step = _falling(disc, u, share, beside, field)
        else:
            size = max(abs(disc.value), abs(function(u * (1 + share / 2), 0 * u).value))
            step = share if disc.bound <= LARGER * size else 0.0
        if step:
            return step
        share /= 2
    return 0.0


def _split(expression: Expr, index: Symbol, falling: bool) -> tuple[Expr, Expr]:
    """The product of the factors that are powers of positive terms or falling exponentials; and the rest."""
    if has_gammas(expression, index):
        return sympy.Integer(1), expression
    factors = sympy.Mul.make_args(expression)
    plain = [f for f in factors if _is_plain_factor(f, index, falling)]
    return sympy.Mul(*plain), sympy.Mul(*(f for f in factors if f not in plain))


def _reach(product: Expr, index: Symbol) -> float | None:
    """A distance beyond which a rational function of a root of the index is as good as its leading power.

    With all zeros and poles in ``|z| <= R``, d of them, the slope of the logarithm is within 1/7 of its
    limit at ``8 d R`` (Fujiwara's bound for R). So is a ratio of gamma functions beyond FAR times their
    shifts. None for other functions, and for high roots, in which the degree is that of their order.
    """
    if has_gammas(product, index):
        gammas, product = split_gammas(without_gammas(product, index), index)
        if gammas is None or has_gammas(product, index):
            return None
        rest, shifts = _reach(product, index), (float((1 + abs(q)) / p) for _, p, q in gammas.factors)
        return None if rest is None else max(rest, FAR * max(shifts))
    powers = [p.exp for p in product.atoms(sympy.Pow) if p.base == index]
    if not all(p.is_Rational for p in powers):
        return None
    q, root = math.lcm(1, *(int(p.q) for p in powers)), sympy.Dummy("u", positive=True)
    if q > HIGHEST_ROOT:
        return None
    in_root = product.xreplace({index**p: root ** (p * q) for p in powers} | {index: root**q})
    radius, count = 0.0, 0
    for factor in sympy.Mul.make_args(in_root):
        for part in sympy.fraction(sympy.together(factor.as_base_exp()[0])):
            if not part.is_polynomial(root):
                return None
            top, *lower = (abs(float(c)) for c in sympy.Poly(part, root).all_coeffs())
            count += len(lower)
            radius = max(radius, *(2 * (c / top) ** (1 / n) for n, c in enumerate(lower, 1)), 0.0)
    order = q * math.log(8 * count * radius + 1)
    return math.exp(order) if order < math.log(FARTHEST) else math.inf


def _falling(disc: Disc, u: Scalar, share: float, beside: float, field: Field) -> float:
    """The share of u on which lambda falls slowly; 0 if that is not proved."""
    if not (disc.value > 0 and disc.bound < disc.value):
        return 0.0
    bend = float(-field.log(1 - disc.bound / disc.value)) / share
    slope = beside + _slope(disc, u)
    if slope <= 0 or bend > SLOW * (1 + slope):
        return 0.0
    # 2 S h/(1 - h)^2 < s for h = s/(4 S), at most 1/4
    part = min(0.25, slope / (4 * bend)) if bend else 0.25
    return part * share if part > LEAST_PART else 0.0


def _is_plain_factor(factor: Expr, index: Symbol, falling: bool) -> bool:
    if not factor.has(index):
        return True
    base, power = factor.as_base_exp()
    if not power.has(index):
        falls = bool(power.is_negative)
        return (falls or not falling) and all(_is_rising_term(t, index) for t in sympy.Add.make_args(base))
    if base.has(index) or not base.is_positive:
        return False
    rate = sympy.log(base) * power
    return all(_is_rising_term(-t, index) for t in sympy.Add.make_args(sympy.expand(rate)))


def _is_rising_term(term: Expr, index: Symbol) -> bool:
    """Whether it is ``C k^r`` with C > 0 and r >= 0."""
    size, rest = term.as_independent(index, as_Add=False)
    base, power = rest.as_base_exp()
    return bool(size.is_positive and (rest == 1 or (base == index and power.is_nonnegative)))
