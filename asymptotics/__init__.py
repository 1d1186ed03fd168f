"""Asymptotic laws of the random-feature model, derived from a spectrum and a target."""

from asymptotics.errors import (
    BottleneckError,
    DomainError,
    ParseError,
    PrecisionError,
    SpectrumError,
    UnableError,
)
from asymptotics.task import Task, power_law

__all__ = [
    "BottleneckError",
    "DomainError",
    "ParseError",
    "PrecisionError",
    "SpectrumError",
    "Task",
    "UnableError",
    "power_law",
]
