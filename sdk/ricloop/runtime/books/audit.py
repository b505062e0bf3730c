"""One line of JSON per decision, completed by one per outcome: who decided what, on which input, and what became of it.

Schema 1. `kind` `decision`: `id`, `time` (ns, loop's clock), `xapp`, `handler`, `feed`, `gnb`, `collected` (the node's
clock, Unix ns), `source` (`handler`, `rule`, `hold`), `cause`, `error`, `model` (whose prediction the handler was
given; empty: none), `model_ms`, `stage`, `reason`, `triggers` (a list of [node, requestor, instance, action, sequence
number] of the indications that started it), `controls` (`request` [node, requestor, instance] and `action`), `refused`
(`action`, `by`, `reason`), `loop_ms`.
`kind` `outcome`: `decision`, `request`, `action`, `state`, `reason`, `time`.
`kind` `version`: a model's version went to work, or was refused: `result` (`changed`, `refused`), `name`, `place`
(`active`, `shadow`), `version`, `before`, `reason`, and `asked` (what was said of it) or `took_ms`.
`kind` `lease`: this RIC came into control or is out of it: `change` (`taken`, `lost`, `fenced`, `released`), `lease`,
`identity` (as the lease names its holder), `why`, `transitions`, `time`.
`kind` `drift`: a signal of a model began to drift or ended it; the fields of `drift.Change`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any, Protocol

import orjson
import structlog

from ricloop.core.errors import ConfigError

log = structlog.get_logger()

SCHEMA = 1
HELD = 20_000
"""Records kept for the next flush; beyond, the newest are dropped and counted."""


def line(record: Mapping[str, Any]) -> bytes:
    """A record as the file has it. What JSON does not know is told in words: no record is lost for it."""
    return orjson.dumps(record, default=str, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY)


class Audit(Protocol):
    """Where records go."""

    @property
    def dropped(self) -> int:
        """Records that were lost for want of room, here or on the disk."""

    @property
    def full(self) -> bool:
        """Time to flush, whatever else there is to do."""

    def record(self, kind: str, fields: Mapping[str, Any]) -> None: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


class NoAudit:
    """Nobody asked for records."""

    dropped = 0
    full = False

    def record(self, kind: str, fields: Mapping[str, Any]) -> None:
        """Nothing is kept."""

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


class AuditFile:
    """Records wait in memory while the loop is busy; `flush` writes them, between two turns.

    They are added to what the file has: a restart erases no record. What a full disk does not take is dropped, counted
    and told once; later records are tried again.
    """

    def __init__(self, path: Path) -> None:
        """Raises ConfigError for a file that cannot be written."""
        self._path = path
        try:
            self._file: FileIO = path.open("ab", buffering=0)
        except OSError as error:
            raise ConfigError(f"audit file {path}: {error.strerror}") from error
        self._held: list[bytes] = []
        self._told = False
        self.dropped = 0
        self.written = 0

    def record(self, kind: str, fields: Mapping[str, Any]) -> None:
        self.add(line({"schema": SCHEMA, "kind": kind, **fields}))

    def add(self, written: bytes) -> None:
        """A record as `line` made it."""
        if len(self._held) >= HELD:
            self.dropped += 1
        else:
            self._held.append(written)

    def flush(self) -> None:
        if self._held:
            held, self._held = self._held, []
            written = self._write(b"".join(held))
            self.written += written
            self.dropped += len(held) - written

    def _write(self, data: bytes) -> int:
        """How many whole lines the file took."""
        done = 0
        try:
            while done < len(data):
                done += self._file.write(data[done:])
        except OSError as error:
            whole = data.rfind(b"\n", 0, done) + 1
            with suppress(OSError):
                # Half a line would spoil the next one.
                self._file.truncate(self._file.tell() - (done - whole))
            if not self._told:
                self._told = True
                log.error("audit records are lost", file=str(self._path), error=error.strerror)
            done = whole
        return data.count(b"\n", 0, done)

    @property
    def full(self) -> bool:
        return len(self._held) >= HELD // 2

    def close(self) -> None:
        if not self._file.closed:
            self.flush()
            self._file.close()
