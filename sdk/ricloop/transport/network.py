"""Where in a captured packet the SCTP packet lies: link layers, IPv4, IPv6, SCTP over UDP."""

from __future__ import annotations

import struct

from ricloop.transport.pcap import CaptureError, Packet

SCTP, _UDP = 132, 17
_SCTP_OVER_UDP = 9899
"""RFC 6951."""
_ETHERNET, _NULL, _LOOP, _COOKED, _COOKED_2 = 1, 0, 108, 113, 276
_RAW = frozenset((12, 14, 101, 228, 229))
_VLAN = frozenset((0x8100, 0x88A8, 0x9100))
_EXTENSION_HEADERS = frozenset((0, 43, 60, 135))
"""IPv6: hop-by-hop, routing, destination, mobility; fragments are not joined."""
_IPV4 = struct.Struct(">BxHxxHxB").unpack_from
"""Length of the header, length of the packet, fragment, protocol."""
_PORTS = struct.Struct(">HH").unpack_from


def find_sctp(packet: Packet) -> tuple[bytes, int, int, bytes] | None:
    """Octets, where in them an SCTP packet begins and ends, and its IP addresses (4 or 16 octets each, source first).

    None where there is no SCTP, or a fragment of it. Raises `CaptureError` for a link type that nobody knows.
    """
    data, at = _network_layer(packet)
    size = len(data)
    if at + 20 <= size and data[at] >> 4 == 4:
        first, total, fragment, protocol = _IPV4(data, at)
        if fragment & 0x3FFF:
            return None
        start = at + 4 * (first & 15)
        addresses = data[at + 12 : at + 20]
        # A length of 0 stands for "larger than 16 bits" where the network card cuts segments.
        end = at + total if total else size
    elif at + 40 <= size and data[at] >> 4 == 6:
        protocol, start = data[at + 6], at + 40
        while protocol in _EXTENSION_HEADERS and start + 2 <= size:
            protocol, start = data[start], start + 8 + 8 * data[start + 1]
        addresses = data[at + 8 : at + 40]
        total = int.from_bytes(data[at + 4 : at + 6], "big")
        end = at + 40 + total if total else size
    else:
        return None
    end = min(end, size)
    if protocol == SCTP:
        return data, start, end, addresses
    if protocol == _UDP and end - start >= 8 and _SCTP_OVER_UDP in _PORTS(data, start):
        return data, start + 8, end, addresses
    return None


def _network_layer(packet: Packet) -> tuple[bytes, int]:
    """Octets in which the IP packet begins at an offset, which is their end where there is none."""
    link, data = packet.link, packet.data
    if link == _ETHERNET:
        return data, _behind_ethertype(data, 12)
    if link in _RAW:
        return data, 0
    if link in (_NULL, _LOOP):
        # The address family is in the capturing host's byte order, which nothing tells; the IP version follows.
        return data, 4
    if link == _COOKED:
        return data, _behind_ethertype(data, 14)
    if link == _COOKED_2:
        return data, 20 if data[:2] in (b"\x08\x00", b"\x86\xdd") else len(data)
    return _with_scapy(packet), 0


def _behind_ethertype(data: bytes, at: int) -> int:
    kind = int.from_bytes(data[at : at + 2], "big")
    while kind in _VLAN and at + 6 <= len(data):
        at += 4
        kind = int.from_bytes(data[at : at + 2], "big")
    return at + 2 if kind in (0x0800, 0x86DD) else len(data)


def _with_scapy(packet: Packet) -> bytes:
    """Link types that are rare enough to leave to scapy."""
    try:
        from scapy.all import IP, IPv6, conf
    except ImportError:
        raise CaptureError(
            f'link type {packet.link} needs scapy: pip install "ricloop[capture]"; built in are Ethernet, Linux '
            "cooked, raw IP, null and loop"
        ) from None
    if packet.link not in conf.l2types.num2layer:
        raise CaptureError(f"link type {packet.link} is known neither here nor to scapy")
    try:
        frame = conf.l2types.num2layer[packet.link](packet.data)
        layer = frame.getlayer(IP) or frame.getlayer(IPv6)
        return b"" if layer is None else bytes(layer)
    except Exception:
        # Its hundreds of layers raise whatever comes of octets that are none: a packet that was cut is passed over.
        return b""
