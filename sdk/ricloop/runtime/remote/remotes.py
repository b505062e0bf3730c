"""Every xApp of another process that this RIC knows: who may come, who comes back, who stayed away too long."""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.core.errors import ConfigError, DecodeError
from ricloop.core.time import NS_PER_S
from ricloop.rpc import messages, wire_ric
from ricloop.rpc.describe import Interned
from ricloop.rpc.plain import adapt
from ricloop.runtime.loop.runner import feeds_of
from ricloop.runtime.remote.app import FarRunner, lower
from ricloop.runtime.remote.session import COUNTS, Session, Stream
from ricloop.runtime.stage import Stage

if TYPE_CHECKING:
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()

GRACE_S = 10.0
"""How long the subscriptions of an xApp that is away are kept, unless settings say otherwise."""
MOST_SESSIONS = 256
REMEMBERED = 4096
"""Decisions whose outcomes are still told to the xApps that want their records."""
FAULTS = (
    "garbage",
    "schema",
    "name",
    "not_allowed",
    "twice",
    "unusable",
    "full",
    "flood",
    "no certificate",
    "untrusted",
    "expired",
    "handshake",
)
"""Why somebody was shown out or not let in."""


@dataclass(slots=True, eq=False)
class Caller:
    """One stream, and who it is from."""

    stream: Stream
    peer: str
    names: frozenset[str] | None
    """Of its certificate; None: it has none and needs none."""
    session: Session | None = None
    closed: bool = False


class Remotes:
    """Sessions by name, kept over streams."""

    def __init__(
        self, ric: NearRtRic, *, stage: Stage = Stage.ACTIVE, allowed: Sequence[str] = (), grace_s: float | None = None
    ) -> None:
        """`stage`: no xApp goes further. `allowed`: patterns of names; none: every name. `grace_s`: how long the
        subscriptions of one that is away are kept; None: `GRACE_S`."""
        self._ric, self._stage, self._allowed = ric, stage, tuple(allowed)
        self._grace = round((GRACE_S if grace_s is None else grace_s) * NS_PER_S)
        self._sessions: dict[str, Session] = {}
        self.counts = dict.fromkeys(COUNTS, 0)
        self.refused: Counter[str] = Counter(dict.fromkeys(FAULTS, 0))
        self.resumed = 0
        self._unseen = 0
        self._owners: OrderedDict[int, Session] = OrderedDict()
        self._feeds = Interned()
        ric.shared.adapt = adapt

    @property
    def sessions(self) -> Sequence[Session]:
        return tuple(self._sessions.values())

    def find(self, name: str) -> Session | None:
        """The session of this xApp, connected or away."""
        return self._sessions.get(name)

    def owner(self, decision: int) -> Session | None:
        """Whose this decision is, where it wants its records."""
        return self._owners.get(decision)

    def status(self) -> dict[str, Any]:
        """Counters of now."""
        here = sum(session.stream is not None for session in self._sessions.values())
        logs = [one.seen for s in self._sessions.values() if s.runner is not None for one in s.runner.apart.values()]
        return {
            "connected": here,
            "away": len(self._sessions) - here,
            "resumed": self.resumed,
            "refused": dict(self.refused),
            "questions": dict(self.counts),
            "unseen": self._unseen + sum(log.dropped for log in logs if log is not None),
        }

    # --------------------------------------------------------------------------------------------------- what comes

    def opened(self, stream: Stream, peer: str, names: frozenset[str] | None) -> Caller:
        """Somebody is connected, and has not said who."""
        return Caller(stream, peer, names)

    def received(self, caller: Caller, octets: bytes) -> None:
        """One message of theirs. Who sends what is none is shown out."""
        if caller.closed:
            return
        now = self._ric.clock.now()
        try:
            seen, said = wire_ric.from_xapp(octets, self._feeds)
        except DecodeError as error:
            why = "schema" if error.path == "Hello.schema" else "garbage"
            self._show_out(caller, why, str(error), passing=False)
            return
        session = caller.session
        if isinstance(said, messages.Hello):
            if session is not None:
                self._show_out(caller, "garbage", "it introduced itself already", passing=False)
            else:
                self._greet(caller, said, seen)
        elif session is None:
            self._show_out(caller, "garbage", "it did not say who it is", passing=False)
        else:
            session.seen(seen)
            if isinstance(said, messages.Said):
                session.answered(said, now)
            elif isinstance(said, messages.Bye):
                self._forget(session, "it ended")

    def closed(self, caller: Caller, reason: str) -> None:
        """Their stream is gone."""
        session = caller.session
        if reason == "flood":
            self.refused["flood"] += 1
        if not caller.closed and session is not None and session.stream is caller.stream:
            log.warning("xApp is away", xapp=session.name, reason=reason, grace_s=self._grace / NS_PER_S)
            session.detach(self._ric.clock.now())
            self._work()
        caller.closed = True

    def count(self, why: str, detail: str) -> None:
        """Somebody did not get as far as a stream."""
        self.refused[why] += 1
        log.warning("connection for xApps refused", why=why, detail=detail)

    # -------------------------------------------------------------------------------------------------------- timers

    def timer_at(self) -> int | None:
        due = [at for session in self._sessions.values() if (at := session.timer_at()) is not None]
        due += [s.lost_at + self._grace for s in self._sessions.values() if s.lost_at is not None]
        return min(due, default=None)

    def handle_timer(self, now: int) -> None:
        """Give up questions that are too late, and xApps that stayed away too long."""
        for session in list(self._sessions.values()):
            session.handle_timer(now)
            if session.lost_at is not None and session.lost_at + self._grace <= now:
                self._forget(session, "it stayed away")

    def end(self) -> None:
        """The run ends: nothing is answered any more."""
        for session in self._sessions.values():
            session.end("the run ended")
            if session.stream is not None:
                session.stream.close("the RIC ends")

    # -------------------------------------------------------------------------------------------------- who may come

    def _greet(self, caller: Caller, hello: messages.Hello, seen: int) -> None:
        name = hello.described.name
        if (refusal := self._why_not(caller, hello)) is not None:
            self._show_out(caller, refusal[0], f"xApp '{name}': {refusal[1]}", passing=refusal[0] in ("twice", "full"))
            return
        session = self._sessions.get(name)
        resumed = session is not None and session.token == hello.session
        if session is not None and resumed:
            if session.stream is not None:
                # The old stream is dead, and nobody has told us.
                session.stream.close("taken over")
            self.resumed += 1
        else:
            if session is not None:
                self._forget(session, "it began anew")
            session = self._begin(caller, hello)
            if session is None:
                return
        caller.session = session
        assert session.runner is not None, "begun"
        stage = session.runner.stage
        caller.stream.send(wire_ric.welcome(session.token, resumed, stage.value))
        log.info("xApp is back" if resumed else "xApp connected", xapp=name, peer=caller.peer, stage=stage.value)
        session.attach(caller.stream, seen if resumed else 0)
        self._work()

    def _begin(self, caller: Caller, hello: messages.Hello) -> Session | None:
        note = self._note if hello.records else None
        session = Session(self._ric, secrets.token_hex(16), hello.window, self.counts, note)
        stage = lower(self._stage, Stage.parse(hello.stage))
        runner = FarRunner(
            hello.described, session, session.tell_node, self._ric.clock, self._ric.arbiter, stage, session.way_ns
        )
        session.runner = runner
        try:
            feeds_of([runner])
            self._sessions[hello.described.name] = session
            self._ric.add(runner)
        except ConfigError as error:
            self._sessions.pop(hello.described.name, None)
            self._show_out(caller, "unusable", str(error), passing=False)
            return None
        return session

    def _why_not(self, caller: Caller, hello: messages.Hello) -> tuple[str, str] | None:
        name = hello.described.name
        session = self._sessions.get(name)
        if caller.names is not None and name not in caller.names:
            return "name", f"the certificate is that of {', '.join(sorted(caller.names)) or 'nobody'}"
        if self._allowed and not any(fnmatchcase(name, pattern) for pattern in self._allowed):
            return "not_allowed", "it is none of those allowed (--allow-xapp)"
        if session is None:
            if any(runner.name == name for runner in self._ric.runners):
                return "twice", "one of this name runs in the RIC"
            if len(self._sessions) >= MOST_SESSIONS:
                return "full", f"{MOST_SESSIONS} xApps are connected"
        elif session.stream is not None and session.token != hello.session:
            return "twice", "one of this name is connected"
        if self._ric.stopped:
            return "full", "the RIC is ending"
        return None

    def _show_out(self, caller: Caller, why: str, detail: str, *, passing: bool) -> None:
        self.refused[why] += 1
        log.error("xApp refused", peer=caller.peer, why=why, detail=detail)
        caller.stream.send(wire_ric.refused(detail, passing))
        caller.stream.close(why)
        self.closed(caller, why)

    def _forget(self, session: Session, reason: str) -> None:
        """Its subscriptions are withdrawn."""
        log.info("xApp is gone", xapp=session.name, reason=reason)
        del self._sessions[session.name]
        self._owners = OrderedDict(entry for entry in self._owners.items() if entry[1] is not session)
        session.end("away")
        assert session.runner is not None, "begun"
        self._unseen += sum(one.seen.dropped for one in session.runner.apart.values() if one.seen is not None)
        if session.stream is not None:
            session.stream.close(reason)
            session.stream = None
        self._ric.remove(session.runner)
        self._feeds.keep(feeds_of(self._ric.runners))

    def _note(self, decision: int, session: Session) -> None:
        self._owners[decision] = session
        if len(self._owners) > REMEMBERED:
            self._owners.popitem(last=False)

    def _work(self) -> None:
        self._ric.on_work()
