"""What is written for a task: expressions, equations such as ``lambda_k = k^-b``, the index.

read_fields(given)                 all that a task holds, as it is meant
read_side(name, value)             eigenvalues or target as an expression
read_multiplicity(value, index)    modes per level; text may call ``harmonics``, ``torus`` and ``squares``
index_of(eigenvalues, target)      the index that is meant where none was given
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sympy import Expr, Symbol, oo, powsimp

from asymptotics.errors import DomainError, ParseError, shown
from asymptotics.hints import name_argument
from asymptotics.parsing.characters import is_latex
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.numbers import exact
from asymptotics.parsing.vocabulary import Function
from asymptotics.symbols import RESOURCES, k
from asymptotics.tasks.multiplicity import harmonics, squares, torus

EIGENVALUE = Symbol("lambda_k", positive=True)
"""The eigenvalue of a mode, where the target is written with it."""
COUNTS = {"harmonics": harmonics, "torus": torus, "squares": squares}
FIELDS = "eigenvalues", "target", "multiplicity", "index", "noise", "modes", "known", "test_eigenvalues"
LETTERS = "ijlmn"
"""What counts modes where it is not k and other symbols stand on both sides, too."""

_lambda = re.compile(r"(?:\\?lambda|λ)(?:_\{?([A-Za-z])\}?|\(([A-Za-z])\))?(?![A-Za-z_0-9])")
_power = r"w_\{?[A-Za-z]\}?\s*(?:\^|\*\*)\s*(?:2|\{2\}|\(2\))"
_sides = {
    "eigenvalues": re.compile(r"lambda_k"),
    "target": re.compile(rf"c(?:_\{{?[A-Za-z]\}}?)?|lambda_k\s*\*?\s*{_power}"),
}
_weights = re.compile(_power)


def read_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is meant by the `FIELDS` of a task, as they are written. Raises `DomainError` for infinite ones.

    >>> given = {"eigenvalues": "j**-2", "target": "lambda_k/j", "multiplicity": 1, "index": None}
    >>> found = read_fields({**given, "noise": 0, "modes": oo, "known": oo, "test_eigenvalues": None})
    >>> found["index"], found["target"]
    (j, j**(-3))
    """
    lam, power = read_side("eigenvalues", given["eigenvalues"]), read_side("target", given["target"])
    if power.has(EIGENVALUE):
        power = powsimp(power.xreplace({EIGENVALUE: lam}))
    modes = exact(given["modes"], "modes")
    index = index_of(lam, power, modes) if given["index"] is None else read_index(given["index"])
    count = read_multiplicity(given["multiplicity"], index)
    sides = lam.free_symbols | power.free_symbols
    same = {symbol: index for symbol in sides if symbol.name == index.name}  # one letter is one symbol
    level = {} if k in sides else {k: index}  # a multiplicity may be written in k all the same
    meant = {
        "eigenvalues": lam.xreplace(same),
        "target": power.xreplace(same),
        "multiplicity": count.xreplace(level),
        "index": index,
        "noise": exact(given["noise"], "noise"),
        "modes": modes,
        "known": exact(given["known"], "known"),
    }
    if meant["known"].is_extended_nonpositive or meant["known"].has(index):
        raise DomainError(
            f"known = {given['known']}; the relative error {index}**-known needs known > 0, or oo"
        )
    if (tested := given["test_eigenvalues"]) is not None:
        meant["test_eigenvalues"] = read_side("test_eigenvalues", tested).xreplace(same)
        if not meant["test_eigenvalues"].has(index):
            raise DomainError(
                f"test_eigenvalues = {tested} do not depend on {index}, the index of the task; write them in "
                f"{index}"
            )
    for name, value in meant.items():
        if name not in ("modes", "known") and value.has(oo, -oo):
            raise DomainError(f"{name} = {value} is infinite; give finite numbers")
    return meant


def read_side(name: str, value: object) -> Expr:
    """``lambda_k`` or ``c_k`` from an expression, or from text or LaTeX that may be an equation for it.

    The target may be written with ``lambda_k``, and as an equation for ``w_k^2``, since ``c_k = lambda_k
    w_k^2``; both leave the symbol `EIGENVALUE`. Raises `ParseError`, and `DomainError` for arrays.

    >>> read_side("eigenvalues", "lambda_k = k^-b"), read_side("target", "w_k^2 = k**-3")
    (k**(-b), lambda_k/k**3)
    """
    if not isinstance(value, str):
        if hasattr(value, "__len__") and getattr(value, "ndim", 1) > 0 and not isinstance(value, dict):
            raise DomainError(
                f"{name} = {shown(value)} has one number for each mode; "
                "use Task.from_arrays(eigenvalues, target), or numerics.FullModel.from_arrays for the curves"
            )
        return exact(value, name)
    plain = value.strip(" $") if "$" in value else value
    left, equals, right = _lambda.sub("lambda_k", plain).partition("=")
    if not equals or left[-1:] in "<>!=" or right[:1] == "=":
        return _parse(name, value, left + equals + right)
    side = left.strip()
    if _sides[name].fullmatch(side):
        return _parse(name, right, right)
    if name == "target" and _weights.fullmatch(side):
        return EIGENVALUE * _parse(name, right, right)
    known = "lambda_k = k**-b" if name == "eigenvalues" else "c_k = k**-a or w_k^2 = k**-(a - b)"
    raise ParseError(f"{shown(value)}: write {name} as {known}, or the right side of it alone")


def _parse(name: str, text: str, read: str) -> Expr:
    if re.search(r"(?<![A-Za-z_0-9])[wc]_[A-Za-z]", read):
        raise ParseError(
            f"{shown(text)}: w_k and c_k are names, not expressions in k; write target='k**-a' for c_k = "
            "lambda_k w_k^2, or target='w_k^2 = k**-(a - b)'"
        )
    if is_latex(read) and EIGENVALUE.name not in read:
        from asymptotics.parsing.latex import read as read_latex  # its reader is slow to import
        from asymptotics.parsing.latex_writer import to_text

        source = read_latex(read)
        return parse(to_text(source, source.items)[0])
    if name == "target":
        return parse(read, symbols={"lambda_k": EIGENVALUE}, whole=True)
    if EIGENVALUE.name in read:
        raise ParseError(
            f"{shown(text)}: lambda_k is the name of the eigenvalue; write eigenvalues='k**-b', or "
            "Task.from_arrays for measured ones"
        )
    return parse(read, whole=True)


def read_multiplicity(value: object, index: Symbol = k) -> Expr:
    """Modes per level, from an expression or from text.

    >>> read_multiplicity("harmonics(3)"), read_multiplicity("2*torus(d)")
    (2*k + 1, -2*(2*k - 1)**d + 2*(2*k + 1)**d)
    """
    if not isinstance(value, str):
        return exact(value, "multiplicity")
    counts = {
        name: Function(build=lambda dimension, count=count: count(dimension, index))
        for name, count in COUNTS.items()
    }
    return parse(value, functions=counts)


def read_index(value: object) -> Symbol:
    """The index from a symbol or its name; positive, as every symbol of a task."""
    try:
        found = parse(value) if isinstance(value, str) else value
    except ParseError:
        found = None
    if not isinstance(found, Symbol):
        raise DomainError(f"index = {shown(value)}; it is no letter; give the one that counts modes, e.g. k")
    return Symbol(found.name, positive=True)


def index_of(eigenvalues: Expr, target: Expr, modes: Expr = oo) -> Symbol:
    """k; where neither side has it, the one symbol of both sides that can count modes.

    A parameter of infinitely many modes leaves both sides constant, so that one common symbol must be the
    index. Raises `DomainError` where several may be.

    >>> from asymptotics.symbols import a, b
    >>> j, s = Symbol("j", positive=True), Symbol("s", positive=True)
    >>> index_of(j**-b, j**-a), index_of(s, s, modes=b)
    (j, k)
    """
    if k in eigenvalues.free_symbols | target.free_symbols:
        return k
    common = sorted(
        (eigenvalues.free_symbols & target.free_symbols).difference(RESOURCES), key=lambda symbol: symbol.name
    )
    usual = [symbol for symbol in common if symbol.name in LETTERS]
    for found in (usual, common if modes == oo else []):
        if len(found) == 1:
            return found[0]
    if len(usual) > 1 or (modes == oo and common):
        raise DomainError(
            f"{eigenvalues} and {target} have no k, and {', '.join(map(str, common))} on both sides; "
            f"say which counts the modes, {name_argument('index', repr(str(common[0])), str(common[0]))}"
        )
    return k
