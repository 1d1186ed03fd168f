"""Where inputs live: the unit sphere or the torus, with how many modes there are up to a level.

sphere(d)    unit vectors in d dimensions, uniform; level k are the harmonics of degree k
torus(d)     the unit torus, uniform; levels are Fourier modes by their length
Domain       either: its dimension, modes per level, and how many modes lie below a level
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Symbol, gamma, pi

from asymptotics.errors import DomainError, check_kind
from asymptotics.parsing.numbers import exact
from asymptotics.symbols import k
from asymptotics.tasks.multiplicity import harmonics


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """``dimension`` is d; ``manifold`` that of the set of inputs; modes below level k number ``volume k^p``.

    ``growth`` is p: the levels of a torus in more than one dimension are single modes in the order of their
    lengths, so that p = 1 there and ``|n| = (k/V_d)^(1/d)`` (Weyl), V_d the volume of the unit ball.
    """

    name: str
    dimension: Expr
    manifold: Expr
    multiplicity: Expr
    volume: Expr
    growth: Expr

    def frequency(self, index: Symbol = k) -> Expr:
        """The degree or length that belongs to a level."""
        if self.growth == self.manifold:
            return index
        return (index / _ball(self.dimension)) ** (1 / self.dimension)

    @property
    def weyl(self) -> Expr:
        """e in the relative error ``O(k^-e)`` of single modes in the order of their lengths.

        ``V_d R^d + O(R^(d-1))`` points of Z^d are in a ball, as its surface has that area (Gauss).

        >>> torus(3).weyl
        1/3
        """
        return 1 / self.dimension

    def __str__(self) -> str:
        return f"{self.name}({self.dimension})"


def sphere(d: object) -> Domain:
    """The unit sphere in d dimensions; d is a whole number >= 2, or a symbol.

    >>> sphere(3).multiplicity
    2*k + 1
    >>> sphere(1)
    Traceback (most recent call last):
        ...
    asymptotics.errors.DomainError: d = 1; modes on S^(d-1) need a whole dimension d >= 2 (to 1000), or a \
symbol
    """
    dimension = exact(d, "d")
    modes = harmonics(dimension)
    return Domain(
        name="sphere",
        dimension=dimension,
        manifold=dimension - 1,
        multiplicity=modes,
        volume=2 / gamma(dimension),
        growth=dimension - 1,
    )


def torus(d: object) -> Domain:
    """The unit torus in d dimensions; d is a whole number >= 1, or a symbol.

    >>> torus(1).multiplicity, torus(2).multiplicity
    (2, 1)
    """
    dimension = exact(d, "d")
    if dimension.is_number and not (dimension.is_Integer and dimension >= 1):
        raise DomainError(f"d = {dimension}; a torus has a whole dimension d >= 1, or a symbol")
    circle = dimension == 1
    return Domain(
        name="torus",
        dimension=dimension,
        manifold=dimension,
        multiplicity=Integer(2) if circle else Integer(1),
        volume=Integer(2) if circle else Integer(1),
        growth=Integer(1),
    )


def _ball(d: Expr) -> Expr:
    """The volume of the unit ball in d dimensions."""
    return pi ** (d / 2) / gamma(d / 2 + 1)


def check_domain(on: object) -> None:
    """Raise `DomainError` for what is not a domain."""
    check_kind(on, Domain, "on", "give sphere(d) or torus(d)")
