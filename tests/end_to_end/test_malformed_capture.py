"""A malformed capture, replayed over TCP to `ricloop ric`, which serves a network."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from ricloop.core.errors import TransportError
from ricloop.e2ap import decode, encode
from ricloop.e2ap.messages import E2SetupResponse, ErrorIndication, RicServiceUpdateFailure
from ricloop.runtime.side.nodetable import ask
from tests.end_to_end.peers import Peer, free_port, listens, started, until
from tests.malformed import CASES, NODE, SETUP, packet, read

GOOD = ("gnb-00101-1", "gnb-00101-2")


def test_a_malformed_capture_over_tcp_is_answered_and_the_network_goes_on(tmp_path: Path) -> None:
    pdus = [encode(SETUP), *(case.pdu for case in CASES)]
    capture = read(tmp_path / "malformed.pcap", [packet(tsn, pdu) for tsn, pdu in enumerate(pdus)])
    e2, http = free_port(), free_port()
    listen, where = f"tcp://127.0.0.1:{e2}", f"127.0.0.1:{http}"

    def rows() -> dict[str, dict[str, Any]]:
        try:
            return {row["node"]: row for row in ask(where)["nodes"]}
        except TransportError:
            return {}

    def good(heard: dict[str, int]) -> dict[str, int] | None:
        """How much was received of each good node, once that is twenty messages more."""
        found = {name: rows().get(name, {"counters": {}})["counters"].get("received", 0) for name in GOOD}
        return found if all(found[name] > heard.get(name, 0) + 20 for name in GOOD) else None

    with (
        started(tmp_path, "ric", "--listen", listen, "--metrics", where, "--xapp", "minimal"),
        started(tmp_path, "sim", "run", "three-sites", "--seconds", "600", "--connect", listen),
    ):
        until("the RIC", lambda: True if listens(e2) else None)
        heard = until("two good nodes that report", lambda: good({}))
        # On a busy machine a node may have tried again before the RIC was ready for it.
        connections = {name: rows()[name]["connections"] for name in GOOD}
        peer = Peer(e2)
        with closing(peer.socket):
            peer.send(capture[0].data)
            assert isinstance(decode(peer.answer()), E2SetupResponse)
            peer.send(*(pdu.data for pdu in capture[1:]))
            answers = []
            while not answers or not isinstance(answers[-1], RicServiceUpdateFailure):
                answers.append(decode(peer.answer()))
            causes = [answer.cause for answer in answers if isinstance(answer, ErrorIndication)]
            assert causes == [cause for case in CASES for cause in case.causes]
            counted = Counter(name for case in CASES for name in case.counted)
            bad = rows()[str(NODE)]
            assert {name: bad["counters"][name] for name in counted} == dict(counted)
            assert (bad["state"], bad["connections"]) == ("ready", 1)
            until("the good nodes' further reports", lambda: good(heard))
        for name in GOOD:
            row = rows()[name]
            assert (row["state"], row["connections"], row["faults"]) == ("ready", connections[name], [])
            assert not {"undecodable", "unusable", "unexpected", "not_subscribed"} & row["counters"].keys()
