"""The named sums over modes that the equations of the model are written in.

``lambda`` are the eigenvalues, ``c`` the target power, ``m`` the multiplicity of mode k:

    df1 = sum m lambda/(lambda + kappa)      Xi = sum m c kappa/(lambda + kappa)
    df2 = sum m lambda^2/(lambda + kappa)^2  F  = sum m c kappa^2/(lambda + kappa)^2
    V  = Xi - F = sum m c kappa lambda/(lambda + kappa)^2      h = df1 - df2
    Q1(t) = sum m (1 - e^(-lambda t))        Q2(t) = sum m (1 - e^(-lambda t))^2
    E_n(t) = sum m lambda^n e^(-lambda t)    C_n(t) = sum m c lambda^n e^(-lambda t)
    G(t) = sum m (c/lambda) (1 - e^(-lambda t))^2              T_c = sum m c

    NamedSum       one of them: its letter, its kernel, and what it says
    SUMS           all, by letter; ``SUMS.register(NamedSum(...))`` adds one
    named          the sum that a call of a letter stands for
    expand_sum     its expansion
    trace_of       the sum of the eigenvalues
    power_of       the sum of the target
    over_modes     a sum over the modes of a task, unevaluated
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sympy import Derivative, Dummy, Expr, Function, Integer, Sum, Symbol, exp, limit, powsimp
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.registry import Registry
from asymptotics.spectra import SpectralSeries
from asymptotics.spectra import spectrum as series_of
from asymptotics.symbols import b_test, kappa
from asymptotics.tasks.task import Task
from asymptotics.transforms.kernels import (
    DRIVEN,
    EXPONENTIAL,
    FILTER,
    LEARNED,
    LEARNED_SQUARED,
    RESOLVENT,
    SQUARE,
    VARIANCE,
    Kernel,
    damped_power,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSum:
    """``name(x) = sum m summand(lambda, c, x)``.

    The expansion is that of the sum over ``kernel`` (with the weights m c if the target is ``weighted``)
    times ``x**-damping``, for x -> 0 if x is a ``ridge``, else for x -> oo. ``original`` is the summand of
    the function of time whose Laplace transform it is. A sum without a kernel is ``through`` others, one
    over the modes ``behind`` the first x, or free of x. The ``weights`` of a task stand in the place of its
    target.

    >>> SUMS["df_1"](kappa), SUMS["df_1"].summand(Symbol("lambda"), Symbol("c"), kappa)
    (df_1(kappa), lambda/(kappa + lambda))
    """

    name: str
    summand: Callable[[Expr, Expr, Expr], Expr]
    words: str
    kernel: Kernel | None = None
    weighted: bool = False
    ridge: bool = False
    damping: int = 0
    original: Callable[[Expr, Expr, Expr], Expr] | None = None
    through: Callable[[Expr], Expr] | None = None
    behind: bool = False
    weights: Callable[[Task], Expr] | None = None

    @property
    def free(self) -> bool:
        """Whether it is the same at all x."""
        return self.kernel is None and self.through is None and not self.behind

    def over_modes(self, task: Task, at: Expr) -> Expr:
        """The sum over the modes of a task, unevaluated."""
        if not self.behind:
            return over_modes(self.weigh(task), self.summand, at)
        k = task.index
        return Sum((task.multiplicity * task.target).xreplace({k: k + at}), (k, 1, task.modes - at))

    def weigh(self, task: Task) -> Task:
        """The task whose target are the weights of the sum."""
        if self.weights is None:
            return task
        return replace(task, target=self.weights(task), test_eigenvalues=None)

    def __call__(self, x: Expr) -> AppliedUndef:
        return Function(self.name, positive=True)(x)


def _damped(power: int, weighted: bool) -> NamedSum:
    return NamedSum(
        name=f"{'C' if weighted else 'E'}_{power}",
        summand=lambda lam, c, x: (c if weighted else 1) * lam**power * exp(-lam * x),
        words="modes that decay at their own rates" + (", weighted by the target" if weighted else ""),
        kernel=damped_power(power) if power else EXPONENTIAL,
        weighted=weighted,
        damping=power,
    )


df1 = NamedSum(
    name="df_1",
    summand=lambda lam, c, x: lam / (lam + x),
    words="the number of modes that the ridge kappa resolves",
    kernel=FILTER,
    ridge=True,
    original=lambda lam, c, x: lam * exp(-lam * x),
)
df2 = NamedSum(
    name="df_2",
    summand=lambda lam, c, x: lam**2 / (lam + x) ** 2,
    words="the squares of the modes that the ridge kappa resolves",
    ridge=True,
    through=lambda x: df1(x) + x * Derivative(df1(x), x),
)
Xi = NamedSum(
    name="Xi",
    summand=lambda lam, c, x: c * x / (lam + x),
    words="the target power that the ridge kappa does not resolve",
    kernel=RESOLVENT,
    weighted=True,
    ridge=True,
)
F = NamedSum(
    name="F",
    summand=lambda lam, c, x: c * x**2 / (lam + x) ** 2,
    words="the squared bias of the ridge kappa",
    kernel=SQUARE,
    weighted=True,
    ridge=True,
)
V = NamedSum(
    name="V",
    summand=lambda lam, c, x: c * x * lam / (lam + x) ** 2,
    words="the variance of the ridge kappa over initialisations",
    kernel=VARIANCE,
    weighted=True,
    ridge=True,
)
SPREAD = NamedSum(
    name="h",
    summand=lambda lam, c, x: lam * x / (lam + x) ** 2,
    words="df_1 - df_2, the modes that the ridge kappa resolves in part",
    kernel=VARIANCE,
    ridge=True,
)
Q1 = NamedSum(
    name="Q_1",
    summand=lambda lam, c, x: 1 - exp(-lam * x),
    words="the number of modes learned by time x",
    kernel=LEARNED,
)
Q2 = NamedSum(
    name="Q_2",
    summand=lambda lam, c, x: (1 - exp(-lam * x)) ** 2,
    words="the squares of the modes learned by time x",
    kernel=LEARNED_SQUARED,
)
G = NamedSum(
    name="G",
    summand=lambda lam, c, x: c / lam * (1 - exp(-lam * x)) ** 2,
    words="how far the weights have gone by the time x, squared",
    kernel=DRIVEN,
    weighted=True,
    damping=-1,
)
E0, E1, E2 = (_damped(power, False) for power in range(3))
C0, C1, C2 = (_damped(power, True) for power in range(3))

F_test = replace(
    F,
    name="F_test",
    words="the squared bias of the ridge kappa on the test distribution",
    weights=lambda task: powsimp(task.target * eigenvalues_of_test(task) / task.eigenvalues),
)
F_seen = replace(
    F,
    name="F_seen",
    words="how far noise in the samples is passed on to the test distribution, times kappa^2",
    weights=lambda task: powsimp(task.eigenvalues * eigenvalues_of_test(task)),
)
Tail = NamedSum(
    name="T",
    summand=lambda lam, c, x: c,
    words="the target power of the modes behind the first N",
    weighted=True,
    behind=True,
)

Power = NamedSum(
    name="T_c",
    summand=lambda lam, c, x: c,
    words="the whole target power, at any ridge",
    weighted=True,
    ridge=True,
)

SUMS: Registry[NamedSum] = Registry(
    (df1, df2, Xi, F, V, SPREAD, Q1, Q2, E0, E1, E2, C0, C1, C2, G, Tail, Power, F_test, F_seen)
)


def named(call: AppliedUndef) -> NamedSum:
    """The sum that a call stands for; raises `UnableError` for a letter that is not registered."""
    name = call.func.__name__
    if name not in SUMS:
        raise UnableError(f"{call} is not a named sum; SUMS.register(NamedSum(name={name!r}, ...)) adds it")
    return SUMS[name]


@cached(maxsize=512)
def expand_sum(one: NamedSum, spectrum: SpectralSeries, depth: int, x: Symbol = kappa) -> Expansion:
    """The first ``depth`` orders of a sum over a kernel.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.tasks.power_laws import power_law
    >>> expand_sum(df1, spectrum(power_law(3, 2)), 2)
    pi/(2*sqrt(kappa)) - 1/2 + O(kappa**2)
    """
    assert one.kernel is not None
    weighted = spectrum if one.weights is None else series_of(one.weigh(spectrum.task), letter=one.name)
    series = weighted.target if one.weighted else spectrum.kernel
    if one.ridge and not one.weighted and spectrum.kernel.modes is not None:
        depth += 1  # laws are in powers of how many modes are left, which begin behind the number of all
    found = series.spectral_sum(one.kernel, x, inverse=one.ridge, domain=spectrum.domain, depth=depth)
    if one.damping:
        found = found * found.monomial(Integer(1), Integer(-one.damping))
    return staying(one, weighted, found, x)


def staying(one: NamedSum, spectrum: SpectralSeries, found: Expansion, x: Symbol) -> Expansion:
    """An expansion with what modes of eigenvalue zero add, which stand in no Dirichlet series."""
    if not one.weighted or spectrum.unlearned == 0:
        return found
    slow = Dummy("lambda", positive=True)
    stays = limit(one.summand(slow, spectrum.unlearned, x), slow, 0)
    return found + stays if stays != 0 else found


def eigenvalues_of_test(task: Task) -> Expr:
    """Those of the test distribution, ``k^-b'`` where the task has none of its own."""
    own = task.test_eigenvalues
    return task.index**-b_test if own is None else own


def trace_of(spectrum: SpectralSeries) -> Expr:
    """``Tr = sum m_k lambda_k``."""
    return spectrum.kernel.laurent(Integer(-1), 1).coefficient(0)


def power_of(spectrum: SpectralSeries) -> Expr:
    """``sum m_k c_k``."""
    return spectrum.target.total() + spectrum.unlearned


def over_modes(task: Task, summand: Callable[[Expr, Expr, Expr], Expr], at: Expr) -> Expr:
    """``sum_k m_k summand(lambda_k, c_k, at)``, unevaluated."""
    term = task.multiplicity * summand(task.eigenvalues, task.target, at)
    return Sum(term, (task.index, 1, task.modes))
