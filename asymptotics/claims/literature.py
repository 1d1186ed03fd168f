"""Published exponents, each with its source, its own letters and its assumptions, as claims to be judged.

The table is data (``data/literature.json``): what a source states, where, in its notation, and what its
letters mean here. Whether a claim holds is not in it; `Published.verdict` derives that. Places are given by
section, figure or abstract. Claims about quantities that are not modelled are listed with the reason.

>>> table = literature()
>>> [entry.claim for entry in table if entry.key == "bap-model"]
['\\\\mathcal L(N) \\\\sim N^{-\\\\min\\\\{a-1,2b\\\\}}']
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

from asymptotics.allocation.optimum import Optimum, compute_optimal
from asymptotics.caches import cached
from asymptotics.claims import Verdict, check_claim
from asymptotics.errors import UnableError
from asymptotics.laws.derive import derive
from asymptotics.laws.law import Law
from asymptotics.symbols import a, b
from asymptotics.tasks.task import power_law

OPTIMUM = "optimum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One published exponent.

    Attributes
    ----------
    key : a name for it. source, where : the paper, and the place in it.
    quantity : what it is about, in words. claim : LaTeX, in the letters of the source.
    change : what its letters mean, in words; ``notation`` names them in `asymptotics.notation.NOTATIONS`.
    assuming : conditions of the source, in its letters.
    law : the attribute of `Laws` it is compared with, "optimum" for an allocation of ``cost`` by ``rule``,
        or "" where the quantity is not modelled; ``why`` then says why. noise : label noise of the task.
    """

    key: str
    source: str
    where: str
    quantity: str
    claim: str
    change: str
    notation: str
    assuming: tuple[str, ...] = ()
    law: str = ""
    cost: str = ""
    rule: str = "flow"
    noise: str = "0"
    why: str = ""

    @property
    def is_covered(self) -> bool:
        """Whether the quantity is one that is modelled."""
        return bool(self.law)

    def subject(self) -> Law | Optimum:
        """The law or optimum, for power-law features, that the claim is compared with; else `UnableError`."""
        if not self.is_covered:
            raise UnableError(f"{self.key} is not covered: {self.why}")
        return _subject(self.law, self.cost, self.rule, self.noise)

    def verdict(self) -> Verdict:
        """The claim judged under its own assumptions; `UnableError` for a quantity that is not modelled."""
        return check_claim(self.claim, self.subject(), self.assuming, notation=self.notation)


@cached(maxsize=32)
def _subject(law: str, cost: str, rule: str, noise: str) -> Law | Optimum:
    laws = derive(power_law(a, b, noise=noise))
    return compute_optimal(laws, cost, rule=rule) if law == OPTIMUM else getattr(laws, law)


@cached(maxsize=1)
def literature() -> tuple[Published, ...]:
    """The table, source by source.

    >>> sum(entry.is_covered for entry in literature()) >= 30
    True
    """
    text = (files("asymptotics.claims") / "data" / "literature.json").read_text(encoding="utf-8")
    return tuple(_entry(paper, claim) for paper in json.loads(text) for claim in paper["claims"])


def _entry(paper: dict[str, object], claim: dict[str, object]) -> Published:
    fields = dict(claim)
    fields["assuming"] = tuple(claim.get("assuming", ()))  # type: ignore[arg-type]
    shared = {name: str(paper[name]) for name in ("source", "change", "notation")}
    return Published(**shared, **fields)  # type: ignore[arg-type]


__all__ = ["Published", "literature"]
