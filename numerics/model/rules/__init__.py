"""How training rules are solved, one file a rule: contour of the full model, step of a finite one.

Every file of this folder is imported with it, so that what it solves is registered; `base` has the protocol.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
