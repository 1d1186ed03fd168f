"""What sums over modes share as SymPy functions: the index is bound, and numbers come to any precision."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Float, Function


class IndexedSum(Function):  # type: ignore[misc]
    """``sum_k f(k)`` with arguments ``(f, k, ...)``; a subclass says over which k, and how it is summed."""

    def number(self, digits: int) -> Any:
        """The value to ``digits`` digits, all parameters being numbers."""
        raise TypeError(f"{type(self).__name__} does not say how it is summed")

    def _eval_subs(self, old: Expr, new: Expr) -> Expr | None:
        return self if old == self.args[1] else None

    def _eval_evalf(self, prec: int) -> Expr | None:
        if self.free_symbols:
            return None
        return Float._new(self.number(int(prec * 0.30103) + 5)._mpf_, prec)


__all__ = ["IndexedSum"]
