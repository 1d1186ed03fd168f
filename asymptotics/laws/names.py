"""Names of laws that there are not: what may have been meant.

unknown_law(name)    ``no law is called 'modle'; near it are model, ...``, and where the list is
"""

from __future__ import annotations

from asymptotics.errors import near, shown
from asymptotics.hints import are_of_command
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES

MOST = 4
"""So many names are offered."""
WITHOUT = {
    "optimal_step_model": "after unlimited steps a smaller step is always better, so that the best one of N "
    "features is 0; laws.optimal_step is that of t steps, free=(t, N, h) in compute_optimal that of a budget",
}
"""What has no law, and why."""


def unknown_law(name: object) -> str:
    """The message for a name that no law has: the nearest names, and where all of them are listed.

    >>> print(unknown_law("modle"))
    no law is called 'modle'; near it: model; the laws are time, model, data and others, all in dir(laws)
    """
    if isinstance(name, str) and name in WITHOUT:
        return f"{name}: {WITHOUT[name]}"
    close = _near(name) if isinstance(name, str) else ()
    alike = f"near it: {', '.join(close)}; " if close else ""
    listed = "which --help lists" if are_of_command() else "all in dir(laws)"
    return (
        f"no law is called {shown(name)}; {alike}the laws are {', '.join(BOTTLENECKS)} and others, {listed}"
    )


def _near(name: str) -> tuple[str, ...]:
    """Names that are spelled alike, then those of its resource, then those whose words have it."""
    asked = name.lower().strip()
    alike = near(asked, QUANTITIES, MOST)
    first = [known for known in BOTTLENECKS if QUANTITIES[known].resource.name.lower() == asked]
    parts = [known for known in QUANTITIES if len(asked) > 2 and (asked in known or known in asked)]
    about = [known for known, x in QUANTITIES.items() if x.resource.name.lower() == asked]
    words = [known for known, x in QUANTITIES.items() if len(asked) > 2 and asked in x.words.lower()]
    return tuple(dict.fromkeys((*first, *alike, *parts, *about, *words)))[:MOST]
