"""Nodes that misbehave in every way at once, over real TCP: each is counted and kept apart, and the others go on."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from ricloop.core.errors import TransportError
from ricloop.core.ids import GnbId, NodeId, Plmn
from ricloop.e2ap import encode
from ricloop.e2ap.messages import RequestId, RicIndication
from ricloop.runtime.side.nodetable import ask
from ricloop.testing.pair import setup_request
from tests.end_to_end.peers import Peer, free_port, listens, started, until
from tests.patience import PATIENCE_S

PERIOD_NS = 100_000_000
GAP = 10
"""Periods that a good gNB's decisions may lie apart: the machine that runs this has other work. `link/test_flood.py`
has the turns that a flood leaves to the others, in virtual time."""
GOOD = ("gnb-00101-1", "gnb-00101-2")
KNOWN = setup_request()
INDICATION = encode(
    RicIndication(request_id=RequestId(9, 9), function_id=2, action_id=1, sequence=1, header=b"\0", message=b"\0")
)


def setup(number: int, **changes: Any) -> bytes:
    return encode(replace(KNOWN, node=NodeId(GnbId(Plmn("001", "01"), number)), **changes))


def test_misbehaving_nodes_are_counted_and_kept_apart_and_the_others_do_not_notice(tmp_path: Path) -> None:
    e2, http = free_port(), free_port()
    where = f"127.0.0.1:{http}"

    def report() -> dict[str, Any] | None:
        try:
            return ask(where)
        except TransportError:
            return None

    def row(name: str) -> dict[str, Any] | None:
        return next((one for one in (report() or {"nodes": ()})["nodes"] if one["node"] == name), None)

    def good(more_than: dict[str, int]) -> list[dict[str, Any]] | None:
        rows = [row(name) for name in GOOD]
        ready = [one for one in rows if one and one["counters"].get("received", 0) > more_than[one["node"]] + 20]
        return ready if len(ready) == 2 else None

    with ExitStack() as stack:
        listen = f"tcp://127.0.0.1:{e2}"
        xapp = ("--xapp", "tests.end_to_end.waker:Waker", "--audit", "audit.jsonl", "--json", "ric.json")
        ric = stack.enter_context(started(tmp_path, "ric", "--listen", listen, "--metrics", where, *xapp))
        until("the RIC", lambda: True if listens(e2) else None)
        stack.enter_context(started(tmp_path, "sim", "run", "three-sites", "--seconds", "600", "--connect", listen))
        before = until("two good nodes that report", lambda: good(dict.fromkeys(GOOD, 0)))
        nameless = until("the nodes", report)["lost_before_setup"]

        def peer() -> Peer:
            made = Peer(e2)
            stack.callback(made.socket.close)
            return made

        def node(number: int, **changes: Any) -> Peer:
            made = peer()
            made.send(setup(number, **changes))
            made.answer()
            return made

        # Three that never say who they are: one hangs in its first message, one dies in it, one speaks HTTP.
        half, dead, web = peer(), peer(), peer()
        half.send_half(setup(899))
        dead.send_half(setup(899))
        dead.socket.close()
        web.socket.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert web.closed()

        node(900, functions=tuple(replace(one, definition=b"\xff" * 40) for one in KNOWN.functions))
        twice = node(901)
        twice.send(setup(901))
        torn = node(903)
        torn.send_half(INDICATION)
        torn.socket.close()
        flood = node(902)
        for _ in range(100):
            flood.send(*[INDICATION] * 200)
        peer().send(setup(1))

        garbage = until("the garbage definitions", lambda: found if (found := row("gnb-00101-384")) else None)
        assert len(garbage["faults"]) == garbage["counters"]["unreadable_functions"] == len(KNOWN.functions)
        until("the second setup", lambda: (row("gnb-00101-385") or {"counters": {}})["counters"].get("unexpected"))
        lost = until("the torn end", lambda: (row("gnb-00101-387") or {}).get("lost") or None)
        assert "in the middle of a message: " in lost
        flooded = until("the flood's end", lambda: found if (found := row("gnb-00101-386")) and found["lost"] else None)
        # Whichever limit it ran into first: too many wait to be read, or too many were bad.
        assert "flood" in flooded["lost"] or "bad messages" in flooded["lost"]
        assert flooded["counters"]["unknown_request"] > 100 or flooded["counters"]["floods"] == 1
        assert flood.closed()
        assert until("the duplicate", lambda: (row("gnb-00101-1") or {}).get("setups_refused") or None) == 1
        assert half.closed()
        until(
            "the nameless ends",
            lambda: found if (found := report()) and found["lost_before_setup"] == nameless + 3 else None,
        )

        heard = {one["node"]: one["counters"]["received"] for one in before}
        # On a busy machine a node may have tried again before the RIC was ready for it.
        connections = {one["node"]: one["connections"] for one in before}
        for one in until("the good nodes' further reports", lambda: good(heard)):
            assert (one["state"], one["connections"], one["faults"]) == ("ready", connections[one["node"]], [])
            assert not {"undecodable", "unexpected", "not_subscribed"} & one["counters"].keys()
        ric.terminate()
        ric.wait(PATIENCE_S)

    result = json.loads((tmp_path / "ric.json").read_text())
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    controls = result["controls"]
    assert controls["sent"] == controls["acknowledged"] == controls["accepted"] > 20
    times: dict[str, list[int]] = {}
    sequences: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for line in (tmp_path / "audit.jsonl").read_text().splitlines():
        record = json.loads(line)
        if record["kind"] == "decision" and record["gnb"] in heard:
            assert record["controls"], f"a report without a control: {record}"
            times.setdefault(record["gnb"], []).append(record["time"])
            for *stream, sequence in record["triggers"]:
                sequences[tuple(stream)].append(sequence)
    assert set(times) == set(heard)
    for gnb, at in times.items():
        gaps = [(later - earlier) / PERIOD_NS for earlier, later in pairwise(at)]
        assert max(gaps) < GAP, f"{gnb} was not heard for {max(gaps):.1f} periods"
    missing = sum(found[-1] - found[0] + 1 - len(found) for found in sequences.values())
    assert missing <= result["superseded"], "an indication of a good node got lost"
