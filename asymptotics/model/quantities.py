"""The quantities that have laws, and those of gradient flow among them.

    QUANTITIES    all, by name; ``QUANTITIES.register(Quantity(...))`` adds a law to `Laws`
    BOTTLENECKS   the names of the three bottlenecks
    quantity_of   one of them, of a student

A law that is registered here has its regimes, LaTeX, derivation and place in reports and claims; its
`Reference` in ``numerics.verification.references`` lets `verify` compare it with the full model.
"""

from __future__ import annotations

from dataclasses import replace

from asymptotics.caches import cached
from asymptotics.model import equations
from asymptotics.model.bessel import expand_bessel
from asymptotics.model.early_stopping import expand_minimum
from asymptotics.model.equations import of_student
from asymptotics.model.expander import RULES
from asymptotics.model.momentum import expand_accelerated, expand_renewed
from asymptotics.model.operators import Accelerated, Bessel, Minimiser, Minimum, Renewed
from asymptotics.model.quantity import GAUSSIAN, Quantity
from asymptotics.model.students.base import Student
from asymptotics.registry import Registry
from asymptotics.symbols import N, P, t

_MODEL_LOSS = (
    "At P = oo the loss is the inverse Laplace transform of Xi(kappa)/zeta at 2t, with kappa "
    "from zeta = kappa (1 - epsilon df1(kappa)), epsilon = 1/N; one power of 1/N is asked for."
)
_DATA_LOSS = (
    "At N = oo the two-time equations leave the overlap of Xi(kappa)/zeta with kappa/zeta, with kappa "
    "from zeta = kappa (1 - epsilon df1(kappa)), epsilon = 1/P; one power of 1/P is asked for."
)
_STOPPING = (
    "With N = oo the loss is that of infinite data plus the label noise learned, to first "
    "order in 1/P; training stops where their sum is smallest."
)

_FLOW = (
    Quantity(
        name="time",
        words="test loss limited by training time",
        symbol="L(t)",
        tex=r"L(t)",
        limits="N = P = oo",
        resource=t,
        equation=equations.TIME,
        source="BAP, section 3",
        trace=False,
    ),
    Quantity(
        name="model",
        words="test loss limited by model size",
        symbol="L(N)",
        tex=r"L(N)",
        limits="t = P = oo",
        resource=N,
        equation=equations.MODEL,
        source="BAP, appendix C",
        why="With t and P infinite the fixed point is what the N features leave unresolved, at the "
        "ridge kappa that solves df1(kappa) = N.",
    ),
    Quantity(
        name="data",
        words="test loss limited by data",
        symbol="L(P)",
        tex=r"L(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.DATA,
        source="BAP, appendix C",
        why="With t and N infinite the two-time equations have a fixed point: the loss of ridge "
        "regression whose ridge kappa solves df1(kappa) = P.",
    ),
    Quantity(
        name="model_transient",
        words="finite-size correction to the test loss, first order in 1/N",
        symbol="L(t, N) - L(t)",
        tex=r"L(t, N) - L(t)",
        limits="P = oo",
        resource=t,
        equation=equations.correction(1, N, equations.MODEL_LOSS),
        source="BAP, section 4 and appendix D; Lagrange's series in 1/N",
        within=N,
        why=_MODEL_LOSS,
    ),
    Quantity(
        name="model_transient_second",
        words="finite-size correction to the test loss, second order in 1/N",
        symbol="1/N^2 term of L(t, N)",
        tex=r"N^{-2}\text{ term of } L(t, N)",
        limits="P = oo",
        resource=t,
        equation=equations.correction(2, N, equations.MODEL_LOSS),
        source="Lagrange's series in 1/N",
        within=N,
        why=_MODEL_LOSS,
    ),
    Quantity(
        name="data_transient",
        words="finite-data correction to the test loss, first order in 1/P, noiseless",
        symbol="L(t, P) - L(t)",
        tex=r"L(t, P) - L(t)",
        limits="N = oo, sigma = 0",
        resource=t,
        equation=equations.correction(1, P, equations.DATA_LOSS),
        source="BAP, appendix C, N = oo; Lagrange's series in 1/P",
        within=P,
        why=_DATA_LOSS,
    ),
    Quantity(
        name="data_transient_second",
        words="finite-data correction to the test loss, second order in 1/P, noiseless",
        symbol="1/P^2 term of L(t, P)",
        tex=r"P^{-2}\text{ term of } L(t, P)",
        limits="N = oo, sigma = 0",
        resource=t,
        equation=equations.correction(2, P, equations.DATA_LOSS),
        source="BAP, appendix C, N = oo; Lagrange's series in 1/P",
        within=P,
        why=_DATA_LOSS,
    ),
    Quantity(
        name="gap",
        words="test loss less train loss by data reuse, first order in 1/P, noiseless",
        symbol="L(t) - Lhat(t)",
        tex=r"L(t) - \hat L(t)",
        limits="N = oo, sigma = 0",
        resource=t,
        equation=equations.GAP,
        source="BAP, section 4; C0 - C1 to first order in 1/P",
        within=P,
    ),
    Quantity(
        name="gap_noise",
        words="label noise in the train-test gap, first order in 1/P",
        symbol="sigma^2 term of L(t) - Lhat(t) + sigma^2",
        tex=r"\sigma^2\text{ term of } L(t) - \hat L(t) + \sigma^2",
        limits="N = oo",
        resource=t,
        equation=equations.GAP_NOISE,
        source="BAP, appendix C, to first order in 1/P",
        within=P,
    ),
    Quantity(
        name="noise",
        words="label noise in the test loss, first order in 1/P",
        symbol="sigma^2 term of L(t, P)",
        tex=r"\sigma^2\text{ term of } L(t, P)",
        limits="N = oo",
        resource=t,
        equation=equations.NOISE_IN_LOSS,
        source="BAP, appendix C, to first order in 1/P",
        within=P,
    ),
    Quantity(
        name="bias_model",
        words="loss of the predictor averaged over initialisations, limited by model size",
        symbol="B(N)",
        tex=r"B(N)",
        limits="t = P = oo",
        resource=N,
        equation=equations.MODEL_BIAS,
        source="BAP, section 4.3 and appendix C",
    ),
    Quantity(
        name="variance_model",
        words="variance of the loss over initialisations, limited by model size",
        symbol="V(N)",
        tex=r"V(N)",
        limits="t = P = oo",
        resource=N,
        equation=equations.MODEL_VARIANCE,
        source="BAP, section 4.3 and appendix C",
        why="The variance over initialisations is the loss Xi of one model less the loss F of the "
        "mean predictor, both at df1(kappa) = N.",
    ),
    Quantity(
        name="bias_data",
        words="loss of the predictor averaged over data sets, limited by data",
        symbol="B(P)",
        tex=r"B(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.DATA_BIAS,
        source="BAP, section 4.3 and appendix C",
    ),
    Quantity(
        name="variance_data",
        words="variance of the loss over data sets and their noise, limited by data",
        symbol="V(P)",
        tex=r"V(P)",
        limits="t = N = oo",
        resource=P,
        equation=equations.DATA_VARIANCE,
        source="BAP, section 4.3 and appendix C",
        why="The variance over data sets is the loss less that of the mean predictor, F, at df1(kappa) = P.",
    ),
    Quantity(
        name="early_stopping",
        words="smallest test loss over the stopping time, label noise sigma",
        symbol="min_t L(t, P)",
        tex=r"\min_t L(t, P)",
        limits="N = oo",
        resource=P,
        equation=equations.STOPPED,
        source="the minimum of the series in 1/P, BAP, appendix C",
        why=_STOPPING,
    ),
    Quantity(
        name="early_stopping_time",
        words="stopping time of the smallest test loss, label noise sigma",
        symbol="t^*(P)",
        tex=r"t^*(P)",
        limits="N = oo",
        resource=P,
        equation=Minimiser(equations.TIME + equations.NOISE_IN_LOSS, t),
        source="the minimum of the series in 1/P, BAP, appendix C",
        why=_STOPPING,
    ),
)

RULES[Minimum] = expand_minimum
RULES[Bessel] = expand_bessel
RULES[Accelerated] = expand_accelerated
RULES[Renewed] = expand_renewed


class Quantities(Registry[Quantity]):
    """Those that are listed, and those of schedules, whose names hold what they are about."""

    def __getitem__(self, name: str) -> Quantity:
        family, colon, text = name.partition(":")
        if not colon:
            return super().__getitem__(name)
        return _of_family(family, text)


@cached(maxsize=64)
def _of_family(family: str, text: str) -> Quantity:
    from asymptotics.model.quantities_of_schedules import FAMILIES

    return FAMILIES[family](text)


def _beyond_flow() -> tuple[Quantity, ...]:
    """Those of ridges, rules and moving features, whose equations are made when one is asked for."""
    from asymptotics.model.quantities_of_features import MOVING
    from asymptotics.model.quantities_of_ridges import RIDGES
    from asymptotics.model.quantities_of_rules import TRAINED

    return (*RIDGES, *TRAINED, *MOVING)


QUANTITIES = Quantities(_FLOW, _beyond_flow)
BOTTLENECKS = ("time", "model", "data")


@cached(maxsize=256)
def quantity_of(name: str, student: Student = GAUSSIAN) -> Quantity:
    """The quantity of a student; raises `UnableError` where it is not derived for it.

    >>> from asymptotics import DeepRandomFeatures
    >>> quantity_of("model", DeepRandomFeatures(widths=(N, 2*N))).equation
    Xi(kappa(N))
    """
    quantity = QUANTITIES[name]
    if student == GAUSSIAN:
        return quantity
    own = quantity.equation if quantity.of_student is None else quantity.of_student(student)
    equation = of_student(own, student, quantity.within, quantity.rule.fresh)
    if equation == quantity.equation:
        return quantity
    words = f"{quantity.words}, {student.title}"
    return replace(quantity, equation=equation, words=words, source=student.source, why="", balances=True)
