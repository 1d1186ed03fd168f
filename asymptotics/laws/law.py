"""A law of one quantity of one task: what is derived anew from the law as data (`laws.stated`).

Law           next orders, the law at numbers, windows, derivation, records
derive_law    the law of a quantity of a task
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

from sympy import Expr, Rational, Symbol, log, nan, oo, zoo
from sympy.logic.boolalg import false, true

from asymptotics.caches import cached
from asymptotics.domains.domain import reduce_condition
from asymptotics.errors import BottleneckError, DomainError, UnableError, shown
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.tidying import tidy
from asymptotics.expansions.vanishing import NONZERO, number_in, zero_test
from asymptotics.laws import evaluation
from asymptotics.laws.balances import regimes_of
from asymptotics.laws.orders import first_orders, tidied
from asymptotics.laws.stated import Stated
from asymptotics.laws.text import lines_of, own_letters
from asymptotics.laws.windows import Window, windows_of
from asymptotics.lines import aligned
from asymptotics.model.expand import with_noise
from asymptotics.model.proportional_target import vanishes
from asymptotics.model.quantities import QUANTITIES, quantity_of
from asymptotics.model.quantity import GAUSSIAN
from asymptotics.model.students.base import Student, content_of_student, student_of
from asymptotics.notation import notation as named
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import mapping_of, substitution, whole_number
from asymptotics.precision import exclusive, exclusive_class
from asymptotics.regimes import Vanishing
from asymptotics.spectra.segments import structural
from asymptotics.tasks.records import check_same, content_of, record, written
from asymptotics.tasks.task import Task

if TYPE_CHECKING:
    from asymptotics.derivation import Derivation


FAR = 1000
"""A law that is good only beyond this value of its resource says so wherever it is printed."""


@exclusive_class
class Law(Stated):
    """``loss ~ prefactor * x**(-exponent) * log(x)**log_power``, x = resource -> oo.

    Where the law is not a power of its resource, x is the function `gauge` of it, and there may be an
    envelope (see `Regime`); `leading` is always the whole of it. All quantities are dimensionless; the
    loss is the excess test loss (the variance sigma^2 of the label noise itself is not included).

    Attributes
    ----------
    name, resource : that of the quantity, as in `Laws`, and t, N or P.
    task : the task it was derived from.
    regimes : where which term leads. Further terms come from `expansion`.
    settings : numbers given for symbols that are not the task's (N, P, sigma, eta, B, beta).
    below : with finitely many modes, whether it is the law below that number where another holds beyond.
    student : what is trained (`model.students`), Gaussian random features by default.
    letters : the paper in whose letters it was restated, for reading; None for ours.
    measured : the arrays to which the power laws of the task were fitted; None for any other task.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> derive(power_law(a, b)).model.exponent
    Min(b, a - 1)
    """

    __slots__ = ()

    @property
    def windows(self) -> tuple[Window[Law], ...]:
        """Where which law holds, for spectra in pieces or with finitely many modes; else one window.

        >>> from asymptotics import Task, derive
        >>> from asymptotics.symbols import M
        >>> for window in derive(Task(eigenvalues=1, target=1, modes=M)).model.windows:
        ...     print(window)
        0 << resource << M: L(N) ~ M - N, N -> M
        exactly 0 from M on
        """
        return windows_of(self, partial(derive_law, self.name, student=self.student))

    def expansion(self, terms: int = 3) -> Expansion:
        """The terms that can be among the first ``terms`` orders, and the remainder.

        With numbers these are the first ``terms`` orders; with symbols, every term that fewer than
        ``terms`` others are proved to precede, as far as the remainder allows. Raises `DomainError` for
        terms < 1.

        >>> from asymptotics import derive, power_law
        >>> derive(power_law(4, 2)).model.expansion(terms=2)
        pi**4/(24*N**2) - 5*pi**4/(48*N**3) + O(N**(-4))
        """
        return tidied(self.orders(terms))

    def orders(self, terms: int = 3) -> Expansion:
        """The same as `expansion`, with coefficients as they come: for numbers, not to be read.

        >>> from asymptotics import derive, power_law
        >>> law = derive(power_law(4, 2)).model
        >>> law.orders(terms=2).as_expr().equals(law.expansion(terms=2).as_expr())
        True
        """
        terms = whole_number(terms, "terms", 1, 40)
        # a law in powers of log(x), or with a relative remainder, is expanded as such to all orders
        slow = any(r.relative is not None or r.gauge == log(self.resource) for r in self.regimes)
        return first_orders(self._about, self.task, terms, self.settings, self.below, slow)

    @property
    def derivation(self) -> Derivation:
        """The argument from the model's equations to the law: steps that can be read and checked.

        >>> from asymptotics import derive, power_law
        >>> [str(step.equation) for step in derive(power_law(3, 2)).model.derivation][-1]
        'L(N) ~ pi**2*log(N)/(4*N**2) + O(N**(-2)), N -> oo'
        """
        from asymptotics.derivation import derivation_of  # read seldom, and slow to import

        return derivation_of(
            self._about, self.task, self.regimes, self.settings, self.parameters, self.conditions, self.below
        )

    def at(self, values: Mapping[Symbol | str, object] | None = None, /, **named: object) -> Law:
        """The same law with numbers for parameters; exponents that meet give their logarithm.

        Raises `DomainError` for an unknown parameter, and for values outside the law's domain.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> derive(power_law(a, b)).model.at(a=3, b=2).regimes[0].log_power
        1
        """
        if named.keys() & {self.resource.name}:
            raise DomainError(f"{self.resource} is what the law is of; call it, law(1000), for numbers there")
        parameters = self.parameters_for([*mapping_of(values, "values"), *named])
        table = substitution(parameters, values, named)
        if not table:
            return self
        own = {symbol: value for symbol, value in table.items() if symbol in self.task.parameters}
        settings = (*self.settings, *((x, v) for x, v in table.items() if x not in own))
        task, student = self.task.at(own), self.student.at(own)
        domain = self._about.spectrum(task).domain  # raises where the values leave it
        self._about.check_numbers(task, dict(settings))
        if structural(self.task) & set(own):
            return replace(self, student=student)._again(task, settings)
        kept = []
        for regime in self.regimes:
            condition = reduce_condition(regime.condition.xreplace(table), domain)
            if condition == false:
                continue
            prefactor = tidy(substitute(regime.prefactor, table))
            if prefactor.has(nan, zoo, oo) or zero_test(number_in(prefactor)) != NONZERO:
                # a zero or a removable singularity of the symbolic form: derived again with the numbers
                return replace(self, student=student)._again(task, settings)
            kept.append(regime.with_numbers(table, condition, prefactor, domain))
            if condition == true:
                break  # no other holds here, and lines are derived when they are asked for
        if not kept:
            raise UnableError(
                f"no regime of the {self.name} law covers {table}; derive the task with these values"
            )
        return replace(self, task=task, student=student, regimes=tuple(kept), settings=settings)

    def __call__(
        self, value: object, values: Mapping[Symbol | str, object] | None = None, /, **named: object
    ) -> Any:
        """The leading term at one value of the resource, or on an array, with numbers for all parameters.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> round(derive(power_law(a, b)).model(1000, a=4, b=2), 12)
        4.058712e-06
        """
        law = self.at(values, **named)
        law._check_numbers("law(1000, {})", law._letters)
        return evaluation.evaluate(law._whole_leading, law.resource, value)

    def lambdify(
        self, values: Mapping[Symbol | str, object] | None = None, /, **named: object
    ) -> Callable[[Any], Any]:
        """The leading term as a function of the resource, a float or a NumPy array, in double precision.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> derive(power_law(a, b)).time.lambdify(a=3, b=2)([1, 10, 100])
        array([0.25  , 0.025 , 0.0025])
        """
        law = self.at(values, **named)
        law._check_numbers("law.lambdify({})", law._letters)
        return evaluation.compile_leading(law._whole_leading, law.resource)

    @property
    def good_from(self) -> float | None:
        """The value of the resource from which on the leading term is within 10 % of the loss, at numbers.

        It follows from the next orders (`laws.evaluation`); None where no next order is known, as what is
        left is smaller than every power, and inf for a claim that differs from the law. Raises `DomainError`
        for a law with symbols.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> f"{derive(power_law(a, b)).model.at(a=4, b=2).good_from:.3g}"
        '23.6'
        """
        self._check_numbers("law.at({}).good_from", self.parameters)
        return _good_from(self if self.letters is None else self._again(self.task, self.settings))

    def _check_numbers(self, form: str, needed: tuple[Symbol, ...]) -> None:
        if needed:
            missing = ", ".join(f"{symbol}=..." for symbol in needed)
            raise DomainError(f"the {self.name} law has symbols; give numbers, {form.format(missing)}")

    def to_dict(self) -> dict[str, Any]:
        """Task, name and numbers of the law, and the regimes found, as text for JSON; `from_dict` reads it.

        Raises `UnableError` for a claim (`stating`), which is not derived from its task.

        >>> from asymptotics import derive, power_law
        >>> law = derive(power_law("a", 2)).model
        >>> Law.from_dict(law.to_dict()) == law
        True
        """
        same = self._again(self.task, self.settings)
        if self.letters is not None:
            same = same.restate(self.letters)
        if not evaluation.agree(self.regimes, same.regimes):
            raise UnableError(f"this {self.name} law is a claim, not the law of its task; keep its text")
        parts = ("condition", "exponent", "prefactor", "log_power", "remainder")
        own = {} if self.student == GAUSSIAN else {"student": content_of_student(self.student)}
        return record(
            "law",
            **own,
            name=self.name,
            task=replace(self.task, measured=self.measured).to_dict(),
            numbers={symbol.name: written(value) for symbol, value in self.settings},
            below=self.below,
            letters=self.letters,
            regimes=[{part: str(getattr(regime, part)) for part in parts} for regime in same.regimes],
        )

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Law:
        """The law that `to_dict` wrote, derived again. Raises `DomainError` for a record that was changed."""
        content = content_of("law", found, "name", "task", "numbers", "below", "letters")
        if content["name"] not in QUANTITIES:
            raise DomainError(f"no law is called {shown(content['name'])}; it was none of this release")
        task = Task.from_dict(content["task"])
        student = student_of(found["student"]) if "student" in found else GAUSSIAN
        law = derive_law(content["name"], task.fitted, bool(content["below"]), student)
        law = replace(law, measured=task.measured).at(content["numbers"])
        law = law if content["letters"] is None else law.restate(content["letters"])
        check_same(content, law.to_dict())
        return law

    def _again(self, task: Task, settings: tuple[tuple[Symbol, Expr], ...]) -> Law:
        derived = replace(derive_law(self.name, task, self.below, self.student), measured=self.measured)
        return derived.at(dict(settings))

    def __repr__(self) -> str:
        return self.to_text()

    def to_text(self, *, exact: bool = False) -> str:
        """A line for each regime; decimals stand for numbers that are long, unless it is to be ``exact``.

        A long prefactor with symbols in it has a name, and a line of its own.

        >>> from asymptotics import Task, derive
        >>> law = derive(Task(eigenvalues="1.53*k**-1.749", target="0.51*k**-1.416")).time
        >>> print(law)
        L(t) ~ 0.854098/t**0.237850, t -> oo (decimals to 6 digits)
        """
        symbol = named(self.letters).rename(self._about.symbol)
        fit = self.measured and f"{self.measured.as_fit}; with errors: measured_laws(task)"
        notes = (fit or "", self._reach)
        lines = lines_of(
            symbol,
            self.resource,
            self._told,
            exact=exact,
            below=self.below,
            notes=notes,
            letters=own_letters(self.parameters, self.task),
        )
        return "\n".join(lines)

    @property
    def _reach(self) -> str:
        """From where the law is good, in words, where that is far and known from powers."""
        if self.parameters or len(self.regimes) > 1 or not self.regimes[0].is_power:
            return ""
        try:
            start = self.good_from if self.regimes[0].relative is None else None
        except BottleneckError:
            return ""
        far = start is not None and FAR < start < inf
        return f"within 10 % from {self.resource} = {start:.1e} on" if far else ""

    def to_latex(
        self, notation: str | None = None, *, width: float | None = None, exact: bool = False
    ) -> str:
        """The law in LaTeX, for a display environment: cases over its regimes.

        ``notation`` is the arXiv number of a paper in whose letters it is written (`asymptotics.notation`);
        a long prefactor is defined on lines of at most ``width`` letters, about; ``exact`` as in `to_text`.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> print(derive(power_law(a, b)).time.to_latex(notation="2409.17858"))
        \\mathcal{L}(t) \\sim \\frac{2^{-\\beta} \\Gamma\\left(\\beta\\right)}{\\alpha} t^{-\\beta}
        """
        law = self if notation is None else self.restate(notation)
        return aligned(law.latex_rows(width=width, exact=exact))


@exclusive
@cached(maxsize=256)
def derive_law(name: str, task: Task, below: bool = False, student: Student = GAUSSIAN) -> Law:
    """The law of the quantity called ``name``; ``below`` the number of modes where that is finite."""
    quantity = quantity_of(name, student)
    task = quantity.task(task)
    try:
        regimes = regimes_of(quantity, task, below)
    except Vanishing as error:
        if vanishes(with_noise(quantity.equation, task), task):
            raise Vanishing(
                f"{quantity.symbol} is 0 at every {quantity.resource}: the target is proportional to the "
                "eigenvalues, and there is no label noise"
            ) from error
        if task.target != 0:
            raise
        raise Vanishing(
            f"the target is 0, and so is {quantity.symbol}; label noise is noise=sigma"
        ) from error
    return Law(name=name, task=task, regimes=regimes, below=below, student=student)


@cached(maxsize=256)
def _good_from(law: Law) -> float | None:
    return evaluation.good_from(law.expansion(terms=4), law.leading, law.resource, Rational(1, 10))
