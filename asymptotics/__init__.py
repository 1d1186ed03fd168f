"""Asymptotic laws of the random-feature model, derived from a spectrum and a target."""

from typing import TYPE_CHECKING

from asymptotics.faces import lazy_face

if TYPE_CHECKING:
    from asymptotics.allocation.optimum import Optimum, compute_optimal
    from asymptotics.allocation.phases import Phase
    from asymptotics.caches import clear_caches
    from asymptotics.claims import Verdict, check_claim
    from asymptotics.derivation import Derivation, Step
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
    from asymptotics.model.rules.base import TrainingRule
    from asymptotics.model.rules.gradient_descent import GradientDescent
    from asymptotics.model.rules.gradient_flow import GradientFlow
    from asymptotics.model.rules.heavy_ball import HeavyBall
    from asymptotics.model.rules.one_pass_sgd import OnePassSGD
    from asymptotics.tasks.multiplicity import harmonics, squares, torus
    from asymptotics.tasks.task import Task, power_law
else:
    __getattr__, __dir__ = lazy_face(
        __name__,
        {
            "allocation.optimum": "Optimum compute_optimal",
            "allocation.phases": "Phase",
            "caches": "clear_caches",
            "claims": "Verdict check_claim",
            "derivation": "Derivation Step",
            "errors": "BottleneckError DomainError ParseError PrecisionError SpectrumError UnableError",
            "laws.derive": "Laws derive",
            "laws.ensembling": "Comparison ensembling",
            "laws.joint": "JointLaw joint_law",
            "laws.law": "Law",
            "laws.measured": "measured_laws",
            "laws.windows": "Window",
            "model.marchenko_pastur": "MarchenkoPastur marchenko_pastur",
            "model.rules.base": "TrainingRule",
            "model.rules.gradient_descent": "GradientDescent",
            "model.rules.gradient_flow": "GradientFlow",
            "model.rules.heavy_ball": "HeavyBall",
            "model.rules.one_pass_sgd": "OnePassSGD",
            "notation": "",
            "symbols": "",
            "tasks.multiplicity": "harmonics squares torus",
            "tasks.task": "Task power_law",
        },
    )

__all__ = [
    "BottleneckError",
    "Comparison",
    "Derivation",
    "DomainError",
    "GradientDescent",
    "GradientFlow",
    "HeavyBall",
    "JointLaw",
    "Law",
    "Laws",
    "MarchenkoPastur",
    "OnePassSGD",
    "Optimum",
    "ParseError",
    "Phase",
    "PrecisionError",
    "SpectrumError",
    "Step",
    "Task",
    "TrainingRule",
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
