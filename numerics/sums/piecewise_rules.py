"""The rules of a spectrum in pieces: those of each piece, one after the other.

Sums over pieces add, and so do the finite measures that stand for them (`node_rules`); target power of
eigenvalue zero is one more node, ``lambda = 0``, and so is the trace of modes whose eigenvalues vanish.
"""

from __future__ import annotations

import numpy as np
import sympy

from asymptotics.errors import UnableError
from numerics.spectra.compiled import constant
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.sums.node_rules import NodeRule, RuleBook, doubles_of
from numerics.values.arithmetic import Array, array, bits_of, field_of


class PieceBook:
    """A `RuleBook` for a spectrum with pieces or with a white part, with the same names.

    >>> from asymptotics.symbols import k
    >>> from asymptotics.tasks.task import Task
    >>> from numerics.spectra.spectrum import spectrum_of
    >>> task = Task(eigenvalues="1", target="1", modes=7)
    >>> PieceBook(spectrum_of(task), 20).rule(0, 0, 0.0, 0).lam.shape
    (7,)
    """

    def __init__(self, spectrum: ContinuousSpectrum | FiniteSpectrum, digits: int) -> None:
        pieces = (spectrum,) if isinstance(spectrum, FiniteSpectrum) else spectrum.pieces or (spectrum,)
        self._books = [RuleBook(piece, digits) for piece in pieces]
        self._lost = sympy.S.Zero if isinstance(spectrum, FiniteSpectrum) else spectrum.unlearned
        self._white = spectrum.white
        self._bits = bits_of(digits) + 40
        self._rules: dict[tuple[int, ...], tuple[list[NodeRule], NodeRule]] = {}
        listed = [book.plain for book in self._books if book.plain is not None]
        self.plain: NodeRule | None = self._join(listed) if len(listed) == len(self._books) else None

    def rule(self, head: int, sector: int, log_floor: float, refinement: int) -> NodeRule:
        """The rules of all pieces with at least ``head - 1`` direct terms each."""
        parts = [book.rule(head, sector, log_floor, refinement) for book in self._books]
        key = tuple(map(id, parts))
        if key not in self._rules:
            self._rules[key] = parts, self._join(parts)  # parts that are kept keep their id
        return self._rules[key][1]

    def place(self, log_kappa: float, angle: float, *, derivatives: int = 2) -> tuple[int, int]:
        """The K and the sector that do for every piece."""
        places = [book.place(log_kappa, angle, derivatives=derivatives) for book in self._books]
        return max(head for head, _ in places), max(sector for _, sector in places)

    def upright_head(self) -> int:
        """The K that does for every piece."""
        return max(book.upright_head() for book in self._books)

    def _join(self, rules: list[NodeRule]) -> NodeRule:
        bins = [rule.bins for rule in rules if rule.bins is not None]
        if bins and len(rules) > 1:
            raise UnableError("compressed lists of modes are not joined; give the modes as arrays")
        with field_of(self._bits) as field:
            there = self._lost != 0 or self._white != 0
            extra = [
                array([constant(x, field)] if there else []) for x in (sympy.S.Zero, self._white, self._lost)
            ]
        stops = [(0, *rule.parts, len(rule.lam)) for rule in rules]
        groups = [
            [
                [values[stop[part] : stop[part + 1]] for values, stop in zip(column, stops, strict=True)]
                for part in range(4)
            ]
            for column in ([r.lam for r in rules], [r.A for r in rules], [r.G for r in rules])
        ]
        for column, node in zip(groups, extra, strict=True):
            column[0].append(node)
        lam, A, G = (np.concatenate([np.concatenate(part) for part in column]) for column in groups)
        ends = np.cumsum([sum(map(len, part)) for part in groups[0]])
        check: tuple[Array, Array, Array] = tuple(  # type: ignore[assignment]
            np.concatenate([rule.check[i] for rule in rules]) for i in range(3)
        )
        return NodeRule(
            lam=lam,
            A=A,
            G=G,
            parts=(int(ends[0]), int(ends[1]), int(ends[2])),
            check=check,
            doubles=doubles_of(lam, A, G),
            bins=bins[0] if bins else None,
        )
