"""The map of bottlenecks over features, samples and ridge, against losses of the full model."""

from functools import cache

import mpmath
import pytest
from sympy import Integer, Rational, log, oo

from asymptotics import (
    DeepRandomFeatures,
    GaussianFeatures,
    NonlinearFeatures,
    OrthogonalFeatures,
    SpectralTruncation,
    StructuredFeatures,
    Task,
    UnableError,
    bottleneck_map,
    check_claim,
    derive,
    power_law,
)
from asymptotics.symbols import N, P, a, b, k, l, n, r, sigma
from numerics import FullModel


def leading(region, point, samples):
    """What the leading term of a region is at so many samples."""
    return region.leading.subs(point).subs(P, samples).evalf(20)


@cache
def noisy_map():
    return bottleneck_map(derive(power_law(a, b, noise=sigma)))


@pytest.mark.parametrize(
    ("values", "noise"), [({a: 2, b: 3}, 0), ({a: 2, b: 3}, 1), ({a: 6, b: 2}, 0), ({a: 6, b: 2}, 1)]
)
def test_every_region_has_the_slope_of_the_full_model(values, noise):
    task = power_law(values[a], values[b], noise=noise)
    regions = bottleneck_map(derive(task))
    assert len(regions) >= 3
    for region in regions:
        point = {letter: Integer(1) for letter in (n, l)} | region.domain.holding(4 - n, 4 - l).witness()
        logs = []
        for samples in (Integer(10) ** 24, Integer(10) ** 36):
            features = (samples ** point[n]).round()
            model = FullModel(task, N=features, P=samples, ridge=samples ** -point[l], digits=10)
            logs.append(float(mpmath.log(model.test_loss(oo).value)))
        slope = (logs[0] - logs[1]) / (12 * float(log(10)))
        assert abs(slope - float(region.exponent.subs(point))) < 0.02, str(region)
        assert abs(logs[1] - float(log(leading(region, point, samples)))) < 1e-3, str(region)


@pytest.mark.slow
def test_regions_do_not_overlap_and_fill_the_plane():
    for values in ({a: 2, b: 3}, {a: 5, b: Rational(7, 2)}, {a: 6, b: 2}):
        for i in range(1, 12):
            for j in range(1, 16):
                at = {
                    **values,
                    n: Rational(2 * i, 11) + Rational(1, 97),
                    l: Rational(3 * j, 13) + Rational(1, 89),
                }
                inside = [r for r in noisy_map() if all(c.subs(at) > 0 for c in r.domain.constraints)]
                assert len(inside) == 1, (at, inside)


def test_names_of_the_bottlenecks():
    assert {r.resolution for r in noisy_map()} == {"ridge", "data", "features"}
    assert {r.term for r in noisy_map()} == {"bias", "variance over features", "label noise"}


def test_correlated_rows_have_two_ranges_of_features():
    """``(P/N)^((1 - c)/c)`` below ``N = P^(1/(1 - c))``, ``P N^-(2 - 2c)`` beyond; c = 3/4."""
    laws = derive(power_law(5, 2), student=StructuredFeatures(eigenvalues=k ** Rational(-3, 4)))
    data = {r.term + str(r.exponent): r for r in bottleneck_map(laws) if r.resolution == "data"}
    assert sorted(str(r.exponent) for r in data.values()) == ["(n + 2)/2", "(n + 5)/3", "4"]
    assert data["variance over features(n + 5)/3"].condition.subs({n: 2, l: 3})
    assert data["variance over features(n + 2)/2"].condition.subs({n: 5, l: 3})
    flat = bottleneck_map(
        derive(power_law(5, 2), student=StructuredFeatures(eigenvalues=k ** -Rational(1, 4)))
    )
    plain = bottleneck_map(derive(power_law(5, 2)))
    assert {(r.resolution, r.term, r.exponent) for r in flat} == {
        (r.resolution, r.term, r.exponent) for r in plain
    }


@pytest.mark.parametrize("c", [Rational(3, 5), Rational(7, 10), Rational(9, 10)])
def test_the_published_variance_of_correlated_rows_holds_in_a_range(c):
    """arXiv 2405.00592: ``(P/N)^((1 - c)/c)`` relative to V ~ P^-b; it ends at ``N = P^(1/(1 - c))``."""
    laws = derive(power_law(5, 2), student=StructuredFeatures(eigenvalues=k**-c))
    parts = [r for r in bottleneck_map(laws) if r.resolution == "data" and r.term.startswith("variance")]
    published = [r for r in parts if (r.exponent - 2 - (1 - c) / c * (n - 1)).expand() == 0]
    beyond = [r for r in parts if (r.exponent - 2 - 2 * (1 - c) * n + 1).expand() == 0]
    assert len(published) == 1 and len(published) + len(beyond) == len(parts)
    ends = published[0].condition.subs({n: 1 / (1 - c) + Rational(1, 100), l: 3})
    assert not ends


@pytest.mark.parametrize(
    ("values", "at", "exponent"),
    [
        ((4, 3), (Rational(3, 4), Rational(13, 20)), Rational(9, 20)),
        ((4, 3), (Rational(7, 6), 2), Rational(1, 6)),
        ((6, 2), (Rational(3, 4), 1), Rational(1, 4)),
    ],
)
def test_the_white_part_of_nonlinear_features_takes_up_label_noise(values, at, exponent):
    """``sigma^2 (1 - e)(df - df2)/P``, all of which is white where ``df1 << white/kappa``."""
    task, student = power_law(*values, noise=1), NonlinearFeatures(linear=1, white=1)
    point, logs = dict(zip((n, l), at, strict=True)), {}
    (region,) = (
        r
        for r in bottleneck_map(derive(task, student=student))
        if all(c.subs(point) > 0 for c in r.domain.constraints)
    )
    assert (region.term, region.exponent.subs(point)) == ("label noise over features", exponent)
    for size in (12, 18):
        samples = Integer(10) ** size
        sizes = {"N": Integer(round(float(samples ** at[0]))), "P": samples, "ridge": samples ** -at[1]}
        model = FullModel(task, digits=8, student=student, **sizes)
        logs[size] = float(mpmath.log10(model.test_loss(oo).value))
    assert abs((logs[12] - logs[18]) / 6 - float(exponent)) < 0.02


@pytest.mark.parametrize(
    ("c", "at", "within"),
    [
        (Rational(1, 4), (2, 3), 0.01),
        (Rational(1, 2), (Rational(3, 2), 3), 0.1),
        (Rational(1, 2), (Rational(5, 2), 3), 0.1),
        (Rational(3, 4), (2, 3), 0.01),
        (Rational(3, 4), (Rational(5, 2), 1), 0.1),
        (Integer(1), (2, 3), 0.3),
        (Rational(3, 2), (2, 3), 0.01),
        (Rational(3, 2), (2, 1), 0.01),
        (Rational(5, 2), (1, 1), 0.01),
    ],
)
def test_constants_of_correlated_rows(c, at, within):
    """In both ranges of N, and with the logarithm of c = 1/2 and c = 1, which is approached slowly."""
    task, student = power_law(6, 2), StructuredFeatures(eigenvalues=k**-c)
    point, off = dict(zip((n, l), at, strict=True)), []
    (region,) = (
        r
        for r in bottleneck_map(derive(task, student=student))
        if all(d.subs(point) > 0 for d in r.domain.constraints)
    )
    assert region.term.startswith("variance")
    assert region.log_power == {Rational(1, 2): 1, Integer(1): -1}.get(c, 0)
    for size in (6, 10):
        samples = Integer(10) ** size
        sizes = {"N": Integer(round(float(samples ** at[0]))), "P": samples, "ridge": samples ** -at[1]}
        loss = FullModel(task, digits=8, student=student, **sizes).test_loss(oo).value
        off.append(abs(float(loss) / float(leading(region, point, samples)) - 1))
    assert off[1] < within and off[1] < off[0], off


def test_orders_of_correlated_rows_meet_where_they_have_logarithms():
    """c = 1/2 is as c < 1/2 and c = 1 as c > 1; regions that a line between ranges cuts are one."""
    for c in (Rational(1, 2), Integer(1)):
        other = c + (1 if c == 1 else -Rational(1, 4))
        rows = [StructuredFeatures(eigenvalues=k**-x) for x in (c, other)]
        maps = [bottleneck_map(derive(power_law(5, 2), student=x)) for x in rows]
        one, two = (
            {(r.resolution, r.term, r.exponent) for r in found if c < 1 or r.resolution != "ridge"}
            for found in maps
        )
        assert one == two
    noisy = derive(power_law(3, 2, noise=1), student=StructuredFeatures(eigenvalues=k ** -Rational(3, 4)))
    regions = bottleneck_map(noisy)
    assert len({(r.resolution, r.term, r.exponent) for r in regions}) == len(regions)


def test_parts_of_one_exponent_are_all_in_the_constant():
    """``F + V = Xi`` where the features decide, and ``sigma^2 N/P`` of df2 and df1 - df2 together."""
    laws = derive(power_law(2, 3, noise=sigma))
    bias, noise = (r for r in bottleneck_map(laws) if r.resolution == "features")
    assert abs(float(bias.prefactor / laws.model.regimes[0].prefactor) - 1) < 1e-12
    assert noise.prefactor == sigma**2


@pytest.mark.slow
@pytest.mark.parametrize(
    "student",
    [
        StructuredFeatures(eigenvalues=k ** Rational(-3, 4)),
        StructuredFeatures(eigenvalues=k ** Rational(-3, 2)),
        StructuredFeatures(eigenvalues=k ** Rational(-1, 4)),
        DeepRandomFeatures(widths=(N, 3 * N)),
        NonlinearFeatures(linear=1, white=1),
    ],
    ids=str,
)
def test_regions_of_students_have_the_slope_of_the_full_model(student):
    task = power_law(6, 2)
    for region in bottleneck_map(derive(task, student=student)):
        logs = {}
        point = {n: Integer(1), l: Integer(1)} | region.domain.holding(8 - n, 4 - l).witness()
        if point[n] > 5:
            continue  # more digits than the sums over rows have
        for exponent in (10, 15):
            samples = Integer(10) ** exponent
            sizes = {"N": Integer(round(float(samples ** point[n]))), "P": samples}
            model = FullModel(task, ridge=samples ** -point[l], digits=10, student=student, **sizes)
            logs[exponent] = float(mpmath.log10(model.test_loss(oo).value))
        slope = (logs[10] - logs[15]) / 5
        assert abs(slope - float(region.exponent.subs(point))) < 0.05, (str(region), point, slope)


@pytest.mark.parametrize("values", [(2, 3), (6, 2)])
@pytest.mark.parametrize("noise", [0, 1])
def test_the_first_modes_learn_as_far_as_the_ridge_lets_them(values, noise):
    """No saturation at N: beyond ``l = b n`` the loss of easy tasks still falls as the ridge squared."""
    task = power_law(*values, noise=noise)
    regions = bottleneck_map(derive(task, student=SpectralTruncation()))
    assert {r.term for r in regions} <= {"bias", "label noise"}
    assert any(r.resolution == "features" and r.exponent == 2 * l for r in regions) == (values == (6, 2))
    for region in regions:
        point = {n: Integer(1), l: Integer(1)} | region.domain.holding(4 - n, 4 - l).witness()
        logs = {}
        for exponent in (12, 18):
            samples = Integer(10) ** exponent
            sizes = {"N": Integer(round(float(samples ** point[n]))), "P": samples}
            model = FullModel(
                task, ridge=samples ** -point[l], digits=8, student=SpectralTruncation(), **sizes
            )
            logs[exponent] = float(mpmath.log10(model.test_loss(oo).value))
        slope = (logs[12] - logs[18]) / 6
        assert abs(slope - float(region.exponent.subs(point))) < 0.03, (str(region), point, slope)


@pytest.mark.parametrize("student", [OrthogonalFeatures(modes="r*N"), GaussianFeatures()], ids=str)
def test_modes_that_grow_with_the_features(student):
    """The exponents of infinitely many modes, whose losses at one point of each region they are, b > 1."""
    task = power_law(a, b, modes="r*N")
    regions = bottleneck_map(derive(task, student=student))
    told = [(r.resolution, r.term, r.exponent, r.condition) for r in bottleneck_map(derive(power_law(a, b)))]
    assert [(r.resolution, r.term, r.exponent, r.condition) for r in regions] == told
    for region in bottleneck_map(derive(power_law(6, 2, modes="3*N"), student=student.at({r: Integer(3)}))):
        point = {n: Integer(1), l: Integer(1)} | region.domain.holding(4 - n, 4 - l).witness()
        logs = {}
        for exponent in (10, 15):
            samples = Integer(10) ** exponent
            N = Integer(round(float(samples ** point[n])))
            own = {"student": OrthogonalFeatures(modes=3 * N)} if student.name == "orthogonal" else {}
            sizes = {"N": N, "P": samples, "ridge": samples ** -point[l]}
            model = FullModel(power_law(6, 2, modes=3 * N), digits=8, **sizes, **own)
            logs[exponent] = float(mpmath.log10(model.test_loss(oo).value))
        slope = (logs[10] - logs[15]) / 5
        assert abs(slope - float(region.exponent.subs(point))) < 0.06, (str(region), point, slope)


def test_refusals():
    with pytest.raises(UnableError, match="which need b > 1"):
        bottleneck_map(derive(power_law(2, "1/2", modes="r*N")))
    with pytest.raises(UnableError, match="powers of the index"):
        bottleneck_map(derive(power_law(2, 2), student=StructuredFeatures(eigenvalues=1 / (k + 1))))
    with pytest.raises(UnableError, match="multiples of it"):
        bottleneck_map(derive(power_law(2, 2), student=DeepRandomFeatures(widths=(100, 50))))
    with pytest.raises(UnableError, match="no power of kappa"):
        bottleneck_map(derive(Task(eigenvalues=2**-k, target=2**-k)))


@pytest.mark.slow
def test_claims_know_ridges():
    law = derive(power_law(a, b)).ridge
    good = check_claim("P**(-l*Min((a-1)/b, 2))", law, assuming=["l < b"])
    assert str(good).startswith("HOLDS"), str(good)
    assert str(check_claim("P**(-l*(a-1)/b)", law)).startswith("FAILS")
