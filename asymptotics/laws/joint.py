"""The joint law of time and size: one scaling function from early to late times.

Near the crossover ``t ~ 1/kappa0``, ``df1(kappa0) = N``, only the leading terms ``df1 ~ A kappa^-r`` and
``Xi ~ sum_p C_p kappa^p`` matter (r = 1/b; p = (a - 1)/b and 1 for power laws). With ``kappa = kappa0 x``,
``kappa0 = (A/N)^(1/r)``, the mean-field equations become free of N,

    y(x) = x - x^(1 - r),        L(t, N) ~ sum_p C_p kappa0^p G_p(2 t kappa0),
    G_p(theta) = (1/2 pi i) int e^(theta y(x)) x^p y'(x)/y(x) dx,

and for finite P, N = oo, with ``D(x, x') = (x'^(1-r) - x^(1-r))/(x' - x)``, ``q = y/x``,

    L(t, P) ~ sum_p C_p kappa0^p G_p(t kappa0, t kappa0),
    G_p(theta, theta') = (1/2 pi i)^2 int int e^(theta y + theta' y')
                         [(x^(p-1) - x'^(p-1))/((1 - p)(x' - x))] / (q q' (1 - D)) dy dy',

with C_p the coefficients of F = Xi - kappa Xi'.

Each contour runs around the cut and the pole at x = 1, as that of an inverse Laplace transform. So for
a - 1 < b the loss is ``N^-(a-1) Phi(t/N^b)``, and for a - 1 > b it is ``L(t) + N^-b Psi(t/N^b)``. Ends:
G_p(theta) -> 1 for theta -> oo (1/r for data), ``theta^-p/Gamma(1 - p)`` for theta -> 0 (for p = 1,
where that vanishes, ``theta^(r-1)/Gamma(r)``). Source: arXiv 2402.01092, here BAP, appendix C, in the scaling
limit.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Symbol, gamma, log, together

from asymptotics.display import text
from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError, UnableError, check_kind, shown
from asymptotics.expansions.terms import Term
from asymptotics.expansions.tidying import tidy
from asymptotics.laws.derive import Laws
from asymptotics.lines import aligned
from asymptotics.model.sums import F, NamedSum, Xi, df1, expand_sum
from asymptotics.parsing.heights import to_power
from asymptotics.precision import exclusive, exclusive_class
from asymptotics.spectra import SpectralSeries, spectrum
from asymptotics.symbols import N, P, t
from asymptotics.tasks.task import Task
from asymptotics.typesetting import Typeset, tex

MAX_DEPTH = 40


SCALING = {
    N: r"G_p(\theta) &= \frac{1}{2 \pi i} \oint e^{\theta y} x^p \frac{dy}{y}",
    P: r"G_p(\theta, \theta) &= \frac{1}{(2 \pi i)^2} \oint \oint e^{\theta (y + y')} "
    r"\frac{x^{p-1} - x'^{p-1}}{(1 - p) (y' - y)} \frac{x x'}{y y'}\, dy\, dy'",
}
WORDS = {
    N: "G[p](theta) = int exp(theta*y)*x**p/y dy/(2*pi*i) around the cut and the pole x = 1",
    P: "G[p](theta, theta) = int int exp(theta*(y + y'))*(x**(p - 1) - x'**(p - 1))/((1 - p)*(y' - y))"
    "*x*x'/(y*y') dy dy'/(2*pi*i)**2 around the cut and the pole x = 1",
}
"""What G_p is, by the size that limits it, in LaTeX and in text."""
X = Symbol("x", positive=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingTerm:
    """``coefficient * kappa^power * log(kappa)^log_power``: one term of Xi (of F, for data)."""

    coefficient: Expr
    power: Expr
    log_power: int = 0


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class JointLaw(Typeset):
    """The loss at finite time and size together, ``L(t, size) ~ sum_p coefficient_p kappa0^p G_p(theta)``.

    It holds for t and size -> oo at any fixed ``theta = 2 t kappa0`` (``t kappa0`` for P), early (theta -> 0)
    and late (theta -> oo). All is dimensionless. The scaling functions G_p are those of this module's first
    lines; `numerics.optima.scaling` computes them.

    Attributes
    ----------
    task : the task. size : N or P; the other one is infinite.
    amplitude, r : of ``df1 ~ amplitude kappa^-r``, so that ``kappa0 = (amplitude/size)^(1/r)``.
    terms : a coefficient and a power p for each scaling function.

    >>> from asymptotics import derive, power_law
    >>> law = joint_law(derive(power_law(2, 2)), N)
    >>> law.kappa0, law.r, [term.power for term in law.terms]
    (pi**2/(4*N**2), 1/2, [1/2, 1])
    """

    task: Task
    size: Symbol
    amplitude: Expr
    r: Expr
    terms: tuple[ScalingTerm, ...]

    @property
    def kappa0(self) -> Expr:
        """``(A/size)^(1/r)``; its inverse is the crossover time."""
        return self.scale(Integer(1))

    def scale(self, power: Expr) -> Expr:
        """``kappa0**power``."""
        return to_power(self.amplitude / self.size, normal(power / self.r))

    @property
    def theta(self) -> Expr:
        """The argument of the scaling functions."""
        return (2 if self.size == N else 1) * t * self.kappa0

    def __call__(self, *values: object, **named: object) -> float:
        """Raises `DomainError`: its values are contour integrals, which `numerics.optima.scaling` takes."""
        raise DomainError(
            f"the joint law is solved by numerics, not called; use numerics.optima.scaling.joint_loss(law, "
            f"{{...}}, t=..., size=...), with size for {self.size}"
        )

    def __repr__(self) -> str:
        words = "theta" if self.size == N else "theta, theta"
        parts = []
        for term in self.terms:
            scaled = f"G[{text(term.power)}]({words})"
            if term.log_power:
                scaled = f"(log(kappa0)*{scaled} + dG[{text(term.power)}]({words})/dp)"
            parts.append(f"{text(term.coefficient * Symbol('kappa0') ** term.power)}*{scaled}")
        theta = ("2*" if self.size == N else "") + "t*kappa0"
        total = " + ".join(parts).replace("+ -", "- ")
        law = f"L(t, {self.size}) ~ {total}, kappa0 = {text(self.kappa0)}, theta = {theta}"
        return f"{law}\n    {WORDS[self.size]}, y = {text(X - X ** (1 - self.r))}"

    def to_latex(self) -> str:
        r"""The sum of scaling functions, with what stands in it.

        ``kappa^p log(kappa)`` leaves ``kappa0^p (log(kappa0) G_p + dG_p/dp)``, as ``x^p log(x)`` is the
        derivative of ``x^p``.

        >>> from asymptotics import derive, power_law
        >>> print(joint_law(derive(power_law(2, 2)), P).to_latex().splitlines()[0])
        \begin{aligned} L(t, P) &\sim \frac{\pi}{4}\, \sqrt{\kappa_{0}}\, G_{1/2}(\theta, \theta) \\
        """
        argument = r"(\theta)" if self.size == N else r"(\theta, \theta)"
        parts = []
        for term in self.terms:
            p = tex(term.power, raised=True)
            scaled = f"G_{{{p}}}{argument}"
            if term.log_power:
                slope = rf"\partial_p G_p{argument}\big|_{{p = {p}}}"
                scaled = rf"\left(\log{{\kappa_{{0}}}}\, {scaled} + {slope}\right)"
            scale = tex(Symbol("kappa_0") ** term.power)
            parts.append(rf"{tex(term.coefficient)}\, {scale}\, {scaled}")
        total = " + ".join(parts).replace("+ -", "- ")
        theta = ("2 " if self.size == N else "") + r"t \kappa_{0}"
        return aligned(
            (
                rf"L(t, {self.size}) &\sim {total}",
                rf"\kappa_{{0}} &= {tex(self.kappa0)},\quad \theta = {theta}",
                rf"{SCALING[self.size]},\quad y = x - x^{{{tex(1 - self.r, raised=True)}}}",
            )
        )

    def early(self) -> Expr:
        """The loss for 1 << t << 1/kappa0, each term by its first non-vanishing order."""
        if any(term.log_power for term in self.terms):
            raise UnableError("with a logarithm the early end is laws.time and laws.model_transient")
        if self.size == P:
            raise UnableError("the early end of the data law is the time law and laws.data_transient")
        total = Integer(0)
        for term in self.terms:
            p, first = term.power, term.power if term.power != 1 else 1 - self.r
            shape = (2 * t) ** -first / gamma(1 - first)
            total += term.coefficient * self.scale(p - first) * shape
        return total

    def late(self) -> Expr:
        """The loss for t >> 1/kappa0: the bottleneck law of the size."""
        ends = (
            term.coefficient * self.scale(term.power) * log(self.kappa0) ** term.log_power
            for term in self.terms
        )
        return sum(ends, Integer(0)) * (1 if self.size == N else 1 / self.r)


@exclusive
def joint_law(laws: Laws, size: Symbol | str = N) -> JointLaw:
    """The joint law of t and ``size`` (N at P = oo, or P at N = oo, noiseless).

    ``size`` is a symbol or its name. The terms are those of Xi (of F for data) that may lead at late times,
    and the first that is not analytic in kappa, which is what early times see. Raises `DomainError` for
    another size, and `UnableError` for data where exponents meet (a logarithm in F).
    """
    check_kind(laws, Laws, "laws", "pass derive(task)")
    size = {"N": N, "P": P}.get(size, size) if isinstance(size, str) else size
    if not isinstance(size, Symbol) or size not in (N, P):
        raise DomainError(
            f"size = {shown(size)}; a joint law is in N or in P (in t and gamma: rich_joint_law)"
        )
    base = spectrum(laws.task)
    if base.scaling is not None:
        raise UnableError(
            f"modes = {laws.task.modes}: use growing_law(laws, rule) where b <= 1, and modes=oo where b > 1"
        )
    modes = expand_sum(df1, base, 2)
    lead = modes.leading()
    kept = _terms(Xi, base, 1) if size == N else _terms(F, base, 2)
    swings = any(term.coefficient.has(modes.variable) for term in (lead, *kept))
    if swings or lead.log_power or not modes.in_powers:
        raise UnableError(
            "joint laws are functions of t/size^(1/r) where df1 is a power of kappa; here df1 ~ "
            f"{modes.term_expression(lead)}; not derived"
        )
    if size == P and any(term.log_power for term in kept):
        raise UnableError("two exponents meet in F: the crossover of the data law carries a logarithm")
    return JointLaw(
        task=laws.task,
        size=size,
        amplitude=lead.coefficient,
        r=together(-lead.order),
        terms=tuple(
            # the expansion has powers of log(1/kappa)
            ScalingTerm(
                coefficient=tidy(x.coefficient * (-1) ** x.log_power),
                power=together(x.order),
                log_power=x.log_power,
            )
            for x in kept
        ),
    )


def _terms(one: NamedSum, base: SpectralSeries, whole: int) -> list[Term]:
    """The first term that is not analytic in kappa and the first that is (``kappa^n``, n >= whole)."""
    for depth in range(2, MAX_DEPTH):
        series = expand_sum(one, base, depth)
        analytic = [t for t in series.terms if t.order.is_integer and t.order >= whole and not t.log_power]
        broken = series.with_terms(t for t in series.terms if t not in analytic)
        if broken.terms:
            first = [t.order for t in (*series.candidates(), *broken.candidates())]
            first += [t.order for t in analytic[:1]]
            return [t for t in series.terms if t.order in first]
    raise UnableError(f"the first {MAX_DEPTH} orders of Xi are whole powers of kappa: no power law in time")
