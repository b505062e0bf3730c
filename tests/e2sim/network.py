"""A simulation whose nodes talk to RIC sessions through the real codec, byte by byte, without a network."""

from __future__ import annotations

from collections.abc import Sequence

from ricloop.core.ids import Plmn, UeId
from ricloop.e2ap.messages import (
    AckRequest,
    ActionToBeSetup,
    GlobalRicId,
    RequestId,
    RicControlRequest,
    RicIndication,
)
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.condition import Condition
from ricloop.e2sm.rc import codec as rc
from ricloop.session.events import RicEvent
from ricloop.session.ric import RicSession, admit_all
from ricloop_e2sim.drivers.driven import Driven
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.kpm.reports import KPM_ID
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.rc.function import RC_ID
from ricloop_e2sim.scenarios import find


class Network:
    """Every node of a simulation, set up with a RIC session of its own. Time stands still."""

    def __init__(self, simulation: Driven) -> None:
        self.simulation = simulation
        self.nodes = {node.name: node for node in simulation.nodes}
        self.rics = {name: RicSession(GlobalRicId(Plmn("001", "01"), 1), admit_all) for name in self.nodes}
        self._instance = 0
        for name, node in self.nodes.items():
            self.rics[name].connect(0)
            node.session.connect(0)
        self.setup = self.exchange()

    @classmethod
    def of(cls, scenario: str = "single", seed: int = 1) -> Network:
        return cls(find(scenario).simulation(seed))

    def exchange(self) -> dict[str, list[RicEvent]]:
        """Carry bytes until all is quiet; what each RIC session said meanwhile."""
        said: dict[str, list[RicEvent]] = {name: [] for name in self.nodes}
        moving = True
        while moving:
            moving = False
            for name, node in self.nodes.items():
                ric = self.rics[name]
                for data in node.session.data_to_send():
                    ric.receive(data, 0)
                    moving = True
                said[name] += ric.events()
                for data in ric.data_to_send():
                    node.session.receive(data, 0)
                    moving = True
                for event in node.session.events():
                    node.handle(event, 0)
                    moving = True
        return said

    def tick(self, count: int = 1) -> dict[str, list[RicEvent]]:
        """Advance, release every node's reports, deliver them."""
        said: dict[str, list[RicEvent]] = {name: [] for name in self.nodes}
        for _ in range(count):
            self.simulation.advance()
            for node in self.nodes.values():
                node.release()
            for name, events in self.exchange().items():
                said[name] += events
        return said

    def subscribe(
        self, node: SimNode, request: RequestId, function: int, trigger: bytes, definitions: Sequence[bytes]
    ) -> RicEvent:
        """One subscription with an action per definition, numbered from 1; what became of it."""
        actions = tuple(ActionToBeSetup(id=n, definition=d) for n, d in enumerate(definitions, start=1))
        self.rics[node.name].subscribe(request, function, trigger, actions, 0)
        (answer,) = self.exchange()[node.name]
        return answer

    def control(self, node: SimNode, function: int, header: bytes, message: bytes) -> RicEvent:
        """One control; its answer."""
        self._instance += 1
        request = RequestId(9, self._instance)
        self.rics[node.name].control(
            RicControlRequest(
                request_id=request, function_id=function, header=header, message=message, ack=AckRequest.ACK
            ),
            0,
        )
        (answer,) = self.exchange()[node.name]
        return answer

    def sleep(self, node: SimNode, cell: int, old: bool, new: bool) -> RicEvent:
        return self.control(node, CCC_ID, *ccc.encode_saving_control(cell, old, new))

    def hand_over(self, node: SimNode, ue: UeId, target: int) -> RicEvent:
        header = rc.encode_control_header(rc.ControlHeader(ue, 3, 1))
        return self.control(node, RC_ID, header, rc.encode_handover(target))

    def watch(self, node: SimNode, cells: Sequence[int], request: RequestId | None = None) -> RicEvent:
        """CCC: the energy saving state of `cells`."""
        definitions = [ccc.encode_saving_action(cells)]
        return self.subscribe(node, request or RequestId(1, 3), CCC_ID, ccc.encode_saving_trigger(cells), definitions)

    def report(
        self,
        node: SimNode,
        actions: Sequence[kpm.ActionDefinition],
        period_ms: int = 100,
        request: RequestId | None = None,
    ) -> RicEvent:
        """KPM."""
        definitions = [kpm.encode_action_definition(action) for action in actions]
        return self.subscribe(
            node, request or RequestId(1, 1), KPM_ID, kpm.encode_event_trigger(period_ms), definitions
        )


def action(
    *names: str, cell: int | None = None, style: int = 1, conditions: tuple[Condition, ...] = ()
) -> kpm.ActionDefinition:
    return kpm.ActionDefinition(
        style=style,
        measurements=tuple(kpm.Measurement(name) for name in names),
        granularity_ms=100,
        cell=cell,
        conditions=conditions,
    )


def indications(events: Sequence[RicEvent]) -> list[RicIndication]:
    return [event for event in events if isinstance(event, RicIndication)]
