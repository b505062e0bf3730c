"""One xApp of another process, as long as it is known: what it was asked, what it has not read, what it may be sent.

Knows no network: octets go out by a `Stream`, come in by `answered` and `seen`, and time is given.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from ricloop.app.needs import OutcomeFeed
from ricloop.core.actions import Outcome
from ricloop.core.errors import RicloopError
from ricloop.core.feeds import Latest, Policy, Timer
from ricloop.core.ids import GnbId, NodeId
from ricloop.core.time import ns
from ricloop.decide.decision import Decision
from ricloop.rpc import messages, wire_ric
from ricloop.runtime.loop.decider import Answer, Source
from ricloop.runtime.loop.dispatch import OUTCOMES_KEPT
from ricloop.runtime.loop.occasion import Question
from ricloop.runtime.loop.stream import period_of
from ricloop.runtime.remote.decider import FarDecider
from ricloop.runtime.remote.way import Way

if TYPE_CHECKING:
    from ricloop.runtime.remote.app import FarRunner
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()

MOST_WAITING = 256
"""Questions that wait for credit, beside the newest of each periodic feed; beyond, the newest are answered `hold`."""
MOST_UNREAD = 1024
"""Messages beside questions that the xApp has not read; beyond, the newest are dropped and counted."""
SLOTS = 256
"""Values of needs that the xApp's end remembers, so that they are not sent with each question."""
COUNTS = ("asked", "answered", "late", "superseded", "repeated", "dropped")


class Stream(Protocol):
    """One connection to the xApp's process."""

    def send(self, octets: bytes) -> bool:
        """False where there is no room for it now: it was not taken."""

    def close(self, reason: str) -> None: ...


@dataclass(slots=True, eq=False)
class Open:
    """A question without an answer."""

    question: Question
    until: int
    """When it is too late for one, on the loop's clock."""
    key: tuple[object, ...]
    """Of those of one key, the newest waits."""
    number: int = 0
    """Of the message that it was sent in; 0: it was not."""
    place: int = 0
    """Of the reports that its model has to see, those before this one came before it was asked."""
    sent: int | None = None
    """When, on the loop's clock; None where that was not just once."""


class Session:
    """Asks one xApp (`Far`). What happened is in `counts`."""

    def __init__(
        self,
        ric: NearRtRic,
        token: str,
        window: int,
        counts: dict[str, int],
        note: Callable[[int, Session], None] | None,
    ) -> None:
        """`window`: how many questions it takes at once. `note` is told the number of each decision; None: the xApp
        does not want its audit records."""
        self._ric, self.token, self.window, self.counts, self._note = ric, token, window, counts, note
        self.runner: FarRunner | None = None
        self.stream: Stream | None = None
        self.lost_at: int | None = None
        """Since when there is no stream."""
        self._way = Way()
        self._number = 0
        self._open: dict[int, Open] = {}
        """Neither answered nor given up, oldest first."""
        self._waiting: OrderedDict[tuple[object, ...], Open] = OrderedDict()
        """Of these, what was not sent."""
        self._asked: set[int] = set()
        """The credit in use: what was sent on this stream and not answered, given up or not."""
        self._unread: OrderedDict[int, Callable[[int], bytes] | tuple[Any, ...]] = OrderedDict()
        """By number: what is sent again on a resumed stream; outcomes, which are asked about again."""
        self._owed: deque[Outcome] = deque(maxlen=OUTCOMES_KEPT)
        """Outcomes that no question has told."""
        self._slots: OrderedDict[tuple[int, GnbId | None], tuple[int, Any]] = OrderedDict()

    @property
    def name(self) -> str:
        return "" if self.runner is None else self.runner.name

    @property
    def unanswered(self) -> int:
        """Questions that are neither answered nor given up."""
        return len(self._open)

    def way_ns(self) -> int:
        """How long a question and its answer are under way at the most."""
        return self._way.ns

    # -------------------------------------------------------------------------------------------------- its stream

    def attach(self, stream: Stream, seen: int) -> None:
        """The xApp is there (again), and has read up to number `seen`: what it has not read goes out first."""
        self.stream, self.lost_at = stream, None
        self._asked.clear()
        self._slots.clear()
        self.seen(seen)
        for decider in self._deciders():
            if decider.seen is not None:
                decider.seen.again()
        unread, self._unread = self._unread, OrderedDict()
        for what in reversed(unread.values()):
            if isinstance(what, tuple):
                self._owed.extendleft(reversed(what))
        for number, what in unread.items():
            if not isinstance(what, tuple):
                self._unread[number] = what
                self._put(stream, what(number))
        for one in list(self._open.values()):
            if isinstance(unread.get(one.number), tuple):
                self._give_up(one, "away")
            else:
                # It may never have arrived. Its end answers a question that it knows as it did before.
                self._waiting[one.key] = one
        self.pump()

    def detach(self, now: int) -> None:
        """The stream is gone; questions go on to their deadlines."""
        self.stream, self.lost_at = None, now
        self._asked.clear()

    def seen(self, number: int) -> None:
        """The xApp has read all messages up to this one."""
        while self._unread and next(iter(self._unread)) <= number:
            self._unread.popitem(last=False)
        for decider in self._deciders():
            if decider.seen is not None:
                decider.seen.read(number)

    # --------------------------------------------------------------------------------------------------- questions

    def ask(self, question: Question) -> None:
        """Send it where there is credit; else the newest of its kind waits."""
        if self._note is not None:
            self._note(question.number, self)
        handler, occasion = question.handler, question.occasion
        until = question.start + ns(handler.answers_within)
        periodic = isinstance(handler.feed, Timer) or period_of(handler.feed) is not None
        one = Open(question, until, (handler.name, occasion.gnb) if periodic else (question.number,))
        if (log := self._decider(question).seen) is not None:
            one.place = log.place
        if isinstance(handler.feed, OutcomeFeed):
            one.key = (handler.name,)
            if (before := self._waiting.get(one.key)) is not None:
                # Outcomes are never left out: what waited is told with what came.
                told = (*before.question.occasion.value, *occasion.value)[-OUTCOMES_KEPT:]
                one.question = replace(question, occasion=replace(occasion, value=told))
        if (older := self._waiting.pop(one.key, None)) is not None:
            self.counts["superseded"] += 1
            self._give_up(older, "superseded")
        self._open[question.number] = one
        self._waiting[one.key] = one
        self.pump()
        if len(self._waiting) > MOST_WAITING and one.key in self._waiting:
            self.counts["dropped"] += 1
            self._give_up(one, "queue full")

    def pump(self) -> None:
        """Send what waits, as far as there is credit."""
        while self._waiting and self.stream is not None and len(self._asked) < self.window:
            one = next(iter(self._waiting.values()))
            if not self._send(one, self.stream):
                return
        # A question of their kind tells them; where there is none, one is made.
        if self._owed and self.stream is not None and len(self._asked) < self.window:
            owed = list(self._owed)
            self._owed.clear()
            for outcome in owed:
                self._ric.dispatch.outcome(self.name, outcome)

    def _send(self, one: Open, stream: Stream) -> bool:
        question = one.question
        if self._owed and isinstance(question.handler.feed, OutcomeFeed):
            told = (*self._owed, *question.occasion.value)[-OUTCOMES_KEPT:]
            self._owed.clear()
            question = one.question = replace(question, occasion=replace(question.occasion, value=told))
        self._number += 1
        now, value, decider = self._ric.clock.now(), question.occasion.value, self._decider(question)
        seen = [] if decider.seen is None else decider.seen.untold(one.place)
        fresh = bool(seen) and seen[-1] is value
        try:
            octets = wire_ric.ask(
                self._number,
                question.number,
                self._index(question),
                decider.remaining(one.until - now),
                question.occasion.silent,
                value,
                [self._given(need, question.occasion.gnb, latest) for need, latest in self._needs(question)],
                seen[:-1] if fresh else seen,
                fresh=fresh,
            )
        except RicloopError as error:
            # Whatever of it was put into slots did not arrive.
            self._slots.clear()
            self._give_up(one, "error", str(error))
            return True
        if not stream.send(octets):
            self._slots.clear()
            return False
        del self._waiting[one.key]
        one.sent = None if one.number else now
        one.number = self._number
        if decider.seen is not None:
            decider.seen.told(one.place, self._number)
        self._asked.add(question.number)
        self.counts["asked"] += 1
        if isinstance(question.handler.feed, OutcomeFeed):
            self._unread[self._number] = question.occasion.value
        return True

    def answered(self, said: messages.Said, now: int) -> None:
        """An answer came. Only the first one in time is acted on."""
        if said.ask not in self._asked:
            self.counts["repeated"] += 1
            return
        self._asked.discard(said.ask)
        one = self._open.get(said.ask)
        if one is None or now >= one.until:
            self.counts["late"] += 1
            if one is not None:
                self._give_up(one, "late")
        else:
            self._open.pop(said.ask)
            self.counts["answered"] += 1
            if one.sent is not None:
                self._way.took(max(0, now - one.sent - said.took))
            decision = Decision(tuple(dict.fromkeys(said.actions)), said.reason, said.shared, said.hold)
            use = said.model or messages.ModelUse()
            answer = Answer(decision, Source(said.source), said.cause, said.error, use.ns, use.given, use.fault)
            occasion = one.question.occasion
            rows = 0 if said.model is None or occasion.silent else len(occasion.value)
            self._decider(one.question).note(answer, silent=occasion.silent, rows=rows, use=said.model)
            self._refuse(one.question, said.refused)
            self._ric.dispatch.finish(one.question, answer, said.kept)
        self.pump()

    def timer_at(self) -> int | None:
        """When the next question is given up."""
        return min((one.until for one in self._open.values()), default=None)

    def handle_timer(self, now: int) -> None:
        """Give up what is too late."""
        for one in [one for one in self._open.values() if one.until <= now]:
            self._give_up(one, "late" if self.stream is not None else "away")

    def end(self, cause: str) -> None:
        """Give everything up."""
        for one in list(self._open.values()):
            self._give_up(one, cause)

    # ------------------------------------------------------------------------------------------- what else it is told

    def tell_node(self, node: NodeId, connected: bool) -> None:
        self._tell(lambda number: wire_ric.node_event(number, node, connected))

    def tell_record(self, line: bytes) -> None:
        self._tell(lambda number: wire_ric.record(number, line))

    def _tell(self, made: Callable[[int], bytes]) -> None:
        if len(self._unread) >= MOST_UNREAD:
            self.counts["dropped"] += 1
            return
        self._number += 1
        self._unread[self._number] = made
        if self.stream is not None:
            self._put(self.stream, made(self._number))

    @staticmethod
    def _put(stream: Stream, octets: bytes) -> None:
        if not stream.send(octets):
            # Later ones must not overtake it: on the next stream they follow each other again.
            stream.close("it does not read")

    # -------------------------------------------------------------------------------------------------------- helpers

    def _give_up(self, one: Open, cause: str, error: str = "") -> None:
        """`hold` is the answer. Outcomes that were never sent are told another time."""
        question = one.question
        self._open.pop(question.number, None)
        if self._waiting.get(one.key) is one:
            del self._waiting[one.key]
            if isinstance(question.handler.feed, OutcomeFeed) and cause in ("late", "away"):
                self._owed.extend(question.occasion.value)
        answer = Answer(Decision.none(f"hold: {cause}"), Source.HOLD, cause, error)
        self._decider(question).note(answer, silent=question.occasion.silent)
        self._ric.dispatch.finish(question, answer)

    def _refuse(self, question: Question, refused: Iterable[tuple[int, str]]) -> None:
        """A1 policies that its model does not take."""
        given = [*zip(question.handler.needs, question.needs, strict=True)]
        for place, reason in refused:
            need, latest = given[place] if place < len(given) else (None, Latest.unknown())
            if isinstance(need, Policy) and latest.known:
                self._ric.a1.refuse(need, latest.value, reason)

    def _decider(self, question: Question) -> FarDecider:
        assert self.runner is not None, "begun"
        return self.runner.apart[question.handler.name]

    def _deciders(self) -> Iterable[FarDecider]:
        return () if self.runner is None else self.runner.apart.values()

    def _index(self, question: Question) -> int:
        return [handler.name for handler in question.runner.handlers].index(question.handler.name)

    @staticmethod
    def _needs(question: Question) -> list[tuple[int, Latest[Any]]]:
        return [(id(need), latest) for need, latest in zip(question.handler.needs, question.needs, strict=True)]

    def _given(self, need: int, gnb: GnbId | None, latest: Latest[Any]) -> messages.Given:
        """What the xApp's end remembers of a need is not sent again."""
        if not latest.known:
            return messages.Given(0, latest, False)
        key = (need, gnb)
        slot, held = self._slots.pop(key, (len(self._slots), None))
        if slot >= SLOTS:
            slot = self._slots.popitem(last=False)[1][0]
        self._slots[key] = (slot, latest.value)
        return messages.Given(slot, latest, latest.value is not held)
