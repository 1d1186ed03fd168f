"""Exponents and limits are measured within their errors, and verdicts use them: right laws hold, laws whose
constant or exponent is off by little more than ten errors fail, and what is between stays open.

The points are made by hand: a quantity ``L = L_law (1 + wrong + c_1 x^-e + ...)``, known to so many digits.
"""

from dataclasses import replace
from types import SimpleNamespace

import mpmath
import pytest
from stated_errors import assert_honest
from sympy import Rational

from numerics.values.value import Value
from numerics.verification.exponents import Measurement, extrapolate, measure
from numerics.verification.judge import FLOOR, Point, find_resolved_run, judge, judge_remainder

XS = [mpmath.mpf(10) ** j for j in range(2, 16, 2)]
E, F, G = mpmath.mpf("0.5"), mpmath.mpf("0.8"), mpmath.mpf("1.1")


def as_value(found):
    return Value(value=found.value, error=found.error)


@pytest.fixture(autouse=True)
def _precision():
    with mpmath.workdps(40):
        yield


@pytest.mark.parametrize("known", [0, 1, 2])
def test_exponents_with_corrections_known_and_unknown(known):
    rows = []
    for p in (E, F, 2):
        ys = [x**-p * (1 + 3 * x**-E - 2 * x**-F + 5 * x**-G) for x in XS]
        rows.append((as_value(measure(XS, ys, [0] * 7, (E, F, G)[:known])), p))
    assert_honest(rows, 1e-3)


def test_orders_close_by_are_seen_in_the_trend():
    """``x^-(11/5) (1 + x^-(1/20))``, where corrections are looked for at 1 and 6/5 only."""
    p, few = mpmath.mpf("2.2"), mpmath.mpf("0.05")
    ys = [x**-p * (1 + x**-few) for x in XS]
    found = measure(XS, ys, [0] * 7, (mpmath.mpf(1), mpmath.mpf("1.2")))
    assert found.error / 3 < found.value - p < 3 * found.error


@pytest.mark.parametrize("known", [0, 1, 2])
def test_limits_with_corrections_known_and_unknown(known):
    ys = [2 + 3 * x**-E - 2 * x**-F + 5 * x**-G for x in XS]
    assert_honest([(as_value(extrapolate(XS, ys, [0] * 7, (E, F, G)[:known])), 2)], 1e-5)


def test_errors_of_the_values_become_errors_of_exponents_and_limits():
    """The last value is off by its whole error, which outweighs the corrections."""
    error = mpmath.mpf("1e-3")
    steps = [0] * 5 + [-error, error]
    # a last change that vanishes by chance says nothing: errors alone remain
    ys = [2 * (1 + s) for s in steps]
    limit = extrapolate(XS, [2] * 6 + [2], [error] * 7, (E,))
    assert limit.value == 2 and error <= limit.error < 10 * error
    slope = measure(
        XS,
        [y * x**-E for x, y in zip(XS, ys, strict=True)],
        [error * y * x**-E for x, y in zip(XS, ys, strict=True)],
    )
    assert_honest([(as_value(slope), E)], 1e-2)
    flat = measure(XS, [x**-E for x in XS], [error * x**-E for x in XS])
    assert abs(flat.value - E) < 1e-30 and error / 10 < flat.error < error


def test_agreement_is_within_three_errors_or_the_floor():
    found = Measurement(value=mpmath.mpf(2), error=mpmath.mpf("0.1"))
    assert found.agrees_with(mpmath.mpf("2.29"), FLOOR) and not found.agrees_with(mpmath.mpf("2.31"), FLOOR)
    sharp = Measurement(value=mpmath.mpf(2), error=mpmath.mpf(0))
    assert sharp.agrees_with(2 + FLOOR, FLOOR) and not sharp.agrees_with(2 + 2 * FLOOR, FLOOR)


# -- verdicts --------------------------------------------------------------------------------


def prediction(bounded=False, beyond=None, factor=1, stated=0.5, has_companions=False, logs=0, fall=0):
    """What a law predicts of its remainder: ``factor x^-1/2 + O(x^-4/5)``, or ``O(x^-1/2)`` alone."""
    left = mpmath.mpf((E if bounded else F) if beyond is None else beyond)
    return SimpleNamespace(
        stated_bound=lambda x: mpmath.mpf(0) if stated == mpmath.inf else x ** -mpmath.mpf(stated),
        has_companions=has_companions,
        fall=fall,
        decay=Rational(1, 2),
        bounded=bounded,
        beyond=left,
        logs=logs,
        next=lambda x: mpmath.mpf(0) if bounded else factor * x**-E,
        beyond_corrections=[E, F, G] if bounded else [F, G, E + F],
        decay_corrections=[F - E, G - E],
    )


def points(remainder, error="1e-25", expected=None):
    found = []
    for x in XS:
        rest = remainder(x)
        found.append(
            Point(
                resource=x,
                scale=x,
                loss=Value(value=(1 + rest) / x, error=mpmath.mpf(error) / x),
                law=1 / x,
                remainder=rest,
                remainder_error=mpmath.mpf(error),
                expected=mpmath.mpf(0) if expected is None else expected.next(x),
            )
        )
    return tuple(found)


def verdict(expected, remainder, error="1e-25"):
    return judge(expected, points(remainder, error, expected))


def true(x):
    return x**-E + x**-F / 3 - x**-G / 5


@pytest.mark.parametrize("bounded", [False, True])
def test_a_right_law_holds(bounded):
    assert verdict(prediction(bounded), true)[0] == "HOLDS"


def limit_error(bounded):
    """The error of what L/law tends to, for a right law."""
    seen = points(true, expected=prediction(bounded))
    ys = [1 + p.rest for p in seen]
    return extrapolate(XS, ys, [p.rest_error for p in seen], prediction(bounded).beyond_corrections).error


@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_wrong_constant_fails_though_the_remainder_falls(bounded, sign):
    """A constant that is off by a few dozen errors of the limit, and still far below the last remainder."""
    wrong = sign * max(40 * limit_error(bounded), mpmath.mpf("1e-15"))
    assert abs(wrong) < abs(points(true, expected=prediction(bounded))[-1].rest) / 100
    found, reason = verdict(prediction(bounded), lambda x: true(x) + wrong)
    assert found == "FAILS" and "the ratio tends to 1" in reason


@pytest.mark.parametrize("bounded", [False, True])
def test_a_constant_within_the_error_is_not_blamed(bounded):
    assert verdict(prediction(bounded), lambda x: true(x) + limit_error(bounded) / 10)[0] != "FAILS"


def test_a_next_term_that_is_wrong_fails():
    assert verdict(prediction(factor=mpmath.mpf("0.01")), true)[0] == "FAILS"
    assert verdict(prediction(factor=mpmath.mpf("1.001")), true)[0] == "FAILS"


@pytest.mark.parametrize("bounded", [False, True])
def test_a_decay_that_is_wrong_by_many_errors_fails(bounded):
    """The remainder has the right size and falls with 0.497 in place of 0.5, measured to about 1e-5."""
    found, reason = verdict(
        prediction(bounded), lambda x: x ** mpmath.mpf("-0.497") * (1 + x ** mpmath.mpf("-0.35") / 3)
    )
    assert found == "FAILS" and ("it decays with 0.497" if bounded else "it decays with 0.4") in reason


def test_a_bound_that_is_not_kept_fails():
    found, _ = verdict(prediction(bounded=True), lambda x: x ** mpmath.mpf("-0.45") * (1 + x**-F))
    assert found == "FAILS"
    assert verdict(prediction(bounded=True), lambda x: x**-F)[0] == "HOLDS"


def test_a_bound_with_a_logarithm_is_kept_by_what_falls_with_the_logarithm():
    def with_logarithm(x):
        return x**-E * (mpmath.log(x) - 2)

    assert verdict(prediction(bounded=True), with_logarithm)[0] != "HOLDS"
    assert verdict(prediction(bounded=True, logs=1), with_logarithm)[0] == "HOLDS"
    assert verdict(prediction(bounded=True, logs=1), lambda x: x ** mpmath.mpf("-0.3"))[0] == "FAILS"


@pytest.mark.parametrize(
    ("order", "share", "further", "seen"),
    [
        ("0.5", "0.3", "0.5", "HOLDS"),
        ("0.5", "0.7", "0.2", "UNDECIDED"),
        ("1", "0.3", "0.5", "HOLDS"),
        ("1", "0.7", "0.2", "UNDECIDED"),
    ],
)
def test_orders_close_by_of_opposite_signs_do_not_make_a_law_fail(order, share, further, seen):
    """``x^-n - r x^-(n + 1/60)`` falls more slowly than either, but comes to rest over ``x^-n``."""
    n, r, e = (mpmath.mpf(x) for x in (order, share, further))
    expected = prediction(bounded=True, beyond=n)
    expected.beyond_corrections = [n, 2 * n, 3 * n]

    def series(x, least=n):
        return x**-least - r * x ** -(n + mpmath.mpf(1) / 60) + x ** -(n + e) / 2

    assert verdict(expected, series)[0] == seen
    for constant in ("0.01", "-1e-4", "1e-6"):
        assert verdict(expected, lambda x, off=mpmath.mpf(constant): series(x) + off)[0] == "FAILS"
    few = mpmath.mpf("0.01")
    for wrong in (lambda x: x**few, lambda x: x**-few, mpmath.log, lambda x: 1 / mpmath.log(x)):
        assert verdict(expected, lambda x, wrong=wrong: (1 + series(x)) * wrong(x) - 1)[0] == "FAILS"


def test_a_law_that_crosses_the_loss_before_its_points_begin_does_not_fail():
    """R is near zero there, and falls from its peak on; a law that rises to a constant fails."""
    expected = prediction(bounded=True, beyond=mpmath.mpf("0.04"))

    def turning(x):
        return x ** mpmath.mpf("-0.04") - mpmath.mpf("1.6") * x ** mpmath.mpf("-0.2")

    rests = [p.rest for p in points(turning)]
    assert 0 < rests[0] < rests[-1] < max(rests)
    assert verdict(expected, turning)[0] != "FAILS"
    assert verdict(expected, lambda x: 1 - turning(x))[0] == "FAILS"


def test_a_fall_that_halts_on_its_way_is_left_open():
    """A bound is kept from point to point, or what the ratio tends to must be known."""
    sizes = dict(zip(XS, (1, 1.3, 1.6, 1.9, 2.35, 2.4, 2.85), strict=True))
    assert (
        verdict(prediction(bounded=True, beyond="0.1"), lambda x: mpmath.mpf(10) ** -sizes[x])[0]
        == "UNDECIDED"
    )
    steady = dict(zip(XS, (1, 3, 5, 7, 10, 11.4, 14.4), strict=True))
    assert verdict(prediction(bounded=True), lambda x: mpmath.mpf(10) ** -steady[x])[0] == "HOLDS"


def test_a_remainder_below_its_error_decides_nothing():
    """Points count as long as their error is a hundredth of the remainder; six decades are needed."""
    seen = points(true, "1e-5")
    assert len(find_resolved_run(seen)) == sum(true(x) / 100 > 1e-5 for x in XS) < 7
    for expected in (prediction(), prediction(bounded=True)):
        found, reason = verdict(expected, true, "1e-4")
        assert found == "UNDECIDED" and "ask for more digits" in reason


def test_six_decades_decide_though_the_last_points_are_vague():
    seen = points(true)
    vague = (*seen[:5], *(replace(p, remainder_error=mpmath.mpf("1e-3")) for p in seen[5:]))
    assert judge(prediction(bounded=True), vague)[0] == "HOLDS"
    early = (*seen[:3], *(replace(p, remainder_error=mpmath.mpf("1e-3")) for p in seen[3:]))
    assert judge(prediction(bounded=True), early)[0] == "UNDECIDED"


def test_a_remainder_that_does_not_fall_fails():
    found, reason = verdict(prediction(), lambda x: mpmath.mpf(1) / 5)
    assert found == "FAILS" and "does not fall" in reason


def test_where_no_power_follows():
    faster = prediction(bounded=True, beyond=mpmath.inf)
    assert verdict(faster, lambda x: mpmath.exp(-(mpmath.log(x) ** 2) / 3))[0] == "HOLDS"
    assert verdict(faster, lambda x: mpmath.mpf("1e-26"))[0] == "HOLDS"
    assert verdict(faster, lambda x: mpmath.mpf("3.1e-5"), "1e-5")[0] == "FAILS"
    assert verdict(faster, lambda x: mpmath.mpf("2.9e-5"), "1e-5")[0] == "HOLDS"
    assert verdict(faster, lambda x: mpmath.mpf("2.9e-4"), "1e-4")[0] == "UNDECIDED"
    assert verdict(faster, lambda x: x**-E)[0] == "FAILS"


def test_a_remainder_that_is_never_seen_holds_within_the_error():
    """The bound x^-17 is below the error from the first point on."""
    hidden = prediction(bounded=True, beyond=17)
    assert verdict(hidden, lambda x: mpmath.mpf("1e-27"))[0] == "HOLDS"
    assert verdict(hidden, lambda x: x**-2, "1e-9")[0] == "UNDECIDED"
    assert verdict(hidden, lambda x: 2 * x**-17, "1e-36")[0] == "HOLDS"
    # slower than the bound at first, and then ever faster
    assert verdict(hidden, lambda x: mpmath.exp(-(x ** mpmath.mpf("0.3"))), "1e-16")[0] == "HOLDS"
    for sign in (1, -1):
        assert verdict(hidden, lambda x, sign=sign: sign * mpmath.mpf("1.5e-24"))[0] == "FAILS"
        assert verdict(hidden, lambda x, sign=sign: sign * mpmath.mpf("5e-25"))[0] == "UNDECIDED"
    assert verdict(hidden, lambda x: mpmath.mpf(0), "1e-4")[0] == "UNDECIDED"


def test_a_remainder_that_changes_sign_on_its_way_to_a_constant_fails():
    wrong = true(XS[1])
    found, reason = verdict(prediction(), lambda x: true(x) - wrong)
    assert found == "FAILS" and "does not fall" in reason


def test_what_swings_about_0_is_judged_by_its_envelope():
    """Points that meet an oscillation at any phase; slopes between them say nothing of its order."""

    def swing(power, rest=0):
        return lambda x: mpmath.cos(mpmath.log(x) ** 2 / 8) * x**-power / 1000 + rest

    hidden = prediction(bounded=True)
    assert verdict(hidden, swing(E))[0] == "HOLDS"
    assert "swinging" in verdict(hidden, swing(E))[1]
    assert "swinging" not in verdict(hidden, swing(E / 2))[1]
    assert verdict(hidden, swing(E, mpmath.mpf("1e-8")))[0] == "FAILS"


# -- the remainder that is stated ---------------------------------------------------------------


def on_remainder(remainder, error="1e-25", **expected):
    law = prediction(**expected)
    seen = points(remainder, error)
    return judge_remainder(law, seen)


@pytest.mark.parametrize("bounded", [False, True])
def test_a_stated_remainder_must_be_that_of_the_values(bounded):
    assert on_remainder(true, bounded=bounded, stated=0.4) is None
    assert on_remainder(true, bounded=bounded, stated=0.5) is None
    assert on_remainder(true, bounded=bounded, stated=1.5)[0] == "FAILS"
    assert on_remainder(true, bounded=bounded, stated=0.503)[0] == "FAILS"
    assert on_remainder(true, bounded=bounded, stated=mpmath.inf)[0] == "FAILS"
    # few digits: the decay is known to 1e-2 or so
    noisy = [s * mpmath.mpf("0.004") for s in (1, -1, 1, -1, 1, -1, 1)]
    rough = dict(zip(XS, noisy, strict=True))
    assert on_remainder(lambda x: true(x) * (1 + rough[x]), bounded=bounded, stated=0.51)[0] == "UNDECIDED"
    assert on_remainder(true, "1", bounded=bounded, stated=1.5)[0] == "UNDECIDED"


def test_a_faster_fall_than_is_derived_may_be_stated():
    assert on_remainder(lambda x: x**-2, bounded=True, stated=1) is None


def test_lower_powers_of_the_logarithm_are_part_of_the_remainder():
    assert on_remainder(true, has_companions=True, stated=0) is None
    assert on_remainder(true, has_companions=True, stated=0.5)[0] == "FAILS"


def test_a_remainder_may_be_stated_with_the_logarithms_by_which_it_falls():
    """``log(x)^-1`` behind a companion, ``x^-1/2 log(x)^-1`` behind a power: said to be too small."""
    for companions, power in ((True, 0), (False, E)):
        law = prediction(has_companions=companions, fall=-1)
        law.stated_bound = lambda x, power=power: x**-power / mpmath.log(x)
        assert judge_remainder(law, points(true, "1e-25")) is None
        law.stated_bound = lambda x, power=power: x**-power / mpmath.log(x) ** 2
        assert judge_remainder(law, points(true, "1e-25"))[0] == "FAILS"


# -- laws in powers of a logarithm ----------------------------------------------------------------

SLOW = [mpmath.mpf(100) ** (mpmath.mpf(32) ** (mpmath.mpf(j) / 6)) for j in range(7)]


def slow_verdict(change):
    """``L = (t l)^-1/2 (1 + 2 log(l)/l + O(log(l)^2/l^2))``, l = log t, against ``change(t)`` times it."""
    expected = prediction(bounded=False, beyond=2, logs=2)
    expected.beyond_corrections = [mpmath.mpf(2), mpmath.mpf(3), mpmath.mpf(4)]
    seen = []
    for x in SLOW:
        l_ = mpmath.log(x)
        known, rest = 2 * mpmath.log(l_) / l_, (mpmath.log(l_) ** 2 - 1) / l_**2
        law = change(x) / mpmath.sqrt(x * l_)
        loss = (1 + known + rest) / mpmath.sqrt(x * l_)
        seen.append(
            Point(
                resource=x,
                scale=l_,
                loss=Value(value=loss, error=loss * mpmath.mpf("1e-20")),
                law=law,
                remainder=loss / law - 1,
                remainder_error=mpmath.mpf("1e-20"),
                expected=known / change(x),
            )
        )
    return judge(expected, tuple(seen))[0]


def test_a_slow_law_is_judged_as_powers_are():
    assert slow_verdict(lambda t: 1) == "HOLDS"


@pytest.mark.parametrize(
    "change",
    [
        lambda t: mpmath.mpf("1.02"),
        lambda t: mpmath.mpf("0.98"),
        lambda t: t ** mpmath.mpf("0.01"),
        lambda t: t ** mpmath.mpf("-0.01"),
        lambda t: mpmath.log(t),
        lambda t: 1 / mpmath.log(t),
        lambda t: mpmath.sqrt(mpmath.log(t)),
    ],
    ids=["+2 %", "-2 %", "exponent +", "exponent -", "log", "1/log", "sqrt(log)"],
)
def test_a_slow_law_that_is_falsified_fails(change):
    assert slow_verdict(change) == "FAILS"


def test_orders_that_nearly_cancel_may_change_the_sign_of_what_is_left():
    """``x^-1.75 - 3 x^-1.8``: R crosses zero on the way, and falls on behind; a constant does not."""
    expected = prediction(bounded=False, beyond=mpmath.mpf("1.75"), logs=0)
    expected.beyond_corrections = [mpmath.mpf(n) * 7 / 4 for n in (1, 2, 3)]

    def verdict(change):
        seen = []
        for j in range(3, 16):
            x = mpmath.mpf(10) ** j
            loss = 1 + x ** mpmath.mpf("-1.75") - 3 * x ** mpmath.mpf("-1.8")
            error = mpmath.mpf("1e-40")
            value = Value(value=loss, error=error)
            seen.append(
                Point(
                    resource=x,
                    scale=x,
                    loss=value,
                    law=change,
                    remainder=loss / change - 1,
                    remainder_error=error,
                )
            )
        return judge(expected, tuple(seen))[0]

    with mpmath.workdps(50):
        assert verdict(mpmath.mpf(1)) == "HOLDS"
        assert verdict(1 + mpmath.mpf("1e-20")) == verdict(1 - mpmath.mpf("1e-12")) == "FAILS"


def test_powers_of_logarithms_that_change_the_sign_of_what_is_left_decide_nothing():
    """In x = log P few decades are seen; a constant that is wrong by more than what is left still fails."""
    expected = prediction(bounded=False, beyond=mpmath.mpf(3), logs=3)
    expected.beyond_corrections = [mpmath.mpf(n) for n in (3, 4, 5)]

    def verdict(off):
        seen = []
        for j in range(3, 16, 2):
            x = mpmath.mpf(10) ** j
            scale = mpmath.log(x)
            rest = mpmath.mpf("4e-6") * (1 - (mpmath.mpf(28) / scale) ** 3) + off
            value = Value(value=1 + rest, error=mpmath.mpf("1e-12"))
            seen.append(
                Point(resource=x, scale=scale, loss=value, law=mpmath.mpf(1), remainder=rest,
                      remainder_error=mpmath.mpf("1e-12"))
            )  # fmt: skip
        return judge(expected, tuple(seen))[0]

    assert verdict(0) == "UNDECIDED"
    assert verdict(mpmath.mpf("1e-3")) == "FAILS" == verdict(mpmath.mpf("-1e-4"))
