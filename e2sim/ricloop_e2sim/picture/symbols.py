"""How cells look, on paper and on the screen alike: a hue each, and a wedge at their site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.deployment import Deployment

OPEN = 0.62
"""Of the angle between two sectors that their wedges fill."""
_DRIFT_DEG = 34.0
"""Between the hues of equal sectors of different sites, at the most."""

LEAST_SINR_DB, MOST_SINR_DB = -5.0, 25.0
"""Between which a map goes from dark to bright."""
LEAST_MBPS, MOST_MBPS = 0.1, 100.0
"""Between which the colours of users go, in decades."""
MIDDLE = 0.45
"""Of a wedge's radius: where its load begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Symbols:
    """Of cells [c]."""

    hue_deg: Floats
    """By azimuth, so that neighbours differ: sectors of a hexagonal grid that touch look in different directions."""
    start_deg: Floats
    """Where the wedge begins, from the x axis towards the y axis."""
    width_deg: Floats
    radius_m: float
    """Of all wedges."""


def symbols(deployment: Deployment) -> Symbols:
    """Cells of one sector share its wedge, layer by layer."""
    plan = deployment.plan
    sectors = np.bincount(deployment.gnb[np.flatnonzero(deployment.umbrella == np.arange(deployment.cell_count))])
    layers = np.bincount(deployment.sector)
    first = np.searchsorted(deployment.sector, deployment.sector, side="left")
    layer = np.arange(deployment.cell_count) - first
    whole = np.where(np.isinf(plan.horizontal_deg), 360.0, OPEN * 360.0 / sectors[deployment.gnb])
    width = whole / layers[deployment.sector]
    drift = (deployment.gnb * 0.618 % 1 - 0.5) * _DRIFT_DEG + layer * 18.0
    return Symbols(
        hue_deg=(plan.azimuth_deg + 205.0 + drift) % 360,
        start_deg=plan.azimuth_deg - whole / 2 + layer * width,
        width_deg=width,
        radius_m=_radius_m(np.stack((plan.x_m, plan.y_m), axis=-1), deployment.area.size),
    )


def _radius_m(places: Floats, size: Floats) -> float:
    """A part of the mean distance of sites that fill the area evenly."""
    return 0.2 * float(np.sqrt(size.prod() / len(places)))
