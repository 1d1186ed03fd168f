"""Splits that are equal in powers of C: powers of log C decide, and where they do not there are ranges."""

from itertools import combinations

import numpy as np
import pytest
from sympy import Rational, S

from asymptotics import check_claim, compute_optimal, derive, power_law
from asymptotics.symbols import N, P, a, b, t

LAWS = derive(power_law(a, b))
SMALL = 1e-3
"""log log C/log C: a power of log C is so large a power of C."""
HALF = Rational(1, 2)


def programme(allocation):
    """The rows ``A z <= c``, z the powers of the resources and that of the loss, logarithms included."""
    rows = [
        (*(-float(term.power(x)) for x in allocation.free), 1.0, -SMALL * float(term.log_power))
        for term in allocation.terms
    ]
    rows += [(*map(float, one.powers), 0.0, 1.0) for one in allocation.spending]
    rows += [(*(-float(x == y) for x in allocation.free), 0.0, 0.0) for y in allocation.free]
    table = np.array(rows)
    return table[:, :-1], table[:, -1]


def vertices(allocation):
    """All of them, by brute force."""
    slopes, ends = programme(allocation)
    for chosen in map(list, combinations(range(len(ends)), slopes.shape[1])):
        if abs(np.linalg.det(slopes[chosen])) > 1e-9:
            place = np.linalg.solve(slopes[chosen], ends[chosen])
            if (slopes @ place <= ends + 1e-9).all():
                yield place


@pytest.mark.parametrize("cost", [6 * N * P, N**2 * t, N**2 * t + P, N * t + P, N + t], ids=str)
@pytest.mark.parametrize(("x", "y"), [(3, 2), (5, 2), ("8/3", "4/3"), ("7/2", "5/2"), ("9/4", "5/4")])
def test_best_splits_and_their_ends_by_brute_force(cost, x, y):
    optimum = compute_optimal(derive(power_law(x, y)), cost)
    (phase,), (allocation,) = optimum.phases, optimum.allocations
    found = np.array(list(vertices(allocation)))
    best = found[found[:, -1] > found[:, -1].max() - 1e-8]
    loss = float(phase.exponents["loss"]) - SMALL * float(phase.logs["loss"])
    assert found[:, -1].max() == pytest.approx(loss, abs=1e-9)
    for j, resource in enumerate(allocation.free):
        same = (phase.exponents[resource], phase.logs[resource])
        ends = phase.row.ends(resource) or (same, same)
        numbers = [float(power) + SMALL * float(logarithm) for power, logarithm in ends]
        assert numbers == pytest.approx([best[:, j].min(), best[:, j].max()], abs=1e-8)


def test_flat_in_powers_of_the_budget_and_of_its_logarithm():
    """C = 6 N P at (3, 2): log(P)/(N P) is the same for all splits, log(N)/N^2 and 1/P^2 bound them."""
    phase = compute_optimal(LAWS, 6 * N * P).at(a=3, b=2)
    assert phase.row.ends(N) == ((HALF, S.Zero), (HALF, HALF))
    assert phase.row.ends(P) == ((HALF, -HALF), (HALF, S.Zero))
    assert "N from sqrt(C) to sqrt(C)*sqrt(log(C))" in repr(phase)
    assert r"\ldots C^{1/2} \log^{1/2} C" in phase.to_latex()
    assert not phase.unique


def test_ends_are_those_of_the_face():
    """N^2 t + P at (5, 2): t^-2 = (N t^(1/2))^-1 has no logarithm, where P^-4 log(P) has one."""
    (phase,) = compute_optimal(derive(power_law(5, 2)), N**2 * t + P).phases
    assert phase.row.ends(t) == ((Rational(1, 4), S.Zero), (HALF, S.Zero))
    assert phase.row.ends(N) == ((Rational(1, 4), S.Zero), (Rational(3, 8), S.Zero))
    assert phase.row.ends(P) == ((Rational(1, 8), Rational(1, 4)), (S.One, S.Zero))


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("N = sqrt(C)", True),
        ("N = sqrt(C)*log(C)**(1/4)", True),
        ("N = sqrt(C*log(C))", True),
        ("N = sqrt(C)*log(C)", False),
        ("N = sqrt(C)/log(C)", False),
        ("N = C**(2/3)", False),
        ("N >= sqrt(C)", True),
        ("N = O(sqrt(C))", False),
    ],
)
def test_claims_beyond_an_end_fail(claim, holds):
    optimum = compute_optimal(derive(power_law(3, 2)), 6 * N * P)
    assert check_claim(claim, optimum).headline.startswith("HOLDS" if holds else "FAILS")
