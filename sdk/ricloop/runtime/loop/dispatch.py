"""One turn of the loop: what is due, in a fixed order, made into values that handlers are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.core.actions import Outcome
from ricloop.core.errors import DecodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import GnbId
from ricloop.core.time import ns
from ricloop.e2sm import registry
from ricloop.e2sm.base import Part
from ricloop.e2sm.ccc import Configuration, States
from ricloop.e2sm.ccc.configuration import Entries, saving_of
from ricloop.e2sm.kpm import Report, UeReport
from ricloop.runtime.books.account import Arrived
from ricloop.runtime.books.loopstats import LoopStats
from ricloop.runtime.loop.asker import Asker
from ricloop.runtime.loop.gather import settle
from ricloop.runtime.loop.occasion import Occasion
from ricloop.runtime.loop.posts import Post, Posts
from ricloop.runtime.loop.runner import Runner
from ricloop.runtime.loop.stream import Ready
from ricloop.runtime.stage import Stage

if TYPE_CHECKING:
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()

OUTCOMES_KEPT = 4096
"""Outcomes that wait for an xApp; beyond, the newest are dropped."""


class Dispatch:
    """Who is asked about what, and when."""

    def __init__(self, ric: NearRtRic) -> None:
        self._ric = ric
        self._asker = Asker(ric)
        self.finish = self._asker.finish
        self.posts = Posts()
        self._outcomes: dict[str, list[Outcome]] = {}
        for runner in ric.runners:
            self.add(runner)

    def add(self, runner: Runner) -> None:
        """Ask its handlers from now on, unless it is off."""
        if runner.stage is not Stage.OFF:
            now = self._ric.clock.now()
            self.posts.add([Post.of(runner, handler, now) for handler in runner.handlers])

    def remove(self, runner: Runner) -> None:
        """Ask its handlers no more."""
        self._drop(self.posts.remove(runner), "xApp is gone")
        self._outcomes.pop(runner.name, None)

    def _urgency(self, ready: Ready) -> int:
        """Who must answer soon is asked before who may think: earliest deadline first (Liu and Layland 1973). Before
        them all, what is only read beside a report: it is there when they decide."""
        return self.posts.within.get(ready.feed, 0)

    @property
    def stats(self) -> LoopStats:
        """How long the loop took."""
        return self._asker.stats

    @property
    def decisions(self) -> int:
        """How many handlers were asked so far."""
        return self._asker.decisions

    def turn(self) -> int:
        """Everything that is due, once; how many decisions that were."""
        before, ric = self._asker.decisions, self._ric
        for feed, arrived in ric.inbox.events():
            self._event(feed, arrived)
        for ready in sorted(ric.inbox.reports(ric.clock.now()), key=self._urgency):
            self._report(ready)
        self._batches()
        self._ticks()
        self._silences()
        self._tell_outcomes()
        if ric.audit.full:
            ric.audit.flush()
        return self._asker.decisions - before

    def timer_at(self) -> int | None:
        """When the next turn is due, whatever arrives."""
        return self.posts.timer_at()

    def waiting(self) -> int:
        """Indications that wait in a batch and nowhere else."""
        held = {a for post in self.posts.gathering if post.batch is not None for a in post.batch.fresh}
        return sum(not arrived.fate for arrived in held)

    def drop(self, reason: str) -> None:
        """Refuse what waits in batches."""
        self._drop(self.posts.gathering, reason)

    def _drop(self, posts: Sequence[Post], reason: str) -> None:
        for post in posts:
            if post.batch is not None and post.batch.values:
                for arrived in post.batch.take()[1]:
                    if not arrived.fate:
                        self._ric.account.refuse(arrived, reason)

    def expect(self, feed: Feed[Any], gnb: GnbId) -> None:
        """A node will report `feed` from now on."""
        for post in self.posts.of(feed):
            if post.handler.silent is not None:
                post.expect(gnb, self._ric.clock.now())

    def outcome(self, xapp: str, outcome: Outcome) -> None:
        """Something became of an xApp's action; it is told at the next turn, if it hears of outcomes."""
        if not any(post.runner.name == xapp for post in self.posts.hearers):
            return
        kept = self._outcomes.setdefault(xapp, [])
        if len(kept) < OUTCOMES_KEPT:
            kept.append(outcome)
        self._ric.on_work()

    def superseded(self, feed: Feed[Any], parts: Sequence[Arrived]) -> None:
        """Newer indications came before these, of one time and gNB, were decided on. Models that keep windows know them
        all the same."""
        seers = [p for p in self.posts.of(feed) if p.decider.sees]
        if seers and (value := self._joined(feed, parts[0].gnb, parts, None)) is not None:
            for post in seers:
                post.decider.see(value)

    # ---------------------------------------------------------------------------------------------- what is due

    def _event(self, feed: Feed[Any], arrived: Arrived) -> None:
        values = self._ric.values
        value = self._assembled(feed, arrived.gnb, [arrived], values.value(feed, None))
        if value is None:
            return
        values.put(feed, None, value, arrived.at)
        self._observe(feed, arrived.part, value)
        self._ric.account.decide(arrived)
        for post in self.posts.of(feed):
            self._ask(post, Occasion(value, arrived.gnb, arrived.part.time, (arrived,)))

    def _report(self, ready: Ready) -> None:
        ric, feed, turned = self._ric, ready.feed, self._ric.stopwatch.now()
        value = self._assembled(feed, ready.gnb, ready.fresh, None, ready.parts)
        if value is None:
            return
        ric.values.put(feed, ready.gnb, value, max([a.at for a in ready.fresh]))
        if isinstance(value, Report | UeReport):
            ric.quality.see(ready.gnb, value)
        ric.controls.observe(feed, value)
        posts = self.posts.of(feed)
        for post in posts:
            post.decider.see(value)
        gathering = [post for post in posts if post.batch is not None]
        for post in posts:
            if post.handler.silent is not None:
                post.hear(ready.gnb, ric.clock.now(), value)
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
        for post in self.posts.gathering:
            batch = post.batch
            if batch is None or (due := batch.due_at()) is None:
                continue
            if due <= ric.clock.now() or batch.complete(ric.subscriber.gnbs_of(post.handler.feed)):
                value, fresh, triggers = batch.take()
                settle(ric.account, fresh)
                self._ask(post, Occasion(value, None, getattr(value, "time", None), triggers))

    def _ticks(self) -> None:
        for post, period in self.posts.timers:
            if (tick := post.tick(period, self._ric.clock.now())) is not None:
                self._ask(post, Occasion(tick, None, None, ()))

    def _silences(self) -> None:
        for post in self.posts.listening:
            for gnb, last in post.silences(self._ric.clock.now()):
                self._ask(post, Occasion(last, gnb, getattr(last, "time", None), (), silent=True))

    def _tell_outcomes(self) -> None:
        for post in self.posts.hearers if self._outcomes else ():
            if told := self._outcomes.get(post.runner.name):
                self._ask(post, Occasion(tuple(told), None, None, ()))
        self._outcomes.clear()

    # -------------------------------------------------------------------------------------------------- helpers

    def _observe(self, feed: Feed[Any], part: Part, value: Any) -> None:
        """What an event says of cells and of the effect of controls: `value` has everything merged in that was said
        before, and only what the event itself says counts."""
        ric, entries = self._ric, part.content
        if isinstance(entries, Entries):
            ric.cells.note_entries(entries)
            if changes := saving_of(entries):
                ric.controls.observe(feed, ric.cells.note(feed, changes, part.time))
        if isinstance(value, Configuration):
            ric.controls.observe(feed, Configuration(value.structure).updated(entries.of(value.structure)))
        elif not isinstance(value, States):
            ric.controls.observe(feed, value)

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

    @staticmethod
    def _latest(post: Post, ready: Ready, value: Any) -> int:
        """When a report that is gathered has to be decided on: its deadline, less what the model needs for all."""
        begun = ready.begun if ready.begun is not None else min(arrived.at for arrived in ready.triggers)
        batch = post.batch
        rows = len(value) + (0 if batch is None else batch.rows())
        needed = post.decider.ready_by(rows)
        return begun + ns(post.handler.answers_within) - needed
