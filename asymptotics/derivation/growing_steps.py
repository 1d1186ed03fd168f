"""The argument from sums over modes to the loss before the last of them is learned, where b <= 1.

With ``M = r N`` modes of ``lambda_k = C k^-b``: the filter of one-pass SGD with small steps, sums over modes
as integrals on the scale of the last ones, their poles, and what each power of y is in time
(`model.early_times`).

    derive_growing    the derivation of a spectrum
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Add, Eq, Expr, Function, Integer, Min, Sum, log, oo, pi, sin, zeta

from asymptotics.derivation.check import RATE, SCALE
from asymptotics.derivation.derivation import Derivation
from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.sum_steps import HARMONIC, s
from asymptotics.derivation.symbols import Asymptotic, Residue
from asymptotics.derivation.text import say
from asymptotics.domains.domain import normal
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.tidying import tidy
from asymptotics.expansions.variables import inverse_laplace
from asymptotics.model.early_times import (
    EarlyTerm,
    EarlyTimes,
    Family,
    early_terms,
    leading_terms,
    trace_scale,
)
from asymptotics.model.operators import InverseLaplace, Iterated, past, time
from asymptotics.model.operators import zeta as zeta_letter
from asymptotics.model.sums import Xi, df1
from asymptotics.spectra.family import SpectralSeries
from asymptotics.sums.scaling import ScalingSum
from asymptotics.symbols import N, kappa

DEPTH, SHARES = 2, 2
"""Orders of u and powers of the kernel that are told."""
WHOLE = 2
"""Whole powers of u in the target that are told."""
u, y, x = SCALE, RATE, past
ridge_of = Function("u")(y)
EULER_MACLAURIN = "Euler-Maclaurin formula, DLMF 2.10(i)"


def derive_growing(series: SpectralSeries, share: Expr) -> Derivation:
    """The steps to the early terms of a spectrum whose trace grows; ``share`` is h, 0 for gradient flow."""
    told = _Told(series, share)
    steps = tuple(
        step for part in (told.sums, told.poles, told.rates, told.times, told.law) for step in part()
    )
    return Derivation(
        title="L(T, N), the loss before the last modes are learned (P = oo, 1 << T << N^b)",
        steps=steps,
        definitions=tuple(told.definitions.items()),
        parameters=tuple(sorted({*series.task.parameters, *share.free_symbols}, key=str)),
        conditions=series.domain.conditions(),
    )


class _Told:
    """The steps of one spectrum, in the order of the methods; ``definitions`` are what letters stand for."""

    def __init__(self, series: SpectralSeries, share: Expr) -> None:
        assert series.scaling is not None
        self.series, self.scaling, self.share = series, series.scaling, share
        self.early = EarlyTimes(series, DEPTH)
        b, r = self.scaling.decay, self.scaling.ratio
        self.filled = ScalingSum(0, 0, 1, b, r, u)
        root = Iterated(y + u * self.filled, u, y)
        task = series.task
        self.definitions: dict[Expr, Expr] = {one(past): one.over_modes(task, past) for one in (df1, Xi)}
        self.definitions[ridge_of] = root
        self.kernel = share * (1 - y * self.filled.xreplace({u: ridge_of}) / trace_scale(self.scaling))
        families = tuple(f for f in self.early.families() if not f.first or share != 0)
        self.parts = tuple(f for f in families if f.exact.as_coeff_exponent(u)[1] <= WHOLE)
        self.drift = zeta(b) / trace_scale(self.scaling)

    def sums(self) -> Iterator[Step]:
        """Sums over modes where the ridge is that of the last ones, and the trace."""
        scaling, task, b = self.scaling, self.series.task, self.scaling.decay
        place = u * scaling.scale * N**-b
        for one in (df1, Xi):
            yield Step(
                equation=Eq(one(kappa), one.over_modes(task, kappa), evaluate=False),
                reason=f"The definition of a spectral sum: {one.words}.",
                source="BAP, section 2 and appendix C",
            )
        trace = Sum(task.multiplicity * task.eigenvalues, (task.index, 1, task.modes))
        if self.share != 0:
            yield Step(
                equation=Asymptotic(kappa * df1(kappa), trace, 1 / kappa, kappa, oo),
                reason=say(
                    "The noise of one-pass SGD is a difference of zeta df1 at two resolvents; for small "
                    "steps one is far outside the spectrum, so that K = h (1 - zeta df1/Tr) is fed back, "
                    "where the step is the share {} of the largest one.",
                    self.share,
                ),
                source="BAP, section 5",
            )
            yield Step(
                equation=Asymptotic(
                    trace,
                    scaling.scale * (trace_scale(scaling) * N ** (1 - b) + zeta(b)),
                    N**-b,
                    N,
                    oo,
                ),
                reason="The trace grows; what the first modes add to its integral is one kind of correction.",
                source=EULER_MACLAURIN,
            )
        yield Step(
            equation=Asymptotic(df1(place), N * self.filled, Integer(1), N, oo),
            reason=say("On the scale of the last modes, {}, the sum is an integral.", Eq(kappa, place)),
            source=EULER_MACLAURIN,
        )
        orders = (order for _, p in scaling.target for order in ((WHOLE + 1) * b, p))
        target = [f for f in self.parts if not f.first]
        yield Step(
            equation=Asymptotic(
                Xi(place),
                Add(*(N**-f.size * log(N) ** f.log_size * f.exact for f in target), evaluate=False),
                N ** -Min(*orders),
                N,
                oo,
            ),
            reason="The target that is left: of the last modes an integral, of the first ones powers.",
            source=EULER_MACLAURIN,
        )

    def poles(self) -> Iterator[Step]:
        """The integrals at large u by residues: the second kind of correction are powers that r stands in."""
        b = self.scaling.decay
        powers = [(Integer(0), Integer(1), self.filled)]
        powers += [
            (p, Integer(-1), ScalingSum(p, 1, 1, b, self.scaling.ratio, u)) for _, p in self.scaling.target
        ]
        for p, sign, integral in powers:
            yield from self._residues(p, sign)
            itself = self.early.start.monomial(Integer(1), Integer(1))
            expanded = self.early.filled(itself) if sign == 1 else self._unlearned(itself, p)
            yield Step(
                equation=asymptotic(integral, expanded).xreplace({y: u}),
                reason="The line of Mellin's inversion is moved to the right across these poles.",
                source=HARMONIC,
            )

    def _residues(self, p: Expr, sign: Expr) -> Iterator[Step]:
        """Those of ``1/(1 + w)`` (sign 1) or ``w/(1 + w)``, ``w = u x^b``, over ``x^-p``."""
        b, r = self.scaling.decay, self.scaling.ratio
        exponent = normal(1 - p - b * s)
        integrand = sign * pi / sin(pi * s) * r**exponent / exponent * u**-s
        meeting = normal((1 - p) / b)
        residues = [(meeting, pi / b / sin(pi * (meeting if sign == 1 else -meeting)) * u**-meeting)]
        for n in range(1 if sign == 1 else 0, DEPTH + 1):
            here = normal(1 - p - b * n)
            residues.append((Integer(n), -sign * (-1) ** n * r**here / here * u**-n))
        for pole, value in residues:
            if meeting.is_Integer and (pole == meeting or pole == residues[0][0]):
                continue  # a double pole stands in the expansion
            yield Step(
                equation=Eq(-Residue(integrand, s, pole), value, evaluate=False),
                reason=say("A pole at {}, of the transform or of the integral over modes.", Eq(s, pole)),
                source=HARMONIC,
            )

    def _unlearned(self, place: Expansion, p: Expr) -> Expansion:
        found = self.early.unlearned(place, p)
        return found.with_terms(found.terms, (*found.remainder, Bound(Integer(DEPTH))))

    def rates(self) -> Iterator[Step]:
        """The ridge and the kernel at large rates."""
        b = self.scaling.decay
        yield Step(
            equation=Eq(ridge_of * (1 - self.filled.xreplace({u: ridge_of})), y, evaluate=False),
            reason="zeta = kappa (1 - df1/N) on this scale.",
            source="BAP, appendix C",
        )
        yield Step(
            equation=asymptotic(ridge_of, self.early.u),
            reason="Iterated: all rates are shifted by the trace over N, and less by powers of the rate.",
            source="de Bruijn 1981, chapter 2",
        )
        if self.share != 0:
            yield Step(
                equation=asymptotic(self.kernel, self.early.kernel.scale(self.share)),
                reason="What the noise of batches feeds back falls at large rates.",
                source="algebra of asymptotic expansions; Erdelyi 1956, section 1.6",
            )
            off = 1 + self.drift * N ** (b - 1)
            filled = y * self.filled.xreplace({u: ridge_of}) / trace_scale(self.scaling)
            yield Step(
                equation=Asymptotic(
                    self.share * (1 - filled / off),
                    self.kernel + self.share * self.drift * N ** (b - 1) * filled,
                    N ** (2 * b - 2),
                    N,
                    oo,
                ),
                reason="The trace is off its power, to first order; each part of the loss drifts by this.",
                source="algebra of asymptotic expansions; Erdelyi 1956, section 1.6",
            )

    def times(self) -> Iterator[Step]:
        """Each part of the loss as a function of the rate, and of time."""
        self.named: list[tuple[Family, Expr, Expr, int]] = []
        for letter, family in enumerate(self.parts):
            yield from self._part(letter, family, drifting=False)
        for letter, family in enumerate(self.parts if self.share != 0 else (), len(self.parts)):
            moved = replace(family, size=normal(family.size + 1 - self.scaling.decay))
            yield from self._part(letter, moved, drifting=True)

    def _part(self, letter: int, family: Family, *, drifting: bool) -> Iterator[Step]:
        """One part of the loss, or what it drifts by, at large rates and at early times."""
        head = Function(f"G_{letter}")(y)
        constant, n = family.exact.as_coeff_exponent(u)
        found = self._resolved(family, drifting)
        share = self.kernel / self.share if drifting else Integer(0)
        factor = self.share * self.drift if drifting else Integer(1)
        fed = self.kernel**family.first if not drifting else Integer(1)
        amplified = factor * fed * (1 - share) / (1 - self.kernel) ** (2 if drifting else 1)
        self.definitions[head] = family.exact.xreplace({u: ridge_of}) / y * amplified
        if n == 1:
            self.definitions[head] = constant * factor * self._after_start(drifting) / y
            found = found - constant * factor
        yield Step(
            equation=asymptotic(head, found),
            reason="What the same is off where the trace is."
            if drifting
            else "Label noise feeds the noise of batches beside the loss: K/(y (1 - K)), term by term."
            if family.first
            else "The expansions above over y (1 - K), term by term, without a constant, which leaves "
            "nothing in time.",
            source="algebra of asymptotic expansions; Erdelyi 1956, section 1.6",
        )
        shape = Function(f"phi_{letter}")(x)
        self.definitions[shape] = InverseLaplace(head, y, x)
        order, logs = normal(found.remainder_order - 1), max(int(b.log_power) for b in found.remainder)
        self.named.append((family, shape, order, logs))
        terms = [one for term in found.terms if (one := self._in_time(term)) != 0]
        if not terms:
            return
        yield Step(
            equation=Asymptotic(shape, Add(*terms, evaluate=False), x**order * log(x) ** logs, x, Integer(0)),
            reason=say(
                "Hankel's integral for 1/Gamma, power by power: {} is {}.",
                InverseLaplace(y**-s, y, x),
                x ** (s - 1) / Function("Gamma")(s),
            ),
            source="DLMF 5.9.2",
        )

    def _after_start(self, drifting: bool) -> Expr:
        """``u/(1 - K) - y``, in which y does not cancel, ``u - y = u f``; or ``u (1-K/h)/(1-K)^2 - y``."""
        again = self.kernel / (1 - self.kernel)
        if drifting:
            again *= (2 - 1 / self.share - self.kernel) / (1 - self.kernel)
        return (u * self.filled + u * again).xreplace({u: ridge_of})

    def _resolved(self, family: Family, drifting: bool) -> Expansion:
        """``family/(y (1 - K))`` up to some power of h; or times ``h delta (1 - K/h)/(1 - K)``."""
        series, kernel = family.series, self.early.kernel
        if any(normal(family.size - p + 1) == 0 for _, p in self.scaling.target):
            series = series.with_terms(series.terms, (*series.remainder, Bound(Integer(DEPTH))))
        kept = series * self.early.start.monomial(Integer(1), Integer(-1))
        if drifting:
            kept = (kept - kept * kernel).scale(self.share * self.drift)
        first = 0 if drifting else family.first
        total = kept if first == 0 else self.early.start
        if self.share == 0:
            return total
        for j in range(1, SHARES + 2):
            kept = kept * kernel
            if first <= j <= SHARES:
                total = total + kept.scale(self.share**j * (j + 1 if drifting else 1))
        return total.with_terms(total.terms, (*total.remainder, *kept.bounds()))

    def _in_time(self, term: Term) -> Expr:
        """What a power of y is in time."""
        place = replace(term, coefficient=term.coefficient * (-1) ** term.log_power, order=-term.order)
        image = inverse_laplace(expansion(zeta_letter, [place], depth=DEPTH), time)
        return Add(*(tidy(f.coefficient) * x**-f.order * log(x) ** f.log_power for f in image.terms))

    def law(self) -> Iterator[Step]:
        """The loss, and its early terms along one path."""
        scaling, b = self.scaling, self.scaling.decay
        loss, moment = Function("L")(time, N), scaling.scale * time * N**-b
        whole = Add(
            *(N**-f.size * log(N) ** f.log_size * shape.xreplace({x: moment}) for f, shape, *_ in self.named)
        )
        self.definitions[loss] = whole
        yield Step(
            equation=Eq(loss, whole, evaluate=False),
            reason="The loss at P = oo, T twice the time of gradient flow, from its parts.",
            source="BAP, appendix C",
        )
        terms = early_terms(self.series, DEPTH, *((SHARES, 1) if self.share != 0 else (0, 0)))
        first = leading_terms(terms, self.series)

        def order(term: EarlyTerm) -> Expr:
            return normal(term.size + term.time * b / 2)

        def along(term: EarlyTerm) -> Expr:
            logs = log(scaling.scale * N ** (-b / 2)) ** term.log_time * log(N) ** term.log_size
            constant = tidy(term.coefficient) * self.share**term.share * scaling.scale**-term.time
            return constant * N ** -order(term) * logs

        orders = [order(f) for f in terms if f not in first]
        orders += [normal(f.size + left * b / 2) for f, _, left, _ in self.named]
        logs = [f.log_time + f.log_size for f in terms if f not in first]
        logs += [f.log_size + power for f, _, _, power in self.named]
        rest = N ** -Min(*dict.fromkeys(orders)) * log(N) ** max(logs)
        yield Step(
            equation=Asymptotic(
                loss.xreplace({time: N ** (b / 2)}), Add(*map(along, first), evaluate=False), rest, N, oo
            ),
            reason=say("The law: the terms that none is larger than, along {}.", Eq(time, N ** (b / 2))),
            source="this derivation",
        )
