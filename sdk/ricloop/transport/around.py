"""A transport around another, for those that look at what passes or hold it up."""

from __future__ import annotations

from ricloop.transport.base import Receiver, Transport


class Around:
    """Passes everything on."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    @property
    def peer(self) -> str:
        return self._inner.peer

    @property
    def local(self) -> str:
        return self._inner.local

    @property
    def counters(self) -> dict[str, int]:
        return self._inner.counters

    def use_ppid(self, ppid: int) -> None:
        self._inner.use_ppid(ppid)

    def start(self, receiver: Receiver) -> None:
        self._inner.start(receiver)

    def send(self, *pdus: bytes) -> None:
        self._inner.send(*pdus)

    def close(self) -> None:
        self._inner.close()
