"""A full disk, and a process whose housekeeping fails: counted, told, and never in silence."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ricloop.core.errors import RicloopError
from ricloop.core.time import ManualClock
from ricloop.link.clock import SystemClock
from ricloop.link.tap import Tap
from ricloop.runtime.books.audit import AuditFile
from ricloop.runtime.options import RicOptions
from ricloop.runtime.process.assemble import Parts
from ricloop.runtime.process.garbage import Garbage
from ricloop.runtime.process.serve import Serve
from ricloop.runtime.process.turns import Turns
from ricloop.runtime.ric import NearRtRic
from ricloop.transport.capture import CaptureWriter
from ricloop_xapps.minimal.xapp import Minimal
from tests.patience import PATIENCE_S
from tests.runtime.world import AuditList

HERE, THERE = ("127.0.0.1", 1), ("127.0.0.1", 2)
FULL = Path("/dev/full")
with_full_disk = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


class FullAfter:
    """A file that takes some octets, and then no more."""

    def __init__(self, room: int) -> None:
        self.room, self.held = room, b""

    def write(self, data: bytes) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        taken = data[: self.room]
        self.room -= len(taken)
        self.held += taken
        return len(taken)

    def tell(self) -> int:
        return len(self.held)

    def truncate(self, size: int) -> None:
        self.held = self.held[:size]


def records(audit: AuditFile, *ids: int) -> None:
    for number in ids:
        audit.record("decision", {"id": number})


def test_a_restart_erases_no_record(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    for run in (1, 2):
        audit = AuditFile(path)
        records(audit, run)
        audit.close()
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [1, 2]


@with_full_disk
def test_a_full_disk_costs_audit_records_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    audit = AuditFile(FULL)
    records(audit, 1, 2)
    audit.flush()
    records(audit, 3)
    audit.flush()
    audit.close()
    assert (audit.written, audit.dropped) == (0, 3)
    told = capsys.readouterr()
    assert (told.out + told.err).count("audit records are lost") == 1


def test_a_disk_that_fills_up_leaves_whole_lines_and_is_tried_again(tmp_path: Path) -> None:
    audit = AuditFile(tmp_path / "audit.jsonl")
    audit._file.close()
    file = FullAfter(60)
    audit._file = file  # type: ignore[assignment]
    records(audit, 1, 2)
    audit.flush()
    assert (audit.written, audit.dropped) == (1, 1)
    file.room = 1000
    records(audit, 3)
    audit.flush()
    assert [json.loads(line)["id"] for line in file.held.splitlines()] == [1, 3]


@with_full_disk
def test_a_full_disk_ends_a_capture_and_what_is_not_in_it_is_counted() -> None:
    tap = Tap(CaptureWriter(FULL))
    for _ in range(3):
        tap.note(b"abc", HERE, THERE)
    tap.flush()
    tap.note(b"abc", HERE, THERE)
    tap.close()
    assert tap.dropped >= 1


class Unwritable:
    """A capture file that fails at its second message."""

    def __init__(self) -> None:
        self.written, self.name = 0, "full.pcapng"

    def write(self, data: bytes, **_: Any) -> None:
        if self.written == 1:
            raise OSError(28, "No space left on device")
        self.written += 1

    def flush(self) -> None:
        """There is nothing behind it."""

    def close(self) -> None:
        """There is nothing behind it."""


def test_every_message_that_a_capture_lacks_is_counted() -> None:
    tap = Tap(Unwritable())  # type: ignore[arg-type]
    for _ in range(4):
        tap.note(b"abc", HERE, THERE)
    tap.flush()
    tap.note(b"abc", HERE, THERE)
    tap.close()
    assert tap.dropped == 4


class Failing(AuditList):
    """Raises what nobody expects."""

    def flush(self) -> None:
        if self.records:
            raise ZeroDivisionError("unexpected")


def test_housekeeping_that_fails_ends_the_process_with_an_error() -> None:
    audit = Failing()
    ric = NearRtRic([Minimal()], clock=SystemClock(), audit=audit)
    audit.record("decision", {})

    async def run() -> None:
        async with asyncio.timeout(PATIENCE_S):
            await Serve(Parts(options=RicOptions(quiet=True, seconds=60), ric=ric)).run()

    with pytest.raises(RicloopError, match="housekeeping failed with ZeroDivisionError: unexpected"):
        asyncio.run(run())


def test_a_turn_that_raises_is_not_the_last() -> None:
    ric = NearRtRic([Minimal()], clock=ManualClock())
    turns: list[int] = []
    again = asyncio.Event()

    def turn() -> int:
        turns.append(len(turns))
        if len(turns) == 1:
            raise ZeroDivisionError("unexpected")
        again.set()
        return 0

    ric.turn = turn  # type: ignore[method-assign]
    ric.turn_at = lambda: 0 if len(turns) < 2 else None  # type: ignore[method-assign]

    async def run() -> None:
        told: list[Any] = []
        Turns(ric, Garbage()).work()
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
        async with asyncio.timeout(PATIENCE_S):
            await again.wait()
        assert isinstance(told[0], ZeroDivisionError)

    asyncio.run(run())
