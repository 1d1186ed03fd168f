"""Zonal kernels K(x.y) on the sphere: eigenvalues, exact or from singular points, checked by quadrature.

    lambda_k = c_d int_(-1)^1 K(t) P_k(t) (1 - t^2)^((d-3)/2) dt,    c_d = Gamma(d/2)/(sqrt(pi)
    Gamma((d-1)/2)),

P_k(1) = 1 (Funk and Hecke). A kernel without a closed form has its first eigenvalues by this integral, and
those beyond from its singular points; both must agree where they meet.

    zonal         a kernel from an expression in t
    quadrature    eigenvalues by the integral
"""

from __future__ import annotations

import mpmath
from sympy import Expr, Piecewise, Rational, Symbol, lambdify, true

from asymptotics.caches import cached
from asymptotics.errors import DomainError, UnableError
from asymptotics.kernels.domains import Domain, sphere
from asymptotics.kernels.exact import exact_eigenvalues
from asymptotics.kernels.kernel import SpectralKernel
from asymptotics.kernels.singular import singular_eigenvalues
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.numbers import exact
from asymptotics.precision import working
from asymptotics.symbols import k

T = Symbol("t", real=True)
LISTED = 10
"""The first eigenvalues, which quadrature gives."""
DEPTH, ORDERS = 4, 2
"""Singular powers at each end, and orders in 1/k^2, where they give the others."""
DIGITS = 18
ZERO = mpmath.mpf(10) ** -14
"""An eigenvalue below that of the largest counts as zero."""
AGREEMENT = mpmath.mpf(10) ** -2
"""The relative distance within which quadrature and singular points must agree where they meet."""


def zonal(kernel: Expr | str, d: object, *, name: str = "") -> SpectralKernel:
    """The kernel ``K(x.y)`` on the unit sphere in d dimensions from an expression in t = x.y.

    d : a whole number >= 2, or a symbol: then the eigenvalues are exact or the leading order at large k.
    Raises `DomainError` for a kernel that is not positive definite, which names the degree, and `UnableError`
    for one that is singular within (-1, 1) or analytic at both ends.

    >>> zonal("exp(-2*(1 - t)**(1/2))", 3)
    exp(-2*sqrt(1 - t)): eigenvalues up to relative k**-4, on sphere(3)
    >>> zonal("acos(t)", 3)
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: acos(t) is not positive definite: its eigenvalue of degree 1 is \
-0.392699 (d = 3)
    """
    expression = exact(parse(kernel, symbols={"t": T}) if isinstance(kernel, str) else kernel, "kernel")
    own = [symbol for symbol in expression.free_symbols if symbol.name == "t"]
    if len(own) != 1:
        raise DomainError(f"kernel = {expression} is not a function of t = x.y; write it in t")
    expression = expression.xreplace({own[0]: T})
    domain = sphere(d)
    return _of_expression(expression, domain, name or str(expression))


@cached(maxsize=64)
def _of_expression(kernel: Expr, domain: Domain, name: str) -> SpectralKernel:
    d = domain.dimension
    listed = quadrature(kernel, int(d), LISTED + 2) if _numerical(kernel, d) else ()
    _check_definite(listed, name, d)
    found = exact_eigenvalues(kernel, T, d, k)
    if found is not None:
        _check_agreement(found, listed, range(1, len(listed)), name)
        return SpectralKernel(name=name, eigenvalues=found, domain=domain, exact=True)
    beyond, order = singular_eigenvalues(kernel, T, d, k, *((DEPTH, ORDERS) if listed else (1, 1)))
    if not listed:
        return SpectralKernel(
            name=name, eigenvalues=beyond, domain=domain, exact=False, accuracy=f"relative k**-{order}"
        )
    _check_agreement(beyond, listed, range(LISTED + 1, len(listed)), name)
    head = [
        (_number(value, listed[1:]), k <= degree)
        for degree, value in enumerate(listed[: LISTED + 1])
        if degree
    ]
    return SpectralKernel(
        name=name,
        eigenvalues=Piecewise(*head, (beyond, true)),
        domain=domain,
        exact=False,
        accuracy=f"relative k**-{order}",
    )


def _numerical(kernel: Expr, d: Expr) -> bool:
    return bool(d.is_number and not kernel.free_symbols - {T})


def _number(value: mpmath.mpf, among: tuple[mpmath.mpf, ...]) -> Rational:
    """An eigenvalue as a decimal of 16 digits; 0 for round-off."""
    return Rational(0) if abs(value) < ZERO * max(among) else Rational(mpmath.nstr(value, 16))


def _check_definite(listed: tuple[mpmath.mpf, ...], name: str, d: Expr) -> None:
    for degree, value in enumerate(listed):
        if value < -ZERO * max(map(abs, listed)):
            raise DomainError(
                f"{name} is not positive definite: its eigenvalue of degree {degree} is "
                f"{mpmath.nstr(value, 6)} (d = {d})"
            )


def _check_agreement(found: Expr, listed: tuple[mpmath.mpf, ...], degrees: range, name: str) -> None:
    for degree in degrees:
        value, other = found.subs(k, degree).evalf(DIGITS), listed[degree]
        if abs(value - other) > AGREEMENT * abs(other) + ZERO * max(listed):
            raise UnableError(
                f"{name} at degree {degree}: its singular points at t = 1 and -1 give "
                f"{mpmath.nstr(mpmath.mpf(value), 6)}, quadrature {mpmath.nstr(other, 6)}; it is singular "
                "elsewhere, or falls too fast; give the eigenvalues to Task"
            )


@cached(maxsize=64)
def quadrature(kernel: Expr, d: int, count: int) -> tuple[mpmath.mpf, ...]:
    """``lambda_0 ... lambda_(count-1)`` by the integral over the angle, to about 18 digits of the largest.

    >>> [mpmath.nstr(value, 6) for value in quadrature(T, 3, 3)]
    ['0.0', '0.333333', '0.0']
    """
    function = lambdify(T, kernel, "mpmath")
    with working(DIGITS + 12):
        nodes = _nodes(mpmath.mp.prec)
        totals = [mpmath.mpf(0)] * count
        front = mpmath.gamma(mpmath.mpf(d) / 2) / (
            mpmath.sqrt(mpmath.pi) * mpmath.gamma(mpmath.mpf(d - 1) / 2)
        )
        for t, sine, weight in nodes:
            value = front * weight * mpmath.re(function(t)) * sine ** (d - 2)
            before, now = mpmath.mpf(0), mpmath.mpf(1)
            for degree in range(count):
                totals[degree] += value * now
                before, now = now, _next(before, now, t, degree, d)
        scale = max(map(abs, totals))
        return tuple(mpmath.mpf(0) if abs(x) < scale * mpmath.mpf(10) ** (-DIGITS) else +x for x in totals)


def _next(before: mpmath.mpf, now: mpmath.mpf, t: mpmath.mpf, degree: int, d: int) -> mpmath.mpf:
    """``(degree + d - 2) P_(degree+1) = (2 degree + d - 2) t P_degree - degree P_(degree-1)``."""
    if degree == 0:
        return t
    return ((2 * degree + d - 2) * t * now - degree * before) / (degree + d - 2)


@cached(maxsize=4)
def _nodes(bits: int) -> tuple[tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf], ...]:
    """``(cos theta, sin theta, weight)`` of the tanh-sinh rule on 0 < theta < pi, exact near both ends."""
    del bits
    found = []
    step, j = mpmath.mpf(1) / 24, 0
    tiny = mpmath.mpf(10) ** (-2 * DIGITS)
    while True:
        u = mpmath.pi / 2 * mpmath.sinh(j * step)
        # the distance to the end of the interval, in which nothing cancels
        distance = mpmath.pi / (mpmath.exp(2 * u) + 1)
        weight = mpmath.pi * step * mpmath.pi / 4 * mpmath.cosh(j * step) / mpmath.cosh(u) ** 2
        cosine, sine = mpmath.cos(distance), mpmath.sin(distance)
        found += [(cosine, sine, weight)] + ([(-cosine, sine, weight)] if j else [])
        if weight < tiny:
            return tuple(found)
        j += 1
