"""Who may come in: an allow-list of E2 node ids, one association per id, and a pause for who had to be shown out."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from ricloop.core.errors import ConfigError
from ricloop.core.ids import NodeId
from ricloop.core.time import NS_PER_S
from ricloop.e2ap.messages import Cause, E2SetupRequest

NOT_WELCOME = Cause("misc", "om-intervention")
"""Not on the list, connected already, or shown out a moment ago. E2AP 9.2.1 has no closer cause."""
OVERLOAD = Cause("misc", "control-processing-overload")
FIRST_PAUSE = 5 * NS_PER_S
"""How long a node that was shown out stays out; twice as long after each further time."""
LONGEST_PAUSE = 60 * NS_PER_S
FORGIVEN_AFTER = 600 * NS_PER_S
"""Without a further fault, a node begins anew."""
MAX_SHOWN_OUT = 1024
"""Nodes whose faults are remembered; beyond, the oldest is forgotten."""


class AllowList:
    """Patterns of node ids as the RIC prints them: `gnb-00101-3`, `gnb-00101-3-du1`, `gnb-00101-*`. None: everybody."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        """Raises ConfigError for a pattern that no node id can match."""
        self.patterns = tuple(pattern.strip() for pattern in patterns)
        for pattern in self.patterns:
            if not re.fullmatch(r"[a-z0-9*?\[\]!-]+", pattern):
                raise ConfigError(
                    f"allowed node '{pattern}': write an id as the RIC prints it, * and ? stand for any characters:"
                    " gnb-00101-3, gnb-00101-3-du1, gnb-00101-*"
                )

    def __contains__(self, node: NodeId) -> bool:
        return not self.patterns or any(fnmatchcase(str(node), pattern) for pattern in self.patterns)


class Admission:
    """Answers every E2 Setup Request before anything is kept of it, and counts whom it refused, by why."""

    def __init__(
        self,
        allowed: AllowList,
        connected: Callable[[NodeId], bool],
        overloaded: Callable[[], bool],
        now: Callable[[], int],
    ) -> None:
        """`overloaded`: true while more subscriptions wait to be asked for than are kept."""
        self._allowed, self._connected, self._overloaded, self._now = allowed, connected, overloaded, now
        self._out: OrderedDict[NodeId, tuple[int, int]] = OrderedDict()
        """Per node that was shown out: how often, and when last."""
        self.refused = {"not_allowed": 0, "duplicate": 0, "shown_out": 0, "overload": 0}

    def admit(self, setup: E2SetupRequest) -> Cause | None:
        """A cause where the node stays out; the session adds the Time To Wait."""
        why = self.why_not(setup.node)
        if why is None:
            return None
        self.refused[why] += 1
        return OVERLOAD if why == "overload" else NOT_WELCOME

    def why_not(self, node: NodeId) -> str | None:
        """The key in `refused`; None for a node that may come in now."""
        if node not in self._allowed:
            return "not_allowed"
        if self._connected(node):
            # The first one stays until its association is lost.
            return "duplicate"
        if self._now() < self._out_until(node):
            return "shown_out"
        return "overload" if self._overloaded() else None

    def show_out(self, node: NodeId) -> float:
        """Its association was ended for what it sent. Returns for how many seconds it stays out."""
        now = self._now()
        times, last = self._out.pop(node, (0, now))
        self._out[node] = (1 if now - last > FORGIVEN_AFTER else times + 1, now)
        while len(self._out) > MAX_SHOWN_OUT:
            self._out.popitem(last=False)
        return (self._out_until(node) - now) / NS_PER_S

    def _out_until(self, node: NodeId) -> int:
        times, last = self._out.get(node, (0, 0))
        return last + min(FIRST_PAUSE << min(times - 1, 8), LONGEST_PAUSE) if times else 0
