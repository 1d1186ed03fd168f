"""Threads at mixed precisions: every value to its last digit, and the caller's precision as it was."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import mpmath
import pytest

from asymptotics import DomainError, check_claim, clear_caches, compute_optimal, derive, power_law
from asymptotics.precision import exclusive, working
from asymptotics.sums.convergent import convergent_sum
from asymptotics.symbols import N, a, b, k, t
from numerics import FullModel, OnePassSGD, constants, sweep, verify
from numerics.values import arithmetic

THREADS = 12


def _exactly(value):
    return value.value._mpf_, value.error._mpf_


def model_loss(digits):
    model = FullModel(power_law(1.5, 1.25), N=20, P=30, noise=1, digits=digits)
    return [_exactly(model.test_loss(time)) for time in (3, mpmath.inf)]


def sgd_loss(digits):
    rule = OnePassSGD(eta=0.1, batch=4)
    return _exactly(FullModel(power_law(2, 2), N=12, rule=rule, digits=digits).test_loss(50))


def pure_time(digits):
    return _exactly(FullModel(power_law(1.5, 2), digits=digits).test_loss(1000))


def verification(digits):
    found = verify(derive(power_law(1.5, 1.25)).time, digits=digits)
    return found.verdict, found.exponent_measured._mpf_, [_exactly(p.loss) for p in found.points]


def law_value(digits):
    law = derive(power_law(a, b)).model.at(a=3, b=2)
    with working(digits):
        return str(law), law.leading.subs(N, 1000).evalf(digits)._mpf_


def sum_over_modes(digits):
    return convergent_sum(1 / (k**3 + k), k).evalf(digits)._mpf_


def budget(digits):
    split = constants(compute_optimal(derive(power_law(1.5, 1.25)), cost=N * t), digits=digits)
    return _exactly(split["loss"])


def claim(digits):
    return str(check_claim("N**(-Min(a-1, b))", derive(power_law(a, b)).model))


WORK = {
    8: (model_loss, sgd_loss, pure_time, verification, law_value, sum_over_modes, budget, claim),
    15: (model_loss, sgd_loss, pure_time, verification, law_value, sum_over_modes),
    30: (model_loss, sgd_loss, pure_time, law_value, sum_over_modes),
    50: (sgd_loss, pure_time, law_value, sum_over_modes),
}
"""What is computed at which digits."""


@pytest.fixture
def precision_of_the_caller():
    """An odd precision, to be found again."""
    before = mpmath.mp.prec
    mpmath.mp.dps = 37
    set_to = mpmath.mp.prec
    yield
    found, mpmath.mp.prec = mpmath.mp.prec, before
    assert found == set_to


@pytest.mark.slow
@pytest.mark.usefixtures("precision_of_the_caller")
def test_threads_at_mixed_digits_agree_with_one_thread() -> None:
    tasks = [(work, digits) for digits, works in WORK.items() for work in works]
    serial = {task: task[0](task[1]) for task in tasks}
    clear_caches()
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda task: task[0](task[1]), tasks))
    for task, value in zip(tasks, found, strict=True):
        assert value == serial[task], (task[0].__name__, task[1])


@pytest.mark.usefixtures("precision_of_the_caller")
def test_one_model_serves_many_threads() -> None:
    times = [mpmath.mpf(4) ** j for j in range(8)]
    serial = [_exactly(FullModel(power_law(2, 1.5), N=9, P=7, noise=1).test_loss(time)) for time in times]
    model = FullModel(power_law(2, 1.5), N=9, P=7, noise=1)
    with ThreadPoolExecutor(THREADS) as pool:
        assert [_exactly(value) for value in pool.map(model.test_loss, times)] == serial


@pytest.mark.slow
@pytest.mark.usefixtures("precision_of_the_caller")
def test_threads_without_gmpy2(monkeypatch) -> None:
    monkeypatch.setattr(arithmetic, "gmpy2", None)

    def loss(digits):
        model = FullModel.from_arrays([1, 0.5, 0.2], [1, 1, 1], N=2, P=4, noise=1, digits=digits)
        return [_exactly(model.test_loss(time)) for time in (3, mpmath.inf)]

    digits = [6, 30, 8, 25, 12, 18]
    serial = [loss(n) for n in digits]
    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(loss, digits)) == serial


@pytest.mark.usefixtures("precision_of_the_caller")
def test_the_precision_returns_after_errors_in_threads() -> None:
    def fail(digits: int) -> None:
        with pytest.raises(DomainError):
            FullModel(power_law(2, 2), digits=digits).test_loss(-1)
        with pytest.raises(ZeroDivisionError), working(digits):
            mpmath.mpf(1) / 0

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(fail, [8, 15, 30, 50] * 6))


def _point(point):
    size = point["size"]
    model = FullModel(power_law(1.5, 1.25), N=size, P=30, digits=8 + size % 23)
    return {"loss": str(model.test_loss(mpmath.inf)), "exact": repr(_exactly(model.test_loss(5)))}


def test_a_sweep_in_threads_has_the_values_of_a_loop() -> None:
    points = [{"size": size} for size in (5, 12, 29, 41)]
    with ThreadPoolExecutor(6) as executor:
        found = sweep(points, _point, executor=executor, progress=False)
    assert [row.result for row in found] == [_point(point) for point in points]


def test_a_thread_waits_for_the_precision_of_another() -> None:
    inside, seen = threading.Event(), []

    @exclusive
    def look() -> None:
        seen.append(mpmath.mp.dps)

    def other() -> None:
        inside.wait()
        look()

    thread = threading.Thread(target=other)
    thread.start()
    with working(60):
        inside.set()
        thread.join(0.05)
        assert thread.is_alive() and not seen
        look()  # the thread that holds the lock may enter again
    thread.join()
    assert seen == [60, 15]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_finds_the_lock_free() -> None:
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            with working(80):
                mpmath.zeta(mpmath.mpf(3) / 7)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                with working(30):
                    os._exit(0 if mpmath.mp.dps == 30 else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.set()
        thread.join()
