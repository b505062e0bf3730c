"""Handovers that a node would make by itself: users that return to their home cell, or found a better one. Policies
decide first, then the RIC where it asked to be asked (RIC INSERT), and where neither has a say the node does as it
likes.

A user that may not go is left where it is for `CALM_US`; then the node asks again, where it still wants it to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ricloop.e2ap.messages import RequestId
from ricloop_e2sim.arithmetic.dtypes import Bools, Ints

CALM_US = 1_000_000
PROCESSES = 1 << 32
MOST_QUESTIONS = 4096
"""Users that wait for an answer at a time; for those beyond, the node does at once what it would do without one."""

Rule = Callable[[int], bool | None]
"""Of a target cell's index: True to go ahead, False to stay, None for no opinion."""


@dataclass(slots=True)
class Insert:
    """Someone who wants to be asked."""

    request: RequestId
    action: int
    wait_us: int
    goes_on: bool
    """What the node does without an answer."""


@dataclass(slots=True)
class Question:
    """A user that waits for an answer."""

    process: int
    user: int
    source: int
    target: int
    insert: Insert
    until_us: int
    answer: bool | None = None


@dataclass(slots=True)
class Counts:
    """How questions ended."""

    accepted: int = 0
    denied: int = 0
    unanswered: int = 0
    by_policy: int = 0


@dataclass(slots=True)
class Returns:
    """The say of others in where a node's users go."""

    tick_us: int
    policies: dict[RequestId, Rule] = field(default_factory=dict)
    """In the order they were installed; the first with an opinion decides."""
    inserts: dict[RequestId, Insert] = field(default_factory=dict)
    """The first is asked."""
    new: list[Question] = field(default_factory=list)
    """Questions of the last tick, not sent yet."""
    counts: Counts = field(default_factory=Counts)
    _waiting: dict[int, Question] = field(default_factory=dict)
    _calm_until_us: dict[int, int] = field(default_factory=dict)
    _process: int = 0

    @property
    def consulted(self) -> bool:
        """False: everybody may go."""
        return bool(self.policies or self.inserts or self._waiting)

    @property
    def waiting(self) -> list[Question]:
        """In the order in which they were asked."""
        return list(self._waiting.values())

    def allow(self, users: Ints, sources: Ints, targets: Ints, start_us: int) -> Bools:
        """Which of these users, all different, may go from `sources` to `targets` in the tick that starts now; every
        argument but the last is [n]. One that waits for an answer has to be among them to hear it."""
        if not self.consulted:
            return np.ones(len(users), np.bool_)
        asked = zip(users.tolist(), sources.tolist(), targets.tolist(), strict=True)
        return np.array([self._may(*one, start_us) for one in asked], np.bool_)

    def withdraw(self, question: Question) -> None:
        """The user is gone, and nobody waits any more."""
        del self._waiting[question.user]

    def answer(self, process: int, accept: bool) -> bool:
        """The RIC's word on a question; False where nobody waits for it (any more)."""
        question = next((one for one in self._waiting.values() if one.process == process), None)
        if question is None or question.answer is not None:
            return False
        question.answer = accept
        return True

    def forget(self, request: RequestId) -> None:
        """A subscription is gone. Who waits for its answer goes by the Time To Wait."""
        self.policies.pop(request, None)
        self.inserts.pop(request, None)
        self.new = [question for question in self.new if question.insert.request != request]

    def clear(self) -> None:
        """The association is gone, and with it everybody's say."""
        self.policies.clear()
        self.inserts.clear()
        self.new.clear()
        self._waiting.clear()
        self._calm_until_us.clear()

    def _may(self, user: int, source: int, target: int, start_us: int) -> bool:
        for rule in self.policies.values():
            said = rule(target)
            if said is not None:
                self.counts.by_policy += 1
                self._waiting.pop(user, None)
                return said
        question = self._waiting.get(user)
        if question is not None:
            return self._told(question, start_us)
        if not self.inserts:
            return True
        if self._calm_until_us.get(user, 0) <= start_us:
            insert = next(iter(self.inserts.values()))
            if len(self._waiting) >= MOST_QUESTIONS:
                self.counts.unanswered += 1
                return insert.goes_on
            self._process = self._process % (PROCESSES - 1) + 1
            # It leaves at the end of the tick.
            until = start_us + self.tick_us + insert.wait_us
            self._waiting[user] = question = Question(self._process, user, source, target, insert, until)
            self.new.append(question)
        return False

    def _told(self, question: Question, start_us: int) -> bool:
        """Where an answer came, or will not come: what it says."""
        if question.answer is None and start_us < question.until_us:
            return False
        del self._waiting[question.user]
        may = question.insert.goes_on if question.answer is None else question.answer
        self.counts.unanswered += question.answer is None
        self.counts.accepted += question.answer is True
        self.counts.denied += question.answer is False
        if not may:
            self._calm_until_us[question.user] = start_us + CALM_US
        return may
