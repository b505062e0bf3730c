"""What xApps apart and their RIC read of each other, and what the front process and the loop's end of its pair do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import numpy as np
import orjson

from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Latest, Shared
from ricloop.core.predictions import Forecast
from ricloop.decide.guards import Refusal
from ricloop.e2sm import ccc, kpm, rc
from ricloop.rpc import messages, wire_ric, wire_xapp
from ricloop.rpc.describe import ModelTold
from ricloop.rpc.frames import Frames, Kind, frame
from ricloop.rpc.plain import adapt
from ricloop.runtime.a1.jsonschema import fault
from ricloop_xapps.energy_saving.xapp import EnergySaving, load, users
from tests.fuzz.target import Reader, Target, one_of, refused
from tests.policies import Full, Limited

SHARED: Shared[Forecast] = Shared("forecast", Forecast)
CELL = 4240816348332033


def _from_xapp(octets: bytes) -> None:
    _, said = wire_ric.from_xapp(octets)
    if isinstance(said, messages.Said):
        for _, value in said.shared:
            with refused(ConfigError):
                adapt(value, Forecast)


def _to_xapp(octets: bytes) -> None:
    _, said = wire_xapp.to_xapp(octets)
    if isinstance(said, messages.Ask):
        handler = EnergySaving.handlers()[0]
        wire_xapp.Reader().read(said, handler.feed, handler.needs)


def _said() -> Iterator[bytes]:
    yield wire_xapp.hello(EnergySaving(), "", 0, 4, True, "active")
    forecast = Forecast(
        cells=np.array([CELL], np.uint64), metric="x", quantiles=(0.5,), values=np.ones((1, 1, 1), np.float32)
    )
    actions = (ccc.sleep(CELL), rc.handover(3, CELL), rc.drb_qos(3, 1, five_qi=9), rc.no_policy("stay", CELL))
    policy = rc.policy("stay", CELL, rc.rule(1, accept=False), style=3)
    kept = ((ccc.wake(CELL), Refusal("Bounds", "too much")),)
    use = messages.ModelUse("ahead@1", 5, "late", 7)
    shared = ((SHARED, forecast),)
    yield wire_xapp.answer(
        3, messages.Said(1, "handler", "", "", "busy", (*actions, policy), kept, shared, 9, use, ((1, "no"),))
    )
    yield wire_xapp.hello(Limited(), "", 0, 4, True, "active", {"decide": ModelTold("ahead@1", ((1, 5), (32, 9)))})
    yield wire_xapp.bye(2)


def _told() -> Iterator[bytes]:
    handler = EnergySaving.handlers()[0]
    columns = {metric: [1.0, 2.0] for metric in load.metrics}  # type: ignore[attr-defined]
    report = kpm.Report.of([CELL, CELL + 1], columns)
    located = kpm.UeReport.of([7], [CELL], {metric: [1.0] for metric in users.metrics})  # type: ignore[attr-defined]
    values = (located, ccc.States.of({CELL: True}), None, None)
    given = [
        messages.Given(
            slot, Latest.unknown() if value is None else Latest(value, timedelta(seconds=1)), value is not None
        )
        for slot, value in enumerate(values)
    ]
    assert len(given) == len(handler.needs)
    yield wire_ric.ask(1, 1, 0, 10**7, False, report, given)
    yield wire_ric.ask(2, 2, 0, 10**7, False, report, given, [report, report])
    yield wire_ric.welcome("token", False, "active")
    yield wire_ric.refused("no", True)
    yield wire_ric.record(2, b"{}")


def _schema(octets: bytes) -> None:
    """Whatever another process says of its policies' type, and whatever a policy is."""
    schema, _, text = octets.partition(b"\0")
    with suppress(orjson.JSONDecodeError):
        if isinstance(read := orjson.loads(schema), dict):
            fault(orjson.loads(text), read)


def _pair(octets: bytes) -> None:
    """However a socket cuts them, frames come out as they went in."""
    whole = [(n, Kind.DATA, part) for n, part in enumerate(octets.split(b"\0"))]
    sent = b"".join(frame(*one) for one in whole)
    frames, size = Frames(), 1 + len(octets) % 37
    found = [one for at in range(0, len(sent), size) for one in frames.feed(sent[at : at + size])]
    assert found == whole


_READERS: tuple[tuple[Reader, Iterator[bytes]], ...] = (
    (_from_xapp, _said()),
    (_to_xapp, _told()),
    (_pair, iter([b"a\0b\0"])),
    (_schema, iter([orjson.dumps(Full.model_json_schema()) + b'\0{"share": 1, "cells": [2], "inner": {"name": "a"}}'])),
)
_SEEDS = [bytes([number]) + seed for number, (_, seeds) in enumerate(_READERS) for seed in seeds]

TARGETS = {
    "rpc": Target(
        "messages between an xApp apart and its RIC",
        one_of([reader for reader, _ in _READERS]),
        lambda: _SEEDS,
    )
}
