"""The best schedule where signal and noise fall alike, as T^-p with p = q - 1: tasks neither easy nor hard.

With ``F(2 X) ~ c X^-p`` and ``(sigma^2/B) J2(2 x) ~ k x^-q`` the best steps are ``eta min(1, (x/x*)^(q/2))``
in what is left of their sum X, a share ``y = x*/X`` of which is a fixed one. So

    T = (X/eta) (1 + r y),   r = q/(2 - q),
    L = c X^-p + k eta X^-p ((r/p) y^-p - 1/p),

least where ``y^q = k eta/(p c - k eta)``: there ``L = (eta T)^-p ((p c - k eta)^(1/q) + r (k
eta)^(1/q))^q/p``. From ``eta = p c/(2 k)`` on no step is as large as eta, and y = 1.

    Capped    the largest step and y; the loss, and the share of the steps that fall
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Min

from asymptotics.domains.domain import normal

ONE = Integer(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capped:
    """c, k and q, and ``most``, the largest step that is allowed.

    >>> from sympy import Rational
    >>> run = Capped(c=ONE, k=ONE, q=Rational(3, 2), most=Rational(1, 10))
    >>> run.step, run.loss.evalf(6), run.share.evalf(6)
    (1/10, 8.20200, 0.724658)
    """

    c: Expr
    k: Expr
    q: Expr
    most: Expr

    @property
    def step(self) -> Expr:
        """The largest step."""
        return Min(self.most, (self.q - 1) * self.c / (2 * self.k))

    @property
    def _roots(self) -> tuple[Expr, Expr]:
        """``(p c - k eta)^(1/q)`` and ``(k eta)^(1/q)``, whose ratio is y."""
        noise, power = self.k * self.step, ONE / normal(self.q)
        return ((self.q - 1) * self.c - noise) ** power, noise**power

    @property
    def loss(self) -> Expr:
        """``L T^p``."""
        p, (rest, noise) = normal(self.q - 1), self._roots
        return self.step**-p / p * (rest + self.q / (2 - self.q) * noise) ** normal(self.q)

    @property
    def share(self) -> Expr:
        """Of the steps, those that fall: ``2 y/(2 - q)/(1 + r y)``."""
        rest, noise = self._roots
        return 2 * noise / ((2 - self.q) * rest + self.q * noise)
