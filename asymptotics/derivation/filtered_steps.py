"""The steps that tell a sum over modes of any function with a Mellin transform.

filtered_steps    the Dirichlet series, the residues, the expansion
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Eq, Rational, Sum, powdenest

from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.sum_steps import HARMONIC, s
from asymptotics.derivation.symbols import Residue
from asymptotics.derivation.text import say
from asymptotics.domains.domain import normal
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.tidying import tidy
from asymptotics.model.expander import Found
from asymptotics.spectra import SpectralSeries
from asymptotics.transforms.functions import transform_of


def over_modes_of(found: Found, spectrum: SpectralSeries) -> Sum:
    """``sum m c phi(lambda X)`` of a node `Filtered`, in the index."""
    phi, letter, place, weighted = found.node.args
    task = spectrum.task
    weights = task.multiplicity * (task.target if weighted else 1)
    summand = weights * phi.xreplace({letter: task.eigenvalues * place})
    return Sum(powdenest(summand), (task.index, 1, task.modes))


def filtered_steps(found: Found, exact: Sum, spectrum: SpectralSeries) -> Iterator[Step]:
    """Of a node `Filtered`, ``sum m c phi(lambda X)`` (theory: `transforms.dirichlet`)."""
    phi, letter, place, weighted = found.node.args
    task, terms = spectrum.task, found.series.terms
    series = spectrum.target if weighted else spectrum.kernel
    weights = task.multiplicity * (task.target if weighted else 1)
    dirichlet = series.laurent(s, 1).coefficient(0)
    yield Step(
        equation=Eq(
            Sum(weights * task.eigenvalues ** (-s), (task.index, 1, task.modes)), dirichlet, evaluate=False
        ),
        reason=say("The Dirichlet series of the spectrum, continued from where its sum converges."),
        source="DLMF 25.2.1 and 25.11.1",
        given=((s, series.abscissa / 2 if weighted else series.abscissa - Rational(1, 2)),),
    )
    integrand = transform_of(phi, letter).laurent(s, 1).coefficient(0) * dirichlet * place**-s
    for term in terms:
        if any(term.logs) or term.coefficient.has(Oscillation):
            continue  # they stand in the expansion
        pole = normal(term.order / place.as_coeff_exponent(found.series.variable)[1])
        yield Step(
            equation=Eq(
                -Residue(integrand, s, pole),
                tidy(term.coefficient) * found.series.monomial_of(term),
                evaluate=False,
            ),
            reason=say(
                "A pole at {}, of the transform of the summand or of the Dirichlet series.", Eq(s, pole)
            ),
            source=HARMONIC,
        )
    yield Step(
        equation=asymptotic(exact, found.series),
        reason=say("The line of Mellin's inversion is moved to the right across these poles."),
        source=HARMONIC,
    )
