"""Numbers for both sides of a step, by numerics that know no expansion.

    Values     evaluates expressions: algebra, definitions and functions
    RULES      what is done for each kind of expression
    rule(kind) enters one: `integrals`, `roots` and `modes` do

Letters are replaced by what the derivation's definitions say they stand for. What is not ``exact`` is done in
floats (`evaluation.floats`), and at many places at once where letters stand for arrays of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import mpmath
from sympy import Add, Basic, Derivative, Expr, Float, I, Integer, Integral, Mul, Pow, Sum, Symbol, diff
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.derivation.evaluation.contours import (
    zeta_value,
)
from asymptotics.derivation.evaluation.floats import is_array, number_by_number, plain, worst_ratio
from asymptotics.derivation.evaluation.long_numbers import exp_less_one
from asymptotics.derivation.evaluation.renewed import Renewal
from asymptotics.derivation.evaluation.rich import RichCurve
from asymptotics.derivation.evaluation.rich_response import RichResponse
from asymptotics.derivation.step import Definitions
from asymptotics.derivation.symbols import Named
from asymptotics.errors import UnableError
from asymptotics.hints import name_numbers
from asymptotics.model.operators import (
    Bessel,
    Binder,
    InverseLaplace,
    Rich,
    Root,
)
from asymptotics.model.scheduling import Noise
from asymptotics.model.scheduling_sums import Filtered
from asymptotics.sums.finite import FiniteSum
from asymptotics.sums.regularised import RegularSum
from asymptotics.sums.scaling import ScalingSum
from asymptotics.symbols import N, P

ZERO = Integer(0)
SUMS_OF_MODES = Noise, Filtered
"""Sums over modes whose definitions are those of the whole, not of a letter."""
Point: TypeAlias = dict[Symbol, Any]
"""Numbers for letters."""
FLOATS = 13
"""Digits of what is evaluated in floats: transforms of whole sums on a contour."""
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


Rule: TypeAlias = Callable[["Values", Any, Point, bool], Any]


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
        self._sums = {f: e for f, e in definitions if isinstance(f, SUMS_OF_MODES)}
        self.functions = {f.func: (f.args, e) for f, e in definitions if isinstance(f, AppliedUndef)}
        self.settled: set[Expr] = set()
        self._free: dict[Expr, tuple[Symbol, ...]] = {}
        # a sum over as many modes as belong to a size has other values at another size
        ends = (total.limits[0][2] for _, e in definitions for total in e.atoms(Sum))
        self._sizes = {N, P} & set().union(*(end.free_symbols for end in ends))
        self._derivatives: dict[Expr, Expr] = {}
        self.curves: dict[tuple[Any, float], RichCurve] = {}
        self.responses: dict[tuple[Any, float], RichResponse] = {}
        self.renewals: dict[Any, Renewal] = {}
        self.modes: dict[Any, tuple[Any, float]] = {}
        self._known: dict[tuple[Expr, tuple[Any, ...], int], Any] = {}
        self._arrays: list[Any] = []
        self.period = self(period, {})

    def __call__(self, expression: Expr, at: Mapping[Symbol, Any], *, exact: bool = True) -> Any:
        """The value where the free symbols are ``at``; `UnableError` for what has no rule here."""
        if expression not in self._free:
            letters = expression.free_symbols | self._sizes
            self._free[expression] = tuple(sorted(letters, key=lambda y: y.name))
        letters = tuple(self._token(at[x]) for x in self._free[expression] if x in at)
        key = (expression, letters, exact and mpmath.mp.prec)
        if key not in self._known:
            before, self.error = self.error, 0.0
            value = self.value(expression, dict(at), exact)
            self._known[key] = value, self.error
            self.error = max(self.error, before)
        value, error = self._known[key]
        self.error = max(self.error, error)
        return value

    def _token(self, x: Any) -> Any:
        """What stands for x in a key: an array is the same as itself alone."""
        if not is_array(x):
            return x
        self._arrays.append(x)  # so that no other array takes its place
        return "array", id(x)

    def value(self, expression: Expr, at: Point, exact: bool) -> Any:
        kind = next((kind for kind in type(expression).__mro__ if kind in RULES), None)
        if hasattr(expression, "opaque") and not isinstance(expression, (RegularSum, FiniteSum, ScalingSum)):
            return self.at_each(Values.opaque, expression, at, exact)
        if kind is not None:
            if kind in ARRAYS:
                return RULES[kind](self, expression, at, exact)
            return self.at_each(RULES[kind], expression, at, exact)
        if not expression.free_symbols:
            return self.constant(expression, exact)
        return self.at_each(Values._function, expression, at, exact)

    def at_each(self, rule: Rule, expression: Expr, at: Point, exact: bool) -> Any:
        """The value by a rule that knows no arrays: number by number where there are some."""
        letters = [x for x in expression.free_symbols if is_array(at.get(x))]
        if not letters:
            return rule(self, expression, at, exact)

        def there(*numbers: Any) -> Any:
            return rule(self, expression, {**at, **dict(zip(letters, numbers, strict=True))}, exact)

        return number_by_number(there, [at[x] for x in letters])

    def _function(self, expression: Expr, at: Point, exact: bool) -> Any:
        arguments = [self(x, at, exact=exact) for x in expression.args]
        function = PLAIN.get(type(expression).__name__)
        if function is None:
            return self.constant(expression.func(*map(_as_number, arguments)), exact)
        return function(*arguments) if exact else plain(function(*arguments))

    def _symbol(self, expression: Symbol, at: Point, exact: bool) -> Any:
        if expression not in at:
            raise UnableError(f"{expression} has no value; give {name_numbers('at', [expression])}")
        return at[expression] if exact else plain(at[expression])

    def _sum_of_terms(self, expression: Add, at: Point, exact: bool) -> Any:
        terms = [self(x, at, exact=exact) for x in expression.args]
        total = sum(terms)
        if not exact and (lost := worst_ratio(sum(map(abs, terms)), total)) > 1e3:
            self.error = max(self.error, 1e-12 * lost)  # floats have cancelled
        return total

    def _product(self, expression: Mul, at: Point, exact: bool) -> Any:
        return math.prod(self(x, at, exact=exact) for x in expression.args)

    def _power(self, expression: Pow, at: Point, exact: bool) -> Any:
        return self(expression.base, at, exact=exact) ** self(expression.exp, at, exact=exact)

    def _quantity(self, expression: Named, at: Point, exact: bool) -> Any:
        if expression not in self._named:
            raise UnableError(f"{expression} is not tied to a sum or an equation here: no exact value")
        return self(self._named[expression], at, exact=exact)

    def constant(self, expression: Expr, exact: bool) -> Any:
        value = expression.evalf(max(self.digits + 15, mpmath.mp.dps) if exact else FLOATS + 4)
        real, imaginary = value.as_real_imag()
        if not (real.is_Float or real.is_Rational) or not (imaginary.is_Float or imaginary.is_Rational):
            raise UnableError(f"{expression} has no numerical value")
        number = real._to_mpmath(mpmath.mp.prec)
        if imaginary != 0:
            number = mpmath.mpc(number, imaginary._to_mpmath(mpmath.mp.prec))
        return number if exact else plain(number)

    def opaque(self, expression: Expr, at: Point, exact: bool) -> Any:
        """A function with numerics of its own, at exact values of its letters."""
        if missing := expression.free_symbols - set(at):
            raise UnableError(f"{expression} needs {name_numbers('at', sorted(missing, key=str))}")
        known = {y: Float._new(mpmath.mpf(at[y])._mpf_, mpmath.mp.prec) for y in expression.free_symbols}
        return self.constant(expression.xreplace(known), exact)

    def _call(self, call: AppliedUndef, at: Point, exact: bool) -> Any:
        """A defined function at the values of its arguments."""
        if call.func not in self.functions:
            raise UnableError(f"{call} is not defined in this derivation")
        letters, meaning = self.functions[call.func]
        inner = {y: self(x, at, exact=exact) for y, x in zip(letters, call.args, strict=True)}
        return self(meaning, {**at, **inner}, exact=exact)

    def _meaning(self, call: AppliedUndef) -> Expr:
        if call.func not in self.functions:
            raise UnableError(f"{call} is not defined in this derivation")
        letters, meaning = self.functions[call.func]
        return meaning.xreplace(dict(zip(letters, call.args, strict=True)))

    def relevant(self, expression: Basic) -> frozenset[tuple[Expr, Expr]]:
        """The definitions that an expression stands on, with those that they stand on."""
        found: dict[Expr, Expr] = {}
        left = [expression]
        while left:
            names = _names_in(left.pop())
            for f, meaning in self._definitions:
                if f not in found and (f.func if isinstance(f, AppliedUndef) else f) in names:
                    found[f] = meaning
                    left.append(meaning)
        return frozenset(found.items())

    def expand_names(self, expression: Expr) -> Expr:
        """The expression with every defined function replaced by its meaning; roots stay."""
        calls = {c for c in expression.atoms(AppliedUndef) if not isinstance(self._meaning(c), Root)}
        table = {c: self._meaning(c) for c in calls} | {
            x: e for x, e in self._sums.items() if expression.has(x)
        }
        return self.expand_names(expression.xreplace(table)) if table else expression

    def _over_modes(self, expression: Expr, at: Point, exact: bool) -> Any:
        """A sum of any function over the modes, as its definition writes it."""
        if expression not in self._sums:
            raise UnableError(f"{type(expression).__name__} has no numbers of its own in a check")
        return self(self._sums[expression], at, exact=exact)

    def _derivative(self, expression: Derivative, at: Point, exact: bool) -> Any:
        return self(self.differentiate(expression), at, exact=exact)

    def differentiate(self, expression: Derivative) -> Expr:
        """The derivative of what the functions in it stand for."""
        if expression not in self._derivatives:
            self._derivatives[expression] = _differentiate(self.expand_names(expression))
        return self._derivatives[expression]

    def _operator(self, expression: Binder, at: Point, exact: bool) -> Any:
        meaning = expression.meaning()
        if meaning == expression:
            raise UnableError(f"{type(expression).__name__} has no numbers of its own in a check")
        return self(meaning, at, exact=exact)

    def heavy(self, expression: Basic) -> bool:
        """Whether transforms of whole sums or integrals over times stand behind it, done in floats."""
        if self._stands_behind(expression, (Integral, Rich, Bessel)):
            return True
        return all(self._stands_behind(expression, (kind,)) for kind in (InverseLaplace, Sum))

    def swings(self, expression: Basic) -> bool:
        """Whether modes that swing stand behind it: differences then have zeros at some times."""
        return self._stands_behind(expression, (Bessel,))

    def moves(self, expression: Basic) -> bool:
        """Whether features that move stand behind it."""
        return self._stands_behind(expression, (Rich,))

    def _stands_behind(self, expression: Basic, kinds: tuple[type[Basic], ...]) -> bool:
        return expression.has(*kinds) or any(e.has(*kinds) for _, e in self.relevant(expression))


RULES: dict[type[Basic], Rule] = {
    Symbol: Values._symbol,
    Add: Values._sum_of_terms,
    Mul: Values._product,
    Pow: Values._power,
    Named: Values._quantity,
    AppliedUndef: Values._call,
    Derivative: Values._derivative,
    Binder: Values._operator,
    Noise: Values._over_modes,
    Filtered: Values._over_modes,
}
"""How each kind of expression is evaluated; a kind that is missing goes by its base class."""
ARRAYS = set(RULES)
"""Those whose rule takes arrays of numbers for letters; of others each number is taken by itself."""


def rule(kind: type[Basic], *, arrays: bool = False) -> Callable[[Rule], Rule]:
    """A decorator: the function evaluates expressions of this kind."""

    def enter(function: Rule) -> Rule:
        RULES[kind] = function
        if arrays:
            ARRAYS.add(kind)
        return function

    return enter


@cached(maxsize=1000)
def _names_in(expression: Basic) -> frozenset[Any]:
    """The functions and quantities that stand in an expression."""
    parts = expression.atoms(Named, *SUMS_OF_MODES)
    return frozenset(call.func for call in expression.atoms(AppliedUndef)) | parts


def _as_number(value: Any) -> Expr:
    """A number of mpmath or Python as one of SymPy, at the precision of mpmath."""
    whole = mpmath.mpmathify(value)
    real, imaginary = (Float._new(mpmath.mpf(x)._mpf_, mpmath.mp.prec) for x in (whole.real, whole.imag))
    return real if whole.imag == 0 else real + I * imaginary


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
