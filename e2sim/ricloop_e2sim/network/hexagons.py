"""What a network is made of, as settings: carriers, sites on a grid or at places of their own, and odd ones out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.e2node.site import Split

GNB_BITS = 22
MOST_CELLS_OF_A_GNB = 1 << (36 - GNB_BITS)


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
    """Downlink's share of the time: 1 in FDD, less in TDD, where the uplink has the rest."""
    streams: float = 1.0
    """Spatial layers, mean, of the downlink; users have one antenna to send with."""

    def __post_init__(self) -> None:
        if not 0 < self.duplex <= 1:
            raise ConfigError(f"duplex {self.duplex:g} of {self.frequency_mhz} MHz: give 1 for FDD, or a share above 0")

    @property
    def duplex_up(self) -> float:
        """Uplink's share of the time. Guard symbols, a fortieth of a usual pattern, count as its."""
        return 1.0 if self.duplex == 1 else 1 - self.duplex


@dataclass(frozen=True, slots=True)
class Variant:
    """Sites that differ from the others, as those of another vendor. What is None, or empty, is as of the others."""

    sites: tuple[int, ...]
    """Their numbers, from 0."""
    scenario: str | None = None
    sectors: int | None = None
    height_m: float | None = None
    tilt_deg: float | None = None
    elements: int | None = None
    layers: tuple[Layer, ...] = ()
    dialect: Dialect | None = None


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
    """Of each sector's antenna panel; 0: one antenna that sends all round alike."""
    layers: tuple[Layer, ...] = field(default_factory=lambda: (Layer(2100, 20),))
    split: tuple[int, ...] = ()
    """Sites whose gNB is a CU and a DU; those of neither list are monolithic."""
    split_up: tuple[int, ...] = ()
    """Sites whose gNB is a CU-CP, a CU-UP and a DU."""
    points: tuple[tuple[float, float], ...] = ()
    """Places of the sites, m; none: the grid."""
    azimuths_deg: tuple[float, ...] = ()
    """Of the sectors, from the x axis towards the y axis, −180..360; none: evenly round from the x axis."""
    dialect: Dialect = STANDARD
    """How the gNBs speak E2."""
    variants: tuple[Variant, ...] = ()

    def __post_init__(self) -> None:
        if self.sites < 1 or self.sectors < 1 or not self.layers:
            raise ConfigError(
                f"{self.sites} sites of {self.sectors} sectors and {len(self.layers)} layers: give at least 1 of each"
            )
        if self.sectors * len(self.layers) >= MOST_CELLS_OF_A_GNB:
            raise ConfigError(f"{self.sectors} sectors x {len(self.layers)} layers: more cells than a gNB can number")
        if self.points and len(self.points) != self.sites:
            raise ConfigError(f"{len(self.points)} points for {self.sites} sites: give one each, or none for the grid")
        if self.azimuths_deg and len(self.azimuths_deg) != self.sectors:
            raise ConfigError(f"{len(self.azimuths_deg)} azimuths for {self.sectors} sectors: give one each, or none")
        parted = [*self.split, *self.split_up]
        for number in parted:
            if not 0 <= number < self.sites or parted.count(number) > 1:
                raise ConfigError(f"site {number} is split: give each of 0..{self.sites - 1} at most once")
        differing = [number for one in self.variants for number in one.sites]
        for number in differing:
            if not 0 <= number < self.sites or differing.count(number) > 1:
                raise ConfigError(f"site {number} of a variant: give each of 0..{self.sites - 1} at most once")
        for one in self.variants:
            if one.sites:
                self.at(one.sites[0])

    @property
    def cells(self) -> int:
        return sum(kind.sectors * len(kind.layers) for kind in map(self.at, range(self.sites)))

    @property
    def nodes(self) -> int:
        """E2 nodes of all gNBs."""
        return self.sites + len(self.split) + 2 * len(self.split_up)

    def split_of(self, site: int) -> Split:
        return Split.CU_DU if site in self.split else Split.CP_UP_DU if site in self.split_up else Split.NONE

    def at(self, site: int) -> Hexagons:
        """What stands at one site, as a network of its own."""
        one = next((one for one in self.variants if site in one.sites), Variant(()))
        names = ("scenario", "sectors", "height_m", "tilt_deg", "elements", "dialect")
        own = {name: getattr(one, name) for name in names if getattr(one, name) is not None}
        azimuths = () if "sectors" in own else self.azimuths_deg
        return replace(
            self,
            **own,
            layers=one.layers or self.layers,
            sites=1,
            split=(),
            split_up=(),
            points=(),
            azimuths_deg=azimuths,
            variants=(),
        )

    def of(self, sites: int) -> Hexagons:
        """The same with another number of sites; variants come again as often as before, and nothing is split.

        Raises ConfigError for more sites than have places where the sites are not on the grid.
        """
        if self.points and sites > len(self.points):
            raise ConfigError(f"{sites} sites: this network has places for {len(self.points)}; ask for no more")
        variants = (
            replace(one, sites=tuple(n for n in range(sites) if n % self.sites in one.sites)) for one in self.variants
        )
        return replace(
            self,
            sites=sites,
            points=self.points[:sites],
            split=(),
            split_up=(),
            variants=tuple(one for one in variants if one.sites),
        )

    def places(self) -> Floats:
        """[sites, 2] m."""
        return np.array(self.points) if self.points else grid(self.sites, self.distance_m)


def grid(count: int, distance_m: float) -> Floats:
    """[count, 2] m: the middle of a hexagonal grid, then its rings."""
    around = np.array([(-1, 1), (-1, 0), (0, -1), (1, -1), (1, 0), (0, 1)])
    axial = [np.zeros(2, dtype=np.int64)]
    ring = 0
    while len(axial) < count:
        ring += 1
        at = np.array([ring, 0])
        for step in around:
            for _ in range(ring):
                axial.append(at.copy())
                at = at + step
    q, r = np.array(axial[:count]).T
    return distance_m * np.column_stack((q + r / 2, r * np.sqrt(3) / 2))
