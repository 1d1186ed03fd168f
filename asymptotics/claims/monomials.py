r"""Monomials in several resources, ``t^-alpha N^-beta log(N)^k``, and which sums of them are of one order.

A monomial is at most the largest of others, up to a constant and along every path to infinity, unless there
are numbers ``X_i = log x_i >= 0`` with which it is larger than each of them:

    sum_i (alpha_ij - alpha_i) X_i > 0        for all j.

The X are eliminated one by one (Fourier and Motzkin), so that signs of expressions in the parameters
decide. Logarithms matter where powers tie. In two resources they are compared there: ``log t`` and ``log N``
are of one order where ``t ~ N^x``; beside ``N ~ 1`` or ``t ~ 1`` each counts by itself. In more, and for o
and omega, `paths` decides.

    Monomial                          powers, logarithms, and the coefficient
    monomials_of(expression, ...)     those of a sum
    is_below(one, others, sign)       whether it is at most the largest of others along every path
    is_far_below(one, others, sign)   whether it is of a smaller order than that
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Integer, Mul, Symbol, log

from asymptotics.claims.paths import Row, Sign, exists_path
from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Monomial:
    """``coefficient * prod x^-power * log(x)^log``, in the order of the resources."""

    powers: tuple[Expr, ...]
    logs: tuple[Expr, ...]
    coefficient: Expr = Integer(1)

    def written(self, resources: Sequence[Symbol]) -> Expr:
        """It as an expression, without its coefficient."""
        powers = (x ** normal(-p) for x, p in zip(resources, self.powers, strict=True))
        logs = (log(x) ** k for x, k in zip(resources, self.logs, strict=True))
        return Mul(*powers, *logs)

    @property
    def without_logs(self) -> Monomial:
        return replace(self, logs=(Integer(0),) * len(self.logs))


def monomials_of(expression: Expr, resources: Sequence[Symbol]) -> list[Monomial]:
    """The monomials of a sum. Raises `UnableError` for other terms.

    >>> from asymptotics.symbols import N, t
    >>> monomials_of(3*log(N)/N**2 + 1/t, (t, N))[1].powers
    (0, 2)
    """
    found = []
    for term in sorted(Add.make_args(expression), key=str):
        powers = term.as_powers_dict()
        logs = {x: powers.pop(log(x), Integer(0)) for x in resources}
        held = {x: powers.pop(x, Integer(0)) for x in resources}
        rest = Mul(*(base**power for base, power in powers.items()))
        if rest.has(*resources) or any(power.has(*resources) for power in (*logs.values(), *held.values())):
            names = " and ".join(map(str, resources))
            raise UnableError(f"{term} is no product of powers of {names}, and of their logarithms")
        found.append(
            Monomial(
                powers=tuple(normal(-p) for p in held.values()), logs=tuple(logs.values()), coefficient=rest
            )
        )
    return found


def is_below(one: Monomial, others: Iterable[Monomial], sign: Sign) -> bool:
    """Whether ``one`` is at most the largest of ``others`` along every path; ``sign`` decides expressions.

    >>> from asymptotics.symbols import N, t
    >>> both = monomials_of(1/t**2 + 1/N**2, (t, N))
    >>> sign = lambda e: int(bool(e > 0)) - int(bool(e < 0))
    >>> [is_below(monomials_of(x, (t, N))[0], both, sign) for x in (1/(t*N), 1/t)]
    [True, False]
    """
    rows = _rows(one, others)
    if all(k == 0 for row in rows for k in row.logs):
        return _covered([row.slopes for row in rows], sign)
    if len(one.powers) == 2:
        return _covered_with_logs(rows, sign)
    if not _covered([row.slopes for row in rows], sign):
        return False
    if any(_by_itself(row, sign) for row in rows):
        return True
    return not exists_path(rows, sign, grows=True)


def is_far_below(one: Monomial, others: Iterable[Monomial], sign: Sign) -> bool:
    """Whether ``one`` over the largest of ``others`` falls to 0 along every path on which all resources grow.

    >>> from asymptotics.symbols import N, t
    >>> both = monomials_of(1/t + 1/N, (t, N))
    >>> sign = lambda e: int(bool(e > 0)) - int(bool(e < 0))
    >>> [is_far_below(monomials_of(x, (t, N))[0], both, sign) for x in (1/(t*N), 1/t, 1/(t*N**-1))]
    [True, False, False]
    """
    return not exists_path(_rows(one, others), sign, grows=False)


def _rows(one: Monomial, others: Iterable[Monomial]) -> list[Row]:
    return [
        Row(
            tuple(normal(p - q) for p, q in zip(other.powers, one.powers, strict=True)),
            tuple(k - j for j, k in zip(other.logs, one.logs, strict=True)),
        )
        for other in others
    ]


def _covered(rows: list[tuple[Expr, ...]], sign: Sign) -> bool:
    """Whether no ``X >= 0`` has ``sum_i row_i X_i > 0`` for all rows."""
    signs = [tuple(sign(x) for x in row) for row in rows]
    if any(all(s <= 0 for s in row) for row in signs):
        return True
    if not rows or len(rows[0]) == 1:
        return False
    falls = [row for row, s in zip(rows, signs, strict=True) if s[-1] < 0]
    grows = [row for row, s in zip(rows, signs, strict=True) if s[-1] > 0]
    level = [row[:-1] for row, s in zip(rows, signs, strict=True) if s[-1] == 0]
    # the last X lies above 0 and what each growing row asks, and below what each falling row allows
    pairs = [
        tuple(normal(up[-1] * y - down[-1] * x) for x, y in zip(up[:-1], down[:-1], strict=True))
        for up in grows
        for down in falls
    ]
    return _covered([*level, *(row[:-1] for row in falls), *pairs], sign)


def _by_itself(row: Row, sign: Sign) -> bool:
    """Whether the other is as large along every path: a logarithm counts where its power ties."""
    return all(_bounded(s, k, sign) for s, k in zip(row.slopes, row.logs, strict=True))


def _bounded(slope: Expr, logs: Expr, sign: Sign) -> bool:
    first = sign(slope)
    return first < 0 or (first == 0 and sign(logs) <= 0)


def _covered_with_logs(rows: list[Row], sign: Sign) -> bool:
    """Of two resources: half-lines of ``t = N^x`` that begin early and late must meet, with logarithms."""
    early, late = [], []
    for row in rows:
        in_first, in_second = (_bounded(s, k, sign) for s, k in zip(row.slopes, row.logs, strict=True))
        if in_first and in_second:
            return True
        if in_second:
            early.append(row)
        elif in_first:
            late.append(row)
    return any(_meet(one, other, sign) for one in early for other in late)


def _meet(early: Row, late: Row, sign: Sign) -> bool:
    (s_early, o_early), (s_late, o_late) = early.slopes, late.slopes
    (j_early, k_early), (j_late, k_late) = early.logs, late.logs
    apart = sign(o_late * s_early - o_early * s_late)
    if apart:
        return apart < 0
    if sign(s_early) == 0 == sign(s_late):  # only logarithms of the first resource count
        return sign(o_late * j_early - o_early * j_late) <= 0
    if sign(o_early) == 0 == sign(o_late):
        return sign(k_late * s_early - k_early * s_late) <= 0
    return sign((j_late + k_late) * s_early - (j_early + k_early) * s_late) <= 0
