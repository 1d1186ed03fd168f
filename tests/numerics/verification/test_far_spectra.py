"""Laws of spectra known far out alone, verified: the tail is decided, sums over all modes are not."""

import pytest

from asymptotics import Task, derive
from asymptotics.errors import DomainError
from asymptotics.kernels import matern, sobolev
from numerics import verify


def laws(smooth):
    return derive(Task.from_kernel(matern(nu="1/2", d=2), target=sobolev(smooth)))


def test_a_law_of_the_tail_holds():
    assert verify(laws("1/2").model).verdict == "HOLDS"


def test_a_sum_over_all_modes_stays_undecided_whatever_its_number():
    law = laws(4).model
    with pytest.raises(DomainError, match=r"no number for S_\{1\}"):
        verify(law)
    found = verify(law, at={"S_{1}": 3})
    assert found.verdict == "UNDECIDED"
    assert "S_{1} is the sum over all modes of m_k c_k/lambda_k^(1)" in str(found)
