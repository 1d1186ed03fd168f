"""Powers and logarithms of expansions, by the binomial series of their relative part.

Powers    powers of one expansion
split     its leading term, and the rest relative to it
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Rational, log, sympify

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.collection import Summands
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.ring import element
from asymptotics.expansions.terms import Term, product_bounds


class Powers:
    """Powers of one expansion, sharing the powers of its relative part u.

    >>> from asymptotics.expansions.expansion import expansion
    >>> from asymptotics.symbols import kappa
    >>> f = expansion(kappa, [Term(Integer(1), Integer(0)), Term(Integer(2), Integer(1))], depth=3)
    >>> Powers(f * f).power(Rational(1, 2))
    1 + 2*kappa + O(kappa**3)
    >>> Powers(f).power(-1)
    1 - 2*kappa + 4*kappa**2 + O(kappa**3)
    """

    def __init__(self, base: Expansion) -> None:
        self.base = base
        self.lead, self.u = split(base)
        self._u = [base.constant(Integer(1))]
        for _ in range(base.depth - 1 if self.u.bounds() else 0):
            self._u.append(self._u[-1] * self.u)
        self._left = tuple(product_bounds(self._u[-1].ends(), self.u.ends()))

    def _series(self, coefficients: list[Expr]) -> Expansion:
        """``sum_j coefficients[j] u^j`` over j < depth, the rest bounded by ``u^depth``."""
        summands: Summands = {}
        for c, v in zip(map(element, coefficients), self._u, strict=False):
            for t in v.terms:
                summands.setdefault(t.order, {}).setdefault(t.logs, []).append((c, t.element))
        bounds = [b for v in self._u for b in v.remainder]
        return self.base.gather(summands, (*bounds, *self._left))

    def relative(self, exponent: Expr) -> Expansion:
        """``(1 + u)**exponent``."""
        if exponent.is_Integer and 0 <= exponent <= self.base.depth:
            result = self.base.constant(Integer(1))
            for _ in range(int(exponent)):
                result = result * (self.u + 1)
            return result
        coefficients = [Integer(1)]
        for j in range(1, self.base.depth):
            coefficients.append(coefficients[-1] * normal(exponent - j + 1) / j)
        return self._series(coefficients)

    def power(self, exponent: Expr | int) -> Expansion:
        """``(lead (1 + u))**exponent``."""
        exponent = normal(Integer(exponent) if isinstance(exponent, int) else exponent)
        scale = self.lead.element.power(exponent)
        logs = exponent * self.lead.log_power, exponent * self.lead.loglog_power
        if not logs[1].is_Integer:
            raise UnableError(f"a power {exponent} of log(log) is not derived: {self.base!r}")
        lead = self.base.of_one(Term(scale, normal(exponent * self.lead.order), logs[0], int(logs[1])))
        return self.relative(exponent) * lead

    def logarithm(self) -> Expansion:
        """``log(lead (1 + u))``, where ``log(e) = -l``."""
        series = self._series(
            [Integer(0)] + [Rational((-1) ** (j + 1), j) for j in range(1, self.base.depth)]
        )
        m, n = self.lead.logs
        if n:
            raise UnableError(
                f"the logarithm of an expansion that leads with log(log) is not derived: {self.base!r}"
            )
        logs = (Term(-self.lead.order, Integer(0), 1), Term(sympify(m), Integer(0), 0, 1))
        return series + self.base.with_terms([Term(log(self.lead.coefficient), Integer(0)), *logs])


def split(series: Expansion) -> tuple[Term, Expansion]:
    """``(lead, u)`` with ``series = lead * (1 + u)`` and u -> 0."""
    lead = series.leading()
    inverse = series.of_one(
        Term(lead.element.inverse(), normal(-lead.order), -lead.log_power, -lead.loglog_power)
    )
    rest = replace(series, terms=tuple(t for t in series.terms if t is not lead))
    return lead, rest * inverse
