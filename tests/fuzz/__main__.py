"""Coverage-guided fuzzing of everything that reads outside octets, by atheris: a target per decoder, each in a process
of its own.

Inputs that reach something new are kept in `build/fuzz/TARGET/corpus` and used again; one that fails ends its target
and is kept in `build/fuzz/TARGET/found`. Ends with status 1 where one failed. A fault that is mended leaves its input
in `tests/vectors/found.tsv`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.fuzz.run import ABSENT, ROOT, Outcome, available, fuzz
from tests.fuzz.target import Target
from tests.fuzz.targets import MODULES, TARGETS

SECONDS = 20
_COLUMNS = (
    BarColumn(bar_width=20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
)  # fmt: skip


def main() -> int:
    wanted = _wanted()
    if wanted.replay is not None:
        TARGETS[wanted.targets[0]].run(wanted.replay.read_bytes())
        print(f"{wanted.replay}: no failure")
        return 0
    if not available():
        print(ABSENT, file=sys.stderr)
        return 2
    chosen = {name: TARGETS[name] for name in (TARGETS if wanted.all else wanted.targets)}
    console = Console()
    outcomes = _fuzz(chosen, wanted, console)
    console.print(_table(outcomes))
    for name, outcome in outcomes.items():
        if not outcome.good:
            _complain(console, name, outcome)
    if wanted.json is not None:
        wanted.json.write_text(json.dumps(_plain(outcomes, wanted), indent=1))
    return 0 if all(outcome.good for outcome in outcomes.values()) else 1


def _wanted() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"which of {', '.join(TARGETS)}")
    parser.add_argument("--all", action="store_true", help="every target")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"for each target ({SECONDS})")
    parser.add_argument("--runs", type=int, default=-1, help="inputs of each target at most (any number)")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations (1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="what came of it, for a program")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="give TARGET this one input, and fuzz nothing")
    wanted = parser.parse_args()
    if unknown := set(wanted.targets) - set(TARGETS):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    if not wanted.targets and not wanted.all:
        parser.error(f"name a target, or --all of {', '.join(TARGETS)}")
    if wanted.replay is not None and len(wanted.targets) != 1:
        parser.error("--replay takes one TARGET")
    return wanted


def _fuzz(chosen: Mapping[str, Target], wanted: argparse.Namespace, console: Console) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    with Progress(*_COLUMNS, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=len(chosen))
        for number, (name, target) in enumerate(chosen.items(), 1):
            if not console.is_terminal:
                console.print(f"{number} of {len(chosen)}: {name}, {target.title}", highlight=False, soft_wrap=True)

            def hear(outcome: Outcome, name: str = name) -> None:
                progress.update(bar, description=f"{name}: {outcome.runs} runs, {outcome.features} features")

            outcomes[name] = fuzz(
                MODULES[name], name, seconds=wanted.seconds, runs=wanted.runs, seed=wanted.seed, heard=hear
            )
            progress.advance(bar)
    return outcomes


def _table(outcomes: Mapping[str, Outcome]) -> Table:
    table = Table("target")
    for title in ("runs", "branches", "features", "inputs", "failures"):
        table.add_column(title, justify="right")
    for name, outcome in outcomes.items():
        numbers = outcome.runs, outcome.coverage, outcome.features, outcome.inputs, len(outcome.failures)
        table.add_row(name, *map(str, numbers))
    return table


def _complain(console: Console, name: str, outcome: Outcome) -> None:
    console.print(outcome.said, highlight=False, markup=False, soft_wrap=True)
    for file in outcome.failures:
        path = file.relative_to(ROOT)
        console.print(
            f"{name} fails on {path}; once more: python -m tests.fuzz {name} --replay {path}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def _plain(outcomes: Mapping[str, Outcome], wanted: argparse.Namespace) -> dict[str, object]:
    return {
        "schema": 1,
        "seconds": wanted.seconds,
        "seed": wanted.seed,
        "targets": {
            name: {
                "runs": outcome.runs,
                "branches": outcome.coverage,
                "features": outcome.features,
                "inputs": outcome.inputs,
                "failures": [str(file.relative_to(ROOT)) for file in outcome.failures],
                "said": outcome.said,
            }
            for name, outcome in outcomes.items()
        },
    }


if __name__ == "__main__":
    raise SystemExit(main())
