"""Time of writing the derivations of all laws, and of checking every step of them at one point.

Prints seconds of processor time for each law and in total; run it on an idle machine.
"""

import time

from asymptotics import derive, power_law
from asymptotics.symbols import a, b

POINT = {a: 1.5, b: 1.25}


def main() -> None:
    laws = derive(power_law(a, b))
    written = checked = 0.0
    for law in laws.all():
        start = time.process_time()
        derivation = law.derivation
        middle = time.process_time()
        check = derivation.check(at=POINT, digits=30)
        end = time.process_time()
        written, checked = written + middle - start, checked + end - middle
        verdict = "passed" if check.passed else "NOT PASSED"
        print(f"{law.name:24s} {len(derivation):3d} steps, {end - middle:6.2f} s, {verdict}")
    print(f"all written in {written:.1f} s, all checked in {checked:.1f} s")


if __name__ == "__main__":
    main()
