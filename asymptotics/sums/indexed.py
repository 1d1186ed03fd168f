"""What sums over modes share as SymPy functions: the index is bound, and numbers come to any precision."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Symbol

from asymptotics.expansions.constants import OpaqueNumber


class IndexedSum(OpaqueNumber):
    """``sum_k f(k)`` with arguments ``(f, k, ...)``; a subclass says over which k, and how it is summed."""

    @property
    def free_symbols(self) -> set[Symbol]:
        summand, index, *ends = self.args
        return (summand.free_symbols - {index}).union(*(end.free_symbols for end in ends))

    def sign(self, printer: Any) -> str:
        """The sum sign with its ends, in LaTeX."""
        raise TypeError(f"{type(self).__name__} does not say over which index it runs")

    def written(self, printer: Any) -> str:
        return rf"\left({self.sign(printer)} {printer._print(self.args[0])}\right)"

    def _eval_subs(self, old: Expr, new: Expr) -> Expr | None:
        return self if old == self.args[1] else None
