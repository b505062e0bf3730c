"""Addresses: what can be meant is understood, what cannot is explained."""

from __future__ import annotations

import pytest

from ricloop.core.errors import ConfigError
from ricloop.transport.address import SCHEMES, Address, parse_address
from ricloop.transport.registry import TRANSPORTS


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://127.0.0.1:36421", Address("tcp", "127.0.0.1", 36421)),
        ("sctp://ric.example:36422", Address("sctp", "ric.example", 36422)),
        ("tcp://[::1]:0", Address("tcp", "::1", 0)),
        ("sctp://10.0.0.1,10.1.0.1:36421", Address("sctp", "10.0.0.1,10.1.0.1", 36421)),
        ("sctp://[10.0.0.1,fd00::1]:36421", Address("sctp", "10.0.0.1,fd00::1", 36421)),
    ],
)
def test_an_address_reads_and_prints_the_same(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert str(address) == text
    assert parse_address(address) is address


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("127.0.0.1:36421", "has no scheme: write tcp://127.0.0.1:36421"),
        ("sctpx://127.0.0.1:1", "no transport is called 'sctpx' (tcp, sctp). Did you mean 'sctp'?"),
        ("TCP://127.0.0.1:1", "Did you mean 'tcp'?"),
        ("tcp://127.0.0.1", "has no port: write one as in tcp://127.0.0.1:36421"),
        ("tcp://[::1]", "has no port: write one as in tcp://[::1]:36421"),
        ("tcp://:36421", "has no host"),
        ("tcp://a..b:1", "'a..b' cannot be the name of a host"),
        ("tcp://a:65536", "port '65536' is not in 0..65535"),
        ("tcp://a:-1", "port '-1' is not in 0..65535"),
        ("tcp://a:http", "port 'http' is not in 0..65535"),
        ("tcp://::1:36421", "put an IPv6 address in brackets"),
        ("tcp://[::1:36421", "an IPv6 address is written [::1]:36421"),
        ("tcp://10.0.0.1,10.1.0.1:36421", "only sctp:// takes several hosts"),
        ("sctp://10.0.0.1,10.0.0.1:36421", "of several hosts '10.0.0.1' is there twice"),
        ("sctp://10.0.0.1,:36421", "of several hosts an empty one is there"),
        ("tcp://[::1]36421", "an IPv6 address is written [::1]:36421"),
    ],
)
def test_an_address_that_cannot_be_meant_is_explained(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_address(text)
    assert complaint in str(raised.value)
    assert repr(text) in str(raised.value)


def test_every_scheme_has_a_transport() -> None:
    assert set(SCHEMES) == set(TRANSPORTS)
