"""The test loss in other metrics: of one mode alone, or on inputs with other eigenvalues lambda'.

``L' = sum_k lambda'_k E v_k^2`` for features that stay what they are. With ``E = Q + sigma^2``, and r and a
of `two_time`,

    E v_k v_k' = g g' [kappa kappa' (w_k^2 + (r/a)(h + f1 E/P)) + lambda_k E/P]/((lambda_k+kappa)(...)),

whose sum with weights lambda_k is Q; so that a metric enters through three sums over pairs alone,

    F' = kappa kappa' sum lambda' w^2/(...),     f2' = sum lambda' lambda/(...),     f1' = sum lambda'/(...).

    Metric            the three sums, on pairs of nodes and at one kappa with errors
    OneMode           lambda' = lambda_k for a mode k
    OtherSpectrum     any lambda'
    OtherKernel       any lambda' for the kernel itself, of which f1' is not asked
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

from numerics.model.discretisation import Discretisation
from numerics.model.saturation import SLACK
from numerics.model.two_time import OneTime, Weighed, two_point
from numerics.spectra.compiled import constant
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Field, Scalar, array, each
from numerics.values.jets import Jet
from numerics.values.positive import Positive


class Metric(ABC):
    """How modes are weighed in a test loss, for one model."""

    def __init__(self, model: Discretisation) -> None:
        self._model = model

    @abstractmethod
    def on_pairs(self, nodes: OneTime, digits: int, field: Field) -> tuple[Weighed, float]:
        """The sums on pairs of nodes, and by what rounding is amplified in them."""

    @abstractmethod
    def at(self, kappa: Positive, digits: int, floor: float, field: Field) -> Weighed:
        """The sums at one kappa > 0, as `Positive` numbers."""

    @abstractmethod
    def before(self, digits: int, field: Field) -> tuple[Scalar, float]:
        """``sum lambda' w^2``, the loss before training, and its relative error."""

    @abstractmethod
    def unlearned(self, digits: int, field: Field) -> Scalar:
        """The same over the modes of eigenvalue zero, which nothing learns."""


class OneMode(Metric):
    """``lambda_k E v_k^2`` for one mode of a level."""

    def __init__(self, model: Discretisation, level: int) -> None:
        super().__init__(model)
        self._level = level

    def _mode(self, field: Field) -> tuple[Scalar, Scalar]:
        return self._model.eigenvalue(self._level, field), self._model.power(self._level, field)

    def on_pairs(self, nodes: OneTime, digits: int, field: Field) -> tuple[Weighed, float]:
        lam, power = self._mode(field)
        (kappa,) = nodes.kappa.terms
        both = array([*kappa, *each(field.conj, kappa)])
        row, column = kappa[:, None], both[None, :]
        near = 1 / ((lam + row) * (lam + column))
        found = (power * row * column * near, lam * lam * near, lam * near)
        return Weighed(*(Jet(terms=(x,)) for x in found)), 1.0

    def at(self, kappa: Positive, digits: int, floor: float, field: Field) -> Weighed:
        lam, power = (Positive(x, 2.0**-field.bits) for x in self._mode(field))
        near = lam + kappa
        found = (power * kappa * kappa / (near * near), lam * lam / (near * near), lam / (near * near))
        return Weighed(*(array([x]) for x in found))

    def before(self, digits: int, field: Field) -> tuple[Scalar, float]:
        return self._mode(field)[1], 2.0**-field.bits

    def unlearned(self, digits: int, field: Field) -> Scalar:
        lam, power = self._mode(field)
        return field.real(0) if lam else power


class OtherSpectrum(Metric):
    """Inputs with eigenvalues lambda', and so with the target power ``c' = lambda' c/lambda``.

    ``learned`` and ``tested`` are the spectrum with c' and with lambda' as its target. A white part of the
    latter, modes of eigenvalue zero together, adds ``white/(kappa kappa')`` to f1'.
    """

    def __init__(self, model: Discretisation, learned: Any, tested: Any) -> None:
        super().__init__(model)
        self._spectra, self._sums = (learned, tested), dict[int, tuple[SpectralSums, SpectralSums]]()

    def _of(self, digits: int) -> tuple[SpectralSums, SpectralSums]:
        if digits not in self._sums:
            wanted = self._model.sums_for(digits).digits
            power, weight = (SpectralSums(spectrum, wanted) for spectrum in self._spectra)
            self._sums[digits] = power, weight
        return self._sums[digits]

    def on_pairs(self, nodes: OneTime, digits: int, field: Field) -> tuple[Weighed, float]:
        (kappa,) = nodes.kappa.terms
        power, weight = (sums.one_point(kappa, field) for sums in self._of(digits))
        seen = replace(
            nodes,
            df1=Jet(terms=(weight.X[0],)),
            df1_slope=Jet(terms=(weight.X[1],)),
            X=Jet(terms=(power.X[0],)),
            X_slope=Jet(terms=(power.X[1],)),
        )
        pair = two_point(seen, field)
        white = constant(self._spectra[1].white, field)
        f1 = pair.f1 + Jet(terms=(white / (pair.kappa.terms[0] * pair.other.terms[0]),)) if white else pair.f1
        return Weighed(F=pair.F, f2=pair.f2, f1=f1), pair.loss

    def at(self, kappa: Positive, digits: int, floor: float, field: Field) -> Weighed:
        at = kappa.value
        power, weight = (sums.one_point(array([at]), field, floor) for sums in self._of(digits))
        _, f2, error = self._of(digits)[1].squares(at, field, floor)
        error = SLACK * max(error, power.error, weight.error) + 2 * kappa.error
        white = constant(self._spectra[1].white, field)
        found = (-at * at * power.X[1, 0], f2, white / (at * at) - weight.X[1, 0])
        return Weighed(*(array([Positive(x, error)]) for x in found))

    def before(self, digits: int, field: Field) -> tuple[Scalar, float]:
        return self._of(digits)[0].total_target(field)

    def unlearned(self, digits: int, field: Field) -> Scalar:
        return self._of(digits)[0].unlearnable_target(field)


class OtherKernel(OtherSpectrum):
    """The same for the kernel itself, N = oo: nothing is drawn, r = 0, and f1' has no weight.

    ``tested`` has ``lambda' lambda`` as its target: ``f2' = sum lambda' lambda/(...)`` may be finite where
    the sum of lambda' is not.
    """

    def on_pairs(self, nodes: OneTime, digits: int, field: Field) -> tuple[Weighed, float]:
        found, loss = super().on_pairs(nodes, digits, field)
        return Weighed(F=found.F, f2=found.f1, f1=found.f1 * 0), loss

    def at(self, kappa: Positive, digits: int, floor: float, field: Field) -> Weighed:
        at = kappa.value
        power, weight = (sums.one_point(array([at]), field, floor) for sums in self._of(digits))
        error = SLACK * max(power.error, weight.error) + 2 * kappa.error
        found = (Positive(-at * at * power.X[1, 0], error), Positive(-weight.X[1, 0], error))
        F, f2, f1 = (array([x]) for x in (*found, Positive(field.real(0), 0.0)))
        return Weighed(F=F, f2=f2, f1=f1)
