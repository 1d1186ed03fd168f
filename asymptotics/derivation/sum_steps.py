"""Steps of a spectral sum: definition, Mellin integral, poles or branch point, expansion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Add, Eq, Expr, Function, I, Integer, Integral, Min, Sum, Symbol, exp, oo, pi, powsimp

from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.symbols import Residue
from asymptotics.derivation.text import Reason, say
from asymptotics.domains.domain import as_condition, normal, primitive
from asymptotics.expansions.tidying import tidy
from asymptotics.model.sums import NamedSum, over_modes
from asymptotics.spectra import SpectralSeries
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.kernels import KERNELS, Kernel

HARMONIC = "Flajolet, Gourdon & Dumas 1995, theorem 4"
s, u = Symbol("s"), Symbol("u", positive=True)
line = Symbol("c", real=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldSum:
    """``x**damping`` times a named sum at x, as a harmonic sum over its kernel, and the expansion of that."""

    one: NamedSum
    x: Symbol
    spectrum: SpectralSeries
    found: Any

    @property
    def whole(self) -> Expr:
        return self.x**self.one.damping * self.one(self.x)

    @property
    def kernel(self) -> Kernel:
        assert self.one.kernel is not None
        return self.one.kernel

    @property
    def series(self) -> DirichletSeries:
        return self.spectrum.target if self.one.weighted else self.spectrum.kernel

    @property
    def weights(self) -> Expr:
        task = self.spectrum.task
        return task.multiplicity * (task.target if self.one.weighted else 1)

    def over_modes(self, summand: Expr) -> Expr:
        """The sum of an expression in the index."""
        return Sum(self.weights * summand, (self.spectrum.task.index, 1, self.spectrum.task.modes))


def sum_steps(told: ToldSum) -> Iterator[Step]:
    """The steps that retell one sum."""
    one, x, task = told.one, told.x, told.spectrum.task
    yield Step(
        equation=Eq(one(x), over_modes(task, one.summand, x), evaluate=False),
        reason=f"The definition of a spectral sum: {one.words}.",
        source="BAP, section 2 and appendix C",
    )
    if one.weighted and told.spectrum.unlearned != 0:
        yield _expansion(told, "Modes of eigenvalue zero add their target power; the others, by residues.")
        return
    yield from _harmonic(told)
    if told.series.remark:
        yield _expansion(told, told.series.remark)
        return
    yield from _residues(told)


def _harmonic(told: ToldSum) -> Iterator[Step]:
    task, kernel = told.spectrum.task, told.kernel
    ratio = task.eigenvalues / told.x if told.one.ridge else told.x * task.eigenvalues
    phi, there = kernel_function(kernel, u), kernel_function(kernel, ratio)
    if phi is None or there is None:
        return
    lam = Symbol(f"lambda_{task.index}")
    yield Step(
        equation=Eq(told.whole, told.over_modes(there), evaluate=False),
        reason=say(
            "A harmonic sum: one kernel, {}, at the scales {}.",
            Eq(Function("phi")(u), phi),
            Eq(u, lam / told.x if told.one.ridge else lam * told.x),
        ),
        source="Flajolet, Gourdon & Dumas 1995, section 2",
    )
    yield Step(
        equation=Eq(
            Integral(powsimp(phi * u ** (s - 1)), (u, 0, oo)),
            kernel.laurent(s, 1).coefficient(0),
            evaluate=False,
        ),
        reason=say("The Mellin transform of the kernel {}, in the strip where it converges.", phi),
        source="DLMF 5.9.1 and 5.12.3",
        given=((s, _middle(*kernel_strip(kernel))),),
    )


def _residues(told: ToldSum) -> Iterator[Step]:
    task, found = told.spectrum.task, told.found
    left, middle, right = strip(told)
    transform = told.kernel.laurent(s, 1).coefficient(0)
    dirichlet = told.series.laurent(s, 1).coefficient(0)
    regularised = any(hasattr(f, "opaque") for f in dirichlet.atoms(Function))
    yield Step(
        equation=Eq(told.over_modes(task.eigenvalues ** (-s)), dirichlet, evaluate=False),
        reason="The Dirichlet series of the spectrum, continued from where its sum converges.",
        source="analytic continuation of the sum" if regularised else "DLMF 25.2.1 and 25.11.1",
        given=((s, middle),),
    )
    integrand = transform * dirichlet * (told.x**s if told.one.ridge else told.x**-s)
    inverted = Integral(integrand, (s, line - I * oo, line + I * oo))
    yield Step(
        equation=Eq(2 * pi * I * told.whole, inverted, evaluate=False),
        reason=say(
            "Mellin inversion, with {} between {} and {}, where both transforms converge.", line, left, right
        ),
        source="Flajolet, Gourdon & Dumas 1995, section 2",
        given=((line, middle),),
    )
    waves = {t.order for t in found.terms if t.coefficient.has(told.x)}
    orders = list(dict.fromkeys(t.order for t in found.terms))
    for order in orders:
        if order in waves:
            continue  # a vertical line of poles: its sum stands in the expansion
        terms = [t for t in found.terms if t.order == order]
        total = Add(*(tidy(t.coefficient) * found.monomial_of(t) for t in terms))
        yield Step(
            equation=Eq(-Residue(integrand, s, order), total, evaluate=False),
            reason=_pole_reason(told, order, max(t.log_power for t in terms), _meetings(told, order, orders)),
            source=HARMONIC,
        )
    yield _expansion(
        told,
        ("Poles on a vertical line leave an oscillation in the logarithm. " if waves else "")
        + "The line is moved to the right across these poles; the integral that is left is "
        + ("the remainder." if found.remainder else "smaller than every power."),
    )


def _expansion(told: ToldSum, reason: str) -> Step:
    return Step(equation=asymptotic(told.whole, told.found), reason=Reason(reason), source=HARMONIC)


def kernel_function(kernel: Kernel, at: Expr) -> Expr | None:
    """phi(u), where it is written down."""
    if kernel in KERNELS:
        return KERNELS[kernel](at)
    # u^n exp(-u) has the transform Gamma(s + n)
    plain = len(kernel.rising) == 1 and not kernel.falling and kernel.factor == 1 and not kernel.right
    return at ** kernel.rising[0] * exp(-at) if plain else None


def kernel_strip(kernel: Kernel) -> tuple[Expr, Expr]:
    """Left and right edge of the strip where the transform of the kernel converges."""
    places = sorted({-r - n for r in kernel.rising for n in range(3)} - set(kernel.right), reverse=True)
    left = next(p for p in map(Integer, places) if kernel.laurent(p, 2).valuation < 0)
    return left, Min(*(p.location for p in kernel.poles(1)[:1]), left + 2)


def strip(told: ToldSum) -> tuple[Expr, Expr, Expr]:
    """Left edge, middle and right edge of the strip where kernel and Dirichlet series both converge."""
    left, _ = kernel_strip(told.kernel)
    edges = [*(p.location for p in told.series.poles(1)[:1]), *(p.location for p in told.kernel.poles(1)[:1])]
    right = Min(*edges) if edges else left + 2
    return left, _middle(left, right), right


def _middle(left: Expr, right: Expr) -> Expr:
    middle = (left + right) / 2 if right.has(Min) else normal((left + right) / 2)
    # at a whole number a zero of the transform may stand against a pole of a Gamma function
    return middle - (right - left) / 6 if middle.is_integer else middle


def _meetings(told: ToldSum, order: Expr, orders: list[Expr]) -> list[Eq]:
    """Where another pole may be at the same place."""
    domain = told.found.domain
    gaps = (primitive(other - order, domain) for other in orders if domain.sign(other - order) is None)
    conditions = (as_condition(gap) for gap in gaps)
    return [Eq(found.lhs, found.rhs, evaluate=False) for found in conditions]


def _pole_reason(told: ToldSum, order: Expr, logs: int, meetings: list[Eq]) -> Reason:
    of_kernel = any(normal(p.location - order) == 0 for p in told.kernel.poles(12))
    of_series = any(normal(p.location - order) == 0 and p.order for p in told.series.poles(12))
    owners = [
        name
        for name, there in (("the kernel's transform", of_kernel), ("the Dirichlet series", of_series))
        if there
    ]
    kind = ("simple", "double", "triple")[logs] if logs < 3 else f"{logs + 1}-fold"
    meet = ", where the two meet and leave a logarithm" if len(owners) == 2 and logs else ""
    unless = f", unless {' or '.join('{}' for _ in meetings)}" if meetings else ""
    whole = f"A {kind} pole of {' and '.join(owners) or 'the product'} at {{}}{meet}{unless}."
    return say(whole, Eq(s, order), *meetings)
