"""The full mean-field model of random-feature regression, solved numerically, beside the laws."""

from typing import TYPE_CHECKING

from asymptotics.faces import lazy_face

if TYPE_CHECKING:
    from asymptotics.model.rules.gradient_descent import GradientDescent
    from asymptotics.model.rules.gradient_flow import GradientFlow
    from asymptotics.model.rules.heavy_ball import HeavyBall
    from asymptotics.model.rules.one_pass_sgd import OnePassSGD
    from numerics.model.full_model import FullModel
    from numerics.model.rules.base import Dynamics, solves
    from numerics.optima.frontier import Split, constants, frontier
    from numerics.simulation.simulate import simulate
    from numerics.sweeps.sweep import Sweep, SweepWarning, read_sweep, sweep
    from numerics.values.results import Curve, Variance
    from numerics.values.value import Value
    from numerics.verification.verify import Verification, verify
else:
    __getattr__, __dir__ = lazy_face(
        __name__,
        {
            "figures": "",
            "model.full_model": "FullModel",
            "model.rules.base": "Dynamics solves",
            "model.rules.gradient_descent": "GradientDescent",
            "model.rules.gradient_flow": "GradientFlow",
            "model.rules.heavy_ball": "HeavyBall",
            "model.rules.one_pass_sgd": "OnePassSGD",
            "optima.frontier": "Split constants frontier",
            "simulation.simulate": "simulate",
            "sweeps.sweep": "Sweep SweepWarning read_sweep sweep",
            "values.results": "Curve Variance",
            "values.value": "Value",
            "verification.verify": "Verification verify",
        },
    )

__all__ = [
    "Curve",
    "Dynamics",
    "FullModel",
    "GradientDescent",
    "GradientFlow",
    "HeavyBall",
    "OnePassSGD",
    "Split",
    "Sweep",
    "SweepWarning",
    "Value",
    "Variance",
    "Verification",
    "constants",
    "frontier",
    "read_sweep",
    "simulate",
    "solves",
    "sweep",
    "verify",
]
