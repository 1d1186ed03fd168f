"""Numbers from outside, checked once: each function returns the value or raises `DomainError`.

size(name, value)                 N or P: an integer >= 1, or infinity
layer_sizes(student, N)           the sizes of the layers of a student
standard_deviation(value)         sigma: a finite number >= 0
training_times(times, rule)       times >= 0; whole numbers for rules that count steps
level_array(name, values, ...)    one finite number per mode
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from sympy import Integer, oo

from asymptotics.errors import DomainError, shown
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.students.base import Student, check_student
from asymptotics.parsing.numbers import one_or_many, real_float, real_floats, real_number
from numerics.spectra.arrays import Array


def number(name: str, value: Any, bound: str) -> float:
    """``value`` as a float; raises `DomainError` naming ``bound`` for NaN and for what is not a number.

    >>> number("N", 3, "give an integer")
    3.0
    """
    try:
        found = None if isinstance(value, str) else real_number(value, name)
    except DomainError:
        found = None
    if found is None:
        raise DomainError(f"{name} = {shown(value)} is not a number; {bound}")
    return float(found) if found.is_infinite else real_float(found, name, bound)


def size(name: str, value: object) -> float:
    """N or P as a float, infinity included; raises `DomainError` unless it is an integer >= 1 or oo.

    >>> size("N", 20), size("P", math.inf)
    (20.0, inf)
    """
    bound = "give an integer >= 1, or oo"
    result = number(name, value, bound)
    if result < 1 or (result != math.inf and result != math.floor(result)):
        raise DomainError(f"{name} = {shown(value)}; {bound}")
    return result


def layer_sizes(student: Student, N: float) -> tuple[float, ...]:
    """The sizes of the layers of a student of this N, each as `size` has it; raises `DomainError`.

    >>> from asymptotics import DeepRandomFeatures
    >>> layer_sizes(DeepRandomFeatures(widths=(30, 20)), math.inf)
    (30.0, 20.0)
    """
    given = oo if math.isinf(N) else Integer(int(N))
    check_student(student).check_size(given)
    layers = student.layers(given)
    if given not in layers and math.isfinite(N):
        raise DomainError(f"N = {given} beside {student}, which has all widths; leave N out")
    return tuple(size("a width of the student", width) for width in layers)


def standard_deviation(value: object) -> float:
    """sigma >= 0 as a float; raises `DomainError`.

    >>> standard_deviation(0)
    0.0
    """
    bound = "the standard deviation sigma must be a number >= 0 with a finite square"
    result = real_float(value, "noise", bound)
    if result < 0 or result * result == math.inf:
        raise DomainError(f"noise = {shown(value)}; {bound}")
    return result


def training_times(times: Any, rule: TrainingRule) -> Array:
    """Times of the rule, one or several, as an array of shape (T,); raises `DomainError`.

    >>> from asymptotics import GradientDescent
    >>> training_times((0, 10), GradientDescent(eta=0.1))
    array([ 0., 10.])
    """
    values = one_or_many(times, "times")
    if not values:
        raise DomainError("times is empty; give at least one time")
    bound = "give a number of steps >= 0" if rule.counts_steps else "give a time >= 0"
    numbers = [number("time", value, bound) for value in values]
    for time in numbers:
        if time < 0 or (rule.counts_steps and time != math.inf and time != math.floor(time)):
            raise DomainError(f"time = {time}; {bound}")
        if time == math.inf and (rule.fresh or rule.resamples):
            raise DomainError(
                f"time = oo, but {rule.title} is run step by step; give a finite number of steps"
            )
    return np.array(numbers)


def level_array(name: str, values: npt.ArrayLike, *, positive: bool) -> Array:
    """One finite number per mode, > 0 or >= 0, shape (M,); raises `DomainError`.

    >>> level_array("target", [1, 0], positive=False)
    array([1., 0.])
    """
    bound = "finite and > 0" if positive else "finite and >= 0"
    array = np.array(real_floats(values, name, f"each must be {bound}"))
    if not len(array):
        raise DomainError(f"{name} is empty; give one number per mode")
    valid = (array > 0) if positive else (array >= 0)
    if not valid.all():
        first = int(np.argmin(valid))
        raise DomainError(f"{name}[{first}] = {array[first]}; each must be {bound}")
    return array
