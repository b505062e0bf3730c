"""The UE ids that nodes send every period, both ways (E2SM 6.2.3.1, aligned PER)."""

from __future__ import annotations

from functools import lru_cache

from ricloop.core.ids import Guami, Plmn, UeId
from ricloop.e2sm.kpm.bits import octets_of
from ricloop.e2sm.ueid import du_ue


def read_ue(data: bytes, position: int, ues: list[UeId]) -> int:
    """Append the UE whose list item starts at bit `position`. The position after it, at an octet, or -1."""
    at, bit = position >> 3, position & 7
    window = (data[at] << 16 | data[at + 1] << 8 | data[at + 2]) << bit >> 8 & 0xFFFF
    if window >> 9 == 0b0000100:  # item; gNB-DU-UEID; without RAN UE id; two bits of length
        at += bit + 16 >> 3
        end = at + (window >> 7 & 3) + 1
        if end > len(data):
            return -1
        ues.append(du_ue(int.from_bytes(data[at:end], "big")))
        return end * 8
    if window >> 9 == 0b0001000:  # the same of gNB-CU-UP-UEID
        at += bit + 16 >> 3
        end = at + (window >> 7 & 3) + 1
        if end > len(data):
            return -1
        ues.append(UeId(e1ap=(int.from_bytes(data[at:end], "big"),)))
        return end * 8
    # item; gNB-UEID; of its options only the F1AP list, or that and the E1AP list; three bits of length
    if window >> 5 in (0b00000010000, 0b00000011000):
        at += bit + 21 >> 3
        length = (window >> 2 & 7) + 1
        # GUAMI: an octet of padding, PLMN, region, set and pointer; then the F1AP list, of one.
        listed = at + length + 7
        if length > 5 or data[at + length] or data[listed] & 0xE7:
            return -1
        end = listed + 2 + (data[listed] >> 3)
        if window >> 5 == 0b00000011000:
            # The E1AP list, of one: its count less one, then the id.
            if end + 2 >= len(data) or data[end] or data[end + 1] or data[end + 2] & 0x9F:
                return -1
            end += 4 + (data[end + 2] >> 5)
        if end > len(data):
            return -1
        ue = gnb_ue(data[at:end], length)
        if ue is None:
            return -1
        ues.append(ue)
        return end * 8
    return -1


@lru_cache(maxsize=1 << 16)
def gnb_ue(data: bytes, length: int) -> UeId | None:
    """AMF UE NGAP id of `length` octets, GUAMI, one F1AP id and perhaps one E1AP id; with a length of 0, a CU-UP's E1AP
    id alone. None where the PLMN is not made of digits."""
    if length == 0:
        return UeId(e1ap=(int.from_bytes(data, "big"),))
    guami = data[length + 1 :]
    tail = guami[4] << 8 | guami[5]
    try:
        plmn = Plmn.from_octets(guami[:3])
    except ValueError:
        return None
    end = 8 + (guami[6] >> 3)
    e1ap = guami[end + 3 :]
    return UeId(
        amf_ue_ngap_id=int.from_bytes(data[:length], "big"),
        guami=Guami(plmn, guami[3], tail >> 6, tail & 63),
        f1ap=(int.from_bytes(guami[7:end], "big"),),
        e1ap=(int.from_bytes(e1ap, "big"),) if e1ap else (),
    )


@lru_cache(maxsize=1 << 16)
def ue_parts(ue: UeId) -> tuple[int, int, bytes] | None:
    """A list item's UE id: its first bits, how many they are, and what follows from the next octet on. None for a kind
    that the reference codec must write."""
    if ue.ran_ue_id is not None or ue.detail is not None or not all(0 <= id_ < 1 << 32 for id_ in ue.f1ap + ue.e1ap):
        return None
    f1ap, e1ap = (octets_of(ids[0]) if len(ids) == 1 else b"" for ids in (ue.f1ap, ue.e1ap))
    if ue.amf_ue_ngap_id is None:
        own = f1ap or e1ap
        if len(ue.f1ap) + len(ue.e1ap) != 1:
            return None
        return (0b0000100 if f1ap else 0b0001000) << 2 | len(own) - 1, 9, own
    guami = ue.guami
    if guami is None or not f1ap or len(ue.e1ap) > 1 or not 0 <= ue.amf_ue_ngap_id < 1 << 40:
        return None
    if not (0 <= guami.region < 1 << 8 and 0 <= guami.set < 1 << 10 and 0 <= guami.pointer < 1 << 6):
        return None
    amf = octets_of(ue.amf_ue_ngap_id)
    tail = guami.set << 6 | guami.pointer
    named = bytes((guami.region, tail >> 8, tail & 0xFF, len(f1ap) - 1 << 3)) + f1ap
    if e1ap:
        named += bytes((0, 0, len(e1ap) - 1 << 5)) + e1ap
    head = 0b00000011000 if e1ap else 0b00000010000
    return head << 3 | len(amf) - 1, 14, amf + b"\0" + guami.plmn.octets + named
