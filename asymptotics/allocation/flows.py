"""The laws of time that an allocation balances: those of frozen features, or of features that move.

    Flow         a time law and its changes by finite sizes, on a part of the task's domain
    flows_of     the flows on each part of it

A time law of features that move has one exponent where they grow for ever and one where they tend to a
constant, and the larger is never both: each is a part of its own. With ``gamma = g N^q``, q < 0, the network
is rich only from a time on that grows with N; since features that move never learn later, the loss is the
smaller of the two laws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Mul, Symbol, oo

from asymptotics.allocation.terms import LossTerm, terms_of_law
from asymptotics.domains.domain import POSITIVE, Domain, normal
from asymptotics.errors import UnableError
from asymptotics.laws.derive import Laws
from asymptotics.laws.law import Law
from asymptotics.model.features import Features
from asymptotics.symbols import N, gamma, t

ONE, ZERO = Integer(1), Integer(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The names of a time law and of its changes by finite sizes, with ``gamma = amount N^power`` in them.

    The lazy clock is at ``(gamma t)^stretch``, on the ``domain``.
    """

    time: str = "time"
    transient: str = "model_transient"
    data_transient: str = "data_transient"
    noise: str = "noise"
    amount: Expr = ONE
    power: Expr = ZERO
    stretch: Expr = ONE
    domain: Domain = POSITIVE

    def of_time(self, laws: Laws) -> Iterator[LossTerm]:
        return self._with_richness(getattr(laws, self.time))

    def of_transient(self, laws: Laws) -> Iterator[LossTerm]:
        return self._with_richness(getattr(laws, self.transient))

    def of_data(self, laws: Laws) -> Iterator[LossTerm]:
        return self._with_richness(getattr(laws, self.data_transient))

    def of_noise(self, laws: Laws) -> Iterator[LossTerm]:
        """Where features grow for ever (``stretch > 1``) noisy labels drive them, too.

        Where their loss is as large as the rest, to all orders: the coefficient of the first is none there
        (oo, which refuses to be used).
        """
        for term in self._with_richness(getattr(laws, self.noise)):
            yield term if self.stretch == 1 else replace(term, coefficient=oo, gap=oo)

    def _with_richness(self, law: Law) -> Iterator[LossTerm]:
        for term in terms_of_law(law):
            if self.domain.holding(*term.domain.constraints).is_empty() is True:
                continue
            powers = term.powers
            if self.power != 0 and (degree := _degree(term.coefficient)):
                powers = (*powers, (N, normal(-degree * self.power)))
            yield replace(term, powers=powers, coefficient=term.coefficient.xreplace({gamma: self.amount}))

    @property
    def pace(self) -> tuple[tuple[Symbol, Expr], ...]:
        """Powers of the resources in gamma."""
        return ((N, self.power),) if self.power != 0 else ()


LAZY_FLOW = Flow()


def flows_of(laws: Laws, features: Features) -> Iterator[Flow]:
    """The flows on each part of the domain; of several with one domain that with the smallest loss counts."""
    if features.amount == 0:
        yield LAZY_FLOW
        return
    for term in terms_of_law(laws.rich_time):
        yield from _flows_on(laws, features, term)


def _flows_on(laws: Laws, features: Features, term: LossTerm) -> Iterator[Flow]:
    """On the part where the time law leads with this term."""
    here = replace(LAZY_FLOW, domain=term.domain)
    lazy, *others = here.of_time(laws)
    if others:
        raise UnableError(f"{laws.time} has several regimes where features move alike; give numbers")
    if features.power != 0:
        yield here
    if features.power != 0 and _degree(term.coefficient) is None:
        # the scale of the features tends to a number that depends on gamma
        if term.domain.sign(features.power) != -1:
            raise UnableError(
                f"gamma ~ N**({features.power}) may grow with N where features tend to a constant scale; not "
                "derived; use a power of N that is not positive"
            )
        return
    yield Flow(
        time="rich_time",
        transient="rich_model_transient",
        data_transient="rich_data_transient",
        noise="rich_noise",
        amount=features.amount,
        power=features.power,
        stretch=normal(term.power(t) / lazy.power(t)),
        domain=term.domain,
    )


def _degree(coefficient: Expr) -> Expr | None:
    """The power of gamma in a coefficient; None where it is no power."""
    total = ZERO
    for factor in Mul.make_args(coefficient):
        base, exponent = factor.as_base_exp()
        if base.has(gamma):
            degree = normal(gamma * base.diff(gamma) / base)
            if degree.has(gamma):
                return None
            total += degree * exponent
    return normal(total)
