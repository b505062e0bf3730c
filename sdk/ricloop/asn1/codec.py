"""One ASN.1 module as a pair of functions, compiled when first used."""

from __future__ import annotations

import copy
import re
from importlib.resources import files
from typing import Any

from ricloop.core.errors import DecodeError, EncodeError, nearest

MAX_OCTETS = 1 << 22
"""Longest PDU that is decoded; ricloop accepts frames of 1 MiB."""


class Syntax:
    """The types of some `.asn` files of this package, aligned PER.

    Values are asn1tools': dict for SEQUENCE, list for SEQUENCE OF, (alternative, value) for CHOICE, str for
    ENUMERATED and strings, bytes for OCTET STRING, (bytes, bits) for BIT STRING, None for NULL.
    """

    def __init__(self, *sources: str, rooted: tuple[str, ...] = (), instead: str | None = None) -> None:
        """`rooted`: types whose extension additions are read and written as if they stood in the root. `instead`: a
        file of types that take the place of those of the same name."""
        self._sources, self._rooted, self._instead = sources, rooted, instead
        self._compiled: _Compiled | None = None

    @property
    def types(self) -> tuple[str, ...]:
        """Names of all types."""
        return tuple(self._get().types)

    @property
    def text(self) -> str:
        """The modules as they are compiled."""
        folder = files("ricloop.asn1")
        text = "\n".join(folder.joinpath(source).read_text(encoding="utf-8") for source in self._sources)
        if self._instead is not None:
            text = replaced(text, folder.joinpath(self._instead).read_text(encoding="utf-8"))
        return rooted(text, self._rooted)

    def compile(self) -> None:
        """Do now what the first use would do: some hundredths of a second."""
        self._get()

    def encode(self, type_name: str, value: Any) -> bytes:
        """`value` as octets. Raises `EncodeError` for a value outside the type, and `KeyError` for no such type."""
        from asn1tools.codecs import ErrorWithLocation

        from ricloop.asn1.bits import Encoder

        compiled = self._type(type_name)
        encoder = Encoder()
        try:
            compiled.check_types(value)
            compiled.check_constraints(value)
            compiled.type.encode(value, encoder)
            # At least one octet (X.691 11.1.3).
            return bytes(encoder.as_bytearray()) or b"\x00"
        except ErrorWithLocation as error:
            raise EncodeError(f"{_path(type_name, error)}: {error.message}") from None
        except Exception as error:  # asn1tools raises whatever Python raises inside it
            raise EncodeError(f"{type_name}: {type(error).__name__}: {error}") from None

    def encode_bits(self, type_name: str, value: Any) -> tuple[bytes, int]:
        """`value` as octets, and how many bits of them it takes. Errors as `encode`."""
        octets = self.encode(type_name, value)
        from ricloop.asn1.bits import Encoder

        encoder = Encoder()
        self._type(type_name).type.encode(value, encoder)
        return octets, encoder.chunks_number_of_bits + encoder.number_of_bits

    def decode(self, type_name: str, data: bytes) -> Any:
        """The value in `data`, all of it. Raises `DecodeError`, and `KeyError` for no such type."""
        from asn1tools.codecs import ErrorWithLocation

        from ricloop.asn1.bits import Decoder, Work

        compiled = self._type(type_name)
        if len(data) > MAX_OCTETS:
            raise DecodeError(f"{len(data)} octets; at most {MAX_OCTETS} are read", path=type_name)
        work = Work()
        decoder = Decoder(bytes(data), work)
        try:
            value = compiled.type.decode(decoder)
        except ErrorWithLocation as error:
            offset = getattr(error, "offset", None)
            bit = offset if offset is not None else work.bit or decoder.position()
            raise DecodeError(error.message, path=_path(type_name, error), bit=bit) from None
        except Exception as error:  # asn1tools raises whatever Python raises inside it
            reason = f"{type(error).__name__}: {error}"
            raise DecodeError(reason, path=type_name, bit=work.bit or decoder.position()) from None
        if decoder.number_of_bits >= 8:
            left = decoder.number_of_bits // 8
            raise DecodeError(f"{left} octets are left over", path=type_name, bit=decoder.position())
        return value

    def _type(self, name: str) -> Any:
        types = self._get().types
        if name not in types:
            raise KeyError(f"no type '{name}' in {self._sources[-1]}.{nearest(name, types)}")
        return types[name]

    def _get(self) -> _Compiled:
        if self._compiled is None:
            self._compiled = _Compiled(self.text)
        return self._compiled


class _Compiled:
    def __init__(self, text: str) -> None:
        from asn1tools.codecs import constraints_checker, type_checker

        from ricloop.asn1.parsed import description
        from ricloop.asn1.per import Compiler

        parsed = description(text)
        # Each of the three compilers rewrites the description it is given.
        modules = Compiler(copy.deepcopy(parsed), False).process()
        kinds = type_checker.compile_dict(copy.deepcopy(parsed))
        limits = constraints_checker.compile_dict(parsed)
        self.types: dict[str, Any] = {}
        for module, types in modules.items():
            for name, compiled in types.items():
                compiled.type_checker = kinds[module][name]
                compiled.constraints_checker = limits[module][name]
                self.types[name] = compiled


def rooted(text: str, types: tuple[str, ...]) -> str:
    """`text` with the extension marker of `types` after their additions. Raises ValueError for one without any."""
    for name in types:
        found = re.search(rf"^{re.escape(name)} ::= (?:SEQUENCE|CHOICE) {{.*?^}}", text, re.MULTILINE | re.DOTALL)
        if found is None or found[0].count("\n    ...,\n") != 1:
            raise ValueError(f"'{name}' has no extension additions")
        moved = found[0].replace("\n    ...,\n", "\n").removesuffix("\n}") + ",\n    ...\n}"
        text = text[: found.start()] + moved + text[found.end() :]
    return text


def replaced(text: str, others: str) -> str:
    """The module in `text` with the types of `others` in place of its own; those that it lacks come last."""
    for found in _ASSIGNMENT.finditer(others):
        own = next((match for match in _ASSIGNMENT.finditer(text) if match[1] == found[1]), None)
        end = text.rindex("END")
        start, stop = (end, end) if own is None else own.span()
        text = text[:start] + found[0] + text[stop:]
    return text


_ASSIGNMENT = re.compile(r"^([A-Z][\w-]*) +::= (?:(?!^\S+ +::=|^END|^--).*\n)+", re.MULTILINE)
"""A type and what follows up to the next one, a comment of its own line, or the end."""


def _path(type_name: str, error: Any) -> str:
    """`Type.member[2].member` of an asn1tools error, whose locations come innermost first."""
    names = [place.name for place in reversed(error.location) if place.name]
    if names and names[0] == type_name:
        names = names[1:]
    return ".".join([type_name, *names]).replace(".[", "[")
