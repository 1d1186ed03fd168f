"""Targets on the domain of a kernel: the power ``c_k`` of each mode of a level.

Each is a function of the kernel, which ``Task.from_kernel(kernel, target=...)`` calls; a kernel as a target
is a teacher drawn from the Gaussian process with that covariance, and a table ``{degree: power}`` given
harmonics.

    sobolev       nu derivatives in the mean square, as draws of a Matern process have
    half_space    the sign of a coordinate on the sphere
    zipf          quanta with frequencies that fall as a power of their rank
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Integer, gamma, pi, zeta

from asymptotics.errors import DomainError
from asymptotics.kernels.kernel import SpectralKernel
from asymptotics.parsing.numbers import exact

Target = Callable[[SpectralKernel], Expr]


def sobolev(nu: object) -> Target:
    """``c = (1 + |n|^2)^-(nu + p/2)`` on a torus, ``(1 + k (k + d - 2))^-(nu + p/2)`` on the sphere.

    |n| is the frequency of a level, k (k + d - 2) the eigenvalue of the Laplacian on the harmonics of
    degree k, p the dimension of the set of inputs: ``c_n ~ n^-(1 + 2 nu/p)`` in the order of the modes.

    >>> from asymptotics.kernels import laplace
    >>> sobolev(1)(laplace(3))
    (k*(k + 1) + 1)**(-2)
    """
    smooth = _positive("nu", nu)

    def power(kernel: SpectralKernel) -> Expr:
        domain, k = kernel.domain, kernel.index
        degree = domain.frequency(k)
        shift = domain.dimension - 2 if domain.name == "sphere" else Integer(0)
        return (1 + degree * (degree + shift)) ** -(smooth + domain.manifold / 2)

    return power


def half_space() -> Target:
    """``sign(x.e)`` on the unit sphere, e a unit vector: odd harmonics alone.

    By Rodrigues' formula ``2 delta(t)`` is the first derivative, so that with D = d + 2 and k = 2 j + 1

        c_k = [2 c_D P_(2j)^(D)(0)/d]^2,
        P_(2j)^(D)(0) = (-1)^j Gamma(j + 1/2) Gamma((D-1)/2)/(sqrt(pi) Gamma(j + (D-1)/2)),

    is the power of each mode on average over e, ``c_D = Gamma(D/2)/(sqrt(pi) Gamma((D-1)/2))``; sum m_k c_k
    = 1.

    >>> from asymptotics.kernels import laplace
    >>> half_space()(laplace(3)).subs(laplace(3).index, 1)
    1/4
    """

    def power(kernel: SpectralKernel) -> Expr:
        domain, k = kernel.domain, kernel.index
        if domain.name != "sphere":
            raise DomainError(f"half_space() is a function on a sphere, not on {domain}; give another target")
        d = domain.dimension
        middle = gamma(k / 2) / (pi * gamma((k + d) / 2))
        odd = (1 - Integer(-1) ** k) / 2
        return odd * (gamma(d / 2) * middle) ** 2

    return power


def zipf(alpha: object) -> Target:
    """Quanta of frequencies ``n^-(1+alpha)/zeta(1+alpha)`` in the order of the modes (arXiv 2303.13506).

    ``n = V k^p``, the number of modes below a level.

    >>> from asymptotics.kernels import matern
    >>> zipf(1)(matern(nu=1, d=1)).subs(matern(nu=1, d=1).index, 1)
    3/(2*pi**2)
    """
    slope = _positive("alpha", alpha)

    def power(kernel: SpectralKernel) -> Expr:
        domain = kernel.domain
        rank = domain.volume * kernel.index**domain.growth
        return rank ** -(1 + slope) / zeta(1 + slope)

    return power


def _positive(name: str, value: object) -> Expr:
    if isinstance(value, SpectralKernel):
        raise DomainError(f"target is a function that was not called; give it its {name}")
    number = exact(value, name)
    if not number.is_positive:
        raise DomainError(f"{name} = {number}; it must be a number > 0, or a positive symbol")
    return number
