"""One planted fault, in a process that the sanitizers watch: `python -m tests.asan.alive MODULE FAULT`.

Ends with status 0 where nothing is noticed, as has to be for the fault `nothing`.
"""

from __future__ import annotations

import sys

from tests.asan.watch import loaded, nothing_left

MANY = 1000


def main() -> None:
    path, fault = sys.argv[1:]
    faults = loaded("faults", path)
    kept = [object()]
    with nothing_left(kept):
        if fault == "past":
            faults.past(24)
        elif fault == "leak":
            faults.leak(24)
        elif fault == "shifted":
            faults.shifted(40)
        elif fault == "reference":
            faults.kept(kept[0])
        elif fault == "object":
            for number in range(MANY):
                faults.kept((number, []))
        elif fault == "view":
            data = bytearray(8)
            faults.held(data)
            data.append(0)


if __name__ == "__main__":
    main()
