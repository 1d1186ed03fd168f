"""Terms with oscillating coefficients under an inverse Laplace transform, harmonic by harmonic."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Dummy, Expr, Integer, Symbol, binomial, diff, gamma

from asymptotics.errors import UnableError
from asymptotics.orders import Bound, Term
from asymptotics.oscillation import harmonics


@dataclass(frozen=True, slots=True, kw_only=True)
class InverseWaves:
    """The oscillating part of a transformed term, the mean that is left to transform, and what is bounded."""

    mean: Expr
    terms: tuple[Term, ...]
    bounds: tuple[Bound, ...]


def inverse_waves(term: Term, z: Symbol, time: Symbol) -> InverseWaves:
    """The inverse transform of ``(mean + sum a_i W_i(log z)) z^q log(z)^m``, z -> 0, without the mean.

    The harmonic ``z^(q + 2 pi i n/r)`` gives ``T^(-q - 1 - 2 pi i n/r)/Gamma(-q - 2 pi i n/r)``, and each
    logarithm a derivative in q; so the transform of W_i is divided by a Gamma function. A product of
    oscillations is only bounded, by its order.
    """
    q, m = term.order, term.log_power
    try:
        mean, waves = harmonics(term.coefficient)
    except UnableError:
        return InverseWaves(mean=Integer(0), terms=(), bounds=(Bound(q + 1, m),))
    moved = Dummy("q")
    terms = []
    for j in range(m + 1):
        parts = []
        for factor, wave in waves:

            def divided(G: Expr, s: Expr, location: Expr, rate: Expr, order: int = m - j) -> Expr:
                del rate
                slope = diff(1 / gamma(-moved - (s - location)), moved, order).subs(moved, q)
                return G * slope

            parts.append(factor * wave.modified(divided).xreplace({z: 1 / time}))
        terms.append(Term(Add(*parts) * binomial(m, j) * (-1) ** j, q + 1, j))
    return InverseWaves(mean=mean, terms=tuple(terms), bounds=())


__all__ = ["InverseWaves", "inverse_waves"]
