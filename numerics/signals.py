"""Signals that end a run: the first ends it, as Ctrl-C does, and never in the middle of moving files.

    Stopped                what they raise
    stop_on_signals(main)  a block in which SIGINT, SIGTERM and SIGHUP raise it
    undisturbed()          a block whose end they wait for

What comes while the first is on its way out, and while it is told, changes nothing.

An exception that a signal raises can be lost: Python drops what ``__del__`` and callbacks of weak references
raise, and mpmath takes whatever is raised while it imports gmpy2 for the lack of it. Where that may be, it is
raised once the function that could lose it has returned.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

LOSING = ("weakref.py", "_weakrefset.py", "mpmath/libmp/backend.py")
"""Files whose functions drop the exceptions of what they call, as ``__del__`` does."""


class Stopped(KeyboardInterrupt):
    """The signal ``number`` stopped the run."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def stop_on_signals(main: FrameType, *, last: bool = False) -> Iterator[Callable[[], None]]:
    """`Stopped` for SIGINT, SIGTERM, SIGHUP in what ``main`` calls; handlers of the caller are left alone.

    The value of the block is a function after whose call none of them does anything more: until the block
    ends, or the process if the block is the ``last`` of its work.
    """
    ended = False

    def end() -> None:
        nonlocal ended
        ended = True

    def stop(number: int, frame: FrameType | None) -> None:
        if ended or isinstance(sys.exception(), Stopped):
            return
        losing, gone = _losing(frame, main), False
        if losing is None:
            raise Stopped(number)

        def wait(at: FrameType, event: str, _: object) -> None:
            nonlocal gone
            if gone:
                sys.setprofile(None)
                stop(number, at)
            gone = at is losing and event == "return"

        sys.setprofile(wait)

    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")):
            if number and signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                handlers[number] = signal.signal(number, stop)
    try:
        yield end
    finally:
        ignored, ended = ended and last, True
        for number, handler in handlers.items():
            signal.signal(number, signal.SIG_IGN if ignored else handler)


def _losing(frame: FrameType | None, main: FrameType) -> FrameType | None:
    """The outermost function below ``main`` that may drop an exception; mpmath's are taken to do so."""
    found = frame if frame is not None and "mpmath" in frame.f_code.co_filename else None
    while frame is not None and frame is not main:
        code = frame.f_code
        importing = code.co_name == "cb" and code.co_filename.startswith("<frozen importlib")
        if code.co_name == "__del__" or importing or code.co_filename.endswith(LOSING):
            found = frame
        frame = frame.f_back
    return found


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait for the end of the block (they come to the main thread alone)."""
    late: list[int] = []
    handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            handlers[number] = signal.signal(number, lambda number, _: late.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for came in late:
            signal.raise_signal(came)
