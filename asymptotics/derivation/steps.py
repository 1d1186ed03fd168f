"""From what the engine did to steps: each traced event becomes equations with their reasons.

observer_of(spectrum, seen)    names the sums and overlaps of a task while its formula runs
steps_of(event)                the steps that retell one event
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import (
    Add,
    Eq,
    Expr,
    Function,
    I,
    Integer,
    Integral,
    Min,
    Sum,
    Symbol,
    oo,
    pi,
    powsimp,
)

from asymptotics.derivation.equations import damping, kernel_function, named_sum, over_modes
from asymptotics.derivation.overlap_steps import overlap_steps
from asymptotics.derivation.step import Step, asymptotic
from asymptotics.derivation.symbols import Residue
from asymptotics.derivation.text import Reason, say
from asymptotics.derivation.trace import (
    Composed,
    Event,
    Inverted,
    OverlapFound,
    Reverted,
    Substituted,
    SumFound,
    TracedExpansion,
    exact_of,
    head_of,
    is_known,
    name_function,
    with_trace,
    without_trace,
)
from asymptotics.domains.domain import normal
from asymptotics.expansions.expansion import Expansion
from asymptotics.model.operators import InverseLaplace
from asymptotics.regimes import tidy
from asymptotics.spectra.family import SpectralSeries
from asymptotics.transforms.observer import Observer, OverlapOrigin, SumOrigin

HARMONIC = "Flajolet, Gourdon & Dumas 1995, theorem 4"
s, u = Symbol("s"), Symbol("u", positive=True)
past = Symbol("x", positive=True)
line = Symbol("c", real=True)


def observer_of(spectrum: SpectralSeries, seen: list[Event]) -> Observer:
    """The observer that gives names to the sums and overlaps of one task, and notes the sums in ``seen``."""
    task = spectrum.task

    def observe(found: Expansion, origin: SumOrigin | OverlapOrigin) -> Expansion:
        if isinstance(origin, OverlapOrigin):
            return _overlap(found, origin)
        role = _role(spectrum, origin)
        x = origin.variable
        weights = task.multiplicity * (task.target if role == "target" else 1)
        phi = kernel_function(origin.kernel, task.eigenvalues / x if origin.inverse else x * task.eigenvalues)
        total = None if phi is None else Sum(weights * phi, (task.index, 1, oo))
        name = named_sum(role, origin.kernel)
        if name is not None:
            head, meaning, words = name.function(x), over_modes(task, name.summand, x), name.words
        elif total is not None:
            head, meaning = Function("S", positive=True)(x), total
            words = f"the sum over modes of the kernel {origin.kernel.name}"
        else:
            return found
        power = damping(origin.kernel) if name is not None else 0
        original = name.original if name is not None else None
        event = SumFound(
            head=head,
            meaning=meaning,
            factor=x**power if power else Integer(1),
            kernel_sum=total,
            weights=weights,
            eigenvalues=task.eigenvalues,
            words=words,
            original=over_modes(task, original, past) if original is not None else None,
            origin=origin,
            found=without_trace(found),
        )
        seen.append(event)
        return with_trace(found, event.factor * head, [event])

    return observe


def _role(spectrum: SpectralSeries, origin: SumOrigin) -> str:
    if origin.series == spectrum.target:
        return "target"
    return "kernel" if origin.series == spectrum.kernel else "other"


def _overlap(found: Expansion, origin: OverlapOrigin) -> Expansion:
    """The overlap under a name, if both of its functions are known."""
    if not (is_known(origin.first) and is_known(origin.second)):
        return found
    time = origin.variable
    before = _events(origin.first, origin.second)
    first, second = exact_of(origin.first), exact_of(origin.second)
    if origin.antisymmetric:
        first, one = name_function(origin.first)
        second, two = name_function(origin.second)
        z, w = origin.first.variable, Symbol("z'", positive=True)
        here, there = ((f, f.xreplace({z: w})) for f in (first, second))
        both = (here[0] * there[1] - here[1] * there[0]) / (w - z)
        meaning = InverseLaplace(InverseLaplace(both, z, time), w, time)
        extra = [*one, *two]
    else:
        extra = []
        meaning = 2 * Integral(
            first.xreplace({origin.first.variable: 2 * time - past}) * _original(origin.second, second),
            (past, 0, time),
        )
    head = head_of(meaning, time, "IJ")
    event = OverlapFound(
        head=head, meaning=meaning, first=first, second=second, origin=origin, found=without_trace(found)
    )
    return with_trace(found, head, [*before, *extra, event])


def _events(*series: Expansion) -> tuple[Event, ...]:
    traces = (s.events for s in series if isinstance(s, TracedExpansion))
    return tuple(dict.fromkeys(e for events in traces for e in events))


def _original(series: Expansion, transform: Expr) -> Expr:
    """The function of x whose Laplace transform this is: a sum over modes where it is one."""
    for event in _events(series):
        if isinstance(event, SumFound) and event.head == transform and event.original is not None:
            return event.original
    return InverseLaplace(transform, series.variable, past)


def steps_of(event: Event) -> Iterator[Step]:
    """The steps that retell one event."""
    match event:
        case SumFound():
            yield from _sum_steps(event)
        case Composed():
            yield Step(
                equation=Eq(event.head, event.meaning, evaluate=False),
                reason=say(
                    "A name for what is expanded together, a function of {} alone.", event.found.variable
                ),
                source="definition",
            )
            yield Step(
                equation=asymptotic(event.head, event.found),
                reason="Sums, products and powers of the expansions above, term by term.",
                source="algebra of asymptotic expansions; Erdelyi 1956, section 1.6",
            )
        case Reverted():
            at = event.equation.xreplace({event.variable: event.root})
            yield Step(
                equation=Eq(at, event.size, evaluate=False),
                reason=say(
                    "The ridge {} is fixed: as many modes are resolved as {}.", event.variable, event.size
                ),
                source="BAP, appendix C (fixed point)",
            )
            yield Step(
                equation=asymptotic(event.root, event.found),
                reason="The expansion is reverted by Lagrange's theorem about its leading term.",
                source="Lagrange inversion, DLMF 1.10.13",
            )
        case Substituted():
            yield Step(
                equation=asymptotic(event.exact, event.found),
                reason="The reverted expansion is substituted and ordered again.",
                source="Lagrange inversion, DLMF 1.10.13",
            )
        case Inverted():
            yield from _inversion_steps(event)
        case OverlapFound():
            yield from overlap_steps(event)


def _sum_steps(event: SumFound) -> Iterator[Step]:
    origin = event.origin
    series, kernel, x = origin.series, origin.kernel, origin.variable
    whole = event.factor * event.head
    yield Step(
        equation=Eq(event.head, event.meaning, evaluate=False),
        reason=f"The definition of a spectral sum: {event.words}.",
        source="BAP, section 2 and appendix C",
    )
    transform = kernel.laurent(s, 1).coefficient(0)
    dirichlet = series.laurent(s, 1).coefficient(0)
    left, middle, right = strip(event)
    phi = kernel_function(kernel, u)
    if phi is not None and event.kernel_sum is not None:
        lam = Symbol(f"lambda_{event.meaning.limits[0][0]}")
        scale = lam / x if origin.inverse else lam * x
        yield Step(
            equation=Eq(whole, event.kernel_sum, evaluate=False),
            reason=say(
                "A harmonic sum: one kernel, {}, at the scales {}.", Eq(Function("phi")(u), phi), Eq(u, scale)
            ),
            source="Flajolet, Gourdon & Dumas 1995, section 2",
        )
        yield Step(
            equation=Eq(Integral(powsimp(phi * u ** (s - 1)), (u, 0, oo)), transform, evaluate=False),
            reason=say("The Mellin transform of the kernel {}, in the strip where it converges.", phi),
            source="DLMF 5.9.1 and 5.12.3",
            given=((s, middle),),
        )
    yield Step(
        equation=Eq(_dirichlet_sum(event), dirichlet, evaluate=False),
        reason="The Dirichlet series of the spectrum, continued from where its sum converges.",
        source="DLMF 25.2.1 and 25.11.1"
        if not _is_regularised(dirichlet)
        else "analytic continuation of the sum",
        given=((s, middle),),
    )
    power = x**s if origin.inverse else x**-s
    integrand = transform * dirichlet * power
    yield Step(
        equation=Eq(
            2 * pi * I * whole, Integral(integrand, (s, line - I * oo, line + I * oo)), evaluate=False
        ),
        reason=say(
            "Mellin inversion, with {} between {} and {}, where both transforms converge.", line, left, right
        ),
        source="Flajolet, Gourdon & Dumas 1995, section 2",
        given=((line, middle),),
    )
    single = not any(t.coefficient.has(event.found.variable) for t in event.found.terms)
    for order in dict.fromkeys(t.order for t in event.found.terms):
        terms = [t for t in event.found.terms if t.order == order]
        if any(t.coefficient.has(event.found.variable) for t in terms):
            continue  # a vertical line of poles: its sum stands in the expansion
        yield Step(
            equation=Eq(
                -Residue(integrand, s, order),
                Add(*(tidy(t.coefficient) * event.found.monomial_of(t) for t in terms)),
                evaluate=False,
            ),
            reason=_pole_reason(event, order, max(t.log_power for t in terms)),
            source=HARMONIC,
        )
    yield Step(
        equation=asymptotic(whole, event.found),
        reason=("" if single else "Poles on a vertical line leave an oscillation in the logarithm. ")
        + "The line is moved to the right across these poles; the integral that is left is "
        + ("the remainder." if event.found.remainder else "smaller than every power."),
        source=HARMONIC,
    )


def _dirichlet_sum(event: SumFound) -> Sum:
    ((index, first, last),) = event.meaning.limits
    return Sum(event.weights * event.eigenvalues ** (-s), (index, first, last))


def _is_regularised(expression: Expr) -> bool:
    return any(hasattr(f, "opaque") for f in expression.atoms(Function))


def strip(event: SumFound) -> tuple[Expr, Expr, Expr]:
    """Left edge, middle and right edge of the strip where kernel and Dirichlet series both converge."""
    kernel = event.origin.kernel
    edges = [p.location for p in (*event.origin.series.poles(1)[:1], *kernel.poles(1)[:1])]
    places = sorted({-r - n for r in kernel.rising for n in range(3)} - set(kernel.right), reverse=True)
    left = next(p for p in map(Integer, places) if kernel.laurent(p, 2).valuation < 0)
    right = Min(*edges)
    return left, normal((left + right) / 2) if not right.has(Min) else (left + right) / 2, right


def _pole_reason(event: SumFound, order: Expr, logs: int) -> Reason:
    origin = event.origin
    of_kernel = any(normal(p.location - order) == 0 for p in origin.kernel.poles(12))
    of_series = any(normal(p.location - order) == 0 and p.order for p in origin.series.poles(12))
    owners = [
        name
        for name, there in (("the kernel's transform", of_kernel), ("the Dirichlet series", of_series))
        if there
    ]
    kind = ("simple", "double", "triple")[logs] if logs < 3 else f"{logs + 1}-fold"
    meet = ", where the two meet and leave a logarithm" if len(owners) == 2 and logs else ""
    return say(f"A {kind} pole of {' and '.join(owners) or 'the product'} at {{}}{meet}.", Eq(s, order))


def _inversion_steps(event: Inverted) -> Iterator[Step]:
    x, time = event.variable, event.time
    for term in event.before.terms:
        monomial = event.before.with_terms([replace(term, coefficient=Integer(1))])
        image = monomial.inverse_laplace(time)
        if not image.terms:
            continue
        yield Step(
            equation=Eq(
                InverseLaplace(event.before.monomial_of(term), x, time),
                image.as_expr(),
                evaluate=False,
            ),
            reason=Reason("Hankel's integral for 1/Gamma."),
            source="DLMF 5.9.2",
        )
    yield Step(
        equation=asymptotic(InverseLaplace(event.transform, x, time), event.found),
        reason=say(
            "The singularity at {} decides the large-time behaviour, term by term (Watson's lemma); "
            "whole powers are analytic and leave nothing.",
            Eq(x, 0, evaluate=False),  # x is positive: evaluated, this would be False
        ),
        source="DLMF 2.3(ii) and 5.9.2; Doetsch 1974, section 37",
    )


__all__ = ["observer_of", "steps_of", "strip"]
