"""What stands still: the sites, gNBs and cells of a network, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from ricloop.core.dialect import Dialect
from ricloop.core.ids import Cells, Cgi, GnbId, Plmn
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.channel.antenna import OMNI, Antenna, panel
from ricloop_e2sim.channel.plan import Plan
from ricloop_e2sim.e2node.site import Split
from ricloop_e2sim.mobility.movement import Rectangle
from ricloop_e2sim.network.hexagons import GNB_BITS, Hexagons
from ricloop_e2sim.phy.carrier import GNB_NOISE_FIGURE_DB, Carrier
from ricloop_e2sim.phy.rate import overhead

PLMN = Plmn("001", "01")
Row: TypeAlias = tuple[int, Hexagons, int, int]
"""A cell: its site, what stands there, its sector and its layer."""
AROUND = 0.5
"""How far the area of the users goes beyond the outermost sites, in site distances."""


@dataclass(frozen=True, eq=False)
class Deployment:
    """Cells [c] of all gNBs [g]."""

    plan: Plan
    names: tuple[str, ...]
    """[g]: as `gnb1`."""
    gnbs: tuple[GnbId, ...]
    split: tuple[Split, ...]
    dialects: tuple[Dialect, ...]
    """[g]."""
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
    noise_up_dbm: Floats
    """[c]: the same at the cell."""
    preference_db: Floats
    share: Floats
    """[2, c]: of the downlink and of the uplink, share of the time × spatial layers."""
    duplex: Floats
    """[2, c]: share of the time that each way has."""
    overhead: Floats
    """[2, c]: share of the resource elements that carry no data."""
    units: tuple[str, ...]
    area: Rectangle
    """Where users are."""

    @property
    def cell_count(self) -> int:
        return len(self.cells)


def deploy(how: Hexagons) -> Deployment:
    """The cells of all sites: site by site, sector by sector, layer by layer."""
    kinds = [how.at(site) for site in range(how.sites)]
    rows: list[Row] = [
        (site, kind, sector, number)
        for site, kind in enumerate(kinds)
        for sector in range(kind.sectors)
        for number in range(len(kind.layers))
    ]
    layers = [kind.layers[number] for _, kind, _, number in rows]
    carriers = [Carrier(layer.frequency_mhz / 1000, layer.bandwidth_mhz, layer.spacing_khz) for layer in layers]
    gnb: Ints = np.array([site for site, *_ in rows])
    numbers: Ints = np.array([number for *_, number in rows])
    names = tuple(f"gnb{site + 1}" for site in range(how.sites))
    return Deployment(
        plan=_plan(how, rows),
        names=names,
        gnbs=tuple(GnbId(PLMN, site + 1, GNB_BITS) for site in range(how.sites)),
        split=tuple(how.split_of(site) for site in range(how.sites)),
        dialects=tuple(kind.dialect for kind in kinds),
        gnb=gnb,
        cells=np.array(
            [
                Cgi(PLMN, (site + 1) << (36 - GNB_BITS) | (1 + sector * len(kind.layers) + number)).packed
                for site, kind, sector, number in rows
            ],
            dtype=np.uint64,
        ),
        titles=tuple(
            f"{names[site]}/s{sector + 1}/{kind.layers[number].frequency_mhz}" for site, kind, sector, number in rows
        ),
        sector=np.cumsum(numbers == 0) - 1,
        umbrella=np.arange(len(rows)) - numbers,
        frequency_mhz=np.array([layer.frequency_mhz for layer in layers], dtype=np.float64),
        spacing_khz=np.array([layer.spacing_khz for layer in layers], dtype=np.float64),
        prbs=np.array([carrier.prbs for carrier in carriers], dtype=np.float64),
        power_dbm=np.array([layer.power_dbm for layer in layers], dtype=np.float64),
        noise_dbm=np.array([carrier.noise_dbm() for carrier in carriers]),
        noise_up_dbm=np.array([carrier.noise_dbm(GNB_NOISE_FIGURE_DB) for carrier in carriers]),
        preference_db=np.array([layer.preference_db for layer in layers], dtype=np.float64),
        share=np.array(
            [[layer.duplex * layer.streams for layer in layers], [layer.duplex_up for layer in layers]],
            dtype=np.float64,
        ),
        duplex=np.array([(layer.duplex, layer.duplex_up) for layer in layers], dtype=np.float64).T,
        overhead=np.array([overhead(carrier.frequency_ghz) for carrier in carriers]).T,
        units=tuple(layer.unit for layer in layers),
        area=_area(how),
    )


def _plan(how: Hexagons, rows: Sequence[Row]) -> Plan:
    places, kinds = how.places(), [how.at(site) for site in range(how.sites)]
    antennas = [_antenna(kind) for _, kind, _, _ in rows]
    return Plan(
        x_m=places[:, 0].copy(),
        y_m=places[:, 1].copy(),
        height_m=np.array([kind.height_m for kind in kinds], dtype=np.float64),
        scenario=tuple(kind.scenario for kind in kinds),
        site=np.array([site for site, *_ in rows]),
        azimuth_deg=np.array([_azimuth(kind, sector) for _, kind, sector, _ in rows]),
        tilt_deg=np.array([kind.tilt_deg for _, kind, _, _ in rows], dtype=np.float64),
        frequency_ghz=np.array([kind.layers[number].frequency_mhz / 1000 for _, kind, _, number in rows]),
        peak_dbi=np.array([antenna.peak_dbi for antenna in antennas]),
        horizontal_deg=np.array([antenna.horizontal_deg for antenna in antennas]),
        vertical_deg=np.array([antenna.vertical_deg for antenna in antennas]),
    )


def _area(how: Hexagons) -> Rectangle:
    places, margin = how.places(), AROUND * how.distance_m
    (west, south), (east, north) = places.min(axis=0) - margin, places.max(axis=0) + margin
    return Rectangle(float(west), float(south), float(east), float(north))


def _antenna(kind: Hexagons) -> Antenna:
    if not kind.elements:
        return OMNI
    antenna = panel(kind.elements)
    return antenna if kind.sectors > 1 else replace(antenna, horizontal_deg=np.inf)


def _azimuth(kind: Hexagons, sector: int) -> float:
    return kind.azimuths_deg[sector] if kind.azimuths_deg else sector * 360.0 / kind.sectors
