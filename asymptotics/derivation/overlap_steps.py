"""Steps of two-time quantities: the overlaps of powers, and of what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sympy import Eq, Expr, Integer, Symbol, gamma

from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.symbols import FinitePartIntegral
from asymptotics.derivation.text import Reason, say
from asymptotics.domains.domain import normal
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Term
from asymptotics.model.expander import Found
from asymptotics.model.operators import Overlap, past
from asymptotics.transforms.overlap import antisymmetric_overlap, half_convolution

v = Symbol("v", positive=True)


def overlap_steps(head: Expr, found: Found) -> Iterator[Step]:
    """The steps of an overlap or a half convolution that is called ``head``."""
    first, second = (part.series for part in found.parts)
    fold = antisymmetric_overlap if isinstance(found.node, Overlap) else half_convolution
    for one in first.terms:
        for two in second.terms:
            step = _pair(found, one, two, fold)
            if step is not None:
                yield step
    yield Step(
        equation=asymptotic(head, found.series),
        reason=Reason(
            "Both contours may stay at distance 1/t from the singularity at 0, so that the overlap is "
            "expanded term by term."
        ),
        source="Watson's lemma for a double contour; Doetsch 1974, section 37",
    )


def _pair(found: Found, one: Term, two: Term, fold: Callable[..., Expansion]) -> Step | None:
    """The overlap of two powers that stays in the expansion, if it has no logarithm and does not vanish."""
    time, (a, b) = found.series.variable, (part.series for part in found.parts)
    z = b.variable
    first = a.with_terms([replace(one, coefficient=Integer(1))])
    second = b.with_terms([replace(two, coefficient=Integer(1))])
    value = fold(first, second, time)
    kept = {t.order for t in found.series.terms}
    if one.log_power or two.log_power or not value.terms or value.terms[0].order not in kept:
        return None
    p, q = first.exponent(one.order), two.order
    if isinstance(found.node, Overlap):
        left: Expr = Overlap(z**p, z, z**q, time).meaning()
        words = say("The overlap of two powers {} and {}.", z**p, z**q)
    elif q.is_integer and q.is_nonnegative:
        return None  # a moment of the second function: no integral over powers
    else:
        # x = t v; the function behind z^q is x^(-q - 1)/Gamma(-q)
        left = 2 * time ** (p - q) / gamma(-q) * FinitePartIntegral((2 - v) ** p, normal(-q - 1), v)
        words = say(
            "The overlap of the powers {} and {} of both functions, a finite part.", past**p, past ** (-q - 1)
        )
    return Step(
        equation=Eq(left, value.as_expr(), evaluate=False),
        reason=words,
        source="Euler's integral for 2F1, DLMF 15.6.1, continued",
    )
