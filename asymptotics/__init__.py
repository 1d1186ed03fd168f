"""Asymptotic laws of the random-feature model, derived from a spectrum and a target."""

from importlib import import_module
from typing import TYPE_CHECKING

from asymptotics.allocation import Optimum, compute_optimal
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
from asymptotics.marchenko_pastur import MarchenkoPastur, marchenko_pastur
from asymptotics.measured_laws import measured_laws
from asymptotics.multiplicity import harmonics, squares, torus
from asymptotics.phases import Phase
from asymptotics.task import Task, power_law
from asymptotics.windows import Window

if TYPE_CHECKING:
    from asymptotics.claims import Verdict, check_claim
    from asymptotics.derivation import Derivation, Step

_LATE = {
    "Derivation": "asymptotics.derivation",
    "Step": "asymptotics.derivation",
    "Verdict": "asymptotics.claims",
    "check_claim": "asymptotics.claims",
}
"""What is imported when it is asked for, so that deriving a law does not wait for it."""


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)


__all__ = [
    "BottleneckError",
    "Comparison",
    "Derivation",
    "DomainError",
    "JointLaw",
    "Law",
    "Laws",
    "MarchenkoPastur",
    "Optimum",
    "ParseError",
    "Phase",
    "PrecisionError",
    "SpectrumError",
    "Step",
    "Task",
    "UnableError",
    "Verdict",
    "Window",
    "check_claim",
    "compute_optimal",
    "derive",
    "ensembling",
    "harmonics",
    "joint_law",
    "marchenko_pastur",
    "measured_laws",
    "power_law",
    "squares",
    "torus",
]
