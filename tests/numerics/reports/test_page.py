"""The report page: whole, self-contained, and as a browser shows it."""

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree
from markupsafe import escape

from asymptotics import derive, power_law
from asymptotics.model.quantities import QUANTITIES
from asymptotics.symbols import a, b
from numerics.cli import main
from numerics.commands.report import compared_names, laws_to_compare
from numerics.figures.allocation import phase_diagram
from numerics.reports.content import gather
from numerics.reports.mathml import mathml
from numerics.reports.page import derivation_page, inline_svg, page
from numerics.verification.selection import Selection, select_laws

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
LAWS = derive(power_law(a, b))
VOID = {"meta", "link", "mspace", "path", "use", "rect", "br"}


@pytest.fixture(scope="module")
def dossier():
    return gather(LAWS, select_laws(LAWS, ("time", "model", "gap")), {a: 1.5, b: 1.25}, digits=15, jobs=1)


@pytest.fixture(scope="module")
def text(dossier):
    return page(dossier)


class _Outline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.count = [], [], {}

    def handle_starttag(self, tag, attributes):
        self.count[tag] = self.count.get(tag, 0) + 1
        self.ids += [value for name, value in attributes if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.ids += [value for name, value in attributes if name == "id"]

    def handle_endtag(self, tag):
        while self.open.pop() not in (tag,):
            assert self.open


def test_it_is_whole_and_its_ids_are_unique(text):
    outline = _Outline()
    outline.feed(text)
    assert not outline.open
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.count["math"] > 30 and outline.count["svg"] == 7


def test_nothing_comes_from_the_network(text):
    addresses = set(re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"'\s>)]+)""", text))
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert "@import" not in text and "fetch(" not in text


def test_laws_allocation_and_verification_stand_in_it(text, dossier):
    for law in dossier.laws:
        assert f'id="law-{law.name}"' in text
        assert html.escape(law.to_latex()) in text
    assert text.count("class=holds") == 3
    assert "Disjoint: proved; covering: proved." in text
    assert html.escape(dossier.optimum.to_latex()) in text


def test_a_derivation_has_a_page_of_its_own(dossier):
    shown = derivation_page(dossier, LAWS.model)
    assert shown.count("<li>") == len(LAWS.model.derivation)
    assert escape(LAWS.model.derivation.to_latex("2402.01092")) in shown
    assert 'href="derivation-model.html"' in page(dossier, derivations=["model"])


SCHEMA = Path(__file__).parents[2] / "data" / "mathml4-core.rng"


def invalid_formulas(shown):
    """What is not MathML Core by the schema of the W3C."""
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    formulas = re.findall(r"<math.*?</math>", shown)
    assert formulas
    return [formula for formula in formulas if not schema.validate(etree.fromstring(formula))]


def test_every_formula_is_valid(text, dossier):
    assert not invalid_formulas(text)
    assert not invalid_formulas(derivation_page(dossier, LAWS.model))
    squares = mathml(r"\sin^{2}{\left(\frac{\pi}{b} \right)} \log{\left(t \right)}", display=True)
    assert not invalid_formulas(squares)
    assert invalid_formulas(squares.replace("<mi>sin</mi>", "<mi>sin</mi></mrow><mrow>"))  # three children


def test_names_of_two_words_are_one_name():
    r"""``\\operatorname*{arg\\,min}`` was a star and two words in italics."""
    shown = mathml(r"\operatorname*{arg\,min}_{\eta} [\eta]")
    assert "<mi>argmin</mi>" in shown and "*" not in shown


@pytest.mark.slow
def test_all_laws_make_a_small_page():
    everything = gather(LAWS, select_laws(LAWS, tuple(QUANTITIES)), {}, digits=15, jobs=1)
    assert len(page(everything)) < 11_500 * len(
        everything.laws
    )  # the panels of their verification are 5 kB each


def test_laws_that_are_not_compared_are_counted():
    chosen, values = select_laws(LAWS, ("time", "model", "gap")), {a: 1.5, b: 1.25}
    partly = gather(LAWS, chosen, values, digits=15, jobs=1, verified=("time", "data"))
    assert [row.law.name for row in partly.report.rows] == ["time"] and partly.holds
    assert "2 of the 3 laws above are not compared" in page(partly) and "--verify all" in page(partly)
    alone = gather(LAWS, chosen, values, digits=15, jobs=1, verified=())
    assert alone.report is None and "3 of the 3 laws above are not compared" in page(alone)


def test_of_all_laws_three_are_compared_unless_others_are_named():
    everything = tuple(QUANTITIES)
    assert laws_to_compare(everything, None) == ("time", "model", "data")
    assert laws_to_compare(("gap",), None) == ("gap",)
    assert laws_to_compare(everything, compared_names("all")) == everything
    assert laws_to_compare(everything, compared_names("none")) == ()
    assert laws_to_compare(everything, compared_names("gap, noise")) == ("gap", "noise")


def test_text_from_outside_is_escaped():
    refused = Selection(laws=(LAWS.time,), refused=(("gap", "<script>alert(1)</script> & more"),))
    shown = page(gather(LAWS, refused, {}, digits=15, jobs=1))
    assert "<script>alert" not in shown and "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in shown
    assert "no number for a, b" in shown


def test_other_letters(dossier):
    shown = page(dossier, "2405.15074")
    assert "arXiv 2405.15074" in shown and html.escape(LAWS.model.to_latex("2405.15074")) in shown


def test_figures_take_the_colour_of_the_text(dossier):
    drawn = inline_svg(phase_diagram(dossier.optimum), "phases")
    assert "currentColor" in drawn and "#000000" not in drawn
    assert all(name.startswith("phases-") for name in re.findall(r'\bid="([^"]+)"', drawn))


def test_the_command_writes_its_pages(tmp_path, capsys):
    command = ["report", "--laws", "time", "--digits", "15", "--jobs", "1", "-o", str(tmp_path / "out")]
    assert main(command) == 0
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["index.html"]
    assert capsys.readouterr().out == f"{tmp_path}/out/index.html\n"
    assert main([*command, "--derivations"]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["derivation-time.html", "index.html"]


PROBE = """<!doctype html><meta charset=utf-8><body><script>
const results = [];
addEventListener('message', e => { results.push(e.data); if (results.length == %(count)d)
  document.body.innerHTML = '<pre id=found>' + JSON.stringify(results) + '</pre>'; });
for (const width of %(widths)s) {
  const frame = document.createElement('iframe');
  frame.style.width = width + 'px'; frame.style.height = '900px';
  frame.srcdoc = %(page)s;
  document.body.append(frame);
}
</script>"""
MEASURE = """<script>addEventListener('load', () => {
  for (const part of document.querySelectorAll('details')) part.open = true;
  const wide = [], seen = document.documentElement.clientWidth;
  for (const e of document.querySelectorAll('main *')) {
    if (e.closest('.formula, .wide, .task, pre') && !e.matches('.formula, .wide, .task, pre')) continue;
    if (e.closest('svg') || e.closest('math')) continue;
    if (e.getBoundingClientRect().right > seen + 1) wide.push(e.tagName + '.' + e.className);
  }
  const maths = [...document.querySelectorAll('math')].map(e => e.getBoundingClientRect());
  parent.postMessage({width: innerWidth, scroll: document.documentElement.scrollWidth, wide,
    maths: maths.length, empty: maths.filter(r => r.height < 5 || r.width < 3).length,
    cut: [...document.querySelectorAll('.formula math')].filter(e => {
      const style = getComputedStyle(e), em = parseFloat(style.fontSize);
      return e.getBoundingClientRect().width > em * parseFloat(style.getPropertyValue('--em')); }).length,
    mathml: getComputedStyle(document.querySelector('mfrac')).display,
    figures: [...document.querySelectorAll('figure svg')].every(e => e.getBoundingClientRect().height > 80)
  }, '*');
});</script></body>"""


def shown_by_a_browser(text, folder, widths):
    """What a page looks like at each width, and what the console said."""
    measured = json.dumps(text.replace("</body>", MEASURE)).replace("</", "<\\/")
    probe = PROBE % {"count": len(widths), "widths": list(widths), "page": measured}
    (folder / "probe.html").write_text(probe, encoding="utf-8")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run(
        [CHROMIUM, *arguments, "--virtual-time-budget=30000", (folder / "probe.html").as_uri()],
        capture_output=True,
        text=True,
        timeout=180,
    )
    found = json.loads(html.unescape(re.search(r"<pre id=\"found\">(.*?)</pre>", done.stdout)[1]))
    return sorted(found, key=lambda one: one["width"]), "CONSOLE" in done.stderr


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_as_a_browser_shows_it(text, tmp_path):
    found, complaints = shown_by_a_browser(text, tmp_path, (390, 1400))
    assert not complaints
    assert [one["width"] for one in found] == [390, 1400]
    for one in found:
        assert one["scroll"] <= one["width"] and not one["wide"]
        assert one["maths"] > 30 and one["empty"] == 0
        assert "math" in one["mathml"] and one["figures"] and not one["cut"]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_browser_would_notice(text, tmp_path):
    worse = "<p style='width:500px'>wide</p><math><mi></mi></math><script>undefined_name()</script></main>"
    (found,), complaints = shown_by_a_browser(text.replace("</main>", worse), tmp_path, (390,))
    assert complaints and found["wide"] == ["P."] and found["empty"] == 1
