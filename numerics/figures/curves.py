"""A verification as curves, whatever draws them: law, full model, remainder, predicted slope.

curves_of(verification)    the curves of both panels
names_of(verification)     what stands at their axes
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import mpmath
import sympy
from sympy import Expr, oo

from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES
from numerics.verification.judge import Point
from numerics.verification.verify import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One curve of the picture, both axes logarithmic; ``role`` says how it is drawn."""

    role: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    label: str


def curves_of(v: Verification) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
    """What is drawn: law and full model above; the remainder, its bounds and the predicted slope beneath."""
    x = _places(v, v.points)
    law = "law, with all its logarithms" if v.all_logarithms else "law"
    above = (
        Curve(role="law", x=x, y=tuple(float(abs(p.law)) for p in v.points), label=law),
        Curve(role="model", x=x, y=tuple(abs(float(p.loss)) for p in v.points), label="full model"),
    )
    seen = [p for p in v.points if abs(p.remainder) > p.remainder_error]
    bounded = [p for p in v.points if abs(p.remainder) <= p.remainder_error and p.remainder_error > 0]
    beneath = []
    if seen:
        y = tuple(float(abs(p.remainder)) for p in seen)
        beneath.append(Curve(role="model", x=_places(v, seen), y=y, label="full model"))
    if bounded:
        y = tuple(float(p.remainder_error) for p in bounded)
        beneath.append(Curve(role="bound", x=_places(v, bounded), y=y, label="below the numerical error"))
    if seen and v.predicted not in (oo, sympy.nan):
        slope = mpmath.mpf(sympy.N(v.predicted, 20))
        # Far out the next term is alone; where the law does not hold, nothing there belongs to it.
        anchor = seen[-1] if v else seen[0]
        y = tuple(float(abs(anchor.remainder) * (p.scale / anchor.scale) ** -slope) for p in seen)
        label = f"predicted slope $-{_group(v.predicted)}$"
        beneath.append(Curve(role="slope", x=_places(v, seen), y=y, label=label))
    return above, tuple(beneath)


def names_of(v: Verification) -> tuple[str, str]:
    """The abscissa and the quantity in TeX."""
    regime = v.law.regimes[0]
    x = v.law.resource if regime.limit(v.law.resource) == oo else regime.variable(v.law.resource)
    return sympy.latex(x), "L" if v.law.name in BOTTLENECKS else rf"|{QUANTITIES[v.law.name].tex}|"


def _places(v: Verification, points: Iterable[Point]) -> tuple[float, ...]:
    """The abscissae: resources, or ``1/(M - N)`` for a law towards an edge M."""
    towards = v.law.regimes[0].limit(v.law.resource)
    return tuple(float(p.resource if towards == oo else p.scale) for p in points)


def _group(exponent: Expr) -> str:
    """Exact where that is short, else a decimal; in brackets where a minus sign before it needs them."""
    text = str(exponent)
    if len(text) > 12:
        text = mpmath.nstr(mpmath.mpf(sympy.N(exponent, 20)), 8)
    return text if exponent.is_Rational or len(str(exponent)) > 12 else f"({text})"
