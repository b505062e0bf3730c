"""scapy dissects what we write, reads captures to the same messages, and crafts what no codec would encode."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.errors import DecodeError
from ricloop.e2ap import V2, encode
from ricloop.e2ap.ies import IES
from ricloop.e2ap.messages import Message, RequestId, RicControlRequest, RicIndication
from ricloop.transport.capture import CaptureWriter, read_pcap
from tests.interop.oracles import missing
from tests.vectors.messages import MESSAGES

if find_spec("scapy") is None:
    missing('scapy is absent: pip install "ricloop[capture]"')

from scapy.layers.inet import IP
from scapy.layers.sctp import SCTP, SCTPChunkData
from scapy.packet import Raw, bind_layers, split_layers
from scapy.utils import rdpcap, wrpcap

from ricloop.testing.scapy_e2ap import E2AP, E2apIe, open_type, opened

pytestmark = pytest.mark.oracle

NODE, RIC = ("10.0.0.1", 40000), ("10.0.0.2", 36421)
INDICATION = RicIndication(
    request_id=RequestId(1, 2), function_id=2, action_id=1, sequence=3, header=b"head", message=b"message"
)


def names(message: Message) -> list[str]:
    return [IES[field.id].name for field in V2.by_class[type(message)].fields]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every message, in a file of our writer's."""
    path = tmp_path_factory.mktemp("scapy") / "written.pcapng"
    with CaptureWriter(path) as writer:
        for number, message in enumerate(MESSAGES):
            writer.write(encode(message), source=NODE, destination=RIC, time_ns=number, ppid=70 + number % 3)
    return path


def test_what_we_write_is_dissected_down_to_the_ies(written: Path) -> None:
    packets = rdpcap(str(written))
    assert len(packets) == len(MESSAGES)
    for packet, message in zip(packets, MESSAGES, strict=True):
        pdu, row = packet[E2AP], V2.by_class[type(message)]
        assert pdu.mysummary() == f"E2AP {row.name}"
        assert pdu.sprintf("%kind% %criticality%") == f"{row.kind} {row.criticality}"
        assert not pdu.payload, "every octet belongs to an IE"
        assert {ie.mysummary() for ie in pdu.ies} <= set(names(message))
        assert pdu.count == len(pdu.ies)
        assert pdu.message == message
        assert pdu.tree["message"] == row.name


def test_show_has_the_names_of_procedure_kind_and_ies() -> None:
    shown = E2AP.of(INDICATION).show(dump=True)
    words = [line.split("=")[1].strip() for line in shown.splitlines() if "=" in line]
    assert words[:3] == ["initiatingMessage", "RICindication", "ignore"]
    assert [word for word in words if word in names(INDICATION)] == names(INDICATION)[:7]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_pdu_is_built_from_its_fields_to_the_same_octets(message: Message) -> None:
    octets = encode(message)
    pdu = E2AP(octets)
    assert bytes(pdu) == octets
    pdu.clear_cache()
    assert bytes(pdu) == octets
    anew = E2AP(kind=pdu.kind, procedure=pdu.procedure, criticality=pdu.criticality)
    anew.ies = [E2apIe(id=ie.id, criticality=ie.criticality, value=ie.value) for ie in pdu.ies]
    assert bytes(anew) == octets


@pytest.mark.parametrize("size", [0, 127, 128, 16_383, 16_384, 70_000, 150_000])
def test_long_values_are_cut_into_fragments_as_the_codec_does(size: int) -> None:
    assert opened(open_type(bytes(size)) + b"rest") == (bytes(size), b"rest")
    octets = encode(RicControlRequest(request_id=RequestId(1, 2), function_id=3, header=b"h", message=bytes(size)))
    pdu = E2AP(octets)
    pdu.clear_cache()
    assert bytes(pdu) == octets
    assert len(pdu.ies[-1].value) >= size


def test_every_octet_can_be_wrong() -> None:
    good = encode(INDICATION)

    def changed(change: Callable[[E2AP], None]) -> bytes:
        pdu = E2AP.of(INDICATION)
        change(pdu)
        return bytes(pdu)

    def set_(name: str, value: object, *, ie: int | None = None) -> Callable[[E2AP], None]:
        return lambda pdu: setattr(pdu if ie is None else pdu.ies[ie], name, value)

    assert changed(set_("criticality", "notify")) == good[:2] + b"\x80" + good[3:]
    assert changed(set_("length", 5)) == good[:3] + b"\x05" + good[4:]
    assert changed(set_("length", 300)) == good[:3] + b"\x81\x2c" + good[4:]
    assert changed(set_("length", b"\xc4")) == good[:3] + b"\xc4" + good[4:]
    assert changed(set_("length", b"")) == good[:3] + good[4:]
    assert changed(set_("count", 99)) == good[:5] + b"\x00\x63" + good[7:]
    assert changed(set_("criticality", "ignore", ie=0)) == good[:9] + b"\x40" + good[10:]
    assert changed(set_("length", 6, ie=0)) == good[:10] + b"\x06" + good[11:]

    def garbage(pdu: E2AP) -> None:
        pdu.ies.append(E2apIe(id=9999, criticality="reject", value=b"garbage"))
        del pdu.length, pdu.count

    octets = changed(garbage)
    assert octets[7:] == good[7:] + b"\x27\x0f\x00\x07garbage"
    assert (octets[3], octets[6]) == (good[3] + 11, good[6] + 1)
    with pytest.raises(DecodeError, match="IE 9999 is not one of this message's"):
        _ = E2AP(octets).message


def test_what_is_broken_is_shown_as_far_as_it_goes() -> None:
    octets = encode(INDICATION)
    cut = E2AP(octets[:-3])
    assert [ie.mysummary() for ie in cut.ies] == names(INDICATION)[:6]
    assert bytes(cut[Raw]) == octets[-12:-3]
    assert "error" in cut.tree
    assert isinstance(E2AP(octets[:6]), Raw)
    assert E2AP(b"\x60\xff" + octets[2:]).mysummary() == "E2AP kind 96 of procedure 255"


@given(st.sampled_from(MESSAGES), st.lists(st.tuples(st.integers(0), st.integers(0, 255)), max_size=3), st.data())
@settings(max_examples=300, deadline=None)
def test_any_octets_are_dissected_without_an_error_and_built_again(
    message: Message, damage: list[tuple[int, int]], data: st.DataObject
) -> None:
    octets = bytearray(encode(message))
    for place, value in damage:
        octets[place % len(octets)] = value
    spoilt = bytes(octets[: data.draw(st.integers(1, len(octets)))])
    packet = E2AP(spoilt)
    packet.show(dump=True)
    assert bytes(packet) == spoilt
    assert packet.summary()


def crafted(data: object, **chunk: object) -> IP:
    chunk = {"beginning": 1, "ending": 1, "tsn": 1, "stream_id": 0, "stream_seq": 0, "proto_id": 70, **chunk}
    return (
        IP(src=NODE[0], dst=RIC[0])
        / SCTP(sport=NODE[1], dport=RIC[1], tag=7)
        / SCTPChunkData(
            data=data,
            **chunk,
        )
    )


def test_what_is_crafted_is_read_by_us(tmp_path: Path) -> None:
    path = tmp_path / "crafted.pcap"
    broken = E2AP.of(INDICATION)
    broken.ies[2].length = 40
    wrpcap(str(path), [crafted(E2AP.of(INDICATION)), crafted(broken, tsn=2), crafted(Raw(b"junk"), tsn=3)])
    assert [pdu.data for pdu in read_pcap(path)] == [encode(INDICATION), bytes(broken), b"junk"]


def test_an_edit_deep_inside_a_packet_is_built_once_its_cache_is_cleared() -> None:
    packet = IP(bytes(crafted(E2AP.of(INDICATION))))
    packet[E2AP].ies[0].id = 500
    packet.clear_cache()
    assert IP(bytes(packet))[E2AP].ies[0].id == 500


def test_other_payload_protocols_are_not_e2ap_until_they_are_bound() -> None:
    octets = bytes(crafted(E2AP.of(INDICATION), proto_id=0))
    assert not IP(octets).haslayer(E2AP)
    bind_layers(SCTPChunkData, E2AP, proto_id=0)
    try:
        assert IP(octets)[E2AP].message == INDICATION
    finally:
        split_layers(SCTPChunkData, E2AP, proto_id=0)


def by_scapy(path: Path) -> list[bytes]:
    """The messages of a capture: each chunk once, joined from its first to its last fragment."""
    seen: set[tuple[object, ...]] = set()
    parts: dict[tuple[object, ...], list[bytes]] = {}
    found = []
    for packet in rdpcap(str(path)):
        number = 1
        while SCTP in packet and (chunk := packet.getlayer(SCTPChunkData, nb=number)) is not None:
            number += 1
            way = (packet[IP].src, packet[IP].dst, packet[SCTP].tag)
            if (*way, chunk.tsn) in seen:
                continue
            seen.add((*way, chunk.tsn))
            if chunk.beginning:
                parts[way] = []
            parts[way].append(bytes(chunk.data))
            if chunk.ending:
                found.append(b"".join(parts.pop(way)))
    return found


def test_we_and_scapy_find_the_same_messages(written: Path) -> None:
    assert [pdu.data for pdu in read_pcap(written)] == by_scapy(written) == [encode(one) for one in MESSAGES]


def test_we_and_scapy_find_the_same_messages_in_captures_of_others(sample_data: Callable[[str], Path]) -> None:
    captures = sorted(sample_data("e2ap_pcap").glob("*.pcapng"))
    assert captures
    for path in captures:
        messages = [pdu.data for pdu in read_pcap(path)]
        assert messages == by_scapy(path)
        assert all("error" not in E2AP(message).tree for message in messages)


def test_without_scapy_the_error_says_how_to_get_it() -> None:
    code = "import sys; sys.modules['scapy'] = None; import ricloop.testing.scapy_e2ap"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert 'pip install "ricloop[capture]"' in done.stderr


def test_nothing_else_of_ours_needs_scapy() -> None:
    code = (
        "import sys, pkgutil, importlib, ricloop; sys.modules['scapy'] = None\n"
        "for found in pkgutil.walk_packages(ricloop.__path__, 'ricloop.'):\n"
        "    if not any(part in found.name for part in ('scapy_e2ap', '__main__', 'torch_')):\n"
        "        importlib.import_module(found.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
