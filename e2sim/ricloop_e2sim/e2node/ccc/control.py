"""CCC controls of a node's cells: what is asked, and what to answer."""

from __future__ import annotations

from ricloop.core.errors import DecodeError
from ricloop.e2ap.messages import RicControlRequest
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.outcome import Cause
from ricloop_e2sim.e2node.causes import INVALID, NOT_SUPPORTED
from ricloop_e2sim.e2node.ccc.config import CellConfig
from ricloop_e2sim.e2node.service import Answer


def configure(config: CellConfig, request: RicControlRequest, time_unix_ns: int) -> Answer:
    """CCC: structures of cells (E2SM-CCC 8.8.2).

    What cannot be done to one target is listed as failed in the acknowledge; only a message without a sense fails.
    """
    try:
        controls = ccc.decode_control(request.header, request.message)
    except DecodeError as error:
        return Answer(cause=INVALID, reason=str(error))
    if not controls:
        return Answer(cause=NOT_SUPPORTED, reason="the control names nothing")
    accepted: list[ccc.Controlled] = []
    failed: list[tuple[ccc.Controlled, Cause]] = []
    reasons = []
    for control in controls:
        refused = config.write(control)
        if refused is None:
            accepted.append(control)
        else:
            failed.append((control, refused[0]))
            reasons.append(refused[1])
    outcome = ccc.encode_outcome(accepted, failed, received_unix_ns=time_unix_ns)
    return Answer(outcome, reason="; ".join(reasons))
