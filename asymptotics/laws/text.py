"""Laws as text: a line for each regime, long prefactors by a letter of their own.

lines_of(symbol, resource, regimes)    ``L(N) ~ ...``, each with what remains, where, and notes
own_letters(parameters, task)          the letters that are to be told
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sympy import Expr, Symbol, Tuple, oo, true

from asymptotics.display import ROUNDED, is_rounded, readable, spell, text, words_of
from asymptotics.domains.domain import plain
from asymptotics.laws.latex import free_letter
from asymptotics.laws.listing import merged, rising
from asymptotics.regime import Regime
from asymptotics.symbols import WORDS
from asymptotics.tasks.task import Task

UP_TO_LOGARITHMS = "remainder up to logarithms"
NAMED = 80
"""Characters of a prefactor beyond which it has a name and a line of its own."""


def lines_of(
    symbol: str,
    resource: Symbol,
    regimes: tuple[Regime, ...],
    *,
    exact: bool = False,
    below: bool = False,
    notes: tuple[str, ...] = (),
    letters: tuple[Symbol, ...] = (),
) -> Iterator[str]:
    """The lines of a law; decimals stand for long numbers, unless it is to be ``exact``.

    ``below`` says that the law is the one below the number of modes; ``notes`` follow every regime.
    ``letters`` are those that are not the task's: what they mean is told at the end.

    >>> from asymptotics import derive, power_law
    >>> law = derive(power_law(3, 2)).model
    >>> list(lines_of("L", law.resource, law.regimes, notes=("as fitted",)))
    ['L ~ pi**2*log(N)/(4*N**2) + O(N**(-2)), N -> oo (as fitted)']
    """
    seen: list[Expr] = []
    for regime in merged(regimes):
        shape, letter = regime, None
        if len(text(regime.prefactor)) > NAMED:
            letter = free_letter(regimes)
            shape = replace(regime, prefactor=Symbol(letter))
        parts = [shape.leading(resource), regime.prefactor, rising(regime.bound(resource)), regime.relative]
        shown = parts if exact else [readable(part) for part in parts]
        seen.append(shown[1])
        leading, prefactor, bound, relative = map(spell, shown)
        rest = "" if bound == "0" else f" + O({bound})"
        if regime.relative is not None:
            rest = f"*(1 + O({relative}))"
        where = "" if regime.condition == true else f", for {plain(regime.condition)}"
        limit = regime.limit(resource)
        end = f"; exactly 0 for {resource} >= {limit}" if limit != oo and not below else ""
        hidden = UP_TO_LOGARITHMS if regime.hides_logs else ""
        said = "".join(f" ({note})" for note in (hidden, regime.doubt, *notes) if note)
        said += ROUNDED if any(is_rounded(part) for part in shown if part is not None) else ""
        yield f"{symbol} ~ {leading}{rest}, {resource} -> {limit}{end}{where}{said}"
        if letter is not None:
            yield f"    {letter} = {prefactor}"
    yield from (f"    {words}" for words in told_of(Tuple(*seen), letters))


def own_letters(parameters: Iterable[Symbol], task: Task) -> tuple[Symbol, ...]:
    """Those of a law that come with a rule, a ridge or features: neither the task's nor resources."""
    return tuple(s for s in parameters if s in WORDS and s not in task.parameters)


def told_of(prefactors: Tuple, letters: tuple[Symbol, ...] = ()) -> list[str]:
    """What functions and letters in the prefactors stand for, where not common; letters in one line."""
    named = [f"{s}: {WORDS[s]}" for s in letters if prefactors.has(s)]
    return sorted(words_of(prefactors)) + (["; ".join(named)] if named else [])
