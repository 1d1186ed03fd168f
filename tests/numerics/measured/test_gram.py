"""Spectra of samples: Gram matrices and features, with what sampling does to them undone."""

from contextlib import suppress

import numpy as np
import pytest

from asymptotics import BottleneckError, DomainError, SpectrumError, Task, derive
from numerics.measured.gram import held_out, spectrum_of_features, spectrum_of_gram


def gaussian_sample(n, modes=3000, b=1.5, a=2.0, seed=0):
    """Features of variances k^-b and labels of power k^-a, drawn."""
    rng = np.random.default_rng(seed)
    k = np.arange(1, modes + 1.0)
    X = rng.normal(size=(n, modes)) * k ** (-b / 2)
    return X, X @ (rng.choice([-1, 1], modes) * k ** ((b - a) / 2))


@pytest.mark.parametrize("n", [200, 500])
def test_exponents_of_a_sample(n):
    """Those of the kernel, not of the sample, within three errors."""
    X, y = gaussian_sample(n)
    measured = Task.from_features(X, y).measured
    for fit, exponent in ((measured.eigenvalue_fit, 1.5), (measured.target_fit, 2.0)):
        assert abs(fit.exponent - exponent) < 3 * fit.error
    raw = Task.from_arrays(*spectrum_of_features(X, y)).measured.eigenvalue_fit
    assert abs(raw.exponent - 1.5) > 2 * raw.error  # as if the sample were the kernel


def test_errors_of_the_target_cover_it_without_bias():
    """One error about two times in three or more often, two errors nine times in ten; slow targets too."""
    within = []
    for b, a in ((1.2, 1.2), (2, 1.2), (1.5, 1.5), (1.5, 2), (1.2, 2.5)):
        fits = [
            Task.from_features(*gaussian_sample(300, 2000, b, a, seed)).measured.target_fit
            for seed in range(10)
        ]
        off = np.array([fit.exponent - a for fit in fits])
        assert abs(off.mean()) < 0.04 and off.std() < 0.12  # before: -0.11 at a = 1.2
        within += list(np.abs(off) / [fit.error for fit in fits])
    within = np.array(within)
    assert (within < 1).mean() > 0.62 and (within < 2).mean() > 0.9


def test_power_known_of_the_modes_is_not_taken_for_projected():
    """Of arrays it is not said: the exponent is halfway, with an error that says so."""
    mu, c = spectrum_of_features(*gaussian_sample(200, 2000, 1.5, 1.2, 0))
    fits = [
        Task.from_arrays(mu, c, samples=200, projected=projected).measured.target_fit
        for projected in (False, True)
    ]
    assert fits[1].exponent > fits[0].exponent and fits[1].error < fits[0].error
    task = Task.from_arrays(mu, c, samples=200, projected=True)
    assert Task.from_dict(task.to_dict()) == task


def test_spectra_of_any_unit_keep_their_prefactor():
    """Eigenvalues of 1e-120 were rounded to 0 in the task."""
    k = np.arange(1, 101.0)
    task = Task.from_arrays(1e-120 * k**-2, k**-3)
    assert float(task.eigenvalues.subs(task.index, 1)) == pytest.approx(1e-120, rel=1e-9)


def test_a_gram_matrix_and_its_features_are_one():
    X, y = gaussian_sample(120)
    one, two = spectrum_of_gram(X @ X.T, y), spectrum_of_features(X, y)
    assert np.allclose(one[0], two[0]) and np.allclose(one[1], two[1], atol=1e-8)
    assert np.isclose(one[1].sum(), (y**2).mean())
    rank = spectrum_of_features(X[:, :30], y)  # modes of round-off are left out
    assert len(rank[0]) == 30


def kernels(X):
    square = ((X[:, None] - X[None]) ** 2).sum(axis=2)
    scale = np.median(square)
    norms = np.linalg.norm(X, axis=1)
    cosine = np.clip(X @ X.T / np.outer(norms, norms), -1, 1)
    angle = np.arccos(cosine)
    return {
        "gaussian": np.exp(-square / scale),
        "laplace": np.exp(-np.sqrt(square / scale)),
        "nngp": (cosine * (np.pi - angle) + np.sin(angle)) / np.pi,
        "ntk": (2 * cosine * (np.pi - angle) + np.sin(angle)) / np.pi,
        "polynomial": (1 + cosine) ** 3,
    }


def data(name):
    datasets = pytest.importorskip("sklearn.datasets")
    loaded = datasets.load_digits() if name == "digits" else datasets.load_diabetes()
    order = np.random.default_rng(1).permutation(len(loaded.data))[:400]
    X = loaded.data[order].astype(float)
    X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-9)
    labels = loaded.target[order]
    y = np.eye(10)[labels] - 0.1 if name == "digits" else (labels - labels.mean()) / labels.std()
    return X, y


@pytest.mark.parametrize("name", ["digits", "diabetes"])
def test_five_kernels_on_data(name):
    """Kernels give a task, or one line that says why the tail is no power; the law tells what is measured."""
    X, y = data(name)
    found = {}
    for kernel, K in kernels(X).items():
        with suppress(SpectrumError):  # a tail that is no power of k
            found[kernel] = Task.from_gram(K, y, window=(8, 90))
    assert {"gaussian", "ntk"} <= set(found)
    for task in found.values():
        assert task.measured.samples == 400 and task.measured.eigenvalue_fit.window == (8, 90)
        if task.measured.target_fit.exponent > 1:
            assert "t**" in str(derive(task).time.leading)
    errors = held_out(kernels(X)["laplace"], y, [50, 200], ridge=1e-3).errors
    assert errors[1] < errors[0]


def test_features_of_a_trained_network():
    """The last hidden layer of a ReLU network of scikit-learn."""
    from sklearn.neural_network import MLPRegressor

    X, y = data("digits")
    network = MLPRegressor(hidden_layer_sizes=(200,), max_iter=60, random_state=0, tol=1e-2).fit(X, y)
    features = np.maximum(X @ network.coefs_[0] + network.intercepts_[0], 0)
    task = Task.from_features(features, y)
    assert task.measured.modes == 200 and task.measured.eigenvalue_fit.exponent > 0.8


def test_noise_is_taken_from_the_power():
    X, y = gaussian_sample(300)
    noisy = y + 0.3 * np.random.default_rng(2).normal(size=300)
    found = Task.from_features(X, noisy, noise="0.3", window=(1, 40))
    raw = Task.from_features(X, noisy, window=(1, 40))
    fit = found.measured.target_fit
    assert abs(fit.exponent - 2) < 2 * fit.error
    assert 0 < sum(raw.measured.target) - sum(found.measured.target) < 0.09


E = np.eye(20)
BAD = [
    (lambda: Task.from_gram(E[:, :5], np.ones(20)), DomainError, "a Gram matrix is square"),
    (lambda: Task.from_gram(E + np.triu(E[::-1] + 1, 1), np.ones(20)), DomainError, "K is not symmetric: K["),
    (lambda: Task.from_gram(E, np.ones(19)), DomainError, "19 labels but 20 samples"),
    (lambda: Task.from_gram(np.diag([1.0] * 19 + [-1]), np.ones(20)), SpectrumError, "semidefinite"),
    (lambda: Task.from_gram(E * np.nan, np.ones(20)), DomainError, "NaN"),
    (lambda: Task.from_gram(E + 1j, np.ones(20)), DomainError, "complex beyond round-off"),
    (lambda: Task.from_gram(E, 0 * np.ones(20)), DomainError, "all labels are 0"),
    (lambda: Task.from_gram(np.eye(5), np.ones(5)), DomainError, "5 samples"),
    (lambda: Task.from_gram(E, np.ones(20), noise=-1), DomainError, "noise = -1"),
    (lambda: Task.from_features("x", np.ones(5)), DomainError, "no number"),
    (lambda: held_out(E, np.ones(20), [20]), DomainError, "samples"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "error", "message"), BAD)
def test_refusals(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert isinstance(caught.value, BottleneckError)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_round_off_is_no_complaint():
    X, y = gaussian_sample(60)
    K = (X @ X.T).astype(complex) + 1e-18j
    assert len(spectrum_of_gram(K, y)[0]) == 60


def test_the_command_reads_files(tmp_path, capsys):
    from numerics.cli import main

    k = np.arange(1, 201.0)
    table = np.stack([k**-1.5, k**-2.0], axis=1)
    np.save(tmp_path / "s.npy", table.T)
    lines = ["eigenvalue,power", *(f"{x!r},{c!r}" for x, c in table.tolist())]
    (tmp_path / "s.csv").write_text("\n".join(lines))
    (tmp_path / "bad.csv").write_text("1,2,3,4\n" * 4)
    outputs = []
    for name in ("s.npy", "s.csv"):
        assert main(["derive", "--spectrum", str(tmp_path / name), "--laws", "time"]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] and "200 measured modes" in outputs[0] and "t**" in outputs[0]
    for arguments, message in (
        (["--spectrum", str(tmp_path / "bad.csv")], "needs two columns"),
        (["--spectrum", str(tmp_path / "none.npy")], "No such file"),
        (["--spectrum", str(tmp_path / "s.npy"), "--target", "k**-2"], "not used with --spectrum"),
        (["--samples", "10"], "needs --spectrum"),
    ):
        try:
            code = main(["derive", *arguments])
        except SystemExit as stop:
            code = stop.code
        assert code == 2 and message in capsys.readouterr().err
