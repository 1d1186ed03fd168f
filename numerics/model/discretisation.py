"""Where the model is solved: precisions, spectral sums, and contours with kappa on them.

One `Discretisation` serves a model at all times and precisions; what it has solved last, it keeps.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from asymptotics.caches import cached
from numerics.model.contour import amplification_digits, nodes_for, truncation
from numerics.model.edges import deepest, spectrum_edge
from numerics.model.renormalised_ridge import Resolvent, resolve, starting_values
from numerics.model.rules.base import Dynamics
from numerics.model.sizes import Sizes, sizes_of
from numerics.model.students.base import StudentMap
from numerics.model.two_time import expected_loss
from numerics.spectra.compiled import constant
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.sums.spectral_sums import OnePoint, SpectralSums
from numerics.values.arithmetic import Array, Field, Scalar, array, bits_of, each, field_of

GUARD_DIGITS = 5
RUNG = 5
"""Sums are taken to 1, 6, 11, ... digits, so that laws that want about as many share rules and constants."""
GUARD_BITS = 24
SLACK_BITS = GUARD_BITS / 2
"""By how much the bits that are lost to cancellation may exceed those that were added for it."""
KEPT_TIMES = 8
"""For how many times the solved contours stay in memory."""
CLOSE = 0.02
"""How much later or earlier, relatively, the contour of another time may serve: kappa stays, only
the weights change, and the error of the contour, which falls as e^-(nodes), hardly does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contour:
    """One contour, solved: nodes Z, weights tau, the resolvent at Z + ridge at the precision of ``field``.

    ``laid`` is the time that it was laid for, ``left_out`` its error in one variable and
    in pairs, relative to the size of its terms.
    """

    laid: sympy.Expr
    left_out: tuple[float, float]
    Z: Array
    tau: Array
    resolvent: Resolvent
    field: Field
    sizes: Sizes


@cached(maxsize=32)
def _share_sums(spectrum: ContinuousSpectrum, digits: int) -> SpectralSums:
    return SpectralSums(spectrum, digits)


class Discretisation:
    """The spectral sums and contours of one model; times and sizes are exact SymPy numbers."""

    def __init__(
        self,
        student: StudentMap[Any],
        P: sympy.Expr,
        dynamics: Dynamics[Any],
        ridge: sympy.Expr = sympy.S.Zero,
    ) -> None:
        self.student, self.P, self.dynamics = student, P, dynamics
        self.spectrum, self.ridge = student.spectrum, ridge / student.scale
        self._sums: dict[int, SpectralSums] = {}
        self._sizes: dict[tuple[type[Field], int], Sizes] = {}
        self._contours: OrderedDict[tuple[sympy.Expr, int, bool, bool, int], tuple[Contour, Contour]] = (
            OrderedDict()
        )
        self._edge: float | None = None

    def at_ridge(self, ridge: sympy.Expr) -> Discretisation:
        """The same at another ridge; the spectral sums are shared."""
        other = copy(self)
        other.ridge, other._edge, other._contours = ridge / self.student.scale, None, OrderedDict()
        return other

    def without_white(self) -> Discretisation:
        """The same without the white part of its kernel."""
        other = copy(self)
        other.spectrum = replace(self.spectrum, white=sympy.Integer(0))
        other._sums, other._edge, other._contours = {}, None, OrderedDict()
        return other

    # -- contours -----------------------------------------------------------------------

    def solve(
        self, time: sympy.Expr, digits: int, *, pairs: bool = True, squared: bool = False, orders: int = 0
    ) -> tuple[Contour, Contour]:
        """The contours of the rule at ``time`` with fewer and with more nodes, for ``digits`` digits.

        With ``pairs`` the precision allows for what cancels in two-point sums, and the sums come with the
        derivatives that ``orders`` of an expansion in the sizes take; ``squared`` are those of ``f_t^2``.
        """
        key = (time, digits, pairs, squared, orders)
        if key not in self._contours:
            coarse, fine = self._move_near(*key) or (
                self._contour(time, nodes, digits, pairs, squared, orders) for nodes in nodes_for(digits)
            )
            self._contours[key] = (coarse, fine)
            if len(self._contours) > KEPT_TIMES:
                self._contours.popitem(last=False)
        return self._contours[key]

    def _move_near(
        self, time: sympy.Expr, digits: int, pairs: bool, squared: bool, orders: int
    ) -> tuple[Contour, Contour] | None:
        """Contours of the same kind that were laid close to ``time``, with its weights."""
        for (other, *kind), found in self._contours.items():
            if kind == [digits, pairs, squared, orders] and abs(float(time / found[0].laid) - 1) < CLOSE:
                coarse, fine = (self._move(contour, other, time, 1 + squared) for contour in found)
                return None if coarse is None or fine is None else (coarse, fine)
        return None

    def _contour(
        self, time: sympy.Expr, nodes: int, digits: int, pairs: bool, squared: bool, orders: int
    ) -> Contour:
        sums = self.sums_for(digits)
        lay = self.dynamics.squared if squared else self.dynamics.contour
        with self.field(digits, 0) as field:
            rough = lay(time, nodes, sums.digits, self, field)
            upper, _ = _upward(self._shift(rough.Z, field), field)
            starts, floor = starting_values(upper, sums, self.sizes(field))
            # Where q = z/kappa is small, all kappa crowd around one value, and so much cancels.
            q = min(abs(z / field.exp(field.real(y.real))) for z, y in zip(upper, starts, strict=True))
            extra = max(0.0, -float(field.log(q)) / math.log(2))
            near = sums.rough_point(starts, floor) if pairs else None
            if near is not None:
                with np.errstate(all="ignore"):
                    lost = _lost_bits(near, orders)
                # nodes that coincide in double precision say nothing
                extra = max(extra, lost - SLACK_BITS / 2) if math.isfinite(lost) else extra
        while True:
            with self.field(digits, extra) as field:
                contour = lay(time, nodes, sums.digits, self, field)
                shifted = self._shift(contour.Z, field)
                upper, below = _upward(shifted, field)
                sizes = self.sizes(field)
                solved = resolve(upper, starts, floor, sums, sizes, field, GUARD_BITS, orders + 1)
                wanted = _lost_bits(solved.point, orders) if pairs else 0.0
                if wanted <= extra + SLACK_BITS:
                    resolvent = _flip(solved, shifted, below, field)
                    return Contour(
                        laid=time,
                        left_out=contour.left_out or (truncation(nodes, 1), truncation(nodes, 2)),
                        Z=contour.Z,
                        tau=contour.tau,
                        resolvent=resolvent,
                        field=field,
                        sizes=sizes,
                    )
            extra = wanted + SLACK_BITS / 2

    def _move(self, contour: Contour, before: sympy.Expr, after: sympy.Expr, times: int) -> Contour | None:
        """The contour with the weights of another time; None where other times need other nodes."""
        with contour.field as field:
            change = times * (constant(after, field) - constant(before, field))
            factor = self.dynamics.advance_weights(contour.Z, change, field)
            return None if factor is None else replace(contour, tau=contour.tau * factor)

    def resolve(self, z: Array, digits: int, field: Field, orders: int = 0) -> Resolvent:
        """The resolvent at places z that are no nodes, along a path from the positive axis."""
        sums, sizes = self.sums_for(digits), self.sizes(field)
        upper, below = _upward(z, field)
        starts, floor = starting_values(upper, sums, sizes)
        return _flip(
            resolve(upper, starts, floor, sums, sizes, field, GUARD_BITS, orders + 1), z, below, field
        )

    def _shift(self, Z: Array, field: Field) -> Array:
        """``s = Z + ridge``, the argument of the resolvent: errors decay as fast as curvature + ridge.

        In units of the scale of the student, like all that is solved from here on.
        """
        scaled = Z / constant(self.student.scale, field) if self.student.scale != 1 else Z
        return scaled + constant(self.ridge, field) if self.ridge else scaled

    @property
    def unlimited(self) -> bool:
        """Whether no size is finite."""
        with field_of(80) as field:
            return self.sizes(field).unlimited

    @property
    def learns_everything(self) -> bool:
        """Whether no size is below the number of modes."""
        with field_of(80) as field:
            limit = self.sizes(field).tightest.limit
        modes, doubt = self.sums_for(15).mode_count()
        return bool(modes <= limit * (1 + sympy.Float(doubt)))

    @property
    def unlearned(self) -> bool:
        """Whether some of the target is in modes of eigenvalue zero."""
        with field_of(80) as field:
            return bool(self.sums_for(15).unlearnable_target(field))

    @property
    def at_edges(self) -> int:
        """How many sizes are just the number of modes."""
        with field_of(80) as field:
            limits = [factor.limit for factor in self.sizes(field).all]
        modes = self.sums_for(15).mode_count()[0]
        return sum(bool(limit == modes) for limit in limits)

    @property
    def pole(self) -> float:
        """Minus the lowest ridge, to a few digits; 0 where that is 0 or not known."""
        with field_of(80) as field:
            sizes = self.sizes(field)
        if self.learns_everything or sizes.order > 1:
            return 0.0
        return deepest(self.sums_for(15), sizes)[2] * float(self.student.scale)

    @property
    def edge(self) -> float:
        """The largest curvature, that of the ridge included, to a few digits."""
        if self._edge is None:
            with field_of(80) as field:
                top = spectrum_edge(self.sums_for(15), self.sizes(field)) + float(self.ridge)
                self._edge = top * float(self.student.scale)
        return self._edge

    @property
    def rank(self) -> float:
        """How many curvatures are above 0."""
        with field_of(80) as field:
            limit = self.sizes(field).tightest.limit
        return float(sympy.Min(limit, self.sums_for(15).mode_count()[0]))

    @property
    def log_slowest(self) -> float:
        """About the log of the rate of the last mode that is learned; -oo where there is no last one."""
        return self.log_rate(self.rank)

    def log_rate(self, rank: float) -> float:
        """About the log of the rate at which the mode of a rank is learned; -oo beyond all modes."""
        if math.isinf(rank):
            return -math.inf
        ridge = float(self.ridge)
        lowest = math.log(ridge) if ridge > 0 else -math.inf
        rate = np.logaddexp(self.sums_for(15).log_eigenvalue(rank), lowest)
        return float(rate) + math.log(float(self.student.scale))

    def reach(self, most: float) -> float:
        """The least -z from the edge of the spectrum on where ``-df1 <= most``, to about ten digits."""
        with field_of(80) as field:
            return spectrum_edge(self.sums_for(15), self.sizes(field), most) * float(self.student.scale)

    # -- numbers --------------------------------------------------------------------------

    def _rule_digits(self, digits: int) -> int:
        grown = amplification_digits(nodes_for(digits)[1]) + self.dynamics.extra_digits
        return 1 + RUNG * math.ceil((digits + GUARD_DIGITS + grown - 1) / RUNG)

    @property
    def without_trace(self) -> bool:
        """Whether ``sum m_k lambda_k`` diverges."""
        return isinstance(self.spectrum, ContinuousSpectrum) and not self.spectrum.trace

    def sums_for(self, digits: int) -> SpectralSums:
        """Spectral sums with the digits that ``digits`` digits at the end need."""
        wanted = self._rule_digits(digits)
        if isinstance(self.spectrum, ContinuousSpectrum):
            return _share_sums(self.spectrum, wanted)
        if wanted not in self._sums:
            self._sums[wanted] = SpectralSums(self.spectrum, wanted)
        return self._sums[wanted]

    def rough_sums(self, digits: int) -> SpectralSums:
        """Sums to so many digits in themselves."""
        if isinstance(self.spectrum, ContinuousSpectrum):
            return _share_sums(self.spectrum, digits)
        return self.sums_for(digits)

    def field(self, digits: int, extra_bits: float) -> Field:
        """Numbers to go with `sums_for`."""
        return field_of(bits_of(self._rule_digits(digits)) + GUARD_BITS + math.ceil(extra_bits))

    def sizes(self, field: Field) -> Sizes:
        """What the student and P make of kappa, in numbers of ``field``."""
        key = type(field), field.bits
        if key not in self._sizes:
            self._sizes[key] = sizes_of(self.student.factors(field), self.P, field)
        return self._sizes[key]

    def eigenvalue(self, level: int, field: Field) -> Scalar:
        """``lambda_level`` as a number of ``field``."""
        if isinstance(self.spectrum, FiniteSpectrum):
            return field.real(float(self.spectrum.eigenvalues[level - 1]))
        return self.spectrum.at(array([field.real(level)]), field)[0][0]

    def power(self, level: int, field: Field) -> Scalar:
        """``c_level``, of one mode, as a number of ``field``."""
        if isinstance(self.spectrum, FiniteSpectrum):
            return field.real(float(self.spectrum.target[level - 1]))
        one = replace(self.spectrum, multiplicity=sympy.Integer(1))
        return one.at(array([field.real(level)]), field)[2][0]


def _lost_bits(point: OnePoint, orders: int) -> float:
    """About how many bits cancel in two-point sums of these nodes, and in their expansion in the sizes."""
    return (orders + 1) * math.log2(expected_loss(point))


def _upward(Z: Array, field: Field) -> tuple[Array, list[int]]:
    """Z with what lies below the axis replaced by its conjugate, and where that was."""
    below = [i for i, z in enumerate(Z) if z.imag < 0]
    upper = Z.copy()
    for i in below:
        upper[i] = field.conj(Z[i])
    return upper, below


def _flip(resolvent: Resolvent, Z: Array, below: list[int], field: Field) -> Resolvent:
    """The resolvent at Z, from that at the upper conjugates."""
    if not below:
        return resolvent

    def flip(values: Array) -> Array:
        out = values.copy()
        out[..., below] = each(field.conj, values[..., below])
        return out

    point = resolvent.point
    return Resolvent(
        z=Z,
        point=OnePoint(kappa=flip(point.kappa), df1=flip(point.df1), X=flip(point.X), error=point.error),
        R1=flip(resolvent.R1),
        R3=flip(resolvent.R3),
    )
