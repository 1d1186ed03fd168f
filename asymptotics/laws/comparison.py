"""The laws of two tasks side by side.

compare(first, second)    a `TaskComparison`: exponents and laws of both, as text, LaTeX and HTML
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from sympy import Expr

from asymptotics.errors import DomainError
from asymptotics.laws.derive import Laws, derive
from asymptotics.laws.names import unknown_law
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES
from asymptotics.parsing.numbers import one_or_many
from asymptotics.precision import exclusive, exclusive_class
from asymptotics.tasks.task import Task
from asymptotics.typesetting import Typeset


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskComparison(Typeset):
    """Laws of the same quantities of two tasks; ``laws`` are those of each, ``names`` the quantities.

    >>> from asymptotics import power_law
    >>> compare(power_law(3, 2), power_law(3, 4)).names
    ('time', 'model', 'data')
    """

    laws: tuple[Laws, Laws]
    names: tuple[str, ...] = BOTTLENECKS

    @property
    def exponents(self) -> Mapping[str, tuple[Expr | None, Expr | None]]:
        """Both exponents of each quantity; None where a task has no such law.

        >>> from asymptotics import power_law
        >>> compare(power_law(3, 2), power_law(3, 4)).exponents["time"]
        (1, 1/2)
        """
        first, second = self.laws
        return {
            name: tuple(  # type: ignore[misc]
                None if laws.refusal(name) else getattr(laws, name).exponent for laws in (first, second)
            )
            for name in self.names
        }

    def __repr__(self) -> str:
        lines = [f"{place}: {laws.task!r}" for place, laws in enumerate(self.laws, 1)]
        for name in self.names:
            lines.append(f"{name}:")
            for place, laws in enumerate(self.laws, 1):
                head, *more = self._of(laws, name).splitlines()
                lines += [f"  {place}  {head}", *(f"     {line}" for line in more)]
        return "\n".join(lines)

    @staticmethod
    def _of(laws: Laws, name: str) -> str:
        return laws.refusal(name) or repr(getattr(laws, name))

    @staticmethod
    def _tex_of(laws: Laws, name: str) -> str:
        return r"\text{no law}" if laws.refusal(name) else getattr(laws, name).to_latex()

    def to_latex(self) -> str:
        """An array with a column for each task and a row for each quantity."""
        rows = [" & ".join(["", *(laws.task.to_latex() for laws in self.laws)])]
        rows += [
            " & ".join([rf"\text{{{name}}}", *(self._tex_of(laws, name) for laws in self.laws)])
            for name in self.names
        ]
        return r"\begin{array}{lll} " + " \\\\\n".join(rows) + r" \end{array}"

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>${escape(laws.task.to_latex())}$</th>" for laws in self.laws)
        rows = [f"<tr><th></th>{heads}</tr>"]
        for name in self.names:
            refused = [laws.refusal(name) for laws in self.laws]
            cells = "".join(
                f"<td>{escape(why)}</td>" if why else f"<td>${escape(self._tex_of(laws, name))}$</td>"
                for laws, why in zip(self.laws, refused, strict=True)
            )
            rows.append(f"<tr><th>{escape(name.replace('_', ' '))}</th>{cells}</tr>")
        return f"<table>{''.join(rows)}</table>"


@exclusive
def compare(first: Task | Laws, second: Task | Laws, names: object = BOTTLENECKS) -> TaskComparison:
    """The laws called ``names`` (as in `Laws`) of two tasks, side by side.

    Raises `DomainError` for a name that no law has, and what `derive` raises.

    >>> from asymptotics import power_law
    >>> print(compare(power_law(3, 2), power_law(3, 4), "time"))
    1: Task(eigenvalues=k**(-2), target=k**(-3))
    2: Task(eigenvalues=k**(-4), target=k**(-3))
    time:
      1  L(t) ~ 1/(4*t), t -> oo
      2  L(t) ~ sqrt(2)*sqrt(pi)/(8*sqrt(t)), t -> oo
    """
    chosen = one_or_many(names, "names")
    for name in chosen:
        if not isinstance(name, str) or name not in QUANTITIES:
            raise DomainError(unknown_law(name))
    both = (first, second)
    left, right = (one if isinstance(one, Laws) else derive(one) for one in both)
    return TaskComparison(laws=(left, right), names=chosen)
