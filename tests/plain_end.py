"""Every quantity at t = oo by the plain formulas of the theory, at many digits."""

import mpmath
from sympy import Rational, oo

DIGITS = 300
"""Working digits of the references, in which the plain formulas may lose 100."""


def exact_number(x):
    x = Rational(x)
    return mpmath.mpf(x.p) / x.q


def _root(lam, size):
    """kappa with df1 = size, by bisection in its logarithm."""
    low, high = (mpmath.log(x) for x in (mpmath.mpf(10) ** -250, 10 * mpmath.fsum(lam) / size))
    while high - low > mpmath.mpf(10) ** -(DIGITS - 20):
        middle = (low + high) / 2
        above = mpmath.fsum(x / (x + mpmath.exp(middle)) for x in lam) > size
        low, high = (middle, high) if above else (low, middle)
    return mpmath.exp(low)


def plain(lam, c, N, P, sigma):
    """Every quantity at t = oo by the formulas of the theory (section 2), N and P below the number of modes.

    For infinitely many initialisations mu is df2/(P - df2), for infinitely many data sets 0.
    """
    lam, c = ([mpmath.mpf(x) for x in values] for values in (lam, c))
    s, n, p = (exact_number(x) for x in (Rational(sigma) ** 2, N, P))
    kappa = _root(lam, min(n, p))
    xi = mpmath.fsum(y * kappa / (x + kappa) for x, y in zip(lam, c, strict=True))
    F = mpmath.fsum(y * (kappa / (x + kappa)) ** 2 for x, y in zip(lam, c, strict=True))
    df2 = mpmath.fsum((x / (x + kappa)) ** 2 for x in lam)
    if n < p:
        loss, train = xi + (xi + s) * n / (p - n), (1 - n / p) * (xi + s)
    else:
        loss, train = (F + s * df2 / p) / (1 - df2 / p) + (xi + s) * p / (n - p), mpmath.mpf(0)
    f1 = (min(n, p) - df2) / kappa
    variance = kappa * f1 * (xi - F) / (n - df2)
    mu = df2 / (p - df2)
    return {
        "test_loss": loss,
        "train_loss": train,
        "gap": loss + s - train,
        "bias": F,
        "bagged": F + variance,
        "ensemble": F + (F + s) * mu,
        "pairs": F + variance / 2 + (F + s) * mu / 3 + (loss - F - variance - (F + s) * mu) / 6,
        "interaction": loss - F - variance - (F + s) * mu - s * (loss_noise(n, p, df2) - mu),
        "transfer": kappa / (kappa + lam[0]),
    }


def loss_noise(n, p, df2):
    """What sigma^2 multiplies in the test loss."""
    return n / (p - n) if n < p else df2 / (p - df2) + p / (n - p)


def computed(model):
    return {
        "test_loss": model.test_loss(oo),
        "train_loss": model.train_loss(oo),
        "gap": model.gap(oo),
        "bias": model.bias(oo),
        "bagged": model.bagged_loss(oo, oo),
        "ensemble": model.ensemble_loss(oo, oo),
        "pairs": model.ensemble_loss(oo, 2, 3),
        "interaction": model.variance(oo).interaction,
        "transfer": model.transfer(1, oo),
    }


def check(value, reference, digits, name=""):
    """The stated error holds, and is one of the digits that were asked for."""
    error = abs(value.value - reference)
    assert error <= value.error, (name, mpmath.nstr(error, 5), mpmath.nstr(value.error, 5))
    scale = max(abs(reference), 1) if name == "transfer" else abs(reference)
    assert value.error <= scale * mpmath.mpf(10) ** -digits, name
