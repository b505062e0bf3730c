"""The messages of the control loop, straight from and to octets: what `codec.py` does, some thirty times faster.

Each function answers exactly as the reference does, or leaves the message to it: a property test holds them equal.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache

from ricloop.core.native import FAST
from ricloop.e2ap.codec import encode
from ricloop.e2ap.messages import (
    AckRequest,
    ActionType,
    RequestId,
    RicControlAcknowledge,
    RicControlRequest,
    RicIndication,
)

_LONGEST = 16383
"""Octets that one length determinant can count."""

_INDICATION, _CONTROL, _ACKNOWLEDGE = b"\x00\x05\x40", b"\x00\x04\x00", b"\x20\x04\x00"
# An IE's id, criticality reject and, where it is always the same, its length.
_REQUEST_ID = b"\x00\x1d\x00\x05\x00"
_FUNCTION_ID = b"\x00\x05\x00\x02"
_ACTION_ID = b"\x00\x0f\x00\x01"
_SEQUENCE = b"\x00\x1b\x00\x02"
_TYPE = b"\x00\x1c\x00\x01"
_HEADER, _MESSAGE, _CALL_PROCESS = b"\x00\x19\x00", b"\x00\x1a\x00", b"\x00\x14\x00"
_OUTCOME = b"\x00\x20\x00"
_CONTROL_HEADER, _CONTROL_MESSAGE = b"\x00\x16\x00", b"\x00\x17\x00"
_ACK = {None: b"", AckRequest.NO_ACK: b"\x00\x15\x00\x01\x00", AckRequest.ACK: b"\x00\x15\x00\x01\x40"}
_ACKS = {octets: ack for ack, octets in _ACK.items() if ack is not None}
_TYPES = {b"\x00": ActionType.REPORT, b"\x40": ActionType.INSERT}
_TYPE_OCTETS = {kind: octets for octets, kind in _TYPES.items()}

_REQUEST_AND_FUNCTION = struct.Struct(">HH4xH4xB")
_TWO = struct.Struct(">H")
_FOUR = struct.Struct(">HH")


def decode_indication(data: bytes) -> RicIndication | None:
    """The RICindication in `data`, or None where it is something else, or anything but plain: ask `decode` then."""
    if FAST is None:
        return walk(data)
    found = FAST.walk(data)
    if found is None:
        return None
    requestor, instance, function_id, action_id, sequence, insert, header, message, process = found
    return RicIndication(
        request_id=RequestId(requestor, instance),
        function_id=function_id,
        action_id=action_id,
        sequence=sequence,
        type=ActionType.INSERT if insert else ActionType.REPORT,
        header=header,
        message=message,
        call_process_id=process,
    )


def walk(data: bytes) -> RicIndication | None:
    """`decode_indication` where there is no native module."""
    if data[:3] != _INDICATION:
        return None
    try:
        at, length = _length(data, 3)
        end = len(data)
        if (
            at + length != end
            or data[at] != 0
            or data[at + 3 : at + 8] != _REQUEST_ID
            or data[at + 12 : at + 16] != _FUNCTION_ID
            or data[at + 18 : at + 22] != _ACTION_ID
        ):
            return None
        count = _TWO.unpack_from(data, at + 1)[0] - 6
        requestor, instance, function_id, action_id = _REQUEST_AND_FUNCTION.unpack_from(data, at + 8)
        at += 23
        sequence = None
        if data[at : at + 4] == _SEQUENCE:
            sequence = _TWO.unpack_from(data, at + 4)[0]
            count, at = count - 1, at + 6
        kind = _TYPES.get(data[at + 4 : at + 5])
        if data[at : at + 4] != _TYPE or kind is None or function_id > 4095:
            return None
        at, header = _octets(data, at + 5, _HEADER)
        at, message = _octets(data, at, _MESSAGE)
        call_process_id = None
        if count == 1:
            at, call_process_id = _octets(data, at, _CALL_PROCESS)
        elif count:
            return None
    except (IndexError, struct.error, _NotPlainError):
        return None
    if at != end:
        return None
    return RicIndication(
        request_id=RequestId(requestor, instance),
        function_id=function_id,
        action_id=action_id,
        sequence=sequence,
        type=kind,
        header=header,
        message=message,
        call_process_id=call_process_id,
    )


def _control_opening(data: bytes) -> tuple[int, int, RequestId, int]:
    """What RICcontrolRequest and RICcontrolAcknowledge open with: the offset behind it, how many IEs, both ids."""
    at, length = _length(data, 3)
    if (
        at + length != len(data)
        or data[at] != 0
        or data[at + 1] != 0
        or data[at + 3 : at + 8] != _REQUEST_ID
        or data[at + 12 : at + 16] != _FUNCTION_ID
    ):
        raise _NotPlainError
    requestor, instance = _FOUR.unpack_from(data, at + 8)
    function_id = _TWO.unpack_from(data, at + 16)[0]
    if function_id > 4095:
        raise _NotPlainError
    return at + 18, data[at + 2], RequestId(requestor, instance), function_id


def decode_acknowledge(data: bytes) -> RicControlAcknowledge | None:
    """The RICcontrolAcknowledge in `data`, of v2 or v3; None where it is something else, or anything but plain."""
    if data[:3] != _ACKNOWLEDGE:
        return None
    try:
        at, count, request_id, function_id = _control_opening(data)
        count -= 2
        process = outcome = None
        if count and data[at : at + 3] == _CALL_PROCESS:
            at, process = _octets(data, at, _CALL_PROCESS)
            count -= 1
        if count:
            at, outcome = _octets(data, at, _OUTCOME)
            count -= 1
    except (IndexError, struct.error, _NotPlainError):
        return None
    if at != len(data) or count:
        return None
    return RicControlAcknowledge(
        request_id=request_id, function_id=function_id, call_process_id=process, outcome=outcome
    )


def decode_control(data: bytes) -> RicControlRequest | None:
    """The RICcontrolRequest in `data`, of v2 or v3; None where it is something else, or anything but plain."""
    if data[:3] != _CONTROL:
        return None
    try:
        at, count, request_id, function_id = _control_opening(data)
        count -= 4
        process = ack = None
        if data[at : at + 3] == _CALL_PROCESS:
            at, process = _octets(data, at, _CALL_PROCESS)
            count -= 1
        at, header = _octets(data, at, _CONTROL_HEADER)
        at, message = _octets(data, at, _CONTROL_MESSAGE)
        if count:
            ack = _ACKS[data[at : at + 5]]
            at, count = at + 5, count - 1
    except (IndexError, KeyError, struct.error, _NotPlainError):
        return None
    if at != len(data) or count:
        return None
    return RicControlRequest(
        request_id=request_id,
        function_id=function_id,
        call_process_id=process,
        header=header,
        message=message,
        ack=ack,
    )


def encode_acknowledge(message: RicControlAcknowledge) -> bytes:
    """The same octets as `encode` in v2 and v3, and the same errors."""
    request, function_id = message.request_id, message.function_id
    try:
        parts = [_REQUEST_ID, _FOUR.pack(request.requestor, request.instance), _FUNCTION_ID, _TWO.pack(function_id)]
        if message.call_process_id is not None:
            parts += [_CALL_PROCESS, _double(message.call_process_id)]
        if message.outcome is not None:
            parts += [_OUTCOME, _double(message.outcome)]
        count = 2 + (message.call_process_id is not None) + (message.outcome is not None)
        return _finish(_ACKNOWLEDGE, count, parts, function_id)
    except (TypeError, ValueError, struct.error, _NotPlainError):
        return encode(message)


def encode_indication(message: RicIndication) -> bytes:
    """The same octets as `encode`, and the same errors."""
    request, function_id = message.request_id, message.function_id
    try:
        kind = _TYPE_OCTETS[message.type]
        parts = [
            _REQUEST_ID, _FOUR.pack(request.requestor, request.instance), _FUNCTION_ID, _TWO.pack(function_id),
            _ACTION_ID, bytes((message.action_id,)), _TYPE, kind,
            _HEADER, _double(message.header), _MESSAGE, _double(message.message),
        ]  # fmt: skip
        count = 6
        if message.sequence is not None:
            parts[6:6] = [_SEQUENCE, _TWO.pack(message.sequence)]
            count += 1
        if message.call_process_id is not None:
            parts += [_CALL_PROCESS, _double(message.call_process_id)]
            count += 1
        return _finish(_INDICATION, count, parts, function_id)
    except (KeyError, TypeError, ValueError, struct.error, _NotPlainError):
        return encode(message)


def encode_control(message: RicControlRequest) -> bytes:
    """The same octets as `encode`, and the same errors."""
    if message.call_process_id is None:
        return control_frame(message.function_id, message.ack)(message.request_id, message.header, message.message)
    return _encode_control(message)


def control_frame(function_id: int, ack: AckRequest | None) -> Callable[[RequestId, bytes, bytes], bytes]:
    """`encode_control` for one RAN function, without a call process id: called with request id, header and message. It
    raises EncodeError as that does."""

    # Hashing an Enum costs more than the rest of the look-up.
    end = _ACK[ack]

    def filled(request: RequestId, header: bytes, message: bytes) -> bytes:
        try:
            start, middle, between = _frame(function_id, len(header), len(message), end)
            return b"".join((start, _FOUR.pack(*request), middle, header, between, message, end))
        except (KeyError, TypeError, ValueError, struct.error, _NotPlainError):
            return encode(
                RicControlRequest(request_id=request, function_id=function_id, header=header, message=message, ack=ack)
            )

    return filled


@lru_cache(maxsize=256)
def _frame(function_id: int, header: int, body: int, end: bytes) -> tuple[bytes, bytes, bytes]:
    """Everything of a RICcontrolRequest but its request id, its header and its message, of these lengths, and its end,
    the wish for an acknowledge."""
    if not 0 <= function_id <= 4095:
        raise _NotPlainError
    middle = _FUNCTION_ID + _TWO.pack(function_id) + _CONTROL_HEADER + _lengths(header)
    between = _CONTROL_MESSAGE + _lengths(body)
    length = len(_REQUEST_ID) + 4 + len(middle) + header + len(between) + body + len(end)
    count = 4 + bool(end)
    start = b"".join((_CONTROL, _count(length + 3), b"\x00\x00", bytes((count,)), _REQUEST_ID))
    return start, middle, between


def _lengths(size: int) -> bytes:
    """Of an octet string inside an open type."""
    length = _count(size)
    return _count(len(length) + size) + length


def _encode_control(message: RicControlRequest) -> bytes:
    request, function_id = message.request_id, message.function_id
    try:
        parts = [_REQUEST_ID, _FOUR.pack(request.requestor, request.instance), _FUNCTION_ID, _TWO.pack(function_id)]
        if message.call_process_id is not None:
            parts += [_CALL_PROCESS, _double(message.call_process_id)]
        parts += [_CONTROL_HEADER, _double(message.header), _CONTROL_MESSAGE, _double(message.message)]
        ack = _ACK[message.ack]
        count = 4 + (message.call_process_id is not None) + (message.ack is not None)
        return _finish(_CONTROL, count, [*parts, ack], function_id)
    except (KeyError, TypeError, ValueError, struct.error, _NotPlainError):
        return encode(message)


class _NotPlainError(Exception):
    """The reference has to look at this one."""


def _finish(procedure: bytes, count: int, parts: list[bytes], function_id: int) -> bytes:
    body = b"".join(parts)
    if function_id > 4095:
        raise _NotPlainError
    return b"".join((procedure, _count(len(body) + 3), b"\x00\x00", bytes((count,)), body))


def _double(payload: bytes) -> bytes:
    """An octet string inside an open type: it carries two lengths."""
    return _lengths(len(payload)) + payload


def _count(length: int) -> bytes:
    if length < 128:
        return bytes((length,))
    if length > _LONGEST:
        raise _NotPlainError
    return _TWO.pack(0x8000 | length)


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Where the counted octets begin, and how many they are."""
    first = data[at]
    if first < 0x80:
        return at + 1, first
    if first < 0xC0:
        return at + 2, (first & 0x3F) << 8 | data[at + 1]
    raise _NotPlainError


def _octets(data: bytes, at: int, prefix: bytes) -> tuple[int, bytes]:
    if data[at : at + 3] != prefix:
        raise _NotPlainError
    at, outer = _length(data, at + 3)
    start, length = _length(data, at)
    end = start + length
    if end != at + outer or end > len(data):
        raise _NotPlainError
    return end, data[start:end]
