"""Laws of T and N where modes grow with N, verified along a ray beside sums over modes."""

import mpmath
import pytest
from euler_maclaurin import ModeSums
from sympy import Rational

from asymptotics import OnePassSGD, derive, growing_law, power_law
from asymptotics.errors import DomainError
from asymptotics.symbols import N, a, b, r
from numerics import FullModel, verify
from numerics.model.small_steps import early_loss
from numerics.verification.comparison import compared
from numerics.verification.growing import Along, along, losses, with_share
from numerics.verification.judge import judge

LAWS = derive(power_law(a, b, modes=r * N))
FLOW, SGD = growing_law(LAWS), growing_law(LAWS, OnePassSGD)
NOISY = growing_law(derive(power_law(a, b, modes=r * N, noise="1/2")), OnePassSGD)

# the law, its numbers, and how far all known orders are from the sums at N = 10^48, T = N^(b/2)
ROWS = [
    (FLOW, {"a": "5/2", "b": "4/5", "r": 2}, 1e-20),
    (SGD, {"a": "5/2", "b": "11/20", "r": 3, "h": "1/3"}, 1e-14),
    (SGD, {"a": "17/9", "b": "8/9", "r": 2}, 1e-14),
    (SGD, {"a": 2, "b": "3/10", "r": "5/2", "h": "0.9"}, 1e-12),
    (SGD, {"a": "3/2", "b": "4/5", "r": 2}, 1e-26),
    (SGD, {"a": "5/2", "b": "1/2", "r": 2}, 1e-30),  # exponents that meet
    (FLOW, {"a": "5/2", "b": 1, "r": "3/2"}, 1e-28),  # logarithms of N/T
    (FLOW, {"a": "3/2", "b": 1, "r": 3}, 1e-28),
    (FLOW, {"a": 2, "b": 1, "r": 2}, 1e-25),
    (NOISY, {"a": "3/2", "b": "7/10", "r": 2}, 1e-20),
    (NOISY, {"a": "7/3", "b": "2/5", "r": "3/2"}, 1e-13),
]


def check(law, at, left, digits=30):
    found = verify(law, at, digits=digits)
    assert found.verdict == "HOLDS", str(found)
    assert abs(found.points[-1].rest) < left
    assert found.resolution.prefactor < 1e-9 and found.resolution.exponent < 1e-9
    assert found.points[-1].resource > mpmath.mpf(10) ** 47
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("law", "at", "left"), ROWS, ids=str)
def test_laws_hold(law, at, left):
    found = check(law, at, left)
    assert ("[h = " in str(found)) == (law is not FLOW)


@pytest.mark.slow
@pytest.mark.parametrize(("law", "a"), [(SGD, "3/2"), (SGD, "5/2"), (NOISY, "7/4")])
def test_series_in_the_trace_hold(law, a):
    """b = 1: three powers of h/Lambda are known, N runs to 10^138."""
    found = verify(law, {"a": a, "b": 1, "r": 2, "h": "1/3"}, digits=18)
    wrong = along(law.at(a=a, b=1, r=2, h="0.3334"), Rational(1, 2))
    last = found.points[-1]
    assert found.verdict == "HOLDS" and abs(last.rest) < last.scale**-wrong.beyond, str(found)
    assert found.resolution.prefactor < 1e-9
    with mpmath.workdps(33):
        assert judge(wrong, tuple(compared(p.resource, p.loss, wrong) for p in found.points))[0] == "FAILS"


@pytest.mark.slow
def test_another_share_fails():
    """Sums at h = 1/4 beside the law of h = 0.2501."""
    law = SGD.at(a="5/2", b="4/5", r=2)
    with mpmath.workdps(30):
        true, other = (Along(law.at(h=share)) for share in ("1/4", "0.2501"))
        sums = list(losses(true, 12))
        verdicts = [judge(p, tuple(compared(x, v, p) for x, v in sums))[0] for p in (true, other)]
    assert verdicts == ["HOLDS", "FAILS"]


@pytest.mark.slow
def test_another_edge_fails():
    """At b = 1 r is seen in ``log(r N/T)/N`` alone."""
    law = FLOW.at(a="5/2", b=1)
    with mpmath.workdps(40):
        true, other = (Along(law.at(r=ratio)) for ratio in ("2", "2.001"))
        sums = list(losses(true, 15))
        verdicts = [judge(p, tuple(compared(x, v, p) for x, v in sums))[0] for p in (true, other)]
    assert verdicts == ["HOLDS", "FAILS"]


def test_sums_beside_the_full_model_and_other_sums():
    for size, time in ((100, 3), (10**6, 40)):
        task = power_law("5/2", "4/5", modes=2 * size)
        found = early_loss(task, mpmath.mpf(size), mpmath.mpf(2 * time), mpmath.mpf(0), 15)
        model = FullModel(task, N=size, digits=15).test_loss(time)
        assert abs(found.value / model.value - 1) < 1e-14
    with mpmath.workdps(40):
        size, time = mpmath.mpf(10**24), mpmath.mpf(10**9)
        other = ModeSums(mpmath.mpf(5) / 2, mpmath.mpf(4) / 5, 2, size).loss(time, mpmath.mpf(1) / 4, 50)
        task = power_law("5/2", "4/5", modes=2 * 10**24)
        found = early_loss(task, size, time, mpmath.mpf(1) / 4, 15)
        assert abs(found.value / other - 1) < 1e-14
        sharp = early_loss(task, size, time, mpmath.mpf(1) / 4, 22)
        assert abs(found.value - sharp.value) <= found.error <= abs(found.value) * mpmath.mpf(10) ** -15


@pytest.mark.parametrize(
    ("law", "at", "reach"),
    [
        pytest.param(FLOW, {"a": 3, "b": "1/2", "r": 2}, "1/5", marks=pytest.mark.slow),
        pytest.param(FLOW, {"a": "7/4", "b": "3/10", "r": 2}, "3/4", marks=pytest.mark.slow),
        pytest.param(SGD, {"a": 3, "b": "11/20", "r": 2, "h": "0.3"}, "1/5", marks=pytest.mark.slow),
        pytest.param(SGD, {"a": 3, "b": "1/2", "r": 2, "h": "0.3"}, "3/4", marks=pytest.mark.slow),
        # a loss as steep as the whole power behind the last one that is known
        pytest.param(SGD, {"a": 3, "b": "2/5", "r": 2, "h": "1/2"}, "1/10", marks=pytest.mark.slow),
    ],
)
def test_other_rays(law, at, reach):
    found = verify(law, at, digits=12, reach=reach)
    assert found and f"reach = {reach}]" in str(found)


@pytest.mark.slow
def test_what_the_first_modes_add_to_the_kernel():
    """It was left out: the rest fell as N^-3/4, where N^-1 was expected."""
    assert verify(SGD, {"a": "3/2", "b": "1/2", "r": 2, "h": "1/3"}, digits=30).verdict == "HOLDS"


def test_refused():
    with pytest.raises(DomainError, match="reach = 1; a ray"):
        verify(FLOW, {"a": 3, "b": "1/2", "r": 2}, reach=1)
    with pytest.raises(DomainError, match="rays are of laws of T and N"):
        verify(LAWS.model, {"a": 3, "b": "1/2", "r": 2}, reach="1/3")
    with pytest.raises(DomainError, match="no number for b, r"):
        verify(FLOW, {"a": 3})
    with pytest.raises(DomainError, match="h = 2; the share"):
        verify(SGD, {"a": 3, "b": "1/2", "r": 2, "h": 2})
    with pytest.raises(DomainError, match="h is not a parameter"):
        verify(FLOW, {"h": 2})
    assert with_share(SGD, {"a": 3, "b": "1/2", "r": 2})[0].share == Rational(1, 4)
