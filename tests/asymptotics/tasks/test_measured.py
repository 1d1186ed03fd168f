"""Measured tasks: what arrays become, how numbers are rounded to their errors, and what is refused."""

from __future__ import annotations

import math
from array import array

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured_arrays import noisy
from sympy import Rational

from asymptotics import SpectrumError, Task, derive
from asymptotics.symbols import k
from asymptotics.tasks.measured import measure, round_values, with_error


def test_exact_powers_come_back_exact() -> None:
    task = Task.from_arrays([2 * j**-1.5 for j in range(1, 201)], [j**-2.25 for j in range(1, 201)])
    assert task.fitted == Task(eigenvalues=2 * k ** Rational(-3, 2), target=k ** Rational(-9, 4))
    assert derive(task).model.exponent == Rational(5, 4)
    assert task.measured is not None
    assert str(task.measured).splitlines()[0] == "200 measured modes"
    assert "k = 1 ... " in str(task.measured)
    assert len(repr(task)) < 200


@given(st.permutations(range(40)), st.sampled_from([list, tuple, np.array, lambda v: array("d", v)]))
@settings(max_examples=20, deadline=None)
def test_order_and_kind_of_sequence_do_not_matter(order: list[int], kind: type) -> None:
    lam = [(j + 1.0) ** -1.5 for j in range(40)]
    c = [(j + 1.0) ** -2 * (1 + 0.1 * math.cos(j)) for j in range(40)]
    shuffled = measure(kind([lam[i] for i in order]), kind([c[i] for i in order]))
    assert shuffled == measure(lam, c)


def test_scaling_the_arrays_scales_the_prefactors_alone() -> None:
    _, _, lam, c = noisy(3, 300, 0.2, "gauss")
    one, other = measure(lam, c), measure(1e-40 * lam, 1e30 * c)
    for before, after, factor in (
        (one.eigenvalue_fit, other.eigenvalue_fit, 1e-40),
        (one.target_fit, other.target_fit, 1e30),
    ):
        assert after.exponent == pytest.approx(before.exponent, abs=1e-9)
        assert after.error == pytest.approx(before.error, rel=1e-6)
        assert after.prefactor == pytest.approx(before.prefactor * factor, rel=1e-9)


@pytest.mark.parametrize(
    ("value", "error", "number", "text"),
    [
        (1.50312, 0.012, Rational(1503, 1000), "1.503(12)"),
        (2.0, 1e-13, 2, "2.0000000000(0)"),
        (123.4, 20.0, 123, "(123.4 +- 20.0)"),
        (0.99999, 0.3, 1, "1.00(30)"),
    ],
)
def test_numbers_are_rounded_to_their_errors(value: float, error: float, number: object, text: str) -> None:
    assert round_values(value, error) == number
    assert abs(float(round_values(value, error)) - value) <= error
    assert with_error(value, error) == text


FINE = [(j + 1.0) ** -1.5 for j in range(50)]


REFUSED: list[tuple[object, object, str]] = [
    (FINE[:10], FINE[:10], "10 modes; the fit of an exponent needs at least 16"),
    (FINE, FINE[:49], "50 eigenvalues but 49 target powers"),
    ([*FINE[:49], math.nan], FINE, "eigenvalues[49] = nan; an eigenvalue must be finite and >= 0"),
    (FINE, [*FINE[:49], math.inf], "target[49] = inf; the power of a mode must be finite"),
    ([*FINE[:49], -1e-9], FINE, "eigenvalues[49] = -1e-09"),
    (FINE, [-1.0, *FINE[1:]], "target[0] = -1.0"),
    ([*FINE[:47], 0, 0, 0], FINE, "3 of 50 eigenvalues are 0, the first is eigenvalues[47]"),
    (FINE, [0] * 50, "all target powers are 0"),
    (FINE, [1, 1, *[0] * 48], "target power are above 0 in 2 of"),
    ([1j, *FINE[1:]], FINE, "is not a real number"),
    ([[1.0, 2.0]] * 50, FINE, "is not a real number"),
    ("1, 2, 3", FINE, "are not a sequence of numbers"),
    (3.5, FINE, "are not a sequence of numbers"),
    ([1.0] * 50, FINE, "eigenvalues do not fall"),
    ([0.5**j for j in range(400)], [1.0] * 400, "no power of k"),
    ([math.exp(-j / 9) for j in range(200)], [j**-2 for j in range(1, 201)], "eigenvalues"),
]


@pytest.mark.parametrize(("eigenvalues", "target", "message"), REFUSED, ids=[r[2] for r in REFUSED])
def test_arrays_that_are_no_spectrum_are_refused_in_one_line(
    eigenvalues: object, target: object, message: str
) -> None:
    with pytest.raises(SpectrumError) as refused:
        Task.from_arrays(eigenvalues, target)  # type: ignore[arg-type]
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_noise_that_leaves_nothing_is_said_with_what_was_seen() -> None:
    rng = np.random.default_rng(0)
    level = np.arange(1, 25.0)
    with pytest.raises(
        SpectrumError, match=r"target power: no exponent is settled .* an error of"
    ) as refused:
        Task.from_arrays(level**-1.5, level**-2 * np.exp(3 * rng.standard_normal(24)))
    assert "k = 1 ..." in str(refused.value)
