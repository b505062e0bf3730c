"""A value of any type that can travel, drawn by the fields of its message; a few types have rules of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np

from ricloop import Cooldown, MaxChanges, ms
from ricloop.app.needs import OutcomeFeed, TopologyNeed, outcomes, topology
from ricloop.core import feeds, ids, ueids
from ricloop.decide.topology import Coverage, Topology
from ricloop.e2sm import ccc, common, kpm, rc
from ricloop.e2sm.ccc import feeds as ccc_feeds
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.kpm import feeds as kpm_feeds
from ricloop.e2sm.rc import feeds as rc_feeds
from ricloop.rpc.plain import Foreign
from ricloop.rpc.table import CONVERTER
from tests.makers import Maker, booleans, few, floats, integers, just, maybe, one_of, sampled, texts

words = texts(8)
numbers = integers(-(1 << 63), (1 << 63) - 1)
ids64 = integers(0, (1 << 64) - 1)


def octets(rng: Random) -> bytes:
    return rng.randbytes(rng.randrange(9))


def reals(rng: Random) -> float:
    return float("nan") if rng.random() > 0.9 else floats(rng)


SCALARS: Mapping[int, Maker[Any]] = {
    8: booleans,
    1: reals,
    9: words,
    12: octets,
    3: numbers,
    4: ids64,
    13: integers(0, (1 << 32) - 1),
    18: numbers,
}
"""By the number of a field's type."""
longs = one_of(integers(1 << 63, 1 << 90), integers(-(1 << 90), -(1 << 63) - 1))
cells = integers(0, (1 << 60) - 1)
metrics = sampled([kpm.Metric(name) for name, measure in kpm.METRICS.items() if measure.per_ue])


def lengths(rng: Random) -> timedelta:
    return timedelta(microseconds=rng.randrange(10**12))


def periods(rng: Random) -> timedelta:
    return ms(rng.randint(1, 10**6))


def plain(rng: Random, depth: int = 3) -> Any:
    """Data of any kind."""
    leaf = one_of(just(None), booleans, numbers, longs, reals, words, octets)
    kind = rng.randrange(6) if depth else 5
    inner = [plain(rng, depth - 1) for _ in range(rng.randrange(3))] if kind < 3 else []
    if kind == 0:
        return inner
    if kind == 1:
        return tuple(inner)
    return {words(rng): one for one in inner} if kind == 2 else leaf(rng)


def attributes(rng: Random) -> dict[str, Any]:
    return {words(rng): plain(rng, 2) for _ in range(rng.randrange(3))}


def report(rng: Random, feed: Any) -> Any:
    """What a KPM feed holds."""
    size = rng.randrange(5)
    columns: dict[str, Any] = {
        "rows": feed.rows,
        "values": np.array([reals(rng) for _ in range(size * len(feed.metrics))], np.float64)
        .clip(-3e38, 3e38)
        .astype(np.float32)
        .reshape(len(feed.metrics), size),
        "cells": np.array([cells(rng) for _ in range(size)], np.uint64),
        "time": numbers(rng),
        "old": np.array([booleans(rng) for _ in range(size)], np.bool_) if booleans(rng) else None,
        "period": feed.period,
        "age": lengths(rng),
    }
    if isinstance(feed, kpm_feeds.EveryUe):
        return kpm.UeReport(**columns, ues=np.array([ids64(rng) for _ in range(size)], np.uint64))
    return kpm.Report(**columns)


def _some_metrics(rng: Random) -> tuple[kpm.Metric, ...]:
    return tuple(dict.fromkeys(metrics(rng) for _ in range(rng.randint(1, 3))))


def _gnb(rng: Random) -> ids.GnbId:
    bits = rng.choice((18, 20, 21, *range(22, 33)))
    return ids.GnbId(plmn(rng), rng.randrange(1 << bits), bits)


def plmn(rng: Random) -> ids.Plmn:
    return ids.Plmn(
        f"{rng.randrange(1000):03}", f"{rng.randrange(100):02}" if booleans(rng) else f"{rng.randrange(1000):03}"
    )


def _element(rng: Random) -> rc.Element:
    value = maybe(message("Leaf"))(rng)
    return rc.Element(value, value is not None and booleans(rng))


def _topology(rng: Random) -> Topology:
    relations = {(cells(rng), cells(rng)): rng.choice(list(Coverage)) for _ in range(rng.randrange(3))}
    return Topology({cells(rng): message("Place")(rng) for _ in range(rng.randrange(3))}, relations, words(rng))


def _configuration(rng: Random) -> ccc.Configuration:
    nodes = {message("NodeId")(rng): attributes(rng) for _ in range(rng.randrange(2))}
    return ccc.Configuration(words(rng), {cells(rng): attributes(rng) for _ in range(rng.randrange(3))}, nodes)


def _configure(rng: Random) -> ccc.Configure:
    old = {"rRMPolicyMaxRatio": 30} if booleans(rng) else None
    return ccc.configure(cells(rng), "O-RRMPolicyRatio", {"rRMPolicyMaxRatio": rng.randrange(101)}, old=old)


SPECIAL: Mapping[type[Any], Maker[Any]] = {
    ids.Plmn: plmn,
    ids.Cgi: lambda rng: ids.Cgi(plmn(rng), rng.randrange(1 << 36)),
    ids.GnbId: _gnb,
    ueids.EutraCgi: lambda rng: ueids.EutraCgi(plmn(rng), rng.randrange(1 << 28)),
    ueids.Gummei: lambda rng: ueids.Gummei(plmn(rng), rng.randrange(1 << 16), rng.randrange(1 << 8)),
    common.Slice: lambda rng: common.Slice(rng.randrange(256), rng.randrange(1 << 24) if booleans(rng) else None),
    kpm.Metric: metrics,
    rc.Element: _element,
    ccc.Configure: _configure,
    kpm_feeds.Every: lambda rng: kpm_feeds.Every(periods(rng), _some_metrics(rng)),
    kpm_feeds.EveryUe: lambda rng: kpm_feeds.EveryUe(periods(rng), _some_metrics(rng), message("Condition")(rng)),
    ccc_feeds.Watch: lambda rng: ccc_feeds.Watch(EnergySaving),
    OutcomeFeed: just(outcomes),
    TopologyNeed: just(topology),
    feeds.Shared: lambda rng: feeds.Shared(words(rng), Foreign),
    feeds.Policy: lambda rng: feeds.Policy(Foreign, feeds.PolicyType(words(rng), json.dumps({"title": words(rng)}))),
    feeds.Timer: lambda rng: feeds.Timer(periods(rng)),
    rc_feeds.Inserts: lambda rng: rc.insert(
        rng.randrange(9), rng.randrange(9), 1, on=maybe(message("EventTrigger"))(rng)
    ),
    Cooldown: lambda rng: Cooldown(periods(rng)),
    MaxChanges: lambda rng: MaxChanges(rng.randrange(4097), periods(rng)),
    ccc.States: lambda rng: ccc.States.of({cells(rng): booleans(rng) for _ in range(rng.randrange(5))}),
    ccc.Configuration: _configuration,
    Topology: _topology,
    tuple: lambda rng: tuple(message("Outcome")(rng) for _ in range(rng.randrange(3))),
}
"""By type: what its constructor demands, and what its message does not say."""
TYPES = {row.DESCRIPTOR.name: type_ for type_, row in CONVERTER.rows.items()}
_SEEN = [row.DESCRIPTOR for row in CONVERTER.rows.values()]
_MESSAGES = {of.message_type.name: of.message_type for row in _SEEN for of in row.fields if of.message_type is not None}


def value(type_: type[Any]) -> Maker[Any]:
    """Of a type that has a row."""
    if type_ in SPECIAL:
        return SPECIAL[type_]
    descriptor = CONVERTER.rows[type_].DESCRIPTOR
    return lambda rng: type_(**{field.name: _field(field)(rng) for field in descriptor.fields})


def message(name: str) -> Maker[Any]:
    """What a message of this name holds."""
    if name in TYPES:
        return value(TYPES[name])
    own: dict[str, Maker[Any]] = {
        "Length": lengths,
        "Ids": lambda rng: np.array([ids64(rng) for _ in range(rng.randrange(4))], np.uint64),
        "Plain": plain,
        "PlainMap": attributes,
        "Structure": _structure,
    }
    if name in own:
        return own[name]
    descriptor = _MESSAGES[name]
    if [oneof.name for oneof in descriptor.oneofs] == ["of"]:
        return lambda rng: _field(rng.choice(descriptor.fields))(rng)
    return lambda rng: tuple(_field(field)(rng) for field in descriptor.fields)


def _structure(rng: Random, depth: int = 2) -> dict[int, Any]:
    return {numbers(rng): _parameter(rng, depth) for _ in range(rng.randrange(3))}


def _parameter(rng: Random, depth: int) -> Any:
    kind = rng.randrange(3) if depth else 0
    if kind == 0:
        return _element(rng)
    if kind == 1:
        return _structure(rng, depth - 1)
    return tuple(_structure(rng, depth - 1) for _ in range(rng.randrange(3)))


def _field(field: Any) -> Maker[Any]:
    if field.name == "long":
        return longs
    if field.type == 11:
        made = message(field.message_type.name)
    elif field.type == 14:
        made = sampled(list(CONVERTER.enums[field.enum_type.name]))
    else:
        made = SCALARS[field.type]
    if field.is_repeated:
        return few(made)
    return maybe(made) if field.containing_oneof is not None and field.containing_oneof.name != "of" else made
