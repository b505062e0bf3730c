"""What every procedure of one session shares: the way out, the events, the counters, the timers and the errors.

Every queue is bounded. What a peer can repeat at will (indications, errors, misbehaviour) is dropped and counted when
a queue is full; anything else that finds one full means that nobody reads it, and the session asks to be closed.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import Any, Generic, TypeVar

from ricloop.core.time import NS_PER_S, ns
from ricloop.e2ap import V1, V2, Version, encode
from ricloop.e2ap.messages import Cause, CriticalityDiagnostics, ErrorIndication, Message, RequestId, RicIndication
from ricloop.session.events import ErrorReceived, PeerMisbehaved, SharedEvent
from ricloop.session.timers import TimerQueue

EventT = TypeVar("EventT")

MAX_EVENTS = 8192
"""Events kept until `events()` is called."""
MAX_OUTBOX = 8192
"""PDUs kept until `data_to_send()` is called."""
ERRORS_PER_SECOND = 16
"""Error Indications sent at most in any second: a broken peer is told, not flooded."""

TRANSFER_SYNTAX_ERROR = Cause("protocol", "transfer-syntax-error")
MALFORMED = Cause("protocol", "abstract-syntax-error-falsely-constructed-message")
WRONG_STATE = Cause("protocol", "message-not-compatible-with-receiver-state")
UNKNOWN_REQUEST = Cause("ricRequest", "request-id-unknown")
UNKNOWN_FUNCTION = Cause("ricRequest", "ran-function-id-invalid")
DUPLICATE_REQUEST = Cause("ricRequest", "duplicate-ric-request-id")
UNSPECIFIED = Cause("ricRequest", "unspecified")
OVERLOAD = Cause("misc", "control-processing-overload")
NO_ANSWER = Cause("transport", "unspecified")
"""What a subscription is refused with when the node answered nothing in time."""

_REPEATABLE = (RicIndication, PeerMisbehaved, ErrorReceived)


class Endpoint(Generic[EventT]):
    """One end of one association. `now` is the instant of the driver call that is being served, in nanoseconds."""

    def __init__(self) -> None:
        self.now = 0
        self.version: Version = V2
        """E2AP's, of everything that is sent and received."""
        self.counters: defaultdict[str, int] = defaultdict(int)
        self.close_reason: str | None = None
        self._outbox: list[bytes] = []
        self._events: deque[EventT | SharedEvent] = deque()
        self._timers = TimerQueue()
        self._errors_sent_at: deque[int] = deque(maxlen=ERRORS_PER_SECOND)

    def same_transaction(self, answer: int, request: int) -> bool:
        """Does an answer belong to a request, by their TransactionIDs? v1 has none: there, any answer does."""
        return self.version is V1 or answer == request

    # ---------------------------------------------------------------------------------------------------- out

    def send(self, message: Message) -> None:
        """Queue a message that matters."""
        self.send_encoded(encode(message, self.version))

    def send_encoded(self, data: bytes) -> None:
        if len(self._outbox) >= MAX_OUTBOX:
            self.counters["messages_dropped"] += 1
            self.request_close(f"{MAX_OUTBOX} messages wait to be sent: the link does not take them")
            return
        self._outbox.append(data)
        self.counters["sent"] += 1

    def send_indication(self, data: bytes) -> bool:
        """Queue an indication; False, and counted, where the outbox is full."""
        if len(self._outbox) >= MAX_OUTBOX:
            self.counters["indications_dropped"] += 1
            return False
        self._outbox.append(data)
        self.counters["sent"] += 1
        self.counters["indications"] += 1
        return True

    def take_outbox(self) -> list[bytes]:
        taken, self._outbox = self._outbox, []
        return taken

    # ------------------------------------------------------------------------------------------------- events

    def tell(self, event: EventT | SharedEvent) -> None:
        if len(self._events) >= MAX_EVENTS:
            self.counters["events_dropped"] += 1
            if not isinstance(event, _REPEATABLE):
                self.request_close(f"{MAX_EVENTS} events wait to be read: nobody serves this session")
            return
        self._events.append(event)

    def take_events(self) -> list[EventT | SharedEvent]:
        if not self._events:
            return []
        taken = list(self._events)
        self._events.clear()
        return taken

    def withdraw(self, kinds: tuple[type[Any], ...]) -> None:
        """Take back events that nobody has read yet and whose answer is not wanted any more."""
        self._events = deque(event for event in self._events if not isinstance(event, kinds))

    def request_close(self, reason: str) -> None:
        """The first reason stands."""
        if self.close_reason is None:
            self.close_reason = reason

    # ------------------------------------------------------------------------------------------------- timers

    def arm(self, key: Hashable, after: timedelta, fire: Callable[[], object]) -> None:
        self._timers.arm(key, self.now + ns(after), fire)

    def disarm(self, key: Hashable) -> None:
        self._timers.disarm(key)

    def disarm_all(self) -> None:
        self._timers.clear()

    def timer_at(self) -> int | None:
        return self._timers.next_at()

    def fire_due(self) -> None:
        while (fire := self._timers.pop_due(self.now)) is not None:
            fire()

    # ------------------------------------------------------------------------------------------------- errors

    def misbehaved(self, kind: str, reason: str) -> None:
        """Count and tell, without an answer: for what a failure message of its own answers."""
        self.counters[kind] += 1
        self.tell(PeerMisbehaved(kind, reason))

    def error(
        self,
        kind: str,
        reason: str,
        cause: Cause,
        *,
        request_id: RequestId | None = None,
        function_id: int | None = None,
        diagnostics: CriticalityDiagnostics | None = None,
    ) -> None:
        """Count, tell, and answer with an Error Indication (E2AP 8.3.2) unless this second had its share of them."""
        self.misbehaved(kind, reason)
        sent = self._errors_sent_at
        if len(sent) == sent.maxlen and self.now - sent[0] < NS_PER_S:
            self.counters["errors_suppressed"] += 1
            return
        sent.append(self.now)
        self.counters["errors_sent"] += 1
        self.send(ErrorIndication(request_id=request_id, function_id=function_id, cause=cause, diagnostics=diagnostics))
