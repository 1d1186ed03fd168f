"""The loss of ``M = r N`` modes from its sums over modes, at any N: no scaling function, no expansion in N.

With ``S(kappa)`` each of ``df1 = sum 1/(1 + kappa k^b)`` and ``Xi = sum k^-a kappa k^b/(1 + kappa k^b)`` over
k = 1, ..., M, and ``zeta = kappa (1 - df1/N)``,

    L = (1/2 pi i) int e^(T zeta) Xi/(zeta (1 - K)) (dzeta/dkappa) dkappa,     K = h (1 - zeta df1/Tr),

on ``kappa = z + Tr/N`` with z on Talbot's contour, right of the spectrum while T is at most about ``N^b``.
The first modes are added one by one, the rest by Euler's and Maclaurin's formula, its integral by Gauss's
rule on panels in log k.

    ModeSums    df1, Xi, kappa d(df1)/dkappa, the trace, and the loss
"""

import mpmath

HEAD, ORDER = 24, 14
PANEL, POINTS = 0.5, 44


def gauss_rule(count):
    """Nodes and weights on [-1, 1], at the precision of the moment."""
    rule = []
    with mpmath.extraprec(20):
        for i in range(count // 2):
            x = mpmath.cos(mpmath.pi * (i + mpmath.mpf(3) / 4) / (count + mpmath.mpf(1) / 2))
            for _ in range(12):
                before, here = mpmath.mpf(1), x
                for n in range(2, count + 1):
                    before, here = here, ((2 * n - 1) * x * here - (n - 1) * before) / n
                slope = count * (x * here - before) / (x * x - 1)
                x -= here / slope
            weight = 2 / ((1 - x * x) * slope**2)
            rule += [(x, weight), (-x, weight)]
    return rule


def power_series(place, power):
    """Taylor's coefficients of ``k^power`` about a place."""
    found = [place**power]
    for n in range(1, ORDER + 1):
        found.append(found[-1] * (power - n + 1) / n / place)
    return found


def quotient(above, below):
    """That of two Taylor series."""
    found = []
    for n in range(ORDER + 1):
        known = mpmath.fsum(below[i] * found[n - i] for i in range(1, n + 1))
        found.append((above[n] - known) / below[0])
    return found


class ModeSums:
    """Sums over the modes of ``k^-b`` with the target ``k^-a``."""

    def __init__(self, a, b, r, size):
        self.a, self.b, self.size = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(size)
        self.last = mpmath.nint(mpmath.mpf(r) * self.size)
        low, high = mpmath.log(HEAD), mpmath.log(self.last)
        panels = int((high - low) / PANEL) + 1
        half, rule = (high - low) / panels / 2, gauss_rule(POINTS)
        self.rows = []
        for j in range(panels):
            for x, w in rule:
                place = low + half * (2 * j + 1 + x)
                k = mpmath.exp(place)
                weighted = half * w * mpmath.exp((1 - self.a) * place)
                self.rows.append((mpmath.exp(self.b * place), half * w * k, weighted))
        tail = mpmath.fsum(w / g for g, w, _ in self.rows)
        self.trace = self.whole(lambda k: k**-self.b, tail, lambda k: power_series(k, -self.b))

    def whole(self, summand, integral, series):
        """The sum over all modes: those before HEAD, the integral, and what its two ends add."""
        total = integral + mpmath.fsum(summand(mpmath.mpf(k)) for k in range(1, HEAD))
        for place, sign in ((mpmath.mpf(HEAD), -1), (self.last, 1)):
            taylor = series(place)
            odd = (mpmath.bernoulli(2 * m) / (2 * m) * taylor[2 * m - 1] for m in range(1, ORDER // 2 + 1))
            total += taylor[0] / 2 + sign * mpmath.fsum(odd)
        return total

    def at(self, kappa):
        """df1, Xi and ``kappa d(df1)/dkappa``."""
        integrals = [mpmath.mpc(0)] * 3
        for g, w, weighted in self.rows:
            left = 1 / (1 + kappa * g)
            integrals[0] += w * left
            integrals[1] += weighted * (1 - left)
            integrals[2] += w * left * (left - 1)

        def left_at(k):
            bottom = [kappa * x for x in power_series(k, self.b)]
            return quotient([mpmath.mpf(1)] + [mpmath.mpf(0)] * ORDER, [1 + bottom[0], *bottom[1:]])

        def learned_at(k):
            bottom = [kappa * x for x in power_series(k, self.b)]
            top = [kappa * x for x in power_series(k, self.b - self.a)]
            return quotient(top, [1 + bottom[0], *bottom[1:]])

        def slope_at(k):
            bottom, left = [kappa * x for x in power_series(k, self.b)], left_at(k)
            square = quotient(left, [1 + bottom[0], *bottom[1:]])
            return [x - y for x, y in zip(square, left, strict=True)]

        def filled(k):
            return 1 / (1 + kappa * k**self.b)

        return (
            self.whole(filled, integrals[0], left_at),
            self.whole(lambda k: k**-self.a * (1 - filled(k)), integrals[1], learned_at),
            self.whole(lambda k: filled(k) * (filled(k) - 1), integrals[2], slope_at),
        )

    def loss(self, time, share, nodes):
        """The loss at T with the step at a share of the largest one (0: gradient flow)."""
        time, total = mpmath.mpf(time), mpmath.mpf(0)
        bend, pull, shift, lift = map(mpmath.mpf, ("0.6407", "0.5017", "0.6122", "0.2645"))
        for j in range((nodes + 1) // 2):
            angle = mpmath.pi * (2 * j + 1) / nodes
            cot, sine = mpmath.cot(bend * angle), mpmath.sin(bend * angle)
            z = nodes / time * mpmath.mpc(pull * angle * cot - shift, lift * angle)
            slope = nodes / time * mpmath.mpc(pull * (cot - bend * angle / sine**2), lift)
            kappa = z + self.trace / self.size
            df1, xi, falls = self.at(kappa)
            kept = 1 - df1 / self.size
            zeta = kappa * kept
            kernel = share * (1 - zeta * df1 / self.trace)
            moved = (kept - falls / self.size) * slope / mpmath.mpc(0, 1)
            total += 2 * (mpmath.exp(time * zeta) * xi / (zeta * (1 - kernel)) * moved).real / nodes
        return total
