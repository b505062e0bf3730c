"""The handlers of all xApps, by what they wait for, and what the loop remembers about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ricloop.app import Handler
from ricloop.app.needs import OutcomeFeed
from ricloop.core.feeds import Feed, Need, Tick, Timer
from ricloop.core.ids import GnbId
from ricloop.core.time import ns
from ricloop.runtime.loop.decider import Decider
from ricloop.runtime.loop.gather import Batch
from ricloop.runtime.loop.runner import Runner
from ricloop.runtime.loop.stream import period_of


@dataclass(eq=False, slots=True)
class Post:
    """One handler of one xApp."""

    runner: Runner
    handler: Handler
    decider: Decider
    batch: Batch | None
    """What waits where reports of several gNBs are gathered."""
    next_tick: int
    """Of a timer."""
    ticks: int = 0
    heard: dict[GnbId, tuple[int, Any]] = field(default_factory=dict)
    """Per gNB, when the last report came, and the report; before the first, when it was asked for, and None. Only where
    silence is declared."""
    silent_from: int | None = None
    """No gNB has been silent for long before this: looking through all of them may wait. None: nobody is waited for."""

    @classmethod
    def of(cls, runner: Runner, handler: Handler, now: int) -> Post:
        feed, gather = handler.feed, ns(handler.gather)
        batch = Batch(gather) if gather else None
        first = now + ns(feed.period) if isinstance(feed, Timer) else 0
        return cls(runner, handler, runner.deciders[handler.name], batch, first)

    def tick(self, period: int, now: int) -> Tick | None:
        """Of a timer, where it is due. Ticks that were slept through are not made up for."""
        if self.next_tick > now:
            return None
        self.ticks += 1
        self.next_tick += ((now - self.next_tick) // period + 1) * period
        return Tick(self.ticks, now)

    def expect(self, gnb: GnbId, now: int) -> None:
        """A node will report from now on: silence counts from here until the first report."""
        self.heard.setdefault(gnb, (now, None))
        self.silent_from = self._first_silence()

    def hear(self, gnb: GnbId, now: int, value: Any) -> None:
        # Later than what it was: `silent_from` stays a moment before which nobody is silent.
        self.heard[gnb] = (now, value)
        if self.silent_from is None:
            self.silent_from = self._first_silence()

    def silences(self, now: int) -> Iterator[tuple[GnbId, Any]]:
        """Who was not heard for as long as is declared, and the last report of each."""
        if self.silent_from is None or self.silent_from > now:
            return
        for gnb in [gnb for gnb, (at, _) in self.heard.items() if self._silent_at(at) <= now]:
            yield gnb, self.heard.pop(gnb)[1]
        self.silent_from = self._first_silence()

    def _first_silence(self) -> int | None:
        return min((self._silent_at(at) for at, _ in self.heard.values()), default=None)

    def _silent_at(self, heard: int) -> int:
        assert self.handler.silent is not None, "nobody is waited for elsewhere"
        return heard + self.handler.silent[0] * (period_of(self.handler.feed) or 0)


class Posts:
    """In the order in which they are asked: those of other processes first, which think while the loop does; then by
    priority."""

    def __init__(self) -> None:
        self.every: list[Post] = []
        self._index()

    def add(self, posts: Sequence[Post]) -> None:
        self.every += posts
        self.every.sort(key=lambda post: (post.runner.far is None, -post.runner.app.priority))
        self._index()

    def remove(self, runner: Runner) -> list[Post]:
        """Those of this xApp, which are asked no more."""
        gone = [post for post in self.every if post.runner is runner]
        self.every = [post for post in self.every if post.runner is not runner]
        self._index()
        return gone

    def of(self, feed: Feed[Any]) -> Sequence[Post]:
        return self._of_feed.get(feed, ())

    def timer_at(self) -> int | None:
        """When one of them is to be asked, whatever arrives."""
        due = [post.next_tick for post, _ in self.timers]
        due += [at for post in self.gathering if post.batch is not None and (at := post.batch.due_at()) is not None]
        due += [post.silent_from for post in self.listening if post.silent_from is not None]
        return min(due, default=None)

    def _index(self) -> None:
        self._of_feed: dict[Feed[Any], list[Post]] = {}
        for post in self.every:
            self._of_feed.setdefault(post.handler.feed, []).append(post)
        self.wanted: set[Need[Any]] = {need for post in self.every for need in (post.handler.feed, *post.handler.needs)}
        """What somebody reads: not what only xApps that are off declare."""
        self.within = {
            feed: min(ns(post.handler.answers_within) for post in posts) for feed, posts in self._of_feed.items()
        }
        """By feed, how soon an answer is wanted at the soonest."""
        self.timers = [(post, ns(feed.period)) for post in self.every if isinstance(feed := post.handler.feed, Timer)]
        """Each with its period."""
        self.gathering = [post for post in self.every if post.batch is not None]
        self.listening = [post for post in self.every if post.handler.silent is not None]
        """For silence."""
        self.hearers = [post for post in self.every if isinstance(post.handler.feed, OutcomeFeed)]
        """Of outcomes."""
