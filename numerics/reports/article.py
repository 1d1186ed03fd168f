"""A dossier as a LaTeX article: laws, allocation, verification, derivations, references."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sympy
from matplotlib.figure import Figure
from sympy import And, true
from sympy.printing.latex import LatexPrinter

from asymptotics import Law
from asymptotics.allocation.latex import entry
from asymptotics.allocation.optimum import Optimum
from asymptotics.derivation.text import break_lines, escape_latex, sides, tex_of
from asymptotics.notation import Notation, restated
from asymptotics.notation import notation as named
from numerics.figures.allocation import phase_diagram
from numerics.reports.content import Dossier
from numerics.reports.latex import FITTED, OWN, law_section, to_figure, verification_table
from numerics.reports.latex import setting as setting_of

LAWS_A_FIGURE = 4

PREAMBLE = (
    r"""\documentclass{article}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath}
\usepackage{amssymb}
\usepackage{graphicx}
\sloppy
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6ex}
"""
    + FITTED
    + r"""\newcommand{\formula}[1]{\begin{equation}\fitted[0.9\linewidth]{$\displaystyle #1$}\end{equation}}
"""
)

MODEL = r"""
Features $\psi_k$ have variances $\lambda_k$, the teacher is $y = \sum_k w_k \psi_k + \sigma \epsilon$ with
target power $c_k = \lambda_k w_k^2$ in mode $k$, and the student reads $N$ random combinations of the
features. It is trained by gradient flow for a time $t$ on $P$ samples~\cite{bap}. $L$ is the excess test
loss: the variance $\sigma^2$ of the label noise itself is not included. All quantities are dimensionless. In
the mean-field limit everything is made of
\[
  \mathrm{df}_1(\kappa) = \sum_k \frac{\lambda_k}{\lambda_k + \kappa}, \qquad
  \Xi(\kappa) = \sum_k \frac{c_k\, \kappa}{\lambda_k + \kappa}, \qquad
  z = \kappa \left(1 - \frac{\mathrm{df}_1}{P}\right) \left(1 - \frac{\mathrm{df}_1}{N}\right),
\]
with $z$ the Laplace variable of time. Each law below is the leading term of an expansion whose next order is
stated; sums over modes are expanded by residues of Mellin transforms~\cite{flajolet}.
"""

REFERENCES = r"""
\bibitem{bap} B.~Bordelon, A.~Atanasov and C.~Pehlevan, A dynamical model of neural scaling laws, ICML 2024,
arXiv:2402.01092.
\bibitem{flajolet} P.~Flajolet, X.~Gourdon and P.~Dumas, Mellin transforms and asymptotics: harmonic sums,
Theoretical Computer Science 144 (1995) 3--58.
\bibitem{paquette} E.~Paquette, C.~Paquette, L.~Xiao and J.~Pennington, 4+3 phases of compute-optimal neural
scaling laws, arXiv:2405.15074.
\bibitem{dlmf} NIST Digital Library of Mathematical Functions, F.~W.~J.~Olver et al.\ (eds.).
"""


def figures(dossier: Dossier) -> dict[str, Figure]:
    """The figures of the article by file name: the phase diagram, and the verification, four laws each."""
    found: dict[str, Figure] = {}
    diagram = phase_diagram(dossier.optimum)
    if diagram is not None:
        found["phases.pdf"] = diagram
    rows = () if dossier.report is None else dossier.report.rows
    for i in range(0, len(rows), LAWS_A_FIGURE):
        assert dossier.report is not None
        part = rows[i : i + LAWS_A_FIGURE]
        found[f"verification-{i // LAWS_A_FIGURE + 1}.pdf"] = to_figure(dossier.report, rows=part, across=2)
    return found


def article(dossier: Dossier, names: Collection[str], notation: str | None = None) -> str:
    """The article in LaTeX; ``names`` are the figure files beside it. Raises what `law.derivation` does."""
    letters = named(notation or OWN)
    setting = setting_of(dossier.task, letters)
    lines = [
        PREAMBLE,
        rf"\title{{Bottleneck laws for ${setting[0]}$, ${setting[1]}$}}",
        r"\author{}",
        r"\date{}",
        r"\begin{document}",
        r"\maketitle",
        r"\section{Model}",
        MODEL,
        r"The task is \[ " + r",\quad ".join(setting) + r". \]",
    ]
    if letters.inverse:
        meaning = ", ".join(f"{sympy.latex(s)} = {sympy.latex(e)}" for s, e in letters.inverse)
        lines.append(rf"Exponents are in the letters of {escape_latex(letters.source)}: ${meaning}$")
        lines.append(r"for $\lambda_k = k^{-b}$, $c_k = k^{-a}$.")
    lines += [r"\section{Laws}"]
    for law in dossier.laws:
        lines += law_section(law, notation)
    for name, reason in dossier.refused:
        lines.append(rf"\paragraph{{{escape_latex(name)}}} is not derived: {escape_latex(reason)}.")
    lines += _allocation(dossier, names, notation)
    lines += _verification(dossier, names)
    lines += [r"\section{Derivations}", r"Sources are~\cite{bap}, \cite{flajolet} and~\cite{dlmf}."]
    for law in dossier.laws:
        lines += _derivation(law, letters)
    lines += [r"\begin{thebibliography}{9}", REFERENCES, r"\end{thebibliography}", r"\end{document}", ""]
    return "\n".join(lines)


def _allocation(dossier: Dossier, names: Collection[str], notation: str | None) -> Iterator[str]:
    yield r"\section{Compute-optimal allocation}"
    if dossier.optimum is None:
        yield rf"Not derived: {escape_latex(dossier.no_optimum)}."
        return
    optimum = dossier.optimum
    yield rf"A budget $C = {sympy.latex(optimum.cost)}$, $C \to \infty$, split so that the loss is smallest"
    yield r"(compare~\cite{paquette}); the monomials of the loss that balance are in the last column."
    yield ""
    yield r"\medskip\renewcommand{\arraystretch}{1.4}"
    yield rf"\fitted{{{allocation_table(optimum, notation)}}}"
    yield ""
    yield rf"The phases are disjoint: {'proved' if optimum.proof.disjoint else 'not decided'};"
    yield rf"they cover the domain: {'proved' if optimum.proof.covering else 'not decided'}."
    if "phases.pdf" in names:
        yield _figure("phases.pdf", "Phases of the compute-optimal allocation over $a$ and $b$.", 0.62)


def allocation_table(optimum: Optimum, notation: str | None = None) -> str:
    """Phases and boundaries as a ``tabular``: condition, exponents, balance."""
    printer = LatexPrinter()
    phases = (*optimum.phases, *optimum.boundaries)
    shown = phases if notation is None else restated(phases, notation)
    rows = []
    for phase in shown:
        where = r",\ ".join(printer.doprint(part) for part in And.make_args(phase.condition))
        cells = [f"${where}$" if phase.condition != true else "everywhere"]
        cells += [f"${entry(key, power, phase.logs[key], printer)}$" for key, power in phase.powers]
        cells.append("$" + r" \sim ".join(printer.doprint(x) for x in phase.balance) + "$")
        rows.append(" & ".join(cells) + r" \\")
    heads = ["phase", *(f"${x}$" for x in optimum.free), "$L$", "balance"]
    return "\n".join(
        [
            rf"\begin{{tabular}}{{{'l' * len(heads)}}}",
            r"\hline",
            " & ".join(heads) + r" \\ \hline",
            *rows,
            r"\hline",
            r"\end{tabular}",
        ]
    )


def _verification(dossier: Dossier, names: Collection[str]) -> Iterator[str]:
    yield r"\section{Verification}"
    if dossier.report is None:
        yield "The laws were not compared with the full model: not every parameter has a number."
        return
    values = ", ".join(f"{sympy.latex(s)} = {sympy.latex(v)}" for s, v in dossier.values.items())
    yield r"Each law against the solution of the full model" + (f" at ${values}$" if values else "") + "."
    yield r"Exponents are those of the quantity and of its relative remainder $L/L_{\text{law}} - 1$,"
    yield r"predicted and measured with an estimate of the error."
    yield ""
    yield r"\medskip\renewcommand{\arraystretch}{1.3}"
    yield rf"\fitted{{{verification_table(dossier.report)}}}"
    yield ""
    for name in sorted(n for n in names if n.startswith("verification")):
        yield _figure(
            name, "Laws over the full model, and the relative remainder with the slope predicted.", 0.98
        )


def _derivation(law: Law, letters: Notation) -> Iterator[str]:
    """Every step: a sentence with its source, and the equation."""
    derivation = law.derivation
    title = escape_latex(derivation.title[0].upper() + derivation.title[1:])
    yield r"\subsection*{" + title.replace("= oo", r"= $\infty$") + "}"
    for step in derivation:
        shown = letters.restate_step(step)
        where = ""
        if step.condition != true:
            parts = And.make_args(shown.condition)
            where = " For $" + r",\ ".join(sympy.latex(part) for part in parts) + "$:"
        yield rf"{tex_of(step.reason)} ({escape_latex(step.source)}.){where}\nopagebreak"
        left, relation, right = sides(shown)
        lines = break_lines(shown, right)
        whole = f"{left} {relation} {right}"
        if len(lines) > 1:
            rows = r" \\ & ".join(lines)
            whole = rf"\begin{{aligned}} {left} {relation} {{}}& {rows} \end{{aligned}}"
        yield rf"\formula{{{whole}}}"


def _figure(name: str, caption: str, width: float) -> str:
    return (
        rf"\begin{{figure}}[htbp]\centering\includegraphics[width={width}\linewidth]{{{name}}}"
        rf"\caption{{{caption}}}\end{{figure}}"
    )


__all__ = ["allocation_table", "article", "figures"]
