"""Asymptotic laws of the random-feature model, derived from a spectrum and a target."""

from importlib import import_module
from typing import TYPE_CHECKING

from asymptotics.allocation.optimum import Optimum, compute_optimal
from asymptotics.allocation.phases import Phase
from asymptotics.caches import clear_caches
from asymptotics.errors import (
    BottleneckError,
    DomainError,
    ParseError,
    PrecisionError,
    SpectrumError,
    UnableError,
)
from asymptotics.laws.derive import Laws, derive
from asymptotics.laws.ensembling import Comparison, ensembling
from asymptotics.laws.joint import JointLaw, joint_law
from asymptotics.laws.law import Law
from asymptotics.laws.measured import measured_laws
from asymptotics.laws.windows import Window
from asymptotics.model.marchenko_pastur import MarchenkoPastur, marchenko_pastur
from asymptotics.tasks.multiplicity import harmonics, squares, torus
from asymptotics.tasks.task import Task, power_law

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
    "clear_caches",
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
