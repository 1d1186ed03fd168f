"""The full mean-field model of random-feature regression, solved numerically, beside the laws."""

from numerics.full_model import FullModel
from numerics.results import Curve, Variance
from numerics.rules import GradientDescent, GradientFlow, HeavyBall, OnePassSGD
from numerics.simulate import simulate
from numerics.value import Value
from numerics.verify import Verification, verify

__all__ = [
    "Curve",
    "FullModel",
    "GradientDescent",
    "GradientFlow",
    "HeavyBall",
    "OnePassSGD",
    "Value",
    "Variance",
    "Verification",
    "simulate",
    "verify",
]
