"""The equations of the model that derivations begin with, and the names of the sums they are made of.

``lambda`` are the eigenvalues, ``c`` the target power, ``m`` the multiplicity of mode k:

    df1 = sum m lambda/(lambda + kappa)      Xi = sum m c kappa/(lambda + kappa)
    df2 = sum m lambda^2/(lambda + kappa)^2  F  = sum m c kappa^2/(lambda + kappa)^2
    E_n(x) = sum m lambda^n e^(-lambda x)    C_n(x) = sum m c lambda^n e^(-lambda x)

These are definitions: what follows from them is left to the engine. A quantity that has no entry here begins
with the equation that its formula itself writes.

    model_equation       the defining equation of a quantity
    model_definitions    what the letters stand for, from the task alone
    named_sum            the name of a spectral sum over a kernel
    kernel_function      a kernel as a function; `damping` where it is ``u^n exp(-u)``
    over_modes           a sum over the modes of a task, unevaluated
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sympy import Derivative, Expr, Function, Integer, Subs, Sum, Symbol, exp, factorial

from asymptotics.model.operators import InverseLaplace, Iterated, Minimiser, Minimum, Root
from asymptotics.model.quantities import Quantity
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.symbols import N, P, kappa, sigma, t
from asymptotics.tasks.task import Task
from asymptotics.transforms.kernels import (
    FILTER,
    KERNELS,
    LEARNED,
    LEARNED_SQUARED,
    RESOLVENT,
    SQUARE,
    VARIANCE,
    Kernel,
)

Definitions = tuple[tuple[Expr, Expr], ...]
"""Pairs ``(f(x), what it stands for)``."""

x = Symbol("x", positive=True)
z = Symbol("zeta", positive=True)
epsilon = Symbol("epsilon", positive=True)

df1, df2, Xi, F = (Function(name, positive=True) for name in ("df_1", "df_2", "Xi", "F"))
V = Function("V", positive=True)
Q1, Q2 = Function("Q_1", positive=True), Function("Q_2", positive=True)
moving = Function("kappa_epsilon")
root = Function("kappa", positive=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSum:
    """A sum over modes of ``summand(lambda, c, x)`` times the multiplicity, under the name ``function``."""

    function: Callable[[Expr], Expr]
    summand: Callable[[Expr, Expr, Expr], Expr]
    words: str
    original: Callable[[Expr, Expr, Expr], Expr] | None = None
    """The summand of the function of time whose Laplace transform it is."""


SUMS: dict[tuple[str, Kernel], NamedSum] = {
    ("kernel", FILTER): NamedSum(
        function=df1,
        summand=lambda lam, c, x: lam / (lam + x),
        words="the number of modes that the ridge kappa resolves",
        original=lambda lam, c, x: lam * exp(-lam * x),
    ),
    ("target", RESOLVENT): NamedSum(
        function=Xi,
        summand=lambda lam, c, x: c * x / (lam + x),
        words="the target power that the ridge kappa does not resolve",
    ),
    ("target", SQUARE): NamedSum(
        function=F,
        summand=lambda lam, c, x: c * x**2 / (lam + x) ** 2,
        words="the squared bias of the ridge kappa",
    ),
    ("target", VARIANCE): NamedSum(
        function=V,
        summand=lambda lam, c, x: c * x * lam / (lam + x) ** 2,
        words="the variance of the ridge kappa over initialisations",
    ),
    ("kernel", LEARNED): NamedSum(
        function=Q1,
        summand=lambda lam, c, x: 1 - exp(-lam * x),
        words="the number of modes learned by time x",
    ),
    ("kernel", LEARNED_SQUARED): NamedSum(
        function=Q2,
        summand=lambda lam, c, x: (1 - exp(-lam * x)) ** 2,
        words="the squares of the modes learned by time x",
    ),
}


def named_sum(role: str, kernel: Kernel) -> NamedSum | None:
    """The name of a sum over ``kernel`` with weights m (role ``kernel``) or m c (role ``target``)."""
    known = SUMS.get((role, kernel))
    power = damping(kernel)
    if known is not None or power is None or role not in ("kernel", "target"):
        return known
    letter = "E" if role == "kernel" else "C"
    return NamedSum(
        function=Function(f"{letter}_{power}", positive=True),
        summand=lambda lam, c, x: (c if letter == "C" else 1) * lam**power * exp(-lam * x),
        words="modes that decay at their own rates" + (", weighted by the target" if letter == "C" else ""),
    )


def damping(kernel: Kernel) -> int | None:
    """n if the kernel is ``u^n exp(-u)``, whose transform is Gamma(s + n)."""
    plain = len(kernel.rising) == 1 and not kernel.falling and kernel.factor == 1 and not kernel.right
    return kernel.rising[0] if plain else None


def kernel_function(kernel: Kernel, u: Expr) -> Expr | None:
    """phi(u), where it is written down."""
    power = damping(kernel)
    if power is not None:
        return u**power * exp(-u)
    return KERNELS[kernel](u) if kernel in KERNELS else None


def over_modes(task: Task, summand: Callable[[Expr, Expr, Expr], Expr], at: Expr) -> Expr:
    """``sum_k m_k summand(lambda_k, c_k, at)``, unevaluated."""
    term = task.multiplicity * summand(task.eigenvalues, task.target, at)
    return Sum(term, (task.index, 1, task.modes))


def model_definitions(task: Task) -> Definitions:
    """What the letters of the model stand for, straight from the task and by no expansion."""
    found = [(named.function(x), over_modes(task, named.summand, x)) for named in SUMS.values()]
    found.append((df2(x), over_modes(task, lambda lam, c, y: lam**2 / (lam + y) ** 2, x)))
    found.append((moving(z, epsilon), Iterated(z + epsilon * kappa * df1(kappa), kappa, z)))
    found += [(root(size), Root(df1(kappa) - size, kappa)) for size in (N, P)]
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """``quantity = rhs`` as the model states it."""

    rhs: Expr
    reason: str
    source: str


def model_equation(quantity: Quantity, task: Task) -> Equation | None:
    """The defining equation of a quantity, or None where its formula is the definition."""
    if quantity.name == quantity.rule.law:
        return _propagate(quantity.rule, task)
    builder = EQUATIONS.get(quantity.name)
    return None if builder is None else builder(task)


def _noise(task: Task) -> Expr:
    return task.noise if task.noise != 0 else sigma


def _ridge_loss(task: Task) -> Expr:
    share = df2(root(P)) / P
    return (F(root(P)) + task.noise**2 * share) / (1 - share)


def _data(task: Task) -> Equation:
    return Equation(
        rhs=_ridge_loss(task),
        reason="With t and N infinite the two-time equations have a fixed point: the loss of ridge "
        "regression whose ridge kappa solves df1(kappa) = P.",
        source="BAP, appendix C (fixed point, P < N)",
    )


def _model(task: Task) -> Equation:
    return Equation(
        rhs=Xi(root(N)),
        reason="With t and P infinite the fixed point is what the N features leave unresolved, at the ridge "
        "kappa that solves df1(kappa) = N.",
        source="BAP, appendix C (fixed point, N < P)",
    )


def _variance_model(task: Task) -> Equation:
    return Equation(
        rhs=Xi(root(N)) - F(root(N)),
        reason="The variance over initialisations is the loss Xi of one model less the loss F of the mean "
        "predictor, both at df1(kappa) = N.",
        source="BAP, section 4.3 and appendix C",
    )


def _variance_data(task: Task) -> Equation:
    return Equation(
        rhs=_ridge_loss(task) - F(root(P)),
        reason="The variance over data sets is the loss less that of the mean predictor, F, at "
        "df1(kappa) = P.",
        source="BAP, section 4.3 and appendix C",
    )


def _transient(order: int, task: Task) -> Equation:
    loss = InverseLaplace(Xi(moving(z, epsilon)) / z, z, 2 * t)
    coefficient = Subs(Derivative(loss, (epsilon, order)), epsilon, 0) / factorial(order)
    return Equation(
        rhs=N**-order * coefficient,
        reason="At P = oo the loss is the inverse Laplace transform of Xi(kappa)/zeta at 2t, with kappa "
        "from zeta = kappa (1 - epsilon df1(kappa)), epsilon = 1/N; one power of 1/N is asked for.",
        source="BAP, section 4 and appendix D",
    )


def _sgd_kernel(task: Task, at: Expr) -> Expr:
    """``K(zeta) = (eta/2B)(Tr - zeta df1(zeta))`` at N = oo."""
    total = over_modes(task, lambda lam, c, y: lam, x)
    return OnePassSGD.noise_kernel(at, df1(at) if at != 0 else Integer(0), total)


def _sgd(task: Task) -> Equation:
    share = _sgd_kernel(task, z)
    return Equation(
        rhs=InverseLaplace((Xi(z) + task.noise**2) * share / (1 - share) / z, z, 2 * OnePassSGD.pace() * t),
        reason="One-pass SGD obeys a Volterra equation with the kernel K = (eta/2B)(Tr - zeta df1), solved "
        "by a Laplace transform: the flow's Xi becomes (Xi + sigma^2)/(1 - K) - sigma^2.",
        source="Paquette et al., arXiv 2405.15074, to first order in eta lambda_1",
    )


def _sgd_model(task: Task) -> Equation:
    share = _sgd_kernel(task, Integer(0))
    return Equation(
        rhs=(Xi(root(N)) + task.noise**2) * share / (1 - share),
        reason="At t = oo the kernel of SGD is K = eta Tr/2B, and it amplifies what the N features leave.",
        source="Paquette et al., arXiv 2405.15074, to first order in eta lambda_1",
    )


def _propagate(rule: type[TrainingRule], task: Task) -> Equation:
    return Equation(
        rhs=over_modes(task, lambda lam, c, y: c * rule.propagator(lam, t) ** 2, t),
        reason=f"Each mode falls by itself, as the propagator of {rule.title}: {rule.source}.",
        source=f"{rule.title} on independent modes, N = P = oo",
    )


def _balance(task: Task) -> Expr:
    """The loss that stopping trades: ``C_0(2t) + (sigma^2/P) Q_2(t)``."""
    return Function("C_0", positive=True)(2 * t) + _noise(task) ** 2 / P * Q2(t)


def _stopping(smallest: type[Minimum], task: Task) -> Equation:
    return Equation(
        rhs=smallest(_balance(task), t),
        reason="With N = oo the loss is that of infinite data plus the label noise learned, to first "
        "order in 1/P; training stops where their sum is smallest.",
        source="BAP, appendix C, to first order in 1/P",
    )


EQUATIONS: dict[str, Callable[[Task], Equation]] = {
    "model": _model,
    "data": _data,
    "variance_model": _variance_model,
    "variance_data": _variance_data,
    "model_transient": partial(_transient, 1),
    "model_transient_second": partial(_transient, 2),
    "sgd_noise": _sgd,
    "sgd_noise_model": _sgd_model,
    "early_stopping": partial(_stopping, Minimum),
    "early_stopping_time": partial(_stopping, Minimiser),
}

__all__ = [
    "Definitions",
    "Equation",
    "NamedSum",
    "damping",
    "kernel_function",
    "model_definitions",
    "model_equation",
    "named_sum",
    "over_modes",
]
