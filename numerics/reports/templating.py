"""Documents are filled templates: markup stands in files, and what fills it comes from the code.

    fill_page(name, values, **filters)  an ``.html`` template, all escaped but what a filter marks as safe
    fill_tex(name, values)              a ``.tex`` template, with ``\\VAR{...}`` and ``\\BLOCK{...}``

Filters of pages are functions of the name that a template gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from asymptotics.derivation.text import escape_latex

LOADER = PackageLoader("numerics.reports")


def fill_page(name: str, values: Mapping[str, object], **filters: Callable[..., Any]) -> str:
    """An HTML page; what is not marked as safe by a filter is escaped."""
    environment = Environment(
        loader=LOADER, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(filters)
    return environment.get_template(name).render(**values) + "\n"


def fill_tex(name: str, values: Mapping[str, object]) -> str:
    """A LaTeX document; the filter ``plain`` makes text of what is not a formula."""
    environment = Environment(
        loader=LOADER,
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        block_start_string=r"\BLOCK{",
        block_end_string="}",
        variable_start_string=r"\VAR{",
        variable_end_string="}",
        comment_start_string=r"\#{",
        comment_end_string="}",
    )
    environment.filters["plain"] = escape_latex
    return environment.get_template(name).render(**values) + "\n"
