"""Nodes that misbehave in every way at once, over real TCP: each is counted and kept apart, and the others go on."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
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

PERIOD_S = 0.1
GAP_S = 10 * PERIOD_S
"""What may lie between a good gNB's decisions, on top of how long this machine let a process of the test's own wait:
it has other work. `link/test_flood.py` has the turns that a flood leaves to the others, in virtual time."""
GOOD = ("gnb-00101-1", "gnb-00101-2")
KNOWN = setup_request()
INDICATION = encode(
    RicIndication(request_id=RequestId(9, 9), function_id=2, action_id=1, sequence=1, header=b"\0", message=b"\0")
)


def setup(number: int, **changes: Any) -> bytes:
    return encode(replace(KNOWN, node=NodeId(GnbId(Plmn("001", "01"), number)), **changes))


@dataclass
class Run:
    """A RIC with two good gNBs, and what it tells of its nodes."""

    e2: int
    http: int

    def report(self) -> dict[str, Any] | None:
        try:
            return ask(f"127.0.0.1:{self.http}")
        except TransportError:
            return None

    def row(self, name: str) -> dict[str, Any] | None:
        return next((one for one in (self.report() or {"nodes": ()})["nodes"] if one["node"] == name), None)

    def good(self, more_than: dict[str, int]) -> list[dict[str, Any]] | None:
        rows = [self.row(name) for name in GOOD]
        ready = [one for one in rows if one and one["counters"].get("received", 0) > more_than[one["node"]] + 20]
        return ready if len(ready) == 2 else None


@dataclass
class Peers:
    """Opens connections of misbehaving nodes."""

    e2: int
    stack: ExitStack

    def peer(self) -> Peer:
        made = Peer(self.e2)
        self.stack.callback(made.socket.close)
        return made

    def node(self, number: int, **changes: Any) -> Peer:
        made = self.peer()
        made.send(setup(number, **changes))
        made.answer()
        return made


@contextmanager
def pauses() -> Iterator[list[float]]:
    """How late this process was called each time that it asked to be, in seconds: what the machine takes from all."""
    over, late = threading.Event(), [0.0]

    def watch() -> None:
        while not over.is_set():
            asked = time.monotonic()
            over.wait(PERIOD_S / 10)
            late.append(time.monotonic() - asked)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield late
    finally:
        over.set()
        watcher.join()


def test_misbehaving_nodes_are_counted_and_kept_apart_and_the_others_do_not_notice(tmp_path: Path) -> None:
    run = Run(free_port(), free_port())
    listen = f"tcp://127.0.0.1:{run.e2}"
    xapp = ("--xapp", "tests.end_to_end.waker:Waker", "--audit", "audit.jsonl", "--json", "ric.json")
    with ExitStack() as stack:
        where = f"127.0.0.1:{run.http}"
        ric = stack.enter_context(started(tmp_path, "ric", "--listen", listen, "--metrics", where, *xapp))
        until("the RIC", lambda: True if listens(run.e2) else None)
        stack.enter_context(started(tmp_path, "sim", "run", "three-sites", "--seconds", "600", "--connect", listen))
        late = stack.enter_context(pauses())
        before = until("two good nodes that report", lambda: run.good(dict.fromkeys(GOOD, 0)))
        nameless = until("the nodes", run.report)["lost_before_setup"]
        misbehave(run, Peers(run.e2, stack), nameless)
        heard = {one["node"]: one["counters"]["received"] for one in before}
        # On a busy machine a node may have tried again before the RIC was ready for it.
        connections = {one["node"]: one["connections"] for one in before}
        for one in until("the good nodes' further reports", lambda: run.good(heard)):
            assert (one["state"], one["connections"], one["faults"]) == ("ready", connections[one["node"]], [])
            assert not {"undecodable", "unexpected", "not_subscribed"} & one["counters"].keys()
        ric.terminate()
        ric.wait(PATIENCE_S)
    undisturbed(tmp_path, set(heard), GAP_S + max(late))


def misbehave(run: Run, peers: Peers, nameless: int) -> None:
    """In every way, until each is counted. `nameless`: how many never said who they are, before."""
    # Three more: one hangs in its first message, one dies in it, one speaks HTTP.
    half, dead, web = peers.peer(), peers.peer(), peers.peer()
    half.send_half(setup(899))
    dead.send_half(setup(899))
    dead.socket.close()
    web.socket.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert web.closed()

    peers.node(900, functions=tuple(replace(one, definition=b"\xff" * 40) for one in KNOWN.functions))
    peers.node(901).send(setup(901))
    torn = peers.node(903)
    torn.send_half(INDICATION)
    torn.socket.close()
    flood = peers.node(902)
    for _ in range(100):
        flood.send(*[INDICATION] * 200)
    peers.peer().send(setup(1))

    garbage = until("the garbage definitions", lambda: found if (found := run.row("gnb-00101-384")) else None)
    assert len(garbage["faults"]) == garbage["counters"]["unreadable_functions"] == len(KNOWN.functions)
    until("the second setup", lambda: (run.row("gnb-00101-385") or {"counters": {}})["counters"].get("unexpected"))
    lost = until("the torn end", lambda: (run.row("gnb-00101-387") or {}).get("lost") or None)
    assert "in the middle of a message: " in lost
    flooded = until("the flood's end", lambda: found if (found := run.row("gnb-00101-386")) and found["lost"] else None)
    # Whichever limit it ran into first: too many wait to be read, or too many were bad.
    assert "flood" in flooded["lost"] or "bad messages" in flooded["lost"]
    assert flooded["counters"]["unknown_request"] > 100 or flooded["counters"]["floods"] == 1
    assert flood.closed()
    assert until("the duplicate", lambda: (run.row("gnb-00101-1") or {}).get("setups_refused") or None) == 1
    assert half.closed()
    ended = nameless + 3
    until(
        "the nameless ends", lambda: found if (found := run.report()) and found["lost_before_setup"] == ended else None
    )


def undisturbed(folder: Path, good: set[str], within_s: float) -> None:
    """What the run left tells that good nodes were decided on all the while, and that no indication of theirs was
    lost."""
    result = json.loads((folder / "ric.json").read_text())
    assert result["received"] == result["decided"] + result["superseded"] + result["refused"]
    controls = result["controls"]
    assert controls["sent"] == controls["acknowledged"] == controls["accepted"] > 20
    sequences: dict[tuple[object, ...], list[int]] = defaultdict(list)
    times: dict[str, list[int]] = defaultdict(list)
    for line in (folder / "audit.jsonl").read_text().splitlines():
        record = json.loads(line)
        if record["kind"] == "decision" and record["gnb"] in good:
            assert record["controls"], f"a report without a control: {record}"
            times[record["gnb"]].append(record["time"])
            for *stream, sequence in record["triggers"]:
                sequences[tuple(stream)].append(sequence)
    assert set(times) == good
    for gnb, at in times.items():
        longest = max(later - earlier for earlier, later in pairwise(at)) / 1e9
        assert longest < within_s, f"{gnb} was not heard for {longest:.1f} s"
    missing = sum(found[-1] - found[0] + 1 - len(found) for found in sequences.values())
    assert missing <= result["superseded"], "an indication of a good node got lost"
