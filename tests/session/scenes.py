"""Where the session tests begin, and the messages that they send."""

from __future__ import annotations

from ricloop.e2ap.messages import AckRequest, ActionToBeSetup, ActionType, RequestId, RicControlRequest, RicIndication
from ricloop.testing.pair import KPM, RC, SessionPair

ONE = RequestId(10, 1)
ACTIONS = (ActionToBeSetup(id=1, definition=b"a"), ActionToBeSetup(id=2, type=ActionType.INSERT, definition=b"b"))
REPORT = RicIndication(
    request_id=ONE, function_id=KPM.id, action_id=1, sequence=7, header=b"header", message=b"message"
)
CONTROL = RicControlRequest(
    request_id=RequestId(20, 1), function_id=RC.id, header=b"header", message=b"message", ack=AckRequest.ACK
)


def asked() -> SessionPair:
    """A pair whose node was asked for subscription ONE and has not answered."""
    pair = SessionPair.connected()
    pair.ric.subscribe(ONE, KPM.id, b"trigger", ACTIONS, pair.now)
    pair.exchange()
    return pair


def active() -> SessionPair:
    """A pair in which subscription ONE was admitted whole."""
    pair = asked()
    pair.node.admit(ONE, (1, 2), (), pair.now)
    pair.exchange()
    pair.forget_events()
    return pair
