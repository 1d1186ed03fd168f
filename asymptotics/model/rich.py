"""The time law of features that move, from the lazy one: matched powers in an equation for their own scale.

Under the clock ``dtau = K dt`` the network of `RichModel` is the lazy model, and ``chi = K^(-1/2)`` solves

    1/chi(tau)^2 = 1 + gamma^2 int dmu(h) h Z_h(tau)^2,     Z_h(tau) = int_0^tau chi(u) e^(-h(tau - u)) du,
    L = int dmu(h) (1 - h Z_h/chi)^2,                       t = int chi^2 dtau,

where ``L_lazy(x/2) = int dmu(h) e^(-hx)``. A lazy term ``C x^-s`` is the density ``(C/Gamma(s)) h^(s-1)``. On
powers ``chi ~ tau^-alpha``

    h Z_h = chi(tau) M_alpha(h tau),   M_alpha(y) = y int_0^1 v^-alpha e^(-y(1 - v)) dv,

so that all is made of two Mellin constants,

    grown(s, alpha, beta) = int_0^oo y^(s-2) M_alpha M_beta dy,
    unlearned(s, alpha, beta) = int_0^oo y^(s-1) (1 - M_alpha)(1 - M_beta) dy.

For s < 1 the integral over the modes grows and its power must be that of 1/chi^2: ``alpha = (1-s)/4``. For
s > 1 it tends to ``W = sum c/lambda``, and K to the root of ``K (K - 1) = gamma^2 W``. At s = 1 it is a
logarithm. What is smaller than the leading powers changes chi by ``d tau^-m``, d from the equation to first
order.

    expand_rich     the law of a node `Rich`
    Grown, Unlearned    the constants, as functions with numbers
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mpmath
from sympy import Expr, Float, Function, Integer, Rational, Symbol, gamma, sqrt

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import UnableError, Undecided
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.expander import Expander, Found
from asymptotics.model.operators import Rich
from asymptotics.model.sums import Xi
from asymptotics.precision import working
from asymptotics.symbols import kappa

ONE = Integer(1)
STEP = 20
"""Digits are rounded up to a multiple of it, since the same constants are asked for at many precisions."""


class _Mellin(Function):  # type: ignore[misc]
    """An integral over y of M_alpha and M_beta with a power of y, continued in that power."""

    nargs = 3
    opaque = True  # a constant of its own in tests for cancellation
    letter = ""

    def _eval_evalf(self, prec: int) -> Expr | None:
        if self.free_symbols:
            return None
        return Float._new(_number(self, STEP * (1 + int(prec * 0.30103 + 10) // STEP))._mpf_, prec)

    @staticmethod
    def integral(s: Any, alpha: Any, beta: Any) -> Any:
        raise NotImplementedError

    def proves_positive(self, domain: Domain) -> bool:
        """Whether it converges on the domain with alpha = beta: then it is the integral of a square."""
        s, alpha, beta = self.args
        return bool(alpha == beta and all(domain.positive(x) for x in self.strip(s)))

    @staticmethod
    def strip(s: Expr) -> tuple[Expr, Expr]:
        """What is positive where the integral converges."""
        raise NotImplementedError

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        s, alpha, beta = (printer._print(x) for x in self.args)
        body = rf"{self.letter}_{{{alpha}, {beta}}}\left({s}\right)"
        return rf"{body}^{{{exp}}}" if exp else body


class Grown(_Mellin):
    """``int_0^oo y^(s-2) M_alpha(y) M_beta(y) dy``, -1 < s < 1, continued beyond.

    >>> Grown(Rational(1, 2), 0, 0).evalf(15)        # Gamma(s-1)(2^(1-s) - 2)
    2.07655885436006
    """

    letter = "H"

    @staticmethod
    def integral(s: Any, alpha: Any, beta: Any) -> Any:
        return _integrate(s - 1, alpha, beta, 0)

    @staticmethod
    def strip(s: Expr) -> tuple[Expr, Expr]:
        return 1 + s, 1 - s


class Unlearned(_Mellin):
    """``int_0^oo y^(s-1) (1 - M_alpha(y))(1 - M_beta(y)) dy``, s < 2; continued to s <= 0.

    >>> Unlearned(Rational(1, 2), 0, 0).evalf(15)        # Gamma(s) 2^-s
    1.25331413731550
    """

    letter = "G"

    @staticmethod
    def integral(s: Any, alpha: Any, beta: Any) -> Any:
        return _integrate(s, alpha, beta, 1)

    @staticmethod
    def strip(s: Expr) -> tuple[Expr, Expr]:
        return s, 2 - s


@cached(maxsize=256)
def _number(constant: _Mellin, digits: int) -> Any:
    with working(digits):
        return constant.integral(*(mpmath.mpmathify(x.evalf(digits)) for x in constant.args))


def _integrate(s: Any, alpha: Any, beta: Any, one: int) -> Any:
    """``int_0^oo y^(s-1) f_alpha f_beta dy`` of M (or 1 - M, with ``one``), continued in s.

    On [0, 1] and beyond Y by the series of M at 0 and at oo, whose powers are integrated as they stand.
    """
    far = 5 * mpmath.mp.dps // 2 + 10
    near, beyond = (
        [mpmath.fsum(f[i] * g[n - i] for i in range(n + 1)) for n in range(len(f))]
        for f, g in zip(_series(alpha, one, far), _series(beta, one, far), strict=True)
    )
    middle = mpmath.quad(
        lambda u: mpmath.exp(s * u) * _part(alpha, mpmath.exp(u), one) * _part(beta, mpmath.exp(u), one),
        mpmath.linspace(0, mpmath.log(far), 4),
    )
    ends = [c / (s + n) for n, c in enumerate(near) if c != 0]
    ends += [-c * mpmath.mpf(far) ** (s - n) / (s - n) for n, c in enumerate(beyond) if c != 0]
    return middle + mpmath.fsum(ends)


def _part(alpha: Any, y: Any, one: int) -> Any:
    """``M_alpha(y)``, or what is missing to 1."""
    share = 1 - mpmath.exp(-y) if alpha == 0 else y / (1 - alpha) * mpmath.hyp1f1(1, 2 - alpha, -y)
    return 1 - share if one else share


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lazy:
    """``A h^(s-1)`` leads the density of modes; ``others`` are further (A_i, s_i), ``bounds`` the rest."""

    s: Expr
    A: Expr
    others: tuple[tuple[Expr, Expr], ...]
    bounds: tuple[Expr, ...]
    series: Expansion
    richness: Expr


def expand_rich(found: Expander, node: Rich, x: Symbol) -> Found:
    """The rule for `Rich`: ``t -> oo`` for a lazy loss in powers of t."""
    loss, _, richness = node.args
    part = found(loss, x)
    lazy = _read(part.series, richness)
    sign = part.series.domain.sign(normal(1 - lazy.s))
    if sign is None:
        raise Undecided(f"whether the features grow for ever is the sign of {normal(1 - lazy.s)}", 1 - lazy.s)
    if sign == 1:
        return Found(node=node, series=_growing(lazy), parts=(part,))
    if sign == 0:
        return Found(node=node, series=_logarithm(lazy), parts=(part,))
    stiff = found(Xi(kappa), kappa)
    return Found(node=node, series=_steady(lazy, stiff.series), parts=(part, stiff))


def _read(series: Expansion, richness: Expr) -> _Lazy:
    power = series.gauge is None and not series.is_slow and series.terms and not any(series.leading().logs)
    if not power or series.leading().coefficient.has(Oscillation):
        raise UnableError(
            f"features that move have a law where the lazy loss leads with a power of t; it is {series!r}"
        )
    first = series.leading()

    def density(term: Term) -> Expr:
        return term.coefficient / gamma(term.order)

    others = [t for t in series.terms if t is not first]
    return _Lazy(
        s=first.order,
        A=density(first),
        others=tuple((density(t), t.order) for t in others if not any(t.logs)),
        bounds=tuple(b.order for b in (*series.remainder, *(Bound(t.order) for t in others if any(t.logs)))),
        series=series,
        richness=richness,
    )


def _growing(lazy: _Lazy) -> Expansion:
    """s < 1: ``K ~ k tau^(2 alpha)``, ``k^2 = gamma^2 A grown(s, alpha, alpha)``."""
    s, A = lazy.s, lazy.A
    alpha = normal((1 - s) / 4)
    H = Grown(s, alpha, alpha)
    k = lazy.richness * sqrt(A * H)
    # (m, d, what the modes of the change add to the loss)
    start = -1 / (2 * k * (1 + Grown(s, alpha, 3 * alpha) / H))
    changes: list[tuple[Expr, Expr, Expr]] = [(normal(2 * alpha), start, Integer(0))]
    bounds = [normal(4 * alpha), normal(1 - alpha), normal(1 - 2 * alpha)]
    for B, order in lazy.others:
        m = normal(order - s)
        bounds.append(normal(2 * m))
        if lazy.series.domain.sign(normal(1 - 2 * alpha - m)) != 1:
            bounds.append(m)
            continue
        d = -(B / A) * Grown(order, alpha, alpha) / (2 * (H + Grown(s, alpha, normal(alpha + m))))
        changes.append((m, d, B / A * Unlearned(order, alpha, alpha)))
    bounds += [normal(order - s) for order in lazy.bounds]
    return _in_time(lazy, k, alpha, Unlearned(s, alpha, alpha), changes, bounds)


def _steady(lazy: _Lazy, stiff: Expansion) -> Expansion:
    """s > 1: ``K -> K_oo``, ``K_oo (K_oo - 1) = gamma^2 sum c/lambda``."""
    s, A = lazy.s, lazy.A
    (W,) = (t.coefficient for t in stiff.terms if t.order == 1 and not any(t.logs))
    k = (1 + sqrt(1 + 4 * lazy.richness**2 * W)) / 2
    m = normal(s - 1)
    changes: list[tuple[Expr, Expr, Expr]] = []
    bounds, crosses = [ONE], lazy.series.domain.sign(normal(2 - s))
    if crosses == 1:
        lost = A * gamma(m) * (2 - 2 ** (1 - s))
        changes.append((m, lazy.richness**2 * lost / (2 * k * (2 * k - 1)), Integer(0)))
        bounds.append(normal(2 * m))
    elif crosses is None:
        bounds.append(m)
    for B, order in lazy.others:
        changes.append((normal(order - s), Integer(0), B / A * gamma(order) * 2**-order))
        bounds.append(normal(order - 1))
    bounds += [normal(order - s) for order in lazy.bounds]
    found = _in_time(lazy, k, Integer(0), gamma(s) * 2**-s, changes, bounds)
    if crosses != 0:
        return found
    # at s = 2 the time lags behind by a logarithm
    return found.with_terms(found.terms, [*found.remainder, Bound(normal(s + 1), 1)])


def _logarithm(lazy: _Lazy) -> Expansion:
    """s = 1: ``K (K - 1) ~ gamma^2 A log(tau)``, ``L ~ A/(2 tau)`` at ``tau = K t``.

    So ``A/(2 t K)`` with ``1/K = x - x^2/2 + ...``, ``x^-2 = gamma^2 A log(t)``; log(log(t)) comes next.
    """
    x = 1 / (lazy.richness * sqrt(lazy.A))
    terms = [Term(lazy.A * x / 2, ONE, -Rational(1, 2)), Term(-lazy.A * x**2 / 4, ONE, -1)]
    return lazy.series.with_terms(terms, [Bound(ONE, -Rational(3, 2), 1)])


def _in_time(
    lazy: _Lazy,
    k: Expr,
    alpha: Expr,
    G: Expr,
    changes: list[tuple[Expr, Expr, Expr]],
    bounds: list[Expr],
) -> Expansion:
    """``L = A tau^-s (G + sum_i tau^-m_i (...))``, ``k t = tau^r/r + sum_i 2 d_i tau^(r-m_i)/(r-m_i)``."""
    s, r = lazy.s, normal(1 - 2 * alpha)
    scale = k * r

    def term(coefficient: Expr, m: Expr) -> Term:
        order = normal((s + m) / r)
        return Term(lazy.A * coefficient * scale**-order, order)

    terms = [term(G, Integer(0))]
    for m, d, added in changes:
        moved = 2 * d * (Unlearned(s, alpha, normal(alpha + m)) - G) if d != 0 else 0
        terms.append(term(moved + added + 2 * s * d * G / normal(r - m), m))
    return lazy.series.with_terms(terms, [Bound(normal((s + m) / r)) for m in bounds])
