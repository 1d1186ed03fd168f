"""Asymptotic laws of the random-feature model, derived from a spectrum and a target."""

from asymptotics.errors import (
    BottleneckError,
    DomainError,
    ParseError,
    PrecisionError,
    SpectrumError,
    UnableError,
)
from asymptotics.laws import Law, Laws, derive
from asymptotics.task import Task, power_law

__all__ = [
    "BottleneckError",
    "DomainError",
    "Law",
    "Laws",
    "ParseError",
    "PrecisionError",
    "SpectrumError",
    "Task",
    "UnableError",
    "derive",
    "power_law",
]
