"""One of several at a time, by a Lease of Kubernetes: the election as a machine without input or output.

`next` gives the request that is due, `answered` takes what came of it, `right_until` is how long this one may act.
Every instant is of a clock that nobody sets and that goes on while the machine sleeps (CLOCK_BOOTTIME); the wall clock
is written into the lease for people to read, and read by nobody here.

Why no two have the right at one instant, whatever is delayed, lost or paused:

- A holder's right counts from before its last write that succeeded was *sent*, and ends a margin before the seconds
  that this write put into the lease are over.
- Another takes a held lease only where it has itself seen the same version of it for these seconds, counted from when
  the first answer that showed it had *arrived*: so from after it was written, and that was after it was sent. These
  seconds are the longest of what the lease says, what its last holder wrote and our own: somebody may shorten them.
- The server takes a write only where the version is still the one that the writer saw. A write that lingers on its way
  comes too late, not to somebody else's lease.
- A lease is made without a holder, and waited for like any other: that there is none has no version, so nobody can
  tell how long that has been so. A creation that lingers on its way gives nobody anything.
- One without a holder is taken at once only where its holder said itself that it is done, or by who has the right: one
  that was deleted, or emptied by hand, is its own again before the others may take it.

The margin is for clocks that do not run equally fast, and for the frames that are on their way to a socket.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from enum import Enum

from ricloop.core.time import NS_PER_S
from ricloop.platform.leaserecord import Lease

POLL_S = 0.2
"""How often one that waits looks: a planned change of hands takes that long at the most, and one GET is small."""
SLOWEST_POLL_S = 2.0
"""And while the API server does not answer."""
JITTER = 0.2
"""Two that wait do not stay in step: each wait is up to this share longer."""
AT_ONCE_S = 0.02
"""Before a look at what is not as it was thought to be; servers that always say so are not asked without a rest."""
RELEASE_TRIES = 5
"""Writes that give the lease back; after them it runs out by itself."""


class Deed(Enum):
    """What a request does."""

    LOOK = "look"
    CREATE = "create"
    TAKE = "take"
    RENEW = "renew"
    RELEASE = "release"


class Change(Enum):
    """What happened to the right."""

    TAKEN = "taken"
    LOST = "lost"
    """Somebody else holds the lease, or nobody."""
    FENCED = "fenced"
    """It could not be renewed in time."""
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Terms:
    """Lengths in nanoseconds."""

    seconds: int
    """leaseDurationSeconds, as it is written into the lease."""
    renew: int
    """Between two renewals."""

    @property
    def length(self) -> int:
        return self.seconds * NS_PER_S

    @property
    def margin(self) -> int:
        """How long before the lease's end the right ends."""
        return self.length // 6

    @property
    def right(self) -> int:
        """How long a write that succeeds gives the right for, from when it was sent."""
        return self.length - self.margin


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask the API server. Writes carry what the lease is to say; `version` is what must still be there."""

    number: int
    deed: Deed
    version: str = ""
    holder: str = ""
    seconds: int = 0
    transitions: int = 0
    acquired: str = ""
    """As it was; empty: now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server's answer was no, or none came. `status` is HTTP's; 0: nothing came back, and what became of the write
    is unknown."""

    status: int
    why: str
    after_s: float = 0.0
    """Retry-After."""


class Election:
    """One candidate. `identity` must be of this process alone: one that starts again is somebody else."""

    def __init__(self, terms: Terms, identity: str, *, seed: int = 0) -> None:
        self.terms, self.identity = terms, identity
        self.willing = False
        """May it take the lease? Who has the right keeps it all the same, until it is fenced or gives up."""
        self.right_until = 0
        """The right ends at this instant."""
        self.lease: Lease | None = None
        """What was last seen; None where there is none."""
        self.changes: list[tuple[Change, str]] = []
        """What happened since somebody looked, and why."""
        self.hands = 0
        """How often this one saw the lease go from one holder to another."""
        self.predecessor = ""
        """The last holder that was not this one; empty: none was seen."""
        self._random = random.Random(seed)
        self._known = False
        """Has any answer shown what there is?"""
        self._since = 0
        """When an answer first showed what the lease says now, or that there is none."""
        self._stale = True
        """The lease may be another by now: to be looked at before anything is written."""
        self._leads = False
        self._asked: Request | None = None
        self._asked_at = self._written_at = self._due = self._number = self._failures = self._releases = 0
        self._promised_s = 0
        """The most that the last holder wrote into it."""
        self._last_holder = self._why = ""

    # --------------------------------------------------------------------------------------------------- looking

    def leads(self, now: int) -> bool:
        """Has it the right at this instant?"""
        return now < self.right_until

    @property
    def settled(self) -> bool:
        """Nothing is on its way, and there is no lease to be given back."""
        return self._asked is None and (not self._holds or self._releases >= RELEASE_TRIES)

    @property
    def _holds(self) -> bool:
        """The lease has our name, as far as we know."""
        return self.lease is not None and self.lease.holder == self.identity

    def timer_at(self) -> int | None:
        """When to call `next`, at the latest; None: not before the answer."""
        due = [self._due] if self._asked is None else []
        return min([*due, self.right_until] if self._leads else due, default=None)

    # --------------------------------------------------------------------------------------------------- requests

    def next(self, now: int) -> Request | None:
        """What is to be sent at this very instant; None while nothing is due or an answer is awaited."""
        self._look_at_the_fence(now)
        if self._asked is not None or now < self._due:
            return None
        self._number += 1
        self._asked, self._asked_at = self._request(now), now
        return self._asked

    def hurry(self, now: int) -> None:
        """Something changed here: what will be due is due now."""
        self._due = min(self._due, now)

    def give_up(self, now: int) -> None:
        """The right ends here and now, before anybody is told: whoever acted on it has stopped."""
        if self._leads:
            self._end(Change.RELEASED, "given up")
        self.right_until = min(self.right_until, now)
        self.willing = False
        self.hurry(now)

    def _request(self, now: int) -> Request:
        lease, look = self.lease, Request(self._number, Deed.LOOK)
        if self._stale:
            return look
        if lease is None:
            may = self._leads or self.willing
            return Request(self._number, Deed.CREATE, seconds=self.terms.seconds) if may else look
        write = Request(self._number, Deed.TAKE, lease.version, self.identity, self.terms.seconds, lease.transitions)
        if self._holds:
            if self._leads or self.willing:
                return replace(write, deed=Deed.RENEW, acquired=lease.acquired)
            if self._releases < RELEASE_TRIES:
                self._releases += 1
                return replace(write, deed=Deed.RELEASE, holder="", acquired=lease.acquired)
        elif self._leads:
            self._why = "nobody held it"
            return replace(write, transitions=lease.transitions + 1)
        elif self.willing and now >= self._free_at(lease):
            silent = f"{lease.holder or 'whoever held it'} was silent for {self._waited_s(lease)} s"
            self._why = "it was given up" if lease.released else silent
            return replace(write, transitions=lease.transitions + 1)
        return look

    def _free_at(self, lease: Lease) -> int:
        """When somebody else's lease may be taken, if it stays as it is."""
        return 0 if lease.released else self._since + self._waited_s(lease) * NS_PER_S

    def _waited_s(self, lease: Lease) -> int:
        return max(lease.seconds or 0, self._promised_s, self.terms.seconds)

    # ---------------------------------------------------------------------------------------------------- answers

    def answered(self, request: Request, answer: Lease | Refused | None, now: int) -> None:
        """What came of it: the lease as it is now, None where there is none, or why nothing is known. The answer to a
        request that was given up is no news."""
        self._look_at_the_fence(now)
        asked = self._asked
        if asked is None or asked.number != request.number:
            return
        self._asked = None
        if isinstance(answer, Refused):
            self._refused(asked, answer, now)
            return
        self._stale = False
        self._note(answer, now)
        if asked.deed is not Deed.LOOK or not self._holds:
            self._failures = 0
        if asked.deed in (Deed.TAKE, Deed.RENEW):
            self._written(asked, answer)
        if self._leads and answer is not None and not self._holds and (answer.holder or answer.released):
            self._end(Change.LOST, f"held by {answer.holder}" if answer.holder else "somebody gave it up for us")
            self.right_until = min(self.right_until, now)
        # An answer that took longer than what it gives: the right was over before it was known.
        self._look_at_the_fence(now)
        self._due = self._next_due(now)

    def _written(self, asked: Request, answer: Lease | None) -> None:
        if not self._holds or answer is None or answer.seconds != asked.seconds:
            # Somebody between us and the store has a will of their own: others would wait for another length.
            return
        self._releases, self._written_at = 0, self._asked_at
        if self._leads or self.willing:
            self.right_until = self._asked_at + self.terms.right
            if not self._leads:
                self._leads = True
                self.changes.append((Change.TAKEN, "it was still ours" if asked.deed is Deed.RENEW else self._why))

    def _refused(self, asked: Request, answer: Refused, now: int) -> None:
        self._stale, self._failures = True, self._failures + 1
        rest = POLL_S * 2 ** min(self._failures - 1, 8)
        most = min(SLOWEST_POLL_S, self.terms.renew / NS_PER_S / 4) if self._leads else SLOWEST_POLL_S
        surprising = (409,) if asked.deed is Deed.CREATE else (404, 409)
        if answer.status in surprising and self._failures == 1:
            # It is not as we thought: what it is, the next look shows.
            rest = AT_ONCE_S
        self._due = now + self._jittered(min(max(rest, answer.after_s), most))

    def _note(self, lease: Lease | None, now: int) -> None:
        """What the lease says now, and since when it is known to say so."""
        before = self.lease
        if not self._known or (before and before.seen) != (lease and lease.seen):
            self._since = now
        self._known, self.lease = True, lease
        if lease is None or not lease.holder:
            return
        if lease.holder != self._last_holder:
            self.hands += bool(self._last_holder)
            self._last_holder, self._promised_s = lease.holder, 0
            if not self._holds:
                self.predecessor = lease.holder
        self._promised_s = max(self._promised_s, lease.seconds or 0)

    def _next_due(self, now: int) -> int:
        if self._holds and (self._leads or self.willing):
            return max(now, self._written_at + self.terms.renew)
        if self._leads or (self.lease is None and self.willing):
            return now
        if self._holds and self._releases < RELEASE_TRIES:
            return now
        look = now + self._jittered(POLL_S)
        if self.lease is not None and self.willing:
            # Not a moment later than it may be.
            return max(now, min(look, self._free_at(self.lease)))
        return look

    def _jittered(self, seconds: float) -> int:
        return round(seconds * (1 + JITTER * self._random.random()) * NS_PER_S)

    # ---------------------------------------------------------------------------------------------------- the end

    def _look_at_the_fence(self, now: int) -> None:
        if self._leads and not self.leads(now):
            self._end(Change.FENCED, f"not renewed for {self.terms.right / NS_PER_S:g} s")

    def _end(self, change: Change, why: str) -> None:
        self._leads = False
        self.changes.append((change, why))
