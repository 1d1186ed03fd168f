"""Paths along which monomials lead, against all directions of a grid; of small powers each cone has one."""

import random
from itertools import product

import numpy as np
import pytest
from sympy import Integer

from asymptotics import check_claim, derive, power_law
from asymptotics.claims.monomials import is_below, is_far_below, monomials_of
from asymptotics.claims.paths import Row, exists_path
from asymptotics.symbols import N, P, a, b, t

LAWS = derive(power_law(a, b))


def sign(number):
    return int(bool(number > 0)) - int(bool(number < 0))


@pytest.mark.parametrize("width", [2, 3])
def test_powers_against_a_grid(width):
    """Rays of cones of integer rows in [-2, 2] are of integers up to 8, and inner points of up to 24."""
    draw = random.Random(width)
    grid = np.array(list(product(range(1, 25), repeat=width)))
    for _ in range(150):
        rows = [[draw.randint(-2, 2) for _ in range(width)] for _ in range(draw.randint(1, 5))]
        heights = grid @ np.array(rows).T
        asked = [Row(tuple(map(Integer, row)), (Integer(0),) * width) for row in rows]
        for grows, inside in ((True, heights > 0), (False, heights >= 0)):
            assert exists_path(asked, sign, grows=grows) == inside.all(axis=1).any(), (rows, grows)


@pytest.mark.parametrize(
    ("one", "others", "below", "far"),
    [
        ("log(N)/N", [1 / N, 1 / t, 1 / P], False, False),
        ("log(N)/N", ["log(N)**2/N", 1 / t], True, True),
        ("1/(t*N*P)", [1 / t**3, 1 / N**3, 1 / P**3], True, False),  # as large along t = N = P
        ("log(t)/(t*N*P)", [1 / t**3, 1 / N**3, 1 / P**3], False, False),
        ("log(t)/(t*N*P)", ["log(N)/t**3", 1 / N**3, "log(P)**2/P**3"], True, False),
        ("log(t)/(t*N*P)", ["log(N)/t**3", "log(t)/N**3", "log(P)**2/P**3"], True, True),
        ("log(P)/(t*N)", ["log(N)/t**2", "log(P)/N**2"], False, False),  # P may grow faster than the others
        ("1/(t*N)", [1 / t, 1 / P], True, True),
        ("1/t", [1 / t, 1 / P], True, False),
    ],
)
def test_three_resources_with_logarithms(one, others, below, far):
    from asymptotics.parsing.expressions import parse

    read = lambda x: monomials_of(parse(x) if isinstance(x, str) else x, (t, N, P))[0]  # noqa: E731
    terms = [read(x) for x in others]
    assert (is_below(read(one), terms, sign), is_far_below(read(one), terms, sign)) == (below, far)


CLAIMS = [
    (
        r"o(t^{-(a-1)/b+1/10} + N^{-\min(a-1, b)+1/10} + t^{-1+1/b}/N)",
        ["a - 1 < b", "a > 2", "b > 2"],
        "HOLDS",
    ),
    (r"o(t^{-(a-1)/b} + N^{-\min(a-1, b)} + t^{-1+1/b}/N)", [], "FAILS"),
    (
        r"o(t^{-(a-1)/b+1/100} + N^{-b+1/100})",
        ["a - 1 > b", "b > 2"],
        "FAILS",
    ),  # between the ends it is larger
    (
        r"o(t^{-(a-1)/b+1/100} + N^{-b+1/100} + t^{-1+1/b}/N)",
        ["a - 1 > b", "b > 2"],
        "FAILS",
    ),  # by a constant
    (r"o(t^{-(a-1)/b+1/100} + N^{-b+1/100} + t^{-1+1/b} \log(t)/N)", ["a - 1 > b", "b > 2"], "HOLDS"),
    (r"\omega(t^{-(a-1)/b-1} + N^{-\min(a-1, b)-1} + 1/(N t^2))", [], "HOLDS"),
    (r"\omega(t^{-(a-1)/b-1} + N^{-\min(a-1, b)-1} + t^{-1+1/b}/N)", ["a - 1 > b"], "FAILS"),
    (
        r"t^{-1} + N^{-b}\log(N) + P^{-b} + t^{-1+1/b}\log(t)/N + t^{-2+1/b}/P + P^{1-b}\log(P)/N",
        ["a = b + 1"],
        "HOLDS",
    ),
    (
        r"t^{-1} + N^{-b}\log(N)^2 + P^{-b} + t^{-1+1/b}\log(t)/N + t^{-2+1/b}/P + P^{1-b}\log(P)/N",
        ["a = b + 1"],
        "FAILS",
    ),
]


@pytest.mark.parametrize(("claim", "assuming", "verdict"), CLAIMS, ids=[x[0] for x in CLAIMS])
def test_claims(claim, assuming, verdict):
    found = check_claim(claim, LAWS, assuming)
    assert found.verdict == verdict
    assert (found.witness is not None) == (verdict == "FAILS")
