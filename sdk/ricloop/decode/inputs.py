"""Where PDUs come from: capture files, files of one raw PDU, hex text in files or on standard input."""

from __future__ import annotations

import string
import sys
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from ricloop.core.errors import ConfigError
from ricloop.decode.payload import Functions
from ricloop.decode.tree import tree_of
from ricloop.e2ap import V1, V2
from ricloop.transport.capture import CaptureError, read_pcap
from ricloop.transport.pcap import MAGICS

MAX_INPUT = 64 << 20
"""Octets of a file that is no capture; a capture is read piece by piece and may have any length."""
_ASSIGNED_PPIDS = frozenset(range(1, 70))
"""Other protocols', as NGAP's 60: not E2AP."""
_TEXT = frozenset(string.printable.encode())
_HEX = frozenset((string.hexdigits + string.whitespace + "xX").encode())


VERSIONS = {1: V1, 2: V2}


def decode_inputs(paths: Sequence[str | PathLike[str]] = (), e2ap: int | None = None) -> Iterator[dict[str, Any]]:
    """A tree per PDU of every input, standard input where there is none (or for `-`). `e2ap` says which version all of
    them are in, 1, or 2 for v2 and v3; without it, each association's set-up tells.

    A tree has `source` and `number`, in captures also `time_ns`, `from`, `to` and `ppid`; then `message` and `ies`,
    or `error`, `path`, `bit` and `octets`. A damaged capture ends with a tree that has `error` alone. Raises
    `ConfigError` for an input that is none of the kinds, or cannot be opened.
    """
    if e2ap is not None and e2ap not in VERSIONS:
        raise ConfigError(f"E2AP v{e2ap}: 1, or 2 for v2 and v3, can be decoded")
    version = None if e2ap is None else VERSIONS[e2ap]
    for path in paths or ("-",):
        functions = Functions(version)
        if str(path) == "-":
            yield from _text_or_raw("standard input", _stdin(), functions)
        else:
            yield from _file(Path(path), functions)


def _file(path: Path, functions: Functions) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as file:
            start = file.read(4)
            if start not in MAGICS:
                data = start + file.read(MAX_INPUT)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    yield from _capture(path, functions) if start in MAGICS else _text_or_raw(str(path), data, functions)


def _stdin() -> bytes:
    data = sys.stdin.buffer.read(MAX_INPUT + 1)
    if data[:4] in MAGICS:
        raise ConfigError("a capture on standard input: give the name of its file")
    return data


def _capture(path: Path, functions: Functions) -> Iterator[dict[str, Any]]:
    number = 0
    try:
        for pdu in read_pcap(path):
            if pdu.ppid in _ASSIGNED_PPIDS:
                continue
            number += 1
            place = {
                "source": str(path),
                "number": number,
                "time_ns": pdu.time_ns,
                "from": "{}:{}".format(*pdu.source),
                "to": "{}:{}".format(*pdu.destination),
                "ppid": pdu.ppid,
            }
            yield place | tree_of(pdu.data, functions, frozenset((pdu.source, pdu.destination)))
    except CaptureError as error:
        yield {"source": str(path), "number": number + 1, "error": str(error), "path": "", "bit": None}


def _text_or_raw(name: str, data: bytes, functions: Functions) -> Iterator[dict[str, Any]]:
    if len(data) > MAX_INPUT:
        raise ConfigError(f"{name}: more than {MAX_INPUT} octets, and no capture")
    if not data.strip():
        raise ConfigError(f"{name}: empty")
    for number, pdu in enumerate(_lines(name, data), 1):
        yield {"source": name, "number": number} | tree_of(pdu, functions)


def _lines(name: str, data: bytes) -> Iterator[bytes]:
    """The PDUs of hex text, one a line; anything else is one raw PDU."""
    if not _HEX.issuperset(data):
        # No PDU is printable text: its second octet, the procedure code, is a control character.
        if _TEXT.issuperset(data):
            raise ConfigError(f"{name}: text, but not hex digits (two per octet; offsets and dumps are not taken)")
        yield data
        return
    for number, line in enumerate(data.decode("ascii").splitlines(), 1):
        digits = "".join(line.replace("0x", " ").replace("0X", " ").split())
        if not digits:
            continue
        try:
            pdu = bytes.fromhex(digits)
        except ValueError:
            raise ConfigError(f"{name}, line {number}: {len(digits)} hex digits do not make octets") from None
        yield pdu
