"""Losses as transforms of one node, or as forms of pairs, in which each node stands alone but for a factor.

See `many_times`.

    Form        a quantity as one of the two
    form_of     that of a quantity of a model
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numerics.model.parts import Setting
from numerics.model.solved_windows import SolvedWindow
from numerics.values.arithmetic import Array, Scalar

Single = Callable[[SolvedWindow, Scalar], Array]
"""What is multiplied by ``e^(z t)/z`` and inverted at twice the time; of a window and sigma^2."""
Terms = tuple[Array, tuple[tuple[Array, Array], ...]]
Pairs = Callable[[SolvedWindow, Scalar], Terms]
"""The points p, and all alpha and beta, of a form ``sum (alpha beta' - alpha' beta)/(p' - p)``."""


def _loss_at_infinite_data(at: SolvedWindow, variance: Scalar) -> Array:
    return at.J


def _train_loss(at: SolvedWindow, variance: Scalar) -> Array:
    return at.R1 * (at.J + variance)


def _errors(at: SolvedWindow, variance: Scalar) -> Terms:
    signal = (at.J, at.zeta)
    return at.s, (signal, (at.rest * 0 + 1, variance * at.rest)) if variance else (signal,)


def _errors_on_samples(at: SolvedWindow, variance: Scalar) -> Terms:
    return at.s, ((at.R1 * (at.J + variance), at.R1 * at.zeta),)


def _mean_errors(at: SolvedWindow, variance: Scalar) -> Terms:
    return at.kappa, ((at.J, at.kappa),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A quantity: ``single`` at twice the time, or ``pairs`` at the time; and ``shift`` times sigma^2.

    With neither of them it is the sum of squares of errors at N = P = oo.
    """

    single: Single | None = None
    pairs: Pairs | None = None
    shift: int = 0


def form_of(quantity: str, setting: Setting, unlimited: bool) -> Form | None:
    """The test loss, the train loss or the bias as a form; None where the rule has other propagators.

    Where no size is finite they are sums over modes for each rule whose data are not drawn anew.

    ``unlimited``: no size is finite, and nothing is random.
    """
    if not setting.dynamics.exponential:
        plain = unlimited and not setting.dynamics.rule.fresh
        return Form(shift=int(quantity == "train_loss")) if plain else None
    single = setting.squares and setting.infinite_data
    match quantity:
        case "test_loss" | "train_loss" if setting.infinite_data:
            seen = int(quantity == "train_loss")
            return (
                Form(single=_loss_at_infinite_data, shift=seen) if single else Form(pairs=_errors, shift=seen)
            )
        case "test_loss":
            return Form(pairs=_errors)
        case "train_loss" if setting.squares:
            return Form(single=_train_loss)
        case "train_loss":
            return Form(pairs=_errors_on_samples)
        case "bias":
            return Form(single=_loss_at_infinite_data) if single and unlimited else Form(pairs=_mean_errors)
    return None
