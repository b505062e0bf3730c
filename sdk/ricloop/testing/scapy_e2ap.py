"""E2AP for scapy, to dissect captures and to craft what no codec would encode; needs the extra `capture`.

    from ricloop.testing.scapy_e2ap import E2AP, E2apIe

    rdpcap("run.pcapng")[3][E2AP].show()                # procedure, kind, IEs by name; `.message`, `.tree`
    bad = E2AP.of(message)                              # any of ricloop.e2ap.messages
    bad.ies[0].length = 200                             # every octet can be wrong; None is what is right

Importing it binds E2AP to SCTP DATA chunks whose payload protocol is 70, 71 or 72 and that hold a whole message; for
FlexRIC's 0, `bind_layers(SCTPChunkData, E2AP, proto_id=0)`. Numbers that were dissected stay as they are when
something is edited, as in every layer of scapy: `del bad.length` has them computed. scapy is GPL-2.0-only.
"""

from __future__ import annotations

from typing import Any, ClassVar

from ricloop.decode.payload import Functions
from ricloop.decode.tree import tree_of
from ricloop.e2ap import V2, Version, decode, encode
from ricloop.e2ap.ies import IES
from ricloop.e2ap.messages import Message

try:
    from scapy.fields import (
        ByteEnumField,
        Field,
        FieldLenField,
        PacketListField,
        ShortEnumField,
        StrLenField,
        XByteField,
    )
    from scapy.layers import inet6, l2  # noqa: F401 - scapy knows the link types whose layers are loaded
    from scapy.layers.sctp import SCTPChunkData
    from scapy.packet import Packet, Raw, bind_layers
except ImportError as error:
    raise ImportError(f'E2AP for scapy needs scapy ({error}): pip install "ricloop[capture]"') from None

PPIDS = (70, 71, 72)
"""E2-CP, E2-UP, E2-DU."""
KINDS = {0x00: "initiatingMessage", 0x20: "successfulOutcome", 0x40: "unsuccessfulOutcome"}
"""The first octet: a choice of three in its upper bits."""
CRITICALITIES = {0x00: "reject", 0x40: "ignore", 0x80: "notify"}
PROCEDURES = {row.code: row.name.removesuffix("Request") for row in V2.by_code.values() if row.kind == KINDS[0]}
_NAMES = {number: ie.name for number, ie in IES.items()}
_LENGTH_AT = 3
"""Octets before the length of a PDU's value (kind, procedure, criticality) and of an IE's (id, criticality)."""
_FRAGMENT = 16384


def open_type(octets: bytes) -> bytes:
    """Octets behind their length in aligned PER (X.691 11.9), in fragments where they are 16384 or more."""
    size = len(octets)
    if size < _FRAGMENT:
        return _determinant(size) + octets
    count = min(size // _FRAGMENT, 4)
    at = count * _FRAGMENT
    return bytes((0xC0 | count,)) + octets[:at] + open_type(octets[at:])


def opened(data: bytes) -> tuple[bytes, bytes] | None:
    """Inverse of `open_type`: the octets and what follows them; None where they are not all there."""
    joined = b""
    while data:
        size, head = data[0], 1
        if size >= 0xC0:
            size = (size & 0x3F) * _FRAGMENT
        elif size >= 0x80:
            size, head = (size & 0x3F) << 8 | int.from_bytes(data[1:2], "big"), 2
        if len(data) < head + size:
            return None
        joined, fragment, data = joined + data[head : head + size], data[0] >= 0xC0, data[head + size :]
        if not fragment:
            return joined, data
    return None


def _determinant(size: int) -> bytes:
    return bytes((size,)) if size < 128 else (0x8000 | size).to_bytes(2, "big")


class LengthField(Field):
    """How many octets follow, as an open type has it. None: what is right; octets: written as they are."""

    def addfield(self, pkt: Packet, s: bytes, val: int | bytes | None) -> bytes:
        if isinstance(val, bytes):
            return s + val
        # What is right, and what takes fragments, is written by `post_build`.
        return s if val is None or val >= _FRAGMENT else s + _determinant(val)

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, int | bytes]:
        if s[0] < 0x80:
            return s[1:], s[0]
        if s[0] < 0xC0:
            return s[2:], (s[0] & 0x3F) << 8 | s[1]
        found = opened(s)
        return (s[1:], s[:1]) if found is None else (b"".join(found), len(found[0]))


class _Counted(Packet):
    """Three octets, then a length that may be left to be computed."""

    def post_build(self, pkt: bytes, pay: bytes) -> bytes:
        if self.length is None or (isinstance(self.length, int) and self.length >= _FRAGMENT):
            pkt = pkt[:_LENGTH_AT] + open_type(pkt[_LENGTH_AT:])
        return pkt + pay


class E2apIe(_Counted):
    """One IE of a message. `value`: the octets of its type, in aligned PER."""

    name = "E2AP IE"
    fields_desc: ClassVar[list[Any]] = [
        ShortEnumField("id", 0, _NAMES),
        ByteEnumField("criticality", 0, CRITICALITIES),
        LengthField("length", None),
        StrLenField("value", b"", length_from=lambda ie: ie.length),
    ]

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return b"", s

    def mysummary(self) -> str:
        return _NAMES.get(self.id, f"IE {self.id}")


def _next_ie(pdu: Packet, before: list[Packet], last: Packet | None, rest: bytes) -> type[Packet] | None:
    """IEs are taken off as long as they are whole; what is left is payload."""
    whole = len(before) < pdu.count and opened(rest[_LENGTH_AT:]) is not None
    return E2apIe if whole else None


class E2AP(_Counted):
    """One PDU: made of octets, of fields, or `of` a message.

    Octets that end before the first IE would begin are no E2AP, but Raw.
    """

    name = "E2AP"
    fields_desc: ClassVar[list[Any]] = [
        ByteEnumField("kind", 0, KINDS),
        ByteEnumField("procedure", 0, PROCEDURES),
        ByteEnumField("criticality", 0, CRITICALITIES),
        LengthField("length", None),
        XByteField("preamble", 0),
        FieldLenField("count", None, count_of="ies"),
        PacketListField("ies", [], next_cls_cb=_next_ie),
    ]

    @classmethod
    def dispatch_hook(cls, _pkt: bytes = b"", *args: Any, **kargs: Any) -> type[Packet]:
        head = _LENGTH_AT + (2 if _pkt[_LENGTH_AT : _LENGTH_AT + 1] >= b"\x80" else 1)
        return cls if not _pkt or len(_pkt) >= head + 3 else Raw

    @classmethod
    def of(cls, message: Message, version: Version = V2) -> E2AP:
        """The PDU of a message, to be edited. Raises `EncodeError`."""
        return cls(encode(message, version))

    @property
    def message(self) -> Message:
        """What the reference codec reads, as v2 or v3. Raises `DecodeError`."""
        return decode(bytes(self))

    @property
    def tree(self) -> dict[str, Any]:
        """What `ricloop decode` prints: the message with its service model's payloads, or the error and its bit."""
        return tree_of(bytes(self), Functions())

    def mysummary(self) -> str:
        row = V2.by_code.get((KINDS.get(self.kind, ""), self.procedure))
        return f"E2AP {row.name}" if row is not None else f"E2AP kind {self.kind} of procedure {self.procedure}"


for _ppid in PPIDS:
    bind_layers(SCTPChunkData, E2AP, proto_id=_ppid)
