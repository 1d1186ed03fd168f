"""Terms and bounds of an expansion, their order on a domain, and coefficients that cancel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Add, Expr, Function, Integer, Rational, default_sort_key, simplify, zeta

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient * e**order * log(x)**log_power``, e = x or 1/x."""

    coefficient: Expr
    order: Expr
    log_power: int = 0


@dataclass(frozen=True, slots=True)
class Bound:
    """``O(e**order * log(x)**log_power)``."""

    order: Expr
    log_power: int = 0


@cached(maxsize=50_000)
def compare(domain: Domain, first: Expr, second: Expr) -> int | None:
    """1 if ``first < second`` on the domain (first is ahead), 0 if equal, -1 if greater, else None."""
    if first == second:
        return 0
    return domain.sign(second - first)


def absorbs(domain: Domain, bound: Bound, term: Term | Bound) -> bool:
    sign = compare(domain, bound.order, term.order)
    return sign == 1 or (sign == 0 and bound.log_power >= term.log_power)


def minimal(domain: Domain, bounds: Iterable[Bound]) -> list[Bound]:
    distinct = list(dict.fromkeys(bounds))
    return [
        b
        for b in distinct
        if not any(
            c is not b and absorbs(domain, c, b) and (c.order != b.order or c.log_power > b.log_power)
            for c in distinct
        )
    ]


@cached(maxsize=20_000)
def vanishes(expression: Expr, certain: bool = False) -> bool:
    """Whether a coefficient is identically zero.

    Decided by its value to 30 digits at two random rational points, with the values of zeta
    functions and regularised sums replaced by random numbers: a value that is not zero means
    that the summands do not cancel as expressions; zero at both points, relative to the
    summands, is taken as an identity. ``certain`` says that there was one summand only, so that
    only a literal zero vanishes.
    """
    if certain or not expression.is_Add:
        return bool(expression == 0)
    for seed in (7, 11):
        value, size = Integer(0), Integer(0)
        constants = (f for f in expression.atoms(Function) if isinstance(f, zeta) or hasattr(f, "opaque"))
        opaque = {
            f: Rational((seed * 7907 * (i + 2)) % 97 + 2, 89)
            for i, f in enumerate(sorted(constants, key=default_sort_key))
        }
        shown = expression.xreplace(opaque)
        point = {
            p: 2 + Rational((seed * 7919 * (i + 1)) % 101, 103) + Rational(i, 7)
            for i, p in enumerate(sorted(shown.free_symbols, key=lambda s: s.name))
        }
        for summand in Add.make_args(shown):
            number = summand.xreplace(point).evalf(30)
            value, size = value + number, size + abs(number)
        if not value.is_number or not (abs(value) <= Rational(1, 10**22) * size):
            return False
    return bool(size != 0 or simplify(expression) == 0)


__all__ = ["Bound", "Term", "absorbs", "compare", "minimal", "vanishes"]
