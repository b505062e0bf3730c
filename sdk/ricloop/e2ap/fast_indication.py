"""RICindication, straight from and to octets: what `codec.py` does, some thirty times faster.

Each function answers exactly as the reference does, or leaves the message to it: a property test holds them equal.
"""

from __future__ import annotations

import struct

from ricloop.core.native import FAST
from ricloop.e2ap.codec import encode
from ricloop.e2ap.messages import ActionType, RequestId, RicIndication
from ricloop.e2ap.plain import (
    CALL_PROCESS,
    FUNCTION_ID,
    REQUEST_ID,
    TWO,
    NotPlainError,
    call_process,
    functional,
    octets_ie,
    read_length,
    read_octets,
)

_INDICATION = b"\x00\x05\x40"
_ACTION_ID = b"\x00\x0f\x00\x01"
_SEQUENCE = b"\x00\x1b\x00\x02"
_TYPE = b"\x00\x1c\x00\x01"
_HEADER, _MESSAGE = b"\x00\x19\x00", b"\x00\x1a\x00"
_TYPES = {b"\x00": ActionType.REPORT, b"\x40": ActionType.INSERT}
_TYPE_IES = {kind: _TYPE + octets for octets, kind in _TYPES.items()}
_REQUEST_AND_FUNCTION = struct.Struct(">HH4xH4xB")


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
        at, length = read_length(data, 3)
        end = len(data)
        if (
            at + length != end
            or data[at] != 0
            or data[at + 3 : at + 8] != REQUEST_ID
            or data[at + 12 : at + 16] != FUNCTION_ID
            or data[at + 18 : at + 22] != _ACTION_ID
        ):
            return None
        count = TWO.unpack_from(data, at + 1)[0] - 6
        requestor, instance, function_id, action_id = _REQUEST_AND_FUNCTION.unpack_from(data, at + 8)
        at += 23
        sequence = None
        if data[at : at + 4] == _SEQUENCE:
            sequence = TWO.unpack_from(data, at + 4)[0]
            count, at = count - 1, at + 6
        kind = _TYPES.get(data[at + 4 : at + 5])
        if data[at : at + 4] != _TYPE or kind is None or function_id > 4095:
            return None
        at, header = read_octets(data, at + 5, _HEADER)
        at, message = read_octets(data, at, _MESSAGE)
        call_process_id = None
        if count == 1:
            at, call_process_id = read_octets(data, at, CALL_PROCESS)
        elif count:
            return None
    except (IndexError, struct.error, NotPlainError):
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


def encode_indication(message: RicIndication) -> bytes:
    """The same octets as `encode`, and the same errors."""
    try:
        sequence = () if message.sequence is None else (_SEQUENCE + TWO.pack(message.sequence),)
        return functional(
            _INDICATION,
            message,
            _ACTION_ID + bytes((message.action_id,)),
            *sequence,
            _TYPE_IES[message.type],
            octets_ie(_HEADER, message.header),
            octets_ie(_MESSAGE, message.message),
            *call_process(message.call_process_id),
        )
    except (KeyError, TypeError, ValueError, struct.error, NotPlainError):
        return encode(message)
