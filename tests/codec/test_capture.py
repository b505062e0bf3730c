"""Capture files of every kind give the messages that were sent, and damaged ones an error that says where."""

from __future__ import annotations

import struct
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop.transport import pcap as reader
from ricloop.transport.capture import CapturedPdu, CaptureError, CaptureWriter, read_pcap
from ricloop.transport.checksum import crc32c
from ricloop.transport.packets import MAX_PENDING_OCTETS, Chunk, Reassembly
from ricloop.transport.pcap import read_packets

A, B = ("10.0.0.1", 40000), ("10.0.0.2", 36421)
TIME = 1_700_000_000_123_456_789
ETHERNET = bytes(12)


def ip_packets(tmp_path: Path, *payloads: bytes, source: tuple[str, int] = A) -> list[bytes]:
    """The IP packets in which our writer puts messages."""
    path = tmp_path / "packets.pcap"
    destination = B if ":" not in source[0] else ("fe80::2", 36421)
    with CaptureWriter(path) as writer:
        for payload in payloads:
            writer.write(payload, source=source, destination=destination, time_ns=TIME)
    return [packet.data for packet in read_packets(path)]


def pcap(link: int, packets: list[bytes], *, order: str = "<", nanoseconds: bool = False) -> bytes:
    fraction = TIME % 10**9 // (1 if nanoseconds else 1000)
    header = struct.pack(order + "IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    record = struct.Struct(order + "IIII")
    return header + b"".join(record.pack(TIME // 10**9, fraction, len(p), len(p)) + p for p in packets)


def block(order: str, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)


def section(order: str) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str, link: int, exponent: int | None = None) -> bytes:
    option = b"" if exponent is None else struct.pack(order + "HHB3x", 9, 1, exponent)
    return block(order, 1, struct.pack(order + "HHI", link, 0, 0) + option)


def enhanced(order: str, index: int, units: int, packet: bytes) -> bytes:
    time = TIME * units // 10**9
    body = struct.pack(order + "IIIII", index, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet)) + packet
    return block(order, 6, body)


def read(tmp_path: Path, octets: bytes) -> list[CapturedPdu]:
    path = tmp_path / "read.pcap"
    path.write_bytes(octets)
    return list(read_pcap(path))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "both.pcap"
    sent = [(b"one", A, B, TIME, 70), (b"two" * 30_000, B, A, TIME + 1, 72), (b"three", A, B, TIME + 2, 0)]
    with CaptureWriter(path) as writer:
        for data, source, destination, time_ns, ppid in sent:
            writer.write(data, source=source, destination=destination, time_ns=time_ns, ppid=ppid)
    found = [(pdu.data, pdu.source, pdu.destination, pdu.time_ns, pdu.ppid) for pdu in read_pcap(path)]
    assert found == sent


def test_the_checksum_is_crc32c() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(b"") == 0


@given(st.binary(max_size=3000))
@settings(max_examples=50, deadline=None)
def test_the_checksum_is_that_of_the_bitwise_definition(data: bytes) -> None:
    register = 0xFFFFFFFF
    for octet in data:
        register ^= octet
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    assert crc32c(data) == register ^ 0xFFFFFFFF


def test_a_written_packet_has_a_right_ip_checksum(tmp_path: Path) -> None:
    header = ip_packets(tmp_path, b"x")[0][:20]
    total = sum(struct.unpack(">10H", header))
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF


def test_a_name_that_is_no_address_is_refused(tmp_path: Path) -> None:
    with CaptureWriter(tmp_path / "x.pcap") as writer, pytest.raises(ConfigError, match="'gnb1' is none"):
        writer.write(b"x", source=("gnb1", 1), destination=B, time_ns=0)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_pcap_of_either_byte_order_and_resolution(tmp_path: Path, order: str, nanoseconds: bool) -> None:
    [pdu] = read(tmp_path, pcap(101, ip_packets(tmp_path, b"x"), order=order, nanoseconds=nanoseconds))
    assert (pdu.data, pdu.time_ns) == (b"x", TIME if nanoseconds else TIME // 1000 * 1000)


@pytest.mark.parametrize(
    ("link", "head"),
    [
        (1, ETHERNET + b"\x08\x00"),
        (1, ETHERNET + b"\x81\x00\x00\x05\x08\x00"),
        (1, ETHERNET + b"\x88\xa8\x00\x05\x81\x00\x00\x06\x08\x00"),
        (113, bytes(14) + b"\x08\x00"),
        (276, b"\x08\x00" + bytes(18)),
        (0, b"\x02\x00\x00\x00"),
        (108, b"\x00\x00\x00\x02"),
        (12, b""),
        (228, b""),
    ],
)
def test_every_built_in_link_type(tmp_path: Path, link: int, head: bytes) -> None:
    packets = [head + packet for packet in ip_packets(tmp_path, b"x")]
    assert [pdu.data for pdu in read(tmp_path, pcap(link, packets))] == [b"x"]


def test_what_is_not_sctp_is_passed_over(tmp_path: Path) -> None:
    arp = ETHERNET + b"\x08\x06" + bytes(28)
    cut = (ETHERNET + b"\x08\x00" + ip_packets(tmp_path, b"x" * 100)[0])[:60]
    assert read(tmp_path, pcap(1, [arp, b"", b"\x00", cut])) == []


def test_ipv4_with_options_and_ipv6_with_extension_headers(tmp_path: Path) -> None:
    [four] = ip_packets(tmp_path, b"four")
    options = bytes([0x47]) + four[1:2] + struct.pack(">H", len(four) + 8) + four[4:20] + b"\x01" * 8 + four[20:]
    [six] = ip_packets(tmp_path, b"six", source=("fe80::1", 40000))
    extended = (
        six[:4] + struct.pack(">H", len(six) - 40 + 8) + b"\x00" + six[7:40] + bytes([132, 0]) + bytes(6) + six[40:]
    )
    found = read(tmp_path, pcap(101, [options, extended]))
    assert [(pdu.data, pdu.source[0]) for pdu in found] == [(b"four", "10.0.0.1"), (b"six", "fe80::1")]


def test_sctp_over_udp(tmp_path: Path) -> None:
    [packet] = ip_packets(tmp_path, b"x")
    sctp = packet[20:]
    udp = struct.pack(">HHHH", 9899, 9899, 8 + len(sctp), 0) + sctp
    over = packet[:2] + struct.pack(">H", 20 + len(udp)) + packet[4:9] + b"\x11" + packet[10:20] + udp
    assert [pdu.data for pdu in read(tmp_path, pcap(101, [over]))] == [b"x"]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_several_interfaces_and_resolutions(tmp_path: Path, order: str) -> None:
    first, second, third = ip_packets(tmp_path, b"1", b"2", b"3")
    octets = (
        section(order)
        + interface(order, 101)
        + interface(order, 1, 9)
        + interface(order, 101, 0x80 | 20)
        + block(order, 0xBAD, b"unknown blocks are passed over")
        + enhanced(order, 0, 10**6, first)
        + enhanced(order, 1, 10**9, ETHERNET + b"\x08\x00" + second)
        + enhanced(order, 2, 2**20, third)
    )
    found = read(tmp_path, octets)
    assert [pdu.data for pdu in found] == [b"1", b"2", b"3"]
    assert all(abs(pdu.time_ns - TIME) < error for pdu, error in zip(found, (1000, 1, 1000), strict=True))


def test_a_second_section_starts_anew(tmp_path: Path) -> None:
    first, second = ip_packets(tmp_path, b"1", b"2")
    octets = b""
    for order, packet in (("<", first), (">", second)):
        octets += section(order) + interface(order, 101, 9) + enhanced(order, 0, 10**9, packet)
    assert [(pdu.data, pdu.time_ns) for pdu in read(tmp_path, octets)] == [(b"1", TIME), (b"2", TIME)]


def test_a_retransmission_is_dropped(tmp_path: Path) -> None:
    one, two = ip_packets(tmp_path, b"1", b"2")
    assert [pdu.data for pdu in read(tmp_path, pcap(101, [one, one, two, one]))] == [b"1", b"2"]


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_fragments_are_joined_in_whatever_order_they_come(data: st.DataObject) -> None:
    payloads = data.draw(st.lists(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=5), max_size=6))
    start = data.draw(st.sampled_from((0, 5, 2**32 - 3)))
    pieces, tsn = [], start
    for parts in payloads:
        for index, part in enumerate(parts):
            first, last = index == 0, index == len(parts) - 1
            pieces.append(Chunk(A, B, 9, tsn % 2**32, 0, 70, first, last, part))
            tsn += 1
    reassembly = Reassembly()
    shuffled = data.draw(st.permutations(pieces)) if pieces else []
    found = [message.data for chunk in [*shuffled, *pieces] if (message := reassembly.accept(chunk)) is not None]
    assert sorted(found) == sorted(b"".join(parts) for parts in payloads)


def test_fragments_that_never_end_do_not_fill_the_memory() -> None:
    reassembly = Reassembly()
    for tsn in range(200):
        assert reassembly.accept(Chunk(A, B, 9, tsn, 0, 70, tsn == 0, False, bytes(60_000))) is None
    [direction] = reassembly._directions.values()
    assert direction.octets <= MAX_PENDING_OCTETS
    assert direction.octets == sum(len(chunk.data) for chunk in direction.pending.values())


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", "neither pcap nor pcapng"),
        (b"GIF89a", "neither pcap nor pcapng"),
        (pcap(101, [])[:20], "ends inside the file header"),
        (pcap(101, []) + b"\x00" * 7, "ends inside a packet header"),
        (pcap(101, [bytes(50)])[:-10], "ends inside a packet"),
        (pcap(101, []) + struct.pack("<IIII", 0, 0, 1 << 31, 1 << 31), "corrupt"),
        (section("<")[:10], "ends inside"),
        (section("<") + bytes(3), "ends inside a block header at octet 28"),
        (section("<") + struct.pack("<II", 6, 8), "corrupt"),
        (section("<") + struct.pack("<II", 6, 1 << 31), "corrupt"),
        (section("<") + enhanced("<", 3, 10**6, b""), "a packet of interface 3, of 0"),
        (
            section("<") + interface("<", 101) + block("<", 6, struct.pack("<IIIII", 0, 0, 0, 999, 999)),
            "exceeds its block",
        ),
        (section("<").replace(b"\x4d\x3c\x2b\x1a", b"\x00\x00\x00\x00"), "unknown byte order"),
    ],
)
def test_a_damaged_file_says_what_and_where(tmp_path: Path, octets: bytes, said: str) -> None:
    with pytest.raises(CaptureError, match=said) as caught:
        read(tmp_path, octets)
    assert "read.pcap" in str(caught.value)


def test_the_messages_before_the_damage_are_given(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(pcap(101, ip_packets(tmp_path, b"1", b"2"))[:-5])
    messages = read_pcap(path)
    assert next(messages).data == b"1"
    with pytest.raises(CaptureError):
        next(messages)


def test_a_rare_link_type_names_what_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scapy.all", None)
    with pytest.raises(CaptureError, match=r'link type 147 needs scapy: pip install "ricloop\[capture\]"'):
        read(tmp_path, pcap(147, [b"x"]))


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_spoilt_captures_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, tail: bytes, place: int, value: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "spoilt.pcap"
    with CaptureWriter(path) as writer:
        writer.write(bytes(100), source=A, destination=B, time_ns=TIME)
    octets = bytearray(path.read_bytes() + tail)
    octets[place % len(octets)] = value
    path.write_bytes(octets)
    try:
        list(read_pcap(path))
    except CaptureError:
        return


def outcome(path: Path) -> tuple[list[CapturedPdu], str]:
    """What is read, and the complaint that ends it."""
    found = []
    try:
        for pdu in read_pcap(path):
            found.append(pdu)
    except CaptureError as error:
        return found, str(error)
    return found, ""


@given(
    st.lists(st.binary(min_size=1, max_size=90), max_size=6),
    st.sampled_from(("<", ">")),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=2),
    st.integers(0, 40),
    st.integers(1, 70),
)
@settings(max_examples=150, deadline=None)
def test_in_whatever_pieces_a_file_is_read_the_messages_and_the_complaint_are_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    payloads: list[bytes],
    order: str,
    classic: bool,
    damage: list[tuple[int, int]],
    cut: int,
    piece: int,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    packets = ip_packets(folder, *payloads)
    start = section(order) + interface(order, 101, 9)
    octets = bytearray(
        pcap(101, packets, order=order)
        if classic
        else start + b"".join(enhanced(order, 0, 10**9, packet) for packet in packets)
    )
    for place, value in damage:
        octets[place % len(octets)] = value
    path = folder / "pieces.pcap"
    path.write_bytes(octets[: max(len(octets) - cut, 4)])
    whole = outcome(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_PIECE", piece)
        assert outcome(path) == whole
    if not damage and not cut:
        assert [pdu.data for pdu in whole[0]] == payloads
        assert whole[1] == ""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    packets, path = ip_packets(tmp_path, bytes(1000)) * 20_000, tmp_path / "long.pcap"
    path.write_bytes(pcap(101, packets))
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_packets(path)) == 20_000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5 << 20 < path.stat().st_size / 4
