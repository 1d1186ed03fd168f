"""Files and text that find no place: nothing half-written, nothing lost, one line."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from asymptotics import DomainError
from numerics import outputs
from numerics.figures import save
from numerics.outputs import destination, keep_output, publish

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Where temporary folders are made."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.setattr(outputs.tempfile, "tempdir", str(folder))
    return folder


def full(monkeypatch, where):
    """No room for files whose path has ``where`` in it, after half of each is written."""
    write = Path.write_bytes

    def write_some(path, data):
        if where in str(path):
            write(path, data[: len(data) // 2])
            raise FULL
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_some)


def test_files_appear_together_and_replace_their_namesakes(tmp_path):
    place = tmp_path / "place"
    publish(str(place), {"one": "1", "two": b"2"})
    (place / "mine").write_text("3")
    (tmp_path / "link").symlink_to(place)
    publish(str(tmp_path / "link"), {"one": "4\udcff"})
    assert {path.name: path.read_text() for path in place.iterdir()} == {
        "one": "4\\udcff",
        "two": "2",
        "mine": "3",
    }
    assert sorted(os.listdir(tmp_path)) == ["link", "place"]


@pytest.mark.parametrize("existing", [False, True])
def test_a_disk_that_is_full_changes_nothing_and_loses_nothing(tmp_path, monkeypatch, elsewhere, existing):
    place = tmp_path / "place"
    if existing:
        place.mkdir()
        (place / "one").write_text("older")
    before = sorted(tmp_path.rglob("*"))
    full(monkeypatch, ".bottlenecks-")
    with pytest.raises(
        DomainError, match=r"\(No space left on device\); name another directory; what was"
    ) as error:
        publish(str(place), {"one": "newer", "two": b"2"})
    (kept,) = elsewhere.iterdir()
    assert str(error.value).endswith(f"what was computed is in {str(kept)!r}")
    assert {path.name: path.read_text() for path in kept.iterdir()} == {"one": "newer", "two": "2"}
    shutil.rmtree(kept)
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(DomainError, match="No space left on device"):
        destination(str(place), ("one",))  # before the work
    assert sorted(tmp_path.rglob("*")) == before


def test_no_disk_takes_anything(tmp_path, monkeypatch, elsewhere, capsys):
    full(monkeypatch, "")
    with pytest.raises(DomainError, match="what was computed is printed"):
        publish(str(tmp_path / "place"), {"page": "<html>", "figure.pdf": b"%PDF"})
    assert capsys.readouterr().out == "<html>"
    assert os.listdir(tmp_path) == ["elsewhere"] and not os.listdir(elsewhere)


def test_a_place_that_vanishes(tmp_path, monkeypatch, elsewhere):
    place = tmp_path / "place"
    place.mkdir()
    move = outputs._move
    monkeypatch.setattr(outputs, "_move", lambda folder, *rest: shutil.rmtree(folder) or move(folder, *rest))
    with pytest.raises(DomainError, match=r"cannot be written .* what was computed is in"):
        publish(str(place), {"one": "1"})
    assert not os.listdir(place)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_until_all_files_are_moved(tmp_path, monkeypatch, number):
    def stop(*_):
        raise KeyboardInterrupt

    publish(str(tmp_path), {"one": "1", "two": "1"})
    replace = os.replace
    monkeypatch.setattr(outputs.os, "replace", lambda *pair: signal.raise_signal(number) or replace(*pair))
    handler = signal.signal(number, stop)
    try:
        with pytest.raises(KeyboardInterrupt):
            publish(str(tmp_path), {"one": "2", "two": "2"})
        assert signal.getsignal(number) is stop
    finally:
        signal.signal(number, handler)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one": "2", "two": "2"}


RUN = """\
import pathlib, sys
from numerics.outputs import _staging
with _staging(pathlib.Path(sys.argv[1])) as folder:
    (folder / "half").write_text("half")
    print(folder.name, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs locks of files and signals")
@pytest.mark.parametrize("existing", [False, True])
def test_folders_of_runs_that_were_killed_are_removed(tmp_path, existing):
    place = tmp_path / "place"
    if existing:
        place.mkdir()
    mine = tmp_path / ".bottlenecks-notes"
    mine.mkdir()
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        name = run.stdout.readline().strip()
        destination(str(place), ())
        assert (tmp_path / "place" / name if existing else tmp_path / name).is_dir()  # its run is alive
    finally:
        run.kill()
        run.communicate()
    destination(str(place), ())
    assert sorted(path.name for path in tmp_path.rglob("*")) == [mine.name, *["place"] * existing]


def test_a_figure_is_whole_or_not_there(tmp_path, monkeypatch, elsewhere):
    path = tmp_path / "figure.pdf"
    save(Figure(), path)
    whole = path.read_bytes()
    assert whole.startswith(b"%PDF") and whole.rstrip().endswith(b"%%EOF")
    full(monkeypatch, ".bottlenecks-")
    with pytest.raises(DomainError, match="No space left on device"):
        save(Figure(figsize=(1, 1)), path)
    assert path.read_bytes() == whole
    with pytest.raises(DomainError, match="is not a directory"):
        save(Figure(), path / "below" / "figure.pdf")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("buffering", [1, -1])
def test_text_that_cannot_be_printed_is_kept(monkeypatch, elsewhere, buffering):
    with open("/dev/full", "w", buffering=buffering, encoding="ascii") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(DomainError, match="standard output cannot be written") as error, keep_output():
            for word in ("one", "zwölf"):
                sys.stdout.write(f"{word}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    (kept,) = elsewhere.iterdir()
    assert str(error.value).endswith(f"what was computed is in {str(kept)!r}")
    assert (
        (kept / "output.txt")
        .read_text(encoding="utf-8")
        .startswith("one\n" if buffering == 1 else "one\nzwölf\n")
    )


def test_text_that_its_encoding_does_not_have(monkeypatch, tmp_path):
    with open(tmp_path / "text", "w", encoding="ascii") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        with keep_output():
            sys.stdout.write("zwölf \udcff")
    assert (tmp_path / "text").read_text() == "zw\\xf6lf \\udcff"


def test_nothing_to_print_to(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(DomainError, match="standard output is closed"), keep_output():
        raise AssertionError("the work has begun")
