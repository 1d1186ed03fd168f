"""The full mean-field model of random-feature regression, solved numerically, beside the laws."""

from numerics.model.full_model import FullModel
from numerics.model.rules import GradientDescent, GradientFlow, HeavyBall, OnePassSGD
from numerics.optima.frontier import Split, constants, frontier
from numerics.simulation.simulate import simulate
from numerics.sweeps.sweep import Sweep, read_sweep, sweep
from numerics.values.results import Curve, Variance
from numerics.values.value import Value
from numerics.verification.verify import Verification, verify

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
