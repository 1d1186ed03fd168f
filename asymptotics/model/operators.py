"""What the equations of the model write beside SymPy's own operations.

All are inert: `model.expand` makes expansions of them, and `derivation.evaluation` numbers. The second
argument is a bound letter.

    AtRidge         a function of the ridge where as many modes are resolved as there are features or samples
    AtModes         the same for another count of modes
    AtLeast         the same for a function that is least there
    AtExplicit      a function of the renormalised ridge of an explicit one
    InverseLaplace  of a function analytic off the negative axis
    Coefficient     of a power of a small parameter
    Overlap         of two functions of time, antisymmetric, by their transforms
    Convolution     of a function of large times with one given by its transform
    Corrected       a loss and its first change, up to a relative order
    Minimum, Minimiser    over x > 0
    Rich, RichScale, RichChange    what features that move make of a lazy loss, their scale, a change of it
    RichReuse, RichNoise    what samples that are seen again change in it, and their label noise
    Bessel          what the squared Bessel filter of Nesterov momentum makes of a loss of gradient flow
    Accelerated     what DANA, with its noise, makes of a loss of gradient flow
    Renewed         a function of time, of which a share is given back again and again
    Root, Iterated  solutions of equations
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Function, Integral, Symbol

ridge = Function("kappa", positive=True)
"""``kappa(size)``, the root of ``df1(kappa) = size``."""

best_ridge = Function("kappa_best", positive=True)
"""``kappa_best(size)``, the ridge at which the loss of so many samples is smallest."""
explicit_ridge = Function("kappa_rho", positive=True)
"""``kappa_rho(size, rho)``, the root of ``kappa (1 - df1(kappa)/size) = rho``."""

past, time, zeta, later, epsilon = (
    Symbol(name, positive=True, integer=False) for name in ("x", "T", "zeta", "zeta_1", "epsilon")
)
"""Bound letters, unequal to those of a task, which may have the same names."""


class Binder(Function):  # type: ignore[misc]
    """A function whose second argument is a bound letter; subclasses say how it is written.

    ``written`` and ``tex`` are templates of text and LaTeX over the arguments; without them it is written as
    what it means.
    """

    written = ""
    tex = ""

    @property
    def free_symbols(self) -> set[Symbol]:
        inside, letter, *others = self.args
        return (inside.free_symbols - {letter}).union(*(x.free_symbols for x in others))

    def meaning(self) -> Expr:
        """The same in operators that have numbers of their own."""
        return self

    def _sympystr(self, printer: Any) -> str:
        return self._fill(self.written, printer)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return self._fill(self.tex, printer)

    def in_brackets(self, writer: Any) -> tuple[str, Expr, str]:
        """What stands before the first argument, it, and what stands after it: to be set on lines."""
        if not self.tex:
            return "", self.meaning(), ""
        letters = [writer.write(x) for x in self.args]
        before, after = (part.format(*letters) for part in self.tex.split("{0}"))
        if before[:-1].endswith(r"\left"):  # such brackets must close on their line
            before, after = f"{before[:-6]}\\Bigl{before[-1]}", after.replace(r"\right", r"\Bigr", 1)
        return before, self.args[0], after

    def _fill(self, template: str, printer: Any) -> str:
        if not template:
            return str(printer._print(self.meaning()))
        return template.format(*(printer._print(x) for x in self.args))


class AtRidge(Binder):
    """``AtRidge(f, kappa, size)``: f at the ridge kappa with ``df1(kappa) = size``."""

    nargs = 3

    def meaning(self) -> Expr:
        """``f(kappa(size))``."""
        function, letter, size = self.args
        return function.xreplace({letter: ridge(size)})


class AtModes(Binder):
    """``AtModes(f, kappa, size, modes)``: f at the best ridge, the kappa with ``modes(kappa) = size``."""

    nargs = 4

    @property
    def head(self) -> Expr:
        """The name of that kappa."""
        return best_ridge(self.args[2])

    def meaning(self) -> Expr:
        """``f(kappa_best(size))``."""
        return self.args[0].xreplace({self.args[1]: self.head})

    @property
    def free_symbols(self) -> set[Symbol]:
        return self.meaning().free_symbols | (self.args[3].free_symbols - {self.args[1]})


class AtLeast(AtModes):
    """``AtLeast(f, kappa, size, modes)``: the smallest f over kappa, at a ridge where its slope vanishes."""


class AtExplicit(AtModes):
    """``AtExplicit(f, kappa, size, rho)``: f at the kappa with ``kappa (1 - df1(kappa)/size) = rho``."""

    @property
    def head(self) -> Expr:
        """``kappa_rho(size, rho)``."""
        return explicit_ridge(self.args[2], self.args[3])


class InverseLaplace(Binder):
    """``InverseLaplace(G, z, T)``: ``(1/2 pi i) int e^(zT) G(z) dz``, G analytic off the negative axis.

    (SymPy's own unevaluated transform counts ``2*t`` among its free symbols.)
    """

    nargs = 3
    written = "InverseLaplace({0}, {1} -> {2})"
    tex = r"\mathcal{{L}}^{{-1}}_{{{1}}}\left[{0}\right]\!\left({2}\right)"


class Coefficient(Binder):
    """``Coefficient(f, epsilon, n)``: that of ``epsilon**n`` in f."""

    nargs = 3
    written = "[{1}^{2}] {0}"
    tex = r"\left[{1}^{{{2}}}\right] {0}"


class Overlap(Binder):
    """``Overlap(A, z, B, t)``: ``InvLaplace_(z, z')[ (A(z) B(z') - A(z') B(z))/(z' - z) ](t, t)``."""

    nargs = 4

    @property
    def free_symbols(self) -> set[Symbol]:
        first, letter, second, moment = self.args
        return ((first.free_symbols | second.free_symbols) - {letter}) | moment.free_symbols

    def meaning(self) -> Expr:
        """The double transform."""
        first, z, second, moment = self.args
        here, there = ((f, f.xreplace({z: later})) for f in (first, second))
        both = (here[0] * there[1] - here[1] * there[0]) / (later - z)
        return InverseLaplace(InverseLaplace(both, z, moment), later, moment)


class Convolution(Binder):
    """``Convolution(f, x, g, G, t)``: ``2 int_0^t f(2t - x) g(x) dx``, G the transform of g, in kappa."""

    nargs = 5

    @property
    def free_symbols(self) -> set[Symbol]:
        return self.meaning().free_symbols

    def meaning(self) -> Expr:
        """The integral."""
        first, x, second, _, moment = self.args
        return 2 * Integral(first.xreplace({x: 2 * moment - x}) * second, (x, 0, moment))


class Corrected(Binder):
    """``Corrected(f, t, change, p)``: ``f + change``, t -> oo; what follows is ``O(f t**-p)``."""

    nargs = 4

    @property
    def free_symbols(self) -> set[Symbol]:
        return set().union(*(x.free_symbols for x in self.args))

    def meaning(self) -> Expr:
        """The sum."""
        return self.args[0] + self.args[2]


class Minimum(Binder):
    """``Minimum(f, x)``: the smallest value of f over x > 0."""

    nargs = 2
    written = "min({0}, {1} > 0)"
    tex = r"\min_{{{1}}} \left[{0}\right]"


class Minimiser(Minimum):
    """``Minimiser(f, x)``: the x > 0 at which f is smallest."""

    written = "argmin({0}, {1} > 0)"
    tex = r"\operatorname*{{arg\,min}}_{{{1}}} \left[{0}\right]"


class Rich(Binder):
    """``Rich(f, t, gamma)``: the loss of features that move at the time t, whose lazy loss is ``f(2t)``."""

    nargs = 3
    written = "Rich({0}, {1}, {2})"
    tex = r"\operatorname{{Rich}}_{{{2}}}\left[{0}\right]"

    @property
    def free_symbols(self) -> set[Symbol]:
        return set().union(*(x.free_symbols for x in self.args))


class RichScale(Rich):
    """``RichScale(f, t, gamma)``: the scale K of the features at the time t."""

    written = "RichScale({0}, {1}, {2})"
    tex = r"K_{{{2}}}\left[{0}\right]"


class RichChange(Rich):
    """``RichChange(f, g, t, gamma)``: to first order, what g added to the lazy loss f adds to that at t."""

    nargs = 4
    written = "RichChange({0}, {1}, {2}, {3})"
    tex = r"\delta\operatorname{{Rich}}_{{{3}}}\left[{0}, {1}\right]"


class RichReuse(RichChange):
    """``RichReuse(f, e, g, h, t, gamma)``: ``lim P (L(t, P) - L(t))`` of features that move.

    f and g are the lazy train loss and what P samples change in it, each of 2t, h what they change in the
    lazy test loss at t, and e of t ``sum lambda e^(-lambda t)``.
    """

    nargs = 6
    written = "RichReuse({0}, {1}, {2}, {4}, {5})"
    tex = r"\delta_P\operatorname{{Rich}}_{{{5}}}\left[{0}, {1}\right]"


class RichNoise(RichChange):
    """``RichNoise(f, e, t, gamma)``: the same of label noise, per unit sigma^2."""

    nargs = 4
    written = "RichNoise({0}, {1}, {2}, {3})"
    tex = r"\delta_\sigma\operatorname{{Rich}}_{{{3}}}\left[{0}, {1}\right]"


class Bessel(Binder):
    """``Bessel(L, T, nu, theta)``: ``int phi(h theta) dm(h)`` for ``L = int e^(-h T) dm(h)``.

    ``phi(z^2) = [Gamma(nu + 1) (2/z)^nu J_nu(z)]^2``.
    """

    nargs = 4
    written = "Bessel({0}, {1}; {2}, {3})"
    tex = r"\mathcal{{J}}_{{{2}}}\left[{0}\right]_{{{1} \to {3}}}"

    @property
    def free_symbols(self) -> set[Symbol]:
        loss, letter, index, theta = self.args
        return (loss.free_symbols - {letter}) | index.free_symbols | theta.free_symbols


class Accelerated(Binder):
    """``Accelerated(L, T, E, t, sigma^2, eta, B, delta, mu)``: what DANA makes of a loss L of gradient flow.

    E is ``sum m lambda e^(-lambda T)``, from which the power of its momentum follows (`model.momentum`).
    """

    nargs = 9
    written = "Accelerated({0}, {2}, {1} -> {3})"
    tex = r"\mathcal{{A}}\left[{0}, {2}\right]_{{{1} \to {3}}}"

    @property
    def free_symbols(self) -> set[Symbol]:
        loss, letter, kernel, *others = self.args
        return ((loss.free_symbols | kernel.free_symbols) - {letter}).union(*(x.free_symbols for x in others))


class Renewed(Binder):
    """``Renewed(S, t, K, c, alpha, p)``: ``H = S + K H + c int_0^1 u^alpha (1 - u)^(p - 1) H(t u) du``."""

    nargs = 6
    written = "Renewed({0}; {2}, {3}*u**({4})*(1 - u)**({5} - 1))"
    tex = r"\mathcal{{R}}\left[{0};\, {2},\, {3}\, u^{{{4}}} (1 - u)^{{{5} - 1}}\right]"

    @property
    def free_symbols(self) -> set[Symbol]:
        return set().union(*(x.free_symbols for x in self.args))


class Root(Binder):
    """``Root(f, x)``: the x > 0 at which f vanishes."""

    nargs = 2
    written = "root({0}, {1} > 0)"
    tex = r"\operatorname*{{root}}_{{{1}}} \left[{0}\right]"


class Iterated(Binder):
    """``Iterated(f, x, x0)``: the solution of ``x = f(x)`` that continues x0."""

    nargs = 3
    written = "Iterated({0}, {1}, {2})"
    tex = r"\operatorname{{Iterated}}\left({0}, {1}, {2}\right)"
