"""RC and CCC controls from templates have the octets of the reference codec, or are left to it."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.core.errors import EncodeError
from ricloop.core.ids import UeId
from ricloop.e2ap import encode, fast
from ricloop.e2ap.messages import AckRequest, RequestId, RicControlRequest
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc import saving
from ricloop.e2sm.rc import codec, template
from tests.e2sm import strategies as some
from tests.e2sm.kpm_values import all_ues
from tests.values import many


@pytest.mark.values
@many
@given(
    some.ues | all_ues,
    st.integers(-5, 300),
    st.integers(1, 65535),
    st.none() | st.booleans(),
    st.sampled_from([STANDARD, FLEXRIC]),
    st.booleans(),
)
def test_a_header_is_that_of_the_reference(
    ue: UeId, style: int, action: int, accept: bool | None, dialect: Dialect, twin: bool
) -> None:
    header = codec.ControlHeader(ue, style, action, accept)
    right = codec.encode_control_header(header, dialect)
    if twin:
        with patch.object(template, "FAST", None):
            assert template.encode_header(header, dialect) == right
    else:
        assert template.encode_header(header, dialect) == right


def test_a_template_is_made_once_per_kind_of_ue_and_proved() -> None:
    template._template.cache_clear()
    for f1ap in (1, 2, 200):
        template.encode_header(codec.ControlHeader(UeId(f1ap=(f1ap,)), 2, 6), STANDARD)
    assert template._template.cache_info().misses == 1
    template.encode_header(codec.ControlHeader(UeId(f1ap=(300,)), 2, 6), STANDARD)
    assert template._template.cache_info().misses == 2


@pytest.mark.parametrize(
    "ue", [UeId(), UeId(f1ap=(1 << 32,)), UeId(amf_ue_ngap_id=1 << 40, f1ap=(1,)), UeId(f1ap=(-1,))]
)
def test_a_ue_that_no_header_can_name_is_refused_as_by_the_reference(ue: UeId) -> None:
    with pytest.raises(EncodeError):
        template.encode_header(codec.ControlHeader(ue, 3, 1), STANDARD)


@pytest.mark.values
@many
@given(
    st.integers(0, 65535),
    st.integers(0, 4200),
    st.binary(max_size=200),
    st.binary(max_size=300),
    st.none() | st.sampled_from([AckRequest.ACK, AckRequest.NO_ACK]),
)
def test_a_control_frame_is_that_of_the_reference(
    instance: int, function: int, header: bytes, message: bytes, ack: Any
) -> None:
    request = RicControlRequest(
        request_id=RequestId(2, instance), function_id=function, header=header, message=message, ack=ack
    )
    frame = fast.control_frame(function, ack)
    try:
        right = encode(request)
    except EncodeError:
        with pytest.raises(EncodeError):
            frame(request.request_id, header, message)
        return
    assert frame(request.request_id, header, message) == right


@pytest.mark.values
@many
@given(some.cells, st.booleans(), st.booleans())
def test_a_saving_control_is_that_of_the_reference(cell: int, old: bool, new: bool) -> None:
    assert ccc.encode_saving_control(cell, old, new) == saving.written_control(cell, old, new)


def test_what_is_no_cell_is_refused_as_by_the_reference() -> None:
    with pytest.raises(EncodeError):
        ccc.encode_saving_control(1 << 70, False, True)
