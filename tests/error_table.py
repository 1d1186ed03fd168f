"""Every estimate of an error in the two packages, and the same a million times smaller.

One row each: the module, the estimate, and the tests of its room that see the difference. Whoever adds an
estimate adds a row; `planted_faults` runs the table.
"""

from planted_faults import Fault

SUMS = "tests/numerics/sums/test_sum_errors.py"
DOUBLED = "tests/numerics/sums/test_doubled_sums.py"
MANY = "tests/numerics/model/test_many_times.py"
MODEL = "tests/numerics/model/test_model_errors.py"
SHEET = "tests/numerics/model/test_physical_sheet.py"
ENDS = "tests/numerics/model/test_end_errors.py"
OPTIMA = "tests/numerics/optima/test_optima_errors.py"
MINIMUM = "tests/numerics/values/test_minimum.py"
JUDGE = "tests/numerics/verification/test_judge.py"
FIT = "tests/asymptotics/tasks/test_tail_fit.py"
MEASURED = "tests/asymptotics/laws/test_measured_laws.py"
SIMULATE = "tests/numerics/simulation/test_simulate.py"


def row(module: str, old: str, new: str, *tests: str) -> Fault:
    return Fault(module=module, old=old, new=new, tests=tests)


def smaller(module: str, estimate: str, *tests: str, after: str = "") -> Fault:
    """An expression, which ends where the snippet ends, divided by 10^6; ``after`` is text before it."""
    return row(module, after + estimate, f"{after}({estimate}) / 10**6", *tests)


SPECTRAL = "numerics/sums/spectral_sums.py"
RULE_SUMS = "numerics/sums/rule_sums.py"
TIME = "numerics/sums/time_sum.py"
LONG = "numerics/sums/exponential.py"
SOLVER = "numerics/model/solver.py"
FIXED = "numerics/model/fixed_point.py"
EXPLICIT = "numerics/model/explicit_ridge.py"
SATURATION = "numerics/model/saturation.py"
RIDGE = "numerics/model/renormalised_ridge.py"
STOPPING = "numerics/model/stopping.py"
CONSTANTS = "numerics/optima/constants.py"
FRONTIER = "numerics/optima/frontier.py"
LEAST = "numerics/values/minimum.py"
EXPONENTS = "numerics/verification/exponents.py"
VERDICT = "numerics/verification/judge.py"
TAIL = "asymptotics/tasks/tail_fit.py"
DRAWN = "numerics/simulation/simulate.py"

ESTIMATES = (
    # spectral sums: the whole, the integral, its ends, rounding, compression
    row(SPECTRAL, "worst = max(worst, error)", "worst = max(worst, error / 10**6)", SUMS),
    smaller(RULE_SUMS, "float(abs(evens - odds) / size) ** 1.6", SUMS),
    smaller(RULE_SUMS, "float(abs(end - coarse.sum()) / size)", SUMS),
    smaller(RULE_SUMS, "2.0 ** (3 - field.bits) * math.sqrt(len(rule.lam))", SUMS, after="floor += "),
    smaller("numerics/sums/compression.py", "64.0 * (r + float(np.sqrt(r * r - 1))) ** -ORDER", SUMS),
    # sums over time: endless, their trapezoids, rounding, differences of tails
    row(LONG, "Value(value=two, error=error)", "Value(value=two, error=error / 10**6)", SUMS),
    row(LONG, "slack + 2 * turned", "(slack + 2 * turned) / 10**6", SUMS),
    smaller(LONG, "100 * difference * difference / total", SUMS, after="return "),
    smaller(TIME, "abs(value) * size", SUMS, after="error="),
    row(TIME, "found.error + left * whole.error)", "(found.error + left * whole.error) / 10**6)", SUMS),
    row(
        TIME,
        "one.value - two.value, one.error + two.error",
        "one.value - two.value, (one.error + two.error) / 10**6",
        SUMS,
    ),
    # the fixed point and the start
    row(
        FIXED,
        "error = SLACK * max(error, point.error) + 2 * kappa.error",
        "error = (SLACK * max(error, point.error) + 2 * kappa.error) / 10**6",
        MODEL,
    ),
    row(
        SATURATION,
        "noise = float(size / slope) * (SLACK * point.error + rounding)",
        "noise = float(size / slope) * (SLACK * point.error + rounding) / 10**6",
        MODEL,
    ),
    row(
        FIXED,
        "Positive(value, 2 * SLACK * point.error + 10.0**-sums.digits)",
        "Positive(value, (2 * SLACK * point.error + 10.0**-sums.digits) / 10**6)",
        MODEL,
    ),
    row(
        EXPLICIT,
        "noise = SLACK * point.error + rounding",
        "noise = (SLACK * point.error + rounding) / 10**6",
        MODEL,
    ),
    row(SPECTRAL, "max(10.0**-self.digits, least if", "max(10.0 ** -(self.digits + 6), least if", SUMS),
    # many times at once: sums in doubled numbers, and what windows leave out
    smaller("numerics/sums/doubled_sums.py", "error + 10.0 ** -(digits + 2)", DOUBLED, after="error="),
    smaller(
        "numerics/sums/many_time_sums.py",
        "np.where(np.isfinite(error), error, math.inf)",
        DOUBLED,
        after="total, ",
    ),
    smaller("numerics/model/windows.py", "CONSTANT * math.exp(-rate * count)", MANY, after="slack="),
    smaller(
        "numerics/model/many_times.py",
        "SENSITIVITY * (sizes * at.rounding + coherent * at.error)",
        MANY,
        after="return ",
    ),
    # contours: two of them, and the rounding of their terms
    smaller(
        SOLVER,
        "SENSITIVITY * (contour.resolvent.point.error + spread + 2.0 ** (3 - field.bits))",
        MODEL,
        after="terms = ",
    ),
    smaller(
        "numerics/model/contour.py", "(apart**COARSE_POWER if apart < 1 else apart)", MODEL, after="return "
    ),
    smaller("numerics/model/contour.py", "float(fine.size / size) * (terms + left_out)", MODEL),
    smaller("numerics/model/contour.py", "math.exp(-RATE * nodes)", MODEL, after="** variables * "),
    row(
        SOLVER,
        "Value(value=value, error=abs(value) * mpmath.mpf(relative))",
        "Value(value=value, error=abs(value) * mpmath.mpf(relative) / 10**6)",
        MODEL,
    ),
    smaller(
        "numerics/model/timescales.py",
        "SENSITIVITY * (point.error + 2.0**-field.bits)",
        MODEL,
        after="error = ",
    ),
    # the certificate of the sheet
    row(RIDGE, "        if not sound:\n", "        if False:\n", SHEET),
    row(RIDGE, "-1e-10 * abs(k * r[i])", "-1e-4 * abs(k * r[i])", SHEET),
    # stopping times, minima
    smaller(STOPPING, "abs(here - there) + 4 * slack / bend", MODEL, after="shift = "),
    smaller(
        STOPPING,
        "abs(lowest - _value(narrow, there)) + 4 * slack + bend * shift**2 / 2",
        MODEL,
        after="rise = ",
    ),
    smaller(
        "numerics/model/best_step.py",
        "max(abs(low - _least(cubic)), abs(low - _least(parabola)) / 4)",
        "tests/numerics/verification/test_laws_of_schedules_verified.py",
    ),
    smaller(LEAST, "abs(found - shorter) + noise * 3 * count**2 / curvature", MINIMUM, after="moved = "),
    smaller(
        LEAST,
        "abs(series[-1]) + abs(series[-2]) + 3 * noise + curvature * moved**2",
        MINIMUM,
        after="error = ",
    ),
    # scaling functions, joint laws, tables, constants, frontiers
    smaller("numerics/optima/scaling.py", "abs(fine - coarse)", OPTIMA, after="error = "),
    row(
        "numerics/optima/scaling.py",
        "error += abs(factor * extra)",
        "error += abs(factor * extra) / 10**6",
        OPTIMA,
    ),
    row(
        "numerics/optima/tabulated.py",
        "error = abs(value - other)",
        "error = abs(value - other) / 10**6",
        OPTIMA,
    ),
    row(
        CONSTANTS,
        "error=time * (error * m / q + small)",
        "error=time * (error * m / q + small) / 10**6",
        OPTIMA,
    ),
    row(
        CONSTANTS,
        "error=amount * (error * n / q + small)",
        "error=amount * (error * n / q + small) / 10**6",
        OPTIMA,
    ),
    row(
        FRONTIER,
        "error=time_there * place.error",
        "error=time_there * place.error / 10**6",
        OPTIMA,
    ),
    row(
        FRONTIER,
        "error=amount * (1 if tilt else ratio) * place.error",
        "error=amount * (1 if tilt else ratio) * place.error / 10**6",
        OPTIMA,
    ),
    row(FRONTIER, "error = height * found.value.error", "error = height * found.value.error / 10**6", OPTIMA),
    # exponents and limits that are measured, and verdicts (a million times more lenient)
    smaller(
        EXPONENTS, "max(abs(stage[-1] - stage[-2]) / min(rest, 1), _ahead(stage))", JUDGE, after="error = "
    ),
    smaller(EXPONENTS, "amplification * max(noise[-2:])", JUDGE),
    smaller(EXPONENTS, "abs(stage[-1] - before[-1]) + abs(stage[-1] - stage[-2])", JUDGE, after="change = "),
    smaller(EXPONENTS, "amplification * noise", JUDGE),
    row(EXPONENTS, "max(3 * self.error, floor)", "max(3e6 * self.error, floor)", JUDGE),
    row(VERDICT, "off > max(10 * limit.error", "off > max(10**7 * limit.error", JUDGE),
    row(VERDICT, "short > max(10 * decay.error, slack)", "short > max(10**7 * decay.error, slack)", JUDGE),
    row(VERDICT, "<= 3 * last.rest_error", "<= 3 * 10**6 * last.rest_error", JUDGE),
    row(VERDICT, "self.rest_error < abs(self.rest) / 100", "self.rest_error < abs(self.rest) * 10**4", JUDGE),
    row(VERDICT, "> 10 * (last.rest_error + left[-1])", "> 10**7 * (last.rest_error + left[-1])", JUDGE),
    row(VERDICT, "> 3 * (p.rest_error + rest)", "> 3 * 10**6 * (p.rest_error + rest)", JUDGE),
    row(VERDICT, "short > max(10 * decay.error, FLOOR)", "short > max(10**7 * decay.error, FLOOR)", JUDGE),
    # exponents of measured arrays, laws of them, simulations
    row(TAIL, "return replace(fit, error=error,", "return replace(fit, error=error / 10**6,", FIT),
    row(TAIL, "error=math.hypot(error, 1e-13)", "error=math.hypot(error, 1e-13) / 10**6", FIT),
    row(DRAWN, "/ math.sqrt(len(values))", "/ math.sqrt(len(values)) / 10**6", SIMULATE),
    row(
        DRAWN,
        "np.sqrt((draws - 1) / draws * spread)",
        "np.sqrt((draws - 1) / draws * spread) / 10**6",
        SIMULATE,
    ),
    row(
        "asymptotics/laws/measured.py",
        "error=max(deviation, 1e-13)",
        "error=max(deviation, 1e-13) / 10**6",
        MEASURED,
    ),
)
