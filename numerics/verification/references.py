"""The reference value of every law: what it states, computed from `FullModel` and never from an expansion.

======================  ===============================================================================
time, model, data       test loss when t, N or P alone is finite
bias_*, variance_*      bias and variance of that loss over initialisations or data, t = oo
model_transient(*)      c_1 (c_2) of ``L(t; N) = L(t; oo) + c_1/N + c_2/N^2 + ...``
data_transient(*), gap  c_1 (c_2) of L, c_1 of L - Lhat in 1/P, noiseless
noise, gap_noise        the same of what sigma^2 multiplies in L and in L - Lhat + sigma^2
early_stopping(_time)   the minimum over t of L(t; P) with label noise, and where it is
useful_epochs           the same place in epochs, of steps eta on batches B
ridge                   test loss with the ridge ``rho P^-l``, t = oo
feature_share           what ``P^n`` features add to the loss at t = oo, over it
optimal_ridge_width     what N features add at the best ridge, times N, over the loss there
ridge_against_stopping  the smallest loss over the ridge over that over the stopping time
optimal_ridge(_value)   the minimum over the ridge of the test loss at t = oo, and where it is
transfer                test loss at t = oo on another distribution
sgd_noise(_model)       what the batches of SGD add to gradient descent after t steps, or at t = oo
sgd_noise_transient     c_1 of the same in 1/N
noiseless_step          the constant step of the smallest loss of SGD after t steps, noiseless, N = oo
critical_batch(_model)  B times it over the loss of gradient descent, B -> oo
time_discrete           gradient descent after t steps, N = P = oo
time_momentum           heavy-ball flow, N = P = oo
rich_time, rich_scale   loss and scale of features that move, N = P = oo
rich_model_transient    c_1 of that loss in 1/N
rich_data_transient, rich_noise    c_1 of that loss in 1/P, of the signal and of label noise
rich_crossover          1/gamma where gamma^2 leaves the scale at 2, to first order in gamma^2
time_discrete_momentum  heavy ball in discrete steps, N = P = oo
nesterov                Nesterov momentum, N = P = oo
dana                    DANA with a momentum that decays as the law has it, N = oo
schedule:... and kin    runs with a schedule (`schedules`)
======================  ===============================================================================

Times are on the clock of the rule. Symbols that a law needs besides its task are the settings: a coefficient
in 1/N is divided by the N that is set, so that N = 1 is the coefficient itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sympy import Integer, Symbol, oo

from asymptotics.caches import cached
from asymptotics.errors import UnableError
from asymptotics.model.quantity import GAUSSIAN
from asymptotics.model.rules.base import TRAINING_RULES, TrainingRule
from asymptotics.model.rules.dana import DANA
from asymptotics.model.rules.one_pass_sgd import OnePassSGD
from asymptotics.precision import working
from asymptotics.registry import Registry
from asymptotics.symbols import B, N, P, b_test, eta, gamma, l, n, rho, sigma
from numerics.model.coefficients import size_coefficients
from numerics.model.full_model import FLOW, FullModel
from numerics.values.value import Value
from numerics.verification.moving_features import (
    DECADES,
    change_by_features,
    change_by_samples,
    loss_of_rich,
    noise_by_samples,
    richness_of_crossover,
    scale_of_rich,
)
from numerics.verification.places import Place, Reference
from numerics.verification.ridges import (
    best_ridge,
    best_ridge_width,
    loss_elsewhere,
    loss_with_ridge,
    ridge_against_stopping,
    share_of_features,
)
from numerics.verification.schedules import noiseless_step, reference_of_schedule
from numerics.verification.students import model_of, order_in_features
from numerics.verification.training import (
    STOPPING_FIRST,
    best_time,
    critical_batch,
    half,
    losses_of_dana,
    losses_of_trained,
    scaled,
    sgd_noise,
    sgd_noise_model,
    train,
    useful_epochs,
)

ONE = Integer(1)


def reference_of(name: str) -> Reference:
    """The entry of a law; raises `UnableError` where a law from elsewhere has none yet."""
    if ":" in name:
        return reference_of_schedule(name)
    if name not in REFERENCES:
        raise UnableError(
            f"no value of the full model is known for the law {name}; "
            "register it by numerics.verification.references.REFERENCES.register(Reference(...))"
        )
    return REFERENCES[name]


def reference_value(name: str, place: Place) -> Value:
    """The quantity ``name`` of `model.quantities` at ``place``; units of the target power (or of t).

    Its error is that of the full model's values and of what is done with them. Raises what `FullModel`
    raises, and `DomainError` for settings that a training rule cannot take.

    >>> from asymptotics.tasks.power_laws import power_law
    >>> place = Place(task=power_law(2, 2), resource=Integer(100), digits=15)
    >>> found = reference_value("gap_noise", place)        # 2 sum (1 - e^(-100 k^-2))
    >>> round(float(found), 12), found.relative_error < 1e-8
    (34.449077317061, True)
    """
    (found,) = reference_values(name, (place,))
    return found


@cached(maxsize=4096)
def _together(name: str, places: tuple[Place, ...]) -> tuple[Value, ...]:
    with working(places[0].digits + 25):
        return tuple(reference_of(name).values(places))


def reference_values(name: str, places: tuple[Place, ...]) -> Iterator[Value]:
    """The same at places that differ in the resource alone, one after the other or all at once."""
    shared = reference_of(name).together is not None
    for some in (places,) if shared else ((place,) for place in places):
        yield from _together(name, some)


# -- one resource finite ------------------------------------------------------------------------


def _times(places: Sequence[Place]) -> Iterable[Value]:
    model = FullModel(places[0].task, digits=places[0].digits)
    return model.curve([place.resource for place in places]).values


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """Everything at t = oo with N or P finite."""

    loss: Value
    bias: Value
    variance: Value


@cached(maxsize=256)
def _end(place: Place, size: Symbol) -> _End:
    model = model_of(place, **{size.name: place.resource})
    return _End(loss=model.test_loss(oo), bias=model.bias(oo), variance=model.variance(oo).total)


def _at_end(size: Symbol, part: str, place: Place) -> Value:
    value: Value = getattr(_end(replace(place, settings=(), ratio=oo), size), part)
    return value


def _wrong_signs(place: Place) -> Value:
    return model_of(place, P=place.resource).classification_error(oo)


# -- the approach: coefficients of 1/N and 1/P -----------------------------------------------------


def _size_coefficients(
    size: Symbol, quantity: str, order: int, noise: int, places: Sequence[Place], rule: TrainingRule = FLOW
) -> Iterable[Value]:
    """c_order in 1/N or 1/P, which carries sigma^noise."""
    place, digits = places[0], half(places[0])
    found: Iterable[Value]
    if size == N and place.student != GAUSSIAN:
        found = (order_in_features(order, one, digits, quantity, rule) for one in places)
    else:
        times = tuple(one.resource for one in places)
        found = size_coefficients(place.task, quantity, size.name, order, times, digits, rule)
    factor = place.setting(sigma) ** noise / place.setting(size) ** order
    return (scaled(value, factor) for value in found)


def _sgd_noise_transient(places: Sequence[Place]) -> Iterable[Value]:
    return _size_coefficients(N, "sgd_excess", 1, 0, places, train(OnePassSGD, places[0]))


def time_reference(rule: type[TrainingRule]) -> Reference:
    """That of the time law of a training rule, `quantities.time_quantity`."""
    return Reference(
        name=rule.law,
        together=partial(losses_of_trained, rule),
        settings=rule.parameters,
        first=2,
        points=7,
        pace=rule.pace(),
    )


_in_1_n = partial(Reference, first=2, points=7, group="corrections in 1/N")
_in_1_p = partial(Reference, first=1, points=7, group="corrections in 1/P")
_finite = partial(Reference, group="one resource finite")
_moving = partial(Reference, points=DECADES + 1, group="features that move")
_best = partial(Reference, group="best ridge", step=2, points=7)


def _stopping_reference(name: str, value: Callable[[Place], Value]) -> Reference:
    return Reference(
        name=name,
        value=value,
        settings=(sigma,),
        first=STOPPING_FIRST,
        step=3,
        points=7,
        longest=3,
        group="early stopping",
    )


def _coefficient(
    size: Symbol, part: str, order: int = 1, noise: int = 0
) -> Callable[[Sequence[Place]], Iterable[Value]]:
    return partial(_size_coefficients, size, part, order, noise)


REFERENCES: Registry[Reference] = Registry(
    (
        _stopping_reference("early_stopping", partial(best_time, "loss")),
        _stopping_reference("early_stopping_time", partial(best_time, "argument")),
        replace(_stopping_reference("useful_epochs", useful_epochs), settings=(sigma, eta, B)),
        _in_1_p(name="data_transient", together=_coefficient(P, "test_loss"), settings=(P,)),
        _in_1_p(
            name="data_transient_second", together=_coefficient(P, "test_loss", 2), settings=(P,), step=2
        ),
        _in_1_p(name="gap", together=_coefficient(P, "gap"), settings=(P,)),
        _in_1_p(name="gap_noise", together=_coefficient(P, "gap_noise", noise=2), settings=(P, sigma)),
        _in_1_p(name="noise", together=_coefficient(P, "noise", noise=2), settings=(P, sigma)),
        _in_1_n(name="model_transient", together=_coefficient(N, "test_loss"), settings=(N,)),
        _in_1_n(name="model_transient_second", together=_coefficient(N, "test_loss", 2), settings=(N,)),
        _in_1_n(
            name="sgd_noise_transient",
            together=_sgd_noise_transient,
            settings=(N, eta, B),
            step=2,
            pace=OnePassSGD.pace(),
        ),
        *(time_reference(rule) for rule in TRAINING_RULES.values() if rule.law and not rule.remembers),
        Reference(name=DANA.law, together=losses_of_dana, settings=DANA.parameters, first=2, points=6),
        _finite(name="transfer", value=loss_elsewhere, settings=(b_test,)),
        _finite(name="classification_error", value=_wrong_signs),
        _finite(name="ridge", value=loss_with_ridge, settings=(rho, l)),
        _best(name="optimal_ridge_width", value=best_ridge_width),
        _best(name="feature_share", value=share_of_features, settings=(n,)),
        _stopping_reference("ridge_against_stopping", ridge_against_stopping),
        _best(name="optimal_ridge", value=partial(best_ridge, "loss")),
        _best(name="optimal_ridge_value", value=partial(best_ridge, "argument")),
        Reference(
            name="sgd_noise",
            together=sgd_noise,
            settings=(eta, B),
            step=2,
            points=7,
            pace=OnePassSGD.pace(),
        ),
        _moving(name="rich_time", value=loss_of_rich, settings=(gamma,)),
        _moving(name="rich_crossover", value=richness_of_crossover),
        _moving(name="rich_scale", value=scale_of_rich, settings=(gamma,)),
        _moving(name="rich_model_transient", value=change_by_features, settings=(N, gamma)),
        _moving(name="rich_data_transient", value=change_by_samples, settings=(P, gamma)),
        _moving(name="rich_noise", value=noise_by_samples, settings=(P, sigma, gamma)),
        _finite(name="time", together=_times),
        _finite(name="model", value=partial(_at_end, N, "loss")),
        _finite(name="data", value=partial(_at_end, P, "loss")),
        _finite(name="bias_model", value=partial(_at_end, N, "bias")),
        _finite(name="variance_model", value=partial(_at_end, N, "variance")),
        _finite(name="bias_data", value=partial(_at_end, P, "bias")),
        _finite(name="variance_data", value=partial(_at_end, P, "variance")),
        Reference(
            name="critical_batch",
            value=partial(critical_batch, None),
            settings=(eta,),
            step=2,
            points=7,
            pace=OnePassSGD.pace(),
        ),
        Reference(name="noiseless_step", value=noiseless_step, settings=(B,), first=4, step=2, points=5),
        _finite(name="critical_batch_model", value=partial(critical_batch, N), settings=(eta,)),
        _finite(name="sgd_noise_model", value=sgd_noise_model, settings=(eta, B)),
    )
)
"""One for each of `asymptotics.model.quantities.QUANTITIES`, the most expensive groups first.

``REFERENCES.register(Reference(...))`` adds that of a law from elsewhere.
"""


def solution_groups() -> tuple[tuple[str, ...], ...]:
    """The names of references that share their solutions, group by group."""
    found: dict[str, tuple[str, ...]] = {}
    for reference in REFERENCES.values():
        key = reference.group or reference.name
        found[key] = (*found.get(key, ()), reference.name)
    return tuple(found.values())
