"""The types of aligned PER by asn1tools, with its faults worked round and hostile input bounded.

What differs from asn1tools 0.169: open types of 16384 octets and more are fragmented, REAL is canonical,
PrintableString is read leniently, unknown extension values and numbers outside their range are errors, and a
decoder carries a budget of list elements and of nesting.
"""

from __future__ import annotations

from typing import Any

from asn1tools.codecs import DecodeError, EncodeError, ErrorWithLocation, per

from ricloop.asn1.bits import Decoder, Encoder, append_open_type, decode_inside, encode_inside
from ricloop.asn1.real import decode_real, encode_real

MAX_DEPTH = 16
"""Nesting of types that contain themselves (RC's RAN parameter values)."""
MAX_ELEMENTS = 200_000
"""List elements in one PDU: a 10 kB message of 3-bit elements could ask for more memory than it is worth."""


class _Index:
    """An element's place in its list, for the path of an error."""

    def __init__(self, index: int) -> None:
        self.name = f"[{index}]"


class Sequence(per.Sequence):  # type: ignore[misc]
    def encode_additions(self, data: dict[str, Any], encoder: Encoder) -> bool:
        present = [member.name in data for member in self.additions]
        if not any(present):
            return False
        encoder.append_normally_small_length(len(present))
        for bit in present:
            encoder.append_bit(bit)
        for member in self.additions:
            if member.name in data:
                append_open_type(encoder, encode_inside(member, data[member.name], encoder))
        return True

    def decode_additions(self, decoder: Decoder) -> dict[str, Any]:
        present = [decoder.read_bit() for _ in range(decoder.read_normally_small_length())]
        decoded = {}
        for index, bit in enumerate(present):
            if bit and index < len(self.additions):
                decoded[self.additions[index].name] = decode_inside(self.additions[index], decoder)
            elif bit:
                decoder.read_open_type()
        return decoded


class Choice(per.Choice):  # type: ignore[misc]
    def encode_additions(self, data: tuple[str, Any], encoder: Encoder) -> None:
        if data[0] not in self.additions_name_to_index:
            raise EncodeError(f"Expected choice {self.format_names()}, but got '{data[0]}'.")
        index = self.additions_name_to_index[data[0]]
        octets = encode_inside(self.additions_index_to_member[index], data[1], encoder)
        encoder.append_normally_small_non_negative_whole_number(index)
        append_open_type(encoder, octets)

    def decode_additions(self, decoder: Decoder) -> tuple[str, Any]:
        index = decoder.read_normally_small_non_negative_whole_number()
        member = self.additions_index_to_member.get(index)
        if member is None:
            raise DecodeError(f"unknown extension alternative {index}", decoder.position())
        return member.name, decode_inside(member, decoder)


class SequenceOf(per.SequenceOf):  # type: ignore[misc]
    def decode(self, decoder: Decoder) -> list[Any]:
        if self.number_of_bits is None:
            decoder.align()
            lengths = decoder.read_length_determinant_chunks()
        elif self.minimum != self.maximum:
            lengths = (decoder.read_constrained_whole_number(self.minimum, self.maximum, self.number_of_bits),)
        else:
            lengths = (self.minimum,)
        decoded: list[Any] = []
        element, work = self.element_type, decoder.work
        for length in lengths:
            for _ in range(length):
                work.elements += 1
                if work.elements > MAX_ELEMENTS:
                    raise DecodeError(f"more than {MAX_ELEMENTS} list elements", decoder.position())
                try:
                    decoded.append(element.decode(decoder))
                except ErrorWithLocation as error:
                    error.add_location(_Index(len(decoded)))
                    raise
        if not self.minimum <= len(decoded) <= self.maximum:
            raise DecodeError(f"{len(decoded)} elements, not {self.minimum}..{self.maximum}", decoder.position())
        return decoded


class Integer(per.Integer):  # type: ignore[misc]
    def decode(self, decoder: Decoder) -> int:
        extended = self.has_extension_marker and decoder.read_bit()
        if extended or self.number_of_bits is None:
            decoder.align()
            return _unconstrained(decoder)
        bits = self.number_of_bits
        if self.number_of_indefinite_bits is not None:
            bits = 8 * (decoder.read_non_negative_binary_integer(self.number_of_indefinite_bits) + 1)
            decoder.align()
        value = int(decoder.read_constrained_whole_number(self.minimum, self.maximum, bits))
        if value > self.maximum:
            raise DecodeError(f"{value} is not in {self.minimum}..{self.maximum}", decoder.position())
        return value


def _unconstrained(decoder: Decoder) -> int:
    length = decoder.read_length_determinant()
    if not length:
        raise DecodeError("an INTEGER of no octets", decoder.position())
    return int.from_bytes(decoder.read_bytes(length), "big", signed=True)


class Real(per.Real):  # type: ignore[misc]
    def encode(self, data: float, encoder: Encoder) -> None:
        encoder.align()
        content = encode_real(data)
        encoder.append_length_determinant(len(content))
        encoder.append_bytes(content)

    def decode(self, decoder: Decoder) -> float:
        decoder.align()
        length = decoder.read_length_determinant()
        at = decoder.position()
        try:
            return decode_real(bytes(decoder.read_bytes(length)) if length else b"")
        except (ValueError, OverflowError) as error:
            raise DecodeError(str(error), at) from None


class PrintableString(per.PrintableString):  # type: ignore[misc]
    """Encodes its alphabet only; reads any octets, as deployed nodes send `_` in names."""

    def encode(self, data: str, encoder: Encoder) -> None:
        if self.has_extension_marker and not self.minimum <= len(data) <= self.maximum:
            raise EncodeError(f"{len(data)} characters, not {self.minimum}..{self.maximum}")
        super().encode(data, encoder)

    def decode(self, decoder: Decoder) -> str:
        extended = self.has_extension_marker and decoder.read_bit()
        if extended or self.number_of_bits is None:
            decoder.align()
            lengths = decoder.read_length_determinant_chunks()
        else:
            lengths = (decoder.read_constrained_whole_number(self.minimum, self.maximum, self.number_of_bits),)
        pieces = []
        for length in lengths:
            if not extended and self.number_of_bits is not None and not self.minimum <= length <= self.maximum:
                raise DecodeError(f"{length} characters, not {self.minimum}..{self.maximum}", decoder.position())
            if length:
                decoder.align()
                pieces.append(bytes(decoder.read_bytes(length)))
        return b"".join(pieces).decode("latin-1")


class BitString(per.BitString):  # type: ignore[misc]
    def decode(self, decoder: Decoder) -> tuple[bytes, int]:
        at = decoder.position()
        try:
            octets, bits = super().decode(decoder)
        except NotImplementedError:
            raise DecodeError("a BIT STRING longer than its root size", at) from None
        if self.number_of_bits is not None and bits > self.maximum:
            raise DecodeError(f"{bits} bits, not {self.minimum}..{self.maximum}", at)
        return bytes(octets), bits


class OctetString(per.OctetString):  # type: ignore[misc]
    def decode(self, decoder: Decoder) -> bytes:
        return bytes(super().decode(decoder))


class Enumerated(per.Enumerated):  # type: ignore[misc]
    def decode(self, decoder: Decoder) -> str:
        value = super().decode(decoder)
        if value is None:
            raise DecodeError("unknown extension value", decoder.position())
        return str(value)


class Recursive(per.Recursive):  # type: ignore[misc]
    def encode(self, data: Any, encoder: Encoder) -> None:
        encoder.depth += 1
        if encoder.depth > MAX_DEPTH:
            raise EncodeError(f"nested deeper than {MAX_DEPTH}")
        super().encode(data, encoder)
        encoder.depth -= 1

    def decode(self, decoder: Decoder) -> Any:
        decoder.work.depth += 1
        if decoder.work.depth > MAX_DEPTH:
            raise DecodeError(f"nested deeper than {MAX_DEPTH}", decoder.position())
        value = super().decode(decoder)
        decoder.work.depth -= 1
        return value


_OURS = {
    getattr(per, ours.__name__): ours
    for ours in (
        Sequence, Choice, SequenceOf, Integer, Real, PrintableString, BitString, OctetString, Enumerated, Recursive
    )
}  # fmt: skip


class Compiler(per.Compiler):  # type: ignore[misc]
    """asn1tools' compiler, giving our types."""

    def compile_type(self, name: str, type_descriptor: dict[str, Any], module_name: str) -> Any:
        compiled = super().compile_type(name, type_descriptor, module_name)
        compiled.__class__ = _OURS.get(type(compiled), type(compiled))
        return compiled
