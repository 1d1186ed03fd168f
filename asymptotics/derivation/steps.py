"""How each kind of node of an equation is told; those of a ridge are in `ridge_steps`.

TELLING    the rules by kind
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Add, Eq, Expr, Integer, log
from sympy.core.function import AppliedUndef

from asymptotics.derivation.filtered_steps import filtered_steps, over_modes_of
from asymptotics.derivation.inversion_steps import inversion_steps
from asymptotics.derivation.overlap_steps import overlap_steps
from asymptotics.derivation.ridge_steps import tell_at_explicit, tell_at_least, tell_at_modes, tell_at_ridge
from asymptotics.derivation.step import asymptotic
from asymptotics.derivation.sum_steps import ToldSum, sum_steps
from asymptotics.derivation.teller import Rule, Rules, Teller
from asymptotics.derivation.text import say
from asymptotics.model.equations import moving
from asymptotics.model.expander import Found
from asymptotics.model.moments import noise_of_equal_steps
from asymptotics.model.operators import (
    Accelerated,
    AtExplicit,
    AtLeast,
    AtModes,
    AtRidge,
    Bessel,
    Coefficient,
    Convolution,
    Corrected,
    InverseLaplace,
    Minimum,
    Overlap,
    Renewed,
    Rich,
)
from asymptotics.model.scheduling import Noise
from asymptotics.model.scheduling_sums import Filtered
from asymptotics.model.sums import named
from asymptotics.spectra import spectrum
from asymptotics.symbols import P, kappa


def _tell_algebra(teller: Teller, found: Found) -> Expr:
    return found.node.xreplace({part.node: teller(part) for part in found.parts})


def _tell_rewritten(teller: Teller, found: Found) -> Expr:
    return teller(found.parts[0])


def _tell_sum(teller: Teller, found: Found) -> Expr:
    one, (x,) = named(found.node), found.node.args
    if x.func == moving:
        teller(found.parts[0])
        teller.tell(
            asymptotic(found.node, found.series),
            "Beyond the spectrum the sum is analytic, and the ridge moves little with many features.",
            "Lagrange inversion, DLMF 1.10.13",
        )
        return found.node
    if not x.is_Symbol and not found.parts:
        teller.define(found.node)
        teller.tell(
            asymptotic(found.node, found.series),
            "Beyond the spectrum the sum is analytic: Taylor's series.",
            "calculus",
        )
        return found.node
    if found.parts:
        teller(found.parts[0])
        return found.node
    if found.series.gauge is not None or one.kernel is None:
        teller.define(found.node)
    if one.behind:
        why = "The Euler-Maclaurin formula, term by term of the summand."
        teller.tell(asymptotic(found.node, found.series), why, "DLMF 2.10(i)")
    if one.free:
        teller.tell(asymptotic(found.node, found.series), "The Dirichlet series at 0.", "definition")
    if found.series.gauge is not None or one.kernel is None:
        return found.node
    series = found.series
    if one.damping:
        series = series * series.monomial(Integer(1), Integer(one.damping))
    own = teller.spectrum
    if one.weights is not None:
        own = replace(spectrum(one.weigh(own.task)), domain=own.domain)
    teller.steps += sum_steps(ToldSum(one=one, x=x, spectrum=own, found=series))
    return found.node


def _tell_inverse(teller: Teller, found: Found) -> Expr:
    (part,) = found.parts
    _, z, time = found.node.args
    if isinstance(part.node, InverseLaplace):
        return InverseLaplace(teller(part).args[0], z, time)
    exact = InverseLaplace(teller.name(part), z, time)
    teller.steps += inversion_steps(exact, part.series, found.series)
    return exact


def _tell_overlap(teller: Teller, found: Found) -> Expr:
    _, z, _, time = found.node.args
    one, two = found.parts
    meaning = Overlap(teller.name(one), z, teller.name(two), time).meaning()
    if meaning.args[0].args[0] == 0:
        return Integer(0)  # of one function with itself: it is antisymmetric
    return _tell_folded(teller, found, meaning, "The two-time kernel by partial fractions, at equal times.")


def _tell_convolution(teller: Teller, found: Found) -> Expr:
    for part in found.parts:
        teller(part)
    why = "Of two times one runs on to 2t: data are reused."
    return _tell_folded(teller, found, found.node.meaning(), why)


def _tell_folded(teller: Teller, found: Found, meaning: Expr, reason: str) -> Expr:
    if meaning not in teller.heads:
        head = teller.head(meaning, found.series.variable, "IJ")
        teller.tell(Eq(head, meaning, evaluate=False), reason, "BAP, appendix C; DLMF 3.3.6")
        teller.steps += overlap_steps(head, found)
    return teller.heads[meaning]


def _in_words(reason: str, source: str) -> Rule:
    """The rule for what one sentence makes of the expansions of the parts."""

    def told(teller: Teller, found: Found) -> Expr:
        exact = _tell_algebra(teller, found)
        teller.tell(asymptotic(exact, found.series), reason, source)
        return exact

    return told


def _tell_filtered(teller: Teller, found: Found) -> Expr:
    """The residues of a harmonic sum of any function."""
    exact = over_modes_of(found, teller.spectrum)
    teller.steps += filtered_steps(found, exact, teller.spectrum)
    teller.definitions[found.node] = exact
    return exact


def _tell_noise(teller: Teller, found: Found) -> Expr:
    """The same of equal steps; of others the noise of a step has no closed form."""
    shape, _, place = found.node.args
    if shape.free_symbols:
        return found.node
    modes = Filtered(noise_of_equal_steps(shape, kappa), kappa, place, Integer(0))
    exact = _tell_filtered(teller, replace(found, node=modes))
    teller.definitions[found.node] = exact
    return exact


def _tell_accelerated(teller: Teller, found: Found) -> Expr:
    """The loss beside the label noise, less that noise; `Renewed` says what it equals."""
    modes, whole = found.parts
    teller(modes)
    return teller(whole) - found.node.args[4]


def _tell_minimum(teller: Teller, found: Found) -> Expr:
    """To first order in 1/P the quantity itself, and its expansion order by order in 1/P."""
    count = len(Add.make_args(found.node.args[0]))
    named, losses = found.parts[:count], found.parts[count:]
    exact = found.node.xreplace({part.node: teller(part) for part in named})
    leads = {part.node: part.series.term_expression(part.series.leading()) for part in named}
    if not losses:
        teller.tell(
            asymptotic(found.node.xreplace(leads), found.series, P),
            say("Where the slopes of the leading terms balance, up to logarithms of {}.", log(P)),
            "calculus",
        )
        return exact
    lead = found.series.term_expression(found.series.leading())
    teller.tell(
        Eq(found.node.xreplace(leads), lead, evaluate=False),
        "Between two powers, one falling and one rising, the derivative vanishes at one point.",
        "calculus",
    )
    for part in losses:
        teller(part)
    total = Add(*(part.series.as_expr() * P**-n for n, part in enumerate(losses)))
    teller.tell(
        asymptotic(found.node.func(total, found.node.args[1]), found.series, P),
        say("The orders of the loss in {}: where their sum is smallest, by Lagrange's theorem.", 1 / P),
        "Lagrange inversion, DLMF 1.10.13",
    )
    return exact


TELLING: Rules = {
    Expr: _tell_algebra,
    AppliedUndef: _tell_sum,
    InverseLaplace: _tell_inverse,
    Coefficient: _tell_rewritten,
    Overlap: _tell_overlap,
    Convolution: _tell_convolution,
    Corrected: _tell_rewritten,
    AtRidge: tell_at_ridge,
    AtModes: tell_at_modes,
    AtLeast: tell_at_least,
    AtExplicit: tell_at_explicit,
    Minimum: _tell_minimum,
    Rich: _in_words(
        "Powers on both sides of the equation for the scale of the features are matched: it grows as a "
        "power where the sum of c/lambda diverges, and tends to a constant where it converges.",
        "Mellin integrals over matched powers",
    ),
    Bessel: _in_words(
        "Of a power of time the density of its rates is a power, and the Mellin transform of the filter "
        "gives what becomes of it; behind follow the end of the filter and the swing of single modes.",
        "DLMF 10.22.57; stationary phase, DLMF 2.3(iv)",
    ),
    Accelerated: _tell_accelerated,
    Renewed: _in_words(
        "What batches add is given back at once by fast modes, and later by those that swing: of a power "
        "of time the same share at all times, by Euler's Beta function. Each power is divided by what is "
        "not given back; behind follow modes that hardly swing, and that modes are whole ones.",
        "DLMF 5.12.1",
    ),
    Filtered: _tell_filtered,
    Noise: _tell_noise,
}
"""How each kind of node is told; a kind that is missing goes by its base class."""
