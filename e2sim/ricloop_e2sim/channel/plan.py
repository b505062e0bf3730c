"""Who is where: the sites, cells and users that a channel is made for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.channel.pathloss import FORMS


def _need(right: Bools, what: str, values: Floats | Ints, way_out: str) -> None:
    if not right.all():
        first = int(np.flatnonzero(~right)[0])
        raise ConfigError(f"{what} {first} is {values[first]}; {way_out}")


def _same_length(of: str, columns: dict[str, int]) -> None:
    if len(set(columns.values())) != 1:
        raise ConfigError(f"columns of {of} differ in length: {columns}; every one needs a value for each")


@dataclass(frozen=True, eq=False)
class Plan:
    """Sites [s] and their cells [c]. Raises ConfigError for values that no network has."""

    x_m: Floats
    """[s]: eastward."""
    y_m: Floats
    """[s]: northward."""
    height_m: Floats
    """[s]: of the antennas."""
    scenario: tuple[str, ...]
    """[s]: UMa, UMi, RMa or InH."""
    site: Ints
    """[c]: where the cell is."""
    azimuth_deg: Floats
    """[c]: of the boresight, from the x axis towards the y axis, −180..360."""
    tilt_deg: Floats
    """[c]: downwards from the horizon."""
    frequency_ghz: Floats
    """[c]: cells of one frequency interfere, others do not."""
    peak_dbi: Floats
    """[c]."""
    horizontal_deg: Floats
    """[c]: width of the pattern at 3 dB; infinite for an omnidirectional antenna."""
    vertical_deg: Floats
    """[c]."""

    def __post_init__(self) -> None:
        sites = {name: len(getattr(self, name)) for name in ("x_m", "y_m", "height_m", "scenario")}
        _same_length("sites", sites)
        per_cell = ("site", "azimuth_deg", "tilt_deg", "frequency_ghz", "peak_dbi", "horizontal_deg", "vertical_deg")
        _same_length("cells", {name: len(getattr(self, name)) for name in per_cell})
        for name in self.scenario:
            if name not in FORMS:
                raise ConfigError(f"no scenario is called {name!r}.{nearest(name, FORMS)} Known: {', '.join(FORMS)}")
        known = (self.site >= 0) & (self.site < self.site_count)
        _need(known, "the site of cell", self.site, f"sites are 0..{self.site_count - 1}")
        bare = np.bincount(self.site, minlength=self.site_count) > 0
        _need(bare, "the number of cells of site", np.zeros(self.site_count), "leave a site without cells out")
        _need(self.height_m > 1, "the antenna height in m of site", self.height_m, "it has to be above 1")
        turn = (self.azimuth_deg >= -180) & (self.azimuth_deg <= 360)
        _need(turn, "the azimuth in degrees of cell", self.azimuth_deg, "give it in -180..360")
        air = (self.frequency_ghz >= 0.5) & (self.frequency_ghz <= 100)
        _need(air, "the frequency in GHz of cell", self.frequency_ghz, "the channel model holds in 0.5..100")
        for name in ("horizontal_deg", "vertical_deg"):
            width: Floats = getattr(self, name)
            _need(width > 0, f"{name} of cell", width, "it has to be positive; infinite is omnidirectional")

    @property
    def site_count(self) -> int:
        return len(self.x_m)

    @property
    def cell_count(self) -> int:
        return len(self.site)


@dataclass(frozen=True, eq=False)
class UserPlan:
    """Users [u]. Raises ConfigError for values that no user has."""

    height_m: Floats
    """Of the terminal; 1.5 on the ground, 3 (floor − 1) + 1.5 in a building."""
    indoor: Bools
    high_loss: Bools
    """Behind metal-coated glass; of no effect outdoors."""
    depth_m: Floats
    """Distance behind the wall (`indoor.depth_m` draws it); of no effect outdoors."""

    def __post_init__(self) -> None:
        names = ("height_m", "indoor", "high_loss", "depth_m")
        _same_length("users", {name: len(getattr(self, name)) for name in names})
        _need(self.height_m > 1, "the height in m of user", self.height_m, "it has to be above 1")
        _need(self.depth_m >= 0, "the depth in m of user", self.depth_m, "it cannot be negative")

    @property
    def user_count(self) -> int:
        return len(self.height_m)


def outdoors(users: int, height_m: float = 1.5) -> UserPlan:
    """Users in the street."""
    no = np.zeros(users, dtype=np.bool_)
    return UserPlan(np.full(users, height_m), no, no, np.zeros(users))


@dataclass(frozen=True, slots=True)
class Settings:
    """What of the channel is a choice."""

    near_sites: int = 12
    """Sites of each scenario that a user keeps, the nearest ones; others neither serve it nor interfere.

    In a full macro network that leaves out little: 12 of 19 sites raise the median SINR by 0.3 dB, 12 of 61 by 0.9 dB.
    """
    slack_m: float = 25.0
    """How far a user moves before its nearest sites are looked for again."""
    grain_m: float = 0.0
    """How far a user moves before its gains are computed again: 0 for every move; 1 m spares pedestrians most of it."""
    shared: float = 0.5
    """Correlation of the shadowing of two sites: 0.5 (TR 36.814), or 0 (TR 38.901)."""
    fading: bool = True
    """False: no shadow fading, and buildings without a random part."""

    def __post_init__(self) -> None:
        if self.near_sites < 1:
            raise ConfigError(f"near_sites is {self.near_sites}; a user needs at least 1 site")
        if not 0 <= self.shared <= 1:
            raise ConfigError(f"shared is {self.shared}; a correlation of shadowing is in 0..1")
        for name in ("slack_m", "grain_m"):
            if getattr(self, name) < 0:
                raise ConfigError(f"{name} is {getattr(self, name)} m; a distance cannot be negative")
