"""Minima of known functions: places and values within their errors, which are not absurdly large."""

import mpmath
import pytest
from stated_errors import assert_honest

from asymptotics.errors import PrecisionError
from numerics.values.minimum import minimum
from numerics.values.value import Value

# function, place of its minimum
FUNCTIONS = [
    (
        lambda u: (u - 2) ** 2 + mpmath.cos(u) / 3 + 5,
        lambda: mpmath.findroot(lambda u: 2 * (u - 2) - mpmath.sin(u) / 3, 2),
    ),
    (lambda u: mpmath.exp(u) - 3 * u + 7, lambda: mpmath.log(3)),
    (
        lambda u: mpmath.exp(-u) + u / 2 + u**2 / 50,
        lambda: mpmath.findroot(lambda u: -mpmath.exp(-u) + 0.5 + u / 25, 0.6),
    ),
]


def found(function, noise, accuracy):
    """The minimum from values with errors up to ``noise``."""

    def values(u, rough):
        return u, Value(value=function(u) + noise * mpmath.sin(10**5 * u), error=noise)

    return minimum(values, mpmath.mpf("0.5"), mpmath.mpf("0.4"), accuracy)


@pytest.mark.parametrize("noise", [0, "1e-20"])
def test_places_and_values(noise):
    """From exact values, where the series is cut off, and from values with errors that outweigh this."""
    places, values = [], []
    with mpmath.workdps(50):
        for function, place in FUNCTIONS:
            exact = place()
            for accuracy in ("1e-4", "1e-8", "1e-12"):
                result = found(function, mpmath.mpf(noise), mpmath.mpf(accuracy))
                assert result.place.error <= mpmath.mpf(accuracy)
                places.append((result.place, exact))
                values.append((result.value, function(exact)))
    assert_honest(places, 1e-5)
    assert_honest(values, 1e-5)


def test_an_accuracy_that_is_not_reached_is_an_error():
    with mpmath.workdps(50), pytest.raises(PrecisionError, match="ask for fewer digits"):
        found(FUNCTIONS[0][0], mpmath.mpf("1e-9"), mpmath.mpf("1e-10"))
    with mpmath.workdps(20), pytest.raises(PrecisionError, match="keeps falling"):
        minimum(
            lambda u, rough: (u, Value(value=-u, error=mpmath.mpf(0))),
            mpmath.mpf(0),
            mpmath.mpf(1),
            mpmath.mpf("1e-5"),
        )
