"""Both ends with everything behind the session: the embedded RIC with xApps, and a simulated node.

An input is PDUs, each behind two octets of length, that arrive in the middle of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ricloop.e2ap import encode
from ricloop.e2ap import messages as m
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.rc import codec as rc
from ricloop.runtime.log import configure
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.kpm.reports import KPM_ID
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.rc.function import RC_ID
from ricloop_xapps.energy_saving.xapp import EnergySaving
from tests.e2sim.network import Network, action
from tests.fuzz.target import Target
from tests.runtime.test_ccc_surface import Configurer
from tests.runtime.test_rc_surface import Asker, Gatekeeper, Watcher
from tests.runtime.world import World
from tests.vectors.messages import MESSAGES

_MOST = 8
"""PDUs in one input."""
_TOGETHER = 4
_STEPS = 3


def _pdus(data: bytes) -> Iterator[bytes]:
    for _ in range(_MOST):
        if len(data) < 2:
            return
        end = 2 + int.from_bytes(data[:2], "big")
        yield data[2:end]
        data = data[end:]


def _framed(*pdus: bytes) -> bytes:
    return b"".join(len(octets).to_bytes(2, "big") + octets for octets in pdus)


def _every_message() -> Iterator[bytes]:
    """Some in each input: what is behind the session takes its time."""
    for at in range(0, len(MESSAGES), _TOGETHER):
        yield _framed(*map(encode, MESSAGES[at : at + _TOGETHER]))


def _world() -> World:
    configure(quiet=True)
    world = World(EnergySaving(), Watcher(), Asker(), Gatekeeper(), Configurer())
    world.step(_STEPS)
    return world


def ric(data: bytes) -> None:
    """From a node that is set up and reports, among its own reports."""
    world = _world()
    [(node, association)] = world.pairs.items()
    for octets in _pdus(data):
        association.receive(octets)
        world.exchange()
        if association.session.should_close:
            world.disconnect(node)
            break
    world.step(_STEPS)


def _from_node() -> Iterator[bytes]:
    """What the simulated node says, one by one and together."""
    said: list[bytes] = []
    world = _world()
    [(node, association)] = world.pairs.items()
    for _ in range(6):
        world.simulation.advance()
        node.release()
        for octets in node.session.data_to_send():
            said.append(octets)
            association.receive(octets)
        world.exchange()
    yield from map(_framed, said)
    yield _framed(*said[:_MOST])
    yield from _every_message()


def sim(data: bytes) -> None:
    """From a RIC, at a simulated node that then reports for some periods."""
    network = Network.of()
    [node] = network.nodes.values()
    for octets in _pdus(data):
        node.session.receive(octets, 0)
        for event in node.session.events():
            node.handle(event, 0)
        node.session.data_to_send()
    for _ in range(_STEPS):
        network.simulation.advance()
        node.release()
        node.session.data_to_send()


def _from_ric() -> Iterator[bytes]:
    network = Network.of()
    [node] = network.nodes.values()
    cells = [int(cell) for cell in node.world.layout.cells]
    for send in _requests(network, node, cells):
        send()
        yield _framed(*network.rics[node.name].data_to_send())
    yield from _every_message()


def _requests(network: Network, node: SimNode, cells: list[int]) -> Iterator[Callable[[], None]]:
    """Asked of the RIC's session, whose PDUs then never arrive."""
    session = network.rics[node.name]

    def subscribe(number: int, function: int, trigger: bytes, definition: bytes) -> Callable[[], None]:
        asked = (m.ActionToBeSetup(id=1, definition=definition),)
        return lambda: session.subscribe(m.RequestId(1, number), function, trigger, asked, 0)

    period = kpm.encode_event_trigger(100)
    cell, ues = action("RRU.PrbTotDl", cell=cells[0]), action("DRB.UEThpDl", style=4)
    yield subscribe(1, KPM_ID, period, kpm.encode_action_definition(cell))
    yield subscribe(2, KPM_ID, period, kpm.encode_action_definition(ues))
    yield subscribe(3, CCC_ID, ccc.encode_saving_trigger(cells), ccc.encode_saving_action(cells))
    changes = rc.OnUeChange((rc.UeChange(8, rc.RrcState((("any", None),))),))
    states = rc.encode_action_definition(rc.ReportAction(4, rc.asked(3)))
    yield subscribe(4, RC_ID, rc.encode_event_trigger(changes), states)

    def control(number: int, function: int, header: bytes, message: bytes) -> Callable[[], None]:
        request = m.RicControlRequest(
            request_id=m.RequestId(9, number),
            function_id=function,
            header=header,
            message=message,
            ack=m.AckRequest.ACK,
        )
        return lambda: session.control(request, 0)

    yield control(1, CCC_ID, *ccc.encode_saving_control(cells[0], False, True))
    ue = node.names.of(0)
    handover = rc.encode_control_header(rc.ControlHeader(ue, 3, 1))
    yield control(2, RC_ID, handover, rc.encode_handover(cells[0]))


TARGETS: dict[str, Target] = {
    "ric": Target("the embedded RIC, with xApps", ric, _from_node, mutations=2),
    "sim": Target("a simulated node", sim, _from_ric),
}
