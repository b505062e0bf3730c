"""Service-model payloads one level deeper: by the RAN function they belong to, or by what they look like."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ricloop.asn1 import KPM, KPM_FLEXRIC, RC, RC_FLEXRIC, Syntax
from ricloop.core.errors import DecodeError
from ricloop.decode.plain import plain
from ricloop.e2ap.envelope import Unpacked, unpack
from ricloop.e2ap.version import V1, V2, Version, detect
from ricloop.e2sm.registry import match

KINDS = {
    20: "call process id",
    22: "control header",
    23: "control message",
    25: "indication header",
    26: "indication message",
    32: "control outcome",
    95: "query header",
    96: "query definition",
    97: "query outcome",
}
"""IEs that are payload as a whole. Event triggers, definitions and action definitions lie inside other IEs."""

# Types by what the payload is. KPM's header comes with 8 octets of time, from older nodes with 4.
_KPM = {
    "definition": ("E2SM-KPM-RANfunction-Description",),
    "event trigger": ("E2SM-KPM-EventTriggerDefinition",),
    "action definition": ("E2SM-KPM-ActionDefinition",),
    "indication header": ("E2SM-KPM-IndicationHeader", "E2SM-KPM-IndicationHeader-v2"),
    "indication message": ("E2SM-KPM-IndicationMessage",),
}
_RC = {
    "definition": ("E2SM-RC-RANFunctionDefinition",),
    "event trigger": ("E2SM-RC-EventTrigger",),
    "action definition": ("E2SM-RC-ActionDefinition",),
    "indication header": ("E2SM-RC-IndicationHeader",),
    "indication message": ("E2SM-RC-IndicationMessage",),
    "control header": ("E2SM-RC-ControlHeader",),
    "control message": ("E2SM-RC-ControlMessage",),
    "control outcome": ("E2SM-RC-ControlOutcome",),
    "call process id": ("E2SM-RC-CallProcessID",),
    "query header": ("E2SM-RC-QueryHeader",),
    "query definition": ("E2SM-RC-QueryDefinition",),
    "query outcome": ("E2SM-RC-QueryOutcome",),
}


def _asn1(syntax: Syntax, types: Mapping[str, tuple[str, ...]]) -> Callable[[str, bytes], Any]:
    def read(kind: str, data: bytes) -> Any:
        error = DecodeError(f"this service model has no {kind}")
        for type_name in types.get(kind, ()):
            try:
                return plain(syntax.decode(type_name, data))
            except DecodeError as failure:
                error = failure if not error.path else error
        raise error

    return read


def _json(kind: str, data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"not JSON: {error}", path=kind) from None


def _either(standard: Syntax, flexric: Syntax, types: Mapping[str, tuple[str, ...]]) -> Callable[[str, bytes], Any]:
    """Standard first: what reads in both dialects is said to be standard."""

    def read(kind: str, data: bytes) -> Any:
        try:
            return _asn1(standard, types)(kind, data)
        except DecodeError as failure:
            try:
                return _asn1(flexric, types)(kind, data)
            except DecodeError:
                raise failure from None

    return read


READERS: dict[str, Callable[[str, bytes], Any]] = {
    "kpm": _either(KPM, KPM_FLEXRIC, _KPM),
    "rc": _either(RC, RC_FLEXRIC, _RC),
    "ccc": _json,
}
"""By the service model's key in the registry."""


class Functions:
    """Which service model each RAN function of an association has, and its version of E2AP, learnt from set-ups."""

    def __init__(self, version: Version | None = None) -> None:
        """`version`: what every PDU is taken for, whatever its set-up says."""
        self._only = version
        self._models: dict[tuple[object, int], str] = {}
        self._versions: dict[object, Version] = {}

    def unpacked(self, association: object, data: bytes) -> tuple[Unpacked, Version]:
        """A PDU, in the version that its association's E2 Setup was in; without one seen, in v2 or else in v1. Raises
        DecodeError."""
        if self._only is not None:
            return unpack(data, self._only), self._only
        if detect(data) is V1:
            self._versions[association] = V1
        version = self._versions.get(association, V2)
        try:
            return unpack(data, version), version
        except DecodeError:
            if version is V1 or association in self._versions:
                raise
            try:
                return unpack(data, V1), V1
            except DecodeError:
                pass
            raise

    def learn(self, association: object, function_id: int, oid: str, definition: bytes) -> str | None:
        """Remember a RAN function; its model's name, None for an unknown one."""
        model = match(oid, definition)
        if model is None:
            self._models.pop((association, function_id), None)
            return None
        self._models[association, function_id] = model.name
        return model.name

    def of(self, association: object, pdu: Unpacked, payloads: list[tuple[str, bytes]]) -> str | None:
        """The model of a message: its RAN function's, or else the first one that can read all its payloads."""
        known = self._models.get((association, pdu.values.get(5, -1)))
        if known is not None or not payloads:
            return known
        return next((name for name, read in READERS.items() if all(_reads(read, *item) for item in payloads)), None)


def read_payload(model: str | None, kind: str, data: bytes) -> Any:
    """`{model: content}`, or the octets, with the error where the model's reader has one."""
    if model is None:
        return data.hex()
    try:
        return {model: READERS[model](kind, data)}
    except DecodeError as error:
        return {"octets": data.hex(), f"not {model}": str(error)}


def _reads(read: Callable[[str, bytes], Any], kind: str, data: bytes) -> bool:
    try:
        read(kind, data)
    except DecodeError:
        return False
    return True
