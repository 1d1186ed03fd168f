"""Steps of two-time quantities: the kernel by partial fractions, and the overlaps of powers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sympy import (
    Eq,
    Integer,
    Symbol,
    gamma,
)

from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.symbols import FinitePartIntegral
from asymptotics.derivation.text import Reason, say
from asymptotics.derivation.trace import (
    OverlapFound,
    without_trace,
)
from asymptotics.domains.domain import normal
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Term
from asymptotics.model.operators import InverseLaplace
from asymptotics.transforms.overlap import antisymmetric_overlap, half_convolution

v, past = Symbol("v", positive=True), Symbol("x", positive=True)


def overlap_steps(event: OverlapFound) -> Iterator[Step]:
    origin = event.origin
    fold = antisymmetric_overlap if origin.antisymmetric else half_convolution
    yield Step(
        equation=Eq(event.head, event.meaning, evaluate=False),
        reason=Reason(
            "The two-time kernel by partial fractions, at equal times."
            if origin.antisymmetric
            else "Of two times one runs on to 2t: data are reused."
        ),
        source="BAP, appendix C; DLMF 3.3.6",
    )
    for one in origin.first.terms:
        for two in origin.second.terms:
            step = _pair(event, one, two, fold)
            if step is not None:
                yield step
    yield Step(
        equation=asymptotic(event.head, event.found),
        reason=Reason(
            "Both contours may stay at distance 1/t from the singularity at 0, so that the overlap is "
            "expanded term by term."
        ),
        source="Watson's lemma for a double contour; Doetsch 1974, section 37",
    )


def _pair(event: OverlapFound, one: Term, two: Term, fold: Callable[..., Expansion]) -> Step | None:
    """The overlap of two powers that stays in the expansion, if it has no logarithm and does not vanish."""
    origin, time = event.origin, event.origin.variable
    z, w = origin.second.variable, Symbol("z'", positive=True)
    first = without_trace(origin.first).with_terms([replace(one, coefficient=Integer(1))])
    second = without_trace(origin.second).with_terms([replace(two, coefficient=Integer(1))])
    value = fold(first, second, time)
    kept = {t.order for t in event.found.terms}
    if one.log_power or two.log_power or not value.terms or value.terms[0].order not in kept:
        return None
    p, q = first.exponent(one.order), two.order
    if origin.antisymmetric:
        both = (z**p * w**q - w**p * z**q) / (w - z)
        left = InverseLaplace(InverseLaplace(both, z, time), w, time)
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


__all__ = ["overlap_steps"]
