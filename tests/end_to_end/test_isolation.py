"""Nodes that misbehave in every way at once, over real TCP: each is counted and kept apart, and the others go on."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from ricloop.core.errors import TransportError
from ricloop.core.ids import GnbId, NodeId, Plmn
from ricloop.e2ap import encode
from ricloop.e2ap.messages import RequestId, RicIndication
from ricloop.runtime.nodetable import ask
from ricloop.testing.pair import setup_request

PATIENCE_S = 20
PERIOD_NS = 100_000_000
GAP = 10
"""Periods that a good gNB's decisions may lie apart: the machine that runs this has other work."""
KNOWN = setup_request()
INDICATION = encode(
    RicIndication(request_id=RequestId(9, 9), function_id=2, action_id=1, sequence=1, header=b"\0", message=b"\0")
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    with (folder / f"{arguments[0]}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ricloop", *arguments], cwd=folder, stdout=log, stderr=log, text=True, env=os.environ
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def until(what: str, found: Callable[[], Any]) -> Any:
    """Ask again and again; what was found in the end."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if (value := found()) is not None:
            return value
    raise AssertionError(f"never came: {what}")


class Peer:
    """A raw connection, with E2AP messages behind their lengths."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)

    def send(self, *pdus: bytes) -> None:
        self.socket.sendall(b"".join(len(pdu).to_bytes(4, "big") + pdu for pdu in pdus))

    def answer(self) -> bytes:
        length = int.from_bytes(self._read(4), "big")
        return self._read(length)

    def closed(self) -> bool:
        """Waits until the other end closes."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        return True

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            assert more, "the RIC closed the connection"
            data += more
        return data


def node(number: int) -> NodeId:
    return NodeId(GnbId(Plmn("001", "01"), number))


def test_misbehaving_nodes_are_counted_and_kept_apart_and_the_others_do_not_notice(tmp_path: Path) -> None:
    e2, http = free_port(), free_port()
    where = f"127.0.0.1:{http}"

    def row(name: str) -> dict[str, Any] | None:
        try:
            report = ask(where)
        except TransportError:
            return None
        return next((one for one in report["nodes"] if one["node"] == name), None)

    def good() -> list[dict[str, Any]] | None:
        rows = [row(f"gnb-00101-{number}") for number in (1, 2)]
        ready = [one for one in rows if one is not None and one["counters"].get("received", 0) > 20]
        return ready if len(ready) == 2 else None

    with ExitStack() as stack:
        listen = f"tcp://127.0.0.1:{e2}"
        ric = stack.enter_context(
            started(
                tmp_path, "ric", "--listen", listen, "--metrics", where, "--audit", "audit.jsonl", "--json", "ric.json"
            )
        )
        until("the RIC", lambda: True if _listens(e2) else None)
        stack.enter_context(started(tmp_path, "sim", "run", "three-sites", "--seconds", "600", "--connect", listen))
        before = until("two good nodes that report", good)

        def peer() -> Peer:
            made = Peer(e2)
            stack.callback(made.socket.close)
            return made

        garbage = peer()
        broken = tuple(replace(one, definition=b"\xff" * 40) for one in KNOWN.functions)
        garbage.send(encode(replace(KNOWN, node=node(900), functions=broken)))
        garbage.answer()
        half = peer()
        half.socket.sendall((5000).to_bytes(4, "big") + b"\0\x01\0")
        web = peer()
        web.socket.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert web.closed()
        twice = peer()
        for _ in range(2):
            twice.send(encode(replace(KNOWN, node=node(901))))
        assert twice.answer() != twice.answer()
        flood = peer()
        flood.send(encode(replace(KNOWN, node=node(902))))
        flood.answer()
        for _ in range(100):
            flood.send(*[INDICATION] * 200)
        stranger = peer()
        stranger.send(encode(replace(KNOWN, node=node(1))))

        faults = until("the garbage definitions", lambda: (row("gnb-00101-384") or {}).get("faults") or None)
        assert len(faults) == len(KNOWN.functions)
        second = until("the second setup", lambda: (row("gnb-00101-385") or {}).get("counters"))
        assert second.get("unexpected", 0) + second.get("setups_repeated", 0) >= 1, second
        flooded = until(
            "the flood's end", lambda: found if (found := row("gnb-00101-386")) and found["state"] == "gone" else None
        )
        # Whichever limit it ran into first: too many wait to be read, or too many were bad.
        assert "flood" in flooded["lost"] or "bad messages" in flooded["lost"]
        assert flooded["counters"]["unknown_request"] > 100 or flooded["counters"]["floods"] == 1
        assert flood.closed()
        refused = until("the duplicate", lambda: (row("gnb-00101-1") or {}).get("setups_refused") or None)
        assert refused == 1
        half.socket.close()

        heard = {one["node"]: one["counters"]["received"] for one in before}
        after = until(
            "the good nodes' further reports",
            lambda: (
                rows
                if (rows := good()) and all(one["counters"]["received"] > heard[one["node"]] + 20 for one in rows)
                else None
            ),
        )
        for one in after:
            assert (one["state"], one["connections"], one["faults"]) == ("ready", 1, [])
            assert not {"undecodable", "unexpected", "not_subscribed"} & one["counters"].keys()
        ric.terminate()
        ric.wait(20)

    result = json.loads((tmp_path / "ric.json").read_text())
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    times: dict[str, list[int]] = {}
    for line in (tmp_path / "audit.jsonl").read_text().splitlines():
        record = json.loads(line)
        if record.get("kind") == "decision" and record["gnb"] in heard:
            times.setdefault(record["gnb"], []).append(record["time"])
    assert set(times) == set(heard)
    for gnb, at in times.items():
        gaps = [(later - earlier) / PERIOD_NS for earlier, later in pairwise(at)]
        assert max(gaps) < GAP, f"{gnb} was not heard for {max(gaps):.1f} periods"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
