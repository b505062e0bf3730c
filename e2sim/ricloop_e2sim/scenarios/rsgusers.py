"""Groups of users, their week and their slices of the AI RSG."""

from __future__ import annotations

from dataclasses import replace

from ricloop.core.errors import ConfigError
from ricloop_e2sim.flows.calls import CallSettings
from ricloop_e2sim.flows.schedule import Block, Schedule
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.slicing import Slice
from ricloop_e2sim.scenarios.document import Document, Key

GROUPS: tuple[Key, ...] = ("UE_Configuration", "UE_Groups")
SLICES: tuple[Key, ...] = ("Slices", "Slices")
WEEK: tuple[Key, ...] = ("Data Set Generator", "Weekly Schedule")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SST = {"embb": 1, "urllc": 2, "miot": 3, "v2x": 4, "hmtc": 5}
"""Standardised slice types (TS 23.501 5.15.2.2); others get operator's numbers, from 128."""
OPERATORS_SST = 128
MOVES = {"Manhattan": "streets", "short range": "waypoint"}
"""Ways of moving there and here; at speed 0 all stand still."""


def slices(document: Document) -> tuple[Slice, ...]:
    """All, with their policy ratios."""
    made = []
    for number in range(document.count(*SLICES)):
        path = (*SLICES, number)
        name = str(document.need(*path, "name")).lower()
        dedicated, minimum, maximum = (
            document.number(*path, f"{which}-PRB-Policy-Ratio") for which in ("Dedicated", "Min", "Max")
        )
        sst = SST.get(name, OPERATORS_SST + number)
        made.append(Slice(name, sst, dedicated=dedicated, minimum=max(minimum, dedicated), maximum=maximum))
    return tuple(made) or (Slice(),)


def groups(document: Document, kinds: tuple[Slice, ...]) -> tuple[Group, ...]:
    """All, each as large as in its fullest hour."""
    week = _week(document)
    most = Schedule(week).most_users if week else 1.0
    return tuple(
        replace(group, users=max(1, round(group.users * most)), blocks=week)
        for group in (_group(document, (*GROUPS, number), kinds) for number in range(document.count(*GROUPS)))
    )


def _group(document: Document, path: tuple[Key, ...], kinds: tuple[Slice, ...]) -> Group:
    users = sum(
        int(document.number(*path, "distribution", place, "ues"))
        for place in range(document.count(*path, "distribution"))
    )
    speed = document.number(*path, "mobility", "speed")
    moves = _moves(document, path, speed)
    document.expect(1.5, *path, "ueHeight")
    indoor = "indoor" in str(document.take(*path, "global-id")).lower()
    service = (*path, "serviceConfig", 0)
    _calls(document, service)
    return Group(
        users,
        "calls",
        moves=moves,
        speed_kmh=speed or 3.0,
        indoor=float(indoor),
        floors=_floors(document) if indoor else 1,
        slice=_slice(document, service, kinds),
        hours="always",
    )


def _moves(document: Document, path: tuple[Key, ...], speed: float) -> str:
    """What we do not know, as a path on a map, becomes a random walk."""
    way = (*path, "mobility", "type")
    if not speed:
        document.take(*way)
        return "static"
    return next((ours for theirs, ours in MOVES.items() if document.expect(theirs, *way)), "waypoint")


def _calls(document: Document, path: tuple[Key, ...]) -> None:
    """Of a service, what is as our calls are."""
    usual = CallSettings()
    for key, value in (
        ("Average call duration", usual.call_s),
        ("Average time between calls", usual.gap_s),
        ("targetTput_Mbps", usual.target_bps / 1e6),
        ("qosId", usual.five_qi),
        ("timer_randomness", "Poisson"),
        ("initial_call_state", "Active"),
        ("gbrTput_Mbps", 0),
    ):
        document.expect(value, *path, key)


def _slice(document: Document, path: tuple[Key, ...], kinds: tuple[Slice, ...]) -> int:
    name = str(document.need(*path, "slice")).lower()
    names = [kind.name for kind in kinds]
    if name not in names:
        raise ConfigError(f"a group is in slice {name!r}; there are {', '.join(names)}")
    return names.index(name)


def _floors(document: Document) -> int:
    """Mean of the kinds of buildings."""
    kinds = ("Scenario_Generation", "buildings", "types")
    floors = [document.number(*kinds, number, "floors") for number in range(document.count(*kinds))]
    return max(1, round(sum(floors) / len(floors))) if floors else 1


def _week(document: Document) -> tuple[Block, ...]:
    """Where one day alone is given, it is every day."""
    days = document.count(*WEEK)
    blocks = []
    for day in range(days):
        name = document.take(*WEEK, day, "Day")
        which = (DAYS.index(name),) if days > 1 and name in DAYS else tuple(range(7))
        hours = (*WEEK, day, "Daily Schedule")
        for block in range(document.count(*hours)):
            path = (*hours, block)
            first = int(document.number(*path, "Starting hour"))
            traffic = document.most(1.0, *path, "Traffic ratio")
            blocks.append(
                Block(
                    first,
                    first + int(document.number(*path, "Hours")),
                    users=document.number(*path, "UEs ratio"),
                    traffic=traffic,
                    days=which,
                )
            )
    return tuple(blocks)
