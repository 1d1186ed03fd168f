"""A student from outside the packages, through public protocols alone: features that fail at random.

Of N Gaussian features only some are read, through a second Gaussian layer of ``share N`` rows:
``zeta = kappa (1 - df1/N)(1 - df1/(share N))``, which `DeepRandomFeatures` also says.
"""

from dataclasses import dataclass
from fractions import Fraction

import pytest
from sympy import Expr, Rational, oo

from asymptotics import DeepRandomFeatures, DomainError, power_law
from asymptotics.model.students.base import Student, share
from asymptotics.symbols import N
from numerics import FullModel, StudentMap, maps
from numerics.model.factors import Layer, layer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFeatures(Student):
    """The student; ``read`` is the share of features that is read."""

    read: Fraction

    title = "features that are read through a second layer"
    name = "read"

    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        return kappa * share(modes, size) * share(modes, Rational(self.read) * size)


class ReadMap(StudentMap[ReadFeatures]):
    """Its two layers."""

    def factors(self, field) -> tuple[Layer, ...]:
        return layer(self.N, field), layer(Rational(self.student.read) * self.N, field)


def test_a_student_from_outside() -> None:
    student = ReadFeatures(read=Fraction(1, 4))
    with pytest.raises(DomainError, match=r"decorate a StudentMap with @maps\(ReadFeatures\)"):
        FullModel(power_law(2, 1.5), N=40, student=student)
    assert maps(ReadFeatures)(ReadMap) is ReadMap
    with pytest.raises(DomainError, match="solved by ReadMap already"):
        maps(ReadFeatures)(type("Other", (ReadMap,), {}))
    task, options = power_law(2, 1.5), {"P": 20, "noise": 1, "digits": 8}
    mine = FullModel(task, N=40, student=student, **options)
    deep = FullModel(task, student=DeepRandomFeatures(widths=(40, 10)), **options)
    for t in (5, oo):
        assert mine.test_loss(t).agrees_with(deep.test_loss(t))
        assert mine.train_loss(t).agrees_with(deep.train_loss(t))
