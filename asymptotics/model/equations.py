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
"""

from __future__ import annotations

from sympy import (
    Derivative,
    Dummy,
    Expr,
    Function,
    Integer,
    Symbol,
    expand_mul,
)

from asymptotics.errors import UnableError
from asymptotics.model.operators import (
    AtExplicit,
    AtRidge,
    Coefficient,
    Convolution,
    InverseLaplace,
    Minimum,
    Overlap,
    epsilon,
    past,
    zeta,
)
from asymptotics.model.students.base import Student
from asymptotics.model.sums import C0, E1, Q1, Q2, F, V, Xi, df1, df2
from asymptotics.symbols import N, P, kappa, sigma, t

NOISE = Dummy("sigma", nonnegative=True)
moving = Function("kappa_epsilon")
"""``kappa_epsilon(zeta, epsilon)``, the root of ``zeta = kappa (1 - epsilon df1(kappa))`` next to zeta."""

ridge_now = moving(zeta, epsilon)

# --- t = oo ------------------------------------------------------------------------------------------

RIDGE_LOSS = (F(kappa) + NOISE**2 * df2(kappa) / P) / (1 - df2(kappa) / P)

MODEL = AtRidge(Xi(kappa), kappa, N)
DATA = AtRidge(RIDGE_LOSS, kappa, P)
MODEL_BIAS = AtRidge(F(kappa), kappa, N)
MODEL_VARIANCE = AtRidge(V(kappa), kappa, N)
DATA_BIAS = AtRidge(F(kappa), kappa, P)
DATA_VARIANCE = AtRidge(RIDGE_LOSS - F(kappa), kappa, P)

RIDGE_OF = kappa * (1 - df1(kappa) / P)
"""The ridge that makes kappa."""
SPREAD = df1(kappa) - df2(kappa)
"""``N (1 - dlog kappa/dlog zeta)`` of Gaussian features, N -> oo."""

# --- finite t ----------------------------------------------------------------------------------------

TIME = C0(2 * t)
MODEL_LOSS = InverseLaplace(Xi(ridge_now) / zeta, zeta, 2 * t)
DATA_LOSS = Overlap(Xi(ridge_now) / zeta, zeta, ridge_now / zeta, t)
LABEL_NOISE = Overlap(sigma**2 / zeta, zeta, ridge_now / zeta, t)
GAP = Convolution(C0(past), past, E1(past), df1(kappa), t) / P
GAP_NOISE = 2 * sigma**2 / P * Q1(t)
NOISE_IN_LOSS = sigma**2 / P * Q2(t)


def correction(order: int, size: Symbol, loss: Expr) -> Expr:
    """The term ``size**-order`` of a loss."""
    return Coefficient(loss, epsilon, Integer(order)) / size**order


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
