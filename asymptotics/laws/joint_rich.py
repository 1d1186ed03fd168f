"""The joint law of time and richness: from lazy features to those that move, in one scaling function.

A lazy loss ``C (2t)^-s`` is the density ``C h^(s-1)/Gamma(s)`` of rates. For t -> oo at any richness gamma
the clock of `model.rich` leaves one variable x, and the loss is

    s < 1:  C (2t)^-s Phi_s(x),   x = gamma C^(1/2) t^((1-s)/2),
    s = 1:  C/(2 K t),            K (K - 1) = x^2 = gamma^2 C log(t),
    s > 1:  C (2 K t)^-s,         K (K - 1) = gamma^2 sum c/lambda,

with ``Phi_s = (2t)^s int h^(s-1) (1 - h Z_h/chi)^2 dh/Gamma(s)`` of ``chi^-2 = 1 + int h^s Z_h^2
dh/Gamma(s)``. Only for s <= 1 does one cross over to the other as time goes on. Ends: Phi_s(0) = 1, and for
x -> oo the law `rich_time`, so that ``Phi_s ~ (...) x^(-2s/(1+s))``.

    RichJointLaw     the law of a task
    rich_joint_law   to derive it
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, log, powsimp, sqrt, true
from sympy.logic.boolalg import Boolean

from asymptotics.display import text
from asymptotics.domains.domain import as_condition, normal, plain, primitive
from asymptotics.errors import UnableError, check_kind
from asymptotics.expansions.tidying import tidy
from asymptotics.laws.derive import Laws
from asymptotics.lines import wrapped
from asymptotics.model.sums import Xi, expand_sum
from asymptotics.spectra import spectrum
from asymptotics.symbols import gamma, t
from asymptotics.typesetting import Typeset, tex

SCALING = (
    r"\Phi_s = (2 t)^s \int_0^\infty \frac{h^{s-1}}{\Gamma(s)} \left(1 - \frac{h Z_h}{\chi}\right)^2 dh",
    r"\chi^{-2} = 1 + \int_0^\infty \frac{h^s}{\Gamma(s)} Z_h^2\, dh",
    r"Z_h' = \chi - h Z_h",
    r"dt = \chi^2 d\tau",
)
"""What Phi_s is where gamma and C are 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RichJointLaw(Typeset):
    """``L(t, gamma) ~ C (2t)^-s Phi_s(x)`` for s < 1, ``C (2 K t)^-s`` for s >= 1, t -> oo at any gamma.

    `numerics.optima.rich_scaling` computes Phi_s and the scale K_s(x); at s >= 1 both are explicit. C is in
    units of the target power over a power of lambda.

    Attributes
    ----------
    laws : those of the task. s, C : of the lazy loss. x : the variable; the richness itself for s > 1.
    scale : the scale K of the features; None where it is the function ``K_s(x)``.
    condition : where in the parameters s is below 1, as the law is given there.

    >>> from asymptotics import derive, power_law, rich_joint_law
    >>> rich_joint_law(derive(power_law(2, 2)))
    L(t, gamma) ~ sqrt(2)*sqrt(pi)/(4*sqrt(t))*Phi[1/2](x), x = sqrt(2)*pi**(1/4)*gamma*t**(1/4)/2
        gamma: richness; Phi[s](0) = 1, numerics.rich_scaling(s, x) computes Phi[s](x)
    >>> rich_joint_law(derive(power_law(3, 2))).scale
    sqrt(2*gamma**2*log(t) + 1)/2 + 1/2
    """

    laws: Laws
    s: Expr
    C: Expr
    x: Expr
    scale: Expr | None
    condition: Boolean

    @property
    def lazy(self) -> Expr:
        """``C (2t)^-s``, the loss for x -> 0."""
        return tidy(self.C * 2**-self.s) * t**-self.s

    @property
    def leading(self) -> Expr | None:
        """The loss where it is explicit, for s >= 1; None else."""
        return None if self.scale is None else self.lazy * self.scale**-self.s

    def rich(self) -> Expr:
        """The loss for x -> oo: the law `rich_time`."""
        regimes = [r for r in self.laws.rich_time.regimes if not r.is_boundary]
        (law,) = [r for r in regimes if len(regimes) == 1 or r.condition == self.condition]
        return law.prefactor * t**-law.exponent * log(t) ** law.log_power

    def __repr__(self) -> str:
        where = "" if self.condition == true else f", for {plain(self.condition)}"
        if self.leading is not None:
            return f"L(t, gamma) ~ {text(self.leading)}{where}"
        lazy = text(self.lazy).replace("gamma(", "Gamma(")  # gamma is the richness
        law = f"L(t, gamma) ~ {lazy}*Phi[{text(self.s)}](x), x = {text(self.x)}{where}"
        return f"{law}\n    gamma: richness; Phi[s](0) = 1, numerics.rich_scaling(s, x) computes Phi[s](x)"

    def to_latex(self) -> str:
        r"""The law, with what stands in it.

        >>> from asymptotics import derive, power_law, rich_joint_law
        >>> print(rich_joint_law(derive(power_law(2, 2))).to_latex().split(r",\quad ")[0])
        L(t, \gamma) \sim \frac{\sqrt{2} \sqrt{\pi}}{4 \sqrt{t}}\, \Phi_s(x)
        """
        if self.leading is not None:
            return wrapped(rf"L(t, \gamma) \sim {tex(self.leading)}")
        parts = (
            rf"L(t, \gamma) \sim {tex(self.lazy)}\, \Phi_s(x)",
            rf"x = {tex(self.x)},\quad s = {tex(self.s)}",
            *SCALING,
        )
        return wrapped(r",\quad ".join(parts))


def rich_joint_law(laws: Laws) -> RichJointLaw:
    """The joint law of t and the richness gamma, for a task whose lazy law is one power of t.

    With symbols that leave the sign of 1 - s open it is that for s < 1, and says so. Raises `UnableError` for
    lazy laws that are no power.

    >>> from asymptotics import derive, power_law
    >>> rich_joint_law(derive(power_law("a", "b"))).condition
    a - 1 < b
    """
    check_kind(laws, Laws, "laws", "pass derive(task)")
    regimes = laws.time.regimes
    first = regimes[0]
    if len(regimes) != 1 or not first.is_power or first.log_power != 0 or first.prefactor.has(t):
        raise UnableError(
            f"the joint law of t and gamma is that of a lazy loss with one power of t; that of {laws.task} "
            "has none, or logarithms or waves beside it; use RichModel"
        )
    s, domain = first.exponent, first.domain
    C = tidy(powsimp(first.prefactor * 2**s, force=True))
    sign = domain.sign(normal(1 - s))
    condition = true if sign is not None else as_condition(primitive(1 - s, domain))
    if sign in (None, 1):
        x, scale = gamma * sqrt(C) * t ** normal((1 - s) / 2), None
    elif sign == 0:
        x = gamma * sqrt(C * log(t))
        scale = _scale(x**2)
    else:
        x, scale = gamma, _scale(gamma**2 * _stiff(laws))
    return RichJointLaw(laws=laws, s=s, C=C, x=x, scale=scale, condition=condition)


def _scale(grown: Expr) -> Expr:
    """K > 1 with ``K (K - 1) = grown``."""
    return (1 + sqrt(1 + 4 * grown)) / 2


def _stiff(laws: Laws) -> Expr:
    """``sum c/lambda``, the first order of Xi in kappa."""
    base = spectrum(laws.task, trace=False)
    found = [x.coefficient for x in expand_sum(Xi, base, 2).terms if x.order == 1 and not any(x.logs)]
    return found[0]


__all__ = ["RichJointLaw", "rich_joint_law"]
