"""What the service models name: makers of random cells, UEs, times and values."""

from __future__ import annotations

import math
from random import Random

from ricloop.core.ids import Cgi, Guami, Plmn, UeId
from tests.makers import Maker, built, few, floats, integers, just, maybe, octets_of, one_of


def plmns(rng: Random) -> Plmn:
    mnc = rng.randrange(1000)
    return Plmn(f"{rng.randrange(1000):03}", f"{mnc:03}" if rng.getrandbits(1) else f"{mnc % 100:02}")


nr_cells = built(Cgi, plmns, integers(0, (1 << 36) - 1))


def cells(rng: Random) -> int:
    return nr_cells(rng).packed


ids32 = one_of(integers(0, (1 << 32) - 1), integers(0, 300))
amf_ids = integers(0, (1 << 40) - 1)
guamis = built(Guami, plmns, integers(0, 255), integers(0, 1023), integers(0, 63))
ran_ids = maybe(octets_of(8))
ues: Maker[UeId] = one_of(
    built(UeId, f1ap=few(ids32, 1, 1)),
    built(UeId, f1ap=few(ids32, 1, 1), ran_ue_id=ran_ids),
    built(UeId, e1ap=few(ids32, 1, 1), ran_ue_id=ran_ids),
    built(UeId, amf_ids, guamis, few(ids32, 0, 4), few(ids32, 0, 3), ran_ids),
)
times = integers(0, 4_000_000_000_000_000_000)
counts = built(float, one_of(integers(0, (1 << 32) - 1), integers(0, 300)))
values: Maker[float] = one_of(just(math.nan), counts, counts, floats, floats)
"""Every double: what a value becomes in float32 is the same whoever decodes it."""
