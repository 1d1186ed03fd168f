"""Dirichlet series of spectra, and sums by the residues of a kernel's Mellin transform times such a series.

For ``S(x) = sum_k f_k phi(x lambda_k)`` with ``Phi(s) = int_0^oo phi(u) u^(s-1) du`` and the
Dirichlet series ``D(s) = sum_k f_k lambda_k^(-s)``,

    S(x) = (1/2 pi i) int Phi(s) D(s) x^(-s) ds
         ~ - sum of the residues of Phi(s) D(s) x^(-s) to the right of the strip,   x -> oo

(Flajolet, Gourdon & Dumas 1995, theorem 4). A kernel here is a product of Gamma functions, so
its poles to the right of the strip are those of the factors Gamma(c - s), at s = c, c + 1, ...
A series with a vertical line of poles adds an `Oscillation` to the coefficient of its power.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from sympy import Add, Expr, Integer, Symbol, diff, factorial, log, oo

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.laurent import Laurent
from asymptotics.expansions.oscillation import line_of
from asymptotics.expansions.terms import Bound, Term
from asymptotics.transforms.kernels import S, Transform
from asymptotics.transforms.poles import Pole


class DirichletSeries(ABC):
    """``D(s)``, analytic to the left of its abscissa, and how sums over kernels follow from it.

    A family of spectra provides one, and the rest of the engine knows nothing else of a spectrum. Here it
    is meromorphic; `BranchSeries` has a branch point.
    """

    __slots__ = ()

    @abstractmethod
    def poles(self, count: int) -> tuple[Pole, ...]:
        """The first ``count`` places from the left; or all of them, if fewer."""

    @abstractmethod
    def laurent(self, point: Expr, terms: int) -> Laurent:
        """The Laurent series at ``point``, up to the constant term at least and to d^(terms - 1) if known."""

    def total(self) -> Expr:
        """``sum_k f_k``, where it converges."""
        return self.laurent(Integer(0), 1).coefficient(0)

    @property
    def abscissa(self) -> Expr:
        """The first singularity, to the left of which the sum converges; oo for an entire series."""
        return next((pole.location for pole in self.poles(1)), oo)

    @property
    def remark(self) -> str:
        """How its sums expand, in words, where that is not by residues alone."""
        return ""

    @property
    def smooth(self) -> bool:
        """Whether coefficients vary slowly with log x, and what is left out of them does, without waves."""
        return False

    @property
    def modes(self) -> Expr | None:
        """How many modes there are, if finitely many; else None."""
        return None

    @property
    def single(self) -> Expr | None:
        """The eigenvalue that all of finitely many modes share; None if they do not."""
        return None

    def slowest(self, count: int) -> tuple[tuple[Expr, Expr], ...] | None:
        """The ``count`` smallest eigenvalues with their weights; None for infinitely many modes."""
        del count
        return None

    def with_tails(self, eigenvalues: Expr, weights: Expr, gain: Expr) -> DirichletSeries:
        """The series of a spectrum that differs from this one by a factor ``1 + O(k^-gain)``."""
        raise UnableError(
            f"{eigenvalues} tends to a spectrum whose sums oscillate or end; laws of equivalents are derived "
            "for power laws, logarithms and stretched exponentials"
        )

    def spectral_sum(
        self, kernel: Transform, variable: Symbol, *, inverse: bool, domain: Domain, depth: int
    ) -> Expansion:
        """``sum_k f_k phi(x lambda_k)`` for x -> oo, to the first ``depth`` orders.

        With ``inverse`` the variable is ``1/x`` (it tends to 0), otherwise x itself.

        >>> from asymptotics.spectra.power_law import algebraic_series
        >>> from asymptotics.symbols import b, k, kappa
        >>> from asymptotics.transforms.kernels import FILTER
        >>> domain = Domain((b - 1,))
        >>> df1 = algebraic_series(k**-b, Integer(1), k, domain)
        >>> df1.spectral_sum(FILTER, kappa, inverse=True, domain=domain, depth=2)
        pi/(b*kappa**(1/b)*sin(pi/b)) - 1/2 + O(kappa)
        """
        counted = depth + 1
        lists = (self.poles(counted), kernel.poles(counted))
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
        x = 1 / variable if inverse else variable
        for location, order in orders.items():
            if location in ends:
                bounds.append(Bound(location, max(order - 1, 0)))
            elif order and not any(domain.sign(location - end) == 1 for end in ends):
                terms += _residue(self, kernel, location, order)
                if location in lines:
                    terms += _harmonics(self, kernel, lines[location], x)
        return expansion(variable, terms, bounds, at_infinity=not inverse, domain=domain, depth=depth)


@cached(maxsize=512)
def _residue(series: DirichletSeries, kernel: Transform, point: Expr, order: int) -> tuple[Term, ...]:
    """Minus the residue of ``Phi(s) D(s) x^(-s)``, one term for each power of the logarithm."""
    left = kernel.laurent(point, order)
    right = series.laurent(point, max(1, -left.valuation))
    if right.end < -left.valuation:
        raise UnableError(
            f"the residue at s = {point} needs the Dirichlet series beyond its constant term "
            f"(kernel {kernel.name}, pole of order {-left.valuation})"
        )
    pieces = []
    for j in range(order):
        # x^-s = x^-s0 sum_j (-log x)^j d^j / j!
        coefficient = sum(
            (
                left.coefficient(i) * right.coefficient(-1 - j - i)
                for i in range(left.valuation, -j - right.valuation)
                if -1 - j - i < right.end
            ),
            Integer(0),
        )
        if coefficient != 0:
            pieces.append(Term((-1) ** (j + 1) * coefficient / factorial(j), point, j))
    return tuple(pieces)


def _harmonics(series: DirichletSeries, kernel: Transform, pole: Pole, x: Expr) -> list[Term]:
    """What the other poles of a line leave: kernels are regular there, D has the Laurent series of s_0.

    ``-sum_(n != 0) Res = sum_j x^-s0 log(x)^j (-1)^(j+1)/j! sum_i D_(-1-j-i) W_i``, W_i the oscillation of
    ``Phi^(i)/i!``.
    """
    assert pole.line is not None
    principal = series.laurent(pole.location, pole.order)
    rate = pole.line.rate
    phase = log(pole.line.scale * x) / rate
    waves = [
        line_of(diff(kernel.reflect(S), S, i) / factorial(i), S, pole.location, rate, phase)
        for i in range(pole.order)
    ]
    pieces = []
    for j in range(pole.order):
        coefficient = Add(*(principal.coefficient(-1 - j - i) * waves[i] for i in range(pole.order - j)))
        pieces.append(Term((-1) ** (j + 1) * coefficient / factorial(j), pole.location, j))
    return pieces
