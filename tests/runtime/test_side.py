"""The side process, for real: audit and metrics of a loop that lives, that is killed, and whose side is killed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ricloop.core.errors import ConfigError, TransportError
from ricloop.core.time import ManualClock
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.side.link import SideLink
from ricloop.runtime.side.process import Side
from ricloop.runtime.side.records import AUDIT
from ricloop.runtime.side.ring import Ring
from ricloop.runtime.side.snapshot import snapshot
from ricloop.runtime.side.web import STALE_S, Source, serve_web
from ricloop_xapps.minimal.xapp import Minimal
from tests.patience import PATIENCE_S


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not there():  # noqa: ASYNC110 - another process is what changes it
            await asyncio.sleep(0.01)


def ids(file: Path) -> list[int]:
    return [json.loads(text)["id"] for text in file.read_text().splitlines()] if file.exists() else []


def get(where: tuple[str, int] | None, path: str) -> tuple[int, str]:
    assert where is not None
    try:
        with urllib.request.urlopen(f"http://{where[0]}:{where[1]}{path}", timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def told() -> dict[str, Any]:
    return snapshot(NearRtRic([Minimal()], clock=ManualClock()))


def test_what_the_loop_records_is_on_the_disk_and_what_it_tells_is_served(tmp_path: Path) -> None:
    async def run() -> None:
        side = SideLink(tmp_path / "audit.jsonl", "127.0.0.1:0")
        await side.start(lambda: {"nodes": ["one"]})
        for number in range(100):
            side.record("decision", {"id": number})
        side.settle()
        assert ids(tmp_path / "audit.jsonl") == list(range(100))
        assert (await asyncio.to_thread(get, side.where, "/health/ready"))[0] == 503
        side.tell(told())
        await until(lambda: get(side.where, "/health/ready")[0] == 200)
        status, text = await asyncio.to_thread(get, side.where, "/metrics")
        assert (status, 'ricloop_indications_total{fate="received"} 0.0' in text) == (200, True)
        assert await asyncio.to_thread(get, side.where, "/nodes") == (200, '{"nodes":["one"]}')
        side.tell(told() | {"stopping": True})
        await until(lambda: get(side.where, "/health/ready")[0] == 503)
        assert (await asyncio.to_thread(get, side.where, "/health/alive"))[0] == 200
        side.close()
        assert side.dropped == 0

    asyncio.run(run())


def test_the_side_process_watches_for_drift_and_tells_the_loop(tmp_path: Path) -> None:
    async def run() -> None:
        side, heard = SideLink(None, "127.0.0.1:0", detector="page-hinkley"), list[dict[str, Any]]()
        side.on_drift = heard.append
        await side.start(dict)
        dice = np.random.default_rng(1)
        for number in range(240):
            value = float(dice.normal(5, 1)) + (9 if 100 <= number < 160 else 0)
            side.observe("watch.decide", "odd@1.0.0+1", {"time": number / 10, "day": 0.0, "signals": {"score": value}})
        side.tell(told())
        await until(lambda: len(heard) >= 2)
        began, ended = heard
        assert (began["signal"], began["state"], ended["state"]) == ("score", "drifting", "ok")
        assert 10.0 <= began["time"] < 12.0
        assert ended["time"] >= 16.0
        status, text = await asyncio.to_thread(get, side.where, "/models")
        assert status == 200
        assert json.loads(text)["models"] == [], "the minimal xApp has none"
        side.close()

    asyncio.run(run())


def test_a_side_process_that_is_killed_is_started_again_and_no_record_is_missing(tmp_path: Path) -> None:
    async def run() -> None:
        side = SideLink(tmp_path / "audit.jsonl", "127.0.0.1:0")
        await side.start(dict)
        where = side.where
        for life in range(3):
            for number in range(life * 1000, life * 1000 + 1000):
                side.record("decision", {"id": number})
            starts = side.starts
            assert side._process is not None
            os.kill(side._process.pid, signal.SIGKILL)
            await until(lambda starts=starts: side.starts > starts)  # type: ignore[misc]
        side.tell(told())
        await until(lambda: _answers(where))
        text = get(where, "/metrics")[1]
        assert "ricloop_side_restarts_total 3.0" in text
        assert 'ricloop_xapp_stage{stage="active",xapp="minimal"} 1.0' in text
        (seconds,) = re.findall(r"^ricloop_running_seconds (\S+)$", text, flags=re.M)
        assert float(seconds) > 0
        side.settle()
        side.close()
        assert set(ids(tmp_path / "audit.jsonl")) == set(range(3000))
        assert side.dropped == 0

    asyncio.run(run())


def test_a_record_is_on_the_disk_before_it_is_ticked_off(tmp_path: Path) -> None:
    """Else a side process that is killed between the two takes it along."""
    file, ring, ticked = tmp_path / "audit.jsonl", Ring.new(256), []

    class Watched(Ring):
        def done(self, record: bytes) -> None:
            ticked.append(record[1:] in file.read_bytes())
            super().done(record)

    for number in range(50):
        ring.write(AUDIT + b'{"id":%d}\n' % number)
    ended = asyncio.Event()
    ended.set()
    asyncio.run(Side(Watched(ring.descriptor), file).run(ended))
    assert ticked == [True] * 50
    ring.close()


def _answers(where: tuple[str, int] | None) -> bool:
    try:
        return get(where, "/health/alive")[0] == 200
    except OSError:
        return False


def test_a_loop_that_is_killed_leaves_a_complete_audit(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    life = (
        "import asyncio, os, sys; from pathlib import Path; from ricloop.runtime.side.link import SideLink\n"
        "async def run():\n"
        "    side = SideLink(Path(sys.argv[1]), None); await side.start(dict)\n"
        "    for number in range(5000): side.record('decision', {'id': number})\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(run())"
    )
    ended = subprocess.run([sys.executable, "-c", life, str(file)], check=False, stdout=subprocess.DEVNULL)
    assert ended.returncode == -signal.SIGKILL
    asyncio.run(until(lambda: ids(file)[-1:] == [4999]))
    assert ids(file) == list(range(5000))


def test_a_ring_that_nobody_reads_loses_records_and_says_how_many(tmp_path: Path) -> None:
    side = SideLink(tmp_path / "audit.jsonl", None, slots=8)
    for number in range(20):
        side.record("decision", {"id": number})
    assert side.dropped == 12


def test_a_port_in_use_and_a_file_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    async def run() -> None:
        first = SideLink(None, "127.0.0.1:0")
        await first.start(dict)
        assert first.where is not None
        where = f"{first.where[0]}:{first.where[1]}"
        with pytest.raises(TransportError, match=f"metrics cannot be served at {where}"):
            await SideLink(None, where).start(dict)
        first.close()

    asyncio.run(run())
    with pytest.raises(ConfigError, match="audit file"):
        SideLink(tmp_path / "no" / "audit.jsonl", None)
    with pytest.raises(ConfigError, match="--metrics nowhere: write HOST:PORT"):
        SideLink(None, "nowhere")


@pytest.mark.parametrize(
    ("snapshot_", "age", "alive", "ready"),
    [
        (None, 0.0, 503, 503),
        ({"stopping": False}, 0.1, 200, 200),
        ({"stopping": True}, 0.1, 200, 503),
        ({"stopping": False}, STALE_S + 0.1, 503, 503),
    ],
)
def test_health_means_that_the_loop_has_told_something_lately(
    snapshot_: dict[str, Any] | None, age: float, alive: int, ready: int
) -> None:
    async def run() -> None:
        async def nodes() -> bytes:
            return b"{}"

        server = await serve_web(Source(lambda: snapshot_, lambda: age, nodes), "127.0.0.1:0")
        where = server.sockets[0].getsockname()[:2]
        for path, status in (("/health/alive", alive), ("/health/ready", ready)):
            assert (await asyncio.to_thread(get, where, path))[0] == status
        server.close()

    asyncio.run(run())
