"""Work as a number of calls, which is the same on a busy machine as on an idle one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_of(function: Callable[[], Any]) -> int:
    """How many functions, of Python and built in, run while ``function()`` does.

    >>> calls_of(lambda: [len(x) for x in ("a", "b", "c")]) >= 4
    True
    """
    count = 0

    def watch(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count
