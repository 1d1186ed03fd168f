"""Products of gamma functions at complex index, far out as near, without cancellation.

Far out the logarithm of the whole product is summed by its own expansion (`GammaProduct`), in which the
growth of the single factors, k log k, has cancelled; near by, each factor by the recurrence
``Gamma(y) = Gamma(y + n) / (y (y + 1) ... (y + n - 1))`` and Stirling's series.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import sympy

from asymptotics.errors import SpectrumError
from asymptotics.expansions.gamma_products import GammaProduct
from numerics.values.arithmetic import Field, Scalar

Constant = Callable[[sympy.Expr, Field], Scalar]


def gamma_ratio(product: GammaProduct, field: Field, constant: Constant) -> Callable[[Scalar], Scalar]:
    """``x -> prod_i Gamma(p_i x + q_i)^(e_i) g^x`` for Re x >= 1/2, dimensionless.

    Relative error below 2^(12 - bits). ``constant`` makes numbers of a field. Raises `SpectrumError` at
    a pole, and
    where a power that is not an integer meets a negative value.

    >>> from asymptotics.expansions.gamma_products import split_gammas
    >>> from numerics.values.arithmetic import field_of
    >>> from numerics.spectra.compiled import constant
    >>> k = sympy.Symbol("k", positive=True)
    >>> product, _ = split_gammas(sympy.gamma(k + sympy.Rational(1, 2)) / sympy.gamma(k), k)
    >>> with field_of(80) as field:
    ...     ratio = gamma_ratio(product, field, constant)
    ...     float(ratio(field.real(1))), float(ratio(field.real(10) ** 400) / field.real(10) ** 200)
    (0.886226925452758, 1.0)
    """
    factors = [(e, constant(p, field), constant(q, field)) for e, p, q in product.factors]
    whole = all(e.is_Integer for e, _, _ in product.factors)
    powers = [int(e) if whole else constant(e, field) for e, _, _ in factors]
    # The smallest term of the series is about e^(-2 pi |p x|); shifts must be far smaller than p x.
    near = max(0.15 * field.bits + 3 * abs(float(q)) / float(p) + 3 for _, p, q in factors)
    near = max(near, *(0.15 * field.bits / float(p) + 3 for _, p, _ in factors))
    scale, power = constant(product.scale, field), constant(product.power, field)
    rate = constant(product.rate, field)
    tiny = field.real(2) ** -field.bits
    series: list[Scalar] = []

    def far(x: Scalar) -> Scalar:
        inverse, total, n = 1 / x, field.real(0), 0
        term = inverse
        while n < 4 * field.bits:
            if n == len(series):
                series.append(constant(product.exponent(n + 1), field))
            total += series[n] * term
            # two successive terms: every other one may vanish
            term *= inverse
            n += 1
            if abs(term) * _size(n + 1, factors) < tiny:
                break
        return scale * field.exp(power * field.log(x) + total)

    def close(x: Scalar) -> Scalar:
        result = field.exp(rate * x)
        for (_, p, q), exponent in zip(factors, powers, strict=True):
            logarithm, steps = _log_gamma(p * x + q, field, whole)
            result *= field.exp(exponent * logarithm)
            if whole:
                if steps == 0 and exponent > 0:
                    raise SpectrumError(f"a gamma function has a pole at {complex(x)}")
                result = result * 0 if steps == 0 else result * steps**-exponent
        return result

    return lambda x: far(x) if float(abs(x)) > near else close(x)


def _size(n: int, factors: list[tuple[sympy.Expr, Scalar, Scalar]]) -> float:
    """A bound of the n-th coefficient of the logarithm: ``sum |e| (|B_{n+1}(|q|)|) / (n (n + 1) p^n)``.

    By ``|B_n(q)| <= n! (2 pi)^-n 4 e^(2 pi |q|)``, which overshoots; capped by the largest float.
    """
    logarithm = max(
        math.log(4 * abs(float(e)) + 1)
        + math.lgamma(n)
        - (n + 1) * math.log(2 * math.pi)
        + 2 * math.pi * abs(float(q))
        - n * math.log(float(p))
        for e, p, q in factors
    )
    return len(factors) * math.exp(min(logarithm, 700.0))


def _log_gamma(y: Scalar, field: Field, whole: bool) -> tuple[Scalar, Scalar]:
    """``(log Gamma(y + n), y (y + 1) ... (y + n - 1))``; if not ``whole``, ``(log Gamma(y), 1)``."""
    steps, logarithms = field.real(1), field.real(0)
    least = 0.15 * field.bits + 3
    while y.real < least:
        if whole:
            steps *= y
        elif y == 0 or (y.imag == 0 and y.real < 0):
            raise SpectrumError("a power that is not an integer of a gamma function at a negative argument")
        else:
            logarithms += field.log(y)
        y += 1
    half = field.real(Fraction(1, 2))
    total = (y - half) * field.log(y) - y + field.log(2 * field.pi()) / 2
    square, power, tiny = 1 / (y * y), 1 / y, field.real(2) ** -field.bits
    for j in range(1, field.bits):
        numerator, denominator = sympy.bernoulli(2 * j).as_numer_denom()
        term = field.real(Fraction(int(numerator), int(denominator) * 2 * j * (2 * j - 1))) * power
        total += term
        power *= square
        if abs(term) < tiny:
            break
    return total - logarithms, steps
