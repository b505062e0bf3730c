"""The services by the names that scenarios use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.flows.calls import Calls, CallSettings
from ricloop_e2sim.flows.cbr import Cbr, CbrSettings
from ricloop_e2sim.flows.files import FTP3, FTP3_IM, Ftp3
from ricloop_e2sim.flows.flow import Flow
from ricloop_e2sim.flows.fullbuffer import FullBuffer, FullBufferSettings
from ricloop_e2sim.flows.iot import Iot, IotSettings
from ricloop_e2sim.flows.packets import MTC, URLLC, Packets
from ricloop_e2sim.flows.video import Video, VideoSettings
from ricloop_e2sim.flows.voip import Voip, VoipSettings
from ricloop_e2sim.flows.web import Web, WebSettings
from ricloop_e2sim.flows.xr import CG_8, CG_30, VR_30, VR_45, Xr

Settings = TypeVar("Settings")
Start = Callable[[int, np.random.SeedSequence], Flow]
"""(users, seed) → the flow of a group."""


def _with(kind: Callable[[int, Settings, np.random.SeedSequence], Flow], settings: Settings) -> Start:
    return lambda users, seed: kind(users, settings, seed)


SERVICES: dict[str, Start] = {
    "full-buffer": _with(FullBuffer, FullBufferSettings()),
    "ftp3": _with(Ftp3, FTP3),
    "ftp3-im": _with(Ftp3, FTP3_IM),
    "cbr": _with(Cbr, CbrSettings()),
    "mtc": _with(Packets, MTC),
    "urllc": _with(Packets, URLLC),
    "voip": _with(Voip, VoipSettings()),
    "video": _with(Video, VideoSettings()),
    "vr-30": _with(Xr, VR_30),
    "vr-45": _with(Xr, VR_45),
    "cg-30": _with(Xr, CG_30),
    "cg-8": _with(Xr, CG_8),
    "web": _with(Web, WebSettings()),
    "iot": _with(Iot, IotSettings()),
    "calls": _with(Calls, CallSettings()),
}


def start(service: str, users: int, seed: np.random.SeedSequence) -> Flow:
    """The flow of a group of users with a service as specified; `ConfigError` for an unknown name."""
    try:
        begin = SERVICES[service]
    except KeyError:
        raise ConfigError(f"no service {service!r}; known: {', '.join(SERVICES)}") from None
    return begin(users, seed)
