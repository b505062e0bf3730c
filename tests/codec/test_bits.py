"""The reader of bits against asn1tools' own, which it takes the place of: the same numbers, octets, ends and errors."""

from __future__ import annotations

from typing import Any

from asn1tools.codecs import per
from hypothesis import given
from hypothesis import strategies as st

from ricloop.asn1.bits import Decoder, Work

READS = st.one_of(
    st.tuples(st.just("read_bit")),
    st.tuples(st.just("align_always")),
    st.tuples(st.just("skip_bits"), st.integers(0, 20)),
    st.tuples(st.just("read_bits"), st.integers(1, 80)),
    st.tuples(st.just("read_bytes"), st.integers(1, 12)),
    st.tuples(st.just("read_non_negative_binary_integer"), st.integers(0, 80)),
)


@given(st.binary(max_size=64), st.lists(READS, max_size=40))
def test_reads_as_asn1tools_does(octets: bytes, reads: list[tuple[Any, ...]]) -> None:
    ours, theirs = Decoder(octets, Work()), per.Decoder(octets)
    for name, *arguments in reads:
        told = [_told(decoder, name, arguments) for decoder in (ours, theirs)]
        assert told[0] == told[1], name
        assert ours.number_of_read_bits() == theirs.number_of_read_bits(), name


def _told(decoder: Any, name: str, arguments: list[int]) -> Any:
    try:
        return getattr(decoder, name)(*arguments)
    except per.OutOfDataError as error:
        return str(error)
