"""One monomial of a loss, as a law leads with it.

STEPS       X, the steps of a schedule
LossTerm    coefficient and powers, and by how much what follows is smaller
terms_of_law    those of a law, regime by regime
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Expr, Integer, Mul, Symbol, log, oo

from asymptotics.domains.domain import POSITIVE, Domain, normal
from asymptotics.errors import UnableError
from asymptotics.laws.law import Law

STEPS = Symbol("X", positive=True)
STEPS_WORDS = ": sum of the steps over the mean height of the schedule"
"""After X, what it is: eta t for steps ``eta f``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossTerm:
    """``coefficient * prod x^-power * log(variable)^log_power``, one monomial of the loss.

    ``powers`` are pairs (resource, power); ``gap`` is by which power of ``variable`` the next order of the
    same law is smaller, where ``domain`` holds (oo: by more than any). ``scale`` are the powers in a
    logarithm that is one of a product: it is none where the product stays at a constant.
    """

    powers: tuple[tuple[Symbol, Expr], ...]
    coefficient: Expr
    law: str
    variable: Symbol
    log_power: Expr | int = 0
    gap: Expr = oo
    domain: Domain = POSITIVE
    scale: tuple[tuple[Symbol, Expr], ...] = ()

    @property
    def monomial(self) -> Expr:
        """The term without its coefficient.

        >>> from asymptotics.symbols import N, t
        >>> powers = ((t, Integer(2)), (N, Integer(1)))
        >>> LossTerm(powers=powers, coefficient=Integer(3), law="", variable=t).monomial
        1/(N*t**2)
        """
        return Mul(*(x ** normal(-p) for x, p in self.powers)) * log(self.variable) ** self.log_power

    def power(self, resource: Symbol) -> Expr:
        """The power with which the term falls in a resource."""
        return dict(self.powers).get(resource, Integer(0))


def terms_of_law(law: Law) -> Iterator[LossTerm]:
    """The leading terms of a law in its regimes; those on a boundary where it holds everywhere."""
    for regime in law.regimes:
        if regime.is_boundary:
            continue
        if not regime.is_power:
            raise UnableError(
                f"the {law.name} law {regime.leading(law.resource)} is not a power of {law.resource}: "
                "budgets are split between powers; not derived"
            )
        yield LossTerm(
            powers=((law.resource, normal(regime.exponent)),),
            coefficient=regime.prefactor,
            law=law.name,
            variable=law.resource,
            log_power=regime.log_power,
            gap=oo if regime.remainder == oo else regime.remainder - regime.exponent,
            domain=regime.domain,
        )
