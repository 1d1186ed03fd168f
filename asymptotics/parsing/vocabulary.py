"""What text may say: the names and functions that `asymptotics.parsing.expressions` knows, and its bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import Expr, Max, Min, Pow, Rational, Symbol

from asymptotics import symbols as letters

# Bounds. They lie far beyond any law's needs, and keep what SymPy does of its own accord quick: exact
# powers and special values, roots of polynomials to order two powers, minimal polynomials of radicals.
LENGTH = 2000  # characters of text
LATEX_LENGTH = 10000  # of LaTeX, which is longer and may be several formulas
DEPTH = 40  # nested parentheses, calls, signs and powers
BITS = 1100  # numerator or denominator of any number, and binary exponent of any value: as for every float
EXPONENT = 1000  # numbers within an exponent
DEGREE = 50  # a number as the exponent of something with symbols
ROOT = 100  # denominator of a number as the exponent of a number
FRACTION = 10**25  # denominator of a number as the exponent of something with symbols
ARGUMENT = 64  # numbers given to a function of which SymPy knows exact values
POLYNOMIAL = 20  # likewise, where the value is a polynomial in another argument
CHOICES = 8  # arguments of a minimum or maximum, which are compared pairwise
PIECES = 24  # of a Piecewise

GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa mu nu xi rho sigma tau upsilon phi chi psi "
    "omega Delta Theta Lambda Xi Sigma Upsilon Phi Psi Omega"
).split()
NOT_LETTERS = {
    "e": "e could be Euler's number or a symbol; write exp(x) for the exponential, or another letter",
    "I": "I could be the imaginary unit; expressions are real, use another letter",
    "lambda": "lambda is a keyword of Python; write lam or mu for a symbol",
}
NAMES: dict[str, Expr] = {
    **{name: Symbol(name, positive=True) for name in (*"abcdfghijklmnopqrstuvwxyz", *GREEK, "lam")},
    **{name: Symbol(name, positive=True) for name in "ABCDEFGHJKLMNOPQRSTUVWXYZ"},
    **{name: getattr(letters, name) for name in letters.__all__ if name != "RESOURCES"},
    "pi": sympy.pi,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that text may call: how SymPy builds it, how many arguments, which bound."""

    build: Callable[..., Expr]
    arguments: tuple[int, ...] = (1,)
    exact: bool = False  # SymPy evaluates it at numbers, at a cost that grows with them


def _rising(base: Expr, count: Expr) -> Expr:
    """``Gamma(x + n)/Gamma(x)``: of numbers by gamma functions, as SymPy leaves (0)_(1/2) undecided."""
    result = sympy.rf(base, count)
    return result.rewrite(sympy.gamma) if result.is_number else result


def _falling(base: Expr, count: Expr) -> Expr:
    """``Gamma(x + 1)/Gamma(x - n + 1)``."""
    result = sympy.ff(base, count)
    return result.rewrite(sympy.gamma) if result.is_number else result


_extremes = tuple(range(1, CHOICES + 1))
HEADS = "log ln sin cos tan cot sinh cosh tanh asin acos atan asinh acosh atanh erf erfc Abs"
FUNCTIONS: dict[str, Function] = {
    **{name: Function(build=getattr(sympy, name)) for name in HEADS.split()},
    "abs": Function(build=sympy.Abs),
    "exp": Function(build=sympy.exp),
    "sqrt": Function(build=lambda x: Pow(x, Rational(1, 2))),
    "cbrt": Function(build=lambda x: Pow(x, Rational(1, 3))),
    **{name: Function(build=Min, arguments=_extremes) for name in ("Min", "min")},
    **{name: Function(build=Max, arguments=_extremes) for name in ("Max", "max")},
    **{name: Function(build=sympy.gamma, exact=True) for name in ("gamma", "Gamma")},
    "loggamma": Function(build=sympy.loggamma, exact=True),
    "digamma": Function(build=sympy.digamma, exact=True),
    "beta": Function(build=sympy.beta, arguments=(2,), exact=True),
    "zeta": Function(build=sympy.zeta, arguments=(1, 2), exact=True),
    "binomial": Function(build=sympy.binomial, arguments=(2,), exact=True),
    "factorial": Function(build=sympy.factorial, exact=True),
    **{name: Function(build=_rising, arguments=(2,), exact=True) for name in ("rf", "RisingFactorial")},
    **{name: Function(build=_falling, arguments=(2,), exact=True) for name in ("ff", "FallingFactorial")},
}
