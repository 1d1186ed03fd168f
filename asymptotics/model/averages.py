"""Averages of iterates whose weights are exponentials, as those of moving averages: sums over modes.

With ``y = lambda eta T``, weights alpha of integral 1 and a constant step, a mode keeps phi(y) of its start,
and the noise of the steps adds h(y) per sample,

    phi = (int_0^1 alpha(u) e^(-y u) du)^2,
    h = y^2 int_0^1 (int_u^1 alpha(x) e^(-y (x - u)) dx)^2 du.

Their transforms are ``Gamma(s) M(s)`` and ``Gamma(s + 2) V(s + 2)``, with the moments M and V of pairs of
iterates (`pairs`), and have poles at s = 2, 3, ... and at s = 0, 1, ... As h falls as y^2 at 0, its sum over
modes needs that of lambda^2 alone, not the trace.

    AverageTransform     the two transforms, as the engine of spectral sums takes them
    AverageSum           ``sum_k m_k c_k phi(lambda_k X)`` and ``sum_k m_k h(lambda_k X)``, as nodes
    are_exponentials     whether weights are among those whose integrals are closed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Add, Expr, Function, Integer, Mul, Symbol, degree, exp, expand, factorial, gamma

from asymptotics.expansions.laurent import Laurent, gamma_laurent
from asymptotics.expansions.variables import substitute
from asymptotics.model.expander import RULES, Expander, Found
from asymptotics.model.pairs import NOISE, START, PairMoment, residue
from asymptotics.model.schedules.pieces import u
from asymptotics.transforms.poles import Pole

ONE = Integer(1)


def are_exponentials(weights: Expr) -> bool:
    """Whether they are a sum of polynomials in u times exponentials, sines or cosines of multiples of u."""

    def fits(factor: Expr) -> bool:
        if factor.func == exp:
            return bool(factor.exp.is_polynomial(u) and degree(factor.exp, u) <= 1)
        return bool(factor.is_polynomial(u))

    terms = Add.make_args(expand(weights.rewrite(exp)))
    return all(fits(factor) for term in terms for factor in Mul.make_args(term))


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageTransform:
    """``Gamma(s) M(s)`` of what is left of the start, or that of the noise, continued to the right."""

    weights: Expr
    signal: bool

    @property
    def name(self) -> str:
        """For messages."""
        return f"the average with the weights {self.weights}"

    @property
    def _kind(self) -> Expr:
        return START if self.signal else NOISE

    @property
    def _shift(self) -> int:
        return 0 if self.signal else 2

    def transform(self, s: Expr) -> Expr:
        """Where it is regular."""
        return gamma(s + self._shift) * self._moment(s + self._shift, 0)

    def reflect(self, s: Symbol) -> Expr:
        """The same."""
        return self.transform(s)

    def poles(self, count: int) -> tuple[Pole, ...]:
        """Those of the series at 0, from s = 2 or s = 0 on; the last stands for all behind it."""
        first = 2 - self._shift
        return tuple(
            Pole(Integer(first + i), 1 if i == count - 1 or self._residue(first + i) != 0 else 0)
            for i in range(count)
        )

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``Phi(point + d)``, with ``terms`` coefficients."""
        place = point + self._shift
        beside = tuple(self._moment(place, i) / factorial(i) for i in range(terms))
        if place.is_Integer and place >= 2:
            moment = Laurent(-1, (self._residue(int(point)), *beside)[:terms])
        else:
            moment = Laurent(0, beside)
        return moment * gamma_laurent(place, terms)

    def _moment(self, place: Expr, order: int) -> Expr:
        return PairMoment(self.weights, u, place, self._kind, Integer(order))

    def _residue(self, point: int) -> Expr:
        """That of the moment alone."""
        return residue(self.weights, self._kind, point + self._shift)


class AverageSum(Function):  # type: ignore[misc]
    """``AverageSum(weights, u, X, signal)``: the sum over modes of phi, with c_k, or of h."""

    nargs = 4

    @property
    def free_symbols(self) -> set[Symbol]:
        weights, letter, place, _ = self.args
        return (weights.free_symbols - {letter}) | place.free_symbols

    def _sympystr(self, printer: Any) -> str:
        inside = printer._print(self.args[2])
        return f"sum m c phi(lambda {inside})" if self.args[3] == ONE else f"sum m h(lambda {inside})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        called = r"c_k \varphi" if self.args[3] == ONE else "h"
        return rf"\sum_k m_k {called}\left(\lambda_k {printer._print(self.args[2])}\right)"


def expand_average(found: Expander, node: AverageSum, x: Symbol) -> Found:
    """By the residues of the transforms."""
    weights, _, place, signal = node.args
    spectrum = found.spectrum
    source = spectrum.target if signal == ONE else spectrum.kernel
    kernel = AverageTransform(weights=weights, signal=signal == ONE)
    series = source.spectral_sum(kernel, x, inverse=False, domain=spectrum.domain, depth=found.depth)
    return Found(node=node, series=series if place == x else substitute(series, place / x, ONE, x))


RULES[AverageSum] = expand_average
