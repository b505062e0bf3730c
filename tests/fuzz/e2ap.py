"""E2AP: the reference codec of both wire formats, the walk of indications three times over, and a pair of sessions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ricloop.e2ap import V1, V2, Version, decode, encode, fast_control, fast_indication
from ricloop.e2ap.codec import read
from ricloop.e2ap.messages import RicControlAcknowledge, RicControlRequest, RicIndication
from ricloop.testing.pair import SessionPair
from tests.fuzz.target import Target, refused
from tests.vectors import VECTORS
from tests.vectors.messages import MESSAGES

_MOST = 8
"""Frames in one input of the session pair."""


def _read(version: Version, data: bytes) -> None:
    with refused():
        read(data, version)


def _pdus(syntax: str) -> Iterator[bytes]:
    return (vector.octets for vector in VECTORS if vector.syntax == syntax and vector.type == "E2AP-PDU")


def walk(data: bytes) -> None:
    """The native walk, its twin, and those of controls say what the reference says, or leave the message to it."""
    found = {
        "twin": fast_indication.walk(data),
        "module": fast_indication.decode_indication(data),
        "control": fast_control.decode_control(data),
        "acknowledge": fast_control.decode_acknowledge(data),
    }
    right = None
    with refused():
        right = decode(data)
    for who, said in found.items():
        assert said is None or said == right, f"{who} reads {said!r}, the reference {right!r}"


def _walked() -> Iterator[bytes]:
    kinds = RicIndication | RicControlRequest | RicControlAcknowledge
    return (encode(message) for message in MESSAGES if isinstance(message, kinds))


def session(data: bytes) -> None:
    """Frames, each behind an octet of direction and two of length, at the ends of one association."""
    pair = SessionPair.connected()
    for _ in range(_MOST):
        if not data or pair.ric.should_close or pair.node.should_close:
            break
        end = 3 + int.from_bytes(data[1:3], "big")
        give = pair.to_ric if data[0] & 1 else pair.to_node
        give(data[3:end])
        data = data[end:]
    for end_ in (pair.ric, pair.node):
        assert end_.data_to_send() == [], "the ends do not fall silent"


def _frames() -> Iterator[bytes]:
    for octets in _pdus("E2AP"):
        for way in (b"\x00", b"\x01"):
            yield way + len(octets).to_bytes(2, "big") + octets


def _target(title: str, version: Version, syntax: str) -> Target:
    return Target(title, partial(_read, version), partial(_pdus, syntax))


TARGETS: dict[str, Target] = {
    "e2ap-v1": _target("E2AP v1 by the reference codec", V1, "E2AP_V1"),
    "e2ap-v2": _target("E2AP v2 and v3 by the reference codec", V2, "E2AP"),
    "e2ap-walk": Target("what comes every period by the walks and the reference", walk, _walked),
    "session": Target("both ends of an association", session, _frames),
}
