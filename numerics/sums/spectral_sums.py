"""Spectral sums at any complex kappa off the negative axis, with an error estimate.

    df1(kappa) = sum_k m_k lambda_k/(lambda_k + kappa)      (effective degrees of freedom)
    X(kappa)   = sum_k m_k c_k/(lambda_k + kappa),          Xi = kappa X

and their derivatives in kappa. Every spectrum, infinite or not, is replaced by a `NodeRule` (`node_rules`): a
finite list of lambda_i with weights (m c and m lambda) such that the sums over the list equal the
sums over the spectrum to the digits asked for. Nodes may be complex and far out (k ~ 10^3000 for slow
tails); they do not depend on kappa, so that a sum is a dot product, and everything built from sums (roots,
two-point functions by partial fractions) treats the rule as a finite spectrum that is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from asymptotics.errors import DomainError, PrecisionError
from numerics.spectra.compiled import PROBE_BITS, constant
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.listing import level_of
from numerics.spectra.spectrum import ContinuousSpectrum, integers
from numerics.sums.compression import Falling
from numerics.sums.doubled_rule import DoubledRule, double_rule
from numerics.sums.doubled_sums import evaluate_many
from numerics.sums.node_rules import NodeRule, RuleBook, check_head
from numerics.sums.piecewise_rules import PieceBook
from numerics.sums.rule_sums import FarNodes, floor_of, sum_and_error, sums_at
from numerics.values.arithmetic import Array, Field, Scalar, bits_of, field_of
from numerics.values.doubled import BITS

MAX_REFINEMENTS, ONE_RULE_REFINEMENTS = 6, 3
FEW = 8
"""For so many kappa far nodes are summed like the others."""
LEAST_TERMS, MOST_TERMS = 1000, 10**7
"""Fewer terms are added up faster one by one; more do not fit."""
WIDEST_LOG = 600.0
"""Beyond e^600 and e^-600 doubles are not used, not even for starting values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePoint:
    """df1 and X with their kappa-derivatives, shape (1 + derivatives, nodes); ``error`` is relative."""

    kappa: Array
    df1: Array
    X: Array
    error: float

    def part(self, start: int, stop: int) -> OnePoint:
        """The sums at some of the kappa."""
        own = slice(start, stop)
        return OnePoint(kappa=self.kappa[own], df1=self.df1[:, own], X=self.X[:, own], error=self.error)

    def move(self, by: Array) -> OnePoint:
        """The sums at ``kappa + by``, each by the derivatives that are there; the last one stays as it is."""
        df1, X = (np.array([_shift(f[j:], by) for j in range(len(f))]) for f in (self.df1, self.X))
        return OnePoint(kappa=self.kappa + by, df1=df1, X=X, error=self.error)

    def truncate(self, derivatives: int) -> OnePoint:
        """The sums with no more than so many derivatives."""
        rows = slice(derivatives + 1)
        return OnePoint(kappa=self.kappa, df1=self.df1[rows], X=self.X[rows], error=self.error)


def _shift(derivatives: Array, by: Array) -> Array:
    """``sum_i f^(i) by^i/i!``."""
    total = derivatives[-1]
    for i in range(len(derivatives) - 1, 0, -1):
        total = derivatives[i - 1] + total * by / i
    return total


class SpectralSums:
    """The sums of one spectrum to ``digits`` digits; rules are built when needed and kept.

    >>> from numerics.spectra.spectrum import spectrum_of
    >>> from asymptotics.tasks.power_laws import power_law
    >>> from numerics.values.arithmetic import array
    >>> sums = SpectralSums(spectrum_of(power_law(2, 2)), digits=20)
    >>> with field_of(80) as field:
    ...     point = sums.one_point(array([field.real(1)]), field)
    >>> round(float(point.df1[0, 0]), 12)      # (pi coth(pi) - 1)/2
    1.076674047469
    """

    def __init__(self, spectrum: ContinuousSpectrum | FiniteSpectrum, digits: int) -> None:
        self.spectrum = spectrum
        self.digits = digits
        self._book: RuleBook | PieceBook
        if spectrum.white or (isinstance(spectrum, ContinuousSpectrum) and spectrum.pieces):
            self._book = PieceBook(spectrum, digits)
        else:
            self._book = RuleBook(spectrum, digits)
        self._doubled: dict[int, DoubledRule] = {}
        self._logs: NDArray[np.float64] | None = None
        self._eigenvalues: Falling | None = None
        self._ends: NDArray[np.float64] | None = None
        if isinstance(spectrum, FiniteSpectrum):
            self._eigenvalues = Falling(spectrum.eigenvalues)
            self._ends = _last_ranks(spectrum)
        elif self._book.plain is not None:
            with field_of(64) as field:
                logs = [float(field.log(lam)) for lam in self._book.plain.lam if lam != 0]
            self._logs = np.sort(logs)[::-1]

    def one_point(
        self,
        kappa: Array,
        field: Field,
        log_floor: float | None = None,
        *,
        derivatives: int = 1,
        spare: int = 0,
        rough: bool = False,
    ) -> OnePoint:
        """All sums at each kappa (off the negative real axis), inside ``with field:``, with ``derivatives``.

        ``spare`` further derivatives come without an estimate of their error.

        ``log_floor`` is the smallest log|kappa| of the whole calculation, when this is one part of
        it, so that all parts use the same rules. Raises `PrecisionError` when the estimated error
        stays above 10^-digits, unless a ``rough`` answer will do.
        """
        polar = [_polar(x) for x in kappa]
        floor = min(size for size, _ in polar) if log_floor is None else log_floor
        rows = derivatives + spare + 1
        out = np.empty((2 * rows, len(kappa)), dtype=object)
        worst = 0.0
        places = [self._book.place(*where, derivatives=derivatives) for where in polar]
        for sector in sorted({sector for _, sector in places}):
            members = [i for i, place in enumerate(places) if place[1] == sector]
            head = max(places[i][0] for i in members)
            for refinement in range(MAX_REFINEMENTS):
                rule = self._book.rule(head, sector, floor, refinement)
                enough = math.inf if rough else 10.0**-self.digits
                error = self._fill(out, members, kappa, rule, (derivatives, spare), field, enough)
                if rough or error < 10.0**-self.digits:
                    break
                if refinement % 2 and self._book.plain is None:
                    head = check_head(math.ceil(1.5 * head), self.digits)
            else:
                raise PrecisionError(
                    f"spectral sums reach only {error:.1e} where 1e-{self.digits} is needed; "
                    "ask for fewer digits"
                )
            worst = max(worst, error)
        return OnePoint(kappa=kappa, df1=out[:rows], X=out[rows:], error=worst)

    def by_one_rule(self, kappa: Array, field: Field, enough: float, derivatives: int = 0) -> OnePoint:
        """All sums at all these kappa by `rule_for_all`, refined until the relative error is ``enough``.

        That may not be reached; the error says so. Derivatives come without an estimate of theirs.
        """
        logs = [complex(*_polar(x)) for x in kappa]
        floor = min(y.real for y in logs)
        # The poles of the summand are nearest to a path that is turned at the ends of the range of angles.
        angles = sorted(range(len(logs)), key=lambda i: logs[i].imag)
        everywhere = [*angles[:1], *angles[:0:-1]]
        out = np.empty((2 * (derivatives + 1), len(logs)), dtype=object)
        for refinement in range(ONE_RULE_REFINEMENTS):
            rule = self.rule_for_all(logs, floor, refinement)
            stop = enough if refinement < ONE_RULE_REFINEMENTS - 1 else math.inf
            error = self._fill(out, everywhere, kappa, rule, (0, derivatives), field, stop)
            if error < enough:
                break
        return OnePoint(kappa=kappa, df1=out[: derivatives + 1], X=out[derivatives + 1 :], error=error)

    def _fill(
        self,
        out: Array,
        members: list[int],
        kappa: Array,
        rule: NodeRule,
        rows: tuple[int, int],
        field: Field,
        enough: float,
    ) -> float:
        """The columns of these kappa by one rule, in doubled numbers where they do; the largest error.

        Where it is not ``enough``, some columns may be missing.
        """
        if field.bits <= BITS - 2 and MOST_TERMS > len(members) * len(rule.lam) > LEAST_TERMS:
            columns, error = evaluate_many(self.doubled(rule), kappa[members], self.digits, rows, field)
            if columns is not None:
                out[:, members] = columns
                return error
        far, error = None, 0.0
        if len(members) > FEW and rule.parts[1] < len(rule.lam):
            far = FarNodes.of(rule, [abs(kappa[i]) for i in members], sum(rows), field)
        for i in members:
            out[:, i], estimate = sums_at(rule, kappa[i], 10.0 ** -(self.digits + 2), rows, field, far)
            error = max(error, estimate)
            if error > enough:
                break
        return error

    def squares(self, kappa: Scalar, field: Field, log_floor: float) -> tuple[Scalar, Scalar, float]:
        """``sum m lambda^2/(lambda + kappa)^2``, ``sum m c lambda/(lambda + kappa)^2``, their relative error.

        For kappa > 0. Each is added up as it stands; as differences of df1 and X they would cancel.
        """
        head, sector = self._book.place(*_polar(kappa), derivatives=1)
        for refinement in range(MAX_REFINEMENTS):
            rule = self._book.rule(head, sector, log_floor, refinement)
            error = floor_of(rule, kappa, 10.0 ** -(self.digits + 2), field)
            u, coarse_u = 1 / (rule.lam + kappa), 1 / (rule.check[0] + kappa)
            found: list[Scalar] = []
            for weights, check in ((rule.A, rule.check[1]), (rule.G, rule.check[2])):
                product, coarse = weights * rule.lam * u * u, check * rule.check[0] * coarse_u * coarse_u
                total, estimate = sum_and_error(product, coarse, rule.parts)
                found.append(_real(total))
                error = max(error, estimate)
            if error < 10.0**-self.digits:
                return found[0], found[1], 2 * error
            if refinement % 2 and self._book.plain is None:
                head = check_head(math.ceil(1.5 * head), self.digits)
        raise PrecisionError(
            f"spectral sums reach only {error:.1e} where 1e-{self.digits} is needed; ask for fewer digits"
        )

    def rule_for(self, log_kappa: float, angle: float, log_floor: float) -> NodeRule:
        """The rule that `one_point` would use at first at this kappa; for starting values of roots."""
        return self._book.rule(*self._book.place(log_kappa, angle), log_floor, 0)

    def rule_for_all(self, logs: list[complex], log_floor: float, refinement: int = 0) -> NodeRule:
        """One rule for sums and first derivatives at all kappa = e^y, from a floor of log|kappa| on."""
        head, sector = self.place_for_all(logs)
        if refinement > 1 and self._book.plain is None:
            head = check_head(math.ceil(1.5 * head), self.digits)
        return self._book.rule(head, sector, log_floor, refinement)

    def rule_for_exponentials(self, logs: list[complex], log_floor: float) -> NodeRule:
        """One rule for `rule_for_all` and for ``e^(-lambda/kappa)`` at these kappa."""
        head, sector = self.place_for_all(logs)
        return self._book.rule(max(head, self._book.upright_head()), sector, log_floor, 0)

    def place_for_all(self, logs: list[complex]) -> tuple[int, int]:
        """The largest head and the widest sector that sums at kappa = e^y take."""
        places = [self._book.place(y.real, abs(y.imag)) for y in logs]
        return max(head for head, _ in places), max(sector for _, sector in places)

    def doubled(self, rule: NodeRule) -> DoubledRule:
        """A rule of these sums in doubled numbers, kept."""
        key = id(rule)
        if key not in self._doubled:
            self._doubled[key] = double_rule(rule)
        return self._doubled[key]

    def rough_point(self, logs: list[complex], log_floor: float) -> OnePoint | None:
        """The sums and their first derivatives at kappa = e^y to about double precision; None on overflow."""
        if max(abs(y.real) for y in logs) > WIDEST_LOG:
            return None
        kappa = np.exp(np.array(logs))
        rows: Any = np.empty((4, len(logs)), dtype=np.complex128)
        with np.errstate(all="ignore"):
            for i, y in enumerate(logs):
                lam, *weights = self.rule_for(y.real, abs(y.imag), log_floor).doubles
                u = 1 / (lam + kappa[i])
                rows[:, i] = [s for w in weights for s in ((w * u).sum(), -(w * u * u).sum())]
        if not np.isfinite(rows).all():
            return None
        return OnePoint(kappa=kappa, df1=rows[:2], X=rows[2:], error=1e-12)

    def total_eigenvalue(self, field: Field) -> Scalar:
        """``sum_k m_k lambda_k``, the trace of the kernel."""
        rule = self.rule_for(0.0, 0.0, 0.0)
        return _real(rule.A.sum()) if len(rule.A) else field.real(0)

    def total_target(self, field: Field) -> tuple[Scalar, float]:
        """``sum_k m_k c_k``, the loss before training, and its relative error."""
        head, sector = self._book.place(0.0, 0.0)
        best, least = field.real(0), math.inf
        for refinement in range(MAX_REFINEMENTS):
            rule = self._book.rule(head, sector, 0.0, refinement)
            total, error = sum_and_error(rule.G, rule.check[2], rule.parts)
            if error < least and total != 0:
                best, least = _real(total), error
            if error < 10.0 ** -(self.digits + 2):
                break
            if refinement % 2 and self._book.plain is None:
                head = check_head(math.ceil(1.5 * head), self.digits)
        return best, max(10.0**-self.digits, least if least < math.inf else 0.0)

    def mode_count(self) -> tuple[sympy.Expr, float]:
        """How many modes have a positive eigenvalue, oo for infinitely many, and its relative error (or 0).

        Multiplicities are integers in every case that is one of modes, so that their sum is exact once its
        error is below one half. A white part has infinitely many.
        """
        if self.spectrum.white:
            return sympy.oo, 0.0
        if isinstance(self.spectrum, FiniteSpectrum):
            seen = self.spectrum.counts[self.spectrum.eigenvalues > 0]
            return sympy.Integer(sum(map(int, seen))), 0.0
        if self.spectrum.levels is None:
            return sympy.oo, 0.0
        if self.spectrum.multiplicity == 1:
            levels = (piece.levels for piece in self.spectrum.pieces or (self.spectrum,))
            return sympy.Integer(sum(n for n in levels if n is not None)), 0.0
        error = 10.0 ** (2 - self.digits)
        with field_of(bits_of(self.digits) + 40) as field:
            rule = self.rule_for(0.0, 0.0, 0.0)
            total = _real(sum(a / lam for a, lam in zip(rule.A, rule.lam, strict=True) if lam != 0))
            mantissa, exponent = field.mpf(total).man_exp
        count = sympy.Integer(int(mantissa)) * sympy.Integer(2) ** int(exponent)
        nearest = sympy.floor(count + sympy.Rational(1, 2))
        whole = error * nearest < 0.1 and abs(count - nearest) < sympy.Rational(1, 10)
        return (nearest, 0.0) if whole else (count, error)

    def unlearnable_target(self, field: Field) -> Scalar:
        """The target power in modes whose eigenvalue is zero."""
        if isinstance(self.spectrum, FiniteSpectrum):
            lost = self.spectrum.eigenvalues == 0
            pairs = zip(self.spectrum.counts[lost].tolist(), self.spectrum.target[lost].tolist(), strict=True)
            return field.real(sum((Fraction(m) * Fraction(c) for m, c in pairs), Fraction(0)))
        return constant(self.spectrum.unlearned, field)

    def log_eigenvalue(self, rank: float) -> float:
        """A rough ``log lambda`` of the mode of a rank, a scale for starting values; exact at 1 and M."""
        if self._eigenvalues is not None:
            place = max(int(rank) - 1, 0)
            if self._ends is not None:
                place = int(np.searchsorted(self._ends, rank))
            return self._eigenvalues.at(min(place, self._eigenvalues.size - 1))
        if self._logs is not None:
            return float(self._logs[min(max(int(rank) - 1, 0), self._logs.size - 1)])
        assert isinstance(self.spectrum, ContinuousSpectrum)
        lowest, highest = self._log_extremes
        levels = self.spectrum.levels
        level = level_of(self.spectrum, rank)
        if level <= 1:
            return highest
        if levels is not None and level >= levels:
            return lowest
        return self.spectrum.logarithm("eigenvalues", math.log(level))

    @cached_property
    def _log_extremes(self) -> tuple[float, float]:
        """``log lambda`` of the smallest and of the largest eigenvalue; they fall from the start on."""
        assert isinstance(self.spectrum, ContinuousSpectrum)
        logs: list[float] = []
        with field_of(PROBE_BITS) as field:
            for piece in self.spectrum.pieces or (self.spectrum,):
                last = piece.levels or piece.start
                lam = piece.at(integers(1, min(piece.start, last), field), field)[0]
                logs += [float(field.log(x)) for x in lam]
                logs.append(piece.logarithm("eigenvalues", math.log(last)))
        return min(logs), max(logs)


def _real(x: Scalar) -> Scalar:
    return x.real


def _polar(kappa: Scalar) -> tuple[float, float]:
    """log|kappa| and |arg kappa|, without overflow."""
    with field_of(64) as field:
        size = abs(kappa)
        if not size > 0:
            raise DomainError("kappa = 0, or below every number; spectral sums need it off the negative axis")
        ratio = complex(kappa / size)
        return float(field.log(field.real(1) * size)), abs(math.atan2(ratio.imag, ratio.real))


def _last_ranks(spectrum: FiniteSpectrum) -> NDArray[np.float64] | None:
    """The rank of the last mode of each level by falling eigenvalue; None where each mode is listed."""
    if spectrum.multiplicity is None:
        return None
    order = np.argsort(-spectrum.eigenvalues, kind="stable")
    return np.cumsum(spectrum.multiplicity[order])
