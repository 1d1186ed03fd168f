"""Tasks as they are first typed: positional, in other letters, as equations; or what to type instead."""

import numpy as np
import pytest
from sympy import Symbol

from asymptotics import (
    DomainError,
    SpectrumError,
    Task,
    compute_optimal,
    derive,
    harmonics,
    power_law,
    torus,
)
from asymptotics.notation import notation
from asymptotics.symbols import M, N, a, b, beta, k, t

j, s, alpha = (Symbol(name, positive=True) for name in ("j", "s", "alpha"))
PLAIN = power_law(a, b)
IN_J = Task(eigenvalues=j**-b, target=j**-a, index=j)
WEIGHTED = Task(eigenvalues=k**-b, target=k ** -(a + b))

READ = [
    (lambda: Task(k**-b, k**-a), PLAIN),
    (lambda: Task("k**-b", "k**-a"), PLAIN),
    (lambda: Task("k^-b", "k^-a", index="k"), PLAIN),
    (lambda: Task("lambda_k = k^-b", "c_k = k**-a"), PLAIN),
    (lambda: Task("λ_k = k^-b", "c = k^-a"), PLAIN),
    (lambda: Task(r"\lambda_{k} = k^-b", "c_{k}=k^-a"), PLAIN),
    (lambda: Task("k^{-b}", r"\frac{1}{k^{a}}"), PLAIN),
    (lambda: Task(r"$\lambda_k = k^{-b}$", r"$c_k = k^{-a}$"), PLAIN),
    (lambda: Task(r"\rho^k", r"\tau^{k}"), Task("rho**k", "tau**k")),
    (lambda: Task("lambda(k) = k^-b", "lambda_k w_k^2 = k^-a"), PLAIN),
    (lambda: Task("k**-b", "w_k^2 = k**-a"), WEIGHTED),
    (lambda: Task("k**-b", "w_k**2 = k**-a"), WEIGHTED),
    (lambda: Task("k**-b", "w_{k}^{2} = k**-a"), WEIGHTED),
    (lambda: Task("k**-b", "c_k = lambda_k * k**-a"), WEIGHTED),
    (lambda: Task("k**-b", "λ * k**-a"), WEIGHTED),
    (lambda: Task("j**-b", "j**-a"), IN_J),
    (lambda: Task(j**-b, j**-a), IN_J),
    (lambda: Task("lambda_j = j^-b", "c_j = j^-a", index="j"), IN_J),
    (lambda: Task(Symbol("j") ** -b, Symbol("j") ** -a, index=Symbol("j")), IN_J),
    (lambda: Task("j**-2", "j**-(a + b)*3"), Task(j**-2, 3 * j ** -(a + b), index=j)),
    (lambda: Task("s**-b", "s**-a"), Task(s**-b, s**-a, index=s)),
    (lambda: Task("k**-b", "k**-a", multiplicity="harmonics(3)"), Task(k**-b, k**-a, multiplicity=2 * k + 1)),
    (lambda: Task("k**-b", "k**-a", multiplicity="torus(d)"), Task(k**-b, k**-a, multiplicity=torus("d"))),
    (
        lambda: Task("j**-b", "j**-a", multiplicity="2*harmonics(3)"),
        Task(j**-b, j**-a, multiplicity=4 * j + 2),
    ),
    (
        lambda: Task("j**-b", "j**-a", multiplicity=harmonics(3), index="j"),
        Task(j**-b, j**-a, multiplicity=2 * j + 1),
    ),
    (lambda: Task("k**-b", "k**-a", multiplicity="binomial(k + 1, k)").at(a=5, b=3).multiplicity, k + 1),
    (lambda: power_law(capacity=alpha, source=beta), Task(k**-alpha, k ** -(1 + alpha * beta))),
    (lambda: power_law(alpha=0.7, beta="1/5", notation="2405.15074"), power_law("9/5", "7/5")),
    (lambda: power_law(alpha=2, beta=1.5, notation="2409.17858"), power_law(4, 2)),
    (lambda: power_law(3, 2, notation="2402.01092"), power_law(3, 2)),
    (lambda: power_law(capacity="alpha", source="beta", noise=1).noise, 1),
    (lambda: power_law(capacity=2, source=1.5), power_law(4, 2)),
]


@pytest.mark.parametrize("row", range(len(READ)))
def test_read(row):
    written, meant = READ[row]
    assert written() == meant


def test_a_parameter_of_finitely_many_modes_is_not_an_index():
    assert Task("s", "s", modes=M).index == k
    assert Task("j**-b", "j**-a", modes=M).index == j


ANSWERED = [
    (lambda: Task("s**-b", "s**-(a + b)"), r"b, s on both sides; say which counts the modes, index="),
    (lambda: Task("k**-b", "w_k^2"), r"names, not expressions in k; write target='k\*\*-a'"),
    (lambda: Task("lambda_k", "k**-a"), r"is the name of the eigenvalue; write eigenvalues='k\*\*-b'"),
    (lambda: Task("f_k = k**-b", "k**-a"), r"write eigenvalues as lambda_k = k\*\*-b"),
    (lambda: Task("k**-b", "f = k**-b"), r"write target as c_k = k\*\*-a or w_k\^2"),
    (lambda: Task("k^{-b", "k**-a"), "balance the braces"),
    (lambda: Task(np.ones(20), np.ones(20)), r"one number for each mode; use Task.from_arrays"),
    (lambda: Task([1, 2], "k**-a"), r"Task.from_arrays\(eigenvalues, target\)"),
    (lambda: Task("k**-b", "k**-a", index="k + 1"), "it is no letter"),
    (lambda: Task("k**-b", "k**-a", multiplicity="harmonics(1)"), "need a whole dimension d >= 2"),
    (lambda: Task("k**-b", "k**-a", multiplicity="harmonic(3)"), "unknown function 'harmonic'"),
    (lambda: Task("k**-b", "k**-a", multiplicity=0), "multiplicity = 0; the number of modes of a level is"),
    (lambda: Task("k**-b", "k**-a", multiplicity="3/2"), "multiplicity = 3/2; the number of modes of a"),
    (lambda: power_law(alpha=2, beta=1), "notation= says whose they are, 2409.17858 or 2405.15074"),
    (lambda: power_law(alpha=2, notation="2405.15074"), "the letters of 2405.15074 are alpha and beta"),
    (lambda: power_law(3, 2, gamma=1), "power_law has no gamma"),
    (lambda: power_law(2), r"""power_law\("a", "b"\), or capacity= and source="""),
    (lambda: power_law(2, 3, capacity=1, source=2), "takes a and b, as .*, or capacity= and source="),
]


@pytest.mark.parametrize("row", range(len(ANSWERED)))
def test_answered_with_the_next_step(row):
    written, message = ANSWERED[row]
    with pytest.raises(DomainError, match=message) as caught:
        written()
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_a_side_without_the_index_asks_for_it():
    with pytest.raises(SpectrumError, match=r"never decay; pass modes=M, or index="):
        derive(Task("j**-b", "k**-a"))


def test_laws_in_capacity_and_source_are_those_of_the_notation():
    letters = notation("2409.17858")
    theirs, ours = derive(power_law(capacity=alpha, source=beta)), derive(PLAIN)
    for name in ("time", "model", "data"):
        for regime, other in zip(getattr(theirs, name).regimes, getattr(ours, name).regimes, strict=True):
            assert (regime.exponent - letters.expression(other.exponent)).equals(0)
    found = compute_optimal(theirs, cost=N * t)
    assert "proved" in str(found.proof) and "not" not in str(found.proof)
    for phase, other in zip(found.phases, compute_optimal(ours, cost=N * t).phases, strict=True):
        assert (phase.exponents["loss"] - letters.expression(other.exponents["loss"])).equals(0)


def test_the_inertia_of_heavy_ball_is_no_source():
    laws = derive(power_law(capacity=alpha, source=beta))
    with pytest.raises(SpectrumError, match="beta is a parameter of the task and of heavy-ball flow"):
        _ = laws.time_momentum


@pytest.mark.slow
def test_all_else_has_laws_in_the_letters_of_capacity_and_source():
    assert list(derive(power_law(capacity=alpha, source=beta)).refused) == ["time_momentum"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"capacity": -2, "source": 1},
            r"capacity = -2; the eigenvalues are k\*\*-capacity, .* a number > 0",
        ),
        ({"capacity": 2, "source": 0}, r"source = 0; the loss falls as t\*\*-source, .* a number > 0"),
        ({"capacity": 2, "source": "oo"}, "source = 'oo'; .* a number > 0"),
        ({"a": "oo", "b": 2}, r"target = k\*\*\(-oo\) is infinite"),
        ({"a": 3, "b": 2, "noise": "oo"}, "noise = oo is infinite"),
    ],
    ids=["capacity", "source", "infinite source", "infinite exponent", "infinite noise"],
)
def test_power_laws_that_do_not_fall_are_refused(given, message):
    with pytest.raises(DomainError, match=message):
        power_law(**given)
