"""Progress of long runs: lines on stderr where that is a file, nothing of quick ones."""

import io
import time

import pytest

from numerics import progress
from numerics.progress import Progress, counted


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run_until(stream, words):
    with Progress(3, "points") as shown:
        shown.update()
        for _ in range(3000):
            if words in stream.getvalue():
                return True
            time.sleep(0.001)
    return False


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
def test_a_long_run_tells_how_far_it_is(monkeypatch, kind):
    stream = kind()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(progress, "FIRST", 0.01)
    assert run_until(stream, "1 of 3 points after 0 s\n" if kind is io.StringIO else "0/3")


def test_a_quick_run_says_nothing(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    assert list(counted("abc", "letters")) == ["a", "b", "c"] and not stream.getvalue()


def test_a_stream_that_takes_no_more_does_not_stop_the_run(monkeypatch):
    monkeypatch.setattr(progress, "FIRST", 0.001)
    closed = io.StringIO()
    monkeypatch.setattr("sys.stderr", closed)
    with Progress(1, "points") as shown:
        closed.close()
        time.sleep(0.05)
        shown.update()
    monkeypatch.setattr("sys.stderr", None)
    assert list(counted("a", "letters")) == ["a"]
