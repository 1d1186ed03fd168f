"""Formulas of the site as MathML, which browsers typeset themselves: no script, no font, no network.

A page holds them as ``\\(...\\)`` and ``\\[...\\]`` (Markdown, marked by pymdownx.arithmatex) or as ``$...$``
and ``$$...$$`` (notebooks, in text cells and in the LaTeX that SymPy prints).
"""

from __future__ import annotations

import re
from html import unescape

from latex2mathml.converter import convert

MARKED = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.+?)\\[)\]]</\1>', re.DOTALL)
VERBATIM = re.compile(r"(<(pre|code|script|style|svg|textarea)\b.*?</\2>)", re.DOTALL)
DISPLAYED = re.compile(r"\$\$([^$]+)\$\$|\$\\displaystyle ([^$]+)\$")
SPACING = (
    ("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>"),
    ("<mo>&#x0221E;</mo>", "<mi>&#x0221E;</mi>"),
    ("<mo>&#x0002F;</mo>", '<mo lspace="0" rspace="0">&#x0002F;</mo>'),
)
"""What latex2mathml makes of a tilde, of infinity and of a slash, and what they should be."""
INLINE = re.compile(r"(?<![\\$\w])\$(?=[^\s$])([^$]*[^\s$\\])\$(?![\w$])")

PUNCTUATED = re.compile(r'(<math\b[^>]*display="inline"[^>]*>(?:(?!</math>).)*</math>[.,;:)]+)', re.DOTALL)


def markdown_formulas(html: str) -> str:
    """The formulas that arithmatex marked, as MathML."""
    return _unbroken(MARKED.sub(lambda found: mathml(unescape(found[3]), display=found[2] == "["), html))


def notebook_formulas(html: str) -> str:
    """The formulas between dollars outside code, as MathML."""
    pieces = VERBATIM.split(html)
    # split() yields text, verbatim piece, its tag name, text, ...: the names are in the pieces already.
    return "".join(
        piece if i % 3 == 1 else _between_dollars(piece) for i, piece in enumerate(pieces) if i % 3 != 2
    )


def mathml(latex: str, *, display: bool) -> str:
    """One formula; a displayed one scrolls by itself where it is wider than the page.

    >>> mathml("x", display=False)
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    """
    text = re.sub(r"\\(?:tag\*?|label)\{[^}]*\}", "", latex).strip()
    text = re.sub(r"\\(begin|end)\{(?:aligned|split|gathered)\}", r"\\\1{align*}", text)
    shown: str = convert(text, display="block" if display else "inline")
    # latex2mathml leaves a control word it does not know as an identifier with its backslash.
    if unknown := re.search(r"<m\w+>(\\[A-Za-z]+)", shown):
        raise ValueError(f"{unknown[1]} in the formula {latex!r} has no MathML; write it otherwise")
    for given, better in SPACING:
        shown = shown.replace(given, better)
    return f'<div class="formula" tabindex="0">{shown}</div>' if display else shown


def _between_dollars(html: str) -> str:
    html = DISPLAYED.sub(lambda found: mathml(unescape(found[1] or found[2]), display=True), html)
    return _unbroken(INLINE.sub(lambda found: mathml(unescape(found[1]), display=False), html))


def _unbroken(html: str) -> str:
    """No line begins with the full stop that ends a formula."""
    return PUNCTUATED.sub(r'<span class="unbroken">\1</span>', html)
