"""Commands that are stopped, or have nowhere to write: one line, the usual exit status, nothing torn."""

import errno
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

import numerics.cli
from numerics import outputs
from numerics.cli import main
from numerics.sweeps.file import read_sweep

AMID = [
    # a command, and what of its work the signal comes in
    (("derive",), "numerics.commands.derive.laws_of"),
    (("derive", "--check"), "numerics.sweeps.sweep._rows"),
    (("derive", "--latex"), "asymptotics.laws.law.Law.to_latex"),
    (("verify",), "numerics.commands.verify.verify_laws"),
    (("verify", "--output", "out"), "numerics.commands.verify.to_json"),
    (("optimal",), "numerics.commands.optimal.compute_optimal"),
    (("optimal", "--latex"), "numerics.commands.optimal.compute_optimal"),
    (("report", "--laws", "time", "-o", "out"), "numerics.commands.report.gather"),
    (("report", "--laws", "time", "-o", "out"), "numerics.reports.page.page"),
    (("report", "--laws", "time", "--latex", "-o", "out"), "numerics.reports.article.article"),
    (("sweep", "--laws", "time"), "numerics.commands.sweep.sweep"),
    (("sweep", "--laws", "time", "-o", "out"), "numerics.commands.sweep.laws_of_task"),
    (("claim", "t**-1"), "numerics.commands.claim.check_claim"),
    (("literature",), "numerics.commands.literature.literature"),
]


@pytest.fixture
def quick(monkeypatch):
    from command_line import stand_in

    monkeypatch.setattr("numerics.verification.run.verify", stand_in())


@pytest.mark.parametrize(
    ("command", "work", "name"),
    [*((*row, "SIGTERM") for row in AMID), (*AMID[0], "SIGHUP"), (*AMID[0], "SIGINT")],
)
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.usefixtures("quick")
def test_a_signal_ends_a_command_as_ctrl_c_does(tmp_path, monkeypatch, capsys, command, work, name):
    number = getattr(signal, name)
    usual = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
    found = signal.signal(number, usual)  # a job in the background, or under nohup, ignores some
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(work, lambda *_, **__: signal.raise_signal(number) or pytest.fail("the run goes on"))
    try:
        assert main(command) == 128 + number
        assert signal.getsignal(number) == usual
    finally:
        signal.signal(number, found)
    words = "interrupted" if name == "SIGINT" else f"stopped by {name}"
    assert capsys.readouterr().err == f"bottlenecks: {words}\n"
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_second_signal_while_the_first_is_told_changes_nothing(monkeypatch, capsys):
    """As where a batch system sends SIGTERM twice."""
    say = numerics.cli._say
    monkeypatch.setattr("numerics.cli._say", lambda words: signal.raise_signal(signal.SIGTERM) or say(words))
    monkeypatch.setattr("numerics.commands.derive.laws_of", lambda _: signal.raise_signal(signal.SIGTERM))
    assert main(["derive"]) == 143
    assert capsys.readouterr().err == "bottlenecks: stopped by SIGTERM\n"


def test_a_program_that_calls_keeps_its_own_way_with_signals(monkeypatch, capsys):
    came = []
    monkeypatch.setattr("numerics.commands.derive.laws_of", lambda _: signal.raise_signal(signal.SIGTERM))
    handler = signal.signal(signal.SIGTERM, lambda *given: came.append(given))
    try:
        with pytest.raises(AttributeError):  # the stand-in for the laws is None, and the run goes on with it
            main(["derive"])
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert len(came) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("whole_group", [False, True])
def test_a_sweep_is_terminated_amid_its_points(tmp_path, whole_group):
    """As by `kill`, and as by a batch system that ends all processes of a job at once."""
    path = tmp_path / "rows.jsonl"
    command = ["sweep", "--laws", "time", "--sample", "200", "--jobs", "2", "-o", str(path)]
    process = subprocess.Popen(
        [sys.executable, "-m", "numerics.cli", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        while process.poll() is None and not (path.exists() and path.read_bytes().count(b"\n") >= 2):
            time.sleep(0.05)
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGTERM)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert (process.returncode, out) == (143, "")
    assert err.splitlines()[-1] == "bottlenecks: stopped by SIGTERM"
    assert len(read_sweep(path)) >= 1 and path.read_bytes().endswith(b"\n")
    with pytest.raises(ProcessLookupError):  # of the session no process is left
        while True:
            os.killpg(process.pid, 0)
            time.sleep(0.05)


PRINTING = [
    ("--help",),
    ("--version",),
    ("derive", "--latex", "--laws", "time"),
    ("claim", "t**-1", "--law", "time"),
]
PRINTING += [("optimal", "--latex"), ("verify", "--laws", "time"), ("literature", "--key", "bap-time")]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("command", PRINTING)
@pytest.mark.usefixtures("quick")
def test_what_cannot_be_printed_is_kept(tmp_path, monkeypatch, capsys, command):
    monkeypatch.setattr(outputs.tempfile, "tempdir", str(tmp_path))
    with open("/dev/full", "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(command) == 2
    (kept,) = tmp_path.iterdir()
    err = capsys.readouterr().err
    assert err == (
        "bottlenecks: standard output cannot be written (No space left on device); "
        f"what was computed is in {str(kept)!r}\n"
    )
    assert (kept / "output.txt").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize(
    ("redirection", "status", "out", "err"),
    [
        ("> /dev/full", 2, "", "bottlenecks: standard output cannot be written"),
        (">&-", 2, "", "bottlenecks: standard output is closed"),
        ("2>&-", 0, "bottlenecks ", ""),
        ("--nope 2> /dev/full", 2, "", ""),
        ("--nope 2>&-", 2, "", ""),
        ("| true", 0, "", ""),
    ],
)
def test_streams_that_are_closed_or_full(redirection, status, out, err):
    shell = f"{sys.executable} -m numerics.cli --version {redirection}".replace("--version --nope", "--nope")
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(shell, shell=True, capture_output=True, text=True, timeout=60, env=usual)
    assert done.returncode == status
    assert done.stdout.startswith(out) and done.stderr.startswith(err)
    assert done.stdout.count("\n") <= 1 and done.stderr.count("\n") <= 1


ODD = ["", "file", "file/out", "missing/out", "x" * 300, "nul\0", "\ud800", "loop/out", "taken"]


@pytest.mark.parametrize("place", ODD)
@pytest.mark.parametrize(
    "command", [("verify", "--output"), ("report", "-o"), ("report", "--latex", "-o"), ("sweep", "-o")]
)
def test_places_are_tried_before_the_work(tmp_path, monkeypatch, capsys, command, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("laws.tex", "index.html", "report.tex"):
        (tmp_path / "taken" / name).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    for work in ("verify.laws_of_task", "report.laws_of_task", "sweep.laws_of_task"):
        monkeypatch.setattr(f"numerics.commands.{work}", lambda *_: pytest.fail("the work has begun"))
    if command[0] == "sweep" and place == "file":
        place = "taken"
    assert main([*command, place]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and shown.err.startswith("bottlenecks: ")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("quick")
def test_a_name_that_is_not_utf_8(tmp_path, capsys):
    place = os.path.join(tmp_path, os.fsdecode(b"caf\xe9"))
    for command in (("verify", "--output"), ("report", "--laws", "time", "-o")):
        assert main([*command, place]) == 0
        assert capsys.readouterr().err == ""
    assert "index.html" in os.listdir(place) and "laws.tex" in os.listdir(place)


@pytest.mark.parametrize(
    "command",
    [
        ("verify", "--output"),
        ("report", "--laws", "time", "-o"),
        ("report", "--laws", "time", "--latex", "-o"),
    ],
)
@pytest.mark.usefixtures("quick")
def test_a_disk_that_fills_up_amid_the_work(tmp_path, monkeypatch, capsys, command):
    write, place = Path.write_bytes, tmp_path / "place"

    def fill(*given):
        monkeypatch.setattr(Path, "write_bytes", write_elsewhere)
        outputs.publish(*given)

    def write_elsewhere(path, data):
        if ".bottlenecks-" in str(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, data)

    monkeypatch.setattr(outputs.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(f"numerics.commands.{command[0]}.publish", fill)
    assert main([*command, str(place)]) == 2
    (kept,) = tmp_path.iterdir()
    shown = capsys.readouterr()
    assert shown.err == (
        f"bottlenecks: {str(place)!r} cannot be written (No space left on device); name another directory; "
        f"what was computed is in {str(kept)!r}\n"
    )
    assert ("all 3 laws hold" in shown.out) == (command[0] == "verify")
    assert kept != place and all(path.stat().st_size > 1000 for path in kept.iterdir())


def test_warnings_are_one_line_on_stderr(monkeypatch, capsys):
    def warn(_):
        warnings.warn("two\nlines", UserWarning, stacklevel=1)
        raise numerics.cli.DomainError("refused")

    monkeypatch.setattr("numerics.commands.derive.laws_of", warn)
    assert main(["derive"]) == 2
    assert capsys.readouterr().err == "bottlenecks: two lines\nbottlenecks: refused\n"
