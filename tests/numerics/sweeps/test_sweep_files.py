"""Files of sweeps that are not what was written: each is one line that says which line, and what to do."""

import errno
import os
import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymptotics import DomainError, UnableError
from numerics.cli import main
from numerics.sweeps import file as files
from numerics.sweeps.file import RowFile, read_sweep
from numerics.sweeps.rows import Row, SweepWarning, as_json, header, key_of, line, parse_rows
from numerics.sweeps.sweep import square_root, sweep

NAME = "numerics.sweeps.sweep.square_root"
HEADER = line(header(NAME))
GOOD = b'{"point": {"x": 4}, "result": {"root": 2.0}, "seconds": 0.0}\n'
FAILED = b'{"point": {"x": 4}, "error": {"type": "OSError", "message": "busy"}}\n'

MALFORMED = [
    # a line of a file, words of the error
    (b"{]\n", "Expecting property name"),
    (b"\n", "Expecting value"),
    (b"5\n", "not a row"),
    (b"[]\n", "not a row"),
    (b'{"point": {"x": 4}}\n', "not a row"),
    (b'{"point": 5, "result": {}}\n', "not a row"),
    (b'{"point": [1, 2], "result": {}}\n', "not a row"),
    (b'{"point": {"x": 4}, "result": null}\n', "not a row"),
    (b'{"point": {"x": 4}, "result": "2"}\n', "not a row"),
    (b'{"point": {"x": 4}, "error": "failed"}\n', "not a row"),
    (b'{"point": {"x": 4}, "error": {"type": "E"}}\n', "not a row"),
    (b'{"point": {"x": 4}, "result": {}, "error": {}}\n', "error is not what"),
    (b'{"point": {"x": 4}, "result": {}, "seconds": "long"}\n', "seconds is not what"),
    (b'{"point": {"x": 4}, "result": {}, "more": 1}\n', "more is not what"),
    (b'{"point": {"x": 4}, "result": {"root": NaN}}\n', "NaN is not a finite number"),
    (b'{"point": {"x": Infinity}, "result": {}}\n', "Infinity is not a finite number"),
    (b'{"point": {"x": 4}, "result": {"root": 1e999}}\n', "1e999 is not a finite number"),
    (b'{"point": {"x": 4, "x": 5}, "result": {}}\n', "a name stands twice"),
    (b'{"point": {"x": "\xff"}, "result": {}}\n', "can't decode byte 0xff"),
    (b"[" * 100_000 + b"\n", "recursion"),
    (b"1" * 5000 + b"\n", "4300 digits"),
    (b'{"point": {"x": 4}, "result": {"root": 2.0}} {"point"\n', "Extra data"),
]


@pytest.mark.parametrize(("text", "words"), MALFORMED)
def test_a_malformed_row_is_refused_with_its_line(tmp_path, text, words):
    path = tmp_path / "rows.jsonl"
    content = HEADER + GOOD.replace(b"4", b"9") + text + GOOD
    path.write_bytes(content)
    for read in (lambda: read_sweep(path), lambda: sweep([{"x": 4}], square_root, path=path, progress=False)):
        with pytest.raises(DomainError, match=r"rows.jsonl', line 3: .*delete the line, then sweep") as error:
            read()
        assert words in str(error.value)
        assert path.read_bytes() == content


@pytest.mark.parametrize(
    "first", [b"", b"\n", b"[]\n", b"\xff\n", b"{]\n", GOOD, HEADER[:-1], b'{"format": 2}\n']
)
def test_a_file_without_its_header_is_not_read(tmp_path, first):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(first)
    with pytest.raises(DomainError, match="its first line is not a header; choose another file"):
        read_sweep(path)


def test_what_is_left_out_is_said(tmp_path):
    path = tmp_path / "rows.jsonl"
    again = {"executor": None, "jobs": 1, "path": path, "progress": False}
    for torn in (HEADER[:1], HEADER[:-1]):
        path.write_bytes(torn)
        with pytest.warns(SweepWarning, match=r"rows.jsonl': the header was torn .* written again"):
            assert len(sweep([], square_root, **again)) == 0
        assert path.read_bytes() == HEADER
    path.write_bytes(HEADER + GOOD + GOOD[:20])
    with pytest.warns(SweepWarning, match=r"the last line was torn .* a sweep computes it again"):
        assert len(read_sweep(path)) == 1
    with pytest.warns(SweepWarning, match="the last line was torn"):
        sweep([{"x": 4}], square_root, **again)
    assert path.read_bytes() == HEADER + GOOD
    path.write_bytes(HEADER + GOOD + GOOD)
    with pytest.warns(
        SweepWarning, match=r"line 3: the result of \{\"x\": 4\} is there twice and counts once"
    ):
        assert len(read_sweep(path)) == 1
    path.write_bytes(HEADER + FAILED + GOOD)  # as --again leaves it
    assert read_sweep(path).rows[0].result == {"root": 2.0}
    for second in (GOOD.replace(b"2.0", b"2.5"), FAILED):
        path.write_bytes(HEADER + GOOD + second)
        with pytest.raises(DomainError, match=r"line 3: .* has another result further up; delete the line"):
            read_sweep(path)


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_any_bytes_are_rows_or_one_line(data):
    content = HEADER + data + b"\n"
    try:
        rows = parse_rows(content, "rows.jsonl")
    except DomainError:
        with pytest.raises(DomainError, match=r"\A.*, line \d+: .*; delete the line, then sweep again\Z"):
            parse_rows(content, "rows.jsonl")
    else:
        assert all(key_of(row.point) == key for key, row in rows.items())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"y": float("nan")}, "y = nan has no place in JSON"),
        ({"y": [1.0, float("inf")]}, "y (Out of range float"),
        ({"y": 10**5000}, "y (Exceeds the limit"),
        ({"y": {1, 2}}, "y (set {1, 2}) has no place"),
        ({1: 2}, "must be mappings from names to values"),
        ([1, 2], "must be mappings from names to values"),
        (None, "must be mappings from names to values"),
    ],
)
def test_points_and_results_that_json_cannot_hold(content, words):
    with pytest.raises(DomainError) as error:
        as_json(content)
    assert words in str(error.value)
    with pytest.raises(DomainError):
        sweep([content], square_root, progress=False)


class _Disk:
    """``os.write`` of a disk with room for so many bytes, counted over the descriptors of a path."""

    def __init__(self, room, path):
        self.room, self.path, self.write = room, path, os.write

    def __call__(self, descriptor, data):
        if not os.path.samestat(os.fstat(descriptor), os.stat(self.path)):
            return self.write(descriptor, data)
        part = data[: self.room]
        if not part:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.room -= len(part)
        return self.write(descriptor, part)


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_disk_that_fills_up_loses_no_row(tmp_path, monkeypatch, rows):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HEADER)
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(files.os, "write", _Disk(rows * len(GOOD) + 10, path))
    points = [{"x": j * j} for j in range(1, 6)]
    with pytest.warns(
        SweepWarning, match=r"rows.jsonl' takes no more rows \(No space left on device\); .* in '"
    ):
        found = sweep(points, square_root, jobs=1, path=path, progress=False)
    monkeypatch.undo()
    assert [row.result["root"] for row in found] == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert len(read_sweep(path)) == rows
    assert len(read_sweep(found.path)) == 5 - rows
    path.write_bytes(path.read_bytes() + b"".join(found.path.read_bytes().splitlines(keepends=True)[1:]))
    assert len(read_sweep(path)) == 5


@pytest.mark.parametrize("kept", [0, 1, 2])
@pytest.mark.parametrize("instead", ["nothing", "another file", "no folder"])
def test_a_file_that_is_deleted_under_way_loses_no_row(tmp_path, monkeypatch, kept, instead):
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path))
    path = tmp_path / "sweeps" / "rows.jsonl"
    path.parent.mkdir()
    rows = [Row(point={"x": j * j}, result={"root": float(j)}) for j in (1, 2)]
    with warnings.catch_warnings(record=True, action="always") as said, RowFile.open(path, [NAME]) as file:
        for number in range(3):
            if number == kept:
                path.unlink()
                if instead == "another file":
                    path.write_text("mine")
                if instead == "no folder":
                    path.parent.rmdir()
            if number < 2:
                file.write(key_of(rows[number].point), rows[number])
    (words,) = (str(one.message) for one in said)
    assert f"rows.jsonl' was deleted while it was written; all of its rows are in {str(file.path)!r}" in words
    assert [row.result for row in read_sweep(file.path)] == [row.result for row in rows]
    assert (file.path == path) == (instead == "nothing")
    if instead == "another file":
        assert path.read_text() == "mine"


def test_no_disk_takes_a_row(tmp_path, monkeypatch):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(HEADER)
    monkeypatch.setattr(files.os, "write", _Disk(10, path))
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(UnableError, match=r"takes no more rows .*, nor does a temporary file .*make room"):
        sweep([{"x": 4}], square_root, jobs=1, path=path, progress=False)
    assert path.read_bytes() == HEADER


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_device_is_seen_before_the_work(capsys):
    assert main(["sweep", "--laws", "time", "-o", "/dev/full"]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1
    assert "'/dev/full' cannot be written (No space left on device); name another file" in shown.err


@pytest.mark.parametrize(
    "place", ["", ".", "rows\0", "x" * 300, "file/rows", "missing/rows", "\ud800", "\udcff/x"]
)
def test_places_where_no_rows_can_be(tmp_path, monkeypatch, capsys, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    assert main(["sweep", "--laws", "time", "-o", place]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and shown.err.count("\n") == 1 and "cannot be written" in shown.err
    assert os.listdir(tmp_path) == ["file"]
    with pytest.raises(DomainError, match="cannot be read"):
        read_sweep(place or "missing")


def test_a_place_whose_name_is_not_utf_8(tmp_path, capsys):
    path = os.path.join(tmp_path, os.fsdecode(b"rows\xff.jsonl"))
    command = [
        "sweep",
        "--laws",
        "time",
        "--digits",
        "15",
        "--jobs",
        "1",
        "-o",
        path,
        "--grid",
        "a=3/2,b=5/4",
    ]
    assert main(command) == 0
    assert capsys.readouterr().err == "" and len(read_sweep(path)) == 1


@pytest.mark.usefixtures("one_process")
def test_rows_of_the_command_with_results_of_another_shape(tmp_path, capsys):
    path = tmp_path / "rows.jsonl"
    command = ["sweep", "--laws", "time", "--digits", "15", "--jobs", "1", "-o", str(path)]
    command += ["--grid", "a=3/2,b=5/4"]
    assert main(command) == 0
    written = path.read_text()
    row = re.search(r'\["HOLDS".*?\]', written).group()
    for result in (
        '"HOLDS"',
        "[]",
        "[5]",
        '["SURE", "2/5", "0.4"]',
        "{}",
        '["HOLDS", "2/5", "0.4", "all", "-"]',
    ):
        path.write_text(written.replace(row, result))
        capsys.readouterr()
        assert main(command) == 2
        shown = capsys.readouterr().err
        assert shown.count("\n") == 1 and "has no verdict on time" in shown and "delete its line" in shown
