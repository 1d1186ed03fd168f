"""Laws of ridges and students verified at random points; ``data/students.jsonl`` was made by

    PYTHONPATH=tests python tests/students_sweep.py

200 points (a, b, l): the laws of a ridge and of the best one with and without label noise, and the model law
of each student, in turn.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mpmath
from sympy import Rational, Symbol

from asymptotics import (
    DeepRandomFeatures,
    NonlinearFeatures,
    SpectralTruncation,
    StructuredFeatures,
    UnableError,
    derive,
    power_law,
)
from asymptotics.model.students.base import Student
from asymptotics.symbols import k, l
from numerics import sweep, verify
from numerics.commands.sweep import random_points

FILE = Path(__file__).parents[1] / "data" / "students.jsonl"
COUNT, SEED = 200, 2026
BOUNDS = {"a": (1, 6), "b": (1, 4), "l": (0, 4)}
STUDENTS: Mapping[str, Student] = {
    "deep": DeepRandomFeatures(widths=("2*N", "N", "3*N")),
    "structured": StructuredFeatures(eigenvalues=k ** Rational(-1, 4)),
    "truncation": SpectralTruncation(),
    "nonlinear": NonlinearFeatures(linear=1, white=Rational(1, 2)),
}
KINDS = ("ridge 0", "ridge 1", *STUDENTS, "optimal_ridge_value 1")
"""A law and the label noise it is of, or a student."""


def points() -> list[dict[str, str]]:
    """The points, the kinds in turn."""
    bounds = {name: (Rational(low), Rational(high)) for name, (low, high) in BOUNDS.items()}
    drawn = random_points(bounds, COUNT, 8, seed=SEED)
    return [{**point, "kind": KINDS[i % len(KINDS)]} for i, point in enumerate(drawn)]


def verify_student(point: Mapping[str, Any]) -> dict[str, list[str]]:
    """The verdict of the law of a kind, its exponent, and the one measured (8 digits)."""
    kind = str(point["kind"])
    name, noise = kind.split() if " " in kind else ("model", "0")
    task = power_law(point["a"], point["b"], noise=noise)
    settings: dict[Symbol | str, Any] = {l: Rational(point["l"])} if name == "ridge" else {}
    try:
        laws = derive(task, student=STUDENTS[kind]) if kind in STUDENTS else derive(task)
        check = verify(getattr(laws, name), at=settings)
    except UnableError as error:
        return {kind: ["UNABLE", " ".join(str(error).split())]}
    measured = mpmath.nstr(check.exponent_measured, 8).removesuffix(".0")
    return {kind: [check.verdict, str(check.exponent_predicted), measured]}


def chosen(count: int) -> list[dict[str, str]]:
    """Some of the points, others at each call."""
    return random.Random().sample(points(), count)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    from students_sweep import verify_student as function

    sweep(points(), function, path=FILE, jobs=1)
