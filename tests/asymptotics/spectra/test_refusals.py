"""What describes no spectrum is refused in one line, by the laws and by the full model alike."""

from __future__ import annotations

import pytest
from sympy import cos, exp, log, sqrt

from asymptotics import BottleneckError, DomainError, SpectrumError, Task, derive
from asymptotics.symbols import N, P, k
from numerics import FullModel

BAD: list[tuple[str, dict[str, object]]] = [
    ("grow", {"eigenvalues": k, "target": k**-2}),
    ("grow", {"eigenvalues": sqrt(k), "target": k**-2}),
    ("grow", {"eigenvalues": log(k + 1), "target": k**-2}),
    ("grow", {"eigenvalues": exp(k), "target": k**-2}),
    ("oscillate", {"eigenvalues": (-1) ** k * k**-2, "target": k**-2}),
    ("oscillate", {"eigenvalues": cos(k) / k**2, "target": k**-2}),
    ("oscillate", {"eigenvalues": k**-2, "target": cos(3 * k) / k**2}),
    ("diverges", {"eigenvalues": k**-3, "target": k**-3, "multiplicity": k**2}),
    ("diverges", {"eigenvalues": k**-2, "target": 1 / k}),
    ("grows", {"eigenvalues": k**-2, "target": k}),
    ("pole", {"eigenvalues": 1 / (k - 3) ** 2, "target": k**-2}),
    ("pole", {"eigenvalues": k**-2, "target": 1 / (2 * k - 8) ** 2}),
    ("negative", {"eigenvalues": k**-2, "target": -(k**-2)}),
    ("multiplicity", {"eigenvalues": k**-4, "target": k**-4, "multiplicity": -1}),
    ("multiplicity", {"eigenvalues": k**-4, "target": k**-4, "multiplicity": 0}),
]


@pytest.mark.parametrize(("what", "parts"), BAD, ids=[f"{w}: {p}" for w, p in BAD])
@pytest.mark.parametrize("use", [derive, FullModel])
def test_what_is_no_spectrum_is_refused_in_one_line(use: type, what: str, parts: dict[str, object]) -> None:
    with pytest.raises((SpectrumError, DomainError)) as refused:
        use(Task(**parts))
    assert isinstance(refused.value, BottleneckError)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) > 30


@pytest.mark.parametrize("text", ["k**", "k^-2)", "2k", "", "lambda", "k**-2; 1", "__import__('os')", "k!"])
def test_text_that_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        Task(eigenvalues=text, target="k**-2")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("eigenvalues", "target", "said"),
    [
        (
            "k**-b",
            "m**-a",
            r"target m\*\*\(-a\) does not depend on k, .*; write it in k, or",
        ),
        ("k**-2*log(k)", "k**-3", r"= 0 at k = 1; it must be > 0; write log\(k \+ 1\)"),
    ],
)
def test_refusals_say_what_to_write(eigenvalues: str, target: str, said: str) -> None:
    with pytest.raises(SpectrumError, match=said):
        derive(Task(eigenvalues, target))


def test_refusals_name_the_family_that_comes_closest():
    with pytest.raises(SpectrumError, match="the closest family: geometric spectra with slowly"):
        derive(Task("exp(-k)", "k**-2/log(k+1)"))


def test_a_target_of_zero_is_said_to_be_one():
    with pytest.raises(BottleneckError, match=r"the target is 0, and so is L\(t\)"):
        derive(Task("k**-2", "0"))


def test_what_an_equation_is_made_of_is_expanded_until_it_begins():
    """Two powers in the exponent: the ridge is exp(-sqrt(N) - ...), known from three orders of df1 on."""
    laws = derive(Task("exp(-sqrt(k) - k**(1/4))", "k**-2"))
    assert laws.model.leading == 1 / N
    assert laws.data.leading == 1 / (2 * sqrt(P))
