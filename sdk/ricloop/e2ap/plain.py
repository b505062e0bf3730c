"""What the fast paths of E2AP's messages share: the two ids that they open with, lengths, and octet strings."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Protocol

from ricloop.e2ap.messages import RequestId

# An IE's id, criticality reject and, where it is always the same, its length.
REQUEST_ID = b"\x00\x1d\x00\x05\x00"
FUNCTION_ID = b"\x00\x05\x00\x02"
CALL_PROCESS = b"\x00\x14\x00"
TWO = struct.Struct(">H")
FOUR = struct.Struct(">HH")
_LONGEST = 16383
"""Octets that one length determinant can count."""


class NotPlainError(Exception):
    """The reference has to look at this one."""


class Functional(Protocol):
    """A message of a functional procedure."""

    request_id: RequestId
    function_id: int


def functional(procedure: bytes, message: Functional, *ies: bytes) -> bytes:
    """The PDU: `procedure` is its kind, code and criticality, `ies` the octets of what follows the two ids."""
    if message.function_id > 4095:
        raise NotPlainError
    ids = (REQUEST_ID, FOUR.pack(*message.request_id), FUNCTION_ID, TWO.pack(message.function_id))
    body = b"".join((*ids, *ies))
    return b"".join((procedure, length_octets(len(body) + 3), b"\x00\x00", bytes((2 + len(ies),)), body))


def octets_ie(prefix: bytes, payload: bytes) -> bytes:
    """An IE that is an octet string inside an open type: it carries two lengths."""
    return prefix + lengths_of(len(payload)) + payload


def call_process(id_: bytes | None) -> tuple[bytes, ...]:
    """RICcallProcessID, where there is one."""
    return () if id_ is None else (octets_ie(CALL_PROCESS, id_),)


@lru_cache(maxsize=1 << 10)
def lengths_of(size: int) -> bytes:
    """Of an octet string inside an open type."""
    length = length_octets(size)
    return length_octets(len(length) + size) + length


@lru_cache(maxsize=1 << 10)
def length_octets(length: int) -> bytes:
    if length < 128:
        return bytes((length,))
    if length > _LONGEST:
        raise NotPlainError
    return TWO.pack(0x8000 | length)


def read_length(data: bytes, at: int) -> tuple[int, int]:
    """Where the counted octets begin, and how many they are."""
    first = data[at]
    if first < 0x80:
        return at + 1, first
    if first < 0xC0:
        return at + 2, (first & 0x3F) << 8 | data[at + 1]
    raise NotPlainError


def read_octets(data: bytes, at: int, prefix: bytes) -> tuple[int, bytes]:
    if data[at : at + 3] != prefix:
        raise NotPlainError
    at, outer = read_length(data, at + 3)
    start, length = read_length(data, at)
    end = start + length
    if end != at + outer or end > len(data):
        raise NotPlainError
    return end, data[start:end]
