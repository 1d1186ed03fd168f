"""Gaussian random features, the student of the field's main reference."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr

from asymptotics.model.students.base import Student, share, student
from asymptotics.symbols import N


@student
@dataclass(frozen=True, slots=True, kw_only=True)
class GaussianFeatures(Student):
    """``f = N^(-1/2) w . A psi``, A of independent entries of variance 1: ``zeta = kappa (1 - df1/N)``.

    Entries need not be Gaussian: independent ones of finite variance give the same, sparse ones too while
    many of a row are not zero.

    >>> GaussianFeatures()
    GaussianFeatures()
    """

    title = "Gaussian random features"
    name = "gaussian"
    source = "BAP, appendix C: R3 = 1 - df1/N"

    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        """``kappa (1 - df1/N)``."""
        return kappa * share(modes, size)
