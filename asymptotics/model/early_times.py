"""The loss of N features before the last modes are learned, where the trace of the kernel grows with N.

With ``M = r N`` modes of ``lambda_k = C k^-b``, b < 1, the trace is ``C tau N^(1-b)``,
``tau = r^(1-b)/(1-b)``, and one-pass SGD is stable for a step ``eta = 2 h B/Tr``, h < 1 alone. On the scale
of the last modes,
``kappa = u C N^-b`` and ``zeta = y C N^-b``,

    y = u (1 - f(u)),   K = h (1 - y f(u)/tau),   L(T) = inv[ Xi/(y (1 - K)) ](T'),   T' = C T N^-b,

where ``inv`` is the inverse Laplace transform in y, T twice the time of gradient flow. Early, ``T' << 1``,
that is large u: f and Xi are powers of u, those of infinitely many modes and what the modes behind the last
one had added, and every product of powers is a power of T. Each is a term here, with all its powers of h. At
b = 1 f is ``log(1 + r u)/u``, and the powers of gradient flow have logarithms.
Label noise stands beside the loss wherever it feeds the noise of batches: it adds ``sigma^2 K/(1 - K)`` to
``Xi/(1 - K)``.

    EarlyTimes     the expansions for large y
    EarlyTerm      ``coefficient h^j T^-p N^-q`` with logarithms
    early_terms    those of a spectrum
    early_bounds   what these leave out, as powers alone
    leading_terms  those that may lead
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product

from sympy import EulerGamma, Expr, Integer, Symbol, binomial, log, pi, sin, zeta

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import inverse_laplace
from asymptotics.model.operators import time as time_letter
from asymptotics.model.operators import zeta as zeta_letter
from asymptotics.parsing.heights import to_power
from asymptotics.spectra.family import Scaling, SpectralSeries
from asymptotics.sums.scaling import ScalingSum

ONE = Integer(1)
y, ridge = Symbol("y", positive=True), Symbol("u", positive=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyTerm:
    """``coefficient h^share (C T)^-time N^-size log(C T N^-b)^log_time log(N)^log_size``.

    At b = 1 with the noise of batches ``(h/Lambda)^share G^fed`` (`slow_trace`).
    """

    coefficient: Expr
    time: Expr
    size: Expr
    share: int = 0
    log_time: int = 0
    log_size: int = 0
    fed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """``N^-size`` times a function of u, its expansion for large u; ``exact`` is that function.

    ``first`` is the power of K from which on it counts.
    """

    size: Expr
    series: Expansion
    exact: Expr
    log_size: int = 0
    first: int = 0


def trace_scale(scaling: Scaling) -> Expr:
    """``tau`` in ``Tr = C tau N^(1-b)``, b < 1.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.symbols import a, b
    >>> from asymptotics.tasks.power_laws import power_law
    >>> trace_scale(spectrum(power_law(a, b, modes="r*N")).scaling)
    r**(1 - b)/(1 - b)
    """
    return to_power(scaling.ratio, 1 - scaling.decay) / (1 - scaling.decay)


@cached(maxsize=64)
def early_terms(
    spectrum: SpectralSeries, depth: int = 4, shares: int = 2, drifts: int = 0
) -> tuple[EarlyTerm, ...]:
    """The terms of the first orders, up to the power ``shares`` of h.

    b < 1 must be known on the domain; at b = 1 they are those of gradient flow, ``shares = 0``, and
    `slow_trace.slow_terms` those of one-pass SGD.
    """
    return tuple(EarlyTimes(spectrum, depth).terms(shares, drifts))


@cached(maxsize=64)
def early_bounds(
    spectrum: SpectralSeries, depth: int = 4, shares: int = 2, drifts: int = 0
) -> tuple[EarlyTerm, ...]:
    """What `early_terms` leaves out is of the order of the largest of these, whose coefficients are 1."""
    return tuple(dict.fromkeys(EarlyTimes(spectrum, depth).bounds(shares, drifts)))


def leading_terms(
    terms: Iterable[EarlyTerm], spectrum: SpectralSeries, *, tuned: bool = False
) -> tuple[EarlyTerm, ...]:
    """The terms that no other is proved to be larger than throughout ``1 << T << N^b``.

    With h ``tuned`` powers of h count, h <= 1.
    """
    assert spectrum.scaling is not None
    decay, domain, every = spectrum.scaling.decay, spectrum.domain, tuple(terms)
    return tuple(x for x in every if not any(_behind(x, y, decay, domain, tuned) for y in every))


def _behind(term: EarlyTerm, other: EarlyTerm, decay: Expr, domain: Domain, tuned: bool) -> bool:
    """Whether the ratio is ``T^-p (T/N^b)^q h^j``, p, q, j >= 0, not all 0; h counts where it is tuned."""
    size = normal(other.size - term.size)
    time = normal(decay * (other.time - term.time) + size)
    share = term.share - other.share if tuned else 0
    if (size, time) == (0, 0):
        logs = term.log_time + term.log_size - other.log_time - other.log_size
        return share > 0 and logs <= 0
    return share >= 0 and domain.sign(size) in (0, -1) and domain.sign(time) in (0, -1)


class EarlyTimes:
    """Expansions for large y of one spectrum."""

    def __init__(self, spectrum: SpectralSeries, depth: int) -> None:
        assert spectrum.scaling is not None
        self.scaling, self.depth = spectrum.scaling, depth
        self.noise = spectrum.task.noise**2
        self.start = expansion(y, [], at_infinity=True, domain=spectrum.domain, depth=depth)
        place = self.start.with_terms([Term(ONE, -ONE)], [Bound(Integer(0))])
        for _ in range(depth):  # u = y + u f(u)
            place = self.start.monomial(ONE, ONE) + place * self.filled(place)
        self.u = place

    def filled(self, u: Expansion) -> Expansion:
        """``f(u)``: ``A u^(-1/b) + sum_n (-1)^n r^(1-bn)/(bn-1) u^-n``, n = 1, 2, ..."""
        b, r = self.scaling.decay, self.scaling.ratio
        powers = Powers(u)
        total = self.start
        met = normal(1 / b)
        if not met.is_Integer:
            total = powers.power(-1 / b).scale(pi / b / sin(pi / b))
        for n in self._orders(met):
            sign = (-1) ** n
            if normal(b * n - 1) != 0:
                weight = sign * to_power(r, normal(1 - b * n)) / (b * n - 1)
                weight = trace_scale(self.scaling) if n == 1 else weight
                total = total + powers.power(-n).scale(weight)
            else:  # the poles of the two leave a logarithm
                both = powers.logarithm().scale(Integer(-sign * n)) - sign * log(r)
                total = total + powers.power(-n) * both
        return total.with_terms(total.terms, (*total.remainder, Bound(Integer(self.depth + 1))))

    def unlearned(self, u: Expansion, p: Expr) -> Expansion:
        """What the last modes leave of ``sum k^-p kappa/(lambda + kappa)``, over ``N^(1-p)``."""
        b, r = self.scaling.decay, self.scaling.ratio
        powers, s, total = Powers(u), normal((p - 1) / b), self.start
        if not s.is_Integer:
            total = powers.power(s).scale(pi / b / sin(pi * s))
        else:  # without the pole, as `ScalingSum` there
            total = powers.power(s) * (powers.logarithm().scale(1 / b) + log(r)).scale(
                Integer((-1) ** int(s))
            )
        for n in range(self.depth):
            edge = to_power(r, normal(1 - p - b * n)) / (p - 1 + b * n)
            total = total - powers.power(-n).scale((-1) ** n * edge)
        return total

    def _orders(self, met: Expr) -> tuple[int, ...]:
        """Whole powers of u, and that which another power meets."""
        further = (int(met),) if met.is_Integer and met > self.depth else ()
        return (*range(1, self.depth + 1), *further)

    def families(self) -> Iterator[Family]:
        """Xi of each power of the target: what the first modes leave, and the last."""
        b, powers = self.scaling.decay, Powers(self.u)
        for weight, p in self.scaling.target:
            s = normal((p - 1) / b)
            soft = self.unlearned(self.u, p)
            last = ScalingSum(p, 1, 1, b, self.scaling.ratio, ridge)
            yield Family(size=p - 1, series=soft.scale(weight), exact=weight * last)
            for n in self._orders(s):
                whole = powers.power(n).scale((-1) ** (n + 1) * weight)
                power = (-1) ** (n + 1) * weight * ridge**n
                if normal(s - n) == 0:
                    yield Family(size=b * n, series=whole, exact=power, log_size=1)
                    constant = EulerGamma + log(self.scaling.ratio)
                    yield Family(size=b * n, series=whole.scale(constant), exact=power * constant)
                else:
                    left = zeta(normal(p - b * n))
                    yield Family(size=b * n, series=whole.scale(left), exact=power * left)
        if self.noise != 0:
            yield Family(size=Integer(0), series=self.start + self.noise, exact=self.noise, first=1)

    @property
    def kernel(self) -> Expansion:
        """``1 - y f/tau``, K over h."""
        return (self.filled(self.u) * self.start.monomial(-1 / trace_scale(self.scaling), ONE)) + 1

    def terms(self, shares: int, drifts: int) -> Iterator[EarlyTerm]:
        """The terms, by families, by powers of h, and by powers of what the trace is off."""
        inverse = self.start.monomial(ONE, -ONE)
        kernel = self.kernel if shares else self.start
        share = inverse
        for j in range(shares + 1):
            for family in self.families():
                for term in (family.series * share).terms if j >= family.first else ():
                    yield from self._in_time(term, family, j)
            share = share * kernel
        yield from self._of_trace(inverse, kernel, shares, drifts)
        yield from self._of_first_modes(inverse, kernel, shares if drifts else 0)

    def bounds(self, shares: int, drifts: int) -> Iterator[EarlyTerm]:
        """Powers of y that are cut off, further powers of h and of the trace, sums less their integrals.

        The last is, by Euler's and Maclaurin's formula, 1/N of each term, but in the kernel, where the first
        modes add whole powers of the rate: these are terms, their products with all that is small are here.
        """
        inverse, kernel = self.start.monomial(ONE, -ONE), self.kernel
        share, families = inverse, tuple(self.families())
        for j in range(shares + 1):
            for family in families:
                if j < family.first:
                    continue
                kept = family.series * share
                yield from (self.bound_in_time(x, family, j) for x in kept.remainder)
                off = replace(family, size=family.size + 1)
                yield from (self.bound_in_time(Bound(x.order, *x.logs), off, j) for x in kept.terms)
            share = share * kernel
        for family in families if shares else ():
            moved = replace(family, size=normal(family.size + (drifts + 1) * (1 - self.scaling.decay)))
            yield from (self.bound_in_time(x, family, shares + 1) for x in (family.series * share).bounds())
            yield from (
                self.bound_in_time(x, moved, 1) for x in (family.series * inverse * (kernel - 1)).bounds()
            )
            yield from self._beside_first_modes(family, inverse, share, shares)
        yield self._next_whole(batches=shares > 0)

    def _next_whole(self, *, batches: bool) -> EarlyTerm:
        """The whole power of kappa behind those of the families, alone in the rate it would leave nothing.

        Beside it stands ``y f`` in kappa, or in the kernel if there are ``batches``; f has ``u^(-1/b)``.
        """
        b = self.scaling.decay
        met, size = normal(1 / b), 1 - b if batches else ONE
        time = self.depth + 1 - size / b
        return EarlyTerm(coefficient=ONE, time=normal(time), size=normal(size), log_time=int(met.is_Integer))

    def bound_in_time(self, bound: Bound, family: Family, share: int) -> EarlyTerm:
        """A power of y in time, without its constant."""
        time = normal(1 - bound.order)
        return EarlyTerm(
            coefficient=ONE,
            time=time,
            size=normal(family.size - self.scaling.decay * time),
            share=share,
            log_time=int(bound.log_power),
            log_size=family.log_size,
        )

    def _of_trace(
        self, inverse: Expansion, kernel: Expansion, shares: int, drifts: int
    ) -> Iterator[EarlyTerm]:
        """What ``Tr = C N^(1-b) (tau + zeta(b) N^(b-1))`` adds, of ``(1 - y f/tau)^j`` that of tau alone.

        ``sum_i binomial(j, i) (-y f/tau)^i binomial(-i, m) (zeta(b) N^(b-1)/tau)^m``, m = 1, 2, ...
        """
        b = self.scaling.decay
        off, filled = zeta(b) / trace_scale(self.scaling), kernel - 1
        powers = [inverse]
        for _ in range(shares):
            powers.append(powers[-1] * filled)
        for j, m in product(range(1, shares + 1), range(1, drifts + 1)):
            weights = [binomial(j, i) * binomial(-i, m) * off**m for i in range(1, j + 1)]
            share = sum((powers[i].scale(w) for i, w in enumerate(weights, 1)), self.start)
            for family in self.families():
                moved = replace(family, size=normal(family.size + m * (1 - b)))
                for term in (family.series * share).terms:
                    yield from self._in_time(term, moved, j)

    def _first_modes(self) -> Iterator[tuple[Expr, Expansion]]:
        """Powers of 1/N, and of y, that ``-y (df1 - N f)/(N tau)`` has, the kernel over h.

        At the first modes a sum is less than its integral, ``df1 = N f - 1/2 + sum_n zeta(-b n) (-kappa)^n``.
        """
        b, powers, rate = self.scaling.decay, Powers(self.u), self.start.monomial(ONE, ONE)
        for n in range(self.depth + 1):
            less = zeta(normal(-b * n)) * (-1) ** (n + 1) / trace_scale(self.scaling)  # zeta(0) = -1/2
            yield normal(1 + b * n), (rate * powers.power(n) if n else rate).scale(less)

    def _of_first_modes(self, inverse: Expansion, kernel: Expansion, shares: int) -> Iterator[EarlyTerm]:
        """What the first modes add to the kernel, to first order: ``j K^(j-1)`` of it in ``K^j``."""
        share = inverse
        for j in range(1, shares + 1):
            for (size, added), family in product(self._first_modes(), self.families()):
                moved = replace(family, size=normal(family.size + size))
                for term in (family.series * share * added).terms:
                    yield from self._in_time(replace(term, coefficient=j * term.coefficient), moved, j)
            share = share * kernel

    def _beside_first_modes(
        self, family: Family, inverse: Expansion, beyond: Expansion, shares: int
    ) -> Iterator[EarlyTerm]:
        """What the first modes add at the next power of h, where the trace is off, twice, and further on."""
        room, rate = 1 - self.scaling.decay, self.start.monomial(ONE, ONE)
        last = self.start.monomial(ONE, Integer(self.depth + 2))
        for kept, size, power in (
            (family.series * beyond * rate, ONE, shares + 1),
            (family.series * inverse * rate, 1 + room, 1),
            (family.series * inverse * rate * rate, Integer(2), 2),
            (family.series * inverse * last, 1 + self.scaling.decay * (self.depth + 1), 1),
        ):
            moved = replace(family, size=normal(family.size + size))
            yield from (self.bound_in_time(x, moved, power) for x in kept.bounds())

    def _in_time(self, term: Term, family: Family, share: int) -> Iterator[EarlyTerm]:
        """``y^-o log(y)^m`` as a function of T'; whole powers of y leave nothing."""
        order = -normal(term.order)
        place = Term(term.coefficient * (-1) ** term.log_power, order, term.log_power)
        image = inverse_laplace(expansion(zeta_letter, [place], depth=self.depth), time_letter)
        for found in image.terms:
            yield EarlyTerm(
                coefficient=found.coefficient,
                time=found.order,
                size=normal(family.size - self.scaling.decay * found.order),
                share=share,
                log_time=found.log_power,
                log_size=family.log_size,
            )
