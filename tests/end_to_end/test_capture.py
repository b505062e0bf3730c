"""`--pcap` at both ends of the same associations: the same messages between the same addresses, in Wireshark too."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from ricloop.transport.capture import read_pcap
from ricloop.transport.pcap import MAGICS
from tests.end_to_end.conftest import Run
from tests.end_to_end.peers import free_port, listens, started, until
from tests.interop.wireshark import assert_dissects
from tests.patience import PATIENCE_S

Ways = dict[tuple[object, object], list[bytes]]


def ways(path: Path) -> Ways:
    found: Ways = defaultdict(list)
    for pdu in read_pcap(path):
        found[pdu.source, pdu.destination].append(pdu.data)
    return found


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Of the RIC and of the nodes."""
    folder, port = tmp_path_factory.mktemp("captures"), free_port()
    listen = f"tcp://127.0.0.1:{port}"
    with started(folder, "ric", "--listen", listen, "--pcap", "ric.pcapng", "--xapp", "minimal"):
        until("the RIC", lambda: True if listens(port) else None)
        with started(
            folder, "sim", "run", "three-sites", "--seconds", "2", "--connect", listen, "--pcap", "sim.pcapng"
        ) as sim:
            assert sim.wait(PATIENCE_S) == 0, (folder / "sim.log").read_text()
    return folder / "ric.pcapng", folder / "sim.pcapng"


def test_both_ends_note_the_same_messages_between_the_same_addresses(captures: tuple[Path, Path]) -> None:
    ric, sim = map(ways, captures)
    assert len(sim) == 8  # four nodes, both ways
    assert sum(map(len, sim.values())) > 50
    for way, messages in sim.items():
        assert messages == ric[way][: len(messages)], way


@pytest.mark.parametrize("end", [0, 1])
def test_what_either_end_writes_is_pcapng_that_wireshark_dissects(captures: tuple[Path, Path], end: int) -> None:
    assert captures[end].read_bytes()[:4] == b"\x0a\x0d\x0d\x0a" in MAGICS
    assert len(assert_dissects(captures[end])) == sum(map(len, ways(captures[end]).values()))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sim", "run", "office", "--pcap", "x.pcapng"), "without --connect"),
        (("ric", "--pcap", "absent/x.pcapng"), "absent/x.pcapng"),
        (("demo", "--pcap", "absent/x.pcapng"), "absent/x.pcapng"),
        (("sim", "run", "office", "--connect", "tcp://127.0.0.1:1", "--pcap", "absent/x.pcapng"), "absent/x.pcapng"),
    ],
)
def test_a_capture_that_cannot_be_is_refused_before_anything_starts(
    ricloop: Run, arguments: tuple[str, ...], says: str
) -> None:
    done = ricloop(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
