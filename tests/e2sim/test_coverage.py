"""Coverage maps: who serves where, and how well."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.deployment import Deployment, deploy
from ricloop_e2sim.network.hexagons import Hexagons, Layer
from ricloop_e2sim.picture.coverage import Coverage

TRIANGLE = Hexagons(sites=3, points=((0.0, 0.0), (500.0, 0.0), (250.0, 433.0)))


def at(coverage: Coverage, x: float, y: float) -> tuple[int, int]:
    """Row and column of the point nearest to a place."""
    return int(np.abs(coverage.y_m - y).argmin()), int(np.abs(coverage.x_m - x).argmin())


def loads(deployment: Deployment, share: float) -> Floats:
    return np.full(deployment.cell_count, share)


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    return deploy(TRIANGLE)


@pytest.fixture(scope="module")
def coverage(deployment: Deployment) -> Coverage:
    return Coverage(deployment, points=2_500)


def test_before_a_sectors_antenna_that_sector_serves(deployment: Deployment, coverage: Coverage) -> None:
    served = coverage.served(loads(deployment, 0.5), loads(deployment, 1.0))
    plan = deployment.plan
    for cell, (site, azimuth) in enumerate(zip(plan.site, np.radians(plan.azimuth_deg), strict=True)):
        place = at(coverage, plan.x_m[site] + 130 * np.cos(azimuth), plan.y_m[site] + 130 * np.sin(azimuth))
        assert served.best[place] == cell


def test_the_squares_fill_the_area_evenly(deployment: Deployment, coverage: Coverage) -> None:
    area = deployment.area
    ny, nx = coverage.shape
    assert 2_300 <= nx * ny <= 2_500
    width, height = np.diff(coverage.x_m), np.diff(coverage.y_m)
    np.testing.assert_allclose(width, (area.east - area.west) / nx)
    np.testing.assert_allclose(height, (area.north - area.south) / ny)
    assert coverage.x_m[0] - area.west == pytest.approx(width[0] / 2)
    assert area.north - coverage.y_m[-1] == pytest.approx(height[0] / 2)


def test_signal_stays_and_sinr_falls_with_load_everywhere(deployment: Deployment, coverage: Coverage) -> None:
    quiet, half, full = (coverage.served(loads(deployment, load), loads(deployment, 1.0)) for load in (0.0, 0.5, 1.0))
    np.testing.assert_array_equal(quiet.rsrp_dbm, full.rsrp_dbm)
    np.testing.assert_array_equal(quiet.best, full.best)
    assert (quiet.sinr_db > half.sinr_db).all()
    assert (half.sinr_db > full.sinr_db).all()


def test_alone_the_sinr_is_signal_over_noise(deployment: Deployment, coverage: Coverage) -> None:
    served = coverage.served(loads(deployment, 0.0), loads(deployment, 1.0))
    # −174 dBm/Hz over 15 kHz and a noise figure of 9 dB: TR 38.901 calibration's terminal.
    noise_dbm = -174 + 10 * np.log10(15e3) + 9
    np.testing.assert_allclose(served.sinr_db, served.rsrp_dbm - noise_dbm, atol=0.01)


def test_a_sleeping_site_leaves_its_area_to_weaker_cells(deployment: Deployment, coverage: Coverage) -> None:
    awake = loads(deployment, 1.0)
    asleep = np.where(deployment.gnb == 0, 0.0, 1.0)
    before, after = (coverage.served(loads(deployment, 0.3), transmit) for transmit in (awake, asleep))
    lost = deployment.gnb[before.best] == 0
    assert lost.mean() > 0.2
    assert (deployment.gnb[after.best] != 0).all()
    assert (after.rsrp_dbm[lost] < before.rsrp_dbm[lost]).all()
    np.testing.assert_array_equal(after.best[~lost], before.best[~lost])


def test_noise_counts_in_full_where_nothing_else_disturbs_and_only_in_its_cell(
    deployment: Deployment, coverage: Coverage
) -> None:
    silent, on = loads(deployment, 0.0), loads(deployment, 1.0)
    noise = np.where(np.arange(9) == 4, 10.0, 0.0)
    before, after = coverage.served(silent, on), coverage.served(silent, on, noise)
    ill = before.best == 4
    np.testing.assert_allclose(before.sinr_db[ill] - after.sinr_db[ill], 10.0)
    np.testing.assert_array_equal(before.sinr_db[~ill], after.sinr_db[~ill])
    np.testing.assert_array_equal(coverage.served(silent, on).sinr_db, before.sinr_db)


def test_a_cell_at_a_tenth_of_its_power_is_10_db_weaker(deployment: Deployment, coverage: Coverage) -> None:
    weak = np.where(np.arange(9) == 4, 0.1, 1.0)
    before, after = (coverage.served(loads(deployment, 0.5), power) for power in (loads(deployment, 1.0), weak))
    stays = after.best == 4
    assert 0 < stays.sum() < (before.best == 4).sum()
    np.testing.assert_allclose(before.rsrp_dbm[stays] - after.rsrp_dbm[stays], 10.0)


def test_a_barred_cell_serves_nobody_and_disturbs_still(deployment: Deployment, coverage: Coverage) -> None:
    on, barred = loads(deployment, 1.0), np.arange(9) == 4
    served = coverage.served(on, on, barred=barred)
    asleep = coverage.served(on, np.where(barred, 0.0, 1.0))
    assert not (served.best == 4).any()
    np.testing.assert_array_equal(served.best, asleep.best)
    assert (served.sinr_db < asleep.sinr_db).all()


def test_where_all_is_silent_nobody_serves(deployment: Deployment, coverage: Coverage) -> None:
    served = coverage.served(loads(deployment, 1.0), loads(deployment, 0.0))
    assert (served.best == -1).all()
    assert np.isneginf(served.rsrp_dbm).all()
    np.testing.assert_allclose(served.sinr_db, -200.0)


def test_in_sight_at_10_m_distance_and_never_far_away_the_mean_is_that_of_the_forms() -> None:
    """One omnidirectional site without tilt: path loss by hand, TR 38.901 table 7.4.1-1, UMa at 2.1 GHz."""
    where = deploy(Hexagons(sites=1, sectors=1, tilt_deg=0.0, points=((0.0, 0.0),), distance_m=8000.0))
    coverage = Coverage(where, points=10_000)
    row, column = at(coverage, 3000.0, 0.0)
    distance = float(np.hypot(coverage.x_m[column], coverage.y_m[row]))
    spatial = np.hypot(distance, 23.5)
    sight = 18 / distance + np.exp(-distance / 63) * (1 - 18 / distance)
    turn = 4 * 24.0 * 0.5 * 2.1e9 / 3e8
    seen = 28 + 40 * np.log10(spatial) + 20 * np.log10(2.1) - 9 * np.log10(turn**2 + 23.5**2)
    hidden = 13.54 + 39.08 * np.log10(spatial) + 20 * np.log10(2.1)
    loss = sight * seen + (1 - sight) * max(seen, hidden)
    served = coverage.served(np.zeros(1), np.ones(1))
    per_element = 46 - 10 * np.log10(106 * 12)
    gain = served.rsrp_dbm[row, column] - (per_element - loss)
    below = np.degrees(np.arctan2(23.5, distance))
    peak, vertical = where.plan.peak_dbi[0], where.plan.vertical_deg[0]
    assert gain == pytest.approx(peak - 12 * (below / vertical) ** 2, abs=0.01)


def test_a_preferred_layer_serves_where_it_is_no_more_than_that_much_weaker() -> None:
    plain, eager = (
        deploy(Hexagons(sites=1, points=((0.0, 0.0),), layers=(Layer(700, 10), Layer(2100, 10, preference_db=bonus))))
        for bonus in (0.0, 200.0)
    )
    low, high = (Coverage(where, points=400).served(np.zeros(6), np.ones(6)).best for where in (plain, eager))
    assert set(np.unique(low)) == {0, 2, 4}
    np.testing.assert_array_equal(high, low + 1)


def test_the_strongest_cells_of_a_point_come_in_order_and_begin_with_the_server(
    deployment: Deployment, coverage: Coverage
) -> None:
    cells, rsrp = coverage.strongest(4)
    assert cells.shape == rsrp.shape == (*coverage.shape, 4)
    assert (np.diff(rsrp, axis=-1) <= 0).all()
    served = coverage.served(loads(deployment, 0.0), loads(deployment, 1.0))
    np.testing.assert_array_equal(cells[..., 0], served.best)
    np.testing.assert_array_equal(rsrp[..., 0], served.rsrp_dbm)


def test_a_map_is_smooth_as_nothing_in_it_is_drawn(coverage: Coverage, deployment: Deployment) -> None:
    served = coverage.served(loads(deployment, 0.0), loads(deployment, 1.0))
    far = np.ones(coverage.shape, dtype=np.bool_)
    for x, y in TRIANGLE.points:
        far &= np.hypot(coverage.x_m - x, (coverage.y_m - y)[:, np.newaxis]) > 100
    steps = np.abs(np.diff(served.rsrp_dbm, axis=1))[far[:, 1:] & far[:, :-1]]
    assert steps.max() < 5.0


def test_no_points_are_refused(deployment: Deployment) -> None:
    with pytest.raises(ConfigError, match="a map of 0 points"):
        Coverage(deployment, points=0)
