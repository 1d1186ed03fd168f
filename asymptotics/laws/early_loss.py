"""The loss of time and size before the last modes are learned, in powers of h or of h/Lambda.

Where the trace is a power of N each early term has a whole power of the share h, and with gradient flow none.
With one-pass SGD at b = 1 the trace varies as log(N), and the terms are a series in ``h/Lambda``.

    SharePowers    terms in powers of h (`model.early_times`)
    TracePowers    terms in powers of h/Lambda (`model.slow_trace`)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sympy import Add, EulerGamma, Expr, Integer, Symbol, log

from asymptotics.derivation import Derivation
from asymptotics.derivation.growing_steps import derive_growing
from asymptotics.domains.domain import Domain
from asymptotics.errors import UnableError
from asymptotics.expansions.tidying import tidy
from asymptotics.model.early_times import EarlyTerm, early_bounds, early_terms, leading_terms
from asymptotics.model.slow_trace import slow_bounds, slow_terms
from asymptotics.parsing.heights import to_power
from asymptotics.spectra.family import Scaling, SpectralSeries
from asymptotics.symbols import N

T = Symbol("T", positive=True)
"""Twice the time of gradient flow."""
x, Lambda = Symbol("x"), Symbol("Lambda")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyLoss(ABC):
    """The loss of a spectrum for ``1 << T << N^b``; ``share`` is h, 0 for gradient flow."""

    series: SpectralSeries
    share: Expr

    @property
    def scaling(self) -> Scaling:
        """What ``modes = r*N`` says."""
        assert self.series.scaling is not None
        return self.series.scaling

    @property
    def arguments(self) -> dict[Symbol, Expr]:
        """Those of Phi_h and Psi_h: ``x = C T N^-b``."""
        return {x: self.scaling.scale * T * to_power(N, -self.scaling.decay)}

    @abstractmethod
    def terms(self, depth: int, shares: int) -> tuple[EarlyTerm, ...]:
        """Those of so many orders, up to the power ``shares`` of what they are a series in."""

    @abstractmethod
    def bounds(self, depth: int, shares: int) -> tuple[EarlyTerm, ...]:
        """What they leave out is of the order of the largest of these, whose coefficients are 1."""

    @abstractmethod
    def leading(self, domain: Domain) -> tuple[EarlyTerm, ...]:
        """The terms that no other is proved to be larger than on a domain of the parameters."""

    @property
    @abstractmethod
    def derivation(self) -> Derivation:
        """The argument from sums over modes to the terms."""

    def expression(self, terms: Iterable[EarlyTerm]) -> Expr:
        """The sum of terms."""
        (share, fed), place = self._units(), self.arguments[x]
        total = []
        for term in terms:
            logs = log(place) ** term.log_time * log(N) ** term.log_size
            powers = to_power(self.scaling.scale * T, -term.time) * to_power(N, -term.size)
            total.append(tidy(term.coefficient) * share**term.share * fed**term.fed * powers * logs)
        return Add(*total)

    def _units(self) -> tuple[Expr, Expr]:
        """What the terms have powers of, ``share`` and ``fed``."""
        return self.share, Integer(1)


class SharePowers(EarlyLoss):
    """In powers of h; with one-pass SGD the trace is taken to second order beside its leading power of N."""

    def terms(self, depth: int, shares: int) -> tuple[EarlyTerm, ...]:
        return early_terms(self.series, *self._reach(depth, shares))

    def bounds(self, depth: int, shares: int) -> tuple[EarlyTerm, ...]:
        return early_bounds(self.series, *self._reach(depth, shares))

    def leading(self, domain: Domain) -> tuple[EarlyTerm, ...]:
        terms = early_terms(self.series, shares=0 if self.share == 0 else 2)
        return leading_terms(terms, replace(self.series, domain=domain))

    @property
    def derivation(self) -> Derivation:
        return derive_growing(self.series, self.share)

    def _reach(self, depth: int, shares: int) -> tuple[int, int, int]:
        return (depth, shares, 2) if self.share != 0 else (depth, 0, 0)


class TracePowers(EarlyLoss):
    """In powers of h/Lambda, ``Lambda = log(r N) + gamma`` the trace over C, and of ``G`` (`slow_trace`)."""

    @property
    def arguments(self) -> dict[Symbol, Expr]:
        return {**super().arguments, Lambda: log(self.scaling.ratio * N) + EulerGamma}

    def terms(self, depth: int, shares: int) -> tuple[EarlyTerm, ...]:
        return slow_terms(self.series, depth, shares)

    def bounds(self, depth: int, shares: int) -> tuple[EarlyTerm, ...]:
        return slow_bounds(self.series, depth, shares)

    def leading(self, domain: Domain) -> tuple[EarlyTerm, ...]:
        return leading_terms(slow_terms(self.series, 4, 1), replace(self.series, domain=domain), tuned=True)

    @property
    def derivation(self) -> Derivation:
        raise UnableError(
            "b = 1: the steps to a series in h/Lambda are not told; verify(law) compares its terms with "
            "sums, and growing_law(laws, GradientFlow) has a derivation"
        )

    def _units(self) -> tuple[Expr, Expr]:
        share = self.share / self.arguments[Lambda]
        return share, 1 / (1 - share * (log(self.scaling.scale * T) + EulerGamma))
