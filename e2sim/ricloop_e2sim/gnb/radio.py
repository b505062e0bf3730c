"""Path loss, noise, SINR and spectral efficiency (TR 38.901, TR 36.942), as plain array functions.

Frequencies are in GHz, distances in m, powers in dBm; every function takes arrays of any shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ricloop_e2sim.arithmetic.dtypes import Floats

UE_HEIGHT = 1.5
UMA_HEIGHT = 25.0
SHADOW_LOS_DB = 4.0
SHADOW_NLOS_DB = 6.0
ENVIRONMENT_HEIGHT = 1.0
LIGHT = 3e8
"""TR 38.901 table 7.4.1-1, note 1 uses 3·10⁸ m/s."""


def breakpoint_distance(frequency: float, h_bs: float = UMA_HEIGHT, h_ut: float = UE_HEIGHT) -> float:
    """d'BP of UMa and UMi, m."""
    return 4 * (h_bs - ENVIRONMENT_HEIGHT) * (h_ut - ENVIRONMENT_HEIGHT) * frequency * 1e9 / LIGHT


def uma_los(d2d: ArrayLike, frequency: float, h_bs: float = UMA_HEIGHT, h_ut: float = UE_HEIGHT) -> Floats:
    """Path loss in sight, dB, 10 m to 5 km."""
    flat = np.asarray(d2d, dtype=np.float64)
    height2 = (h_bs - h_ut) ** 2
    log_d = 0.5 * np.log10(flat**2 + height2)
    turn = breakpoint_distance(frequency, h_bs, h_ut)
    common = 28.0 + 20 * np.log10(frequency)
    near = common + 22 * log_d
    far = common + 40 * log_d - 9 * np.log10(turn**2 + height2)
    return np.asarray(np.where(flat <= turn, near, far))


def uma_nlos(d2d: ArrayLike, frequency: float, h_bs: float = UMA_HEIGHT, h_ut: float = UE_HEIGHT) -> Floats:
    """Path loss out of sight, dB; never below the loss in sight."""
    flat = np.asarray(d2d, dtype=np.float64)
    log_d = 0.5 * np.log10(flat**2 + (h_bs - h_ut) ** 2)
    hidden = 13.54 + 39.08 * log_d + 20 * np.log10(frequency) - 0.6 * (h_ut - 1.5)
    return np.asarray(np.maximum(uma_los(flat, frequency, h_bs, h_ut), hidden))


def uma_los_probability(d2d: ArrayLike, h_ut: float = UE_HEIGHT) -> Floats:
    """Probability of sight for an outdoor distance."""
    d = np.maximum(np.asarray(d2d, dtype=np.float64), 18.0)
    high = 0.0 if h_ut <= 13 else ((min(h_ut, 23.0) - 13) / 10) ** 1.5
    base = 18 / d + np.exp(-d / 63) * (1 - 18 / d)
    return np.asarray(base * (1 + high * 1.25 * (d / 100) ** 3 * np.exp(-d / 150)))


def sector_gain(angle_deg: ArrayLike, peak_dbi: float = 17.0) -> Floats:
    """Horizontal gain of a sector antenna, dBi, 65° wide, at most 30 dB down (TR 38.901 7.3-1)."""
    turned = (np.asarray(angle_deg, dtype=np.float64) + 180) % 360 - 180
    return peak_dbi - np.minimum(12 * (turned / 65) ** 2, 30.0)


def noise_dbm(bandwidth_hz: float, noise_figure_db: float) -> float:
    """Thermal noise over a bandwidth."""
    return float(-174 + 10 * np.log10(bandwidth_hz) + noise_figure_db)


def to_linear(db: ArrayLike) -> Floats:
    return np.asarray(10 ** (np.asarray(db, dtype=np.float64) / 10))


def to_db(linear: ArrayLike) -> Floats:
    return np.asarray(10 * np.log10(np.asarray(linear, dtype=np.float64)))


def spectral_efficiency(sinr_db: ArrayLike) -> Floats:
    """Downlink bit/s/Hz: 0.6 log2(1 + SINR) from −10 to 30 dB, 0 below (TR 36.942 A.1)."""
    sinr = np.asarray(sinr_db, dtype=np.float64)
    return np.where(sinr < -10, 0.0, 0.6 * np.log2(1 + to_linear(np.minimum(sinr, 30.0))))


OVERHEAD_DL = 0.14
"""FR1 downlink overhead, TS 38.306 4.1.2."""


def rate_per_prb(efficiency: ArrayLike, spacing_khz: int = 15) -> Floats:
    """bit/s that one PRB carries."""
    return np.asarray(efficiency, dtype=np.float64) * 12e3 * spacing_khz * (1 - OVERHEAD_DL)


def sinr_for(efficiency: ArrayLike) -> Floats:
    """SINR in dB that `spectral_efficiency` needs for bit/s/Hz; the inverse of its curve, not truncated."""
    return to_db(np.maximum(2 ** (np.asarray(efficiency, dtype=np.float64) / 0.6) - 1, 1e-3))
