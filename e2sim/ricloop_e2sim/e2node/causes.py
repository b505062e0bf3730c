"""Why a node refuses what it is asked, by E2AP's words (9.2.1)."""

from __future__ import annotations

from ricloop.e2ap.messages import Cause

NOT_SUPPORTED = Cause("ricRequest", "action-not-supported")
DUPLICATE = Cause("ricRequest", "duplicate-action")
UNAVAILABLE = Cause("ricRequest", "requested-information-unavailable")
BAD_TRIGGER = Cause("ricRequest", "eventTriggerNotSupported")
BAD_QUERY = Cause("ricRequest", "invalid-information-request")
INVALID = Cause("ricRequest", "control-message-invalid")
NOT_EXECUTED = Cause("ricRequest", "control-failed-to-execute")
NOT_ASKED = Cause("ricRequest", "ric-call-process-id-invalid")
UNREADABLE = Cause("protocol", "transfer-syntax-error")
