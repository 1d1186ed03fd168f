"""How functions of a ridge are told that an equation fixes: its root is reverted, and substituted.

tell_at_ridge       at ``df1(kappa) = size``; between levels of many modes, and where modes grow with the size
tell_at_modes       at another count of modes
tell_at_least       where a function is least
tell_at_explicit    with a ridge of its own in the equation
"""

from __future__ import annotations

from sympy import Eq, Expr, Integer
from sympy.core.function import AppliedUndef

from asymptotics.derivation.scaling_steps import scaling_steps
from asymptotics.derivation.step import asymptotic
from asymptotics.derivation.teller import Teller
from asymptotics.derivation.text import say
from asymptotics.model.expander import Found
from asymptotics.model.finite_modes import at_size
from asymptotics.model.operators import (
    Minimiser,
    Minimum,
    Root,
    explicit_ridge,
    past,
    ridge,
)
from asymptotics.model.sums import df1


def tell_at_ridge(teller: Teller, found: Found) -> Expr:
    """A function of the ridge at which as many modes are resolved as there are features or samples."""
    _, letter, size = found.node.args
    if teller.spectrum.scaling is not None:
        return _tell_at_scaling_ridge(teller, found)
    if not found.parts:
        return _tell_between_levels(teller, found)
    teller(found.parts[0])
    why = say("The ridge {} is fixed: as many modes are resolved as {}.", letter, size)
    count = found.parts[0].node
    return _tell_reverted(teller, found, count, ridge(size), why, "BAP, appendix C (fixed point)")


def _tell_between_levels(teller: Teller, found: Found) -> Expr:
    """A function of the ridge by its place between two levels of many modes."""
    function, letter, size = found.node.args
    for call in sorted({df1(letter), *function.atoms(AppliedUndef)}, key=str):
        teller.define(call)
    exact = found.node.meaning()
    why = say("The ridge {} is fixed: as many modes are resolved as {}.", letter, size)
    count = df1(letter).xreplace({letter: ridge(size)})
    teller.tell(Eq(count, size, evaluate=False), why, "BAP, appendix C (fixed point)")
    teller.tell(
        asymptotic(exact, found.series, size),
        "At a ridge kappa = lambda(k_0) sums over whole levels are integrals, and those over the levels "
        "about k_0 have the period 1 in k_0 by Poisson's formula; the number of modes gives k_0.",
        "DLMF 1.8.14; Flajolet, Gourdon & Dumas 1995, section 4",
    )
    return exact


def _tell_at_scaling_ridge(teller: Teller, found: Found) -> Expr:
    """A function of the ridge of N features where modes grow with N."""
    function, letter, size = found.node.args
    calls = {df1(letter), *function.atoms(AppliedUndef)}
    for call in sorted((c for c in calls if c.args == (letter,)), key=str):
        teller.define(call)
    for part in found.parts:
        teller.tell(
            asymptotic(part.node, part.series, size),
            "Beyond the spectrum the sum is analytic: its modes are added up by powers of the last one, "
            "and the ridge moves little with many features.",
            "Euler-Maclaurin formula, DLMF 2.10(i); Lagrange inversion, DLMF 1.10.13",
        )
    teller.steps += scaling_steps(found, teller.spectrum)
    return found.node.meaning()


def tell_at_modes(teller: Teller, found: Found) -> Expr:
    """The same at the ridge that is best."""
    _, letter, size, _ = found.node.args
    count, root = teller.name(found.parts[0]), found.node.head
    teller.definitions[root] = Root(count - size, letter)
    why = say("The slope of the loss vanishes: this is the {} that is best for {}.", letter, size)
    return _tell_reverted(teller, found, count, root, why, "calculus")


def tell_at_least(teller: Teller, found: Found) -> Expr:
    """At the root of a count of modes; or by leading terms, where there are many of them."""
    function, letter, size, modes = found.node.args
    if found.parts[0].node == modes:
        return tell_at_modes(teller, found)
    loss = function.xreplace({part.node: teller(part) for part in found.parts})
    exact = Minimum(loss, letter)
    teller.definitions[found.node.head] = Minimiser(loss, letter)
    teller.tell(
        asymptotic(exact, found.series, size),
        "The loss grows with each of these sums: relatively, its minimum is known as well as they are, "
        "and is that of their leading terms.",
        "calculus",
    )
    return exact


def _tell_reverted(teller: Teller, found: Found, count: Expr, root: Expr, why: str, source: str) -> Expr:
    """A function of the root of ``count = size``."""
    letter, size = found.node.args[1:3]
    modes, part = found.parts
    head = teller.name(part)
    teller.tell(Eq(count.xreplace({letter: root}), size, evaluate=False), why, source)
    itself = at_size(modes.series, size, modes.series.monomial(Integer(1), Integer(1)))
    teller.tell(
        asymptotic(root, itself, size),
        "The expansion is reverted by Lagrange's theorem about its leading term.",
        "Lagrange inversion, DLMF 1.10.13",
    )
    exact = head.xreplace({letter: root})
    teller.tell(
        asymptotic(exact, found.series, size),
        "The reverted expansion is substituted and ordered again.",
        "Lagrange inversion, DLMF 1.10.13",
    )
    return exact


def tell_at_explicit(teller: Teller, found: Found) -> Expr:
    """The renormalised ridge of an explicit one by its leading balance, and what is made of it."""
    _, letter, size, rho = found.node.args
    root, whole = found.parts
    modes, exact = teller(root.parts[0]), root.node
    teller.definitions[explicit_ridge(size, past)] = Root(letter - letter * modes / size - past, letter)
    teller.tell(
        Eq(exact * (1 - modes.xreplace({letter: exact}) / size), rho, evaluate=False),
        say("The explicit ridge fixes {}.", letter),
        "BAP, appendix C, with s + rho in the place of s",
    )
    teller.tell(
        asymptotic(exact, root.series, size),
        "The leading balance, and what iteration about it adds.",
        "de Bruijn 1981, chapter 2",
    )
    teller.told[root] = exact
    return teller(whole)
