"""Where an expansion comes from: what `asymptotics.derivation` needs to retell how a law was found.

The two places where an expansion is made from the model, spectral sums and overlap integrals, name what
they expanded. The observer is set while a derivation is written, and absent otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sympy import Symbol

from asymptotics.expansions.expansion import Expansion
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.kernels import Kernel


@dataclass(frozen=True, slots=True, kw_only=True)
class SumOrigin:
    """``sum_k f_k phi(x lambda_k)``; the variable is 1/x if ``inverse``."""

    series: DirichletSeries
    kernel: Kernel
    variable: Symbol
    inverse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapOrigin:
    """An overlap of two functions by their expansions: a half convolution, or antisymmetric.

    ``first`` is that of a function of time or of a transform, ``second`` that of a transform.
    """

    first: Expansion
    second: Expansion
    variable: Symbol
    antisymmetric: bool


Observer = Callable[[Expansion, SumOrigin | OverlapOrigin], Expansion]

_OBSERVER: ContextVar[Observer | None] = ContextVar("observer", default=None)


def observe(result: Expansion, origin: SumOrigin | OverlapOrigin) -> Expansion:
    """``result`` itself, or what the present observer makes of it."""
    observer = _OBSERVER.get()
    return result if observer is None else observer(result, origin)


@contextmanager
def observing(observer: Observer) -> Iterator[None]:
    """Within the block, each expansion made from the model passes through ``observer``."""
    token = _OBSERVER.set(observer)
    try:
        yield
    finally:
        _OBSERVER.reset(token)


__all__ = ["Observer", "OverlapOrigin", "SumOrigin", "observe", "observing"]
