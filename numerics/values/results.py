"""What `FullModel` returns besides single values: a split variance, a curve in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.values.tables import Tabular
from numerics.values.value import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """The variance of the predictor, ``sum_k lambda_k Var(v_k)``, by what it comes from.

    ``initialisation``: over the random features, for a predictor averaged over data sets;
    ``data``: over the samples, averaged over features; ``interaction``: of the two;
    ``noise``: everything due to the label noise (its own interactions included). They add up to
    ``total``, and bias + total is the test loss. Units of the target power.
    """

    initialisation: Value
    data: Value
    noise: Value
    interaction: Value
    total: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """Where a test loss is smallest, a time or a ridge, and the excess test loss there.

    ``note`` says of a ridge that is 0 or negative that it is.
    """

    argument: Value
    loss: Value
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Curve(Tabular):
    """One quantity at many times: ``np.asarray(curve)`` are its values as floats, for plotting."""

    quantity: str
    times: tuple[float, ...]
    values: tuple[Value, ...]

    def __array__(self, dtype: object = None, copy: bool | None = None) -> NDArray[np.float64]:
        return np.array([float(v) for v in self.values], dtype=np.float64)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, place: int) -> Value:
        return self.values[place]

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """The times and the values."""
        return {"t": self.times, self.quantity: self.values}

    def __str__(self) -> str:
        return f"{self.quantity.replace('_', ' ')} at {len(self)} times"

    def __repr__(self) -> str:
        ends = dict.fromkeys((0, len(self) - 1)) if len(self) else ()
        shown = (f"{float(self.values[i]):.4g} at t = {self.times[i]:g}" for i in ends)
        return f"Curve({self}: {', ..., '.join(shown)})"

    @property
    def errors(self) -> NDArray[np.float64]:
        """The error estimates as floats."""
        return np.array([float(v.error) for v in self.values], dtype=np.float64)
