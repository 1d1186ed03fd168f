"""Asymptotic laws of the random-feature model, derived from a spectrum and a target."""

from asymptotics.allocation import Optimum, compute_optimal
from asymptotics.claims import Verdict, check_claim
from asymptotics.derivation import Derivation, Step
from asymptotics.ensembling import Comparison, ensembling
from asymptotics.errors import (
    BottleneckError,
    DomainError,
    ParseError,
    PrecisionError,
    SpectrumError,
    UnableError,
)
from asymptotics.joint import JointLaw, joint_law
from asymptotics.law import Law
from asymptotics.laws import Laws, derive
from asymptotics.measured_laws import measured_laws
from asymptotics.multiplicity import harmonics, squares, torus
from asymptotics.phases import Phase
from asymptotics.task import Task, power_law

__all__ = [
    "BottleneckError",
    "Comparison",
    "Derivation",
    "DomainError",
    "JointLaw",
    "Law",
    "Laws",
    "Optimum",
    "ParseError",
    "Phase",
    "PrecisionError",
    "SpectrumError",
    "Step",
    "Task",
    "UnableError",
    "Verdict",
    "check_claim",
    "compute_optimal",
    "derive",
    "ensembling",
    "harmonics",
    "joint_law",
    "measured_laws",
    "power_law",
    "squares",
    "torus",
]
