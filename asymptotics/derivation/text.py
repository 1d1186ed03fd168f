"""A derivation as plain text, Markdown and LaTeX; and reasons that read well in all three.

say, Reason, place                 a sentence with formulas, and its LaTeX; where a step holds
plain_text, markdown, as_latex     title, conditions and steps as a text
displayed, sides, tex_of, html_reason pieces of one step, for documents that set it themselves
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from html import escape
from itertools import accumulate, chain, zip_longest
from typing import TypeAlias

from sympy import And, Basic, Eq, Or, ordered, true
from sympy.logic.boolalg import Boolean

from asymptotics.derivation.step import Step
from asymptotics.derivation.symbols import Asymptotic, join_terms
from asymptotics.display import text
from asymptotics.domains.domain import conjuncts, plain
from asymptotics.lines import broken, fitted, width_of, wrapped
from asymptotics.lines import join_terms as join_lines
from asymptotics.parsing.vocabulary import GREEK
from asymptotics.typesetting import Writer, tex

Conditions: TypeAlias = tuple[Boolean, ...]

LINE = 84
"""Letters of a line on paper, about."""
SHORT = 30
"""A left side of more letters has a line of its own where the right side needs several."""


class Reason(str):
    """One sentence of a derivation, with its LaTeX and what `say` made it of beside it."""

    tex: str
    parts: tuple[Basic | str, ...]

    def __new__(cls, words: str, tex: str | None = None, parts: tuple[Basic | str, ...] = ()) -> Reason:
        made = super().__new__(cls, words)
        made.parts = parts
        made.tex = escape_latex(words) if tex is None else tex
        return made


def say(template: str, *mathematics: Basic | str) -> Reason:
    """A reason with formulas in place of the ``{}``; text among them is text.

    >>> from asymptotics.symbols import b
    >>> sentence = say("A simple pole at s = {}.", -1/b)
    >>> sentence, sentence.tex
    ('A simple pole at s = -1/b.', 'A simple pole at s = $- \\\\frac{1}{b}$.')
    """
    words = template.format(
        *(f"{text(x.lhs)} = {text(x.rhs)}" if isinstance(x, Eq) else text(x) for x in mathematics)
    )
    shown = (x.tex if isinstance(x, Reason) else f"${tex(x)}$" for x in mathematics)
    pieces = [escape_latex(piece) for piece in template.split("{}")]
    typeset = pieces[0] + "".join(m + piece for m, piece in zip(shown, pieces[1:], strict=True))
    return Reason(words, typeset, (template, *mathematics))


def escape_latex(words: str) -> str:
    """Text with what LaTeX reads as commands made harmless, and Greek letters by name as letters.

    >>> escape_latex("P = oo, the noise sigma^2 at eta lambda_1")
    'P = $\\\\infty$, the noise $\\\\sigma^{2}$ at $\\\\eta$ $\\\\lambda_{1}$'
    """
    words = re.sub(r"([&%$#_{}])", r"\\\1", words)
    words = words.replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")
    words = re.sub("[<>]", r"$\g<0>$", words)
    return _letter.sub(_letter_tex, re.sub(r"\b([A-Za-z])\\textasciicircum\{\}\*", r"$\1^*$", words))


_letter = re.compile(
    rf"\b({'|'.join(GREEK)}|lambda|oo)(?:\\_([A-Za-z0-9]+))?(?:\\textasciicircum\{{\}}([A-Za-z0-9]+|\*))?(?![A-Za-z0-9])"
)


def _letter_tex(found: re.Match[str]) -> str:
    name, below, above = found.groups()
    letter = r"\infty" if name == "oo" else rf"\{name}"
    return f"${letter}{f'_{{{below}}}' if below else ''}{f'^{{{above}}}' if above else ''}$"


def tex_of(words: str) -> str:
    """The LaTeX of a reason; plain strings are escaped."""
    return words.tex if isinstance(words, Reason) else escape_latex(words)


def plain_text(title: str, conditions: Conditions, steps: Iterable[Step]) -> str:
    """Numbered steps: equation, then reason and source beneath."""
    where = f", for {plain(And(*conditions))}" if conditions else ""
    lines = [f"{title}{where}", ""]
    for number, step in enumerate(steps, 1):
        where = "" if step.condition == true else f"   for {plain(step.condition)}"
        lines += [f"{number:3d}. {equation(step)}{where}", f"     {step.reason} [{step.source}]"]
    return "\n".join(lines)


def place(condition: Boolean) -> Reason:
    r"""Where a step holds, as the end of its sentence; lines may end between two regimes.

    >>> from sympy import Eq
    >>> from asymptotics.symbols import a, b
    >>> place((a > 2) | (Eq(a, 1) & (b > 3))).tex
    ' For $a > 2$ or $a = 1,\\ b > 3$:'
    """
    if condition == true:
        return Reason("")
    regimes = " or ".join(f"${_condition(part)}$" for part in ordered(Or.make_args(condition)))
    return Reason(f" For {plain(condition)}:", f" For {regimes}:")


def equation(step: Step) -> str:
    """One equation as text."""
    if isinstance(step.equation, Asymptotic):
        return text(step.equation)
    return f"{text(step.lhs)} = {text(step.rhs)}"


def _condition(*conditions: Boolean) -> str:
    return r",\ ".join(tex(part) for condition in conditions for part in conjuncts(condition))


def sides(step: Step, longest: float = math.inf) -> tuple[str, str, str]:
    """LaTeX of the left side, the relation, and the right side with its remainder.

    Of an expansion as many terms are shown as have ``longest`` characters together, at least one; dots stand
    for the others.
    """
    if not isinstance(step.equation, Asymptotic):
        return tex(step.lhs), "=", tex(step.rhs)
    one = step.equation
    terms = [tex(term) for term in one.terms()]
    fitting = [length <= longest for length in accumulate(map(len, terms))]
    right = join_terms(term for i, term in enumerate(terms) if fitting[i] or i == 0)
    if not all(fitting[1:]):
        right += r" + \cdots"
    elif one.remainder != 0:
        right += rf" + O\left({tex(one.remainder)}\right)"
    return tex(one.lhs), r"\sim", right


def markdown(title: str, conditions: Conditions, steps: Iterable[Step]) -> str:
    """A heading, the conditions, and each step as a sentence with its displayed equation."""
    lines = [f"### {_markdown(title)}", ""]
    if conditions:
        lines += [f"Conditions: ${_condition(*conditions)}$.", ""]
    for number, step in enumerate(steps, 1):
        left, relation, right = sides(step)
        limit = ""
        if isinstance(step.equation, Asymptotic):
            limit = rf" \qquad ({tex(step.equation.variable)} \to {tex(step.equation.limit)})"
        reason = _markdown(step.reason)
        lines += [
            f"{number}. {reason} *({step.source})*{_markdown(place(step.condition))}",
            "",
            f"   $${left} {relation} {right}{limit}$$",
            "",
        ]
    return "\n".join(lines)


def _markdown(words: str) -> str:
    # what LaTeX needs escaped in text is plain in Markdown
    parts = re.split(r"(?<!\\)(\$[^$]*\$)", tex_of(words))
    plain = (re.sub(r"\\([&%$#_{}])", r"\1", part) for part in parts[::2])
    plain = (p.replace(r"\textasciitilde{}", "~").replace(r"\textasciicircum{}", "^") for p in plain)
    return "".join(chain.from_iterable(zip_longest(plain, parts[1::2], fillvalue="")))


def html_reason(reason: str, formula: Callable[[str], str]) -> str:
    """A reason as HTML, its LaTeX through ``formula``."""
    if not isinstance(reason, Reason):
        return escape(reason)
    parts = re.split(r"(?<!\\)\$([^$]*)\$", reason.tex)
    return "".join(
        formula(part) if i % 2 else escape(re.sub(r"\\([&%$#_{}])", r"\1", part))
        for i, part in enumerate(parts)
    )


def displayed(step: Step) -> str:
    r"""One equation as ``align``, on lines of at most `LINE` letters: broken at binary operators.

    >>> from asymptotics import derive, power_law
    >>> print(displayed(derive(power_law(3, 2)).time.derivation.steps[0]))
    \begin{align}
    L(t) &= C_{0}{\left(2 t \right)}
    \end{align}
    """
    left, relation, right = sides(step)
    if width_of(f"{left} {relation} {right}") <= LINE:
        lines = [f"{left} &{relation} {right}"]
    elif width_of(left) <= SHORT:
        first, *rest = _right_side(step, LINE - width_of(left) - 3)
        lines = [f"{left} &{relation} {first}", *(rf"&\quad {line}" for line in rest)]
    else:
        first, *rest = _right_side(step, LINE - 5)
        lines = [
            f"&{fitted(left, LINE)}",
            rf"&\quad {relation} {first}",
            *(rf"&\qquad {line}" for line in rest),
        ]
    return wrapped("\\begin{align}\n" + " \\nonumber\\\\\n".join(lines) + "\n\\end{align}")


def _right_side(step: Step, width: float) -> list[str]:
    equation, writer = step.equation, Writer()
    if not isinstance(equation, Asymptotic):
        return [fitted(line, LINE) for line in broken(step.rhs, width, writer)]
    terms = [broken(term, width, writer) for term in equation.terms()]
    if equation.remainder != 0:
        terms.append([rf"O\left({tex(equation.remainder)}\right)"])
    return [fitted(line, LINE) for line in join_lines(terms, width)]


def _explained(step: Step) -> str:
    return wrapped(f"{tex_of(step.reason)} ({escape_latex(step.source)}.){place(step.condition).tex}")


def as_latex(title: str, conditions: Conditions, steps: Iterable[Step]) -> str:
    """Title, conditions, and the steps, each equation under its sentence; needs amsmath and graphicx."""
    lines = [wrapped(rf"\subsection*{{{escape_latex(title)}}}")]
    if conditions:
        lines.append(rf"Conditions: ${_condition(*conditions)}$.")
    shown = (f"{_explained(step)}\n{displayed(step)}" for step in steps)
    return "\n".join([*lines, "", "{\\allowdisplaybreaks", *shown, "}"])
