"""`ricloop sim …`"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ricloop.core.errors import ConfigError
from ricloop.core.ids import Plmn
from ricloop.e2ap.messages import AckRequest, ActionToBeSetup, GlobalRicId, RequestId, RicControlRequest, RicIndication
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.kpm import codec as kpm
from ricloop.link.driver import Link
from ricloop.session.events import ControlAcknowledged, NodeConnected, RicEvent
from ricloop.session.ric import RicSession, admit_all
from ricloop.transport import Transport, listen
from ricloop_e2sim.cli import app
from ricloop_e2sim.drivers.realtime import SystemClock, run_real_time
from ricloop_e2sim.scenarios import find
from tests.e2sim.network import action


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_run_alone_prints_whole_plain_lines_when_piped(tmp_path: Path) -> None:
    output = invoke("run", "single", "--seconds", "1", "--clock", "free", "--json", str(tmp_path / "out.json"))
    lines = output.splitlines()
    assert any("asleep 0 of 2 cells" in line for line in lines)
    assert lines[-1].startswith("digest")
    assert "\x1b" not in output
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["digest"] in lines[-1]
    assert result["uncovered_cell_seconds"] == 0


def test_quiet_prints_nothing() -> None:
    assert invoke("run", "single", "--seconds", "0.3", "--clock", "free", "--quiet") == ""


def test_one_gnb_of_a_scenario_can_be_run(tmp_path: Path) -> None:
    invoke("run", "three-sites", "--only", "gnb3", "--seconds", "0.3", "--clock", "free", "--json", str(tmp_path / "o"))
    assert json.loads((tmp_path / "o").read_text())["nodes"] == ["gnb-00101-3", "gnb-00101-3-du1"]


def test_list_and_topology_as_json(tmp_path: Path) -> None:
    rows = {row["name"]: row for row in json.loads(invoke("list", "--json"))}
    assert (rows["three-sites"]["nodes"], rows["three-sites"]["cells"]) == (4, 12)
    assert rows["night-sleep"]["cells"] == 42
    assert "three-sites" in invoke("list")
    invoke("topology", "single", "--out", str(tmp_path / "t.json"))
    assert len(json.loads((tmp_path / "t.json").read_text())["cells"]) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "sinlge"), "Did you mean 'single'"),
        (("run", "single", "--only", "gnb2"), "has no gNB 'gnb2'"),
        (("run", "single", "--clock", "lockstep"), "needs --harness"),
        (("run", "single", "--clock", "free", "--connect", "tcp://127.0.0.1:1"), "leave --connect out"),
        (("run", "single", "--harness"), "give --connect"),
        (("run", "single", "--surge", "8-12"), "START:END:FACTOR"),
        (("run", "quiet-night", "--speed", "max", "--surge", "1:2:3"), "is a network"),
        (("run", "single", "--connect", "127.0.0.1:36421"), "has no scheme"),
        (("run", "single", "--json", "/no/such/folder/x"), "there is no folder"),
        (("topology", "single", "--out", "/no/such/folder/x"), "No such file"),
    ],
)
def test_what_cannot_be_is_an_error_with_the_way_out(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        CliRunner().invoke(app, arguments, catch_exceptions=False)


class TinyRic:
    """Subscribes to the load of every cell, and puts the second to sleep at the third report."""

    def __init__(self) -> None:
        self.events: list[RicEvent] = []
        self._links: list[Link[RicEvent]] = []
        self._reports = 0
        self._cells: tuple[int, ...] = ()

    def accept(self, transport: Transport) -> None:
        self._session = RicSession(GlobalRicId(Plmn("001", "01"), 1), admit_all)
        self._links.append(Link(self._session, transport, SystemClock(), self._on_event))
        self._links[-1].start()

    def _on_event(self, event: RicEvent, stamp: int) -> None:
        self.events.append(event)
        now = SystemClock().now()
        if isinstance(event, NodeConnected):
            offer = next(f for f in event.setup.functions if f.oid == ccc.OID)
            self._cells = ccc.decode_function_definition(offer.definition).cells
            actions = tuple(
                ActionToBeSetup(id=n, definition=kpm.encode_action_definition(action("RRU.PrbTotDl", cell=cell)))
                for n, cell in enumerate(self._cells)
            )
            self._session.subscribe(RequestId(1, 1), 2, kpm.encode_event_trigger(100), actions, now)
        elif isinstance(event, RicIndication):
            self._reports += 1
            if self._reports == 6:
                header, message = ccc.encode_saving_control(self._cells[1], old=False, new=True)
                control = RicControlRequest(
                    request_id=RequestId(7, 1), function_id=4, header=header, message=message, ack=AckRequest.ACK
                )
                self._session.control(control, now)


def test_over_tcp_reports_arrive_and_a_control_acts() -> None:
    async def scene() -> tuple[TinyRic, dict[str, object]]:
        ric = TinyRic()
        listener = await listen("tcp://127.0.0.1:0", ric.accept)
        # On a busy machine the control may come a second late.
        simulation = find("single").simulation(1, seconds=2.0)
        result = await run_real_time(
            simulation, listener.address, asyncio.Event(), waiting=lambda text: None, tell=lambda: None
        )
        await listener.close()
        return ric, result

    ric, result = asyncio.run(scene())
    reports = [event for event in ric.events if isinstance(event, RicIndication)]
    # The first window may be over before the subscription is there.
    assert len(reports) >= 2 * 7
    assert any(isinstance(event, ControlAcknowledged) for event in ric.events)
    assert result["asleep_percent"] > 0  # type: ignore[operator]
    (control,) = result["controls"]  # type: ignore[misc]
    assert control[:3] == ["gnb-00101-1", 7, 1]
    scheduled = [row[5] for row in result["indications"]]  # type: ignore[attr-defined]
    assert len(scheduled) == len(reports)
    assert min(scheduled) < control[3]
