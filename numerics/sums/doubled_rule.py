"""A `NodeRule` in doubled numbers (`values.doubled`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics.sums.node_rules import NodeRule
from numerics.values.doubled import Doubled, double_up


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoubledRule:
    """lambda, A and G of a rule, shape (1, nodes), and of its ends.

    The latter are followed by those of the coarser ends with opposite weights: their sum is an error.
    """

    lam: Doubled
    weights: tuple[Doubled, Doubled]
    ends: tuple[Doubled, tuple[Doubled, Doubled]]
    source: NodeRule


def double_rule(rule: NodeRule) -> DoubledRule:
    """The rule in doubled numbers."""
    direct, ends, _ = rule.parts
    own = slice(direct, ends)
    columns = [double_up(column)[None] for column in (rule.lam, rule.A, rule.G)]
    lam, *weights = (
        double_up(np.concatenate([column[own], sign * check]))[None]
        for column, check, sign in zip((rule.lam, rule.A, rule.G), rule.check, (1, -1, -1), strict=True)
    )
    return DoubledRule(
        lam=columns[0], weights=(columns[1], columns[2]), ends=(lam, (weights[0], weights[1])), source=rule
    )
