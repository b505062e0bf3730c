"""Every fuzz target takes its seeds, mutations of them and whatever was found before: everywhere, without a fuzzer."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from ricloop.core.errors import ConfigError, DecodeError
from tests.codec.test_fuzz import spoil
from tests.fuzz.target import one_of, refused
from tests.fuzz.targets import TARGETS
from tests.vectors import FOUND, Found


def mutations(name: str) -> Iterator[bytes]:
    for number, octets in enumerate(TARGETS[name].seeds()):
        rng = Random(f"{name} {number}")
        for _ in range(TARGETS[name].mutations):
            spoilt = octets
            for _ in range(rng.randint(1, 3)):
                spoilt = spoil(spoilt, rng.randrange(4), rng.randrange(256), rng.randrange(1 << 16))
            yield spoilt


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_its_seeds_and_mutations_of_them(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert seeds
    for octets in (b"", *seeds, *mutations(name)):
        try:
            TARGETS[name].run(octets)
        except Exception as error:
            raise AssertionError(f"{name} fails on {octets.hex()}") from error


@pytest.mark.parametrize("found", FOUND, ids=str)
def test_what_the_fuzzer_found_stays_mended(found: Found) -> None:
    TARGETS[found.target].run(found.octets)


def test_only_the_documented_error_may_come_out() -> None:
    def endless(data: bytes) -> None:
        try:
            endless(data)
        except RecursionError as error:
            raise DecodeError(str(error)) from None

    with refused():
        raise DecodeError("of course")
    with pytest.raises(ConfigError), refused():
        raise ConfigError("not here")
    with refused(ConfigError):
        raise ConfigError("here")
    with pytest.raises(IndexError):
        one_of([lambda data: data[7]])(b"\0")
    with pytest.raises(AssertionError, match="RecursionError became"):
        one_of([endless])(b"\0")
