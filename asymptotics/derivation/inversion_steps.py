"""Steps of an inverse Laplace transform: its expansion at late times from that of the transform at 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Eq, Integer

from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.text import say
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.variables import inverse_laplace
from asymptotics.model.operators import InverseLaplace


def inversion_steps(exact: InverseLaplace, before: Expansion, found: Expansion) -> Iterator[Step]:
    """The image of each power, and the transform term by term."""
    _, x, time = exact.args
    for term in before.terms:
        if term.loglog_power or not isinstance(term.log_power, int) or term.log_power < 0:
            continue
        monomial = before.with_terms([replace(term, coefficient=Integer(1))])
        image = inverse_laplace(monomial, time)
        if image.terms:
            yield Step(
                equation=Eq(
                    InverseLaplace(before.monomial_of(term), x, time), image.as_expr(), evaluate=False
                ),
                reason="Hankel's integral for 1/Gamma.",
                source="DLMF 5.9.2",
            )
    yield Step(
        equation=asymptotic(exact, found),
        reason=say(
            "The singularity at {} decides the large-time behaviour, term by term (Watson's lemma); "
            "whole powers are analytic and leave nothing.",
            Eq(x, 0, evaluate=False),  # x is positive: evaluated, this would be False
        ),
        source="DLMF 2.3(ii) and 5.9.2; Doetsch 1974, section 37",
    )
