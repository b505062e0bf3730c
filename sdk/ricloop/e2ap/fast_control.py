"""RICcontrolRequest and RICcontrolAcknowledge of v2 and v3, straight from and to octets.

As in `fast_indication.py`, each function answers exactly as the reference does, or leaves the message to it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache

from ricloop.e2ap.codec import encode
from ricloop.e2ap.messages import AckRequest, RequestId, RicControlAcknowledge, RicControlRequest
from ricloop.e2ap.plain import (
    CALL_PROCESS,
    FOUR,
    FUNCTION_ID,
    REQUEST_ID,
    TWO,
    NotPlainError,
    call_process,
    functional,
    length_octets,
    lengths_of,
    octets_ie,
    read_length,
    read_octets,
)

_CONTROL, _ACKNOWLEDGE = b"\x00\x04\x00", b"\x20\x04\x00"
_OUTCOME = b"\x00\x20\x00"
_CONTROL_HEADER, _CONTROL_MESSAGE = b"\x00\x16\x00", b"\x00\x17\x00"
_ACK = {None: b"", AckRequest.NO_ACK: b"\x00\x15\x00\x01\x00", AckRequest.ACK: b"\x00\x15\x00\x01\x40"}
_ACKS = {octets: ack for ack, octets in _ACK.items() if ack is not None}


def decode_control(data: bytes) -> RicControlRequest | None:
    """The RICcontrolRequest in `data`, of v2 or v3; None where it is something else, or anything but plain."""
    if data[:3] != _CONTROL:
        return None
    try:
        at, count, request_id, function_id = _opening(data)
        count -= 4
        process = ack = None
        if data[at : at + 3] == CALL_PROCESS:
            at, process = read_octets(data, at, CALL_PROCESS)
            count -= 1
        at, header = read_octets(data, at, _CONTROL_HEADER)
        at, message = read_octets(data, at, _CONTROL_MESSAGE)
        if count:
            ack = _ACKS[data[at : at + 5]]
            at, count = at + 5, count - 1
    except (IndexError, KeyError, struct.error, NotPlainError):
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


def decode_acknowledge(data: bytes) -> RicControlAcknowledge | None:
    """The RICcontrolAcknowledge in `data`, of v2 or v3; None where it is something else, or anything but plain."""
    if data[:3] != _ACKNOWLEDGE:
        return None
    try:
        at, count, request_id, function_id = _opening(data)
        count -= 2
        process = outcome = None
        if count and data[at : at + 3] == CALL_PROCESS:
            at, process = read_octets(data, at, CALL_PROCESS)
            count -= 1
        if count:
            at, outcome = read_octets(data, at, _OUTCOME)
            count -= 1
    except (IndexError, struct.error, NotPlainError):
        return None
    if at != len(data) or count:
        return None
    return RicControlAcknowledge(
        request_id=request_id, function_id=function_id, call_process_id=process, outcome=outcome
    )


def _opening(data: bytes) -> tuple[int, int, RequestId, int]:
    """What RICcontrolRequest and RICcontrolAcknowledge open with: the offset behind it, how many IEs, both ids."""
    at, length = read_length(data, 3)
    if (
        at + length != len(data)
        or data[at] != 0
        or data[at + 1] != 0
        or data[at + 3 : at + 8] != REQUEST_ID
        or data[at + 12 : at + 16] != FUNCTION_ID
    ):
        raise NotPlainError
    requestor, instance = FOUR.unpack_from(data, at + 8)
    function_id = TWO.unpack_from(data, at + 16)[0]
    if function_id > 4095:
        raise NotPlainError
    return at + 18, data[at + 2], RequestId(requestor, instance), function_id


def encode_control(message: RicControlRequest) -> bytes:
    """The same octets as `encode`, and the same errors."""
    try:
        if message.call_process_id is None:
            return control_frame(message.function_id, message.ack)(message.request_id, message.header, message.message)
        end = _ACK[message.ack]
        return functional(
            _CONTROL,
            message,
            *call_process(message.call_process_id),
            octets_ie(_CONTROL_HEADER, message.header),
            octets_ie(_CONTROL_MESSAGE, message.message),
            *((end,) if end else ()),
        )
    except (KeyError, TypeError, ValueError, struct.error, NotPlainError):
        return encode(message)


def control_frame(function_id: int, ack: AckRequest | None) -> Callable[[RequestId, bytes, bytes], bytes]:
    """`encode_control` for one RAN function, without a call process id: called with request id, header and message. It
    raises EncodeError as that does."""

    # Hashing an Enum costs more than the rest of the look-up.
    end = _ACK[ack]

    def filled(request: RequestId, header: bytes, message: bytes) -> bytes:
        try:
            start, middle, between = _frame(function_id, len(header), len(message), end)
            return b"".join((start, FOUR.pack(*request), middle, header, between, message, end))
        except (KeyError, TypeError, ValueError, struct.error, NotPlainError):
            return encode(
                RicControlRequest(request_id=request, function_id=function_id, header=header, message=message, ack=ack)
            )

    return filled


@lru_cache(maxsize=256)
def _frame(function_id: int, header: int, body: int, end: bytes) -> tuple[bytes, bytes, bytes]:
    """Everything of a RICcontrolRequest but its request id, its header and its message, of these lengths, and its end,
    the wish for an acknowledge."""
    if not 0 <= function_id <= 4095:
        raise NotPlainError
    middle = FUNCTION_ID + TWO.pack(function_id) + _CONTROL_HEADER + lengths_of(header)
    between = _CONTROL_MESSAGE + lengths_of(body)
    length = len(REQUEST_ID) + 4 + len(middle) + header + len(between) + body + len(end)
    count = 4 + bool(end)
    start = b"".join((_CONTROL, length_octets(length + 3), b"\x00\x00", bytes((count,)), REQUEST_ID))
    return start, middle, between


def encode_acknowledge(message: RicControlAcknowledge) -> bytes:
    """The same octets as `encode`, and the same errors."""
    try:
        outcome = () if message.outcome is None else (octets_ie(_OUTCOME, message.outcome),)
        return functional(_ACKNOWLEDGE, message, *call_process(message.call_process_id), *outcome)
    except (TypeError, ValueError, struct.error, NotPlainError):
        return encode(message)
