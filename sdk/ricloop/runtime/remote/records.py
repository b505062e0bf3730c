"""The audit, told to the xApps as well that asked for the records of their own decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ricloop.runtime.books.audit import SCHEMA, Audit, line
from ricloop.runtime.remote.remotes import Remotes


class SharedAudit:
    """Records go where they went, and to their xApp."""

    def __init__(self, audit: Audit, remotes: Remotes) -> None:
        self._audit, self._remotes = audit, remotes

    @property
    def dropped(self) -> int:
        return self._audit.dropped

    @property
    def full(self) -> bool:
        return self._audit.full

    def record(self, kind: str, fields: Mapping[str, Any]) -> None:
        self._audit.record(kind, fields)
        session = self._remotes.owner(fields["id"] if kind == "decision" else fields["decision"])
        if session is not None:
            session.tell_record(line({"schema": SCHEMA, "kind": kind, **fields}))

    def flush(self) -> None:
        self._audit.flush()

    def close(self) -> None:
        self._audit.close()
