"""What a kernel and a target on its domain say of a task.

A kernel is anything with ``eigenvalues``, ``multiplicity``, ``index`` and ``domain``; beside these only
``known`` is read, where it has it: e if its eigenvalues are known up to a relative ``O(k^-e)``.

    kernel_parts    eigenvalues, multiplicity and index, how far they are known, and target power
"""

from __future__ import annotations

from collections.abc import Mapping
from inspect import isfunction, signature
from typing import Any

from sympy import Expr, Integer, Min, Piecewise, oo, true

from asymptotics.errors import DomainError, call_of, shown
from asymptotics.parsing.numbers import exact, whole_number

PARTS = ("eigenvalues", "multiplicity", "index", "domain")


def kernel_parts(kernel: Any, target: Any) -> tuple[dict[str, Any], Any]:
    """What a task has of its kernel, by name, and its target, text or an expression in the index."""
    if isfunction(kernel):
        raise DomainError(f"kernel = {kernel.__name__} is a function; call it, {call_of(kernel)}")
    if not _is_kernel(kernel):
        raise DomainError(
            f"kernel = {shown(kernel)}; give a kernel of asymptotics.kernels, such as relu_ntk(3), or "
            "Task(...) with its eigenvalues"
        )
    parts = {part: getattr(kernel, part) for part in ("eigenvalues", "multiplicity", "index")}
    known = Min(*(getattr(each, "known", oo) for each in (kernel, target)))
    return {**parts, "known": known}, _power(kernel, target)


def _is_kernel(value: Any) -> bool:
    return all(hasattr(value, part) for part in PARTS)


def _power(kernel: Any, target: Any) -> Any:
    if _is_kernel(target):
        if target.domain != kernel.domain:
            raise DomainError(
                f"the teacher is on {target.domain}, the kernel on {kernel.domain}; give one domain"
            )
        return target.eigenvalues.xreplace({target.index: kernel.index})
    if isfunction(target) and not signature(target).parameters:
        raise DomainError(f"target = {target.__name__} is a function; call it, {call_of(target)}")
    if isinstance(target, Mapping):
        return _given(kernel, target)
    return target(kernel) if callable(target) and not isinstance(target, Expr) else target


def _given(kernel: Any, powers: Mapping[Any, Any]) -> Expr:
    """The power of each degree spread over its modes; 0 in the others."""
    if 0 in powers:
        raise DomainError(
            "degree = 0; levels of a kernel begin at 1, as the constant is no part of its task (on spheres "
            "and tori the means of kernel and target are left out); give degrees from 1 to 200"
        )
    table = {
        whole_number(degree, "degree", 1, 200): exact(power, "power") for degree, power in powers.items()
    }
    if not table:
        raise DomainError("target = {} has no harmonics; give {degree: power}")
    for degree, power in table.items():
        if power.is_extended_real is False or power.is_negative or not power.is_finite:
            raise DomainError(
                f"the power of degree {degree} is {power}; it must be a number >= 0, or a letter"
            )
    index = kernel.index
    pieces: list[tuple[Expr, Any]] = []
    for degree in range(1, max(table) + 1):
        value = table.get(degree, Integer(0)) / kernel.multiplicity.subs(index, degree)
        if pieces and pieces[-1][0] == value:
            pieces.pop()  # one piece for equal neighbours
        pieces.append((value, index <= degree))
    return Piecewise(*pieces, (Integer(0), true))
