"""What a law is about.

    Quantity     a quantity that has a law: which resource it runs in, and the equation it comes from
    crossover    the time at which a transient law ends

The tables of them are in `model.quantities`, `quantities_of_ridges` and `quantities_of_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sympy import Expr, Integer, Pow, Symbol, oo

from asymptotics.domains.domain import POSITIVE, as_condition, plain, primitive
from asymptotics.errors import DomainError, SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.model.beyond_spectrum import is_stable
from asymptotics.model.equations import moving
from asymptotics.model.expand import expand
from asymptotics.model.operators import AtRidge
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.rules.gradient_flow import GradientFlow
from asymptotics.model.students.base import Student
from asymptotics.model.students.gaussian import GaussianFeatures
from asymptotics.model.sums import NamedSum, eigenvalues_of_test
from asymptotics.parsing.heights import substitute
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import N, eta, gamma, kappa, l, n, rho, t
from asymptotics.tasks.task import Task

GAUSSIAN = GaussianFeatures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What a law is about.

    ``name`` is the attribute of `Laws`; ``words`` and ``symbol`` (LaTeX in ``tex``) say what it is;
    ``limits`` what is infinite; ``resource`` the variable that tends to oo; ``equation`` what it equals, in
    named sums (`model.sums`) and operators (`model.operators`); ``trace`` whether the kernel must have one,
    ``sum m_k lambda_k < oo``: the modes that finitely many features, samples or a batch do not resolve add up
    to it; with ``squares`` it is ``sum m_k lambda_k^2`` alone, the noise of a batch in finitely many steps.
    ``within`` is the size N or P below whose crossover time a transient law holds; ``rule`` the
    training rule whose clock the time t is. ``why`` says where the equation comes from; one that leaves
    something out stands for ``exact``, or for a sum over modes of ``summand(lambda, c, resource)``.
    ``balances`` whether the equation has several leading balances, so that its domain is split
    (`laws.balances`). ``rooms`` says what is positive where the law holds, and what is wrong elsewhere.
    ``tested`` are its sums over the test distribution. ``of_student`` is the equation of a student where it
    asks for more than the sums in that of Gaussian features.
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
    squares: bool = False
    within: Symbol | None = None
    rule: type[TrainingRule] = GradientFlow
    why: str = ""
    summand: Callable[[Expr, Expr, Expr], Expr] | None = None
    of_student: Callable[[Student], Expr] | None = None
    exact: Expr | None = None
    balances: bool = False
    tested: tuple[NamedSum, ...] = ()
    rooms: Callable[[SpectralSeries], tuple[tuple[Expr, str], ...]] | None = None

    def task(self, task: Task) -> Task:
        """The task that the law is about: with the test distribution, where it is one of its own.

        Modes that are a multiple of a size are infinitely many where another resource grows.

        >>> from asymptotics.model.quantities import QUANTITIES
        >>> from asymptotics.tasks.power_laws import power_law
        >>> task = power_law("a", "b", modes="r*N")
        >>> QUANTITIES["model"].task(task).modes, QUANTITIES["time"].task(task).modes
        (N*r, oo)
        """
        if task.size not in (None, self.resource):
            self._check_trace(task)
            task = replace(task, modes=oo)
        return replace(task, test_eigenvalues=eigenvalues_of_test(task)) if self.tested else task

    def _check_trace(self, task: Task) -> None:
        """Raise `SpectrumError` where infinitely many modes have no trace and this quantity needs one."""
        found = spectrum(task)
        if not self.trace or found.scaling is None:
            return
        if found.domain.sign(found.scaling.decay - 1) in (0, -1):
            instead = f"modes that grow with {self.resource}"
            if (self.resource, task.size) == (t, N):
                instead = "growing_law(laws, rule), which has time and size together"
            raise SpectrumError(
                f"{self.symbol} is at {self.limits}, where modes = {task.modes} are infinitely many and "
                f"their trace diverges; take b > 1, or {instead}"
            )

    def check_letters(self, task: Task) -> None:
        """Raise `SpectrumError` where a letter of the ridge or of the features is one of the task, too."""
        for letter in self.equation.free_symbols & {rho, l, n, gamma} & set(task.parameters):
            raise SpectrumError(
                f"{letter} is a parameter of the task and of {self.symbol}; use another in the task"
            )

    @property
    def reason(self) -> str:
        """Why it equals its equation."""
        return self.why or f"The definition: {self.words}, {self.limits}."

    @property
    def pace(self) -> Expr:
        """How far gradient flow gets while the resource grows by 1; 1 where it counts features or samples."""
        return self.rule.pace() if self.resource == t else Integer(1)

    def when(self, flow: Expr) -> Expr:
        """The resource at which slow modes are where gradient flow has them at the time ``flow``."""
        return self.rule.when(flow) if self.resource == t else flow

    def formula(self, spectrum: SpectralSeries, depth: int, table: Mapping[Symbol, Expr] = {}) -> Expansion:
        """The first ``depth`` orders of the equation, with numbers or expressions for symbols in it."""
        return expand(self.equation.xreplace(dict(table)), spectrum, self.resource, depth).series

    def spectrum(self, task: Task) -> SpectralSeries:
        """The series of a task where this quantity has a law; raises `SpectrumError` where it has none.

        >>> from asymptotics.tasks.power_laws import power_law
        >>> from asymptotics.model.quantities import QUANTITIES
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
        found = spectrum(self.task(task), trace=self.trace)
        if found.scaling is not None:
            found = self._with_growing_modes(found)
        if self.squares:
            found = self._with_squares(found, task)
        for room in self.room(task) if self.rooms is None else ():
            if found.domain.sign(room) in (0, -1):
                raise self._saturated(found.target.abscissa, {})
            found = replace(found, domain=found.domain.holding(room))
        for room, why in () if self.rooms is None else self.rooms(found):
            if found.domain.sign(room) in (0, -1):
                raise SpectrumError(f"the {self.name} law is not derived here: {why}")
            found = replace(found, domain=found.domain.holding(room))
        if self.equation.has(n):  # more features than samples
            found = replace(found, domain=found.domain.holding(n - 1))
        for one in self.tested:
            inside = spectrum(one.weigh(task)).domain.constraints
            found = replace(found, domain=found.domain.holding(*inside))
        return found

    def _with_growing_modes(self, found: SpectralSeries) -> SpectralSeries:
        """Where modes that are a multiple of the size leave the law: at t = oo, of rules that are stable."""
        assert found.scaling is not None
        modes = found.task.modes
        if not isinstance(self.equation, AtRidge):
            raise UnableError(f"{self.symbol} with modes = {modes} is not derived; pass modes=oo, b > 1")
        feeds_itself = any(x.exp.is_negative and x.has(moving) for x in self.equation.atoms(Pow))
        gap = found.scaling.decay - 1
        if not feeds_itself or found.domain.sign(gap) == 1:
            return found
        if found.domain.sign(gap) is not None:
            raise SpectrumError(
                f"{self.symbol} with b = {found.scaling.decay}: the trace grows with {self.resource}, and at "
                f"a step that does not fall {self.rule.title} is stable for no batch that stays; take "
                "b > 1, or growing_law(laws, rule), whose step is a share of the largest one"
            )
        return replace(found, domain=found.domain.holding(gap))

    def _with_squares(self, found: SpectralSeries, task: Task) -> SpectralSeries:
        """Where ``sum m lambda^2`` is finite: D(s) is, at s = -2."""
        room = primitive(found.kernel.abscissa + 2, found.domain)
        if found.domain.sign(room) not in (0, -1):
            return replace(found, domain=found.domain.holding(room))
        raise SpectrumError(
            f"{self.symbol} is at {self.limits}, where the noise of each batch is infinite: sum of "
            f"lambda_k^2 for {task.eigenvalues} diverges; take b > 1/2, or modes=r*N, whose best step is h "
            "of compute_optimal(laws, t, (t, h), {N: C}, OnePassSGD)"
        )

    def room(self, task: Task) -> tuple[Expr, ...]:
        """What is positive where the training rule has the law; nothing where it always does.

        >>> from asymptotics import power_law
        >>> from asymptotics.model.quantities import QUANTITIES
        >>> QUANTITIES["nesterov"].room(power_law("a", "b")), QUANTITIES["time"].room(power_law("a", "b"))
        ((-2*a + b*delta + 2,), ())
        """
        bound = self.rule.saturation()
        if bound == oo and self.rooms is None:
            return ()
        found = spectrum(self.task(task), trace=self.trace)
        if self.rooms is not None:
            return tuple(room for room, _ in self.rooms(found))
        return (primitive(bound - found.target.abscissa, found.domain),)

    def check_numbers(self, task: Task, numbers: Mapping[Symbol, Expr]) -> None:
        """Raise `SpectrumError` where numbers for letters that are not the task's leave the law's domain."""
        for constraint in self.spectrum(task).domain.constraints if numbers else ():
            if POSITIVE.sign(substitute(constraint, dict(numbers))) in (0, -1):
                if self.rooms is None and constraint in self.room(task):
                    raise self._saturated(spectrum(self.task(task), trace=False).target.abscissa, numbers)
                given = ", ".join(f"{s} = {numbers[s]}" for s in constraint.free_symbols if s in numbers)
                raise SpectrumError(f"{given}: the {self.name} law needs {plain(as_condition(constraint))}")
        # laws that are balances are of first order in the step
        exact = self.rule.noise_law and self.rule.fresh and self.trace and not self.balances
        if exact and eta in numbers and not is_stable(self.rule, self._at_last(task), numbers):
            given = ", ".join(f"{s} = {numbers[s]}" for s in self.rule.parameters if s in numbers)
            raise DomainError(
                f"{given}: beyond stability, a step overshoots or the noise of the batches feeds itself; "
                "give a smaller eta or, where B is given, a larger B"
            )

    def _at_last(self, task: Task) -> SpectralSeries:
        """The series of a task with all its modes: those that grow with the resource add up to the trace."""
        found = self.spectrum(task)
        return found if found.scaling is None else spectrum(replace(task, modes=oo))

    def _saturated(self, abscissa: Expr, numbers: Mapping[Symbol, Expr]) -> SpectrumError:
        bound = substitute(self.rule.saturation(), dict(numbers))
        return SpectrumError(
            f"{self.rule.title} saturates: modes are left with lambda**-{2 * bound}, and swing, so that "
            f"t**({2 * bound}) times the loss has no limit; the law needs {abscissa} < {bound}, a larger "
            "delta or a slower target"
        )


def crossover(spectrum: SpectralSeries, size: Symbol, student: Student = GAUSSIAN) -> Expr:
    """The time ``1/kappa(size)`` of gradient flow, ``df1(kappa) = size``, at which a transient law ends.

    Its leading term; the clock of another rule shows it divided by the pace of the rule.

    >>> from asymptotics.spectra import spectrum
    >>> from asymptotics.tasks.power_laws import power_law
    >>> crossover(spectrum(power_law(3, 2)), N)
    4*N**2/pi**2
    """
    if spectrum.kernel.modes is not None:
        return oo  # more samples or features than modes: nothing crosses over
    end = student.at_end(kappa) if size == N else AtRidge(kappa, kappa, size)
    last = expand(end, spectrum, size, 2).series
    return 1 / last.term_expression(last.leading())
