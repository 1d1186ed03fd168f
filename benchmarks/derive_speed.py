"""Time of deriving the symbolic laws, each in a fresh interpreter, beside importing SymPy alone.

Prints seconds and ratios; run it on an idle machine.
"""

import statistics
import subprocess
import sys

SNIPPETS = {
    "import sympy": "import sympy",
    "import asymptotics": "import sympy\nfrom asymptotics import compute_optimal, derive, power_law",
    "derive, three laws, three terms": (
        "import sympy, asymptotics\nfrom asymptotics import derive, power_law\n"
        "from asymptotics.symbols import a, b\n"
        "start = clock()\n"
        "laws = derive(power_law(a, b))\n"
        "for law in laws:\n    law.expansion(terms=3)\n"
    ),
    "one term of one law by sympy.mellin_transform": (
        "import sympy\n"
        "u, s = sympy.symbols('u s', positive=True)\n"
        "start = clock()\n"
        "sympy.mellin_transform(1/(1 + u), u, s)\n"
        "sympy.mellin_transform(u/(1 + u), u, s)\n"
    ),
}


def seconds(snippet: str, repeats: int = 5) -> float:
    """Median time of a snippet in fresh interpreters, from its own ``start`` if it sets one."""
    program = (
        "from time import perf_counter as clock\nstart = clock()\n" + snippet + "\nprint(clock() - start)"
    )
    command = [sys.executable, "-c", program]
    return statistics.median(
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(repeats)
    )


def main() -> None:
    times = {name: seconds(snippet) for name, snippet in SNIPPETS.items()}
    base = times["import sympy"]
    print(f"{'what':50s} {'seconds':>8s}")
    for name, value in times.items():
        print(f"{name:50s} {value:8.3f}")
    print(f"\nimport asymptotics adds {times['import asymptotics'] - base:.3f} s to import sympy")
    ratio = times["derive, three laws, three terms"] / times["one term of one law by sympy.mellin_transform"]
    print(f"the three symbolic laws take {ratio:.2f} times two calls of sympy.mellin_transform")


if __name__ == "__main__":
    main()
