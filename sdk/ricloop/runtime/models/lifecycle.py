"""The models at work in one RIC: each followed, perhaps challenged, watched for drift, replaced while it runs.

Everything here is done in time that nobody waits for: `spare` is called after a turn, when everything has been sent.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.app import Handler
from ricloop.core.errors import ConfigError, nearest
from ricloop.core.time import Clock, ManualClock
from ricloop.runtime.energy.saving import Saving
from ricloop.runtime.inference.predict import LoopModel, Version
from ricloop.runtime.loop.runner import Runner, feeds_of
from ricloop.runtime.models.drift import DriftWatch, as_json
from ricloop.runtime.models.follow import Follow
from ricloop.runtime.models.shadow import times_us
from ricloop.runtime.models.signals import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from ricloop.runtime.energy.cost import Meter
    from ricloop.runtime.models.swap import Swaps
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()

MARGIN_NS = 200_000
"""Before a report is expected, nothing is begun any more."""
GPU_ENGINE = "torch-cudagraph"
CHANGES_KEPT = 1000
"""Of drift and of versions, for the end of the run; the oldest go."""


class AtWork:
    """One model of one handler, in this process."""

    def __init__(
        self,
        runner: Runner,
        handler: Handler,
        model: LoopModel,
        clock: Clock,
        observe: Callable[[str, str, Record], None],
    ) -> None:
        """`observe` is given whose model it is, its version, and a record of its signals."""
        self.runner, self.handler, self.model = runner, handler, model
        self.name = f"{runner.name}.{handler.name}"
        """Whose model it is."""
        self.follow = model.follower = Follow(model, clock, lambda version, record: observe(self.name, version, record))


class Lifecycle:
    """Of the models of one RIC. Those of xApps apart are not here: they are at work in other processes."""

    def __init__(self, ric: NearRtRic) -> None:
        self._ric = ric
        self.clock: Clock = ric.clock
        self._paced = isinstance(ric.clock, ManualClock)
        self.meter: Meter | None = None
        """What adds up energy, where a clock paces the run."""
        self._saving = Saving()
        self._saved: float | None = None
        self.pointers: Swaps | None = None
        """What replaces versions while the loop runs, if anything."""
        self.observe: Callable[[str, str, Record], None] = self._observe_here
        """Where records of signals go: the drift detection of this process, or that of a side process."""
        self._watch = DriftWatch()
        self.drifting: dict[tuple[str, str, str], bool] = {}
        """Per handler, version and signal, once it has drifted."""
        self.drifts: deque[dict[str, Any]] = deque(maxlen=CHANGES_KEPT)
        self.swaps: deque[dict[str, Any]] = deque(maxlen=CHANGES_KEPT)
        self.swapped = {"changed": 0, "refused": 0}
        """Versions that went to work, and those that did not."""
        self.at_work = [
            AtWork(runner, handler, seer, ric.clock, lambda *told: self.observe(*told))
            for runner in ric.runners
            for handler in runner.handlers
            if isinstance(seer := runner.deciders[handler.name].seer, LoopModel)
        ]

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
        if self.pointers is not None and self.pointers.waiting:
            return True
        return any(one.follow.waiting for one in self.at_work)

    def spare(self) -> None:
        """Nobody waits for the loop: do what waits for that, until the next report is expected."""
        until = self.free_until()
        for one in self.at_work:
            one.follow.spare(until)
        if self.pointers is not None and not any(one.follow.waiting for one in self.at_work):
            self.pointers.settle(until)

    def free_until(self) -> int | None:
        """By the loop's clock; None: for as long as one likes."""
        if self._paced:
            return None
        now = self._ric.clock.now()
        expected = [at for one in self.at_work if (at := one.follow.expected_at(now)) is not None]
        return min(expected) - MARGIN_NS if expected else None

    # -------------------------------------------------------------------------------------------------- versions

    def swap(self, one: AtWork, version: Version) -> None:
        """Between two decisions: the next one is this version's. A challenger that is promoted brings its windows.

        Raises ConfigError where the feed does not report what it looks at: then nothing has changed."""
        shadow, old = one.follow.shadow, one.model.version
        promoted = shadow is not None and shadow.challenger.name == version.name
        one.model.swap(version, shadow.inputs if shadow is not None and promoted and shadow.ready else None)
        one.follow.anew()
        one.follow.challenge(None if shadow is None or promoted else shadow.challenger)
        # Of what is not at work any more, nobody will say that a drift is over.
        self.drifting = {key: drifts for key, drifts in self.drifting.items() if key[:2] != (one.name, old)}

    def changed(self, name: str, place: str, to: str, why: str, *, took_ms: float) -> None:
        """A version went to work, as the active one or in the shadow."""
        previous = self.named(name)[0].model.previous
        before = previous.name if place == "active" and previous is not None else ""
        self._swapped("changed", name=name, place=place, version=to, before=before, reason=why, took_ms=took_ms)

    def refused(self, name: str, place: str, reason: str, why: str) -> None:
        """A version does not go to work; what was there goes on."""
        stays = self.named(name)[0].model.version
        self._swapped("refused", name=name, place=place, version="", before=stays, reason=reason, asked=why)

    def _swapped(self, result: str, **fields: Any) -> None:
        record = {"result": result, "time": self.clock.now(), **fields}
        self.swaps.append(record)
        self.swapped[result] += 1
        (log.warning if result == "changed" else log.error)(f"model version {result}", **fields)
        self._ric.audit.record("version", record)

    # ---------------------------------------------------------------------------------------------------- drift

    def _observe_here(self, name: str, model: str, record: Record) -> None:
        for change in self._watch.take(name, model, record):
            self.drifted(as_json(change))

    def drifted(self, change: dict[str, Any]) -> None:
        """A signal began to drift or ended it, as `drift.Change`."""
        drifting = change["state"] == "drifting"
        self.drifting[change["handler"], change["model"], change["signal"]] = drifting
        self.drifts.append(change)
        (log.warning if drifting else log.info)("a model's signal drifts" if drifting else "drift is over", **change)
        self._ric.audit.record("drift", change)

    def forgotten(self) -> None:
        """Who watched began anew, and knows of no drift: nobody would say that one is over."""
        for key in self.drifting:
            self.drifting[key] = False

    def states(self) -> dict[str, dict[str, str]]:
        """Per handler and signal, of the versions at work: `learning`, `ok` or `drifting`."""
        return self._watch.states()

    # ---------------------------------------------------------------------------------------------- what it tells

    def report(self) -> list[dict[str, Any]]:
        """Each model at work: whose, which version, what came before, its errors, and its challenger."""
        return [
            {
                "xapp": one.runner.name,
                "handler": one.handler.name,
                "name": one.model.name,
                "model": one.model.version,
                "source": one.model.active.source,
                "previous": None if one.model.previous is None else one.model.previous.name,
                "predictions": (counts := one.runner.deciders[one.handler.name].counts).predictions,
                "not_started": counts.not_started,
                "faults": dict(counts.faults),
                "time_us": times_us(one.follow.times),
                "expected_us": round(one.model.expected_ns(1) / 1e3, 1),
                "error": [] if one.follow.realised is None else one.follow.realised.by_horizon(),
                "not_looked_at": one.follow.dropped,
                "shadow": None if one.follow.shadow is None else one.follow.shadow.report(),
            }
            for one in self.at_work
        ]

    def status(self) -> dict[str, Any]:
        """Of this moment, JSON-able."""
        return {
            "models": self.report(),
            "drifting": [
                {"handler": handler, "model": model, "signal": signal, "drifting": drifts}
                for (handler, model, signal), drifts in self.drifting.items()
            ],
            "versions": dict(self.swapped),
            "energy": self.energy(),
        }

    def comparisons(self) -> list[dict[str, Any]]:
        """What came of each challenger, as `Shadow.report`: of those that are compared now, and of earlier ones."""
        now = [one.follow.shadow.report() for one in self.at_work if one.follow.shadow is not None]
        return now + [report for one in self.at_work for report in one.follow.compared]

    @property
    def on_gpu(self) -> bool:
        """True where an engine of a model at work is a device's."""
        return any(getattr(one.model.active.inference, "name", "") == GPU_ENGINE for one in self.at_work)

    def summary(self) -> dict[str, Any]:
        """For the result of a run."""
        return {
            **self.status(),
            "drifts": list(self.drifts),
            "swaps": list(self.swaps),
        }

    # --------------------------------------------------------------------------------------------------- energy

    def keep_house(self) -> None:
        """Now and then: see what pointers moved, and read the meter."""
        if self.pointers is not None:
            self.pointers.look()
        if self.meter is not None:
            self.meter.look()
            self._saved = self._saving.watts(
                feeds_of(self._ric.runners), self._ric.values, self._ric.states, self.meter.settings.cell_saving_watts
            )

    def energy(self) -> dict[str, Any] | None:
        """What the RIC's computing took, and what the network saves; None where no clock paces the run."""
        return None if self.meter is None else self.meter.report(self._ric.dispatch.decisions, self._saved)
