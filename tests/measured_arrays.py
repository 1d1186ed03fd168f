"""Arrays as a measurement gives them: powers of k with noise on every mode."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def noisy(seed: int, modes: int, noise: float, teacher: str) -> tuple[float, float, Floats, Floats]:
    """(b, a, eigenvalues, target): powers of k with independent noise on every mode, not sorted."""
    rng = np.random.default_rng(seed)
    decay, power = rng.uniform(1.1, 2.2), rng.uniform(1.1, 3.0)
    level = np.arange(1, modes + 1.0)
    lam = 3 * level**-decay * np.exp(noise * rng.standard_normal(modes))
    c = level**-power
    c *= rng.standard_normal(modes) ** 2 if teacher == "gauss" else np.exp(noise * rng.standard_normal(modes))
    return decay, power, lam, c
