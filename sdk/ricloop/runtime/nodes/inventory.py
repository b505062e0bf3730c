"""Every E2 node that is connected or was: what it is, what it offers, what is subscribed, what was counted.

JSON-able, read from what the RIC keeps anyway; `ricloop nodes` shows it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ricloop.core.ids import Cgi, NodeId
from ricloop.core.time import NS_PER_S
from ricloop.decide.topology import Topology
from ricloop.e2ap.messages import E2SetupRequest
from ricloop.runtime.nodes.admission import Admission
from ricloop.runtime.nodes.nodes import Node, Nodes
from ricloop.runtime.nodes.subscriber import Subscriber

if TYPE_CHECKING:
    from ricloop.runtime.nodes.association import Association

MAX_GONE = 256
"""Nodes that are kept after they went away or were refused; beyond, the one that was heard longest ago is forgotten."""
CARRIED = frozenset(
    (
        "slow_peers",
        "unusual_ppids",
        "other_streams",
        "paths_lost",
        "paths_back",
        "remote_errors",
        "unsent",
        "lost",
        "frames_deferred",
        "frames_dropped",
        "floods",
    )
)
"""What a transport or a link counts that is a fault."""


@dataclass(slots=True)
class Record:
    """What stays of a node between its associations. Instants are nanoseconds of the loop's clock."""

    id: NodeId
    peer: str
    since: int | None = None
    """When the present association was set up; None while there is none."""
    heard: int = 0
    """When it last connected, left or was refused."""
    connections: int = 0
    setups_refused: int = 0
    lost: str = ""
    """Why the last association ended."""
    counted: Counter[str] = field(default_factory=Counter)
    """Counters of the associations that are over, and what the RIC itself counts of the node."""
    last: dict[str, Any] = field(default_factory=dict)
    """What the node offered when it was last connected."""


class Inventory:
    """Bounded: all that are connected, and `MAX_GONE` that are not."""

    def __init__(
        self,
        nodes: Nodes,
        subscriber: Subscriber,
        admission: Admission,
        now: Callable[[], int],
        topology: Callable[[], Topology],
    ) -> None:
        self._nodes, self._subscriber, self._admission = nodes, subscriber, admission
        self._now, self._topology = now, topology
        self._records: OrderedDict[NodeId, Record] = OrderedDict()
        self.lost_before_setup = 0
        """Connections that ended before anything said which node's they are."""

    def connected(self, node: Node) -> None:
        record = self._record(node.id, node.association.peer)
        record.since = record.heard
        record.connections += 1
        record.counted["unreadable_functions"] += len(node.faults)

    def refused(self, setup: E2SetupRequest, peer: str) -> None:
        """The peer of a node that is connected stays the one that it is connected from."""
        known = self._records.get(setup.node)
        self._record(setup.node, known.peer if known is not None and known.since is not None else peer)
        self._records[setup.node].setups_refused += 1

    def count(self, node: Node, what: str) -> None:
        """Something the RIC noticed about a connected node's indications."""
        self._records[node.id].counted[what] += 1

    def lost(self, node: Node, association: Association, reason: str) -> None:
        record = self._record(node.id, association.peer)
        record.last = self._offer(node)
        record.counted.update(_counters(association))
        record.since, record.lost = None, reason

    def report(self) -> dict[str, Any]:
        """`{"schema": 1, "lost_before_setup": n, "refused": {why: n}, "nodes": [...]}`, by node id. Ages and durations
        in seconds."""
        return {
            "schema": 1,
            "lost_before_setup": self.lost_before_setup,
            "refused": dict(self._admission.refused),
            "nodes": [self._row(record) for record in sorted(self._records.values(), key=lambda r: str(r.id))],
        }

    # -------------------------------------------------------------------------------------------------- helpers

    def _record(self, id: NodeId, peer: str) -> Record:
        record = self._records.pop(id, None) or Record(id, peer)
        record.peer, record.heard = peer, self._now()
        self._records[id] = record
        if len(self._records) > MAX_GONE + len(self._nodes):
            gone = [held.id for held in self._records.values() if held.since is None]
            for old in gone[: max(0, len(gone) - MAX_GONE)]:
                if old != id:
                    del self._records[old]
        return record

    def _row(self, record: Record) -> dict[str, Any]:
        now, node = self._now(), self._nodes.get(record.id)
        counted, heard = Counter(record.counted), record.heard
        if node is not None:
            counted.update(_counters(node.association))
            heard = node.association.session.heard
        return {
            "node": str(record.id),
            "kind": record.id.kind.value,
            "state": "gone" if node is None else node.association.session.phase.name.lower(),
            "peer": record.peer,
            "connected_s": None if record.since is None else (now - record.since) / NS_PER_S,
            "heard_s_ago": (now - heard) / NS_PER_S,
            "connections": record.connections,
            "setups_refused": record.setups_refused,
            "lost": record.lost,
            **(record.last if node is None else self._offer(node)),
            "subscriptions": [] if node is None else self._subscriptions(node),
            "counters": {name: counted[name] for name in sorted(counted) if counted[name]},
        }

    def _offer(self, node: Node) -> dict[str, Any]:
        models = {function.id: function.model.name for function in node.functions}
        return {
            "e2ap": node.dialect.e2ap_version,
            "dialect": str(node.dialect),
            "functions": [
                {"id": f.id, "oid": f.oid, "revision": f.revision, "model": models.get(f.id)}
                for f in node.association.session.functions.values()
            ],
            "faults": list(node.faults),
            "cells": [str(Cgi.unpack(cell)) for cell in self._nodes.cells_of(node, self._topology())],
        }

    def _subscriptions(self, node: Node) -> list[dict[str, Any]]:
        return [
            {
                "request": [request.requestor, request.instance],
                "function": readers[0].function_id,
                "feeds": [reader.feed.title for reader in readers],
                "actions": len(readers[0].actions),
                "admitted": len(readers[0].admitted),
            }
            for request, readers in self._subscriber.shared_at(node)
        ]


def _counters(association: Association) -> dict[str, int]:
    """Of one association: its session's, and what carries it counts as a fault."""
    carried = {name: count for counters in association.carried for name, count in counters.items() if name in CARRIED}
    return {**association.session.counters, **carried}
