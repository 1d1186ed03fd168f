"""From an expansion to its steps: what `model.expand` found is told node by node, each once.

Teller        holds the steps told so far, and what the letters in them stand for
Rule, Rules   how a kind of node is told, and those of all kinds (`derivation.steps`)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from sympy import Eq, Expr, Function, Symbol
from sympy.core.function import AppliedUndef

from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.text import say
from asymptotics.model.equations import moving
from asymptotics.model.equations_of_rules import place_of
from asymptotics.model.expander import Found
from asymptotics.model.operators import (
    AtRidge,
    Iterated,
    Root,
    epsilon,
    later,
    past,
    ridge,
    zeta,
)
from asymptotics.model.rules.gradient_descent import GradientDescent
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.sums import SUMS, df1, named
from asymptotics.spectra import SpectralSeries
from asymptotics.symbols import N, P, kappa

# What a node becomes, in functions that have been told.
Rule = Callable[["Teller", Found], Expr]
Rules = Mapping[type[Any], Rule]


class Teller:
    """The steps of all that one expansion is made of, in order, each once.

    ``steps`` are those told so far and ``definitions`` what the letters in them stand for, from the task.
    A letter that is ``known`` to stand for something else, in steps told before, is not taken again;
    ``rules`` say how each kind of node is told, a kind that is missing by its base class.
    """

    def __init__(self, series: SpectralSeries, known: Mapping[Expr, Expr], rules: Rules) -> None:
        self.spectrum, self.rules, task = series, rules, series.task
        self.steps: list[Step] = []
        self.definitions: dict[Expr, Expr] = {
            one(past): one.over_modes(task, past)
            for one in SUMS.values()
            if one.weights is None or task.test_eigenvalues is not None
        }
        self.definitions[moving(zeta, epsilon)] = Iterated(zeta + epsilon * kappa * df1(kappa), kappa, zeta)
        self.definitions |= {place_of(rule): rule.place(later) for rule in (GradientDescent, OnePassSGD)}
        self.definitions |= {ridge(size): Root(df1(kappa) - size, kappa) for size in (N, P)}
        self.told: dict[Found, Expr] = {}
        self.heads: dict[Expr, AppliedUndef] = {}
        self._known = {f.func: (f.args, e) for f, e in known.items() if isinstance(f, AppliedUndef)}

    def __call__(self, found: Found) -> Expr:
        """The node in functions that have been told, after the steps of all its parts."""
        if found not in self.told:
            rule = next(self.rules[kind] for kind in type(found.node).__mro__ if kind in self.rules)
            self.told[found] = self._closed(found) if found.closed is not None else rule(self, found)
        return self.told[found]

    def tell(self, equation: Any, reason: str, source: str) -> None:
        """One more step, unless it was told before."""
        self.steps.append(Step(equation=equation, reason=reason, source=source))

    def head(self, meaning: Expr, variable: Symbol, letters: str) -> AppliedUndef:
        """A short name for a function: the next of ``letters`` that stands for nothing else."""
        if meaning not in self.heads:
            taken = {head.func for head in self.heads.values()}
            functions = (Function(c if n == 0 else f"{c}_{n}") for n in count() for c in letters)
            own = (variable,), meaning
            free = (f for f in functions if f not in taken and self._known.get(f, own) == own)
            self.heads[meaning] = next(free)(variable)
            self.definitions[self.heads[meaning]] = meaning
        return self.heads[meaning]

    def name(self, found: Found) -> Expr:
        """The name of what is expanded together, told with its expansion; sums and numbers have their own."""
        exact, x = self(found), found.series.variable
        if isinstance(exact, AppliedUndef) or exact.is_number or exact in self.heads:
            return self.heads.get(exact, exact)
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

    def define(self, call: AppliedUndef) -> None:
        """A named sum, over the modes of the task."""
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
            self.define(call)
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
