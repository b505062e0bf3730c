"""The native module under AddressSanitizer and UndefinedBehaviorSanitizer: 20,000 calls, and proof that they look."""

from __future__ import annotations

import pytest

from tests.asan.block import CALLS, thrown
from tests.asan.build import FAULTS, built, lacking, run
from tests.interop.oracles import missing


@pytest.fixture(autouse=True)
def sanitizers() -> None:
    if (reason := lacking()) is not None:
        missing(reason)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("past", "AddressSanitizer: heap-buffer-overflow"),
        ("shifted", "runtime error: shift exponent 40 is too large"),
        ("leak", "24 byte(s) leaked in 1 allocation(s)"),
        ("reference", "references, and had"),
        ("object", "objects that stayed: {"),
        ("view", "Existing exports of data"),
    ],
)
def test_a_planted_fault_is_seen(fault: str, said: str) -> None:
    ended = run("-m", "tests.asan.alive", str(built(FAULTS)), fault)
    assert ended.returncode != 0
    assert said in ended.stderr


def test_nothing_is_seen_where_nothing_is_wrong() -> None:
    ended = run("-m", "tests.asan.alive", str(built(FAULTS)), "nothing")
    assert ended.returncode == 0, ended.stderr


def test_the_native_module_has_no_fault_in_twenty_thousand_calls() -> None:
    said = dict(part.rsplit(" ", 1) for part in thrown(0, CALLS).split(", "))
    assert sum(map(int, said.values())) == CALLS
    entries = (
        "decode format 1",
        "decode format 2",
        "decode format 3",
        "encode a cell",
        "encode UEs",
        "walk",
        "patched",
    )
    wrong = ("decode_cell", "decode_ues", "decode_matched", "encode_cell", "encode_ues", "walk", "patched")
    assert {*entries, "control template", "wrong size", *(f"wrong {name}" for name in wrong)} == set(said)
