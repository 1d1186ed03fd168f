"""Quantities of features that move, their equations in the operators of `model.rich`.

MOVING   what `model.quantities` adds to the quantities that have laws
"""

from __future__ import annotations

from functools import partial

from sympy import Derivative, Integer, Rational

from asymptotics.model.equations import DATA_LOSS, MODEL_LOSS
from asymptotics.model.expander import RULES
from asymptotics.model.operators import (
    Coefficient,
    InverseLaplace,
    Rich,
    RichChange,
    RichNoise,
    RichReuse,
    RichScale,
    epsilon,
    zeta,
)
from asymptotics.model.quantity import Quantity
from asymptotics.model.rich import expand_change, expand_rich, expand_scale
from asymptotics.model.rich_reuse import expand_noise, expand_reuse
from asymptotics.model.sums import C0, E1, G, Xi, df1
from asymptotics.symbols import N, P, gamma, sigma, t

RICH_TIME = Rich(C0(t), t, gamma)
RICH_CROSSOVER = G(t) ** -Rational(1, 2)
RICH_SCALE = RichScale(C0(t), t, gamma)
RICH_MODEL = (
    RichChange(C0(t), Coefficient(MODEL_LOSS.xreplace({2 * t: t}), epsilon, Integer(1)), t, gamma) / N
)
RICH_TRAIN = InverseLaplace(df1(zeta) * Derivative(Xi(zeta), zeta) - df1(zeta) * Xi(zeta) / zeta, zeta, t)
"""``lim P (Lhat(t/2, P) - L(t/2))`` of frozen features: ``R1 Xi(kappa)/z`` with ``kappa = z (1 + df1/P)``."""
RICH_DATA = RichReuse(C0(t), E1(t), RICH_TRAIN, Coefficient(DATA_LOSS, epsilon, Integer(1)), t, gamma) / P
RICH_NOISE = sigma**2 / P * RichNoise(C0(t), E1(t), t, gamma)

_TWO_LAYERS = "the two-layer linear network of arXiv 2409.17858 with frozen first features"
_CLOCK = (
    "Under the clock dtau = K dt the network is the lazy model; the scale K of its features solves "
    "1/chi^2 = 1 + gamma^2 int int chi chi S(2 tau - x - y), chi = K^(-1/2), S(x) = -(d/dx) L(x/2)."
)

RULES |= {
    Rich: expand_rich,
    RichScale: expand_scale,
    RichChange: expand_change,
    RichReuse: expand_reuse,
    RichNoise: expand_noise,
}

_moving = partial(Quantity, resource=t, source=_TWO_LAYERS, balances=True)
_without_sizes = partial(_moving, limits="N = P = oo", trace=False)

MOVING = (
    _without_sizes(
        name="rich_time",
        words="test loss of features that move, limited by training time",
        symbol="L_rich(t)",
        tex=r"L_{\mathrm{rich}}(t)",
        equation=RICH_TIME,
        why=_CLOCK,
    ),
    _without_sizes(
        name="rich_scale",
        words="scale of features that move: that of the learned kernel, 1 at t = 0",
        symbol="K(t)",
        tex=r"K(t)",
        equation=RICH_SCALE,
        why=_CLOCK,
    ),
    _without_sizes(
        name="rich_crossover",
        words="richness at which the learned kernel has doubled by the time t: features are lazy below",
        symbol="gamma^*(t)",
        tex=r"\gamma^*(t)",
        equation=RICH_CROSSOVER,
        why="To first order the growth K - 1 is gamma^2 G, G the squared length of the lazy weights, "
        "sum (c/lambda)(1 - e^(-lambda t))^2; at this richness it is 1.",
    ),
    _moving(
        name="rich_model_transient",
        words="finite-size correction to the test loss of features that move, first order in 1/N",
        symbol="L_rich(t, N) - L_rich(t)",
        tex=r"L_{\mathrm{rich}}(t, N) - L_{\mathrm{rich}}(t)",
        limits="P = oo",
        equation=RICH_MODEL,
        within=N,
        why=f"{_CLOCK} What N features change in the lazy loss changes both the modes and their clock.",
    ),
    _moving(
        name="rich_data_transient",
        words="finite-data correction to the test loss of features that move, first order in 1/P",
        symbol="L_rich(t, P) - L_rich(t)",
        tex=r"L_{\mathrm{rich}}(t, P) - L_{\mathrm{rich}}(t)",
        limits="N = oo",
        equation=RICH_DATA,
        within=P,
        why=f"{_CLOCK} With the share g of each mode still unlearned, samples that are seen again leave "
        "sum c_k lambda_j (2 lambda_k g_k g[k, k, j] + lambda_j g[k, j]^2), and move the clock.",
    ),
    _moving(
        name="rich_noise",
        words="label noise in the test loss of features that move, first order in 1/P",
        symbol="L_rich,sigma(t, P)",
        tex=r"L_{\mathrm{rich},\sigma}(t, P)",
        limits="N = oo",
        equation=RICH_NOISE,
        within=P,
        why=f"{_CLOCK} With the share g of each mode still unlearned, it is sigma^2/P sum (1 - g)^2, and "
        "what noisy labels change in the clock.",
    ),
)
