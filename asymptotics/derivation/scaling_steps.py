"""Steps of a quantity at the ridge of N features where modes grow with N: integrals to the last mode."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Eq, Integral, Symbol

from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.text import Reason, say
from asymptotics.model.expander import Found
from asymptotics.model.operators import ridge
from asymptotics.model.proportional_modes import scaling_model
from asymptotics.model.sums import df1
from asymptotics.spectra import SpectralSeries
from asymptotics.sums.scaling import ScalingRoot, ScalingSum

u, x = Symbol("u", positive=True), Symbol("x", positive=True)
"""The ridge and the index of a mode on the scale of the last modes."""


def scaling_steps(found: Found, spectrum: SpectralSeries) -> Iterator[Step]:
    """The ridge on that scale by its root and what the ends of the sums add, and what is made of it."""
    _, letter, size = found.node.args
    scaling = spectrum.scaling
    assert scaling is not None
    b, r = scaling.decay, scaling.ratio
    yield Step(
        equation=Eq(df1(letter).xreplace({letter: ridge(size)}), size, evaluate=False),
        reason=say("The ridge {} is fixed: as many modes are resolved as {}.", letter, size),
        source="BAP, appendix C (fixed point)",
    )
    yield Step(
        equation=Eq(ScalingSum(0, 0, 1, b, r, u), Integral(1 / (1 + u * x**b), (x, 0, r)), evaluate=False),
        reason=say(
            "On the scale of the last modes, {} at mode {}, sums over modes are integrals up to what "
            "their two ends add.",
            Eq(letter, u * scaling.scale * size**-b),
            x * size,
        ),
        source="Euler-Maclaurin formula, DLMF 2.10(i); DLMF 15.6.1",
    )
    yield Step(
        equation=Eq(ScalingSum(0, 0, 1, b, r, ScalingRoot(b, r)), 1, evaluate=False),
        reason=Reason("To leading order as many modes are resolved as there are features."),
        source="definition",
    )
    yield Step(
        equation=asymptotic(ridge(size), scaling_model(scaling, spectrum, found.series.depth).ridge, size),
        reason=Reason(
            "The ends of the sums move the ridge about this root: iterated, an order of the size at a time."
        ),
        source="de Bruijn 1981, chapter 2",
    )
    yield Step(
        equation=asymptotic(found.node.meaning(), found.series, size),
        reason=Reason("At this ridge the first modes leave whole powers of it, the last ones an integral."),
        source="Euler-Maclaurin formula, DLMF 2.10(i)",
    )
