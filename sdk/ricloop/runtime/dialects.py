"""Which dialect each node is spoken to in: what the settings say, else what its first KPM indications show."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

import structlog

from ricloop.core.dialect import Dialect
from ricloop.core.ids import NodeId
from ricloop.e2sm.base import ActionPlan
from ricloop.e2sm.kpm.assemble import Planned
from ricloop.e2sm.kpm.infer import infer
from ricloop.runtime.nodes import Node

log = structlog.get_logger()


class Dialects:
    """Settings win, and are never doubted. Of others, each KPM message format is looked at once, until one tells."""

    def __init__(self, given: Mapping[str, Dialect]) -> None:
        """`given`: by pattern of the node's id, as `gnb-00101-*`; the first that fits counts."""
        self._given = given

    def get(self, id: NodeId, default: Dialect) -> Dialect:
        """What the settings say of a node."""
        return next((dialect for pattern, dialect in self._given.items() if fnmatchcase(str(id), pattern)), default)

    def hear(self, node: Node, plan: ActionPlan, header: bytes, message: bytes) -> None:
        """An indication came, and is not read yet. What it shows holds for all functions of the node."""
        if not node.unheard or not isinstance(plan.detail, Planned):
            return
        if any(fnmatchcase(node.name, pattern) for pattern in self._given):
            node.unheard = frozenset()
            return
        format_ = plan.detail.definition.message_format
        if format_ not in node.unheard:
            return
        found = infer(header, message, plan.detail.definition, node.dialect)
        node.unheard = frozenset() if found.certain else node.unheard - {format_}
        if found.dialect != node.dialect:
            log.warning(
                "node speaks another dialect than was assumed; name it in the settings, [ric.dialects], to be sure",
                node=node.name,
                assumed=str(node.dialect),
                found=str(found.dialect),
                reason=found.reason,
            )
            node.dialect = found.dialect
