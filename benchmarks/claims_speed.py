"""How long one claim takes once the law is derived, against sympy.simplify.

    python benchmarks/claims_speed.py

The comparison by simplify asks on each regime whether claim/law simplifies to 1; it decides neither Min nor
walls, and gives no regions, no witness and no other quantity for which the claim is right.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sympy import Expr, Min, gamma, pi, simplify, sin, zeta

from asymptotics import Law, check_claim, derive, power_law
from asymptotics.symbols import N, P, a, b, t

LAWS = derive(power_law(a, b))
A = pi / b / sin(pi / b)
S = (a - 1) / b
CLAIMS: tuple[tuple[str, Expr, Law], ...] = (
    ("time, right", gamma(S) / b * (2 * t) ** -S, LAWS.time),
    ("time, wrong", gamma(S) / b * t**-S, LAWS.time),
    ("model, exponent", N ** -Min(a - 1, 2 * b), LAWS.model),
    ("model, right", zeta(a - b) * A**b * N**-b, LAWS.model),
    ("data, right", gamma(S) * gamma(2 - S) * A ** (a - 1) * P ** (1 - a), LAWS.data),
    ("model, curved", N ** -((a - 1) / b), LAWS.model),
)


def by_simplify(claim: Expr, law: Law) -> list[bool]:
    """Whether claim/law simplifies to 1, regime by regime."""
    return [simplify(claim / regime.leading(law.resource)) == 1 for regime in law.regimes]


def seconds(run: Callable[[], object], repeats: int = 3) -> float:
    """The shortest of several runs, in seconds of this process."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Print a row for each claim: seconds, their ratio, and the verdict."""
    print(f"{'claim':<18}{'check_claim':>12}{'simplify':>12}{'ratio':>8}  verdict")
    for name, claim, law in CLAIMS:
        first = time.process_time()
        verdict = check_claim(claim, law)
        cold = time.process_time() - first
        warm = seconds(lambda claim=claim, law=law: check_claim(claim, law))  # type: ignore[misc]
        plain = seconds(lambda claim=claim, law=law: by_simplify(claim, law), 1)  # type: ignore[misc]
        row = f"{name:<18}{warm:>11.3f}s{plain:>11.3f}s{plain / warm:>8.1f}"
        print(f"{row}  {verdict.headline[:60]} (first {cold:.2f}s)")


if __name__ == "__main__":
    main()
