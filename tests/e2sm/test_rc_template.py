"""RC and CCC controls from templates have the octets of the reference codec, or are left to it."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from ricloop.core.dialect import FLEXRIC, STANDARD
from ricloop.core.errors import EncodeError
from ricloop.core.ids import UeId
from ricloop.e2ap import encode, fast_control
from ricloop.e2ap.messages import AckRequest, RequestId, RicControlRequest
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc import saving
from ricloop.e2sm.rc import codec, template
from tests.e2sm import some
from tests.e2sm.kpm_values import all_ues
from tests.makers import binary, booleans, maybe, one_of
from tests.values import Dice


@pytest.mark.values
def test_a_header_is_that_of_the_reference(dice: Dice) -> None:
    for rng in dice:
        ue, dialect = one_of(some.ues, all_ues)(rng), rng.choice([STANDARD, FLEXRIC])
        header = codec.ControlHeader(ue, rng.randint(-5, 300), rng.randint(1, 65535), maybe(booleans)(rng))
        right = codec.encode_control_header(header, dialect)
        assert template.encode_header(header, dialect) == right
        with patch.object(template, "FAST", None):
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
def test_a_control_frame_is_that_of_the_reference(dice: Dice) -> None:
    for rng in dice:
        request = RicControlRequest(
            request_id=RequestId(2, rng.randrange(65536)),
            function_id=rng.randint(0, 4200),
            header=binary(200)(rng),
            message=binary(300)(rng),
            ack=rng.choice([None, AckRequest.ACK, AckRequest.NO_ACK]),
        )
        frame = fast_control.control_frame(request.function_id, request.ack)
        try:
            right = encode(request)
        except EncodeError:
            with pytest.raises(EncodeError):
                frame(request.request_id, request.header, request.message)
            continue
        assert frame(request.request_id, request.header, request.message) == right


@pytest.mark.values
def test_a_saving_control_is_that_of_the_reference(dice: Dice) -> None:
    for rng in dice:
        cell, old, new = some.cells(rng), booleans(rng), booleans(rng)
        assert ccc.encode_saving_control(cell, old, new) == saving.written_control(cell, old, new)


def test_what_is_no_cell_is_refused_as_by_the_reference() -> None:
    with pytest.raises(EncodeError):
        ccc.encode_saving_control(1 << 70, False, True)
