"""The look of the report page, and the one thing it does: copy LaTeX."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #ffffff; --faint: #5c5f66; --line: #d4d6da;
  --panel: #f5f6f8; --good: #0b6b3a; --bad: #a3190f; --doubt: #7a5200; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8ec; --paper: #16171a; --faint: #a2a6ae;
  --line: #3a3d43; --panel: #1f2125; --good: #6fd29b; --bad: #ff9d93; --doubt: #f0c36d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem;
  padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0; } p { margin: .5rem 0; }
article { margin: 0 0 1.25rem; padding: .75rem 1rem; background: var(--panel); border-radius: .5rem; }
math { font-size: 1.08em; } mtd { text-align: left; } .task { overflow-x: auto; }
.formula, .wide { overflow-x: auto; max-width: 100%; padding: .35rem 0; }
.formula math { margin: 0; width: max-content; text-align: left; }
.limits, cite, figcaption, footer { color: var(--faint); font-size: .9rem; font-style: normal; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
.holds { color: var(--good); font-weight: 600; } .fails { color: var(--bad); font-weight: 600; }
.undecided, .refused { color: var(--doubt); }
details { margin: .35rem 0; } summary { cursor: pointer; } ol { padding-left: 2.2rem; }
li { margin: .6rem 0; } pre { overflow-x: auto; padding: .6rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: .35rem; font-size: .8rem; margin: .35rem 0;
  white-space: pre-wrap; }
.latex summary { color: var(--faint); font-size: .85rem; }
button { font: inherit; font-size: .8rem; color: inherit; background: var(--panel);
  border: 1px solid var(--line); border-radius: .35rem; padding: .1rem .6rem; cursor: pointer; }
figure { margin: 1rem 0; } figure svg { display: block; width: 100%; height: auto; max-width: 26rem; }
.figures { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); }
footer { margin-top: 3rem; }
@media print { :root { --ink: #000; --paper: #fff; --panel: #fff; --faint: #333; --line: #999; --good: #000;
  --bad: #000; --doubt: #000; } main { max-width: none; padding: 0; } button, .latex { display: none; }
  article, figure, tr, li { break-inside: avoid; } h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; } .formula, .wide { overflow: visible; } }
"""

SCRIPT = """
for (const button of document.querySelectorAll('.latex button')) {
  button.addEventListener('click', async () => {
    const code = button.parentElement.querySelector('code');
    try { await navigator.clipboard.writeText(code.textContent); button.textContent = 'copied'; }
    catch { getSelection().selectAllChildren(code); button.textContent = 'selected'; }
  });
}
addEventListener('beforeprint', () => {
  for (const part of document.querySelectorAll('#derivations > details')) part.open = true;
});
"""

__all__ = ["SCRIPT", "STYLE"]
