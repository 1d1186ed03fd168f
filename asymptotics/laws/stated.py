"""A law as data: the regimes of one quantity of one task, and what is read off them.

Stated    exponent, prefactor, leading term, conditions and doubts
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sympy import And, Expr, Integer, Max, Min, Piecewise, Symbol, oo, sympify
from sympy.logic.boolalg import Boolean, false, true

from asymptotics.domains.domain import as_condition, as_constraint, plain, primitive
from asymptotics.errors import UnableError
from asymptotics.expansions.oscillation import LogPeriodic, log_periodic
from asymptotics.laws import latex as typeset
from asymptotics.model.quantities import quantity_of
from asymptotics.model.quantity import GAUSSIAN, Quantity, crossover
from asymptotics.model.students.base import Student
from asymptotics.notation import notation as named
from asymptotics.notation import restate
from asymptotics.parsing.heights import substitute
from asymptotics.parsing.numbers import exact
from asymptotics.precision import exclusive_class
from asymptotics.regime import Regime
from asymptotics.spectra.family import SpectralSeries
from asymptotics.tasks.measured import Measured
from asymptotics.tasks.task import Task
from asymptotics.typesetting import Typeset


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Typeset):
    """``loss ~ prefactor * x**(-exponent) * log(x)**log_power`` in every regime; `Law` tells its fields."""

    name: str
    task: Task
    regimes: Sequence[Regime]
    settings: tuple[tuple[Symbol, Expr], ...] = ()
    below: bool = False
    measured: Measured | None = None
    letters: str | None = None
    student: Student = GAUSSIAN

    @property
    def _about(self) -> Quantity:
        return quantity_of(self.name, self.student)

    @property
    def parameters(self) -> tuple[Symbol, ...]:
        """The symbols `at` takes numbers for: those of the task, and N, P, sigma, eta, B, beta, if any."""
        return self._symbols_in(self.regimes)

    def parameters_for(self, names: Iterable[object]) -> tuple[Symbol, ...]:
        """Parameters among which the names are, if they are any: of the task, or of as few regimes as do.

        Lines between regimes are derived when they are read. Letters of the quantity that leave its leading
        terms, as the batch of a noise that does not lead, may be given all the same.
        """
        wanted = {name.name if isinstance(name, Symbol) else name for name in names}
        found, read = self.task.parameters, []
        for regime in self.regimes:
            if wanted.issubset(symbol.name for symbol in found):
                break
            read.append(regime)
            found = self._symbols_in(read)
        if not wanted.issubset(symbol.name for symbol in found):
            unused = self._about.equation.free_symbols.union(self._about.rule.parameters) - {self.resource}
            found = (*found, *(x for x in unused if x.name in wanted and x not in found))
        return found

    def _symbols_in(self, regimes: Iterable[Regime]) -> tuple[Symbol, ...]:
        found = set(self.task.parameters).union(*(r.leading(self.resource).free_symbols for r in regimes))
        return tuple(sorted(found - {self.resource, self.task.index}, key=lambda s: s.name))

    @property
    def _letters(self) -> tuple[Symbol, ...]:
        """The parameters in its leading term and its conditions: label noise is often not among them."""
        found = self._whole_leading.free_symbols.union(*(c.free_symbols for c in self.conditions))
        return tuple(symbol for symbol in self.parameters if symbol in found)

    @property
    def gauge(self) -> Expr:
        """The function of the resource whose powers the law is made of; the resource for power laws."""
        return self._piecewise(lambda regime: regime.variable(self.resource))

    @property
    def resource(self) -> Symbol:
        """t, N or P: the one quantity that is finite."""
        return named(self.letters).expression(self._about.resource)

    @property
    def quantity(self) -> str:
        """What the law is about, in words."""
        return named(self.letters).rename(self._about.words)

    @property
    def limits(self) -> str:
        """What is infinite."""
        return named(self.letters).rename(self._about.limits)

    @property
    def window(self) -> tuple[Expr, Expr] | None:
        """Between which two values of the resource a transient law holds (much more, much less); else None.

        >>> from asymptotics import derive, power_law
        >>> derive(power_law(3, 2)).model_transient.window
        (1, 4*N**2/pi**2)
        """
        quantity = self._about
        if quantity.within is None:
            return None
        return Integer(1), quantity.when(crossover(self.spectrum, quantity.within, self.student))

    @property
    def uniform(self) -> Boolean | None:
        """Where a transient law decays in time, so that the expansion in 1/size is uniform in t; else None.

        Elsewhere the correction grows with t and the expansion holds up to the end of `window` only.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> derive(power_law(a, b)).model_transient.uniform
        a > 2
        """
        if self._about.within is None:
            return None
        parts = []
        for regime in self.regimes:
            sign = regime.domain.sign(regime.exponent)
            if sign is None and not regime.is_boundary:
                parts.append(as_condition(primitive(regime.exponent)))
            elif sign in (0, -1) and not regime.is_boundary:
                return false
        return And(*parts)

    @property
    def source(self) -> str:
        """Where the equation that was expanded stands."""
        return self._about.source

    @property
    def conditions(self) -> tuple[Boolean, ...]:
        """The conditions on the parameters under which the law holds at all."""
        table = dict(self.settings)
        found = (substitute(c, table) for c in self.spectrum.domain.constraints)
        return tuple(as_condition(c) for c in found if not c.is_number)

    @property
    def spectrum(self) -> SpectralSeries:
        """The series of its task, with the domain on which what the law is made of converges.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> [law.spectrum.domain.conditions() for law in derive(power_law(a, b))]
        [(a > 1,), (b > 1, a > 1), (b > 1, a > 1)]
        """
        return self._about.spectrum(self.task)

    @property
    def exponent(self) -> Expr:
        """p in ``loss ~ resource**(-p)``: a Min over the regimes, a Max, or Piecewise where neither is true.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> derive(power_law(a, b)).rich_time.exponent
        Max((a - 1)/b, 2*(a - 1)/(a + b - 1))
        """
        open_ = [regime for regime in self.regimes if not regime.is_boundary]
        exponents = [regime.exponent for regime in open_]
        regions = [(r.domain.holding(*as_constraint(r.condition)), r.exponent) for r in open_]
        for extreme, sign in ((Min, 1), (Max, -1)):
            if all(where.sign(p - own) in (0, sign) for where, own in regions for p in exponents):
                return extreme(*exponents)
        return self._piecewise(lambda regime: regime.exponent)

    @property
    def prefactor(self) -> Expr:
        """The factor of the leading power (and logarithm); Piecewise over several regimes."""
        return self._piecewise(lambda regime: regime.prefactor)

    @property
    def log_power(self) -> Expr:
        """The power of log(resource) in the leading term; Piecewise over several regimes."""
        return self._piecewise(lambda regime: sympify(regime.log_power))

    @property
    def leading(self) -> Expr:
        """The leading term as an expression in ``resource``."""
        return self._piecewise(lambda regime: regime.leading(self.resource))

    @property
    def oscillation(self) -> LogPeriodic | None:
        """Mean, amplitudes and phases of a prefactor that oscillates in log(resource); None if it does not.

        Laws in N or P of geometric spectra have a constant prefactor at whole numbers. Raises
        `UnableError` over several regimes (give numbers by `at`).

        >>> from asymptotics import Task, derive
        >>> wave = derive(Task(eigenvalues="20**-k", target="2**-k")).time.oscillation
        >>> wave.period, wave.relative(1).evalf(6)      # |Gamma(s_1)| against Gamma(s_0)
        (log(20), 0.0387965)
        """
        if len(self.regimes) > 1:
            raise UnableError(f"{len(self.regimes)} regimes of the {self.name} law; give numbers by at(...)")
        prefactor = self.regimes[0].prefactor
        return log_periodic(prefactor) if prefactor.has(self.resource) else None

    @property
    def doubts(self) -> tuple[str, ...]:
        """What is not proved of zeros of coefficients, regime by regime; empty where all is proved.

        >>> from asymptotics import derive, power_law
        >>> from asymptotics.symbols import a, b
        >>> derive(power_law(a, b)).gap.doubts
        ('where the prefactor vanishes, which is not excluded, the next term leads',)
        """
        if len(told := {regime.doubt for regime in self.regimes}) == 1:
            return tuple(doubt for doubt in told if doubt)
        return tuple(f"{r.doubt}, for {plain(r.condition)}" for r in self.regimes if r.doubt)

    def _piecewise(self, part: Callable[[Regime], Expr]) -> Expr:
        if len(self.regimes) == 1 and self.regimes[0].condition == true:
            return part(self.regimes[0])
        return Piecewise(*((part(regime), regime.condition) for regime in self.regimes))

    @property
    def _whole_leading(self) -> Expr:
        """The leading term, and 0 from the edge on at which it ends."""
        edge = self.regimes[0].limit(self.resource)
        if edge == oo or self.below:
            return self.leading
        return Piecewise((self.leading, self.resource < edge), (Integer(0), True))

    def stating(
        self,
        *,
        exponent: object = None,
        prefactor: object = None,
        log_power: object = None,
        remainder: object = None,
    ) -> Self:
        """The law with another leading term or remainder in every regime: a claim to be verified.

        >>> from asymptotics import derive, power_law
        >>> derive(power_law(2, 2)).time.stating(exponent=1).exponent
        1
        """
        return replace(
            self,
            regimes=tuple(
                replace(
                    regime,
                    exponent=regime.exponent if exponent is None else exact(exponent, "exponent"),
                    prefactor=regime.prefactor if prefactor is None else exact(prefactor, "prefactor"),
                    log_power=regime.log_power if log_power is None else exact(log_power, "log_power"),
                    remainder=regime.remainder if remainder is None else exact(remainder, "remainder"),
                )
                for regime in self.regimes
            ),
        )

    def latex_rows(self, **options: Any) -> list[str]:
        name = named(self.letters).rename(self._about.tex, latex=True)
        return typeset.rows_of(name, self.resource, self._told, **options)

    @property
    def _told(self) -> tuple[Regime, ...]:
        """The regimes with where the training rule has them at all, which is no condition of the task."""
        of_rule = (substitute(c, dict(self.settings)) for c in self._about.room(self.task))
        open_ = {as_condition(c) for c in of_rule if not c.is_number}
        needed = And(*(named(self.letters).condition(c) for c in self.conditions if c in open_))
        return tuple(replace(r, condition=And(r.condition, needed)) for r in self.regimes)

    def restate(self, notation: str) -> Self:
        """The law in the letters of another paper, for reading: its domain stays in those of the task."""
        return replace(self, regimes=restate(self.regimes, notation), letters=notation)
