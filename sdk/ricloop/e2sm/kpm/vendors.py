"""Vendor profiles: what deployed nodes name or count otherwise than TS 28.552 and E2SM-KPM do.

A node gets its profiles by the setting `[ric.dialects]`: `"gnb-*" = {vendor = "delay-ms"}`; a profile of one's own is
a table in `[ric.vendors]`. Values are normalised where an indication becomes a report: handlers see standard units.
"""

from __future__ import annotations

from ricloop.core.vendor import Alias, Vendor
from ricloop.e2sm.kpm.metrics import METRICS, fold


def _scaled(name: str, factor: float, *prefixes: str, unit: str) -> Vendor:
    """Every measurement of these prefixes that is defined in `unit`, under its own name."""
    chosen = [row.name for row in METRICS.values() if row.unit == unit and row.name.startswith(prefixes)]
    return Vendor(name, tuple(Alias(own, own, factor) for own in chosen))


PROFILES: dict[str, Vendor] = {
    profile.name: profile
    for profile in (
        _scaled("delay-ms", 10.0, "DRB.", unit="0.1ms"),
        _scaled("delay-us", 0.01, "DRB.", unit="0.1ms"),
        _scaled("throughput-mbit", 1000.0, "DRB.", unit="kbit/s"),
        _scaled("volume-mbit", 1000.0, "DRB.", "QosFlow.", unit="kbit"),
        _scaled("prb-fraction", 100.0, "RRU.", unit="%"),
        # The AI RSG traffic generator reports user throughput in Mbit/s, and radio quality under names of its own.
        Vendor(
            "viavi-rsg",
            (
                Alias("DRB.UEThpDl", "DRB.UEThpDl", 1000.0),
                Alias("DRB.UEThpUl", "DRB.UEThpUl", 1000.0),
                Alias("RSRP", "Viavi.UE.Rsrp"),
                Alias("RSRQ", "Viavi.UE.Rsrq"),
                Alias("L1M.DL-SS-SINR", "Viavi.UE.RsSinr"),
                Alias("CQI", "DRB.UECqiDl"),
            ),
        ),
        # OpenAirInterface's agent, built on FlexRIC, reports RLC delays in microseconds.
        Vendor("flexric", (Alias("DRB.RlcSduDelayDl", "DRB.RlcSduDelayDl", 0.01),)),
        # srsRAN's DU reports the drop rate in percent, and everything else in the standard's units.
        Vendor("srsran", (Alias("DRB.RlcPacketDropRateDl", "DRB.RlcPacketDropRateDl", 1e4),)),
    )
}
"""By name. The unit profiles (`delay-ms` …) say what a node's numbers are; the others, whose nodes count so."""


def alias_of(vendor: Vendor | None, name: str) -> Alias:
    """How a node of this vendor sends a measurement of the standard."""
    found = (
        None if vendor is None else next((a for a in reversed(vendor.aliases) if fold(a.standard) == fold(name)), None)
    )
    return Alias(name, name) if found is None else found


def renamed_by(name: str) -> dict[str, Alias]:
    """The profiles that name or count a measurement otherwise."""
    return {
        profile.name: alias
        for profile in PROFILES.values()
        for alias in profile.aliases
        if fold(alias.standard) == fold(name)
    }
