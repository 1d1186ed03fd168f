r"""Constants that a claim may write as the law itself does: sums over modes, hypergeometric functions.

Text and LaTeX are read over a closed list of functions (`asymptotics.parsing`). What a law has besides them,
as ``\sum_{k} ...``, is read where it stands as the law writes it.

    signs_of(law, letters)    the LaTeX of each such constant, and what it means
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Basic, Expr, Mul, Pow, cos, cot, exp, gamma, log, sin, tan, zeta

from asymptotics.laws.law import Law
from asymptotics.notation import Notation, restate
from asymptotics.typesetting import tex

READ = (Add, Mul, Pow, cos, cot, exp, gamma, log, sin, tan, zeta)


def signs_of(law: Law, letters: Notation) -> dict[str, Expr]:
    """What is read only as the law writes it, in the ``letters`` of a paper, by its LaTeX.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.notation import OURS
    >>> [str(meant) for meant in signs_of(derive(power_law(3, 2)).gap, OURS).values()]
    ['atanh(sqrt(2)/2)']
    """
    meant = dict((*letters.inverse, *letters.resources))
    parts = (part for regime in restate(law.regimes, letters) for part in _opaque(regime.prefactor))
    return {tex(part): part.xreplace(meant) for part in parts}


def _opaque(expression: Basic) -> Iterator[Expr]:
    if isinstance(expression, READ) and (not isinstance(expression, zeta) or len(expression.args) == 1):
        for part in expression.args:
            yield from _opaque(part)
    elif expression.args:
        yield expression
