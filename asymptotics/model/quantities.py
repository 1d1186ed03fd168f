"""The quantities that have laws: what each is, which resource it runs in, and the equation it comes from.

    Quantity      one of them
    QUANTITIES    all, by name; ``QUANTITIES.register(Quantity(...))`` adds a law to `Laws`
    BOTTLENECKS   the names of the three bottlenecks
    time_quantity the time law of a training rule
    crossover     the time at which a transient law ends

A law that is registered here has its regimes, LaTeX, derivation and place in reports and claims; its
`Reference` in ``numerics.verification.references`` lets `verify` compare it with the full model.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Symbol, oo

from asymptotics.errors import SpectrumError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.reversion import revert
from asymptotics.model import early_stopping as stopping
from asymptotics.model import equations
from asymptotics.model.expand import RULES, Expander, Found, expand
from asymptotics.model.finite_modes import mode_count
from asymptotics.model.operators import Minimiser, Minimum
from asymptotics.model.rules.base import TRAINING_RULES, TrainingRule
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.sums import df1, expand_sum
from asymptotics.registry import Registry
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import N, P, t
from asymptotics.tasks.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What a law is about.

    ``name`` is the attribute of `Laws`; ``words`` and ``symbol`` (LaTeX in ``tex``) say what it is;
    ``limits`` what is infinite; ``resource`` the variable that tends to oo; ``equation`` what it equals, in
    named sums (`model.sums`) and operators (`model.operators`); ``trace`` whether the kernel must have one,
    ``sum m_k lambda_k < oo``: the modes that finitely many features, samples or a batch do not resolve add up
    to it. ``within`` is the size N or P below whose crossover time a transient law holds; ``rule`` the
    training rule whose clock the time t is.
    """

    name: str
    words: str
    symbol: str
    tex: str
    limits: str
    resource: Symbol
    equation: Expr
    source: str
    trace: bool = True
    within: Symbol | None = None
    rule: type[TrainingRule] = GradientFlow

    @property
    def pace(self) -> Expr:
        """How far gradient flow gets while the resource grows by 1; 1 where it counts features or samples."""
        return self.rule.pace() if self.resource == t else Integer(1)

    def formula(self, spectrum: SpectralSeries, depth: int) -> Expansion:
        """The first ``depth`` orders of the equation."""
        return expand(self.equation, spectrum, self.resource, depth).series

    def spectrum(self, task: Task) -> SpectralSeries:
        """The series of a task where this quantity has a law; raises `SpectrumError` where it has none.

        >>> from asymptotics.tasks.task import power_law
        >>> QUANTITIES["time"].spectrum(power_law(2, 1)).domain.conditions()
        ()
        >>> QUANTITIES["model"].spectrum(power_law(2, 1))
        Traceback (most recent call last):
            ...
        asymptotics.errors.SpectrumError: sum of 1/k diverges: the kernel falls as k**-b with b = 1; \
all laws but those of time alone need b > 1, or pass modes=M
        """
        for letter in self.rule.parameters:
            if letter in task.parameters:
                raise SpectrumError(
                    f"{letter} is a parameter of the task and of {self.rule.title}; use another in the task"
                )
        return spectrum(task, trace=self.trace)


def time_quantity(rule: type[TrainingRule]) -> Quantity:
    """The test loss of a training rule that only its time limits.

    >>> from asymptotics import GradientDescent
    >>> time_quantity(GradientDescent).words
    'test loss of gradient descent after t steps'
    """
    return Quantity(
        name=rule.law,
        words=f"test loss of {rule.title}" + (" after t steps" if rule.counts_steps else ""),
        symbol=f"L_{rule.label}(t)",
        tex=rf"L_{{\mathrm{{{rule.label}}}}}(t)",
        limits="N = P = oo",
        resource=t,
        equation=equations.time_of(rule),
        source=rule.source,
        trace=False,
        rule=rule,
    )


_LAWS = (
    Quantity(
        name="time",
        words="test loss limited by training time",
        symbol="L(t)",
        tex=r"L(t)",
        limits="N = P = oo",
        resource=t,
        equation=equations.TIME,
        source="BAP, section 3",
        trace=False,
    ),
    Quantity(
        name="model",
        words="test loss limited by model size",
        symbol="L(N)",
        tex=r"L(N)",
        limits="t = P = oo",
        resource=N,
        equation=equations.MODEL,
        source="BAP, appendix C",
    ),
    Quantity(
        name="data",
        words="test loss limited by data",
        symbol="L(P)",
        tex=r"L(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.DATA,
        source="BAP, appendix C",
    ),
    Quantity(
        name="model_transient",
        words="finite-size correction to the test loss, first order in 1/N",
        symbol="L(t, N) - L(t)",
        tex=r"L(t, N) - L(t)",
        limits="P = oo",
        resource=t,
        equation=equations.correction(1, N, equations.MODEL_LOSS),
        source="BAP, section 4 and appendix D; Lagrange's series in 1/N",
        within=N,
    ),
    Quantity(
        name="model_transient_second",
        words="finite-size correction to the test loss, second order in 1/N",
        symbol="1/N^2 term of L(t, N)",
        tex=r"N^{-2}\text{ term of } L(t, N)",
        limits="P = oo",
        resource=t,
        equation=equations.correction(2, N, equations.MODEL_LOSS),
        source="Lagrange's series in 1/N",
        within=N,
    ),
    Quantity(
        name="data_transient",
        words="finite-data correction to the test loss, first order in 1/P, noiseless",
        symbol="L(t, P) - L(t)",
        tex=r"L(t, P) - L(t)",
        limits="N = oo, sigma = 0",
        resource=t,
        equation=equations.correction(1, P, equations.DATA_LOSS),
        source="BAP, appendix C, N = oo; Lagrange's series in 1/P",
        within=P,
    ),
    Quantity(
        name="data_transient_second",
        words="finite-data correction to the test loss, second order in 1/P, noiseless",
        symbol="1/P^2 term of L(t, P)",
        tex=r"P^{-2}\text{ term of } L(t, P)",
        limits="N = oo, sigma = 0",
        resource=t,
        equation=equations.correction(2, P, equations.DATA_LOSS),
        source="BAP, appendix C, N = oo; Lagrange's series in 1/P",
        within=P,
    ),
    Quantity(
        name="gap",
        words="test loss less train loss by data reuse, first order in 1/P, noiseless",
        symbol="L(t) - Lhat(t)",
        tex=r"L(t) - \hat L(t)",
        limits="N = oo, sigma = 0",
        resource=t,
        equation=equations.GAP,
        source="BAP, section 4; C0 - C1 to first order in 1/P",
        within=P,
    ),
    Quantity(
        name="gap_noise",
        words="label noise in the train-test gap, first order in 1/P",
        symbol="sigma^2 term of L(t) - Lhat(t) + sigma^2",
        tex=r"\sigma^2\text{ term of } L(t) - \hat L(t) + \sigma^2",
        limits="N = oo",
        resource=t,
        equation=equations.GAP_NOISE,
        source="BAP, appendix C, to first order in 1/P",
        within=P,
    ),
    Quantity(
        name="noise",
        words="label noise in the test loss, first order in 1/P",
        symbol="sigma^2 term of L(t, P)",
        tex=r"\sigma^2\text{ term of } L(t, P)",
        limits="N = oo",
        resource=t,
        equation=equations.NOISE_IN_LOSS,
        source="BAP, appendix C, to first order in 1/P",
        within=P,
    ),
    Quantity(
        name="bias_model",
        words="loss of the predictor averaged over initialisations, limited by model size",
        symbol="B(N)",
        tex=r"B(N)",
        limits="t = P = oo",
        resource=N,
        equation=equations.MODEL_BIAS,
        source="BAP, section 4.3 and appendix C",
    ),
    Quantity(
        name="variance_model",
        words="variance of the loss over initialisations, limited by model size",
        symbol="V(N)",
        tex=r"V(N)",
        limits="t = P = oo",
        resource=N,
        equation=equations.MODEL_VARIANCE,
        source="BAP, section 4.3 and appendix C",
    ),
    Quantity(
        name="bias_data",
        words="loss of the predictor averaged over data sets, limited by data",
        symbol="B(P)",
        tex=r"B(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.DATA_BIAS,
        source="BAP, section 4.3 and appendix C",
    ),
    Quantity(
        name="variance_data",
        words="variance of the loss over data sets and their noise, limited by data",
        symbol="V(P)",
        tex=r"V(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.DATA_VARIANCE,
        source="BAP, section 4.3 and appendix C",
    ),
    Quantity(
        name="early_stopping",
        words="smallest test loss over the stopping time, label noise sigma",
        symbol="min_t L(t, P)",
        tex=r"\min_t L(t, P)",
        limits="N = oo",
        resource=P,
        equation=Minimum(equations.NOISY_LOSS, t),
        source="the minimum of the series in 1/P, BAP, appendix C",
    ),
    Quantity(
        name="early_stopping_time",
        words="stopping time of the smallest test loss, label noise sigma",
        symbol="t*(P)",
        tex=r"t^*(P)",
        limits="N = oo",
        resource=P,
        equation=Minimiser(equations.NOISY_LOSS, t),
        source="the minimum of the series in 1/P, BAP, appendix C",
    ),
    Quantity(
        name="sgd_noise",
        words="loss of one-pass SGD after t steps less that of gradient flow at the time eta t",
        symbol="L_SGD(t) - L(eta t)",
        tex=r"L_{\mathrm{SGD}}(t) - L(\eta t)",
        limits="N = oo",
        resource=t,
        equation=equations.correction(0, N, equations.noise_of(OnePassSGD)),
        source="Paquette et al., arXiv 2405.15074, to first order in eta lambda_1",
        rule=OnePassSGD,
    ),
    Quantity(
        name="sgd_noise_transient",
        words="finite-size correction to what one-pass SGD adds after t steps, first order in 1/N",
        symbol="1/N term of L_SGD(t, N) - L(eta t, N)",
        tex=r"N^{-1}\text{ term of } L_{\mathrm{SGD}}(t, N) - L(\eta t, N)",
        limits="P = oo",
        resource=t,
        equation=equations.correction(1, N, equations.noise_of(OnePassSGD)),
        source="Paquette et al., arXiv 2405.15074, to first order in eta lambda_1; Lagrange's series in 1/N",
        within=N,
        rule=OnePassSGD,
    ),
    Quantity(
        name="sgd_noise_model",
        words="loss of one-pass SGD less that of gradient flow at t = oo, limited by model size",
        symbol="L_SGD(N) - L(N)",
        tex=r"L_{\mathrm{SGD}}(N) - L(N)",
        limits="t = oo",
        resource=N,
        equation=equations.noise_at_infinity_of(OnePassSGD),
        source="Paquette et al., arXiv 2405.15074, to first order in eta lambda_1",
        rule=OnePassSGD,
    ),
    *(time_quantity(rule) for rule in TRAINING_RULES.values() if rule.law),
)


def _stopping(found: Expander, node: Minimum, x: Symbol) -> Found:
    formula = stopping.early_stopping_time if isinstance(node, Minimiser) else stopping.early_stopping
    return Found(node=node, series=formula(found.spectrum, found.depth))


RULES[Minimum] = _stopping

QUANTITIES: Registry[Quantity] = Registry(_LAWS)
BOTTLENECKS = ("time", "model", "data")


def crossover(spectrum: SpectralSeries, size: Symbol) -> Expr:
    """The time ``1/kappa(size)`` of gradient flow, ``df1(kappa) = size``, at which a transient law ends.

    Its leading term; the clock of another rule shows it divided by the pace of the rule.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.tasks.task import power_law
    >>> crossover(spectrum(power_law(3, 2)), N)
    4*N**2/pi**2
    """
    if mode_count(spectrum) is not None:
        return oo  # more samples or features than modes: nothing crosses over
    kappa = revert(expand_sum(df1, spectrum, 2), size)
    return 1 / kappa.term_expression(kappa.leading())


__all__ = ["BOTTLENECKS", "QUANTITIES", "Quantity", "crossover", "time_quantity"]
