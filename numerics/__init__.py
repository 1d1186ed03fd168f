"""The full mean-field model of random-feature regression, solved numerically, beside the laws.

Docstrings call BAP the paper whose letters are used: B. Bordelon, A. Atanasov & C. Pehlevan, A Dynamical
Model of Neural Scaling Laws, ICML 2024, arXiv 2402.01092.
The names that the package offers stand in ``__init__.pyi``, one a line.
"""

from asymptotics.faces import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
