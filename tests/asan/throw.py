"""A block of calls at the sanitized native module: `python -m tests.asan.throw MODULE BLOCK COUNT`, in a process that
`tests.asan.build.run` makes. Prints how many calls there were of each kind."""

from __future__ import annotations

import sys
from collections import Counter
from random import Random

from tests.asan.watch import loaded, nothing_left, unwatched

WARM = 300
"""Calls before anything is counted: what is imported, compiled or cached at first use comes to stay."""


def main() -> None:
    with unwatched():
        # Here too, for CPython 3.11 loses the 0 of int("0").
        path, block, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        module = loaded("ricloop._fast", path)

        from ricloop.core.native import FAST
        from ricloop.e2sm.kpm import fastue
        from ricloop.e2sm.rc import template
        from ricloop.e2sm.ueid import du_ue
        from tests.asan.calls import Calls

        assert FAST is module, f"{FAST} is in use, and not the sanitized module"
        calls = Calls(Random(f"asan {block}"))
    made: Counter[str] = Counter()

    def throw(first: int, beyond: int) -> None:
        for number in range(first, beyond):
            try:
                made[calls.make(Random(f"asan {block} {number}"))] += 1
            except Exception as error:
                raise AssertionError(f"call {number} of block {block}: {type(error).__name__}: {error}") from error
        for cached in (fastue.gnb_ue, fastue.ue_parts, template._template, du_ue):
            cached.cache_clear()

    with unwatched():
        throw(-WARM, 0)
    made.clear()
    with nothing_left(calls.kept()):
        throw(0, count)
    print(", ".join(f"{kind} {number}" for kind, number in sorted(made.items())))


if __name__ == "__main__":
    main()
