"""Spectral truncation, solved: ``zeta = kappa``, and the modes behind the first N have eigenvalue zero."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sympy import Integer, Piecewise, oo, true

from asymptotics.errors import DomainError, UnableError
from asymptotics.model.students.truncation import SpectralTruncation
from asymptotics.tasks.task import Task
from numerics.model.factors import Factor
from numerics.model.students.base import Spectrum, StudentMap, maps
from numerics.spectra.finite import FiniteSpectrum
from numerics.spectra.spectrum import spectrum_of
from numerics.values.arithmetic import Field
from numerics.values.inputs import infinite


@maps(SpectralTruncation)
class TruncationMap(StudentMap[SpectralTruncation]):
    """The kernel itself, on the N modes of largest eigenvalue."""

    def see(self, spectrum: Spectrum) -> Spectrum:
        """The spectrum with eigenvalue zero behind the first N modes, which keep their target power."""
        count = self.N
        if infinite(count):
            return spectrum
        if not count.is_Integer:
            raise DomainError(f"N = {count} modes of SpectralTruncation; give an integer >= 1, or oo")
        if isinstance(spectrum, FiniteSpectrum) and spectrum.multiplicity is None:
            lam = spectrum.eigenvalues.copy()
            lam[np.argsort(-lam, kind="stable")[int(count) :]] = 0
            lam.flags.writeable = False
            return replace(spectrum, eigenvalues=lam)
        if isinstance(spectrum, FiniteSpectrum) or spectrum.multiplicity != 1:
            raise UnableError(
                "SpectralTruncation of modes with multiplicities is not solved; give arrays of single modes"
            )
        if spectrum.levels is not None and spectrum.levels <= count:
            return spectrum
        k = spectrum.index
        kept = Piecewise((spectrum.eigenvalues, k <= count), (Integer(0), true))
        modes = oo if spectrum.levels is None else Integer(spectrum.levels)
        return spectrum_of(Task(eigenvalues=kept, target=spectrum.target, index=k, modes=modes))

    def factors(self, field: Field) -> tuple[Factor, ...]:
        return ()
