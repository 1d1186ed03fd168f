"""The kernels of wide networks and of Gaussian processes.

With ``kappa_0(t) = 1 - acos(t)/pi`` and ``kappa_1(t) = (t (pi - acos(t)) + sqrt(1 - t^2))/pi``, the
arc-cosine kernels, of depth L on the sphere

    NNGP  Sigma_l = kappa_1(Sigma_(l-1)),    NTK  Theta_l = Theta_(l-1) kappa_0(Sigma_(l-1)) + Sigma_l,

Sigma_0 = Theta_0 = t (Bietti & Bach, arXiv 2009.14397). The first is 1 at t = 1, the second L + 1.

    relu_nngp, relu_ntk    of any depth
    erf_nngp               (2/pi) asin(s t)
    laplace, matern        on the sphere or the torus
    gaussian               under Gaussian inputs, or on the sphere
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sympy import (
    Expr,
    Integer,
    Rational,
    acos,
    besselk,
    binomial,
    exp,
    factorial,
    gamma,
    hyper,
    oo,
    pi,
    sin,
    sqrt,
)

from asymptotics.errors import DomainError
from asymptotics.kernels.domains import Domain, check_domain, sphere, torus
from asymptotics.kernels.entire import exponential
from asymptotics.kernels.kernel import SpectralKernel
from asymptotics.kernels.ratios import listed_and_series
from asymptotics.kernels.singular import Singular, spectrum_of_ends
from asymptotics.kernels.zonal import ORDERS, T, listed_and_beyond, zonal
from asymptotics.parsing.numbers import exact, whole_number
from asymptotics.symbols import k

HALF = Rational(1, 2)
DEEPEST = 8
"""Layers that are composed; each takes longer than the one before."""


def _arc_cosine(t: Expr) -> Expr:
    return (t * (pi - acos(t)) + sqrt(1 - t**2)) / pi


def relu_nngp(d: object, depth: int = 1) -> SpectralKernel:
    """The Gaussian process of an infinitely wide ReLU network of ``depth`` hidden layers, on S^(d-1).

    >>> relu_nngp(3)
    relu_nngp(3): eigenvalues exact, on sphere(3)
    """
    kernel: Expr = T
    for _ in range(whole_number(depth, "depth", 1, DEEPEST)):
        kernel = _arc_cosine(kernel)
    return zonal(kernel, d, name=_named("relu_nngp", d, depth))


def relu_ntk(d: object, depth: int = 1) -> SpectralKernel:
    """The neural tangent kernel of a ReLU network without biases of ``depth`` hidden layers, on S^(d-1).

    Of one hidden layer its eigenvalues of odd degrees from 3 on are 0.

    >>> kernel = relu_ntk(3)
    >>> [kernel.eigenvalue(j) for j in range(1, 5)]
    [1/3, 5/64, 0, 1/192]
    """
    process: Expr = T
    tangent: Expr = T
    for _ in range(whole_number(depth, "depth", 1, DEEPEST)):
        tangent = tangent * (1 - acos(process) / pi)
        process = _arc_cosine(process)
        tangent = tangent + process
    return zonal(tangent, d, name=_named("relu_ntk", d, depth))


def _named(name: str, d: object, depth: int) -> str:
    return f"{name}({d}{'' if depth == 1 else f', depth={depth}'})"


def laplace(d: object = None, length: object = 1, on: Domain | None = None) -> SpectralKernel:
    """``exp(-|x - y|/length)`` on the sphere in d dimensions, or ``on`` a torus: Matern with nu = 1/2.

    >>> laplace(3)
    laplace(3): eigenvalues up to a relative 8.0e-8*(13/k)**8 from k = 13 on, on sphere(3)
    """
    found = matern(HALF, d, length, _domain(d, on, sphere))
    return _rename(found, f"laplace({found.domain.dimension})")


def matern(nu: object, d: object = None, length: object = 1, on: Domain | None = None) -> SpectralKernel:
    """The Matern kernel ``2^(1-nu)/Gamma(nu) z^nu K_nu(z)``, ``z = sqrt(2 nu) |x - y|/length``.

    Periodised on the torus in d dimensions, or ``on`` a sphere, |x - y| the chord. On the torus, at ``n`` in
    Z^d, ``lambda = 2^d pi^(d/2) Gamma(nu+d/2) (2 nu)^nu/(Gamma(nu) length^(2 nu)) (2 nu/length^2 + 4 pi^2
    |n|^2)^-(nu+d/2)``.

    >>> matern(nu="3/2", d=1).eigenvalues
    12*sqrt(3)/(4*pi**2*k**2 + 3)**2
    """
    smooth, scale = _positive("nu", nu), _positive("length", length)
    domain = _domain(d, on, torus)
    name = f"matern({smooth}, {domain.dimension})"
    if domain.name == "torus":
        dim = domain.dimension
        front = 2**dim * pi ** (dim / 2) * gamma(smooth + dim / 2) * (2 * smooth) ** smooth
        square = 2 * smooth / scale**2 + 4 * pi**2 * domain.frequency() ** 2
        value = front / (gamma(smooth) * scale ** (2 * smooth)) * square ** -(smooth + dim / 2)
        circle = domain.growth == domain.manifold
        return SpectralKernel(
            name=name,
            eigenvalues=value,
            domain=domain,
            exact=circle,
            accuracy="Weyl's law of the levels",
            known=oo if circle else domain.weyl,
        )
    return _matern_on_sphere(smooth, scale, domain, name)


def _matern_on_sphere(nu: Expr, length: Expr, domain: Domain, name: str) -> SpectralKernel:
    """The first eigenvalues by quadrature, those beyond from the singular part ``z^nu K_nu(z)`` at t = 1.

    Beside whole powers of z^2 that is, with ``y = (z/2)^2 = nu (1 - t)/length^2`` (DLMF 10.27.4, 10.31.1),

        -pi/(2 sin(pi nu)) 2^nu sum_j y^(nu+j)/(j! Gamma(j+nu+1)),
        (-1)^(n+1) 2^(n-1) log(y) sum_j y^(n+j)/(j! (n+j)!)    for whole nu = n.
    """
    rate = nu / length**2
    orders = ORDERS if not (nu + length + domain.dimension).free_symbols else 1
    half = (-1) ** (nu + 1) if nu.is_Integer else -pi / sin(pi * nu)
    front = half / gamma(nu)
    ends = [
        Singular(front * rate ** (nu + j) / (factorial(j) * gamma(j + nu + 1)), nu + j) for j in range(orders)
    ]
    z = 2 * sqrt(rate * (1 - T))
    kernel = 2 ** (1 - nu) / gamma(nu) * z**nu * besselk(nu, z)
    order = nu - HALF
    if order.is_Integer and order <= 12:
        # K_(n+1/2)(z) = sqrt(pi/(2 z)) exp(-z) sum_j (n+j)!/(j! (n-j)!) (2 z)^-j (DLMF 10.49.12)
        n = int(order)
        terms = (
            gamma(n + j + 1) / (gamma(j + 1) * gamma(n - j + 1)) * (2 * z) ** (n - j) for j in range(n + 1)
        )
        kernel = sum(terms, Integer(0)) * gamma(n + 1) / gamma(2 * n + 1) * exp(-z)
    series = spectrum_of_ends(ends, (), domain.dimension, k, orders)
    return listed_and_beyond(kernel, domain, name, series)


def erf_nngp(d: object, slope: object = HALF) -> SpectralKernel:
    """``(2/pi) asin(slope t)``, the Gaussian process of an erf network on S^(d-1); 0 < slope < 1.

    Odd degrees alone, by the power series of asin

        lambda_k = Gamma(d/2)/pi^2 Gamma(k/2)^2/Gamma(k+d/2) slope^k 2F1(k/2, k/2; k+d/2; slope^2),

    so for the first ones. With ``q = sqrt(1 - slope^2)``, ``r = slope/(1 + q)`` and m = k + d/2 - 1 those
    beyond are

        lambda_k ~ Gamma(d/2) 2^((d+1)/2) pi^(-3/2) q^((d-1)/2) (1 + q)^(1-d/2) r^k m^(-(d+1)/2) (1 + O(1/m)),

    by Laplace's method, with four orders in 1/m, more in high dimensions, from the series at large k.

    >>> erf_nngp(3)
    erf_nngp(3): eigenvalues up to a relative 2.0e-8*(25/k)**5 from k = 25 on, on sphere(3)
    """
    domain, s = sphere(d), _positive("slope", slope)
    if s.is_number and not s < 1:
        raise DomainError(
            f"slope = {s}; asin(slope t) needs 0 < slope < 1 (2 s^2/(1 + 2 s^2) of the weights)"
        )
    q, n = sqrt(1 - s**2), domain.dimension
    m = k + n / 2 - 1
    shape = gamma(n / 2) * 2 ** ((n + 1) / 2) * pi ** Rational(-3, 2) * q ** ((n - 1) / 2)
    lead = shape * (1 + q) ** (1 - n / 2) * (s / (1 + q)) ** k * m ** (-(n + 1) / 2)
    odd = (1 - Integer(-1) ** k) / 2
    name = f"erf_nngp({n})"
    if not (s.is_number and n.is_number):
        return SpectralKernel(
            name=name,
            eigenvalues=odd * lead,
            domain=domain,
            exact=False,
            accuracy="relative 1/k",
            known=Integer(1),
        )
    value = (
        gamma(n / 2) / pi**2 * gamma(k / 2) ** 2 / gamma(k + n / 2) * s**k
        * hyper((k / 2, k / 2), (k + n / 2,), s**2)
    )  # fmt: skip
    return listed_and_series(odd, value, lead, m, domain, name)


def gaussian(
    d: object = None, length: object = 1, deviation: object = 1, on: Domain | None = None
) -> SpectralKernel:
    """``exp(-|x - y|^2/(2 length^2))`` under Gaussian inputs, or ``on`` a sphere.

    In d dimensions. Levels of degree n = k - 1 hold binomial(n + d - 1, d - 1) modes of
    ``(2 alpha/A)^(d/2) (beta/A)^n``, with ``alpha = 1/(4 deviation^2)``, ``beta = 1/(2 length^2)``, ``A =
    alpha + beta + sqrt(alpha^2 + 2 alpha beta)`` (Rasmussen & Williams 2006, section 4.3.1). On the sphere
    ``lambda_k = e^(-z) Gamma(d/2) (2/z)^(d/2-1) I_(k+d/2-1)(z)``, z = 1/length^2, which falls faster than
    exponentially.

    >>> gaussian(1, length=1, deviation="1/2").eigenvalues.evalf(4)
    0.8284*0.1716**(k - 1.0)
    """
    scale = _positive("length", length)
    if on is not None:
        domain = _domain(d, on, sphere)
        if domain.name != "sphere":
            raise DomainError(f"on = {on}; the Gaussian kernel is known on spheres and under Gaussian inputs")
        value = exp(-1 / scale**2) * exponential(1 / scale**2, domain.dimension, k)
        return SpectralKernel(
            name=f"gaussian({domain.dimension}, on={domain})", eigenvalues=value, domain=domain, exact=True
        )
    dimension = torus(d).dimension
    alpha, beta = 1 / (4 * _positive("deviation", deviation) ** 2), 1 / (2 * scale**2)
    whole = alpha + beta + sqrt(alpha**2 + 2 * alpha * beta)
    modes = binomial(k + dimension - 2, dimension - 1)
    domain = Domain(
        name="gaussian",
        dimension=dimension,
        manifold=dimension,
        multiplicity=Integer(1) if dimension == 1 else modes,
        volume=1 / gamma(dimension + 1),
        growth=dimension,
    )
    return SpectralKernel(
        name=f"gaussian({dimension})",
        eigenvalues=(2 * alpha / whole) ** (dimension / 2) * (beta / whole) ** (k - 1),
        domain=domain,
        exact=True,
    )


def _positive(name: str, value: object) -> Expr:
    number = exact(value, name)
    if not number.is_positive:
        raise DomainError(f"{name} = {number}; it must be a number > 0, or a positive symbol")
    return number


def _domain(d: object, on: Domain | None, usual: Callable[[object], Domain]) -> Domain:
    if on is None:
        if d is None:
            raise DomainError("no dimension is given; pass d=..., or on=sphere(...) or on=torus(...)")
        return usual(d)
    check_domain(on)
    if d is not None and exact(d, "d") != on.dimension:
        raise DomainError(f"d = {d}, but on = {on}; give one of them")
    return on


def _rename(kernel: SpectralKernel, name: str) -> SpectralKernel:
    return replace(kernel, name=name)
