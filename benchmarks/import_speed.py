"""CPU time of starting the command and of importing the packages, beside importing SymPy alone.

Each program runs in fresh interpreters, all programs in turn, so that a load of the machine meets all alike.
Prints the median CPU time of each in seconds, and its ratio to ``import sympy``. A first round is not counted
as it leaves the compiled files that an installed package has.
"""

import os
import statistics
import subprocess
import sys

ROUNDS = 5
THREE_LAWS = "from asymptotics import derive, power_law; list(derive(power_law('a', 'b')))"
PROGRAMS = {
    "import sympy": ["-c", "import sympy"],
    "import asymptotics, numerics": ["-c", "import asymptotics, numerics"],
    "from asymptotics import derive": ["-c", "from asymptotics import derive"],
    "derive, three laws": [
        "-c",
        "from asymptotics import derive, power_law; list(derive(power_law('a', 'b')))",
    ],
    "from numerics import FullModel": ["-c", "from numerics import FullModel"],
    "bottlenecks --help": ["-m", "numerics.cli", "--help"],
    "bottlenecks derive --help": ["-m", "numerics.cli", "derive", "--help"],
    "bottlenecks derive": ["-m", "numerics.cli", "derive"],
}


def cpu_seconds(arguments: list[str]) -> float:
    """User and system time of one run of Python, its own children included."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(1 + ROUNDS):
        for name, arguments in PROGRAMS.items():
            times[name].append(cpu_seconds(arguments))
    medians = {name: statistics.median(found[1:]) for name, found in times.items()}
    print(f"{'what':32s} {'seconds':>8s} {'ratio':>6s}")
    for name, seconds in medians.items():
        print(f"{name:32s} {seconds:8.3f} {seconds / medians['import sympy']:6.2f}")


if __name__ == "__main__":
    main()
