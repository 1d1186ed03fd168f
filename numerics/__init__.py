"""The full mean-field model of random-feature regression, solved numerically, beside the laws.

The names that it offers stand in ``__init__.pyi``, one a line.
"""

from asymptotics.faces import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
