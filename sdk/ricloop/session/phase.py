"""How far an association is, and what becomes of each kind of message then."""

from __future__ import annotations

from collections.abc import Mapping
from enum import auto
from typing import Any

from ricloop.core.member import Member
from ricloop.e2ap.messages import (
    E2SetupFailure,
    E2SetupRequest,
    E2SetupResponse,
    ErrorIndication,
    ResetRequest,
    ResetResponse,
)


class Phase(Member):
    """How far the association is."""

    SETTING_UP = auto()
    READY = auto()
    RESETTING = auto()
    CLOSED = auto()


class Kind(Member):
    """What a message is about, as far as the phase cares."""

    SETUP = auto()
    RESET = auto()
    ERROR = auto()
    SERVICE = auto()


class Fate(Member):
    HANDLE = auto()
    REFUSE = auto()
    """With an Error Indication: message-not-compatible-with-receiver-state."""
    DROP = auto()
    """Counted: it crossed our Reset on the way."""


PHASES: Mapping[tuple[Phase, Kind], Fate] = {
    (Phase.SETTING_UP, Kind.SETUP): Fate.HANDLE,
    (Phase.SETTING_UP, Kind.RESET): Fate.REFUSE,
    (Phase.SETTING_UP, Kind.ERROR): Fate.HANDLE,
    (Phase.SETTING_UP, Kind.SERVICE): Fate.REFUSE,
    (Phase.READY, Kind.SETUP): Fate.REFUSE,
    (Phase.READY, Kind.RESET): Fate.HANDLE,
    (Phase.READY, Kind.ERROR): Fate.HANDLE,
    (Phase.READY, Kind.SERVICE): Fate.HANDLE,
    (Phase.RESETTING, Kind.SETUP): Fate.REFUSE,
    (Phase.RESETTING, Kind.RESET): Fate.HANDLE,
    (Phase.RESETTING, Kind.ERROR): Fate.HANDLE,
    (Phase.RESETTING, Kind.SERVICE): Fate.DROP,
    (Phase.CLOSED, Kind.SETUP): Fate.DROP,
    (Phase.CLOSED, Kind.RESET): Fate.DROP,
    (Phase.CLOSED, Kind.ERROR): Fate.DROP,
    (Phase.CLOSED, Kind.SERVICE): Fate.DROP,
}

KINDS: Mapping[type[Any], Kind] = {
    E2SetupRequest: Kind.SETUP,
    E2SetupResponse: Kind.SETUP,
    E2SetupFailure: Kind.SETUP,
    ResetRequest: Kind.RESET,
    ResetResponse: Kind.RESET,
    ErrorIndication: Kind.ERROR,
}
"""Everything else is SERVICE."""
