"""Lagrange's series in 1/N or 1/P, in derivatives of named sums.

coefficient(function, letter, order)   one coefficient of it
resolve(function)                      sums that stand for others, by these
"""

from __future__ import annotations

from sympy import Add, Derivative, Dummy, Expr, Integer, Symbol, diff, factorial
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.errors import UnableError
from asymptotics.model.equations import moving
from asymptotics.model.operators import InverseLaplace, Overlap
from asymptotics.model.sums import SUMS, V, Xi, df1, df2, named

_kappa = Dummy("kappa", positive=True)


def resolve(function: Expr) -> Expr:
    """The function without sums that stand for others."""
    calls = {call: named(call) for call in function.atoms(AppliedUndef) if call.func.__name__ in SUMS}
    return function.xreplace({call: one.through(*call.args) for call, one in calls.items() if one.through})


@cached(maxsize=512)
def coefficient(function: Expr, letter: Symbol, order: int) -> Expr:
    """``[letter**order] function`` in derivatives of named sums.

    Of a function of zeta and of the moving ridge ``kappa = zeta + epsilon kappa df1(kappa)`` it is, at
    kappa = zeta and with zeta held fixed, ``1/n! (d/dkappa)^(n-1) [ (kappa df1(kappa))^n df/dkappa ]``
    (Lagrange, DLMF 1.10.13).

    >>> from asymptotics.model.equations import MODEL_LOSS
    >>> from asymptotics.model.operators import epsilon
    >>> coefficient(MODEL_LOSS, epsilon, 1)
    InverseLaplace(df_1(zeta)*Derivative(Xi(zeta), zeta), zeta -> 2*t)
    """
    if not function.has_free(letter):
        return function if order == 0 else Integer(0)
    if isinstance(function, InverseLaplace):
        transform, z, moment = function.args
        return InverseLaplace(coefficient(transform, letter, order), z, moment)
    if isinstance(function, Overlap):
        first, z, second, moment = function.args
        ones, others = ([coefficient(f, letter, i) for i in range(order + 1)] for f in (first, second))
        return Add(*(Overlap(f, z, g, moment) for f, g in zip(ones, reversed(others), strict=True)))
    if function.is_Add and function.has(Overlap):
        return Add(*(coefficient(term, letter, order) for term in function.args))
    alone, moved = function.as_independent(letter, as_Add=False)
    return alone * (_lagrange(moved, order) if alone == 1 else coefficient(moved, letter, order))


def _lagrange(function: Expr, order: int) -> Expr:
    """Lagrange's series for a function of the moving ridge and of zeta.

    Where there is a second one, beyond the spectrum, its series comes first, in sums without derivatives.
    """
    call, *others = sorted(function.atoms(moving), key=lambda c: c.args[0].is_Symbol)
    zeta = call.args[0]
    free = function.xreplace({call: _kappa})
    if others:
        pieces = [free.xreplace({_kappa: zeta})]
        if order:
            slopes = {Xi(_kappa): V(_kappa), df1(_kappa): df2(_kappa) - df1(_kappa)}
            table = {Derivative(f, _kappa): slope / _kappa for f, slope in slopes.items()}
            change = (_kappa * df1(_kappa) * diff(free, _kappa)).xreplace(table)
            pieces.append(change.xreplace({_kappa: zeta}))
        if order > 1:
            raise UnableError(f"{function} is expanded to first order in 1/N; not derived further")
        return Add(*(_lagrange(piece, order - n) for n, piece in enumerate(pieces)))
    if order == 0:
        return free.xreplace({_kappa: zeta})
    product = (_kappa * df1(_kappa)) ** order * diff(free, _kappa)
    if free.has_free(zeta):  # zeta is held fixed
        for _ in range(order - 1):
            product = diff(product, _kappa)
        product = product.xreplace({_kappa: zeta})
    else:
        product = product.xreplace({_kappa: zeta})
        product = Derivative(product, (zeta, order - 1)) if order > 1 else product
    return product / factorial(order)
