"""Indications that wait for their moment."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from ricloop.e2ap.messages import RequestId

MAX_LOG = 400_000
"""Log lines kept for joining latencies; the oldest go first, and are counted."""


@dataclass(frozen=True, slots=True)
class ReadyFrame:
    """One encoded RIC indication."""

    data: bytes
    request_id: RequestId
    action_id: int
    sequence: int


class Journal:
    """When indications were scheduled and controls arrived, in ns of the host's monotonic clock."""

    def __init__(self) -> None:
        self._indications: deque[tuple[str, int, int, int, int, int]] = deque(maxlen=MAX_LOG)
        self._controls: deque[tuple[str, int, int, int]] = deque(maxlen=MAX_LOG)
        self.dropped = 0

    def indication(self, node: str, frame: ReadyFrame, scheduled_ns: int) -> None:
        self.dropped += len(self._indications) == MAX_LOG
        request = frame.request_id
        self._indications.append(
            (node, request.requestor, request.instance, frame.action_id, frame.sequence, scheduled_ns)
        )

    def control(self, node: str, request: RequestId, received_ns: int) -> None:
        self.dropped += len(self._controls) == MAX_LOG
        self._controls.append((node, request.requestor, request.instance, received_ns))

    def result(self) -> dict[str, Any]:
        """`indications` [node, requestor, instance, action, sn, scheduled ns], `controls` [node, requestor, instance,
        received ns]."""
        return {
            "indications": [list(row) for row in self._indications],
            "controls": [list(row) for row in self._controls],
            "journal_dropped": self.dropped,
        }
