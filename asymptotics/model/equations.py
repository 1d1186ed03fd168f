"""The mean-field equations of the random-feature model, each written once, in named sums.

`model.expand` makes laws of them, `derivation` tells them and LaTeX prints them. With ``kappa = z/q`` all is
made of sums at a ridge (arXiv 2402.01092, here BAP, section 2 and appendix C). Losses are the excess test
loss: the variance of the label noise itself is not included. ``NOISE`` is that of the task, 0 where it has
none; ``sigma`` that of the task or, where it has none, a symbol.

**t = oo.** The ridge solves ``df1(kappa) = min(N, P)``:

    N < P:  L = Xi + (Xi + sigma^2) N/(P - N), which for P = oo is  L(N) = Xi(kappa)
    P < N, for N = oo:                                              L(P) = (F + sigma^2 df2/P) / (1 - df2/P)

The bias, the loss of the predictor averaged over A or over data sets, is ``F(kappa)``: the mean of mode k
stops at ``H_k = kappa/(lambda_k + kappa)``. For more than M samples or features kappa = 0.

**P = oo.** ``L(t) = InvLaplace[Xi(kappa)/zeta](2t)`` with ``zeta = kappa (1 - df1(kappa)/N)``. (The mean over
single draws of A has, beyond this mean-field order 1/N, the diagonal term
``(2 t^2/N) sum m_k c_k lambda_k^2 e^(-2 lambda_k t) = O(t^-s/N)``, smaller than the leading law by a power of
t.)

**N = oo**, with ``z = kappa (1 - df1(kappa)/P)``. The two-time kernel (BAP, appendix C: C0 with R3 = 1) is
``z z' C0 = F/(1 - f2/P)`` with

    F  = sum m_k c_k kappa kappa'/((lambda_k + kappa)(lambda_k + kappa')),
    f2 = sum m_k lambda_k^2/((lambda_k + kappa)(lambda_k + kappa')).

By partial fractions ``(kappa' - kappa) F = kappa' Xi - kappa Xi'`` and
``(kappa' - kappa)(1 - f2/P) = z' - z``. So ``C0 = (kappa' Xi - kappa Xi')/(z z' (z' - z))`` at any P, the
antisymmetric overlap (`transforms.overlap`) of ``Xi(kappa)/z`` with ``kappa/z``. Label noise adds
``sigma^2 [(kappa' - kappa)/(z' - z) - 1]/(z z')``, the same overlap with ``sigma^2/z`` in the place of
``Xi/z``, less its order 0; to first order in 1/P it is ``(sigma^2/P) sum m_k (1 - e^(-lambda_k t))^2``, and
the train-test gap is ``(2/P) int_0^t E(x) C(2t - x) dx``.

**Training rules.** Times are on the clock of the rule; ``pace`` is how far gradient flow gets in one unit of
it. Of the symbol only the pole of slow modes matters: to first order in lambda a mode is left with
``(1 + a lambda) e^(-pace t lambda (1 + r lambda))`` (`TrainingRule.correction`), a relative correction of
order 1/t; a factor lambda under the sum is ``-(1/2 pace) d/dt`` of ``sum m_k c_k e^(-2 lambda_k pace t)``.

**One-pass SGD**, for Gaussian features (theory: `rules.one_pass_sgd`). The generating function of its losses
is one of ``e^w = 1 + 2 eta zeta + q eta^2 zeta^2``, q = 1 + 1/B, to which two places belong, zeta and its
partner ``zeta' = -zeta - 2/(q eta)`` beyond the spectrum; by ``dw e^-w = q eta^2 (zeta - zeta') dzeta``

    L(t) = (1/2 pi i) int (1 + 2 eta zeta + q eta^2 zeta^2)^t G(zeta) dzeta,
    G = [(Xi(kappa) + sigma^2 K)/zeta - (Xi(kappa') + sigma^2 K)/zeta']/(1 - K),
    K = (zeta' df1(kappa') - zeta df1(kappa))/(q B (zeta - zeta')).

The mean errors are those of gradient descent, B = oo, of which q = 1 and K = 0. The rest is noise, and as
``w = 2 eta zeta (1 + O(zeta))`` it is ``InvLaplace[G - G at K = 0](2 eta t)`` but for a share 1/t. At t = oo
it is ``(Xi + sigma^2) K/(1 - K)`` with K at zeta = 0, which must be below 1. Without label noise its term 1/N
follows the model's transient, K/(1 - K) times as large. What SGD adds at N = oo and a > 2b,
``t^-(2 - 1/b)``, falls faster than that transient, ``t^-(1 - 1/b)/N``: at finite N its noise limits while
t << N.
"""

from __future__ import annotations

from sympy import (
    Derivative,
    Dummy,
    Expr,
    Function,
    Integer,
    Rational,
    Symbol,
    atan,
    expand_mul,
    limit,
    oo,
    pi,
    sqrt,
)

from asymptotics.errors import UnableError
from asymptotics.model.operators import (
    AtExplicit,
    AtLeast,
    AtModes,
    AtRidge,
    Coefficient,
    Convolution,
    Corrected,
    InverseLaplace,
    Minimum,
    Overlap,
    Rich,
    RichChange,
    RichNoise,
    RichReuse,
    RichScale,
    epsilon,
    later,
    past,
    zeta,
)
from asymptotics.model.rules.base import TrainingRule
from asymptotics.model.students.base import Student
from asymptotics.model.students.gaussian import GaussianFeatures
from asymptotics.model.sums import C0, E1, Q1, Q2, F, F_seen, F_test, G, Power, V, Xi, df1, df2
from asymptotics.symbols import B, N, P, gamma, kappa, l, n, rho, sigma, t

NOISE = Dummy("sigma", nonnegative=True)
moving = Function("kappa_epsilon")
"""``kappa_epsilon(zeta, epsilon)``, the root of ``zeta = kappa (1 - epsilon df1(kappa))`` next to zeta."""

ridge_now = moving(zeta, epsilon)
_near, _far = Dummy("near"), Dummy("far")

# --- t = oo ------------------------------------------------------------------------------------------

RIDGE_LOSS = (F(kappa) + NOISE**2 * df2(kappa) / P) / (1 - df2(kappa) / P)

MODEL = AtRidge(Xi(kappa), kappa, N)
DATA = AtRidge(RIDGE_LOSS, kappa, P)
MODEL_BIAS = AtRidge(F(kappa), kappa, N)
MODEL_VARIANCE = AtRidge(V(kappa), kappa, N)
DATA_BIAS = AtRidge(F(kappa), kappa, P)
DATA_VARIANCE = AtRidge(RIDGE_LOSS - F(kappa), kappa, P)

RIDGE = AtExplicit(RIDGE_LOSS, kappa, P, rho * P**-l)
BEST_MODES = df2(kappa) - (NOISE**2 + F(kappa)) * Derivative(df2(kappa), kappa) / Derivative(F(kappa), kappa)
BEST_RIDGE_LOSS = AtLeast(RIDGE_LOSS, kappa, P, BEST_MODES)
RIDGE_OF = kappa * (1 - df1(kappa) / P)
"""The ridge that makes kappa."""
BEST_RIDGE = AtModes(RIDGE_OF, kappa, P, BEST_MODES)
SPREAD = df1(kappa) - df2(kappa)
"""``N (1 - dlog kappa/dlog zeta)`` of Gaussian features, N -> oo."""


def best_width(student: Student) -> Expr:
    """N at which what the features add, to leading order, is the smallest loss L over the ridge,

        (1 - e) (V + (L + sigma^2) h/P) / ((1 - df2/P) L) = 1,

    with ``h = df - df2``, and 1 - e the share of what is random (`Student.features_for`).
    """
    there = V(kappa) + (RIDGE_LOSS + NOISE**2) * (SPREAD + student.white_noise() / kappa) / P
    return AtModes(student.features_for(there / (1 - df2(kappa) / P) / RIDGE_LOSS), kappa, P, BEST_MODES)


BEST_RIDGE_WIDTH = best_width(GaussianFeatures())


def feature_share(student: Student) -> Expr:
    """What N = P^n features add to the loss L at t = oo without a ridge, over L, to leading order,

    (1 - e) (V + (L + sigma^2) h/P) / ((1 - df2/P) L).
    """
    there = V(kappa) + (RIDGE_LOSS + NOISE**2) * SPREAD / P
    return AtRidge(student.share_of(P**n) * there / (1 - df2(kappa) / P) / RIDGE_LOSS, kappa, P)


FEATURE_SHARE = feature_share(GaussianFeatures())
TRANSFER = AtRidge(F_test(kappa) + (RIDGE_LOSS + NOISE**2) * F_seen(kappa) / (kappa**2 * P), kappa, P)

_CORRELATED = AtRidge(Power(kappa) - Xi(kappa), kappa, P)
_ACROSS = AtRidge(Power(kappa) * RIDGE_LOSS - Xi(kappa) ** 2, kappa, P)
CLASSIFICATION = atan(sqrt(_ACROSS) / _CORRELATED) / pi
"""The angle between f and y over pi, where signs differ: ``E f y = T - Xi``, ``E (f - y)^2 = L``."""

# --- finite t ----------------------------------------------------------------------------------------

TIME = C0(2 * t)
RICH_TIME = Rich(C0(t), t, gamma)
MODEL_LOSS = InverseLaplace(Xi(ridge_now) / zeta, zeta, 2 * t)
DATA_LOSS = Overlap(Xi(ridge_now) / zeta, zeta, ridge_now / zeta, t)
LABEL_NOISE = Overlap(sigma**2 / zeta, zeta, ridge_now / zeta, t)
RICH_CROSSOVER = G(t) ** -Rational(1, 2)
RICH_SCALE = RichScale(C0(t), t, gamma)
RICH_MODEL = (
    RichChange(C0(t), Coefficient(MODEL_LOSS.xreplace({2 * t: t}), epsilon, Integer(1)), t, gamma) / N
)
RICH_TRAIN = InverseLaplace(df1(zeta) * Derivative(Xi(zeta), zeta) - df1(zeta) * Xi(zeta) / zeta, zeta, t)
"""``lim P (Lhat(t/2, P) - L(t/2))`` of frozen features: ``R1 Xi(kappa)/z`` with ``kappa = z (1 + df1/P)``."""
RICH_DATA = RichReuse(C0(t), E1(t), RICH_TRAIN, Coefficient(DATA_LOSS, epsilon, Integer(1)), t, gamma) / P
RICH_NOISE = sigma**2 / P * RichNoise(C0(t), E1(t), t, gamma)
GAP = Convolution(C0(past), past, E1(past), df1(kappa), t) / P
GAP_NOISE = 2 * sigma**2 / P * Q1(t)
NOISE_IN_LOSS = sigma**2 / P * Q2(t)


def correction(order: int, size: Symbol, loss: Expr) -> Expr:
    """The term ``size**-order`` of a loss."""
    return Coefficient(loss, epsilon, Integer(order)) / size**order


NOISY_BEST = BEST_RIDGE_LOSS.xreplace({NOISE: sigma})
STOPPED = Minimum(TIME + NOISE_IN_LOSS, t)

# --- students ----------------------------------------------------------------------------------------


def of_student(equation: Expr, student: Student, within: Symbol | None, fresh: bool) -> Expr:
    """The equation of Gaussian features for another student.

    ``within``: its orders are those of 1/N or 1/P; ``fresh``: the rule sees no sample twice. A white part of
    the kernel is a ridge white/P of its own, beside the explicit one: ``kappa (1 - df/P) = rho`` with
    ``df = df1 + white/kappa``, while ``df + zeta df_zeta`` has none of it.
    """
    table: dict[Expr, Expr] = {}
    if white := student.white_noise():
        if fresh or within == P or equation.has(Minimum):
            raise UnableError(
                f"what the white part of {student.title} adds is not derived here; use GaussianFeatures()"
            )
        table = {RIDGE_OF: RIDGE_OF - white / P}
        table |= {x: AtExplicit(*x.args[:3], x.args[3] + white / P) for x in equation.atoms(AtExplicit)}
    for node in equation.atoms(AtRidge):
        if node.args[2] == N:
            table[node] = student.at_end(node.args[0])
            if fresh and student.slopes() != (-1, 0):
                raise UnableError(f"what batches add to {student.title} at t = oo is not derived")
        elif white:
            table[node] = AtExplicit(*node.args, white / P)
    if equation == BEST_RIDGE_WIDTH:
        equation = best_width(student)
    if equation == FEATURE_SHARE:
        if white:
            raise UnableError(f"what {student.title} add is not derived: their white part is a ridge, too")
        equation = feature_share(student)
    if within == N:
        table |= {node: _order_of(student, node) for node in equation.atoms(Coefficient)}
    return equation.xreplace(table)


def static_parts(student: Student) -> tuple[tuple[str, Expr, bool], ...]:
    """What the loss at t = oo is made of at any N, P and ridge, up to factors that tend to constants,

        [F + (1 - e) V + sigma^2 (df2 + (1 - e) (df - df2))/P]/(1 - ...),     e = dlog kappa/dlog zeta,

    each with its name, and whether it counts by the share 1 - e, that of what is random in the features.
    """
    parts = [("bias", F(kappa), False), ("label noise", NOISE**2 * df2(kappa) / P, False)]
    if student.random:
        excess = SPREAD + student.white_noise() / kappa
        parts.append(("variance over features", V(kappa), True))
        parts.append(("label noise over features", NOISE**2 * excess / P, True))
    return tuple(parts)


def static_terms(student: Student) -> dict[str, Expr]:
    """The same where kappa is far above what N and P leave at ridge 0: 1 - e is `Student.spread`/N."""
    return {
        name: student.spread() * term / N if shared else term for name, term, shared in static_parts(student)
    }


def _order_of(student: Student, coefficient: Coefficient) -> Expr:
    """An order in 1/N.

    With ``zeta/kappa = 1 + c_1 x + c_2 x^2 + ...``, ``x = df1/N``, and a white part epsilon of the kernel
    ``kappa = zeta - c_1 kappa x - c_2 kappa x^2 + epsilon``, and Lagrange's series gives both orders.
    """
    function, _, order = coefficient.args
    (first, second), white = student.slopes(), student.white_noise()
    if order == 1 and white == 0:
        return -first * coefficient
    if function != MODEL_LOSS or order not in (1, 2):
        raise UnableError(f"this order in 1/N is not derived for {student.title}; use GaussianFeatures()")
    change, slope = white - first * zeta * df1(zeta), Derivative(Xi(zeta), zeta)
    if order == 1:
        return InverseLaplace(expand_mul(change / zeta) * slope, zeta, 2 * t)
    bend = Derivative(change**2 * slope, zeta) / zeta / 2
    return InverseLaplace(bend - second * df1(zeta) ** 2 * slope, zeta, 2 * t)


# --- training rules ----------------------------------------------------------------------------------


def time_of(rule: type[TrainingRule]) -> Expr:
    """``sum m_k c_k h_k(t)^2``, h_k the propagator of the rule, to first order in r and a; N = P = oo."""
    own = rule.time_equation()
    if own is not None:
        return own
    pace, (rate, amplitude) = rule.pace(), rule.correction()
    loss = C0(2 * pace * t)
    change = -rate / (2 * pace) * t * Derivative(loss, (t, 2)) - amplitude / pace * Derivative(loss, t)
    return Corrected(loss, t, change, Integer(2))


def noise_of(rule: type[TrainingRule], order: int) -> Expr:
    """What the noise of batches adds at the time t, P = oo: its term ``N**-order``, but for a share 1/t."""
    partner = rule.partner(zeta)
    echo = 1 / (1 - rule.noise_kernel(zeta, df1(ridge_now), df1(moving(partner, epsilon))))
    loss = InverseLaplace(_places(zeta, partner, NOISE**2) * (echo - 1), zeta, 2 * rule.pace() * t)
    return Corrected(correction(order, N, loss), t, Integer(0), Integer(1))


def batches_of(rule: type[TrainingRule], mean: type[TrainingRule], order: int) -> Expr:
    """The same without a share left out: the loss of the rule less that of its mean, as transforms in w.

    With zeta(w) of each, and ``dzeta/dw = e^w/(q eta^2 (zeta - zeta'))``.
    """
    z, m = place_of(rule), place_of(mean)
    partner = rule.partner(z)
    kernel = rule.noise_kernel(z, df1(moving(z, epsilon)), df1(moving(partner, epsilon)))
    sgd = _places(z, partner, NOISE**2 * kernel) / (1 - kernel) * Derivative(z, later)
    descent = _places(m, mean.partner(m), Integer(0)) * Derivative(m, later)
    return correction(order, N, InverseLaplace(sgd - descent, later, t))


def loss_of(rule: type[TrainingRule]) -> Expr:
    """The loss at the time t without label noise, N = P = oo, but for a share 1/t."""
    partner = rule.partner(zeta)
    kernel = rule.noise_kernel(zeta, df1(zeta), df1(partner))
    source = Xi(zeta) / zeta - Xi(partner) / partner
    loss = InverseLaplace(source / (1 - kernel), zeta, 2 * rule.pace() * t)
    return Corrected(loss, t, Integer(0), Integer(1))


def gain_of(rule: type[TrainingRule]) -> Expr:
    """The kernel of the noise at zeta = 0 and N = oo, below 1 where the rule is stable."""
    zero = Integer(0)
    return rule.noise_kernel(zero, zero, df1(rule.partner(zero)))


def place_of(rule: type[TrainingRule]) -> Expr:
    """``zeta(w)`` by its name; w is called `later`."""
    return Function(f"zeta_{rule.name}")(later)


def _places(zeta: Expr, partner: Expr, noise: Expr) -> Expr:
    """``(Xi(kappa) + noise)/zeta - (Xi(kappa') + noise)/zeta'``."""
    near, far = ((Xi(moving(z, epsilon)) + noise) / z for z in (zeta, partner))
    return near - far


def critical_batch_of(rule: type[TrainingRule], mean: type[TrainingRule]) -> Expr:
    """``lim B (L_B - L_oo)/L_oo`` for B -> oo at the time t, N = P = oo, but for a share 1/t."""
    partner = mean.partner(zeta)
    kernel = _per_sample(rule, zeta, df1(zeta), df1(partner))
    source = (Xi(zeta) + NOISE**2) / zeta - (Xi(partner) + NOISE**2) / partner
    noise = InverseLaplace(source * kernel, zeta, 2 * rule.pace() * t)
    return Corrected(noise / C0(2 * rule.pace() * t), t, Integer(0), Integer(1))


def critical_batch_at_infinity_of(rule: type[TrainingRule], mean: type[TrainingRule]) -> Expr:
    """The same at t = oo, where ``df1(kappa) = N``."""
    zero = Integer(0)
    kernel = _per_sample(rule, zero, zero, df1(moving(mean.partner(zero), 1 / N)))
    return AtRidge((Xi(kappa) + NOISE**2) * kernel / Xi(kappa), kappa, N)


def _per_sample(rule: type[TrainingRule], zeta: Expr, near: Expr, far: Expr) -> Expr:
    """``lim B K`` for B -> oo."""
    return limit(B * rule.noise_kernel(zeta, _near, _far), B, oo).xreplace({_near: near, _far: far})


def noise_at_infinity_of(rule: type[TrainingRule]) -> Expr:
    """The same at t = oo, where ``df1(kappa) = N`` and zeta = 0."""
    zero = Integer(0)
    kernel = rule.noise_kernel(zero, zero, df1(moving(rule.partner(zero), 1 / N)))
    return AtRidge((Xi(kappa) + NOISE**2) * kernel / (1 - kernel), kappa, N)
