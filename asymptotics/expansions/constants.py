"""Numbers without a closed form, as SymPy functions that simplification takes as they are.

Equations ask for the same constants at many precisions: digits are rounded up to a multiple of a step, where
numbers are dear, so that nearly equal precisions share them.

    OpaqueNumber    a function that is a number, to any precision, once its letters are numbers
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Float, Function


class OpaqueNumber(Function):  # type: ignore[misc]
    """A function with numbers of its own; subclasses say how it is evaluated and written.

    ``number(digits)`` is called with ``guard`` digits more than are asked for, rounded up to a multiple of
    ``step``.
    """

    opaque = True  # a constant of its own in tests for cancellation
    guard, step = 5, 1
    bracketed = False  # before an exponent

    def number(self, digits: int) -> Any:
        """The value to ``digits`` digits, all letters being numbers."""
        raise TypeError(f"{type(self).__name__} does not say how it is evaluated")

    def written(self, printer: Any) -> str:
        """Its LaTeX without an exponent."""
        raise TypeError(f"{type(self).__name__} does not say how it is written")

    def _eval_evalf(self, prec: int) -> Expr | None:
        if self.free_symbols:
            return None
        digits = int(prec * 0.30103) + self.guard
        return Float._new(self.number(digits + -digits % self.step)._mpf_, prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = self.written(printer)
        if not exp:
            return text
        return rf"\left({text}\right)^{{{exp}}}" if self.bracketed else rf"{text}^{{{exp}}}"
