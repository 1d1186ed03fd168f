"""Structured features, solved: ``zeta = kappa x df1/N`` with ``sum_i tau_i/(tau_i + x) = df1``.

The tau_i of the rows, of mean 1, are a spectrum of their own. With the sums over pairs

    T1 = sum tau/((tau+x)(tau+x')),      T2 = sum tau^2/((tau+x)(tau+x')) = df - x' T1,

the difference of ``r = x df/N`` is ``T2/(N T1)``. From one df to another x is followed as kappa is.
"""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np
from sympy import Expr

from asymptotics.caches import cached
from asymptotics.errors import DomainError, PrecisionError, UnableError
from asymptotics.model.students.structured import StructuredFeatures
from asymptotics.tasks.task import Task
from numerics.model.factors import Factor
from numerics.model.renormalised_ridge import START_BITS, rough_df1
from numerics.model.saturation import rough_root, saturate
from numerics.model.students.base import Spectrum, StudentMap, maps
from numerics.spectra.compiled import constant
from numerics.spectra.finite import OF_DOUBLES, FiniteSpectrum
from numerics.spectra.spectrum import spectrum_of
from numerics.sums.spectral_sums import OnePoint, SpectralSums
from numerics.values.arithmetic import LOG2_10, Array, Field, array, field_of
from numerics.values.doubled import Floats
from numerics.values.inputs import infinite
from numerics.values.jets import Jet, Series
from numerics.values.positive import Positive

GUARD_BITS = 24
"""How many bits a field has beyond the digits of the sums in it."""
ROUNDS = 60
STEPS = 4000
NEAR_LIMIT = 1e-4
KEPT = 1 / 64
"""How much of df a difference leaves that is taken as it is."""
SPARE = 3
"""By so many derivatives more than one the sums at one df are moved to another nearby."""
POLYNOMIAL_STEPS = 5
NEARBY = 1e-4
"""How far such a move begins."""
CLOSE = 0.5
"""How far log x may move in one step along a path of df."""


@maps(StructuredFeatures)
class StructuredMap(StudentMap[StructuredFeatures]):
    """One layer of N rows with a covariance."""

    beyond = False

    def see(self, spectrum: Spectrum) -> Spectrum:
        """The spectrum itself; beside it the rows are read.

        Raises `DomainError` for more digits than doubles have of rows whose ratios are no doubles.
        """
        if not infinite(self.N):
            rows = _spectrum_of_rows(self.student, self.N)
            if isinstance(rows, FiniteSpectrum) and rows.rounded and self.digits > OF_DOUBLES:
                raise DomainError(
                    f"{rows.rounded} in eigenvalues of the rows is not a double, as which arrays are read; "
                    f"use digits <= {OF_DOUBLES}, or give them as a formula"
                )
        return spectrum

    def factors(self, field: Field) -> tuple[Factor, ...]:
        if infinite(self.N):
            return ()
        digits = 5 * math.floor((field.bits - GUARD_BITS) / LOG2_10 / 5)
        return (Rows(self.N, _sums_of_rows(self.student, self.N, digits), field),)


@cached(maxsize=16)
def _sums_of_rows(student: StructuredFeatures, N: Expr, digits: int) -> SpectralSums:
    """The sums over rows, kept from one model to the next as their rules are."""
    return SpectralSums(_spectrum_of_rows(student, N), digits)


@cached(maxsize=16)
def _spectrum_of_rows(student: StructuredFeatures, N: Expr) -> Spectrum:
    """The tau as a spectrum, up to a factor; an array as the doubles that it was given as."""
    taus = student.eigenvalues
    if not isinstance(taus, tuple):
        (index,) = taus.free_symbols
        return spectrum_of(Task(eigenvalues=taus, target=taus, index=index, modes=N))
    below = math.lcm(*(int(tau.q) for tau in taus))
    whole = [int(tau.p) * (below // int(tau.q)) for tau in taus]
    common = math.gcd(*whole)
    whole = [n // common for n in whole]
    numbers = np.array([float(n) for n in whole])
    rounded = next((str(n) for n, x in zip(whole, numbers, strict=True) if n != int(x)), "")
    return FiniteSpectrum(eigenvalues=numbers, target=numbers, rounded=rounded)


class Rows(Factor):
    """``x df/N`` for rows with a spectrum of their own; equal to ``1 - df/N`` where all tau are."""

    doubled = False

    def __init__(self, N: Expr, sums: SpectralSums, field: Field) -> None:
        self.limit, self.inverse = N, constant(1 / N, field)
        self._sums, self._field = sums, field
        self._trace = sums.total_eigenvalue(field)
        rule = sums.rule_for(0.0, 0.0, 0.0)
        # Where df is nearly N, x is nearly this times 1 - df/N.
        lam, A = rule.doubles[0].real, rule.doubles[1].real
        self._least = float(N) / float((A / lam**2).sum())
        self._near = NEAR_LIMIT * float(lam[A != 0].min()) / self._least
        self._last: tuple[complex, complex] | None = None
        self._solved: tuple[Array, tuple[Array, Array]] | None = None
        self._point: OnePoint | None = None

    @property
    def in_floats(self) -> Rows:
        return _RoughRows(self)

    def __call__(self, df: Series) -> Series:
        return self._on_arrays(lambda g: self._solve(g)[0] * g / self._trace, df)

    def difference(self, df: Series, other: Series) -> Series:
        """``T2/(N T1)``."""

        def apart(g: Array, h: Array) -> Array:
            alone = g.size == 1 and g[0] == h[0] and g[0].imag == 0 and g[0].real > 0
            T1, T2 = self._squared(g) if alone else self._pairs(g, h)[:2]
            return T2 / (T1 * self._trace)

        return self._on_arrays(apart, df, other)

    def loss(self, df: Series, other: Series) -> float:
        _, _, loss = self._pairs(*(np.asarray(x.terms[0] if isinstance(x, Jet) else x) for x in (df, other)))
        return loss

    def _on_arrays(self, function: Any, *dfs: Series) -> Series:
        if isinstance(dfs[0], Jet):
            if len(dfs[0].terms) > 1:
                raise UnableError("expansions of structured features in a size are not solved; give sizes")
            return Jet(terms=(function(*(x.terms[0] for x in dfs)),))
        if isinstance(dfs[0], np.ndarray):
            return function(*dfs)
        return function(*(array([x]) for x in dfs))[0]

    def _pairs(self, g: Array, h: Array) -> tuple[Array, Array, float]:
        (x, slope), (y, _) = self._solve(g), self._solve(h)
        gap, apart = x - y, h - g
        same = np.asarray(apart == 0)
        T1: Any = np.where(same, -slope, apart) / np.where(same, 1, gap)
        T2 = g - y * T1
        whole = np.broadcast_arrays(g, np.where(same, g, apart), T2)
        ratios = [
            max(
                (float(abs(a / b)) for a, b in zip(whole[0].flat, part.flat, strict=True) if b != 0),
                default=math.inf,
            )
            for part in whole[1:]
        ]
        return T1, T2, ratios[0] * ratios[1]

    def _squared(self, g: Array) -> tuple[Array, Array]:
        """T1 and T2 at one real df; T2 is added up as it stands where ``df - x T1`` cancels, for df << N."""
        x, slope = self._solve(g)
        T2 = g + x * slope
        if abs(T2[0]) < KEPT * g[0].real:
            root = x[0].real
            T2 = array([self._sums.squares(root, self._field, float(self._field.log(root)) - 1)[0]])
        return -slope, T2

    def _solve(self, g: Array) -> tuple[Array, Array]:
        """x at each df, and the derivative of the sum there; kept, as factors and their slopes ask for it."""
        if self._solved is None or not _same(self._solved[0], g):
            self._solved = g, self._newton_on_arrays(g)
        return self._solved[1]

    def _newton_on_arrays(self, g: Array) -> tuple[Array, Array]:
        """By Newton's method on Taylor polynomials of the sums, those of the last df where they reach it."""
        field, flat, alone = self._field, g.reshape(-1), g.size == 1
        spare = SPARE if alone else 1
        wanted, rounding = (8 - field.bits) * math.log(2), 2.0 ** (8 - field.bits)
        point = self._point if alone else None
        if point is not None and type(point.kappa[0]) is not type(flat[0]):
            point = None
        if point is not None and _far(point, _step(point, flat, field)) > NEARBY:
            point = None
        x = None if point is not None else array(self._start(v, field) for v in flat)
        for _ in range(ROUNDS):
            if x is not None:
                floor = min(float(field.log(abs(v))) for v in x) - 1
                point = self._sums.one_point(x, field, floor, spare=spare)
            assert point is not None
            step = _step(point, flat, field)
            far = _far(point, step)
            noise = max(float(abs(v / (d * w))) for v, d, w in zip(*point.df1[:2], point.kappa, strict=True))
            if far < rounding * noise or far == 0 or (spare + 1) * math.log(far) < wanted:
                self._point = point if alone else None
                moved = point.move(step)
                return moved.kappa.reshape(g.shape), moved.df1[1].reshape(g.shape)
            x = point.kappa + step
        raise PrecisionError("the rows of structured features were not solved; ask for more digits")

    def _start(self, df: Any, field: Field) -> Any:
        """x to about double precision, real for a real df, which may be N up to rounding."""
        left, real = 1 - df * self.inverse, df.imag == 0
        if abs(left) < self._near:
            return max(left.real, field.real(2.0**-field.bits)) * self._least if real else left * self._least
        y, one = self.rough_log(complex(df)), field.real(1)
        size = field.exp(one * y.real)
        return size if real else size * field.complex(field.cos(one * y.imag), field.sin(one * y.imag))

    def at(self, df: Expr, field: Field) -> tuple[Positive, Positive]:
        number = constant(df, field)
        x, floor = saturate(number, self._sums, field)
        point = self._sums.one_point(array([x.value]), field, floor)
        squares, _, error = self._sums.squares(x.value, field, floor)
        error = 16 * max(error, point.error) + 2 * x.error
        trace = self._sums.total_eigenvalue(field)
        slope = Positive(squares / (-point.df1[1, 0] * trace), 2 * error)
        return x * number / trace, slope

    # -- double precision ------------------------------------------------------------------

    def rough_log(self, g: complex) -> complex:
        """log x at a df, followed from the last one if that was near, else from the positive axis."""
        left = 1 - g * float(self.inverse)
        if abs(left) < self._near:
            return cmath.log(left * self._least + 1e-300)
        with field_of(START_BITS) as field:
            if self._last is None or abs(self._last[0] - g) > abs(g) / 2:
                size = min(abs(g), 0.9 / float(self.inverse))
                self._last = complex(size), complex(rough_root(size, self._sums)[0])
            self._last = g, self._follow(*self._last, g, field)
        return self._last[1]

    def _follow(self, start: complex, y: complex, stop: complex, field: Field) -> complex:
        here, step = 0.0, 1.0
        turn = cmath.log(stop / start)
        for _ in range(STEPS):
            if here == 1:
                return y
            there = min(1.0, here + step)
            new = self._newton(y, start * cmath.exp(turn * there) if there < 1 else stop, field)
            if new is not None and abs(new - y) < CLOSE:
                y, here, step = new, there, 2 * step
            else:
                step /= 2
        raise PrecisionError("the rows of structured features were lost; ask for more digits")

    def _newton(self, y: complex, g: complex, field: Field) -> complex | None:
        for _ in range(30):
            value, slope = rough_df1(self._sums, y, y.real - 3.0, field)
            move = (g - value) / slope
            if not abs(move) < 1:
                return None
            y += move
            if abs(move) < max(1e-12, 1e-15 * abs(g / slope)):
                return y
        return None


def _step(point: OnePoint, df: Array, field: Field) -> Array:
    """How far from a point the Taylor polynomials of the sums have these df."""
    step, moved = point.kappa * 0, point
    for _ in range(POLYNOMIAL_STEPS):
        change = (df - moved.df1[0]) / moved.df1[1]
        step = step + change
        if _far(point, change) < 2.0 ** (-field.bits / 2 - 4):
            break
        moved = point.move(step)
    return step


def _far(point: OnePoint, step: Array) -> float:
    """The largest relative step; its powers are what is left out."""
    return max(float(abs(by / x)) for by, x in zip(step, point.kappa, strict=True))


def _same(g: Array, h: Array) -> bool:
    """Whether two arrays hold the same numbers, real ones apart from complex ones."""
    return g.shape == h.shape and all(
        type(a) is type(b) and a == b for a, b in zip(g.flat, h.flat, strict=True)
    )


class _RoughRows(Rows):
    """The same in double precision, for one df, or for many beyond the spectrum."""

    def __init__(self, rows: Rows) -> None:
        self.limit, self.inverse = rows.limit, float(rows.inverse)
        self._sums, self._last, self._trace = rows._sums, None, float(rows._trace)
        self._least, self._near = rows._least, rows._near

    def __call__(self, df: Series) -> Series:
        if isinstance(df, np.ndarray):
            if (df < 0).all():
                return self._beyond(df) * df / self._trace
            return np.array([self(x) for x in df.tolist()])
        if not df:
            return 1.0
        if not isinstance(df, complex) and df * self.inverse >= 1:
            raise UnableError(
                f"df = {df:.6g} beyond N = {self.limit} structured rows is not solved; give a ridge >= 0"
            )
        if not isinstance(df, complex) and df < 0:
            return float(self._beyond(np.array([df]))[0]) * df / self._trace
        found = cmath.exp(self.rough_log(complex(df))) * df / self._trace
        return found if isinstance(df, complex) else found.real

    def _beyond(self, df: Floats) -> Floats:
        """x for each df < 0, where x < -max tau; by bisection in log(-x/max tau - 1)."""
        top = self._sums.log_eigenvalue(1.0)
        lam, A, _ = self._sums.rule_for(top + 1e-9, 0.0, top).doubles
        low, high = np.full(df.shape, -40.0), np.full(df.shape, 700.0)
        for _ in range(60):
            middle = (low + high) / 2
            x = -math.exp(top) * (1 + np.exp(middle))
            less = np.array([(A / (lam + at)).sum().real for at in x.tolist()]) < df
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        return x

    def difference(self, df: Series, other: Series) -> Series:
        y = self.rough_log(complex(df))
        with field_of(START_BITS) as field:
            _, slope = rough_df1(self._sums, y, y.real - 3.0, field)
        found = (df + slope) / (-slope * cmath.exp(-y) * self._trace)
        return found if isinstance(df, complex) else found.real
