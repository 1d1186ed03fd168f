"""The full mean-field model of random-feature regression, solved numerically, beside the laws."""

from typing import TYPE_CHECKING

from asymptotics.faces import lazy_face

if TYPE_CHECKING:
    from numerics.model.full_model import FullModel
    from numerics.model.rules import GradientDescent, GradientFlow, HeavyBall, OnePassSGD
    from numerics.optima.frontier import Split, constants, frontier
    from numerics.simulation.simulate import simulate
    from numerics.sweeps.sweep import Sweep, read_sweep, sweep
    from numerics.values.results import Curve, Variance
    from numerics.values.value import Value
    from numerics.verification.verify import Verification, verify
else:
    __getattr__, __dir__ = lazy_face(
        __name__,
        {
            "model.full_model": "FullModel",
            "model.rules": "GradientDescent GradientFlow HeavyBall OnePassSGD",
            "optima.frontier": "Split constants frontier",
            "simulation.simulate": "simulate",
            "sweeps.sweep": "Sweep read_sweep sweep",
            "values.results": "Curve Variance",
            "values.value": "Value",
            "verification.verify": "Verification verify",
        },
    )

__all__ = [
    "Curve",
    "FullModel",
    "GradientDescent",
    "GradientFlow",
    "HeavyBall",
    "OnePassSGD",
    "Split",
    "Sweep",
    "Value",
    "Variance",
    "Verification",
    "constants",
    "frontier",
    "read_sweep",
    "simulate",
    "sweep",
    "verify",
]
