"""A node gone wrong: what it sends, crafted with scapy, and what E2AP has a RIC do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from ricloop.core.ids import GnbId, NodeId, Plmn
from ricloop.e2ap import encode
from ricloop.e2ap.messages import Cause, Message, RequestId, RicIndication, RicServiceUpdate
from ricloop.testing.pair import setup_request
from ricloop.transport.capture import CapturedPdu, read_pcap
from tests.interop.oracles import missing

if find_spec("scapy") is None:
    missing('scapy is absent: pip install "ricloop[capture]"')

from scapy.layers.inet import IP
from scapy.layers.sctp import SCTP, SCTPChunkData
from scapy.packet import Packet
from scapy.utils import wrpcap

from ricloop.testing.scapy_e2ap import E2AP, E2apIe

NODE = NodeId(GnbId(Plmn("001", "01"), 950))
SETUP = replace(setup_request(), node=NODE)
UNKNOWN = RequestId(9, 9)
INDICATION = RicIndication(
    request_id=UNKNOWN, function_id=2, action_id=1, sequence=1, header=b"header", message=b"message"
)
OCTETS = encode(INDICATION)
SYNTAX = Cause("protocol", "transfer-syntax-error")
REJECTED = Cause("protocol", "abstract-syntax-error-reject")
NOTED = Cause("protocol", "abstract-syntax-error-ignore-and-notify")
STATE = Cause("protocol", "message-not-compatible-with-receiver-state")
NO_SUCH_REQUEST = Cause("ricRequest", "request-id-unknown")


def edited(message: Message, edit: Callable[[E2AP], object]) -> E2AP:
    pdu = E2AP.of(message)
    edit(pdu)
    return pdu


def garbage(criticality: str) -> Callable[[E2AP], None]:
    def edit(pdu: E2AP) -> None:
        pdu.ies.append(E2apIe(id=9999, criticality=criticality, value=b"garbage"))
        del pdu.length, pdu.count

    return edit


def without_request(pdu: E2AP) -> None:
    del pdu.ies[0], pdu.length, pdu.count


@dataclass(frozen=True)
class Case:
    """What the node sends, the counters that go up, and the causes of the Error Indications that answer it."""

    name: str
    pdu: E2AP | bytes
    counted: tuple[str, ...]
    causes: tuple[Cause, ...]


CASES = (
    Case("truncated", OCTETS[:-5], ("undecodable",), (SYNTAX,)),
    Case("one octet", b"\x00", ("undecodable",), (SYNTAX,)),
    Case("length too long", edited(INDICATION, lambda pdu: setattr(pdu, "length", 90)), ("undecodable",), (SYNTAX,)),
    Case("length too short", edited(INDICATION, lambda pdu: setattr(pdu, "length", 9)), ("undecodable",), (SYNTAX,)),
    Case(
        "length of IE", edited(INDICATION, lambda pdu: setattr(pdu.ies[5], "length", 40)), ("undecodable",), (SYNTAX,)
    ),
    Case("too many IEs", edited(INDICATION, lambda pdu: setattr(pdu, "count", 60)), ("undecodable",), (SYNTAX,)),
    Case("no such kind", edited(INDICATION, lambda pdu: setattr(pdu, "kind", 0x60)), ("undecodable",), (SYNTAX,)),
    Case("garbage, reject", edited(INDICATION, garbage("reject")), ("unusable",), (REJECTED,)),
    Case(
        "garbage, notify",
        edited(INDICATION, garbage("notify")),
        ("unknown_request", "noted"),
        (NO_SUCH_REQUEST, NOTED),
    ),
    Case("garbage, ignore", edited(INDICATION, garbage("ignore")), ("unknown_request",), (NO_SUCH_REQUEST,)),
    Case("no request id", edited(INDICATION, without_request), ("unusable",), (REJECTED,)),
    Case("no such procedure", E2AP(procedure=200, criticality="reject"), ("unexpected",), (REJECTED,)),
    Case(
        "wrong criticality",
        edited(INDICATION, lambda pdu: setattr(pdu, "criticality", "reject")),
        ("unknown_request",),
        (NO_SUCH_REQUEST,),
    ),
    Case("second setup", encode(SETUP), ("unexpected",), (STATE,)),
    # A request is answered by its own failure.
    Case("garbage in a request", edited(RicServiceUpdate(transaction_id=7), garbage("reject")), ("unusable",), ()),
)


def packet(tsn: int, data: E2AP | bytes, **chunk: int) -> Packet:
    fields = {"beginning": 1, "ending": 1, "proto_id": 70, **chunk}
    ip = IP(src="10.0.0.1", dst="10.0.0.2") / SCTP(sport=40000, dport=36421, tag=7)
    return ip / SCTPChunkData(tsn=tsn, stream_id=0, stream_seq=0, data=data, **fields)


def read(path: Path, packets: list[Packet | bytes]) -> list[CapturedPdu]:
    wrpcap(str(path), [bytes(one) for one in packets], linktype=101)
    return list(read_pcap(path))


def numbered(number: int) -> bytes:
    return encode(replace(INDICATION, sequence=number))
