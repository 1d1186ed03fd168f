"""The steps of a derivation in the letters of another paper.

Exponents and resources take its letters, in equations, conditions, names of quantities and sentences. What
has one of its letters already (the ridge kappa where kappa is an exponent, a function r beside a time r) gets
the index 0.

    restate_steps(steps, notation)    the steps in these letters
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Basic, Function, Symbol
from sympy.core.function import AppliedUndef

from asymptotics.derivation.step import Step
from asymptotics.derivation.symbols import Named
from asymptotics.derivation.text import Reason, say
from asymptotics.notation import Notation


def restate_steps(steps: tuple[Step, ...], notation: Notation) -> tuple[Step, ...]:
    """The steps in the letters of a notation, for reading.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.notation import notation
    >>> from asymptotics.symbols import a, b
    >>> steps = derive(power_law(a, b)).time.derivation.steps
    >>> restate_steps(steps, notation("2405.15074"))[0].equation
    Eq(P(r), C_0(2*r))
    """
    restated = _Restated(steps, notation)
    return tuple(
        replace(
            step,
            equation=restated(step.equation),
            reason=restated.sentence(step.reason),
            condition=notation.condition(step.condition),
            given=tuple((restated(letter), restated(value)) for letter, value in step.given),
        )
        for step in steps
    )


class _Restated:
    """The change of letters for all that stands in some steps."""

    def __init__(self, steps: tuple[Step, ...], notation: Notation) -> None:
        self.notation = notation
        taken = {letter.name for letter in (*notation.symbols, *(letter for letter, _ in notation.resources))}
        everything = [step.equation for step in steps]
        symbols = set().union(*(x.atoms(Symbol) for x in everything))
        self._letters: dict[Basic, Basic] = {
            s: Symbol(f"{s.name}_0", **s.assumptions0) for s in symbols if s.name in taken
        } | dict(notation.substitution)
        functions = {call.func for x in everything for call in x.atoms(AppliedUndef)}
        self._functions = {f: Function(f"{f.__name__}_0") for f in functions if f.__name__ in taken}

    def __call__(self, formula: Any) -> Any:
        names: dict[Basic, Basic] = {
            one: Named(self.notation.rename(str(one.args[0])), self._tex(one), one.args[2])
            for one in formula.atoms(Named)
        }
        changed = formula.xreplace(names).xreplace(self._letters)
        calls = {
            call: self._functions[call.func](*call.args)
            for call in changed.atoms(AppliedUndef)
            if call.func in self._functions
        }
        return changed.xreplace(calls)

    def _tex(self, name: Named) -> str:
        return self.notation.rename(str(name.args[1]), latex=True)

    def sentence(self, reason: str) -> Reason:
        """A sentence, and the formulas in it, in these letters."""
        if isinstance(reason, Reason) and reason.parts:
            template, *mathematics = reason.parts
            parts = (self.sentence(x) if isinstance(x, str) else self(x) for x in mathematics)
            return say(self.notation.rename(template), *parts)
        return Reason(self.notation.rename(reason))
