"""The full mean-field model of random-feature regression, solved numerically, beside the laws."""

from numerics.frontier import Split, constants, frontier
from numerics.full_model import FullModel
from numerics.results import Curve, Variance
from numerics.rules import GradientDescent, GradientFlow, HeavyBall, OnePassSGD
from numerics.simulate import simulate
from numerics.sweep import Sweep, read_sweep, sweep
from numerics.value import Value
from numerics.verify import Verification, verify

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
