"""The two Mellin constants that the laws of features that move are made of.

    M_alpha(y) = y int_0^1 v^-alpha e^(-y(1 - v)) dv

is how much of a mode of rate h is learned at ``y = h tau`` where the scale of the features is the power
``tau^(2 alpha)`` (theory: `asymptotics.model.rich`).

    Grown        int_0^oo y^(s-2) M_alpha M_beta dy/Gamma(s)
    Unlearned    int_0^oo y^(s-1) (1 - M_alpha)(1 - M_beta) dy/Gamma(s)

so that a term ``C t^-s`` of the lazy loss, the density ``C h^(s-1)/Gamma(s)`` of modes, has them times C.
"""

from __future__ import annotations

from typing import Any

import mpmath
from sympy import Expr

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.precision import working
from asymptotics.typesetting import raised


class _Mellin(OpaqueNumber):
    """An integral over y of M_alpha and M_beta with a power of y over Gamma(s), continued in s."""

    nargs = 3
    guard, step = 10, 20
    letter, shift, missing = "", 0, False

    @classmethod
    def eval(cls, s: Expr, alpha: Expr, beta: Expr) -> Expr | None:
        """Without growth, ``M_0 = 1 - e^-y``."""
        return cls.steady(s) if alpha == beta == 0 else None

    @staticmethod
    def steady(s: Expr) -> Expr:
        raise NotImplementedError

    def number(self, digits: int) -> Any:
        return _number(self, digits)

    def proves_positive(self, domain: Domain) -> bool:
        """Whether it converges on the domain with alpha = beta: then it is the integral of a square."""
        s, alpha, beta = self.args
        return bool(alpha == beta and all(domain.positive(x) for x in self.strip(s)))

    @staticmethod
    def strip(s: Expr) -> tuple[Expr, Expr]:
        """What is positive where the integral converges."""
        raise NotImplementedError

    def written(self, printer: Any) -> str:
        s, *growths = self.args
        below = ", ".join(raised(printer, x) for x in growths)
        return rf"{self.letter}_{{{below}}}\left({printer._print(s)}\right)"


class Grown(_Mellin):
    """``int_0^oo y^(s-2) M_alpha(y) M_beta(y) dy/Gamma(s)``, s < 1, continued beyond and to s <= -1.

    >>> from sympy import Rational
    >>> Grown(Rational(1, 2), 0, 0).evalf(15)
    1.17157287525381
    """

    letter, shift, missing = "H", -1, False
    words = (
        "Grown(s, x, y) = int_0^oo z^(s-2) M_x(z) M_y(z) dz/Gamma(s), continued in s; "
        "M_x(z) = z int_0^1 v^-x exp(-z (1 - v)) dv"
    )
    meaning = (
        r"H_{\alpha, \beta}(s)\text{: }\textstyle\int_0^\infty \frac{y^{s-2}}{\Gamma(s)} "
        r"M_\alpha M_\beta\, dy\text{, continued in } s;\ "
        r"M_\alpha(y) = y \int_0^1 v^{-\alpha} e^{-y (1 - v)}\, dv"
    )

    @staticmethod
    def steady(s: Expr) -> Expr:
        return (2 ** (1 - s) - 2) / (s - 1)

    @staticmethod
    def strip(s: Expr) -> tuple[Expr, Expr]:
        return s, 1 - s


class Unlearned(_Mellin):
    """``int_0^oo y^(s-1) (1 - M_alpha(y))(1 - M_beta(y)) dy/Gamma(s)``, s < 2; continued to s <= 0.

    >>> from sympy import Rational
    >>> Unlearned(Rational(1, 2), 0, 0).evalf(15)
    0.707106781186548
    """

    letter, shift, missing = "G", 0, True
    words = (
        "Unlearned(s, x, y) = int_0^oo z^(s-1) (1 - M_x(z)) (1 - M_y(z)) dz/Gamma(s), continued in s; "
        "M_x(z) = z int_0^1 v^-x exp(-z (1 - v)) dv"
    )
    meaning = (
        r"G_{\alpha, \beta}(s)\text{: }\textstyle\int_0^\infty \frac{y^{s-1}}{\Gamma(s)} "
        r"(1 - M_\alpha) (1 - M_\beta)\, dy\text{, continued in } s"
    )

    @staticmethod
    def steady(s: Expr) -> Expr:
        return 2**-s

    @staticmethod
    def strip(s: Expr) -> tuple[Expr, Expr]:
        return s, 2 - s


@cached(maxsize=256)
def _number(constant: _Mellin, digits: int) -> Any:
    with working(digits):
        s, alpha, beta = (mpmath.mpmathify(x.evalf(digits)) for x in constant.args)
        return _integrate(s, constant.shift, alpha, beta, int(constant.missing))


def _integrate(s: Any, shift: int, alpha: Any, beta: Any, one: int) -> Any:
    """``int_0^oo y^(s+shift-1) f_alpha f_beta dy/Gamma(s)`` of M (or 1 - M, with ``one``), continued in s.

    On [0, 1] and beyond Y by the series of M at 0 and at oo, whose powers are integrated as they stand. Where
    Gamma(s) is infinite, the power with the same pole is what is left.
    """
    far = 5 * mpmath.mp.dps // 2 + 10
    near, beyond = (
        [mpmath.fsum(f[i] * g[n - i] for i in range(n + 1)) for n in range(len(f))]
        for f, g in zip(_series(alpha, one, far), _series(beta, one, far), strict=True)
    )
    if s <= 0 and s == int(s):
        n = int(-s - shift)
        return 0 if n < 0 else near[n] * (-1) ** int(-s) * mpmath.factorial(int(-s))
    s, inverse = s + shift, mpmath.rgamma(s)
    middle = mpmath.quad(
        lambda u: mpmath.exp(s * u) * _part(alpha, mpmath.exp(u), one) * _part(beta, mpmath.exp(u), one),
        mpmath.linspace(0, mpmath.log(far), 4),
        method="gauss-legendre",
    )
    ends = [c / (s + n) for n, c in enumerate(near) if c != 0]
    ends += [-c * mpmath.mpf(far) ** (s - n) / (s - n) for n, c in enumerate(beyond) if c != 0]
    return (middle + mpmath.fsum(ends)) * inverse


def _part(alpha: Any, y: Any, one: int) -> Any:
    """``M_alpha(y)``, or what is missing to 1."""
    share = _share(alpha, y, mpmath.mp.prec)
    return 1 - share if one else share


@cached(maxsize=20_000)
def _share(alpha: Any, y: Any, precision: int) -> Any:
    """``M_alpha(y)`` at this precision; constants of the same digits ask for it at the same y."""
    return 1 - mpmath.exp(-y) if alpha == 0 else y / (1 - alpha) * mpmath.hyp1f1(1, 2 - alpha, -y)


def _series(alpha: Any, one: int, count: int) -> tuple[list[Any], list[Any]]:
    """The coefficients of `_part` in y, ``-(-y)^n/(1 - alpha)_n``, and in 1/y, ``(alpha)_n y^-n``."""
    sign = -1 if one else 1
    near, beyond = [mpmath.mpf(one)], [mpmath.mpf(1 - one)]
    c, d = mpmath.mpf(-sign), mpmath.mpf(sign)
    for n in range(count):
        c /= -(1 - alpha + n)
        d *= alpha + n
        near.append(c)
        beyond.append(d)
    return near, beyond
