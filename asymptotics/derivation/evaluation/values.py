"""Numbers for both sides of a step, by numerics that know no expansion.

Sums over modes go to `sums`, integrals and residues to quadrature on their stated lines and
circles, inverse Laplace transforms to a cotangent contour about the negative axis, roots to a secant. Letters
are replaced by what the derivation's definitions say they stand for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import mpmath
from sympy import Add, Basic, Derivative, Expr, Float, I, Integer, Integral, Mul, Pow, Sum, Symbol, diff, oo
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.derivation.evaluation.bessel import filtered_sum
from asymptotics.derivation.evaluation.contours import (
    both_ways,
    cotangent_contour,
    sum_unless_zero,
    zeta_value,
)
from asymptotics.derivation.evaluation.growing_sums import compile_summand, growing_sum
from asymptotics.derivation.evaluation.mode_sums import ModeSum, exp_less_one, integrate_by_halving, stable
from asymptotics.derivation.evaluation.rich import RichCurve, list_modes
from asymptotics.derivation.step import Definitions
from asymptotics.derivation.symbols import FinitePartIntegral, Named, Residue
from asymptotics.errors import PrecisionError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.tail import tail_expansion
from asymptotics.hints import name_numbers
from asymptotics.model.operators import (
    Bessel,
    Binder,
    Coefficient,
    InverseLaplace,
    Iterated,
    Minimiser,
    Minimum,
    Rich,
    RichChange,
    RichScale,
    Root,
)
from asymptotics.sums.binomial import hurwitz
from asymptotics.sums.finite import FiniteSum
from asymptotics.sums.regularised import RegularSum
from asymptotics.symbols import N, P

ZERO = Integer(0)
Point: TypeAlias = dict[Symbol, Any]
"""Numbers for letters."""
FLOATS = 13
"""Digits of what is evaluated in Python's floats: transforms of whole sums on a contour."""
MOST_MODES = 500
NODES, EXTRA = 16, 30
"""Nodes on a circle about a pole, and digits for what cancels there."""

FLOAT_ERROR = 1e-10
"""Relative error of such a transform: 24 nodes leave 4^-24, rounding about 1e-11."""

PLAIN: dict[str, Callable[..., Any]] = {
    "exp": mpmath.exp,
    "besselj": mpmath.besselj,
    "expm1": exp_less_one,
    "log1p": mpmath.log1p,
    "log": mpmath.log,
    "gamma": mpmath.gamma,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "digamma": mpmath.digamma,
    "loggamma": mpmath.loggamma,
    "zeta": zeta_value,
}


class Values:
    """Evaluates expressions whose parameters have numbers, at the precision of ``digits`` digits.

    ``error`` is the largest relative error of anything evaluated so far by less than that precision;
    set it to 0 before a step. ``size`` is a number of features or samples for finitely many modes, ``period``
    that of oscillations in the logarithm of the variable, 0 for none.
    """

    def __init__(
        self, definitions: Definitions, digits: int, size: Expr | None = None, period: Expr = ZERO
    ) -> None:
        self.digits, self.size = digits, size
        self.error = 0.0
        self._definitions = definitions
        self._named = {f: e for f, e in definitions if isinstance(f, Named)}
        self._functions = {f.func: (f.args, e) for f, e in definitions if isinstance(f, AppliedUndef)}
        self._sums: dict[tuple[Expr, tuple[Symbol, ...], bool], ModeSum] = {}
        self._settled: set[Expr] = set()
        self._free: dict[Expr, tuple[Symbol, ...]] = {}
        # a sum over as many modes as belong to a size has other values at another size
        ends = (total.limits[0][2] for _, e in definitions for total in e.atoms(Sum))
        self._sizes = {N, P} & set().union(*(end.free_symbols for end in ends))
        self._derivatives: dict[Expr, Expr] = {}
        self._curves: dict[tuple[Any, float], RichCurve] = {}
        self._known: dict[tuple[Expr, tuple[Any, ...], bool], Any] = {}
        self.period = self(period, {})

    def __call__(self, expression: Expr, at: Mapping[Symbol, Any], *, exact: bool = True) -> Any:
        """The value where the free symbols are ``at``; `UnableError` for what has no rule here."""
        if expression not in self._free:
            letters = expression.free_symbols | self._sizes
            self._free[expression] = tuple(sorted(letters, key=lambda y: y.name))
        key = (expression, tuple(at[x] for x in self._free[expression] if x in at), exact)
        if key not in self._known:
            before, self.error = self.error, 0.0
            value = self._value(expression, dict(at), exact)
            self._known[key] = value, self.error
            self.error = max(self.error, before)
        value, error = self._known[key]
        self.error = max(self.error, error)
        return value

    def _value(self, expression: Expr, at: Point, exact: bool) -> Any:
        rule = next((RULES[kind] for kind in type(expression).__mro__ if kind in RULES), None)
        if hasattr(expression, "opaque") and not isinstance(expression, (RegularSum, FiniteSum)):
            rule = Values._opaque
        if rule is not None:
            return rule(self, expression, at, exact)
        if not expression.free_symbols:
            return self._constant(expression, exact)
        arguments = [self(x, at, exact=exact) for x in expression.args]
        plain = PLAIN.get(type(expression).__name__)
        if plain is not None:
            return plain(*arguments)
        return self._constant(expression.func(*map(_as_number, arguments)), exact)

    def _symbol(self, expression: Symbol, at: Point, exact: bool) -> Any:
        if expression not in at:
            raise UnableError(f"{expression} has no value; give {name_numbers('at', [expression])}")
        return at[expression]

    def _sum_of_terms(self, expression: Add, at: Point, exact: bool) -> Any:
        terms = [self(x, at, exact=exact) for x in expression.args]
        total = sum(terms)
        if not exact and total != 0 and (lost := sum(map(abs, terms)) / abs(total)) > 1e3:
            self.error = max(self.error, float(1e-12 * lost))  # floats have cancelled
        return total

    def _product(self, expression: Mul, at: Point, exact: bool) -> Any:
        return math.prod(self(x, at, exact=exact) for x in expression.args)

    def _power(self, expression: Pow, at: Point, exact: bool) -> Any:
        return self(expression.base, at, exact=exact) ** self(expression.exp, at, exact=exact)

    def _quantity(self, expression: Named, at: Point, exact: bool) -> Any:
        if expression not in self._named:
            raise UnableError(f"{expression} is not tied to a sum or an equation here: no exact value")
        return self(self._named[expression], at, exact=exact)

    def _constant(self, expression: Expr, exact: bool) -> Any:
        value = expression.evalf(self.digits + 15 if exact else FLOATS + 4)
        real, imaginary = value.as_real_imag()
        if not (real.is_Float or real.is_Rational) or not (imaginary.is_Float or imaginary.is_Rational):
            raise UnableError(f"{expression} has no numerical value")
        if imaginary == 0:
            return real._to_mpmath(mpmath.mp.prec)
        return mpmath.mpc(real._to_mpmath(mpmath.mp.prec), imaginary._to_mpmath(mpmath.mp.prec))

    def _opaque(self, expression: Expr, at: Point, exact: bool) -> Any:
        """A function with numerics of its own, at exact values of its letters."""
        if missing := expression.free_symbols - set(at):
            raise UnableError(f"{expression} needs {name_numbers('at', sorted(missing, key=str))}")
        known = {y: Float._new(mpmath.mpf(at[y])._mpf_, mpmath.mp.prec) for y in expression.free_symbols}
        return self._constant(expression.xreplace(known), exact)

    def _call(self, call: AppliedUndef, at: Point, exact: bool) -> Any:
        """A defined function at the values of its arguments."""
        if call.func not in self._functions:
            raise UnableError(f"{call} is not defined in this derivation")
        letters, meaning = self._functions[call.func]
        inner = {y: self(x, at, exact=exact) for y, x in zip(letters, call.args, strict=True)}
        return self(meaning, {**at, **inner}, exact=exact)

    def _meaning(self, call: AppliedUndef) -> Expr:
        if call.func not in self._functions:
            raise UnableError(f"{call} is not defined in this derivation")
        letters, meaning = self._functions[call.func]
        return meaning.xreplace(dict(zip(letters, call.args, strict=True)))

    def relevant(self, expression: Basic) -> frozenset[tuple[Expr, Expr]]:
        """The definitions that an expression stands on, with those that they stand on."""
        found: dict[Expr, Expr] = {}
        left = [expression]
        while left:
            here = left.pop()
            for f, meaning in self._definitions:
                if f not in found and (here.has(f.func) if isinstance(f, AppliedUndef) else here.has(f)):
                    found[f] = meaning
                    left.append(meaning)
        return frozenset(found.items())

    def expand_names(self, expression: Expr) -> Expr:
        """The expression with every defined function replaced by its meaning; roots stay."""
        calls = {c for c in expression.atoms(AppliedUndef) if not isinstance(self._meaning(c), Root)}
        if not calls:
            return expression
        return self.expand_names(expression.xreplace({c: self._meaning(c) for c in calls}))

    # --- sums and derivatives ----------------------------------------------------------------

    def _sum(self, expression: Sum, at: Point, exact: bool) -> Any:
        ((index, first, last),) = expression.limits
        if last.is_Integer and first.is_Integer:
            if last - first > MOST_MODES:
                raise UnableError(f"sums over more than {MOST_MODES} modes are not added up in a check")
            modes = range(int(first), int(last) + 1)
            return mpmath.fsum(self._value(expression.function, {**at, index: j}, exact) for j in modes)
        if first == 1 and last != oo and last.free_symbols:
            return self._growing(expression, at, exact)
        if last != oo or not first.is_Integer:
            raise UnableError(f"the sum {expression} is not over k = 1, 2, ... without end")
        arguments = tuple(sorted(expression.free_symbols, key=lambda x: x.name))
        key = (expression, arguments, exact)
        if key not in self._sums:
            digits = self.digits if exact else FLOATS
            self._sums[key] = ModeSum(expression.function, index, int(first), arguments, digits, exact=exact)
        values = [at[x] for x in arguments]
        total = self._sums[key](values)
        real = exact and all(not isinstance(x, (mpmath.mpc, complex)) for x in values)
        return mpmath.re(total) if real else total

    def _growing(self, expression: Sum, at: Point, exact: bool) -> Any:
        """A sum over as many modes as a multiple of the size."""
        ((index, _, last),) = expression.limits
        letters = tuple(sorted(expression.free_symbols - last.free_symbols, key=str))
        summand = compile_summand(expression.function, (index, *letters))
        values = [at[x] for x in letters]
        return growing_sum(lambda k: summand(k, *values), mpmath.mpf(self(last, at)), self.digits)

    def _finite_sum(self, expression: FiniteSum, at: Point, exact: bool) -> Any:
        summand, *limits = expression.args
        return self._sum(Sum(summand, tuple(limits)), at, exact)

    def _derivative(self, expression: Derivative, at: Point, exact: bool) -> Any:
        if expression not in self._derivatives:
            self._derivatives[expression] = _differentiate(self.expand_names(expression))
        return self(self._derivatives[expression], at, exact=exact)

    def _coefficient(self, expression: Coefficient, at: Point, exact: bool) -> Any:
        """By Cauchy's formula: the mean over a circle, on two circles that agree."""
        function, x, order = expression.args
        if order == 0:
            return self(function, {**at, x: 0}, exact=exact)
        count, found, order = 8, [], int(order)
        for radius in (1 / 32, 1 / 128, 1 / 512):
            total = 0.0
            for m in range(count // 2):  # the other half is conjugate
                turn = complex(mpmath.expjpi(mpmath.mpf(2 * m + 1) / count))
                total += (complex(self(function, {**at, x: radius * turn})) * turn**-order).real
            found.append(2 * mpmath.mpf(total) / (count * radius**order))
            if len(found) > 1:
                error = float(abs(found[-1] / found[-2] - 1)) + FLOAT_ERROR / radius**order
                if error < 1e-4:
                    self.error = max(self.error, error)
                    return found[-1]
        raise PrecisionError(f"the power {x}**{order} of {function} does not settle")

    def _iterate(self, expression: Iterated, at: Point, exact: bool) -> Any:
        """Newton's method with a divided difference, from where the iteration starts."""
        function, x, start = expression.args
        here = self(start, at, exact=exact)
        before, miss_before = None, None
        for _ in range(60):
            miss = self(function, {**at, x: here}, exact=exact) - here
            if abs(miss) <= (mpmath.eps * 8 if exact else 1e-13) * abs(here) or here == before:
                return here
            if before is None:
                step = miss
            else:
                slope = (miss - miss_before) / (here - before)
                step = -miss / slope
            before, miss_before, here = here, miss, here + step
        raise PrecisionError(f"the solution of {x} = {function} was not reached")

    # --- integrals ---------------------------------------------------------------------------

    def _integral(self, expression: Integral, at: Point, exact: bool) -> Any:
        ((x, low, high),) = expression.limits
        if (low, high) == (0, oo):
            return self._half_line(expression.function, x, at)
        if low == 0 and (high.is_Symbol or high.is_number):
            return self._stretch(expression.function, x, self(high, at), at)
        middle = Add(*(y for y in Add.make_args(high) if not y.has(oo)))
        if high - middle == I * oo and low.has(-oo):
            return self._line(expression.function, x, middle, at)
        raise UnableError(f"no rule for the integral {expression}")

    def _half_line(self, function: Expr, x: Symbol, at: Point) -> Any:
        """``x = exp(sinh w)``: double exponential at both ends."""
        function = stable(function)

        def term(w: float) -> Any:
            y = mpmath.sinh(w)
            place = mpmath.exp(y)
            return self._value(function, {**at, x: place}, True) * place * mpmath.cosh(w)

        return both_ways(term, self.digits)

    def _stretch(self, function: Expr, x: Symbol, length: Any, at: Point) -> Any:
        """From 0 to a length, in floats: ``x = length exp(-exp(y - exp(-y)))``, dense at both ends."""
        self.error = max(self.error, FLOAT_ERROR)

        def term(y: float) -> Any:
            w = math.exp(y - math.exp(-y))
            place = float(length) * math.exp(-w)
            value = self._value(function, {**at, x: place}, False)
            return value * place * w * (1 + math.exp(-y))

        return integrate_by_halving(term, -3.7, 4.2, 10, step=0.125, noise=1e-15)

    def _line(self, function: Expr, s: Symbol, middle: Expr, at: Point) -> Any:
        """``s = c + i sinh(w)/8`` on the line Re s = c."""
        center = self(middle, at)

        def term(w: float) -> Any:
            y = mpmath.sinh(w) / 8
            place = mpmath.mpc(center, y)
            return self._value(function, {**at, s: place}, True) * mpmath.mpc(0, mpmath.cosh(w) / 8)

        return both_ways(term, self.digits, conjugate=True)

    def _residue(self, expression: Residue, at: Point, exact: bool) -> Any:
        """The mean of ``f(s) (s - p)`` on two circles about p, so small that no other pole is in both.

        At a pole of order m all but a share ``radius^(m - 1)`` cancels, for which there are more digits.
        """
        function, s, point = expression.args
        with mpmath.workdps(mpmath.mp.dps + EXTRA):
            center = self(point, at)
            previous = None
            for radius in (2.0**-20, 2.0**-26, 2.0**-32):
                total = mpmath.mpf(0)
                for m in range(NODES):
                    step = radius * mpmath.expjpi(mpmath.mpf(2 * m + 1) / NODES)
                    total += self._value(function, {**at, s: center + step}, True) * step
                total /= NODES
                if previous is not None and abs(total - previous) <= mpmath.mpf(10) ** -self.digits * abs(
                    total
                ):
                    return mpmath.re(total)
                previous = total
        raise PrecisionError(f"the residue at {s} = {point} does not settle to {self.digits} digits")

    def _finite_part(self, expression: FinitePartIntegral, at: Point, exact: bool) -> Any:
        """``int v^p f(v) dv`` once around the unit circle is ``(e^(2 pi i p) - 1)`` times the finite part."""
        function, power, v = expression.args
        p = self(power, at)
        if p == mpmath.nint(p):
            raise UnableError(f"a finite part at the whole power {power} is not an integral around a circle")

        def term(angle: Any) -> Any:
            place = mpmath.expj(angle)
            return mpmath.expj(p * angle) * self._value(function, {**at, v: place}, True) * 1j * place

        pieces = [2 * mpmath.pi * j / 6 for j in range(7)]
        value, error = mpmath.quad(term, pieces, method="gauss-legendre", error=True)
        if error > mpmath.mpf(10) ** -self.digits * abs(value):
            raise PrecisionError(f"the finite part {expression} does not settle to {self.digits} digits")
        return mpmath.re(value / (mpmath.expj(2 * mpmath.pi * p) - 1))

    # --- transforms, roots, minima -----------------------------------------------------------

    def _inverse_laplace(self, expression: InverseLaplace, at: Point, exact: bool) -> Any:
        """``(1/2 pi i) int e^(zT) G(z) dz`` on the cotangent contour.

        Trefethen, Weideman & Schmelzer 2006: n nodes leave an error of about 3.89^-n.
        """
        transform, z, time = expression.args[:3]
        moment = self(time, at)
        if isinstance(transform, InverseLaplace):
            return self._twice_inverse(transform, z, moment, at)
        heavy = self.expand_names(transform).has(Sum)
        count = 24 if heavy else int(1.8 * self.digits) + 8
        if heavy:
            self.error = max(self.error, FLOAT_ERROR)
        whole = any(isinstance(x, (complex, mpmath.mpc)) for x in at.values())
        terms = []
        for place, weight in cotangent_contour(count, moment, heavy, whole):
            value = weight * self(transform, {**at, z: place}, exact=not heavy)
            terms.append(value if whole else 2 * mpmath.re(value))
        if heavy and (total := sum(terms)) != 0:  # the rounding of what cancels
            self.error = max(self.error, float(1e-15 * sum(map(abs, terms)) / abs(total)))
        return sum_unless_zero(terms, 1e-13 if heavy else mpmath.mpf(10) ** (-self.digits - 2))

    def _twice_inverse(self, inner: InverseLaplace, w: Symbol, moment: Any, at: Point) -> Any:
        """A double inverse transform in floats, on two contours that have no node in common."""
        before, self.error = max(self.error, FLOAT_ERROR), 1e-14
        transform, z, time = inner.args[:3]
        here, terms, spread = self(time, at), [], 0.0
        whole = any(isinstance(x, (complex, mpmath.mpc)) for x in at.values())
        factors = Mul.make_args(transform)
        difference = max(factors, key=lambda x: len(x.atoms(AppliedUndef)))
        rest = Mul(*(x for x in factors if x is not difference))
        for place, weight in cotangent_contour(24, moment, True, whole):
            for other, factor in cotangent_contour(26, here, True, True):
                node = {**at, w: place, z: other}
                pieces = [self._value(x, node, False) for x in Add.make_args(difference)]
                scale = weight * factor * self._value(rest, node, False)
                terms.append(scale * sum(pieces) if whole else 2 * (scale * sum(pieces)).real)
                spread += abs(scale) * sum(map(abs, pieces))
        total = sum_unless_zero(terms, 1e-13)
        if total != 0:  # the errors of what cancels
            self.error *= float(spread / abs(total))
        self.error = max(self.error, before)
        return total

    def _operator(self, expression: Binder, at: Point, exact: bool) -> Any:
        return self(expression.meaning(), at, exact=exact)

    def _root(self, expression: Root, at: Point, exact: bool) -> Any:
        function, x = expression.args
        return self._zero(function, x, at)

    def _zero(self, function: Expr, x: Symbol, at: Point, start: Any = None) -> Any:
        """The zero by a secant in log x, from a bracket found by growing steps."""
        other = tuple(v for y, v in sorted(at.items(), key=lambda p: p[0].name) if y in function.free_symbols)

        def value(y: Any) -> Any:
            # the log of positive over negative terms: almost linear in log x where both are powers
            parts = [self(p, {**at, x: mpmath.exp(y)}) for p in Add.make_args(function)]
            above = mpmath.fsum(p for p in parts if p > 0)
            below = -mpmath.fsum(p for p in parts if p < 0)
            if above and below:
                return mpmath.log(above / below)
            return above - below

        low = mpmath.mpf(0 if start is None else mpmath.log(start))
        high = low + 1
        at_low, at_high = value(low), value(high)
        step = mpmath.mpf(2)
        while at_low * at_high > 0:
            if abs(at_low) < abs(at_high):
                low, high, at_high = low - step, low, at_low
                at_low = value(low)
            else:
                low, high, at_low = high, high + step, at_high
                at_high = value(high)
            step *= 2
            if step > 1e4:
                raise PrecisionError(
                    f"no zero of {function} was found at {[mpmath.nstr(v, 5) for v in other]}"
                )
        goal = mpmath.mpf(10) ** (3 - self.digits)
        found = mpmath.findroot(value, (low, high), solver="anderson", tol=goal, maxsteps=200, verify=False)
        return mpmath.exp(found)

    def _minimiser(self, expression: Minimum, at: Point, exact: bool) -> Any:
        function, x = expression.args
        slope = diff(self.expand_names(function), x)
        return self._zero(slope, x, at, start=mpmath.mpf(10))

    def _minimum(self, expression: Minimum, at: Point, exact: bool) -> Any:
        function, x = expression.args
        return self(function, {**at, x: self._minimiser(expression, at, exact)})

    def _rich(self, expression: Rich, at: Point, exact: bool) -> Any:
        return self._read(self._curve(expression, at).loss, expression.args[1], at)

    def _rich_scale(self, expression: RichScale, at: Point, exact: bool) -> Any:
        return self._read(self._curve(expression, at).scale, expression.args[1], at)

    def _rich_change(self, expression: RichChange, at: Point, exact: bool) -> Any:
        raise UnableError("how moving features respond is not solved here; verify compares it with RichModel")

    def _read(self, curve: Callable[[float], tuple[float, float]], time: Expr, at: Point) -> Any:
        value, error = curve(float(self(time, at)))
        self.error = max(self.error, error)
        return mpmath.mpf(value)

    def _curve(self, expression: Rich, at: Point) -> RichCurve:
        """The solution for the modes of a loss."""
        loss, _, richness = expression.args
        strength = float(self(richness, at))
        if (loss.func, strength) not in self._curves:
            modes = list_modes(*self._modes_of(loss, at))
            self._curves[loss.func, strength] = RichCurve(modes, strength)
        return self._curves[loss.func, strength]

    def _bessel(self, expression: Bessel, at: Point, exact: bool) -> Any:
        loss, _, order, theta = expression.args
        mode, last = self._modes_of(loss, at)
        found = filtered_sum(mode, last, float(self(order, at)), float(self(theta, at)))
        if found is None:
            raise PrecisionError(f"at {theta} = {self(theta, at)} too many modes are out of step")
        value, error = found
        self.error = max(self.error, error)
        return mpmath.mpf(value)

    def _modes_of(
        self, loss: AppliedUndef, at: Point
    ) -> tuple[Callable[[float], tuple[float, float]], float]:
        """Rates and weights of the exponentials that a sum is made of, and the last of them."""
        (x,), total = self._functions[loss.func]
        (index, _, last), terms = total.limits[0], total.function
        slope = diff(terms, x)

        def mode(k: float) -> tuple[float, float]:
            there = {**at, x: mpmath.mpf(0), index: mpmath.mpf(k)}
            weight = self._value(terms, there, True)
            return float(-self._value(slope, there, True) / weight), float(weight)

        return mode, math.inf if last == oo else float(last)

    # --- regularised sums at complex exponents ------------------------------------------------

    def _regular_sum(self, expression: RegularSum, at: Point, exact: bool) -> Any:
        """Direct terms, then the zeta functions of the tail's powers, whose exponents may be complex."""
        if not expression.free_symbols:
            return self._constant(expression, exact)
        summand, index, first = expression.args
        start = self(first, {})
        series = _tail(summand, index, self.digits // 3 + 8)
        totals = []
        # one start is compared with another once for each sum
        for count in (160,) if expression in self._settled else (240, 160):
            total = mpmath.fsum(self._value(summand, {**at, index: start + j}, True) for j in range(count))
            for term in series.terms:
                order = self(term.order, at)
                total += self(term.coefficient, at) * hurwitz(order, start + count, term.log_power)
            totals.append(total)
        if abs(totals[0] - totals[-1]) > mpmath.mpf(10) ** (-self.digits) * abs(totals[0]):
            raise PrecisionError(f"the continued sum of {summand} does not settle to {self.digits} digits")
        self._settled.add(expression)
        return totals[-1]

    def heavy(self, expression: Basic) -> bool:
        """Whether transforms of whole sums or integrals over times stand behind it, done in floats."""
        kinds = (InverseLaplace, Integral, Rich, Bessel)
        return self._stands_behind(expression, kinds)

    def swings(self, expression: Basic) -> bool:
        """Whether modes that swing stand behind it: differences then have zeros at some times."""
        return self._stands_behind(expression, (Bessel,))

    def _stands_behind(self, expression: Basic, kinds: tuple[type[Basic], ...]) -> bool:
        return expression.has(*kinds) or any(e.has(*kinds) for _, e in self.relevant(expression))


Rule = Callable[[Values, Any, Point, bool], Any]
RULES: dict[type[Basic], Rule] = {
    Symbol: Values._symbol,
    Add: Values._sum_of_terms,
    Mul: Values._product,
    Pow: Values._power,
    Named: Values._quantity,
    AppliedUndef: Values._call,
    Sum: Values._sum,
    Derivative: Values._derivative,
    Integral: Values._integral,
    Residue: Values._residue,
    InverseLaplace: Values._inverse_laplace,
    FiniteSum: Values._finite_sum,
    Binder: Values._operator,
    Coefficient: Values._coefficient,
    Root: Values._root,
    Minimiser: Values._minimiser,
    Minimum: Values._minimum,
    Rich: Values._rich,
    RichScale: Values._rich_scale,
    RichChange: Values._rich_change,
    Bessel: Values._bessel,
    RegularSum: Values._regular_sum,
    Iterated: Values._iterate,
    FinitePartIntegral: Values._finite_part,
}
"""How each kind of expression is evaluated; a kind that is missing goes by its base class."""


def _as_number(value: Any) -> Expr:
    """A number of mpmath or Python as one of SymPy, at the precision of mpmath."""
    whole = mpmath.mpmathify(value)
    real, imaginary = (Float._new(mpmath.mpf(x)._mpf_, mpmath.mp.prec) for x in (whole.real, whole.imag))
    return real if whole.imag == 0 else real + I * imaginary


@cached(maxsize=200)
def _tail(summand: Expr, index: Symbol, depth: int) -> Expansion:
    return tail_expansion(summand, index, depth)


def _differentiate(expression: Expr) -> Expr:
    """The expression with its derivatives carried out, under sums as well."""
    if not expression.has(Derivative):
        return expression
    if isinstance(expression, Derivative):
        inner = _differentiate(expression.expr)
        for x, times in expression.variable_count:
            inner = diff(inner, x, int(times))
        return inner
    return expression.func(*(_differentiate(x) for x in expression.args))


__all__ = ["FLOAT_ERROR", "Values"]
