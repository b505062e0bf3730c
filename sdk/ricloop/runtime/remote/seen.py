"""The reports that the model of a handler apart has to know of, asked or not: kept until its process has read them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

MOST_REPORTS = 1024
"""Of one handler; beyond, or beyond as many rows, the oldest are left out of its windows and counted."""
MOST_ROWS = 65_536
"""Cells of all of them together."""


@dataclass(slots=True, eq=False)
class _Entry:
    report: Any
    rows: int
    number: int = 0
    """Of the message that it was sent in; 0: it was not."""


class Seen:
    """In the order that they came. A question tells what came before it, and a stream that is resumed what was not
    read."""

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque()
        self._first = 0
        """Place of the oldest entry, counted from the first report of all."""
        self._rows = 0
        self.dropped = 0

    @property
    def place(self) -> int:
        """Of the next report: what has a smaller one came before now."""
        return self._first + len(self._entries)

    def add(self, report: Any) -> None:
        """A report came. One that is empty says nothing to a window."""
        if not (rows := len(report)):
            return
        self._entries.append(_Entry(report, rows))
        self._rows += rows
        while len(self._entries) > MOST_REPORTS or self._rows > MOST_ROWS:
            self._forget_first()
            self.dropped += 1

    def untold(self, place: int) -> list[Any]:
        """Reports before this place that no message has told."""
        count = max(0, place - self._first)
        return [entry.report for entry, _ in zip(self._entries, range(count), strict=False) if not entry.number]

    def told(self, place: int, number: int) -> None:
        """Message `number` tells all before this place."""
        for entry, _ in zip(self._entries, range(max(0, place - self._first)), strict=False):
            entry.number = entry.number or number

    def read(self, number: int) -> None:
        """The xApp has read all messages up to this one."""
        while self._entries and 0 < self._entries[0].number <= number:
            self._forget_first()

    def again(self) -> None:
        """What was not read has to be told once more."""
        for entry in self._entries:
            entry.number = 0

    def _forget_first(self) -> None:
        self._rows -= self._entries.popleft().rows
        self._first += 1
