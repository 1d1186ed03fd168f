"""Gaussian random features, solved: ``zeta = kappa (1 - df1/N)``."""

from __future__ import annotations

from asymptotics.model.students.gaussian import GaussianFeatures
from numerics.model.factors import Layer, layer
from numerics.model.students.base import StudentMap, maps
from numerics.values.arithmetic import Field


@maps(GaussianFeatures)
class GaussianMap(StudentMap[GaussianFeatures]):
    """One layer of N rows."""

    def factors(self, field: Field) -> tuple[Layer, ...]:
        return (layer(self.N, field),)
