"""Eigenvalues of zonal kernels that are analytic on [-1, 1], from their singular points beyond.

For z > 1 let ``r = z - sqrt(z^2 - 1)``, so that ``1 - 2 r t + r^2 = 2 r (z - t)``. By the Gegenbauer series
of its powers, and Pfaff's transformation of 2F1,

    lambda_k[(z - t)^nu] = Gamma(d/2)/Gamma(-nu) (2 r)^-nu (1 - r^2)^(nu + d/2 - 1) r^k
        sum_j (1 - nu - d/2)_j (d/2 + nu)_j/j! (-r^2/(1 - r^2))^j Gamma(k - nu)/Gamma(k + d/2 + j),

a series in 1/m, m = k + d/2 - 1. A kernel with such powers at the smallest z, where r is largest, has their
sum, up to what falls as a smaller r^k; at t = -z each has the sign ``(-1)^k``. Eigenvalues >= 0 need the
singular point on the smallest ellipse with foci 1 and -1 to be one of these (as in Pringsheim's theorem).
Without a singular point the kernel is entire, and eigenvalues fall faster than every geometric sequence.

    analytic_eigenvalues    the leading orders of lambda_k
    singular_points         where an expression in t is singular, in the order of those ellipses
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Poly,
    PolynomialError,
    Pow,
    Symbol,
    acos,
    acosh,
    acoth,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    erf,
    exp,
    factorial,
    gamma,
    log,
    nsimplify,
    preorder_traversal,
    rf,
    roots,
    simplify,
    sin,
    sinh,
    solve,
    sqrt,
    together,
)

from asymptotics.domains.domain import normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.gamma_products import GammaProduct
from asymptotics.kernels.singular import Singular, singular_powers

ENTIRE = (exp, sin, cos, sinh, cosh, erf)
ZEROS = {
    log: lambda u: u,
    **dict.fromkeys((asin, acos, acosh, atanh, acoth), lambda u: 1 - u**2),
    **dict.fromkeys((atan, asinh), lambda u: 1 + u**2),
}
"""Functions with singular points, and what is zero there."""
SAME = 1e-12
"""The relative distance within which two ellipses are one."""
PRINTED = 20


def analytic_eigenvalues(kernel: Expr, t: Symbol, d: Expr, k: Symbol, orders: int) -> tuple[Expr, Expr]:
    """``lambda_k`` to the leading ``orders`` in 1/m, and the order of its relative remainder.

    Raises `UnableError` for a kernel that is entire or whose nearest singular points are not real.
    """
    for nearest in _by_ellipse(singular_points(kernel, t)):
        found: list[tuple[Singular, int]] = []
        complex_points: list[Expr] = []
        for point in nearest:
            if not point.is_real:
                complex_points.append(point)
                continue
            side = 1 if point > 0 else -1
            found += [(one, side) for one in _powers_at(kernel, t, point, side, orders)]
        if complex_points and not found:
            raise UnableError(
                f"the kernel {kernel} is singular at t = {complex_points[0]} and at no real point as near: "
                "its eigenvalues change sign; give a positive definite kernel"
            )
        if found:
            distance = max(abs(point) for point in nearest if point.is_real)
            return _sum_of_powers(found, distance, d, k, orders)
    raise UnableError(
        f"the kernel {kernel} is entire in t: eigenvalues fall faster than every geometric sequence, kappa "
        "jumps between modes, and no law holds; numerics.FullModel.from_arrays takes its eigenvalues"
    )


def _powers_at(kernel: Expr, t: Symbol, point: Expr, side: int, orders: int) -> list[Singular]:
    """Of the kernel, or of its slope where that alone has an expansion, as that of asin has."""
    try:
        return list(singular_powers(kernel, t, point, side, orders))
    except SpectrumError:
        slopes = singular_powers(kernel.diff(t), t, point, side, orders)
    # of 1/(z - t) the primitive is a logarithm
    return [
        Singular(-side * one.coefficient / (one.power + 1 if one.power != -1 else 1), one.power + 1)
        for one in slopes
    ]


def _sum_of_powers(
    found: Iterable[tuple[Singular, int]], z: Expr, d: Expr, k: Symbol, orders: int
) -> tuple[Expr, Expr]:
    r, m = simplify(z - sqrt(z**2 - 1)), k + d / 2 - 1
    first = min((one for one, _ in found), key=lambda one: one.power)
    lead = simplify(_front(first, r, d))
    kept: dict[Expr, dict[int, Expr]] = {}
    for one, side in found:
        ratio = one.power - first.power
        for n, value in enumerate(_series(one, r, d, orders - math.ceil(ratio))):
            values = kept.setdefault(normal(ratio + n), {1: Integer(0), -1: Integer(0)})
            values[side] += _rounded(_front(one, r, d) / lead * value)
    parity, series = _both(kept, m, k)
    return lead * r**k * m ** -normal(first.power + d / 2) * parity * series, Integer(orders)


def _both(kept: dict[Expr, dict[int, Expr]], m: Expr, k: Symbol) -> tuple[Expr, Expr]:
    """What stands at the two points together; where it is equal it is zero at every other degree."""
    plus, minus = (Add(*(values[side] * m**-order for order, values in kept.items())) for side in (1, -1))
    for side in (1, -1):
        if all(values[1] == side * values[-1] for values in kept.values()):
            return 1 + side * Integer(-1) ** k, plus
    return Integer(1), plus + Integer(-1) ** k * minus


def _front(one: Singular, r: Expr, d: Expr) -> Expr:
    """Of ``r^k m^-(nu + d/2)``."""
    nu = one.power
    front = one.coefficient * one.inverse_gamma * gamma(d / 2)
    return front * (2 * r) ** -nu * (1 - r**2) ** (nu + d / 2 - 1)


def _series(one: Singular, r: Expr, d: Expr, orders: int) -> list[Expr]:
    """Of ``m^-n``, n < orders, in front of that."""
    nu, ratio = one.power, -(r**2) / (1 - r**2)
    found = [Integer(0)] * max(0, orders)
    for j in range(orders):
        share = rf(1 - nu - d / 2, j) * rf(d / 2 + nu, j) / factorial(j) * ratio**j
        gammas = GammaProduct(factors=((1, 1, 1 - d / 2 - nu), (-1, 1, Integer(1 + j))))
        for n in range(orders - j):
            found[j + n] += share * gammas.coefficient(n)
    return found


def _rounded(value: Expr) -> Expr:
    if value.free_symbols:
        return simplify(value)
    return nsimplify(value.evalf(PRINTED), rational=True)


def _by_ellipse(points: Iterable[Expr]) -> Iterator[list[Expr]]:
    """The points outside [-1, 1], those of one ellipse with foci 1 and -1 together, the smallest first."""
    sizes: list[tuple[float, Expr]] = []
    for point in points:
        z = complex(point)
        size = max(abs(z + (z * z - 1) ** 0.5), abs(z - (z * z - 1) ** 0.5))
        if size > 1 + SAME:
            sizes.append((size, point))
    sizes.sort(key=lambda pair: pair[0])
    while sizes:
        group = [point for size, point in sizes if size <= sizes[0][0] * (1 + SAME)]
        yield group
        sizes = sizes[len(group) :]


def singular_points(kernel: Expr, t: Symbol) -> set[Expr]:
    """Where an expression may be singular in t, as its powers and functions may; those of a sum may cancel.

    Raises `UnableError` where these points are not found.

    >>> t = Symbol("t")
    >>> sorted(singular_points(exp(t) / (4 - t**2), t))
    [-2, 2]
    """
    found: set[Expr] = set()
    for part in kernel.atoms(Function) | set(_powers(kernel, t)):
        if not part.has(t):
            continue
        if part.is_Pow:
            found |= _zeros(part.base, t)
        elif part.func in ZEROS:
            found |= _zeros(ZEROS[part.func](part.args[0]), t)
        elif part.func not in ENTIRE:
            raise UnableError(
                f"where {part.func.__name__} in the kernel {kernel} is singular is not known; write it in "
                "powers, logarithms, exponentials and inverse trigonometric functions of t"
            )
    return found


def _powers(kernel: Expr, t: Symbol) -> Iterator[Expr]:
    for part in preorder_traversal(kernel):
        whole = isinstance(part, Pow) and part.exp.is_Integer and part.exp > 0
        if isinstance(part, Pow) and part.base.has(t) and not whole:
            yield part


def _zeros(expression: Expr, t: Symbol) -> set[Expr]:
    numerator = together(expression).as_numer_denom()[0]
    try:
        polynomial = Poly(numerator, t)
        exact = roots(polynomial)
        found = set(exact) if sum(exact.values()) == polynomial.degree() else set(polynomial.nroots(n=30))
    except PolynomialError:
        try:
            found = set(solve(numerator, t))
        except NotImplementedError:
            raise UnableError(
                f"where {numerator} is zero, and the kernel singular, is not found; give the eigenvalues"
            ) from None
    if any(point.free_symbols for point in found):
        raise UnableError(
            f"a singular point of the kernel is at t = {next(iter(found))}; give numbers for its letters"
        )
    return found
