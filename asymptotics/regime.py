"""A regime of a law: the part of the task's domain on which one term of an expansion is ahead of all others.

Regime      what leads where a condition holds
limit_of    where the resource tends to
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Expr, Integer, Symbol, fraction, log, oo, sympify, together
from sympy.logic.boolalg import Boolean

from asymptotics.domains.domain import (
    POSITIVE,
    Domain,
    conjuncts,
    normal,
)
from asymptotics.expansions.gauges import as_power, sizes_in
from asymptotics.parsing.heights import substitute

NOT_EXCLUDED = "where the prefactor vanishes, which is not excluded, the next term leads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """``loss ~ envelope * prefactor * x**(-exponent) * log(x)**log_power`` where ``condition`` holds.

    x is the resource or, where the law is not a power of it, the function ``gauge`` of it (exp(N) for an
    exponential law). ``remainder`` is the exponent of what follows: a Min over the candidates, which stand in
    ``behind`` with their powers of log(x); oo if the rest is smaller than every power. Where it is smaller
    by a slow function only (1/log x), that is ``relative``, and log_power need not be whole. ``doubt`` says
    what is not proved of zeros: of the prefactor in the regime, or of terms taken as 0. ``domain`` is
    the condition together with those of the task.
    """

    condition: Boolean
    exponent: Expr
    prefactor: Expr
    log_power: int | Expr = 0
    remainder: Expr = oo
    domain: Domain = POSITIVE
    gauge: Expr | None = None
    envelope: Expr = Integer(1)
    relative: Expr | None = None
    doubt: str = ""
    behind: tuple[tuple[Expr, Expr], ...] = field(default=(), compare=False)

    def variable(self, resource: Symbol) -> Expr:
        """x: the resource, or the function of it whose powers the law is made of."""
        return resource if self.gauge is None else self.gauge

    def limit(self, resource: Symbol) -> Expr:
        """Where the resource tends to, x -> oo: the edge M of ``x = 1/(M - N)``, else oo."""
        return limit_of(self.variable(resource), resource)

    def power(self, resource: Symbol) -> Expr:
        """``envelope * x**(-exponent)``."""
        return self.envelope * as_power(self.variable(resource), -self.exponent)

    def leading(self, resource: Symbol) -> Expr:
        """The leading term."""
        return self.prefactor * self.power(resource) * self._logarithm(resource, self.log_power)

    def bound(self, resource: Symbol) -> Expr:
        """What is in the O(...) of the remainder; 0 if it is smaller than every power.

        Up to logarithms where `remainder_logs` is None. It has the `sizes` of the leading term.
        """
        if self.remainder == oo:
            return Integer(0)
        power = self.sizes(resource) * self.envelope * as_power(self.variable(resource), -self.remainder)
        return power * self._logarithm(resource, self.remainder_logs or 0)

    def sizes(self, resource: Symbol) -> Expr:
        """The powers of other resources in the prefactor, such as the 1/P of what samples add."""
        return sizes_in([self.prefactor], resource)

    @property
    def remainder_logs(self) -> Expr | None:
        """The power of log(x) in the remainder; None where candidates may meet, which brings further ones."""
        for here in self.behind:
            if all(other is here or (other[0] - here[0]).is_positive for other in self.behind):
                return here[1]
        return None

    @property
    def hides_logs(self) -> bool:
        """Whether the remainder is known up to logarithms only."""
        return self.remainder != oo and self.relative is None and self.remainder_logs is None

    def _logarithm(self, resource: Symbol, power: int | Expr) -> Expr:
        base, rate = log(self.variable(resource)).as_base_exp()
        return base ** normal(rate * power)

    def with_numbers(
        self, table: dict[Symbol, Expr], condition: Boolean, prefactor: Expr, domain: Domain
    ) -> Regime:
        """The regime with numbers for symbols, and with what they leave of its condition and prefactor."""
        open_ = any(c.free_symbols & prefactor.free_symbols for c in domain.constraints)
        doubt = self.doubt if open_ or self.doubt != NOT_EXCLUDED else ""
        parts = {name: getattr(self, name) for name in ("exponent", "remainder", "gauge", "envelope")}
        parts |= {"log_power": sympify(self.log_power), "relative": self.relative}
        values: dict[str, Any] = {
            name: None if part is None else substitute(part, table) for name, part in parts.items()
        }
        behind = tuple((substitute(p, table), substitute(m, table)) for p, m in self.behind)
        values |= {"condition": condition, "prefactor": prefactor, "doubt": doubt, "domain": domain}
        return replace(self, behind=behind, **values)

    @property
    def is_power(self) -> bool:
        """Whether the law is a power (and logarithm) of its resource itself."""
        return self.gauge is None and self.envelope == 1

    @property
    def is_boundary(self) -> bool:
        """Whether the regime is a line where two exponents meet, not an open set."""
        return any(part.is_Relational and part.rel_op == "==" for part in conjuncts(self.condition))


def limit_of(gauge: Expr, resource: Symbol) -> Expr:
    """Where ``gauge -> oo``: M for ``1/(M - N)``, else oo."""
    denominator = fraction(together(gauge))[1]
    slope = denominator.diff(resource)
    if slope == 0 or slope.has(resource):
        return oo
    return normal(resource - denominator / slope)
