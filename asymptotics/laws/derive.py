"""The laws of a task: `derive` and what it returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Symbol

from asymptotics.errors import DomainError
from asymptotics.laws import latex as typeset
from asymptotics.laws.law import Law, derive_law
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES
from asymptotics.precision import exclusive, exclusive_class
from asymptotics.tasks.task import Task


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class Laws:
    """The laws of one task, each derived when it is asked for.

    Iteration gives the three bottlenecks, time, model and data; ``laws.all()`` every law. Each is an
    attribute by the name of its quantity in `asymptotics.model.quantities.QUANTITIES`, which ``dir(laws)``
    lists.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> derive(power_law(a, b)).early_stopping.exponent
    (a - 1)/a
    """

    task: Task

    def __getattr__(self, name: str) -> Law:
        if name in QUANTITIES:
            return derive_law(name, self.task)
        raise AttributeError(f"no law is called {name!r}; the laws are {', '.join(QUANTITIES)}")

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *QUANTITIES]

    def __iter__(self) -> Iterator[Law]:
        return (derive_law(name, self.task) for name in BOTTLENECKS)

    def all(self) -> tuple[Law, ...]:
        """Every law of the task."""
        return tuple(derive_law(name, self.task) for name in QUANTITIES)

    def at(self, values: Mapping[Symbol | str, object] | None = None, /, **named: object) -> Laws:
        """The laws of the same task with numbers for parameters."""
        return Laws(task=self.task.at(values, **named))

    def __repr__(self) -> str:
        return "\n".join(repr(law) for law in self)

    def _latex(self, printer: object) -> str:
        return typeset.align(printer._print(law) for law in self)  # type: ignore[attr-defined]

    def _repr_latex_(self) -> str:
        return f"${typeset.latex_of(self)}$"

    def to_latex(self, notation: str | None = None) -> str:
        """The three bottleneck laws in one ``align``-ready block of LaTeX, in the letters of ``notation``."""
        return typeset.align(law.to_latex(notation) for law in self)


@exclusive
def derive(task: Task) -> Laws:
    """The laws of a task: test loss limited by t, by N and by P alone, and how they are approached.

    Raises `SpectrumError` for spectra without laws (divergent sums, unknown families) and
    `UnableError` where a step cannot be decided, each saying what is missing.

    >>> from asymptotics import power_law
    >>> from asymptotics.symbols import a, b
    >>> derive(power_law(a, b)).data.exponent
    Min(2*b, a - 1)
    """
    if not isinstance(task, Task):
        raise DomainError(f"{task!r} is not a Task; make one with Task(eigenvalues=..., target=...)")
    laws = Laws(task=task.fitted)
    tuple(laws)  # a spectrum without laws is refused here, not at the first use
    return laws


__all__ = ["Law", "Laws", "derive"]
