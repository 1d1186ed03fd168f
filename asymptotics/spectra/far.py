"""Spectra that are known far out alone: sums over all modes are letters in their laws.

With ``f_k`` and ``lambda_k`` known up to a relative ``O(k^-e)``, as eigenvalues of kernels by Weyl's law or
in a dimension that is a letter (`Task.known`), the Dirichlet series is

    D(s) = sum_k f_k lambda_k^(-s) = (poles of the known orders) + what is analytic for Re s < s_0 + e/b,

s_0 its first pole, b the decay of the eigenvalues. The poles there are those of the tail; values, which are
sums over all modes, are not known. A law states them as letters,

    S_(s), the value of sum_k m_k c_k lambda_k^(-s), or its finite part at a pole,
    D_(s), that of sum_k m_k lambda_k^(-s),

for which whoever has the true spectrum gives numbers; and it ends where the tail is not known.

    known_to      the series of such a spectrum
    FarSeries     the same of a power law
    UnknownSum    a letter, and what it stands for
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import singledispatch

from sympy import Expr, Symbol, oo

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.laurent import Laurent
from asymptotics.expansions.terms import Term
from asymptotics.spectra.parity import SummedSeries
from asymptotics.spectra.power_law import AlgebraicSeries, pole_of, tail_terms
from asymptotics.transforms.branch import BranchSeries
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.poles import Pole

DEEPEST = 12
"""So many orders of a tail are looked at for the first that is not known."""
WEIGHTS = {
    "S": ("m_k c_k", "m_k c_k"),
    "D": ("m_k", "m_k"),
    "F_test": ("m_k c_k lambda'_k/lambda_k", r"m_k c_k \tfrac{\lambda'_k}{\lambda_k}"),
    "V_test": ("m_k lambda'_k", r"m_k \lambda'_k"),
}
"""What the modes are weighted with in a sum, by its letter, as text and in LaTeX."""


class UnknownSum(Symbol):  # type: ignore[misc]
    """The letter of ``sum_k f_k lambda_k^(-point)``, a real number.

    >>> from sympy import Integer
    >>> unknown_sum("S", Integer(1)).words
    'S_{1} is the sum over all modes of m_k c_k/lambda_k^(1), continued where it diverges: not known'
    """

    __slots__ = ()

    @property
    def _parts(self) -> tuple[str, str, str]:
        name, point = self.name[:-1].split("_{")
        letter = name.rstrip("0123456789")
        return letter, name[len(letter) :], point

    @property
    def words(self) -> str:
        """What it stands for."""
        letter, part, point = self._parts
        whose = f" of class {part}" if part else ""
        return (
            f"{self.name} is the sum over all modes{whose} of {WEIGHTS[letter][0]}/lambda_k^({point}), "
            "continued where it diverges: not known"
        )

    @property
    def meaning(self) -> str:
        """The same in LaTeX."""
        letter, part, point = self._parts
        whose = rf"\text{{ of class {part}}}" if part else ""
        return (
            rf"{self.name} = \textstyle\sum_k {WEIGHTS[letter][1]} \lambda_k^{{-({point})}}{whose}"
            r"\text{, continued where it diverges: not known}"
        )


def unknown_sum(letter: str, point: Expr) -> UnknownSum:
    """The letter of such a sum.

    >>> from sympy import Integer
    >>> unknown_sum("S", Integer(1))
    S_{1}
    """
    return UnknownSum(f"{letter}_{{{point}}}", real=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FarSeries(DirichletSeries):
    """The series of a power law known up to a relative ``k^-gain``.

    >>> from sympy import Integer
    >>> from asymptotics.domains.domain import Domain
    >>> from asymptotics.spectra.power_law import algebraic_series
    >>> from asymptotics.symbols import a, b, k
    >>> series = algebraic_series(k**-b, k**-a, k, Domain((a - 1, b - 1)))
    >>> far = FarSeries(simple=series, gain=Integer(1), letter="S")
    >>> far.laurent((a - 1) / b, 1).coefficients, far.laurent(Integer(1), 1).coefficients
    ((-1/b, S_{a/b - 1/b}), (S_{1},))
    """

    simple: AlgebraicSeries
    gain: Expr
    letter: str

    def _known(self) -> tuple[Term, ...]:
        """The terms of ``f_k lambda_k^(-s)`` before the first that is not known."""
        for depth in range(1, DEEPEST):
            terms, complete = tail_terms(self.simple, depth)
            end = terms[0].order + self.gain
            signs = [self.simple.domain.sign(end - term.order) for term in terms]
            if complete or any(sign in (0, -1) for sign in signs):
                return tuple(term for term, sign in zip(terms, signs, strict=True) if sign == 1)
        raise UnableError(
            f"the tail of {self.simple.eigenvalues} is known to k^-({self.gain}), and which of its orders "
            "are larger is not decided; give numbers"
        )

    def _place(self, term: Term) -> Expr:
        return normal((term.order - 1) / self.simple.decay)

    def poles(self, count: int) -> tuple[Pole, ...]:
        """Those of the known orders, and the end of what is known, which bounds the rest."""
        known = self._known()
        orders: dict[Expr, int] = {}
        for term in known:
            place = self._place(term)
            orders[place] = max(orders.get(place, 0), term.log_power + 1)
        end = normal(self._place(known[0]) + self.gain / self.simple.decay)
        # repeated, without an order of its own, so that the list counts as cut there
        places = (*orders.items(), (end, known[0].log_power + 1), *[(end, 0)] * count)
        return tuple(Pole(place, order) for place, order in places[:count])

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """The poles of the known orders, and a letter in place of the constant."""
        total = Laurent(0, (unknown_sum(self.letter, normal(point)),))
        for term in self._known():
            if normal(self._place(term) - point) == 0:
                whole, _ = pole_of(term, self.simple.decay, point)
                total = total + whole + Laurent(0, (-whole.coefficient(0),))
        return total.trim()


@singledispatch
def known_to(series: DirichletSeries, gain: Expr, letter: str) -> DirichletSeries:
    """The series where the spectrum is known up to a relative ``k^-gain``; all of it for ``gain = oo``."""
    del gain, letter
    raise UnableError(
        "laws of spectra that are known far out alone are derived for power laws, logarithms and stretched "
        f"exponentials, not for a {type(series).__name__}; give the eigenvalues to Task"
    )


@known_to.register
def _of_powers(series: AlgebraicSeries, gain: Expr, letter: str) -> DirichletSeries:
    return series if gain == oo else FarSeries(simple=series, gain=gain, letter=letter)


@known_to.register
def _of_classes(series: SummedSeries, gain: Expr, letter: str) -> DirichletSeries:
    parts = enumerate(series.parts, 1)
    return replace(series, parts=tuple(known_to(part, gain, f"{letter}{i}") for i, part in parts))


@known_to.register
def _beside_branch_points(series: BranchSeries, gain: Expr, letter: str) -> DirichletSeries:
    del letter
    return series.with_tails(series.eigenvalues, series.weights, gain)
