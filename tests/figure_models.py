"""Small models, simulations and laws that the tests of the figures draw."""

import numpy as np

from asymptotics import derive, power_law
from numerics import FullModel, GradientDescent
from numerics.simulation.simulate import simulate_arrays

TIMES = (1.0, 10.0, 100.0)
LAMBDA = np.arange(1.0, 31.0) ** -1.25
TARGET = np.arange(1.0, 31.0) ** -1.5


def model(N=8, P=16, **given):
    return FullModel.from_arrays(LAMBDA, TARGET, N=N, P=P, digits=6, **given)


def descent():
    """The same modes by discrete steps."""
    task = power_law("3/2", "5/4", modes=30)
    return FullModel(task, N=8, P=16, digits=6, rule=GradientDescent(eta=0.1))


def simulation(N=8, P=16, times=TIMES, draws=5, **given):
    return simulate_arrays(LAMBDA, TARGET, N=N, P=P, times=times, draws=draws, **given)


def numbers(values):
    return [float(value) for value in values]


TASK = power_law("3/2", "5/4")
LAWS = derive(TASK)


def named(ax, label):
    return [line for line in ax.lines if line.get_label() == label]
