"""The letters of other papers: the same results in their exponents, conditions included.

A notation is a change of variables ``(a, b) -> (theirs)``. It is applied to finished results: exponents,
prefactors, conditions and domains; factors known to be positive are dropped from conditions, so that
``a - 1 < b`` becomes ``beta < 1`` where ``a - 1 = alpha*beta`` and ``b = alpha``.

    NOTATIONS                 the letters of each paper, by arXiv number; the one table of letters
    notation(name)            one of them
    restate(parts, name)      regimes or phases in its letters
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import TypeVar

from sympy import (
    And,
    Basic,
    Dummy,
    Expr,
    Max,
    Min,
    Or,
    Piecewise,
    Symbol,
    expand,
    factor_terms,
    nan,
    oo,
    solve,
    together,
    zoo,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from asymptotics.caches import cached
from asymptotics.errors import DomainError, shown
from asymptotics.registry import Registry
from asymptotics.shaping import factored, is_nested, put_in, relation, settle, settled
from asymptotics.symbols import C, N, P, a, b, beta, t

_cited = re.compile(r"(?:arxiv[: ]\s*)?(?P<number>\d{4}\.\d{4,5})(?:v\d+)?", re.IGNORECASE)
_T = TypeVar("_T")
_S = TypeVar("_S")
_B = TypeVar("_B", bound=Basic)

TARGET_EXPONENT = Symbol("beta", real=True)
INERTIA = Symbol("mu", positive=True)
"""Heavy-ball inertia where the notation needs its letter beta."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """A change of variables for the exponents of ``lambda_k = k^-b``, ``c_k = k^-a``; all dimensionless.

    ``inverse`` gives two letters of ``source`` in a and b, from which `table` follows, or none where they are
    those of this project; ``resources`` are its letters for t, N, P and C, ``loss`` that for the loss in
    LaTeX. Results are written and claims are read in all of them. Raises `DomainError` for other tables, and
    where the two letters do not determine a and b.

    >>> from asymptotics import derive, power_law
    >>> law = derive(power_law(a, b)).model
    >>> notation("2409.17858").expression(law.exponent)
    alpha*Min(1, beta)
    >>> [notation("2405.15074").condition(regime.condition) for regime in law.regimes]
    [beta < 1/2, beta > 1/2, Eq(beta, 1/2)]
    """

    name: str
    source: str
    inverse: tuple[tuple[Symbol, Expr], ...] = ()
    resources: tuple[tuple[Symbol, Expr], ...] = ()
    loss: str = "L"

    def __post_init__(self) -> None:
        for field, meant in (("inverse", {a, b}), ("resources", {t, N, P, C})):
            for pair in getattr(self, field):
                if not (isinstance(pair, tuple) and len(pair) == 2 and _is_letter(*pair, meant)):
                    known = ", ".join(sorted(symbol.name for symbol in meant))
                    raise self._refusal(f"{field} has {shown(pair)}; give (Symbol, expression in {known})")
        if len(self.inverse) not in (0, 2):
            raise self._refusal(f"inverse has {len(self.inverse)} letters; give two, or none for a and b")
        if self.inverse and not _are_independent(*(meant for _, meant in self.inverse)):
            raise self._refusal(f"{self.inverse} does not determine a and b; give two independent letters")

    def _refusal(self, words: str) -> DomainError:
        return DomainError(f"notation {shown(self.name)}: {words}")

    def expression(self, value: Expr) -> Expr:
        """An exponent, a prefactor, a resource, or cases of them, in these letters."""
        if isinstance(value, Piecewise):
            return Piecewise(*((self.expression(x), self.condition(where)) for x, where in value.args))
        if value.has(Piecewise):
            return value.func(*(self.expression(x) for x in value.args))
        changed = value.xreplace(self.substitution)
        if not self.table:
            return changed
        if changed in (oo, -oo, nan, zoo):
            return changed
        shaped = changed.replace(lambda e: isinstance(e, (Min, Max)), factored)
        if isinstance(shaped, (Min, Max)):
            return shaped
        return factor_terms(together(shaped)).replace(is_nested, lambda e: factor_terms(expand(e)))

    def condition(self, value: Boolean) -> Boolean:
        """A condition in these letters, without factors that are positive."""
        if isinstance(value, And):
            parts = [self.condition(part) for part in value.args]
            return And(*(put_in(part, settled(parts)) for part in parts)) if self.table else And(*parts)
        if isinstance(value, Or):
            return value.func(*(self.condition(part) for part in value.args))
        if not self.table or not isinstance(value, Relational):
            return value
        difference = (value.lhs - value.rhs).xreplace(self.substitution)
        return relation(value.rel_op, difference)

    def rename(self, words: str, *, latex: bool = False) -> str:
        """The name of a quantity, or words about it, with these letters of resources and of the loss.

        The loss keeps our letter where its own would stand beside a resource of that name.

        >>> notation("2405.15074").rename(r"\\hat L(t, N)", latex=True)
        '\\\\hat{\\\\mathcal{P}}(r, d)'
        """
        letters = {str(meant): letter.name for letter, meant in self.resources}
        plain = re.sub(r"\\mathcal\{(\w)\}", r"\1", self.loss)
        clash = plain not in letters and re.search(rf"L(_\w+)?\([^)]*\b{plain}\b", words)
        if not clash:
            letters["L"] = self.loss if latex else plain
        changed = re.sub(r"(?<![A-Za-z\\])[LtNPC](?![A-Za-z])", lambda m: letters.get(m[0], m[0]), words)
        return changed.replace(rf"\hat {self.loss}", rf"\hat{{{self.loss}}}") if self.loss != "L" else changed

    @property
    def table(self) -> tuple[tuple[Symbol, Expr], ...]:
        """a and b in the letters of the source; empty where these are the letters of this project.

        Raises `DomainError` where they are not the one solution of two equations.
        """
        try:
            return _solve_for_ours(self.inverse)
        except (KeyError, ValueError, NotImplementedError) as error:
            words = f"{self.inverse} is not solved by one formula for a and b; give simpler letters"
            raise self._refusal(words) from error

    @property
    def meanings(self) -> dict[str, Expr]:
        """What each letter of the source stands for here, by name.

        >>> notation("2405.15074").meanings
        {'alpha': b/2, 'beta': a/2 - b/2, 'd': N, 'f': C, 'r': t}
        """
        return {letter.name: meant for letter, meant in (*self.inverse, *self.resources)}

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """The letters of the notation."""
        return tuple(symbol for symbol, _ in self.inverse)

    @property
    def substitution(self) -> dict[Symbol, Expr]:
        """What stands for a, b and the resources."""
        substitution = dict(self.table) | {meant: letter for letter, meant in self.resources}
        if any(symbol.name == beta.name for symbol in self.symbols):
            substitution[beta] = INERTIA
        return substitution


def _is_letter(letter: object, meant: object, ours: set[Symbol]) -> bool:
    """Whether a letter is a symbol that stands for an expression in ``ours``."""
    return isinstance(letter, Symbol) and isinstance(meant, Expr) and meant.free_symbols <= ours


def _are_independent(first: Expr, second: Expr) -> bool:
    """Whether two functions of a and b determine both: seen from their symbols, else from their slopes."""
    one, other = sorted((first.free_symbols, second.free_symbols), key=len)
    if len(one) == 1 and other - one:
        return True
    return bool((first.diff(a) * second.diff(b) - first.diff(b) * second.diff(a)).expand() != 0)


@cached(maxsize=64)
def _solve_for_ours(inverse: tuple[tuple[Symbol, Expr], ...]) -> tuple[tuple[Symbol, Expr], ...]:
    """(a, b) from the letters that are given in them."""
    if not inverse:
        return ()
    ours = [Dummy("a"), Dummy("b")]  # a paper may use the same letters for other things
    equations = [letter - meant.xreplace(dict(zip((a, b), ours, strict=True))) for letter, meant in inverse]
    (found,) = solve(equations, ours, dict=True)
    return ((a, found[ours[0]]), (b, found[ours[1]]))


def _letters(**meanings: Expr) -> tuple[tuple[Symbol, Expr], ...]:
    return tuple((Symbol(name, positive=True), meant) for name, meant in meanings.items())


OURS = Notation(name="", source="this project")
"""The letters of this project, in which nothing changes."""
NOTATIONS: Registry[Notation] = Registry(
    (
        Notation(name="2402.01092", source="Bordelon, Atanasov & Pehlevan (2024)", loss=r"\mathcal{L}"),
        Notation(
            name="2409.17858",
            source="Bordelon, Atanasov & Pehlevan, arXiv 2409.17858: capacity alpha, source beta",
            inverse=_letters(alpha=b, beta=(a - 1) / b),
            loss=r"\mathcal{L}",
        ),
        Notation(
            name="2405.15074",
            source="Paquette, Paquette, Xiao & Pennington, arXiv 2405.15074",
            inverse=(*_letters(alpha=b / 2), (TARGET_EXPONENT, (a - b) / 2)),
            resources=_letters(d=N, f=C, r=t),
            loss=r"\mathcal{P}",
        ),
        Notation(
            name="2405.00592",
            source="Atanasov, Zavatone-Veth & Pehlevan, arXiv 2405.00592: capacity alpha, source r",
            inverse=_letters(alpha=b, r=(a - 1) / (2 * b)),
            resources=_letters(n=P),
        ),
        Notation(
            name="2105.15004",
            source="Cui, Loureiro, Krzakala & Zdeborova, arXiv 2105.15004: capacity alpha, source r",
            inverse=_letters(alpha=b, r=(a - 1) / (2 * b)),
            resources=_letters(n=P),
        ),
        Notation(
            name="2001.08361",
            source="Kaplan et al., arXiv 2001.08361: D data, S steps; exponents are measured there",
            resources=_letters(D=P, S=t),
        ),
        Notation(
            name="2203.15556",
            source="Hoffmann et al., arXiv 2203.15556: D tokens; exponents are measured there",
            resources=_letters(D=P),
        ),
        Notation(
            name="2311.14646",
            source="Simon, Karkada, Ghosh & Belkin, arXiv 2311.14646: eigenvalues k^-alpha, powers k^-beta",
            inverse=_letters(alpha=b, beta=a),
            resources=_letters(n=P),
        ),
        Notation(
            name="2506.08415",
            source="Lin, Wu & Bartlett, arXiv 2506.08415: a and b change places",
            inverse=_letters(a=b, b=a),
            resources=_letters(M=N, N=P, L=t),
            loss=r"\mathcal{R}",
        ),
        Notation(
            name="2406.08466",
            source="Lin, Wu, Kakade, Bartlett & Lee, arXiv 2406.08466, where a = b",
            resources=_letters(M=N),
        ),
        Notation(
            name="2102.06701",
            source="Bahri, Dyer, Kaplan, Lee & Sharma, arXiv 2102.06701, where a = b",
            inverse=_letters(alpha=b - 1, a=a),
            resources=_letters(D=P),
        ),
        Notation(
            name="2210.16859",
            source="Maloney, Roberts & Sully, arXiv 2210.16859, where a = b",
            inverse=_letters(alpha=b - 1, a=a),
            resources=_letters(T=P),
        ),
        Notation(
            name="1905.10843",
            source="Spigler, Geiger & Wyart, arXiv 1905.10843: s = alpha_S/d, T = alpha_T/d",
            inverse=_letters(s=b, T=a),
            resources=_letters(n=P),
        ),
        Notation(
            name="2002.02561",
            source="Bordelon, Canatar & Pehlevan, arXiv 2002.02561",
            resources=_letters(p=P),
        ),
        Notation(
            name="2105.00507",
            source="Velikanov & Yarotsky, arXiv 2105.00507",
            inverse=_letters(nu=b, kappa=a - 1),
        ),
        Notation(
            name="2509.19189",
            source="arXiv 2509.19189 and 2602.04774: source s",
            inverse=_letters(s=(a - 1) / b, b=b),
            resources=_letters(D=t),
        ),
        Notation(
            name="2602.06797",
            source="arXiv 2602.06797: capacity beta, source s, horizon N",
            inverse=_letters(s=(a - 1) / b, beta=b),
            resources=_letters(N=t, M=N),
        ),
    )
)
"""By arXiv number; the first leaves exponents in (a, b)."""


def notation(name: str | float | Notation | None) -> Notation:
    """The notation of a paper by its arXiv number, ours for None. Raises `DomainError` for an unknown one.

    >>> notation("arXiv:2409.17858v2").name
    '2409.17858'
    """
    if name is None or isinstance(name, Notation):
        return name or OURS
    name = f"{name:.5f}" if isinstance(name, float) else name  # its number without the quotes
    cited = _cited.fullmatch(name.strip()) if isinstance(name, str) else None
    number = cited["number"] if cited else name
    if not isinstance(number, str) or number not in NOTATIONS:
        author = name.partition(" ")[0].lower() if isinstance(name, str) else ""
        named = len(author) > 2 and author.isalpha()
        papers = [key for key, one in NOTATIONS.items() if named and author in one.source.lower()]
        known = f"{author.capitalize()} et al. are {' or '.join(papers)}" if papers else ""
        raise DomainError(
            f"notation = {shown(name)} is not known; {known or 'choose from ' + ', '.join(NOTATIONS)}"
        )
    return NOTATIONS[number]


def restate(parts: Iterable[_T], letters: str | Notation) -> tuple[_T, ...]:
    """Regimes or phases in other letters: every expression and condition that they hold.

    >>> from asymptotics import derive, power_law
    >>> [regime.exponent for regime in restate(derive(power_law(a, b)).data.regimes, "2405.00592")]
    [2*alpha*r, 2*alpha, 2*alpha]
    """
    chosen = notation(letters)
    return tuple(
        replace(part, **_restated(part, chosen))  # type: ignore[type-var]
        for part in parts
    )


def _restated(part: object, letters: Notation) -> dict[str, object]:
    """Its fields in these letters, of which those that the condition settles are numbers in the others."""
    found = {name: _in(letters, getattr(part, name)) for name in _fields(part)}
    numbers = settled(And.make_args(found["condition"])) if letters.table and "condition" in found else {}
    return {name: settle(value, numbers) if name != "condition" else value for name, value in found.items()}


def _fields(part: object) -> tuple[str, ...]:
    """The fields that hold mathematics; the domain stays, since nothing is decided any more."""
    return tuple(field.name for field in fields(part) if field.name != "domain")  # type: ignore[arg-type]


def _in(letters: Notation, value: object) -> object:
    if isinstance(value, Expr):  # before Boolean: a SymPy symbol is both
        return letters.expression(value)
    if isinstance(value, Boolean):
        return letters.condition(value)
    if isinstance(value, tuple):
        return tuple(_in(letters, one) for one in value)
    return value


__all__ = ["NOTATIONS", "Notation", "notation", "restate"]
