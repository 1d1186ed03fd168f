"""Small faults as one makes them: a sign, a factor, an index, a bound; each with the tests of its room."""

from planted_faults import Fault


def row(module: str, old: str, new: str, *tests: str) -> Fault:
    return Fault(module=module, old=old, new=new, tests=tests)


EXPANSIONS = "tests/asymptotics/expansions"
SUMS = "tests/asymptotics/sums"
MODEL = "tests/asymptotics/model/test_early_stopping.py"
TASKS = "tests/asymptotics/tasks"
TERMS = "asymptotics/expansions/terms.py"
ORDERS = "asymptotics/expansions/orders.py"
RING = "asymptotics/expansions/ring.py"
COLLECTION = "asymptotics/expansions/collection.py"
SERIES = "asymptotics/expansions/expansion.py"
VARIABLES = "asymptotics/expansions/variables.py"
GAMMAS = "asymptotics/expansions/gamma_products.py"
LAURENT = "asymptotics/expansions/laurent.py"
REGULAR = "asymptotics/sums/regularised.py"
FINITE = "asymptotics/sums/finite.py"
RATIONAL = "asymptotics/sums/rational.py"
CONVERGENT = "asymptotics/sums/convergent.py"
BINOMIAL = "asymptotics/sums/binomial.py"
LATTICE = "asymptotics/sums/lattice.py"
STOPPING = "asymptotics/model/early_stopping.py"
COUNTS = "asymptotics/tasks/multiplicity.py"
TAIL = "asymptotics/tasks/tail_fit.py"
ARRAYS = "asymptotics/tasks/measured.py"
SAMPLING = "asymptotics/tasks/sampling.py"
CLIPPED = "asymptotics/tasks/arrays.py"

ENGINE = (
    row(
        "asymptotics/model/scheduling.py",
        "Bound(normal(parts.q - 1))",
        "Bound(normal(2 * parts.q))",
        "tests/numerics/verification/test_laws_of_schedules_verified.py",
    ),
    row(
        TERMS,
        "compare_logs(signs, bound[1], other[1]) in (0, 1)",
        "compare_logs(signs, bound[1], other[1]) == 1",
        EXPANSIONS,
    ),
    row(
        ORDERS,
        "self.sign(subtract(second[0], first[0]))",
        "self.sign(subtract(first[0], second[0]))",
        EXPANSIONS,
    ),
    row(ORDERS, "total.get(monomial, 0) + share * c", "total.get(monomial, 0) + c", EXPANSIONS),
    row(RING, "mpmath.mp, 1e-22", "mpmath.mp, 1e-1", EXPANSIONS),
    row(RING, "mpmath.fp, 1e-9", "mpmath.fp, 1e-19", EXPANSIONS),
    row(RING, "found + c * d", "c * d", EXPANSIONS),
    row(RING, "Element({rest: c * p})", "Element({rest: c})", EXPANSIONS),
    row(RING, "parts[CONSTANT] = number - turns", "parts[CONSTANT] = number", EXPANSIONS),
    row(COLLECTION, "is_ahead(q, place)), depth))", "is_ahead(q, place)), depth + 1))", EXPANSIONS),
    row(TERMS, "(m, (m - 1, n)), (n,", "(1, (m - 1, n)), (n,", EXPANSIONS),
    row(
        SERIES,
        "-exponent if self.at_infinity else exponent",
        "exponent if self.at_infinity else -exponent",
        EXPANSIONS,
    ),
    row(TERMS, "return first.log_power + second.log_power,", "return first.log_power,", EXPANSIONS),
    row(VARIABLES, "shift = share * log(base)", "shift = log(base)", EXPANSIONS),
    row(GAMMAS, "e * (q - Rational(1, 2)) for e, _, q", "e * q for e, _, q", EXPANSIONS),
    row(GAMMAS, "(-1) ** (n + 1), n * (n + 1)", "(-1) ** n, n * (n + 1)", EXPANSIONS),
    row(GAMMAS, "(2 * pi) ** (total / 2)", "(2 * pi) ** total", EXPANSIONS),
    row(LAURENT, "tuple(c * factor ** (self.valuation + i)", "tuple(c * factor ** i", EXPANSIONS),
    row(LAURENT, "-_convolved(rest, inverse, i - 1)", "_convolved(rest, inverse, i - 1)", EXPANSIONS),
    row(LAURENT, "(n + 1) * _c * numerator", "n * _c * numerator", EXPANSIONS),
    row(LAURENT, "-polygamma(i - 1, point)", "polygamma(i - 1, point)", EXPANSIONS),
    row(LAURENT, "(Integer(2) ** (2 * i - 1) - 1)", "(Integer(2) ** (2 * i - 1) + 1)", EXPANSIONS),
    row(LAURENT, "(-1) ** (n + m) * stieltjes(n)", "(-1) ** n * stieltjes(n)", EXPANSIONS),
    row(STOPPING, "shift - term.order + n", "shift - term.order", MODEL),
    row(STOPPING, "range(1, m - first + 1)", "range(1, m - first)", MODEL),
    row(BINOMIAL, "power * logarithm**m / 2", "power * logarithm**m", SUMS),
    row(REGULAR, "return -digamma(first)", "return digamma(first)", SUMS),
    row(REGULAR, "start + base.subs(index, 0) / slope", "start + base.subs(index, 0)", SUMS),
    row(FINITE, "bernoulli(n, last + 1)", "bernoulli(n, last)", SUMS),
    row(FINITE, "for end in (start, stop + 1)", "for end in (start, stop)", SUMS),
    row(RATIONAL, "(-1) ** (n + 1) * h[order - 1 - n]", "(-1) ** (n + 1) * h[n]", SUMS),
    row(RATIONAL, "(-1) ** n * reflected - mpmath.pi", "(-1) ** n * reflected + mpmath.pi", SUMS),
    row(CONVERGENT, "head + function(K) / 2", "head + function(K)", SUMS),
    row(CONVERGENT, "-2 * mpmath.im", "2 * mpmath.im", SUMS),
    row(LATTICE, "total -= 1 / z + 1 / (half - z)", "total -= 1 / z - 1 / (half - z)", SUMS),
    row(LATTICE, "- mpmath.digamma(half) - 1 / half", "- mpmath.digamma(half)", SUMS),
    row(COUNTS, "(2 * index + d - 2) / index", "(2 * index + d - 3) / index", TASKS),
    row(
        "asymptotics/laws/evaluation.py",
        "sum(sizes[-1:]) < share)",
        "sum(sizes[-1:]) < 5 * share)",
        "tests/asymptotics/laws/test_evaluation.py",
    ),
    row(
        "asymptotics/tasks/records.py",
        "return None if found == derived else (name, found, derived)",
        "return None",
        "tests/asymptotics/laws/test_records.py",
    ),
    row(
        "asymptotics/tasks/reading.py",
        "if len(usual) > 1 or (modes == oo and common):",
        "if len(usual) > 1:",
        f"{TASKS}/test_reading.py",
    ),
    row(COUNTS, "- (2 * index - 1) ** d", "- (2 * index - 2) ** d", TASKS),
    row("asymptotics/tasks/counts.py", "value.is_Integer and value >= 0", "value.is_Integer", TASKS),
    row(TAIL, "exponent=trial - beta", "exponent=trial + beta", TASKS),
    row(TAIL, "KEPT * span[1])", "span[1])", TASKS),
    row(SAMPLING, "1 - D / samples", "1 + D / samples", TASKS),
    row(SAMPLING, "exponent=fit.exponent + change / 2", "exponent=fit.exponent + change", TASKS),
    row(CLIPPED, "number < -allowed", "number < -1e9 * allowed", TASKS),
    row(TAIL, "(1 + rho) / (1 - rho)", "(1 - rho) / (1 + rho)", TASKS),
    row(
        ARRAYS,
        "1 - math.floor(math.log10(error))) if error > 0 else 15",
        "-math.floor(math.log10(error))) if error > 0 else 15",
        TASKS,
    ),
    row(ARRAYS, "key=lam.__getitem__, reverse=True", "key=lam.__getitem__", TASKS),
)

CLAIMS = "tests/asymptotics/claims", "tests/asymptotics/parsing"
TEXT_CLAIM = "asymptotics/claims/reading.py"
LATEX_CLAIM = "asymptotics/claims/latex_claim.py"
SIDES = "asymptotics/claims/sides.py"
DECIMALS = "asymptotics/claims/decimals.py"
ASSUMED = "asymptotics/claims/assumptions.py"

CLAIM = (
    row(
        TEXT_CLAIM, "relation, start = RELATIONS[bound.group(1)], bound.end()", "start = bound.end()", *CLAIMS
    ),
    row(TEXT_CLAIM, "remainder=rest is not None", "remainder=False", *CLAIMS),
    row(LATEX_CLAIM, "soft = soft or item.name in latex.ACCENTS", "soft = False", *CLAIMS),
    row(SIDES, 'return match["name"], "".join(', 'return match["name"], "" and "".join(', *CLAIMS),
    row(DECIMALS, "<= self.half", "<= 10 * self.half", *CLAIMS),
    row(DECIMALS, "< LEAST", "< 1", *CLAIMS),
    row("asymptotics/claims/sums.py", "if len(held) != 1:", "if not held:", *CLAIMS),
    row(ASSUMED, "(part.gts - part.lts)", "(part.lts - part.gts)", *CLAIMS),
    row(ASSUMED, '">" if isinstance(part, Lt | Gt) else ">="', '">"', *CLAIMS),
)

VALUES = "tests/numerics/values"
NUMERIC_SUMS = "tests/numerics/sums"
RULES = "tests/numerics/model/test_training_rules.py"
SPECTRA = "tests/numerics/spectra"
SIGNS = "tests/asymptotics/spectra/test_signs.py"
MODEL = "tests/numerics/model"
OPTIMA = "tests/numerics/optima"
SWEEPS = "tests/numerics/sweeps"
JUDGED = "tests/numerics/verification/test_judge.py"
RESOLVED = "tests/numerics/verification/test_resolution.py"
SGD = "tests/numerics/model/test_one_pass_sgd.py"
JETS = "numerics/values/jets.py"
RIDGE = "numerics/model/renormalised_ridge.py"
EDGES = "numerics/model/edges.py"
FIXED = "numerics/model/fixed_point.py"
JUDGE = "numerics/verification/judge.py"
SEEN = "numerics/verification/resolution.py"
STEPS = "numerics/model/rules/one_pass_sgd.py"
EXPONENTS = "numerics/verification/exponents.py"
SCALING = "numerics/optima/scaling.py"
SWEEP = "numerics/sweeps/sweep.py"
ROWS = "numerics/sweeps/rows.py"
WORKERS = "numerics/sweeps/workers.py"
OUTPUTS = "numerics/outputs.py"
PLACES = "tests/numerics/test_outputs.py"

NUMBERS = (
    row(JETS, "_product(terms, other.terms[1:], n - 1)", "_product(terms, other.terms, n - 1)", VALUES),
    row(JETS, "total * step / (n + 1)", "total * step / (n + 2)", VALUES),
    row(
        "numerics/values/minimum.py",
        "rest[n - 1] = rest[n + 1] + 2 * n * series[n]",
        "rest[n - 1] = rest[n + 1] + n * series[n]",
        VALUES,
    ),
    row(
        "numerics/sums/quadrature.py",
        "mpmath.mpf(2) ** (-2 * j - 1)",
        "mpmath.mpf(2) ** (-2 * j)",
        NUMERIC_SUMS,
    ),
    row("numerics/spectra/regularity.py", "first = int(u * (1 + STRIDE)) + 1", "first = 1", SPECTRA),
    row("numerics/spectra/cancellation.py", "spare * max(map(abs, parts))", "0 * spare", SPECTRA),
    row("numerics/spectra/cancellation.py", "abs(found - 1) < spare", "abs(found - 1) < 0", SPECTRA),
    row("numerics/spectra/discs.py", "abs(beside) * (grown - 1 / grown)", "0 * (grown - 1 / grown)", SPECTRA),
    row("numerics/verification/grids.py", "field.log(50 / least)", "field.log(1 / (50 * least))", JUDGED),
    row("asymptotics/spectra/signs.py", "int(high**q) + 2))", "int(high**q)))", SIGNS),
    row(
        "asymptotics/spectra/signs.py",
        "least > 0 or (least == 0 and not strict)",
        "largest > 0",
        SIGNS,
    ),
    row("numerics/sums/exponential.py", "total + main - 2 * turn", "total + main + 2 * turn", NUMERIC_SUMS),
    row("numerics/sums/decay.py", "learned * (learned - 2)", "-learned", RULES),
    row(
        "numerics/sums/compression.py",
        "(2 * j + 1) / (2 * ORDER)) for j",
        "(2 * j + 1) / (2 * ORDER + 1)) for j",
        NUMERIC_SUMS,
    ),
    row(
        "numerics/sums/time_sum.py",
        "piece.index + piece.levels",
        "piece.index + piece.levels - 1",
        NUMERIC_SUMS,
    ),
    row(
        "numerics/spectra/gamma_ratio.py",
        "- y + field.log(2 * field.pi()) / 2",
        "- y + field.log(field.pi()) / 2",
        SPECTRA,
    ),
    row("numerics/spectra/gamma_ratio.py", "* 2 * j * (2 * j - 1)", "* 2 * j * (2 * j + 1)", SPECTRA),
    row("numerics/model/contour.py", "angle / sine**2", "angle / sine", MODEL),
    row(RIDGE, "all((k * r[i]).imag > 0 for r in ratios)", "(k * ratios[0][i]).imag > 0", MODEL),
    row(RIDGE, "f.imag > -1e-3 * abs(f)", "f.imag > -1e3 * abs(f)", MODEL),
    row(EDGES, "sum(map(np.log, rough.factors(g)))", "np.log(rough.factors(g)[0])", MODEL),
    row(EDGES, "-math.exp(y) * R1 * R3", "-math.exp(y) * R1", MODEL),
    row(
        "numerics/model/stopping.py",
        "mpmath.exp(centre + here * spacing)",
        "mpmath.exp(centre - here * spacing)",
        MODEL,
    ),
    row(SCALING, "total += 2 * (w * v", "total += (w * v", OPTIMA),
    row(SCALING, "mpmath.log(kappa0) ** (term.log_power - m)", "mpmath.log(kappa0) ** m", OPTIMA),
    row(
        "numerics/optima/tabulated.py",
        "(kept - kappa * slope * rows.difference(df1, df1)) / kept",
        "kept",
        OPTIMA,
    ),
    row("numerics/optima/constants.py", "cost ** (-1 / q)", "cost ** (1 / q)", OPTIMA),
    row("numerics/optima/constants.py", "theta / (factor * kappa0)", "theta / kappa0", OPTIMA),
    row(SWEEP, "deaths.get(key, 0) + alone", "deaths.get(key, 0) + 1", SWEEPS),
    row(SWEEP, "row.error is None or not again", "row.error is None", SWEEPS),
    row(WORKERS, "process.terminate()", "pass", SWEEPS),
    row(WORKERS, "os._exit(1)", "pass", SWEEPS),
    row(WORKERS, "(_perform, _as_bytes(call))", "call", SWEEPS),
    row("numerics/sweeps/file.py", 'whole = data.rfind(b"\\n") + 1', "whole = len(data)", SWEEPS),
    row(ROWS, ", parse_constant=_refuse", "", SWEEPS),
    row(ROWS, "if names and held not in names", "if held == FORMAT", SWEEPS),
    row(
        "numerics/signals.py",
        "found = frame\n        frame",
        "pass\n        frame",
        "tests/numerics/test_signals.py",
    ),
    row("numerics/signals.py", "late.append(number)", "None", "tests/numerics/test_signals.py"),
    row(
        OUTPUTS,
        "if lock is not None:\n                shutil",
        "if lock is None:\n                shutil",
        PLACES,
    ),
    row(OUTPUTS, "if folder.exists():", "os.close(lock or 0)\n            if folder.exists():", PLACES),
    row(OUTPUTS, '"trial").write_bytes(TRIAL)', '"trial").touch()', PLACES),
    row(OUTPUTS, "self.text.append(text)", "pass", PLACES),
    row(JUDGE, "max(sizes[half:]) <= SWING", "max(sizes[half:]) >= SWING", JUDGED),
    row(
        "numerics/verification/comparison.py",
        "abs(left) < abs(before) / 2",
        "abs(left) < abs(before) * 2",
        "tests/numerics/verification/test_comparison.py",
    ),
    row(JUDGE, "rest.value < -2 *", "rest.value < 2 *", JUDGED),
    row(EXPONENTS, "(ratio * y1 - y0)", "(ratio * y1 + y0)", JUDGED),
    row(EXPONENTS, "(factor * q - p) / (factor - 1)", "(factor * q + p) / (factor + 1)", JUDGED),
    row(EXPONENTS, "log(abs(y0 / y1))", "log(abs(y1 / y0))", JUDGED),
    row(JUDGE, "DECADES - 0.5", "DECADES + 3.5", JUDGED),
    row(JUDGE, 'FLOOR = mpmath.mpf("0.002")', 'FLOOR = mpmath.mpf("0.2")', JUDGED),
    row(JUDGE, "least >= bound - FLOOR", "least >= -bound - FLOOR", JUDGED),
    row(JUDGE, "rising and slopes[-1] > 1", "slopes[-1] > 0", JUDGED),
    row(JUDGE, "(self.remainder - self.expected) /", "self.remainder /", JUDGED),
    row(JUDGE, "largest > FLOOR / 100", "largest > FLOOR", JUDGED),
    row(
        JUDGE,
        "if stated - fall > power + FLOOR",
        "if stated - fall > power + 1.1 + FLOOR",
        JUDGED,
    ),
    row(SEEN, "all(found == ", "any(found == ", RESOLVED),
    row(SEEN, "s * d, zero) for s in (1, -1)", "s * d, zero) for s in (1, 1)", RESOLVED),
    row(STEPS, "1 + Fraction(1, self.batch)", "Fraction(1)", SGD),
    row(STEPS, "return (far * partner - near * zeta)", "return (far * partner)", SGD),
    row(STEPS, "source = (reach - beyond) / (", "source = reach / (", SGD),
    row(STEPS, "kernel / (1 - kernel) * ((1 + rise) / rise)", "kernel / (1 - kernel) / rise", SGD),
    row(STEPS, "rise = zeta * (zeta * (q * eta) + 2) * eta", "rise = zeta * 2 * eta", SGD),
    row(EDGES, "if -at(low)[1] > most:", "if False:", SGD),
)

FAULTS = (*ENGINE, *CLAIM, *NUMBERS)
