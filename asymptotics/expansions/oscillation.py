"""Log-periodic oscillations: what a vertical line of poles leaves in a spectral sum.

A Dirichlet series with the same pole at ``s_n = s_0 + 2 pi i n/r`` for every integer n gives residues
``Phi(s_n) x^(-s_n)``, that is ``x^(-s_0)`` times a function of period 1 in ``u = log(x)/r``,

    Phi(s_0) + sum_(n != 0) Phi(s_n) e^(-2 pi i n u).

The sum without n = 0 is an `Oscillation`. Transforms of the model's kernels fall exponentially along the
line, so that a few harmonics give many digits (Flajolet, Gourdon & Dumas 1995, section 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import (
    Abs,
    Add,
    Dummy,
    Expr,
    Float,
    Function,
    I,
    Integer,
    Lambda,
    Mul,
    Poly,
    Symbol,
    arg,
    cos,
    exp,
    expand,
    factor_terms,
    gamma,
    lambdify,
    pi,
    sin,
    together,
)
from sympy.core.function import ArgumentIndexError

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError, UnableError
from asymptotics.precision import working_bits

BITS = 64
"""Bits are rounded up to a multiple of this: nearly equal precisions share harmonics and sums."""
MAX_HARMONICS = 100_000

_s = Dummy("s")
_n = Symbol("n", integer=True)


class Oscillation(Function):  # type: ignore[misc]
    """``Oscillation(G, s_0, r, u) = sum_(n != 0) G(s_0 + 2 pi i n/r) e^(-2 pi i n u)``; of period 1 in u.

    G is a `Lambda` with ``G(conjugate s) = conjugate G(s)``, so that the sum is real; r > 0. Numbers come
    by ``evalf`` to any number of digits, relative to the largest harmonic (so not at a zero of the sum).
    At a half-integer u it is 0 if s_0 = 0 and G is odd. Raises `PrecisionError` if the harmonics do not fall.

    >>> from sympy import gamma
    >>> wave = Oscillation(Lambda(_s, gamma(_s)), Integer(1), Integer(2), Integer(0))
    >>> round(wave.evalf(15), 12)      # sum_k 2 e^(2k) exp(-e^(2k)) = 1 + wave
    0.022988746572
    """

    nargs = 4
    opaque = True
    oscillates = True
    is_extended_real = True
    is_finite = True
    is_commutative = True

    @classmethod
    def eval(cls, transform: Expr, location: Expr, rate: Expr, phase: Expr) -> Expr | None:
        body, s = transform.expr, transform.variables[0]
        if body == 0:
            return Integer(0)
        if phase.is_Rational:
            if (2 * phase).is_integer and location == 0 and expand(body + body.subs(s, -s)) == 0:
                return Integer(0)
            if not 0 <= phase < 1:
                return cls(transform, location, rate, phase % 1)
        return None

    @property
    def phase(self) -> Expr:
        """u."""
        return self.args[3]

    @property
    def period(self) -> Expr:
        """The distance ``r`` of two equal values in log x, where ``u = log(x)/r``."""
        return self.args[2]

    def harmonic(self, n: Expr) -> Expr:
        """``G(s_n)``."""
        transform, location, rate, _ = self.args
        return transform(location + 2 * pi * I * n / rate)

    def sizes(self, prec: int) -> tuple[mpmath.mpc, ...]:
        """The harmonics n = 1, 2, ... as numbers, all that count at this precision."""
        transform, location, rate, _ = self.args
        return _harmonic_sizes(transform, location, rate, prec)

    def modify(self, change: Callable[[Expr, Expr, Expr, Expr], Expr]) -> Expr:
        """The same with another transform, ``change(G(s), s, s_0, r)``."""
        transform, location, rate, phase = self.args
        return line_of(change(transform(_s), _s, location, rate), _s, location, rate, phase)

    def fdiff(self, argindex: int = 4) -> Expr:
        """The slope in u: each harmonic times ``-2 pi i n = -r (s_n - s_0)``."""
        if argindex != 4:
            raise ArgumentIndexError(self, argindex)
        return self.modify(lambda G, s, location, rate: -rate * (s - location) * G)

    def _eval_evalf(self, prec: int) -> Expr | None:
        if self.free_symbols:
            return None
        transform, location, rate, phase = self.args
        bits = prec + -prec % BITS
        return Float._new(_sum_harmonics(transform, location, rate, phase, bits)._mpf_, prec)

    def _summand(self) -> Expr:
        """What is summed over n; ``n -> -n`` where that saves signs (rates are often ``-log(rho)``)."""
        n = -_n if self.period.could_extract_minus_sign() else _n
        wave = exp(-2 * I * pi * n * self.phase).xreplace(
            {exp(I * pi * _n): (-1) ** _n, exp(-I * pi * _n): (-1) ** _n}
        )
        size = self.harmonic(n).replace(
            lambda e: e.is_Function, lambda e: e.func(*(factor_terms(together(x)) for x in e.args))
        )
        return Mul(*(together(factor) for factor in Mul.make_args(size))) * wave

    def _sympystr(self, printer: Any) -> str:
        return f"Sum({printer._print(self._summand())}, n != 0)"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\sum_{{n \neq 0}} {printer._print(self._summand())}"
        return rf"\left({text}\right)^{{{exp}}}" if exp else rf"\left({text}\right)"


@cached(maxsize=4096)
def _sum_harmonics(transform: Expr, location: Expr, rate: Expr, phase: Expr, prec: int) -> mpmath.mpf:
    with working_bits(prec + 60):
        u = _number(phase)
        u -= mpmath.floor(u)
        total = mpmath.mpf(0)
        for n, harmonic in enumerate(_harmonic_sizes(transform, location, rate, prec), 1):
            total += 2 * (harmonic * mpmath.expjpi(-2 * n * u)).real
        return total


@cached(maxsize=512)
def _harmonic_sizes(transform: Expr, location: Expr, rate: Expr, prec: int) -> tuple[mpmath.mpc, ...]:
    """The harmonics n = 1, 2, ... until what follows is below the precision, relative to the largest."""
    body, s = transform.expr, transform.variables[0]
    with working_bits(prec + 60):
        first, length = (_number(x) for x in (location, rate))
        value = _compile(s, body)
        found: list[mpmath.mpc] = []
        largest, previous = mpmath.mpf(0), mpmath.mpf(0)
        for n in range(1, MAX_HARMONICS):
            harmonic = value(mpmath.mpc(first, 2 * mpmath.pi * n / length))
            found.append(harmonic)
            size = abs(harmonic)
            largest = max(largest, size)
            ratio = size / previous if previous else mpmath.mpf(size > 0)
            # the sizes fall geometrically, or faster
            small = largest * (1 - ratio) * mpmath.ldexp(1, -prec - 20)
            if n > 1 and ratio < 1 and size * ratio <= small:
                return tuple(found)
            previous = size
    raise PrecisionError(
        f"the harmonics of an oscillation with period {mpmath.nstr(length, 5)} do not fall within "
        f"{MAX_HARMONICS}; its logarithmic period must be shorter"
    )


def _number(expression: Expr) -> mpmath.mpf:
    return expression.evalf(mpmath.mp.dps + 10)._to_mpmath(mpmath.mp.prec)


@cached(maxsize=512)
def _compile(s: Symbol, body: Expr) -> Callable[[Any], Any]:
    function: Callable[[Any], Any] = lambdify(s, body, "mpmath")
    return function


def line_of(transform: Expr, s: Symbol, location: Expr, rate: Expr, phase: Expr) -> Expr:
    """The oscillation of ``transform``, an expression in s, in a basis in which equal ones cancel.

    A polynomial in s becomes powers of ``s - s_0 = 2 pi i n/r``, and an integer s_0 is taken out of sines.

    >>> from sympy import sin
    >>> t = Symbol("t", positive=True)
    >>> (line_of((2 - _s) * pi / sin(pi * _s), _s, Integer(1), Integer(3), t)
    ...     - line_of(_s * pi / sin(pi * _s), _s, Integer(0), Integer(3), t)
    ...     + line_of(pi / sin(pi * _s), _s, Integer(0), Integer(3), t))
    0
    """
    body = transform.xreplace({s: _s})
    if location.is_integer and location != 0 and not body.has(gamma):
        moved = body.xreplace({_s: _s + location})
        body = moved.replace(lambda e: isinstance(e, sin | cos), lambda e: e.func(expand(e.args[0])))
        location = Integer(0)
    total = Integer(0)
    for term in Add.make_args(expand(body, deep=False)):
        constant, shape = term.as_independent(_s, as_Add=False)
        polynomial = Mul(*(f for f in Mul.make_args(shape) if f.is_polynomial(_s)))
        rest = shape / polynomial
        moved = Poly(polynomial.xreplace({_s: _s + location}), _s)
        for (power,), factor in moved.terms():
            basis = Lambda(_s, (_s - location) ** power * rest)
            total += constant * factor * Oscillation(basis, location, rate, phase)
    return total


def summands(coefficient: Expr) -> tuple[Expr, ...]:
    """The terms of a coefficient that is multiplied out, its oscillations as they are."""
    waves = {f: Dummy() for f in coefficient.atoms(Function) if hasattr(f, "oscillates")}
    back = {name: wave for wave, name in waves.items()}
    return tuple(part.xreplace(back) for part in Add.make_args(expand(coefficient.xreplace(waves))))


def harmonics(coefficient: Expr) -> tuple[Expr, tuple[tuple[Expr, Oscillation], ...]]:
    """``mean`` and the pairs ``(a_i, W_i)`` of a coefficient ``mean + sum_i a_i W_i``.

    Raises `UnableError` for anything else: the harmonics of a product are convolutions.
    """
    mean, waves = Integer(0), []
    for part in summands(coefficient):
        found = [f for f in Mul.make_args(part) if isinstance(f, Oscillation)]
        rest = Mul(*(f for f in Mul.make_args(part) if not isinstance(f, Oscillation)))
        if len(found) > 1 or any(hasattr(f, "oscillates") for f in rest.atoms(Function)):
            raise UnableError(f"{part} is a product of oscillations; its harmonics are convolutions")
        if found:
            waves.append((rest, found[0]))
        else:
            mean += rest
    return mean, tuple(waves)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPeriodic:
    """``mean + sum_(n >= 1) amplitude(n) cos(2 pi n u + phase(n))``, ``u = argument``; dimensionless.

    What stands before a power of x where the law oscillates with period ``period`` in log x. ``mean`` is
    its average over a period. Made by `log_periodic`.
    """

    mean: Expr
    period: Expr
    argument: Expr
    waves: tuple[tuple[Expr, Oscillation], ...]

    def coefficient(self, n: int) -> Expr:
        """The complex Fourier coefficient ``C_n`` of ``e^(-2 pi i n u)``."""
        return Add(*(factor * wave.harmonic(Integer(n)) for factor, wave in self.waves))

    def amplitude(self, n: int) -> Expr:
        """``2 |C_n|``."""
        return 2 * Abs(self.coefficient(n))

    def phase(self, n: int) -> Expr:
        """``-arg C_n``."""
        return -arg(self.coefficient(n))

    def relative(self, n: int = 1) -> Expr:
        """The amplitude of a harmonic over the mean; a number by ``evalf``."""
        return self.amplitude(n) / self.mean


def log_periodic(prefactor: Expr) -> LogPeriodic | None:
    """A prefactor as its mean and its harmonics; None if it does not oscillate.

    Raises `UnableError` for products of oscillations, and for several periods.
    """
    mean, waves = harmonics(prefactor)
    if not waves:
        return None
    places = {(wave.period, wave.phase) for _, wave in waves}
    if len(places) != 1:
        raise UnableError(f"{prefactor} oscillates with several periods; see each Oscillation in it")
    ((period, argument),) = places
    return LogPeriodic(mean=mean, period=period, argument=argument, waves=waves)
