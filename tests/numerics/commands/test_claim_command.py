"""``bottlenecks claim`` and ``bottlenecks literature``: what they print, and their exit status."""

import pytest

from asymptotics.claims.literature import READINGS, literature
from numerics.cli import main


def run(capsys, *arguments):
    status = main(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


CASES = [
    (["N**-Min(a-1,2*b)"], 1, "FAILS where a - 1 > b"),
    ([r"N^{-\min\{a-1,2b\}}", "--assuming", "a - 1 < b"], 0, "HOLDS everywhere"),
    ([r"N^{-\min\{a-1,b\}}"], 1, "HOLDS where a - 1 != b"),
    ([r"\frac{a-1}{b}", "--law", "time"], 0, "HOLDS everywhere"),
    ([r"t \propto C^{b/(1+b)}", "--assuming", "a - 1 < b"], 0, "HOLDS everywhere"),
    (["C**(-1 + 1/(2*b))", "--rule", "sgd", "--assuming", "a > 2*b"], 0, "HOLDS everywhere"),
    (["N**-2*log(N)", "--at", "a=3,b=2"], 0, "HOLDS everywhere"),
    (["N**-2", "--at", "a=3,b=2"], 1, "FAILS everywhere: logarithm"),
    ([r"N^{-\alpha\min(1,\beta)}", "--notation", "2409.17858", "--assuming", "beta > 1"], 0, "HOLDS"),
    (
        [r"n^{-2\alpha r}", "--law", "data", "--letters", "alpha=b,r=(a-1)/(2*b),n=P", "--assuming", "r<1"],
        0,
        "HOLDS everywhere",
    ),
    (["sin(N)"], 1, "UNDECIDED"),
    (["t**(-(a - 1)/b)", "--eigenvalues", "3*k**-b"], 0, "HOLDS everywhere"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), CASES)
def test_claims(capsys, arguments, status, words):
    found, out, err = run(capsys, "claim", *arguments)
    assert (found, err) == (status, "")
    assert out.startswith(words)


REFUSED = [
    (["N^{-b"], "column 5"),
    (["a - 1"], "say it with --law"),
    (["N*t"], "a sum of bottlenecks has one in each"),
    (["N**-b", "--law", "nothing"], "not known"),
    (["N**-b", "--assuming", "a < 1"], "nothing is left"),
    (["N**-b", "--at", "q=2"], "the parameters of the task are a, b"),
    (["N**-b", "--letters", "alpha"], "is not name=expression"),
    (["N**-b", "--notation", "1234.56789"], "not known"),
    ([], "CLAIM"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_unusable_input_is_one_line(capsys, arguments, words):
    status, out, err = run(capsys, "claim", *arguments)
    assert (status, out) == (2, "")
    assert words in err and err.count("\n") == 1


def test_latex(capsys):
    status, out, _ = run(capsys, "claim", "N**-b", "--latex")
    assert status == 1 and r"\text{FAILS}" in out.splitlines()[0]


@pytest.mark.slow
def test_the_full_model_at_the_witness(capsys):
    status, out, _ = run(capsys, "claim", "N**-Min(a-1,2*b)", "--confirm")
    assert status == 1
    assert "full model: exponent 1.5 +-" in out
    assert "against the derived law: HOLDS" in out


@pytest.mark.slow
def test_true_optima_between_two_budgets(capsys):
    status, out, _ = run(capsys, "claim", "C**(-(a-1)/(b+1))", "--confirm")
    assert status == 1
    measured = float(out.rpartition("L ~ C**(")[2].split(" ")[0])
    assert abs(measured + 2 / 3) < 1e-3  # the law at the witness a = 3, b = 3/2; the claim has 4/5


def test_one_published_entry(capsys):
    status, out, _ = run(capsys, "literature", "--key", "bap-model")
    assert status == 1
    assert "FAILS where a - 1 > b" in out and "arXiv:2402.01092" in out and "laws.bias_model" in out
    assert "  read in the text of the source\n" in out
    assert run(capsys, "literature", "--key", "nothing")[0] == 2


@pytest.mark.slow
def test_published_entries_that_hold_or_were_not_read(capsys):
    assert run(capsys, "literature", "--key", "paquette-Ib-size")[:2][0] == 0
    unread = run(capsys, "literature", "--key", "momentum-decaying")[1]
    assert "  from memory; compare the paper before you cite it\n" in unread


@pytest.mark.slow
def test_the_table_names_every_entry(capsys):
    status, out, err = run(capsys, "literature")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    for entry in literature():
        assert sum(line.split()[:1] == [entry.key] for line in lines) == 1
    for read, words in READINGS.items():
        count = sum(entry.read == read for entry in literature())
        assert f"\n  {count:>4} {words}\n" in out
        below = [line for line in lines if line.startswith(" " * 10) and line.strip() == words]
        assert len(below) == (0 if read in ("text", "abstract") else count)
    assert out.count("not covered:") == sum(not entry.is_covered for entry in literature())
    assert sum(" FAILS where" in line for line in lines) == 4
    assert f"{sum(entry.is_covered for entry in literature())} are judged as they stand here" in out
    assert "\n     4 fail on some of the parameters\n     0 are undecided\n" in out
    assert f"{sum(not entry.is_covered for entry in literature())} are listed and not judged" in out


def test_exponents_that_a_paper_measures_are_said_beside_its_letters(capsys):
    """Hoffmann's ``N_opt ~ C^(beta/(alpha + beta))``: alpha, beta have no meaning but that of --letters."""
    claim = r"D_{opt} \propto C^{\beta/(\alpha+\beta)}"
    options = ("--notation", "2203.15556", "--cost", "N*P", "--assuming", "a - 1 < b")
    status, _, err = run(capsys, "claim", claim, *options)
    assert status == 2 and "--letters alpha=..." in err
    status, out, _ = run(capsys, "claim", claim, *options, "--letters", "alpha=a-1,beta=a-1")
    assert status == 0 and "read as: P ~ " in out


@pytest.mark.parametrize(("paper", "said"), [("2203.15556", True), ("2402.01092", False)])
def test_an_exponent_of_ours_beside_the_letters_of_a_paper_is_said(paper, said, capsys):
    """C^a is an exponent of its own in Hoffmann's paper; here a is that of the target."""
    _, out, _ = run(capsys, "claim", r"N_{opt} \propto C^{a}", "--notation", paper)
    assert ("note: a as in the task, eigenvalues k**-b and target k**-a" in out) == said


def test_a_claim_that_begins_with_a_sign(capsys):
    for nothing in ((), ("claim",), ("claim", "--notation", "2405.15074")):
        status, _, err = run(capsys, *nothing)
        assert status == 2 and "arguments are required" in err and "begins with -" not in err
    status, _, err = run(capsys, "claim", "-N^{-b}")
    assert status == 2 and "one that begins with - stands after --" in err
    status, out, _ = run(capsys, "claim", "--assuming", "a - 1 > b", "--", "-N^{-b}")
    assert status == 1 and out.startswith("FAILS everywhere: constant")
