"""Long sums of smooth functions of a whole number, by Gauss' rule for the discrete uniform weight.

``sum_(j = first)^(first + length - 1) f(j)`` is ``sum_i w_i f(x_i)`` exactly for polynomials of degree
below twice the number of nodes (the orthogonal polynomials are those of Gram and Chebyshev), however long
the block is: the counterpart of Gauss' rule for integrals, without an end correction.

    gram(first, length, nodes)      nodes x_i and weights w_i
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def gram(first: float, length: float, nodes: int) -> tuple[Floats, Floats]:
    """Nodes and weights of the sum over ``first, first + 1, ..., first + length - 1``; each term if these
    are few.

    >>> x, w = gram(10, 1000, 6)
    >>> bool(abs((w * x**5).sum() / sum(j**5 for j in range(10, 1010)) - 1) < 1e-13)
    True
    """
    if length <= nodes:
        return first + np.arange(length, dtype=float), np.ones(int(length))
    j = np.arange(1, nodes)
    steps = j * j * (1 - (j / length) ** 2) / (4 * (4 * j * j - 1.0))
    x, vectors = np.linalg.eigh(np.diag(np.sqrt(steps), 1) + np.diag(np.sqrt(steps), -1))
    return first + (length - 1) / 2 + length * x, length * vectors[0] ** 2
