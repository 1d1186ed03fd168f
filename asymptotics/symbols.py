"""The letters of the field, as positive SymPy symbols.

==========  ==========================================================================
``k``       mode index, 1, 2, ... (dimensionless, as everything here)
``a, b``    target power ``c_k = k^-a``; eigenvalues ``lambda_k = k^-b``
``N, P, t`` model size, number of training samples, training time (gradient flow)
``C``       compute budget
``M``       number of modes
``sigma``   standard deviation of the label noise
``eta, B``  learning rate and batch size of one-pass SGD
``E``       number of ensemble members
``epochs``  how often multi-pass SGD sees each sample, ``B t/P``
``beta``    inertia of heavy-ball momentum, ``beta v'' + v' = ...``
``mu``      momentum of heavy ball in discrete steps
``delta``   damping of Nesterov momentum, ``delta/t``
``kappa``   renormalised ridge, ``kappa = z/q``
``rho, l``  explicit ridge, ``rho P^-l`` in laws
``p``       power of a preconditioner, ``lambda -> lambda^p``
``r``       modes per feature or sample, ``M = r N``
``b_test``  eigenvalues of the test distribution, ``k^-b_test`` (b')
``n``       number of test samples, or of steps; ``h`` share of the stability threshold; ``gamma`` richness
==========  ==========================================================================

>>> from asymptotics.symbols import a, k
>>> (k**-a).subs(k, 1)
1
"""

from sympy import Symbol


class Primed(Symbol):  # type: ignore[misc]
    """A letter with the index "test" in text, and with a prime in LaTeX."""

    __slots__ = ()

    def _latex(self, printer: object) -> str:
        return f"{self.name.removesuffix('_test')}'"


k = Symbol("k", positive=True)
a = Symbol("a", positive=True)
b = Symbol("b", positive=True)
N = Symbol("N", positive=True)
P = Symbol("P", positive=True)
t = Symbol("t", positive=True)
C = Symbol("C", positive=True)
M = Symbol("M", positive=True)
sigma = Symbol("sigma", positive=True)
eta = Symbol("eta", positive=True)
B = Symbol("B", positive=True)
E = Symbol("E", positive=True)
epochs = Symbol("epochs", positive=True)
kappa = Symbol("kappa", positive=True)
beta = Symbol("beta", positive=True)
mu = Symbol("mu", positive=True)
delta = Symbol("delta", positive=True)
rho = Symbol("rho", positive=True)
l = Symbol("l", positive=True)  # noqa: E741
r = Symbol("r", positive=True)
p = Symbol("p", positive=True)
n = Symbol("n", positive=True)
gamma = Symbol("gamma", positive=True)
h = Symbol("h", positive=True)
b_test = Primed("b_test", positive=True)

RESOURCES = (t, N, P)
WORDS = {
    sigma: "standard deviation of the label noise",
    eta: "learning rate, of a schedule its largest step",
    B: "batch size",
    beta: "inertia of the momentum",
    mu: "momentum",
    delta: "friction of Nesterov momentum",
    rho: "scale of the ridge rho P^-l",
    p: "power of the preconditioner",
    b_test: "exponent of the test distribution",
    h: "share of the largest stable step",
    gamma: "richness",
}
"""What letters mean that come with a rule, a ridge or features, not with the task."""

__all__ = [
    "RESOURCES", "B", "C", "E", "M", "N", "P", "a", "b", "b_test", "beta", "delta", "epochs", "eta", "gamma",
    "h", "k", "kappa", "l", "mu", "n", "r", "rho", "sigma", "t",
]  # fmt: skip
