"""The checks of `Pair.overlaps` find what they are for."""

from __future__ import annotations

import pytest

from tests.platform.kubeapi import KubeApi, Write
from tests.platform.replicas import Pair
from tests.platform.service import Control, Service

S = 1_000_000_000
WRITES = [Write(10 * S, "ric-a", "ric-a_1", 4), Write(15 * S, "ric-b", "ric-b_2", 4)]


@pytest.mark.parametrize(
    ("controls", "found"),
    [
        ([("a", 1, 11, ()), ("a", 2, 12, ()), ("b", 3, 16, ())], []),
        ([("a", 1, 11, ()), ("b", 2, 16, ()), ("a", 2, 16, ())], ["sent in one round, 2", "6.00 s after it renewed"]),
        ([("a", 1, 11, ()), ("b", 2, 16, ("ricplt/ric-a",))], ["had associations"]),
        ([("a", 1, 14.5, ())], ["ricplt/ric-a sent 4.50 s after it renewed its lease of 4 s"]),
        ([("b", 1, 14, ())], ["ricplt/ric-b sent and never held the lease"]),
    ],
)
def test_what_must_not_be_is_found(controls: list[tuple[str, int, float, tuple[str, ...]]], found: list[str]) -> None:
    api = KubeApi(writes=WRITES)
    seen = [Control(round, int(at * S), f"ricplt/ric-{who}", others) for who, round, at, others in controls]
    wrong = Pair(api, [], Service(api, {}, controls=seen)).overlaps()
    assert len(wrong) == len(found)
    for said, words in zip(wrong, found, strict=True):
        assert words in said
