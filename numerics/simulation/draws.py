"""One random draw of a finite model: its matrices, its data, and what training makes of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from asymptotics.model.students.base import Student
from numerics.model.rules.base import Dynamics
from numerics.simulation.resampling import resampled_errors
from numerics.simulation.students import drawing_of
from numerics.simulation.training import CHUNK_FLOATS, full_batch_errors, streamed_errors
from numerics.spectra.arrays import Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FiniteModel:
    """A student before anything is drawn: ``f = N^(-1/2) w.A psi`` (arXiv 2402.01092, here BAP, section 2).

    ``spread`` is sqrt(lambda) and ``teacher`` sqrt(c), both (M,); ``widths`` are the sizes of the layers of
    the student (N for one layer) and ``examples`` is P, ``inf`` allowed; ``noise`` is sigma, ``ridge`` rho;
    ``members`` matrices A and ``bags`` data sets make one predictor.

    >>> from asymptotics import GaussianFeatures, OnePassSGD
    >>> from numerics.model.rules.base import dynamics_of
    >>> model = FiniteModel(
    ...     spread=np.ones(2), teacher=np.ones(2), student=GaussianFeatures(), widths=(math.inf,),
    ...     examples=math.inf, noise=0.5, ridge=0.0, dynamics=dynamics_of(OnePassSGD(eta=0.1, batch=4)),
    ...     times=np.array([0.0]), members=1, bags=1)
    >>> errors, train = model.draw(np.random.SeedSequence(0))
    >>> errors.tolist(), train.tolist()
    ([[1.0], [1.0]], [2.25])
    """

    spread: Array
    teacher: Array
    student: Student
    widths: tuple[float, ...]
    examples: float
    noise: float
    ridge: float
    dynamics: Dynamics[Any]
    times: Array
    members: int
    bags: int

    @property
    def random(self) -> bool:
        """Whether draws differ at all: not with N = P = oo and a full-batch rule."""
        return self._random_data or self._random_features

    @property
    def _finite(self) -> tuple[int, ...]:
        return tuple(int(width) for width in self.widths if math.isfinite(width))

    @property
    def _random_features(self) -> bool:
        return bool(self._finite) and drawing_of(self.student).random

    @property
    def rows(self) -> int:
        """The modes, and what the features of each member hold beside them."""
        return len(self.spread) + self.replicas[0] * self._beside

    @property
    def _beside(self) -> int:
        return drawing_of(self.student).beside(self._finite) if self._finite else 0

    @property
    def _random_data(self) -> bool:
        return self.dynamics.rule.fresh or math.isfinite(self.examples)

    @property
    def replicas(self) -> tuple[int, int]:
        """Members and bags that differ: without randomness of their kind all copies are equal."""
        return (self.members if self._random_features else 1), (self.bags if self._random_data else 1)

    def draw(self, seed: np.random.SeedSequence) -> tuple[Array, Array]:
        """``u(t)`` of the averaged predictor, one row for each of F, shape (M, T), and its train loss, (T,).

        Every matrix has its own child of ``seed``, so that more members, bags or noise leave the
        earlier matrices as they were.
        """
        members, bags = self.replicas
        initial, data = seed.spawn(2)
        features = [
            self._apart(self._features(np.random.default_rng(child)), member)
            for member, child in enumerate(initial.spawn(members))
        ]
        children = data.spawn(bags)
        if self.dynamics.rule.fresh:
            return self._stream(features, children)
        teacher = self._whole_teacher()
        total = np.zeros((len(teacher), len(self.times)))
        if math.isinf(self.examples):
            for f in features:
                total += full_batch_errors(self.dynamics, f, None, None, teacher, self.times, self.ridge)
            return self._population(total / members)
        sets = [self._data(child) for child in children]
        for f in features:
            for (samples, noise), child in zip(sets, children, strict=True):
                total += self._errors(f, samples, noise, child)
        mean = total / (members * bags)
        # y - f = X u + sigma epsilon, squared and averaged over the samples of each data set.
        residuals = [np.square(samples @ mean + noise[:, None]).mean(axis=0) for samples, noise in sets]
        return mean, np.mean(residuals, axis=0)

    def _errors(self, f: Array, samples: Array, noise: Array, seed: np.random.SeedSequence) -> Array:
        """``theta* - F w`` on one data set; all members see the same batches of it."""
        teacher, times = self._whole_teacher(), self.times
        if not self.dynamics.rule.resamples:
            return full_batch_errors(self.dynamics, f, samples, noise, teacher, times, self.ridge)
        batches = np.random.default_rng([*seed.generate_state(4)])
        return resampled_errors(self.dynamics, f, samples, noise, teacher, times, batches)

    def _stream(self, features: list[Array], seeds: list[np.random.SeedSequence]) -> tuple[Array, Array]:
        for f in features:
            singular: Array = f if f.ndim == 1 else np.asarray(np.linalg.svd(f, compute_uv=False))
            self.dynamics.check_draw(np.square(singular), self.ridge)
        teacher = self._whole_teacher()
        total = np.zeros((len(teacher), len(self.times)))
        for seed in seeds:
            inputs, labels = (np.random.default_rng(child) for child in seed.spawn(2))
            for errors in streamed_errors(
                self.dynamics, features, teacher, self.noise, self.times, (inputs, labels), self.ridge
            ):
                total += errors
        return self._population(total / (len(features) * len(seeds)))

    def _population(self, mean: Array) -> tuple[Array, Array]:
        """With unlimited data the train loss is the loss on fresh data, label noise included."""
        return mean, np.square(mean).sum(axis=0) + self.noise**2

    def _features(self, generator: np.random.Generator) -> Array:
        """``F = Lambda^(1/2) A^T/sqrt(N)`` (`students`), or its diagonal for N = oo."""
        if not self._finite:
            return self.spread
        return drawing_of(self.student).features(self.student, self.spread, self._finite, generator)

    def _apart(self, features: Array, member: int) -> Array:
        """F of one member among the rows of all: what it holds beside the modes is its own."""
        if not self._beside:
            return features
        found = np.zeros((self.rows, features.shape[1]))
        modes, start = len(self.spread), len(self.spread) + member * self._beside
        found[:modes], found[start : start + self._beside] = features[:modes], features[modes:]
        return found

    def _whole_teacher(self) -> Array:
        """The teacher, which is zero beside the modes."""
        return np.pad(self.teacher, (0, self.rows - len(self.teacher)))

    def _data(self, seed: np.random.SeedSequence) -> tuple[Array, Array]:
        """X and sigma epsilon of one data set."""
        inputs, labels = (np.random.default_rng(child) for child in seed.spawn(2))
        samples = inputs.standard_normal((int(self.examples), self.rows))
        return samples, self.noise * labels.standard_normal(int(self.examples))

    def bytes_needed(self, draws: int) -> int:
        """Bytes of the matrices of one draw, their decomposition, and the errors kept of all draws."""
        modes, times = self.rows, len(self.times)
        members, bags = self.replicas
        columns = max(self._finite, default=modes)
        rows = int(self.examples) if math.isfinite(self.examples) else modes
        floats = modes * times * (2 * draws + 4)
        if self._finite:
            floats += members * columns * modes
        if self.dynamics.rule.fresh:
            floats += (
                2 * max(CHUNK_FLOATS, self.dynamics.batch * (modes + members * columns)) + columns * modes
            )
        elif self.random:
            floats += 4 * rows * columns + 6 * min(rows, columns) ** 2 + (rows + columns) * times
            floats += bags * rows * modes if math.isfinite(self.examples) else 0
        return 8 * floats

    def variance_is_infinite(self) -> npt.NDArray[np.bool_]:
        """Times at which the test loss has no finite variance: t = oo close to the double-descent peak.

        The least-squares limit has an inverse Wishart factor, with mean ``~ 1/(gap - 1)`` and a second
        moment for gap > 3 only; gap is ``|P - N|``, and ``|P - M|`` where label noise is fitted by all
        M modes. A ridge > 0 ends this. Shape (T,). Source: moments of the inverse chi-squared distribution.
        """
        modes, gap = self.rows, math.inf
        if math.isfinite(self.examples) and self.ridge <= 0:
            if min(*self.widths, self.examples) < modes:
                gap = min(abs(self.examples - width) for width in self.widths)
            if self.noise > 0 and min(self.widths) >= modes:
                gap = min(gap, abs(self.examples - modes))
        return np.isinf(self.times) & (gap <= 3)
