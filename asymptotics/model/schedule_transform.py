"""The Mellin transform of the noise that a schedule leaves, `moments`: its poles and Laurent series.

NoiseTransform    ``Gamma(s+2) 2^(-s-2) J(s+2)``, as the engine of spectral sums takes it
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Dummy, Expr, Integer, Symbol, diff, expand_log, factorial, gamma, log

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.laurent import Laurent, gamma_laurent
from asymptotics.model.moments import Moment, end_of, residue_factor
from asymptotics.model.schedules.pieces import u
from asymptotics.transforms.poles import Pole

_s = Dummy("s")
ZERO = 1e-20
"""Residues below it are taken for zeros: they are algebraic in few constants of the schedule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseTransform:
    """``int_0^oo h(y) y^(s-1) dy`` of a schedule, -2 < s < -1/(gamma + 1), continued to the right."""

    shape: Expr

    @property
    def name(self) -> str:
        """For messages."""
        return f"the noise of {self.shape}"

    def transform(self, s: Expr) -> Expr:
        """Where it is regular."""
        return gamma(s + 2) * 2 ** (-s - 2) * self._moment(s + 2)

    def reflect(self, s: Symbol) -> Expr:
        """The same."""
        return self.transform(s)

    def _moment(self, s: Expr) -> Expr:
        end = end_of(self.shape, 1)
        if not end.exact:
            return Moment(self.shape, u, s, Integer(0))
        power = end.power
        return end.first ** (2 - s) * (power + 1) ** s / (2 * power + 1 - s * (power + 1))

    def _pole(self, p: int) -> Expr:
        power = end_of(self.shape, 1).power
        return normal((2 * power + 1 + p) / (power + 1) - 2)

    def poles(self, count: int) -> tuple[Pole, ...]:
        """Those that a term of the series at the end leaves, the first ``count`` orders of it."""
        if len(end_of(self.shape, 1).series) == 1 and not end_of(self.shape, 2).series[1:]:
            return (Pole(self._pole(0)),)
        return tuple(
            Pole(self._pole(p), 1 if p == count - 1 or not self._vanishes(p) else 0) for p in range(count)
        )

    def _vanishes(self, p: int) -> bool:
        residue = self._residue(p, self._pole(p))
        return bool(residue == 0 or (residue.is_number and abs(residue.evalf(30)) < ZERO))

    def _residue(self, p: int, place: Expr) -> Expr:
        """The coefficient R_p, for J at ``place + 2``."""
        end = end_of(self.shape, p + 1)
        if p == 0:
            s = normal(place + 2)
            return end.first ** normal(2 - s) * (end.power + 1) ** s
        a = [*end.series, *[Integer(0)] * (p + 1)]
        return residue_factor(a, end.power, end.first, p, place + 2)

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``Phi(point + d)``, with ``terms`` coefficients."""
        p = self._order_of(point)
        if p is None:
            if terms == 1:
                return Laurent(0, (self.transform(point),))
            taylor = [
                diff(self.transform(_s), _s, i).xreplace({_s: point}) / factorial(i) for i in range(terms)
            ]
            return Laurent(0, tuple(taylor))
        if terms > 2:
            raise UnableError(f"a triple pole of {self.name}; not derived")
        power = end_of(self.shape, 1).power
        main = -self._residue(p, point) / (power + 1)
        moment = Laurent(-1, (main, self._finite(p, point))[:terms])
        fall = Laurent(0, (2 ** (-point - 2), -log(2) * 2 ** (-point - 2))[:terms])
        return moment * gamma_laurent(normal(point + 2), terms) * fall

    def _order_of(self, point: Expr) -> int | None:
        power = end_of(self.shape, 1).power
        p = normal((point + 2) * (power + 1) - 2 * power - 1)
        if not (p.is_Integer and p >= 0):
            return None
        simple = len(self.poles(int(p) + 2)) == 1
        return None if (simple and p > 0) or self._vanishes(int(p)) else int(p)

    def _finite(self, p: int, point: Expr) -> Expr:
        """What J has at its pole beside 1/d."""
        end = end_of(self.shape, 1)
        if not end.exact:
            return Moment(self.shape, u, point + 2, Integer(1))
        # (gamma + 1)^(s + d) f1^(2 - s - d)/(-(gamma + 1) d)
        value = self._residue(p, point)
        return -value * expand_log(log(end.power + 1) - log(end.first)) / (end.power + 1)
