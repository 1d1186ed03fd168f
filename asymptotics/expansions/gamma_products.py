"""Products of gamma functions of the index, as they count modes on spheres, and their behaviour at large k.

By Stirling's series (DLMF 5.11.8), with Bernoulli polynomials B_n,

    log Gamma(p k + q) = (p k + q - 1/2) log(p k) - p k + log(2 pi)/2
                         + sum_{n >= 1} (-1)^(n+1) B_{n+1}(q) / (n (n+1) (p k)^n),

a product ``prod_i Gamma(p_i k + q_i)^(e_i) g^k`` is algebraic at large k if ``sum e_i p_i = 0`` (no
factorial growth) and ``log g + sum e_i p_i log p_i = 0`` (no exponential). Binomial coefficients,
factorials, rising and falling factorials and beta functions are such products.

    split_gammas       the gammas of a product, apart from the rest
    without_gammas     binomials and factorials as gammas, or as polynomials
    polynomial_form    a number of modes as a polynomial
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import (
    Add,
    Expr,
    FallingFactorial,
    Integer,
    Mul,
    Rational,
    RisingFactorial,
    Symbol,
    bernoulli,
    beta,
    binomial,
    expand,
    expand_log,
    factor,
    factorial,
    gamma,
    gammasimp,
    log,
    pi,
    simplify,
)

from asymptotics.caches import cached
from asymptotics.errors import SpectrumError
from asymptotics.parsing.heights import to_power
from asymptotics.parsing.vocabulary import ROOT

FARTHEST_SHIFT = 10_000
"""A shift between gamma functions that is not taken step by step."""
KINDS = (binomial, factorial, RisingFactorial, FallingFactorial, beta, gamma)
_growth = (
    "the engine expands ratios of gamma functions, factorials and binomials that behave as a power at large"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaProduct:
    """``prod_i Gamma(p_i k + q_i)^(e_i) g^k``, dimensionless; ``factors`` holds the ``(e_i, p_i, q_i)``.

    ``rate`` is log g.

    >>> from asymptotics.symbols import k
    >>> product, rest = split_gammas(gamma(k + 3) / gamma(k + 1) / k, k)
    >>> product.factors, product.power, rest
    (((-1, 1, 1), (1, 1, 3)), 2, 1/k)
    >>> [product.coefficient(n) for n in range(4)]      # (k + 1)(k + 2)
    [1, 3, 2, 0]
    """

    factors: tuple[tuple[Expr, Expr, Expr], ...]
    rate: Expr = Integer(0)

    @property
    def is_algebraic(self) -> bool:
        """Whether factorial and exponential growth cancel identically."""
        balance = Add(*(e * p for e, p, _ in self.factors))
        rate = self.rate + Add(*(e * p * log(p) for e, p, _ in self.factors))
        return bool(simplify(balance) == 0 and simplify(expand_log(rate, force=True)) == 0)

    @property
    def power(self) -> Expr:
        """The exponent r in ``~ scale k^r``."""
        return expand(Add(*(e * (q - Rational(1, 2)) for e, _, q in self.factors)))

    @property
    def scale(self) -> Expr:
        """The factor in ``~ scale k^r``."""
        total = expand(Add(*(e for e, _, _ in self.factors)))
        powers = Mul(*(to_power(p, expand(e * (q - Rational(1, 2)))) for e, p, q in self.factors))
        return powers * (2 * pi) ** (total / 2)

    def exponent(self, n: int) -> Expr:
        """The coefficient of ``k^-n`` in the logarithm, n >= 1."""
        return expand(_exponent(self.factors, n))

    def coefficient(self, n: int) -> Expr:
        """The coefficient of ``scale k^(r - n)``: 1 for n = 0, polynomials in the shifts beyond."""
        return _coefficient(self, n)


@cached(maxsize=2_000)
def _exponent(factors: tuple[tuple[Expr, Expr, Expr], ...], n: int) -> Expr:
    sign = Rational((-1) ** (n + 1), n * (n + 1))
    return sign * Add(*(e * bernoulli(n + 1, q) / p**n for e, p, q in factors))


@cached(maxsize=2_000)
def _coefficient(product: GammaProduct, n: int) -> Expr:
    """``n g_n = sum_{j=1}^n j c_j g_(n-j)``: the coefficients of the exponential of a power series."""
    if n == 0:
        return Integer(1)
    terms = (j * product.exponent(j) * product.coefficient(n - j) for j in range(1, n + 1))
    return factor(expand(Add(*terms) / n))


def has_gammas(expression: Expr, index: Symbol) -> bool:
    """Whether a gamma function, or what is made of them, of the index occurs."""
    return any(f.has(index) for f in expression.atoms(*KINDS))


@cached(maxsize=2_000)
def without_gammas(expression: Expr, index: Symbol) -> Expr:
    """The same function with binomials and factorials of the index as gammas, or as polynomials if they are.

    >>> from asymptotics.symbols import k
    >>> without_gammas(binomial(k + 2, 2), k)
    k**2/2 + 3*k/2 + 1
    """
    if not has_gammas(expression, index):
        return expression
    if expression.is_Add:
        return expression.func(*(without_gammas(e, index) for e in expression.args))
    if expression.is_Pow and not isinstance(expression.base, KINDS):
        return without_gammas(expression.base, index) ** without_gammas(expression.exp, index)
    with_them = [f for f in Mul.make_args(expression) if has_gammas(f, index)]
    rest = Mul(*(f for f in Mul.make_args(expression) if not has_gammas(f, index)))
    plain = [f for f in with_them if f.is_Add or (f.is_Pow and not isinstance(f.base, KINDS))]
    if plain:
        done = Mul(*(without_gammas(f, index) for f in plain))
        return without_gammas(Mul(*(f for f in with_them if f not in plain)), index) * done * rest
    product = Mul(*with_them).replace(
        lambda f: isinstance(f, KINDS) and f.has(index), lambda f: f.rewrite(gamma)
    )
    # with the rest at hand, N(d, k) = (2 k + d - 2)/k * ... becomes a polynomial where d is a number
    for scope, beside in ((product * rest, Integer(1)), (product, rest)):
        # the multiplication theorem writes powers of numbers out, and shifts are taken one at a time
        numbers = {x for f in scope.atoms(*KINDS) for x in f.atoms(Rational)}
        tall = any(number.q > ROOT or abs(number) > FARTHEST_SHIFT for number in numbers)
        reduced = scope if tall else gammasimp(scope)
        if not has_gammas(reduced, index):
            polynomial = expand(reduced)
            return (polynomial if polynomial.is_polynomial(index) else reduced) * beside
        if not rest.has(index):
            break
    return product * rest


def polynomial_form(count: Expr, index: Symbol) -> Expr:
    """A number of modes as an expanded polynomial, if it is one: in powers nothing cancels at large k.

    >>> from asymptotics.symbols import k
    >>> polynomial_form((2*k + 1)**2 - (2*k - 1)**2, k)
    8*k
    """
    plain = without_gammas(count, index)
    return expand(plain) if plain.is_polynomial(index) else count


def split_gammas(expression: Expr, index: Symbol) -> tuple[GammaProduct | None, Expr]:
    """``(product, rest)``: the gammas of a product, and exponentials beside them, apart from the rest.

    None without gammas. Raises `SpectrumError` for gammas of anything but ``p k + q`` with p > 0,
    and for products that do not behave as a power at large k.
    """
    factors: dict[tuple[Expr, Expr], Expr] = {}
    rate, exponentials, rest = Integer(0), Integer(1), Integer(1)
    for part in Mul.make_args(expression):
        base, exponent = part.as_base_exp()
        if isinstance(base, gamma) and base.has(index) and not exponent.has(index):
            (argument,) = base.args
            slope = expand(argument).coeff(index, 1)
            shift = expand(argument - slope * index)
            if shift.has(index) or not slope.is_positive:
                raise SpectrumError(f"{part} is a gamma function of {argument}; {_growth} {index}")
            factors[slope, shift] = factors.get((slope, shift), Integer(0)) + exponent
        elif not base.has(index) and exponent.has(index) and base.is_positive:
            slope = expand(exponent).coeff(index, 1)
            if expand(exponent - slope * index).has(index):
                rest *= part
            else:
                rate += slope * log(base)
                exponentials *= base ** (slope * index)
                rest *= base ** expand(exponent - slope * index)
        else:
            rest *= part
    found = tuple(sorted(((e, *key) for key, e in factors.items() if e != 0), key=str))
    if not found:
        return None, expression
    product = GammaProduct(factors=found, rate=rate)
    if not product.is_algebraic:
        alone = GammaProduct(factors=found)
        if alone.is_algebraic:
            return alone, rest * exponentials
        raise SpectrumError(
            f"{expression} grows or falls faster than every power of {index}; {_growth} {index}"
        )
    return product, rest
