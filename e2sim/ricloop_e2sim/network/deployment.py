"""What stands still: the sites, gNBs and cells of a network, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cells, Cgi, GnbId, Plmn
from ricloop_e2sim.channel.antenna import panel
from ricloop_e2sim.channel.plan import Plan
from ricloop_e2sim.layout import Floats, Ints
from ricloop_e2sim.mobility.movement import Rectangle
from ricloop_e2sim.phy.carrier import Carrier

PLMN = Plmn("001", "01")
GNB_BITS = 22
MOST_CELLS_OF_A_GNB = 1 << (36 - GNB_BITS)
AROUND = 0.5
"""How far the area of the users goes beyond the outermost sites, in site distances."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One carrier that every sector of a site has. The first of a deployment covers the area of the others."""

    frequency_mhz: int
    bandwidth_mhz: int
    spacing_khz: int = 15
    power_dbm: float = 46.0
    """Over the whole carrier; macro FDD 20 MHz: 46 dBm."""
    unit: str = "tr38864-cat1-set2"
    """Radio unit, a row of `radiounits.TABLE`."""
    preference_db: float = 0.0
    """Added to what is measured of its cells when users choose one: fills capacity layers first."""
    duplex: float = 1.0
    """Downlink's share of the time."""
    streams: float = 1.0
    """Spatial layers, mean."""


@dataclass(frozen=True, slots=True)
class Hexagons:
    """Sites on a hexagonal grid, each one gNB with sectors of all layers. Raises ConfigError for what cannot be."""

    sites: int = 7
    sectors: int = 3
    distance_m: float = 500.0
    height_m: float = 25.0
    scenario: str = "UMa"
    tilt_deg: float = 10.0
    elements: int = 8
    """Of each sector's antenna panel."""
    layers: tuple[Layer, ...] = field(default_factory=lambda: (Layer(2100, 20),))
    split: tuple[int, ...] = ()
    """Sites whose gNB is a CU-CP and a DU; the others are monolithic."""
    points: tuple[tuple[float, float], ...] = ()
    """Places of the sites, m; none: the grid."""

    def __post_init__(self) -> None:
        if self.sites < 1 or self.sectors < 1 or not self.layers:
            raise ConfigError(
                f"{self.sites} sites of {self.sectors} sectors and {len(self.layers)} layers: give at least 1 of each"
            )
        if self.sectors * len(self.layers) >= MOST_CELLS_OF_A_GNB:
            raise ConfigError(f"{self.sectors} sectors x {len(self.layers)} layers: more cells than a gNB can number")
        if self.points and len(self.points) != self.sites:
            raise ConfigError(f"{len(self.points)} points for {self.sites} sites: give one each, or none for the grid")

    def places(self) -> Floats:
        """[sites, 2] m."""
        return np.array(self.points) if self.points else grid(self.sites, self.distance_m)


@dataclass(frozen=True, eq=False)
class Deployment:
    """Cells [c] of all gNBs [g]."""

    plan: Plan
    names: tuple[str, ...]
    """[g]: as `gnb1`."""
    gnbs: tuple[GnbId, ...]
    split: tuple[bool, ...]
    gnb: Ints
    """[c]: whose cell it is."""
    cells: Cells
    """[c]: packed NR CGIs."""
    titles: tuple[str, ...]
    sector: Ints
    """[c]: cells of one sector cover the same area."""
    umbrella: Ints
    """[c]: the cell that covers its area; itself for a coverage cell."""
    frequency_mhz: Floats
    spacing_khz: Floats
    prbs: Floats
    power_dbm: Floats
    noise_dbm: Floats
    """[c]: thermal, of one PRB at a user."""
    preference_db: Floats
    share: Floats
    """[c]: downlink's share of the time × spatial layers."""
    units: tuple[str, ...]
    area: Rectangle
    """Where users are."""

    @property
    def cell_count(self) -> int:
        return len(self.cells)


def grid(count: int, distance_m: float) -> Floats:
    """[count, 2] m: the middle of a hexagonal grid, then its rings."""
    steps = np.array([(0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1), (1, 0)])
    axial = [np.zeros(2, dtype=np.int64)]
    ring = 0
    while len(axial) < count:
        ring += 1
        at = np.array([ring, 0])
        for step in np.roll(steps, -2, axis=0):
            for _ in range(ring):
                axial.append(at.copy())
                at = at + step
    q, r = np.array(axial[:count]).T
    return distance_m * np.column_stack((q + r / 2, r * np.sqrt(3) / 2))


def deploy(how: Hexagons) -> Deployment:
    """The cells of all sites: site by site, sector by sector, layer by layer."""
    places, layers = how.places(), how.layers
    sites, sectors = how.sites, how.sectors
    site = np.repeat(np.arange(sites), sectors * len(layers))
    sector = np.repeat(np.arange(sites * sectors), len(layers))
    count = len(site)

    def column(values: list[float]) -> Floats:
        return np.tile(np.array(values, dtype=np.float64), sites * sectors)

    carriers = [Carrier(layer.frequency_mhz / 1000, layer.bandwidth_mhz, layer.spacing_khz) for layer in layers]
    antenna = panel(how.elements)
    plan = Plan(
        x_m=places[:, 0].copy(),
        y_m=places[:, 1].copy(),
        height_m=np.full(sites, how.height_m),
        scenario=(how.scenario,) * sites,
        site=site,
        azimuth_deg=(sector % sectors) * 360.0 / sectors,
        tilt_deg=np.full(count, how.tilt_deg),
        frequency_ghz=column([carrier.frequency_ghz for carrier in carriers]),
        peak_dbi=np.full(count, antenna.peak_dbi),
        horizontal_deg=np.full(count, antenna.horizontal_deg if sectors > 1 else np.inf),
        vertical_deg=np.full(count, antenna.vertical_deg),
    )
    within = np.arange(count) % (sectors * len(layers))
    gnbs = tuple(GnbId(PLMN, number + 1, GNB_BITS) for number in range(sites))
    names = tuple(f"gnb{number + 1}" for number in range(sites))
    margin = AROUND * how.distance_m
    (west, south), (east, north) = places.min(axis=0) - margin, places.max(axis=0) + margin
    return Deployment(
        plan=plan,
        names=names,
        gnbs=gnbs,
        split=tuple(number in how.split for number in range(sites)),
        gnb=site,
        cells=np.array(
            [Cgi(PLMN, int(s + 1) << (36 - GNB_BITS) | int(1 + w)).packed for s, w in zip(site, within, strict=True)],
            dtype=np.uint64,
        ),
        titles=tuple(
            f"{names[s]}/s{k % sectors + 1}/{layers[n % len(layers)].frequency_mhz}"
            for n, (s, k) in enumerate(zip(site.tolist(), sector.tolist(), strict=True))
        ),
        sector=sector,
        umbrella=sector * len(layers),
        frequency_mhz=column([layer.frequency_mhz for layer in layers]),
        spacing_khz=column([layer.spacing_khz for layer in layers]),
        prbs=column([carrier.prbs for carrier in carriers]),
        power_dbm=column([layer.power_dbm for layer in layers]),
        noise_dbm=column([carrier.noise_dbm() for carrier in carriers]),
        preference_db=column([layer.preference_db for layer in layers]),
        share=column([layer.duplex * layer.streams for layer in layers]),
        units=tuple(layer.unit for layer in layers) * (sites * sectors),
        area=Rectangle(float(west), float(south), float(east), float(north)),
    )
