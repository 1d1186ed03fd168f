"""Orthogonal features, solved: ``zeta = kappa (1 - df1/N)/(1 - df1/M)``."""

from __future__ import annotations

from asymptotics.errors import DomainError
from asymptotics.model.students.orthogonal import OrthogonalFeatures
from numerics.model.factors import Layer, layer
from numerics.model.students.base import Spectrum, StudentMap, maps
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import Field


@maps(OrthogonalFeatures)
class OrthogonalMap(StudentMap[OrthogonalFeatures]):
    """One layer of N rows of a rotation of M modes; nothing at N = M."""

    def see(self, spectrum: Spectrum) -> Spectrum:
        """The spectrum, which must not have more than M modes; raises `DomainError`."""
        (modes, _), given = SpectralSums(spectrum, 15).mode_count(), self.student.modes
        if modes > given:
            raise DomainError(
                f"modes = {given} of OrthogonalFeatures on a task of {modes} modes; give both the same modes"
            )
        return spectrum

    def factors(self, field: Field) -> tuple[Layer, ...]:
        same = self.student.modes == self.N
        return () if same else (layer(self.N, field, self.student.modes),)
