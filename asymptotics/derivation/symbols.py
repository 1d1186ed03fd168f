"""What a derivation writes beside SymPy's own sums and integrals: ``~`` with a remainder, residues, roots.

All are inert: they stand for what they say and are evaluated by `evaluation.values` alone.

    Asymptotic    an expansion as a relation
    Named         the quantity of a law under its name
    Residue, FinitePartIntegral    beside the operators of the model (`model.operators`)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Basic, Expr, Function, Symbol
from sympy.core.symbol import Str

from asymptotics.model.operators import Binder


class Asymptotic(Basic):  # type: ignore[misc]
    """``lhs ~ rhs + O(remainder)`` as ``variable -> limit``; remainder 0: smaller than every power.

    >>> from sympy import oo
    >>> from asymptotics.symbols import N
    >>> Asymptotic(Function("L")(N), 2/N, N**-2, N, oo)
    L(N) ~ 2/N + O(N**(-2)), N -> oo
    """

    def __new__(cls, lhs: Expr, rhs: Expr, remainder: Expr, variable: Symbol, limit: Expr) -> Asymptotic:
        return Basic.__new__(cls, lhs, rhs, remainder, variable, limit)

    @property
    def lhs(self) -> Expr:
        return self.args[0]

    @property
    def rhs(self) -> Expr:
        """The terms, without the remainder."""
        return self.args[1]

    @property
    def remainder(self) -> Expr:
        return self.args[2]

    @property
    def variable(self) -> Symbol:
        return self.args[3]

    @property
    def limit(self) -> Expr:
        """Where the variable goes: oo or 0."""
        return self.args[4]

    def terms(self) -> tuple[Expr, ...]:
        """The terms of the right side in their order."""
        return self.rhs.args if self.rhs.is_Add else (self.rhs,)

    def _sympystr(self, printer: Any) -> str:
        lhs, _, remainder, variable, limit = (printer._print(x) for x in self.args)
        rest = "" if self.remainder == 0 else f" + O({remainder})"
        rhs = " + ".join(printer._print(x) for x in self.terms()).replace("+ -", "- ")
        return f"{lhs} ~ {rhs}{rest}, {variable} -> {limit}"

    _sympyrepr = _sympystr

    def __repr__(self) -> str:
        return str(self)

    def _latex(self, printer: Any) -> str:
        lhs, _, remainder, variable, limit = (printer._print(x) for x in self.args)
        rhs = join_terms(printer._print(x) for x in self.terms())
        rest = "" if self.remainder == 0 else rf" + O\left({remainder}\right)"
        return rf"{lhs} \sim {rhs}{rest} \quad \left({variable} \to {limit}\right)"


def join_terms(pieces: Iterable[str]) -> str:
    """LaTeX of a sum from that of its terms."""
    first, *rest = pieces
    return " ".join([first, *(x if x.lstrip().startswith("-") else f"+ {x}" for x in rest)])


class Named(Expr):  # type: ignore[misc]
    """The quantity that a law is about, under its name: text, LaTeX and the variable it depends on."""

    def __new__(cls, text: str | Str, tex: str | Str, variable: Expr) -> Named:
        return Expr.__new__(cls, Str(str(text)), Str(str(tex)), variable)

    @property
    def free_symbols(self) -> set[Symbol]:
        return self.args[2].free_symbols

    def _sympystr(self, printer: Any) -> str:
        text = str(self.args[0])
        return f"[{text}]" if " " in text else text

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return str(self.args[1])


class Residue(Binder):
    """``Residue(f, s, point)``: the residue of f at ``s = point``, unevaluated."""

    nargs = 3
    written = "Res({0}, {1} = {2})"
    tex = r"\operatorname*{{Res}}_{{{1} = {2}}} \left[{0}\right]"


class FinitePartIntegral(Function):  # type: ignore[misc]
    """``FinitePartIntegral(f, p, v)``: the finite part of ``int_0^1 v^p f(v) dv``, f analytic at 0.

    The integral itself for p > -1; its analytic continuation in p below, at a negative integer the
    Hadamard finite part.
    """

    nargs = 3

    @property
    def free_symbols(self) -> set[Symbol]:
        return (self.args[0].free_symbols | self.args[1].free_symbols) - {self.args[2]}

    def _sympystr(self, printer: Any) -> str:
        f, p, v = self.args
        return f"FP Integral({printer._print(v**p * f)}, ({printer._print(v)}, 0, 1))"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        f, p, v = self.args
        return rf"\mathrm{{f.p.}}\!\int_0^1 {printer._print(v**p * f)}\, d{printer._print(v)}"
