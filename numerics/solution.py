"""Solver: from a spectrum, sizes and a training rule to the parts of every loss, with errors.

It inverts the kernels on two contours of different length and compares; `full_model` decides which
parts make up which loss and whether the error is small enough.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import mpmath
import numpy as np
import sympy

from asymptotics.errors import DomainError
from numerics.arithmetic import Field, array, field_of
from numerics.contour import Transformed, invert, invert_twice, pair_weights, relative_error
from numerics.discretisation import GUARD_BITS, KEPT_TIMES, Contour, Discretisation
from numerics.exact_inputs import infinite
from numerics.exponential import exponential_sum
from numerics.fixed_point import FixedPoint, fixed_point
from numerics.propagation import check_stable
from numerics.roots import resolve, slowest_rate, starting_values
from numerics.rules import GradientDescent, GradientFlow, OnePassSGD, Rule
from numerics.sgd import check_stable_sgd, sgd_at_infinity, sgd_transforms
from numerics.spectrum import FiniteSpectrum, Spectrum, constant
from numerics.two_time import PARTS, contour_kernels

SENSITIVITY = 16
"""How much larger the relative error of a kernel may be than that of the sums it is made of."""

SGD_PARTS = ("sgd_signal", "sgd_noise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a loss and its estimated error, as mpmath numbers."""

    value: mpmath.mpf
    error: mpmath.mpf


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A quantity, its estimated error, and a note if it diverges."""

    value: mpmath.mpf
    error: mpmath.mpf
    note: str = ""


class Solver:
    """The parts of the losses of one model at any time; times and sizes are exact SymPy numbers."""

    def __init__(self, spectrum: Spectrum | FiniteSpectrum, N: sympy.Expr, P: sympy.Expr, rule: Rule) -> None:
        self.rule = rule
        self._levels = spectrum.levels
        self._model = Discretisation(spectrum, N, P, rule)
        self._parts: OrderedDict[tuple[sympy.Expr, int, str], Mapping[str, Part]] = OrderedDict()
        self._slowest: float | None = None

    # -- what is asked for ---------------------------------------------------------

    def combine(self, weights: Mapping[str, sympy.Expr], time: sympy.Expr, digits: int) -> Solution:
        """``sum weight * part`` at ``time``, each part to about ``digits`` digits."""
        with mpmath.workdps(digits + 15):
            value, error, note = mpmath.mpf(0), mpmath.mpf(0), ""
            for name, weight in weights.items():
                part = self._part(name, time, digits)
                factor = mpmath.mpf(1) * mpmath.mpmathify(sympy.N(weight, digits + 15))
                if mpmath.isinf(part.value):
                    note = self._divergence
                value += factor * part.value
                error += abs(factor) * part.error
            if mpmath.isinf(value):
                return Solution(value=value, error=mpmath.mpf(0), note=note)
            return Solution(value=value, error=error)

    def transfer(self, level: int, time: sympy.Expr, digits: int) -> Solution:
        """``H_k = sum_j tau_j kappa_j/(kappa_j + lambda_k)``, or its limit at t = oo."""
        if infinite(time):
            with self._model.field(digits, 0) as field:
                fixed = self._fixed(digits, field)
                ratio = (
                    fixed.kappa / (fixed.kappa + self._model.eigenvalue(level, field))
                    if fixed.kappa
                    else field.real(0)
                )
                value = field.mpf(ratio)
                return Solution(value=value, error=abs(value) * mpmath.mpf(fixed.error))
        found: list[Transformed] = []
        for contour in self._model.solved(self._flow_time(time), digits):
            with contour.field as field:
                kappa = contour.resolvent.point.kappa
                found.append(
                    invert(contour.tau, kappa / (kappa + self._model.eigenvalue(level, field)), field)
                )
        return self._as_solution(found, contour)

    def density(self, level: int, rate: sympy.Expr, digits: int) -> Solution:
        """``-(1/pi) Im 1/(z + lambda_k q)`` at z = -rate + i0, with q = z/kappa."""
        sums = self._model.sums_for(digits)
        with self._model.field(digits, 20) as field:
            sizes = self._model.sizes(field)
            u = constant(rate, field)
            # To the cut along an arc from the positive axis; the last node is on the cut itself.
            arc = [
                field.complex(u * math.cos(a), u * math.sin(a)) for a in np.linspace(0.2, math.pi - 1e-7, 24)
            ]
            starts, floor = starting_values(array(arc), sums, sizes)
            phase = starts[-1].imag
            if min(phase, math.pi - phase) < 1e-5:
                return Solution(value=mpmath.mpf(0), error=mpmath.mpf(0))
            resolvent = resolve(
                array([field.complex(-u, field.real(0))]), starts[-1:], floor, sums, sizes, field, GUARD_BITS
            )
            point = resolvent.point
            kappa = point.kappa[0]
            value = field.mpf(
                (kappa / (kappa + self._model.eigenvalue(level, field))).imag / (field.pi() * u)
            )
            bend = point.df1[1, 0] * (sizes.inverse_P / resolvent.R1[0] + sizes.inverse_N / resolvent.R3[0])
            steep = float(abs(1 / (1 - kappa * bend)))
            part = float(abs(kappa) / abs(kappa.imag))
            error = point.error * SENSITIVITY * (1 + steep) * part + 2.0**-field.bits * part
            return Solution(value=value, error=abs(value) * mpmath.mpf(error))

    def level(self, k: object) -> int:
        """k as a level of the spectrum; raises `DomainError`."""
        number = int(k) if isinstance(k, int | sympy.Integer | np.integer) else None
        last = self._levels
        if number is None or number < 1 or (last is not None and number > last):
            raise DomainError(f"k = {k!r}; a level is an integer from 1 to {last or 'oo'}")
        return number

    def check_stable(self) -> None:
        """Raise `DomainError` for step sizes beyond stability."""
        if isinstance(self.rule, OnePassSGD):
            with field_of(80) as field:
                check_stable_sgd(
                    self.rule,
                    float(self._model.sums_for(15).total_eigenvalue(field)),
                    self._model.upper_edge(),
                )
        elif isinstance(self.rule, GradientDescent):
            check_stable(self.rule, self._model.upper_edge())

    def train_decay(self, time: sympy.Expr) -> float:
        """A lower bound of ``-log(train loss(t)/train loss(0))``; 0 unless it falls to zero exponentially.

        With P < N and P below the number of modes the train loss is ``int f_t(u)^2`` over rates u that are
        all above the lower edge of a bulk.
        """
        with self._model.field(15, 0) as field:
            modes = self._model.sums_for(15).mode_count(field)
            sizes = self._model.sizes(field)
            falls = sizes.P is not None and (sizes.N is None or sizes.P < sizes.N)
            if not falls or infinite(time) or (modes is not None and modes <= sizes.P):
                return 0.0
        if self._slowest is None:
            self._slowest = 0.99 * slowest_rate(self._model.sums_for(15), sizes)
        match self.rule:
            case GradientFlow():
                return 2 * self._slowest * float(time)
            case GradientDescent(eta=eta):
                largest = max(abs(1 - eta * self._slowest), abs(1 - eta * self._model.upper_edge()))
                return -2 * math.log(largest) * float(time) if 0 < largest < 1 else 0.0
            case _:
                return 0.0

    # -- parts -----------------------------------------------------------------------

    @property
    def _divergence(self) -> str:
        with self._model.field(15, 0) as field:
            fixed = self._fixed(15, field)
        return fixed.diverges or "the noise that is fitted diverges at P = M as t -> oo"

    def _part(self, name: str, time: sympy.Expr, digits: int) -> Part:
        group = "sgd" if name in SGD_PARTS else "single" if name == "infinite_data" else "double"
        key = (time, digits, group)
        if name == "one":
            return Part(value=mpmath.mpf(1), error=mpmath.mpf(0))
        if key not in self._parts:
            if infinite(time):
                found = self._at_infinity(digits)
            elif time == 0:
                found = self._at_zero(digits)
            elif group == "sgd":
                found = self._sgd(time, digits)
            elif group == "single":
                found = self._single(time, digits)
            else:
                found = self._double(time, digits)
            self._parts[key] = found
            if len(self._parts) > 3 * KEPT_TIMES:
                self._parts.popitem(last=False)
        return self._parts[key][name]

    def _at_zero(self, digits: int) -> dict[str, Part]:
        sums = self._model.sums_for(digits)
        with self._model.field(digits, 0) as field:
            total = field.mpf(sums.total_target(field))
        whole = Part(value=total, error=total * mpmath.mpf(10) ** -(sums.digits))
        zero, one = (Part(value=mpmath.mpf(x), error=mpmath.mpf(0)) for x in (0, 1))
        same = dict.fromkeys(("bias", "train_signal", "infinite_data", "sgd_signal"), whole)
        return {**dict.fromkeys((*PARTS, "sgd_noise"), zero), **same, "train_noise": one}

    def _at_infinity(self, digits: int) -> dict[str, Part]:
        with self._model.field(digits, 0) as field:
            fixed = self._fixed(digits, field)
            parts = {name: field.mpf(getattr(fixed.parts, name)[0]) for name in PARTS}
            if isinstance(self.rule, OnePassSGD):
                trace = self._model.sums_for(digits).total_eigenvalue(field)
                whole = fixed.parts.bias[0] + fixed.parts.initialisation[0]
                signal, noise = sgd_at_infinity(self.rule, whole, trace, field)
                parts |= {"sgd_signal": field.mpf(signal), "sgd_noise": field.mpf(noise)}
        return {
            name: Part(
                value=value,
                error=mpmath.mpf(0) if mpmath.isinf(value) else abs(value) * mpmath.mpf(fixed.error),
            )
            for name, value in parts.items()
        }

    def _double(self, time: sympy.Expr, digits: int) -> dict[str, Part]:
        found: dict[str, list[Transformed]] = {name: [] for name in PARTS}
        for contour in self._model.solved(self._flow_time(time), digits):
            with contour.field as field:
                parts, loss = contour_kernels(contour.resolvent, contour.sizes, field)
                pairs = pair_weights(contour.tau, field)
                for name in PARTS:
                    found[name].append(invert_twice(pairs, getattr(parts, name)))
        spread = loss * 2.0 ** (3 - contour.field.bits)
        return {name: self._as_part(pair, contour, spread) for name, pair in found.items()}

    def _single(self, time: sympy.Expr, digits: int) -> dict[str, Part]:
        """For P = oo the square of a propagator is the propagator at twice the time."""
        spectrum = self._model.spectrum
        if (
            infinite(self._model.N)
            and isinstance(self.rule, GradientFlow)
            and isinstance(spectrum, Spectrum)
            and spectrum.levels is None
            and spectrum.decay("eigenvalues") < math.inf
        ):
            with mpmath.workdps(digits + 20):
                rate = mpmath.mpmathify(sympy.N(2 * time, digits + 20))
            whole = exponential_sum(spectrum, rate, digits)
            return {"infinite_data": Part(value=whole.value, error=whole.error)}
        found: list[Transformed] = []
        for contour in self._model.solved(2 * time, digits, pairs=False):
            with contour.field as field:
                point = contour.resolvent.point
                found.append(invert(contour.tau, point.kappa * point.X[0], field))
        return {"infinite_data": self._as_part(found, contour, 0.0)}

    def _sgd(self, time: sympy.Expr, digits: int) -> dict[str, Part]:
        assert isinstance(self.rule, OnePassSGD)
        found: dict[str, list[Transformed]] = {name: [] for name in SGD_PARTS}
        # Steps n and s belong to the flow at time 2 eta n and zeta = s/(2 eta).
        for contour in self._model.solved(2 * self._flow_time(time), digits):
            with contour.field as field:
                trace = self._model.sums_for(digits).total_eigenvalue(field)
                *values, loss = sgd_transforms(self.rule, contour.resolvent, trace, field)
                for name, value in zip(SGD_PARTS, values, strict=True):
                    found[name].append(invert(contour.tau, value, field))
        spread = loss * 2.0 ** (3 - contour.field.bits)
        return {name: self._as_part(pair, contour, spread) for name, pair in found.items()}

    def _flow_time(self, time: sympy.Expr) -> sympy.Expr:
        """The time of the contour: eta n for SGD, whose mean follows the flow to first order in eta."""
        return time * sympy.Rational(repr(self.rule.eta)) if isinstance(self.rule, OnePassSGD) else time

    def _as_part(self, pair: list[Transformed], contour: Contour, spread: float) -> Part:
        coarse, fine = pair
        with contour.field as field:
            value = field.mpf(fine.value)
            terms = SENSITIVITY * (contour.resolvent.point.error + spread + 2.0 ** (3 - field.bits))
            relative = relative_error(fine, coarse, terms)
        if math.isinf(relative):
            return Part(value=value, error=mpmath.inf)
        return Part(value=value, error=abs(value) * mpmath.mpf(relative))

    def _as_solution(self, pair: list[Transformed], contour: Contour) -> Solution:
        part = self._as_part(pair, contour, 0.0)
        return Solution(value=part.value, error=part.error)

    def _fixed(self, digits: int, field: Field) -> FixedPoint:
        return fixed_point(self._model.sums_for(digits), self._model.sizes(field), field)
