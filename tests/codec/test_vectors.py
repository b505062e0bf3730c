"""Octets whose meaning is known decode, and encode to themselves; so does everything in the sample captures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ricloop import asn1
from ricloop.e2ap import V1, V2, decode, encode
from ricloop.e2ap.envelope import pack, unpack
from ricloop.transport.capture import read_pcap
from tests.vectors import VECTORS, Vector


@pytest.mark.parametrize("vector", VECTORS, ids=str)
def test_a_known_row_decodes_and_encodes_to_the_same_octets(vector: Vector) -> None:
    syntax: asn1.Syntax = getattr(asn1, vector.syntax)
    assert syntax.encode(vector.type, syntax.decode(vector.type, vector.octets)) == vector.octets


@pytest.mark.parametrize("vector", [v for v in VECTORS if v.type == "E2AP-PDU"], ids=str)
def test_a_known_message_survives_as_a_value(vector: Vector) -> None:
    version = V1 if vector.syntax == "E2AP_V1" else V2
    assert encode(decode(vector.octets, version), version) == vector.octets


def test_every_pdu_of_the_captures_decodes_and_encodes_to_the_same_octets(sample_data: Callable[[str], Path]) -> None:
    kinds = []
    for capture in sorted(sample_data("e2ap_pcap").glob("*.pcapng")):
        for pdu in read_pcap(capture):
            unpacked = unpack(pdu.data)
            kinds.append(unpacked.row.name)
            assert pack(unpacked.row, unpacked.values, unpacked.criticality) == pdu.data
            assert encode(decode(pdu.data)) == pdu.data
    assert sorted(kinds) == ["E2setupRequest", "E2setupResponse", "RICsubscriptionRequest", "RICsubscriptionResponse"]


def test_every_raw_pdu_of_the_samples_decodes_and_encodes_to_the_same_octets(
    sample_data: Callable[[str], Path],
) -> None:
    files = sorted(sample_data("e2ap_pcap").glob("*.bin"))
    assert files
    for file in files:
        data = file.read_bytes()
        unpacked = unpack(data)
        assert pack(unpacked.row, unpacked.values, unpacked.criticality) == data
        assert encode(decode(data)) == data
