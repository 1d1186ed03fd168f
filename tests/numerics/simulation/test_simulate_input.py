"""What a simulation accepts: spectra with numbers, sizes, times; all else is one clear line."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Function, exp, log, oo

from asymptotics import (
    BottleneckError,
    Cosine,
    DeepRandomFeatures,
    DomainError,
    GradientDescent,
    OnePassSGD,
    OrthogonalFeatures,
    PrecisionError,
    SpectralTruncation,
    StructuredFeatures,
    Task,
    power_law,
)
from asymptotics.symbols import a, b, k
from numerics.simulation.simulate import simulate, simulate_arrays
from numerics.spectra.arrays import spectrum_arrays


def test_levels_become_arrays() -> None:
    sphere = Task(eigenvalues=k**-b, target=3 * k**-2, multiplicity=2 * k - 1, modes=3)
    eigenvalues, target = spectrum_arrays(sphere, {"b": 1})
    assert eigenvalues.tolist() == [1, *[1 / 2] * 3, *[1 / 3] * 5]
    assert target.tolist() == [3, *[3 / 4] * 3, *[1 / 3] * 5]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (power_law(a, b), "no value for a, b"),
        (Task(eigenvalues=k - 2, target=k**-2), "eigenvalue -1.0 at k = 1; it must be > 0"),
        (Task(eigenvalues=k**-2, target=2 - k), "target power -1.0 at k = 3; it must be >= 0"),
        (Task(eigenvalues=log(k - 1), target=k**-2), "at k = 1"),
        (Task(eigenvalues=1 / (3 - k), target=k**-2), "= inf at k = 3; it must be a finite number"),
        (Task(eigenvalues=(2 - k) ** 0.5, target=k**-2), "is not a real number"),
        (Task(eigenvalues=Function("f")(k), target=k**-2), "contains f(k)"),
        (Task(eigenvalues=k**-2, target=k**-2, multiplicity=k / 2), "multiplicity 0.5 at k = 1"),
    ],
)
def test_spectra_without_numbers_are_refused(task: Task, message: str) -> None:
    with pytest.raises(DomainError, match=re.escape(message)) as refused:
        spectrum_arrays(task, modes=4)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("modes", [None, oo, 0, -3, 2.5, "x", True, math.nan])
def test_modes_must_be_finite(modes: object) -> None:
    with pytest.raises(DomainError, match="modes"):
        simulate(power_law(2, 1.5), N=3, P=3, times=1, modes=modes)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"N": 0}, "N = 0; give an integer >= 1, or oo"),
    ({"N": 2.5}, "N = 2.5"),
    ({"P": -1}, "P = -1"),
    ({"P": math.nan}, "P = nan"),
    ({"P": "7"}, "P = '7'"),
    ({"N": None}, "N = None is not a number"),
    ({"N": a}, "N = a is not a number"),
    ({"ridge": "x"}, "ridge = x; give a real number"),
    ({"ridge": -9}, "ridge = -9 is not above -.*, less the smallest curvature of this draw"),
    (
        {"ridge": 1, "rule": OnePassSGD(eta=0.1, batch=1, schedule=Cosine()), "P": oo},
        "weight decay is not run",
    ),
    ({"student": "deep"}, "student = 'deep'; give DeepRandomFeatures"),
    (
        {"student": DeepRandomFeatures(widths=(5, 4)), "N": 9},
        "N = 9 beside DeepRandomFeatures.*; leave N out",
    ),
    ({"student": DeepRandomFeatures(widths=(5, 2.5)), "N": oo}, "a width of the student = "),
    ({"student": OrthogonalFeatures(modes=50)}, "modes = 50, but the task has"),
    ({"student": OrthogonalFeatures(modes=2)}, "N = 4 rows of a rotation of M = 2 modes"),
    ({"student": StructuredFeatures(eigenvalues=[1, 2])}, "N = 4 rows with 2 eigenvalues"),
    ({"student": SpectralTruncation(), "N": 50}, "N = 50, but the task has"),
    ({"test_eigenvalues": [1, 2]}, "but 2 test eigenvalues; give one per mode"),
    ({"draws": 2}, "draws = 2; give an integer >= 3"),
    ({"draws": 10.0}, "draws = 10.0"),
    ({"draws": 10**15}, "draws = 1000000000000000 need .* GiB"),
    ({"times": 2, "rule": OnePassSGD(eta=0.1, batch=10**14), "P": oo}, "need .* GiB"),
    ({"N": 1e300, "P": 1e300}, "N = 1e[+]300, P = 1e[+]300, .* need"),
    ({"max_bytes": 0}, "max_bytes = 0; give an integer >= 1"),
    ({"members": 0}, "members = 0; give an integer >= 1"),
    ({"bags": 1.5}, "bags = 1.5"),
    ({"seed": -1}, "seed = -1; give an integer >= 0"),
    ({"times": ()}, "times is empty"),
    ({"times": (1, -1)}, "time = -1.0; give a time >= 0"),
    ({"times": math.nan}, "time = nan"),
    ({"times": "ab"}, "time = 'ab'"),
    ({"times": 1.5, "rule": GradientDescent(eta=0.1)}, "time = 1.5; give a number of steps"),
    ({"times": 2, "rule": GradientDescent(eta=50)}, "eta = 50.0 is not below 2/"),
    ({"times": 2, "rule": OnePassSGD(eta=50, batch=2), "P": oo}, "eta = 50.0 is not below"),
    ({"times": 2, "rule": OnePassSGD(eta=0.1, batch=2)}, "pass P=oo"),
    ({"times": oo, "rule": OnePassSGD(eta=0.1, batch=2), "P": oo}, "time = oo"),
    ({"noise": -1}, "noise = -1"),
    ({"noise": math.inf}, "noise = inf"),
    ({"eigenvalues": []}, "eigenvalues is empty"),
    ({"eigenvalues": [1, 0, 1]}, r"eigenvalues\[1\] = 0.0; each must be finite and > 0"),
    ({"eigenvalues": [[1, 2]]}, r"eigenvalues\[0\] = \[1, 2\] is not a real number"),
    ({"eigenvalues": ["x"]}, r"eigenvalues\[0\] = 'x' is not a real number"),
    ({"target": [1, math.nan, 1]}, r"target\[1\] = nan"),
    ({"target": [1, 1]}, "3 eigenvalues but 2 target powers"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=lambda item: str(item)[:40])
def test_bad_input_is_one_clear_line(change: dict[str, Any], message: str) -> None:
    options: dict[str, Any] = {"eigenvalues": [1, 1, 1], "target": [1, 1, 1], "N": 4, "P": 4, "times": 1}
    options |= {"draws": 3} | change
    eigenvalues, target = options.pop("eigenvalues"), options.pop("target")
    with pytest.raises(DomainError, match=message) as refused:
        simulate_arrays(eigenvalues, target, **options)
    assert "\n" not in str(refused.value)


anything = st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans())


@given(N=anything, P=anything, times=anything, noise=anything)
@settings(max_examples=150, deadline=None)
def test_arbitrary_input_gives_a_result_or_one_clear_line(N: Any, P: Any, times: Any, noise: Any) -> None:
    message = ""
    try:
        run = simulate_arrays([1, 0.5], [1, 1], N=N, P=P, times=times, noise=noise, draws=3, max_bytes=2**16)
        assert run.test_loss[0] >= 0
    except BottleneckError as refused:
        message = str(refused)
    assert "\n" not in message


def test_spectra_too_wide_for_double_precision_are_refused_late_and_solved_early() -> None:
    task = Task(eigenvalues=exp(-k), target=exp(-k), modes=80)
    assert simulate(task, N=70, P=75, times=1e6, draws=3).test_loss[0] > 0
    with pytest.raises(PrecisionError, match="double precision"):
        simulate(task, N=70, P=75, times=oo, draws=3)


def test_noise_without_a_number_is_refused() -> None:
    from asymptotics.symbols import sigma

    with pytest.raises(DomainError, match="noise = sigma has no value"):
        simulate(power_law(2, 2, noise=sigma), N=3, P=3, modes=4, times=1)
    named = simulate(power_law(2, 2, noise=sigma), {sigma: 0.5}, N=oo, P=oo, modes=4, times=1)
    assert named.noise == 0.5


def test_progress_goes_to_standard_error_only(capsys: pytest.CaptureFixture[str]) -> None:
    simulate_arrays([1, 1], [1, 1], N=2, P=2, times=1, draws=3, progress=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "draws" in printed.err
