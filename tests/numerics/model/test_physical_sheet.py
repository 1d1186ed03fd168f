"""Only the root kappa(z) of the physical sheet is taken: the certificate lets one of all roots pass."""

from __future__ import annotations

import mpmath
import pytest
from sympy import Integer, oo

from asymptotics.errors import PrecisionError
from numerics.model.renormalised_ridge import _Tracker, certify, resolve, starting_values
from numerics.model.sizes import gaussian_sizes
from numerics.spectra.finite import finite_spectrum
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import array, field_of

LAMBDAS = [1.0, 0.5, 0.25]
SUMS = SpectralSums(finite_spectrum(LAMBDAS, LAMBDAS), 25)
PLACES = [0.3j, -0.2 + 0.1j, -0.5 + 0.02j, -1.1 + 0.3j, 0.1 + 0.01j]
SIZES = [(2, None), (None, 2), (2, 3), (5, 2), (30, 1)]


def all_roots(z, N, P):
    """Every kappa with ``z = kappa (1 - df1/P)(1 - df1/N)``: the zeros of a polynomial."""

    def multiply(p, q):
        out = [mpmath.mpc(0)] * (len(p) + len(q) - 1)
        for i, x in enumerate(p):
            for j, y in enumerate(q):
                out[i + j] += x * y
        return out

    def add(p, q):
        size = max(len(p), len(q))
        p, q = ([0] * (size - len(r)) + list(r) for r in (p, q))
        return [x + y for x, y in zip(p, q, strict=True)]

    whole, crowd = [mpmath.mpc(1)], [mpmath.mpc(0)]
    for x in LAMBDAS:
        crowd = add(multiply(crowd, [1, x]), [x * y for y in whole])
        whole = multiply(whole, [1, x])
    left, right = [mpmath.mpc(1), 0], [z * y for y in multiply(whole, whole)]
    for size in (N, P):
        share = [0] if size is None else [-y / size for y in crowd]
        left = multiply(left, add(whole, share))
    roots = mpmath.polyroots(add(left, [-y for y in right]), maxsteps=400, extraprec=400)
    # what the common denominator added
    return [r for r in roots if min(abs(r + x) for x in LAMBDAS) > 1e-15]


def is_certified(at, root, floor, sizes, field):
    try:
        resolve(at, [complex(mpmath.log(root))], floor, SUMS, sizes, field, 24)
    except PrecisionError:
        return False
    return True


@pytest.mark.parametrize("z", PLACES)
@pytest.mark.parametrize(("N", "P"), SIZES)
def test_one_root_of_all_is_certified(z, N, P):
    with mpmath.workdps(40), field_of(140) as field:
        sizes = gaussian_sizes(*(oo if n is None else Integer(n) for n in (N, P)), field)
        at = array([field.complex(field.real(z.real), field.real(z.imag))])
        starts, floor = starting_values(at, SUMS, sizes)
        kept = resolve(at, starts, floor, SUMS, sizes, field, 24).point.kappa[0]
        kappa = mpmath.mpc(field.mpf(kept.real), field.mpf(kept.imag))
        roots = all_roots(mpmath.mpc(z), N, P)
        assert min(abs(r - kappa) for r in roots) < 1e-20
        certified = [r for r in roots if is_certified(at, r, floor, sizes, field)]
        assert len(certified) == 1 and abs(certified[0] - kappa) < 1e-20


@pytest.mark.parametrize(
    ("z", "kappa", "R1", "R3", "sound"),
    [
        (1j, 1 + 1j, 1, 1, True),
        (1j, 1 - 1j, 1, 1, False),
        (1j, 1 + 1j, 1 - 2j, 1, False),
        (1j, 1 + 1j, 1, 1 - 2j, False),
        (1j, 1 + 1j, 1 - 1j, 1, False),  # zeta real
        (-1, 1 + 1j, 1 - 1j, 1, True),  # which on the cut it may be
        (-1, 1 + 1j, 1, 1 - 1j, True),
        (-1, 1 + 1j, 1 - 1.1j, 1, False),
        (-1, 1 + 1j, 1, 1 - 1.1j, False),
        (-1, 1 + 1j, 1 - (1 + 1e-12) * 1j, 1, True),  # up to rounding
        (-1, 1 + 1j, 1 - (1 + 1e-6) * 1j, 1, False),
        (-1, 1 - 1j, 1j, 1j, False),
    ],
)
def test_the_certificate(z, kappa, R1, R3, sound):
    with field_of(80) as field:
        given = [
            array([field.complex(field.real(complex(x).real), field.real(complex(x).imag))])
            for x in (z, kappa, R1, R3)
        ]
        if sound:
            certify(*given)
        else:
            with pytest.raises(PrecisionError, match="left the physical sheet"):
                certify(*given)


@pytest.mark.parametrize(
    ("y", "R1", "R3", "log_z", "sound"),
    [
        (1j, 1, 1, 1j, True),
        (-1j, 1, 1, 1j, False),
        (4j, 1, 1, 1j, False),  # beyond pi, although its phase is that of the upper half plane
        (1j, 1 - 5j, 1, 1j, False),
        (1j, 1, 1 - 5j, 1j, False),
        (1j, -1e-14j, 1, 1j, True),  # a factor below its rounding error
        (1, 1, 1, 0, True),
        (1 + 1e-8j, 1, 1, 0, False),
    ],
)
def test_steps_of_the_search_stay_on_the_sheet(y, R1, R3, log_z, sound):
    assert _Tracker._sound(complex(y), complex(R1), complex(R3), complex(log_z)) is sound
