"""Sums over modes of any function that has a Mellin transform, as a node of equations.

Filtered    ``sum_k m_k phi(lambda_k X)``, weighted by the target or not
"""

from __future__ import annotations

from typing import Any

from sympy import Function, Symbol


class Filtered(Function):  # type: ignore[misc]
    """``Filtered(phi, y, X, weighted)``: ``sum_k m_k phi(lambda_k X)``, with weights c_k where that is 1."""

    nargs = 4

    @property
    def free_symbols(self) -> set[Symbol]:
        phi, letter, place, _ = self.args
        return (phi.free_symbols - {letter}) | place.free_symbols

    def _sympystr(self, printer: Any) -> str:
        phi, letter, place, weighted = self.args
        inside = printer._print(phi.xreplace({letter: Symbol("lambda") * place}))
        return f"sum m {'c ' if weighted else ''}({inside})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        phi, letter, place, weighted = self.args
        inside = printer._print(phi.xreplace({letter: Symbol("lambda_k") * place}))
        return rf"\sum_k m_k {'c_k' if weighted else ''} \left({inside}\right)"
