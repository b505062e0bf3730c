"""One xApp at work: its handlers asked, its answers guarded, one winner per resource. Knows no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeAlias

import structlog

from ricloop.app import Handler, XApp
from ricloop.app.needs import OutcomeFeed
from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError, RicloopError, nearest
from ricloop.core.feeds import Feed, ModelRef, Timer
from ricloop.core.time import Clock
from ricloop.decide import guards
from ricloop.decide.arbiter import Arbiter
from ricloop.decide.guards import GuardView, Refusal
from ricloop.decide.history import History
from ricloop.decide.topology import Topology
from ricloop.e2sm import registry
from ricloop.e2sm.ccc import States
from ricloop.runtime.inference.predict import Predict, Seer
from ricloop.runtime.loop.decider import Answer, Decider
from ricloop.runtime.loop.occasion import Question
from ricloop.runtime.loop.tally import Tally
from ricloop.runtime.stage import Stage

log = structlog.get_logger()

Send: TypeAlias = Callable[[], None]
"""Does what was prepared."""
Prepare: TypeAlias = Callable[[Action], Send | Refusal]
"""Makes an action ready to be sent, or says why it cannot be."""


@dataclass(slots=True)
class Scene:
    """What the guards look at, apart from the xApp's own history."""

    topology: Topology
    states: States
    pending: tuple[Action, ...]


@dataclass(slots=True)
class Decided:
    """What a handler was asked and what became of its answer."""

    xapp: str
    handler: Handler
    answer: Answer
    admitted: tuple[Action, ...]
    """Sent; in the stage `shadow`: would have been."""
    refused: tuple[tuple[Action, Refusal], ...]


class Far(Protocol):
    """Where the handlers of an xApp run that are not in this process: answers come later, by `Dispatch.finish`."""

    def ask(self, question: Question) -> None: ...


class Runner:
    """Keeps the state that belongs to one xApp in one run: its deciders and its history."""

    far: Far | None = None
    """None: its handlers are here."""

    def __init__(
        self,
        app: XApp[Any],
        clock: Clock,
        arbiter: Arbiter,
        *,
        models: Mapping[ModelRef[Any], Predict | None] | None = None,
        stage: Stage = Stage.ACTIVE,
        need_models: bool = False,
    ) -> None:
        """`models`: None for one that was refused: the rule answers. `need_models`: raise ConfigError for one that
        nobody spoke of, instead of answering by the rule."""
        self.app, self.name, self.stage = app, app.name, stage
        self.handlers = app.declared
        self._clock, self._arbiter = clock, arbiter
        self.history = History()
        self.tally = Tally(self.handlers)
        self._told: set[tuple[str, str]] = set()
        known = models or {}
        for handler in self.handlers:
            if need_models and handler.model is not None and handler.model not in known:
                names = [ref.name for ref in known]
                raise ConfigError(
                    f"xApp '{app.name}' needs the model '{handler.model.name}', which is not there."
                    f"{nearest(handler.model.name, names)} Models: {', '.join(names) or 'none'}"
                )
            if handler.model is not None and isinstance(loaded := known.get(handler.model), Seer):
                loaded.check(handler.feed)
        self.deciders = {
            handler.name: Decider(app, handler, clock, None if handler.model is None else known.get(handler.model))
            for handler in self.handlers
        }

    def call(self, method: str, *arguments: Any) -> None:
        """One of the xApp's life-cycle methods; what it raises is told and stops nothing."""
        if self.stage is Stage.OFF:
            return
        try:
            getattr(self.app, method)(*arguments)
        except RicloopError as error:
            log.error("xApp code failed", xapp=self.name, method=method, error=str(error))
        except Exception as error:
            log.error("xApp code failed", xapp=self.name, method=method, error=f"{type(error).__name__}: {error}")

    def settle(self, handler: Handler, answer: Answer, scene: Scene, prepare: Prepare) -> Decided:
        """Send what passes of an answer."""
        now = self._clock.now()

        def view(admitted: tuple[Action, ...]) -> GuardView:
            return GuardView(now, scene.topology, scene.states, scene.pending, admitted, self.history)

        passed, kept_back = guards.admit(answer.decision.actions, self.app.guards, view, self._guard_failed)
        admitted: list[Action] = []
        refused = list(kept_back)
        for action in passed:
            refusal = self._send(action, now, prepare, answer.decision.hold)
            if refusal is None:
                admitted.append(action)
            else:
                refused.append((action, refusal))
        return Decided(self.name, handler, answer, tuple(admitted), tuple(refused))

    def _guard_failed(self, guard: str, error: Exception) -> None:
        if (kind := (guard, type(error).__name__)) not in self._told:
            self._told.add(kind)
            log.error(
                "guard failed and so refuses; told once per kind",
                xapp=self.name,
                guard=guard,
                error=f"{type(error).__name__}: {error}",
            )

    def _send(self, action: Action, now: int, prepare: Prepare, hold: timedelta | None) -> Refusal | None:
        if self.stage is not Stage.ACTIVE:
            # A shadow is guarded by what it would have done, but it takes nothing from anybody.
            self.history.add(action, now)
            return None
        prepared = prepare(action)
        if isinstance(prepared, Refusal):
            return prepared
        held = self._arbiter.claim(action, self.name, self.app.priority, now, hold)
        if held is not None:
            return held
        self.history.add(action, now)
        prepared()
        return None


def runners_of(
    xapps: Sequence[XApp[Any]],
    clock: Clock,
    arbiter: Arbiter,
    models: Mapping[ModelRef[Any], Predict | None] | None,
    stages: Stage | Mapping[str, Stage],
) -> list[Runner]:
    """One for each xApp, those of a higher priority first. Raises ConfigError for two of one name."""
    runners: dict[str, Runner] = {}
    for app in xapps:
        if app.name in runners:
            raise ConfigError(f"two xApps are called '{app.name}': give one of them another `name`")
        stage = stages.get(app.name, Stage.ACTIVE) if isinstance(stages, Mapping) else stages
        runners[app.name] = Runner(app, clock, arbiter, models=models, stage=stage, need_models=True)
    return sorted(runners.values(), key=lambda runner: -runner.app.priority)


def feeds_of(runners: Sequence[Runner]) -> list[Feed[Any]]:
    """Every feed that must be subscribed, each once. Raises ConfigError for one that no service model brings."""
    found: dict[Feed[Any], None] = {}
    for runner in runners:
        for handler in runner.handlers:
            for need in (handler.feed, *handler.needs):
                if isinstance(need, Feed) and not isinstance(need, Timer | OutcomeFeed):
                    registry.owner_of_feed(need)
                    found[need] = None
    return list(found)
