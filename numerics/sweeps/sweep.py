"""One function on many points, on any executor; results stream to a file from which a sweep goes on.

    row(point) = function(point)   for each distinct point, once.

The file holds JSON lines: a header, then one row a point as it comes, in one write each. So whatever
interrupts a sweep leaves whole rows, and the same call takes up what is missing. A point whose function
raises, or whose worker dies, is a row with its error; it does not stop the rest.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from tqdm import tqdm

from asymptotics.errors import DomainError, UnableError
from numerics.sweeps.file import Row, RowFile, Sweep, as_json, key_of, read_sweep

Point: TypeAlias = Mapping[str, Any]
Function: TypeAlias = Callable[[Point], Mapping[str, Any]]
DEATHS = 2
"""How often a point may lose its worker while it runs alone."""


def sweep(
    points: Iterable[Point],
    function: Function,
    *,
    executor: Executor | None = None,
    path: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    in_flight: int | None = None,
    again: bool = False,
    progress: bool = True,
    names: Sequence[str] = (),
) -> Sweep:
    """``function`` at every point, in parallel; a `Sweep` with one row for each distinct point.

    Parameters
    ----------
    points : mappings from names to numbers, text or exact SymPy numbers; one given twice is computed once.
    function : from a point to a mapping of results; importable by name, since it runs in other processes.
    executor : any ``concurrent.futures.Executor``, which stays open; by default processes of this machine.
        On a cluster ``dask.distributed.Client(...).get_executor()`` (the extra ``cluster``).
    path : a file of JSON lines that takes the rows as they come. If it is there, its rows are not computed
        again (those with an error are if ``again``); it must come from the same function.
    jobs : processes of the default executor; one for each processor if not given.
    in_flight : points submitted and not finished; four for each processor if not given.
    progress : show how many are done and the time left, on stderr.
    names : by which a file is recognised, in place of the function's own: the first is written into a new
        file, a file of any of them is taken up.

    A worker that dies is replaced, and the points it may have had are run one at a time, so that the one
    that kills its worker is found: its row says so. Ctrl-C stops the processes and leaves a valid file.
    Raises `DomainError` for a file of another function, `UnableError` where the given executor breaks.

    >>> found = sweep([{"x": 4}, {"x": 9}, {"x": -1}], square_root, jobs=1, progress=False)
    >>> [row.result["root"] if row.error is None else row.error["type"] for row in found]
    [2.0, 3.0, 'DomainError']
    """
    wanted = {key_of(point): point for point in points}
    size = in_flight if in_flight is not None else 4 * (os.cpu_count() or 1)
    if size < 1:
        raise DomainError(f"in_flight = {size}; at least one point must be under way")
    (own,) = _names(function)
    if executor is None and "<" in own.split(" ")[0]:
        raise DomainError(
            f"{own} has no name that other processes can import; define it at the top of a module"
        )
    with RowFile.opened(path, _names(function, names)) as file:
        done = {key: row for key, row in file.rows.items() if row.error is None or not again}
        left = [(key, point) for key, point in wanted.items() if key not in done]
        with (
            _shown(len(wanted), len(wanted) - len(left), progress) as advance,
            _Workers(executor, jobs) as workers,
        ):
            for key, row in _rows(left, function, workers, size):
                file.write(key, row)
                done[key] = row
                advance()
    return Sweep(path=None if path is None else Path(path), rows=tuple(done[key] for key in wanted))


def _rows(
    left: list[tuple[str, Point]], function: Function, workers: _Workers, size: int
) -> Iterator[tuple[str, Row]]:
    """Rows as they are finished; the points under way when a worker dies are run again one at a time."""
    queue, suspects = deque(left), deque[tuple[str, Point]]()
    running: dict[Future[tuple[Mapping[str, Any], float]], tuple[str, Point]] = {}
    deaths: dict[str, int] = {}
    while queue or suspects or running:
        source, limit = (suspects, 1) if suspects else (queue, size)
        broken: BaseException | None = None
        while source and len(running) < limit and broken is None:
            try:
                running[workers.submit(timed, function, source[0][1])] = source[0]
                source.popleft()
            except BrokenExecutor as refusal:
                broken = refusal
        alone = len(running) == 1
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            key, point = running.pop(future)
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                broken = error
                deaths[key] = deaths.get(key, 0) + alone
                if deaths[key] < DEATHS:
                    suspects.append((key, point))
                    continue
            if error is not None:
                yield key, Row.failed(key, error)
            else:
                result, seconds = future.result()
                yield key, Row(point=json.loads(key), result=result, seconds=seconds)
        if broken is not None:
            suspects.extend(running.values())
            running.clear()
            workers.renew(broken)


def timed(function: Function, point: Point) -> tuple[Mapping[str, Any], float]:
    """The result at a point, as the file will hold it, and the seconds it took; runs on a worker."""
    start = time.perf_counter()
    return as_json(function(point)), time.perf_counter() - start


def _names(function: Function, given: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of a function, with its fixed arguments, by which a file is recognised."""
    if isinstance(function, partial):
        fixed = json.dumps(as_json({"": list(function.args), **function.keywords}), sort_keys=True)
        return tuple(f"{name} {fixed}" for name in _names(function.func, given))
    return tuple(given) or (f"{function.__module__}.{function.__qualname__}",)


class _Workers:
    """The executor of a sweep: the one given, or processes that can be replaced and stopped."""

    def __init__(self, given: Executor | None, jobs: int | None) -> None:
        self._given, self._jobs = given, jobs
        self._executor = given

    def __enter__(self) -> _Workers:
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

    def _pool(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_undisturbed)

    def submit(self, *call: Any) -> Future[Any]:
        assert self._executor is not None
        return self._executor.submit(*call)

    def renew(self, error: BaseException) -> None:
        if self._given is not None:
            raise UnableError(
                f"the executor broke ({error}); what is finished is kept: sweep again with a new one"
            ) from error
        assert self._executor is not None
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._pool()


def _undisturbed() -> None:
    """In a worker: Ctrl-C is for the process that writes the file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _shown(total: int, done: int, progress: bool) -> Iterator[Callable[[], object]]:
    with tqdm(total=total, initial=done, unit="point", disable=not progress) as bar:
        yield lambda: bar.update(1)


def square_root(point: Point) -> dict[str, float]:
    """The example of `sweep`: the root of x, for x >= 0."""
    if point["x"] < 0:
        raise DomainError(f"x = {point['x']}; the root needs x >= 0")
    return {"root": float(point["x"]) ** 0.5}


__all__ = ["Row", "Sweep", "read_sweep", "square_root", "sweep"]
