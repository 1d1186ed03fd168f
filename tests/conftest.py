"""Settings shared by all tests."""

import os

import matplotlib
from hypothesis import HealthCheck, settings

matplotlib.use("Agg")

# A deadline per example would measure the machine; where work is bounded, tests count it.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")
