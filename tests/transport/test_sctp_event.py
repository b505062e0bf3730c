"""Notifications of the kernel: each kind, and octets that are none."""

from __future__ import annotations

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.transport.sctp_event import (
    AssociationChanged,
    Change,
    DeliveryAborted,
    Path,
    PathChanged,
    PeerShutDown,
    RemoteError,
    SctpEvent,
    SendFailed,
    cause_name,
    parse_event,
)


def notification(kind: int, body: bytes) -> bytes:
    return struct.pack("=HHI", kind, 0, 8 + len(body)) + body


FOUR = struct.pack("=H2s4s", socket.AF_INET, b"\x8e\x45", socket.inet_aton("10.0.0.7")).ljust(128, b"\0")
SIX = struct.pack("=H2s4x16s", socket.AF_INET6, b"\x8e\x45", socket.inet_pton(socket.AF_INET6, "fd00::7")).ljust(128)
KNOWN: list[tuple[bytes, SctpEvent]] = [
    (notification(0x8001, struct.pack("=H2sHHi", 1, b"\0\x0c", 10, 10, 3)), AssociationChanged(Change.LOST, 12)),
    (notification(0x8001, struct.pack("=H2sHHi", 2, b"\0\0", 10, 10, 3)), AssociationChanged(Change.RESTART, 0)),
    (notification(0x8002, FOUR + struct.pack("=iii", 1, 0, 3)), PathChanged("10.0.0.7", Path.UNREACHABLE)),
    (notification(0x8002, SIX + struct.pack("=iii", 0, 0, 3)), PathChanged("fd00::7", Path.AVAILABLE)),
    (notification(0x8003, bytes(44)), SendFailed()),
    (notification(0x8004, b"\0\x0d" + bytes(6)), RemoteError(13)),
    (notification(0x8005, bytes(4)), PeerShutDown()),
    (notification(0x8006, bytes(16)), DeliveryAborted()),
]


@pytest.mark.parametrize(("data", "event"), KNOWN, ids=lambda value: type(value).__name__)
def test_each_kind_is_read(data: bytes, event: SctpEvent) -> None:
    assert parse_event(data) == event


@pytest.mark.parametrize("data", [data for data, _ in KNOWN])
def test_one_that_is_cut_short_is_passed_over_or_read_from_what_is_there(data: bytes) -> None:
    for length in range(8):
        assert parse_event(data[:length]) is None


@given(st.sampled_from(range(0x8000, 0x8010)), st.binary(max_size=200))
def test_octets_of_any_kind_are_an_event_or_nothing(kind: int, body: bytes) -> None:
    parse_event(notification(kind, body))


def test_causes_have_names() -> None:
    assert cause_name(12) == "its user aborted"
    assert cause_name(700) == "error cause 700"
