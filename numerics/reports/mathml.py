"""LaTeX as MathML Core, which browsers typeset themselves: no script, no font, no network.

    mathml(latex, display=)    one formula
    width(element)             about how wide it is, in em

A displayed formula carries its width as ``--em``, so that a style sheet can set it smaller where it would be
cut, as on paper.
"""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

NAMES = re.compile(r"<(mi|mo)>([A-Za-z]{2,})</\1>")
"""Functions: sin, log, min, ..."""
OPERATOR = re.compile(r"\\operatorname\*\{([^{}]*)\}")
"""Names with a space and what they run over below, ``arg min``."""
CAPITALS = re.compile(r"<mi>(&#x003(?:9[1-9A-F]|A[0-9]);)</mi>")
"""Greek capitals, which TeX sets upright."""
REPLACED = (
    ("<mi>&#x0007E;</mi>", "<mo>&#x0223C;</mo>"),
    ("<mo>&#x0221E;</mo>", "<mi>&#x0221E;</mi>"),
    ("<mi>;</mi>", "<mo>;</mo>"),
    ("<mi>&#x02032;</mi>", '<mo lspace="0" rspace="0">&#x02032;</mo>'),
    ("<mo>&#x0002F;</mo>", '<mo lspace="0" rspace="0">&#x0002F;</mo>'),
    (' columnalign="right"', ' class="right"'),
    (' columnalign="left"', ""),
    (' rowspacing="3pt" columnspacing="0em 2em"', ""),
    (' stretchy="true" fence="true"', ""),
)
"""What latex2mathml makes of signs and columns, and what they should be."""
SCRIPTS = ("msup", "msub", "msubsup", "munder", "mover", "munderover")
SIZES = (1.0, 0.71, 0.5)
"""Of letters by script level, as browsers have them."""
RELATIONS = "=<>∼≤≥→∝≪≫+−±"


def mathml(latex: str, *, display: bool = False) -> str:
    """One formula. Raises ValueError for a control word that has no MathML.

    >>> mathml("x")
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    """
    text = re.sub(r"\\(?:tag\*?|label)\{[^}]*\}", "", latex).strip()
    text = OPERATOR.sub(lambda m: rf"\operatorname{{{m[1].replace(chr(92) + ',', '')}}}", text)
    text = re.sub(r"\\(begin|end)\{(?:aligned|split|gathered)\}", r"\\\1{align*}", text)
    shown: str = convert(text, display="block" if display else "inline")
    # latex2mathml leaves a control word it does not know as an identifier with its backslash.
    if unknown := re.search(r"<m\w+>(\\[A-Za-z]+)", shown):
        raise ValueError(f"{unknown[1]} in the formula {latex!r} has no MathML; write it otherwise")
    for given, better in REPLACED:
        shown = shown.replace(given, better)
    shown = CAPITALS.sub(r'<mi mathvariant="normal">\1</mi>', shown)
    shown = NAMES.sub(r'<mrow><mspace width="0.17em"/><mi>\2</mi></mrow>', shown)
    if not display:
        return shown
    em = math.ceil(1.07 * width(ElementTree.fromstring(shown)) + 1)  # a margin for other fonts
    return shown.replace("<math ", f'<math style="--em:{em}" ', 1)


def width(element: ElementTree.Element, display: bool = True, level: int = 0) -> float:
    """About how wide a formula is, to a tenth, in em of the text around it.

    ``display`` and ``level`` are MathML's: fractions in displayed formulas, and in the cells of tables, keep
    their size; scripts, and fractions elsewhere, are a level smaller.
    """
    tag = element.tag.rpartition("}")[2]
    size = SIZES[min(level, len(SIZES) - 1)]
    if tag in SCRIPTS:
        base, *scripts = element
        widths = [width(script, False, level + 1) for script in scripts]
        return width(base, display, level) + (sum(widths) if tag in ("msup", "msub") else max(widths))
    if tag == "mfrac":
        return max(width(part, False, level + (not display)) for part in element) + 0.3 * size
    if tag == "mtable":
        rows = [[width(cell, True, level) for cell in row] for row in element]
        return sum(max(row[i] for row in rows if i < len(row)) + 0.8 for i in range(max(map(len, rows))))
    parts = sum(width(part, display, level) for part in element)
    text = element.text or ""
    if tag == "mo":
        return (1.4 if text in RELATIONS else 0.5) * size
    return parts + 0.52 * size * len(text) + {"mspace": 0.2, "msqrt": 1.0}.get(tag, 0)
