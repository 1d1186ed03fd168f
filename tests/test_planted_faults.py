"""Planted faults: each has its place in the packages (always), and the tests of its room see it (slow)."""

import os

import pytest
from error_table import ESTIMATES
from fault_table import FAULTS
from planted_faults import ROOT, faulty, survivors


@pytest.mark.parametrize("fault", [*FAULTS, *ESTIMATES], ids=str)
def test_each_fault_has_one_place_and_tests_that_exist(fault):
    assert faulty(fault, (ROOT / fault.module).read_text(encoding="utf-8"))
    assert fault.tests and all((ROOT / test.split("::")[0]).exists() for test in fault.tests)


def test_there_are_enough_in_every_room():
    assert len(FAULTS) >= 40 and len(set(map(str, FAULTS))) == len(FAULTS)
    for room in ("asymptotics/", "asymptotics/claims/", "numerics/", "numerics/verification/"):
        assert sum(fault.module.startswith(room) for fault in FAULTS) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("faults", [ESTIMATES, FAULTS], ids=["estimates of errors", "slips"])
def test_every_fault_is_seen_in_its_room(faults):
    left = survivors(faults, jobs=os.cpu_count() or 1)
    assert not left, "\n".join(["no test of the room sees:", *map(str, left)])
