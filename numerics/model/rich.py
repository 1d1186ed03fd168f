"""RichModel: a two-layer linear network whose features move, solved exactly from its lazy curves.

The network is ``f = (gamma N)^-1 w^T B A psi`` with A frozen, B(0) = 1, w(0) = 0, trained by

    dw/dt = gamma B A g,    dB/dt = gamma w (A g)^T/N,    g = -(1/2) grad Lhat in the coefficients of psi

(`simulate` with gamma=). [B, w/sqrt(N)] then moves by Lorentz boosts: the kernel is ``K 1 + m m^T/K``,
``m = B^T w/sqrt(N)``, with one number K, the scale of the features. Under the clock ``dtau = K dt`` this is
the linear model of `full_model`, with ``chi = K^(-1/2)``:

    1/chi(tau)^2 = 1 + gamma^2 int_0^tau int_0^tau chi(x) chi(y) S(2 tau - x - y) dx dy,
    S(x) = -d/dx Lhat_lazy(x/2),                 t = int chi^2 dtau,
    v(tau) = [chi(0) v_lazy(tau) + int_0^tau chi'(x) v_lazy(tau - x) dx]/chi(tau).

This holds for each draw; for the mean field Lhat_lazy self-averages. The network is linear in psi and A
stays as it was drawn: the loss at t = oo, and with it the bottlenecks of N and P, are those of the lazy
model.

The lazy train loss is a single transform, ``Lhat_lazy(t) = InvLaplace[R1 (Xi + sigma^2)/z](2t)``, since
``C1 = [T(z) - T(z')]/(z' - z)`` with that T; the rest comes from two-time kernels. All are taken on one
contour around the spectrum (`encircle`), on which the clock is solved as well (`clock`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import mpmath
import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray

from asymptotics.errors import DomainError, Fielded, PrecisionError, shown
from asymptotics.model.rules.base import positive_float
from asymptotics.parsing.numbers import exact, is_many, items_of
from asymptotics.tasks.task import Task
from numerics.model.clock import Clock, run_clock
from numerics.model.edges import lowest_rate
from numerics.model.full_model import FullModel
from numerics.model.lazy_contour import Lazy, encircle_lazy
from numerics.values.inputs import exact_time, infinite
from numerics.values.results import Curve
from numerics.values.value import Value

Resolution = tuple[int, int, float]
RESOLUTIONS: tuple[Resolution, ...] = ((18, 10, 0.3), (22, 12, 0.4))
"""Nodes a panel, degree in tau, and share of lost digits that sums have: of what is compared, and given.

Losses that fall steeply need nodes: in tau, panels are short enough for a low degree.
"""
ROUNDING = 1e-13
DIGITS = 15
FARTHER = 1e4
"""By how much a contour is laid out farther when tau has passed its end."""
MARGIN = 100.0
"""By how much one that replaces another is laid out farther than the time needs."""
LATEST = 1e40
FORGOTTEN = 45.0
"""After so many of the slowest times of decay nothing is left to learn: e^-45 = 3e-20."""


class RichModel(metaclass=Fielded):
    """The losses of a task learned by features that move, at any N, P, noise and richness gamma.

    Parameters are those of `FullModel` (gradient flow), and ``gamma`` > 0, the richness (dimensionless):
    the lazy model is gamma -> 0. Results are `Value`s of about 10 digits (8 where losses fall as steeply as
    t^-10) with their estimated errors; a loss that is not told from 0 is given as 0 with that bound. Times
    may reach those at which the lazy clock is at 1e40, and have no end where all is learned before. Units of
    the target power, whose noise floor is not included.

    >>> from asymptotics import power_law
    >>> model = RichModel(power_law(1.5, 1.25), gamma=1)
    >>> round(float(model.test_loss(100)), 9), round(float(model.kernel_scale(100)), 9)
    (0.091457661, 9.604387702)
    """

    __slots__ = ("_found", "_kernels", "_settled", "gamma", "lazy")

    def __init__(
        self,
        task: Task,
        params: Mapping[sympy.Symbol | str, object] | None = None,
        *,
        N: object = sympy.oo,
        P: object = sympy.oo,
        noise: object = None,
        gamma: object,
    ) -> None:
        self._set_up(FullModel(task, params, N=N, P=P, noise=noise), gamma)

    @classmethod
    def from_arrays(
        cls,
        eigenvalues: ArrayLike,
        target: ArrayLike,
        multiplicities: ArrayLike | None = None,
        *,
        N: object = sympy.oo,
        P: object = sympy.oo,
        noise: object = 0,
        gamma: object,
    ) -> RichModel:
        """The model of a finite spectrum, as `FullModel.from_arrays`."""
        model = cls.__new__(cls)
        lazy = FullModel.from_arrays(eigenvalues, target, multiplicities, N=N, P=P, noise=noise)
        model._set_up(lazy, gamma)
        return model

    def _set_up(self, lazy: FullModel, gamma: object) -> None:
        number = exact(gamma, "gamma")
        if not (number.is_number and number.is_finite and number.is_positive):
            raise DomainError(
                f"gamma = {shown(gamma)}; the richness must be a number > 0 (FullModel is gamma -> 0)"
            )
        self.lazy, self.gamma = lazy, number
        self._found: dict[Resolution, tuple[Lazy, Clock]] = {}
        self._kernels: dict[object, NDArray[np.complex128]] = {}
        model = lazy._solver.model
        with model.field(DIGITS, 0) as field:
            slowest = lowest_rate(model.sums_for(DIGITS), model.sizes(field))
        self._settled = FORGOTTEN / slowest if slowest else math.inf

    def __repr__(self) -> str:
        return f"{repr(self.lazy).replace('FullModel', 'RichModel').removesuffix(')')}, gamma={self.gamma})"

    # -- what is asked for ---------------------------------------------------------------

    def test_loss(self, t: object) -> Any:
        """``L(t)``, the excess test loss; a `Curve` for an array of times. At t = oo that of the lazy
        model."""
        if is_many(t):
            return self.curve(t)
        if self._is_over(t):
            return self.lazy.test_loss(sympy.oo)
        if infinite(self.lazy.P):
            return self._single(t, float(self.lazy.noise**2))
        return self._double(t, "test", lambda lazy: lazy.nodes.test(float(self.lazy.noise**2)))

    def train_loss(self, t: object) -> Value:
        """``Lhat(t) = |y - f|^2/P`` with the noise in the labels; test loss + sigma^2 for P = oo."""
        return self.lazy.train_loss(sympy.oo) if self._is_over(t) else self._single(t, 0.0)

    def bias(self, t: object) -> Value:
        """The loss of the predictor averaged over A, data and noise."""
        if self._is_over(t):
            return self.lazy.bias(sympy.oo)
        if infinite(self.lazy.N) and infinite(self.lazy.P):
            return self.test_loss(t)
        return self._double(t, "bias", lambda lazy: lazy.nodes.bias())

    def transfer(self, k: object, t: object) -> Value:
        """``H_k(t) = E v_k(t)/w_k``, the mean of mode k; its error is absolute (dimensionless)."""
        level = self.lazy._solver.level(k)
        if self._is_over(t):
            return self.lazy.transfer(k, sympy.oo)
        model = self.lazy._solver.model
        with model.field(DIGITS, 0) as field:
            eigenvalue = float(model.eigenvalue(level, field))
        return self._compare(
            t,
            lambda lazy, g: lazy.weights * g * lazy.kappa / (lazy.kappa + eigenvalue),
        )

    def kernel_scale(self, t: object) -> Value:
        """``K(t) = 1/chi^2``: by how much the features have grown; 1 at t = 0 (dimensionless)."""
        return self._of_clock(t, 1)

    def effective_time(self, t: object) -> Value:
        """``tau(t) = int_0^t K``: the time at which the lazy clock stands."""
        return self._of_clock(t, 0)

    def stable_step(self, t: object) -> Value:
        """The step below which the learned kernel of the time t is stable: ``eta (2K - 1) lambda_max < 2``.

        ``2K - 1`` bounds ``K 1 + m m^T/K``. For s < 1 the scale K grows for ever, so that any fixed step of
        discrete training meets this edge of stability; beyond it gradient flow is no guide. Dimensionless, in
        units of 1/lambda.
        """
        scale = self.kernel_scale(t)
        bound = 2 / (self.lazy._solver.model.edge * (2 * scale.value - 1))
        return Value(value=bound, error=2 * bound * scale.error / (2 * scale.value - 1))

    def batch_noise(self, t: object, eta: object, batch: object = 1) -> Value:
        """What steps ``eta`` on fresh batches add to the loss: ``L (eta K/2B) sum lambda``, an estimate.

        It takes the noise of the batches for that of the present loss and scale, and is as low as half of
        what trained draws have: its error is as large as itself. N = P = oo, ``eta`` below `stable_step`.
        """
        step, size = positive_float("eta", eta), positive_float("batch", batch)
        if not (infinite(self.lazy.N) and infinite(self.lazy.P)):
            raise DomainError(f"{self!r}: noise of batches is that of N = P = oo; leave out N and P")
        if step >= (edge := float(self.stable_step(t))):
            raise DomainError(
                f"eta = {step:.6g} is beyond the stable step {edge:.6g} at t = {t}; use a smaller one"
            )
        loss, scale = self.test_loss(t), self.kernel_scale(t)
        model = self.lazy._solver.model
        with model.field(DIGITS, 0) as field:
            trace = float(model.sums_for(DIGITS).total_eigenvalue(field))
        added = loss.value * step * scale.value * trace / (2 * size)
        return Value(value=added, error=added)

    def curve(self, ts: Iterable[object], quantity: str = "test_loss") -> Curve:
        """``quantity``, the name of a method, at each of an array of times."""
        methods = {
            f.__name__: f
            for f in (self.test_loss, self.train_loss, self.bias, self.kernel_scale, self.effective_time)
        }
        if not isinstance(quantity, str) or quantity not in methods:
            raise DomainError(f"quantity = {shown(quantity)}; a curve can be of {', '.join(methods)}")
        times = [exact_time(t) for t in items_of(ts, "ts")]
        finite = [t for t in times if not infinite(t)]
        if finite:
            self.prepare(max(finite))
        return Curve(
            quantity=quantity,
            times=tuple(map(float, times)),
            values=tuple(methods[quantity](t) for t in times),
        )

    def prepare(self, until: object) -> None:
        """Solve for all times up to ``until`` at once; otherwise each later time is another solution."""
        self.solutions(float(exact_time(until)))

    @property
    def until(self) -> float:
        """The time up to which it is solved."""
        return min((clock.until for _, clock in self._found.values()), default=0.0)

    # -- how it is found ------------------------------------------------------------------

    def _single(self, t: object, floor: float) -> Value:
        found = self._compare(
            t,
            lambda lazy, g: lazy.weights * g**2 * lazy.train,
            lambda lazy: lazy.floor - floor,
        )
        return _or_bound(found)

    def _double(self, t: object, name: str, make: Callable[[Lazy], NDArray[np.complex128]]) -> Value:
        def terms(lazy: Lazy, g: NDArray[np.complex128]) -> NDArray[np.complex128]:
            u = lazy.weights * g
            kernel = self.kernel(lazy, name, lambda: make(lazy))
            return np.asarray(np.multiply.outer(u, np.concatenate([u, u.conj()])) * kernel)

        return _or_bound(self._compare(t, terms))

    def kernel(
        self, lazy: Lazy, name: object, make: Callable[[], NDArray[np.complex128]]
    ) -> NDArray[np.complex128]:
        """A kernel on the pairs of nodes of a contour, made once."""
        key = (lazy.longest, len(lazy.z), name)
        if key not in self._kernels:
            self._kernels[key] = make()
        return self._kernels[key]

    def _of_clock(self, t: object, which: int) -> Value:
        time = exact_time(t)
        if infinite(time):
            raise DomainError(f"t = {t}; give a finite time")
        read = (clock.at_time(float(time)) for _, clock in self.solutions(float(time)))
        coarse, fine = ((tau, chi**-2)[which] for tau, chi, _ in read)
        return compare_values(coarse, fine)

    def _compare(
        self,
        t: object,
        terms: Callable[[Lazy, NDArray[np.complex128]], NDArray[np.complex128]],
        rest: Callable[[Lazy], float] = lambda lazy: 0.0,
    ) -> Value:
        """Twice the real part of the sum of ``terms``, with ``rest``, what the contour leaves out."""
        time = float(exact_time(t))
        found: list[NDArray[np.complex128]] = []
        for lazy, clock in self.solutions(time):
            found.append(np.append(2 * terms(lazy, clock.at_time(time)[2]), rest(lazy)))
        coarse, fine = (float(parts.real.sum()) for parts in found)
        return compare_values(coarse, fine, float(np.abs(found[1]).sum()))

    def _is_over(self, t: object) -> bool:
        """Whether all is learned at t that ever will be, but for e^-45 of it."""
        time = exact_time(t)
        return infinite(time) or any(clock.until < float(time) for _, clock in self.solutions(float(time)))

    def solutions(self, until: float) -> list[tuple[Lazy, Clock]]:
        """The lazy model and the clock until a time, at each of the resolutions."""
        found = []
        for resolution in RESOLUTIONS:
            known = self._found.get(resolution)
            if known is None or (known[1].until < until and known[1].tau < self._settled):
                known = self._found[resolution] = self._solve(resolution, until)
            found.append(known)
        return found

    def _solve(self, resolution: Resolution, until: float) -> tuple[Lazy, Clock]:
        known, (order, degree, share) = self._found.get(resolution), resolution
        edge = self.lazy._solver.model.edge
        least = 100 * max(until, 1 / edge) * (1 + float(self.gamma))
        laid = max((lazy.longest for lazy, _ in self._found.values()), default=0.0)
        # times are often asked for in rising order
        farther = MARGIN if 0 < laid < least else 1.0
        longest = min(max(laid, farther * least), self._settled)
        lazy = (
            known[0]
            if known and known[0].longest >= longest
            else encircle_lazy(self.lazy, longest, order, share)
        )
        while True:
            clock = run_clock(
                -lazy.z,
                -lazy.z * lazy.weights * lazy.train,
                float(self.gamma),
                1.0,
                until,
                lazy.longest,
                degree,
            )
            if clock.until >= until or clock.tau >= self._settled:
                return lazy, clock
            if lazy.longest > LATEST:
                raise PrecisionError(
                    f"t = {until:.6g}: the lazy clock is beyond {LATEST:g} there; use an earlier time"
                )
            lazy = encircle_lazy(self.lazy, min(lazy.longest * FARTHER, self._settled), order, share)


def _or_bound(loss: Value) -> Value:
    """A loss, or 0 with its bound where it is not told from that."""
    if loss.value > loss.error:
        return loss
    return Value(value=mpmath.mpf(0), error=abs(loss.value) + loss.error, note="below its error")


def compare_values(coarse: float, fine: float, size: float = 0.0) -> Value:
    """``fine``, with the distance to ``coarse`` and rounding as its error."""
    error = abs(fine - coarse) + ROUNDING * (abs(fine) + size)
    return Value(value=mpmath.mpf(fine), error=mpmath.mpf(error))
