"""One turn of the loop: what is due, in a fixed order, made into values that handlers are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.app import Handler
from ricloop.app.needs import OutcomeFeed
from ricloop.core.actions import Outcome
from ricloop.core.errors import DecodeError
from ricloop.core.feeds import Feed, Need, Tick, Timer
from ricloop.core.ids import GnbId
from ricloop.core.time import ns
from ricloop.e2sm import registry
from ricloop.e2sm.kpm import Report, UeReport
from ricloop.runtime.books.account import Arrived
from ricloop.runtime.books.loopstats import LoopStats
from ricloop.runtime.loop.asker import Asker
from ricloop.runtime.loop.gather import Batch, settle
from ricloop.runtime.loop.occasion import Occasion
from ricloop.runtime.loop.runner import Runner
from ricloop.runtime.loop.stream import Ready, period_of
from ricloop.runtime.stage import Stage

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
    silent_from: int | None = None
    """No gNB has been silent for long before this: looking through all of them may wait. None: nobody is waited for."""


class Dispatch:
    """Who is asked about what, and when."""

    def __init__(self, ric: NearRtRic) -> None:
        self._ric = ric
        self._asker = Asker(ric)
        self.finish = self._asker.finish
        self._posts: list[Post] = []
        self._wanted: set[Need[Any]] = set()
        self._within: dict[Need[Any], int] = {}
        """By feed, how soon an answer is wanted at the soonest."""
        self._hearers: set[str] = set()
        """xApps that are told of outcomes."""
        self._outcomes: dict[str, list[Outcome]] = {}
        for runner in ric.runners:
            self.add(runner)

    def add(self, runner: Runner) -> None:
        """Ask its handlers from now on; those of a higher priority come first. Before them all, those of other
        processes: they think while the loop does."""
        if runner.stage is Stage.OFF:
            return
        for handler in runner.handlers:
            gather = ns(handler.gather)
            post = Post(runner, handler, Batch(gather) if gather else None)
            if isinstance(handler.feed, Timer):
                post.next_tick = self._ric.clock.now() + ns(handler.feed.period)
            self._posts.append(post)
        self._posts.sort(key=lambda post: (post.runner.far is None, -post.runner.app.priority))
        self._look()

    def remove(self, runner: Runner) -> None:
        """Ask its handlers no more."""
        self._drop([post for post in self._posts if post.runner is runner], "xApp is gone")
        self._posts = [post for post in self._posts if post.runner is not runner]
        self._outcomes.pop(runner.name, None)
        self._look()

    def _look(self) -> None:
        self._wanted = {need for post in self._posts for need in (post.handler.feed, *post.handler.needs)}
        self._within = {}
        for post in self._posts:
            feed, within = post.handler.feed, ns(post.handler.answers_within)
            self._within[feed] = min(within, self._within.get(feed, within))
        self._hearers = {post.runner.name for post in self._posts if isinstance(post.handler.feed, OutcomeFeed)}

    def _urgency(self, ready: Ready) -> int:
        """Who must answer soon is asked before who may think: earliest deadline first (Liu and Layland 1973). Before
        them all, what is only read beside a report: it is there when they decide."""
        return self._within.get(ready.feed, 0)

    @property
    def stats(self) -> LoopStats:
        """How long the loop took."""
        return self._asker.stats

    @property
    def decisions(self) -> int:
        """How many handlers were asked so far."""
        return self._asker.decisions

    def wanted(self, feed: Feed[Any]) -> bool:
        """False where only xApps that are off declare it."""
        return feed in self._wanted

    def turn(self) -> int:
        """Everything that is due, once; how many decisions that were."""
        before, ric = self.decisions, self._ric
        for feed, arrived in ric.inbox.events():
            self._event(feed, arrived)
        for ready in sorted(ric.inbox.reports(ric.clock.now()), key=self._urgency):
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
            if post.silent_from is not None:
                due.append(post.silent_from)
        return min(due, default=None)

    def waiting(self) -> int:
        """Indications that wait in a batch and nowhere else."""
        held = {id(a): a for post in self._posts if post.batch is not None for a in post.batch.fresh}
        return sum(not arrived.fate for arrived in held.values())

    def drop(self, reason: str) -> None:
        """Refuse what waits in batches."""
        self._drop(self._posts, reason)

    def _drop(self, posts: Sequence[Post], reason: str) -> None:
        for post in posts:
            if post.batch is not None and post.batch.values:
                for arrived in post.batch.take()[1]:
                    if not arrived.fate:
                        self._ric.account.refuse(arrived, reason)

    def expect(self, feed: Feed[Any], gnb: GnbId) -> None:
        """A node will report `feed` from now on: silence counts from here until the first report."""
        for post in self._posts_of(feed):
            if post.handler.silent is not None:
                post.heard.setdefault(gnb, (self._ric.clock.now(), None))
                post.silent_from = self._first_silence(post)

    def outcome(self, xapp: str, outcome: Outcome) -> None:
        """Something became of an xApp's action; it is told at the next turn."""
        if xapp not in self._hearers:
            return
        kept = self._outcomes.setdefault(xapp, [])
        if len(kept) < OUTCOMES_KEPT:
            kept.append(outcome)
        if self._ric.on_work is not None:
            self._ric.on_work()

    def superseded(self, feed: Feed[Any], parts: Sequence[Arrived]) -> None:
        """Newer indications came before these, of one time and gNB, were decided on. Models that keep windows know them
        all the same."""
        seers = [p for p in self._posts_of(feed) if p.runner.deciders[p.handler.name].sees]
        if seers and (value := self._joined(feed, parts[0].gnb, parts, None)) is not None:
            for post in seers:
                post.runner.see(post.handler, value)

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
        ric, feed, turned = self._ric, ready.feed, self._ric.stopwatch.now()
        value = self._assembled(feed, ready.gnb, ready.fresh, None, ready.parts)
        if value is None:
            return
        ric.values.put(feed, ready.gnb, value, max(a.at for a in ready.fresh))
        if isinstance(value, Report | UeReport):
            ric.quality.see(ready.gnb, value)
        ric.note_value(feed, value)
        posts = self._posts_of(feed)
        for post in posts:
            post.runner.see(post.handler, value)
        gathering = [post for post in posts if post.batch is not None]
        for post in posts:
            if post.handler.silent is not None:
                # Later than what it was: `silent_from` stays a moment before which nobody is silent.
                post.heard[ready.gnb] = (ric.clock.now(), value)
                if post.silent_from is None:
                    post.silent_from = self._first_silence(post)
            if post.batch is not None:
                post.batch.put(
                    ready.gnb, value, ready.fresh, ready.triggers, ric.clock.now(), self._latest(post, ready, value)
                )
        if len(gathering) < len(posts) or not posts:
            settle(ric.account, ready.fresh)
        for post in posts:
            if post.batch is None:
                self._ask(
                    post, Occasion(value, ready.gnb, ready.time, ready.triggers, begun=ready.begun, turned=turned)
                )

    def _batches(self) -> None:
        ric = self._ric
        for post in self._posts:
            batch = post.batch
            if batch is None or (due := batch.due_at()) is None:
                continue
            if due <= ric.clock.now() or batch.complete(ric.subscriber.gnbs_of(post.handler.feed)):
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
            if post.silent_from is None or post.silent_from > now:
                continue
            for gnb in [gnb for gnb, (at, _) in post.heard.items() if self._silent_at(post, at) <= now]:
                _, last = post.heard.pop(gnb)
                self._ask(post, Occasion(last, gnb, getattr(last, "time", None), (), silent=True))
            post.silent_from = self._first_silence(post)

    def _tell_outcomes(self) -> None:
        if not self._outcomes:
            return
        for post in self._posts:
            if isinstance(post.handler.feed, OutcomeFeed) and (told := self._outcomes.get(post.runner.name)):
                self._ask(post, Occasion(tuple(told), None, None, ()))
        self._outcomes.clear()

    # -------------------------------------------------------------------------------------------------- helpers

    def _ask(self, post: Post, occasion: Occasion) -> None:
        self._asker.ask(post.runner, post.handler, occasion)

    def _assembled(
        self,
        feed: Feed[Any],
        gnb: GnbId,
        fresh: Iterable[Arrived],
        previous: Any,
        parts: Sequence[Arrived] | None = None,
    ) -> Any:
        used = list(fresh)
        value = self._joined(feed, gnb, parts or used, previous)
        if value is None:
            for arrived in used:
                self._ric.account.refuse(arrived, "undecodable")
        return value

    def _joined(self, feed: Feed[Any], gnb: GnbId, parts: Sequence[Arrived], previous: Any) -> Any:
        """One value of all the parts; None where they do not fit together."""
        try:
            return registry.owner_of_feed(feed).assemble(
                feed, [arrived.part for arrived in parts], self._ric.ues.handle_of(gnb), previous
            )
        except DecodeError as error:
            log.warning("indications cannot be joined", feed=feed.title, gnb=str(gnb), error=str(error))
            return None

    def _posts_of(self, feed: Feed[Any]) -> list[Post]:
        return [post for post in self._posts if post.handler.feed is feed]

    @staticmethod
    def _latest(post: Post, ready: Ready, value: Any) -> int:
        """When a report that is gathered has to be decided on: its deadline, less what the model needs for all."""
        begun = ready.begun if ready.begun is not None else min(arrived.at for arrived in ready.triggers)
        batch = post.batch
        rows = len(value) + (0 if batch is None else batch.rows())
        needed = post.runner.deciders[post.handler.name].ready_by(rows)
        return begun + ns(post.handler.answers_within) - needed

    def _first_silence(self, post: Post) -> int | None:
        return min((self._silent_at(post, at) for at, _ in post.heard.values()), default=None)

    @staticmethod
    def _silent_at(post: Post, heard: int) -> int:
        periods = post.handler.silent[0] if post.handler.silent is not None else 0
        return heard + periods * (period_of(post.handler.feed) or 0)
