"""A command that verifies by the quick stand-in."""

import pytest
from command_line import stand_in

import numerics.verification.run


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(numerics.verification.run, "verify", stand_in())
