"""The law of T and N where modes grow with N on the command line."""

import json

import pytest

from numerics.cli import main

MODES = ["--modes", "2*N", "--rule", "sgd", "--at", "a=5/2,b=4/5"]


def shown(capsys, *arguments):
    status = main(arguments)
    out, err = capsys.readouterr()
    return status, out, err


def test_derive(capsys):
    status, out, _ = shown(capsys, "derive", *MODES, "--json")
    found = json.loads(out)
    assert status == 0 and "h" in found["early"] and found["late"].endswith("/(1 - h)") is False
    status, out, _ = shown(capsys, "derive", "--modes", "r*N", "--rule", "flow", "--latex")
    assert status == 0 and r"1 \ll T \ll N^{b}" in out
    status, out, _ = shown(capsys, "derive", *MODES, "--terms", "2")
    assert status == 0 and "T >> N**(4/5)" in out and "with further orders" in out


@pytest.mark.slow
def test_every_step_is_checked(capsys):
    status, out, _ = shown(capsys, "derive", *MODES, "--check")
    assert status == 0 and "33 holds" in out and "fails" not in out


def test_verify(capsys):
    status, out, _ = shown(capsys, "verify", *MODES, "--digits", "8")
    assert status == 0 and "HOLDS growing: exponent 0.5" in out and "[h = 1/4]" in out


@pytest.mark.slow
def test_lines_on_which_no_split_is_derived_are_rows(capsys):
    status, out, _ = shown(capsys, "optimal", "--modes", "r*N", "--rule", "sgd", "--json")
    *phases, refused = json.loads(out)["rows"]
    assert status == 0 and all("L" in row for row in phases)
    assert refused["condition"] == "b = 1 and a >= 2"
    assert refused["not_derived"].startswith("b = 1: the trace")


def test_claim(capsys):
    claim = "T**(-(a-1)/b) + N**-b"
    status, out, _ = shown(capsys, "claim", claim, "--modes", "r*N", "--rule", "flow")
    assert status == 0 and out.startswith("HOLDS everywhere")
    status, out, _ = shown(capsys, "claim", claim, "--modes", "r*N", "--law", "growing", "--rule", "sgd")
    assert status == 1 and out.startswith("FAILS where 2*b > 1")


@pytest.mark.slow
def test_the_witness_of_a_claim_is_confirmed(capsys):
    claim = "T**(-(a-1)/b) + N**-b"
    status, out, _ = shown(capsys, "claim", claim, "--modes", "r*N", "--rule", "sgd", "--confirm")
    assert status == 1 and "along T = N^(b/2)" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "--modes", "2*N", "--rule", "sgd", "--at", "a=5/2,b=5/4"], "b <= 1 is needed"),
        (["verify", "--rule", "sgd"], "use --laws sgd_noise"),
        (["verify", *MODES, "--reach", "2"], "0 < reach < 1"),
        (["verify", "--reach", "1/3"], "give --rule, too"),
        (["verify", *MODES, "--laws", "time"], "--laws is not used with --rule"),
        (["derive", "--modes", "2*N", "--rule", "nesterov", "--at", "a=2,b=1/2"], "pass OnePassSGD"),
        (["derive", "--modes", "2*N", "--rule", "sgd", "--at", "a=3,b=1", "--check"], "b = 1"),
        (["verify", "--modes", "2*N", "--rule", "sgd", "--at", "a=3,b=1/2,h=2"], "h = 2"),
    ],
    ids=str,
)
def test_refused(capsys, arguments, words):
    status, _, err = shown(capsys, *arguments)
    assert status == 2 and words in err and err.count("\n") == 1
