"""Time and size together where modes grow with N and the trace with them: ``M = r N``, b <= 1, P = oo.

With T twice the time of gradient flow (``2 eta n`` after n steps of one-pass SGD, whose step is the share h
of the largest one), ``lambda_k = C k^-b`` and ``x = C T N^-b``,

    L(T, N) ~ N^-min(a - 1, b) Phi_h(x),     Phi_h(x) = inv[ Xi/(y (1 - h (1 - y f/tau))) ](x).

Early, ``1 << T << N^b``, it is a sum of powers (`model.early_times`), late the bottleneck of the size over
``1 - h``. `numerics.optima.growing.GrowingModes` computes Phi_h. Under one-pass SGD label noise adds

    sigma^2 Psi_h(x),     Psi_h(x) = inv[ K/(y (1 - K)) ](x),  K = h (1 - y f/tau),

which grows from 0 to ``h/(1 - h)``. At b = 1 ``y = u - log(1 + r u)``, and early terms of gradient flow have
logarithms of ``N/T``; in the place of tau stands ``Lambda = log(r N) + gamma``, the trace over C, of which
Phi_h is a function, too, and early terms of one-pass SGD are a series in ``h/Lambda`` (`model.slow_trace`).

    GrowingLaw     the law, and its two ends
    growing_law    that of a task, for gradient flow or one-pass SGD
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sympy import Expr, Integer, Symbol, log
from sympy.logic.boolalg import Boolean

from asymptotics.derivation import Derivation
from asymptotics.display import text
from asymptotics.domains.domain import Domain
from asymptotics.errors import DomainError, UnableError, check_kind
from asymptotics.laws.derive import Laws, derive
from asymptotics.laws.early_loss import EarlyLoss, SharePowers, TracePowers
from asymptotics.model.early_times import EarlyTerm
from asymptotics.model.rules.base import Rule, check_rule, kind_of, numbers_of
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import real_float, substitution
from asymptotics.precision import exclusive
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import N, h
from asymptotics.tasks.records import check_same, content_of, record, written
from asymptotics.tasks.task import Task
from asymptotics.typesetting import Typeset, tex


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingLaw(Typeset):
    """``L(T, N) ~ N^-min(a - 1, b) Phi_h(C T N^-b)``; ``share`` is h, 0 for gradient flow.

    >>> from asymptotics import OnePassSGD, derive, power_law
    >>> growing_law(derive(power_law("3/2", 1, modes="2*N")), OnePassSGD)
    L(T, N) ~ Phi_h(x, Lambda)/sqrt(N), x = T/N, Lambda = log(2*N) + EulerGamma
        1 << T << N: L(T, N) ~ sqrt(pi)/(sqrt(T)*(1 - h*(log(T) + EulerGamma)/Lambda))
    >>> print(*sorted(map(str, growing_law(derive(power_law(3, "3/4", modes="2*N"))).leading.args)))
    4*2**(1/4)*zeta(9/4)/N**(3/4) 8*sqrt(3)*pi/(9*T**(8/3)*gamma(-5/3))
    """

    laws: Laws
    series: SpectralSeries
    share: Expr
    name: ClassVar[str] = "growing"
    resource: ClassVar[Symbol] = N
    """Along a ray, on which T is a power of N."""

    @property
    def task(self) -> Task:
        return self.laws.task

    def __call__(self, *values: object, **named: object) -> float:
        """Raises `DomainError`: between its ends its values are contour integrals, which `numerics` takes."""
        raise DomainError(
            "the growing law is solved by numerics, not called; use numerics.FullModel(law.task, {...}, "
            "N=..., rule=...), or its ends, law.leading for T << N^b and law.late()"
        )

    @property
    def decay(self) -> Expr:
        """b."""
        assert self.series.scaling is not None
        return self.series.scaling.decay

    @property
    def conditions(self) -> tuple[Boolean, ...]:
        """Where it holds."""
        return self.series.domain.conditions()

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """Those of the task, and h where it has no number."""
        return (*self.task.parameters, *self.share.free_symbols)

    def at(self, values: Mapping[Symbol | str, object] | None = None, /, **named: object) -> GrowingLaw:
        """The law with some parameters put in, exponents that meet there resolved.

        Raises `DomainError` for an unknown parameter, values outside the domain, and h outside (0, 1).

        >>> from asymptotics import OnePassSGD, derive, power_law
        >>> from asymptotics.symbols import a, b, r
        >>> law = growing_law(derive(power_law(a, b, modes=r * N)), OnePassSGD)
        >>> print(law.at(a=3, b="3/4", r=2, h="1/4").statement)
        L(T, N) ~ Phi_1/4(x)/N**(3/4), x = T/N**(3/4)
        """
        table = substitution(self.parameters, values, named)
        if not table:
            return self
        share = substitute(self.share, table)
        if h in table and not 0 < share < 1:
            raise DomainError(f"h = {share}; the share of the largest step lies between 0 and 1")
        own = {s: v for s, v in table.items() if s != h}
        law = growing_law(derive(self.task.at(own)), GradientFlow) if own else self
        return replace(law, share=share)

    @property
    def fed(self) -> Expr:
        """sigma^2 in ``sigma^2 Psi_h``; gradient flow with infinitely many samples learns no label noise."""
        return self.task.noise**2 if self.share != 0 else Integer(0)

    @property
    def exponent(self) -> Expr:
        """m in ``N^-m Phi_h``: that of the model bottleneck."""
        return self.laws.model.exponent

    @property
    def logarithm(self) -> Expr:
        """``log(N)`` beside ``N^-m`` where ``a - 1 = b``, as in the model bottleneck; 1 elsewhere."""
        power = self.laws.model.log_power
        return log(N) ** power if power.is_Integer else Integer(1)

    @property
    def early_loss(self) -> EarlyLoss:
        """The loss before the last modes are learned."""
        kind = TracePowers if self.is_slow else SharePowers
        return kind(series=self.series, share=self.share)

    def early(self, depth: int = 4, shares: int = 2) -> Expr:
        """The loss for ``1 << T << N^b``: the terms of so many orders, up to the power ``shares`` of h.

        With one-pass SGD those included by which the trace is off its leading power of N, to second order; at
        b = 1 up to the power ``shares`` of h/Lambda.
        """
        return self.early_loss.expression(self.terms(depth, shares))

    def terms(self, depth: int = 4, shares: int = 2) -> tuple[EarlyTerm, ...]:
        """Those of `early`."""
        return self.early_loss.terms(depth, shares)

    def bounds(self, depth: int = 4, shares: int = 2) -> tuple[EarlyTerm, ...]:
        """What `early` leaves out is of the order of the largest of these, whose coefficients are 1."""
        return self.early_loss.bounds(depth, shares)

    @property
    def leading(self) -> Expr:
        """The early terms that no other is larger than: four with one-pass SGD, two with gradient flow.

        At b = 1 each up to powers of 1/Lambda with one-pass SGD.
        """
        return self.early_loss.expression(self.early_monomials(self.series.domain))

    def early_monomials(self, domain: Domain) -> tuple[EarlyTerm, ...]:
        """The early terms that no other is proved to be larger than on a domain of the parameters."""
        return self.early_loss.leading(domain)

    @property
    def is_slow(self) -> bool:
        """Whether it is a series in h/Lambda: one-pass SGD at b = 1."""
        return bool(self.decay == 1 and self.share != 0)

    @property
    def derivation(self) -> Derivation:
        """The argument from sums over modes to the early terms; each step is checked by `Derivation.check`.

        Raises `UnableError` for one-pass SGD at b = 1, whose early terms are verified, not told in steps.

        >>> from asymptotics import derive, power_law
        >>> derivation = growing_law(derive(power_law("5/2", "4/5", modes="2*N"))).derivation
        >>> derivation.check(digits=15).passed
        True
        """
        return self.early_loss.derivation

    def late(self) -> Expr:
        """The loss for ``T >> N^b``."""
        return (self.laws.model.leading + self.share * self.fed) / (1 - self.share)

    def to_dict(self) -> dict[str, Any]:
        """The task and the share, as text for JSON; `from_dict` reads it."""
        return record("growing_law", task=self.task.to_dict(), share=written(self.share))

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> GrowingLaw:
        """The law that `to_dict` wrote, derived again. Raises `DomainError` for a changed record.

        >>> from asymptotics import OnePassSGD, derive, power_law
        >>> law = growing_law(derive(power_law(3, "3/4", modes="2*N")), OnePassSGD)
        >>> GrowingLaw.from_dict(law.to_dict()) == law
        True
        """
        content = content_of("growing_law", found, "task", "share")
        rules: dict[str, Rule] = {"0": GradientFlow, h.name: OnePassSGD}
        share = content["share"]
        rule = rules[share] if share in rules else OnePassSGD(fraction=real_float(share, "share"), batch=1)
        law = growing_law(derive(Task.from_dict(content["task"])), rule)
        check_same(content, law.to_dict())
        return law

    @property
    def statement(self) -> str:
        """The law without its early end."""
        share = text(self.share)
        rate = self.logarithm * N**-self.exponent
        arguments = self.early_loss.arguments
        of = ", ".join(map(str, arguments))
        where = ", ".join(f"{letter} = {text(value)}" for letter, value in arguments.items())
        fed = f" + {text(self.fed * Symbol(f'Psi_{share}({of})'))}" if self.fed != 0 else ""
        return f"L(T, N) ~ {text(rate * Symbol(f'Phi_{share}({of})'))}{fed}, {where}"

    def __repr__(self) -> str:
        letters = {value: letter for letter, value in self.early_loss.arguments.items()}
        early = self.leading.xreplace(letters)
        return f"{self.statement}\n    1 << T << {text(N**self.decay)}: L(T, N) ~ {text(early)}"

    def to_latex(self) -> str:
        r"""The law, and what x is.

        >>> from asymptotics import derive, power_law
        >>> print(growing_law(derive(power_law(2, "1/2", modes="2*N"))).to_latex())
        L(T, N) \sim N^{-1/2}\, \Phi_{0}\left(x\right),\quad x = \frac{T}{\sqrt{N}}
        """
        logs = "" if self.logarithm == 1 else tex(self.logarithm) + r"\, "
        rate, share = tex(-self.exponent, raised=True), tex(self.share, raised=True)
        arguments = self.early_loss.arguments
        of = ", ".join(map(tex, arguments))
        where = r",\quad ".join(f"{tex(letter)} = {tex(value)}" for letter, value in arguments.items())
        fed = rf" + {tex(self.fed)}\, \Psi_{{{share}}}\left({of}\right)" if self.fed != 0 else ""
        shape = rf"\Phi_{{{share}}}\left({of}\right)"
        return rf"L(T, N) \sim N^{{{rate}}}\, {logs}{shape}{fed},\quad {where}"


@exclusive
def growing_law(laws: Laws, rule: Rule = GradientFlow) -> GrowingLaw:
    """The joint law of time and size of a task with ``modes=r*N``, where b <= 1.

    Raises `UnableError` where the trace does not grow, and for rules other than gradient flow and one-pass
    SGD.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b, r
    >>> law = growing_law(derive(power_law(a, b, modes=r * N)))
    >>> print(law.statement)
    L(T, N) ~ Phi_0(x)/N**Min(b, a - 1), x = T/N**b
    >>> print(*law.at(a=3, b=1, r=2).leading.args, sep="; ")
    T**(-2); -EulerGamma*pi**2/(6*N); -pi**2*log(T/N)/(6*N); pi**2*log(2)/(6*N)
    """
    check_kind(laws, Laws, "laws", "pass derive(task)")
    check_rule(rule)
    series = spectrum(laws.task)
    if series.scaling is None or series.scaling.size != N:
        raise UnableError(f"modes = {laws.task.modes} do not grow with N; use joint_law(laws)")
    gap = 1 - series.scaling.decay
    if series.domain.sign(gap) == -1:
        raise UnableError(f"b = {series.scaling.decay}: the trace does not grow with N; b <= 1 is needed")
    if kind_of(rule) is not GradientFlow and not (rule.fresh and h in rule.shares()):
        raise UnableError(f"{rule.title} where the trace grows with N is not derived; pass OnePassSGD")
    share = substitute(h, numbers_of(rule)) if rule.fresh else Integer(0)
    domain = series.domain if gap == 0 else series.domain.holding(gap)
    return GrowingLaw(laws=laws, series=replace(series, domain=domain), share=share)
