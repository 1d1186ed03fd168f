"""The LaTeX article: what stands in it, and that it compiles without a warning."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from asymptotics import DomainError, derive, power_law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.symbols import a, b
from numerics.cli import main
from numerics.figures.style import save
from numerics.reports.article import article, figures
from numerics.reports.content import gather
from numerics.reports.latex import law_fields
from numerics.verification.selection import Selection, select_laws

LAWS = derive(power_law(a, b))
NAMES = ("time", "model", "model_transient")


@pytest.fixture(scope="module")
def dossier():
    return gather(LAWS, select_laws(LAWS, NAMES), {a: 1.5, b: 1.25}, digits=15, jobs=1)


def test_everything_is_in_it(dossier):
    drawn = figures(dossier)
    assert list(drawn) == ["phases.pdf", "verification-1.pdf"]
    text = article(dossier, drawn)
    for words in ("Compute-optimal", "Verification", r"\bibitem{bap}", "HOLDS", "proved"):
        assert words in text
    for law in dossier.laws:
        assert law.to_latex().split(r"\sim")[0].removeprefix(r"\begin{aligned} ") in text
    assert (
        "Derivations" not in text
        and r"$\sigma$" not in text[: text.index(r"\section{Laws}")].split("minipage")[3]
    )
    told = article(dossier, drawn, derivations=True)
    assert told.count(r"\begin{align}") >= sum(len(law.derivation) for law in dossier.laws)
    assert dossier.holds and not dossier.refused


def test_other_letters_in_laws_conditions_and_derivations(dossier):
    text = article(dossier, (), "2409.17858", derivations=True)
    body = text[text.index(r"\section{Laws}") : text.index(r"\section{Verification}")]
    assert r"\text{for } \beta < 1" in body and r"\alpha > 1" in body
    assert not re.findall(r"(?<![A-Za-z\\])[ab](?![A-Za-z])", body)
    assert "True" not in text
    assert r"\zeta\left(- \alpha s\right)" in text[text.index(r"\section{Derivations}") :]
    with pytest.raises(DomainError, match="notation = '1' is not known"):
        article(dossier, (), "1")


def test_what_is_missing_is_said():
    task = LAWS.task
    refused = Selection(laws=(LAWS.time,), refused=(("gap", "needs 100 % of x_k & more"),))
    bare = gather(derive(task), refused, {}, digits=15, jobs=1)
    text = article(bare, figures(bare))
    assert bare.report is None and not bare.holds
    assert r"\paragraph{gap} is not derived: needs 100 \% of x\_k \& more." in text
    assert "not every parameter has a number" in text


def test_letters_in_words_and_conditions_in_doubts():
    assert law_fields(LAWS.ridge)["words"].endswith(r"with a falling ridge of the scale $\rho$")
    fields = law_fields(LAWS.sgd_noise)
    assert fields["doubts"].startswith("Where the prefactor vanishes, which is not excluded, the next term")
    assert fields["doubts"].endswith("leads, for $a = 2 b$")


def test_allocation_table_has_a_row_for_each_phase(dossier):
    text = article(dossier, ())
    table = text[text.index(r"\section{Compute-optimal") : text.index(r"\section{Verification}")]
    phases = (*dossier.optimum.phases, *dossier.optimum.boundaries)
    assert table.count(r"\\") == 1 + len(phases)
    assert r"$C^{b/\left(b + 1\right)}$" in table


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("notation", [pytest.param(None, marks=pytest.mark.slow), "2405.15074"])
def test_it_compiles_without_a_warning(dossier, tmp_path, notation):
    drawn = figures(dossier)
    text = article(dossier, drawn, notation, derivations=notation is not None)
    (tmp_path / "report.tex").write_text(text, encoding="utf-8")
    for name, figure in drawn.items():
        save(figure, tmp_path / name)
    pages = pages_of(tmp_path)
    assert notation is not None or pages <= 4


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_all_laws_leave_room_for_a_page_of_pictures_among_eight(dossier, tmp_path):
    text = article(replace(dossier, laws=select_laws(LAWS, tuple(QUANTITIES)).laws), ())
    (tmp_path / "report.tex").write_text(text, encoding="utf-8")
    assert pages_of(tmp_path) <= 7


def pages_of(folder):
    """How many pages report.tex in the folder has; it compiles without a warning."""
    for _ in range(2):  # the second run knows the citations
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"],
            cwd=folder,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == 0
    log = (folder / "report.log").read_text(encoding="latin-1")
    bad = [line for line in log.splitlines() if "arning" in line or line.startswith(("Overfull", "!"))]
    assert not bad
    pages = re.search(r"Output written on report.pdf \((\d+) page", log.replace("\n", ""))
    return int(pages[1])


def test_the_command_writes_it(tmp_path, capsys):
    place = tmp_path / "out"
    command = ["report", "--latex", "--laws", "time", "--digits", "15", "--jobs", "1", "-o", str(place)]
    assert main(command) == 0
    assert sorted(p.name for p in place.iterdir()) == ["phases.pdf", "report.tex", "verification-1.pdf"]
    assert capsys.readouterr().out == f"{place}/report.tex\n"
    assert main([*command, "--notation", "nobody"]) == 2
    assert "notation = 'nobody' is not known" in capsys.readouterr().err
    assert main([*command[:-2], "--laws", "all", "-o", str(tmp_path / "no" / "where")]) == 2
