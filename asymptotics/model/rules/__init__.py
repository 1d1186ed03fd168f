"""The training rules, one file a rule: parameters, clock, symbol, noise and stability of each.

Every file of this folder is imported with it, so that the rule in it is known; `base` says what a rule is.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
