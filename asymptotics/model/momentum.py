"""The law of DANA-decaying: momentum that falls as t^-p, and how much the noise of its batches gives back.

Late, to leading order, the error r of a mode of curvature e and its momentum y obey (`rules.dana`)

    r' = -eta e r - mu t^-p y,       y' = e r - (delta/t) y,

and each batch adds to (r, y) along (-eta, 1), with the variance ``(e/B)(L + sigma^2)``. Three scales follow.

* **Signal.** ``e ~ 1/theta``, ``theta = 4 mu t^(2 - p)/(2 - p)^2``: the step eta is not felt, and r is the
  Bessel filter of index ``nu = (delta + p - 1)/(2 - p)``; damping is a share ``eta t/theta ~ t^-(1 - p)``.
* **Noise.** ``e ~ 1/(eta t)``: modes swing fast, with the energy
  ``(mu/2B) e (t s)^(-p/2) (s/t)^delta e^(-eta e (t - s))`` of what was added at s. Summed over modes with
  ``E(T) = sum m lambda e^(-lambda T) ~ D T^-q`` that is the kernel

      k(t, s) = (mu/2B) D eta^-q t^(-p/2) s^(-p/2) (s/t)^delta (t - s)^-q,

  which is that of a change of scale, ``k(t, t u) t = k(u)``, if and only if ``q = 1 - p``: for
  ``lambda = k^-b`` at p = 1/b. Less of p is unstable, more of it a slower clock.
* **Fast modes** return at once what SGD's would, K (`beyond_spectrum.feedback`).

So ``L = G + K (L + sigma^2) + int_0^1 k(u) (L + sigma^2)(t u) du``, and of a power of time

    t^-x   becomes   t^-x/(1 - K - k(x)),     k(x) = (mu/2B) D eta^-q B(p, 1 + delta - p/2 - x),

Euler's Beta function. What is left out, relatively: the damping of the signal and the delay of fast modes,
``t^-(1 - p)``; modes of ``e ~ 1/theta`` in the noise, whose swings are not averaged, ``t^-(1 - p)^2``; that
modes are whole ones where they are counted, ``t^-p``. What was added in the first steps is left as the signal
of a target ``lambda^(2 - p)`` is, as ``t^-(2 - p)^2``: its constant is not of late times, and the law ends
where it leads, for power laws at a = 2b.

    resonance, decay_of  p of a spectrum, of a task
    rooms                what is positive where the law holds
    renewed              the equation of the loss
    expand_accelerated, expand_renewed    the rules for its nodes
"""

from __future__ import annotations

from math import comb

from sympy import Dummy, Expr, Integer, Symbol, diff, gamma

from asymptotics.domains.domain import normal, primitive
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.beyond_spectrum import feedback
from asymptotics.model.expander import Expander, Found
from asymptotics.model.operators import Accelerated, Bessel, Renewed, time
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.model.sums import E1
from asymptotics.parsing.heights import to_power
from asymptotics.spectra import SpectralSeries
from asymptotics.spectra import spectrum as spectrum_of
from asymptotics.symbols import delta
from asymptotics.tasks.task import Task

ONE, TWO = Integer(1), Integer(2)
_x = Dummy("x")


def resonance(kernel: Expansion) -> Expr:
    """p > 0, where ``sum m lambda e^(-lambda T) ~ D T^-(1 - p)``; raises `UnableError` elsewhere."""
    lead = kernel.leading_power()
    p = None if lead is None else normal(ONE - lead.order)
    if p is None or kernel.domain.sign(p) != 1:
        raise UnableError(
            "the law of DANA is that of eigenvalues that fall as a power, where sum m lambda e^(-lambda T) "
            f"falls as one slower than 1/T; that is {kernel!r}"
        )
    return p


def decay_of(task: Task) -> Expr:
    """p of a task.

    >>> from asymptotics import power_law
    >>> decay_of(power_law(2, 2)), decay_of(power_law("a", "b"))
    (1/2, 1/b)
    """
    return resonance(Expander(spectrum_of(task), 1)(E1(time), time).series)


def rooms(spectrum: SpectralSeries) -> tuple[tuple[Expr, str], ...]:
    """What is positive where the law holds, and why: with the target as ``sum c e^(-lambda T) ~ T^-s``,
    ``s < 2 - p``, and s below the end of the filter.
    """
    p = resonance(Expander(spectrum, 1)(E1(time), time).series)
    s = spectrum.target.abscissa
    early = (
        f"of a target that falls as lambda**(2 - p) or faster, p = {p}, what batches add in the first steps "
        "leads, and its constant is not of late times; take a slower target (a < 2b for power laws)"
    )
    ends = "modes under momentum saturate before they are damped; give a larger delta"
    filtered = 2 * delta + p - 2 * (2 - p) * s
    return (
        (primitive(normal(2 - p - s), spectrum.domain), early),
        (primitive(normal(filtered), spectrum.domain), ends),
    )


def renewed(node: Accelerated, modes: Expansion, fast: Expr) -> Renewed:
    """The equation of the loss and the label noise, with all that is known of its kernel."""
    *_, moment, noise, eta, B, delta, mu = node.args
    p, count = resonance(modes), modes.leading().coefficient
    fast = fast.xreplace(dict(zip(OnePassSGD.parameters, (eta, B), strict=True)))
    strength = mu / (2 * B) * count * to_power(eta, p - 1)
    return Renewed(filter_of(node, p) + noise, moment, fast, strength, normal(delta - p / 2), p)


def filter_of(node: Accelerated, p: Expr) -> Bessel:
    """What momentum without noise leaves of the loss."""
    loss, letter, _, moment, *_, delta, mu = node.args
    theta = 4 * mu / (2 - p) ** 2 * moment ** (2 - p)
    return Bessel(loss, letter, normal((delta + p - 1) / (2 - p)), theta)


def expand_accelerated(expand: Expander, node: Accelerated, x: Symbol) -> Found:
    """The loss beside the label noise, less that noise."""
    _, letter, kernel, _, noise, *_ = node.args
    modes = expand(kernel.xreplace({letter: time}), time)
    part = expand(renewed(node, modes.series, feedback(OnePassSGD, expand.spectrum)), x)
    series = part.series - noise if noise != 0 else part.series
    return Found(node=node, series=series, parts=(modes, part))


def expand_renewed(expand: Expander, node: Renewed, x: Symbol) -> Found:
    """Each power of the source, divided by what is not given back."""
    source, _, fast, strength, early, p = node.args
    part = expand(source, x)
    back = strength * gamma(p) * gamma(1 + early - _x) / gamma(1 + early + p - _x)
    share = 1 / (1 - fast - back)
    terms = [new for term in part.series.terms for new in _renew(term, share)]
    slow = [normal(one) for one in ((1 - p) ** 2, p, 1 - p)]
    bounds = [Bound(normal(term.order + one), *term.logs) for term in part.series.terms for one in slow]
    late = [Bound(normal((2 - p) ** 2)), Bound(normal(1 + early))]
    series = part.series.with_terms(terms, (*part.series.remainder, *bounds, *late))
    return Found(node=node, series=series, parts=(part,))


def _renew(term: Term, share: Expr) -> list[Term]:
    """``C t^-x log(t)^n`` is the n-th derivative of ``C t^-x`` in -x, and so is what it becomes (Leibniz)."""
    if term.loglog_power or not isinstance(term.log_power, int):
        raise UnableError("the law of DANA is derived for powers and their logarithms alone")
    n, found = term.log_power, []
    for j in range(n + 1):
        slope = (diff(share, _x, j) if j else share).xreplace({_x: term.order})
        found.append(Term(term.coefficient * (-1) ** j * comb(n, j) * slope, term.order, n - j))
    return found
