"""Every figure that this project states, with the command that shows it: measured here, or beside an earlier commit.

Commands of both checkouts take turns, round by round; medians are compared. Each round is kept in `build/figures`: what
was begun goes on where it was left, as long as neither tree changes. Ends with 4 where a figure is worse.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from tests.figures.checkout import HERE, Checkout, Measured
from tests.figures.kept import Kept
from tests.figures.record import record, write_tables
from tests.figures.registry import RUNS, groups
from tests.figures.show import plain, table
from tests.figures.verdict import Comparison, Verdict, compare

KEPT = HERE / "build" / "figures" / "rounds.jsonl"
WIDTH = 180
"""Of what is printed into a file or a pipe."""


def main(arguments: list[str] | None = None) -> int:
    wanted = _wanted(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if wanted.tables:
        console.print(*(str(path.relative_to(HERE)) for path in write_tables()), sep="\n")
        return 0
    kept = Kept(wanted.kept)
    sides = [*([] if wanted.against is None else [Checkout(wanted.against)]), Checkout.here()]
    due = list(_due(wanted, sides, kept))
    for number, (name, line, side) in enumerate(due, 1):
        text = f"{number} of {len(due)}, {side.name}: {line}"
        console.print(text, highlight=False, markup=False, soft_wrap=True)
        kept.add(side, line, side.measure(RUNS[name], wanted.quick))
    rounds = {name: [kept.rounds(side, RUNS[name].line(wanted.quick)) for side in sides] for name in wanted.runs}
    after = {name: found[-1] for name, found in rounds.items()}
    if wanted.record:
        record(after, wanted.quick)
    compared = {name: _compared(name, found) for name, found in rounds.items()}
    console.print(table(compared, after, wanted.quick, len(sides) == 2))
    if wanted.json is not None:
        document = plain(compared, [side.name for side in sides], wanted.quick)
        wanted.json.write_text(json.dumps(document, indent=1) + "\n")
    worse = any(each.verdict is Verdict.WORSE for figures in compared.values() for each in figures.values())
    return 4 if worse and len(sides) == 2 else 0


def _compared(name: str, rounds: list[list[Measured]]) -> dict[str, Comparison]:
    before = rounds[0] if len(rounds) == 2 else []
    return {figure.name: compare(figure, before, rounds[-1]) for figure in RUNS[name].figures}


def _due(wanted: argparse.Namespace, sides: list[Checkout], kept: Kept) -> Iterator[tuple[str, str, Checkout]]:
    """Runs that are not kept yet, or failed; who comes first changes from round to round."""
    for number in range(1, wanted.rounds + 1):
        for name in wanted.runs:
            line = RUNS[name].line(wanted.quick)
            if number > 1 and not RUNS[name].timed:
                continue
            for side in sides if number % 2 else sides[::-1]:
                if sum(bool(each.values) for each in kept.rounds(side, line)) < number:
                    yield name, line, side


def _wanted(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.figures", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="*", metavar="RUN", help=f"which of {', '.join(RUNS)}; all where none is")
    parser.add_argument("--only", nargs="+", metavar="GROUP", choices=groups(), help=f"of {', '.join(groups())}")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="an earlier commit, with its own environment")
    parser.add_argument("--rounds", type=int, default=3, help="of what is timed (3); all else is run once")
    parser.add_argument("--timed", action="store_true", help="only what changes from run to run")
    parser.add_argument("--exact", action="store_true", help="only what does not")
    parser.add_argument("--quick", action="store_true", help="shorter commands, where there are some")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the comparison to this file")
    parser.add_argument("--record", action="store_true", help="keep this tree's figures as those that pages state")
    parser.add_argument("--tables", action="store_true", help="write the recorded figures into the pages, and end")
    parser.add_argument(
        "--kept", type=Path, default=KEPT, metavar="FILE", help="where rounds are kept; take it away to begin anew"
    )
    wanted = parser.parse_args(arguments)
    if unknown := set(wanted.runs) - set(RUNS):
        parser.error(f"no run {', '.join(sorted(unknown))}; there are {', '.join(RUNS)}")
    wanted.runs = [
        name
        for name, run in RUNS.items()
        if (not wanted.runs or name in wanted.runs)
        and (wanted.only is None or run.group in wanted.only)
        and not (wanted.timed and not run.timed)
        and not (wanted.exact and run.timed)
    ]
    return wanted


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted: what was measured is kept, the same command goes on")
    except ValueError as error:
        sys.exit(f"{error}")
