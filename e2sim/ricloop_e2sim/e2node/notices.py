"""E2 Node Configuration Updates: a RIC hears which of a node's cells came into operation or went out of it.

A DU tells it of its F1 interface, a gNB that is one piece of its NG interface (E2AP 8.3.6). An interface's own
message is not encoded here: in its place stands JSON, `{"cells": [{"nci": …, "operationalState": …,
"administrativeState": …, "cellState": …}]}`, of the cells that changed.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ricloop.core.ids import Cgi
from ricloop.e2ap.messages import ComponentConfig
from ricloop_e2sim.e2node.ccc.config import CellConfig
from ricloop_e2sim.e2node.ccc.writes import DU_CELL
from ricloop_e2sim.e2node.site import Site


class CellNotices:
    """What one node has told its RIC of its cells in the present association."""

    def __init__(self, layout: Site, config: CellConfig, component: ComponentConfig) -> None:
        self._layout, self._config, self._component = layout, config, component
        self._working = self._states()
        """As every node is set up: E2 Setup names its interfaces, and says no more."""
        self._told = self._working

    def clear(self) -> None:
        """A new association: nothing but the setup was told."""
        self._told = self._working

    def due(self) -> tuple[ComponentConfig, ...]:
        """The component whose configuration changed since it was told last, if it did; asking takes it."""
        states = self._states()
        changed = [cell for cell, state in enumerate(states) if state != self._told[cell]]
        if not changed:
            return ()
        self._told = states
        cells = [{"nci": Cgi.unpack(self._layout.cells[cell]).nci} | states[cell] for cell in changed]
        return (replace(self._component, request=json.dumps({"cells": cells}, separators=(",", ":")).encode()),)

    def _states(self) -> list[dict[str, Any]]:
        return [self._config.values(cell, DU_CELL) or {} for cell in range(self._layout.cell_count)]
