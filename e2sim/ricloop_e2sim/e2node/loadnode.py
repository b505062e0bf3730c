"""A node of a network that is not simulated, for measuring a RIC: every cell's values walk at random, at any rate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ricloop.e2ap.messages import RequestId, RicControlRequest, RicIndication
from ricloop.e2sm.kpm import codec as kpm
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.identity import GNB
from ricloop_e2sim.e2node.kpm.reports import KPM_ID, KpmReports, report
from ricloop_e2sim.e2node.node import SimNode, ready_frame
from ricloop_e2sim.e2node.nodeworld import NodeWorld
from ricloop_e2sim.e2node.service import Answer

STEP = 4.0
"""Standard deviation of a value's step."""
MOST_ANSWERS = 1000


class LoadNode(SimNode):
    """Admits what its world's reports admit, and answers it with a walk between 0 and 100 for every cell. Its world
    stands still: its cells take controls, and nothing follows from it."""

    def __init__(self, world: NodeWorld, seed: np.random.SeedSequence) -> None:
        super().__init__(world, GNB, stretch=True)
        self._rng = np.random.default_rng(seed)
        self._values: dict[RequestId, Floats] = {}
        """Per subscription [actions, measurements]: where each walk is."""
        self._answers: dict[tuple[bytes, bytes], Answer] = {}
        """What a control was answered with: where nothing moves, the same control has the same answer."""

    def walk(self, time_ns: int) -> None:
        """Encode every cell action's next report, whatever its period, of a collection that began at `time_ns`, Unix
        time."""
        self.ready = [ready_frame(one) for one in (*self.services[CCC_ID].due(time_ns), *self._walked(time_ns))]

    def carry_out(self, request: RicControlRequest) -> Answer:
        key = request.header, request.message
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            answer = self._answers[key] = super().carry_out(request)
        return answer

    def _walked(self, time_ns: int) -> Iterator[RicIndication]:
        service = self.services[KPM_ID]
        assert isinstance(service, KpmReports)
        header = kpm.encode_indication_header(time_ns)
        for live in service.live.values():
            # Whole numbers and halves, as nodes send them: integers and reals both are on the wire.
            table = np.round(self._step(live.request, len(live.actions), len(live.actions[0].columns)) * 2) / 2
            for action, values in zip(live.actions, table, strict=True):
                if not action.per_ue:
                    yield report(live.request, action, header, kpm.encode_cell_message(values))

    def _step(self, request: RequestId, actions: int, names: int) -> Floats:
        values = self._values.get(request)
        if values is None or values.shape != (actions, names):
            values = self._rng.uniform(20, 80, (actions, names))
        values = np.abs(values + self._rng.normal(0, STEP, (actions, names)))
        self._values[request] = np.where(values > 100, 200 - values, values)
        return self._values[request]
