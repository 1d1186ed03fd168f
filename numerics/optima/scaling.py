"""Values of the scaling functions of the joint laws, to any precision.

The contour integrals of `laws.joint` on a Talbot contour in y (Weideman & Trefethen 2007), with x(y)
followed along it by Newton's method from large |y|, where x ~ y. They know nothing of a spectrum: only
of r and p. Error: difference of two contours plus rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import mpmath
from sympy import Expr, Symbol

from asymptotics.errors import DomainError, PrecisionError, check_kind, shown
from asymptotics.hints import name_numbers
from asymptotics.laws.joint import JointLaw
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import exact, real_number, substitution, whole_number
from asymptotics.precision import exclusive, working
from asymptotics.symbols import N
from numerics.values.value import Value

RATE = 0.53
"""Digits gained per node of the contour."""
MAX_DIGITS = 200


@exclusive
def model_scaling(p: object, r: object, theta: object, digits: int = 15, logarithms: int = 0) -> Value:
    """``G_p(theta) = (1/2 pi i) int e^(theta y) x^p/y dy``, ``y = x - x^(1 - r)``; dimensionless.

    With ``logarithms`` = m, the m-th derivative in p: a factor ``log(x)^m`` under the integral.

    1 for theta -> oo, ``theta^-p/Gamma(1 - p)`` for theta -> 0. Relative error as stated in the value; raises
    `DomainError` for r outside (0, 1) or theta <= 0 and `PrecisionError` if the digits are not reached.

    >>> str(model_scaling(0.5, 0.8, 100, digits=12))[:7]
    '1.00000'
    """
    power = _number(p, "p", digits)

    def kernel(ys: list[mpmath.mpc], xs: list[mpmath.mpc], weights: list[mpmath.mpc]) -> mpmath.mpf:
        return mpmath.fsum(
            (w * x**power * mpmath.log(x) ** logarithms / y).real
            for y, x, w in zip(ys, xs, weights, strict=True)
        )

    return _invert(digits, _number(theta, "theta", digits), _exponent(r, digits), kernel)


@exclusive
def data_scaling(p: object, r: object, theta: object, digits: int = 15) -> Value:
    """``G_p(theta, theta)`` of the data law; tends to 1/r for theta -> oo. See `model_scaling`.

    >>> str(data_scaling(0.5, 0.8, 1000, digits=10))[:6]
    '1.2500'
    """
    power, slope = _number(p, "p", digits), _exponent(r, digits)

    def kernel(ys: list[mpmath.mpc], xs: list[mpmath.mpc], weights: list[mpmath.mpc]) -> mpmath.mpf:
        full = [(y, x, w / 2) for y, x, w in zip(ys, xs, weights, strict=True)]
        full += [(mpmath.conj(y), mpmath.conj(x), mpmath.conj(w)) for y, x, w in full]
        # x^(p-1)/(1-p), or its limit -log x at p = 1
        first = [-mpmath.log(x) if power == 1 else x ** (power - 1) / (1 - power) for _, x, _ in full]
        other = [x ** (1 - slope) for _, x, _ in full]
        total = mpmath.mpf(0)
        for i, (y, x, w) in enumerate(full[: len(ys)]):
            for j, (z, u, v) in enumerate(full):
                if i == j:
                    signal, crowd = x ** (power - 2), (1 - slope) * x**-slope
                else:
                    signal = (first[i] - first[j]) / (u - x)
                    crowd = (other[j] - other[i]) / (u - x)
                total += 2 * (w * v * x * u * signal / (y * z * (1 - crowd))).real
        return total

    return _invert(digits, _number(theta, "theta", digits), slope, kernel)


Kernel = Callable[[list[mpmath.mpc], list[mpmath.mpc], list[mpmath.mpc]], mpmath.mpf]


def _invert(digits: int, theta: mpmath.mpf, r: mpmath.mpf, kernel: Kernel) -> Value:
    """The integral on two contours; the second has a fifth more nodes."""
    digits = whole_number(digits, "digits", 1, MAX_DIGITS)
    nodes = int((digits + 6) / RATE) + 4
    for _ in range(3):
        work = digits + int(0.3 * nodes) + 15
        with working(work):
            coarse, fine = (kernel(*contour(count, theta, r)) for count in (nodes, nodes + nodes // 5 + 1))
            error = abs(fine - coarse) + abs(fine) * mpmath.mpf(10) ** -(digits + 5)
            if error <= abs(fine) * mpmath.mpf(10) ** -digits:
                return Value(value=fine, error=error)
        nodes = int(1.5 * nodes)
    raise PrecisionError(
        f"the scaling function at theta = {mpmath.nstr(theta, 5)} is reached to "
        f"{mpmath.nstr(error / abs(fine), 2)} where 1e-{digits} was asked for; ask for fewer digits"
    )


def contour(
    count: int, theta: mpmath.mpf, r: mpmath.mpf
) -> tuple[list[mpmath.mpc], list[mpmath.mpc], list[mpmath.mpc]]:
    """Upper nodes y, roots x(y), and weights such that the integral is ``sum Re(w f)``."""
    ys, xs, weights = [], [], []
    x: mpmath.mpc | None = None
    for j in range((count + 1) // 2):
        angle = mpmath.pi * (2 * j + 1) / count
        bend = mpmath.mpf("0.6407") * angle
        cot = mpmath.cot(bend)
        scale = count / theta
        y = scale * mpmath.mpc(
            mpmath.mpf("0.5017") * angle * cot - mpmath.mpf("0.6122"), mpmath.mpf("0.2645") * angle
        )
        slope = scale * mpmath.mpc(
            mpmath.mpf("0.5017") * (cot - bend / mpmath.sin(bend) ** 2), mpmath.mpf("0.2645")
        )
        x = _root(y, r, x)
        ys.append(y)
        xs.append(x)
        # (1/2 pi i) (2 pi/count) dy/dangle, twice for the conjugate half
        weights.append(2 * mpmath.exp(theta * y) * slope / (mpmath.mpc(0, 1) * count))
    return ys, xs, weights


def _root(y: mpmath.mpc, r: mpmath.mpf, start: mpmath.mpc | None) -> mpmath.mpc:
    """x with ``x - x^(1 - r) = y`` and Im x > 0 for Im y > 0, from a neighbouring root or from large |y|."""
    # x = y + x^(1 - r) is solved from far out inwards; on the positive side x > 1
    x = start if start is not None else mpmath.mpc(1 + abs(y), abs(y.imag))
    for _ in range(400):
        step = (x - x ** (1 - r) - y) / (1 - (1 - r) * x**-r)
        while (x - step).imag <= 0:
            step /= 2
        x -= step
        if abs(step) <= 4 * mpmath.eps * abs(x):
            return x
    raise PrecisionError(f"no root of x - x^(1-r) = y at y = {mpmath.nstr(y, 5)}; give a larger theta")


@dataclass(frozen=True, slots=True, kw_only=True)
class JointValue:
    """The joint law at one (t, size): its value with an error, and the argument of its scaling functions."""

    value: Value
    theta: mpmath.mpf


@exclusive
def joint_loss(
    law: JointLaw, at: Mapping[Symbol, object], *, t: object, size: object, digits: int = 15
) -> JointValue:
    """The joint law with numbers: ``at`` for the task's parameters, t and the size N or P.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.laws.joint import joint_law
    >>> law = joint_law(derive(power_law(1.5, 1.25)))
    >>> str(joint_loss(law, {}, t=10**9, size=10**5, digits=8).value)[:8]
    '0.017277'
    """
    check_kind(law, JointLaw, "law", "pass joint_law(derive(task))")
    digits = whole_number(digits, "digits", 1, MAX_DIGITS)
    table = {**substitution(law.task.parameters, at), law.size: exact(size, "size")}
    with working(digits + 10):
        kappa0, r = (_evaluate(e, table, digits) for e in (law.kappa0, law.r))
        theta = _number(t, "t", digits) * kappa0 * (2 if law.size == N else 1)
        value, error = mpmath.mpf(0), mpmath.mpf(0)
        for term in law.terms:
            p = _evaluate(term.power, table, digits)
            factor = _evaluate(term.coefficient, table, digits) * kappa0**p
            for m in range(term.log_power + 1):
                # log(kappa0 x)^l = sum_m binom(l, m) log(kappa0)^(l - m) log(x)^m
                extra = mpmath.binomial(term.log_power, m) * mpmath.log(kappa0) ** (term.log_power - m)
                shape = (
                    model_scaling(p, r, theta, digits + 2, m)
                    if law.size == N
                    else data_scaling(p, r, theta, digits + 2)
                )
                value += factor * extra * shape.value
                error += abs(factor * extra) * shape.error
    return JointValue(value=Value(value=value, error=error), theta=theta)


def _evaluate(expression: Expr, table: Mapping[Symbol, object], digits: int) -> mpmath.mpf:
    number = substitute(expression, table).evalf(digits + 15)
    if number.free_symbols:
        missing = sorted(str(s) for s in number.free_symbols)
        raise DomainError(f"no number for {', '.join(missing)}; give {name_numbers('at', missing)}")
    if not number.is_finite:
        raise DomainError(
            f"{expression} is singular at these values (exponents meet); "
            "derive the task with the numbers and take its joint law"
        )
    return number._to_mpmath(mpmath.mp.prec + 30)


def _number(value: object, name: str, digits: int) -> mpmath.mpf:
    if isinstance(value, mpmath.mpf):
        number = value
    else:
        number = real_number(value, name).evalf(digits + 40)._to_mpmath(int(3.33 * (digits + 40)))
    if not 0 < number < mpmath.inf:
        raise DomainError(f"{name} = {shown(value)}; it must be > 0 and finite")
    return number


def _exponent(r: object, digits: int) -> mpmath.mpf:
    number = _number(r, "r", digits)
    if not number < 1:
        raise DomainError(f"r = {r}; the trace falls as kappa^-r with 0 < r < 1")
    return number
