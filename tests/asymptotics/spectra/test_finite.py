"""Finitely many modes: exact laws to 25 digits, the edge N -> M, and what lies beyond it.

Closed forms of the white spectrum: BAP's fixed point (appendix C) with ``df1 = M lambda/(lambda + kappa)``.
"""

import mpmath
import pytest
from sympy import Expr, Piecewise, Rational, exp, oo, simplify, symbols

from asymptotics import SpectrumError, Task, UnableError, derive
from asymptotics.symbols import M, N, P, a, b, k, sigma, t
from numerics import FullModel, verify

lam, c = symbols("lam c", positive=True)
WHITE = Task(eigenvalues=lam, target=c, modes=M)
NOISY = Task(eigenvalues=lam, target=c, modes=M, noise=sigma)
NUMBERS = {"lam": Rational(3, 2), "c": Rational(5, 7), "M": 9}


# name, task, below, the whole law, source
EXACT = [
    ("time", WHITE, False, c * M * exp(-2 * lam * t), "one exponential"),
    ("model", WHITE, False, c * (M - N), "Xi, u = 1 - N/M"),
    ("bias_model", WHITE, False, c * (M - N) ** 2 / M, "F"),
    ("variance_model", WHITE, False, c * N * (M - N) / M, "Xi - F"),
    ("data", WHITE, False, c * (M - P), "F/(1 - df2/P), df2 = P^2/M"),
    ("bias_data", WHITE, False, c * (M - P) ** 2 / M, "F"),
    ("variance_data", WHITE, False, c * P * (M - P) / M, "F df2/(P - df2)"),
    ("data", NOISY, True, c * (M - P) + sigma**2 * P / (M - P), "(F + sigma^2 df2/P)/(1 - df2/P)"),
    ("data", NOISY, False, sigma**2 * M / (P - M), "kappa = 0: df2 = M"),
    ("variance_data", NOISY, False, sigma**2 * M / (P - M), "kappa = 0: df2 = M"),
]


def law_of(name: str, task: Task, below: bool):
    law = getattr(derive(task), name)
    return next(w.law for w in law.windows if w.law is not None and w.law.below) if below else law


def close(value, wanted: Expr, digits: int = 25) -> bool:
    """Whether a Value of the full model is a number to so many digits, and its error says so."""
    with mpmath.workdps(digits + 20):
        number = mpmath.mpf(str(wanted.evalf(digits + 15)))
        scale = max(abs(number), mpmath.mpf(10) ** -digits)
        # the mean field is exact here: ten errors is generous, and the error is below the digits
        return abs(value.value - number) <= 10 * value.error + scale * mpmath.mpf(10) ** -(digits + 8) and (
            value.error <= scale * mpmath.mpf(10) ** -digits
        )


@pytest.mark.parametrize(("name", "task", "below", "wanted", "source"), EXACT)
def test_white_laws_are_closed_forms(name, task, below, wanted, source):
    law = law_of(name, task, below)
    series = law.expansion(terms=4)
    assert not series.remainder, "a white spectrum leaves no remainder"
    assert simplify(series.as_expr() - wanted) == 0, source


@pytest.mark.parametrize(("name", "task", "below", "wanted", "source"), EXACT)
def test_white_laws_are_exact_at_every_size(name, task, below, wanted, source):
    """To 25 digits, at all N or P on the law's side of M, not only near it."""
    numeric = task.at({**NUMBERS, "sigma": Rational(1, 3)} if task is NOISY else NUMBERS)
    wanted = wanted.subs({lam: NUMBERS["lam"], c: NUMBERS["c"], M: 9, sigma: Rational(1, 3)})
    beyond = task is NOISY and not below
    for place in (10, 14, 40) if beyond else (1, 3, 8):
        if name == "time":
            value, at = FullModel(numeric, digits=25).test_loss(place), {t: place}
        else:
            size = "N" if wanted.has(N) else "P"
            model = FullModel(numeric, digits=25, **{size: place})
            part = name.split("_")[0]
            if part == "bias":
                value = model.bias(oo)
            elif part == "variance":
                value = model.variance(oo).total
            else:
                value = model.test_loss(oo)
            at = {N: place, P: place}
        assert close(value, wanted.subs(at)), (place, source)


def test_exact_zero_beyond_the_modes():
    law = derive(WHITE.at(NUMBERS)).model
    assert str(law).endswith("exactly 0 for N >= 9")
    *_, last = law.windows
    assert (last.lower, last.value, last.law) == (9, 0, None)
    for model in (
        FullModel(WHITE.at(NUMBERS), N=9),
        FullModel(WHITE.at(NUMBERS), N=11),
        FullModel(WHITE.at(NUMBERS), P=10),
    ):
        assert model.test_loss(oo).value == 0


# Edge laws by hand: S_n = sum k^(2n), kappa ~ (M - N)/S_1 with lambda = k^-2
SMALL = Task(eigenvalues=k**-2, target=k**-3, modes=5)
S1, S2 = 55, 979
C1, C2 = sum(Rational(1, j) for j in range(1, 6)), sum(range(1, 6))
EDGES = [
    ("time", Rational(1, 125) * exp(-2 * t / 25), "the slowest mode"),
    ("model", (5 - N) * C1 / S1, "kappa sum c/lambda"),
    ("bias_model", (5 - N) ** 2 * C2 / S1**2, "kappa^2 sum c/lambda^2"),
    ("data", (5 - P) * 5 * C2 / S1**2, "F df1/(kappa S_1)"),
    ("variance_data", (5 - P) * 5 * C2 / S1**2, "the bias is one order smaller"),
]


@pytest.mark.parametrize(("name", "wanted", "source"), EDGES)
def test_laws_at_the_edge(name, wanted, source):
    law = getattr(derive(SMALL), name)
    assert simplify(law.leading - wanted) == 0, source
    assert verify(law).verdict == "HOLDS"


@pytest.mark.parametrize(("name", "change"), [
    ("time", {"exponent": Rational(2, 24)}),
    ("time", {"prefactor": Rational(1, 124)}),
    ("model", {"prefactor": Rational(137, 3301)}),
    ("model", {"exponent": Rational(101, 100)}),
    ("data", {"prefactor": Rational(30, 1211)}),
    ("bias_model", {"exponent": Rational(19, 10)}),
    ("variance_data", {"log_power": 1}),
])  # fmt: skip
def test_mutants_of_laws_at_the_edge_are_rejected(name, change):
    assert verify(getattr(derive(SMALL), name).stating(**change)).verdict == "FAILS"


def test_time_law_with_all_modes_is_the_loss():
    """Five exponentials, without a remainder: the loss itself, at any t."""
    law = derive(SMALL).time.expansion(terms=5)
    assert not law.remainder
    for time in (Rational(1, 100), 3, 400):
        value = FullModel(SMALL, digits=25).test_loss(time)
        assert close(value, law.as_expr().subs(t, time))


def test_symbolic_number_of_modes():
    laws = derive(Task(eigenvalues=k**-b, target=k**-a, modes=M))
    assert laws.time.exponent == 2 * M**-b
    assert laws.time.regimes[0].remainder == 2 * (M - 1) ** -b
    numbers = {"a": 3, "b": 2, "M": 5}
    for name, wanted, _ in EDGES:
        assert simplify(getattr(laws, name).at(numbers).leading - wanted) == 0
    # M = 1: mode M - 1 does not exist
    assert str(laws.time.at(M=1)) == "L(t) ~ exp(-2*t), t -> oo"


def test_closed_sums():
    law = derive(Task(eigenvalues=1 / k, target=k**-2, modes=M)).data
    assert simplify(law.leading - 4 * (M - P) / (M + 1) ** 2) == 0


def test_double_descent():
    """Noise over P = M: closed forms on both sides, the loss infinite at M itself."""
    task = Task(eigenvalues=k**-2, target=k**-3, modes=5, noise=1)
    below, beyond = derive(task).data.windows[1:]
    assert str(below.law.leading) == "5/(5 - P)" and str(beyond.law.leading) == "5/(P - 5)"
    assert verify(below.law).verdict == "HOLDS" and verify(beyond.law).verdict == "HOLDS"
    assert verify(beyond.law.stating(prefactor=Rational(51, 10))).verdict == "FAILS"
    assert FullModel(task, P=5).test_loss(oo).value == mpmath.inf


# What is never learned: lambda_k = 0 with c_k > 0
NULL = Task(eigenvalues=Piecewise((k**-2, k <= 3), (0, True)), target=k**-2)


def test_modes_of_eigenvalue_zero_stay():
    laws, learned = derive(NULL), sum(Rational(1, j**2) for j in range(1, 4))
    rest = laws.time.leading.evalf(30)
    with mpmath.workdps(35):
        wanted = mpmath.zeta(2) - mpmath.mpf(learned.p) / learned.q
        assert abs(mpmath.mpf(str(rest)) - wanted) < 1e-28
    assert laws.time.exponent == 0 and laws.model.exponent == 0
    for name in ("time", "model", "data", "variance_model"):
        assert verify(getattr(laws, name)).verdict == "HOLDS"
    assert close(FullModel(NULL, N=7, digits=25).test_loss(oo), laws.model.leading)


def test_low_rank_target_on_a_power_law():
    laws = derive(Task(eigenvalues=k**-2, target=Piecewise((k**-2, k <= 3), (0, True))))
    assert laws.time.leading == exp(-2 * t / 9) / 9
    # kappa sum c/lambda, kappa = (pi/(2 N))^2
    assert str(laws.model.leading) == "3*pi**2/(4*N**2)"
    for name in ("time", "model"):
        assert verify(getattr(laws, name)).verdict == "HOLDS"
    with pytest.raises(UnableError, match="early stopping"):
        _ = laws.early_stopping


def test_gap_in_the_target():
    """Modes 3 to 9 only, and one mode only."""
    some = Piecewise((k**-2, (k >= 3) & (k < 10)), (0, True))
    assert derive(Task(eigenvalues=k**-2, target=some)).time.leading == exp(-2 * t / 81) / 81
    one = Piecewise((1, k < 7), (2, k < 8), (0, True))
    law = derive(Task(eigenvalues=k**-2, target=one - Piecewise((1, k < 7), (0, True)))).time
    assert str(law) == "L(t) ~ 2*exp(-2*t/49), t -> oo"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["time", "model", "data", "bias_model", "variance_data"])
def test_a_million_modes(name):
    task = Task(eigenvalues=k ** Rational(-3, 2), target=k**-2, modes=10**6)
    assert verify(getattr(derive(task), name)).verdict == "HOLDS"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["noise", "gap_noise", "bias_data", "variance_model"])
def test_other_laws_of_finitely_many_modes(name):
    assert verify(getattr(derive(SMALL), name)).verdict == "HOLDS"


def test_steps_of_finite_size_at_the_last_mode_are_refused():
    """Exact in the step, what SGD adds at t = oo is at a ridge beyond the spectrum."""
    with pytest.raises(UnableError, match="a ridge beyond finitely many modes"):
        _ = derive(SMALL).sgd_noise_model


def test_a_share_of_what_is_all_learned_is_refused():
    with pytest.raises(UnableError, match="all is learned from P = 5 on"):
        _ = derive(SMALL).feature_share


def test_multiplicity_counts_modes():
    task = Task(eigenvalues=k**-2, target=k**-2, multiplicity=k, modes=4)
    law = derive(task).model
    assert law.regimes[0].limit(N) == 10
    assert verify(law).verdict == "HOLDS"


REFUSED = [
    (Task(eigenvalues=1, target=k**-2), SpectrumError, "pass modes=M"),
    (Task(eigenvalues=0, target=k**-2, modes=5), SpectrumError, "nothing can be learned"),
    (Task(eigenvalues=Piecewise((1, k <= 5), (0, True)), target=1), SpectrumError, "diverges"),
    (Task(eigenvalues=k, target=1, modes=M), UnableError, "not shown to fall"),
    (Task(eigenvalues=-(k**-2), target=1, modes=5), SpectrumError, "= -1 at k = 1; it must be > 0"),
    (
        Task(eigenvalues=Piecewise((1, k <= 3), (0, True)), target=Piecewise((0, k <= 3), (k**-2, True))),
        SpectrumError,
        "vanishes on every mode",
    ),
]


@pytest.mark.parametrize(("task", "error", "text"), REFUSED)
def test_refused(task, error, text):
    with pytest.raises(error, match=text) as caught:
        _ = derive(task).time
    assert "\n" not in str(caught.value)


def test_many_modes_that_do_not_fall_are_refused_in_one_line():
    """The sum of a million terms without an expansion ended `derive` with an error of precision."""
    with pytest.raises(UnableError, match=r"not shown to fall with k, .*; pass fewer modes=M") as refused:
        derive(Task("2+sin(k)", "k**-2", modes=10**6))
    assert "\n" not in str(refused.value)
