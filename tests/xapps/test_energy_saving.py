"""The energy saving xApp by forecast and by trend, asked as in a run; figures worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from ricloop import Decision, Latest, Tick
from ricloop.core.predictions import Forecast
from ricloop.decide.topology import Coverage, Place, Topology
from ricloop.e2sm import ccc, kpm, rc
from ricloop_xapps.anomaly_detection.incidents import Incident, Incidents
from ricloop_xapps.energy_saving.by_forecast import bound, calm_around, on_covers
from ricloop_xapps.energy_saving.pairs import AVAILABLE, CONNECTED, USED, Pairs
from ricloop_xapps.energy_saving.restraint import Sleeps, share_of_site
from ricloop_xapps.energy_saving.trend import Cells
from ricloop_xapps.energy_saving.xapp import EnergySaving, Limits
from tests.sdk.cells import A, B

COVER, CAPACITY = A, B
OTHER = B + 1
QUANTILES = (0.05, 0.5, 0.9)
PLAN = Topology(
    cells={cell: Place("gnb1") for cell in (COVER, CAPACITY)},
    relations={(CAPACITY, COVER): Coverage.FULL, (COVER, CAPACITY): Coverage.PARTIAL},
)
UES = kpm.UeReport.of([7], [CAPACITY], {kpm.Metric("RSRP"): [-80.0], CONNECTED: [1.0]})


def report(cover: float, capacity: float, users: float = 0.0, at_s: float = 1.0, blocks: float = 100.0) -> kpm.Report:
    columns = {USED: [cover, capacity], AVAILABLE: [100.0, blocks], CONNECTED: [3.0, users]}
    return kpm.Report.of([COVER, CAPACITY], columns, time=round(at_s * 1e9))


def forecast(cover: float, capacity: float, spread: float = 5.0, *, late: float | None = None) -> Forecast:
    """Flat 24 periods ahead, unless the cover's median is another from the tenth on."""
    middle = np.tile(np.array([[cover], [capacity]]), (1, 24))
    if late is not None:
        middle[0, 9:] = late
    values = np.stack([middle - spread, middle, middle + spread], axis=2).astype(np.float32)
    return Forecast(
        cells=np.array([COVER, CAPACITY], np.uint64),
        metric="RRU.PrbTotDl",
        quantiles=QUANTILES,
        values=values,
        time=1,
        period_ns=100_000_000,
    )


def ask(
    app: EnergySaving, now: kpm.Report, ahead: Forecast | None, *, asleep: bool = False, age_s: float = 0.1
) -> Decision:
    states = Latest(ccc.States.of({COVER: False, CAPACITY: asleep}))
    told = Latest[Forecast].unknown() if ahead is None else Latest(ahead, timedelta(seconds=age_s))
    return app.decide(now, Latest(UES), states, Latest(PLAN), told)


def cautious() -> EnergySaving:
    return EnergySaving(Limits(quantile=0.9, full=80.0))


def test_an_empty_cell_sleeps_when_the_forecast_says_that_its_cover_can_take_what_comes() -> None:
    decision = ask(cautious(), report(30, 10), forecast(40, 20))
    # 40 + 20, and a spread of 5 each: 60 + √50 = 67.1 of 80.
    assert decision.actions == (ccc.sleep(CAPACITY),)
    assert "by the forecast of 0.10 s ago" in decision.reason


def test_it_stays_awake_where_the_cover_could_not() -> None:
    # 50 + 25 + √50 = 82.1.
    assert ask(cautious(), report(30, 10), forecast(50, 25)).actions == ()
    # It could now, and not when a sleep has to have paid: 17 periods ahead, but not 9.
    assert ask(cautious(), report(30, 10), forecast(40, 20, late=60)).actions == ()


def test_a_sleeping_cell_stays_so_until_what_the_wake_has_to_be_asked_for() -> None:
    # The cover's forecast has the moved load in it. Nine periods: the age of one, and 0.8 s.
    assert ask(cautious(), report(30, 0, blocks=0), forecast(60, 0, late=90), asleep=True).actions == ()
    app = EnergySaving(Limits(quantile=0.9, full=80.0, lead_s=0.9))
    assert ask(app, report(30, 0, blocks=0), forecast(60, 0, late=90), asleep=True).actions == (ccc.wake(CAPACITY),)


def test_a_cover_that_is_full_now_wakes_its_cell_whatever_was_foretold() -> None:
    assert ask(cautious(), report(85, 0, blocks=0), forecast(40, 0), asleep=True).actions == (ccc.wake(CAPACITY),)


def test_a_gap_wakes_and_keeps_from_sleeping() -> None:
    assert ask(cautious(), report(np.nan, 0, blocks=0), forecast(40, 0), asleep=True).actions == (ccc.wake(CAPACITY),)
    assert ask(cautious(), report(30, np.nan), forecast(40, 10)).actions == ()


def test_users_are_handed_over_first_and_only_while_little_would_be_interrupted() -> None:
    assert ask(cautious(), report(30, 10, users=1), forecast(40, 20)).actions == (rc.handover(7, COVER),)
    assert ask(cautious(), report(30, 31, users=1), forecast(40, 20)).actions == ()


def test_a_drain_that_the_forecast_calls_off_gives_its_users_back() -> None:
    app = cautious()
    ask(app, report(30, 10, users=1), forecast(40, 20))
    moved = kpm.UeReport.of([7], [COVER], {kpm.Metric("RSRP"): [-80.0], CONNECTED: [1.0]})
    states = Latest(ccc.States.of({COVER: False, CAPACITY: False}))
    decision = app.decide(
        report(45, 0, at_s=1.1), Latest(moved), states, Latest(PLAN), Latest(forecast(78, 0), ms_(100))
    )
    assert decision.actions == (rc.handover(7, CAPACITY),)


def ms_(count: int) -> timedelta:
    return timedelta(milliseconds=count)


@pytest.mark.parametrize(
    ("ahead", "age_s", "why"),
    [
        (None, 0.0, "by trend: there is no forecast"),
        (forecast(40, 20), 0.6, "by trend: the forecast is old or does not say"),
        (forecast(99, 20), 0.1, "by trend: the forecast is old or does not say"),
    ],
    ids=["absent", "old", "a bound that says nothing"],
)
def test_without_a_forecast_that_says_something_the_trend_decides_and_is_counted(
    ahead: Forecast | None, age_s: float, why: str
) -> None:
    app = EnergySaving(Limits(calm_s=0.5))
    for tick in range(8):
        decision = ask(app, report(20, 5, at_s=1 + tick / 10), ahead, age_s=age_s)
        # 25 of 40 percent, once it has been so for half a second.
        assert (decision.actions == (ccc.sleep(CAPACITY),)) is (tick >= 5)
        assert why in decision.reason
    assert app.followed == {"forecast": 0, "trend": 8}


def test_a_forecast_of_another_metric_is_not_followed() -> None:
    other = Forecast(
        cells=np.array([COVER], np.uint64),
        metric="DRB.UEThpDl",
        quantiles=(0.5,),
        values=np.ones((1, 1, 1), np.float32),
    )
    assert "by trend" in ask(cautious(), report(20, 5), other).reason


def test_a_bound_is_read_between_the_published_quantiles_where_it_is_greatest() -> None:
    found = bound(forecast(40, 20, late=50), np.array([CAPACITY, OTHER, COVER], np.uint64), 0.7, 12)
    # Half way between the median and five more.
    assert found.most[[0, 2]].tolist() == [22.5, 52.5]
    assert found.middle[[0, 2]].tolist() == [20.0, 50.0]
    assert np.isnan(found.most[1])


def test_a_cover_of_fewer_blocks_needs_more_of_them() -> None:
    columns = {USED: [10.0, 10.0], AVAILABLE: [50.0, 100.0], CONNECTED: [1.0, 0.0]}
    pairs = Pairs.of(kpm.Report.of([COVER, CAPACITY], columns), ccc.States.of({CAPACITY: False}), PLAN)
    load = on_covers(bound(forecast(40, 20, spread=0), pairs_cells(), 0.9, 3), pairs, 1.5)
    assert load.alone[pairs.cover].tolist() == [0.4]
    # 20 % of 100 blocks, at 1.5 for one, of 50.
    assert load.moved.tolist() == [pytest.approx(0.6)]


def pairs_cells() -> Cells:
    return np.array([COVER, CAPACITY], np.uint64)


def test_a_cell_may_sleep_only_so_often_and_a_site_only_by_its_share() -> None:
    cells, sleeps = np.array([CAPACITY], np.uint64), Sleeps(2, 10.0)
    for at in (0.0, 1.0):
        assert sleeps.free(cells, at).all()
        for asleep in (False, False, True, True):
            sleeps.seen(cells, np.array([asleep]), at)
    assert not sleeps.free(cells, 9.9).any()
    assert sleeps.free(cells, 10.0).all()
    pairs = Pairs.of(report(10, 5), ccc.States.of({COVER: False, CAPACITY: False}), PLAN)
    rest, load = np.ones(1, np.bool_), np.array([15.0])
    assert share_of_site(pairs, rest, load, PLAN, 0.5).all()
    assert not share_of_site(pairs, rest, load, PLAN, 0.49).any()


def test_both_cells_that_a_third_covers_may_sleep_by_default() -> None:
    plan = Topology(
        cells={cell: Place("gnb1") for cell in (COVER, CAPACITY, OTHER)},
        relations={(CAPACITY, COVER): Coverage.FULL, (OTHER, COVER): Coverage.FULL},
    )
    columns = {USED: [10.0, 5.0, 5.0], AVAILABLE: [100.0] * 3, CONNECTED: [1.0, 0.0, 0.0]}
    states = ccc.States.of({COVER: False, CAPACITY: False, OTHER: False})
    pairs = Pairs.of(kpm.Report.of([COVER, CAPACITY, OTHER], columns), states, plan)
    assert share_of_site(pairs, np.ones(2, np.bool_), np.array([15.0, 15.0]), plan, Limits().asleep_share).all()


def test_a_full_neighbour_keeps_a_cell_awake_and_its_cover_does_not() -> None:
    plan = Topology(cells=PLAN.cells, relations={**PLAN.relations, (CAPACITY, OTHER): Coverage.PARTIAL})
    pairs = Pairs.of(report(10, 5), ccc.States.of({COVER: False, CAPACITY: False}), plan)
    said = forecast(90, 10)
    assert calm_around(pairs, plan, said, np.array([96.0, 10.0]), 95.0).all()
    beside = Forecast(
        cells=np.array([COVER, OTHER], np.uint64), metric=said.metric, quantiles=QUANTILES, values=said.values
    )
    assert calm_around(pairs, plan, beside, np.array([10.0, 95.0]), 95.0).all()
    assert not calm_around(pairs, plan, beside, np.array([10.0, 96.0]), 95.0).any()


def test_a_cell_with_an_open_incident_wakes_and_does_not_sleep() -> None:
    app, trouble = cautious(), Incidents((Incident(1, (CAPACITY,), 1, 1, 2.0, ("x",)),))
    app.heed(Tick(1, 1), Latest(trouble))
    assert ask(app, report(30, 10), forecast(40, 20)).actions == ()
    assert ask(app, report(30, 0, blocks=0), forecast(40, 0), asleep=True).actions == (ccc.wake(CAPACITY),)
    app.heed(Tick(2, 1), Latest(Incidents()))
    assert ask(app, report(30, 10), forecast(40, 20)).actions == (ccc.sleep(CAPACITY),)
