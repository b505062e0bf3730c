"""What an election tells: health, metrics, a line of the log and an audit record for each change of hands."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ricloop.core.errors import ConfigError
from ricloop.core.time import NS_PER_S
from ricloop.link.http import Asked, Reply, health
from ricloop.platform.families import as_text, counter, gauge
from ricloop.platform.lease import Change, Election
from ricloop.runtime.books.audit import AuditFile

log = structlog.get_logger()

PATHS = "GET /metrics, /health/alive and /health/ready"
LONG = 10
"""A lease of somebody else that is so many times as long as ours is worth a warning."""


@dataclass
class Told:
    """Counters, and who is told."""

    election: Election
    lease: str
    audit: Path | None
    renewals: Counter[str] = field(default_factory=lambda: Counter(ok=0, failed=0))
    fenced: int = 0
    label_failures: int = 0
    _silent: bool = False
    _holder: str = ""

    def changed(self, change: Change, why: str) -> None:
        """A change of hands: the log and the audit say so. What the audit's disk does not take is lost, and logged:
        control does not depend on it."""
        self.fenced += change is Change.FENCED
        tell = log.info if change in (Change.TAKEN, Change.RELEASED) else log.error
        tell(_WORDS[change], lease=self.lease, identity=self.election.identity, why=why)
        if self.audit is None:
            return
        lease = self.election.lease
        fields = {"time": time.monotonic_ns(), "lease": self.lease, "identity": self.election.identity}
        fields |= {"change": change.value, "why": why, "transitions": 0 if lease is None else lease.transitions}
        try:
            audit = AuditFile(self.audit)
        except ConfigError as error:
            log.error("an audit record is lost", why=str(error))
            return
        audit.record("lease", fields)
        audit.close()

    def answered(self, status: int, why: str) -> None:
        """Each answer of the API server; `why` is empty where it did what it was asked."""
        if why and status != 409 and not self._silent:
            log.warning("the lease cannot be looked at", lease=self.lease, status=status or "none", why=why)
        elif not why and self._silent:
            log.info("the lease can be looked at again", lease=self.lease)
        if status != 409:
            self._silent = bool(why)
        lease = self.election.lease
        if lease is not None and lease.holder not in ("", self._holder, self.election.identity):
            log.info("another is in control", lease=self.lease, holder=lease.holder, seconds=lease.seconds)
            if (lease.seconds or 0) > LONG * self.election.terms.seconds:
                log.warning(
                    "its holder asks for a long time: should it die, nobody is in control for as long",
                    lease=self.lease,
                    holder=lease.holder,
                    seconds=lease.seconds,
                )
        self._holder = "" if lease is None else lease.holder

    def answer(self, asked: Asked, unready: str | None, now: int) -> Reply | None:
        """Of whoever asks over HTTP. That there is an answer at all says that this process is alive."""
        if asked.path == "/health/alive":
            return health(None)
        if asked.path == "/health/ready":
            return health(unready)
        if asked.path == "/metrics":
            return Reply(as_text(self._metrics(now)), CONTENT_TYPE_LATEST)
        return None

    def _metrics(self, now: int) -> list[Metric]:
        left = max(0, self.election.right_until - now) / NS_PER_S
        return [
            gauge("ricloop_lease_holder", "1 where this one has the right to control.", left > 0),
            gauge("ricloop_lease_seconds_left", "How long this one has the right, if not renewed.", left),
            counter("ricloop_lease_transitions", "Changes of hands that this one saw.", self.election.hands),
            counter("ricloop_lease_renewals", "Renewals of the lease, by what came of them.", self.renewals, "outcome"),
            counter("ricloop_lease_fenced", "Times the right ran out before a renewal.", self.fenced),
            counter("ricloop_lease_label_failures", "Pods that could not be given their label.", self.label_failures),
        ]


_WORDS = {
    Change.TAKEN: "this one is in control",
    Change.LOST: "no longer in control: the lease was lost",
    Change.FENCED: "no longer in control: the lease could not be renewed",
    Change.RELEASED: "no longer in control: given up in order",
}
