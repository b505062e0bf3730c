"""An xApp in a test: values in, decisions out; no network, no waiting, a clock that moves when told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Generic, TypeVar

from ricloop.app import Handler, Settings, XApp
from ricloop.core.actions import Action, Answer, Outcome, OutcomeState
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Feed, ModelRef, Need, Policy, Shared, Tick, Timer
from ricloop.core.time import Deadline, ManualClock, ns
from ricloop.decide.arbiter import Arbiter
from ricloop.decide.guards import Refusal
from ricloop.decide.topology import Topology
from ricloop.e2sm.ccc import EnergySavingControl, States
from ricloop.runtime.loop.runner import Decided, Runner, Scene
from ricloop.runtime.loop.shared import SharedStore
from ricloop.runtime.loop.stream import period_of
from ricloop.runtime.loop.values import Values

AppT = TypeVar("AppT", bound=XApp[Any])
T = TypeVar("T")


class TestLoop(Generic[AppT]):
    """Asks the xApp as the runtime does: the same deadline, fallbacks, guards and arbiter.

        loop = TestLoop(EnergySaving(), topology=topology, states=States.of({cell: False}))
        decided = loop.give(load, kpm.Report.of([cell], {PRB: [2.0], CONNECTED: [0.0]}))
        assert decided.admitted == (ccc.sleep(cell),)

    A control takes no effect by itself: give the feed that would show it (`loop.set(state, States.of({cell: True}))`).
    """

    __test__ = False  # pytest: not a test class

    def __init__(
        self,
        app: AppT,
        *,
        clock: ManualClock | None = None,
        models: Mapping[ModelRef[Any], Callable[..., Any] | None] | None = None,
        topology: Topology | None = None,
        states: States | None = None,
    ) -> None:
        """`models`: any callable per declared model; one that is left out, or None, is answered for by the rule.
        `states`: what guards take for the cells' states; a value given or set for a `ccc.watch` feed is taken over."""
        self.app = app
        self.clock = clock or ManualClock()
        self.sent: list[Action] = []
        """Every action that was admitted, in order."""
        self.decided: list[Decided] = []
        """Every decision, in order."""
        self._topology = topology or Topology(source="the test")
        self._states = states or States.of({})
        self._shared = SharedStore()
        self._values = Values(self._shared, lambda: self._topology)
        self._pending: list[Action] = []
        self._outcomes: list[Outcome] = []
        self._runner = Runner(app, self.clock, Arbiter(), models=models)
        self._made = {
            was: now
            for marked, declared in zip(app.handlers(), app.declared, strict=True)
            for was, now in zip((marked.feed, *marked.needs), (declared.feed, *declared.needs), strict=True)
        }
        self._ticks: dict[str, tuple[int, int]] = {}
        self._heard: dict[str, tuple[int, Any]] = {}
        for handler in self._runner.handlers:
            if isinstance(handler.feed, Timer):
                self._ticks[handler.name] = (self.clock.now() + ns(handler.feed.period), 0)
        app.started()

    def give(self, feed: Feed[T], value: T) -> Decided:
        """A new value of a feed; the answer of the handler it starts (the last one, where it starts several).

        Raises ConfigError where it starts none: `set` is for values that are only read.
        """
        self.set(feed, value)
        made = self._made.get(feed, feed)
        handlers = [handler for handler in self._runner.handlers if handler.feed is made]
        if not handlers:
            feeds = ", ".join(handler.feed.title for handler in self._runner.handlers)
            raise ConfigError(f"{feed.title} starts no handler of '{self.app.name}'; these do: {feeds}")
        for handler in handlers:
            self._heard[handler.name] = (self.clock.now(), value)
            self._runner.deciders[handler.name].see(value)
            decided = self._ask(handler, value)
        return decided

    def set(self, need: Need[T], value: T) -> None:
        """A new value of something that handlers read; starts none."""
        now = self.clock.now()
        need = self._made.get(need, need)
        if isinstance(need, Shared):
            self._shared.publish(need, value, now)
        elif isinstance(need, Policy):
            self._values.set_policy(need, value, now)
        elif isinstance(need, Feed):
            self._values.put(need, None, value, now)
        elif isinstance(value, Topology):
            self._topology = value
        else:
            raise ConfigError(f"{need.title} cannot be set")
        if isinstance(value, States):
            self._take_states(value)

    def settings(self, settings: Settings) -> None:
        """Give the xApp other settings: what it decides from now on goes by them."""
        self.app.settings = settings

    def advance(self, length: timedelta) -> list[Decided]:
        """Let time pass; what timers and silence led to, in the order it was due."""
        end, before = self.clock.now() + ns(length), len(self.decided)
        while (due := self._next_due()) is not None and due[0] <= end:
            at, handler = due
            self.clock.set(max(at, self.clock.now()))
            self._fire(handler)
        self.clock.set(end)
        return self.decided[before:]

    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of actions since this was last asked: sent, or refused and why. Give it to `outcomes`."""
        told, self._outcomes = tuple(self._outcomes), []
        return told

    # -------------------------------------------------------------------------------------------------- helpers

    def _ask(self, handler: Handler, value: Any, *, silent: bool = False) -> Decided:
        now = self.clock.now()
        needs = tuple(self._values.latest(need, None, now) for need in handler.needs)
        scene = Scene(self._topology, self._states, tuple(self._pending))
        decider = self._runner.deciders[handler.name]
        if silent:
            answer = decider.silence(value, needs)
        else:
            answer = decider.answer(value, needs, Deadline(now, ns(handler.answers_within)))
        decided = self._runner.settle(handler, answer, scene, self._prepare)
        for need, published in decided.answer.decision.shared:
            self._shared.publish(need, published, now)
        for action, refusal in decided.refused:
            self._outcomes.append(Outcome(action, OutcomeState.REFUSED, str(refusal), now))
        self.decided.append(decided)
        return decided

    def _prepare(self, action: Action) -> Callable[[], None] | Refusal:
        def send() -> None:
            self.sent.append(action)
            if not isinstance(action, Answer):
                self._pending.append(action)
            self._outcomes.append(Outcome(action, OutcomeState.SENT, "", self.clock.now()))

        return send

    def _take_states(self, value: States) -> None:
        self._states = self._states.updated(dict(zip(value.cells.tolist(), value.saving.tolist(), strict=True)))
        self._pending = [
            action
            for action in self._pending
            if not isinstance(action, EnergySavingControl) or value.state_of(action.cell) is not action.saving
        ]

    def _next_due(self) -> tuple[int, Handler] | None:
        due: list[tuple[int, int, Handler]] = []
        for order, handler in enumerate(self._runner.handlers):
            if handler.name in self._ticks:
                due.append((self._ticks[handler.name][0], order, handler))
            period = period_of(handler.feed)
            if handler.silent is not None and handler.name in self._heard and period is not None:
                due.append((self._heard[handler.name][0] + handler.silent[0] * period, order, handler))
        first = min(due, key=lambda entry: entry[:2], default=None)
        return None if first is None else (first[0], first[2])

    def _fire(self, handler: Handler) -> None:
        feed = handler.feed
        if isinstance(feed, Timer):
            at, number = self._ticks[handler.name]
            self._ticks[handler.name] = (at + ns(feed.period), number + 1)
            self._ask(handler, Tick(number + 1, self.clock.now()))
        else:
            self._ask(handler, self._heard.pop(handler.name)[1], silent=True)
