"""Radio formulas against the published and computed points."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop_e2sim.gnb import radio


@pytest.mark.parametrize(
    ("frequency", "breakpoint", "los", "nlos"),
    [
        (0.7, 112, (63.23, 69.16, 95.83, 107.85), (78.53, 89.06, 115.94, 127.69)),
        (2.1, 336, (72.78, 78.70, 96.93, 108.96), (88.07, 98.60, 125.48, 137.23)),
        (3.5, 560, (77.21, 83.14, 98.27, 109.41), (92.51, 103.04, 129.92, 141.67)),
    ],
)
def test_uma_path_loss_at_50_100_500_and_1000_m(
    frequency: float, breakpoint: float, los: tuple[float, ...], nlos: tuple[float, ...]
) -> None:
    distance = np.array([50.0, 100.0, 500.0, 1000.0])
    assert radio.breakpoint_distance(frequency) == pytest.approx(breakpoint)
    np.testing.assert_allclose(radio.uma_los(distance, frequency), los, atol=0.01)
    np.testing.assert_allclose(radio.uma_nlos(distance, frequency), nlos, atol=0.01)


def test_uma_probability_of_sight() -> None:
    distance = np.array([50.0, 100.0, 200.0, 500.0])
    np.testing.assert_allclose(radio.uma_los_probability(distance), (0.6494, 0.3477, 0.1280, 0.0363), atol=5e-5)
    np.testing.assert_allclose(radio.uma_los_probability(distance, 23), (0.7221, 0.5708, 0.4656, 0.2389), atol=5e-5)
    assert radio.uma_los_probability(10.0) == 1


@pytest.mark.parametrize(("spacing", "noise"), [(15, -121.45), (30, -118.44), (60, -115.43)])
def test_noise_of_one_prb(spacing: int, noise: float) -> None:
    assert radio.noise_dbm(12e3 * spacing, 0) == pytest.approx(noise, abs=0.005)


def test_the_truncated_shannon_curve() -> None:
    sinr = np.array([-10.1, -10.0, 0.0, 30.0, 60.0])
    expected = [0, 0.6 * np.log2(1.1), 0.6, 0.6 * np.log2(1001), 0.6 * np.log2(1001)]
    np.testing.assert_allclose(radio.spectral_efficiency(sinr), expected)
    np.testing.assert_allclose(radio.sinr_for(radio.spectral_efficiency(np.array([3.0, 12.0]))), [3.0, 12.0])


def test_a_prb_of_15_khz_loses_the_overhead() -> None:
    assert radio.rate_per_prb(1.0) == pytest.approx(180e3 * 0.86)
