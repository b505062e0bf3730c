"""pycrate's E2AP, compiled from the published module, reads every message of ours and writes it to the same octets."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from ricloop.e2ap import V2, encode
from ricloop.e2ap.messages import Message
from tests.interop.oracles import missing
from tests.vectors.messages import MESSAGES

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def pdu() -> Any:
    """E2AP-PDU as pycrate has it: one object, which every decode changes."""
    if find_spec("pycrate_asn1dir") is None:
        missing("pycrate is absent: pip install pycrate")
    return import_module("pycrate_asn1dir.E2AP").E2AP_PDU_Descriptions.E2AP_PDU


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_is_read_and_written_again(pdu: Any, message: Message) -> None:
    octets = encode(message)
    pdu.from_aper(octets)
    kind, procedure = pdu.get_val()
    row = V2.by_class[type(message)]
    assert (kind, procedure["procedureCode"]) == (row.kind, row.code)
    name, content = procedure["value"]
    assert name.casefold() == row.name.casefold()
    # What pycrate does not know, it keeps as octets: then it has judged nothing.
    assert all(not isinstance(ie["value"], bytes) for ie in content["protocolIEs"])
    assert pdu.to_aper() == octets
