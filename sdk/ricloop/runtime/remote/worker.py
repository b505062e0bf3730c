"""What an xApp's own process does with what the RIC says: octets in, octets out. Knows no network.

Its handlers are asked as in the RIC: the same deadline, rules and trips. A question that it knows already, since a
stream broke before its answer arrived, has the answer that it had.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from ricloop.app import Handler, XApp
from ricloop.core.actions import Action
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.feeds import ModelRef
from ricloop.core.model import BUCKETS
from ricloop.core.time import Clock, Deadline
from ricloop.decide.arbiter import Arbiter
from ricloop.decide.guards import Bounds, GuardView, Refusal
from ricloop.decide.history import History
from ricloop.decide.topology import Topology
from ricloop.e2sm.ccc import States
from ricloop.platform.xappmetrics import XAppMetrics
from ricloop.rpc import messages, wire_xapp
from ricloop.rpc.describe import ModelTold
from ricloop.runtime.inference.predict import Predict
from ricloop.runtime.loop.runner import Runner

log = structlog.get_logger()

REMEMBERED = 1024
"""Answers that are given again; at least a window of them."""
UNTOLD = 32
"""Messages after which the RIC is told how far we have read, where no answer tells it."""


class Worker:
    """One xApp, over all its streams."""

    def __init__(
        self,
        app: XApp[Any],
        clock: Clock,
        *,
        window: int,
        models: Mapping[ModelRef[Any], Predict | None] | None = None,
        stage: str = "active",
        record: Callable[[bytes], None] | None = None,
    ) -> None:
        """`record` is given each audit record of this xApp; None: they are not asked for. Raises ConfigError for a
        model that is not there."""
        self.app, self._window, self._stage, self._record = app, window, stage, record
        self._runner = Runner(app, clock, Arbiter(), models=models, need_models=True)
        self._clock = clock
        self._bounds = tuple(guard for guard in app.guards if isinstance(guard, Bounds))
        self._reader = wire_xapp.Reader()
        self._answers: OrderedDict[int, messages.Said] = OrderedDict()
        self._session, self._seen, self._told = "", 0, 0
        self.metrics = XAppMetrics(app.name)
        self.refusal: messages.Refused | None = None
        """Why it did not."""

    @property
    def connected(self) -> bool:
        """The RIC has let us in, on this stream."""
        return self.metrics.connected

    def lost(self) -> None:
        """The stream is over."""
        self.metrics.connected = False

    def hello(self) -> bytes:
        """The first message of a stream. Raises ConfigError for an xApp that cannot run apart from its RIC."""
        self.metrics.connected, self.refusal = False, None
        self._reader = wire_xapp.Reader()
        models = {
            name: ModelTold(decider.model, tuple((rows, decider.ready_by(rows)) for rows in BUCKETS))
            for name, decider in self._runner.deciders.items()
            if decider.model is not None
        }
        records = self._record is not None
        return wire_xapp.hello(self.app, self._session, self._seen, self._window, records, self._stage, models)

    def bye(self) -> bytes:
        """The last one."""
        return wire_xapp.bye(self._seen)

    def take(self, octets: bytes) -> bytes | None:
        """One message of the RIC's, and what is said to it. Raises DecodeError: the stream is of no use any more."""
        number, said = wire_xapp.to_xapp(octets)
        if number and number <= self._seen:
            return None
        answer = None
        if isinstance(said, messages.Welcome):
            self._welcomed(said)
        elif isinstance(said, messages.Refused):
            self.refusal = said
        elif isinstance(said, messages.Ask):
            answer = self._answer(said)
        elif isinstance(said, messages.Record):
            if self._record is not None:
                self._record(said.line)
        elif isinstance(said, messages.NodeEvent):
            self._runner.call("node_connected" if said.connected else "node_lost", said.node)
        self._seen = max(self._seen, number)
        if answer is not None:
            self._told = self._seen
            return self._written(answer)
        if self._seen - self._told >= UNTOLD:
            self._told = self._seen
            return wire_xapp.have_seen(self._seen)
        return None

    def call(self, method: str) -> None:
        """`started` or `stopping`."""
        self._runner.call(method)

    # --------------------------------------------------------------------------------------------------------- inside

    def _welcomed(self, welcome: messages.Welcome) -> None:
        if not welcome.resumed:
            # Questions are numbered anew.
            self._session, self._seen, self._told = welcome.session, 0, 0
            self._answers.clear()
        self.metrics.connected = True
        self.metrics.streams += 1

    def _answer(self, ask: messages.Ask) -> messages.Said:
        start = self._clock.now()
        self.metrics.questions += 1
        handlers = self._runner.handlers
        if not 0 <= ask.handler < len(handlers):
            raise DecodeError(f"there is no handler {ask.handler}", path="Ask.handler")
        handler = handlers[ask.handler]
        # Read in any case: later questions go by what its needs hold.
        asked = self._reader.read(ask, handler.feed, handler.needs)
        said = self._answers.get(ask.id)
        if said is None:
            said = self._decide(ask, handler, asked, start)
            self._answers[ask.id] = said
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
            self.metrics.answered(said.cause, said.took)
        return said

    def _decide(self, ask: messages.Ask, handler: Handler, asked: messages.Asked, start: int) -> messages.Said:
        decider = self._runner.deciders[handler.name]
        for report in (*asked.seen, asked.value) if asked.fresh else asked.seen:
            decider.see(report)
        if ask.silent:
            answer = decider.silence(asked.value, asked.needs)
        else:
            answer = decider.answer(asked.value, asked.needs, Deadline(start, ask.remaining))
        decision = answer.decision
        actions, kept = self._bounded(decision.actions)
        use = None
        if decider.sees:
            rows = len(asked.value) if asked.value is not None else 0
            use = messages.ModelUse(answer.model, answer.model_ns, answer.fault, decider.ready_by(max(1, rows)))
        return messages.Said(
            ask.id,
            answer.source.value,
            answer.cause,
            answer.error,
            decision.reason,
            actions,
            kept,
            decision.shared,
            self._clock.now() - start,
            use,
            asked.refused,
            decision.hold,
        )

    def _written(self, said: messages.Said) -> bytes:
        try:
            return wire_xapp.answer(self._seen, said)
        except EncodeError as error:
            log.error("an answer cannot be sent", xapp=self.app.name, error=str(error))
            failed = messages.Said(said.ask, "hold", "error", str(error), "hold: error")
            return wire_xapp.answer(self._seen, failed)

    def _bounded(self, actions: tuple[Action, ...]) -> tuple[tuple[Action, ...], tuple[tuple[Action, Refusal], ...]]:
        """What passes the guards that look at nothing but the action, and what does not."""
        if not self._bounds:
            return actions, ()
        passed: list[Action] = []
        kept: list[tuple[Action, Refusal]] = []
        for action in actions:
            refusal = _refusal(action, self._bounds)
            if refusal is None:
                passed.append(action)
            else:
                kept.append((action, refusal))
        return tuple(passed), tuple(kept)


def _refusal(action: Action, bounds: Sequence[Bounds[Any]]) -> Refusal | None:
    for guard in bounds:
        try:
            refusal = guard.admit(action, _NOTHING)
        except Exception as error:
            # What nobody judged is not safe to send.
            return Refusal("Bounds", f"failed: {type(error).__name__}: {error}")
        if refusal is not None:
            return refusal
    return None


_NOTHING = GuardView(0, Topology(), States.of({}), (), (), History())
"""`Bounds` looks at none of it."""
