"""Odd values, and the entrances of the two packages: what the fuzz tests put where.

REFUSED      values that are no number, no text of one, and nothing else of use
UNUSUAL      numbers at the ends of what is taken, and of types from other libraries
ENTRANCES    functions of one value, by name: each gives a result or an error of the toolkit
made(seed)   values made of these at random: lists, arrays and mappings of them
"""

from __future__ import annotations

import decimal
import fractions
import math
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import mpmath
import numpy as np
import sympy
from sympy import Float, Integer, Symbol

import asymptotics as law
import numerics as model
from asymptotics import symbols as s
from numerics.optima.scaling import joint_loss
from numerics.simulation.simulate import simulate_arrays
from numerics.spectra.arrays import spectrum_arrays
from numerics.sweeps.sweep import square_root

REFUSED: tuple[Any, ...] = (
    None,
    True,
    np.True_,
    object(),
    int,
    b"3",
    "",
    "3 +",
    "nan",
    "1/0",
    "\ud800",
    1j,
    np.complex128(1),
    mpmath.mpc(1, 1),
    math.nan,
    np.float32("nan"),
    mpmath.nan,
    decimal.Decimal("NaN"),
    decimal.Decimal("sNaN"),
    decimal.Decimal("1e400000000"),
    10**400,
    -(10**400),
    10**10_000,
    Integer(10) ** 10_000,
    fractions.Fraction(1, 10**5_000),
    Float("1e1000"),
    sympy.nan,
    sympy.zoo,
    sympy.I,
    sympy.true,
    sympy.Interval(0, 1),
    sympy.Matrix([1]),
    sympy.Eq(s.k, 1),
    s.k ** -(Integer(10) ** 30),
    {"a": None},
    {None: 1},
    {1},
    [None],
    [math.nan],
    [[1]],
    np.array(1 + 2j),
    np.array([]),
    np.array(["x"]),
    np.arange(6.0).reshape(2, 3),
)
UNUSUAL: tuple[Any, ...] = (
    -1,
    0,
    -0.0,
    math.inf,
    -sympy.oo,
    1e308,
    5e-324,
    -5e-324,
    0.5,
    np.float32(0.1),
    np.int64(2),
    fractions.Fraction(1, 3),
    decimal.Decimal("0.3"),
    mpmath.mpf(2),
    Float(2.5),
    sympy.pi,
    s.k,
    s.N,
    Symbol("x"),
    "k",
    "alpha",
    (1, 2),
    np.array([1.5, 2.0]),
    range(3),
    {"a": 1.5},
    [],
)
FLAT = law.power_law(3, 2)
TASK = law.power_law(s.a, s.b)
FALLING = [(j + 1) ** -2.0 for j in range(20)]


@cache
def _laws(symbolic: bool = False) -> law.Laws:
    return law.derive(TASK if symbolic else FLAT)


@cache
def _optimum(symbolic: bool = False) -> law.Optimum:
    return law.compute_optimal(_laws(symbolic), s.N * s.t)


@cache
def _full() -> model.FullModel:
    return model.FullModel(FLAT, N=10, P=20, noise="1/2", digits=3)


@cache
def _few() -> model.FullModel:
    return model.FullModel.from_arrays([1, 0.5], [1, 0.5], N=3, digits=3)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1)


def _simulated(**changed: Any) -> Any:
    usual = {"task": FLAT, "N": 2, "P": 2, "times": 1, "modes": 3, "draws": 3}
    return model.simulate(**{**usual, **changed})


def _swept(**changed: Any) -> Any:
    usual = {"points": [{"x": 4}], "function": square_root, "executor": _pool(), "progress": False}
    return model.sweep(**{**usual, **changed})


def _task(**changed: Any) -> law.Task:
    return law.Task(**{"eigenvalues": "k**-2", "target": "k**-3", **changed})


ENTRANCES: dict[str, Callable[[Any], Any]] = {
    "power_law a": lambda v: law.power_law(v, 2),
    "power_law b": lambda v: law.power_law(3, v),
    "power_law modes": lambda v: law.derive(law.power_law(3, 2, modes=v)).time,
    "Task noise": lambda v: law.derive(_task(noise=v)).data,
    "Task eigenvalues": lambda v: law.derive(_task(eigenvalues=v)),
    "Task target": lambda v: law.derive(_task(target=v)),
    "Task multiplicity": lambda v: law.derive(_task(multiplicity=v)),
    "Task index": lambda v: _task(index=v),
    "Task assumptions": lambda v: _task(assumptions=v),
    "Task measured": lambda v: _task(measured=v),
    "Task.at": lambda v: TASK.at(a=v),
    "Task.at values": TASK.at,
    "from_arrays eigenvalues": lambda v: law.Task.from_arrays(v, FALLING),
    "from_arrays target": lambda v: law.Task.from_arrays(FALLING, v),
    "from_arrays entry": lambda v: law.Task.from_arrays([*FALLING[:19], v], FALLING),
    "from_arrays noise": lambda v: law.Task.from_arrays(FALLING, FALLING, noise=v),
    "derive": law.derive,
    "Law.at": lambda v: _laws(True).time.at(a=v, b=2),
    "Law.at b": lambda v: _laws(True).model.at(b=v),
    "Law.at values": lambda v: _laws(True).model.at(v),
    "Law.at sigma": lambda v: _laws(True).noise.at(sigma=v),
    "Laws.at": lambda v: _laws(True).at(a=v),
    "Law.expansion": lambda v: _laws().model.expansion(v),
    "Law.stating exponent": lambda v: _laws().model.stating(exponent=v),
    "Law.stating prefactor": lambda v: _laws().model.stating(prefactor=v),
    "Law.to_latex": lambda v: _laws().model.to_latex(v),
    "Derivation.check at": lambda v: _laws(True).time.derivation.check(at=v, digits=5),
    "Derivation.check a": lambda v: _laws(True).time.derivation.check(at={"a": v}, digits=5),
    "Derivation.check digits": lambda v: _laws(True).time.derivation.check(digits=v),
    "compute_optimal laws": lambda v: law.compute_optimal(v, s.N * s.t),
    "compute_optimal cost": lambda v: law.compute_optimal(_laws(), v),
    "compute_optimal free": lambda v: law.compute_optimal(_laws(), s.N * s.t, free=v),
    "compute_optimal fixed": lambda v: law.compute_optimal(_laws(), s.N * s.t, fixed=v),
    "compute_optimal P": lambda v: law.compute_optimal(_laws(), s.N * s.t, fixed={"P": v}),
    "compute_optimal rule": lambda v: law.compute_optimal(_laws(), s.N * s.t, rule=v),
    "Optimum.at": lambda v: _optimum(True).at(a=v, b=2),
    "Optimum.at values": lambda v: _optimum(True).at(v),
    "Optimum.to_latex": lambda v: _optimum(True).to_latex(v),
    "check_claim claim": lambda v: law.check_claim(v, _laws().model),
    "check_claim law": lambda v: law.check_claim("N**-2", v),
    "check_claim assuming": lambda v: law.check_claim("N**-b", _laws(True).model, assuming=v),
    "check_claim notation": lambda v: law.check_claim("N**-b", _laws(True).model, notation=v),
    "check_claim letter": lambda v: law.check_claim("N**-z", _laws(True).model, notation={"z": v}),
    "marchenko_pastur ratio": law.marchenko_pastur,
    "marchenko_pastur eigenvalue": lambda v: law.marchenko_pastur(2, eigenvalue=v),
    "MarchenkoPastur.density": lambda v: law.marchenko_pastur(2).density(v),
    "MarchenkoPastur.quadratic": lambda v: law.marchenko_pastur(2).quadratic(v),
    "joint_law laws": law.joint_law,
    "joint_law size": lambda v: law.joint_law(_laws(), v),
    "joint_loss at": lambda v: joint_loss(law.joint_law(_laws(True)), v, t=10, size=10, digits=2),
    "joint_loss t": lambda v: joint_loss(law.joint_law(_laws()), {}, t=v, size=10, digits=v),
    "ensembling": law.ensembling,
    "measured_laws": law.measured_laws,
    "harmonics": law.harmonics,
    "harmonics index": lambda v: law.harmonics(3, v),
    "squares": law.squares,
    "torus index": lambda v: law.torus(2, v),
    "GradientDescent": lambda v: law.GradientDescent(eta=v),
    "DiscreteHeavyBall eta": lambda v: law.DiscreteHeavyBall(eta=v, momentum=0.5),
    "DiscreteHeavyBall momentum": lambda v: law.DiscreteHeavyBall(eta=0.1, momentum=v),
    "HeavyBall": lambda v: law.HeavyBall(beta=v),
    "MultiPassSGD eta": lambda v: law.MultiPassSGD(eta=v, batch=2),
    "MultiPassSGD batch": lambda v: law.MultiPassSGD(eta=0.1, batch=v),
    "Nesterov": lambda v: law.Nesterov(delta=v),
    "OnePassSGD eta": lambda v: law.OnePassSGD(eta=v, batch=2),
    "OnePassSGD batch": lambda v: law.OnePassSGD(eta=0.1, batch=v),
    "FullModel task": model.FullModel,
    "FullModel params": lambda v: model.FullModel(TASK, v),
    "FullModel a": lambda v: model.FullModel(TASK, {"a": v, "b": 2}, digits=3).test_loss(1),
    "FullModel N": lambda v: model.FullModel(FLAT, N=v, digits=3).test_loss(1),
    "FullModel P": lambda v: model.FullModel(FLAT, P=v, digits=3).test_loss(1),
    "FullModel noise": lambda v: model.FullModel(FLAT, P=9, noise=v, digits=3).test_loss(1),
    "FullModel digits": lambda v: model.FullModel(FLAT, digits=v),
    "FullModel rule": lambda v: model.FullModel(FLAT, rule=v),
    "FullModel.from_arrays": lambda v: model.FullModel.from_arrays(v, [1, 1]),
    "FullModel.from_arrays entry": lambda v: model.FullModel.from_arrays([1, 1], [1, v]),
    "FullModel.from_arrays noise": lambda v: model.FullModel.from_arrays([1, 1], [1, 1], noise=v),
    "test_loss": lambda v: _full().test_loss(v),
    "test_loss of few modes": lambda v: str(_few().test_loss(v)),
    "train_loss": lambda v: _full().train_loss(v),
    "gap": lambda v: _full().gap(v),
    "bias": lambda v: _full().bias(v),
    "variance": lambda v: _full().variance(v),
    "ensemble_loss members": lambda v: _full().ensemble_loss(1, v),
    "bagged_loss bags": lambda v: _full().bagged_loss(1, v),
    "curve": lambda v: _full().curve(v),
    "curve time": lambda v: _full().curve([v]),
    "curve quantity": lambda v: _full().curve([1], v),
    "transfer k": lambda v: _full().transfer(v, 1),
    "transfer t": lambda v: _full().transfer(1, v),
    "timescale_density k": lambda v: _full().timescale_density(v, 0.5),
    "timescale_density u": lambda v: _full().timescale_density(1, v),
    "coefficients quantity": lambda v: model.FullModel(FLAT, digits=3).coefficients(v, "N", 1),
    "coefficients size": lambda v: model.FullModel(FLAT, digits=3).coefficients("test_loss", v, 1),
    "coefficients orders": lambda v: model.FullModel(FLAT, digits=3).coefficients("gap", "P", 1, v),
    "verify law": model.verify,
    "verify at": lambda v: model.verify(_laws(True).time, v, digits=8),
    "verify a": lambda v: model.verify(_laws(True).time, {"a": v}, digits=8),
    "verify digits": lambda v: model.verify(_laws(True).time, digits=v),
    "simulate task": lambda v: _simulated(task=v),
    "simulate params": lambda v: _simulated(task=TASK, params=v),
    "simulate N": lambda v: _simulated(N=v),
    "simulate P": lambda v: _simulated(P=v),
    "simulate times": lambda v: _simulated(times=v),
    "simulate time": lambda v: _simulated(times=[v]),
    "simulate modes": lambda v: _simulated(modes=v, max_bytes=1),
    "simulate noise": lambda v: _simulated(noise=v),
    "simulate draws": lambda v: _simulated(draws=v),
    "simulate seed": lambda v: _simulated(seed=v),
    "simulate members": lambda v: _simulated(members=v),
    "simulate bags": lambda v: _simulated(bags=v),
    "simulate rule": lambda v: _simulated(rule=v),
    "simulate max_bytes": lambda v: _simulated(max_bytes=v),
    "simulate_arrays": lambda v: simulate_arrays(v, [1, 1], N=2, P=2, times=1, draws=3),
    "spectrum_arrays": lambda v: spectrum_arrays(TASK, {"a": v, "b": 2}, 3),
    "frontier optimum": lambda v: model.frontier(v, [1e4]),
    "frontier at": lambda v: model.frontier(_optimum(True), [], v, digits=2),
    "frontier a": lambda v: model.frontier(_optimum(True), [], {"a": v, "b": 2}, digits=2),
    "frontier digits": lambda v: model.frontier(_optimum(), [], digits=v),
    "constants at": lambda v: model.constants(_optimum(True), v),
    "sweep points": lambda v: _swept(points=v),
    "sweep point": lambda v: _swept(points=[v]),
    "sweep x": lambda v: _swept(points=[{"x": v}]),
    "sweep executor": lambda v: _swept(executor=v, points=[]),
    "sweep in_flight": lambda v: _swept(in_flight=v),
    "sweep jobs": lambda v: _swept(jobs=v),
}
"""Those that only begin to work once their other arguments are right get too little on purpose."""


def made(seed: int) -> Iterator[Any]:
    """Lists, tuples, arrays and mappings of odd values, without end."""
    choose = random.Random(seed)
    values = (*REFUSED, *UNUSUAL)
    while True:
        some = [choose.choice(values) for _ in range(choose.randrange(4))]
        kind = choose.randrange(4)
        if kind == 0:
            yield some
        elif kind == 1:
            yield tuple(some)
        elif kind == 2:
            yield {choose.choice(("a", "b", s.a, "N", "x", None)): value for value in some}
        else:
            yield np.array([*some, None], dtype=object)[:-1]
