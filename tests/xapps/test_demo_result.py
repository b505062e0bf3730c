"""What a demo's result says of drift: what was injected, noticed while it lasted, and over at the end."""

from __future__ import annotations

from typing import Any

import pytest

from ricloop_e2sim.e2node.timing import EPOCH_NS
from ricloop_e2sim.gnb.traffic import Surge
from ricloop_xapps.demo.result import drift

STUTTER = (Surge(11.0, 11.1, 0.0), Surge(11.2, 11.3, 0.0), Surge(14.4, 14.5, 0.0))


def change(signal: str, state: str, second: float) -> dict[str, Any]:
    """As `Lifecycle` tells it."""
    return {
        "handler": "x.decide", "model": "m@1", "signal": signal, "state": state, "why": "page-hinkley",
        "time": EPOCH_NS / 1e9 + second, "value": 1.0, "reference": 0.0, "level": 3.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "alarmed", "still_open"),
    [
        ([], 0, 0),
        ([change("error", "drifting", 11.5), change("error", "ok", 17.0)], 1, 0),
        ([change("error", "drifting", 11.5), change("misses", "drifting", 12.0), change("error", "ok", 17.0)], 2, 1),
        ([change("error", "drifting", 11.5), change("error", "ok", 13.0), change("error", "drifting", 13.5)], 1, 1),
        # What began before, or after, has other reasons.
        ([change("error", "drifting", 9.0), change("error", "ok", 10.0), change("score", "drifting", 18.0)], 0, 0),
    ],
)
def test_what_began_while_demand_stuttered_is_counted(
    changes: list[dict[str, Any]], alarmed: int, still_open: int
) -> None:
    told = drift(changes, STUTTER)
    assert (told["alarmed"], told["open"]) == (alarmed, still_open)
    assert told["injected_s"] == [11.0, 14.5]
    assert [one["time_s"] for one in told["changes"]] == [one["time"] - EPOCH_NS / 1e9 for one in changes]


def test_without_an_injection_nothing_is_counted_and_everything_told() -> None:
    told = drift([change("error", "drifting", 11.5)], ())
    assert (told["injected_s"], told["alarmed"], told["open"]) == (None, 0, 0)
    assert told["changes"][0]["signal"] == "error"
