"""The white spectrum in closed form: Marchenko and Pastur's law as the density of timescales.

M modes of one eigenvalue lambda, ``nu = N/M`` (or P/M, with the other of the two infinite). With
``df1 = M lambda/(lambda + kappa)``, the model's equation ``z = kappa (1 - df1/N)`` and that of the transfer
function, ``D(z) = 1/(z + lambda z/kappa)``, leave, kappa eliminated, a quadratic

    (lambda z/nu) D^2 + (z + lambda - lambda/nu) D - 1 = 0,

off which everything here is read. ``D(z) = int_0^oo H(t) e^(-z t) dt``, ``H(t) = int rho(u) e^(-u t) du``:
the same H for every mode (arXiv 2402.01092, here BAP, appendix on the white spectrum: its R_3 is
``(1/D - z)/lambda``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Max,
    Poly,
    apart,
    besseli,
    cancel,
    exp,
    expand,
    factor,
    fraction,
    pi,
    sqrt,
    together,
)

from asymptotics.errors import DomainError, shown
from asymptotics.parsing.numbers import exact
from asymptotics.precision import exclusive, exclusive_class

_z, _kappa, _D, _w = Dummy("z"), Dummy("kappa"), Dummy("D"), Dummy("w")
_Z, _scale = Dummy("Z", positive=True), Dummy("eps", positive=True)


@exclusive_class
@dataclass(frozen=True, slots=True, kw_only=True)
class MarchenkoPastur:
    """The law for ``ratio = nu`` and ``eigenvalue = lambda``; all dimensionless (u in units of lambda's).

    >>> from sympy import Symbol
    >>> nu = Symbol("nu", positive=True)
    >>> marchenko_pastur(nu).moment(2), marchenko_pastur(nu).atom
    ((nu + 1)/nu, Max(0, 1 - nu))
    >>> marchenko_pastur(4).edges, marchenko_pastur(4).density(1)
    ((1/4, 9/4), sqrt(15)/(2*pi))
    """

    ratio: Expr
    eigenvalue: Expr

    def quadratic(self, z: Expr) -> tuple[Expr, Expr, Expr]:
        """The coefficients (of D^2, D and 1) of the equation of D at z; source as in the module.

        >>> marchenko_pastur(2).quadratic(Integer(1))
        (1/2, 3/2, -1)
        """
        lam, place = self.eigenvalue, exact(z, "z")
        filled = lam / (lam + _kappa) / self.ratio  # df1/N
        ridge = 1 / (1 / _D - _z) * lam * _z  # D = 1/(z + lambda z/kappa)
        relation = (_z - _kappa * (1 - filled)).xreplace({_kappa: ridge})
        numerator = fraction(cancel(together(relation)))[0]
        found = Poly(factor(numerator), _D)
        # kappa = 0 and z = 0 are factors that clearing the denominators brought in
        reduced = next(Poly(f, _D) for f, _ in found.factor_list()[1] if f.degree() == 2)
        square, slope, constant = (
            cancel(c / -reduced.nth(0)).xreplace({_z: place}) for c in reduced.all_coeffs()
        )
        return square, slope, constant

    @property
    def edges(self) -> tuple[Expr, Expr]:
        """The ends ``u_-, u_+`` of the continuous part, where the discriminant vanishes at ``z = -u``."""
        # with nu = s^2 the roots are rational in s
        _, linear, rest = MarchenkoPastur(ratio=_scale**2, eigenvalue=self.eigenvalue)._discriminant()
        middle = cancel(-linear / 2)
        half = sqrt(factor(cancel(middle**2 - rest)))
        low, high = (factor(cancel(middle + sign * half)) for sign in (-1, 1))
        return low.xreplace({_scale: sqrt(self.ratio)}), high.xreplace({_scale: sqrt(self.ratio)})

    def _discriminant(self) -> tuple[Expr, Expr, Expr]:
        """``lead (u^2 + linear u + rest)`` is the discriminant at ``z = -u``."""
        square, slope, constant = self.quadratic(-_Z)
        lead, linear, rest = Poly(expand(slope**2 - 4 * square * constant), _Z).all_coeffs()
        return lead, cancel(linear / lead), cancel(rest / lead)

    def density(self, u: Expr | int) -> Expr:
        """``rho(u) = -Im D(-u + i0)/pi`` for u between the edges; elsewhere 0, but for the `atom`."""
        place = exact(u, "u")
        low, high = self.edges
        width = sqrt(self._discriminant()[0] * (place - low) * (high - place))
        return width / (2 * pi * cancel(-self.quadratic(-place)[0]))

    @property
    def atom(self) -> Expr:
        """The share of every mode that is never learned, ``lim z D(z)``: the weight of rho at u = 0."""
        square, slope, _ = self.quadratic(_z)
        # the coefficient of D^2 vanishes with z: one root of the quadratic is -slope/square
        return Max(Integer(0), factor(cancel(-slope * _z / square).xreplace({_z: Integer(0)})))

    def transform(self, z: Expr) -> Expr:
        """``D(z)`` for z off the cut ``-u_+ ... -u_-``: the root that falls as 1/z."""
        square, slope, _ = self.quadratic(z)
        low, high = self.edges
        return (sqrt(z + low) * sqrt(z + high) - slope) / (2 * square)

    def response(self, z: Expr) -> Expr:
        """``q(z) = (1/D - z)/lambda``, BAP's ``R_3`` (their eq. (95), with its sign put right)."""
        _, slope, _ = self.quadratic(z)
        low, high = self.edges
        return (sqrt(z + low) * sqrt(z + high) + slope - 2 * z) / (2 * self.eigenvalue)

    def moment(self, n: int) -> Expr:
        """``int u^n rho(u) du``, the atom included: ``D = sum_n (-1)^n m_n z^(-n-1)``.

        Raises `DomainError` for n that is not an integer >= 0.

        >>> [marchenko_pastur(1).moment(n) for n in range(5)]       # Catalan numbers
        [1, 1, 2, 5, 14]
        """
        if not isinstance(n, int) or isinstance(n, bool) or n < 0:
            raise DomainError(f"n = {shown(n)}; the order of a moment must be an integer >= 0")
        square, slope, constant = self.quadratic(1 / _w)
        total: Expr = Integer(1)
        for _ in range(n):
            # D = w s: s - (square w^2 s^2 + slope w s + constant) gains one order in w each time
            step = expand(total - (square * _w**2 * total**2 + slope * _w * total + constant))
            total = Add(*(step.coeff(_w, j) * _w**j for j in range(n + 1)))
        return factor((-1) ** n * expand(total).coeff(_w, n)) if n else Integer(1)

    def few(self, t: Expr) -> Expr:
        """H(t) for nu -> 0 at fixed t/nu, to first order in nu: a share nu is learned, at rate lambda/nu.

        >>> from sympy import Symbol
        >>> from asymptotics.symbols import t
        >>> nu = Symbol("nu", positive=True)
        >>> marchenko_pastur(nu).few(t)
        -nu + nu*exp(-t/nu) + 1
        """
        # z = Z/nu, D = nu G: G_0 + nu G_1 with nu as the small parameter
        small = MarchenkoPastur(ratio=_scale, eigenvalue=self.eigenvalue)
        square, slope, constant = small.quadratic(_Z / _scale)
        relation = expand(square * _scale**2 * _D**2 + slope * _scale * _D + constant)
        first = 1 / _Z
        assert cancel(relation.xreplace({_scale: Integer(0), _D: first})) == 0
        second = cancel(
            (-relation.diff(_scale) / relation.diff(_D)).xreplace({_scale: Integer(0), _D: first})
        )
        total: Expr = Integer(1)
        for part in Add.make_args(apart(second, _Z)):
            top, bottom = fraction(together(part))
            lead, rest = Poly(bottom, _Z).all_coeffs()
            total += self.ratio * cancel(top / lead) * exp(-rest / lead * t / self.ratio)
        return total

    def many(self, t: Expr) -> Expr:
        """H(t) for nu -> oo at fixed t/sqrt(nu): the density is a semicircle of radius ``2 lambda/sqrt(nu)``.

        ``e^(-lambda t) I_1(2 x)/x``, ``x = lambda t/sqrt(nu)``; BAP's ``e^(-t) cosh(t/sqrt(nu))`` agrees with
        it to first order in 1/nu only.

        >>> from asymptotics.symbols import t
        >>> marchenko_pastur(100).many(t)
        10*exp(-t)*besseli(1, t/5)/t
        """
        # z = -lambda + lambda eps w, D = G/(lambda eps), nu = 1/eps^2: at eps = 0 a quadratic in G
        lam = self.eigenvalue
        wide = MarchenkoPastur(ratio=1 / _scale**2, eigenvalue=lam)
        square, slope, constant = wide.quadratic(-lam + lam * _scale * _Z)
        limits = [
            cancel(c).xreplace({_scale: Integer(0)})
            for c in (square / (lam * _scale) ** 2, slope / (lam * _scale), constant)
        ]
        radius = sqrt(_vertex_size(limits))
        x = lam * t / sqrt(self.ratio)
        return exp(-lam * t) * 2 * besseli(1, radius * x) / (radius * x)


def _vertex_size(coefficients: list[Expr]) -> Expr:
    """The square of the place where the discriminant in the dummy Z vanishes."""
    square, slope, constant = coefficients
    polynomial = Poly(expand(slope**2 - 4 * square * constant), _Z)
    return cancel(-polynomial.nth(0) / polynomial.nth(2))


@exclusive
def marchenko_pastur(ratio: object, eigenvalue: object = 1) -> MarchenkoPastur:
    """The law of N = ratio M features (P = oo), or of P = ratio M samples (N = oo), on a white spectrum.

    Raises `DomainError` for numbers that are not positive. See `MarchenkoPastur`.

    >>> marchenko_pastur(1).density(1)
    sqrt(3)/(2*pi)
    """
    values = {"ratio": exact(ratio, "ratio"), "eigenvalue": exact(eigenvalue, "eigenvalue")}
    for name, value in values.items():
        if not value.is_positive:
            raise DomainError(f"{name} = {value}; it must be positive (a number or a positive symbol)")
    return MarchenkoPastur(**values)
