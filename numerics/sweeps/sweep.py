"""One function on many points, on any executor; results stream to a file from which a sweep goes on.

    row(point) = function(point)   for each distinct point, once.

The file holds JSON lines: a header, then one row a point as it comes, in one write each. So whatever
interrupts a sweep leaves whole rows, and the same call takes up what is missing. A point whose function
raises, or whose worker dies, is a row with its error; it does not stop the rest.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from functools import partial
from typing import Any, TypeAlias

from asymptotics.errors import DomainError, shown
from asymptotics.parsing.numbers import items_of, whole_number
from numerics.progress import Progress
from numerics.sweeps.file import RowFile
from numerics.sweeps.rows import PointError, Row, Sweep, as_json, key_of
from numerics.sweeps.workers import Unsendable, Workers, failure_of

Point: TypeAlias = Mapping[str, Any]
Function: TypeAlias = Callable[[Point], Mapping[str, Any]]
_Outcome: TypeAlias = tuple[Mapping[str, Any], float]
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
    progress : show on stderr how many are done, in a terminal with the time left.
    names : by which a file is recognised, in place of the function's own: the first is written into a new
        file, a file of any of them is taken up.

    A worker that dies is replaced, and the points it may have had are run one at a time, so that the one
    that kills its worker is found: its row says so. Ctrl-C stops the processes and leaves a valid file, and
    so does the end of this process, however it comes. Where the disk is full, further rows go to a temporary
    file: a `SweepWarning` says so, and ``path`` of the sweep is that file. Raises `DomainError` for a file of
    another function or with a line that is not a row, and for a function that workers cannot import;
    `UnableError` where the given executor breaks (the scheduler of a cluster is gone) or processes do not
    come up (a script that sweeps while they import it).

    >>> found = sweep([{"x": 4}, {"x": 9}, {"x": -1}], square_root, jobs=1, progress=False)
    >>> [row.result["root"] if row.error is None else row.error["type"] for row in found]
    [2.0, 3.0, 'DomainError']
    """
    workers = Workers(executor, jobs)
    wanted = {key_of(point): point for point in items_of(points, "points")}
    size = whole_number(4 * (os.cpu_count() or 1) if in_flight is None else in_flight, "in_flight", 1)
    (own,) = _names(function)
    if executor is None and "<" in own.split(" ")[0]:
        raise DomainError(
            f"{own} has no name that other processes can import; define it at the top of a module"
        )
    with RowFile.open(path, _names(function, names)) as file:
        done = {key: row for key, row in file.rows.items() if row.error is None or not again}
        left = [(key, point) for key, point in wanted.items() if key not in done]
        finished = len(wanted) - len(left)
        with Progress(len(wanted), "points", done=finished, shown=progress) as shown_progress, workers:
            for key, row in _rows(left, function, workers, size):
                file.write(key, row)
                done[key] = row
                shown_progress.update()
    return Sweep(path=file.path, rows=tuple(done[key] for key in wanted))


def _rows(
    left: list[tuple[str, Point]], function: Function, workers: Workers, size: int
) -> Iterator[tuple[str, Row]]:
    """Rows as they are finished; the points under way when a worker dies are run again one at a time."""
    queue, suspects = deque(left), deque[tuple[str, Point]]()
    running: dict[Future[_Outcome], tuple[str, Point]] = {}
    deaths: dict[str, int] = {}
    while queue or suspects or running:
        source, limit = (suspects, 1) if suspects else (queue, size)
        broken: BaseException | None = None
        while source and len(running) < limit and broken is None:
            try:
                running[workers.submit(run_timed, function, source[0][1])] = source[0]
                source.popleft()
            except BrokenExecutor as refusal:
                broken = refusal
        alone = len(running) == 1
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            key, point = running.pop(future)
            error = failure_of(future)
            if isinstance(error, BrokenExecutor):
                broken = error
                deaths[key] = deaths.get(key, 0) + alone
                if deaths[key] < DEATHS:
                    suspects.append((key, point))
                    continue
            yield key, _row(key, future, error)
        if broken is not None:
            suspects.extend(running.values())
            running.clear()
            workers.renew(broken)


def _row(key: str, future: Future[_Outcome], error: BaseException | None) -> Row:
    """The row of a point that is finished. Raises `Unsendable`, which the other points would end in, too."""
    if isinstance(error, Unsendable):
        raise error from None
    if error is not None:
        return Row.failed(key, error)
    result, seconds = future.result()
    return Row(point=json.loads(key), result=result, seconds=seconds)


def run_timed(function: Function, point: Point) -> _Outcome:
    """The result at a point, as the file will hold it, and the seconds it took; runs on a worker."""
    start = time.perf_counter()
    try:
        return as_json(function(point)), time.perf_counter() - start
    except Exception as error:
        raise PointError(type(error).__name__, str(error)) from error


def _names(function: Function, given: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of a function, with its fixed arguments, by which a file is recognised."""
    if not callable(function):
        raise DomainError(f"function = {shown(function)} cannot be called; pass a function of one point")
    if isinstance(function, partial):
        fixed = json.dumps(as_json({"": list(function.args), **function.keywords}), sort_keys=True)
        return tuple(f"{name} {fixed}" for name in _names(function.func, given))
    own = function if hasattr(function, "__qualname__") else type(function)
    return tuple(given) or (f"{own.__module__}.{own.__qualname__}",)


def square_root(point: Point) -> dict[str, float]:
    """The example of `sweep`: the root of x, for x >= 0."""
    if point["x"] < 0:
        raise DomainError(f"x = {point['x']}; the root needs x >= 0")
    return {"root": float(point["x"]) ** 0.5}
