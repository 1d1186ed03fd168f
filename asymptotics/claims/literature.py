"""Published exponents, each with its source, its own letters and its assumptions, as claims to be judged.

The table is data (``data/literature.json``): what a source states, where, in its notation, and what its
letters mean here. Whether a claim holds is not in it; `Published.verdict` derives that. Places are given by
section, figure or abstract, and each row says what was read to support it (`READINGS`). A verdict is about
the exponent as the row has it, under the conditions of the row; a row that is from memory or only quoted may
misstate its source. Claims about quantities that are not modelled are listed with the reason, and not judged.

* `Published` is one row, `READINGS` what may have been read for it.
* `literature` is the table, and `read_table` the rows in a text of the same form.

>>> table = literature()
>>> [entry.claim for entry in table if entry.key == "bap-model"]
['\\\\mathcal L(N) \\\\sim N^{-\\\\min\\\\{a-1,2b\\\\}}']
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

from sympy import oo

from asymptotics.allocation.optimum import Optimum, compute_optimal
from asymptotics.caches import cached
from asymptotics.claims.check import check_claim
from asymptotics.claims.verdict import Verdict
from asymptotics.errors import DomainError, UnableError
from asymptotics.laws.derive import derive
from asymptotics.laws.law import Law
from asymptotics.model.features import LAZY, Features, Rich
from asymptotics.model.quantity import GAUSSIAN
from asymptotics.model.rules.base import TrainingRule, rule_of_name
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.students.base import Student, student_of
from asymptotics.symbols import a, b
from asymptotics.tasks.power_laws import power_law

OPTIMUM = "optimum"
READINGS = {
    "text": "read in the text of the source",
    "abstract": "read in the abstract of the source",
    "authors": "read in other work of the authors, not in the source",
    "quoted": "read as others quote it, not in the source",
    "no": "from memory; compare the paper before you cite it",
}
"""What may have been read to support a row, and the words for it."""
REQUIRED = ("key", "where", "read", "quantity", "claim")
"""The fields that every row has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published exponent.

    Attributes
    ----------
    key : a name for it. source, where : the paper, and the place in it.
    read : what was read to support this row, a key of `READINGS`; "no" for a row written from memory, whose
        statement and place may both be wrong. `DomainError` is raised for any other word.
    quantity : what it is about, in words. claim : LaTeX, in the letters of the source.
    change : what its letters mean, in words; ``notation`` names them in `asymptotics.notation.NOTATIONS`.
    assuming : conditions of the source, in its letters.
    law : the attribute of `Laws` it is compared with, "optimum" for an allocation of ``cost`` by ``rule``
        with ``features``, or "" where the quantity is not modelled; ``why`` then says why.
    noise : label noise of the task. modes : its number of modes. student : as `student_of` reads it.
    """

    key: str
    source: str
    where: str
    read: str
    quantity: str
    claim: str
    change: str
    notation: str
    assuming: tuple[str, ...] = ()
    law: str = ""
    cost: str = ""
    rule: type[TrainingRule] = GradientFlow
    features: Features = LAZY
    noise: str = "0"
    modes: str = "oo"
    student: Student = GAUSSIAN
    why: str = ""

    def __post_init__(self) -> None:
        if self.read not in READINGS:
            known = ", ".join(READINGS)
            raise DomainError(f"{self.key}: read is {self.read!r}; say what was read of the source: {known}")

    @property
    def is_covered(self) -> bool:
        """Whether the quantity is one that is modelled."""
        return bool(self.law)

    def subject(self) -> Law | Optimum:
        """The law or optimum, for power-law features, that the claim is compared with; else `UnableError`."""
        if not self.is_covered:
            raise UnableError(f"{self.key} is not covered: {self.why}")
        return _subject(self.law, self.cost, self.rule, self.noise, self.features, self.modes, self.student)

    def verdict(self) -> Verdict:
        """The claim judged under its own assumptions; `UnableError` for a quantity that is not modelled."""
        return check_claim(self.claim, self.subject(), self.assuming, notation=self.notation)


@cached(maxsize=32)
def _subject(
    law: str,
    cost: str,
    rule: type[TrainingRule],
    noise: str,
    features: Features,
    modes: str,
    student: Student,
) -> Law | Optimum:
    laws = derive(power_law(a, b, noise=noise, modes=oo if modes == "oo" else modes), student=student)
    if law != OPTIMUM:
        return getattr(laws, law)
    return compute_optimal(laws, cost, rule=rule, features=features)


@cached(maxsize=1)
def literature() -> tuple[Published, ...]:
    """The table, source by source.

    >>> sum(entry.is_covered for entry in literature()) >= 30
    True
    """
    return read_table((files("asymptotics.claims") / "data" / "literature.json").read_text(encoding="utf-8"))


def read_table(text: str) -> tuple[Published, ...]:
    """The rows in JSON of the form of ``data/literature.json``; `DomainError` for a row that lacks a field.

    >>> row = '{"key": "row", "where": "abstract", "quantity": "test loss", "claim": "t^{-1}"}'
    >>> read_table('[{"source": "Lin", "change": "", "notation": "2402.01092", "claims": [' + row + "]}]")
    Traceback (most recent call last):
    ...
    asymptotics.errors.DomainError: 'row' of Lin lacks read; every row has key, where, read, quantity, claim
    """
    return tuple(_entry(paper, claim) for paper in json.loads(text) for claim in paper["claims"])


def _entry(paper: dict[str, object], claim: dict[str, object]) -> Published:
    if missing := [name for name in REQUIRED if name not in claim]:
        row = f"{claim.get('key', 'a row')!r} of {paper['source']}"
        raise DomainError(f"{row} lacks {missing[0]}; every row has {', '.join(REQUIRED)}")
    fields = dict(claim)
    fields["assuming"] = tuple(claim.get("assuming", ()))  # type: ignore[arg-type]
    if "rule" in claim:
        fields["rule"] = rule_of_name(str(claim["rule"]))
    if "student" in claim:
        fields["student"] = student_of(claim["student"])  # type: ignore[arg-type]
    if "gamma" in fields:
        fields["features"] = Rich(fields.pop("gamma"))
    shared = {name: str(paper[name]) for name in ("source", "change", "notation")}
    return Published(**shared, **fields)  # type: ignore[arg-type]


__all__ = ["READINGS", "REQUIRED", "Published", "literature", "read_table"]
