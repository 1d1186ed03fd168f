"""Asymptotic laws of the random-feature model, derived from a spectrum and a target."""

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
from asymptotics.task import Task, power_law

__all__ = [
    "BottleneckError",
    "Comparison",
    "DomainError",
    "JointLaw",
    "Law",
    "Laws",
    "ParseError",
    "PrecisionError",
    "SpectrumError",
    "Task",
    "UnableError",
    "derive",
    "ensembling",
    "joint_law",
    "power_law",
]
