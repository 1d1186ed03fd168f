"""Processes that work: they come up or say why not, can be replaced, and never outlive who started them.

    Workers(executor, jobs)     calls go to the executor that is given, or to processes of this machine
    Unsendable                  a function that other processes cannot import

A process of a pool waits for the end of its parent in a thread and ends with it, even where the parent is
killed. Ctrl-C is for the parent alone, which stops the pool as it leaves the ``with`` block.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

from asymptotics.errors import DomainError, UnableError, check_kind
from asymptotics.hints import are_of_command, set_hints
from asymptotics.parsing.numbers import whole_number

MOST_JOBS = 1000
"""Processes that one sweep may start."""


class Unsendable(DomainError):
    """A call that other processes cannot take up, whatever its arguments are."""


class Workers:
    """The executor that is given, which stays open, or processes that are replaced and stopped.

    Raises `DomainError` for what is neither an executor nor a number of processes.
    """

    def __init__(self, given: Executor | None = None, jobs: int | None = None) -> None:
        advice = "pass a concurrent.futures.Executor (of a dask client: get_executor())"
        check_kind(given, (Executor, type(None)), "executor", advice)
        if jobs is not None:
            jobs = whole_number(jobs, "jobs", 1, MOST_JOBS)
        if given is None:
            _check_main()
        self._given, self._jobs = given, jobs
        self._executor = given

    def __enter__(self) -> Workers:
        self._others = set(multiprocessing.active_children())
        if self._given is None:
            self._executor = self._pool()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._given is not None or self._executor is None:
            return
        self._executor.shutdown(wait=kind is None, cancel_futures=True)
        if kind is not None:
            for process in set(multiprocessing.active_children()) - self._others:
                process.terminate()

    def submit(self, *call: Any) -> Future[Any]:
        """The future of ``call[0](*call[1:])``. Raises `BrokenExecutor` where the executor takes no work."""
        assert self._executor is not None
        given = call if self._given is not None else (_perform, _as_bytes(call))
        try:
            return self._executor.submit(*given)
        except (OSError, RuntimeError) as error:
            raise BrokenExecutor(str(error)) from error

    def renew(self, error: BaseException) -> None:
        """New processes for those that died, once one of them works.

        Raises `UnableError` for an executor that was given, and where no process comes up.
        """
        if self._given is not None:
            raise UnableError(
                f"the executor broke ({error}); what is finished is kept: sweep again with a new one"
            ) from error
        assert self._executor is not None
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._pool()
        try:
            self.submit(os.getpid).result()
        except BrokenExecutor:
            raise UnableError(
                "worker processes end as they start; they import the script that starts them, so let it make "
                'this call under if __name__ == "__main__":'
            ) from None

    def _pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        try:
            return ProcessPoolExecutor(
                self._jobs, mp_context=context, initializer=_attend, initargs=(are_of_command(),)
            )
        except (OSError, ValueError) as error:
            raise UnableError(f"processes cannot be started ({error}); pass another executor") from error


def failure_of(future: Future[Any]) -> BaseException | None:
    """What a finished future ended in, if not in a result; a cluster that is gone has cancelled it."""
    try:
        return future.exception()
    except CancelledError:
        return BrokenExecutor("it cancelled what was under way, as where a scheduler is gone")


def _check_main() -> None:
    """Workers import the main program: it must be a file, and not be one that starts workers on import.

    A worker that is about to start workers so ends without a word, as its parent says why (`Workers.renew`).
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SystemExit(1)
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if path is not None and main.__spec__ is None and not Path(path).exists():
        raise DomainError(f"workers cannot import {path!r}; run a file, or pass an executor of threads")


def _as_bytes(call: tuple[Any, ...]) -> bytes:
    try:
        return pickle.dumps(call)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise Unsendable(f"{call[0]!r} cannot be sent to other processes: {error}") from error


def _perform(call: bytes) -> Any:
    """A call in a worker, where one that cannot be read is an error and not the death of the worker."""
    try:
        function, *arguments = pickle.loads(call)
    except (AttributeError, ImportError) as error:
        raise Unsendable(
            f"a worker cannot import the function ({error}); define it at the top of a module"
        ) from error
    return function(*arguments)


def _attend(command: bool) -> None:
    """In a worker, with the hints of its parent: Ctrl-C is for the parent, and its end is the end."""
    set_hints(command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
