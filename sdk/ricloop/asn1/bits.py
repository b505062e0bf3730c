"""The bits of aligned PER in and out: where a reader is in the PDU, what it has used, and open types (X.691 11.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asn1tools.codecs import DecodeError, ErrorWithLocation, per


@dataclass
class Work:
    """What one decode has used, shared by the decoders of nested open types."""

    elements: int = 0
    depth: int = 0
    bit: int = 0
    """Where the innermost failure was."""


class Decoder(per.Decoder):  # type: ignore[misc]
    """A reader of bits that knows where its first bit lies in the PDU.

    It reads from the octets. asn1tools writes each message out as text of zeros and ones first, which takes most of the
    time of a setup of some ten kilobytes.
    """

    def __init__(self, encoded: bytes, work: Work, base: int = 0) -> None:
        self.octets = encoded
        self.number_of_bits = self.total_number_of_bits = 8 * len(encoded)
        self.work, self.base = work, base

    def _take(self, bits: int) -> int:
        """The next bits; where the first of them lies. Raises OutOfDataError."""
        if bits > self.number_of_bits:
            raise per.OutOfDataError(self.number_of_read_bits())
        at = int(self.total_number_of_bits - self.number_of_bits)
        self.number_of_bits -= bits
        return at

    def read_bit(self) -> int:
        at = self._take(1)
        return self.octets[at >> 3] >> (7 - (at & 7)) & 1

    def read_non_negative_binary_integer(self, number_of_bits: int) -> int:
        at = self._take(number_of_bits)
        end = at + number_of_bits
        held = int.from_bytes(self.octets[at >> 3 : (end + 7) >> 3], "big")
        return held >> (-end & 7) & ((1 << number_of_bits) - 1)

    def read_bits(self, number_of_bits: int) -> bytes:
        """Left-aligned in whole octets."""
        if not (self.total_number_of_bits - self.number_of_bits) & 7 and not number_of_bits & 7:
            at = self._take(number_of_bits) >> 3
            return self.octets[at : at + (number_of_bits >> 3)]
        held = self.read_non_negative_binary_integer(number_of_bits) << (-number_of_bits & 7)
        return held.to_bytes((number_of_bits + 7) >> 3, "big")

    def position(self) -> int:
        return int(self.base + self.number_of_read_bits())

    def read_open_type(self) -> tuple[bytes, int]:
        """The octets of an open type, fragments joined, and the bit at which the first begins."""
        self.align_always()
        pieces, base = [], -1
        for length in self.read_length_determinant_chunks():
            base = self.position() if base < 0 else base
            pieces.append(self.read_bytes(length) if length else b"")
        return b"".join(pieces), base


class Encoder(per.Encoder):  # type: ignore[misc]
    depth = 0


def decode_inside(member: Any, decoder: Decoder) -> Any:
    """Decode `member` from the open type that comes next."""
    octets, base = decoder.read_open_type()
    inner = Decoder(octets, decoder.work, base)
    try:
        value = member.decode(inner)
        # What encodes to nothing (NULL) still has an octet in an open type (X.691 11.2.1).
        if inner.number_of_bits >= 8 and (octets != b"\0" or inner.number_of_read_bits()):
            raise DecodeError(f"{inner.number_of_bits // 8} octets are left over", inner.number_of_read_bits())
    except ErrorWithLocation as error:
        # The decoder of the open type counts from its own first bit.
        if getattr(error, "offset", None) is not None and not hasattr(error, "placed"):
            error.offset += base
        error.placed = True
        decoder.work.bit = decoder.work.bit or inner.position()
        error.add_location(member)
        raise
    except Exception:
        decoder.work.bit = decoder.work.bit or inner.position()
        raise
    return value


def encode_inside(member: Any, value: Any, encoder: Encoder) -> bytes:
    inner = Encoder()
    inner.depth = encoder.depth
    try:
        member.encode(value, inner)
    except ErrorWithLocation as error:
        error.add_location(member)
        raise
    return bytes(inner.as_bytearray()) or b"\x00"


def append_open_type(encoder: Encoder, octets: bytes) -> None:
    encoder.align_always()
    for offset, length in encoder.append_length_determinant_chunks(len(octets)):
        encoder.append_bytes(octets[offset : offset + length])
