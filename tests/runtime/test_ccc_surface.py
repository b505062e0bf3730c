"""Any CCC structure, from the xApp to a simulated node's cells and back: watched, reported, read, and written."""

from __future__ import annotations

from typing import Any

import pytest

from ricloop import Decision, XApp, every, ms, on
from ricloop.e2sm import ccc
from ricloop.e2sm.ccc import codec
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.node import SimNode
from tests.runtime.world import World

RATIOS = "O-RRMPolicyRatio"
SHARES = ccc.watch(RATIOS)
STATES = ccc.report(ms(200), "O-NRCellDU", "cellState")
ASKED = ccc.read(ms(500), "O-CESManagementFunction", "cesSwitch", "energySavingState")
CLOCK = every(ms(100))


class Configurer(XApp[None]):
    """Reads everything, and writes what is put into `wanted`."""

    def started(self) -> None:
        self.wanted: list[Any] = []
        self.shares: list[ccc.Configuration] = []
        self.states: list[ccc.Configuration] = []
        self.asked: list[ccc.Configuration] = []

    @on(SHARES)
    def share(self, value: ccc.Configuration) -> Decision:
        self.shares.append(value)
        return Decision.none()

    @on(STATES)
    def state(self, value: ccc.Configuration) -> Decision:
        self.states.append(value)
        return Decision.none()

    @on(ASKED)
    def answer(self, value: ccc.Configuration) -> Decision:
        self.asked.append(value)
        return Decision.none()

    @on(CLOCK)
    def tick(self, _: Any) -> Decision:
        return Decision.of(self.wanted.pop(0), reason="wanted") if self.wanted else Decision.none()


NAMES = ccc.watch("O-GNBDUFunction", "gnbDuName", node=True)
IDS = ccc.read(ms(300), "O-GNBDUFunction", "gnbDuId", node=True)
NODE_SHARES = ccc.watch(RATIOS, "rRMPolicyMaxRatio", node=True)


class OfNodes(XApp[None]):
    """Reads what is configured of nodes, and writes what is put into `wanted`."""

    def started(self) -> None:
        self.wanted: list[Any] = []
        self.names = self.ids = self.shares = ccc.Configuration("nothing yet")

    @on(NAMES)
    def name(self, value: ccc.Configuration) -> Decision:
        self.names = value
        return Decision.none()

    @on(IDS)
    def id(self, value: ccc.Configuration) -> Decision:
        self.ids = value
        return Decision.none()

    @on(NODE_SHARES)
    def share(self, value: ccc.Configuration) -> Decision:
        self.shares = value
        return Decision.none()

    @on(CLOCK)
    def tick(self, _: Any) -> Decision:
        return Decision.of(self.wanted.pop(0), reason="wanted") if self.wanted else Decision.none()


def the_du(world: World) -> SimNode:
    return next(node for node in world.simulation.nodes if node.role.du)


def test_any_structure_is_watched_reported_read_and_written() -> None:
    app = Configurer()
    world = World(app)
    world.step(12)
    du = the_du(world)
    cells = [int(cell) for cell in du.world.layout.cells]
    assert app.shares[-1].cells.tolist() == sorted(cells)
    assert len(app.shares) == 1, "upon subscription, and then only upon change"
    assert len(app.states) > 3, "each period"
    assert app.states[-1].value(cells[0], "cellState") == "ACTIVE"
    assert len(app.asked) >= 2
    assert app.asked[-1].value(cells[0], "energySavingState") == "isNotEnergySaving"

    app.wanted += [ccc.configure(cells[0], RATIOS, {"rRMPolicyMaxRatio": 40, "rRMPolicyMinRatio": 10})]
    world.step(4)
    assert app.shares[-1].value(cells[0], "rRMPolicyMaxRatio") == 40
    assert app.shares[-1].value(cells[1], "rRMPolicyMaxRatio") == 100
    assert world.outcomes() == ["sent", "acknowledged", "accepted", "effect_confirmed"]

    # Refused by the node, with the structure and its cause; and what is wrong in the old value.
    app.wanted += [
        ccc.configure(cells[0], RATIOS, {"rRMPolicyMinRatio": 60}),
        ccc.configure(cells[1], RATIOS, {"rRMPolicyMaxRatio": 50}, old={"rRMPolicyMaxRatio": 7}),
    ]
    world.step(4)
    rejected = [record["reason"] for record in world.audit.records if record.get("state") == "rejected"]
    assert [reason.split(": ")[1:] for reason in rejected] == [[RATIOS, "SemanticError"], [RATIOS, "IncompatibleState"]]
    assert any("min 60" in reason for reason in du.refusals)
    assert any("rRMPolicyMaxRatio is 100, not 7" in reason for reason in du.refusals)
    world.ric.check()
    assert world.ric.queries.failed == 0


def test_what_a_lost_node_said_is_unknown_again() -> None:
    app = Configurer()
    world = World(app)
    world.step(3)
    du = the_du(world)
    cell = int(du.world.layout.cells[0])
    world.disconnect(du)
    assert not world.ric.cells.configurations
    app.wanted += [ccc.configure(target, RATIOS, {"rRMPolicyMaxRatio": 40}) for target in (cell, du.id)]
    world.step(2)
    refused = [one["reason"] for record in world.decisions() for one in record["refused"]]
    assert [reason.split(" ", 1)[0] for reason in refused] == ["unresolved:"] * 2
    assert refused[1] == f"unresolved: node {du.id} is not connected"
    world.ric.check()


def test_nodes_are_told_apart_watched_queried_and_written_each_by_itself() -> None:
    app = OfNodes()
    world = World(app, gnb=None)
    world.step(8)
    dus = [node for node in world.simulation.nodes if node.role.du]
    names = {node.id: f"{node.world.layout.name}-du" for node in dus}
    assert len(names) == 3
    assert {node: app.names.value(node, "gnbDuName") for node in app.names.by_node} == names
    assert {node: app.ids.value(node, "gnbDuId") for node in app.ids.by_node} == dict.fromkeys(names, 1)
    assert not app.names.by_cell

    one, other, lost = (node.id for node in dus)
    app.wanted += [ccc.configure(other, RATIOS, {"rRMPolicyMaxRatio": 40})]
    world.step(4)
    assert world.outcomes() == ["sent", "acknowledged", "accepted", "effect_confirmed"]
    assert [app.shares.value(node, "rRMPolicyMaxRatio") for node in (one, other)] == [100, 40]

    app.wanted += [ccc.configure(other, RATIOS, {"rRMPolicyMaxRatio": 40}, old={"rRMPolicyMaxRatio": 50})]
    world.step(4)
    assert [record["reason"] for record in world.audit.records if record.get("state") == "rejected"] == [
        f"the node: {RATIOS}: IncompatibleState"
    ]
    world.disconnect(dus[2])
    assert lost not in world.ric.values.value(NAMES, None).by_node
    assert {target for target, _ in world.ric.cells.configurations if not isinstance(target, int)} == {one, other}
    world.ric.check()


def test_a_node_answers_a_query_for_its_own_cells_only(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Configurer()
    world = World(app, gnb=None)
    honest, liar = [node for node in world.simulation.nodes if node.role.du][:2]
    cell = int(honest.world.layout.cells[0])
    lie = {cell: {"O-CESManagementFunction": {"energySavingState": "isEnergySaving"}}}
    monkeypatch.setattr(liar.services[CCC_ID], "query", lambda request: codec.encode_query_outcome(lie))
    world.step(8)
    assert world.ric.states.state_of(cell) is False
    assert app.asked
    assert all(value.value(cell, "energySavingState") != "isEnergySaving" for value in app.asked)
    assert world.ric.territory.dropped
    world.ric.check()
