"""Which dialect each node is spoken to in: what the settings say, else what its first KPM indications show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

import structlog

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.ids import NodeId
from ricloop.e2sm.base import ActionPlan
from ricloop.e2sm.kpm.assemble import Planned
from ricloop.e2sm.kpm.infer import infer
from ricloop.runtime.nodes.nodes import Node

log = structlog.get_logger()


class Dialects:
    """Settings win, and are never doubted. Of others, each KPM message format is looked at once, until one tells.

    A vendor's profile alone says how a node names and counts, not how it speaks: that is still listened for.
    """

    def __init__(self, given: Mapping[str, Dialect]) -> None:
        """`given`: by pattern of the node's id, as `gnb-00101-*`; the first that fits counts."""
        self._given = given

    def get(self, id: NodeId) -> Dialect | None:
        """What the settings say of a node; None: nothing."""
        return next((dialect for pattern, dialect in self._given.items() if fnmatchcase(str(id), pattern)), None)

    def hear(self, node: Node, plan: ActionPlan, header: bytes, message: bytes) -> None:
        """An indication came, and is not read yet. What it shows holds for all functions of the node."""
        if not isinstance(plan.detail, Planned):
            return
        format_ = plan.detail.definition.message_format
        if format_ not in node.unheard:
            return
        given = self.get(node.id)
        if given is not None and not _only_vendor(given):
            node.unheard = frozenset()
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


def _only_vendor(given: Dialect) -> bool:
    return given.vendor is not None and replace(given, vendor=None) == STANDARD
