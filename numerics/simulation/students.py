"""How a student is drawn: the matrix F that takes its weights to the modes, one function a student.

In whitened coordinates the student is ``theta = F w`` (`training`), with ``F = Lambda^(1/2) A^T/sqrt(N)`` for
a projection A. F is a vector where it is diagonal, and may have rows beyond the modes: what the features hold
beside them, without target.

    draws(Student)       decorator that registers the function of a student
    drawing_of(student)  that function, and whether it draws at all
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import sympy

from asymptotics.errors import DomainError
from asymptotics.model.students.base import Student, check_student
from asymptotics.model.students.deep import DeepRandomFeatures
from asymptotics.model.students.gaussian import GaussianFeatures
from asymptotics.model.students.nonlinear import NonlinearFeatures
from asymptotics.model.students.orthogonal import OrthogonalFeatures
from asymptotics.model.students.structured import StructuredFeatures
from asymptotics.model.students.truncation import SpectralTruncation
from numerics.spectra.arrays import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How F is drawn.

    Attributes
    ----------
    features : F from the student, ``spread`` = sqrt(lambda) of shape (M,), the finite widths of its layers,
        and a generator. random : whether draws differ. beside : how many rows F has beyond the modes.
    """

    features: Callable[[Any, Array, tuple[int, ...], np.random.Generator], Array]
    random: bool
    beside: Callable[[tuple[int, ...]], int]


_DRAWINGS: dict[type[Student], Drawing] = {}
_Features = TypeVar("_Features", bound=Callable[..., Array])


def draws(
    student: type[Student],
    *,
    random: bool = True,
    beside: Callable[[tuple[int, ...]], int] = lambda widths: 0,
) -> Callable[[_Features], _Features]:
    """A decorator that registers how ``student`` is drawn, for good.

    The function takes the student, sqrt(lambda) of shape (M,), the widths of its layers and a generator, and
    gives F, of shape (M + beside, N). Raises `DomainError` for a student that is drawn already.

    >>> from asymptotics import GaussianFeatures
    >>> draw = drawing_of(GaussianFeatures()).features
    >>> draw(GaussianFeatures(), np.ones(3), (2,), np.random.default_rng(0)).shape
    (3, 2)
    """

    def register(features: _Features) -> _Features:
        if student in _DRAWINGS:
            raise DomainError(f"{student.__name__} is drawn already; give a student of its own")
        _DRAWINGS[student] = Drawing(features=features, random=random, beside=beside)
        return features

    return register


def drawing_of(student: Student) -> Drawing:
    """How a student is drawn; raises `DomainError` for other things and for one not registered.

    >>> drawing_of(SpectralTruncation()).random
    False
    """
    kind = type(check_student(student))
    if kind not in _DRAWINGS:
        name = kind.__name__
        raise DomainError(f"student = {student} is not drawn; decorate a function with @draws({name})")
    return _DRAWINGS[kind]


@draws(GaussianFeatures)
@draws(DeepRandomFeatures)
def _layers(
    student: Student, spread: Array, widths: tuple[int, ...], generator: np.random.Generator
) -> Array:
    """One Gaussian matrix after another, each over the square root of its width."""
    found = spread
    for width in widths:
        draw = generator.standard_normal((len(spread) if found.ndim == 1 else found.shape[1], width))
        draw /= math.sqrt(width)
        found = found[:, None] * draw if found.ndim == 1 else found @ draw
    return found


@draws(OrthogonalFeatures)
def _rotation(
    student: OrthogonalFeatures, spread: Array, widths: tuple[int, ...], generator: np.random.Generator
) -> Array:
    """Orthonormal columns that span a uniform subspace, times sqrt(M/N)."""
    (width,), modes = widths, len(spread)
    if student.modes != modes:
        raise DomainError(f"modes = {student.modes}, but the task has {modes} modes; give modes={modes}")
    basis, _ = np.linalg.qr(generator.standard_normal((modes, width)))
    return spread[:, None] * basis * math.sqrt(modes / width)


@draws(StructuredFeatures)
def _correlated(
    student: StructuredFeatures, spread: Array, widths: tuple[int, ...], generator: np.random.Generator
) -> Array:
    """Independent rows of variances tau_i: training does not see rotations of the features."""
    (width,) = widths
    given = student.eigenvalues
    if not isinstance(given, tuple):
        (index,) = given.free_symbols
        given = tuple(given.subs(index, i) for i in range(1, width + 1))
    tau = np.array([float(x) for x in given])
    tau /= tau.mean()
    return spread[:, None] * generator.standard_normal((len(spread), width)) * np.sqrt(tau / width)


@draws(SpectralTruncation, random=False)
def _largest(
    student: SpectralTruncation, spread: Array, widths: tuple[int, ...], generator: np.random.Generator
) -> Array:
    """The modes of the largest eigenvalues."""
    (width,), modes = widths, len(spread)
    if width > modes:
        raise DomainError(f"N = {width}, but the task has {modes} modes; use N <= {modes}")
    found = np.zeros((modes, width))
    chosen = np.argsort(-spread, kind="stable")[:width]
    found[chosen, np.arange(width)] = spread[chosen]
    return found


@draws(NonlinearFeatures, beside=lambda widths: widths[-1])
def _equivalent(
    student: NonlinearFeatures, spread: Array, widths: tuple[int, ...], generator: np.random.Generator
) -> Array:
    """The Gaussian equivalent ``mu_1 A psi + mu_* xi``: a row beside the modes for the xi of each feature."""
    (width,) = widths
    trace = sympy.Float(float(np.square(spread).sum()), 17)
    linear, white = (float(x) for x in student.for_trace(trace).coefficients())
    projection = spread[:, None] * generator.standard_normal((len(spread), width))
    found: Array = np.vstack([linear * projection, white * np.eye(width)]) / math.sqrt(width)
    return found


__all__ = ["Drawing", "drawing_of", "draws"]
