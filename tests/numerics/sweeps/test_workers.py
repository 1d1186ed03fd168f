"""Workers: they end with who started them, and where they cannot work one line says why."""

import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from asymptotics import DomainError, UnableError
from numerics.sweeps.file import read_sweep
from numerics.sweeps.sweep import square_root, sweep
from numerics.verification import run

PATIENCE = 120
"""Seconds after which an event is taken to fail to come about."""


class Awkward(Exception):
    """An exception that another process cannot rebuild from its arguments."""

    def __init__(self, first, second):
        super().__init__(f"{first} and\n{second}")


def awkward(point):
    raise Awkward("one", "two")


def closed(executor):
    executor.shutdown()
    return executor


class _Cancelling(Executor):
    """As dask's, whose scheduler is gone: the first call is done, those under way are cancelled."""

    def __init__(self):
        self.calls = 0

    def submit(self, function, *arguments):
        future = Future()
        self.calls += 1
        if self.calls == 1:
            future.set_result(function(*arguments))
        else:
            future.cancel()
            future.set_running_or_notify_cancel()
        return future


@pytest.mark.parametrize("lost", [_Cancelling, lambda: closed(ThreadPoolExecutor(1))])
def test_an_executor_that_is_gone_is_one_line(tmp_path, lost):
    path = tmp_path / "rows.jsonl"
    given = {"executor": lost(), "path": path, "progress": False}
    kept = isinstance(given["executor"], _Cancelling)
    with pytest.raises(
        UnableError, match=r"the executor broke \(.+\); what is finished is kept: sweep again"
    ):
        sweep([{"x": j} for j in range(9)], square_root, **given)
    assert len(read_sweep(path)) == kept


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"executor": "tcp://127.0.0.1:8786"}, "of a dask client: get_executor()"),
        ({"executor": 5}, "executor = 5"),
        ({"jobs": 0}, "jobs = 0"),
        ({"jobs": "2"}, "jobs = '2'"),
        ({"in_flight": "2"}, "in_flight = '2'"),
        ({"function": 5}, "function = 5 cannot be called"),
        ({"function": threading.Lock().__enter__}, "cannot be sent to other processes"),
        ({"path": 5}, "5 cannot be written"),
    ],
)
def test_odd_arguments(given, words):
    settings = {"points": [{"x": 4}], "function": square_root, "progress": False, **given}
    with pytest.raises(DomainError) as error:
        sweep(**settings)
    assert words in str(error.value)


def test_an_exception_that_cannot_be_rebuilt_is_an_error_of_its_point():
    found = sweep([{"x": 4}], awkward, jobs=1, progress=False)
    assert found.rows[0].error == {"type": "Awkward", "message": "one and two"}


SWEEP = "sweep([{'x': 4}, {'x': 9}], {function}, jobs=2, path={path!r}, progress=False)"
SCRIPTS = [
    # how it is run, the function, under what, words of the last line
    ("file", "square_root", "", "worker processes end as they start; they import the script"),
    pytest.param("file", "mine", "if __name__ == '__main__': ", None, marks=pytest.mark.slow),
    ("stdin", "square_root", "", "workers cannot import '<stdin>'; run a file"),
    pytest.param("-c", "square_root", "", None, marks=pytest.mark.slow),
    ("-c", "mine", "", "a worker cannot import the function"),
]


@pytest.mark.parametrize(("way", "function", "guard", "words"), SCRIPTS)
def test_scripts_and_sessions(tmp_path, way, function, guard, words):
    path = tmp_path / "rows.jsonl"
    call = SWEEP.replace("{function}", function).replace("{path!r}", repr(str(path)))
    text = (
        f"from numerics.sweeps.sweep import square_root, sweep\ndef mine(point): return {{}}\n{guard}{call}\n"
    )
    (tmp_path / "script.py").write_text(text)
    arguments = {"file": [str(tmp_path / "script.py")], "stdin": ["-"], "-c": ["-c", text]}[way]
    done = subprocess.run(
        [sys.executable, *arguments], input=text, capture_output=True, text=True, timeout=PATIENCE
    )
    if words is None:
        assert (done.returncode, done.stderr) == (0, "") and len(read_sweep(path)) == 2
        return
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1 and words in last
    assert done.stderr.count("Traceback") == 1  # of the script itself; its workers are silent
    assert not path.exists() or len(read_sweep(path)) == 0


def stuck(point, folder):
    """Leaves a pipe that has its number and ends with it, and never returns."""
    descriptor = os.open(Path(folder) / str(point["x"]), os.O_WRONLY)
    os.write(descriptor, str(os.getpid()).encode())
    threading.Event().wait()


KILLED = """\
import sys
from functools import partial
sys.path.insert(0, {here!r})
from numerics.sweeps.sweep import sweep
from test_workers import stuck
if __name__ == "__main__":
    sweep([{{"x": 0}}], partial(stuck, folder={folder!r}), jobs=1, path={path!r}, progress=False)
"""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("name", ["SIGKILL", pytest.param("SIGTERM", marks=pytest.mark.slow)])
def test_workers_end_with_their_parent(tmp_path, name):
    """The worker holds the write end of a named pipe, whose reader sees the end of the file when it ends."""
    os.mkfifo(tmp_path / "0")
    pipe = os.open(tmp_path / "0", os.O_RDONLY | os.O_NONBLOCK)
    path, script = tmp_path / "rows.jsonl", tmp_path / "script.py"
    script.write_text(KILLED.format(here=str(Path(__file__).parent), folder=str(tmp_path), path=str(path)))
    process = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.DEVNULL)
    worker = None
    try:
        assert select.select([pipe], [], [], PATIENCE)[0]
        worker = int(os.read(pipe, 100))
        process.send_signal(getattr(signal, name))
        assert process.wait(PATIENCE) == -getattr(signal, name)
        assert select.select([pipe], [], [], PATIENCE)[0]
        assert os.read(pipe, 1) == b""
        worker = None
    finally:
        if worker is not None:
            os.kill(worker, signal.SIGKILL)
        process.kill()
        process.wait()
        os.close(pipe)
    assert len(read_sweep(path)) == 0


def mortal(group, digits):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
def test_a_verification_whose_process_is_killed_is_one_line(monkeypatch):
    monkeypatch.setattr(run, "_group", mortal)
    with pytest.raises(
        UnableError, match="a process at work was killed, as where memory is short; give fewer --jobs"
    ):
        list(run._outcomes([[], []], 15, 2, run.Progress(0, "points", shown=False)))


CLUSTER = """\
import distributed
local = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "protocol": "tcp://"}
if __name__ == "__main__":
    cluster = distributed.LocalCluster(**local, host="127.0.0.1", dashboard_address=None)
    print(cluster.scheduler_address, flush=True)
    input()
"""


@pytest.mark.slow
@pytest.mark.parametrize("amid", [False, True])
def test_the_scheduler_of_a_cluster_dies(tmp_path, amid):
    distributed = pytest.importorskip("distributed")
    os.mkfifo(tmp_path / "0")
    pipe = os.open(tmp_path / "0", os.O_RDONLY | os.O_NONBLOCK)
    cluster = subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])},
    )
    function = partial(stuck, folder=str(tmp_path))
    try:
        address = cluster.stdout.readline().decode().strip()
        with distributed.Client(address, timeout="5s") as client, ThreadPoolExecutor(1) as local:
            given = {"executor": client.get_executor(), "path": tmp_path / "rows", "progress": False}
            if not amid:
                cluster.kill()
            task = local.submit(sweep, [{"x": 0}, {"x": 1}], function, **given)
            if amid:
                assert select.select([pipe], [], [], PATIENCE)[0]
                cluster.kill()
            with pytest.raises(UnableError, match=r"the executor broke .* a scheduler is gone"):
                task.result(PATIENCE)
        assert len(read_sweep(tmp_path / "rows")) == 0
    finally:
        cluster.kill()
        cluster.communicate()
        os.close(pipe)
