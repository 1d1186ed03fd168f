"""Measured spectra: arrays of eigenvalues and target power, and the power laws fitted to their tails.

`asymptotics.Task.from_arrays` makes a task of them. Its laws are those of the fitted power laws, continued
to infinitely many modes; the full model (`numerics.FullModel`) takes the arrays themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from sympy import Rational

from asymptotics.errors import DomainError, SpectrumError
from asymptotics.parsing.numbers import whole_number
from asymptotics.tasks.arrays import nonnegative
from asymptotics.tasks.ranks import Ranks, read_multiplicities
from asymptotics.tasks.resolved_power import fit_resolved
from asymptotics.tasks.sampling import fit_eigenvalues, fit_power
from asymptotics.tasks.tail_fit import LEAST_MODES, TailFit, fit_tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """``lambda_k ~ C k^-b`` and ``c_k ~ C' k^-a``, read from one eigenvalue and one power per mode.

    ``eigenvalues`` fall, ``target`` (per mode, ``lambda_k w_k^2``) goes with them; floats, shape (M,).
    ``eigenvalue_fit`` and ``target_fit`` have the exponents with their errors and windows; with ``samples``
    they are those of the kernel, freed of what its sample adds (`sampling`). With ``multiplicities`` the
    arrays are those of levels, so many modes in each. ``projected`` power is that of labels in
    the eigenvectors of the sample. ``notes`` say what was clipped; ``window`` is the one
    that was asked for, None where each fit looked for its own.

    >>> from math import cos
    >>> modes = range(1, 401)
    >>> print(measure([k**-1.5 * (1 + cos(7 * k) / 10) for k in modes], [k**-2.25 for k in modes]))
    400 measured modes
    eigenvalues ~ 1.000(31) k^-1.5001(50) on k = 1 ... 273: scatter of a bin 4.6 %, bend 0.011(42)
    target power ~ 0.999(17) k^-2.2493(28) on k = 1 ... 273: scatter of a bin 2.4 %, bend 0.001(18)
    """

    eigenvalues: tuple[float, ...]
    target: tuple[float, ...]
    eigenvalue_fit: TailFit
    target_fit: TailFit
    samples: int | None = None
    notes: tuple[str, ...] = ()
    multiplicities: tuple[int, ...] | None = None
    window: tuple[int, int] | None = None
    projected: bool = False

    @property
    def modes(self) -> int:
        """How many modes were measured."""
        return len(self.eigenvalues) if self.multiplicities is None else sum(self.multiplicities)

    @property
    def last_modes(self) -> tuple[int, ...]:
        """The rank of the last mode of each level: k where every mode is listed."""
        levels = len(self.eigenvalues)
        return tuple(range(1, levels + 1)) if self.multiplicities is None else self._ranks.ends

    @property
    def _ranks(self) -> Ranks:
        return Ranks.of(self.multiplicities or ())

    def eigenvalue(self, mode: int) -> float:
        """``lambda`` of the mode at this rank, from 1 on."""
        return self.eigenvalues[mode - 1 if self.multiplicities is None else self._ranks.level(mode)]

    def to_dict(self) -> dict[str, Any]:
        """What `Task.from_arrays` takes to make it again."""
        levels = {} if self.multiplicities is None else {"multiplicities": list(self.multiplicities)}
        return {
            **levels,
            **({"projected": True} if self.projected else {}),
            "eigenvalues": list(self.eigenvalues),
            "target": list(self.target),
            "samples": self.samples,
            "window": None if self.window is None else list(self.window),
        }

    @property
    def as_fit(self) -> str:
        """What symbolic laws are of, in words."""
        return f"power laws fitted to {self.modes} measured modes"

    @property
    def as_arrays(self) -> str:
        """What numbers of the full model are of, in words."""
        return f"the arrays of {self.modes} measured modes"

    def __repr__(self) -> str:
        b, a = self.eigenvalue_fit, self.target_fit
        parts = [f"{self.modes} modes", f"b={_short(b)}", f"a={_short(a)}"]
        if self.samples is not None:
            parts.insert(1, f"{self.samples} samples")
        return f"Measured({', '.join((*parts, *self.notes))})"

    def __str__(self) -> str:
        source = "" if self.samples is None else f" of {self.samples} samples, freed of what sampling does"
        levels = "" if self.multiplicities is None else f" in {len(self.eigenvalues)} levels"
        lines = [f"{self.modes} measured modes{levels}{source}", *self.notes]
        for name, fit in (("eigenvalues", self.eigenvalue_fit), ("target power", self.target_fit)):
            bend = with_error(fit.bend, fit.bend_error) if abs(fit.bend) > 1e-9 else "0(0)"
            lines.append(
                f"{name} ~ {with_error(fit.prefactor, fit.prefactor * fit.relative_error)} k^-{_short(fit)} "
                f"on k = {fit.window[0]} ... {fit.window[1]}: scatter of a bin {100 * fit.residual:.2g} %, "
                f"bend {bend}"
            )
        return "\n".join(lines)


def measure(
    eigenvalues: Iterable[object],
    target: Iterable[object],
    samples: int | None = None,
    window: tuple[int, int] | None = None,
    multiplicities: Iterable[object] | None = None,
    projected: bool = False,
) -> Measured:
    """The arrays, sorted by eigenvalue, and the fits of their tails; any order, any sequence of numbers.

    ``projected`` says that the power is that of labels in the eigenvectors of the sample (`resolved_power`).

    Raises `SpectrumError` for arrays that are too short (below 16 modes), of different lengths, or hold
    a NaN, an infinite or negative value or (as an eigenvalue) zero; and if a tail follows no power law.
    Round-off is clipped (`arrays`); eigenvalues that it made zero are left out of the fit.

    >>> measure([1.0, 0.5], [1.0, 0.5])
    Traceback (most recent call last):
        ...
    asymptotics.errors.SpectrumError: 2 modes; the fit of an exponent needs at least 16, \
use numerics.FullModel.from_arrays for the curves
    """
    (lam, clipped), (power, other) = nonnegative("eigenvalues", eigenvalues), nonnegative("target", target)
    if len(lam) != len(power):
        raise SpectrumError(
            f"{len(lam)} eigenvalues but {len(power)} target powers; give one of each per mode"
        )
    zeros = lam.count(0.0)
    seen = len(lam) - zeros if clipped else len(lam)
    if seen < LEAST_MODES:
        raise SpectrumError(
            f"{seen} modes; the fit of an exponent needs at least {LEAST_MODES}, "
            "use numerics.FullModel.from_arrays for the curves"
        )
    if zeros and not clipped:
        raise SpectrumError(
            f"{zeros} of {len(lam)} eigenvalues are 0, the first is eigenvalues[{lam.index(0.0)}]; "
            "no power law has zeros, leave these modes out or use numerics.FullModel.from_arrays"
        )
    if not any(power):
        raise SpectrumError("all target powers are 0; there is nothing to learn")
    order = sorted(range(len(lam)), key=lam.__getitem__, reverse=True)
    falling, carried = [lam[i] for i in order], [power[i] for i in order]
    counts, ranks = _levels(multiplicities, samples, order)
    _check_samples(samples, seen)
    _check_window(window, seen if counts is None else sum(counts[:seen]))
    if samples is None:
        inner = None if ranks is None else Ranks(ranks.ends[:seen])
        b = fit_tail(falling[:seen], "eigenvalues", window, ranks=inner)
        a = fit_tail(carried[:seen], "target power", window, ranks=inner)
    else:
        b = fit_eigenvalues(falling[:seen], samples, window)
        a = fit_power(falling[:seen], carried[:seen], samples, window)
        if projected:
            a = fit_resolved(falling[:seen], carried[:seen], samples, b, a, window)
    if b.exponent <= 2 * b.error:
        raise SpectrumError(
            f"eigenvalues do not fall: k = {b.window[0]} ... {b.window[1]} give k**-b with b = {_short(b)}"
        )
    return Measured(
        eigenvalues=tuple(falling),
        target=tuple(carried),
        eigenvalue_fit=b,
        target_fit=a,
        samples=samples,
        notes=tuple(filter(None, (clipped, other))),
        multiplicities=counts,
        window=None if window is None else (int(window[0]), int(window[1])),
        projected=projected,
    )


def _levels(
    multiplicities: Iterable[object] | None, samples: object, order: list[int]
) -> tuple[tuple[int, ...] | None, Ranks | None]:
    """The modes of the levels in their order, and their ranks; None of both where each mode is listed."""
    if multiplicities is None:
        return None, None
    if samples is not None:
        raise DomainError(
            "multiplicities and samples; eigenvalues of a sample are single, leave one of them out"
        )
    found = read_multiplicities(multiplicities, len(order))
    counts = tuple(found[i] for i in order)
    return counts, Ranks.of(counts)


def _check_samples(samples: object, modes: int) -> None:
    if samples is not None and whole_number(samples, "samples", 1, 10**15) < modes:
        raise DomainError(
            f"samples = {samples}, but {modes} eigenvalues are above 0, and a kernel matrix of n samples has "
            "at most n; leave samples out for a spectrum that was not sampled"
        )


def _check_window(window: object, modes: int) -> None:
    if window is None:
        return
    ends = tuple(window) if isinstance(window, Iterable) else ()
    if len(ends) != 2 or not all(isinstance(k, Integral) and not isinstance(k, bool) for k in ends):
        raise DomainError(f"window = {window!r}; give the first and the last mode, for example (10, 200)")
    if not 1 <= ends[0] < ends[1] <= modes:
        raise DomainError(f"window = {window!r}; give modes first < last from k = 1 to {modes}")


def round_values(value: float, error: float) -> Rational:
    """The decimal of ``value`` with one digit more than its error leaves sure, exact.

    >>> round_values(1.50312, 0.012), round_values(0.00123456, 0.0000071)
    (1503/1000, 6173/5000000)
    >>> float(round_values(1.2341e-120, 1e-122))
    1.234e-120
    """
    digits = max(0, 1 - math.floor(math.log10(error))) if error > 0 else 15
    if digits <= 30 or value == 0:
        return Rational(f"{value:.{min(digits, 30)}f}")
    return Rational(f"{value:.{min(max(digits + math.floor(math.log10(abs(value))), 1), 30)}e}")


def with_error(value: float, error: float) -> str:
    """A value with its error in units of the last digits: 1.503(12); an error of 10 or more is written out.

    >>> with_error(1.50312, 0.012), with_error(12.3, 4.0), with_error(2.0, 1e-13), with_error(1.34, 14.3)
    ('1.503(12)', '12.3(40)', '2.0000000000(0)', '(1.3 +- 14.3)')
    """
    if error >= 9.95:
        return f"({value:.1f} +- {error:.1f})"
    digits = min(10, max(1, 1 - math.floor(math.log10(error)))) if error > 0 else 10
    return f"{value:.{digits}f}({round(error * 10**digits)})"


def _short(fit: TailFit) -> str:
    return with_error(fit.exponent, fit.error)


__all__ = ["Measured", "measure", "round_values", "with_error"]
