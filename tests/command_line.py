"""The command in tests: what a run prints, and a quick stand-in for the solver of the full model."""

import mpmath
from sympy import Rational, oo

from numerics.cli import main
from numerics.values.value import Value
from numerics.verification.judge import Point
from numerics.verification.verify import POINTS, Verification


def stand_in(verdict="HOLDS", decay=Rational(1), error=mpmath.mpf("1e-20")):
    """A solver of the full model that follows the law with a remainder of its own: quick, and as told."""

    def verify(law, at, *, digits, progress):
        numeric = law.at(at)
        regime = numeric.regimes[0]
        points = []
        for j in range(POINTS):
            x = mpmath.mpf(10) ** (3 + j)
            size = mpmath.mpf(float(regime.prefactor)) * x ** -mpmath.mpf(float(regime.exponent))
            remainder = x ** -mpmath.mpf(float(decay)) if decay != oo else mpmath.mpf(0)
            points.append(
                Point(
                    resource=x,
                    scale=x,
                    loss=Value(value=size * (1 + remainder), error=size * error),
                    law=size,
                    remainder=remainder,
                    remainder_error=error,
                )
            )
            progress()
        return Verification(
            law=numeric,
            verdict=verdict,
            reason="as the stand-in was told",
            points=tuple(points),
            predicted=decay,
            measured=mpmath.mpf(1),
            measured_error=mpmath.mpf("2.1e-5") if decay != oo else mpmath.inf,
            exponent_predicted=regime.exponent,
            exponent_measured=mpmath.mpf(float(regime.exponent)),
            exponent_error=mpmath.mpf("1e-9"),
            next_ratio=None,
        )

    return verify


def run(capsys, *arguments):
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err
