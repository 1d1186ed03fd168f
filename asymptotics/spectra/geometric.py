"""Geometric families: eigenvalues ``Lambda rho^k``, weights that are sums of ``C k^m tau^k``.

With rates ``r = -log(rho)``, ``v = -log(tau)`` a term of ``D(s) = sum_k f_k lambda_k^(-s)`` is

    C Lambda^-s sum_k k^m e^(-(v - r s) k) = C Lambda^-s Li_(-m)(e^(r s - v)),

a rational function of ``rho^-s``: the same pole of order m + 1 at ``s_n = v/r + 2 pi i n/r`` for every whole
n, on a vertical line; around it ``Li_(-m)(e^w) = m! (-w)^(-m-1) + sum_j zeta(-m-j) w^j/j!`` (DLMF 25.12.12,
continued). So ``exp(-c k)`` is the case rho = e^-c, and ``Lambda rho^(k+q)`` that of another Lambda.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import (
    Add,
    Dummy,
    Expr,
    Integer,
    Mul,
    Symbol,
    cancel,
    exp,
    expand,
    factor,
    factorial,
    oo,
    zeta,
)

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.domains.logarithms import logarithm, ratio
from asymptotics.errors import SpectrumError
from asymptotics.expansions.laurent import Laurent
from asymptotics.parsing.heights import to_power
from asymptotics.spectra.family import WITH_TRACE, Mismatch, SpectralSeries, requiring_sum
from asymptotics.tasks.task import Task
from asymptotics.transforms.dirichlet import DirichletSeries
from asymptotics.transforms.poles import Line, Pole

_z = Dummy("z")


@dataclass(frozen=True, slots=True)
class GeometricTerm:
    """``coefficient * k**power * exp(-rate*k)``."""

    coefficient: Expr
    rate: Expr
    power: int


def geometric_terms(expression: Expr, index: Symbol) -> tuple[GeometricTerm, ...] | None:
    """The terms of a sum of polynomials times exponentials of the index; None if it is something else.

    >>> from asymptotics.symbols import a, k
    >>> geometric_terms(3 * a ** (k + 1) * k, k)
    (GeometricTerm(coefficient=3*a, rate=-log(a), power=1),)
    """
    found: dict[tuple[Expr, int], Expr] = {}
    for product in Add.make_args(expand(expression)):
        term = _geometric(product, index)
        if term is None:
            return None
        place = (term.rate, term.power)
        found[place] = found.get(place, Integer(0)) + term.coefficient
    return tuple(GeometricTerm(c, *place) for place, c in found.items() if c != 0)


def _geometric(product: Expr, index: Symbol) -> GeometricTerm | None:
    coefficient, rate, power = Integer(1), Integer(0), 0
    for part in Mul.make_args(product):
        base, exponent = part.as_base_exp()
        if not part.has(index):
            coefficient *= part
        elif base == index and exponent.is_Integer and exponent > 0:
            power += int(exponent)
        elif not base.has(index) and base.is_positive:
            slope = exponent.diff(index)
            if slope.has(index):
                return None
            coefficient *= to_power(base, exponent.subs(index, 0))
            rate -= slope * logarithm(base)
        else:
            return None
    return GeometricTerm(coefficient, normal(rate), power)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeometricSeries(DirichletSeries):
    """``D(s) = sum_k (sum_i C_i k^m_i e^(-v_i k)) (Lambda e^(-r k))^(-s)``.

    >>> from sympy import log
    >>> from asymptotics.symbols import a, b, k
    >>> series = GeometricSeries(weights=geometric_terms(a**k, k), rate=-log(b), scale=Integer(1))
    >>> series.poles(2)[0].location, series.laurent(Integer(-1), 1).coefficients
    (log(a)/log(b), (a*b/(-a*b + 1),))
    """

    weights: tuple[GeometricTerm, ...]
    rate: Expr
    scale: Expr

    def poles(self, count: int) -> tuple[Pole, ...]:
        """One line for each rate of the weights, and these are all."""
        del count
        found: dict[Expr, int] = {}
        for term in self.weights:
            location = normal(ratio(term.rate, self.rate))
            found[location] = max(found.get(location, 0), term.power + 1)
        line = Line(rate=self.rate, scale=self.scale)
        return tuple(Pole(location, order, line) for location, order in found.items())

    def laurent(self, point: Expr, terms: int) -> Laurent:
        """``D(point + d)`` from its pole on, up to ``d^(terms - 1)``."""
        highest = max(term.power for term in self.weights) + 1
        total = Laurent(0, tuple([Integer(0)] * terms))
        for term in self.weights:
            series = _polylogarithm(term, self.rate, point, terms)
            total = total + Laurent(
                series.valuation, tuple(term.coefficient * c for c in series.coefficients)
            )
        logarithmic = logarithm(self.scale)
        power = [(-logarithmic) ** j / factorial(j) for j in range(terms + highest)]
        front = exp(expand(-point * logarithmic))
        return (total * Laurent(0, tuple(front * c for c in power))).trim()


def _polylogarithm(term: GeometricTerm, rate: Expr, point: Expr, length: int) -> Laurent:
    """``Li_(-m)(e^(r s - v))`` around a point, to d^(length - 1)."""
    m = term.power
    if normal(ratio(term.rate, rate) - point) == 0:
        pole = [factorial(m) * (-rate) ** (-m - 1), *[Integer(0)] * m]
        regular = [zeta(-m - j) * rate**j / factorial(j) for j in range(length)]
        return Laurent(-m - 1, (*pole, *regular))
    z = exp(expand(rate * point - term.rate))
    return Laurent(
        0, tuple(rate**j * _rational(m + j).xreplace({_z: z}) / factorial(j) for j in range(length))
    )


@cached(maxsize=64)
def _rational(order: int) -> Expr:
    """``Li_(-order)(z) = (z d/dz)^order z/(1 - z)``."""
    return _z / (1 - _z) if order == 0 else factor(cancel(_z * _rational(order - 1).diff(_z)))


@dataclass(frozen=True, slots=True)
class GeometricSpectra:
    """``C rho^(k+q)`` or ``exp(-c k)`` with targets that are sums of polynomials times such exponentials."""

    name: str = "geometric spectra"
    form: str = "C*rho**k, with targets such as k**n*tau**k"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series, where eigenvalues and power fall, with the conditions of a trace."""
        if task.modes != oo:
            return Mismatch(
                fitting=0, missing=f"modes = {task.modes}: geometric spectra have infinitely many modes"
            )
        parts: dict[str, tuple[GeometricTerm, ...]] = {}
        missing = ""
        for name in ("eigenvalues", "multiplicity", "target"):
            terms = geometric_terms(getattr(task, name), task.index)
            if terms:
                parts[name] = terms
            else:
                missing = missing or (
                    f"{name} {getattr(task, name)} is not a sum of polynomials times exponentials "
                    f"of {task.index}"
                )
        if "eigenvalues" in parts and (len(parts["eigenvalues"]) > 1 or parts["eigenvalues"][0].power):
            missing = (
                f"eigenvalues {task.eigenvalues} are not one exponential C*rho**{task.index}; "
                "corrections to it (other exponentials, powers) are not derived"
            )
        # what has no exponential in it belongs to others
        fitting = sum(any(t.rate != 0 for t in terms) for terms in parts.values())
        if missing or parts["eigenvalues"][0].rate == 0:
            return Mismatch(fitting=2 * fitting, missing=missing or f"{task.eigenvalues} is not exponential")
        (eigenvalue,) = parts["eigenvalues"]
        levels = parts["multiplicity"]
        weights = _product(levels, parts["target"])
        for condition in (
            *_falling((eigenvalue,), task.eigenvalues, "eigenvalues need"),
            *_falling(weights, task.target, "the target needs"),
        ):
            domain = requiring_sum(domain, *condition)
        trace = tuple(_falling(_product(levels, (eigenvalue,)), task.eigenvalues, WITH_TRACE))
        _check_levels(task, levels, domain)
        kernel, target = (
            GeometricSeries(weights=terms, rate=eigenvalue.rate, scale=eigenvalue.coefficient)
            for terms in (levels, weights)
        )
        return SpectralSeries(task=task, kernel=kernel, target=target, domain=domain, trace=trace)


def _product(left: tuple[GeometricTerm, ...], right: tuple[GeometricTerm, ...]) -> tuple[GeometricTerm, ...]:
    found: dict[tuple[Expr, int], Expr] = {}
    for one in left:
        for two in right:
            place = (normal(one.rate + two.rate), one.power + two.power)
            found[place] = found.get(place, Integer(0)) + one.coefficient * two.coefficient
    return tuple(GeometricTerm(c, *place) for place, c in found.items() if c != 0)


def _falling(terms: tuple[GeometricTerm, ...], summand: Expr, needing: str) -> Iterator[tuple[Expr, str]]:
    """What must be positive for each term to fall exponentially, and the words where it is not."""
    for term in terms:
        yield (
            term.rate,
            (f"sum of {summand} diverges: its terms are as exp(-v*k) with v = {term.rate}; {needing} v > 0"),
        )


def _check_levels(task: Task, levels: tuple[GeometricTerm, ...], domain: Domain) -> None:
    if all(domain.sign(term.rate) == 1 for term in levels):
        raise SpectrumError(
            f"multiplicity {task.multiplicity} falls to 0; "
            "the number of modes of a level must be an integer >= 1"
        )
