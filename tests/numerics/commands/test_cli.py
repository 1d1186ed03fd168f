"""The command: what it prints and writes, its exit status, and that bad input is one line."""

import subprocess
import sys

import pytest
from command_line import run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asymptotics import derive, power_law
from asymptotics.symbols import a, b
from numerics.cli import main

# What it prints


def test_derive_prints_each_regime(capsys):
    status, out, err = run(capsys, "derive")
    assert (status, err) == (0, "")
    for law in derive(power_law(a, b)):
        for line in repr(law).splitlines():
            assert f"  {line}\n" in out
    assert "conditions: b > 1, a > 1" in out


def test_derive_latex_is_that_of_the_laws(capsys):
    laws = derive(power_law(a, b))
    status, out, _ = run(capsys, "derive", "--latex", "--laws", "data,time")
    assert status == 0
    assert out == f"{laws.data.to_latex()}\n{laws.time.to_latex()}\n"


def test_derive_in_the_letters_of_a_paper(capsys):
    status, out, err = run(capsys, "derive", "--laws", "model", "--notation", "2409.17858")
    assert (status, err) == (0, "")
    assert "for beta < 1" in out and "conditions: alpha > 1\n" in out
    assert "alpha*beta + 3" in out.splitlines()[-1]


@pytest.mark.parametrize(
    "given_values",
    [
        ("--at", "a=4,b=2"),
        ("--at", "a=4", "b=2"),
        ("--at", "a=4", "--at", "b=2"),
        ("--at", " a = 8/2 , b = 2.0 "),
        ("--at", "b=2 a=sqrt(16)"),
    ],
)
def test_values(capsys, given_values):
    status, out, _ = run(capsys, "derive", "--laws", "model", *given_values)
    assert status == 0
    assert "L(N) ~ pi**2*zeta(2)/(4*N**2)" in out.replace("pi**4/(24*N**2)", "pi**2*zeta(2)/(4*N**2)")


@pytest.mark.parametrize(
    "written",
    [
        ("--eigenvalues", "j**-b", "--target", "j**-a", "--multiplicity", "harmonics(3)"),
        (
            "--eigenvalues",
            "lambda_j = j^-b",
            "--target",
            "w_j^2 = j^-a/lambda_j",
            "--index",
            "j",
            "--multiplicity",
            "2*j + 1",
        ),
        ("--eigenvalues", "k**-b", "--target", "c_k = k**-a", "--multiplicity", "harmonics(3)"),
    ],
)
def test_a_task_as_it_is_written(capsys, written):
    _, plain, _ = run(capsys, "derive", "--multiplicity", "2*k + 1", "--laws", "model")
    assert run(capsys, "derive", *written, "--laws", "model") == (0, plain, "")


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("bottlenecks ")


# Bad input: status 2, one line, nothing else

BAD = [
    # arguments, words of the line
    ((), "COMMAND"),
    (("prove",), "invalid choice: 'prove'"),
    (("derive", "--nope"), "unrecognized arguments: --nope"),
    (("verify", "--law", "model"), "unrecognized arguments: --law model; near it: --laws"),
    (("derive", "a\nb"), "unrecognized arguments: a b"),
    (("derive", "--eigenvalues"), "expected one argument"),
    (("derive", "--eigenvalues", "-k**-2"), "what begins with - is given as --eigenvalues=-..."),
    (("derive", "--index", "kk"), "index = 'kk'; it is no letter"),
    (("derive", "--at", "a=banana"), "'a=banana': banana is not a number; give one, for example 3/2"),
    (("derive", "--eigenvalues", "foo"), "--eigenvalues: 'foo', column 1: unknown name 'foo'"),
    (("derive", "--eigenvalues", ""), "--eigenvalues: the expression is empty"),
    (("derive", "--target", "__import__('os')"), "is not part of an expression"),
    (("derive", "--target", "k**-"), "breaks off"),
    (("derive", "--noise", "lambda"), "lambda is a keyword"),
    (("derive", "--noise=-1"), "sigma must be a number >= 0"),
    (("derive", "--eigenvalues", "k**b"), "do not decay"),
    (("derive", "--eigenvalues=-k**-2"), "must be > 0"),
    (("derive", "--eigenvalues", "k**-1", "--laws", "model,data"), "diverges"),
    (("derive", "--target", "k**-1"), "diverges"),
    (("derive", "--target", "1"), "diverges"),
    (("derive", "--eigenvalues", "t**-k"), "t appears in the task but is a resource"),
    (
        ("derive", "--laws", "space"),
        "no law is called 'space'; the laws are time, model, data and others, which --help lists",
    ),
    (("derive", "--laws", ""), "--laws: no law is called ''"),
    (("derive", "--notation", "9"), "--notation = '9' is not known"),
    (("derive", "--eigenvalues", "k**-1", "--laws", "data"), "or pass --modes M"),
    (("derive", "--check", "--eigenvalues", "k**-b"), "no value for a; give it, for example --at a=3/2"),
    (("derive", "--check", "--latex"), "--latex is not used with --check; leave it out"),
    (("derive", "--check", "--terms", "2"), "--terms is not used with --check; leave it out"),
    (("derive", "--latex", "--terms", "2"), "--terms is not used with --latex; leave it out"),
    (("optimal", "--latex", "--at", "a=2,b=2"), "--at is not used with --latex"),
    (("optimal", "--cost", "N*t*B"), "--rule sgd"),
    (("optimal", "--rule", "sgd", "--at", "a=3,b=2", "--budgets", "10**8"), "give --at eta=...,B=..."),
    (("claim", "N**-b", "--rule", "sgd"), "--rule is for claims about the optimum"),
    (("claim", "t**-b", "--cost", "N*t"), "--cost is for claims about the optimum"),
    (("derive", "--terms", "0"), "terms = 0"),
    (("derive", "--terms", "10**9"), "not a whole number"),
    (("derive", "--terms", "9" * 5000), "not a whole number"),
    (("sweep", "--sample", "-4"), "'-4' is not a whole number >= 0"),
    (
        ("verify", "--at", "q=3,b=2"),
        "q is no parameter of the task, and there is no value for a; give it, for example --at a=3/2",
    ),
    (("derive", "--at", "a"), "is not name=value"),
    (("derive", "--at", "a=b"), "b is not a number"),
    (("derive", "--at", "a=1/0"), "division by zero"),
    (("derive", "--at", "2=3"), "not a parameter"),
    (("derive", "--at", "a=2,a=3"), "a is given twice"),
    (("derive", "--at", "c=2"), "c is not a parameter of the task; its parameters: a, b"),
    (("derive", "--at", "a=-2"), "a = -2; a parameter must be positive"),
    (("derive", "--at", "a=1"), "a"),
    (("derive", "--at", "a=1e100"), "--target with the values of --at"),
    (("derive", "--target", "2**-(2**a)*k**-2", "--at", "a=1000"), "--target with the values of --at"),
    (("verify", "--at", "a=2"), "no value for b"),
    (("verify", "--eigenvalues", "k**-b"), "no value for a"),
    (("verify", "--at", "a=1/2,b=2"), "a"),
    (("verify", "--at", "a=2,b=1", "--laws", "data,model"), "b > 1"),
    (("verify", "--digits", "x"), "--digits: 'x'"),
    (("verify", "--digits=-5"), "--digits: '-5'"),
    (("verify", "--digits", "3"), "digits = 3"),
    (("verify", "--digits", "100000"), "digits = 100000"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input(capsys, arguments, words):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.startswith("bottlenecks: ")
    assert err.count("\n") == 1


def one_line_or_a_result(capsys, arguments):
    status, out, err = run(capsys, *arguments)
    assert status in (0, 1, 2)
    assert err.count("\n") == (status == 2)
    assert err.endswith("\n") or status != 2
    assert bool(out) == (status != 2)


texts = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="kab123.()*/+-^ ,=logsqrt", max_size=24),
    st.sampled_from(
        "k**-b k**-2 k^-a/3 (k+1/2)**-a log(k+1)**-2*k**-a 3*k**-b+k**-(2*b) 1/k exp(-k) k a".split()
    ),
)
values = st.one_of(texts, st.sampled_from(["a=3/2,b=5/4", "a=3 b=2", "a=2", "b=1.5", "a=1e3", "a=1,b=1"]))


@pytest.mark.usefixtures("quick")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    command=st.sampled_from([("verify",), ("derive",), ("derive", "--terms", "1", "--latex")]),
    eigenvalues=st.none() | texts,
    target=st.none() | texts,
    noise=st.none() | texts,
    at=st.none() | values,
    digits=st.none() | texts,
)
def test_arbitrary_text(capsys, command, eigenvalues, target, noise, at, digits):
    arguments = list(command)
    for option, text in (("eigenvalues", eigenvalues), ("target", target), ("noise", noise), ("at", at)):
        if text is not None:
            arguments.append(f"--{option}={text}")
    if digits is not None and command == ("verify",):
        arguments.append(f"--digits={digits}")
    one_line_or_a_result(capsys, arguments)


@given(st.lists(st.text(max_size=12), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_arguments(capsys, arguments):
    if not {"-h", "--help"} & set(arguments):
        one_line_or_a_result(capsys, arguments)


def test_as_a_program():
    command = [sys.executable, "-m", "numerics.cli"]
    done = subprocess.run([*command, "derive", "--at", "a=1/2"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    # A reader that leaves early does not cause a traceback.
    early = subprocess.run(
        f"{' '.join(command)} derive | true", shell=True, capture_output=True, text=True, timeout=60
    )
    assert early.stderr == ""


def test_derivations_are_checked(capsys):
    command = ("derive", "--check", "--laws", "time,model", "--at", "a=3/2,b=5/4")
    status, out, _ = run(capsys, *command)
    assert status == 0 and out.count("holds") >= 2 and "L(N), test loss limited by model size" in out


@pytest.mark.usefixtures("one_process")
def test_conditions_that_fail_are_told(capsys):
    status, out, _ = run(capsys, "derive", "--check", "--laws", "time", "--at", "a=1/2,b=5/4")
    assert (status, out) == (
        1,
        "time: not checked: the condition a > 1 of the derivation fails at this point\n",
    )


@pytest.mark.usefixtures("one_process")
def test_each_derivation_is_checked_at_its_own_numbers(capsys):
    """b_test is of the transfer alone, where it has a default; where exponents meet there are few steps."""
    command = ("derive", "--check", "--laws", "time,transfer,optimal_ridge", "--at")
    status, out, _ = run(capsys, *command, "a=3/2,b=5/4,b_test=2")
    assert status == 0 and out.endswith("\n3 derivations: 3 passed\n")
    assert "default" not in out and "derived at these numbers: L'(P)" in out
    status, out, _ = run(capsys, "derive", "--check", "--laws", "time,transfer", "--at", "a=3/2,b=5/4")
    assert status == 0 and "by default: b_test = 5/2" in out
    status, out, err = run(capsys, *command, "a=3/2,b=5/4,q=2")
    assert (status, out) == (2, "")
    assert err == "bottlenecks: --at q: none of these laws has it; they have a, b, b_test\n"


@pytest.mark.usefixtures("one_process")
def test_a_law_that_numbers_alone_do_not_derive_is_checked_by_its_letters(capsys):
    status, out, _ = run(capsys, "derive", "--check", "--laws", "ridge", "--at", "a=3/2,b=5/4")
    assert status == 0 and "by default: l = 7/5, rho = 3/4" in out and "not checked" not in out


@pytest.mark.usefixtures("one_process")
def test_of_all_laws_some_may_not_be_there(capsys, monkeypatch):
    """Nesterov's law ends at s = delta/2; that is told, and nothing has failed."""
    command = ("derive", "--check", "--laws", "time,nesterov", "--at", "a=5,b=2,delta=2")
    with monkeypatch.context() as patch:
        patch.setattr("numerics.commands.derive.QUANTITIES", {"time": None, "nesterov": None})
        status, out, _ = run(capsys, *command)
    assert status == 0 and out.endswith("\n2 derivations: 1 passed, 1 not checked\n")
    assert run(capsys, *command)[0] == 1


@pytest.mark.slow
def test_budgets_of_a_schedule_take_the_numbers_of_rule_and_noise(capsys):
    """``(a - 1)/(2a - b)`` at (3, 3/2), where s > 1 and b < 2; powers do not depend on sigma and B."""
    status, out, err = run(capsys, "optimal", "--schedule", "linear", "--at", "a=3,b=3/2,sigma=1,B=4")
    assert (status, err) == (0, "") and "L ~ C**(-4/9)" in out


@pytest.mark.slow
def test_a_schedule_by_its_name_alone_has_its_default_shape(capsys):
    options = ("--rule", "sgd", "--noise", "sigma", "--at", "a=3,b=3/2,sigma=1,B=4")
    status, out, _ = run(capsys, "optimal", "--schedule", "wsd", *options)
    assert (
        status == 0
        and out.splitlines()[1:]
        == run(capsys, "optimal", "--schedule", "linear", *options)[1].splitlines()[1:]
    )
    status, _, err = run(capsys, "optimal", "--schedule", "power", *options)
    assert status == 2 and "leaves gamma open" in err and "'(1 - u)**2'" in err
    given = run(capsys, "optimal", "--schedule", "power", "--at", "gamma=2,a=3,b=5/2")
    same = run(capsys, "optimal", "--schedule", "(1 - u)**2", "--at", "a=3,b=5/2")
    assert given[0] == 0 and given[1].splitlines()[1:] == same[1].splitlines()[1:]
    assert len(same[1].splitlines()) > 2


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("derive", "--rule", "nesterov"), "as --modes 'r*N'; for oo modes use --laws nesterov\n"),
        (("derive", "--rule", "flow", "--modes", "20"), "for 20 modes leave it out\n"),
        (
            ("verify", "--at", "q=3,b=2"),
            "q is no parameter of the task, and there is no value for a; give it",
        ),
        (("verify", "--at", "eta=3,b=2"), "bottlenecks: no value for a; give it"),
    ],
)
def test_what_is_missing_is_named_with_the_next_step(capsys, command, words):
    status, out, err = run(capsys, *command)
    assert (status, out) == (2, "") and words in err and err.count("\n") == 1


def test_budgets_use_the_friction_that_is_given(capsys):
    at = "a=6,b=3/2,delta="
    status, out, err = run(capsys, "optimal", "--rule", "nesterov", "--at", f"{at}3")
    assert (status, out) == (2, "") and "saturates at t**-3" in err and err.count("\n") == 1
    status, out, err = run(capsys, "optimal", "--rule", "nesterov", "--at", f"{at}8")
    assert (status, err) == (0, "") and "C**(-20/21)" in out and "  constants: t: 3.69287" in out
