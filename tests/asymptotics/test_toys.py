"""A family of spectra and a law from outside the packages, through public protocols alone.

The family: ``lambda_k = k^-b`` with targets ``k^-a (1 + x^k)``, 0 < x < 1, whose Dirichlet series is
``zeta(a - b s) + Li_(a - b s)(x)``; the engine has no rule for the symbol x. The law: the loss in the metric
of the kernel, ``sum_k m_k c_k lambda_k exp(-2 lambda_k t)``.
"""

from dataclasses import dataclass, replace

import pytest
from sympy import Expr, Integer, Rational, Symbol, Wild, gamma, oo, polylog, zeta

from asymptotics import DomainError, SpectrumError, Task, check_claim, derive, power_law
from asymptotics.domains.domain import Domain
from asymptotics.expansions.laurent import Laurent
from asymptotics.model.quantities import QUANTITIES
from asymptotics.model.quantity import Quantity
from asymptotics.model.sums import SUMS
from asymptotics.spectra import FAMILIES, Mismatch, SpectralSeries, spectrum
from asymptotics.spectra.family import requiring
from asymptotics.spectra.power_law import AlgebraicSeries
from asymptotics.symbols import a, b, k, t
from asymptotics.transforms.dirichlet import DirichletSeries
from numerics import FullModel, verify
from numerics.verification.places import Reference
from numerics.verification.references import REFERENCES

X = Symbol("x", positive=True)


# --- a family of spectra -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WithGeometricPart(DirichletSeries):
    """``zeta(a - b s) + Li_(a - b s)(x)``: the poles of the zeta function, and an entire function."""

    powers: AlgebraicSeries
    exponent: Expr
    ratio: Expr

    def poles(self, count):
        return self.powers.poles(count)

    def laurent(self, point, terms):
        found = self.powers.laurent(point, terms)
        value = polylog(self.exponent - self.powers.decay * point, self.ratio)
        return found + Laurent(0, (value, *[Integer(0)] * (found.end - 1)))


@dataclass(frozen=True)
class GeometricCorrections:
    """``lambda_k = k^-b`` and ``c_k = k^-a (1 + x^k)``."""

    name: str = "power laws with a geometric correction of the target"
    form: str = "k**-b, k**-a + C*rho**k"

    def spectrum(self, task: Task, domain: Domain):
        exponent, ratio = Wild("p", exclude=[task.index]), Wild("q", exclude=[task.index])
        found = task.target.match(task.index**-exponent * (1 + ratio**task.index))
        if found is None or task.modes != oo:
            return Mismatch(fitting=0, missing=f"the target {task.target} has no factor 1 + x**{task.index}")
        powers = spectrum(replace(task, target=task.index ** -found[exponent]))
        refusal = f"target {task.target}: its power must have a finite sum, which needs x < 1"
        inside = requiring(powers.domain, 1 - found[ratio], refusal)
        target = WithGeometricPart(powers=powers.target, exponent=found[exponent], ratio=found[ratio])
        return SpectralSeries(
            task=task, kernel=powers.kernel, target=target, domain=inside, trace=powers.trace
        )


TASK = Task(eigenvalues=k**-b, target=k**-a * (1 + X**k))
PLACE = {a: Rational(7, 2), b: Rational(3, 2), X: Rational(1, 2)}


@pytest.fixture
def family():
    with FAMILIES.holding(GeometricCorrections()):
        yield


def test_the_family_is_unknown_before_and_after():
    with pytest.raises(SpectrumError):
        derive(TASK)
    with FAMILIES.holding(GeometricCorrections()):
        assert derive(TASK).time.regimes
    with pytest.raises(SpectrumError):
        derive(TASK)


def test_laws_of_the_family(family):
    laws = derive(TASK)
    assert laws.time.exponent == (a - 1) / b
    steep = next(regime for regime in laws.model.regimes if regime.condition == (a - 1 > b))
    assert steep.exponent == b
    assert steep.prefactor.has(zeta(a - b) + polylog(a - b, X))
    assert [str(condition) for condition in laws.model.conditions] == ["b > 1", "a > 1", "x < 1"]
    with pytest.raises(SpectrumError, match="x < 1"):
        derive(TASK.at(x=2))


@pytest.mark.parametrize("name", ["time", "model", "data"])
def test_laws_of_the_family_hold_in_the_full_model(family, name):
    law = getattr(derive(TASK), name)
    assert verify(law, at=PLACE, digits=20).verdict == "HOLDS"
    here = law.at(PLACE)
    wrong = here.stating(prefactor=here.prefactor * Rational(1001, 1000))
    assert verify(wrong, digits=20).verdict == "FAILS"


def test_the_argument_of_a_law_of_the_family_is_checked(family):
    derivation = derive(TASK).model.derivation
    assert "polylog" in str(derivation)
    assert derivation.check(at=PLACE, digits=15).passed


# --- a law ---------------------------------------------------------------------------------------


LAW = Quantity(
    name="kernel_metric",
    words="loss in the metric of the kernel, limited by training time",
    symbol="E(t)",
    tex=r"E(t)",
    limits="N = P = oo",
    resource=t,
    equation=SUMS["C_1"](2 * t),
    source="the loss of the target lambda_k c_k",
)


def in_the_full_model(place):
    """The loss of the task whose target power is multiplied by the eigenvalues."""
    weighted = replace(place.task, target=place.task.target * place.task.eigenvalues)
    return FullModel(weighted, digits=place.digits).test_loss(place.resource)


@pytest.fixture
def law():
    reference = Reference(name=LAW.name, value=in_the_full_model)
    with QUANTITIES.holding(LAW), REFERENCES.holding(reference):
        yield


def test_the_law_is_one_of_the_laws(law):
    laws = derive(power_law(a, b))
    found = laws.kernel_metric
    assert found.exponent == (a + b - 1) / b
    assert (found.at(a=3, b=2).prefactor - gamma(2) / 2 / 2**2).simplify() == 0
    assert "kernel_metric" in dir(laws)
    assert found.to_latex().startswith(r"E(t) \sim")
    assert (
        found.derivation.title
        == "E(t), loss in the metric of the kernel, limited by training time (N = P = oo)"
    )
    assert found.derivation.check(at={a: 3, b: 2}, digits=15).passed
    assert check_claim("t**(-(a - 1)/b - 1)", found).verdict == "HOLDS"
    with pytest.raises(DomainError, match="registered already"):
        QUANTITIES.register(LAW)


def test_the_law_holds_in_the_full_model(law):
    found = derive(power_law(a, b)).kernel_metric
    assert verify(found, at={a: Rational(3, 2), b: Rational(5, 4)}).verdict == "HOLDS"
    here = found.at(a=3, b=2)
    assert verify(here.stating(exponent=here.exponent + Rational(1, 100))).verdict == "FAILS"


def test_the_law_of_the_family_holds_in_the_full_model(family, law):
    assert verify(derive(TASK).kernel_metric, at=PLACE).verdict == "HOLDS"


def test_the_law_is_forgotten_after_its_block():
    laws = derive(power_law(3, 2))
    with QUANTITIES.holding(LAW):
        assert laws.kernel_metric.exponent == 2
    with pytest.raises(AttributeError, match="no law is called 'kernel_metric'"):
        _ = laws.kernel_metric
