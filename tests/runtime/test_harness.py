"""The process `ricloop ric`, driven through its pipes, over a real socket."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from ricloop.core.errors import ConfigError
from ricloop.core.time import ManualClock
from ricloop.runtime.books.audit import AuditFile
from ricloop.runtime.process.harness import Harness
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.side.metrics import exposition
from ricloop.runtime.side.snapshot import snapshot
from ricloop.runtime.side.web import own, serve_web
from ricloop_xapps.minimal.xapp import Minimal
from tests.patience import PATIENCE_S
from tests.runtime.world import World


def line(**operation: Any) -> bytes:
    return json.dumps(operation).encode() + b"\n"


def test_operations_are_answered_and_wrong_ones_told() -> None:
    clock = ManualClock()
    harness = Harness(NearRtRic([Minimal()], clock=clock), clock)
    assert harness.answer(line(op="counts")) == {"sent": {}, "received": {}}
    assert harness.answer(line(op="clock", now=5)) == {}
    assert clock.now() == 5
    assert "cannot go back" in harness.answer(line(op="clock", now=1))["error"]
    assert harness.answer(line(op="status"))["received"] == 0
    assert harness.answer(line(op="quiesce")) == {}
    assert "Did you mean 'status'" in harness.answer(line(op="statu"))["error"]
    assert "not an operation" in harness.answer(b"{")["error"]
    assert "not an operation" in harness.answer(b"[]\n")["error"]
    real = Harness(NearRtRic([Minimal()], clock=clock), None)
    assert "--clock lockstep" in real.answer(line(op="clock", now=5))["error"]


def test_in_lockstep_a_turn_is_taken_when_nothing_moves_any_more() -> None:
    world = World(Minimal())
    harness = Harness(world.ric, world.clock)
    world.step(1)
    decided = world.ric.dispatch.decisions
    world.clock.set(world.clock.now() * 2)
    world.simulation.advance()
    (node,) = world.simulation.nodes
    node.release()
    for data in node.session.data_to_send():
        world.pairs[node].receive(data)
    harness.answer(line(op="counts"))
    assert world.ric.dispatch.decisions == decided
    harness.answer(line(op="counts"))
    assert world.ric.dispatch.decisions == decided + 1


def test_metrics_tell_what_the_summary_tells() -> None:
    world = World(Minimal())
    world.step(3)
    text = exposition(snapshot(world.ric)).decode()
    status = world.ric.status()
    assert f'ricloop_indications_total{{fate="received"}} {float(status["received"])}' in text
    assert "ricloop_nodes 1.0" in text
    assert (
        f'ricloop_loop_seconds_count{{control="none"}} {float(len(world.ric.dispatch.stats.without_control))}' in text
    )


def test_metrics_are_served_over_http() -> None:
    async def scrape() -> tuple[bytes, int]:
        server = await serve_web(own(NearRtRic([Minimal()], clock=ManualClock())), "127.0.0.1:0")
        host, port = server.sockets[0].getsockname()
        loop = asyncio.get_running_loop()

        def get(path: str) -> tuple[bytes, int]:
            try:
                with urllib.request.urlopen(f"http://{host}:{port}{path}", timeout=PATIENCE_S) as answer:
                    return answer.read(), answer.status
            except urllib.error.HTTPError as error:
                with error:
                    return error.read(), error.code

        found, _ = await loop.run_in_executor(None, get, "/metrics")
        _, status = await loop.run_in_executor(None, get, "/other")
        server.close()
        return found, status

    found, status = asyncio.run(scrape())
    assert b"ricloop_subscriptions 0.0" in found
    assert status == 404


def test_an_audit_file_has_a_line_per_decision_and_per_outcome(tmp_path: Path) -> None:
    audit = AuditFile(tmp_path / "audit.jsonl")
    world = World(Minimal(), audit=audit)
    world.step(3)
    world.ric.shutdown()
    audit.close()
    records = [json.loads(text) for text in (tmp_path / "audit.jsonl").read_text().splitlines()]
    decisions = [record for record in records if record["kind"] == "decision"]
    assert len(decisions) == world.ric.dispatch.decisions == 3
    assert all(record["schema"] == 1 for record in records)
    node, requestor, instance, action, number = decisions[0]["triggers"][0]
    assert (node, requestor, number) == ("gnb-00101-1", 1, 0)
    assert instance
    assert action
    with pytest.raises(ConfigError, match="audit file"):
        AuditFile(tmp_path / "no" / "audit.jsonl")
