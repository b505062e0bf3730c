"""SCTP on the kernel at hand: the error where it has none, and on one that has, PPIDs and broken peers.

`test_sctp_uml.py` runs this file on a kernel with SCTP.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ricloop.core.errors import TransportError
from ricloop.e2ap.messages import (
    AckRequest,
    ActionToBeSetup,
    GlobalRicId,
    RequestId,
    RicControlRequest,
    RicIndication,
)
from ricloop.link.driver import Link
from ricloop.link.reconnect import NodeLink
from ricloop.session.events import (
    ControlAcknowledged,
    ControlRequested,
    NodeConnected,
    NodeEvent,
    RicEvent,
    SubscriptionAdmitted,
    SubscriptionRequested,
)
from ricloop.session.node import NodeSession
from ricloop.session.ric import RicSession
from ricloop.testing.pair import KPM, PLMN, RC, setup_request
from ricloop.testing.transport import Recorder
from ricloop.transport import sctp_socket
from ricloop.transport.address import Address
from ricloop.transport.base import E2_DU_PPID, Transport
from ricloop.transport.errors import cannot_connect
from ricloop.transport.registry import connect, listen
from tests.patience import PATIENCE_S

LOOPBACK = "sctp://127.0.0.1:0"
LARGE = bytes(range(256)) * 800
"""More than three times what is read at a time."""


def kernel_has_sctp() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, sctp_socket.IPPROTO_SCTP).close()
    except OSError:
        return False
    return True


with_sctp = pytest.mark.skipif(not kernel_has_sctp(), reason="this kernel has no SCTP: run by test_sctp_uml.py")
without_sctp = pytest.mark.skipif(kernel_has_sctp(), reason="this kernel has SCTP")


class SystemClock:
    """The clock that transports stamp with."""

    def now(self) -> int:
        return time.monotonic_ns()


@without_sctp
@pytest.mark.parametrize("doing", ["listen", "connect"])
def test_a_kernel_without_sctp_is_named_with_both_ways_out(doing: str) -> None:
    async def run() -> None:
        if doing == "listen":
            await listen("sctp://127.0.0.1:36421", lambda _: None)
        else:
            await connect("sctp://127.0.0.1:36421")

    with pytest.raises(TransportError) as raised:
        asyncio.run(run())
    for words in ("sctp://127.0.0.1:36421", "no SCTP", "modprobe sctp", "tcp://127.0.0.1:36421"):
        assert words in str(raised.value)


def test_a_kernel_that_refuses_the_protocol_is_named_the_same_way() -> None:
    error = OSError(errno.EPROTONOSUPPORT, "Protocol not supported")
    assert "modprobe sctp" in str(cannot_connect(Address("sctp", "127.0.0.1", 36421), error))


def with_plain_peer(test: Callable[[socket.socket, Recorder, Transport], Coroutine[Any, Any, None]]) -> None:
    """Run `test` with one of our transports and a plain SCTP socket as its peer."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        accepted: asyncio.Future[Transport] = loop.create_future()
        listener = await listen(LOOPBACK, accepted.set_result, ppid=E2_DU_PPID)
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM, sctp_socket.IPPROTO_SCTP)
        plain.setblocking(False)
        await loop.sock_connect(plain, ("127.0.0.1", listener.address.port))
        transport = await accepted
        recorder = Recorder()
        transport.start(recorder)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await test(plain, recorder, transport)
        finally:
            transport.close()
            plain.close()
            await listener.close()
            await asyncio.sleep(0)

    asyncio.run(run())


async def until(recorder: Recorder, there: Callable[[], bool]) -> None:
    while not there():
        recorder.changed.clear()
        await recorder.changed.wait()


@with_sctp
def test_any_ppid_is_taken_and_unusual_ones_are_counted() -> None:
    async def test(plain: socket.socket, recorder: Recorder, transport: Transport) -> None:
        for ppid in (0, 70, 72, 4711):
            sndinfo = struct.pack("=HH4sIi", 0, 0, ppid.to_bytes(4, "big"), 0, 0)
            plain.sendmsg([b"pdu"], [(sctp_socket.IPPROTO_SCTP, 2, sndinfo)])
        await until(recorder, lambda: len(recorder.frames) == 4)
        assert transport.counters["unusual_ppids"] == 1

    with_plain_peer(test)


@with_sctp
def test_any_stream_is_taken_and_others_than_ours_are_counted() -> None:
    async def test(plain: socket.socket, recorder: Recorder, transport: Transport) -> None:
        for stream in (0, 3, 0, 9):
            sndinfo = struct.pack("=HH4sIi", stream, 0, (70).to_bytes(4, "big"), 0, 0)
            plain.sendmsg([b"pdu"], [(sctp_socket.IPPROTO_SCTP, 2, sndinfo)])
        await until(recorder, lambda: len(recorder.frames) == 4)
        assert transport.counters["other_streams"] == 2

    with_plain_peer(test)


@with_sctp
def test_our_ppid_is_the_one_asked_for_and_can_be_changed() -> None:
    async def test(plain: socket.socket, recorder: Recorder, transport: Transport) -> None:
        plain.setsockopt(sctp_socket.IPPROTO_SCTP, sctp_socket.SCTP_RECVRCVINFO, 1)
        # FlexRIC's 0 in place of E2AP's own, once the RIC knows whom it has.
        for ppid in (72, 0):
            if ppid != 72:
                transport.use_ppid(ppid)
            transport.send(b"pdu")
            readable = asyncio.Event()
            asyncio.get_running_loop().add_reader(plain, readable.set)
            await readable.wait()
            asyncio.get_running_loop().remove_reader(plain)
            data, ancillary, *_ = plain.recvmsg(100, 100)
            assert data == b"pdu"
            assert [int.from_bytes(value[8:12], "big") for _, _, value in ancillary] == [ppid]

    with_plain_peer(test)


@with_sctp
def test_a_peer_that_aborts_is_told() -> None:
    async def test(plain: socket.socket, recorder: Recorder, _: Transport) -> None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        plain.close()
        await until(recorder, lambda: bool(recorder.lost))
        assert recorder.lost == ["connection lost: the peer aborted: its user aborted"]

    with_plain_peer(test)


@with_sctp
def test_a_refused_connection_and_a_port_in_use_are_named() -> None:
    async def run() -> None:
        listener = await listen(LOOPBACK, lambda _: None)
        with pytest.raises(TransportError, match="the port is in use"):
            await listen(listener.address, lambda _: None)
        await listener.close()
        with pytest.raises(TransportError, match="nothing listens there"):
            await connect(listener.address)

    asyncio.run(run())


@with_sctp
def test_a_whole_association_runs_over_sctp() -> None:
    """Setup, subscription, indication, control and its acknowledgement, between two links."""
    one, two = RequestId(1, 1), RequestId(1, 2)
    seen: list[str] = []

    async def run() -> None:
        clock = SystemClock()
        done = asyncio.Event()
        links: list[Link[RicEvent]] = []

        def at_ric(event: RicEvent, _: int) -> None:
            seen.append(type(event).__name__)
            # The last: where the machine stood still for longer than a setup may take, the node came again.
            session = links[-1].session
            assert isinstance(session, RicSession)
            if isinstance(event, NodeConnected):
                session.subscribe(one, KPM.id, b"trigger", [ActionToBeSetup(id=1, definition=b"a")], clock.now())
            elif isinstance(event, RicIndication):
                assert event.message == LARGE
                request = RicControlRequest(
                    request_id=two, function_id=RC.id, header=b"h", message=b"m", ack=AckRequest.ACK
                )
                session.control(request, clock.now())
            elif isinstance(event, ControlAcknowledged):
                done.set()

        def at_node(event: NodeEvent, _: int) -> None:
            seen.append(type(event).__name__)
            session = node.session
            assert session is not None
            if isinstance(event, SubscriptionRequested):
                session.admit(one, (1,), (), clock.now())
                session.indicate(
                    RicIndication(request_id=one, function_id=KPM.id, action_id=1, header=b"h", message=LARGE)
                )
            elif isinstance(event, ControlRequested):
                session.acknowledge(two, RC.id, b"done")

        def accept(transport: Transport) -> None:
            links.append(Link(RicSession(GlobalRicId(PLMN, 1)), transport, clock, at_ric))
            links[-1].start()

        listener = await listen(LOOPBACK, accept)
        node = NodeLink(lambda: NodeSession(setup_request()), listener.address, clock=clock, on_event=at_node)
        running = asyncio.create_task(node.run())
        async with asyncio.timeout(PATIENCE_S):
            await done.wait()
            node.stop()
            await running
        await listener.close()
        links[-1].close()

    asyncio.run(run())
    for event in (NodeConnected, SubscriptionAdmitted, RicIndication, ControlRequested, ControlAcknowledged):
        assert event.__name__ in seen


@with_sctp
def test_an_association_asks_after_a_silent_peer_and_gives_it_up_in_seconds() -> None:
    async def run() -> None:
        accepted: asyncio.Future[Transport] = asyncio.get_running_loop().create_future()
        listener = await listen(LOOPBACK, accepted.set_result)
        for end in (await connect(listener.address), await accepted):
            plain = end._socket  # type: ignore[attr-defined]
            got = plain.getsockopt(sctp_socket.IPPROTO_SCTP, sctp_socket.SCTP_ASSOCINFO, 20)
            assert struct.unpack_from("=iH", got)[1] == sctp_socket.RETRANSMISSIONS
            got = plain.getsockopt(sctp_socket.IPPROTO_SCTP, sctp_socket.SCTP_RTOINFO, 16)
            assert struct.unpack("=iIII", got)[2] == sctp_socket.RTO_MAX_MS
            got = plain.getsockopt(sctp_socket.IPPROTO_SCTP, sctp_socket.SCTP_PEER_ADDR_PARAMS, 152)
            assert struct.unpack_from("=IH", got, 132) == (sctp_socket.HEARTBEAT_MS, sctp_socket.RETRANSMISSIONS)
            end.start(Recorder())
            end.close()
        await listener.close()

    asyncio.run(run())
