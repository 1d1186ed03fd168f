"""Reversion of an expansion that leads with a logarithm: exponential laws.

For spectra whose eigenvalues fall exponentially the number of resolved modes grows as a logarithm,

    M(kappa) = -A log(kappa) + b + p(log kappa) + sum_i C_i(log kappa) kappa^(p_i) log(kappa)^(m_i),

where p and the C_i oscillate in log kappa (`oscillation`). ``M(kappa) = n`` is solved around
``kappa_0 = exp((b - n)/A)``: for whole n the oscillations are all at one phase there, provided that their
period in n is a whole fraction of 1, and kappa_0 is the solution up to powers of itself if p vanishes
at this phase. With ``kappa = kappa_0 e^eps`` and Taylor's series of p and C_i at the phase,

    eps = [ p(eps) - p' eps + sum_i C_i(eps) kappa_0^(p_i) e^(p_i eps) (log kappa_0 + eps)^(m_i) ]/(A - p'),

is solved by iteration, each of which settles one more order. The result is an expansion in
``X = exp(n)``, as ``kappa_0 = e^(b/A) X^(-1/A)``, ``log kappa_0 = (b - log X)/A``.
"""

from __future__ import annotations

from sympy import Dummy, Expr, Integer, Symbol, binomial, diff, exp, factorial, log
from sympy import expand as expanded

from asymptotics.domains.domain import normal
from asymptotics.domains.logarithms import logarithm
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.laurent import Laurent
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.terms import Bound, Term

X = Symbol("X", positive=True)
"""The variable of the result, exp(n)."""

_eps = Dummy("eps", real=True)


def leads_with_logarithm(series: Expansion) -> bool:
    """Whether an expansion at 0 leads with one logarithm of its variable, as M does."""
    if series.at_infinity:
        return False
    first = series.candidates()
    return len(first) == 1 and first[0].order == 0 and first[0].log_power == 1


def exponential_reversion(series: Expansion, size: Symbol, function: Expansion) -> Expansion:
    """``function(kappa)`` for ``series(kappa) = size``, size a large integer, in powers of exp(size).

    Raises `UnableError` where the solution does not keep its phase (see the module).

    >>> from asymptotics.symbols import N, kappa
    >>> f = expansion(kappa, [Term(Integer(-2), Integer(0), 1), Term(Integer(3), Integer(1))], depth=2)
    >>> exponential_reversion(f, N, f.monomial(Integer(1), Integer(1)))     # -2 log(kappa) + 3 kappa = N
    exp(-N/2) + 3*exp(-N)/2 + O(exp(-3*N/2))
    """
    flow = _Reversion(series, size)
    return flow.carry(function)


class _Reversion:
    """The solution kappa_0 e^eps of ``series(kappa) = size``, and functions of it."""

    def __init__(self, series: Expansion, size: Symbol) -> None:
        self.variable, self.size = series.variable, size
        order_zero = {t.log_power: t.coefficient for t in series.terms if t.order == 0}
        self.slope = -order_zero[1]
        constant = order_zero.get(0, Integer(0))
        if self.slope.has(self.variable) or max(order_zero) > 1:
            raise UnableError(
                f"the number of modes leads with an oscillating logarithm of {self.variable}; "
                "its reversion is not derived"
            )
        self.mean = constant.replace(lambda e: isinstance(e, Oscillation), lambda e: Integer(0))
        self._slopes: dict[tuple[Oscillation, int], Expr] = {}
        self._names: dict[Expr, Symbol] = {}
        wave = self._around(constant - self.mean)
        if wave.subs(_eps, 0) != 0:
            raise UnableError(
                f"the oscillation of the number of modes does not vanish where {size} modes are resolved: "
                f"the law depends on {size} modulo a number of modes, which is not derived"
            )
        pull = self._curve(wave, 2)[1]
        rest = [t for t in series.terms if t.order != 0]
        curved = wave - pull * _eps
        self.shift = series.with_terms([])
        for _ in range(series.depth + 1):
            powers = self._powers()
            total = self._shift_series(series.with_terms(rest, series.remainder), powers)
            if curved != 0:
                total = total + self._taylor(curved, Term(Integer(1), Integer(0)), powers)
            self.shift = total.scale(1 / (self.slope - pull))
        # what one more iteration would change
        self.shift = self.shift.with_terms(
            self.shift.terms, (*self.shift.remainder, *self._powers()[-1].bounds())
        )

    def carry(self, function: Expansion) -> Expansion:
        """``function(kappa_0 e^eps)`` in powers of exp(size)."""
        found = self._shift_series(function, self._powers())
        rate, start = normal(1 / self.slope), normal(self.mean / self.slope)
        terms = []
        values = {name: wave for wave, name in self._names.items()}
        for t in found.terms:
            scale = exp(normal(t.order * start))
            for j in range(t.log_power + 1):
                # log kappa_0 = start - rate log X
                factor = binomial(t.log_power, j) * (-rate) ** j * start ** (t.log_power - j)
                value = t.coefficient.xreplace(values) * scale * factor
                terms.append(Term(value, t.order * rate, j))
        bounds = [Bound(b.order * rate, b.log_power) for b in found.remainder]
        whole = expansion(X, terms, bounds, at_infinity=True, domain=function.domain, depth=function.depth)
        return whole.standing_for(exp(self.size))

    def _around(self, coefficient: Expr) -> Expr:
        """A coefficient at ``log kappa = (b - n)/A + eps`` for whole n, as a function of eps."""
        if not coefficient.has(self.variable):
            return coefficient
        place = exp((self.mean - self.size) / self.slope + _eps)

        def at_phase(wave: Expr) -> Expr:
            phase = expanded(logarithm_in(wave.phase, self.variable, place))
            periods = normal(phase.coeff(self.size))
            if not periods.is_integer:
                raise UnableError(
                    f"the oscillation has {periods} periods for each unit of {self.size} (levels of "
                    f"several modes): the law depends on {self.size} modulo the modes of a level, "
                    "which is not derived"
                )
            drift = normal(phase.coeff(_eps))
            fixed = normal(expanded(phase - phase.coeff(self.size) * self.size - phase.coeff(_eps) * _eps))
            return wave.func(*wave.args[:3], fixed % 1 + drift * _eps if fixed.is_Rational else fixed)

        return coefficient.replace(lambda e: isinstance(e, Oscillation), at_phase)

    def _powers(self) -> list[Expansion]:
        """``1, eps, eps^2, ...``, the last of which is only a bound."""
        powers = [self.shift.constant(Integer(1))]
        for _ in range(self.shift.depth + 1):
            powers.append(powers[-1] * self.shift)
        return powers

    def _shift_series(self, series: Expansion, powers: list[Expansion]) -> Expansion:
        total = series.with_terms([], series.remainder)
        for t in series.terms:
            total = total + self._taylor(self._around(t.coefficient), t, powers)
        return total

    def _taylor(self, coefficient: Expr, place: Term, powers: list[Expansion]) -> Expansion:
        """``C(eps) kappa_0^p e^(p eps) (log kappa_0 + eps)^m`` for C as a function of eps."""
        base = self.shift
        fixed = place.order == 0 and not coefficient.has(_eps)
        count = 1 if fixed else len(powers) - 1
        curve = self._curve(coefficient, count)
        growth = [place.order**j / factorial(j) for j in range(count)]
        series = base.with_terms([])
        for j, value in enumerate(_product(curve, growth)):
            series = series + powers[j].scale(value)
        if not fixed:
            series = series.with_terms(series.terms, (*series.remainder, *powers[-1].bounds()))
        total = base.with_terms([])
        for i in range(min(place.log_power, len(powers) - 1) + 1):
            logs = base.with_terms([Term(binomial(place.log_power, i), place.order, place.log_power - i)])
            total = total + logs * powers[i] * series
        return total

    def _curve(self, coefficient: Expr, count: int) -> list[Expr]:
        """Taylor coefficients in eps of a rational function of oscillations, whose slopes get names."""
        if not coefficient.has(_eps):
            return [coefficient, *[Integer(0)] * (count - 1)]
        if isinstance(coefficient, Oscillation):
            return [self._name_slope(coefficient, j) for j in range(count)]
        if coefficient == _eps:
            return [Integer(int(j == 1)) for j in range(count)]
        if coefficient.is_Add or coefficient.is_Mul:
            first, *rest = (self._curve(part, count) for part in coefficient.args)
            for other in rest:
                first = (
                    [x + y for x, y in zip(first, other, strict=True)]
                    if coefficient.is_Add
                    else _product(first, other)
                )
            return first
        if coefficient.is_Pow and coefficient.exp.is_Integer:
            base = Laurent(0, tuple(self._curve(coefficient.base, count)))
            if coefficient.exp < 0:
                base = base.reciprocal()
            result = base
            for _ in range(abs(int(coefficient.exp)) - 1):
                result = result * base
            return list(result.coefficients)
        raise UnableError(f"{coefficient} is not a rational function of oscillations; its law is not derived")

    def _name_slope(self, wave: Oscillation, order: int) -> Expr:
        """``(d/d eps)^order W/order!`` at eps = 0, with a name for each oscillation in it."""
        place = (wave, order)
        if place not in self._slopes:
            value = diff(wave, _eps, order).subs(_eps, 0) / factorial(order)
            for found in value.atoms(Oscillation):
                self._names.setdefault(found, Dummy("w", real=True))
            self._slopes[place] = value.xreplace(self._names)
        return self._slopes[place]


def _product(left: list[Expr], right: list[Expr]) -> list[Expr]:
    return list((Laurent(0, tuple(left)) * Laurent(0, tuple(right))).coefficients)


def logarithm_in(phase: Expr, variable: Symbol, place: Expr) -> Expr:
    """A phase with ``place`` for the variable in its logarithms, these written as sums."""
    return phase.replace(
        lambda e: isinstance(e, log) and e.has(variable),
        lambda e: logarithm(e.args[0].xreplace({variable: place})),
    )


__all__ = ["exponential_reversion", "leads_with_logarithm"]
