"""What is kept of a decision and of what became of it: one audit record each, and a line in the log.

The fields are described in `audit`.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from ricloop.core.actions import Outcome, OutcomeState
from ricloop.runtime.books.audit import Audit
from ricloop.runtime.loop.occasion import Occasion
from ricloop.runtime.loop.runner import Decided
from ricloop.runtime.nodes.controls import Control
from ricloop.runtime.stage import Stage

log = structlog.get_logger()


def keep_decision(
    audit: Audit,
    number: int,
    now: int,
    decided: Decided,
    stage: Stage,
    occasion: Occasion,
    sent: Sequence[Sequence[object]],
    took: int,
) -> None:
    """A handler was asked. `sent`: request and action of every control; `took`: the loop's time in ns."""
    audit.record(
        "decision",
        {
            "id": number,
            "time": now,
            "xapp": decided.xapp,
            "handler": decided.handler.name,
            "feed": decided.handler.feed.title,
            "gnb": None if occasion.gnb is None else str(occasion.gnb),
            "collected": occasion.collected,
            "source": decided.answer.source.value,
            "cause": decided.answer.cause,
            "error": decided.answer.error,
            "model": decided.answer.model,
            "model_ms": round(decided.answer.model_ns / 1e6, 4),
            "stage": stage.value,
            "reason": decided.answer.decision.reason,
            "triggers": [arrived.trigger for arrived in occasion.triggers],
            "controls": [{"request": request, "action": action} for request, action in sent],
            "admitted": [] if sent else [str(action) for action in decided.admitted],
            "refused": [{"action": str(a), "by": r.by, "reason": r.reason} for a, r in decided.refused],
            "loop_ms": round(took / 1e6, 4),
        },
    )
    if decided.admitted:
        log.info(
            "decision",
            xapp=decided.xapp,
            gnb=None if occasion.gnb is None else str(occasion.gnb),
            actions=[str(action) for action in decided.admitted],
            reason=decided.answer.decision.reason,
            stage=stage.value,
            refused=len(decided.refused),
            loop_ms=round(took / 1e6, 3),
        )


def keep_outcome(audit: Audit, control: Control, outcome: Outcome) -> None:
    """Something became of a control."""
    if outcome.state in (OutcomeState.REJECTED, OutcomeState.TIMED_OUT):
        log.warning(
            "control did not work",
            node=control.node.name,
            action=str(control.action),
            state=outcome.state.value,
            reason=outcome.reason,
        )
    audit.record(
        "outcome",
        {
            "decision": control.decision,
            "request": control.request,
            "action": str(control.action),
            "state": outcome.state.value,
            "reason": outcome.reason,
            "time": outcome.time,
        },
    )
