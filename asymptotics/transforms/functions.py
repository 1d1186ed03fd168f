"""Functions and their Mellin transforms.

With ``phi(u) = u^m g(v u^q)`` the transform is ``v^(-z) G(z)/|q|`` at ``z = (s + m)/q`` (Flajolet, Gourdon &
Dumas 1995, figure 1), so that a few g give many phi. A sum of such terms has the sum of their transforms
where powers of u count as zero; its strip lies between the first order of phi at 0 and at oo that does not
cancel.

    transform_of    the transform of an expression in u
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Rational,
    Symbol,
    apart,
    atan,
    besselk,
    cos,
    erf,
    erfc,
    exp,
    expand,
    gamma,
    log,
    oo,
    pi,
    sin,
    sqrt,
    zeta,
)

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.parsing.heights import substitute, to_power
from asymptotics.transforms.kernels import S
from asymptotics.transforms.mellin import MellinTransform, first_of, sign_of

LOOKED_AT = 8
"""Orders of phi at 0 and at oo among which the first that does not cancel is looked for."""
Shape = tuple[Expr, Expr, Expr, Expr]
"""A factor ``g(argument)``: its argument, and the transform of g in `S` with its strip."""


@cached(maxsize=256)
def transform_of(phi: Expr, u: Symbol) -> MellinTransform:
    """The Mellin transform of an expression in u > 0.

    Powers, ``exp(-v u^q)``, ``1/(exp(v u^q) +- 1)``, ``(c + v u^q)^-p``, ``log(1 + v u^q)``, ``atan``,
    ``erf``, ``erfc`` and ``besselk`` of ``v u^q``, and sums of these times powers of u, among them
    rational functions by their partial fractions. Raises
    `UnableError` for others, and where the integral converges nowhere.

    >>> u = Symbol("u", positive=True)
    >>> found = transform_of((1 - exp(-u)) / u, u)
    >>> found.left, found.right, found.transform(Rational(1, 2))
    (0, 1, 2*sqrt(pi))
    >>> transform_of(sin(u), u)
    Traceback (most recent call last):
        ...
    asymptotics.errors.UnableError: the Mellin transform of sin(u) is not known; give it in s, \
with strip=(left, right)
    """
    if not phi.is_rational_function(u):
        return _of_sum(phi, phi.rewrite(erfc) if phi.has(erf) else phi, u)
    try:
        return _of_sum(
            phi, phi, u
        )  # as it is written, 1/(1 + u^3) has a transform that its fractions have not
    except UnableError:
        return _of_sum(phi, apart(phi, u), u)


def _of_sum(phi: Expr, written: Expr, u: Symbol) -> MellinTransform:
    """The transform of phi by the terms of a way to write it."""
    powers: dict[Expr, Expr] = {}
    parts: list[MellinTransform] = []
    for term in _terms(written, u):
        constant, rest = term.as_independent(u, as_Add=False)
        monomial, shape = _split(rest, u)
        if shape is None:
            powers[monomial] = powers.get(monomial, Integer(0)) + constant
        else:
            parts.append(_scaled(constant, monomial, shape, u))
    if not parts:
        raise UnableError(f"{phi} is a sum of powers of u, which has no Mellin transform")
    ends = [_end(parts, powers, side) for side in (-1, 1)]
    if _sign_or_infinite(ends[1], ends[0]) <= 0:
        raise UnableError(
            f"{phi} has no Mellin transform: it is as u^{-ends[0]} at 0, and as u^{-ends[1]} at oo"
        )
    whole = Add(*(part.expression for part in parts))
    return MellinTransform(name=str(phi), expression=whole, left=ends[0], right=ends[1])


def _terms(phi: Expr, u: Symbol) -> Iterator[Expr]:
    """The summands; powers of sums stay as they are, but for whole positive ones.

    >>> u = Symbol("u", positive=True)
    >>> list(_terms(1 / (u**2 + 2 * u + 1), u))
    [1/(u**2 + 2*u + 1)]
    """
    kept: dict[Expr, Expr] = {}

    def keep(power: Expr) -> Expr:
        letter = Dummy(positive=True)
        kept[letter] = power
        return letter

    guarded = phi.replace(
        lambda e: e.is_Pow and e.base.is_Add and e.has(u) and not (e.exp.is_Integer and e.exp > 0), keep
    )
    return (term.xreplace(kept) for term in Add.make_args(expand(guarded)))


def _sign_or_infinite(one: Expr, two: Expr) -> int:
    return 1 if oo in (one, -two) else sign_of(one - two)


def _split(rest: Expr, u: Symbol) -> tuple[Expr, Shape | None]:
    """``(m, shape)`` of ``u^m g(argument)``."""
    power, shapes = Integer(0), []
    for factor in Mul.make_args(rest):
        base, exponent = factor.as_base_exp()
        if not factor.has(u):
            continue
        if base == u and not exponent.has(u):
            power += exponent
        else:
            shapes.append(_shape(factor, u))
    if len(shapes) > 1:
        raise _unknown(rest)
    return normal(power), shapes[0] if shapes else None


def _unknown(phi: Expr) -> UnableError:
    return UnableError(f"the Mellin transform of {phi} is not known; give it in s, with strip=(left, right)")


def _shape(factor: Expr, u: Symbol) -> Shape:
    for reader in (_exponential, _rational, _function):
        found = reader(factor, u)
        if found is not None:
            return found
    raise _unknown(factor)


def _exponential(factor: Expr, u: Symbol) -> Shape | None:
    """``exp(-x)`` and ``1/(exp(x) +- 1)``."""
    if isinstance(factor, exp):
        return -factor.args[0], gamma(S), Integer(0), oo
    if not (factor.is_Pow and factor.exp == -1 and factor.base.is_Add):
        return None
    fixed, growing = factor.base.as_independent(u, as_Add=True)
    if isinstance(growing, exp) and fixed == -1:
        return growing.args[0], gamma(S) * zeta(S), Integer(1), oo
    if isinstance(growing, exp) and fixed == 1:
        return growing.args[0], (1 - 2 ** (1 - S)) * gamma(S) * zeta(S), Integer(0), oo
    return None


def _rational(factor: Expr, u: Symbol) -> Shape | None:
    """``(c + x)^-p`` and ``log(1 + x)``."""
    logarithmic = isinstance(factor, log)
    if not (logarithmic or (factor.is_Pow and not factor.exp.has(u))):
        return None
    inside = factor.args[0]
    fixed, growing = inside.as_independent(u, as_Add=True)
    if not fixed.is_positive or growing.is_Add:
        return None
    if logarithmic:
        return (growing, pi / (S * sin(pi * S)), Integer(-1), Integer(0)) if fixed == 1 else None
    p = -factor.exp
    if not p.is_positive:
        return None
    shape = to_power(fixed, -p) * gamma(S) * gamma(p - S) / gamma(p)
    return growing / fixed, shape, Integer(0), p


def _function(factor: Expr, u: Symbol) -> Shape | None:
    """``atan(x)``, ``erfc(x)`` and ``K_nu(x)``."""
    half = Rational(1, 2)
    if isinstance(factor, atan):
        return factor.args[0], -pi / (2 * S * cos(pi * S / 2)), Integer(-1), Integer(0)
    if isinstance(factor, erfc):
        return factor.args[0], gamma((S + 1) / 2) / (sqrt(pi) * S), Integer(0), oo
    if isinstance(factor, besselk) and not factor.args[0].has(u):
        order = factor.args[0]
        shape = 2 ** (S - 2) * gamma(half * (S - order)) * gamma(half * (S + order))
        return factor.args[1], shape, abs(order), oo
    return None


def _scaled(constant: Expr, power: Expr, shape: Shape, u: Symbol) -> MellinTransform:
    """``constant * u^power g(v u^q)``: ``v^-z G(z)/|q|`` at z = (s + power)/q."""
    argument, transform, low, high = shape
    scale, monomial = argument.as_independent(u, as_Add=False)
    base, q = monomial.as_base_exp()
    if base != u or q.has(u) or not scale.is_positive:
        raise UnableError(f"{argument} is not a positive number times a power of u; write phi with v*u**q")
    z = (S + power) / q
    ends = [bound * q - power for bound in (low, high)]
    low, high = ends if sign_of(q) == 1 else ends[::-1]
    expression = constant * to_power(scale, -z) * substitute(transform, {S: z}) / abs(q)
    return MellinTransform(name=str(argument), expression=expression, left=normal(low), right=normal(high))


def _end(parts: list[MellinTransform], powers: dict[Expr, Expr], side: int) -> Expr:
    """Where the strip of a sum ends: at the first power of u at 0 (left) or oo that does not cancel."""
    orders: dict[tuple[Expr, int], Expr] = {(normal(-m), 0): side * c for m, c in powers.items()}
    lists = []
    for part in parts:
        poles = part.poles(LOOKED_AT) if side == 1 else part.left_poles(LOOKED_AT)
        lists.append(poles)
        for pole in poles:
            series = part.laurent(pole.location, pole.order)
            for j in range(pole.order):
                place = (normal(pole.location), j)
                orders[place] = orders.get(place, Integer(0)) - series.coefficient(-1 - j)
    left = {place for (place, _), value in orders.items() if normal(value) != 0}
    cut = [poles[-1].location for poles in lists if len(poles) == LOOKED_AT]
    if not left and not cut:
        return side * oo
    return first_of([*left, *cut], side)


__all__ = ["transform_of"]
