"""The models at work in one RIC: each followed, perhaps challenged, watched for drift, replaced while it runs.

Everything here is done in time that nobody waits for: `spare` is called after a turn, when everything has been sent.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.app import Handler
from ricloop.core.errors import ConfigError, nearest
from ricloop.core.time import ManualClock
from ricloop.runtime.drift import DriftWatch, as_json
from ricloop.runtime.follow import Follow
from ricloop.runtime.predict import LoopModel, Version
from ricloop.runtime.runner import Runner
from ricloop.runtime.signals import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()

MARGIN_NS = 200_000
"""Before a report is expected, nothing is begun any more."""
CHANGES_KEPT = 1000
"""Of drift and of versions, for the end of the run; the oldest go."""


class AtWork:
    """One model of one handler, in this process."""

    def __init__(self, runner: Runner, handler: Handler, model: LoopModel, follow: Follow) -> None:
        self.runner, self.handler, self.model, self.follow = runner, handler, model, follow


class Lifecycle:
    """Of the models of one RIC. Those of xApps apart are not here: they are at work in other processes."""

    def __init__(self, ric: NearRtRic) -> None:
        self._ric = ric
        self._paced = isinstance(ric.clock, ManualClock)
        self.observe: Callable[[str, Record], None] = self._observe_here
        """Where records of signals go: the drift detection of this process, or that of a side process."""
        self._watch = DriftWatch()
        self.drifting: dict[tuple[str, str], bool] = {}
        """Per version and signal, once it has drifted."""
        self.drifts: deque[dict[str, Any]] = deque(maxlen=CHANGES_KEPT)
        self.swaps: deque[dict[str, Any]] = deque(maxlen=CHANGES_KEPT)
        self.at_work = [
            AtWork(runner, handler, seer, Follow(seer, ric.clock, lambda model, record: self.observe(model, record)))
            for runner in ric.runners
            for handler in runner.handlers
            if isinstance(seer := runner.deciders[handler.name].seer, LoopModel)
        ]
        for one in self.at_work:
            one.model.follower = one.follow

    def named(self, name: str) -> list[AtWork]:
        """The handlers that are answered by the model of this name."""
        return [one for one in self.at_work if one.model.name == name]

    def challenge(self, name: str, make: Callable[[AtWork], Version]) -> None:
        """Compare the models of a name with a challenger; `make` makes one for each handler.

        Raises ConfigError where no handler here has such a model."""
        found = self.named(name)
        if not found:
            known = sorted({one.model.name for one in self.at_work})
            raise ConfigError(
                f"--shadow {name}: no model of that name is at work here.{nearest(name, known)} "
                f"At work: {', '.join(known) or 'none'}"
            )
        for one in found:
            one.follow.challenge(make(one))

    @property
    def waiting(self) -> bool:
        """True where there is something to do in spare time."""
        return any(one.follow.waiting for one in self.at_work)

    def spare(self) -> None:
        """Nobody waits for the loop: do what waits for that, until the next report is expected."""
        until = self.free_until()
        for one in self.at_work:
            one.follow.spare(until)

    def free_until(self) -> int | None:
        """By the loop's clock; None: for as long as one likes."""
        if self._paced:
            return None
        now = self._ric.clock.now()
        expected = [at for one in self.at_work if (at := one.follow.expected_at(now)) is not None]
        return min(expected) - MARGIN_NS if expected else None

    # ---------------------------------------------------------------------------------------------------- drift

    def _observe_here(self, model: str, record: Record) -> None:
        for change in self._watch.take(model, record):
            self.drifted(as_json(change))

    def drifted(self, change: dict[str, Any]) -> None:
        """A signal began to drift or ended it, as `drift.Change`."""
        drifting = change["state"] == "drifting"
        self.drifting[(change["model"], change["signal"])] = drifting
        self.drifts.append(change)
        (log.warning if drifting else log.info)("a model's signal drifts" if drifting else "drift is over", **change)
        self._ric.audit.record("drift", change)

    def states(self) -> dict[str, dict[str, str]]:
        """Per model and signal, as this process knows it; from a side process only what has drifted."""
        found = {model: dict(signals) for model, signals in self._watch.states().items()}
        for (model, signal), drifts in self.drifting.items():
            found.setdefault(model, {})[signal] = "drifting" if drifts else "ok"
        return found

    # ---------------------------------------------------------------------------------------------- what it tells

    def report(self) -> list[dict[str, Any]]:
        """Each model at work: whose, which version, what came before, its errors, and its challenger."""
        return [
            {
                "xapp": one.runner.name,
                "handler": one.handler.name,
                "name": one.model.name,
                "model": one.model.version,
                "previous": None if one.model.previous is None else one.model.previous.name,
                "predictions": (counts := one.runner.deciders[one.handler.name].counts).predictions,
                "not_started": counts.not_started,
                "faults": dict(counts.faults),
                "expected_us": round(one.model.expected_ns(1) / 1e3, 1),
                "error": [] if one.follow.realised is None else one.follow.realised.by_horizon(),
                "not_looked_at": one.follow.dropped,
                "shadow": None if one.follow.shadow is None else one.follow.shadow.report(),
            }
            for one in self.at_work
        ]

    def summary(self) -> dict[str, Any]:
        """For the result of a run."""
        return {
            "models": self.report(),
            "drift": {"drifting": sum(self.drifting.values()), "changes": list(self.drifts)},
            "swaps": list(self.swaps),
        }
