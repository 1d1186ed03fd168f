"""From an expansion to its steps: what was found at each node of an equation becomes steps with reasons.

Teller       tells what `model.expand` found, node by node, and gathers what the letters stand for
TELLING      how each kind of node is told; another operator adds its own
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from sympy import Add, Eq, Expr, Function, Integer, Symbol
from sympy.core.function import AppliedUndef

from asymptotics.derivation.filtered_steps import filtered_steps, over_modes_of
from asymptotics.derivation.inversion_steps import inversion_steps
from asymptotics.derivation.overlap_steps import overlap_steps
from asymptotics.derivation.scaling_steps import scaling_steps
from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.sum_steps import ToldSum, sum_steps
from asymptotics.derivation.text import say
from asymptotics.model.equations import moving
from asymptotics.model.equations_of_rules import place_of
from asymptotics.model.expander import Found
from asymptotics.model.finite_modes import at_size
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
    Iterated,
    Minimiser,
    Minimum,
    Overlap,
    Renewed,
    Rich,
    Root,
    epsilon,
    explicit_ridge,
    later,
    past,
    ridge,
    zeta,
)
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.scheduling import Noise
from asymptotics.model.scheduling_sums import Filtered
from asymptotics.model.sums import SUMS, df1, named
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import N, P, kappa


class Teller:
    """The steps of all that one expansion is made of, in order, each once.

    ``steps`` are those told so far and ``definitions`` what the letters in them stand for, from the task.
    A letter that is ``known`` to stand for something else, in steps told before, is not taken again.
    """

    def __init__(self, series: SpectralSeries, known: Mapping[Expr, Expr]) -> None:
        self.spectrum, task = series, series.task
        self.steps: list[Step] = []
        self.definitions: dict[Expr, Expr] = {
            one(past): one.over_modes(task, past)
            for one in SUMS.values()
            if one.weights is None or task.test_eigenvalues is not None
        }
        self.definitions[moving(zeta, epsilon)] = Iterated(zeta + epsilon * kappa * df1(kappa), kappa, zeta)
        self.definitions |= {place_of(rule): rule.place(later) for rule in (GradientDescent, OnePassSGD)}
        self.definitions |= {ridge(size): Root(df1(kappa) - size, kappa) for size in (N, P)}
        self._told: dict[Found, Expr] = {}
        self._heads: dict[Expr, AppliedUndef] = {}
        self._known = {f.func: (f.args, e) for f, e in known.items() if isinstance(f, AppliedUndef)}

    def __call__(self, found: Found) -> Expr:
        """The node in functions that have been told, after the steps of all its parts."""
        if found not in self._told:
            rule = next(TELLING[kind] for kind in type(found.node).__mro__ if kind in TELLING)
            self._told[found] = self._closed(found) if found.closed is not None else rule(self, found)
        return self._told[found]

    def tell(self, equation: Any, reason: str, source: str) -> None:
        """One more step, unless it was told before."""
        self.steps.append(Step(equation=equation, reason=reason, source=source))

    def head(self, meaning: Expr, variable: Symbol, letters: str) -> AppliedUndef:
        """A short name for a function: the next of ``letters`` that stands for nothing else."""
        if meaning not in self._heads:
            taken = {head.func for head in self._heads.values()}
            functions = (Function(c if n == 0 else f"{c}_{n}") for n in count() for c in letters)
            own = (variable,), meaning
            free = (f for f in functions if f not in taken and self._known.get(f, own) == own)
            self._heads[meaning] = next(free)(variable)
            self.definitions[self._heads[meaning]] = meaning
        return self._heads[meaning]

    def name(self, found: Found) -> Expr:
        """The name of what is expanded together, told with its expansion; sums and numbers have their own."""
        exact, x = self(found), found.series.variable
        if isinstance(exact, AppliedUndef) or exact.is_number or exact in self._heads:
            return self._heads.get(exact, exact)
        head = self.head(exact, x, "hgpqrw")
        self.tell(
            Eq(head, exact, evaluate=False),
            say("A name for what is expanded together, a function of {} alone.", x),
            "definition",
        )
        self.tell(
            asymptotic(head, found.series),
            "Sums, products and powers of the expansions above, term by term.",
            "algebra of asymptotic expansions; Erdelyi 1956, section 1.6",
        )
        return head

    # --- one rule for each kind of node --------------------------------------------------------------

    def _algebra(self, found: Found) -> Expr:
        return found.node.xreplace({part.node: self(part) for part in found.parts})

    def _rewritten(self, found: Found) -> Expr:
        return self(found.parts[0])

    def _sum(self, found: Found) -> Expr:
        one, (x,) = named(found.node), found.node.args
        if x.func == moving:
            self(found.parts[0])
            self.tell(
                asymptotic(found.node, found.series),
                "Beyond the spectrum the sum is analytic, and the ridge moves little with many features.",
                "Lagrange inversion, DLMF 1.10.13",
            )
            return found.node
        if not x.is_Symbol and not found.parts:
            self._define(found.node)
            self.tell(
                asymptotic(found.node, found.series),
                "Beyond the spectrum the sum is analytic: Taylor's series.",
                "calculus",
            )
            return found.node
        if found.parts:
            self(found.parts[0])
            return found.node
        if found.series.gauge is not None or one.kernel is None:
            self._define(found.node)
        if one.behind:
            why = "The Euler-Maclaurin formula, term by term of the summand."
            self.tell(asymptotic(found.node, found.series), why, "DLMF 2.10(i)")
        if one.free:
            self.tell(asymptotic(found.node, found.series), "The Dirichlet series at 0.", "definition")
        if found.series.gauge is not None or one.kernel is None:
            return found.node
        series = found.series
        if one.damping:
            series = series * series.monomial(Integer(1), Integer(one.damping))
        own = self.spectrum
        if one.weights is not None:
            own = replace(spectrum(one.weigh(own.task)), domain=own.domain)
        self.steps += sum_steps(ToldSum(one=one, x=x, spectrum=own, found=series))
        return found.node

    def _define(self, call: AppliedUndef) -> None:
        one, (x,) = named(call), call.args
        self.tell(
            Eq(call, one.over_modes(self.spectrum.task, x), evaluate=False),
            f"The definition of a spectral sum: {one.words}.",
            "BAP, section 2 and appendix C",
        )

    def _closed(self, found: Found) -> Expr:
        """A closed form of finitely many modes."""
        at_ridge = isinstance(found.node, AtRidge)
        function = found.node.args[0] if at_ridge else found.node
        for call in sorted(function.atoms(AppliedUndef), key=str):
            self._define(call)
        exact = found.node.meaning() if at_ridge else found.node
        self.tell(
            Eq(exact, found.closed, evaluate=False),
            "All modes share one eigenvalue lambda: in u = kappa/(lambda + kappa) every sum is a polynomial, "
            "and df1 = M (1 - u) gives u."
            if at_ridge
            else "All modes are resolved: kappa = 0, where df1 and df2 count the modes.",
            "algebra",
        )
        return exact

    def _inverse(self, found: Found) -> Expr:
        (part,) = found.parts
        _, z, time = found.node.args
        if isinstance(part.node, InverseLaplace):
            return InverseLaplace(self(part).args[0], z, time)
        exact = InverseLaplace(self.name(part), z, time)
        self.steps += inversion_steps(exact, part.series, found.series)
        return exact

    def _overlap(self, found: Found) -> Expr:
        _, z, _, time = found.node.args
        one, two = found.parts
        meaning = Overlap(self.name(one), z, self.name(two), time).meaning()
        if meaning.args[0].args[0] == 0:
            return Integer(0)  # of one function with itself: it is antisymmetric
        return self._folded(found, meaning, "The two-time kernel by partial fractions, at equal times.")

    def _convolution(self, found: Found) -> Expr:
        for part in found.parts:
            self(part)
        return self._folded(found, found.node.meaning(), "Of two times one runs on to 2t: data are reused.")

    def _folded(self, found: Found, meaning: Expr, reason: str) -> Expr:
        if meaning not in self._heads:
            head = self.head(meaning, found.series.variable, "IJ")
            self.tell(Eq(head, meaning, evaluate=False), reason, "BAP, appendix C; DLMF 3.3.6")
            self.steps += overlap_steps(head, found)
        return self._heads[meaning]

    def _at_ridge(self, found: Found) -> Expr:
        _, letter, size = found.node.args
        if self.spectrum.scaling is not None:
            return self._at_scaling_ridge(found)
        if not found.parts:
            return self._between_levels(found)
        self(found.parts[0])
        why = say("The ridge {} is fixed: as many modes are resolved as {}.", letter, size)
        return self._reverted(found, found.parts[0].node, ridge(size), why, "BAP, appendix C (fixed point)")

    def _between_levels(self, found: Found) -> Expr:
        """A function of the ridge by its place between two levels of many modes."""
        function, letter, size = found.node.args
        for call in sorted({df1(letter), *function.atoms(AppliedUndef)}, key=str):
            self._define(call)
        exact = found.node.meaning()
        why = say("The ridge {} is fixed: as many modes are resolved as {}.", letter, size)
        count = df1(letter).xreplace({letter: ridge(size)})
        self.tell(Eq(count, size, evaluate=False), why, "BAP, appendix C (fixed point)")
        self.tell(
            asymptotic(exact, found.series, size),
            "At a ridge kappa = lambda(k_0) sums over whole levels are integrals, and those over the levels "
            "about k_0 have the period 1 in k_0 by Poisson's formula; the number of modes gives k_0.",
            "DLMF 1.8.14; Flajolet, Gourdon & Dumas 1995, section 4",
        )
        return exact

    def _at_scaling_ridge(self, found: Found) -> Expr:
        """A function of the ridge of N features where modes grow with N."""
        function, letter, size = found.node.args
        calls = {df1(letter), *function.atoms(AppliedUndef)}
        for call in sorted((c for c in calls if c.args == (letter,)), key=str):
            self._define(call)
        for part in found.parts:
            self.tell(
                asymptotic(part.node, part.series, size),
                "Beyond the spectrum the sum is analytic: its modes are added up by powers of the last one, "
                "and the ridge moves little with many features.",
                "Euler-Maclaurin formula, DLMF 2.10(i); Lagrange inversion, DLMF 1.10.13",
            )
        self.steps += scaling_steps(found, self.spectrum)
        return found.node.meaning()

    def _at_modes(self, found: Found) -> Expr:
        _, letter, size, _ = found.node.args
        count, root = self.name(found.parts[0]), found.node.head
        self.definitions[root] = Root(count - size, letter)
        why = say("The slope of the loss vanishes: this is the {} that is best for {}.", letter, size)
        return self._reverted(found, count, root, why, "calculus")

    def _at_least(self, found: Found) -> Expr:
        """At the root of a count of modes; or by leading terms, where there are many of them."""
        function, letter, size, modes = found.node.args
        if found.parts[0].node == modes:
            return self._at_modes(found)
        loss = function.xreplace({part.node: self(part) for part in found.parts})
        exact = Minimum(loss, letter)
        self.definitions[found.node.head] = Minimiser(loss, letter)
        self.tell(
            asymptotic(exact, found.series, size),
            "The loss grows with each of these sums: relatively, its minimum is known as well as they are, "
            "and is that of their leading terms.",
            "calculus",
        )
        return exact

    def _reverted(self, found: Found, count: Expr, root: Expr, why: str, source: str) -> Expr:
        """A function of the root of ``count = size``."""
        letter, size = found.node.args[1:3]
        modes, part = found.parts
        head = self.name(part)
        self.tell(Eq(count.xreplace({letter: root}), size, evaluate=False), why, source)
        itself = at_size(modes.series, size, modes.series.monomial(Integer(1), Integer(1)))
        self.tell(
            asymptotic(root, itself, size),
            "The expansion is reverted by Lagrange's theorem about its leading term.",
            "Lagrange inversion, DLMF 1.10.13",
        )
        exact = head.xreplace({letter: root})
        self.tell(
            asymptotic(exact, found.series, size),
            "The reverted expansion is substituted and ordered again.",
            "Lagrange inversion, DLMF 1.10.13",
        )
        return exact

    def _at_explicit(self, found: Found) -> Expr:
        """The renormalised ridge of an explicit one by its leading balance, and what is made of it."""
        _, letter, size, rho = found.node.args
        root, whole = found.parts
        modes, exact = self(root.parts[0]), root.node
        self.definitions[explicit_ridge(size, past)] = Root(letter - letter * modes / size - past, letter)
        self.tell(
            Eq(exact * (1 - modes.xreplace({letter: exact}) / size), rho, evaluate=False),
            say("The explicit ridge fixes {}.", letter),
            "BAP, appendix C, with s + rho in the place of s",
        )
        self.tell(
            asymptotic(exact, root.series, size),
            "The leading balance, and what iteration about it adds.",
            "de Bruijn 1981, chapter 2",
        )
        self._told[root] = exact
        return self(whole)

    def _rich(self, found: Found) -> Expr:
        exact = found.node.xreplace({part.node: self(part) for part in found.parts})
        self.tell(
            asymptotic(exact, found.series),
            "Powers on both sides of the equation for the scale of the features are matched: it grows as a "
            "power where the sum of c/lambda diverges, and tends to a constant where it converges.",
            "Mellin integrals over matched powers",
        )
        return exact

    def _filtered(self, found: Found) -> Expr:
        """The residues of a harmonic sum of any function."""
        exact = over_modes_of(found, self.spectrum)
        self.steps += filtered_steps(found, exact, self.spectrum)
        self.definitions[found.node] = exact
        return exact

    def _noise(self, found: Found) -> Expr:
        """The same of equal steps; of others the noise of a step has no closed form."""
        shape, _, place = found.node.args
        if shape.free_symbols:
            return found.node
        modes = Filtered(noise_of_equal_steps(shape, kappa), kappa, place, Integer(0))
        exact = self._filtered(replace(found, node=modes))
        self.definitions[found.node] = exact
        return exact

    def _bessel(self, found: Found) -> Expr:
        exact = found.node.xreplace({part.node: self(part) for part in found.parts})
        self.tell(
            asymptotic(exact, found.series),
            "Of a power of time the density of its rates is a power, and the Mellin transform of the filter "
            "gives what becomes of it; behind follow the end of the filter and the swing of single modes.",
            "DLMF 10.22.57; stationary phase, DLMF 2.3(iv)",
        )
        return exact

    def _accelerated(self, found: Found) -> Expr:
        """The loss beside the label noise, less that noise; `Renewed` says what it equals."""
        modes, whole = found.parts
        self(modes)
        return self(whole) - found.node.args[4]

    def _renewed(self, found: Found) -> Expr:
        exact = found.node.xreplace({part.node: self(part) for part in found.parts})
        self.tell(
            asymptotic(exact, found.series),
            "What batches add is given back at once by fast modes, and later by those that swing: of a power "
            "of time the same share at all times, by Euler's Beta function. Each power is divided by what is "
            "not given back; behind follow modes that hardly swing, and that modes are whole ones.",
            "DLMF 5.12.1",
        )
        return exact

    def _minimum(self, found: Found) -> Expr:
        """To first order in 1/P the quantity itself, and its expansion order by order in 1/P."""
        count = len(Add.make_args(found.node.args[0]))
        named, losses = found.parts[:count], found.parts[count:]
        exact = found.node.xreplace({part.node: self(part) for part in named})
        leads = {part.node: part.series.term_expression(part.series.leading()) for part in named}
        lead = found.series.term_expression(found.series.leading())
        self.tell(
            Eq(found.node.xreplace(leads), lead, evaluate=False),
            "Between two powers, one falling and one rising, the derivative vanishes at one point.",
            "calculus",
        )
        for part in losses:
            self(part)
        total = Add(*(part.series.as_expr() * P**-n for n, part in enumerate(losses)))
        self.tell(
            asymptotic(found.node.func(total, found.node.args[1]), found.series, P),
            say("The orders of the loss in {}: where their sum is smallest, by Lagrange's theorem.", 1 / P),
            "Lagrange inversion, DLMF 1.10.13",
        )
        return exact


TELLING: dict[type[Any], Callable[[Teller, Found], Expr]] = {
    Expr: Teller._algebra,
    AppliedUndef: Teller._sum,
    InverseLaplace: Teller._inverse,
    Coefficient: Teller._rewritten,
    Overlap: Teller._overlap,
    Convolution: Teller._convolution,
    Corrected: Teller._rewritten,
    AtRidge: Teller._at_ridge,
    AtModes: Teller._at_modes,
    AtLeast: Teller._at_least,
    AtExplicit: Teller._at_explicit,
    Minimum: Teller._minimum,
    Rich: Teller._rich,
    Bessel: Teller._bessel,
    Accelerated: Teller._accelerated,
    Renewed: Teller._renewed,
    Filtered: Teller._filtered,
    Noise: Teller._noise,
}
"""How each kind of node is told; a kind that is missing goes by its base class."""
