"""What every quantity of the full model is made with: checked inputs, a solver, and digits enough."""

from __future__ import annotations

import sympy

from asymptotics.errors import DomainError
from numerics.model.parts import Setting, Weights
from numerics.model.precision import to_digits
from numerics.model.rules import GradientDescent, GradientFlow, OnePassSGD, Rule
from numerics.model.solver import PLAIN, Expanded, Solution, Solver
from numerics.spectra.spectrum import FiniteSpectrum, Spectrum
from numerics.values.inputs import exact_size, exact_time, infinite
from numerics.values.value import Value

MAX_DIGITS = 1000


class SolvedModel:
    """Spectrum, sizes, noise, digits and rule of a model, and its solver; see `FullModel`."""

    __slots__ = ("N", "P", "_solver", "digits", "noise", "rule", "spectrum")

    def _set_up(
        self,
        spectrum: Spectrum | FiniteSpectrum,
        N: object,
        P: object,
        noise: sympy.Expr,
        digits: int,
        rule: Rule | None,
    ) -> None:
        if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MAX_DIGITS:
            raise DomainError(f"digits = {digits!r}; give an integer from 1 to {MAX_DIGITS}")
        if not (noise.is_number and noise.is_real and noise.is_finite and noise >= 0):
            raise DomainError(f"noise = {noise}; the standard deviation sigma must be a number >= 0")
        chosen = GradientFlow() if rule is None else rule
        if not isinstance(chosen, Rule):
            raise DomainError(f"rule = {rule!r}; use GradientFlow, GradientDescent, HeavyBall or OnePassSGD")
        self.spectrum = spectrum
        self.N, self.P = exact_size("N", N), exact_size("P", P)
        self.noise = noise
        self.digits = digits
        self.rule: Rule = chosen
        if isinstance(chosen, OnePassSGD) and not infinite(self.P):
            raise DomainError(
                f"P = {self.P} with one-pass SGD, which never sees a sample twice; leave P = oo"
            )
        self._solver = Solver(spectrum, self.N, self.P, chosen)
        self._solver.check_stable()

    def _setting(self, t: object, *, in_data: bool = False) -> Setting:
        """What decides on parts; ``in_data``: although P = oo, what depends on it is wanted."""
        return Setting(
            rule=self.rule,
            variance=self.noise**2,
            time=self._time(t),
            infinite_data=infinite(self.P) and not in_data,
        )

    def _combined(
        self,
        name: str,
        t: object,
        weights: Weights,
        *,
        lost_digits: float = 0.0,
        expanded: Expanded = PLAIN,
        order: int = 0,
    ) -> Value:
        time = self._time(t)
        wanted = {part: weight for part, weight in weights.items() if weight != 0}

        def total(digits: int) -> Solution:
            return self._solver.combine(wanted, time, digits, expanded, order)

        return to_digits(name, time, total, self.digits, lost_digits=lost_digits)

    def _time(self, t: object) -> sympy.Expr:
        time = exact_time(t)
        if isinstance(self.rule, GradientDescent | OnePassSGD) and not infinite(time) and not time.is_integer:
            raise DomainError(f"t = {t}; {type(self.rule).__name__} counts steps, give an integer >= 0 or oo")
        return time

    def __repr__(self) -> str:
        return (
            f"FullModel({self.spectrum.levels or 'oo'} modes, N={self.N}, P={self.P}, noise={self.noise}, "
            f"digits={self.digits}, rule={self.rule})"
        )
