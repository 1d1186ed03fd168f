"""Truncated Laurent series in a shift ``d = s - s0``, and those of Gamma, 1/Gamma and zeta.

SymPy has no Laurent series of zeta at 1 and expands Gamma slowly; residues of products at
double poles need both, so they are made here from their Taylor coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Poly,
    Rational,
    S,
    bernoulli,
    cos,
    factorial,
    gamma,
    pi,
    polygamma,
    sin,
    stieltjes,
)

from asymptotics.caches import cached

_c = Dummy("c")


@dataclass(frozen=True, slots=True)
class Laurent:
    """``sum_i coefficients[i] d^(valuation + i) + O(d^(valuation + len(coefficients)))``.

    >>> from sympy import Integer
    >>> pole = Laurent(-1, (Integer(1), Integer(2)))
    >>> (pole * pole).coefficient(-1)
    4
    """

    valuation: int
    coefficients: tuple[Expr, ...]

    def __mul__(self, other: Laurent) -> Laurent:
        length = min(len(self.coefficients), len(other.coefficients))
        return Laurent(
            self.valuation + other.valuation,
            tuple(_convolved(self.coefficients, other.coefficients, i) for i in range(length)),
        )

    def __add__(self, other: Laurent) -> Laurent:
        low = min(self.valuation, other.valuation)
        high = min(self.end, other.end)
        return Laurent(low, tuple(self.coefficient(i) + other.coefficient(i) for i in range(low, high)))

    @property
    def end(self) -> int:
        """The first exponent that is not known."""
        return self.valuation + len(self.coefficients)

    def coefficient(self, exponent: int) -> Expr:
        """The coefficient of ``d**exponent``; ValueError beyond the truncation."""
        if exponent < self.valuation:
            return Integer(0)
        if exponent >= self.end:
            raise ValueError(f"d**{exponent} is beyond the truncation O(d**{self.end})")
        return self.coefficients[exponent - self.valuation]

    def rescale(self, factor: Expr) -> Laurent:
        """The series in d' of the same function when ``d = factor * d'``."""
        return Laurent(
            self.valuation,
            tuple(c * factor ** (self.valuation + i) for i, c in enumerate(self.coefficients)),
        )

    def trim(self) -> Laurent:
        """The same series without leading zeros, so that ``valuation`` is its true order."""
        zeros = 0
        while zeros < len(self.coefficients) - 1 and self.coefficients[zeros] == 0:
            zeros += 1
        return Laurent(self.valuation + zeros, self.coefficients[zeros:])

    def reciprocal(self) -> Laurent:
        """``1 / self``; the first coefficient must not vanish."""
        first, rest = self.coefficients[0], self.coefficients[1:]
        inverse = [1 / first]
        for i in range(1, len(rest) + 1):
            inverse.append(-_convolved(rest, inverse, i - 1) / first)
        return Laurent(-self.valuation, tuple(inverse))


def _convolved(first: Sequence[Expr], second: Sequence[Expr], place: int) -> Expr:
    """``sum_j first[j] second[place - j]`` without zeros, for which SymPy asks what is finite."""
    pairs = ((first[j], second[place - j]) for j in range(place + 1))
    return Add(*(x * y for x, y in pairs if x is not S.Zero and y is not S.Zero))


@cached(maxsize=512)
def reciprocal_gamma(point: Expr, terms: int) -> Laurent:
    """``1/Gamma(point + d)`` to ``terms`` coefficients, from d^0 on (an entire function).

    At a pole of Gamma, ``1/Gamma(z) = z (z + 1) ... (z + n) / Gamma(z + n + 1)`` with z near -n
    (DLMF 5.5.1).

    >>> reciprocal_gamma(Integer(-2), 2).coefficients
    (0, 2)
    """
    if point.is_integer and point.is_nonpositive:
        n = int(-point)
        result = reciprocal_gamma(Integer(1), terms)
        for i in range(n + 1):
            result = result * Laurent(0, (point + i, Integer(1), *[Integer(0)] * terms)[:terms])
        return result
    logarithm = [Integer(0)] + [-polygamma(i - 1, point) / factorial(i) for i in range(1, terms)]
    series = [1 / gamma(point)]
    for i in range(1, terms):
        # f = exp(g) has i f_i = sum_j j g_j f_(i-j)
        series.append(Add(*(j * logarithm[j] * series[i - j] for j in range(1, i + 1))) * Rational(1, i))
    return Laurent(0, tuple(series))


@cached(maxsize=512)
def gamma_laurent(point: Expr, terms: int) -> Laurent:
    """``Gamma(point + d)`` to ``terms`` coefficients, from its pole on if there is one.

    >>> gamma_laurent(Integer(-1), 2).coefficients
    (-1, -1 + EulerGamma)
    """
    if not (point.is_integer and point.is_nonpositive):
        return reciprocal_gamma(point, terms).reciprocal()
    entire = reciprocal_gamma(point, terms + 1)
    return Laurent(1, entire.coefficients[1:]).reciprocal()


@cached(maxsize=512)
def reflection(point: Expr, terms: int) -> Laurent:
    """``pi/sin(pi (point + d)) = Gamma(z) Gamma(1 - z)`` at ``z = point + d`` (DLMF 5.5.3).

    >>> reflection(Integer(3), 3).coefficients
    (-1, 0, -pi**2/6)
    """
    if point.is_integer:
        # pi d / sin(pi d) = sum_i (-1)^(i-1) 2 (2^(2i-1) - 1) B_2i (pi d)^(2i) / (2i)!
        even = [
            Integer(-1) ** (i - 1)
            * 2
            * (Integer(2) ** (2 * i - 1) - 1)
            * bernoulli(2 * i)
            * pi ** (2 * i)
            / factorial(2 * i)
            for i in range(terms // 2 + 1)
        ]
        coefficients = [
            Integer(-1) ** point * even[i // 2] if i % 2 == 0 else Integer(0) for i in range(terms)
        ]
        return Laurent(-1, tuple(coefficients))
    # the n-th derivative of 1/sin(x) is p_n(cos x)/sin(x)^(n+1)
    sine, cosine = sin(pi * point), cos(pi * point)
    numerator, coefficients = Poly(1, _c), []
    for n in range(terms):
        value = numerator.as_expr().xreplace({_c: cosine})
        coefficients.append((pi / sine) ** (n + 1) * value / factorial(n))
        numerator = -(1 - _c**2) * numerator.diff(_c) - (n + 1) * _c * numerator
    return Laurent(0, tuple(coefficients))


def zeta_at_one(derivative: int, terms: int) -> Laurent:
    """``sum_k k^-(1+d) log(k)^m = (-1)^m zeta^(m)(1 + d)`` for m = ``derivative``.

    ``zeta(1 + d) = 1/d + sum_n (-d)^n gamma_n / n!`` with the Stieltjes constants (DLMF 25.2.4).

    >>> zeta_at_one(0, 2)
    Laurent(valuation=-1, coefficients=(1, EulerGamma))
    """
    m = derivative
    coefficients = [factorial(m), *[Integer(0)] * m]
    for i in range(max(0, terms - 1 - m)):
        n = m + i
        coefficients.append((-1) ** (n + m) * stieltjes(n) * Mul(*range(i + 1, n + 1)) / factorial(n))
    return Laurent(-1 - m, tuple(coefficients[:terms]))
