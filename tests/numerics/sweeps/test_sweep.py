"""Sweeps: nothing lost, nothing counted twice, whatever interrupts them."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

from asymptotics import DomainError, UnableError
from numerics.cli import main
from numerics.commands.sweep import random_points
from numerics.sweeps.file import read_sweep
from numerics.sweeps.rows import SweepWarning, as_json
from numerics.sweeps.sweep import square_root, sweep
from numerics.values.value import Value


def counted(point, folder):
    """Leaves a mark for every call, so that calls can be counted across processes."""
    handle = os.open(Path(folder) / f"{point['x']}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, b".")
    os.close(handle)
    return {"square": point["x"] ** 2}


def deadly(point, folder):
    """Kills its process at x = 3 always, and at x = 5 the first time."""
    counted(point, folder)
    calls = (Path(folder) / f"{point['x']}").stat().st_size
    if point["x"] == 3 or (point["x"] == 5 and calls == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    return {"square": point["x"] ** 2}


def held(point, finished):
    """The process; from the point ``x = finished`` on it waits for ever."""
    if point["x"] >= finished:
        threading.Event().wait()
    return {"pid": os.getpid()}


def struck(point, folder):
    """The process. The one named in ``victim`` is held in its second point; others wait until it is."""
    folder = Path(folder)
    victim = int((folder / "victim").read_text())
    if os.getpid() == victim:
        if (folder / "finished").exists():
            (folder / "held").touch()
            threading.Event().wait()
        (folder / "finished").touch()
    else:
        until((folder / "held").exists)
    return {"pid": os.getpid()}


def until(happened):
    """Wait for an event, however long a busy machine takes to bring it about."""
    while not happened():
        time.sleep(0.02)


def unwritable(point):
    return {"x": object() if point["x"] == 1 else mpmath.mpf(2)}


def calls(folder):
    return {int(path.name): path.stat().st_size for path in Path(folder).iterdir()}


def rows_of(path):
    return [json.loads(line) for line in Path(path).read_text().splitlines()[1:]]


@pytest.fixture
def marks(tmp_path):
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def points(count):
    return [{"x": j} for j in range(count)]


def test_rows_come_in_the_order_of_the_points(tmp_path):
    with ThreadPoolExecutor(3) as pool:
        found = sweep([{"x": 9}, {"x": -1}, {"x": 9}, {"x": 4}], square_root, executor=pool, progress=False)
    assert [row.point["x"] for row in found] == [9, -1, 4]
    assert [row.result and row.result["root"] for row in found] == [3.0, None, 2.0]
    assert found.failed[0].error == {"type": "DomainError", "message": "x = -1; the root needs x >= 0"}


def test_an_interrupted_file_goes_on_where_it_stopped(tmp_path, marks):
    file, function = tmp_path / "rows.jsonl", partial(counted, folder=str(marks))
    with ThreadPoolExecutor(2) as pool:
        sweep(points(5), function, executor=pool, path=file, progress=False)
        whole = file.read_bytes()
        file.write_bytes(whole[:-7])  # a crash in the middle of the last row
        with pytest.warns(SweepWarning, match="torn by a crash"):
            found = sweep(points(8), function, executor=pool, path=file, progress=False)
    torn = [x for x, count in calls(marks).items() if count > 1]
    assert len(torn) == 1 and set(calls(marks)) == set(range(8))
    assert [row.result["square"] for row in found] == [x * x for x in range(8)]
    assert sorted(row["point"]["x"] for row in rows_of(file)) == list(range(8))
    assert read_sweep(file).path == file and len(read_sweep(file)) == 8


def test_errors_are_kept_or_tried_again(tmp_path, marks):
    file = tmp_path / "rows.jsonl"
    with ThreadPoolExecutor(1) as pool:
        for again in (False, False, True):
            found = sweep([{"x": -4}], square_root, executor=pool, path=file, again=again, progress=False)
    assert len(found.failed) == 1
    assert len(rows_of(file)) == 2 and len(read_sweep(file)) == 1


def test_a_file_of_something_else_is_left_alone(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("my notes, without a line end")
    with pytest.raises(DomainError, match=r"notes.txt. is not a sweep"):
        sweep([{"x": 1}], square_root, path=other, progress=False)
    assert other.read_text() == "my notes, without a line end"
    file = tmp_path / "rows.jsonl"
    with ThreadPoolExecutor(1) as pool:
        sweep([{"x": 1}], square_root, executor=pool, path=file, progress=False)
        with pytest.raises(
            DomainError, match=r"holds a sweep of numerics.sweeps.sweep.square_root, not of .*unwritable"
        ):
            sweep([{"x": 1}], unwritable, executor=pool, path=file, progress=False)
    with pytest.raises(DomainError, match="cannot be written"):
        sweep([{"x": 1}], square_root, path=tmp_path, progress=False)
    with pytest.raises(DomainError, match="cannot be read"):
        read_sweep(tmp_path / "missing")
    file.write_text(file.read_text() + "{]\n")
    with pytest.raises(DomainError, match=r"line 3: Expecting property"):
        read_sweep(file)


def test_a_result_that_is_no_json_is_an_error_of_its_point():
    with ThreadPoolExecutor(1) as pool:
        found = sweep([{"x": 1}, {"x": 2}], unwritable, executor=pool, progress=False)
    assert "has no place in JSON" in found.rows[0].error["message"]
    assert found.rows[1].result == {"x": "2.0"}


def test_values_and_exact_numbers_as_json():
    value = Value(value=mpmath.mpf(1) / 3, error=mpmath.mpf("1e-20"))
    assert as_json({"v": value, "q": Rational(3, 2), "n": Rational(4), "l": (1, 2)}) == {
        "v": {"value": "0.333333333333333314829616256247", "error": "1.0e-20"},
        "q": "3/2",
        "n": 4,
        "l": [1, 2],
    }


def test_what_no_other_process_can_import_is_refused():
    with pytest.raises(DomainError, match="no name that other processes can import"):
        sweep([{"x": 1}], lambda point: point, progress=False)
    with pytest.raises(DomainError, match="in_flight = 0"):
        sweep([{"x": 1}], square_root, in_flight=0, progress=False)


def test_a_worker_that_dies_takes_nobody_with_it(tmp_path, marks):
    file, function = tmp_path / "rows.jsonl", partial(deadly, folder=str(marks))
    found = sweep(points(8), function, jobs=2, path=file, progress=False)
    assert [row.point["x"] for row in found.failed] == [3]
    assert found.failed[0].error["type"] == "BrokenProcessPool"
    assert {row.point["x"]: row.result["square"] for row in found if row.error is None} == {
        x: x * x for x in range(8) if x != 3
    }
    assert Counter(row["point"]["x"] for row in rows_of(file)) == dict.fromkeys(range(8), 1)


class _Broken(Executor):
    def submit(self, *call):
        future = Future()
        future.set_exception(BrokenProcessPool("gone"))
        return future


def test_an_executor_of_the_caller_that_breaks_is_said_so(tmp_path):
    with pytest.raises(UnableError, match=r"the executor broke \(gone\); what is finished is kept"):
        sweep(points(3), square_root, executor=_Broken(), path=tmp_path / "rows.jsonl", progress=False)
    assert len(read_sweep(tmp_path / "rows.jsonl")) == 0


@pytest.mark.skipif(not hasattr(signal, "SIGINT") or sys.platform == "win32", reason="needs signals")
def test_ctrl_c_leaves_a_valid_file_and_no_process(tmp_path):
    file = tmp_path / "rows.jsonl"
    program = (
        "from functools import partial; import signal, sys; sys.path.insert(0, sys.argv[2])\n"
        "from test_sweep import held; from numerics.sweeps.sweep import sweep\n"
        "if __name__ == '__main__':\n"
        "    signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a background job ignores it
        "    sweep([{'x': j} for j in range(100)], partial(held, finished=3), jobs=2, path=sys.argv[1])\n"
    )
    script = tmp_path / "program.py"
    script.write_text(program)
    process = subprocess.Popen(
        [sys.executable, str(script), str(file), str(Path(__file__).parent)],
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: process.poll() is not None or (file.exists() and file.read_text().count("\n") == 4))
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    try:
        _, shown = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode != 0 and "KeyboardInterrupt" in shown
    kept = read_sweep(file)
    assert {row.point["x"] for row in kept} == {0, 1, 2} and file.read_bytes().endswith(b"\n")
    for pid in {row.result["pid"] for row in kept}:
        assert not Path(f"/proc/{pid}").exists()


def test_a_cluster_loses_a_worker_in_the_middle(tmp_path, marks):
    """The worker dies after one point and in another: the first is kept, the second comes from elsewhere."""
    distributed = pytest.importorskip("distributed")
    import dask

    file, patient = tmp_path / "rows.jsonl", "1h"
    settings = {
        "distributed.worker.daemon": True,
        "distributed.comm.retry.count": 3,
        "distributed.comm.timeouts.connect": patient,
        "distributed.comm.timeouts.tcp": patient,
        "distributed.scheduler.worker-ttl": patient,
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        ThreadPoolExecutor(1) as local,
    ):
        victim = next(iter(client.run(os.getpid).values()))
        (marks / "victim").write_text(str(victim))
        function = partial(struck, folder=str(marks))
        given = {"executor": client.get_executor(), "path": file, "progress": False, "in_flight": 8}
        task = local.submit(sweep, points(40), function, **given)
        until(lambda: task.done() or ((marks / "held").exists() and f'"pid": {victim}' in file.read_text()))
        assert not task.done()
        os.kill(victim, signal.SIGKILL)
        found = task.result()
    assert not found.failed and [row.point["x"] for row in found] == list(range(40))
    assert Counter(row["point"]["x"] for row in rows_of(file)) == dict.fromkeys(range(40), 1)
    workers = Counter(row.result["pid"] for row in found)
    assert workers[victim] == 1 and len(workers) >= 2


@given(
    st.integers(1, 30),
    st.integers(1, 12),
    st.tuples(st.fractions(1, 4, max_denominator=9), st.fractions(5, 8, max_denominator=9)),
)
@settings(max_examples=30, deadline=None)
def test_random_points_are_inside_distinct_and_repeatable(count, denominator, ends):
    low, high = (Rational(x.numerator, x.denominator) for x in ends)
    bounds = {"a": (low, high), "b": (low, high)}
    try:
        found = random_points(bounds, count, denominator, seed=3)
    except DomainError:
        assert denominator < 6
        return
    assert len({tuple(p.items()) for p in found}) == count
    for p in found:
        assert all(low < Rational(x) < high and Rational(x).q <= denominator for x in p.values())
    assert found == random_points(bounds, count, denominator, seed=3)


def test_the_command_counts_and_resumes(tmp_path, capsys):
    file = tmp_path / "rows.jsonl"
    command = ["sweep", "--laws", "time", "--digits", "15", "--jobs", "1", "-o", str(file)]
    assert main([*command, "--grid", "a=3/2:2,b=5/4"]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[2].split()[:5] == ["time", "2", "0", "0", "0"]
    sizes = [[float(size) for size in row["result"]["time"][3:]] for row in rows_of(file)]
    assert [max(column) for column in zip(*sizes, strict=True)] == [
        float(size) for size in shown.splitlines()[2].split()[5:]
    ]
    assert all(0 < size < 1e-15 for row in sizes for size in row)
    assert shown.endswith("all laws held at 2 of 2 points\n")
    assert main([*command, "--grid", "a=3/2:2:1/2,b=5/4"]) == 1
    shown = capsys.readouterr().out
    assert "a = 1/2, b = 5/4: SpectrumError" in shown and "all laws held at 2 of 3 points" in shown
    assert [row["point"]["a"] for row in rows_of(file)] == ["3/2", "2", "1/2"]
    assert main([*command, "--grid", "a=3/2:2:1/2,b=5/4", "--again"]) == 1
    assert [row["point"]["a"] for row in rows_of(file)] == ["3/2", "2", "1/2", "1/2"]


@pytest.mark.usefixtures("one_process")
def test_rows_without_a_resolution_are_taken_up(tmp_path, capsys):
    """Files of earlier versions do not have it."""
    file = tmp_path / "rows.jsonl"
    command = ["sweep", "--laws", "time", "--digits", "15", "--jobs", "1", "-o", str(file), "--grid"]
    assert main([*command, "a=3/2,b=5/4"]) == 0
    old = re.sub(r'"0.4", "[^"]*", "[^"]*"', '"0.4"', file.read_text())
    file.write_text(old)
    capsys.readouterr()
    assert main([*command, "a=3/2:2,b=5/4"]) == 0
    assert capsys.readouterr().out.splitlines()[2].split() == ["time", "2", "0", "0", "0", "-", "-"]
    assert file.read_text().startswith(old) and [len(row["result"]["time"]) for row in rows_of(file)] == [
        3,
        5,
    ]


BAD = (
    (["--grid", "a=2"], "--grid says nothing of b"),
    (["--grid", "a=2,b=2,c=1"], "--grid: c is not a parameter"),
    (["--grid", "a=x,b=2"], "'x' is not a rational number"),
    (["--grid", "a,b=2"], "--grid: 'a' is not name=..."),
    (["--range", "a=2..1,b=1..2"], "the interval is empty"),
    (["--range", "a=2,b=1..2"], "give LOW..HIGH"),
    (["--sample", "0"], "--sample: 0"),
    (["--sample", "500", "--denominator", "1"], "rational points with denominators up to 1"),
    (["--jobs", "0"], "--jobs: 0"),
    (["--eigenvalues", "k**-2", "--target", "k**-2"], "no parameter to sweep over"),
)


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input(arguments, message, capsys):
    assert main(["sweep", *arguments]) == 2
    assert message in capsys.readouterr().err
