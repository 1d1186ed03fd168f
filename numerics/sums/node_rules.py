"""Rules: finite measures that stand for a spectrum in every spectral sum.

``sum_k m_k f(lambda_k, c_k) = sum_i w_i f(lambda(x_i), c(x_i))``, up to 10^-digits, for all f with their
singularities where 1/(lambda + kappa) has them, kappa in a sector. The first nodes are the first modes;
then come those of the ends and of the integral (`quadrature`), at complex x.

Where the pole ``lambda(x*) = -kappa`` of the summand is near the axis, terms are added up to beyond it;
otherwise it contributes ``e^(-2 pi Im x*)``, which the choice of K makes negligible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from asymptotics.errors import PrecisionError
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.listing import (
    MAX_LISTED,
    falls_exponentially,
    falls_steeply,
    list_modes,
    target_alone,
)
from numerics.spectra.spectrum import ContinuousSpectrum, integers
from numerics.sums.compression import DIGITS, LEAST_MODES, Bins, compress
from numerics.sums.quadrature import LARGEST_LOG, long_range, plana_distance, plana_rule
from numerics.values.arithmetic import Array, Field, Scalar, array, bits_of, field_of

MOST_DIGITS = 680
"""Of sums by the Abel-Plana formula: with more, the ends of no rule are far enough from what they avoid."""
MANY_DIGITS = 60
"""From here on digits are what makes a sum long."""
MAX_DIRECT = 200_000
"""Most terms that are added one by one before a sum is given up."""
KEPT_SHAPES = 256
SLOPE_BITS = 64
FARTHEST = 1000
"""Exponentials are summed by an integral from there on at most."""
COMPRESSED_FLOOR = 1e-29
"""The precision of the moments of a compressed list."""
CHECK_POINTS = 3
"""How many points fewer the Gauss rule has that estimates the error of the ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRule:
    """A finite measure that stands for a spectrum: nodes ``lam``, weights ``A`` (m lambda), ``G`` (m c).

    ``parts`` are the indices at which the direct terms, the ends, and the even nodes of the integral
    stop; what follows is odd. ``check`` holds the same three arrays for the coarser ends. ``bins`` belong
    to a compressed list (`compression`), and estimate its error. ``doubles`` are lam, A and G, rounded.
    """

    lam: Array
    A: Array
    G: Array
    parts: tuple[int, int, int]
    check: tuple[Array, Array, Array]
    doubles: NDArray[np.complex128]
    bins: Bins | None = None


class RuleBook:
    """The rules of one spectrum to ``digits`` digits, built when needed and kept.

    ``plain`` is the one rule of a spectrum that is simply listed, whatever kappa.
    """

    def __init__(self, spectrum: ContinuousSpectrum | FiniteSpectrum, digits: int) -> None:
        self.spectrum = spectrum
        self.digits = digits
        self.plain: NodeRule | None = None
        self._rules: dict[tuple[int, int, int, int, int], NodeRule] = {}
        self._beyond: RuleBook | None = None
        self._upright = 0
        self._shapes: dict[tuple[int, float], tuple[int, int]] = {}
        self._node_bits = bits_of(digits) + 40
        if isinstance(spectrum, FiniteSpectrum):
            self.plain = self._short_list(spectrum) or self._full_list(spectrum)
            return
        if digits > MOST_DIGITS:
            raise PrecisionError(
                f"{digits} digits inside, where sums over modes have {MOST_DIGITS} at most; ask for fewer; "
                "at finite sizes some 200 are reached"
            )
        self._points = math.ceil(digits / 2.7) + CHECK_POINTS
        self._clearance = plana_distance(self._points - CHECK_POINTS, digits)
        # e^(-2 pi height) < 10^-digits, with something to spare.
        self._height = digits * math.log(10) / (2 * math.pi) * 1.05 + 1
        if spectrum.is_listed:
            assert spectrum.levels is not None
            self.plain = self._add_up(spectrum, spectrum.levels)
            return
        self._listable = falls_exponentially(spectrum)
        if self._listable and spectrum.levels is not None and spectrum.levels <= MAX_LISTED:
            self.plain = self._add_up(spectrum, spectrum.levels)
            return
        if falls_steeply(spectrum, self._height):
            self._listable, self._beyond = True, RuleBook(target_alone(spectrum), digits)
        self._grid = math.log(spectrum.start) + np.arange(0.0, 60.0, 0.25)
        self._log_lam = np.array([spectrum.logarithm("eigenvalues", u) for u in self._grid])
        self._first_K = 0 if self._listable else self._safe_start(spectrum)
        self._exponential = math.inf in (spectrum.decay("eigenvalues"), spectrum.decay("target"))

    def rule(self, head: int, sector: int, log_floor: float, refinement: int) -> NodeRule:
        """The rule with ``head - 1`` direct terms for kappa in ``sector`` down to ``log_floor``.

        ``refinement`` counts how often the step of the integral was reduced.
        """
        if self.plain is not None:
            if refinement and self.plain.bins is not None:
                assert isinstance(self.spectrum, FiniteSpectrum)
                self.plain = self._full_list(self.spectrum)
            return self.plain
        assert isinstance(self.spectrum, ContinuousSpectrum)
        if self._listable:
            return self._list_down_to(self.spectrum, log_floor, refinement)
        levels = self.spectrum.levels
        if levels is not None and 3 * head >= levels:
            head = levels
        reach, steepness = self._shape(head, log_floor)
        key = (head, sector, reach, steepness, refinement)
        if key not in self._rules:
            with field_of(self._node_bits) as field:
                self._rules[key] = (
                    self._add_up(self.spectrum, head)
                    if head == levels
                    else self._build(self.spectrum, *key, field)
                )
        return self._rules[key]

    def _shape(self, head: int, log_floor: float) -> tuple[int, int]:
        """How far the integral goes beyond ``head``, and how steep the spectrum is there; both rounded up."""
        known = self._shapes.get((head, log_floor))
        if known is None:
            assert isinstance(self.spectrum, ContinuousSpectrum)
            lowest = self._crossing(log_floor)[0]
            far = max(0.0, lowest - math.log(head)) if self.spectrum.levels is None else 0.0
            # The slope of log lambda where poles may lie; behind the head they do not matter.
            steep = self._steepest(math.log(head), lowest)
            known = (
                8 * math.ceil((far + 2) / 8) if far else 2,
                math.ceil(2 * math.log2(steep)) if steep else -20,
            )
            if len(self._shapes) >= KEPT_SHAPES:
                self._shapes.clear()
            self._shapes[head, log_floor] = known
        return known

    def _build(
        self,
        spectrum: ContinuousSpectrum,
        head: int,
        sector: int,
        reach: int,
        steepness: int,
        refinement: int,
        field: Field,
    ) -> NodeRule:
        ends = [(field.real(2 * head - 1) / 2, 1)]
        if spectrum.levels is not None:
            ends.append((field.real(2 * spectrum.levels + 1) / 2, -1))
        slope = 2.0 ** (steepness / 2)
        # Poles sit at angles (+-pi - arg kappa)/slope: turn away from the near one in the outer sectors.
        angle = 0.0
        # Not so where an exponential would grow beside the axis.
        if spectrum.levels is None and sector and not self._exponential:
            angle = -min(math.pi / 2 / slope, math.pi / 3)
        gap = (math.pi * 2.0**-sector / 2) / slope - angle
        width = min(1.2, gap) * 0.95
        step = 2 * math.pi * width / ((self.digits + 3) * math.log(10)) * 0.75**refinement
        tiny = field.real(10) ** -(self.digits + 4)
        reference: list[Scalar] = []

        values = spectrum.compile(field)

        def negligible(x: Scalar, w: Scalar) -> bool:
            _, one, two = values(array([x]))
            sizes = (abs(one[0] * w), abs(two[0] * w))
            if not reference:
                reference.extend(sizes)
            return bool(all(size <= tiny * first for size, first in zip(sizes, reference, strict=True)))

        path = long_range(
            ends[0][0],
            ends[1][0] if len(ends) > 1 else None,
            reach=reach if spectrum.levels is None else float(field.log(ends[1][0] / ends[0][0])),
            angle=angle,
            step=step,
            digits=self.digits,
            negligible=negligible,
            field=field,
        )
        count = [integers(1, head - 1, field)]
        pieces = [(count[0], array([field.real(1)] * (head - 1)))]
        pieces.append(_ends(ends, self._points, self.digits, field))
        pieces += [path.even, path.odd]
        lam, A, G = (
            np.concatenate(arrays)
            for arrays in zip(*(_weigh(spectrum, p, field) for p in pieces), strict=True)
        )
        stops = np.cumsum([len(p[0]) for p in pieces])
        coarse = _ends(ends, self._points - CHECK_POINTS, self.digits, field)
        return _rule_of(
            lam, A, G, (int(stops[0]), int(stops[1]), int(stops[2])), _weigh(spectrum, coarse, field)
        )

    def _short_list(self, spectrum: FiniteSpectrum) -> NodeRule | None:
        """The spectrum compressed, if that is worth it and good enough."""
        if self.digits > DIGITS or spectrum.levels < LEAST_MODES or spectrum.multiplicity is not None:
            return None
        with field_of(self._node_bits) as field:
            lam, A, G, bins = compress(spectrum.eigenvalues, spectrum.target, field)
        return replace(self._list_nodes(lam, A, G), bins=bins)

    def _full_list(self, spectrum: FiniteSpectrum) -> NodeRule:
        lam, power = (array(field_floats(v)) for v in (spectrum.eigenvalues, spectrum.target))
        if spectrum.multiplicity is None:
            return self._list_nodes(lam, lam, power)
        with field_of(self._node_bits) as field:
            lam, power, count = (
                array(field.real(float(v)) for v in column)
                for column in (spectrum.eigenvalues, spectrum.target, spectrum.multiplicity)
            )
            return self._list_nodes(lam, count * lam, count * power)

    def _add_up(self, spectrum: ContinuousSpectrum, levels: int) -> NodeRule:
        with field_of(self._node_bits) as field:
            return self._list_nodes(*spectrum.at(integers(1, levels, field), field))

    def _list_down_to(self, spectrum: ContinuousSpectrum, log_floor: float, refinement: int) -> NodeRule:
        """The levels of a spectrum that falls exponentially, as far as they matter above ``log_floor``.

        Where its target does not fall so, what is left is ``sum m c/kappa``, a sum of the target alone.
        """
        count = list_modes(spectrum, log_floor, self.digits, with_target=self._beyond is None)
        if count is None:
            raise PrecisionError(
                f"more than {MAX_LISTED} levels would have to be added one by one; "
                "use a shorter time, a smaller size or fewer digits"
            )
        count = 16 * math.ceil(count / 16)
        key = (count, 0, 0, 0, refinement if self._beyond else 0)
        if key not in self._rules:
            self._rules[key] = (
                self._add_beyond(spectrum, self._beyond, count, refinement)
                if self._beyond
                else self._add_up(spectrum, count)
            )
        return self._rules[key]

    def _add_beyond(
        self, spectrum: ContinuousSpectrum, beyond: RuleBook, count: int, refinement: int
    ) -> NodeRule:
        """So many levels, and the target power of all others at the eigenvalue 0."""
        head = check_head(math.ceil(max(count + 1, beyond._first_K) * 1.5 ** (refinement // 2)), self.digits)
        held = beyond.rule(head, 0, 0.0, refinement)
        direct = held.parts[0]
        with field_of(self._node_bits) as field:
            lam, A, _ = spectrum.at(integers(1, direct, field), field)
            none, unseen = (
                array([field.real(0)] * size) for size in (len(held.lam) - direct, len(held.check[0]))
            )
        lam, A = (np.concatenate([listed, none]) for listed in (lam, A))
        return _rule_of(lam, A, held.G, held.parts, (unseen, unseen, held.check[2]))

    def _list_nodes(self, lam: Array, A: Array, G: Array) -> NodeRule:
        size, none = len(lam), array(())
        return _rule_of(lam, A, G, (size, size, size), (none, none, none))

    # -- where to start the integral -------------------------------------------

    def place(self, log_kappa: float, angle: float, *, derivatives: int = 1) -> tuple[int, int]:
        """K and the sector of a rule for this kappa, for sums with so many derivatives.

        Either the pole of the summand is far from the real axis, and the sector says how much room
        there is between them; or K is well beyond it, and its angle does not matter (sector 0).
        """
        if self.plain is not None or self._listable:
            return 0, 0
        log_x, slope = self._crossing(log_kappa)
        if log_x <= 0.0:
            return self._first_K, 0
        assert isinstance(self.spectrum, ContinuousSpectrum)
        levels = self.spectrum.levels
        turn = (math.pi - abs(angle)) / slope
        sine = math.sin(min(turn, math.pi / 2))
        # Each kappa-derivative of e^(2 pi i x*) brings out a factor 2 pi x*/slope, relatively.
        factors = (derivatives + 2) * max(0.0, log_x + math.log(2 * math.pi / slope)) / (2 * math.pi)
        if log_x + math.log(max(sine, 1e-300)) > math.log(self._height + factors):
            gap = (math.pi - abs(angle)) / (math.pi / 2)
            return self._first_K, max(0, math.ceil(-math.log2(gap)))
        x = math.exp(min(log_x, 50.0))
        if levels is not None:
            x = min(x, float(levels))
        wanted = x * math.cos(min(turn, math.pi / 2)) + self._clearance + 1
        # A coarse set of K, so that neighbouring kappa share their rules.
        head = self._first_K
        while head < wanted:
            head = math.ceil(1.5 * head)
        return (check_head(head, self.digits) if levels is None or 3 * head < levels else levels), 0

    def upright_head(self) -> int:
        """K from which |arg lambda| < pi/3 at the nodes of the ends: there exponentials fall. 0 where it is
        far."""
        if self.plain is not None or self._listable:
            return 0
        assert isinstance(self.spectrum, ContinuousSpectrum)
        if not self._upright:
            head = max(2, self._first_K)
            with field_of(SLOPE_BITS) as field:
                while head < FARTHEST and not self._is_upright(self.spectrum, head, field):
                    head = math.ceil(1.5 * head)
            self._upright = head
        return self._upright if self._upright < FARTHEST else 0

    def _is_upright(self, spectrum: ContinuousSpectrum, head: int, field: Field) -> bool:
        points, _ = _ends([(field.real(2 * head - 1) / 2, 1)], self._points, self.digits, field)
        return all(2 * x.real > abs(x) for x in spectrum.at(points, field)[0])

    def _crossing(self, log_kappa: float) -> tuple[float, float]:
        """log of the x >= start with lambda(x) = |kappa| (0: above all of them), and the slope there."""
        assert isinstance(self.spectrum, ContinuousSpectrum)
        top = LARGEST_LOG if self.spectrum.levels is None else math.log(self.spectrum.levels) + 1
        while self._log_lam[-1] > log_kappa and self._grid[-1] < top:
            more = self._grid[-1] * np.linspace(1.0, 1.5, 41)[1:]
            self._grid = np.concatenate([self._grid, more])
            logs = [self.spectrum.logarithm("eigenvalues", float(u)) for u in more]
            self._log_lam = np.concatenate([self._log_lam, np.array(logs)])
        if self._log_lam[0] <= log_kappa:
            return 0.0, 1.0
        i = int(np.argmax(self._log_lam <= log_kappa))
        if i == 0:
            return float(top), max(1e-3, float(self._log_lam[-2] - self._log_lam[-1]))
        u0, u1, y0, y1 = self._grid[i - 1], self._grid[i], self._log_lam[i - 1], self._log_lam[i]
        if not math.isfinite(y1):
            return float(u0), 1e6
        share = (y0 - log_kappa) / (y0 - y1)
        return float(u0 + share * (u1 - u0)), max(1e-3, float((y0 - y1) / (u1 - u0)))

    def _steepest(self, low: float, high: float) -> float:
        """The largest slope of log lambda against log x between two log x; 0 on an empty range."""
        if high <= low:
            return 0.0
        known = np.isfinite(self._log_lam)
        grid, logs = self._grid[known], self._log_lam[known]
        slopes = -np.diff(logs) / np.diff(grid)
        chosen = slopes[(grid[1:] >= low) & (grid[:-1] <= high)]
        return max(1e-3, float(chosen.max())) if chosen.size else 0.0

    def _safe_start(self, spectrum: ContinuousSpectrum) -> int:
        """The least K (of a coarse set) at which the end corrections of lambda and c converge.

        Singularities of the expressions to the right of x = 1 show here, as in (100 + k^2)^-1.
        """
        head = spectrum.start - 1 + math.ceil(self._clearance + 1.5)
        with field_of(self._node_bits) as field:
            while True:
                at = [(field.real(2 * head - 1) / 2, 1)]
                fine, coarse = (
                    _weigh(spectrum, _ends(at, self._points - drop, self.digits, field), field)
                    for drop in (0, CHECK_POINTS)
                )
                _, *scale = spectrum.at(at[0][0] * array([field.real(1)]), field)
                wrong = [
                    float(abs(fine[i].sum() - coarse[i].sum()) / (abs(scale[i - 1][0]) * head))
                    for i in (1, 2)
                    if scale[i - 1][0] != 0
                ]
                if all(w < 10.0**-self.digits for w in wrong):
                    return head
                head = check_head(math.ceil(1.5 * head), self.digits)


def check_head(head: int, digits: int) -> int:
    """``head``, unless it is more terms than can be added; raises `PrecisionError`."""
    if head > MAX_DIRECT:
        found = f"{head} terms would have to be added one by one (at most {MAX_DIRECT} are)"
        if digits > MANY_DIGITS:
            raise PrecisionError(f"{found} for {digits} digits inside; ask for fewer digits")
        raise PrecisionError(
            f"{found}: kappa is close to the spectrum; use a smaller size, a shorter time or fewer digits"
        )
    return head


def field_floats(values: object) -> list[Scalar]:
    """Doubles as exact numbers of any field (53 bits are exact in every one)."""
    with field_of(64) as field:
        return [field.real(float(v)) for v in np.asarray(values)]


def _weigh(
    spectrum: ContinuousSpectrum, piece: tuple[Array, Array], field: Field
) -> tuple[Array, Array, Array]:
    points, weights = piece
    lam, A, G = spectrum.at(points, field)
    return lam, A * weights, G * weights


def _ends(ends: list[tuple[Scalar, int]], points: int, digits: int, field: Field) -> tuple[Array, Array]:
    """The nodes of `plana_rule` at each half-integer end, with the sign of the end."""
    nodes: list[Scalar] = []
    weights: list[Scalar] = []
    for x0, sign in ends:
        for y, w in plana_rule(points, digits + 10):
            height, weight = field.real(y), field.real(w) / field.real(y) * sign
            nodes += [field.complex(x0, height), field.complex(x0, -height)]
            weights += [field.complex(0, -weight), field.complex(0, weight)]
    return array(nodes), array(weights)


def doubles_of(*columns: Array) -> NDArray[np.complex128]:
    """The rows of a rule in double precision."""
    return np.array([[complex(x) for x in column] for column in columns], dtype=np.complex128)


def _rule_of(
    lam: Array, A: Array, G: Array, parts: tuple[int, int, int], check: tuple[Array, Array, Array]
) -> NodeRule:
    return NodeRule(
        lam=lam,
        A=A,
        G=G,
        parts=parts,
        check=check,
        doubles=doubles_of(lam, A, G),
    )
