"""t = oo: errors are estimated where they arise."""

from dataclasses import replace
from itertools import product

import mpmath
import numpy as np
import pytest
from sympy import Rational, oo

from asymptotics import power_law
from numerics import FullModel, OnePassSGD
from numerics.model.fixed_point import fixed_point
from numerics.model.sizes import gaussian_sizes
from numerics.spectra.finite import finite_spectrum
from numerics.spectra.spectrum import spectrum_of
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import field_of

# -- errors are estimated where they arise ----------------------------------------------------


class Blurred(SpectralSums):
    """Sums that are off by a part in 10^12, and say so."""

    shifts = (0.0, 0.0)
    size = 1e-12

    def one_point(self, kappa, field, log_floor=None, **options):
        point = super().one_point(kappa, field, log_floor, **options)
        df1, X = (
            np.array([row * (1 + shift * (-1) ** j) for j, row in enumerate(f)])
            for f, shift in zip((point.df1, point.X), self.shifts, strict=True)
        )
        return replace(point, df1=df1, X=X, error=self.size)

    def squares(self, kappa, field, log_floor):
        f2, h, _ = super().squares(kappa, field, log_floor)
        return f2 * (1 + self.shifts[0]), h * (1 + self.shifts[1]), self.size


@pytest.mark.parametrize(
    ("N", "P", "ridge"),
    [
        (2, 2 + Rational(1, 10**9), 0),
        (3 - Rational(1, 10**6), 4, 0),
        (5, 3 - Rational(1, 10**6), 0),
        (2, oo, 0),
        (oo, 1, 0),
        (2, oo, Rational(1, 10**5)),
        (2, 3, Rational(1, 10**4)),
        (5, 2, Rational(1, 3)),
        (2, 2 + Rational(1, 10**5), Rational(1, 10**12)),
        (oo, 1, -Rational(1, 30)),
        (2, 3, Rational(1, 10**8)),  # where df1 is flat
    ],
)
def test_errors_of_the_sums_are_carried_to_every_part(N, P, ridge) -> None:
    """The error of each part covers what blurred sums do to it, and is at most a thousand times that."""
    flat = ridge == Rational(1, 10**8)
    spectrum = finite_spectrum([1, 1, 1e-6] if flat else [1, 0.5, 0.2], [0.7, 0.5, 0.3])
    N, P = Rational(N) if oo != N else oo, Rational(P) if oo != P else oo
    with field_of(200) as field:
        sizes = gaussian_sizes(N, P, field)
        exact = fixed_point(SpectralSums(spectrum, 40), sizes, field, Rational(ridge))
        seen = dict.fromkeys(exact.parts, 0.0)
        for shifts in product((-1e-12, 1e-12), repeat=2):
            sums = Blurred(spectrum, 40)
            sums.shifts = shifts
            blurred = fixed_point(sums, sizes, field, Rational(ridge))
            for name, part in exact.parts.items():
                if part.value and part.error:
                    moved = float(abs(blurred.parts[name].value / part.value - 1))
                    assert moved <= blurred.parts[name].error, name
                    seen[name] = max(seen[name], moved / blurred.parts[name].error)
    depend_on_kappa = [seen[name] for name in ("bias", "initialisation", "data") if exact.parts[name].value]
    assert min(depend_on_kappa) > (1e-5 if flat else 1e-3)


@pytest.mark.parametrize("off", [0, Rational(1, 10**10), -Rational(1, 10**10)])
def test_a_number_of_modes_in_doubt_is_part_of_the_error(off) -> None:
    class Counted(SpectralSums):
        def mode_count(self):
            return 3 + 3 * off, 1e-10

    sums = Counted(finite_spectrum([1, 0.5, 0.2], [0.7, 0.5, 0.3]), 40)
    with field_of(200) as field:
        known = fixed_point(sums, gaussian_sizes(oo, 3 + Rational(1, 10**6), field), field)
        assert abs(known.parts["noise_data"].value / 3000000 - 1) <= known.parts["noise_data"].error < 1e-3
        assert (
            abs(known.parts["train_noise"].value / (1 / 3e6) - 1) <= known.parts["train_noise"].error + 1e-6
        )
        near = gaussian_sizes(oo, 3 + Rational(1, 10**10), field)
        assert fixed_point(sums, near, field).error > 1


def test_the_noise_of_batches_is_known_to_the_digits_of_its_sums(monkeypatch) -> None:
    rule = OnePassSGD(eta=0.49999999995, batch=1)
    found = FullModel.from_arrays([1, 1, 0], [1, 1, 0.5], rule=rule).sgd_excess(oo)
    exact = SpectralSums.one_point

    def blurred(self, *arguments, **options):
        point = exact(self, *arguments, **options)
        return replace(point, df1=point.df1 - point.df1 * point.error)

    monkeypatch.setattr(SpectralSums, "one_point", blurred)
    other = FullModel.from_arrays([1, 1, 0], [1, 1, 0.5], rule=rule).sgd_excess(oo)
    with mpmath.workdps(60):
        assert found.error / 1000 < abs(found.value - other.value) <= found.error


def test_squares_claim_no_more_than_the_digits_of_their_sums() -> None:
    few, many = (SpectralSums(spectrum_of(power_law(2, 2)), digits) for digits in (12, 30))
    with field_of(200) as field:
        for kappa in (field.real(1), field.exp(field.real(-20))):
            (f2, h, error), (exact_f2, exact_h, _) = (x.squares(kappa, field, -20.0) for x in (few, many))
            assert max(abs(f2 / exact_f2 - 1), abs(h / exact_h - 1)) <= error
            assert 1e-14 <= error <= 2e-12
