"""What detectors are made of, against hand computation and laws: components, alarms, events, and simulated days."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ricloop.core.model import ContextPlan
from ricloop.engine import make, onnx
from ricloop.features import Context
from ricloop_models.alarms import Rule, calibrate, episodes, raised, rate
from ricloop_models.anomaly_features import COLUMNS, COUNT, LENGTH, LEVELS, METRICS, SPANS, STILL
from ricloop_models.anomaly_pca import fit_detector, network
from ricloop_models.anomaly_windows import plan_of, windows
from ricloop_models.events import judge, together
from ricloop_models.networkdays import AMOUNTS, OF_GNBS, City, Event, draw, simulate
from ricloop_models.principal import fit_principal

SMALL = City(sites=2, users=30, day_s=600)


def test_the_index_is_spe_and_t_squared_of_a_singular_value_decomposition() -> None:
    dice = np.random.default_rng(1)
    rows = dice.normal(size=(500, 6)) @ dice.normal(size=(6, 6)) + dice.normal(size=6)
    away = rows - rows.mean(axis=0)
    _, size, axes = np.linalg.svd(away, full_matrices=False)
    inside, variance = axes[:2], size**2 / (len(rows) - 1)
    spe = np.square(away - away @ inside.T @ inside).sum(axis=1)
    hotelling = (np.square(away @ inside.T) / variance[:2]).sum(axis=1)
    found = fit_principal(rows, 2)
    np.testing.assert_allclose(found.score(rows), (spe / variance[2:].sum() + hotelling / 2) / 2, rtol=1e-8)
    np.testing.assert_allclose(found.parts(rows).sum(axis=1), found.score(rows), rtol=1e-12)
    assert found.score(rows).mean() == pytest.approx(1, abs=0.01)


def plain_features(window: np.ndarray) -> tuple[list[float], list[float]]:
    """Of [metrics, LENGTH], one number after another."""
    values = [[0.0 if np.isnan(v) else max(-5.0, min(5.0, v)) for v in row] for row in window.tolist()]
    levels = [sum(row[-span:]) / span for span in SPANS for row in values]
    levels += [sum(np.isnan(v) for v in row[-span:]) / span for span in SPANS for row in window.tolist()]
    moved = [sum((b - a) ** 2 for a, b in itertools.pairwise(row)) / (LENGTH - 1) for row in values]
    return levels, [STILL / (STILL + m) for m in moved]


def test_the_network_says_what_its_detectors_say_of_features_made_by_hand() -> None:
    dice = np.random.default_rng(3)
    table = dice.normal(size=(200, COUNT, LENGTH)).cumsum(axis=2).astype(np.float32)
    table[dice.random(table.shape) < 0.1] = np.nan
    levels, movement = (np.array(part) for part in zip(*map(plain_features, table), strict=True))
    detectors = fit_detector(levels, 5), fit_detector(movement, 3)
    graph = network(*detectors, (2.0, 3.0))
    asked = table.reshape(200, COLUMNS)
    expected = np.maximum(detectors[0].score(levels) / 2, detectors[1].score(movement) / 3)

    class Kept:
        name, tolerance, golden = "kept", 1e-5, (asked, np.zeros((200, 1 + COUNT), np.float32))
        onnx = property(lambda self: onnx.write(graph))

    for runtime in ("numpy", "onnxruntime"):
        engine = make(runtime, Kept(), (200,))
        engine.input(200)[:] = asked
        said = engine.run(200, 200)
        np.testing.assert_allclose(said[:, 0], expected, rtol=2e-3, atol=1e-4)
        np.testing.assert_allclose(
            said[:, 1:].sum(axis=1),
            detectors[0].score(levels) / 2 + detectors[1].score(movement) / 3,
            rtol=2e-3,
            atol=1e-4,
        )
        engine.close()
    assert levels.shape[1] == LEVELS


def test_an_alarm_needs_some_periods_on_end_and_those_close_together_are_one() -> None:
    scores = np.array([[0, 2, 0, 2, 2, 2, 0, 0, 2, 2, 0, 0, 0, 0, 2, 2]], float).T
    alarm = raised(scores, 1.0, Rule(consecutive=2, quiet=3))
    assert np.flatnonzero(alarm[:, 0]).tolist() == [4, 5, 9, 15]
    found = episodes(alarm, Rule(consecutive=2, quiet=3))
    assert list(zip(found.cell.tolist(), found.start.tolist(), found.end.tolist(), strict=True)) == [
        (0, 4, 10),
        (0, 15, 16),
    ]
    both = episodes(np.hstack([alarm[::-1], alarm]), Rule(consecutive=2, quiet=3))
    assert both.cell.tolist() == [0, 0, 1, 1]
    assert len(episodes(np.zeros((5, 3), bool))) == 0


def test_a_threshold_keeps_its_rate_of_false_alarms_on_days_that_it_was_not_set_on() -> None:
    def days(seed: int) -> np.ndarray:
        noise = np.random.default_rng(seed).normal(size=(4 * 1440 + 2, 40))
        return np.square(noise[:-2] + noise[1:-1] + noise[2:])

    threshold = calibrate(days(1), 0.5, 1440)
    assert rate(days(1), threshold, 1440) <= 0.5
    # 160 cell-days of a Poisson count around 80: five deviations.
    assert rate(days(2), threshold, 1440) == pytest.approx(0.5, abs=5 * np.sqrt(80) / 160)


def test_events_are_found_late_or_not_and_alarms_elsewhere_are_false() -> None:
    one = np.array([True, False, False])
    events = [Event("stuck", one, 100, 150, 0.0, "a"), Event("blackout", ~one, 300, 350, 0.0, "b")]
    alarm = np.zeros((500, 3), bool)
    alarm[107:120, 0] = True
    alarm[160:162, 0] = True
    alarm[310:312, 0] = True
    alarm[5:20, 2] = True
    found = judge(alarm, events, first=50, periods_per_day=50)
    assert found.delay[0] == 7
    assert np.isnan(found.delay[1])
    assert found.false == 1, "cell 0 while others are dark; its end and what lies before the first period are none"
    assert found.cell_days == 450 * 3 / 50
    figures = together([found, found]).figures()
    assert figures["found"] == 0.5
    assert figures["false"] == pytest.approx(2 / (2 * 27))
    assert (figures["delay"], figures["stuck"], figures["blackout"]) == (7, 1, 0)


def test_events_are_drawn_from_a_seed_of_every_kind_and_do_not_meet_at_a_gnb() -> None:
    city = City()
    events = draw(city, 4, 1440, 4320, 21)
    assert [(e.kind, e.start, e.entity) for e in events] == [
        (e.kind, e.start, e.entity) for e in draw(city, 4, 1440, 4320, 21)
    ]
    assert {one.kind for one in events} == set(AMOUNTS)
    gnb = np.repeat(np.arange(7), 3)
    for place, one in enumerate(events):
        assert 1440 <= one.start < one.end <= 4320
        assert one.cells.sum() == (3 if one.kind in OF_GNBS else 1)
        for other in events[place + 1 :]:
            if set(gnb[one.cells]) & set(gnb[other.cells]):
                assert one.end + 60 <= other.start or other.end + 60 <= one.start


def test_days_are_the_same_for_a_seed_and_an_event_changes_its_cells_in_its_time() -> None:
    dark = Event("blackout", np.arange(6) < 3, 60, 90, 0.0, "gnb1")
    stuck = Event("stuck", np.arange(6) == 4, 40, 70, 0.0, "gnb2/s2/2100")
    wrong = Event("unit-error", np.arange(6) == 5, 20, 50, 1000.0, "gnb2/s3/2100")
    usual, broken = simulate(SMALL, 3, 1, METRICS), simulate(SMALL, 3, 1, METRICS, (wrong, stuck, dark))
    assert usual.values.shape == (120, 6, COUNT)
    power, volume = METRICS.index("PEE.AvgPower"), METRICS.index("DRB.PdcpSduVolumeDL")
    np.testing.assert_array_equal(broken.values[:20], usual.values[:20])
    assert (broken.values[60:90, :3, power] == 0).all()
    assert (usual.values[60:90, :3, power] > 0).all()
    np.testing.assert_array_equal(broken.values[40:70, 4], np.repeat(usual.values[39:40, 4], 30, axis=0))
    np.testing.assert_allclose(broken.values[20:50, 5, volume], 1000 * usual.values[20:50, 5, volume])
    np.testing.assert_array_equal(broken.values[20:50, 5, power], usual.values[20:50, 5, power])


def test_windows_of_a_table_are_what_the_loop_s_own_context_made_of_it() -> None:
    dice = np.random.default_rng(5)
    values = dice.lognormal(2, 1, (60, 3, COUNT)).astype(np.float32)
    plan = plan_of(SMALL, values)
    seen = [table.copy() for table in windows(SMALL, values, plan)]
    context = Context(plan, 3, day_ns=600 * 1_000_000_000)
    cells = np.arange(3, dtype=np.uint64)
    for period in range(60):
        row, time_ns = values[period].T.copy(), (period + 1) * 5_000_000_000
        far = context.scale(cells, time_ns, row)
        context.update(cells, time_ns, row)
        np.testing.assert_array_equal(seen[period].reshape(3, COUNT, LENGTH)[:, :, -1], far.T)
    held = [t.copy() for t in windows(SMALL, values, plan, lambda table: np.array([True, False, False]))]
    assert not np.array_equal(held[-1][0], seen[-1][0])
    np.testing.assert_array_equal(held[-1][1:], seen[-1][1:])


def test_a_plan_of_what_hardly_moves_still_has_a_spread() -> None:
    plan = plan_of(SMALL, np.full((10, 2, COUNT), 7.0, np.float32))
    assert isinstance(plan, ContextPlan)
    assert min(plan.spread) > 0
