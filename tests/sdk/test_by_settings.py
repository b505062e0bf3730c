"""Feeds that settings have a part in: what is asked for is what the xApp's own settings say."""

from __future__ import annotations

from typing import cast

import pytest

from ricloop import Decision, Latest, Settings, XApp, by_settings, ms, on
from ricloop.core.errors import ConfigError
from ricloop.e2sm import kpm
from ricloop.e2sm.kpm.feeds import Every
from ricloop.testing import TestLoop, check_xapp
from tests.sdk.cells import A

PRB = kpm.Metric("RRU.PrbTotDl")
USED = kpm.Metric("RRU.PrbUsedDl")


class Pace(Settings):
    period_ms: int = 100
    """Milliseconds between two reports."""
    slice: str = "1"
    """S-NSSAI."""


def of_slice(pace: Pace) -> kpm.Metric:
    return kpm.Metric("RRU.PrbUsedDl", kpm.Label(slice=kpm.Slice.of(pace.slice)))


load = by_settings(Pace, lambda pace: kpm.every(ms(pace.period_ms), PRB))
used = by_settings(Pace, lambda pace: kpm.every(ms(pace.period_ms), of_slice(pace)))


class Watcher(XApp[Pace]):
    @on(load, used, silent=(3, lambda self, report, used: Decision.none("silent")))
    def decide(self, report: kpm.Report, used: Latest[kpm.Report]) -> Decision:
        return Decision.none(f"{used.value[of_slice(self.settings)][0]:g}" if used.known else "unknown")

    @on(used)
    def look(self, report: kpm.Report) -> Decision:
        return Decision.none("looked")


def test_each_xapp_asks_for_what_its_own_settings_say() -> None:
    check_xapp(Watcher)
    slow, fast = Watcher(Pace(period_ms=500, slice="1-00000a")), Watcher()
    asked = [[cast(Every, handler.feed) for handler in app.declared] for app in (slow, fast)]
    assert [[feed.period for feed in feeds] for feeds in asked] == [[ms(500)] * 2, [ms(100)] * 2]
    assert [feeds[1].metrics[0].label.slice for feeds in asked] == [kpm.Slice(1, 10), kpm.Slice(1)]
    assert slow.declared[0].needs == (asked[0][1],)
    assert slow.declared is slow.declared


def test_a_test_gives_the_feed_that_the_module_names() -> None:
    pace = Pace(period_ms=200, slice="128")
    loop = TestLoop(Watcher(pace))
    assert loop.give(load, kpm.Report.of([A], {PRB: [1.0]})).answer.decision.reason == "unknown"
    loop.set(used, kpm.Report.of([A], {of_slice(pace): [7.0]}))
    assert loop.give(load, kpm.Report.of([A], {PRB: [1.0]})).answer.decision.reason == "7"
    assert [one.answer.decision.reason for one in loop.advance(ms(600))] == ["silent"]


def test_what_makes_no_feed_is_told_where_it_is_declared() -> None:
    with pytest.raises(ConfigError, match=r"by_settings\(Pace, …\) makes a feed, as kpm.every\(…\), not 3"):
        by_settings(Pace, lambda pace: 3)  # type: ignore[arg-type, return-value]

    class Needy(Settings):
        cell: str

    with pytest.raises(ConfigError, match=r"by_settings\(Needy, …\): give cell a default"):
        by_settings(Needy, lambda needy: kpm.every(ms(100), USED))
    with pytest.raises(ConfigError, match="settings of xApp 'watcher' make no feed: slice 'x': write SST"):
        check_xapp(Watcher, lambda: Watcher(Pace(slice="x")))


@pytest.mark.parametrize("one", [kpm.Slice(0), kpm.Slice(255), kpm.Slice(1, 0), kpm.Slice(128, 0xABCDEF)])
def test_a_slice_is_read_as_it_is_written(one: kpm.Slice) -> None:
    assert kpm.Slice.of(str(one)) == one


@pytest.mark.parametrize("text", ["", "256", "1-a", "1-0000001", "-1", "1-00000g", "1 "])
def test_what_is_no_slice_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="write SST, 0 to 255"):
        kpm.Slice.of(text)


def test_a_feeds_title_says_which_part_and_whom_it_is_about() -> None:
    metric = kpm.Metric("DRB.UEThpDl", kpm.Label(slice=kpm.Slice(1, 10), five_qi=9))
    assert str(metric) == "DRB.UEThpDl[slice 1-00000a, five_qi 9]"
    feed = kpm.every_ue(ms(100), USED, where=kpm.where("slice", "==", kpm.Slice(2)))
    assert feed.title == "kpm.every_ue(100 ms, RRU.PrbUsedDl, where slice == 2)"
