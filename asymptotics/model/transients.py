"""Orders of the loss in 1/P at N = oo, as functions of a spectrum and a depth."""

from __future__ import annotations

from sympy import Integer

from asymptotics.expansions.expansion import Expansion
from asymptotics.model.equations import DATA_LOSS, LABEL_NOISE, NOISE_IN_LOSS
from asymptotics.model.expand import expand
from asymptotics.model.operators import Coefficient, epsilon
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import P, t


def noise_in_test_loss(spectrum: SpectralSeries, depth: int) -> Expansion:
    """Label noise in the test loss, first order in 1/P."""
    return expand(NOISE_IN_LOSS, spectrum, t, depth).series


def noisy_correction(order: int, spectrum: SpectralSeries, depth: int) -> Expansion:
    """The coefficient of ``P^-order`` of ``L(t; oo, P)`` for large t, at N = oo, with label noise."""
    # to first order the overlap of label noise has a closed form, as a sum over modes
    noise = P * NOISE_IN_LOSS if order == 1 else Coefficient(LABEL_NOISE, epsilon, Integer(order))
    return expand(Coefficient(DATA_LOSS, epsilon, Integer(order)) + noise, spectrum, t, depth).series
