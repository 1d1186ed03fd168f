"""A derivation as plain text, Markdown and LaTeX; and reasons that read well in all three.

say, Reason                        a sentence with formulas, and its LaTeX
plain_text, markdown, as_latex     title, conditions and steps as a text
sides, broken, tex_of, html_reason pieces of one step, for documents that set it themselves
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from html import escape
from itertools import accumulate, chain, zip_longest
from typing import TypeAlias

from sympy import Add, And, Basic, Eq, Expr, true
from sympy.logic.boolalg import Boolean

from asymptotics.derivation.step import Step
from asymptotics.derivation.symbols import Asymptotic, join_terms
from asymptotics.display import text
from asymptotics.domains.domain import conjuncts, plain
from asymptotics.parsing.vocabulary import GREEK
from asymptotics.typesetting import tex, wrapped

Conditions: TypeAlias = tuple[Boolean, ...]

LINE = 150
"""Characters of LaTeX after which a sum is broken over lines."""


class Reason(str):
    """One sentence of a derivation, with its LaTeX beside it."""

    tex: str

    def __new__(cls, words: str, tex: str | None = None) -> Reason:
        made = super().__new__(cls, words)
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
    return Reason(words, typeset)


def escape_latex(words: str) -> str:
    """Text with what LaTeX reads as commands made harmless, and Greek letters by name as letters.

    >>> escape_latex("P = oo, the noise sigma^2 at eta lambda_1")
    'P = $\\\\infty$, the noise $\\\\sigma^{2}$ at $\\\\eta$ $\\\\lambda_{1}$'
    """
    words = re.sub(r"([&%$#_{}])", r"\\\1", words)
    words = words.replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")
    words = re.sub("[<>]", r"$\g<0>$", words)
    return _letter.sub(_letter_tex, words)


_letter = re.compile(
    rf"\b({'|'.join(GREEK)}|lambda|oo)(?:\\_([A-Za-z0-9]+))?(?:\\textasciicircum\{{\}}([A-Za-z0-9]+))?(?![A-Za-z0-9])"
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
    lines = [f"### {_markdown(_upper(title))}", ""]
    if conditions:
        lines += [f"Conditions: ${_condition(*conditions)}$.", ""]
    for number, step in enumerate(steps, 1):
        left, relation, right = sides(step)
        limit = ""
        if isinstance(step.equation, Asymptotic):
            limit = rf" \qquad ({tex(step.equation.variable)} \to {tex(step.equation.limit)})"
        where = "" if step.condition == true else f" For ${_condition(step.condition)}$:"
        reason = _markdown(step.reason)
        lines += [
            f"{number}. {reason} *({step.source})*{where}",
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


def _upper(words: str) -> str:
    return words[0].upper() + words[1:]


FITTED = r"""\ifdefined\fittedbox\else\newsavebox{\fittedbox}\fi
\providecommand{\fitted}[2]{\sbox{\fittedbox}{$\displaystyle #2$}%
  \ifdim\wd\fittedbox>#1\linewidth\resizebox{#1\linewidth}{!}{\usebox{\fittedbox}}%
  \else\usebox{\fittedbox}\fi}"""
"""LaTeX: a formula scaled down to a part of the line, if it is wider."""


def latex_steps(steps: Iterable[Step]) -> str:
    """One ``align`` environment: each equation under the sentence that explains it."""
    shown = [(step, *sides(step)) for step in steps]
    # the widest left side decides what is left of the line for the right sides
    narrow = all(len(left) <= LINE // 2 for _, left, _, _ in shown)
    near, far = ("0.25", "0.66") if narrow else ("0.42", "0.49")
    rows = []
    for step, left, relation, right in shown:
        where = "" if step.condition == true else rf" For ${_condition(step.condition)}$:"
        opening = rf"\intertext{{{tex_of(step.reason)} ({escape_latex(step.source)}.){where}}}"
        lines = (rf"\fitted{{{far}}}{{{line}}}" for line in break_lines(step, right))
        terms = " \\nonumber\\\\\n&\\quad ".join(lines)
        rows.append(f"{opening}\n\\fitted{{{near}}}{{{left}}} &{relation} {terms}")
    return "\\begin{align}\n" + "\n\\\\\n".join(rows) + "\n\\end{align}\n"


def break_lines(step: Step, right: str) -> list[str]:
    """A long right side as its lines, a term each."""
    if len(right) <= LINE:
        return [right]
    equation = step.equation
    if isinstance(equation, Asymptotic):
        terms = [piece for term in equation.terms() for piece in _pieces(term)]
        if equation.remainder != 0:
            terms.append(rf"O\left({tex(equation.remainder)}\right)")
    elif isinstance(step.rhs, Add):
        terms = [piece for term in step.rhs.as_ordered_terms() for piece in _pieces(term)]
    else:
        return [right]
    return [terms[0], *(t if t.lstrip().startswith("-") else f"+ {t}" for t in terms[1:])]


def _pieces(term: Expr) -> list[str]:
    """One term, or the sum it hides where it is long."""
    shown = tex(term)
    if len(shown) <= LINE:
        return [shown]
    sums = [factor for factor in term.args if factor.is_Add] if term.is_Mul else []
    return [tex(term / sums[0] * part) for part in sums[0].args] if sums else [shown]


def as_latex(title: str, conditions: Conditions, steps: Iterable[Step]) -> str:
    """Title, conditions, and the aligned steps; needs amsmath and graphicx."""
    lines = [wrapped(rf"\subsection*{{{escape_latex(_upper(title))}}}")]
    if conditions:
        lines.append(rf"Conditions: ${_condition(*conditions)}$.")
    return "\n".join([*lines, "", FITTED, "{\\allowdisplaybreaks", wrapped(latex_steps(steps)) + "\n}"])
