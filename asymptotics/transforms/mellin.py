"""Kernels, their Mellin transforms, and spectral sums by residues.

For ``S(x) = sum_k f_k phi(x lambda_k)`` with ``Phi(s) = int_0^oo phi(u) u^(s-1) du`` and the
Dirichlet series ``D(s) = sum_k f_k lambda_k^(-s)``,

    S(x) = (1/2 pi i) int Phi(s) D(s) x^(-s) ds
         ~ - sum of the residues of Phi(s) D(s) x^(-s) to the right of the strip,   x -> oo

(Flajolet, Gourdon & Dumas 1995, theorem 4). A kernel here is a product of Gamma functions, so
its poles to the right of the strip are those of the factors Gamma(c - s), at s = c, c + 1, ...
A series with a vertical line of poles adds an `Oscillation` to the coefficient of its power.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Symbol,
    diff,
    exp,
    factor_terms,
    factorial,
    gamma,
    log,
    pi,
    sin,
    together,
)

from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.laurent import Laurent, gamma_laurent, reflection
from asymptotics.expansions.oscillation import line_of
from asymptotics.expansions.terms import Bound, Term
from asymptotics.transforms.branch import BranchSeries
from asymptotics.transforms.dirichlet import DirichletSeries, Pole
from asymptotics.transforms.observer import SumOrigin, observed

_S = Dummy("s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """``phi(u)`` with ``Phi(s) = factor(s) * prod Gamma(s + r) * prod Gamma(c - s)``.

    ``rising`` holds the r, ``falling`` the c, ``factor`` is an entire function of the dummy s. Poles to
    the right of the strip are those of Gamma(c - s), at s = c, c + 1, ..., and the few that
    ``right`` names (of Gamma(s + r), where phi tends to a constant or to a power).
    """

    name: str
    rising: tuple[int, ...]
    falling: tuple[int, ...] = ()
    factor: Expr = Integer(1)
    right: tuple[int, ...] = ()

    def transform(self, s: Expr) -> Expr:
        """``Phi(s)``, from its Gamma functions."""
        gammas = (*(gamma(s + r) for r in self.rising), *(gamma(c - s) for c in self.falling))
        return self.factor.xreplace({_S: s}) * Mul(*gammas)

    def reflected(self, s: Symbol) -> Expr:
        """``Phi(s)`` with each ``Gamma(s + r) Gamma(c - s)`` as a polynomial times ``pi/sin(pi s)``."""
        total = self.factor.xreplace({_S: s})
        rising, falling = list(self.rising), list(self.falling)
        while rising and falling:
            r, c = rising.pop(), falling.pop()
            total *= (-1) ** r * pi / sin(pi * s) * Mul(*(i - s for i in range(1 - r, c)))
        return total * Mul(*(gamma(s + r) for r in rising), *(gamma(c - s) for c in falling))

    def poles(self, count: int) -> tuple[Pole, ...]:
        """The first ``count`` poles to the right of the strip; fewer if there are no more."""
        if not self.falling:
            return tuple(Pole(Integer(n)) for n in self.right)
        first = min(self.falling)
        return tuple(Pole(Integer(n), sum(c <= n for c in self.falling)) for n in range(first, first + count))

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``Phi(point + d)``, with ``terms`` coefficients."""
        regular = not any((c - point).is_integer for c in self.falling) and point not in self.right
        if terms == 1 and regular:
            # at a regular point Gamma functions stay, so that zeros against poles cancel in them
            return Laurent(0, (_value(self, point),))
        # a zero of the polynomial below may cancel the pole of the sine: one more term for each
        wanted, terms = terms, terms + sum(self.rising) + sum(self.falling) + 1
        taylor = (diff(self.factor, _S, i).xreplace({_S: point}) / factorial(i) for i in range(terms))
        total = Laurent(0, tuple(taylor))
        rising, falling = list(self.rising), list(self.falling)
        while rising and falling:
            # Gamma(s + r) Gamma(c - s) = (-1)^r pi/sin(pi s) (1 - r - s)(2 - r - s) ... (c - 1 - s)
            r, c = rising.pop(), falling.pop()
            total = total * reflection(point, terms)
            total = Laurent(total.valuation, tuple((-1) ** r * x for x in total.coefficients))
            for i in range(1 - r, c):
                total = total * Laurent(0, (normal(i - point), Integer(-1), *[Integer(0)] * terms)[:terms])
        for r in rising:
            total = total * gamma_laurent(normal(point + r), terms)
        for c in falling:
            total = total * gamma_laurent(normal(c - point), terms).scaled(Integer(-1))
        total = total.trimmed()
        return Laurent(total.valuation, total.coefficients[:wanted])


EXPONENTIAL = Kernel(name="exp(-u)", rising=(0,))
RESOLVENT = Kernel(name="1/(1 + u)", rising=(0,), falling=(1,))
SQUARE = Kernel(name="1/(1 + u)^2", rising=(0,), falling=(2,))
FILTER = Kernel(name="u/(1 + u)", rising=(1,), falling=(0,), factor=Integer(1))
CROSSED = Kernel(name="u/(1 + u)^2", rising=(1,), falling=(1,))
LEARNED = Kernel(name="1 - exp(-u)", rising=(0,), factor=Integer(-1), right=(0,))
LEARNED_SQUARED = Kernel(name="(1 - exp(-u))^2", rising=(0,), factor=2**-_S - 2, right=(0,))
KERNELS = {
    EXPONENTIAL: lambda u: exp(-u),
    RESOLVENT: lambda u: 1 / (1 + u),
    SQUARE: lambda u: 1 / (1 + u) ** 2,
    FILTER: lambda u: u / (1 + u),
    CROSSED: lambda u: u / (1 + u) ** 2,
    LEARNED: lambda u: 1 - exp(-u),
    LEARNED_SQUARED: lambda u: (1 - exp(-u)) ** 2,
}


def damped_power(power: int) -> Kernel:
    """The kernel ``u^power exp(-u)``."""
    return Kernel(name=f"u^{power} exp(-u)", rising=(power,))


def _value(kernel: Kernel, point: Expr) -> Expr:
    """``Phi`` at a regular point; ``Gamma(z) Gamma(1 - z)`` is written as ``pi/sin(pi z)``."""
    z = factor_terms(together(point))
    if len(kernel.rising) == len(kernel.falling) == 1 and kernel.rising[0] + kernel.falling[0] == 1:
        return kernel.factor.xreplace({_S: z}) * (-1) ** kernel.rising[0] * pi / sin(pi * z)
    return kernel.transform(z)


def spectral_sum(
    series: DirichletSeries,
    kernel: Kernel,
    variable: Symbol,
    *,
    inverse: bool,
    domain: Domain,
    depth: int,
) -> Expansion:
    """``sum_k f_k phi(x lambda_k)`` for x -> oo, to the first ``depth`` orders.

    With ``inverse`` the variable is ``1/x`` (it tends to 0), otherwise x itself.

    >>> from asymptotics.spectra.algebraic import algebraic_series
    >>> from asymptotics.symbols import b, k, kappa
    >>> domain = Domain((b - 1,))
    >>> df1 = algebraic_series(k**-b, Integer(1), k, domain)
    >>> spectral_sum(df1, FILTER, kappa, inverse=True, domain=domain, depth=2)
    pi/(b*kappa**(1/b)*sin(pi/b)) - 1/2 + O(kappa)
    """
    if isinstance(series, BranchSeries):
        # layers have the operations of an expansion that the equations need
        return cast(Expansion, series.beside(kernel, variable, inverse=inverse, domain=domain, depth=depth))
    counted = depth + 1
    lists = (series.poles(counted), kernel.poles(counted))
    orders: dict[Expr, int] = {}
    lines: dict[Expr, Pole] = {}
    for pole in (*lists[0], *lists[1]):
        location = normal(pole.location)
        orders[location] = orders.get(location, 0) + pole.order
        if pole.line is not None:
            lines[location] = pole
    terms: list[Term] = []
    bounds: list[Bound] = []
    # where a list was cut, nothing beyond is known: its last pole is the remainder
    ends = {normal(poles[-1].location) for poles in lists if len(poles) >= counted}
    for location, order in orders.items():
        if location in ends:
            bounds.append(Bound(location, max(order - 1, 0)))
        elif order and not any(domain.sign(location - end) == 1 for end in ends):
            terms += _residue(series, kernel, location, order, inverse)
            if location in lines:
                terms += _harmonics(series, kernel, lines[location], 1 / variable if inverse else variable)
    found = expansion(variable, terms, bounds, at_infinity=not inverse, domain=domain, depth=depth)
    return observed(found, SumOrigin(series=series, kernel=kernel, variable=variable, inverse=inverse))


def _residue(series: DirichletSeries, kernel: Kernel, point: Expr, order: int, inverse: bool) -> list[Term]:
    """Minus the residue of ``Phi(s) D(s) x^(-s)``, one term for each power of the logarithm."""
    left = kernel.laurent(point, order)
    right = series.laurent(point, order)
    if right.end < -left.valuation:
        raise UnableError(
            f"the residue at s = {point} needs the Dirichlet series beyond its constant term "
            f"(kernel {kernel.name}, pole of order {-left.valuation})"
        )
    pieces = []
    for j in range(order):
        # x^-s = x^-s0 sum_j (-log x)^j d^j / j!; the variable is x or 1/x
        coefficient = sum(
            (
                left.coefficient(i) * right.coefficient(-1 - j - i)
                for i in range(left.valuation, -j - right.valuation)
                if -1 - j - i < right.end
            ),
            Integer(0),
        )
        sign = 1 if inverse else (-1) ** j
        if coefficient != 0:
            pieces.append(Term(-sign * coefficient / factorial(j), point, j))
    return pieces


def _harmonics(series: DirichletSeries, kernel: Kernel, pole: Pole, x: Expr) -> list[Term]:
    """What the other poles of a line leave: kernels are regular there, D has the Laurent series of s_0.

    ``-sum_(n != 0) Res = sum_j x^-s0 log(x)^j (-1)^(j+1)/j! sum_i D_(-1-j-i) W_i``, W_i the oscillation of
    ``Phi^(i)/i!``.
    """
    assert pole.line is not None
    principal = series.laurent(pole.location, pole.order)
    rate = pole.line.rate
    phase = log(pole.line.scale * x) / rate
    waves = [
        line_of(diff(kernel.reflected(_S), _S, i) / factorial(i), _S, pole.location, rate, phase)
        for i in range(pole.order)
    ]
    pieces = []
    for j in range(pole.order):
        coefficient = Add(*(principal.coefficient(-1 - j - i) * waves[i] for i in range(pole.order - j)))
        # log(x) is minus the logarithm of the variable where that is 1/x
        sign = -1 if not x.is_Symbol else (-1) ** (j + 1)
        pieces.append(Term(sign * coefficient / factorial(j), pole.location, j))
    return pieces


__all__ = [
    "CROSSED",
    "EXPONENTIAL",
    "FILTER",
    "KERNELS",
    "LEARNED",
    "LEARNED_SQUARED",
    "RESOLVENT",
    "SQUARE",
    "Kernel",
    "damped_power",
    "spectral_sum",
]
