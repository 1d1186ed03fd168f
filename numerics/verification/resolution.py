"""What a verdict would have seen: the smallest changes of a law that it calls false.

The same points are judged again against the law with its prefactor times 1 + delta or 1 - delta,
and with delta added to its exponent or taken from it. From large changes to small ones, the last for which
both signs fail is the resolution. It is that of one comparison: it depends on digits and resources.

    Resolution                    of the prefactor and of the exponent
    resolution_of(verdict, digits)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import mpmath

LARGEST = mpmath.mpf("0.5")
"""The largest change that is tried; a verdict that does not see it has no resolution (oo)."""
STRIDE = 1000
"""From one change to the next smaller one, before the last interval is halved."""
FINE = 1.5
"""The ratio of the ends of the last interval."""

Verdict = Callable[[mpmath.mpf, mpmath.mpf], str]
"""The verdict on the law with so much times the prefactor, and so much added to the exponent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The relative change of the prefactor and the change of the exponent from which on the law FAILS.

    Dimensionless; oo where a change by one half is not seen.

    >>> str(Resolution(prefactor=mpmath.mpf("1e-9"), exponent=mpmath.inf))
    'a prefactor off by 1.0e-9 would fail; no change of the exponent up to 1/2 would fail'
    """

    prefactor: mpmath.mpf
    exponent: mpmath.mpf

    def __str__(self) -> str:
        sizes = {"prefactor": self.prefactor, "exponent": self.exponent}
        seen = [f"{x} off by {mpmath.nstr(size, 2)}" for x, size in sizes.items() if mpmath.isfinite(size)]
        blind = [x for x, size in sizes.items() if mpmath.isinf(size)]
        parts = [" or ".join(f"a {x}".replace("a e", "an e") for x in seen) + " would fail"] if seen else []
        return "; ".join((*parts, *(f"no change of the {x} up to 1/2 would fail" for x in blind)))


def resolution_of(verdict: Verdict, digits: int) -> Resolution:
    """Both resolutions, to a factor of about 1.5 (rounded up); ``digits`` are those of the points.

    >>> def verdict(factor, shift):
    ...     return "FAILS" if abs(factor - 1) + abs(shift) > 1e-3 else "HOLDS"
    >>> seen = resolution_of(verdict, 20)
    >>> bool(1e-3 < seen.prefactor < 2e-3), seen.prefactor == seen.exponent
    (True, True)
    """
    one, zero = mpmath.mpf(1), mpmath.mpf(0)
    return Resolution(
        prefactor=_smallest(lambda d: _both(verdict(1 + s * d, zero) for s in (1, -1)), digits),
        exponent=_smallest(lambda d: _both(verdict(one, s * d) for s in (1, -1)), digits),
    )


def _both(verdicts: Iterable[str]) -> bool:
    return all(found == "FAILS" for found in verdicts)


def _smallest(seen: Callable[[mpmath.mpf], bool], digits: int) -> mpmath.mpf:
    """The smallest change that is seen, with all larger ones that were tried."""
    if not seen(LARGEST):
        return mpmath.inf
    high, low, least = LARGEST, LARGEST / STRIDE, mpmath.mpf(10) ** -(digits + 15)
    while low > least and seen(low):
        high, low = low, low / STRIDE
    while high > FINE * low:
        middle = mpmath.sqrt(low * high)
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high
