"""The Mellin constant of samples that are seen again by features that move.

A filter g of rates (lazy: ``g(y) = e^-y``) that leaves ``g(lambda tau) w`` of each mode to be learned leaves,
to first order in 1/P, the loss

    sum_kj c_k lambda_j {2 lambda_k g_k g[k, k, j] + lambda_j g[k, j]^2}

of samples that are seen again, with divided differences of g in the rates: the first term is that samples
slow down the mean, the second what they scatter. On powers of the rates this is

    Shared      int int h^(s-1) h'^(q-1) {2 h g(h) g[h, h, h'] + h' g[h, h']^2} dh dh'/(Gamma(s) Gamma(q)).

The filter ``g = 1 - M_alpha`` of `asymptotics.model.rich_constants` makes of ``z^(-1-mu)`` the number
``Gamma(1 - alpha)/Gamma(1 - alpha + mu)``. In the two Laplace variables z and ``z' = omega z`` each term is a
power of z times a function k of omega,

    s/(omega - 1) + (1 - omega^s)/(1 - omega)^2,      (1 - omega^(s-1))(1 - omega^q)/(1 - omega)^2,

and the double integral becomes one over the Mellin transform of k, on a line between its poles: with ``int
omega^(nu-1)/(1 - omega) domega = pi cot(pi nu)``, principal value, these are sums of cotangents.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

from asymptotics.caches import cached
from asymptotics.errors import PrecisionError
from asymptotics.expansions.constants import OpaqueNumber
from asymptotics.precision import working
from asymptotics.typesetting import raised

ASIDE = (mpmath.sqrt(5) - 1) / 2 - mpmath.mpf(1) / 8
"""Where the line is between two poles; no simple fraction."""


class Shared(OpaqueNumber):
    """``Shared(s, q, alpha)``, 0 < s, q < 1: for a lazy loss t^-s and ``sum lambda e^-(lambda t) ~ t^-q``.

    >>> from sympy import Rational
    >>> Shared(Rational(1, 3), Rational(3, 5), 0).evalf(12)
    2.03771701216
    """

    nargs = 3
    step = 10
    words = (
        "Shared(s, q, x) = int_0^oo int_0^oo u^(s-1) v^(q-1)/(Gamma(s) Gamma(q)) "
        "{2 u g g[u, u, v] + v g[u, v]^2} du dv, g = 1 - M_x, with divided differences of g"
    )
    meaning = (
        r"D_{\alpha}(s, q)\text{: }\textstyle\int\!\!\int_0^\infty "
        r"\frac{h^{s-1} h'^{q-1}}{\Gamma(s) \Gamma(q)} \left\{2 h\, g\, g[h, h, h'] + h' g[h, h']^2\right\} "
        r"dh\, dh'\text{, } g = 1 - M_\alpha"
    )

    def number(self, digits: int) -> Any:
        return _number(self, digits)

    def written(self, printer: Any) -> str:
        s, q = (printer._print(x) for x in self.args[:2])
        return rf"D_{{{raised(printer, self.args[2])}}}\left({s}, {q}\right)"


@cached(maxsize=64)
def _number(constant: Shared, digits: int) -> Any:
    with working(digits + 10):
        s, q, alpha = (mpmath.mpmathify(x.evalf(digits + 10)) for x in constant.args)
        if not (0 < s < 1 and 0 < q < 1):
            raise PrecisionError(f"{constant} is continued nowhere; it needs 0 < s < 1 and 0 < q < 1")

        def filtered(nu: Any) -> Any:
            return mpmath.rgamma(nu - alpha) * mpmath.rgamma(3 - s - q - nu - alpha)

        def slows(nu: Any, turn: Any) -> Any:
            return 2 * (1 - nu - s) * (_cot(turn) - _cot(turn * of_s)) * filtered(nu)

        def scatters(nu: Any, turn: Any) -> Any:
            first = (2 - nu - s) * _cot(turn * of_s) - (1 - nu) * _cot(turn)
            both = (2 - nu - s - q) * _cot(turn * of_s * of_q)
            return (first + (1 - nu - q) * _cot(turn * of_q) - both) * filtered(nu)

        of_s, of_q = mpmath.expjpi(2 * s), mpmath.expjpi(2 * q)
        total = _on_line(slows, mpmath.mpf(0), mpmath.mpf(1), digits)
        total += _on_line(scatters, 1 - s, 2 - q, digits)
        return total * mpmath.gamma(1 - s) * mpmath.gamma(1 - q) * mpmath.gamma(1 - alpha) ** 2


def _cot(turn: Any) -> Any:
    """``pi cot(pi nu) + i pi`` for ``turn = e^(2 pi i nu)``; the constant drops out of the sums."""
    return mpmath.pi * 2j * turn / (turn - 1)


def _on_line(f: Callable[[Any, Any], Any], left: Any, right: Any, digits: int) -> Any:
    """``(1/2 pi i) int f`` upwards between two poles, of f that falls as ``e^(-pi |Im|)`` but for powers.

    The trapezoidal rule errs by ``e^(-2 pi d/step)``, d the distance to the poles. The line is beside the
    middle, where for s or q a half a zero would meet a pole.
    """
    goal = (digits + 5) * mpmath.log(10)
    apart = ASIDE * (right - left)
    step = 2 * mpmath.pi * apart / goal
    end = int((goal + 4 * mpmath.log(goal)) / mpmath.pi / step) + 1
    nu, ahead = mpmath.mpc(left + apart), mpmath.mpc(0, step)
    turn, on = mpmath.expjpi(2 * nu), mpmath.exp(-2 * mpmath.pi * step)
    values = [f(nu, turn).real]
    for _ in range(1, end):
        nu, turn = nu + ahead, turn * on
        values.append(2 * f(nu, turn).real)
    return step / (2 * mpmath.pi) * mpmath.fsum(values)
