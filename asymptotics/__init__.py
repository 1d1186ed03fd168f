"""Asymptotic laws of the random-feature model, derived from a spectrum and a target.

Docstrings call BAP the paper whose letters are used: B. Bordelon, A. Atanasov & C. Pehlevan, A Dynamical
Model of Neural Scaling Laws, ICML 2024, arXiv 2402.01092.
The names that the package offers stand in ``__init__.pyi``, one a line.
"""

import os

from asymptotics.faces import lazy_face

# SymPy, when it is imported, takes the number of results that each of its functions keeps from here. Of its
# default, 1000, laws fall out and are asked for again.
os.environ.setdefault("SYMPY_CACHE_SIZE", "100000")

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
