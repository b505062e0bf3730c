"""Bands, cell profiles and radio units of the AI RSG as layers and sectors."""

from __future__ import annotations

from ricloop.core.errors import ConfigError
from ricloop_e2sim.energy.power import AI_RSG_SLEEP_W
from ricloop_e2sim.network.hexagons import Layer
from ricloop_e2sim.scenarios.document import Document, Key

PROFILES: tuple[Key, ...] = ("Cells", "Cell_Profiles")
BANDS: tuple[Key, ...] = ("Cells", "Frequency_Bands")
UNITS: tuple[Key, ...] = ("Cells", "RU_Models")
TRAFFIC: tuple[Key, ...] = ("Cells", "Advanced_Traffic_Models")
RADIO: tuple[Key, ...] = ("Cells", "Advanced_RF_Models")
UNIT = "ai-rsg"
"""The row of radio units that was fitted to this generator's output."""

Profile = tuple[int, int]
"""Numbers of a cell profile and of its band."""


def profiles(document: Document) -> list[Profile]:
    """From the lowest frequency, whose cells cover the others."""
    every = [
        (number, document.find(document.need(*PROFILES, number, "band"), *BANDS))
        for number in range(document.count(*PROFILES))
    ]
    if not every:
        raise ConfigError("Cells/Cell_Profiles is missing")
    return sorted(every, key=lambda profile: document.number(*BANDS, profile[1], "frequency"))


def layers(document: Document, every: list[Profile]) -> tuple[Layer, ...]:
    """A layer for each profile, by its first cell.

    The offsets of handovers between bands become one preference: with o and p to leave the first band and another one,
    cells of that other are measured (p − o)/2 dB better.
    """
    made = []
    away = _inter_offset(document, every[0])
    for profile, band in every:
        for cell in range(document.count(*PROFILES, profile, "cellsConfig")):
            path = (*PROFILES, profile, "cellsConfig", cell)
            for name in ("power", "atm"):
                document.expect(document.need(*PROFILES, profile, "cellsConfig", 0, name), *path, name)
            _unit(document, document.need(*path, "energy_profile"))
        document.expect("NR", *BANDS, band, "rat", "type")
        first = (*PROFILES, profile, "cellsConfig", 0)
        made.append(
            Layer(
                frequency_mhz=int(document.number(*BANDS, band, "frequency")),
                bandwidth_mhz=int(document.number(*BANDS, band, "rat", "bandwidth")),
                spacing_khz=15 << int(document.number(*BANDS, band, "rat", "numerology")),
                power_dbm=document.number(*first, "power"),
                unit=UNIT,
                preference_db=(_inter_offset(document, (profile, band)) - away) / 2,
                duplex=_duplex(document, document.need(*first, "atm")),
            )
        )
    return tuple(made)


def sectors(document: Document, every: list[Profile]) -> tuple[tuple[float, ...], float, float, int]:
    """Azimuths, height, tilt and antenna elements: of the first profile, with which the others have to agree.

    Azimuths there are clockwise from north, here from east against the clock.
    """
    first = (*PROFILES, every[0][0], "cellsConfig")
    count = document.count(*first)
    if not count:
        raise ConfigError("Cells/Cell_Profiles[0]/cellsConfig has no cells")
    for profile, _ in every:
        own = (*PROFILES, profile, "cellsConfig")
        if document.count(*own) != count:
            raise ConfigError(f"{document.count(*own)} cells in one profile and {count} in another: make them the same")
        for cell in range(count):
            document.expect(document.need(*first, cell, "azimuth"), *own, cell, "azimuth")
            for name in ("height", "tilt", "arf"):
                document.expect(document.need(*first, 0, name), *own, cell, name)
    azimuths = tuple((90 - document.number(*first, cell, "azimuth") + 180) % 360 - 180 for cell in range(count))
    height_m, tilt_deg = (document.number(*first, 0, name) for name in ("height", "tilt"))
    return azimuths, height_m, tilt_deg, _elements(document, document.need(*first, 0, "arf"))


def _elements(document: Document, name: object) -> int:
    """Rows of the antenna array: ours is one column of elements."""
    model = (*RADIO, document.find(name, *RADIO))
    document.expect(False, *model, "fastfadingEnabled")
    for scenario in ("UMa", "UMa-Buildings"):
        document.expect(scenario, *model, "scenario")
    return int(document.take(*model, "antennaModel", "beamforming", "PMI_Config", "nRows") or 1)


def _duplex(document: Document, name: object) -> float:
    """Downlink's share of the slots in a frame as UL|DL|DL|."""
    model = (*TRAFFIC, document.find(name, *TRAFFIC))
    slots = [slot for slot in str(document.take(*model, "frame") or "DL").split("|") if slot]
    if not document.expect("TDD", *model, "multiplexing", "type"):
        return 1.0
    return slots.count("DL") / len(slots)


def _inter_offset(document: Document, profile: Profile) -> float:
    return document.number(*BANDS, profile[1], "thresholds", "handover", "inter-freq_ho", "rsrp_offset")


def _unit(document: Document, name: object) -> None:
    """Of a radio unit, the sleep powers map where they are those of our row."""
    unit = (*UNITS, document.find(name, *UNITS))
    for depth in ("micro", "light", "deep"):
        document.expect(AI_RSG_SLEEP_W[depth], *unit, f"{depth}-sleep-power")
