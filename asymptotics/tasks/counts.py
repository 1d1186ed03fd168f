"""The check that a multiplicity is a sequence of integers >= 0.

check_multiplicity(task)    raises `SpectrumError` if it is not
"""

from __future__ import annotations

from itertools import chain

from sympy import Expr, Poly, nan, oo, zoo

from asymptotics.caches import cached
from asymptotics.errors import SpectrumError
from asymptotics.expansions.gamma_products import without_gammas
from asymptotics.tasks.task import Task

CHECKED = 64
"""Levels at which a multiplicity that is not a polynomial is looked at one by one."""
FAR = tuple(10**j for j in range(2, 9))
"""Levels beyond those, at which the sign of a polynomial is looked at."""


@cached(maxsize=256)
def check_multiplicity(task: Task) -> None:
    """Raise `SpectrumError` if the multiplicity of a task is not a sequence of integers >= 0.

    That polynomials are whole is proved, from as many successive values as the degree + 1; all else is
    looked at on 64 levels, and the sign of polynomials on seven more, to k = 10^8. With parameters
    besides k nothing is decided before they have numbers.

    >>> from asymptotics.symbols import k
    >>> check_multiplicity(Task(eigenvalues=k**-2, target=k**-2, multiplicity=k * (k + 1) / 2))
    >>> check_multiplicity(Task(eigenvalues=k**-2, target=k**-2, multiplicity=k / 2))
    Traceback (most recent call last):
        ...
    asymptotics.errors.SpectrumError: multiplicity k/2 = 1/2 at k = 1; the number of modes of a level \
must be an integer >= 0
    """
    count, index = without_gammas(task.multiplicity, task.index), task.index
    if count.is_Integer and count.is_positive:
        return
    if count.free_symbols - {index}:
        return
    polynomial = Poly(count, index) if count.is_polynomial(index) else None
    degree = polynomial.degree() if polynomial else 0
    if polynomial and all(c.is_Integer and c.is_nonnegative for c in polynomial.all_coeffs()):
        return
    # factorials at k = 10^8 would be numbers of a billion digits
    for level in chain(range(1, max(CHECKED, degree + 1) + 1), FAR if polynomial else ()):
        if task.modes.is_number and level > task.modes:
            return
        value = polynomial.eval(level) if polynomial else task.multiplicity.subs(index, level)
        if not value.is_Rational:
            value = value.evalf(30)
            near = value.round() if value.is_real else nan
            value = near if near is not nan and abs(value - near) < 1e-12 * (1 + abs(near)) else value
        if not (value.is_Integer and value >= 0):
            shown = "is not a number" if value.has(nan, zoo, oo) else f"= {_short(value)}"
            raise SpectrumError(
                f"multiplicity {task.multiplicity} {shown} at {index} = {level}; "
                "the number of modes of a level must be an integer >= 0"
            )


def _short(value: Expr) -> Expr:
    return value if value.is_Rational else value.evalf(6)
