"""Style 3, action 1: handover control (E2SM-RC 7.6.4.1, 8.4.4.1).

Not named `handover`: that is what an xApp imports from the package.
"""

from __future__ import annotations

from functools import lru_cache

from ricloop.core.errors import DecodeError
from ricloop.core.ids import CellId, Cgi, Plmn
from ricloop.e2sm.common import NCI_BITS, spelled_out
from ricloop.e2sm.rc.control_asn import decode_control_message, encode_control_message
from ricloop.e2sm.rc.controls import ControlMessage
from ricloop.e2sm.rc.parameters import Element, Parameter, Structure

_TARGET_PRIMARY_CELL, _TARGET_CELL, _NR_CELL, _NR_CGI = 1, 2, 3, 4
_CGI_OCTETS = 9
_PATH = "E2SM-RC-ControlMessage.1.2.3.4"


@lru_cache(maxsize=4096)
def encode_handover(target: CellId) -> bytes:
    """The control message; the same in both dialects. Kept per target: a drain sends every user of a cell to the same
    few."""
    return encode_control_message(ControlMessage(target_of(target)))


def decode_handover(message: bytes) -> CellId | None:
    """The target; None where the message names an E-UTRA cell or none, or is of another format."""
    decoded = decode_control_message(message)
    return target_in(decoded.parameters) if isinstance(decoded, ControlMessage) else None


def target_of(cell: CellId) -> dict[int, Parameter]:
    """The RAN parameters that name a target cell. The NR CGI in them is a small PDU of its own, as NGAP has it
    (TS 38.413 9.3.1.7)."""
    return {_TARGET_PRIMARY_CELL: {_TARGET_CELL: {_NR_CELL: {_NR_CGI: Element(cell_octets(cell))}}}}


def target_in(parameters: Structure) -> CellId | None:
    """The NR cell that RAN parameters name as the target; None where they name none. Raises DecodeError."""
    found: Parameter = parameters
    for id_ in (_TARGET_PRIMARY_CELL, _TARGET_CELL, _NR_CELL, _NR_CGI):
        if not isinstance(found, dict) or id_ not in found:
            return None
        found = found[id_]
    cell = cell_in(found.value) if isinstance(found, Element) else None
    if cell is None:
        raise DecodeError("an NR CGI is 9 octets: no extensions, PLMN and cell identity", path=_PATH)
    return cell


def cell_octets(cell: CellId) -> bytes:
    """An NR CGI as the value of a RAN parameter."""
    cgi = spelled_out(cell)
    return b"\0" + cgi.plmn.octets + (cgi.nci << 40 - NCI_BITS).to_bytes(5, "big")


def cell_in(octets: object) -> CellId | None:
    """The NR cell in a RAN parameter's value; None where it holds none."""
    if not isinstance(octets, bytes) or len(octets) != _CGI_OCTETS or octets[0]:
        return None
    try:
        plmn = Plmn.from_octets(octets[1:4])
    except ValueError:
        return None
    return Cgi(plmn, int.from_bytes(octets[4:], "big") >> 40 - NCI_BITS).packed
