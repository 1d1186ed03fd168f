"""Asymptotic laws of the random-feature model, derived from a spectrum and a target.

The names that it offers stand in ``__init__.pyi``, one a line.
"""

from asymptotics.faces import lazy_face

__getattr__, __dir__, __all__ = lazy_face(__name__, __file__)
