"""Control headers made from templates: the octets of one that the reference codec wrote, with another UE's ids in it.

A template holds for one style, action, decision, dialect, AMF and length of ids; it is found by encoding two UEs and
seeing what differs, and proved on random ones before it is used. Any other kind of UE is left to the reference codec.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect, Family
from ricloop.core.ids import Guami, UeId
from ricloop.core.native import FAST
from ricloop.e2sm.rc.control_asn import encode_control_header
from ricloop.e2sm.rc.controls import ControlHeader

_PROOFS = 8


@dataclass(frozen=True, slots=True)
class Template:
    """A header's octets; at `amf_at` and `f1ap_at` stand so many octets of id (no AMF id where `amf` is 0)."""

    octets: bytes
    amf_at: int
    amf: int
    f1ap_at: int
    f1ap: int

    def fill(self, amf_id: int, f1ap_id: int) -> bytes:
        """Both ids must have the lengths that the template has."""
        if FAST is not None:
            places = (self.amf_at, self.amf, amf_id) if self.amf else ()
            filled: bytes = FAST.patched(self.octets, self.f1ap_at, self.f1ap, f1ap_id, *places)
            return filled
        out = bytearray(self.octets)
        if self.amf:
            out[self.amf_at : self.amf_at + self.amf] = amf_id.to_bytes(self.amf, "big")
        out[self.f1ap_at : self.f1ap_at + self.f1ap] = f1ap_id.to_bytes(self.f1ap, "big")
        return bytes(out)


_FLEXRIC = Family.FLEXRIC
"""An enumeration's attribute costs as much as a look-up here does."""


def encode_header(header: ControlHeader, dialect: Dialect) -> bytes:
    """As `encode_control_header`, with the same errors."""
    ue = header.ue
    amf_id, f1ap = ue.amf_ue_ngap_id, ue.f1ap
    if (
        len(f1ap) != 1
        or f1ap[0] < 0
        or (amf_id or 0) < 0
        or ue.e1ap
        or ue.ran_ue_id is not None
        or ue.detail is not None
    ):
        return encode_control_header(header, dialect)
    amf = 0 if amf_id is None else (amf_id.bit_length() + 7 >> 3) or 1
    guami = None if amf_id is None else ue.guami
    template = _template(
        header.style,
        header.action,
        header.accept,
        dialect.family is _FLEXRIC,
        guami,
        amf,
        (f1ap[0].bit_length() + 7 >> 3) or 1,
    )
    return encode_control_header(header, dialect) if template is None else template.fill(amf_id or 0, f1ap[0])


@lru_cache(maxsize=1024)
def _template(
    style: int, action: int, accept: bool | None, flexric: bool, guami: Guami | None, amf: int, f1ap: int
) -> Template | None:
    """None where two headers differ in more than the ids, or the ids are longer than any."""
    if f1ap > 4 or amf > 5 or (amf and guami is None):
        return None

    def written(amf_id: int, f1ap_id: int) -> bytes:
        ue = UeId(amf_id if amf else None, guami, (f1ap_id,))
        return encode_control_header(ControlHeader(ue, style, action, accept), FLEXRIC if flexric else STANDARD)

    def of(octet: int, count: int) -> int:
        return int.from_bytes(bytes((octet,)) * count, "big")

    base = written(of(0x11, amf), of(0x11, f1ap))
    places = []
    for other in (written(of(0xEE, amf), of(0x11, f1ap)), written(of(0x11, amf), of(0xEE, f1ap))):
        if len(other) != len(base):
            return None
        places.append([at for at, (one, two) in enumerate(zip(base, other, strict=True)) if one != two])
    found = Template(base, places[0][0] if amf else 0, amf, places[1][0], f1ap)
    dice = random.Random(0)
    for _ in range(_PROOFS):
        ids = [dice.randrange(1 << 8 * (count - 1), 1 << 8 * count) if count else 0 for count in (amf, f1ap)]
        if found.fill(*ids) != written(*ids):
            return None
    return found
