"""Sums over the modes of a task of any function that has a Mellin transform (harmonic sums).

    S(x) = sum_k m_k c_k phi(x lambda_k),        x -> oo  or  x -> 0

With ``f(u) = u^-beta phi(u)``, beta chosen so that ``sum m c lambda^beta`` is finite, S is ``x^beta`` times
the sum of f over the task whose target is ``c lambda^beta``, which the families of `asymptotics.spectra`
know; eigenvalues that grow are those of ``phi(1/u)``. Where ``x lambda_k -> 0`` in every mode the terms are
those of phi at 0, each times a sum that converges (Flajolet, Gourdon & Dumas 1995, theorems 4 and 5).

    spectral_sum    the expansion of S
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sympy import Expr, Integer, Symbol, factorial, log, oo, powsimp

from asymptotics.domains.domain import POSITIVE
from asymptotics.errors import DomainError, SpectrumError, UnableError, check_kind, shown
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.growth import growth
from asymptotics.expansions.terms import Bound, Term
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.heights import substitute, to_power
from asymptotics.parsing.numbers import exact, whole_number
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.sums.convergent import convergent_sum
from asymptotics.tasks.task import Task
from asymptotics.transforms.functions import transform_of
from asymptotics.transforms.kernels import S
from asymptotics.transforms.mellin import MellinTransform

X = Symbol("x", positive=True)
U = Symbol("u", positive=True)
STEPS = (0, 1, 2, 4, 8)
"""The powers beta that are tried where phi vanishes faster than every power of u."""

Phi: TypeAlias = str | Expr | Callable[[Expr], Expr]


def spectral_sum(
    phi: Phi,
    task: Task,
    *,
    to: object = oo,
    variable: Symbol = X,
    terms: int = 3,
    strip: tuple[object, object] | None = None,
) -> Expansion:
    """``sum_k m_k c_k phi(x lambda_k)`` as x -> oo, or as x -> 0 with ``to=0``, to ``terms`` orders.

    phi : an expression in one symbol u > 0, text, or a function of u (`transforms.functions.transform_of`
        says which); or, with ``strip`` = (left, right), its Mellin transform in one symbol s.
    task : eigenvalues and target; the eigenvalues may grow, and the target need not be summable as long as
        the sum converges. Parameters may be symbols.
    Returns an `Expansion` in ``variable``, dimensionless, whose domain holds the conditions of convergence.
    Raises `UnableError` for other phi, and `SpectrumError` where the sum diverges.

    >>> from sympy import exp
    >>> from asymptotics.symbols import k
    >>> theta = Task(eigenvalues=k**2, target=1)
    >>> spectral_sum(exp(-U), theta, to=0)
    sqrt(pi)/(2*sqrt(x)) - 1/2 + O(x**3)
    >>> spectral_sum("exp(-u)", Task(1 / k, k**-2))                    # sum_k exp(-x/k)/k^2
    1/x
    >>> spectral_sum("1/(exp(u) - 1)", Task(k, 1), to=0)               # divisors: sum_n d(n) exp(-n x)
    -log(x)/x + EulerGamma/x + 1/4 - x/144 + O(x**3)
    """
    check_kind(task, Task, "task", "give a Task")
    check_kind(variable, Symbol, "variable", "give the symbol of the variable, such as x")
    depth, end = whole_number(terms, "terms", 1, 12), exact(to, "to")
    if end not in (0, oo):
        raise DomainError(f"to = {to}; the sum is expanded for x -> oo or x -> 0, give oo or 0")
    transform = _transform(phi, task, strip)
    lam, growing = task.eigenvalues, _growing(task)
    if growing:
        lam, transform = 1 / lam, transform.invert()
    if growing == (end == oo):
        _require_whole(task)
        return _at_zero(transform, replace(task, eigenvalues=lam), variable, end == oo, depth)
    found, shifted, power = _convergent(transform, replace(task, eigenvalues=lam))
    series = _to_orders(found, shifted, variable, growing, depth)
    if found.unlearned != 0:
        raise UnableError(f"{task.target} has power in modes of eigenvalue 0; leave these modes out")
    return series * series.monomial(Integer(1), -power if growing else power)


def _transform(phi: Phi, task: Task, strip: tuple[object, object] | None) -> MellinTransform:
    if isinstance(phi, MellinTransform):
        return phi
    expression = parse(phi) if isinstance(phi, str) else phi(U) if not isinstance(phi, Expr) else phi
    expression = exact(expression, "phi")
    free = sorted(expression.free_symbols, key=lambda s: s.name)
    letter = "u" if strip is None else "s"
    own = [s for s in free if s.name == letter] or free
    if len(own) != 1:
        raise DomainError(f"phi = {shown(expression)} is not a function of one symbol; write it in {letter}")
    if strip is None:
        return transform_of(expression.xreplace({own[0]: U}), U)
    left, right = (exact(end, "strip") for end in strip)
    if left != -oo and right != oo and POSITIVE.sign(right - left) != 1:
        raise DomainError(f"strip = {strip}; give (left, right) with left < right")
    changed = substitute(expression, {own[0]: S})
    return MellinTransform(name=str(expression), expression=changed, left=left, right=right)


def _growing(task: Task) -> bool:
    """Whether the eigenvalues grow with k rather than fall."""
    if task.modes != oo or not task.eigenvalues.has(task.index):
        return False
    powers = growth(task.eigenvalues, task.index).powers
    sign = POSITIVE.sign(powers[0][1]) if powers else 0
    if not sign:
        raise SpectrumError(f"whether {task.eigenvalues} falls or grows with {task.index} is not decided")
    return sign == 1


def _require_whole(task: Task) -> None:
    """Refuse a spectrum that is known far out alone where sums over all modes have no letter."""
    if task.known != oo:
        raise UnableError(
            f"known = {task.known}: sums over all modes lead, and are not known; give the eigenvalues to Task"
        )


def _weighted(task: Task, power: Expr) -> Task:
    weights = powsimp(task.target * to_power(task.eigenvalues, power)) if power != 0 else task.target
    return replace(task, target=weights, test_eigenvalues=None, measured=None)


def _convergent(transform: MellinTransform, task: Task) -> tuple[SpectralSeries, MellinTransform, Expr]:
    """The series of a target ``c lambda^beta`` that can be summed, the transform beside it, and beta."""
    choices = [-transform.left] if transform.left != -oo else [Integer(step) for step in STEPS]
    for last, power in enumerate(choices, 1):
        try:
            found = spectrum(_weighted(task, power), trace=False)
        except SpectrumError as error:
            if last == len(choices):
                raise SpectrumError(
                    f"sum of {task.target}*phi(x*{task.eigenvalues}) diverges: {error}"
                ) from error
            continue
        if power != 0:
            _require_whole(task)
        return found, transform.shift(-power), power
    raise AssertionError("one of the choices returns or raises")


def _to_orders(
    found: SpectralSeries, phi: MellinTransform, variable: Symbol, growing: bool, depth: int
) -> Expansion:
    """The sum to ``depth`` orders: more poles are taken where residues vanish, as of levels k (k + 1)."""
    series = _expand(found, phi, variable, growing, depth)
    for count in (2 * depth, 3 * depth):
        if len(series.terms) >= depth or not series.remainder:
            break
        deeper = _expand(found, phi, variable, growing, count)
        if len(deeper.terms) == len(series.terms):
            break
        series = deeper
    return replace(series, depth=depth).with_terms(series.terms, series.remainder)


def _expand(
    found: SpectralSeries, phi: MellinTransform, variable: Symbol, growing: bool, depth: int
) -> Expansion:
    return found.target.spectral_sum(phi, variable, inverse=growing, domain=found.domain, depth=depth)


def _at_zero(
    transform: MellinTransform, task: Task, variable: Symbol, at_infinity: bool, depth: int
) -> Expansion:
    """The terms of phi at 0, ``C u^p log(u)^j``, over modes that all fall: ``C x^p sum m c lambda^p ...``."""
    poles = transform.left_poles(depth + 1)
    terms: list[Term] = []
    domain = POSITIVE
    for pole in poles[:depth]:
        power = -pole.location
        at_pole = _weighted(task, power)
        domain = spectrum(at_pole, trace=False).domain
        series = transform.laurent(pole.location, pole.order)
        for j in range(pole.order):
            # y^-s sum_k f_k lambda_k^-s at s = s0 + d, in powers of d and of l = log(1/y)
            for i in range(pole.order - j):
                weights = powsimp(at_pole.multiplicity * at_pole.target) * (-log(task.eigenvalues)) ** i
                total = convergent_sum(weights, task.index) / (factorial(i) * factorial(j))
                terms.append(Term(series.coefficient(-1 - i - j) * total, power, j))
    bounds = [Bound(-poles[depth].location, poles[depth].order - 1)] if len(poles) > depth else []
    return expansion(variable, terms, bounds, at_infinity=at_infinity, domain=domain, depth=depth)
