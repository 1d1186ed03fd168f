"""Settings shared by all tests."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

# Matrices of a few hundred rows are multiplied faster by one thread than by several that wait for each other.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import matplotlib  # noqa: E402
import pytest  # noqa: E402
from hypothesis import HealthCheck, Phase, settings  # noqa: E402

import numerics.progress  # noqa: E402

numerics.progress.FIRST = 1e6  # what a test sees on stderr does not depend on how long it takes
matplotlib.use("Agg")

# A deadline per example would measure the machine; where work is bounded, tests count it.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True, print_blob=True)
# Planted faults ask only whether there is a failing example, not for the smallest one.
settings.register_profile(
    "first", parent=settings.get_profile("ci"), phases=(Phase.explicit, Phase.generate), print_blob=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """The tests of one file run in one process, which derives once what they share."""
    from xdist.scheduler import LoadFileScheduling

    return LoadFileScheduling(config, log)


def pytest_collection_finish() -> None:
    """Cycles are looked for seldom: what was derived stays in memory, and is gone through in vain."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Names of tests are the same in every process: workers compare them."""
    named = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if named:
        raise pytest.UsageError(f"{named[0]}: the name holds an address; give ids= to parametrize")


@pytest.fixture
def quick(monkeypatch):
    """Laws are verified by the quick stand-in."""
    from command_line import stand_in

    import numerics.verification.run

    monkeypatch.setattr(numerics.verification.run, "verify", stand_in())


@pytest.fixture
def one_process(monkeypatch):
    """What ``derive --check`` and ``sweep`` spread over processes is computed by a thread of this one."""
    import numerics.commands.sweep
    import numerics.sweeps.sweep

    with ThreadPoolExecutor(1) as executor:
        by_thread = partial(numerics.sweeps.sweep.sweep, executor=executor)
        for module in (numerics.sweeps.sweep, numerics.commands.sweep):
            monkeypatch.setattr(module, "sweep", by_thread)
        yield
