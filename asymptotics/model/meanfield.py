"""The loss in time, as a function of a spectrum and a depth."""

from __future__ import annotations

from asymptotics.expansions.expansion import Expansion
from asymptotics.model.equations import TIME
from asymptotics.model.expand import expand
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import t


def time_limited(spectrum: SpectralSeries, depth: int) -> Expansion:
    """``L(t)`` at N = P = oo."""
    return expand(TIME, spectrum, t, depth).series
