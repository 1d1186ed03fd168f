"""``sum_k m_k c_k e^(-rate lambda_k)`` at many rates at once, in doubled numbers, over the nodes of one rule.

For other training rules each slow mode has ``w e^(-2 r t)`` left, r and w analytic in lambda (`SlowModes`).

A `NodeRule` for kappa in the right half plane integrates along real k, in a strip where Re lambda > 0, and
there an exponential is at most 1, as is kappa/(lambda + kappa): it stands for the spectrum in these sums too.
Where it does not, as where the sum is exponentially small, the estimate of the error says so.

    exponential_sums     the sums, and relative errors
"""

from __future__ import annotations

import math

import numpy as np

from numerics.sums.decay import SlowModes
from numerics.sums.node_rules import NodeRule
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import field_of
from numerics.values.doubled import BITS, Doubled, Floats, add_up, double_up, exponentials, real_exponentials

NEGLIGIBLE = 90.0
"""Terms below e^-90 are left out; beside a sum of the order of 1 they have no part in 30 digits."""
REACH = 2.0
"""How far in log kappa a rule goes below 1/rate."""
ENDS = 16
"""An exponential turns at the ends, where more points help less than for 1/(lambda + kappa)."""
MOST_TERMS = 30_000


def exponential_sums(
    sums: SpectralSums, rates: Doubled, modes: SlowModes | None = None
) -> tuple[Doubled, Floats] | None:
    """The sums at real rates > 0, shape (n,), and their relative errors; None where there is no short rule.

    With ``modes`` they are the sums of ``m_k c_k w e^(-rate r)``.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> from numerics.spectra.spectrum import spectrum_of
    >>> from numerics.values.arithmetic import array, field_of
    >>> from numerics.values.doubled import double_up
    >>> with field_of(100) as field:
    ...     rates = double_up(array([field.real(2000)]))
    ...     total, error = exponential_sums(SpectralSums(spectrum_of(power_law("3/2", 2)), 24), rates)
    >>> total.re[0][0], bool(error[0] < 1e-20)
    (np.float64(0.2710775678721606), True)
    """
    with field_of(BITS) as field:
        slope = modes.slope(field) if modes else 1.0
    logs = -np.log(slope * rates.re[0])
    floor = float(logs.min()) - REACH
    rule = sums.doubled(sums.rule_for_exponentials([complex(floor), complex(logs.max())], floor))
    if rule.source.bins is not None or rule.lam.re[0].size > MOST_TERMS:
        return None
    lam, power, ends_lam, ends_power = rule.lam, rule.weights[1], rule.ends[0], rule.ends[1][1]
    if modes:
        found = _of_modes(rule.source, modes)
        if found is None:
            return None
        lam, ends_lam = found[0][0], found[1][0]
        power, ends_power = power * found[0][1], ends_power * found[1][1]
    left = _exponentials(lam, rates)
    total, size = add_up(power, left)
    _, ends, even = rule.source.parts
    terms = power.rounded * left.rounded
    halves = np.abs(terms[:, ends:even].sum(axis=-1) - terms[:, even:].sum(axis=-1))
    at_ends = np.abs(add_up(ends_power, _exponentials(ends_lam, rates))[0].rounded)
    value = np.abs(total.re[0])
    with np.errstate(all="ignore"):
        # rounding of an exponent counts with its size
        rounding = NEGLIGIBLE * 2.0**-BITS * size
        left_out = math.exp(-NEGLIGIBLE) * np.abs(power.rounded).sum()
        apart = ENDS * at_ends + rounding + left_out
        error = (halves / value) ** 1.6 + apart / value + 10.0 ** -(sums.digits + 2)
    return total, np.where(np.isfinite(error), error, math.inf)


def _of_modes(rule: NodeRule, modes: SlowModes) -> list[tuple[Doubled, Doubled]] | None:
    """r and w at the nodes and at those of fine and coarse ends; None where they are not analytic."""
    direct, ends, _ = rule.parts
    if any(abs(x) > modes.singular / 2 for x in (*rule.lam[direct:], *rule.check[0])):
        return None
    with field_of(BITS + 10) as field:
        places = [rule.lam, np.concatenate([rule.lam[direct:ends], rule.check[0]])]
        found = [modes.of(lam, field) for lam in places]
        return [(double_up(r)[None], double_up(w)[None]) for r, w in found]


def _exponentials(lam: Doubled, rates: Doubled) -> Doubled:
    """``e^(-rate lambda)``, shape (rates, nodes); 0 where that is negligible."""
    exponent = lam * rates[:, None].negative
    shape = exponent.re[0].shape
    parts = np.zeros((4, *shape))
    there = exponent.re[0] > -NEGLIGIBLE
    on_axis = there & (lam.im[0] == 0)
    parts[0][on_axis], parts[1][on_axis] = real_exponentials(exponent[on_axis].re)
    beside = there & (lam.im[0] != 0)
    found = exponentials(exponent[beside])
    for part, values in zip(parts, (*found.re, *found.im), strict=True):
        part[beside] = values
    return Doubled((parts[0], parts[1]), (parts[2], parts[3]))
