r"""Paths to infinity along which one monomial is as large as others, with their logarithms; any resources.

Let ``X_i = log x_i`` and ``f_j = sum_i r_ji X_i + k_ji log X_i`` the logarithm of a monomial over the j-th of
others. It is larger than all of these along a path where every f_j grows, and as large where every f_j stays
above some number while every X_i grows.

Without logarithms the second is an X > 0 with ``r_j X >= 0`` for all j: where there is none, Motzkin's
theorem has multipliers ``nu, mu >= 0`` with ``sum_j nu_j f_j = -sum_i mu_i X_i``, which falls. With
logarithms, let ``X = lambda d + e``, d on a face of ``{X >= 0, r X >= 0}``, and ``Lambda = log lambda``. Rows
that vanish at d have ``f_j = r_j e + K_j Lambda``, K_j the sum of their k_ji over the resources with d_i > 0,
and the same theorem decides on (e, Lambda). The resources with d_i = 0 grow slower, and so do their
logarithms: where these could decide, it is left open.

    Row                                           ``log(one/other)``
    exists_path(rows, sign, grows)                whether there is one of the first kind, or of the second
    is_feasible(constraints, sign)                whether linear relations have a solution (Fourier, Motzkin)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from sympy import Add, Expr, Integer

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError

Sign = Callable[[Expr], int]
ZERO, ONE = Integer(0), Integer(1)


class LogarithmsError(UnableError):
    """Logarithms of resources of several paces, where powers tie."""

    reason = "logarithms of resources of several paces are not compared where powers tie"


class Row(NamedTuple):
    """``log(one/other)`` as ``sum slopes_i X_i + sum logs_i log X_i``."""

    slopes: tuple[Expr, ...]
    logs: tuple[Expr, ...]


class Relation(NamedTuple):
    """``sum_i slopes_i X_i`` is ``>``, ``>=`` or ``=`` 0."""

    slopes: tuple[Expr, ...]
    kind: str


def exists_path(rows: Sequence[Row], sign: Sign, *, grows: bool) -> bool:
    """Whether all rows grow along some path; or stay above some number along one where every X grows.

    Raises `LogarithmsError` where that is not decided.

    >>> sign = lambda e: int(bool(e > 0)) - int(bool(e < 0))
    >>> both = [Row((-ONE, ONE), (ZERO, ZERO)), Row((ONE, -ONE), (ZERO, ZERO))]        # N/t and t/N
    >>> exists_path(both, sign, grows=True), exists_path(both, sign, grows=False)       # along N = t
    (False, True)
    """
    found = _exists(rows, sign, ">" if grows else ">=")
    if found is None:
        raise LogarithmsError(LogarithmsError.reason)
    return found


def _exists(rows: Sequence[Row], sign: Sign, above: str) -> bool | None:
    """The same for rows that are to be ``above`` 0; None where that is not decided."""
    width = len(rows[0].slopes) if rows else 0
    if any(_falls(row, sign) for row in rows):
        return False
    if all(k == 0 for row in rows for k in row.logs):
        every = [Relation(row.slopes, above) for row in rows]
        return is_feasible([*every, *(Relation(x, ">") for x in _units(width))], sign)
    found = [_along(rows, slow, tight, sign, above) for slow, tight in _faces(rows, width, sign)]
    return True if True in found else None if None in found else False


def _falls(row: Row, sign: Sign) -> bool:
    """Whether it falls along every path on which all resources grow."""
    signs = [(sign(s), sign(k)) for s, k in zip(row.slopes, row.logs, strict=True)]
    return all(s < 0 or (s == 0 and k <= 0) for s, k in signs) and any(s < 0 or k < 0 for s, k in signs)


def _units(width: int) -> list[tuple[Expr, ...]]:
    return [tuple(ONE if i == j else ZERO for i in range(width)) for j in range(width)]


def _subsets(items: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return (chosen for size in range(len(items) + 1) for chosen in combinations(items, size))


def _faces(rows: Sequence[Row], width: int, sign: Sign) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The faces of the cone: which resources are slow there, and which rows vanish."""
    units = _units(width)
    for slow in _subsets(range(width)):
        if len(slow) == width:
            continue
        inside = [{sign(s) for i, s in enumerate(row.slopes) if i not in slow} for row in rows]
        if any(signs <= {0, -1} and -1 in signs for signs in inside):
            continue
        always = [j for j, signs in enumerate(inside) if signs == {0}]
        either = [j for j, signs in enumerate(inside) if {1, -1} <= signs]
        here = [Relation(x, "=" if i in slow else ">") for i, x in enumerate(units)]
        for chosen in _subsets(either):
            tight = (*always, *chosen)
            kinds = (Relation(row.slopes, "=" if j in tight else ">") for j, row in enumerate(rows))
            if is_feasible([*here, *kinds], sign):
                yield slow, tight


def _along(
    rows: Sequence[Row], slow: tuple[int, ...], tight: tuple[int, ...], sign: Sign, above: str
) -> bool | None:
    """Whether such a path leads along a face: on (e, Lambda), and y where logarithms of slow ones stand.

    None where only logarithms of the slow ones could decide.
    """
    width = len(rows[0].slopes)
    fast = [i for i in range(width) if i not in slow]
    inner = [i for i in slow if any(rows[j].logs[i] != 0 for j in tight)]
    if inner and all(sign(x[i]) == 0 for j in tight for x in rows[j] for i in fast):
        # the fast ones leave what the slow ones do alone
        return _exists([Row(*(tuple(x[i] for i in slow) for x in rows[j])) for j in tight], sign, above)
    count = width + 1 + len(inner)
    units = _units(count)
    pace = Relation(units[width], ">")
    spread = [Relation(units[i], ">" if above == ">=" else ">=") for i in slow]
    slower = [Relation(units[width + 1 + n], ">=") for n in range(len(inner))]
    behind = [
        Relation(tuple(p - q for p, q in zip(units[width], units[width + 1 + n], strict=True)), ">=")
        for n in range(len(inner))
    ]

    def ask(with_slow: bool, kind: str) -> bool:
        asked = []
        for j in tight:
            logs = rows[j].logs
            tail = (Add(*(logs[i] for i in fast)), *(logs[i] if with_slow else ZERO for i in inner))
            asked.append(Relation((*rows[j].slopes, *tail), kind))
        return is_feasible([*asked, pace, *spread, *slower, *behind], sign)

    if not ask(True, above):
        return False
    return True if not inner or ask(False, ">") else None


def is_feasible(constraints: Sequence[Relation], sign: Sign) -> bool:
    """Whether some X fulfils all relations; the last variable is eliminated, one after the other.

    >>> sign = lambda e: int(bool(e > 0)) - int(bool(e < 0))
    >>> above, below = Relation((ONE, -ONE), ">="), Relation((-ONE, ONE), ">=")
    >>> is_feasible([above, below], sign), is_feasible([above, below._replace(kind=">")], sign)
    (True, False)
    """
    if not constraints:
        return True
    if not constraints[0].slopes:
        return all(relation.kind != ">" for relation in constraints)
    signs = [sign(relation.slopes[-1]) for relation in constraints]
    pairs = list(zip(constraints, signs, strict=True))
    edge = next(((x, s) for x, s in pairs if s and x.kind == "="), None)
    if edge is not None:
        left = [_combined(x, s, *edge) if s else _shorter(x) for x, s in pairs if x is not edge[0]]
        return is_feasible(left, sign)
    up, down = ([x for x, s in pairs if s == way] for way in (1, -1))
    both = [_combined(x, 1, y, -1) for x in up for y in down]
    return is_feasible([*(_shorter(x) for x, s in pairs if s == 0), *both], sign)


def _shorter(relation: Relation) -> Relation:
    return relation._replace(slopes=relation.slopes[:-1])


def _combined(one: Relation, way: int, other: Relation, other_way: int) -> Relation:
    """The sum of the two, each times a number > 0 (an equation times any) that cancels the last variable."""
    turned = -1 if way == other_way else 1  # then the other is an equation
    weight, beside = _size(other.slopes[-1], other_way), turned * _size(one.slopes[-1], way)
    slopes = tuple(
        normal(weight * x + beside * y) for x, y in zip(one.slopes[:-1], other.slopes[:-1], strict=True)
    )
    kinds = {one.kind, other.kind} - {"="}
    return Relation(slopes, ">" if ">" in kinds else ">=" if kinds else "=")


def _size(expression: Expr, way: int) -> Expr:
    return expression if way > 0 else -expression
