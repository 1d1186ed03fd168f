"""Spectral sums and losses beside what one would write with mpmath alone: same numbers, times, ratios.

Run as ``python benchmarks/numerics_speed.py``. First use of a spectrum at a precision builds its nodes;
that is printed apart. The other routes are what a user finds first: `mpmath.nsum`, with and without
Euler-Maclaurin, and `mpmath.invertlaplace` around it. Where they are wrong the true error is printed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from sympy import oo

from asymptotics.tasks.power_laws import power_law
from numerics import FullModel
from numerics.spectra.spectrum import spectrum_of
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import array, bits_of, field_of

A, B = "1.5", "1.25"


def timed(function: Callable[[], Any], repeat: int = 1) -> tuple[Any, float]:
    start = time.perf_counter()
    for _ in range(repeat):
        result = function()
    return result, (time.perf_counter() - start) / repeat


def sums() -> None:
    print("one spectral sum Xi(kappa), (a, b) = (3/2, 5/4)")
    for digits in (15, 30, 50):
        for kappa in ("0.5", "1e-6", "1e-20", "-1e-6+2e-6j"):
            (book, ours), first = timed(lambda d=digits, z=kappa: our_sum(d, z))
            (_, ours), again = timed(lambda d=digits, z=kappa, s=book: our_sum(d, z, s), 3)
            print(
                f"  {digits:2d} digits, kappa {kappa:>12}: {1e3 * again:6.2f} ms (first {first:5.2f} s)",
                end="",
            )
            if digits < 50 and kappa in ("0.5", "1e-6"):
                for name, method in (("nsum", "r+s"), ("nsum e", "e")):
                    theirs, slow = timed(lambda d=digits, z=kappa, m=method: their_sum(d, z, m))
                    with mpmath.workdps(digits + 10):
                        wrong = float(abs(theirs / ours - 1))
                    print(f" | {name}: {slow:5.2f} s, error {wrong:.0e}, ratio {slow / again:7.0f}", end="")
            print()


def our_sum(digits: int, kappa: str, book: SpectralSums | None = None) -> tuple[SpectralSums, Any]:
    book = book or SpectralSums(spectrum_of(power_law(A, B)), digits + 2)
    with field_of(bits_of(digits) + 40) as field, mpmath.workdps(digits + 10):
        z = mpmath.mpmathify(kappa)
        x, y = field.real(mpmath.re(z)), field.real(mpmath.im(z))
        at = field.complex(x, y) if mpmath.im(z) else x
        value = book.one_point(array([at]), field).X[0, 0] * at
        return book, mpmath.mpc(field.mpf(value.real), field.mpf(value.imag))


def their_sum(digits: int, kappa: str, method: str) -> Any:
    with mpmath.workdps(digits):
        a, b, z = mpmath.mpf(A), mpmath.mpf(B), mpmath.mpmathify(kappa)
        return mpmath.nsum(lambda k: k**-a * z / (k**-b + z), [1, mpmath.inf], method=method)


def losses() -> None:
    print("loss at P = oo")
    for N in (oo, 10**3, 10**12):
        for t in (10, 10**6, 10**20):
            for digits in (15, 30):
                model = FullModel(power_law(A, B), N=N, digits=digits)
                value, first = timed(lambda m=model, t=t: m.test_loss(t))
                again = FullModel(power_law(A, B), N=N, digits=digits)
                _, warm = timed(lambda m=again, t=t: m.test_loss(t))
                print(f"  N {N!s:>13} t {t:8.0e} {digits} digits: {warm:6.3f} s (first {first:5.2f}) {value}")
    ours, warm = timed(lambda: FullModel(power_law(A, B)).test_loss(10))
    theirs, slow = timed(naive_loss)
    print(f"  N = oo, t = 10 by invertlaplace of nsum: {slow:5.1f} s, ratio {slow / warm:.0f}, ", end="")
    print(f"error {abs(float(theirs) / float(ours) - 1):.0e}")


def naive_loss() -> Any:
    a, b = mpmath.mpf(A), mpmath.mpf(B)

    def transform(z: Any) -> Any:
        return mpmath.nsum(lambda k: k**-a / (k**-b + z), [1, mpmath.inf])

    return mpmath.invertlaplace(transform, 20, method="talbot", degree=12)


def full() -> None:
    print("test loss, train loss and bias together, N and P finite")
    for N, P, t in ((100, 400, 50), (10**12, 10**11, 1e15), (10**6, 10**6, 1e9)):
        for digits in (15, 30):
            FullModel(power_law(A, B), N=N, P=P, digits=digits).bias(t)
            model = FullModel(power_law(A, B), N=N, P=P, noise="1/2", digits=digits)
            value, warm = timed(lambda m=model, t=t: (m.test_loss(t), m.train_loss(t), m.bias(t))[0])
            print(f"  N {N:.0e} P {P:.0e} t {t:.0e} {digits} digits: {warm:6.3f} s  {value}")
    k = np.arange(1, 1e6 + 1)
    value, once = timed(lambda: FullModel.from_arrays(k**-1.25, k**-1.5, N=1000, P=5000).test_loss(100))
    print(f"  a million listed modes, 15 digits: {once:.2f} s  {value}")


if __name__ == "__main__":
    sums()
    losses()
    full()
