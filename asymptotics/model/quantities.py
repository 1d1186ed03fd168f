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

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Symbol, oo

from asymptotics.caches import cached
from asymptotics.errors import SpectrumError
from asymptotics.expansions.expansion import Expansion
from asymptotics.model import equations
from asymptotics.model.early_stopping import expand_minimum
from asymptotics.model.equations import of_student
from asymptotics.model.expand import RULES, expand
from asymptotics.model.finite_modes import mode_count
from asymptotics.model.operators import AtRidge, Minimiser, Minimum, Rich
from asymptotics.model.rich import expand_rich
from asymptotics.model.rules.base import TRAINING_RULES, TrainingRule
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.students.base import Student
from asymptotics.model.students.gaussian import GaussianFeatures
from asymptotics.model.sums import F_test, NamedSum, V_test, eigenvalues_of_test
from asymptotics.registry import Registry
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import N, P, kappa, t
from asymptotics.tasks.task import Task

GAUSSIAN = GaussianFeatures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What a law is about.

    ``name`` is the attribute of `Laws`; ``words`` and ``symbol`` (LaTeX in ``tex``) say what it is;
    ``limits`` what is infinite; ``resource`` the variable that tends to oo; ``equation`` what it equals, in
    named sums (`model.sums`) and operators (`model.operators`); ``trace`` whether the kernel must have one,
    ``sum m_k lambda_k < oo``: the modes that finitely many features, samples or a batch do not resolve add up
    to it. ``within`` is the size N or P below whose crossover time a transient law holds; ``rule`` the
    training rule whose clock the time t is. ``why`` says where the equation comes from; one that leaves
    something out stands for ``exact``, or for a sum over modes of ``summand(lambda, c, resource)``.
    ``balances`` whether the equation has several leading balances, so that its domain is split
    (`laws.balances`). ``tested`` are its sums over the test distribution.
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
    why: str = ""
    summand: Callable[[Expr, Expr, Expr], Expr] | None = None
    exact: Expr | None = None
    balances: bool = False
    tested: tuple[NamedSum, ...] = ()

    def task(self, task: Task) -> Task:
        """The task that the law is about: with the test distribution, where it is one of its own."""
        return replace(task, test_eigenvalues=eigenvalues_of_test(task)) if self.tested else task

    @property
    def reason(self) -> str:
        """Why it equals its equation."""
        return self.why or f"The definition: {self.words}, {self.limits}."

    @property
    def pace(self) -> Expr:
        """How far gradient flow gets while the resource grows by 1; 1 where it counts features or samples."""
        return self.rule.pace() if self.resource == t else Integer(1)

    def formula(self, spectrum: SpectralSeries, depth: int, table: Mapping[Symbol, Expr] = {}) -> Expansion:
        """The first ``depth`` orders of the equation, with numbers or expressions for symbols in it."""
        return expand(self.equation.xreplace(dict(table)), spectrum, self.resource, depth).series

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
        found = spectrum(task, trace=self.trace)
        for one in self.tested:
            inside = spectrum(one.weigh(task)).domain.constraints
            found = replace(found, domain=found.domain.holding(*inside))
        return found


@cached(maxsize=256)
def quantity_of(name: str, student: Student = GAUSSIAN) -> Quantity:
    """The quantity of a student; raises `UnableError` where it is not derived for it.

    >>> from asymptotics import DeepRandomFeatures
    >>> quantity_of("model", DeepRandomFeatures(widths=(N, 2*N))).equation
    Xi(kappa(N))
    """
    quantity = QUANTITIES[name]
    equation = of_student(quantity.equation, student, quantity.within == N)
    if equation == quantity.equation:
        return quantity
    words = f"{quantity.words}, {student.title}"
    return replace(quantity, equation=equation, words=words, source=student.source, why="", balances=True)


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
        why=f"Each mode falls by itself, as the propagator of {rule.title}.",
        summand=lambda lam, c, x: c * rule.propagator(lam, x) ** 2,
        trace=False,
        rule=rule,
    )


_MODEL_LOSS = (
    "At P = oo the loss is the inverse Laplace transform of Xi(kappa)/zeta at 2t, with kappa "
    "from zeta = kappa (1 - epsilon df1(kappa)), epsilon = 1/N; one power of 1/N is asked for."
)
_DATA_LOSS = (
    "At N = oo the two-time equations leave the overlap of Xi(kappa)/zeta with kappa/zeta, with kappa "
    "from zeta = kappa (1 - epsilon df1(kappa)), epsilon = 1/P; one power of 1/P is asked for."
)
_SGD = (
    "On Gaussian features the second moments of one-pass SGD obey a linear recursion. In the generating "
    "function of x = e^-w two places are of equal rate, the root zeta_sgd of "
    "e^w = 1 + 2 eta zeta + q eta^2 zeta^2, q = 1 + 1/B, and its partner beyond the spectrum; gradient "
    "descent is that of q = 1, without noise."
)
_MOMENTS = "Fourth moments of a Gaussian (Isserlis' theorem); small eta: Paquette et al., arXiv 2405.15074"
_STOPPING = (
    "With N = oo the loss is that of infinite data plus the label noise learned, to first "
    "order in 1/P; training stops where their sum is smallest."
)
_BEST_RIDGE = (
    "At a fixed P the loss depends on the ridge through kappa alone, and is stationary where "
    "(P - df2) F' = -(sigma^2 + F) df2', which says what P is at the best kappa."
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
        why="With t and P infinite the fixed point is what the N features leave unresolved, at the "
        "ridge kappa that solves df1(kappa) = N.",
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
        why="With t and N infinite the two-time equations have a fixed point: the loss of ridge "
        "regression whose ridge kappa solves df1(kappa) = P.",
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
        why=_MODEL_LOSS,
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
        why=_MODEL_LOSS,
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
        why=_DATA_LOSS,
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
        why=_DATA_LOSS,
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
        why="The variance over initialisations is the loss Xi of one model less the loss F of the "
        "mean predictor, both at df1(kappa) = N.",
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
        why="The variance over data sets is the loss less that of the mean predictor, F, at df1(kappa) = P.",
    ),
    Quantity(
        name="early_stopping",
        words="smallest test loss over the stopping time, label noise sigma",
        symbol="min_t L(t, P)",
        tex=r"\min_t L(t, P)",
        limits="N = oo",
        resource=P,
        equation=equations.STOPPED,
        source="the minimum of the series in 1/P, BAP, appendix C",
        why=_STOPPING,
    ),
    Quantity(
        name="early_stopping_time",
        words="stopping time of the smallest test loss, label noise sigma",
        symbol="t*(P)",
        tex=r"t^*(P)",
        limits="N = oo",
        resource=P,
        equation=Minimiser(equations.TIME + equations.NOISE_IN_LOSS, t),
        source="the minimum of the series in 1/P, BAP, appendix C",
        why=_STOPPING,
    ),
    Quantity(
        name="ridge",
        words="test loss limited by data, with a falling ridge of the scale rho",
        symbol="L(P; rho P^-l)",
        tex=r"L(P; \rho P^{-l})",
        limits="t = N = oo",
        resource=P,
        equation=equations.RIDGE,
        source="BAP, appendix C, with a ridge; the regimes of Cui et al., arXiv 2105.15004",
        why="With t and N infinite the two-time equations have a fixed point: the loss of ridge "
        "regression at the renormalised ridge kappa with kappa (1 - df1(kappa)/P) = rho P^-l.",
        balances=True,
    ),
    Quantity(
        name="optimal_ridge",
        words="smallest test loss over the ridge, limited by data",
        symbol="min_rho L(P; rho)",
        tex=r"\min_\rho L(P; \rho)",
        limits="t = N = oo",
        resource=P,
        equation=equations.BEST_RIDGE_LOSS,
        source="BAP, appendix C, with a ridge; stationary in kappa",
        why=_BEST_RIDGE,
        balances=True,
    ),
    Quantity(
        name="optimal_ridge_value",
        words="ridge of the smallest test loss, which may be negative",
        symbol="rho*(P)",
        tex=r"\rho^*(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.BEST_RIDGE,
        source="BAP, appendix C, with a ridge; stationary in kappa",
        why=_BEST_RIDGE,
        balances=True,
    ),
    Quantity(
        name="optimal_ridge_width",
        words="features whose first order in 1/N is as large as the smallest loss over the ridge",
        symbol="N*(P)",
        tex=r"N^*(P)",
        limits="t = oo",
        resource=P,
        equation=equations.BEST_RIDGE_WIDTH,
        source="BAP, appendix C, with a ridge, to first order in 1/N; stationary in kappa",
        why="At a fixed ridge N features add g (V + (L + sigma^2) g/P)/((1 - df2/P) N), g = df1 - df2, to "
        "the loss L, to first order in 1/N; this is L at N = N*.",
        balances=True,
    ),
    Quantity(
        name="ridge_against_stopping",
        words="smallest loss over the ridge divided by that over the stopping time, label noise sigma",
        symbol="min_rho L(P; rho)/min_t L(t, P)",
        tex=r"\min_\rho L(P; \rho)/\min_t L(t, P)",
        limits="N = oo",
        resource=P,
        equation=equations.NOISY_BEST / equations.STOPPED,
        source="the two minima, BAP, appendix C",
        why="Both regularise; where neither saturates, the ratio of the losses they reach is a constant.",
        balances=True,
    ),
    Quantity(
        name="transfer",
        words="test loss on another distribution, limited by data",
        symbol="L'(P)",
        tex=r"L'(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.TRANSFER,
        source="Canatar, Bordelon & Pehlevan, arXiv 2106.02261; theory, section E",
        why="Tested on eigenvalues lambda' the squared bias and the fluctuation E/P of each mode of ridge "
        "regression are weighted anew, at the same kappa; E is the loss on the training distribution, "
        "with its noise.",
        tested=(F_test, V_test),
    ),
    Quantity(
        name="sgd_noise",
        words="loss of one-pass SGD after t steps less that of gradient descent with the same steps",
        symbol="L_SGD(t) - L_GD(t)",
        tex=r"L_{\mathrm{SGD}}(t) - L_{\mathrm{GD}}(t)",
        limits="N = oo",
        resource=t,
        equation=equations.noise_of(OnePassSGD, 0),
        exact=equations.batches_of(OnePassSGD, GradientDescent, 0),
        source=_MOMENTS,
        rule=OnePassSGD,
        why=_SGD,
    ),
    Quantity(
        name="sgd_noise_transient",
        words="finite-size correction to what one-pass SGD adds after t steps, first order in 1/N",
        symbol="1/N term of L_SGD(t, N) - L_GD(t, N)",
        tex=r"N^{-1}\text{ term of } L_{\mathrm{SGD}}(t, N) - L_{\mathrm{GD}}(t, N)",
        limits="P = oo",
        resource=t,
        equation=equations.noise_of(OnePassSGD, 1),
        exact=equations.batches_of(OnePassSGD, GradientDescent, 1),
        source=f"{_MOMENTS}; Lagrange's series in 1/N",
        within=N,
        rule=OnePassSGD,
        why=_SGD,
    ),
    Quantity(
        name="sgd_noise_model",
        words="loss of one-pass SGD less that of gradient descent at t = oo, limited by model size",
        symbol="L_SGD(N) - L(N)",
        tex=r"L_{\mathrm{SGD}}(N) - L(N)",
        limits="t = oo",
        resource=N,
        equation=equations.noise_at_infinity_of(OnePassSGD),
        source=_MOMENTS,
        rule=OnePassSGD,
        why="At t = oo the noise of the batches feeds itself by K, at zeta = 0 and its partner -2/(q eta), "
        "and amplifies what the N features leave.",
    ),
    Quantity(
        name="rich_time",
        words="test loss of features that move, limited by training time",
        symbol="L_rich(t)",
        tex=r"L_{\mathrm{rich}}(t)",
        limits="N = P = oo",
        resource=t,
        equation=equations.RICH_TIME,
        source="the two-layer linear network of arXiv 2409.17858 with frozen first features",
        why="Under the clock dtau = K dt the network is the lazy model; the scale K of its features solves "
        "1/chi^2 = 1 + gamma^2 int int chi chi S(2 tau - x - y), chi = K^(-1/2), S(x) = -(d/dx) L(x/2).",
        trace=False,
        balances=True,
    ),
    Quantity(
        name="critical_batch",
        words="batch from which on a larger one hardly helps after t steps: one-pass SGD adds as much as "
        "gradient descent leaves, to first order in 1/B",
        symbol="B*(t)",
        tex=r"B^*(t)",
        limits="N = oo",
        resource=t,
        equation=equations.critical_batch_of(OnePassSGD, GradientDescent),
        source=_MOMENTS,
        rule=OnePassSGD,
        why="What batches add is of first order in K, and so in 1/B; at this batch it is as large as the "
        "loss without them, but for a share 1/t.",
    ),
    Quantity(
        name="critical_batch_model",
        words="batch from which on a larger one hardly helps at t = oo, limited by model size",
        symbol="B*(N)",
        tex=r"B^*(N)",
        limits="t = oo",
        resource=N,
        equation=equations.critical_batch_at_infinity_of(OnePassSGD, GradientDescent),
        source=_MOMENTS,
        rule=OnePassSGD,
        why="What batches add at t = oo is (Xi + sigma^2) K to first order in 1/B; at this batch it is as "
        "large as the loss Xi without them.",
    ),
    *(time_quantity(rule) for rule in TRAINING_RULES.values() if rule.law),
)


RULES[Minimum] = expand_minimum
RULES[Rich] = expand_rich

QUANTITIES: Registry[Quantity] = Registry(_LAWS)
BOTTLENECKS = ("time", "model", "data")


def crossover(spectrum: SpectralSeries, size: Symbol, student: Student = GAUSSIAN) -> Expr:
    """The time ``1/kappa(size)`` of gradient flow, ``df1(kappa) = size``, at which a transient law ends.

    Its leading term; the clock of another rule shows it divided by the pace of the rule.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.tasks.task import power_law
    >>> crossover(spectrum(power_law(3, 2)), N)
    4*N**2/pi**2
    """
    if mode_count(spectrum) is not None:
        return oo  # more samples or features than modes: nothing crosses over
    end = student.at_end(kappa) if size == N else AtRidge(kappa, kappa, size)
    last = expand(end, spectrum, size, 2).series
    return 1 / last.term_expression(last.leading())
