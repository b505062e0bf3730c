"""Several elections and one API server in one process, under time of our own: who has the right, when, in true time.

A replica's clock runs a little faster or slower than true time and starts anywhere; its renewTime is whatever its wall
clock says. Requests and answers take as long as they are told, are lost, or arrive after their sender has given up. A
replica that is paused does nothing, and finds everything at once when it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ricloop.core.time import NS_PER_S
from ricloop.platform.lease import Change, Deed, Election, Refused, Request, Terms
from ricloop.platform.leaserecord import RELEASED, Lease, read

TIMEOUT = NS_PER_S
"""After so long a replica gives a request up."""
STEP = NS_PER_S // 50


@dataclass
class Server:
    """One Lease, with the rules of the API server: a write names the version that it replaces."""

    document: dict[str, Any] | None = None
    versions: int = 0

    def do(self, request: Request, wall: str) -> Lease | Refused | None:
        if request.deed is Deed.LOOK:
            return read(self.document)
        if request.deed is Deed.CREATE:
            if self.document is not None:
                return Refused(409, "exists")
        elif self.document is None:
            return Refused(404, "not found")
        elif self.document["metadata"]["resourceVersion"] != request.version:
            return Refused(409, "conflict")
        self.put(
            {
                "holderIdentity": request.holder,
                "leaseDurationSeconds": request.seconds,
                "renewTime": wall,
                "acquireTime": request.acquired or wall,
                "leaseTransitions": request.transitions,
            },
            {RELEASED: "somebody"} if request.deed is Deed.RELEASE else {},
        )
        return read(self.document)

    def put(self, spec: dict[str, Any], annotations: dict[str, str] | None = None) -> None:
        self.versions += 1
        self.document = {
            "metadata": {"resourceVersion": str(self.versions), "annotations": annotations or {}},
            "spec": spec,
        }


@dataclass
class Message:
    """A request on its way, or its answer on the way back."""

    request: Request
    at: int
    """True time of its arrival."""
    answer_after: int | None
    """How long the answer takes then; None: it is lost."""
    answer: Lease | Refused | None = None
    applied: bool = False


@dataclass
class Replica:
    """One candidate with a clock of its own."""

    election: Election
    rate: float
    offset: int
    wall: str = "12:00"
    paused: bool = False
    cut_off: bool = False
    inbox: list[Message] = field(default_factory=list)
    asked: tuple[Request, int] | None = None
    rights: list[tuple[int, int]] = field(default_factory=list)
    """True instants between which it had the right: as it was when it was given, cut where it was given up."""

    def local(self, true: int) -> int:
        return self.offset + round(true * self.rate)

    def true(self, local: int) -> int:
        return round((local - self.offset) / self.rate)


class World:
    """True time moves in steps."""

    def __init__(self, replicas: list[Replica]) -> None:
        self.now = 0
        self.server = Server()
        self.replicas = replicas
        self.delay, self.answer_delay = 0, 0
        self.lose_request = self.lose_answer = self.down = False

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * NS_PER_S / STEP)):
            self.now += STEP
            for replica in self.replicas:
                self._network(replica)
            for replica in self.replicas:
                if not replica.paused:
                    self._act(replica)

    def leaders(self) -> list[int]:
        """Who has the right now."""
        return [i for i, r in enumerate(self.replicas) if r.election.leads(r.local(self.now))]

    def overlaps(self) -> list[tuple[int, int]]:
        """Pairs of replicas that had the right at one instant of true time."""
        spans = [(start, end, i) for i, r in enumerate(self.replicas) for start, end in r.rights if end > start]
        spans.sort()
        return [
            (a[2], b[2])
            for at, a in enumerate(spans)
            for b in spans[at + 1 :]
            if a[2] != b[2] and b[0] < a[1]
        ]  # fmt: skip

    def _network(self, replica: Replica) -> None:
        for message in replica.inbox:
            if not message.applied and message.at <= self.now:
                # It arrives at the server, however long it took and whoever still waits for it.
                message.applied = True
                message.answer = Refused(503, "down") if self.down else self.server.do(message.request, replica.wall)
                message.at = -1 if message.answer_after is None else self.now + message.answer_after

    def _act(self, replica: Replica) -> None:
        election, now = replica.election, replica.local(self.now)
        for message in [m for m in replica.inbox if m.applied and 0 <= m.at <= self.now]:
            replica.inbox.remove(message)
            self._answer(replica, message.request, message.answer)
        if replica.asked is not None and now - replica.asked[1] > TIMEOUT:
            self._answer(replica, replica.asked[0], Refused(0, "no answer"))
        if (request := election.next(now)) is not None:
            replica.asked = (request, now)
            if not replica.cut_off and not self.lose_request:
                back = None if self.lose_answer else self.answer_delay
                replica.inbox.append(Message(request, self.now + self.delay, back))
        self._note(replica)

    def _answer(self, replica: Replica, request: Request, answer: Lease | Refused | None) -> None:
        now = replica.local(self.now)
        if replica.asked is not None and replica.asked[0].number == request.number:
            replica.asked = None
        replica.election.answered(request, answer, now)
        self._note(replica)

    def _note(self, replica: Replica) -> None:
        """Rights are open until `right_until`; whoever loses or gives one up has none from now on."""
        election = replica.election
        until = replica.true(election.right_until)
        if election.leads(replica.local(self.now)):
            if replica.rights and replica.rights[-1][1] >= self.now:
                replica.rights[-1] = (replica.rights[-1][0], until)
            else:
                replica.rights.append((self.now, until))
        elif replica.rights and replica.rights[-1][1] > self.now:
            replica.rights[-1] = (replica.rights[-1][0], self.now)


def world(*rates: float, seconds: int = 6, kind: type[Election] = Election) -> World:
    """Replicas with clocks of these rates, all willing."""
    terms = Terms(seconds, NS_PER_S)
    replicas = []
    for number, rate in enumerate(rates):
        election = kind(terms, f"ric-{number}", seed=number)
        election.willing = True
        replicas.append(Replica(election, rate, (number + 1) * 977 * NS_PER_S))
    return World(replicas)


def took(replica: Replica) -> list[Change]:
    return [change for change, _ in replica.election.changes]
