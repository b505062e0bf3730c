"""Random values of every E2AP message in every version: each comes back from its octets."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.e2ap import V1, V2, Version, decode, encode, fast_control, fast_indication
from ricloop.e2ap import messages as m
from tests.codec import e2ap_v1_values, e2ap_values
from tests.makers import Maker, shrinking
from tests.values import Dice

MAKERS: dict[Version, dict[type, Maker[Any]]] = {V1: e2ap_v1_values.MAKERS, V2: e2ap_values.MAKERS}
EVERY = pytest.mark.parametrize(
    ("version", "kind"),
    [(version, kind) for version, makers in MAKERS.items() for kind in makers],
    ids=lambda value: value.__name__ if isinstance(value, type) else f"v{value.number}",
)


def comes_back(message: Any, version: Version) -> None:
    octets = encode(message, version)
    assert decode(octets, version) == message
    if version is V2 and isinstance(message, m.RicControlRequest):
        assert fast_control.encode_control(message) == octets
        assert fast_control.decode_control(octets) == (message if len(octets) < 16384 else None)
    if version is V2 and isinstance(message, m.RicIndication):
        assert fast_indication.encode_indication(message) == octets
        # A length in fragments is the reference's.
        for walked in (fast_indication.decode_indication, fast_indication.walk):
            assert walked(octets) == (message if len(octets) < 16384 else None)
    if version is V2 and isinstance(message, m.RicControlAcknowledge):
        assert fast_control.decode_acknowledge(octets) == (message if len(octets) < 16384 else None)
        assert fast_control.encode_acknowledge(message) == octets


def test_every_message_of_every_version_has_a_maker() -> None:
    for version, makers in MAKERS.items():
        assert set(makers) == set(version.by_class)


@pytest.mark.values
@EVERY
def test_many_messages_come_back(version: Version, kind: type, dice: Dice) -> None:
    for message in map(MAKERS[version][kind], dice):
        comes_back(message, version)


@EVERY
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_message_that_does_not_come_back_shrinks(version: Version, kind: type, data: st.DataObject) -> None:
    comes_back(data.draw(shrinking(MAKERS[version][kind])), version)


@pytest.mark.values
@pytest.mark.parametrize(
    ("kind", "ways"),
    [
        (m.RicIndication, (fast_indication.decode_indication, fast_indication.walk)),
        (m.RicControlRequest, (fast_control.decode_control,)),
        (m.RicControlAcknowledge, (fast_control.decode_acknowledge,)),
    ],
    ids=["indication", "control", "acknowledge"],
)
def test_a_spoilt_message_is_walked_as_the_reference_reads_it(kind: type, ways: tuple[Any, ...], dice: Dice) -> None:
    for rng in dice:
        octets = bytearray(encode(MAKERS[V2][kind](rng)))
        for _ in range(rng.randrange(1, 4)):
            octets[rng.randrange(min(len(octets), 80))] = rng.randrange(256)
        spoilt = bytes(octets[: rng.randrange(len(octets) + 1)] if rng.randrange(4) == 0 else octets)
        for walked in ways:
            found = walked(spoilt)
            assert found is None or found == decode(spoilt)
