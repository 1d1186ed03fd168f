r"""Claims as they are copied from a page: signs of print, and formulas in the middle of a sentence.

is_latex(text)            whether it is LaTeX
plain(text, latex=...)    ``t⁻¹``, ``a − 1``, ``N·t`` with the signs of a keyboard
without_prose(text)       the formulas of a sentence with ``$``, and the words that join them
"""

from __future__ import annotations

import re
import unicodedata

SIGNS = {
    **dict.fromkeys("−–‐‑﹣－", "-"),
    **dict.fromkeys("∼～˜", "~"),
    **dict.fromkeys("⩽", "≤"),
    **dict.fromkeys("⩾", "≥"),
    **dict.fromkeys("\u00a0\u2009\u202f\u2002\u2003\u2005\u200a", " "),
    **dict.fromkeys("∗⋆★", "*"),
    **dict.fromkeys("\u200b\u2060\ufeff", ""),
    "′": "'",
    "ℒ": "L",
    "∕": "/",
}
"""One character for another."""
WORDS = {
    "·": ("*", r"\cdot "),
    "⋅": ("*", r"\cdot "),
    "×": ("*", r"\times "),
    "∞": ("oo", r"\infty "),
    "→": ("->", r"\to "),
    "∧": ("∧", r"\wedge "),
    "∨": ("∨", r"\vee "),
}
"""A sign as text and as LaTeX."""
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵃᵇ", "0123456789+-()ab", strict=True))
_raised = re.compile(f"[{''.join(RAISED)}]+")
_greek = re.compile("[α-ωΓϵϕϑ]")
_formula = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$|\\\((.+?)\\\)|(?<!\\)\\\[(.+?)\\\]", re.DOTALL)
_words = re.compile(r"[A-Za-z' .,;:()-]*")
JOINING = "and or if for when where with provided whenever assuming as while".split()
"""The words of a sentence that say how its formulas belong together."""


def is_latex(text: str) -> bool:
    r"""Whether a claim is LaTeX: it has a backslash, a brace or a dollar sign.

    >>> is_latex("N^{-b}"), is_latex("N**(-b)")
    (True, False)
    """
    return any(c in text for c in "\\{}$")


def plain(text: str, *, latex: bool) -> str:
    r"""The text with the signs of a keyboard, in the syntax of LaTeX or of text.

    >>> plain("t⁻¹ N^(−α)", latex=False), plain(r"\frac{α − 1}{2}", latex=True)
    ('t^(-1) N^(-alpha)', '\\frac{\\alpha  - 1}{2}')
    """
    if text.isascii():
        return text
    changed = "".join(WORDS[c][latex] if c in WORDS else SIGNS.get(c, c) for c in text)
    around = "^{%s}" if latex else "^(%s)"
    changed = _raised.sub(lambda m: around % "".join(RAISED[c] for c in m[0]), changed)
    return _greek.sub(
        lambda m: f"\\{_name(m[0], latex=True)} " if latex else _name(m[0], latex=False), changed
    )


def _name(letter: str, *, latex: bool) -> str:
    """The name of a Greek letter."""
    name = unicodedata.name(unicodedata.normalize("NFKC", letter)).split()[-1]
    if name == "LAMDA":
        return "lambda" if latex else "lam"
    return name.capitalize() if letter.isupper() else name.lower()


def without_prose(text: str) -> str:
    r"""The formulas of a sentence, with the words that join them; text that is no sentence as it is.

    >>> without_prose(r"We find $L \sim N^{-b}$ for models with $a > b + 1$.")
    'L \\sim N^{-b} \\text{for} \\text{with} a > b + 1'
    """
    formulas = list(_formula.finditer(text))
    starts, ends = [0, *(m.end() for m in formulas)], [*(m.start() for m in formulas), len(text)]
    prose = [text[i:j] for i, j in zip(starts, ends, strict=True)]
    if not formulas or not all(_words.fullmatch(part) for part in prose):
        return text
    pieces: list[str] = []
    for before, formula in zip(prose, formulas, strict=False):
        words = re.findall(r"[A-Za-z]+|[,;]", before.lower())
        words = [x for x in words if x in JOINING or (pieces and not x.isalpha())]
        pieces += [f"\\text{{{x}}}" if x.isalpha() else x for x in words]
        pieces.append(next(inside for inside in formula.groups() if inside is not None).strip())
    return " ".join(pieces)
