"""The least of a loss whose sums swing between the levels of a spectrum, such as rho^k.

Where a level is reached the loss has a dip, and the ridge of the lowest one depends on P modulo a level. The
smallest loss does not, to leading order: F and df2 are known up to a factor ``1 + O(1/l)``, l = log(1/kappa),
and so is a loss that grows with both of them, and its minimum, which is that of their leading terms.

    swings              whether sums swing, or are known up to one level
    expand_least        the rule for a smallest loss of such sums
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sympy import Dummy, Integer, Symbol
from sympy.core.function import AppliedUndef

from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import oscillates
from asymptotics.model.expander import Expander, Found
from asymptotics.model.finite_modes import at_size
from asymptotics.model.operators import AtModes
from asymptotics.model.sums import df2

ONE = Integer(1)
BETWEEN = (
    "the {what} depends on where {size} is between two levels of the spectrum, which is not derived; numbers "
    "come from numerics.FullModel"
)


def swings(expander: Expander, node: AtModes) -> bool:
    """Whether a sum in the smallest loss swings where it leads or next to that."""
    if expander.spectrum.kernel.remark:
        return True
    return any(oscillates(part.series) for part in _sums(expander, node))


def expand_least(expander: Expander, node: AtModes, x: Symbol) -> Found:
    """The smallest f by the leading terms of the sums; a wave where they lead is a letter.

    What that is part of is a bound. Raises `UnableError` where it leads, and where nearly all samples are
    resolved, as the room ``1 - df2/P`` that is left is then not known.
    """
    function, letter, size, modes = node.args
    smooth, parts = Expander(expander.spectrum, expander.depth), _sums(expander, node)
    near, waves = smooth.exact(letter, [Term(ONE, Integer(0))]), set()
    for part in parts:
        lead = part.series.leading()
        if lead.element.has(letter):
            waves.add(wave := Dummy("w", positive=True))
            lead = Term(wave, lead.order, *lead.logs)
        smooth.found[part.node, letter] = Found(node=part.node, series=part.series.with_terms([lead], ()))
        near = near.with_terms(near.terms, (*near.remainder, *_relative(part.series)))
    room = smooth(1 - df2(letter) / modes, letter).series.leading()
    value = smooth(function.xreplace({size: modes}), letter).series * near
    series = at_size(smooth(modes, letter).series, size, value)
    known = [t for t in series.terms if not waves & t.coefficient.free_symbols]
    if room.order != 0 or room.logs != (0, 0) or series.leading() not in known:
        raise UnableError(BETWEEN.format(what="smallest loss", size=size))
    left = (Bound(t.order, *t.logs) for t in series.terms if t not in known)
    found = replace(series.with_terms(known, (*series.remainder, *left)), whole=False)
    return Found(node=node, series=found, parts=parts)


def _relative(series: Expansion) -> Iterator[Bound]:
    """What follows the leading term, relative to it, where that is no power of the variable."""
    lead = series.leading()
    followers: Iterable[Term | Bound] = (*series.terms, *series.remainder)
    for one in followers:
        if one is not lead and one.order == lead.order:
            logs = one.log_power - lead.log_power, one.loglog_power - lead.loglog_power
            yield Bound(Integer(0), *logs)


def _sums(expander: Expander, node: AtModes) -> tuple[Found, ...]:
    function, letter = node.args[:2]
    return tuple(expander(call, letter) for call in sorted(function.atoms(AppliedUndef), key=str))
