"""The students, one file each: what stands between the features of the task and the trained kernel.

Every file of this folder is imported with it, so that its student is known; `base` says what one is.
"""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
