"""The map of bottlenecks over features, samples and ridge, against losses of the full model."""

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
from asymptotics.symbols import N, a, b, k, l, n, r, sigma
from numerics import FullModel

NOISY = bottleneck_map(derive(power_law(a, b, noise=sigma)))


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


def test_regions_do_not_overlap_and_fill_the_plane():
    for values in ({a: 2, b: 3}, {a: 5, b: Rational(7, 2)}, {a: 6, b: 2}):
        for i in range(1, 12):
            for j in range(1, 16):
                at = {
                    **values,
                    n: Rational(2 * i, 11) + Rational(1, 97),
                    l: Rational(3 * j, 13) + Rational(1, 89),
                }
                inside = [r for r in NOISY if all(c.subs(at) > 0 for c in r.domain.constraints)]
                assert len(inside) == 1, (at, inside)


def test_names_of_the_bottlenecks():
    assert {r.resolution for r in NOISY} == {"ridge", "data", "features"}
    assert {r.term for r in NOISY} == {"bias", "variance over features", "label noise"}


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


@pytest.mark.parametrize("c", [Rational(1, 2), Integer(1)])
def test_orders_of_correlated_rows_meet_where_they_have_logarithms(c):
    """c = 1/2 is as c < 1/2 and c = 1 as c > 1, and regions that a line between ranges cuts are one."""
    other = c + (1 if c == 1 else -Rational(1, 4))
    maps = [
        {(r.resolution, r.term, r.exponent, r.condition) for r in bottleneck_map(derive(task, student=rows))}
        for task in [power_law(5, 2)]
        for rows in (StructuredFeatures(eigenvalues=k**-x) for x in (c, other))
    ]
    assert maps[0] == maps[1]
    noisy = derive(power_law(3, 2, noise=1), student=StructuredFeatures(eigenvalues=k ** -Rational(3, 4)))
    regions = bottleneck_map(noisy)
    assert len({(r.resolution, r.term, r.exponent) for r in regions}) == len(regions)


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
    assert regions == bottleneck_map(derive(power_law(a, b)))
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
