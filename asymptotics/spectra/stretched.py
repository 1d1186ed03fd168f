"""Stretched exponentials: eigenvalues ``Lambda(k) exp(-c k^r)``, targets ``W(k) exp(-c' k^r)``.

In the coordinate k, ``y = log(1/lambda) = c k^r - log Lambda(k)``, and with ``s0 = c'/c``

    h(y) = W(k) e^(s0 y - c' k^r) dk/dy,        dk/dy ~ y^(1/r - 1)/(r c^(1/r)),

slowly varying, so that the Dirichlet series of the target has a branch point at s0 and that of the kernel one
at 0 (`transforms.branch`). For r < 1 sums are integrals beyond every power of log(1/kappa). For r >= 1 the
levels are too far apart: then a target without exponential (s0 = 0) has a law to leading order, with one
summand as the bound of the rest, and others oscillate with ``log(1/kappa)``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Add, Expr, Integer, Piecewise, Symbol, besseli, exp, log, oo, together

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, as_condition, as_constraint, normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.gamma_products import has_gammas, split_gammas, without_gammas
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.reversion import exponential
from asymptotics.expansions.tail import tail_expansion
from asymptotics.spectra.family import Mismatch, SpectralSeries, requiring
from asymptotics.tasks.task import Task
from asymptotics.transforms.branch import BranchSeries, Coordinate, Tails


def split_exponentials(expression: Expr, index: Symbol) -> tuple[Expr, Expr]:
    """``(E, rest)`` with ``expression = exp(E) * rest``, for products and powers of exponentials.

    >>> from asymptotics.symbols import k
    >>> split_exponentials(3 * 2**-k * exp(-k**2) / k, k)
    (-k**2 - k*log(2), 3/k)
    >>> split_exponentials(k**-k, k)
    (-k*log(k), 1)
    """
    if expression.is_Mul:
        parts = [split_exponentials(factor, index) for factor in expression.args]
        rest = Integer(1)
        for _, factor in parts:
            rest *= factor
        return Add(*(exponent for exponent, _ in parts)), rest
    if isinstance(expression, exp):
        return (expression.args[0], Integer(1)) if expression.has(index) else (Integer(0), expression)
    if expression.is_Pow:
        base, power = expression.args
        if power.has(index) and base.is_positive:
            return power * log(base), Integer(1)
        if not power.has(index) and base.has(index):
            exponent, rest = split_exponentials(base, index)
            return power * exponent, rest**power
    return Integer(0), expression


@cached(maxsize=32)
def in_index(tails: Tails, depth: int) -> Coordinate:
    """Tails in the coordinate k; see the module."""

    def tail(expression: Expr) -> Expansion:
        if expression == 0:
            return expansion(tails.index, [], at_infinity=True, domain=tails.domain, depth=depth)
        return tail_expansion(expression, tails.index, depth, tails.domain)

    exponent, rest = split_exponentials(tails.eigenvalues, tails.index)
    fall, weight = split_exponentials(tails.weights, tails.index)
    decay = tail(-exponent) - Powers(tail(rest)).logarithm()
    lift = tail(fall) + decay.scale(tails.origin) if tails.origin != 0 else tail(fall)
    summand = tail(weight) * exponential(lift)
    density = summand * Powers(decay.differentiate()).power(-1)
    return Coordinate(decay=decay, density=density, counts=True)


def outruns_exponentials(eigenvalues: Expr, index: Symbol) -> bool:
    """Whether they fall as ``exp(-c k^r)``, r > 1, or as factorials that no others balance, as those of I_k.

    >>> from asymptotics.symbols import k
    >>> [outruns_exponentials(f, k) for f in (exp(-k**2), besseli(k, 1), 1 / (k + 1), exp(-k))]
    [True, True, False, False]
    """
    if isinstance(eigenvalues, Piecewise):
        return outruns_exponentials(eigenvalues.args[-1][0], index)
    if any(f.args[0].has(index) and not f.args[1].has(index) for f in eigenvalues.atoms(besseli)):
        return True
    if has_gammas(eigenvalues, index):
        try:
            split_gammas(without_gammas(eigenvalues, index), index)
        except SpectrumError:
            return True
        return False
    exponent, _ = split_exponentials(eigenvalues, index)
    if not exponent.has(index):
        return False
    try:
        decay = (-tail_expansion(exponent, index, 1)).leading()
    except (SpectrumError, UnableError):
        return False
    beyond = normal(-decay.order - 1)
    faster = beyond.is_positive or (beyond == 0 and decay.log_power != 0)
    return bool(faster and decay.coefficient.is_positive)


@dataclass(frozen=True, slots=True)
class StretchedExponentials:
    """``exp(-c k^r)`` times powers of k, 0 < r < 1, in the eigenvalues; the same or powers in the target."""

    name: str = "stretched exponentials"
    form: str = "exp(-c*k**r) with 0 < r < 1, in the target with the same r or powers of k"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series, with the conditions ``r < 1`` and ``sum m_k c_k < oo``."""
        k = task.index
        exponent, rest = split_exponentials(task.eigenvalues, k)
        if task.modes != oo or not exponent.has(k):
            return Mismatch(fitting=0, missing=f"eigenvalues {task.eigenvalues} carry no exponential of {k}")
        weights = task.multiplicity * task.target
        fall, factor = split_exponentials(weights, k)
        try:
            decay = (-tail_expansion(exponent, k, 2, domain)).leading()
            for part in (rest, factor, task.multiplicity):
                tail_expansion(part, k, 1, domain)
        except (SpectrumError, UnableError) as error:
            return Mismatch(fitting=1, missing=str(error))
        r = normal(-decay.order)
        if decay.log_power or domain.sign(r) != 1 or decay.coefficient.is_negative:
            return Mismatch(fitting=3, missing=_not_stretched(task, exponent))
        gap = domain.sign(1 - r)
        if gap in (0, -1):
            return Mismatch(
                fitting=3,
                missing=f"eigenvalues {task.eigenvalues} fall as an exponential of {k}**r, r = {r} >= 1: "
                "levels so far apart leave steps, not smooth sums; derived are r < 1, and sequences "
                "rho^k with targets tau^k",
            )
        if gap is None:
            domain = domain.holding(*as_constraint(as_condition(1 - r)))
        origin, domain = self._origin(task, fall, factor, (r, decay.coefficient), domain)

        def series(summand: Expr, place: Expr) -> BranchSeries:
            parts = {"eigenvalues": task.eigenvalues, "weights": summand, "index": k, "origin": place}
            tails = Tails(**parts, domain=domain, expand=in_index)
            return BranchSeries(**parts, domain=domain, tails=tails)

        return SpectralSeries(
            task=task,
            kernel=series(task.multiplicity, Integer(0)),
            target=series(weights, origin),
            domain=domain,
            trace=(),
        )

    def _origin(
        self, task: Task, fall: Expr, factor: Expr, decay: tuple[Expr, Expr], domain: Domain
    ) -> tuple[Expr, Domain]:
        """``s0 = c'/c``, 0 for a target without exponential, and the domain where its sum converges."""
        k, (r, c) = task.index, decay
        if not fall.has(k):
            p = tail_expansion(factor, k, 2, domain).leading().order
            return Integer(0), _require_convergent(task, p, domain)
        lead = (-tail_expansion(fall, k, 2, domain)).leading()
        ratio = normal(-lead.order - r)
        if lead.log_power or ratio != 0:
            raise SpectrumError(
                f"target {task.target} falls as {exp(-lead.coefficient * k**-lead.order)}, the eigenvalues "
                f"as {exp(-c * k**r)}; laws of stretched exponentials need the same power of {k} in both, "
                "or a power-law target"
            )
        if domain.sign(lead.coefficient) == -1:
            raise SpectrumError(f"target {task.target} grows with {k}; its power must have a finite sum")
        return together(lead.coefficient / c), domain


def _require_convergent(task: Task, p: Expr, domain: Domain) -> Domain:
    refusal = (
        f"sum of {task.target} diverges: the target falls as {task.index}**-p with p = {p}; it needs p > 1"
    )
    return requiring(domain, p - 1, refusal)


def _not_stretched(task: Task, exponent: Expr) -> str:
    return (
        f"log({task.eigenvalues}) falls as {exponent}, which is not a power -c*{task.index}**r of "
        f"{task.index} with c, r > 0 at leading order"
    )
