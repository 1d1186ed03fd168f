"""One verification for all figures that show one."""

import pytest

from asymptotics import derive, power_law
from numerics import verify


@pytest.fixture(scope="session")
def verification():
    return verify(derive(power_law(1.5, 1.25)).model, digits=10)
