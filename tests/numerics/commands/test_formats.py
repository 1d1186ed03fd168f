"""JSON and CSV of every subcommand, tables within 80 columns, and short messages for long input."""

import csv
import io
import json

import pytest

from asymptotics.claims.literature import literature as literature_table
from asymptotics.laws.law import Law
from numerics.cli import COMMANDS as COMMAND_MODULES
from numerics.cli import main
from numerics.commands import literature
from numerics.verification.wording import align_rows

COMMANDS = {
    "verify": (["verify", "--laws", "time", "--digits", "10", "--jobs", "1"], "verdict", "HOLDS"),
    "derive": (["derive", "--laws", "model"], "exponent", "a - 1"),
    "check": (["derive", "--laws", "time", "--check"], "passed", "True"),
    "phases": (["optimal"], "N", "1/(b + 1)"),
    "optima": (["optimal", "--at", "a=4,b=3/2", "--budgets", "10**8", "--digits", "6"], "N", "165184.0"),
    "sweep": (["sweep", "--laws", "time", "--grid", "a=3,b=2", "--jobs", "1"], "verdict", "HOLDS"),
    "claim": (["claim", "N**-Min(a-1,2*b)"], "verdict", "FAILS"),
    "literature": (["literature", "--key", "bap-model"], "verdict", "FAILS"),
}


@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("name", COMMANDS)
def test_rows_for_other_programs(capsys, name):
    words, column, expected = COMMANDS[name]
    main([*words, "--csv"])
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0][column] == expected and not err
    main([*words, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert expected in json.dumps(found).replace("true", "True")


def test_a_report_says_what_it_wrote(capsys, tmp_path):
    words = ["report", "--laws", "time", "--jobs", "1", "-o", str(tmp_path / "out"), "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["file"] == f"{tmp_path}/out/index.html" and found["holds"]
    assert [row["law"] for row in found["laws"]] == ["time"]
    assert main([*words[:-1], "--verify", "none", "--csv"]) == 0
    assert capsys.readouterr().out == f"file\n{tmp_path}/out/index.html\n"


def test_formats_exclude_each_other_and_what_is_printed_otherwise(capsys):
    assert main(["verify", "--json", "--csv"]) == 2
    assert "not allowed with argument --json" in capsys.readouterr().err
    assert main(["derive", "--latex", "--csv"]) == 2
    assert "--latex is not used with --json and --csv" in capsys.readouterr().err


def test_laws_that_are_refused_stand_at_the_end(capsys):
    spectrum = ["--eigenvalues", "k**-b*log(k+1)", "--target", "k**-a"]
    assert main(["derive", *spectrum, "--laws", "gap,model_transient_second"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("gap: not derived: overlaps need powers")
    assert lines[-2].startswith("  to 3 orders: not derived: the leading power of t is not decided")
    main(["derive", *spectrum, "--laws", "gap,time", "--json"])
    assert list(json.loads(capsys.readouterr().out)["not_derived"]) == ["gap"]


def test_a_wide_table_goes_on_below_its_first_column():
    row = ("law", *("x" * 30 for _ in range(4)))
    lines = list(align_rows([row, row]))
    assert max(map(len, lines)) <= 80 and [line[:3] for line in lines].count("law") == 4


def test_lines_of_published_exponents_fit_the_screen(capsys):
    """Brackets stay in one piece where they fit: ``Min(2*b, a - 1)`` was broken at its minus sign."""
    for entry in literature_table():
        literature._print(entry.source, first="", indent=2)
        literature._print(entry.change, indent=2)
        literature._print(f"{entry.key:<20} {entry.claim}")
    literature._print(f"{'':<20} FAILS where a - 1 > b: exponent, C**(-(a - 1)/(a + b*Min(2*b, a - 1)))")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any("C**(-(a - 1)/(a + b*Min(2*b, a - 1)))" in line for line in lines)


@pytest.mark.parametrize("name", ["", *(module.rpartition(".")[2] for module in COMMAND_MODULES)])
def test_help_fits_the_screen(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main([*([name] if name else []), "--help"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


@pytest.mark.usefixtures("one_process")
def test_the_summary_of_a_sweep_fits_the_screen(capsys):
    assert main(["sweep", "--laws", "time", "--grid", "a=3,b=2", "--jobs", "1"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_laws_of_a_report_that_are_not_compared_are_not_derived_with_numbers(monkeypatch, tmp_path):
    """Zeros of their constants at the numbers took a quarter of the time of a page."""
    seen, at = [], Law.at

    def counting(law, values=None, /, **named):
        if values or named:
            seen.append(law.name)
        return at(law, values, **named)

    monkeypatch.setattr(Law, "at", counting)
    words = [
        "report",
        "--laws",
        "time,rich_time",
        "--verify",
        "time",
        "--jobs",
        "1",
        "-o",
        str(tmp_path / "out"),
    ]
    assert main(words) == 0
    assert "time" in seen and "rich_time" not in seen


LONG = "x" * 5000
WORDS = " ".join(["spectrum"] * 600)
INPUTS = [
    ["verify", "--laws"],
    ["verify", "--digits"],
    ["verify", "--jobs"],
    ["verify", "--at"],
    ["verify", "--eigenvalues"],
    ["verify", "--output"],
    ["derive", "--notation"],
    ["derive", "--terms"],
    ["optimal", "--budgets"],
    ["optimal", "--cost"],
    ["optimal", "--rule"],
    ["sweep", "--grid"],
    ["sweep", "--range"],
    ["sweep", "--output"],
    ["claim"],
    ["claim", "N**-b", "--law"],
    ["claim", "N**-b", "--assuming"],
    ["claim", "N**-b", "--letters"],
    ["literature", "--key"],
    ["report", "-o"],
    ["verify"],
    [],
]


@pytest.mark.parametrize(
    "text", [LONG, WORDS, f"a={LONG}", f"{LONG}=1"], ids=["run", "words", "value", "name"]
)
@pytest.mark.parametrize("words", INPUTS, ids=" ".join)
def test_messages_echo_little_of_what_is_long(capsys, words, text):
    assert main([*words, text]) == (1 if "--letters" in words and text.endswith("=1") else 2)
    err = capsys.readouterr().err
    assert len(err.splitlines()) <= 1
    assert "x" * 201 not in err and " ".join(["spectrum"] * 23) not in err, err[:600]


@pytest.mark.parametrize("words", [["derive", "--laws", "model"], ["optimal"], ["claim", "N**-Min(a-1,2*b)"]])
def test_a_terminal_has_lines_that_fit_and_a_file_whole_ones(capsys, monkeypatch, words):
    main(words)
    whole = capsys.readouterr().out
    assert max(map(len, whole.splitlines())) > 60
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    main(words)
    folded = capsys.readouterr().out
    assert max(map(len, folded.splitlines())) <= 60
    assert "".join(folded.split()) == "".join(whole.split())
