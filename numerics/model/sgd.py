"""One-pass SGD: batches of B fresh samples, n steps of size eta, to first order in eta.

    L~(s) = (Xi/s + sigma^2 K~/s)/(1 - K~),   K~(s) = (eta/(2B)) (sum lambda - zeta df1(kappa(zeta))),

with zeta = s/(2 eta) and kappa(zeta) that of P = oo (BAP, section 5; Paquette et al. 2024, Volterra
equation). As ``e^(s n) = e^(zeta T)`` with T = 2 eta n, the contour of the flow at time T serves.
"""

from __future__ import annotations

from fractions import Fraction

from asymptotics.errors import DomainError
from numerics.model.rules import OnePassSGD
from numerics.model.two_time import OneTime
from numerics.values.arithmetic import Array, Field, Scalar
from numerics.values.jets import Jet
from numerics.values.positive import Positive


def sgd_transforms(
    rule: OnePassSGD, zeta: Array, nodes: OneTime, trace: Scalar, field: Field
) -> tuple[Jet, Jet, float]:
    """``s L~`` less that of gradient flow, ``Xi K~/(1 - K~)``, and the noise per unit sigma^2.

    At the nodes ``zeta`` of a contour. Last, how much rounding is amplified in K~, where zeta df1 is nearly
    the trace (early times).
    """
    rest = trace - nodes.df1 * zeta
    kernel = rest * field.real(Fraction(repr(rule.eta)) / (2 * rule.batch))
    loss = max(float(abs(trace / x)) for x in rest.terms[0])
    gain = kernel / (1 - kernel)
    return nodes.kappa * nodes.X * gain, gain, loss


def sgd_at_infinity(
    rule: OnePassSGD, whole: Positive, trace: Positive, field: Field
) -> tuple[Positive, Positive]:
    """The same for n -> oo, where K~(0) = (eta/(2B)) sum lambda and ``whole`` = Xi at the fixed point.

    Near the bound K~(0) = 1 of stability the error of the trace weighs 1/(1 - K~) times as much.
    """
    kernel = field.real(Fraction(repr(rule.eta)) / (2 * rule.batch)) * trace
    gain = kernel / (1 - kernel)
    return whole * gain, gain


def check_stable_sgd(rule: OnePassSGD, trace: float, edge: float) -> None:
    """Raise `DomainError` where the noise of the batches feeds itself, or a step overshoots."""
    load = rule.eta * trace / (2 * rule.batch)
    if load >= 1:
        raise DomainError(
            f"eta = {rule.eta} is beyond stability for batches of {rule.batch}: "
            f"eta sum(lambda)/(2B) = {load:.6g} must be < 1; use eta < {2 * rule.batch / trace:.6g}"
        )
    if rule.eta * edge >= 2:
        raise DomainError(
            f"eta = {rule.eta} is beyond stability: the largest curvature is {edge:.6g}; "
            f"use eta < {2 / edge:.6g}"
        )
