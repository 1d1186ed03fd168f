"""Zonal kernels K(x.y) on the sphere: eigenvalues, exact or from singular points, checked by quadrature.

    lambda_k = c_d int_(-1)^1 K(t) P_k(t) (1 - t^2)^((d-3)/2) dt,    c_d = Gamma(d/2)/(sqrt(pi)
    Gamma((d-1)/2)),

P_k(1) = 1 (Funk and Hecke). A kernel without a closed form has its first eigenvalues by this integral, and
those beyond from its singular points; both must agree where they meet.

    zonal                a kernel from an expression in t
    quadrature           eigenvalues by the integral
    listed_and_beyond    the first of them, and a series for the others
"""

from __future__ import annotations

import mpmath
from sympy import Expr, Piecewise, Rational, Symbol, lambdify, nan, true, zoo

from asymptotics.caches import cached
from asymptotics.errors import DomainError, UnableError
from asymptotics.kernels.analytic import analytic_eigenvalues
from asymptotics.kernels.domains import Domain, sphere
from asymptotics.kernels.entire import entire_eigenvalues
from asymptotics.kernels.exact import exact_eigenvalues
from asymptotics.kernels.kernel import SpectralKernel
from asymptotics.kernels.singular import singular_eigenvalues
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.numbers import exact
from asymptotics.precision import working
from asymptotics.symbols import k

T = Symbol("t", real=True)
FIRST = 10
"""So many degrees are compared with the integral where a closed form holds."""
LISTS = (12, 24, 48)
"""How many of the first eigenvalues quadrature gives; more of them where those beyond need it."""
SHORT = (4, 8, 16, 32, 48)
"""The same where eigenvalues fall exponentially."""
ORDERS, MOST_ORDERS = 4, 20
"""Orders in 1/k^2 of those beyond, which the singular points give; in 1/k where eigenvalues fall
exponentially, and there more in high dimensions."""
ENDS, NEAREST = "its singular points at t = 1 and -1", "its nearest singular points beyond t = 1 and -1"
DIGITS, SPARE = 45, 13
"""Of the integral; an eigenvalue ``10^(SPARE - digits)`` times the largest counts as zero."""
RESOLVED = 30
"""Digits beyond those by which the last eigenvalue of a list is smaller than the first."""
NOTHING = mpmath.mpf(10) ** (SPARE + 1 - DIGITS)
TIP = mpmath.mpf(10) ** -20
SIXTEEN = mpmath.mpf(10) ** -16
SHRINKING = mpmath.mpf(10) ** -8, mpmath.mpf(10) ** -16
"""Angles from an end at which a kernel is looked at that has no integral."""
FINEST = 7
"""So many steps are tried: 1/16, 1/32, ..."""
FINE = mpmath.mpf(10) ** -6
"""A list is long enough where quadrature and singular points agree as well behind it."""
AGREEMENT = mpmath.mpf(10) ** -2
"""The relative distance within which they must agree behind the longest."""


def zonal(kernel: Expr | str, d: object, *, name: str = "") -> SpectralKernel:
    """The kernel ``K(x.y)`` on the unit sphere in d dimensions from an expression in t = x.y.

    d : a whole number >= 2, or a symbol: then the eigenvalues are exact or the leading order at large k.
    Degrees begin at 1: ``t**2 + t`` at d = 3 has the 3 + 5 modes of degrees 1 and 2, and not the constant,
    to which ``t**2`` gives lambda_0 = 1/3 (`SpectralKernel`).
    Raises `DomainError` for a kernel that is not positive definite, which names the degree, and `UnableError`
    for one that is singular within (-1, 1), or entire but no sum of exponentials (`kernels.entire`). One that
    is analytic on [-1, 1] has the eigenvalues of its nearest singular points beyond, which fall geometrically
    (`kernels.analytic`).

    >>> zonal("exp(-2*(1 - t)**(1/2))", 3)
    exp(-2*sqrt(1 - t)): eigenvalues up to a relative 3.0e-7*(13/k)**8 from k = 13 on, on sphere(3)
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
    listed = quadrature(kernel, int(d), FIRST + 1) if _numerical(kernel, d) else ()
    _check_definite(listed, name, d)
    found = exact_eigenvalues(kernel, T, d, k) or entire_eigenvalues(kernel, T, d, k)
    if found is not None and found.has(nan, zoo):
        found = None
    if found is not None:
        _check_agreement(found, listed, range(1, len(listed)), name)
        return SpectralKernel(name=name, eigenvalues=found, domain=domain, exact=True)
    series = singular_eigenvalues(kernel, T, d, k, ORDERS if listed else 1)
    if series is not None:
        return listed_and_beyond(kernel, domain, name, series)
    # the orders are those of d^2/k, of which more are needed the larger d is
    orders = min(max(ORDERS, int(d) // 2 + 2), MOST_ORDERS) if listed else 1
    series = analytic_eigenvalues(kernel, T, d, k, orders)
    return listed_and_beyond(kernel, domain, name, series, SHORT, NEAREST)


def listed_and_beyond(
    kernel: Expr,
    domain: Domain,
    name: str,
    series: tuple[Expr, Expr],
    lists: tuple[int, ...] = LISTS,
    points: str = ENDS,
) -> SpectralKernel:
    """The first eigenvalues by quadrature, those beyond by a series and the order of its remainder.

    The list is as long as the series needs to be right to 10^-6, at most 48 degrees; what is left at its end
    is told by ``accuracy``. Without numbers for all symbols it is the series alone.

    >>> from asymptotics.kernels import laplace
    >>> laplace(3).accuracy
    'a relative 8.0e-8*(13/k)**8 from k = 13 on'
    """
    d, (beyond, order) = domain.dimension, series
    if not _numerical(kernel, d):
        return SpectralKernel(
            name=name,
            eigenvalues=beyond,
            domain=domain,
            exact=False,
            accuracy=f"relative k**-{order}",
            known=order,
        )
    for count in lists:
        listed = quadrature(kernel, int(d), count + 3, _digits(beyond, count + 2))
        _check_definite(listed, name, d)
        left = max(
            _distance(beyond, listed, count + j) * mpmath.mpf(count + j) ** int(order) for j in (1, 2)
        ) / mpmath.mpf(count + 1) ** int(order)
        if left < FINE:
            break
    for degree in range(1, count + 3):
        if not listed[degree] and beyond.subs(k, degree) != 0:
            raise UnableError(
                f"{name} has an eigenvalue below 10^-32 of the largest at degree {degree} (d = {d}), "
                "too small for quadrature; give a symbol d, or the eigenvalues to Task"
            )
    _check_agreement(beyond, listed, range(count + 1, count + 3), name, points)
    size = mpmath.nstr(max(left, SIXTEEN), 1)
    head = [(Rational(mpmath.nstr(listed[degree], 16)), k <= degree) for degree in range(1, count + 1)]
    return SpectralKernel(
        name=name,
        eigenvalues=Piecewise(*head, (beyond, true)),
        domain=domain,
        exact=False,
        accuracy=f"a relative {size}*({count + 1}/k)**{order} from k = {count + 1} on",
    )


def _numerical(kernel: Expr, d: Expr) -> bool:
    return bool(d.is_number and not kernel.free_symbols - {T})


def _digits(beyond: Expr, degree: int) -> int:
    """Digits of the integral that resolve an eigenvalue as small as that of a degree, or the next."""
    sizes = [abs(mpmath.mpf(beyond.subs(k, at).evalf(20))) for at in (1, degree - 1, degree)]
    first, last = sizes[0], max(sizes[1:])
    return DIGITS if not (first and last) else max(DIGITS, RESOLVED + int(mpmath.log10(first / last)))


def _check_definite(listed: tuple[mpmath.mpf, ...], name: str, d: Expr) -> None:
    for degree, value in enumerate(listed):
        if value < 0:
            raise DomainError(
                f"{name} is not positive definite: its eigenvalue of degree {degree} is "
                f"{mpmath.nstr(value, 6)} (d = {d})"
            )


def _distance(found: Expr, listed: tuple[mpmath.mpf, ...], degree: int) -> mpmath.mpf:
    """The relative distance of an eigenvalue from that of quadrature; 0 where both are zero."""
    value, other = mpmath.mpf(found.subs(k, degree).evalf(20)), listed[degree]
    if not other:
        return mpmath.mpf(0) if abs(value) <= NOTHING * max(listed) else mpmath.inf
    return abs(value - other) / abs(other)


def _check_agreement(
    found: Expr,
    listed: tuple[mpmath.mpf, ...],
    degrees: range,
    name: str,
    points: str = ENDS,
) -> None:
    for degree in degrees:
        if _distance(found, listed, degree) > AGREEMENT:
            value = mpmath.nstr(mpmath.mpf(found.subs(k, degree).evalf(20)), 6)
            if points == NEAREST:
                why = "in this dimension they lead at higher degrees only; give a symbol d"
            else:
                why = "it is singular elsewhere, or falls too fast; give a symbol d"
            raise UnableError(
                f"{name} at degree {degree}: {points} give {value}, quadrature "
                f"{mpmath.nstr(listed[degree], 6)}; {why}, or the eigenvalues to Task"
            )


@cached(maxsize=64)
def quadrature(kernel: Expr, d: int, count: int, digits: int = DIGITS) -> tuple[mpmath.mpf, ...]:
    """``lambda_0 ... lambda_(count-1)`` by the integral over the angle, each to about 16 digits.

    The step is halved until all are settled, or are below ``10^(13 - digits)`` of the largest, and then 0.
    Raises `DomainError` for a kernel that is so infinite at t = 1 or -1 that it has no integral.

    >>> [mpmath.nstr(value, 6) for value in quadrature(T, 3, 3)]
    ['0.0', '0.333333', '0.0']
    """
    written = lambdify(T, kernel, "mpmath")

    def function(t: mpmath.mpf) -> mpmath.mpf:
        try:
            return mpmath.re(written(t))
        except ZeroDivisionError:
            return mpmath.inf

    with working(digits):
        half = mpmath.mpf(d) / 2
        front = mpmath.gamma(half) / (mpmath.sqrt(mpmath.pi) * mpmath.gamma(half - mpmath.mpf(1) / 2))
        totals, last = [mpmath.mpf(0)] * count, [mpmath.inf] * count
        for level in range(FINEST):
            totals = [total / 2 for total in totals]
            for t, sine, weight in _nodes(level, mpmath.mp.prec):
                value = function(t)
                if not mpmath.isfinite(value) and sine < TIP:
                    continue  # t is rounded to 1, where its logarithm is infinite
                value *= front * weight * sine ** (d - 2)
                before, now = mpmath.mpf(0), mpmath.mpf(1)
                for degree in range(count):
                    totals[degree] += value * now
                    before, now = now, _next(before, now, t, degree, d)
            zero = mpmath.mpf(10) ** (SPARE - digits) * max(map(abs, totals))
            if all(
                abs(one - other) <= SIXTEEN * abs(one) + zero for one, other in zip(totals, last, strict=True)
            ):
                return tuple(mpmath.mpf(0) if abs(x) < 10 * zero else +x for x in totals)
            last = totals
        for end in (1, -1):
            far, near = (
                abs(function(end * mpmath.cos(angle))) * mpmath.sin(angle) ** (d - 1) for angle in SHRINKING
            )
            # the integral over log(angle) converges only where this falls towards the end
            if mpmath.isfinite(near) and near > far * (1 - FINE):
                raise DomainError(
                    f"{kernel} is infinite at t = {end} and has no integral on the sphere (d = {d}); give "
                    "a kernel that is finite there"
                )
    raise UnableError(
        f"the integral of {kernel} against harmonics does not settle (d = {d}): it is singular within "
        "(-1, 1), or almost without an integral at 1 or -1; give the eigenvalues to Task"
    )


def _next(before: mpmath.mpf, now: mpmath.mpf, t: mpmath.mpf, degree: int, d: int) -> mpmath.mpf:
    """``(degree + d - 2) P_(degree+1) = (2 degree + d - 2) t P_degree - degree P_(degree-1)``."""
    if degree == 0:
        return t
    return ((2 * degree + d - 2) * t * now - degree * before) / (degree + d - 2)


@cached(maxsize=16)
def _nodes(level: int, bits: int) -> tuple[tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf], ...]:
    """``(cos theta, sin theta, weight)`` of the tanh-sinh rule on 0 < theta < pi, exact near both ends.

    Those that halving the step adds at a level.
    """
    del bits
    found = []
    step, stride = mpmath.mpf(1) / (16 << level), 2 if level else 1
    j = 1 if level else 0
    tiny = mpmath.mpf(10) ** (-2 * DIGITS)
    while True:
        u = mpmath.pi / 2 * mpmath.sinh(j * step)
        # the distance to the end of the interval, in which nothing cancels
        distance = mpmath.pi / (mpmath.exp(2 * u) + 1)
        weight = mpmath.pi * step * mpmath.pi / 4 * mpmath.cosh(j * step) / mpmath.cosh(u) ** 2
        # with so many digits that 1 - cos has all of its own: of (1 - t)^(-9/10) the tip has 10^-3 at 10^-15
        with mpmath.extradps(-2 * min(0, int(mpmath.log10(distance)))):
            cosine = mpmath.cos(distance)
        sine = mpmath.sin(distance)
        found += [(cosine, sine, weight)] + ([(-cosine, sine, weight)] if j else [])
        if weight < tiny:
            return tuple(found)
        j += stride
