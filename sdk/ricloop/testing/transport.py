"""What every transport must do, checked: `check_transport(open_ends)`.

`open_ends` makes a fresh connection; the checks send through it and wait for what arrives. A transport that moves by
itself (sockets) is waited for; one that must be pumped (memory) gives its `pump` as `Ends.settle`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ricloop.core.errors import TransportError
from ricloop.transport.base import CLOSED_HERE, CLOSED_THERE, MAX_BUFFERED, MAX_PDU, Frame, Transport, TransportClosed

PATIENCE_S = 30.0
"""After this the transport counts as hung. Nothing that works takes a thousandth of it."""


def _nothing() -> None:
    """Sockets move by themselves."""


@dataclass(frozen=True)
class Ends:
    """A connection that nobody has started yet."""

    left: Transport
    right: Transport
    settle: Callable[[], object] = _nothing
    close: Callable[[], Awaitable[None]] | None = None
    """Closes what both ends hang on, a listener say."""


OpenEnds = Callable[[], Awaitable[Ends]]


@dataclass
class Recorder:
    """A receiver that keeps everything and can be waited for."""

    frames: list[Frame] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def frame_received(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.changed.set()

    def connection_lost(self, reason: str) -> None:
        self.lost.append(reason)
        self.changed.set()

    @property
    def data(self) -> list[bytes]:
        return [frame.data for frame in self.frames]


async def arrival(ends: Ends, recorder: Recorder, there: Callable[[], bool], what: str) -> None:
    """Wait until `there()`; AssertionError naming `what` when it never comes."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            ends.settle()
            while not there():
                recorder.changed.clear()
                await recorder.changed.wait()
                ends.settle()
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None


async def check_transport(open_ends: OpenEnds) -> None:
    """Raises AssertionError that names the rule of `ricloop.transport.base` which the transport breaks."""
    for check in CHECKS:
        ends = await open_ends()
        left, right = Recorder(), Recorder()
        try:
            await check(ends, left, right)
        finally:
            ends.left.close()
            ends.right.close()
            if ends.close is not None:
                await ends.close()
            ends.settle()


async def check_order(ends: Ends, left: Recorder, right: Recorder) -> None:
    """PDUs arrive whole, in order, once, both ways; what was sent before `start` is not lost."""
    sent = [bytes((n % 251,)) * (1 + 37 * n) for n in range(200)]
    for data in sent:
        ends.left.send(data)
    ends.left.start(left)
    ends.right.start(right)
    for data in sent:
        ends.right.send(data)
    await arrival(ends, right, lambda: len(right.frames) >= len(sent), "200 PDUs from left to right")
    await arrival(ends, left, lambda: len(left.frames) >= len(sent), "200 PDUs from right to left")
    assert right.data == sent, "PDUs must arrive whole and in order"
    assert left.data == sent, "PDUs must arrive whole and in order"
    assert ends.left.counters["frames_out"] == ends.right.counters["frames_in"] == len(sent), "frames are counted"
    assert ends.left.counters["octets_out"] == sum(map(len, sent)), "octets are counted"


async def check_sizes(ends: Ends, left: Recorder, right: Recorder) -> None:
    """One octet and a megabyte pass; nothing, and more than that, is refused with both numbers in the message."""
    ends.left.start(left)
    ends.right.start(right)
    largest = bytes(range(256)) * (MAX_PDU // 256)
    for data in (b"\x01", largest, b"\x02"):
        ends.left.send(data)
    await arrival(ends, right, lambda: len(right.frames) >= 3, "one octet, a megabyte and one octet")
    assert right.data == [b"\x01", largest, b"\x02"], "a PDU of MAX_PDU octets must pass unchanged"
    for wrong in (b"", bytes(MAX_PDU + 1)):
        complaint = _refusal(ends.left, wrong)
        assert complaint is not None, f"a PDU of {len(wrong)} octets must be refused"
        assert str(len(wrong)) in complaint, f"the refusal names the size: {complaint}"


def _refusal(transport: Transport, data: bytes) -> str | None:
    """What `send` complains of; None where it takes the PDU."""
    try:
        transport.send(data)
    except TransportError as error:
        return str(error)
    return None


async def check_stamps(ends: Ends, left: Recorder, right: Recorder) -> None:
    """Arrival stamps never go back."""
    ends.left.start(left)
    ends.right.start(right)
    for number in range(20):
        ends.left.send(bytes((number,)))
    await arrival(ends, right, lambda: len(right.frames) >= 20, "20 PDUs")
    stamps = [frame.arrived for frame in right.frames]
    assert stamps == sorted(stamps), "arrival stamps must not go back"


async def check_close(ends: Ends, left: Recorder, right: Recorder) -> None:
    """What was sent before `close` still arrives; both sides hear of the end once, and not inside the call."""
    ends.left.start(left)
    ends.right.start(right)
    ends.left.send(b"last words")
    ends.left.close()
    ends.left.close()
    assert left.lost == [], "connection_lost must not come from inside close()"
    await arrival(ends, right, lambda: bool(right.lost), "the peer's connection_lost")
    await arrival(ends, left, lambda: bool(left.lost), "our own connection_lost")
    assert right.data == [b"last words"], "what was sent before close() must arrive"
    assert left.lost == [CLOSED_HERE], f"one reason on our side, not {left.lost}"
    assert right.lost == [CLOSED_THERE], f"one reason on the peer's side, not {right.lost}"
    for end in (ends.left, ends.right):
        try:
            end.send(b"too late")
        except TransportClosed:
            continue
        raise AssertionError("send() after the end must raise TransportClosed")


async def check_back_pressure(ends: Ends, left: Recorder, right: Recorder) -> None:
    """A peer that does not read is given up, counted, and named; memory stays bounded."""
    ends.left.start(left)
    block = bytes(1 << 16)
    for _ in range(8 * MAX_BUFFERED // len(block)):
        ends.left.send(block)
        if ends.left.counters["slow_peers"]:
            break
    assert ends.left.counters["slow_peers"] == 1, f"more than {8 * MAX_BUFFERED} octets were taken for a silent peer"
    await arrival(ends, left, lambda: bool(left.lost), "connection_lost after a peer that does not read")
    assert len(left.lost) == 1, "connection_lost comes once"
    assert left.lost[0].startswith("the peer does not read"), f"the reason says so, not {left.lost[0]!r}"
    ends.right.start(right)
    await arrival(ends, right, lambda: bool(right.lost), "the silent peer's connection_lost")


CHECKS = (check_order, check_sizes, check_stamps, check_close, check_back_pressure)
