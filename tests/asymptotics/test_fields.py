"""Arguments that the classes with fields do not take: one clear line, which names them."""

import pytest

from asymptotics import (
    BottleneckError,
    HeavyBall,
    MultiPassSGD,
    NonlinearFeatures,
    OnePassSGD,
    OrthogonalFeatures,
    Power,
    StructuredFeatures,
)
from asymptotics.errors import Fielded


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: OnePassSGD(), "OnePassSGD has no step; give eta > 0 or a fraction in"),
        (
            lambda: MultiPassSGD(eta=1),
            r"MultiPassSGD: missing a required argument: 'batch'; give MultiPassSGD\(eta=",
        ),
        (lambda: HeavyBall(), r"'beta'; give HeavyBall\(beta=\.\.\.\)"),
        (lambda: Power(-2), r"Power: too many positional arguments; give Power\(gamma="),
        (lambda: Power(exponent=2), r"'exponent'; give Power\(gamma="),
        (lambda: OrthogonalFeatures(), r"'modes'; give OrthogonalFeatures\(modes="),
        (lambda: StructuredFeatures(), r"'eigenvalues'; give StructuredFeatures\(eigenvalues="),
        (lambda: NonlinearFeatures("relu"), r"give NonlinearFeatures\(activation="),
    ],
)
def test_arguments_that_do_not_fit_the_fields(call, words):
    with pytest.raises(BottleneckError, match=words):
        call()


def test_other_errors_of_a_class_are_its_own():
    class Broken(metaclass=Fielded):
        def __init__(self, count):
            self.half = count / "2"

    with pytest.raises(TypeError, match="unsupported operand"):
        Broken(1)
