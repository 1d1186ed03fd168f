"""Rows of ``data/verification.jsonl`` beside the laws of today, derived twice: what differs, law by law.

    compare(row)      the differences in one row, each a line; none where all agree

For each law of a row, the symbolic law with the numbers of the row and the law that is derived at these
numbers must state the same, to 12 digits of the prefactor, and have the recorded exponent. The exponent that
was measured, on losses of the full model, may differ from it as far as the next orders of today's expansion
bend the loss at the last two points, multiplied by what eliminating the next order does to what is left (two
orders 1/124 apart are told apart to 1 %), and by its own last digits.
"""

from collections.abc import Iterator

import mpmath
from sympy import Rational, oo

from asymptotics import Law, derive, power_law
from asymptotics.laws.evaluation import agree
from asymptotics.parsing.expressions import parse
from asymptotics.precision import working
from asymptotics.symbols import a, b
from numerics.sweeps.rows import Row
from numerics.verification.places import DEFAULTS
from numerics.verification.references import reference_of

LAWS = derive(power_law(a, b))
LAST_DIGITS = 2e-7
"""Half a unit of the eighth digit, and what the losses of 30 digits leave."""
ORDERS = 4


def bend(law: Law) -> tuple[float, float]:
    """What the known orders leave of the exponent between the last two points, and of the law at the last.

    Logarithms that the law states are divided out, as they were of the losses.
    """
    x, regime = law.resource, law.regimes[0]
    series = law.expansion(terms=ORDERS)
    order = series.terms[0].order
    decay = next((t.order - order for t in series.terms if t.order != order), series.remainder_order - order)
    grid = reference_of(law.name).resources(DEFAULTS, regime.variable(x), x, decay)[-2:]
    settings = {symbol: value for symbol, value in DEFAULTS.items() if symbol != x}
    known, stated = (whole.xreplace(settings) for whole in (series.as_expr(), regime.leading(x)))
    with working(30):
        first, last = (mpmath.mpf((known / stated).xreplace({x: at}).evalf(30)) for at in grid)
        ratio = mpmath.mpf(grid[1] / grid[0])
        slope = abs(mpmath.log(abs(first / last)) / mpmath.log(ratio))
        left = 0 if decay == oo else ratio ** -mpmath.mpf(decay.evalf(30))
        return float(slope * (1 + left) / (1 - left)), float(abs(last - 1))


def compare(row: Row) -> Iterator[str]:
    """A line for each difference between a row and the laws of today."""
    values = {symbol: parse(str(row.point[symbol.name])) for symbol in (a, b)}
    numeric = derive(power_law(*values.values()))
    for name, (_, recorded, measured, *_) in row.result.items():
        law, again = getattr(LAWS, name).at(values), getattr(numeric, name)
        place = f"{name} at {dict(row.point)}"
        if not agree(law.regimes, again.regimes):
            yield f"{place}: {law} with numbers put in, {again} derived at the numbers"
        # with numbers a bound may be sharper: a candidate has no term there
        if not law.regimes[0].remainder <= again.regimes[0].remainder:
            yield f"{place}: what follows falls as {law.regimes[0].remainder} or {again.regimes[0].remainder}"
        if parse(recorded) != law.exponent:
            yield f"{place}: recorded exponent {recorded}, of the law {law.exponent}"
        off = abs(float(Rational(measured) - law.exponent))
        room = max(bend(again))
        if off > LAST_DIGITS * max(1, abs(float(law.exponent))) + room:
            yield f"{place}: measured {measured}, law {law.exponent}; the next orders explain {room:.2g}"
