"""One count, in blocks, and what was done of it before."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

BLOCK = 1000
"""Values or PDUs done at once: what an interruption costs at most."""
_COLUMNS = (
    TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """`work` does the block or seed of that number, raises for a fault, and may say something of it."""

    name: str
    """What the command line calls it."""
    title: str
    """What the output and the state call it."""
    work: Callable[[int], str]
    count: int
    """How many in all, where nothing else is asked for."""
    size: int = 1
    """How many a block has."""


class State:
    """How far each stage is, in a file."""

    def __init__(self, path: Path, fresh: bool = False) -> None:
        self._path = path
        self._done: dict[str, int] = {}
        if path.exists() and not fresh:
            self._done = {title: int(count) for title, count in json.loads(path.read_text()).items()}

    def done(self, stage: Stage) -> int:
        return self._done.get(stage.title, 0)

    def note(self, stage: Stage, count: int) -> None:
        self._done[stage.title] = count
        self._path.parent.mkdir(exist_ok=True)
        self._path.write_text(json.dumps(self._done | {"schema": 1}))


def carry_out(stage: Stage, count: int, state: State, console: Console) -> bool:
    """The blocks of `stage` that are not done yet, up to `count`; False at the first fault, which is printed."""
    begin, first, said = time.monotonic(), state.done(stage), ""
    with Progress(*_COLUMNS, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(stage.title, total=count, completed=first)
        for number in range(first // stage.size, -(-count // stage.size)):
            try:
                said = stage.work(number)
            except Exception as error:
                fault = f"{stage.title}: number {number} shows {type(error).__name__}: {error}"
                console.print(fault, highlight=False, markup=False)
                return False
            state.note(stage, (number + 1) * stage.size)
            progress.update(bar, completed=state.done(stage))
    console.print(
        f"{stage.title}: {max(first, count)} without a fault ({first} of them before; {time.monotonic() - begin:.0f} s"
        f" now) {said}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    return True
