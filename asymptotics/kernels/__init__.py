"""From a kernel on a domain to its eigenvalues and multiplicities.

Each is a `SpectralKernel`, of which ``Task.from_kernel(kernel, target=...)`` makes a task. On the unit sphere
in d dimensions (d may be a symbol), on the torus, or under Gaussian inputs; levels begin at degree 1:
the constant, degree 0, is no part of a task (`SpectralKernel`).

    relu_ntk, relu_nngp, erf_nngp    wide networks
    laplace, matern, gaussian        Gaussian processes
    zonal                            any function of t = x.y on the sphere
    sobolev, half_space, zipf        targets
"""

from asymptotics.kernels.domains import sphere, torus
from asymptotics.kernels.kernel import SpectralKernel
from asymptotics.kernels.named import erf_nngp, gaussian, laplace, matern, relu_nngp, relu_ntk
from asymptotics.kernels.targets import half_space, sobolev, zipf
from asymptotics.kernels.zonal import zonal

__all__ = [
    "SpectralKernel",
    "erf_nngp",
    "gaussian",
    "half_space",
    "laplace",
    "matern",
    "relu_nngp",
    "relu_ntk",
    "sobolev",
    "sphere",
    "torus",
    "zipf",
    "zonal",
]
