"""Deep random features, solved: ``zeta = kappa prod_l (1 - df1/N_l)``."""

from __future__ import annotations

from asymptotics.model.students.deep import DeepRandomFeatures
from numerics.model.factors import Layer, layer
from numerics.model.students.base import StudentMap, maps
from numerics.values.arithmetic import Field


@maps(DeepRandomFeatures)
class DeepMap(StudentMap[DeepRandomFeatures]):
    """A layer for each width."""

    def factors(self, field: Field) -> tuple[Layer, ...]:
        return tuple(layer(width, field) for width in self.student.layers(self.N))
