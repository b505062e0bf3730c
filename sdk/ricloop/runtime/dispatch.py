"""One turn of the loop: values made of what came in, handlers asked, answers sent, records kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.app import Handler
from ricloop.app.needs import OutcomeFeed
from ricloop.core.actions import Outcome, OutcomeState
from ricloop.core.errors import DecodeError, RicloopError
from ricloop.core.feeds import Feed, Tick, Timer
from ricloop.core.ids import GnbId
from ricloop.core.time import Deadline, ns
from ricloop.e2sm import registry
from ricloop.runtime.account import Arrived
from ricloop.runtime.gather import Batch, settle
from ricloop.runtime.loopstats import LoopStats
from ricloop.runtime.runner import Decided, Runner
from ricloop.runtime.stage import Stage
from ricloop.runtime.stream import Ready, period_of

if TYPE_CHECKING:
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()

OUTCOMES_KEPT = 4096
"""Outcomes that wait for an xApp; beyond, the newest are dropped."""


@dataclass(eq=False, slots=True)
class Post:
    """One handler of one xApp, and what the loop remembers about it."""

    runner: Runner
    handler: Handler
    batch: Batch | None = None
    next_tick: int = 0
    ticks: int = 0
    heard: dict[GnbId, tuple[int, Any]] = field(default_factory=dict)
    """Per gNB, when the last report came, and the report; before the first, when it was asked for, and None. Only where
    silence is declared."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a handler is asked."""

    value: Any
    gnb: GnbId | None
    collected: int | None
    triggers: Sequence[Arrived]
    silent: bool = False
    begun: int | None = None
    """From when the deadline counts, on the loop's clock; None: from the arrival of the first trigger."""


class Dispatch:
    """Who is asked about what, and when."""

    def __init__(self, ric: NearRtRic) -> None:
        self._ric = ric
        self.stats = LoopStats()
        now = ric.clock.now()
        self._posts: list[Post] = []
        for runner in ric.runners:
            if runner.stage is Stage.OFF:
                continue
            for handler in runner.handlers:
                gather = ns(handler.gather)
                post = Post(runner, handler, Batch(gather) if gather else None)
                if isinstance(handler.feed, Timer):
                    post.next_tick = now + ns(handler.feed.period)
                self._posts.append(post)
        self._wanted = {need for post in self._posts for need in (post.handler.feed, *post.handler.needs)}
        self._outcomes: dict[str, list[Outcome]] = {}
        self._number = 0
        self.decisions = 0

    def wanted(self, feed: Feed[Any]) -> bool:
        """False where only xApps that are off declare it."""
        return feed in self._wanted

    def turn(self) -> int:
        """Everything that is due, once; how many decisions that were."""
        before, ric = self.decisions, self._ric
        for feed, arrived in ric.inbox.events():
            self._event(feed, arrived)
        for ready in ric.inbox.reports(ric.clock.now()):
            self._report(ready)
        self._batches()
        self._ticks()
        self._silences()
        self._tell_outcomes()
        if getattr(ric.audit, "full", False):
            ric.audit.flush()
        return self.decisions - before

    def timer_at(self) -> int | None:
        """When the next turn is due, whatever arrives."""
        due: list[int] = []
        for post in self._posts:
            if isinstance(post.handler.feed, Timer):
                due.append(post.next_tick)
            if post.batch is not None and (at := post.batch.due_at()) is not None:
                due.append(at)
            due += [self._silent_at(post, at) for at, _ in post.heard.values()]
        return min(due, default=None)

    def waiting(self) -> int:
        """Indications that wait in a batch and nowhere else."""
        held = {id(a): a for post in self._posts if post.batch is not None for a in post.batch.fresh}
        return sum(not arrived.fate for arrived in held.values())

    def drop(self, reason: str) -> None:
        """Refuse what waits in batches."""
        for post in self._posts:
            if post.batch is not None and post.batch.values:
                for arrived in post.batch.take()[1]:
                    if not arrived.fate:
                        self._ric.account.refuse(arrived, reason)

    def expect(self, feed: Feed[Any], gnb: GnbId) -> None:
        """A node will report `feed` from now on: silence counts from here until the first report."""
        for post in self._posts_of(feed):
            if post.handler.silent is not None:
                post.heard.setdefault(gnb, (self._ric.clock.now(), None))

    def outcome(self, xapp: str, outcome: Outcome) -> None:
        """Something became of an xApp's action; it is told at the next turn."""
        kept = self._outcomes.setdefault(xapp, [])
        if len(kept) < OUTCOMES_KEPT:
            kept.append(outcome)
        if self._ric.on_work is not None and any(isinstance(post.handler.feed, OutcomeFeed) for post in self._posts):
            self._ric.on_work()

    # ---------------------------------------------------------------------------------------------- what is due

    def _event(self, feed: Feed[Any], arrived: Arrived) -> None:
        values = self._ric.values
        value = self._assembled(feed, arrived.gnb, [arrived], values.value(feed, None))
        if value is None:
            return
        values.put(feed, None, value, arrived.at)
        self._ric.note_event(feed, arrived.part, value)
        self._ric.account.decide(arrived)
        for post in self._posts_of(feed):
            self._ask(post, Occasion(value, arrived.gnb, arrived.part.time, (arrived,)))

    def _report(self, ready: Ready) -> None:
        ric, feed = self._ric, ready.feed
        value = self._assembled(feed, ready.gnb, ready.fresh, None, ready.parts)
        if value is None:
            return
        ric.values.put(feed, ready.gnb, value, max(a.at for a in ready.fresh))
        ric.note_value(feed, value)
        posts = self._posts_of(feed)
        gathering = [post for post in posts if post.batch is not None]
        for post in posts:
            if post.handler.silent is not None:
                post.heard[ready.gnb] = (ric.clock.now(), value)
            if post.batch is not None:
                post.batch.put(ready.gnb, value, ready.fresh, ready.triggers, ric.clock.now())
        if len(gathering) < len(posts) or not posts:
            settle(ric.account, ready.fresh)
        for post in posts:
            if post.batch is None:
                self._ask(post, Occasion(value, ready.gnb, ready.time, ready.triggers, begun=ready.begun))

    def _batches(self) -> None:
        ric = self._ric
        for post in self._posts:
            batch = post.batch
            if batch is None or (due := batch.due_at()) is None:
                continue
            gnbs = {s.node.gnb for n in ric.nodes for s in ric.subscriber.at(n) if s.feed is post.handler.feed}
            if due <= ric.clock.now() or batch.complete(gnbs):
                value, fresh, triggers = batch.take()
                settle(ric.account, fresh)
                self._ask(post, Occasion(value, None, getattr(value, "time", None), triggers))

    def _ticks(self) -> None:
        now = self._ric.clock.now()
        for post in self._posts:
            feed = post.handler.feed
            if isinstance(feed, Timer) and post.next_tick <= now:
                post.ticks += 1
                # Ticks that were slept through are not made up for.
                missed = (now - post.next_tick) // ns(feed.period)
                post.next_tick += (missed + 1) * ns(feed.period)
                self._ask(post, Occasion(Tick(post.ticks, now), None, None, ()))

    def _silences(self) -> None:
        now = self._ric.clock.now()
        for post in self._posts:
            for gnb in [gnb for gnb, (at, _) in post.heard.items() if self._silent_at(post, at) <= now]:
                _, last = post.heard.pop(gnb)
                self._ask(post, Occasion(last, gnb, getattr(last, "time", None), (), silent=True))

    def _tell_outcomes(self) -> None:
        for post in self._posts:
            if isinstance(post.handler.feed, OutcomeFeed) and (told := self._outcomes.get(post.runner.name)):
                self._ask(post, Occasion(tuple(told), None, None, ()))
        self._outcomes.clear()

    # ---------------------------------------------------------------------------------------------------- asking

    def _ask(self, post: Post, occasion: Occasion) -> None:
        ric, runner, handler = self._ric, post.runner, post.handler
        now = ric.clock.now()
        stamps = [arrived.arrived for arrived in occasion.triggers]
        begin = min(stamps) if stamps else ric.stopwatch.now()
        start = min((arrived.at for arrived in occasion.triggers), default=now)
        if occasion.begun is not None:
            start = occasion.begun
        try:
            needs = tuple(ric.values.latest(need, occasion.gnb, now) for need in handler.needs)
        except RicloopError as error:
            log.error("a need cannot be met", xapp=runner.name, handler=handler.name, error=str(error))
            return
        self._number += 1
        self.decisions += 1
        prepare = ric.prepare(runner, self._number)
        sent: list[list[object]] = []
        ways_out: dict[Callable[[], None], None] = {}

        def prepared(action: Any) -> Any:
            ready = prepare(action)
            if not callable(ready):
                return ready

            def send() -> None:
                control = ready()
                sent.append([control.request, str(action)])
                if (flush := control.node.association.flush) is not None:
                    ways_out[flush] = None

            return send

        if occasion.silent:
            decided = runner.silence(handler, occasion.value, needs, ric.scene(), prepared)
        else:
            deadline = Deadline(start, ns(handler.deadline))
            decided = runner.decide(handler, occasion.value, needs, deadline, ric.scene(), prepared)
        # One write per node: a write costs more than encoding a control, and the node reads them all at once.
        for flush in ways_out:
            flush()
        took = ric.stopwatch.now() - begin
        if occasion.triggers:
            self.stats.add(len(sent), took)
        self._publish(decided)
        self._keep(decided, runner, occasion, sent, took)

    def _publish(self, decided: Decided) -> None:
        for need, value in decided.answer.decision.shared:
            try:
                self._ric.shared.publish(need, value, self._ric.clock.now())
            except RicloopError as error:
                log.error("a value cannot be shared", xapp=decided.xapp, error=str(error))

    def _keep(
        self, decided: Decided, runner: Runner, occasion: Occasion, sent: Sequence[Sequence[object]], took: int
    ) -> None:
        ric, answer = self._ric, decided.answer
        now = ric.clock.now()
        ric.controls.counts.refused += len(decided.refused)
        for action, refusal in decided.refused:
            self.outcome(runner.name, Outcome(action, OutcomeState.REFUSED, str(refusal), now))
        ric.audit.record(
            "decision",
            {
                "id": self._number,
                "time": now,
                "xapp": decided.xapp,
                "handler": decided.handler.name,
                "feed": decided.handler.feed.title,
                "gnb": None if occasion.gnb is None else str(occasion.gnb),
                "collected": occasion.collected,
                "source": answer.source.value,
                "cause": answer.cause,
                "error": answer.error,
                "stage": runner.stage.value,
                "reason": answer.decision.reason,
                "triggers": [arrived.trigger for arrived in occasion.triggers],
                "controls": [{"request": request, "action": action} for request, action in sent],
                "admitted": [] if sent else [str(action) for action in decided.admitted],
                "refused": [{"action": str(a), "by": r.by, "reason": r.reason} for a, r in decided.refused],
                "loop_ms": round(took / 1e6, 4),
            },
        )
        if decided.admitted:
            log.info(
                "decision",
                xapp=decided.xapp,
                gnb=None if occasion.gnb is None else str(occasion.gnb),
                actions=[str(action) for action in decided.admitted],
                reason=answer.decision.reason,
                stage=runner.stage.value,
                refused=len(decided.refused),
                loop_ms=round(took / 1e6, 3),
            )

    # -------------------------------------------------------------------------------------------------- helpers

    def _assembled(
        self,
        feed: Feed[Any],
        gnb: GnbId,
        fresh: Iterable[Arrived],
        previous: Any,
        parts: Sequence[Arrived] | None = None,
    ) -> Any:
        used = list(fresh)
        try:
            return registry.owner_of_feed(feed).assemble(
                feed, [arrived.part for arrived in parts or used], self._ric.ues.handle_of(gnb), previous
            )
        except DecodeError as error:
            log.warning("indications cannot be joined", feed=feed.title, gnb=str(gnb), error=str(error))
            for arrived in used:
                self._ric.account.refuse(arrived, "undecodable")
            return None

    def _posts_of(self, feed: Feed[Any]) -> list[Post]:
        return [post for post in self._posts if post.handler.feed is feed]

    @staticmethod
    def _silent_at(post: Post, heard: int) -> int:
        periods = post.handler.silent[0] if post.handler.silent is not None else 0
        return heard + periods * (period_of(post.handler.feed) or 0)
