"""Long counts: random values and spoilt PDUs by the million, and whole runs over many seeds. Stops and resumes at any
point.

What is done is kept in `build/soak.json`; a second call goes on from there. Ends with status 1 at the first thing that
may not happen, naming the block or seed that shows it.
"""

from __future__ import annotations

import argparse

from rich.console import Console

from tests.asan import block
from tests.soak import pdus, runs, values
from tests.soak.stage import BLOCK, Stage, State, carry_out

STATE = values.ROOT / "build" / "soak.json"
STAGES = (
    *values.stages(),
    Stage("pdus", "spoilt PDUs decoded", pdus.decoded, 1_000_000, BLOCK),
    Stage("asan", "calls of the sanitized native module", block.thrown, 1_000_000, block.BLOCK),
    Stage("association", "spoilt PDUs at a session pair", pdus.at_a_session_pair, 100_000, BLOCK),
    Stage("demo", "demo runs", runs.demo, 40),
    Stage("pieces", "five minutes of a hundred nodes", runs.five_minutes, 6),
    Stage("drift", "hours of a network by the wall clock", runs.an_hour_by_the_clock, 1),
    Stage("many", "half hours of a hundred nodes", runs.half_an_hour, 1),
)


def main() -> int:
    names = [stage.name for stage in STAGES]
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"which of {', '.join(names)}; all where none is")
    for stage in STAGES:
        parser.add_argument(f"--{stage.name}", type=int, default=stage.count, help=f"{stage.title} ({stage.count})")
    parser.add_argument("--fresh", action="store_true", help="forget what was done before")
    wanted = parser.parse_args()
    if unknown := set(wanted.stages) - set(names):
        parser.error(f"no stage {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    state, console = State(STATE, wanted.fresh), Console()
    chosen = [stage for stage in STAGES if not wanted.stages or stage.name in wanted.stages]
    try:
        good = all(carry_out(stage, getattr(wanted, stage.name), state, console) for stage in chosen)
    except KeyboardInterrupt:
        console.print("stopped: the same call goes on from the last block that is done")
        return 130
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
