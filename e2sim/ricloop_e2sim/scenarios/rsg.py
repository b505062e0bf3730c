"""Scenarios of the commercial generator AI RSG: its config.conf as a `NetworkScenario`, and what of it does not map."""

from __future__ import annotations

from pathlib import Path

import yaml

from ricloop.core.dialect import Dialect
from ricloop.core.errors import ConfigError
from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.mac.policy import Policy
from ricloop_e2sim.network.hexagons import Hexagons
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.world import NetworkRules
from ricloop_e2sim.replay.table import read_table
from ricloop_e2sim.rrc.events import Trigger
from ricloop_e2sim.scenarios.document import Document
from ricloop_e2sim.scenarios.rsgcells import BANDS, TRAFFIC, layers, profiles, sectors
from ricloop_e2sim.scenarios.rsgusers import groups, slices

MAP = ("Scenario_Generation", "map")
FIRST = (*BANDS, 0, "thresholds", "handover", "intra-freq_ho")
DAY_S = 86_400.0


def imported(path: Path, reports: Path | None = None) -> tuple[NetworkScenario, list[str]]:
    """The scenario, and the paths of all settings that have no counterpart here: a branch without any is one path.

    The file draws the places of its sites at random and does not say them; `reports`, the CellReports.csv of a run of
    it, does. Without, the sites stand on a grid. Raises ConfigError, naming the file, for what cannot be read.
    """
    try:
        document = Document(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ConfigError(f"{path}: this is no YAML in UTF-8, as the AI RSG's scenario files are") from None
    try:
        scenario = _scenario(document, reports)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    return scenario, document.unread()


def _scenario(document: Document, reports: Path | None) -> NetworkScenario:
    every = profiles(document)
    points = () if reports is None else _places(reports)
    sites = int(document.number(*MAP, "number"))
    if points and len(points) != sites:
        raise ConfigError(f"{sites} sites, but {reports} has {len(points)}: give the reports of this scenario")
    azimuths, height_m, tilt_deg, elements = sectors(document, every)
    kinds = slices(document)
    document.expect(True, "Scenario_Generation", "interferences")
    return NetworkScenario(
        name="ai-rsg",
        title=str(document.take("Scenario_Generation", "Summary") or "imported from the AI RSG"),
        deployment=Hexagons(
            sites=sites,
            sectors=len(azimuths),
            distance_m=document.number(*MAP, "distribution", "distance"),
            height_m=height_m,
            tilt_deg=tilt_deg,
            elements=elements,
            layers=layers(document, every),
            points=points,
            azimuths_deg=azimuths,
            dialect=_dialect(document),
        ),
        groups=groups(document, kinds),
        slices=kinds,
        calendar=Calendar(),
        rules=_rules(document),
        tick_us=round(1000 * document.number("System", "report_ms")),
        seconds=DAY_S * document.number("Data Set Generator", "Configuration", "total_days"),
    )


def _dialect(document: Document) -> Dialect:
    """E2AP of its version, and the time stamps of its E2SM-KPM, as v2.00: 4 octets before version 3."""
    versions = ("E2 Test", "procedures", "Versions")
    e2ap, kpm = (str(document.take(*versions, name) or usual)[1:2] for name, usual in (("e2ap", "v2"), ("kpm", "v3")))
    try:
        return Dialect(e2ap_version=int(e2ap), kpm_time_octets=8 if int(kpm) >= 3 else 4)
    except ValueError as error:
        raise ConfigError(f"E2 Test/procedures/Versions: {error}") from None


def _rules(document: Document) -> NetworkRules:
    document.expect("QoS-Aware Proportional Fairness", *TRAFFIC, 0, "schedAlgorithm")
    return NetworkRules(
        policy=Policy.QOS_PROPORTIONAL_FAIR,
        a3=Trigger(hysteresis_db=document.number(*FIRST, "hysteresis")),
        a3_offset_db=document.number(*FIRST, "rsrp_offset"),
    )


def _places(reports: Path) -> tuple[tuple[float, float], ...]:
    """Of the sites in the order of their names: cells are named site/profile/cell."""
    table = read_table(reports)
    sites = [name.split("/")[0] for name in table.text("Viavi.Cell.Name")]
    places = dict(zip(sites, zip(table.numbers("Viavi.Geo.x"), table.numbers("Viavi.Geo.y"), strict=True), strict=True))
    return tuple((float(x), float(y)) for _, (x, y) in sorted(places.items(), key=lambda one: (len(one[0]), one[0])))
