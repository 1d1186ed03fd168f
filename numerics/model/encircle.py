"""Contours around a whole spectrum, which serve all times at once.

A transform ``T(z) = int dmu(h)/(z + h)`` whose measure lies in [0, edge] gives every integral over the
measure, ``int f(h) dmu(h) = (1/2 pi i) oint T(z) f(-z) dz`` for f entire, on one closed contour around -[0,
edge]:

    an arc of radius 1/longest on the right, rays at +- 3 pi/4, an arc of radius R > edge on the left.

Each piece has Gauss-Legendre nodes, on the rays in log|z|, so that all scales of time between 1/R and
``longest`` are resolved alike. Upper-half nodes are given; they stand for their conjugates as well.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

ANGLE = 3 * math.pi / 4
PANEL = 1.5
"""The length of a panel of the rays in log|z|, at most."""


def encircle(smallest: float, radius: float, order: int) -> tuple[Complexes, Complexes]:
    """``log z`` and weights w with ``(1/2 pi i) oint F dz ~ 2 Re sum_j w_j z_j F(z_j)``, along the path."""
    x, w = np.polynomial.legendre.leggauss(order)
    pieces = [(complex(math.log(smallest), 0.0), complex(math.log(smallest), ANGLE))]
    low, high = math.log(smallest), math.log(radius)
    count = max(1, math.ceil((high - low) / PANEL))
    ends = np.linspace(low, high, count + 1)
    pieces += [(complex(u, ANGLE), complex(v, ANGLE)) for u, v in pairwise(ends)]
    pieces.append((complex(high, ANGLE), complex(high, math.pi)))
    logs = np.concatenate([(p + q) / 2 + (q - p) / 2 * x for p, q in pieces])
    weights = np.concatenate([(q - p) / 2 * w for p, q in pieces]) / (2j * math.pi)
    return logs, weights
