"""What sums over modes share as SymPy functions: the index is bound, and numbers come to any precision."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Float, Function, Symbol


class IndexedSum(Function):  # type: ignore[misc]
    """``sum_k f(k)`` with arguments ``(f, k, ...)``; a subclass says over which k, and how it is summed."""

    opaque = True  # a constant of its own in tests for cancellation

    @property
    def free_symbols(self) -> set[Symbol]:
        summand, index, *ends = self.args
        return (summand.free_symbols - {index}).union(*(end.free_symbols for end in ends))

    def number(self, digits: int) -> Any:
        """The value to ``digits`` digits, all parameters being numbers."""
        raise TypeError(f"{type(self).__name__} does not say how it is summed")

    def sign(self, printer: Any) -> str:
        """The sum sign with its ends, in LaTeX."""
        raise TypeError(f"{type(self).__name__} does not say over which index it runs")

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left({self.sign(printer)} {printer._print(self.args[0])}\right)"
        return rf"{text}^{{{exp}}}" if exp else text

    def _eval_subs(self, old: Expr, new: Expr) -> Expr | None:
        return self if old == self.args[1] else None

    def _eval_evalf(self, prec: int) -> Expr | None:
        if self.free_symbols:
            return None
        return Float._new(self.number(int(prec * 0.30103) + 5)._mpf_, prec)
