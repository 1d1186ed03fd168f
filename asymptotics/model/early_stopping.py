"""When to stop under label noise, and what that leaves.

At N = oo the loss is a series in 1/P, its coefficients expansions for t -> oo (`transients`):

    L(t, P) = L_0(t) + y L_1(t) + y^2 L_2(t) + ...,    y = 1/P.

L_0 falls, the label noise lets L_1 grow, and L is smallest where its derivative vanishes. Read for y at fixed
t, that is

    y = -(L_0' + y^2 L_2' + ...)/L_1',

solved by iteration: with ``L_0 ~ t^-p`` and ``L_n ~ t^(-n q)``, q < 0, each round leaves a factor t^-p less.
Reverted, ``1/y(t) = P`` gives the best time t*(P), and with it the loss there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Integer

from asymptotics.caches import cached
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.reversion import revert
from asymptotics.expansions.ring import whole
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.meanfield import time_limited
from asymptotics.model.transients import noise_in_test_loss, noisy_correction
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import P


def early_stopping(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``min_t L(t, P)`` at N = oo for P -> oo."""
    best = _balance(_losses(spectrum, depth))
    return revert(best.samples, P, best.loss)


def early_stopping_time(spectrum: SpectralSeries, depth: int) -> Expansion:
    """The t at which ``L(t, P)`` is smallest, N = oo, for P -> oo."""
    best = _balance(_losses(spectrum, depth))
    return revert(best.samples, P)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Balance:
    """For which P it is best to stop at t, and the loss then."""

    samples: Expansion
    loss: Expansion


def _losses(spectrum: SpectralSeries, depth: int) -> tuple[Expansion, ...]:
    """``L_0, L_1, ...``, as many orders of 1/P as the depth asks for, each behind by t^-p."""
    falling = time_limited(spectrum, depth)
    if falling.gauge is not None:
        raise UnableError(
            f"early stopping of a loss in powers of {falling.gauge} needs another balance than that of "
            "powers of t; not derived"
        )
    leading = falling.leading(), noise_in_test_loss(spectrum, depth).leading()
    if [spectrum.domain.sign(term.order) for term in leading] != [1, -1]:
        raise UnableError("early stopping needs a loss that falls and a noise that grows with t")
    if any(term.log_power for term in leading):
        raise UnableError(
            "early stopping of a loss or noise that leads with log(t) is a law in broken powers of log(P); "
            "not derived"
        )
    return (falling, *(noisy_correction(n, spectrum, depth) for n in range(1, depth + 1)))


@cached(maxsize=64)
def _balance(losses: tuple[Expansion, ...]) -> _Balance:
    # coefficients stay what they are: multiplied out, their products would be long
    series = tuple(
        s.with_terms((Term(whole(t.coefficient), t.order, t.log_power) for t in s.terms), s.remainder)
        for s in losses
    )
    share = _share(series)
    return _Balance(samples=share.power(-1), loss=_with_noise(series, share))


def _share(losses: tuple[Expansion, ...]) -> Expansion:
    """``y(t)``: the 1/P for which t is the best time to stop."""
    slopes = [series.differentiate() for series in losses]
    inverse = slopes[1].power(-1).scale(Integer(-1))
    share = slopes[0] * inverse
    first, rest = slopes[0], slopes[2:]
    for _ in rest:
        share = (first + _series(rest, share) * share * share) * inverse
    left_out = Bound(share.leading().order + losses[0].leading().order * (len(rest) + 1))
    return share.with_terms(share.terms, (*share.remainder, left_out))


def _with_noise(losses: tuple[Expansion, ...], share: Expansion) -> Expansion:
    """``L_0 + y L_1 + ...`` at ``y = y(t)``."""
    p = losses[0].leading().order
    total = _series(losses, share)
    return total.with_terms(total.terms, (*total.remainder, Bound(p * len(losses))))


def _series(coefficients: Sequence[Expansion], y: Expansion) -> Expansion:
    """``coefficients[0] + coefficients[1] y + ...`` by Horner's rule."""
    total = y.with_terms([])
    for coefficient in reversed(coefficients):
        total = total * y + coefficient
    return total


__all__ = ["early_stopping", "early_stopping_time"]
