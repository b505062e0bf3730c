"""RC queries of a node: the state and the cell of users (E2SM-RC 7.8, style 4)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ricloop.core.errors import DecodeError
from ricloop.e2ap.messages import Cause, RicQueryRequest
from ricloop.e2sm.rc import codec as rc
from ricloop_e2sim.e2node.causes import BAD_QUERY, UNREADABLE
from ricloop_e2sim.e2node.nodeworld import NodeWorld
from ricloop_e2sim.e2node.rc import function as offered
from ricloop_e2sim.e2node.rc.reports import values
from ricloop_e2sim.e2node.service import Scope

_TOLD = (offered.STATE, offered.CELL)


def outcome(scope: Scope, request: RicQueryRequest) -> bytes | Cause:
    """Of the UEs that were asked for, or of all that are connected."""
    try:
        header = rc.decode_query_header(request.header)
        asked = rc.decode_query_definition(request.definition)
    except DecodeError:
        return UNREADABLE
    wanted = [one.id for one in asked]
    if header.style != offered.UE_STYLE or not {*wanted} <= {*_TOLD} or header.node:
        return BAD_QUERY
    if any(one.ue is None or one.testing for one in header.ues):
        return BAD_QUERY
    users: list[tuple[int | None, int | None]]
    users = [(scope.names.find(one.ue), one.id) for one in header.ues if one.ue is not None]
    if not users:
        users = [(user, None) for user in np.flatnonzero(scope.world.serving >= 0).tolist()]
    answers = tuple(
        rc.UeAnswer(scope.names.of(user), _known(scope.world, user, wanted), selection)
        for user, selection in users
        if user is not None
    )
    return rc.encode_query_outcome(rc.UeAnswers(answers))


def _known(world: NodeWorld, user: int, wanted: Sequence[int]) -> dict[int, rc.Element | None]:
    here = int(world.serving[user])
    known = values(_TOLD, here >= 0, int(world.layout.cells[here]) if here >= 0 else None)
    return {id_: known.get(id_) for id_ in wanted}
