"""A run's decisions as a picture of time: Chrome's trace event format, which Perfetto and chrome://tracing open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from ricloop.core.errors import ConfigError
from ricloop.runtime.books.loopstats import STAGES

MOST = 200_000
"""Decisions that are kept; later ones are only counted."""


class Trace:
    """Each decision with its stages, a row per gNB."""

    def __init__(self) -> None:
        self._noted: list[tuple[str, str, int, tuple[int, ...]]] = []
        self.dropped = 0

    def note(self, xapp: str, gnb: str, sent: int, instants: tuple[int, ...]) -> None:
        """The instants between which the stages lie (see `loopstats.STAGES`), in ns of the stopwatch."""
        if len(self._noted) < MOST:
            self._noted.append((xapp, gnb, sent, instants))
        else:
            self.dropped += 1

    def write(self, path: Path) -> None:
        """Raises ConfigError for a file that cannot be written."""
        rows: dict[str, int] = {}
        events: list[dict[str, Any]] = []
        for xapp, gnb, sent, instants in self._noted:
            row = rows.setdefault(gnb, len(rows) + 1)
            spans = [(f"{xapp}: decision", instants[0], instants[-1], {"controls": sent})]
            spans += [
                (stage, begun, ended, {}) for stage, begun, ended in zip(STAGES, instants, instants[1:], strict=False)
            ]
            events += [
                {
                    "name": name,
                    "ph": "X",
                    "pid": 1,
                    "tid": row,
                    "ts": begun / 1e3,
                    "dur": (end - begun) / 1e3,
                    "args": a,
                }
                for name, begun, end, a in spans
            ]
        names = [
            {"name": "thread_name", "ph": "M", "pid": 1, "tid": row, "args": {"name": gnb}} for gnb, row in rows.items()
        ]
        told = {"traceEvents": names + events, "displayTimeUnit": "ms", "otherData": {"dropped": str(self.dropped)}}
        try:
            path.write_bytes(orjson.dumps(told))
        except OSError as error:
            raise ConfigError(f"--trace {path}: {error.strerror}") from error
