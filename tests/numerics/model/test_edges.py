"""The edges of the spectrum of the curvature: stationary points of z(kappa), found here by other means."""

import mpmath
import pytest
from five_modes import LAMBDAS, POWERS
from sympy import Integer, oo

from numerics.model.edges import slowest_rate, spectrum_edge
from numerics.model.sizes import gaussian_sizes
from numerics.spectra.finite import finite_spectrum
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import field_of

SUMS = SpectralSums(finite_spectrum(LAMBDAS, POWERS), 20)


def minus_z(kappa, N, P):
    g = mpmath.fsum(x / (x + kappa) for x in LAMBDAS)
    return -kappa * mpmath.fprod(1 - g / size for size in (N, P) if size is not None)


def given(N, P):
    with field_of(80) as field:
        return gaussian_sizes(*(oo if n is None else Integer(n) for n in (N, P)), field)


def stationary(places, N, P, choose):
    best = choose(places, key=lambda kappa: minus_z(kappa, N, P))
    at = mpmath.findroot(lambda kappa: mpmath.diff(lambda x: minus_z(x, N, P), kappa), best)
    return float(minus_z(at, N, P))


@pytest.mark.parametrize(("N", "P"), [(2, None), (None, 3), (7, 4), (30, 30)])
def test_the_largest_curvature(N, P):
    places = [-max(LAMBDAS) * (1 + mpmath.exp(mpmath.mpf(j) / 10)) for j in range(-60, 60)]
    assert spectrum_edge(SUMS, given(N, P)) == pytest.approx(stationary(places, N, P, min), rel=1e-5)


@pytest.mark.parametrize(("N", "P"), [(None, 2), (3, 2), (4, 1), (40, 3)])
def test_the_slowest_rate_of_the_train_loss(N, P):
    """The depth of -z below the kappa with df1 = P, and above that with df1 = N."""

    def level(size):
        return mpmath.findroot(lambda y: mpmath.fsum(x / (x + mpmath.exp(y)) for x in LAMBDAS) - size, 0)

    high = level(P)
    low = level(N) if N is not None and len(LAMBDAS) > N else high - 12
    places = [mpmath.exp(low + (high - low) * mpmath.mpf(j) / 200) for j in range(1, 200)]
    assert slowest_rate(SUMS, given(N, P)) == pytest.approx(stationary(places, N, P, max), rel=1e-3)
