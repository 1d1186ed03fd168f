"""Published exponents: what the derived laws say of each, and that the table is complete as data."""

import json
from dataclasses import replace

import pytest

from asymptotics import DomainError, OnePassSGD, UnableError, check_claim, compute_optimal, derive, power_law
from asymptotics.claims.literature import READINGS, REQUIRED, literature, read_table
from asymptotics.claims.reading import read_claim
from asymptotics.notation import NOTATIONS, OURS
from asymptotics.symbols import N, a, b, r, t

TABLE = {entry.key: entry for entry in literature()}

EVERYWHERE = "HOLDS everywhere"
DATA_LINE = "HOLDS where a - 1 != 2*b"  # the logarithm on the line is not in the published power
MODEL_LINE = "HOLDS where a - 1 != b"
STEEP = "FAILS where a - 1 > b:"

VERDICTS = {
    "bap-time": EVERYWHERE,
    "bap-model": STEEP,  # the exponent of the bias; the variance over initialisations has N^-min(a-1, b)
    "bap-model-below": EVERYWHERE,
    "bap-bias": DATA_LINE,
    "bap-data": DATA_LINE,
    "bap-compute-loss": STEEP,  # the finite-size transient decides there
    "bap-compute-below": EVERYWHERE,
    "bap-compute-time": EVERYWHERE,
    "bap-compute-size": EVERYWHERE,
    "bap-slope-1": EVERYWHERE,
    "bap-slope-2": EVERYWHERE,
    "paquette-Ia-loss": EVERYWHERE,
    "paquette-Ia-size": EVERYWHERE,
    "paquette-II-loss": EVERYWHERE,
    "paquette-II-size": EVERYWHERE,
    "paquette-III-loss": EVERYWHERE,
    "paquette-III-size": EVERYWHERE,
    **{
        f"paquette-{phase}-{what}": EVERYWHERE
        for phase in ("Ib", "Ic", "IVa", "IVb")
        for what in ("loss", "size")
    },
    "paquette-F0-below": MODEL_LINE,
    "paquette-Fpp": EVERYWHERE,
    "paquette-F0": MODEL_LINE,
    "paquette-Fac": EVERYWHERE,
    "paquette-Kpp": EVERYWHERE,
    "atanasov-model": MODEL_LINE,
    "atanasov-ridge": DATA_LINE,
    "atanasov-optimal": DATA_LINE,
    "atanasov-data": DATA_LINE,
    "atanasov-structured": EVERYWHERE,
    "atanasov-structured-beyond": "FAILS where n > 4:",
    "rich-lazy-time": EVERYWHERE,
    "rich-time": MODEL_LINE,
    "rich-lazy-compute": EVERYWHERE,
    "rich-compute": EVERYWHERE,
    "cui-noiseless": DATA_LINE,
    "cui-plateau": EVERYWHERE,
    "cui-optimal": DATA_LINE,
    "cui-optimal-value": DATA_LINE,
    "cui-ridge": DATA_LINE,
    "cui-ridge-below-noise": EVERYWHERE,
    "cui-ridge-noisy": EVERYWHERE,
    "cui-ridge-plateau": EVERYWHERE,
    "cui-optimal-stopped": "FAILS where a - 1 > 2*b:",  # a ridge saturates at r = 1, early stopping does not
    "cui-optimal-hard": EVERYWHERE,
    "caponnetto-rate": EVERYWHERE,
    "pillaud-rate": EVERYWHERE,
    "pillaud-steps": EVERYWHERE,
    "reuse-model": EVERYWHERE,
    "reuse-model-beyond": STEEP,  # outside what the paper assumes
    "reuse-time": EVERYWHERE,
    "reuse-steps": EVERYWHERE,
    "reuse-best": EVERYWHERE,
    "reuse-epochs": EVERYWHERE,
    "lin-model": EVERYWHERE,
    "lin-time": EVERYWHERE,
    "bahri-data": EVERYWHERE,
    "bahri-model": EVERYWHERE,
    "maloney-model": EVERYWHERE,
    "maloney-data": EVERYWHERE,
    "spigler-data": DATA_LINE,
    "bordelon-kernel": DATA_LINE,
    "canatar-data": DATA_LINE,
    "canatar-ridge": DATA_LINE,
    "defilippis-ridge": EVERYWHERE,
    "defilippis-optimal": DATA_LINE,
    "defilippis-width": "HOLDS where a - 1 != b",
    "simon-data": EVERYWHERE,
    "simon-optimal": EVERYWHERE,
    "bordelon-sgd": EVERYWHERE,
    "velikanov-power": EVERYWHERE,
    "velikanov-constant": EVERYWHERE,
    "velikanov-signal": EVERYWHERE,
    "velikanov-noise": EVERYWHERE,
    "momentum-constant": EVERYWHERE,
    "momentum-decaying": EVERYWHERE,
    "schedule-constant": EVERYWHERE,
    "schedule-decay": EVERYWHERE,
    "schedule-peak": EVERYWHERE,
    "schedule-easy": EVERYWHERE,
    "schedule-hard": EVERYWHERE,
    "schedule-cosine": EVERYWHERE,
    "schedule-linear": EVERYWHERE,
}


def test_every_covered_entry_has_an_expected_verdict():
    assert {key for key, entry in TABLE.items() if entry.is_covered} == set(VERDICTS)
    assert len(VERDICTS) >= 30
    assert len(TABLE) == len(literature())  # keys are unique


LONG = {"paquette-Ib-loss", "paquette-Ib-size", "cui-optimal-stopped"}


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=pytest.mark.slow if key in LONG else ()) for key in VERDICTS]
)
def test_published_exponents(key):
    entry = TABLE[key]
    verdict = entry.verdict()
    # published claims are told in the letters of their papers; the table of verdicts is in ours
    assert str(replace(verdict, told_in=OURS)).startswith(VERDICTS[key]), verdict
    if verdict.verdict == "FAILS":
        assert verdict.witness is not None and verdict.witness.claimed != verdict.witness.correct


def test_the_model_exponent_is_right_for_the_bias():
    assert [name.split()[0] for name in TABLE["bap-model"].verdict().right_for] == ["laws.bias_model"]


CHANGES = [
    ("bap-time", r"t^{-(a-1)/b}", r"t^{-a/b}"),
    ("paquette-Ia-loss", r"\frac{1}{2\alpha+1}-1", r"\frac{1}{2\alpha+2}-1"),
    ("paquette-II-size", r"1+\beta/\alpha}}", r"2+\beta/\alpha}}"),
    ("paquette-Ic-size", r"2\beta-3", r"2\beta-4"),
    ("paquette-IVb-loss", r"(1-2\alpha)", r"(1-3\alpha)"),
    ("paquette-III-loss", r"(1-4\alpha)", r"(1-3\alpha)"),
    ("paquette-F0", r"\max\{0,1-2\beta\}", r"\max\{0,1-\beta\}"),
    ("paquette-Kpp", "-2+", "-1+"),
    ("atanasov-model", "1/2", "1"),
    ("rich-lazy-compute", r"\alpha+1", r"\alpha+2"),
    ("rich-compute", "+2}", "+3}"),
    ("pillaud-steps", r"2\alpha r+1", r"2\alpha r+2"),
    ("reuse-best", "/b}", "/a}"),
    ("maloney-model", r"-\alpha", r"-2\alpha"),
    ("cui-ridge", "2l", "l"),
    ("cui-ridge-noisy", r"\alpha-l", r"\alpha-2l"),
    ("cui-optimal-value", r"2\alpha", r"\alpha"),
    ("defilippis-optimal", "{1+", "{2+"),
    ("defilippis-width", "{1+2", "{2+2"),
    ("simon-optimal", "-1", "-2"),
    ("schedule-constant", "s+1", "s+2"),
    pytest.param("schedule-peak", "s-1", "s-2", marks=pytest.mark.slow),
    pytest.param("schedule-cosine", "3 s/", "2 s/", marks=pytest.mark.slow),
    ("velikanov-constant", r"+1\right", r"+2\right"),
]


@pytest.mark.parametrize(
    ("key", "before", "after"), CHANGES, ids=[getattr(c, "values", c)[0] for c in CHANGES]
)
def test_a_published_exponent_changed_fails(key, before, after):
    from asymptotics import check_claim

    entry = TABLE[key]
    assert before in entry.claim
    wrong = check_claim(
        entry.claim.replace(before, after), entry.subject(), entry.assuming, notation=entry.notation
    )
    assert wrong.verdict == "FAILS" and wrong.witness is not None
    assert wrong.witness.claimed != wrong.witness.correct


@pytest.mark.parametrize("key", TABLE)
def test_entries_are_complete(key):
    entry = TABLE[key]
    assert all((entry.source, entry.where, entry.quantity, entry.claim, entry.change))
    assert entry.read in READINGS
    assert "arXiv" in entry.source or "(2007)" in entry.source
    assert bool(entry.law) != bool(entry.why)
    assert ("HOLDS" not in repr(entry)) and ("FAILS" not in repr(entry))  # verdicts are derived
    assert entry.notation in NOTATIONS
    if entry.is_covered:
        assert read_claim(entry.claim, {}).claim == entry.claim
    else:
        with pytest.raises(UnableError, match="not covered"):
            entry.verdict()


ROW = {"key": "row", "where": "abstract", "read": "no", "quantity": "loss", "claim": "t^{-1}", "why": "test"}


def table_of(row):
    return json.dumps([{"source": "A paper", "change": "", "notation": {}, "claims": [row]}])


@pytest.mark.parametrize("field", REQUIRED)
def test_a_row_without_a_field_is_refused(field):
    assert [entry.key for entry in read_table(table_of(ROW))] == ["row"]
    with pytest.raises(DomainError, match=f"of A paper lacks {field}; every row has key") as caught:
        read_table(table_of({name: value for name, value in ROW.items() if name != field}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("word", ["", "yes", "Text", None])
def test_what_was_read_is_one_of_the_words(word):
    with pytest.raises(
        DomainError, match=r"row: read is .*; say what was read of the source: text, abstract"
    ):
        read_table(table_of({**ROW, "read": word}))


def test_a_place_in_the_abstract_was_read_there():
    """A row whose place is the abstract has it as what was read, and the other way round."""
    beyond = {"reuse-model-beyond"}  # the rate of the abstract outside its assumption
    named = {key for key, entry in TABLE.items() if entry.where.startswith("abstract")}
    assert named | beyond == {key for key, entry in TABLE.items() if entry.read == "abstract"}


def test_regions_between_roots_are_proved_empty_where_they_are():
    """The optimum is that of paquette-Ic-loss, so that it stands beside it."""
    laws = derive(power_law(a, b, modes=r * N))
    optimum, under = compute_optimal(laws, N * t, rule=OnePassSGD), ["b < 1", "a - 1 > b"]
    assert check_claim("C^{-b/2}", optimum, [*under, "b > 2 - sqrt(2)"]).everywhere
    verdict = check_claim("C^{-b/2}", optimum, [*under, "b < 2 - sqrt(2)"])
    assert verdict.verdict == "FAILS" and not verdict.holds and not verdict.undecided
