"""What the service models can say, as hypothesis strategies."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from ricloop.core.ids import Cgi, Guami, Plmn, UeId

plmns = st.builds(
    lambda mcc, mnc, long: Plmn(f"{mcc:03}", f"{mnc:03}" if long else f"{mnc % 100:02}"),
    st.integers(0, 999),
    st.integers(0, 999),
    st.booleans(),
)
cells = st.builds(lambda plmn, nci: Cgi(plmn, nci).packed, plmns, st.integers(0, (1 << 36) - 1))
ids32 = st.integers(0, (1 << 32) - 1) | st.integers(0, 300)
guamis = st.builds(Guami, plmns, st.integers(0, 255), st.integers(0, 1023), st.integers(0, 63))
ran_ids = st.none() | st.binary(min_size=8, max_size=8)
ues = st.one_of(
    st.builds(lambda id_: UeId(f1ap=(id_,)), ids32),
    st.builds(lambda id_, ran: UeId(f1ap=(id_,), ran_ue_id=ran), ids32, ran_ids),
    st.builds(lambda id_, ran: UeId(e1ap=(id_,), ran_ue_id=ran), ids32, ran_ids),
    st.builds(
        lambda amf, guami, f1ap, e1ap, ran: UeId(amf, guami, tuple(f1ap), tuple(e1ap), ran),
        st.integers(0, (1 << 40) - 1),
        guamis,
        st.lists(ids32, max_size=4),
        st.lists(ids32, max_size=3),
        ran_ids,
    ),
)
times = st.integers(0, 4_000_000_000_000_000_000)
values = st.one_of(
    st.just(math.nan),
    st.integers(0, (1 << 32) - 1).map(float),
    st.integers(0, 300).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
"""Every double: what a value becomes in float32 is the same whoever decodes it."""
