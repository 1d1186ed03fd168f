"""How a student is solved: the protocol, and the registration that joins it to the class of the student.

A student enters the solution of the model (`two_time`) by the spectrum that it sees and by

    zeta(kappa) = scale kappa r(df),    df the degrees of freedom at kappa,

r a product of factors (`factors`): a `Layer` for each layer of random rows.

    StudentMap               what is to be said of a student; one subclass a student
    maps(Student)            decorator that registers it
    map_of(student, ...)     the map of a student on a spectrum
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from sympy import Expr, Integer

from asymptotics import symbols
from asymptotics.errors import DomainError
from asymptotics.model.students.base import Student, check_student
from asymptotics.registry import enter_once
from numerics.model.factors import Factor
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import ContinuousSpectrum
from numerics.values.arithmetic import Field

Spectrum = ContinuousSpectrum | FiniteSpectrum


StudentType = TypeVar("StudentType", bound=Student)


class StudentMap(ABC, Generic[StudentType]):
    """What a student makes of a spectrum; one subclass a student.

    A subclass defines `factors`, and where it sees other modes than those of the task, `see` and ``scale``;
    where features of other inputs are others, `see_inputs`.

    Attributes
    ----------
    student, N : the student and its size. digits : to how many digits its constants are wanted.
    spectrum : what it sees. scale : what multiplies all eigenvalues of that; 1 by default.
    beyond : whether its factors are known for df < 0, beyond the spectrum, which batches of noise need.

    >>> from asymptotics import DeepRandomFeatures
    >>> from numerics.spectra.finite import finite_spectrum
    >>> from numerics.values.arithmetic import field_of
    >>> seen = map_of(DeepRandomFeatures(widths=(4, 2)), Integer(2), finite_spectrum([1, 1], [1, 1]))
    >>> with field_of(60) as field:
    ...     [float(factor(field.real(1))) for factor in seen.factors(field)]
    [0.75, 0.5]
    """

    scale: Expr = Integer(1)
    beyond: ClassVar[bool] = True

    def __init__(self, student: StudentType, N: Expr, spectrum: Spectrum, digits: int) -> None:
        self.student, self.N, self.digits = student, N, digits
        student.check_size(N)
        self.spectrum = self.see(spectrum)

    def see(self, spectrum: Spectrum) -> Spectrum:
        """The spectrum that the student sees of a task's; the same by default."""
        return spectrum

    def see_inputs(self, spectrum: Spectrum) -> Spectrum:
        """What it sees of the spectrum whose target are the eigenvalues of other inputs; `see` by default."""
        return self.see(spectrum)

    @abstractmethod
    def factors(self, field: Field) -> tuple[Factor, ...]:
        """The factors of r in numbers of ``field``; empty for ``zeta = kappa``."""


_MAPS: dict[type[Student], type[StudentMap[Any]]] = {}
_Kind = TypeVar("_Kind", bound=type[StudentMap[Any]])


def maps(student: type[Student]) -> Callable[[_Kind], _Kind]:
    """A decorator that registers a `StudentMap` as that of ``student``, for good.

    Raises `DomainError` where another class was registered; the same one again changes nothing.

    >>> from asymptotics import GaussianFeatures
    >>> from numerics.model.students.gaussian import GaussianMap
    >>> maps(GaussianFeatures)(GaussianMap) is GaussianMap
    True
    """
    return enter_once(_MAPS, student, "a student")


def map_of(student: Student, N: Expr, spectrum: Spectrum, digits: int = 15) -> StudentMap[Any]:
    """The map of a student of size N; raises `DomainError` for other things and for one not registered."""
    kind = type(check_student(student))
    if kind not in _MAPS:
        name = kind.__name__
        raise DomainError(f"student = {student} is not registered; decorate a StudentMap with @maps({name})")
    found = student.at({symbols.N: N})
    if letters := sorted(map(str, found.letters())):
        raise DomainError(
            f"student = {student} leaves {' and '.join(letters)} open; give numbers, or letters of the task"
        )
    return _MAPS[kind](found, N, spectrum, digits)
