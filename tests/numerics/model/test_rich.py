"""Features that move: against the network's own equations, trained draws, and the lazy model."""

import mpmath
import numpy as np
import pytest
import sympy

from asymptotics import power_law
from asymptotics.errors import BottleneckError, DomainError
from numerics import FullModel, RichModel, simulate
from numerics.model import pair_kernels, rich
from numerics.model.clock import run_clock
from numerics.model.lazy_contour import encircle_lazy
from numerics.model.two_time import contour_kernels, one_time
from numerics.simulation.rich import RichDynamics
from numerics.simulation.training import full_batch_errors

TASK = power_law(1.5, 1.25)
SIGNAL, NOISE = ("bias", "initialisation", "data", "interaction"), ("noise_data", "noise_interaction")


def train_network(A, design, labels, gamma, until, steps):
    """The coefficients of psi, (w, B) trained by Runge and Kutta's method."""
    N = len(A)

    def slope(w, B):
        predictor = A.T @ (B.T @ w) / (gamma * N)
        g = A @ (design.T @ (labels - design @ predictor)) / len(design)
        return gamma * B @ g, gamma * np.outer(w, g) / N

    w, B, h = np.zeros(N), np.eye(N), until / steps
    for _ in range(steps):
        k1 = slope(w, B)
        k2 = slope(w + h / 2 * k1[0], B + h / 2 * k1[1])
        k3 = slope(w + h / 2 * k2[0], B + h / 2 * k2[1])
        k4 = slope(w + h * k3[0], B + h * k3[1])
        w, B = (
            x + h / 6 * (p + 2 * q + 2 * r + s) for x, p, q, r, s in zip((w, B), k1, k2, k3, k4, strict=True)
        )
    return A.T @ (B.T @ w) / (gamma * N)


@pytest.mark.parametrize("noise", [0.0, 0.4])
def test_a_draw_under_the_clock_is_the_network_itself(noise):
    generator = np.random.default_rng(3)
    M, N, P, gamma = 20, 6, 9, 1.7
    spread, teacher = np.arange(1, M + 1) ** -0.7, np.arange(1, M + 1) ** -0.9
    A, X = generator.standard_normal((N, M)), generator.standard_normal((P, M))
    epsilon = noise * generator.standard_normal(P)
    errors = full_batch_errors(
        RichDynamics(gamma), (A * spread).T / np.sqrt(N), X, epsilon, teacher, np.array([0.7, 4.0])
    )
    for j, t in enumerate((0.7, 4.0)):
        predictor = train_network(A, X * spread, X @ teacher + epsilon, gamma, t, 2000)
        assert np.allclose(errors[:, j], teacher - spread * predictor, atol=1e-9)


def test_the_clock_meets_an_exact_solution():
    """One mode: with ``m = sinh u``, K = cosh 2u, ..., the direct equation of the scale, by small steps."""
    clock = run_clock(np.array([1.0 + 0j]), np.array([0.5 + 0j]), 1.0, 1.0, 3.0, np.inf, 18)
    z, steps = 0.0, 20_000
    h = 3.0 / steps
    for _ in range(steps):

        def slope(z):
            scale = 1 + z**2
            return scale * (scale**-0.5 - z)

        k1 = slope(z)
        k2 = slope(z + h / 2 * k1)
        k3 = slope(z + h / 2 * k2)
        z += h / 6 * (k1 + 2 * k2 + 2 * k3 + slope(z + h * k3))
    _, chi, rest = clock.at_time(3.0)
    assert abs(chi - (1 + z**2) ** -0.5) < 1e-11 and abs((1 - rest[0].real) * chi - z) < 1e-11


@pytest.mark.parametrize(
    "sizes",
    [{}, {"N": 50}, {"N": 50, "P": 30, "noise": 0.5}],
)
def test_without_richness_it_is_the_lazy_model(sizes):
    rich, lazy = RichModel(TASK, gamma="1e-7", **sizes), FullModel(TASK, **sizes)
    for t in (0.3, 20):
        assert rich.test_loss(t).agrees_with(lazy.test_loss(t), 2)
        assert rich.train_loss(t).agrees_with(lazy.train_loss(t), 2)
        assert rich.bias(t).agrees_with(lazy.bias(t), 2)
        assert abs(float(rich.transfer(3, t)) - float(lazy.transfer(3, t))) < 1e-9
        assert abs(float(rich.effective_time(t)) / t - 1) < 1e-9


def test_infinite_sizes_are_the_sum_over_modes():
    """Against the modes themselves."""
    lam, c = (np.arange(1, 201.0) ** -p for p in (2, 2.6))
    clock = run_clock(lam.astype(complex), (c * lam / 2).astype(complex), 2.0, 1.0, 30.0, np.inf, 24)
    model = RichModel.from_arrays(lam, c, gamma=2)
    for t in (0.01, 2, 30):
        tau, chi, rest = clock.at_time(t)
        loss = (c * rest.real**2).sum()
        assert abs(float(model.test_loss(t)) / loss - 1) < 1e-10
        assert abs(float(model.effective_time(t)) / tau - 1) < 1e-10
        assert abs(float(model.kernel_scale(t)) * chi**2 - 1) < 1e-10


PAIRS = {"N": 50, "P": 37, "noise": 0.5}


@pytest.mark.parametrize("doubled", [True, False])
@pytest.mark.parametrize("sizes", [PAIRS, {"P": 37}, {}], ids=str)
def test_kernels_of_pairs_are_those_of_the_two_time_solution(sizes, doubled, monkeypatch):
    """Divided differences against sums of positive terms (`two_time`), in both kinds of numbers."""
    if not doubled:
        monkeypatch.setattr(pair_kernels, "MOST_LOST", 0.0)
    lazy = FullModel(TASK, **sizes)
    nodes = encircle_lazy(lazy, 100.0, 5, 0.3).nodes
    with nodes.field as field:
        found, _ = contour_kernels(one_time(nodes.resolvent, nodes.sizes), field)
        parts = {name: getattr(found, name).terms[0] for name in (*SIGNAL, *NOISE)}
        noise = field.real(float(lazy.noise**2))
        whole = sum(parts[name] for name in SIGNAL) + noise * sum(parts[name] for name in NOISE)
        assert np.allclose(nodes.test(float(noise)), whole.astype(complex), rtol=1e-12, atol=0)
        assert np.allclose(nodes.bias(), parts["bias"].astype(complex), rtol=1e-12, atol=0)
        if not sizes:
            found, _ = contour_kernels(one_time(nodes.resolvent, nodes.sizes, "P", 1), field)
            for kernel, names in zip(nodes.per_sample(), (SIGNAL, NOISE), strict=True):
                first = sum(getattr(found, name).terms[1] for name in names)
                assert np.allclose(kernel, first.astype(complex), rtol=1e-12, atol=0)


def test_levels_of_many_modes_are_those_modes():
    levels = RichModel.from_arrays([1, 0.3], [0.5, 0.2], [2, 3], gamma=2)
    modes = RichModel.from_arrays([1, 1, 0.3, 0.3, 0.3], [0.5, 0.5, 0.2, 0.2, 0.2], gamma=2)
    assert levels.test_loss(3).agrees_with(modes.test_loss(3), 2)


def test_a_finite_spectrum_late_is_the_sum_over_its_modes():
    """At times beyond 1/lambda_M, where Taylor's series of the transform reaches a short way only."""
    lam, c = (np.arange(1, 26.0) ** -p for p in (1.73, 1.37))
    clock = run_clock(lam.astype(complex), (c * lam / 2).astype(complex), 0.63, 1.0, 170.0, np.inf, 24)
    model = RichModel.from_arrays(lam, c, gamma=0.63)
    for t in (13, 170):
        loss = (c * clock.at_time(t)[2].real ** 2).sum()
        found = model.test_loss(t)
        assert abs(float(found) - loss) <= float(found.error) < 1e-11 * c.sum()


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param({"N": 1000}, marks=pytest.mark.slow),
        {"N": 50, "P": 37, "noise": 0.5},
        {"P": 20, "noise": 2},
    ],
)
def test_when_all_is_learned_the_scale_stays(sizes):
    """To t = 10^12, and far beyond: the losses at t = oo, and tau grows by K t; at once and step by step."""
    model, earlier = (RichModel(power_law("7/4", "8/5"), gamma=1, **sizes) for _ in range(2))
    late, later, soon = 1e12, 1e140, 1e3
    for name in ("test_loss", "train_loss", "bias"):
        assert getattr(model, name)(late) == getattr(model.lazy, name)(sympy.oo)
    scale, spent = model.kernel_scale(late), model.effective_time
    assert scale.agrees_with(model.kernel_scale(later), 2) and scale.relative_error < 1e-8
    assert abs(float((spent(2 * late) - spent(late)) / (late * float(scale.value))) - 1) < 1e-9
    assert earlier.test_loss(soon).agrees_with(model.test_loss(soon), 2)
    assert model.test_loss(soon).relative_error < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sizes", "noise"),
    [({"N": 40, "P": sympy.oo}, 0), ({"N": 50, "P": 30}, 0.5), ({"N": sympy.oo, "P": 40}, 0.3)],
)
def test_trained_draws_agree_within_their_errors(sizes, noise):
    times, M, draws = (1, 30), 150, 60
    model = RichModel(power_law(1.5, 1.25, modes=M), noise=noise, gamma=1, **sizes)
    run = simulate(TASK, modes=M, times=times, noise=noise, gamma=1, draws=draws, seed=5, **sizes)
    slack = 4 / min(sizes.values())  # finite draws are off by this order
    for j, t in enumerate(times):
        for name in ("test_loss", "train_loss"):
            value = float(getattr(model, name)(t))
            allowed = 4 * getattr(run, name + "_error")[j] + float(slack) * value
            assert abs(getattr(run, name)[j] - value) < allowed


@pytest.mark.slow
def test_steep_losses_have_eight_digits_to_late_times():
    """s = 10/3, loss to 4e-42: what is stated is an error, against a finer contour, and below 1e-8."""
    model, finer = (RichModel(power_law(6, 1.5), gamma=1) for _ in range(2))
    lazy, clock = finer._solve((26, 14, 0.5), 1e12)
    finer._found = dict.fromkeys(rich.RESOLUTIONS, (lazy, clock))
    model.prepare(1e12)
    for t in (1e3, 1e6, 1e12):
        value, better = model.test_loss(t), finer.test_loss(t)
        assert value.relative_error < 1e-8
        assert abs(value.value - better.value) <= value.error


@pytest.mark.slow
def test_a_loss_below_the_square_of_rounding_is_solved():
    """s = 5, by the law ``Gamma(s)/b (2 K t)^-s``, K (K - 1) = gamma^2 zeta(a - b); next is 1/t."""
    model, scale = RichModel(power_law(9, 1.6), gamma=1), (1 + mpmath.sqrt(1 + 4 * mpmath.zeta("7.4"))) / 2
    early, late = model.test_loss(1), model.test_loss(1e12)
    law = mpmath.gamma(5) / mpmath.mpf("1.6") * (2 * scale * mpmath.mpf(10) ** 12) ** -5
    assert early.relative_error < 1e-11
    assert late.relative_error < 1e-7
    assert abs(late.value - law) < late.error + 1e-11 * law


@pytest.mark.slow
@pytest.mark.parametrize(("values", "slope"), [((11, "4/3"), 7.5), ((14, "5/4"), 10.4)])
def test_losses_steeper_than_any_lazy_polynomial(values, slope):
    """s = 15/2 and 52/5, to 1e-125: ``Gamma(s)/b (2 K t)^-s``, K (K - 1) = gamma^2 zeta(a - b), next 1/t."""
    a, b = (mpmath.mpmathify(sympy.Rational(x)) for x in values)
    model, scale = RichModel(power_law(*values), gamma=1), (1 + mpmath.sqrt(1 + 4 * mpmath.zeta(a - b))) / 2
    later = 2 * scale * mpmath.mpf(10) ** 12
    model.prepare(10**12)
    for t in (10, 10**6):
        assert model.test_loss(t).relative_error < 1e-8
    late, law = model.test_loss(10**12), mpmath.gamma(slope) / b * later**-slope
    assert late.relative_error < 1e-8
    assert abs(late.value - law) < late.error + 1e-10 * law


def test_a_loss_below_its_error_is_a_bound():
    """Of two modes that are learned exponentially doubles tell 1e-15; beyond, numbers could be negative."""
    model, exact = (RichModel.from_arrays([1, 0.5], [1, 1], gamma=g) for g in (1, 1))
    value = model.test_loss(25)
    assert value.value == 0 < value.error < 1e-13 and value.note == "below its error"
    assert exact.test_loss(10).value > 0 and "below" not in str(exact.test_loss(10))


@pytest.mark.slow
def test_later_times_do_not_lose_digits_of_a_contour_for_earlier_ones():
    """At s = 5 a contour laid out for t = 1 left four digits at t = 100."""
    once, again = (RichModel(power_law(11, 2), gamma=1) for _ in range(2))
    once.test_loss(1)
    late, fresh = once.test_loss(100), again.test_loss(100)
    assert late.relative_error < 1e-8
    assert abs(late.value - fresh.value) <= late.error + fresh.error


def test_errors_are_errors():
    """A finer solution agrees within the stated error, and that is small."""
    model = RichModel(TASK, N=100, noise=0.2, P=300, gamma=3)
    values = [model.test_loss(50), model.kernel_scale(50), model.bias(50), model.train_loss(50)]
    finer = RichModel(TASK, N=100, noise=0.2, P=300, gamma=3)
    lazy, clock = finer._solve((22, 26, 0.5), 50.0)
    finer._found = dict.fromkeys(rich.RESOLUTIONS, (lazy, clock))
    for value, better in zip(
        values,
        (finer.test_loss(50), finer.kernel_scale(50), finer.bias(50), finer.train_loss(50)),
        strict=True,
    ):
        assert value.relative_error < 1e-8
        assert abs(value.value - better.value) <= value.error


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: RichModel(TASK, gamma=0), "gamma = 0; the richness must be a number > 0"),
        (lambda: RichModel(TASK, gamma=-1), "gamma = -1; the richness"),
        (lambda: RichModel(TASK, gamma=sympy.oo), "gamma = oo; the richness"),
        (lambda: RichModel(TASK, gamma=1).kernel_scale(sympy.oo), "t = oo; give a finite time"),
        (lambda: RichModel(TASK, gamma=1).test_loss(-1), "t = -1; a time must be >= 0"),
        (lambda: RichModel(TASK, gamma=1).curve([1], "energy"), "quantity = 'energy'; a curve can be of"),
    ],
)
def test_bad_input_is_one_line(make, says):
    with pytest.raises(BottleneckError) as caught:
        make()
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.slow
def test_steps_below_the_edge_of_stability():
    """``eta (2K - 1) lambda_1 < 2``; the bound falls with t where features grow for ever."""
    model = RichModel(power_law(1.5, 1.25), gamma=1)
    early, late = (model.stable_step(t) for t in (10, 1000))
    for t, step in ((10, early), (1000, late)):
        assert abs(float(step) * (2 * float(model.kernel_scale(t)) - 1) / 2 - 1) < 1e-9
    assert float(late) < 0.5 * float(early)
    with pytest.raises(DomainError, match="beyond the stable step"):
        model.batch_noise(1000, eta=0.5)


@pytest.mark.slow
def test_batches_add_between_the_estimate_and_twice_it():
    """Weights (w, B) trained on fresh batches, against gradient descent of the same draw, 150 runs."""
    generator = np.random.default_rng(1)
    M, N, runs, eta, batch, end = 30, 60, 150, 0.05, 4, 30
    eigenvalues, target = np.arange(1, M + 1) ** -1.5, np.arange(1, M + 1) ** -1.8
    A = generator.standard_normal((N, M))

    def loss(fresh, runs):
        w, B = np.zeros((runs, N)), np.tile(np.eye(N), (runs, 1, 1))
        for _ in range(int(end / eta)):
            error = np.sqrt(target / eigenvalues) - np.einsum("ri,rij->rj", w, B) @ A / N
            gradient = eigenvalues * error
            if fresh:
                psi = generator.standard_normal((runs, batch, M)) * np.sqrt(eigenvalues)
                gradient = np.einsum("rbm,rbn,rn->rm", psi, psi, error) / batch
            moved = gradient @ A.T
            w, B = (
                w + eta * np.einsum("rij,rj->ri", B, moved),
                B + eta * w[:, :, None] * moved[:, None, :] / N,
            )
        error = np.sqrt(target / eigenvalues) - np.einsum("ri,rij->rj", w, B) @ A / N
        return float((error**2 * eigenvalues).sum(axis=1).mean())

    model = RichModel.from_arrays(eigenvalues, target, gamma=1)
    estimate = model.batch_noise(end, eta=eta, batch=batch)
    share = loss(True, runs) / loss(False, 1) - 1
    assert 1 < share / float(estimate.value / model.test_loss(end).value) < 2
