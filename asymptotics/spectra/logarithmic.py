"""Powers of k times any powers of log k: ``lambda_k = k^-b S(log k)``, targets ``k^-a V(log k)``.

In the coordinate u = log k, ``y = log(1/lambda) = b u - log S(u)``, and with ``s0 = (a - 1)/b``

    h(y) = V(u) S(u)^(-s0) du/dy,

slowly varying, so that the Dirichlet series of the target has a branch point at s0 and that of the kernel one
at -1/b (`transforms.branch`). S and V are expansions in powers of u and log u: what is smaller by a power
of k, as ``log(k + 1) - log k``, is beyond every power of u.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Integer, Symbol, log, oo, together

from asymptotics.caches import cached
from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.tail import tail_expansion
from asymptotics.expansions.terms import Term
from asymptotics.spectra.family import WITH_TRACE, Mismatch, SpectralSeries, requiring, requiring_sum
from asymptotics.tasks.task import Task
from asymptotics.transforms.branch import BranchSeries, Coordinate, Tails

U = Symbol("u", positive=True)
"""u = log k."""


def slow_tail(expression: Expr, index: Symbol, depth: int, domain: Domain) -> tuple[Expr, Expansion]:
    """``(q, S)`` with ``expression ~ k^q S(log k)`` beyond every power of log k.

    Raises `SpectrumError` for what is not of this form.

    >>> from asymptotics.domains.domain import POSITIVE
    >>> from asymptotics.symbols import b, k
    >>> slow_tail(k**-b * (1 + log(2*k + 1))**(Integer(1)/2), k, 2, POSITIVE)
    (-b, sqrt(u) + (log(2) + 1)/(2*sqrt(u)) + O(u**(-3/2)))
    """

    def in_u(*terms: Term) -> Expansion:
        return expansion(U, terms, at_infinity=True, domain=domain, depth=depth)

    if not expression.has(index):
        return Integer(0), in_u(Term(expression, Integer(0)))
    if expression == index:
        return Integer(1), in_u(Term(Integer(1), Integer(0)))
    if expression.is_Add:
        return _sum([slow_tail(e, index, depth, domain) for e in expression.args], expression, domain)
    if expression.is_Mul:
        rate, product = slow_tail(expression.args[0], index, depth, domain)
        for factor in expression.args[1:]:
            more, series = slow_tail(factor, index, depth, domain)
            rate, product = rate + more, product * series
        return normal(rate), product
    if expression.is_Pow and not expression.exp.has(index):
        rate, base = slow_tail(expression.base, index, depth, domain)
        return normal(rate * expression.exp), Powers(base).power(expression.exp)
    if isinstance(expression, log):
        rate, argument = slow_tail(expression.args[0], index, depth, domain)
        return Integer(0), Powers(argument).logarithm() + argument.monomial(rate, Integer(1))
    lead = tail_expansion(expression, index, 2, domain).candidates()
    if len({t.order for t in lead}) != 1:
        raise SpectrumError(f"the leading power of {expression} is not decided; give numbers")
    return normal(-lead[0].order), in_u(*(Term(t.coefficient, Integer(-t.log_power)) for t in lead))


def _sum(parts: list[tuple[Expr, Expansion]], whole: Expr, domain: Domain) -> tuple[Expr, Expansion]:
    """The parts that no other is proved ahead of; they must be of one power."""
    first = [p for p, _ in parts if not any(domain.sign(q - p) == 1 for q, _ in parts)]
    if len({normal(p) for p in first}) != 1:
        raise SpectrumError(f"the leading power of {whole} is not decided; give numbers")
    total = [series for p, series in parts if normal(p - first[0]) == 0]
    result = total[0]
    for series in total[1:]:
        result = result + series
    if not result.terms:
        raise SpectrumError(f"the leading powers of {whole} cancel beyond every power of the logarithm")
    return first[0], result


@cached(maxsize=32)
def in_logarithm(tails: Tails, depth: int) -> Coordinate:
    """Tails in the coordinate u; see the module."""
    rate, shape = slow_tail(tails.eigenvalues, tails.index, depth, tails.domain)
    _, weight = slow_tail(tails.weights, tails.index, depth, tails.domain)
    powers = Powers(shape)
    decay = shape.monomial(-rate, Integer(1)) - powers.logarithm()
    summand = weight * powers.power(-tails.origin)
    density = summand * Powers(decay.differentiate()).power(-1)
    return Coordinate(decay=decay, density=density, counts=False)


@dataclass(frozen=True, slots=True)
class LogarithmicPowers:
    """Powers of k times real powers of logarithms, in the eigenvalues and the target."""

    name: str = "powers with logarithms"
    form: str = "k**-b*log(k + 1)**q, and the like in the target"

    def spectrum(self, task: Task, domain: Domain) -> SpectralSeries | Mismatch:
        """The two series where b > 0 and a > 1; with b > 1 a trace."""
        if task.modes != oo:
            return Mismatch(fitting=0, missing=f"modes = {task.modes}: this family has infinitely many modes")
        weights = task.multiplicity * task.target
        rates: dict[str, Expr] = {}
        missing = ""
        shown = {"multiplicity": task.multiplicity, "eigenvalues": task.eigenvalues, "target": task.target}
        for name, expression in shown.items():
            try:
                rates[name], shape = slow_tail(expression, task.index, 2, domain)
                if name == "eigenvalues":
                    Powers(shape).logarithm()
            except (SpectrumError, UnableError) as error:
                missing = missing or str(error)
        if missing:
            return Mismatch(fitting=len(rates), missing=missing)
        levels = rates["multiplicity"]
        b, a = normal(-rates["eigenvalues"]), normal(-rates["target"] - levels)
        if domain.sign(b) in (0, -1):
            return Mismatch(
                fitting=len(rates),
                missing=f"eigenvalues {task.eigenvalues} do not fall as a power of {task.index}",
            )
        domain = requiring(domain, b, "")
        domain = requiring_sum(domain, *_convergence(a, task.target, "the target", "p", "it needs"))
        parts = {"eigenvalues": task.eigenvalues, "index": task.index, "domain": domain}
        series = []
        for summand, origin in ((task.multiplicity, -(levels + 1) / b), (weights, (a - 1) / b)):
            place = {**parts, "weights": summand, "origin": together(origin)}
            series.append(BranchSeries(**place, tails=Tails(**place, expand=in_logarithm)))
        condition = _convergence(normal(b - levels), task.eigenvalues, "the kernel", "b", WITH_TRACE)
        marginal = normal(b - levels - 1) == 0 and _converges_by_logarithms(task, domain)
        trace = () if marginal else (condition,)
        return SpectralSeries(task=task, kernel=series[0], target=series[1], domain=domain, trace=trace)


def _converges_by_logarithms(task: Task, domain: Domain) -> bool:
    """Whether ``sum m_k lambda_k`` converges where it falls as ``1/(k log(k)^q)``: q > 1."""
    _, shape = slow_tail(task.multiplicity * task.eigenvalues, task.index, 2, domain)
    return domain.sign(normal(shape.leading().order - 1)) == 1


def _convergence(p: Expr, summand: Expr, owner: str, letter: str, needing: str) -> tuple[Expr, str]:
    """What must be positive for a sum to converge, and the words where it is not."""
    return p - 1, (
        f"sum of {summand} is not shown to converge: {owner} falls as k**-{letter} up to logarithms with "
        f"{letter} = {p}; {needing} {letter} > 1"
    )
