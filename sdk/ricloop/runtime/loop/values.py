"""The newest value of every feed, and of everything else that a handler may need, with its age."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from ricloop.app.needs import OutcomeFeed, TopologyNeed
from ricloop.core.feeds import Feed, Latest, Need, Policy, Shared
from ricloop.core.ids import CellId, GnbId, NodeId
from ricloop.decide.topology import Topology
from ricloop.e2sm.ccc import Configuration, States
from ricloop.runtime.loop.merge import merged
from ricloop.runtime.loop.shared import SharedStore

Entry = tuple[Any, int]
"""A value, and when it came (nanoseconds on the loop's clock)."""


class Values:
    """Periodic reports are kept per gNB, so that a handler sees those of the gNB it is asked about; events are kept
    whole."""

    def __init__(self, shared: SharedStore, topology: Callable[[], Topology]) -> None:
        self._shared, self._topology = shared, topology
        self._feeds: dict[Feed[Any], dict[GnbId | None, Entry]] = {}
        self._policies: dict[Policy[Any], Entry] = {}
        self._merged: dict[Feed[Any], Entry] = {}

    def put(self, feed: Feed[Any], gnb: GnbId | None, value: Any, now: int) -> None:
        """`gnb` is None for a value that is not of one gNB."""
        self._feeds.setdefault(feed, {})[gnb] = (value, now)
        self._merged.pop(feed, None)

    def forget(self, gnb: GnbId) -> None:
        """A gNB is gone: what it said is unknown again."""
        for feed, values in self._feeds.items():
            if values.pop(gnb, None) is not None:
                self._merged.pop(feed, None)

    def drop(self, feeds: Iterable[Feed[Any]]) -> None:
        """Nobody reads these any more."""
        for feed in feeds:
            self._feeds.pop(feed, None)
            self._merged.pop(feed, None)

    def scrub(self, targets: Iterable[CellId | NodeId]) -> None:
        """A node is gone: what it and its cells said is unknown again, as are states that say nothing else."""
        lost = set(targets)
        gone: dict[CellId, bool | None] = {target: None for target in lost if not isinstance(target, NodeId)}
        for feed, values in self._feeds.items():
            for gnb, (value, at) in list(values.items()):
                if isinstance(value, Configuration):
                    values[gnb] = (value.without(lost), at)
                    self._merged.pop(feed, None)
                elif isinstance(value, States):
                    if len(rest := value.updated(gone)):
                        values[gnb] = (rest, at)
                    else:
                        del values[gnb]
                    self._merged.pop(feed, None)

    def value(self, feed: Feed[Any], gnb: GnbId | None) -> Any:
        """The newest value, None before the first."""
        entry = self._of_feed(feed, gnb)
        return None if entry is None else entry[0]

    def set_policy(self, need: Policy[Any], value: Any, now: int) -> None:
        """None: there is none any more."""
        if value is None:
            self._policies.pop(need, None)
        else:
            self._policies[need] = (value, now)

    def latest(self, need: Need[Any], gnb: GnbId | None, now: int) -> Latest[Any]:
        """What a handler about `gnb` (None: about all) is given for a need."""
        if isinstance(need, TopologyNeed):
            return Latest(self._topology())
        if isinstance(need, Shared):
            entry = self._shared.get(need)
        elif isinstance(need, Policy):
            entry = self._policies.get(need)
        elif isinstance(need, Feed):
            entry = self._of_feed(need, gnb)
        else:
            entry = None
        if entry is None:
            return Latest.unknown()
        return Latest(entry[0], timedelta(microseconds=(now - entry[1]) // 1000))

    def _of_feed(self, feed: Feed[Any], gnb: GnbId | None) -> Entry | None:
        values = self._feeds.get(feed)
        if not values:
            return None
        if gnb in values or isinstance(feed, OutcomeFeed):
            return values.get(gnb)
        if None in values:
            return values[None]
        if gnb is not None:
            return None
        if feed not in self._merged:
            entries = [values[key] for key in sorted(values, key=str)]
            self._merged[feed] = (merged([value for value, _ in entries]), max(at for _, at in entries))
        return self._merged[feed]
