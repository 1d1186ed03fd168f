"""Formulas of the site as MathML, which browsers typeset themselves: no script, no font, no network.

A page holds them as ``\\(...\\)`` and ``\\[...\\]`` (Markdown, marked by pymdownx.arithmatex) or as ``$...$``
and ``$$...$$`` (notebooks, in text cells and in the LaTeX that SymPy prints).
"""

from __future__ import annotations

import re
from html import unescape

from numerics.reports.mathml import mathml

MARKED = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.+?)\\[)\]]</\1>', re.DOTALL)
VERBATIM = re.compile(r"(<(pre|code|script|style|svg|textarea)\b.*?</\2>)", re.DOTALL)
DISPLAYED = re.compile(r"\$\$([^$]+)\$\$|\$\\displaystyle ([^$]+)\$")
INLINE = re.compile(r"(?<![\\$\w])\$(?=[^\s$])([^$]*[^\s$\\])\$(?![\w$])")

PUNCTUATED = re.compile(r'(<math\b[^>]*display="inline"[^>]*>(?:(?!</math>).)*</math>[.,;:)]+)', re.DOTALL)


def markdown_formulas(html: str) -> str:
    """The formulas that arithmatex marked, as MathML."""
    return _unbroken(MARKED.sub(lambda found: _shown(unescape(found[3]), display=found[2] == "["), html))


def notebook_formulas(html: str) -> str:
    """The formulas between dollars outside code, as MathML."""
    pieces = VERBATIM.split(html)
    # split() yields text, verbatim piece, its tag name, text, ...: the names are in the pieces already.
    return "".join(
        piece if i % 3 == 1 else _between_dollars(piece) for i, piece in enumerate(pieces) if i % 3 != 2
    )


def _shown(latex: str, *, display: bool) -> str:
    """One formula; a displayed one scrolls by itself where it is wider than the page."""
    shown = mathml(latex, display=display)
    return f'<div class="formula" tabindex="0">{shown}</div>' if display else shown


def _between_dollars(html: str) -> str:
    html = DISPLAYED.sub(lambda found: _shown(unescape(found[1] or found[2]), display=True), html)
    return _unbroken(INLINE.sub(lambda found: _shown(unescape(found[1]), display=False), html))


def _unbroken(html: str) -> str:
    """No line begins with the full stop that ends a formula."""
    return PUNCTUATED.sub(r'<span class="unbroken">\1</span>', html)
