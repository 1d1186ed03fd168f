"""How many modes of a spectrum that falls exponentially have to be listed, so that no tail is left.

falls_exponentially    whether it does
falls_steeply          whether its eigenvalues do, and its target does not
target_alone           what is left beyond them: sum m c/kappa
list_modes             how many levels then
level_of               the level in which the mode of a rank is

For ``lambda_k ~ rho^k`` an integral over k gains nothing: beyond the modes that kappa resolves both sums fall
geometrically. With the first K modes listed, what is left of ``df1`` and of ``X`` is below 10^-digits.
"""

from __future__ import annotations

import math
from dataclasses import replace

import sympy

from numerics.spectra.spectrum import ContinuousSpectrum

SPARE = 6
"""Decimal digits by which the tail is below what is asked for."""
MAX_LISTED = 50_000
FAR = (1e5, 2e5)
"""Two places at which the decay is looked at."""


def falls_exponentially(
    spectrum: ContinuousSpectrum, names: tuple[str, ...] = ("eigenvalues", "target")
) -> bool:
    """Whether eigenvalues and target power, or one of them, fall as ``exp(-c k)`` or faster.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> from asymptotics.tasks.task import Task
    >>> from numerics.spectra.spectrum import spectrum_of
    >>> task = Task(eigenvalues="2**-k", target="3**-k")
    >>> falls_exponentially(spectrum_of(task)), falls_exponentially(spectrum_of(power_law(2, 2)))
    (True, False)
    """
    for name in names:
        near, far = (_log(spectrum, name, k) for k in FAR)
        # -c k doubles; powers of k beside it change little there; exp(-k^2) is below every number
        if not (far < 1.9 * near < -1e3 or near == -math.inf):
            return False
    return True


def falls_steeply(spectrum: ContinuousSpectrum, height: float) -> bool:
    """Whether eigenvalues alone fall so, with ``lambda = -kappa`` nearer to the axis than ``height``.

    >>> from asymptotics.tasks.task import Task
    >>> from numerics.spectra.spectrum import spectrum_of
    >>> [falls_steeply(spectrum_of(Task(f"exp(-{c}*k)", "k**-3")), 10.0) for c in ("4", "1/50")]
    [True, False]
    """
    if not falls_exponentially(spectrum, ("eigenvalues",)) or falls_exponentially(spectrum):
        return False
    near, far = (spectrum.logarithm("eigenvalues", math.log(k)) for k in FAR)
    return near == -math.inf or (near - far) * height > math.pi * (FAR[1] - FAR[0])


def target_alone(spectrum: ContinuousSpectrum) -> ContinuousSpectrum:
    """Single modes whose eigenvalues and target power are both the target power of a level."""
    power = sympy.powsimp(spectrum.multiplicity * spectrum.target)
    return replace(spectrum, eigenvalues=power, target=power, multiplicity=sympy.Integer(1), trace=True)


def list_modes(
    spectrum: ContinuousSpectrum, log_floor: float, digits: int, *, with_target: bool = True
) -> int | None:
    """K with ``sum_{k > K}`` below 10^-digits of df1 and X at every kappa above ``e^log_floor``.

    Of X only without its target power: the part of the eigenvalues in ``sum_{k > K} m c/(lambda + kappa)``.
    With ``lambda_q = kappa`` the sums are at least about ``min(1, lambda_1/kappa)`` and ``c_q/(2 kappa)``.
    None if more than ``MAX_LISTED`` would be needed.
    """
    margin = (digits + SPARE) * math.log(10)
    lowest = min(log_floor, _log(spectrum, "eigenvalues", 1.0))
    crossing = _first(spectrum, "eigenvalues", lowest)
    if crossing is None:
        return None
    head = _first(spectrum, "eigenvalues", lowest - margin)
    if not with_target:
        return None if head is None else max(head, crossing + 1, spectrum.start)
    power = _log(spectrum, "target", float(crossing))
    tail = _first(spectrum, "target", power - margin) if math.isfinite(power) else crossing
    return None if head is None or tail is None else max(head, tail, crossing + 1, spectrum.start)


def level_of(spectrum: ContinuousSpectrum, rank: float) -> float:
    """About the level of the mode of this rank, at most a few levels further: with many modes, few levels.

    Levels up to x hold at least ``m(x)`` modes, and ``m(x/2) x/2``, whether m grows or falls.

    >>> from asymptotics.tasks.task import Task
    >>> from numerics.spectra.spectrum import spectrum_of
    >>> levels = spectrum_of(Task(eigenvalues="20**-k", target="3**-k", multiplicity="2**k"))
    >>> round(level_of(levels, 2.0**30), 1)
    30.0
    """
    if rank <= 1.0 or spectrum.multiplicity == 1:
        return rank
    goal, half = math.log(rank), math.log(2)

    def holds(u: float) -> bool:
        many = spectrum.logarithm("multiplicity", u)
        return many >= goal or spectrum.logarithm("multiplicity", max(0.0, u - half)) + u - half >= goal

    low, high = 0.0, goal + half
    if spectrum.levels is not None:
        high = min(high, math.log(spectrum.levels))
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return math.exp(high)


def _first(spectrum: ContinuousSpectrum, name: str, bound: float) -> int | None:
    """The first k of a bisection whose tail ``sum_{j >= k}`` is below e^bound, estimated by its slope."""

    def below(k: int) -> bool:
        here, after = _log(spectrum, name, float(k)), _log(spectrum, name, k + 1.0)
        if here == -math.inf:
            return True
        return after < here and here - math.log(-math.expm1(after - here)) <= bound

    low, high = 0, 1
    while not below(high):
        low, high = high, 2 * high
        if low > MAX_LISTED:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if below(middle) else (middle, high)
    return high if high <= MAX_LISTED else None


def _log(spectrum: ContinuousSpectrum, name: str, k: float) -> float:
    u = math.log(k)
    return spectrum.logarithm(name, u) + spectrum.logarithm("multiplicity", u)
