"""How many modes share a level: harmonics on spheres, Fourier modes on tori.

>>> from asymptotics import Task, derive
>>> from asymptotics.symbols import a, b, k
>>> from sympy import Symbol
>>> d = Symbol("d", positive=True)
>>> derive(Task(eigenvalues=k**-b, target=k**-a, multiplicity=harmonics(d))).model.exponent
Min(b/(d - 1), (a - d + 1)/(d - 1))
"""

from __future__ import annotations

from sympy import Expr, Integer, Poly, Symbol, binomial, expand, factorial

from asymptotics.errors import DomainError, check_kind
from asymptotics.parsing.numbers import exact
from asymptotics.sums.lattice import SquaresCount
from asymptotics.symbols import k

LARGEST = 1000
"""Dimension up to which numbers of modes are written out as polynomials."""


def harmonics(dimension: object, index: Symbol = k, *, constant: bool = False) -> Expr:
    """``N(d, k) = (2k + d - 2)/k * binomial(k + d - 3, k - 1)``: harmonics of degree k on S^(d-1).

    The sphere of unit vectors in d dimensions, d an integer >= 2 or a symbol; a number of modes per level
    (dimensionless). Levels begin at k = 1, the d linear functions; the constant mode, degree 0, is not
    counted, unless ``constant`` is set: then level k has the harmonics of degree k - 1 (d > 2). For a
    number d the count is a polynomial in k. Raises `DomainError`. Source: Efthimiou & Frye, Spherical
    Harmonics in p Dimensions (2014), eq. (4.12).

    >>> harmonics(3), harmonics(4), harmonics(3, constant=True)
    (2*k + 1, k**2 + 2*k + 1, 2*k - 1)
    >>> harmonics("d")
    (d + 2*k - 2)*binomial(d + k - 3, k - 1)/k
    """
    d = _dimension(dimension, index, 3 if constant else 2, "on S^(d-1)" + " with the constant" * constant)
    if d.is_number and d > 2:
        return _harmonic_polynomial(int(d), index - 1 if constant else index)
    if d.is_number:
        return Integer(2)
    if constant:
        return (2 * index + d - 4) / (index + d - 3) * binomial(index + d - 3, index - 1)
    return (2 * index + d - 2) / index * binomial(index + d - 3, index - 1)


def _harmonic_polynomial(d: int, degree: Expr) -> Expr:
    """``(2k + d - 2) (k + 1) ... (k + d - 3)/(d - 2)!``, factor by factor as lists of integers."""
    coefficients = [1]
    for slope, shift in ((2, d - 2), *((1, j) for j in range(1, d - 2))):
        longer = zip([*coefficients, 0], [0, *coefficients], strict=True)
        coefficients = [slope * one + shift * two for one, two in longer]
    (index,) = degree.free_symbols
    return expand(Poly(coefficients, index).compose(Poly(degree, index)).as_expr() / factorial(d - 2))


def torus(dimension: object, index: Symbol = k) -> Expr:
    """``(2k + 1)^d - (2k - 1)^d``: Fourier modes ``n`` in Z^d with ``max |n_i| = k``, on the d-torus.

    Level k >= 1; the constant mode n = 0 is not counted. d is an integer >= 1 or a symbol; dimensionless.
    Raises `DomainError`. Source: counting the cube of side 2k + 1 without the one inside it.

    >>> torus(1), torus(2), torus("d")
    (2, 8*k, -(2*k - 1)**d + (2*k + 1)**d)
    """
    d = _dimension(dimension, index, 1, "on the d-torus")
    count = (2 * index + 1) ** d - (2 * index - 1) ** d
    return expand(count) if d.is_number else count


def squares(dimension: object, index: Symbol = k) -> Expr:
    """``r_d(k)``: Fourier modes ``n`` in Z^d with ``|n|^2 = k`` (Euclidean), on the d-torus.

    Level k >= 1 is ``|n|^2``, so that ``lambda = |n|^-b`` is ``k**(-b/2)``; the constant mode is not counted.
    d is an integer >= 1 or a symbol; dimensionless. r_d(k) is not a smooth function of k: laws are derived
    for single powers of k, and the full model is solved for finitely many modes by
    ``FullModel.from_arrays(*numerics.spectra.arrays.spectrum_arrays(task, modes=M))``. Raises `DomainError`.

    >>> [squares(2).subs(k, j) for j in range(1, 6)]
    [4, 4, 0, 4, 8]
    """
    return SquaresCount(_dimension(dimension, index, 1, "on the d-torus"), index)


def _dimension(dimension: object, index: Symbol, least: int, where: str) -> Expr:
    check_kind(index, Symbol, "index", "give the symbol of the level, such as k")
    d = exact(dimension, "d")
    if d.is_number and not (d.is_Integer and least <= d <= LARGEST):
        raise DomainError(
            f"d = {d}; modes {where} need a whole dimension d >= {least} (to {LARGEST}), or a symbol"
        )
    return d
