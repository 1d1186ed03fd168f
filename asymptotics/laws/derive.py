"""The laws of a task: `derive` and what it returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import Symbol

from asymptotics.errors import DomainError, SpectrumError, UnableError, check_kind
from asymptotics.laws.law import Law, derive_law
from asymptotics.laws.names import unknown_law
from asymptotics.lines import aligned
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES
from asymptotics.model.quantity import GAUSSIAN
from asymptotics.model.schedules.shapes import Constant, OptimalSchedule
from asymptotics.model.students.base import Student, check_student
from asymptotics.parsing.numbers import substitution
from asymptotics.precision import exclusive, exclusive_class
from asymptotics.spectra import spectrum
from asymptotics.tasks.measured import Measured
from asymptotics.tasks.task import Task
from asymptotics.typesetting import Typeset


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class Laws(Typeset):
    """The laws of one task, each derived when it is asked for.

    Iteration gives the three bottlenecks, time, model and data; ``laws.all()`` every law. Each is an
    attribute by the name of its quantity in `asymptotics.model.quantities.QUANTITIES`, which ``dir(laws)``
    lists. Laws that do not exist, as where the trace of a kernel diverges, or that are not derived, are left
    out: ``laws.refused`` says why. For a measured task they are those of its fitted power laws, ``task``;
    ``measured`` has the arrays.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> derive(power_law(a, b)).early_stopping.exponent
    (a - 1)/a
    >>> [law.name for law in derive(power_law(2, 1))], sorted(derive(power_law(2, 1)).refused)[:3]
    (['time'], ['bias_data', 'bias_model', 'classification_error'])
    """

    task: Task
    measured: Measured | None = None
    student: Student = GAUSSIAN

    def __getattr__(self, name: str) -> Law:
        if name in QUANTITIES:
            QUANTITIES[name].check_letters(self.task)
            return replace(derive_law(name, self.task, student=self.student), measured=self.measured)
        raise AttributeError(unknown_law(name))

    def schedule(self, schedule: object, *, tuned: bool = True, noiseless: bool = False) -> Law:
        """The loss at the end of t steps with a schedule, its largest step at its best (at most eta).

        To first order in the steps, whose relative error falls with t. ``schedule`` is a `Schedule`, an
        expression in u, or a callable; ``OptimalSchedule()`` the best of all. With ``tuned=False`` the
        largest step is eta, and constants are those of small eta, as on the line where eta begins to bind.
        ``noiseless``: without label noise, of ``OptimalSchedule()`` alone, which then warms up.

        >>> from asymptotics import Cosine, OptimalSchedule, derive, power_law
        >>> derive(power_law(3, 2)).schedule(Cosine()).exponent
        2/3
        >>> derive(power_law(6, 2)).schedule(OptimalSchedule(), noiseless=True).exponent
        5/2
        """
        family = "noiseless" if noiseless else "schedule" if tuned else "steps"
        return self._of_schedule(family, schedule)

    def best_step(self, schedule: object) -> Law:
        """The best largest step of a schedule, at most eta, as a law in t.

        >>> from asymptotics import Linear, derive, power_law
        >>> derive(power_law(3, 2)).best_step(Linear()).exponent
        1/3
        """
        return self._of_schedule("step", schedule)

    @property
    def optimal_step(self) -> Law:
        """The best constant step of one-pass SGD after t steps under label noise.

        >>> from asymptotics import derive, power_law
        >>> derive(power_law(3, 2)).optimal_step.exponent        # s/(1 + s), s = (a - 1)/b
        1/2
        """
        return self.best_step(Constant())

    def average(self, weights: object) -> Law:
        """The loss of an average of the iterates of a constant step, that step at its best (at most eta).

        ``weights`` are those of `Averaged`: ``Constant()`` (Polyak), ``Tail(fraction=)``, or
        ``Exponential(rate=)``; polynomials in u, in pieces at will, and exponentials.

        >>> from asymptotics import Tail, derive, power_law
        >>> derive(power_law(3, 2)).average(Tail(fraction=0.5)).exponent
        2/3
        """
        return self._of_schedule("average", weights)

    @property
    def averaged(self) -> Law:
        """The loss of the mean of all iterates of one-pass SGD, its constant step at its best.

        >>> from asymptotics import derive, power_law
        >>> derive(power_law(7, 2)).averaged.exponent        # the filter saturates at s = 2
        4/5
        """
        return self.average(Constant())

    @property
    def decay_fraction(self) -> Law:
        """The share of the steps over which the best schedule decays: all in easy tasks, ever less in hard.

        >>> from asymptotics import derive, power_law
        >>> derive(power_law(2, 3)).decay_fraction.exponent        # 1 - (s + 1) b/(2 b - 1)
        1/5
        """
        return self._of_schedule("decay", OptimalSchedule())

    def _of_schedule(self, family: str, schedule: object) -> Law:
        from asymptotics.model.quantities_of_schedules import schedule_name  # seldom asked for

        return getattr(self, schedule_name(schedule, family))

    def __call__(self, *values: object, **named: object) -> float:
        """Raises `DomainError`: numbers come of one law, as ``laws.model(1000, a=..., b=...)``."""
        raise DomainError(
            "laws are not called, each of them is: laws.time(1000, a=..., b=...), laws.model(...), ..."
        )

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *QUANTITIES]

    def __iter__(self) -> Iterator[Law]:
        derived, undecided = 0, None
        for name in BOTTLENECKS:
            try:
                law = getattr(self, name)
            except SpectrumError:
                continue
            except UnableError as error:
                undecided = undecided or error
                continue
            derived += 1
            yield law
        if undecided and not derived:
            raise undecided

    def all(self) -> tuple[Law, ...]:
        """Every law of the task that is derived."""
        return tuple(getattr(self, name) for name in QUANTITIES if not self.refusal(name))

    @property
    def refused(self) -> Mapping[str, str]:
        """The laws that the task does not have, or that are not derived: by name, the reason."""
        return {name: why for name in QUANTITIES if (why := self.refusal(name))}

    def refusal(self, name: str) -> str:
        """Why the task has no law of this name, a sum diverges or a step is not derived; else ""."""
        try:
            getattr(self, name).regimes[-1]  # the lines in its domain, too
        except (SpectrumError, UnableError) as error:
            return str(error)
        return ""

    def at(self, values: Mapping[Symbol | str, object] | None = None, /, **named: object) -> Laws:
        """The laws of the same task with numbers for parameters."""
        task = self.task.at(values, **named)
        table = substitution(self.task.parameters, values, named)
        return replace(self, task=task, student=self.student.at(table))

    def __repr__(self) -> str:
        without = (f"laws.{name}: {why}" for name in BOTTLENECKS if (why := self.refusal(name)))
        return "\n".join([*map(repr, self), *without])

    def to_latex(
        self, notation: str | None = None, *, width: float | None = None, exact: bool = False
    ) -> str:
        """The three bottleneck laws in one ``aligned`` block of LaTeX, with the options of `Law.to_latex`."""
        rows: list[str] = []
        for law in self if notation is None else (law.restate(notation) for law in self):
            taken = frozenset(row[0] for row in rows)  # the names of prefactors above
            rows += law.latex_rows(width=width, exact=exact, taken=taken)
        return aligned(dict.fromkeys(rows))


QUANTITIES.name_attributes(Laws)


@exclusive
def derive(task: Task, *, student: Student = GAUSSIAN) -> Laws:
    """The laws of a task: test loss limited by t, by N and by P alone, and how they are approached.

    Raises `SpectrumError` for spectra without laws (a target of infinite power, unknown families) and
    `UnableError` where none of the three bottlenecks is derived, each saying what is missing. A kernel
    without trace has the laws of training time alone; what others lack they raise when they are asked for.
    ``student`` is what stands between the features of the task and the trained kernel, Gaussian random
    features by default.

    >>> from asymptotics import power_law
    >>> from asymptotics.symbols import a, b
    >>> derive(power_law(a, b)).data.exponent
    Min(2*b, a - 1)
    >>> from asymptotics import NonlinearFeatures
    >>> derive(power_law(2, 3), student=NonlinearFeatures(linear=1, white=1)).model.exponent
    1/3
    """
    check_kind(task, Task, "task", "make a Task with Task(eigenvalues=..., target=...)")
    own, student = check_student(student).on_task(task.fitted)
    laws = Laws(task=own, measured=task.measured, student=student)
    spectrum(laws.task, trace=False)  # a spectrum without laws is refused here, not at the first use
    tuple(laws)
    return laws
