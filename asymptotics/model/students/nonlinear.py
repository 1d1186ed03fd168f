"""Nonlinear features by their Gaussian equivalent: a linear part, and white noise of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import mpmath
from sympy import Expr, Float, Integer, Rational, Symbol, asin, oo, pi, sqrt

from asymptotics.errors import DomainError, UnableError, shown
from asymptotics.model.operators import AtExplicit
from asymptotics.model.students.base import Student, student
from asymptotics.model.sums import df1, trace_of
from asymptotics.parsing.numbers import exact
from asymptotics.precision import working
from asymptotics.spectra import spectrum
from asymptotics.symbols import N
from asymptotics.symbols import kappa as letter
from asymptotics.tasks.task import Task

linear_part, white_part = Symbol("mu_1", positive=True), Symbol("mu_star", positive=True)
"""The coefficients of an activation whose input has no variance yet."""


@student
@dataclass(frozen=True, slots=True, kw_only=True)
class NonlinearFeatures(Student):
    """``phi(A psi)`` for a random A, of which a linear target sees ``mu_1 A psi + mu_* xi``, xi white.

    With ``epsilon = mu_*^2/N``,

        zeta + epsilon = mu_1^2 kappa (1 - df1/N),
        J = Xi(kappa),    df = N - zeta (N - df1)/(zeta + epsilon).

    Give ``linear`` = mu_1 and ``white`` = mu_*, or an ``activation``: "relu", "tanh", "erf", or a function of
    one real number. Its coefficients are ``mu_1 = E phi'(h)``, ``mu_*^2 = Var phi(h) - mu_1^2 q``, h Gaussian
    of variance ``q = sum m_k lambda_k`` (`coefficients`). A mean ``E phi`` adds a constant feature to all
    rows: one mode more, of eigenvalue ``(E phi)^2`` and without target, which takes up one of N features and
    one of P samples, of relative order 1/N and 1/P, and is left out here.

    On inputs of other eigenvalues the white part of an activation is that of their variance; coefficients
    that are given stay. The white part holds no target: what it adds to a test loss is outside all modes.

    The equivalence needs inputs of many dimensions: it fails for inputs with spectra of i^-1 and steeper.

    >>> NonlinearFeatures(linear=1, white=0.5)
    NonlinearFeatures(activation=None, linear=1, white=1/2)
    >>> NonlinearFeatures(activation="relu").coefficients(Rational(1))
    (1/2, sqrt(1/4 - 1/(2*pi)))
    """

    activation: str | Callable[[Any], Any] | None = None
    linear: Expr | None = None
    white: Expr | None = None

    title = "nonlinear features"
    name = "nonlinear"
    source = "the Gaussian equivalent of arXiv 1908.05355 and 2009.07669"

    def __post_init__(self) -> None:
        if (self.activation is None) == (self.linear is None) or (self.linear is None) != (
            self.white is None
        ):
            raise DomainError("nonlinear features need activation=..., or linear=... and white=...")
        if self.activation is None:
            for name in ("linear", "white"):
                object.__setattr__(self, name, _coefficient(getattr(self, name), name))
        elif not callable(self.activation) and self.activation not in ACTIVATIONS:
            names = ", ".join(map(repr, ACTIVATIONS))
            raise DomainError(f"activation = {shown(self.activation)}; use {names}, or a function")

    def coefficients(self, variance: Expr | None = None) -> tuple[Expr, Expr]:
        """``(mu_1, mu_*)`` for inputs of this variance; letters where an activation has none.

        Raises `DomainError` for an activation without a linear part.
        """
        if self.linear is not None and self.white is not None:
            return self.linear, self.white
        if variance is None:
            return linear_part, white_part
        if isinstance(self.activation, str) and self.activation in CLOSED:
            return CLOSED[self.activation](variance)
        assert self.activation is not None
        phi = ACTIVATIONS[self.activation] if isinstance(self.activation, str) else self.activation
        return gaussian_coefficients(phi, variance)

    def for_trace(self, trace: Expr) -> NonlinearFeatures:
        """The two coefficients that its activation has for inputs of this variance."""
        linear, white = self.coefficients(trace)
        return NonlinearFeatures(linear=linear, white=white)

    def on_task(self, task: Task) -> tuple[Task, NonlinearFeatures]:
        """``mu_1^2 lambda_k`` are trained at N = oo; a letter is one of them, such as ``white="mu"``."""
        found = self if self.activation is None else self.for_trace(trace_of(spectrum(task)))
        linear, white = found.coefficients()
        if task.known != oo:
            raise UnableError(
                f"known = {task.known}: laws of nonlinear features need the whole spectrum, and this one is "
                "known far out alone; give the eigenvalues to Task"
            )
        scaled = replace(task, eigenvalues=linear**2 * task.eigenvalues)
        return scaled, NonlinearFeatures(linear=Integer(1), white=white)

    def zeta(self, kappa: Expr, modes: Expr, size: Expr = N) -> Expr:
        """``mu_1^2 kappa (1 - df1/N) - mu_*^2/N``."""
        linear, white = self.coefficients()
        if size == oo:
            return linear**2 * kappa
        return linear**2 * kappa * (1 - modes / size) - white**2 / size

    def at_end(self, function: Expr) -> Expr:
        """At ``zeta = 0`` the white part is a ridge: ``mu_1^2 kappa (1 - df1/N) = mu_*^2/N``."""
        linear, white = self.coefficients()
        if white == 0:
            return super(NonlinearFeatures, self).at_end(function)
        return AtExplicit(function, letter, N, white**2 / linear**2 / N)

    def slopes(self) -> tuple[Expr, Expr]:
        """Those of Gaussian features."""
        return Integer(-1), Integer(0)

    def white_noise(self) -> Expr:
        """``mu_*^2/mu_1^2``, in units of the eigenvalues."""
        linear, white = self.coefficients()
        return white**2 / linear**2

    def degrees(self, kappa: Expr, size: Expr = N) -> Expr:
        """``N - zeta (N - df1)/(zeta + epsilon) = df1 + mu_*^2/(mu_1^2 kappa)``, at any N."""
        return df1(kappa) + self.white_noise() / kappa


def _coefficient(value: object, name: str) -> Expr:
    found = exact(value, name)
    if (
        found.is_extended_nonnegative is False
        or (found.is_number and not found.is_real)
        or (name == "linear" and found == 0)
    ):
        bound = "> 0" if name == "linear" else ">= 0"
        raise DomainError(f"{name} = {shown(value)}; give a number {bound}")
    return found


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda h: max(h, 0),
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
}
"""Activations by name, as functions of a number of mpmath."""


def _relu(q: Expr) -> tuple[Expr, Expr]:
    return Rational(1, 2), sqrt(q * (Rational(1, 4) - 1 / (2 * pi)))


def _erf(q: Expr) -> tuple[Expr, Expr]:
    linear = 2 / sqrt(pi * (1 + 2 * q))
    return linear, sqrt(2 / pi * asin(2 * q / (1 + 2 * q)) - linear**2 * q)


CLOSED: dict[str, Callable[[Expr], tuple[Expr, Expr]]] = {"relu": _relu, "erf": _erf}
"""Those whose coefficients have a closed form in the variance of their input."""


def gaussian_coefficients(phi: Callable[[Any], Any], variance: Expr, digits: int = 30) -> tuple[Expr, Expr]:
    """``mu_1 = E[h phi]/q`` (which is E phi') and ``mu_*``, by quadrature on both sides of 0.

    >>> [round(float(x), 10) for x in gaussian_coefficients(lambda h: max(h, 0), Rational(1))]
    [0.5, 0.3014051375]
    """
    if not variance.is_number:
        raise DomainError(
            "an activation without a closed form needs numbers; give linear= and white= in a law"
        )
    with working(digits + 10):
        one = phi(mpmath.mpf(1))
        if not isinstance(one, int | float | mpmath.mpf):
            raise DomainError(
                f"activation(1) = {shown(one)} is not a real number; give a function to numbers"
            )
        scale = mpmath.sqrt(mpmath.mpmathify(variance.evalf(digits + 10)))

        def mean(f: Callable[[Any], Any]) -> Any:
            weight = 1 / mpmath.sqrt(2 * mpmath.pi)
            return mpmath.quad(lambda x: f(scale * x) * mpmath.exp(-x * x / 2) * weight, [-20, -4, 0, 4, 20])

        linear = mean(lambda h: h * phi(h)) / scale**2
        square = mean(lambda h: phi(h) ** 2) - mean(phi) ** 2 - (linear * scale) ** 2
        if abs(linear * scale) < mpmath.mpf(10) ** -digits:
            raise DomainError(
                "the activation has mu_1 = E phi' = 0; use one with a linear part, or linear=, white="
            )
        return Float(abs(linear), digits), Float(mpmath.sqrt(max(square, 0)), digits)
