"""The metric registry: ranges, vendor profiles, and what a report says of its own values."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ricloop import ms
from ricloop.cli import build
from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cgi, Plmn, UeId
from ricloop.core.vendor import Alias, Vendor
from ricloop.e2sm import kpm
from ricloop.e2sm.base import Offer, Part
from ricloop.e2sm.kpm import codec
from ricloop.e2sm.kpm.assemble import Content, Planned
from ricloop.e2sm.kpm.clauses import CLAUSES
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.metrics import METRICS, fold, measure
from ricloop.e2sm.kpm.model import Kpm
from ricloop.e2sm.kpm.records import CellRecord
from ricloop.e2sm.kpm.table import ALSO, KINDS, LABELS, LEVELS, OBJECTS, UNITS, WITH_CAUSE
from ricloop.e2sm.kpm.vendors import PROFILES, alias_of

MODEL = Kpm()
PRB, DELAY, RSRP = kpm.Metric("RRU.PrbTotDl"), kpm.Metric("DRB.RlcSduDelayDl"), kpm.Metric("RSRP")
ASKED = codec.ActionDefinition(style=1, measurements=(Measurement("RRU.PrbTotDl"),), granularity_ms=100)
CELLS = [Cgi(Plmn("001", "01"), n << 14).packed for n in (1, 2, 3)]


# ---------------------------------------------------------------------------------------------------- the registry


@pytest.mark.parametrize("name", METRICS)
def test_a_row_says_what_there_is_to_say_in_the_tables_words(name: str) -> None:
    row = METRICS[name]
    assert row.unit in UNITS
    assert row.kind in KINDS
    assert row.levels
    assert set(row.levels) <= LEVELS.keys()
    assert set(row.labels) <= LABELS.keys()
    assert set(row.object.split("+")) <= OBJECTS.keys()


@pytest.mark.parametrize("name", METRICS)
def test_a_range_is_possible(name: str) -> None:
    row = METRICS[name]
    low, high = row.range
    assert low < high
    assert low == 0 or row.unit in {"dBm", "dB", "°C", "V", "A"}
    if row.unit == "%":
        assert high == 100
    if "RSRP" in name and row.unit == "dBm":
        assert (low, high) == (-156, -31)


def test_a_number_in_another_unit_falls_out_of_its_range() -> None:
    for name, elsewhere in (("RRU.PrbTotDl", 15995), ("RRU.PrbUsedDl", 15995), ("DRB.UEThpDl", 3e8), ("RSRP", 74)):
        assert kpm.Report.of(CELLS[:1], {kpm.Metric(name): elsewhere}).out_of_range(kpm.Metric(name)).all()


def test_the_table_is_whole() -> None:
    assert len(METRICS) == 290
    assert METRICS["DRB.UEThpDl"] == kpm.Measure(
        name="DRB.UEThpDl",
        object="DU",
        kind="DER",
        whole=False,
        unit="kbit/s",
        labels="PQS",
        levels="CUF",
        clause="TS 28.552 5.1.1.3.1",
    )
    assert not METRICS["PEE.Energy"].per_ue


def test_only_what_no_standard_defines_has_no_clause() -> None:
    assert {name for name, row in METRICS.items() if row.clause is None} == {"CQI", "RSRP", "RSRQ"}
    assert CLAUSES.keys() <= METRICS.keys()


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("RRU.PrbUsedDl", "TS 28.552 5.1.1.2.5"),
        ("MM.ChoPrepInterFailUes", "TS 28.552 5.1.1.6.6.15"),
        ("PEE.MaxPower", "TS 28.552 5.1.1.19.2.3"),
        ("PEE.Humidity", "TS 28.552 5.1.1.19.7"),
        ("RACH.PreambleB", "TS 28.552 5.1.1.20.2"),
        ("HO.InterSys.bPingPong.NCI", "TS 28.552 5.1.1.25.8"),
        ("PUSCHPRBsLayer", "TS 28.552 5.1.1.30.10"),
        ("L1M.UL-SRS-RSRP", "E2SM-KPM 7.10.9"),
    ],
)
def test_a_clause_is_counted_on_from_the_first_of_its_line(name: str, clause: str) -> None:
    assert METRICS[name].clause == clause


def test_second_spellings_lead_into_the_table_and_are_none_of_its_own() -> None:
    assert not ALSO.keys() & METRICS.keys()
    for also, name in ALSO.items():
        assert measure(also) is METRICS[name]
        assert fold(also.upper()) == fold(name)
    assert {stem[:-1] for stem in WITH_CAUSE} <= METRICS.keys()


# ------------------------------------------------------------------------------------------------------------ flags


def test_a_report_flags_what_is_missing_out_of_range_and_stale() -> None:
    report = kpm.Report.of(CELLS, {PRB: [50.0, math.nan, 15995.0], RSRP: [-90.0, -200.0, -31.0]})
    assert report.missing(PRB).tolist() == [False, True, False]
    assert report.out_of_range(PRB).tolist() == [False, False, True]
    assert report.out_of_range(RSRP).tolist() == [False, True, False]
    assert report.stale().tolist() == [False] * 3
    assert report.flags() == (1, 2, 0)


def test_a_number_beyond_float32_is_out_of_any_range() -> None:
    energy = kpm.Metric("PEE.Energy")
    report = kpm.Report.of(CELLS, {energy: [1.0, math.inf, -math.inf]})
    assert report.out_of_range(energy).tolist() == [False, True, True]
    assert report.flags() == (0, 2, 0)


def cell_part(cell: int, time: int, value: float) -> Part:
    planned = Planned(ASKED, np.array([0]))
    return Part(time, cell, Content(planned, CellRecord(np.array([value], np.float32))))


def test_entries_of_an_earlier_period_are_stale() -> None:
    feed = kpm.every(ms(100), PRB)
    now = 5_000_000_000
    parts = [cell_part(CELLS[0], now, 1), cell_part(CELLS[1], now - 100_000_000, 2)]
    report = MODEL.assemble(feed, parts, lambda _: 0, None)
    assert report.stale().tolist() == [False, True]
    assert report.flags() == (0, 0, 1)


# ----------------------------------------------------------------------------------------------------------- vendors

ACME = Vendor(
    "acme", (Alias("RRU.PrbTotDl", "ACME.PrbUse", 100.0), Alias("DRB.RlcSduDelayDl", "DRB.RlcSduDelayDl", 10))
)
ODD = Dialect(vendor=ACME)


def offer(*names: str, per_ue: tuple[str, ...] = ()) -> Offer:
    return MODEL.describe(codec.encode_function_definition(codec.definition_of(names, per_ue or names)))


def test_a_vendors_node_is_asked_by_its_own_name_and_answers_in_standard_units() -> None:
    feed = kpm.every(ms(100), PRB, DELAY)
    own = offer("ACME.PrbUse", "DRB.RlcSduDelayDl")
    assert MODEL.served(feed, own, STANDARD) == {"DRB.RlcSduDelayDl"}
    assert MODEL.served(feed, own, ODD) == {"RRU.PrbTotDl", "DRB.RlcSduDelayDl"}
    (plan,) = MODEL.plan(feed, own, CELLS[:1], frozenset(), ODD)
    action = plan.actions[0]
    asked = codec.decode_action_definition(action.definition or b"", ODD)
    assert [one.name for one in asked.measurements] == ["ACME.PrbUse", "DRB.RlcSduDelayDl"]
    header, message = codec.encode_indication_header(5), codec.encode_cell_message([0.5, 7])
    report = MODEL.assemble(feed, [MODEL.decode(action, header, message, ODD)], lambda _: 0, None)
    assert report[PRB].tolist() == [50.0]
    assert report[DELAY].tolist() == [70.0]


def test_per_ue_values_are_normalised_too() -> None:
    feed = kpm.every_ue(ms(100), DELAY)
    (plan,) = MODEL.plan(feed, offer("DRB.RlcSduDelayDl"), CELLS[:1], frozenset(), ODD)
    ues = [UeId(f1ap=(1,)), UeId(f1ap=(2,))]
    header, message = codec.encode_indication_header(5), codec.encode_ue_message(ues, [[1.0], [2.5]])
    part = MODEL.decode(plan.actions[0], header, message, ODD)
    report = MODEL.assemble(feed, [part], lambda ue: ue.f1ap[0], None)
    assert report[DELAY].tolist() == [10.0, 25.0]


def test_a_node_that_names_a_measurement_as_the_standard_does_is_asked_so_and_counts_so() -> None:
    feed = kpm.every(ms(100), PRB)
    (plan,) = MODEL.plan(feed, offer("RRU.PrbTotDl"), CELLS[:1], frozenset(), ODD)
    asked = codec.decode_action_definition(plan.actions[0].definition or b"", ODD)
    assert [one.name for one in asked.measurements] == ["RRU.PrbTotDl"]
    header, message = codec.encode_indication_header(5), codec.encode_cell_message([50])
    report = MODEL.assemble(feed, [MODEL.decode(plan.actions[0], header, message, ODD)], lambda _: 0, None)
    assert report[PRB].tolist() == [50.0]


def test_a_name_that_a_vendor_uses_for_something_else_is_not_asked_for_as_the_standard_means_it() -> None:
    used = kpm.Metric("RRU.PrbUsedDl")
    counting = Dialect(vendor=Vendor("prbs", (Alias("RRU.PrbUsedDl", "RRU.PrbTotDl"),)))
    feed, node = kpm.every(ms(100), PRB, used), offer("RRU.PrbTotDl")
    assert MODEL.served(feed, node, STANDARD) == {"RRU.PrbTotDl"}
    assert MODEL.served(feed, node, counting) == {"RRU.PrbUsedDl"}
    (plan,) = MODEL.plan(feed, node, CELLS[:1], frozenset(), counting)
    header, message = codec.encode_indication_header(5), codec.encode_cell_message([40])
    report = MODEL.assemble(feed, [MODEL.decode(plan.actions[0], header, message, counting)], lambda _: 0, None)
    assert report[used].tolist() == [40.0]
    assert report.missing(PRB).all()


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_is_of_measurements_that_there_are(name: str) -> None:
    assert PROFILES[name].name == name
    assert PROFILES[name].aliases
    for alias in PROFILES[name].aliases:
        assert alias.standard in METRICS
        assert alias.factor > 0


def test_of_joined_profiles_the_later_holds() -> None:
    joined = PROFILES["delay-ms"] + PROFILES["flexric"]
    assert alias_of(joined, "DRB.RlcSduDelayDl").factor == 0.01
    assert alias_of(joined, "DRB.AirIfDelayDl").factor == 10.0
    assert alias_of(joined, "DRB.UEThpDl") == Alias("DRB.UEThpDl", "DRB.UEThpDl")
    assert alias_of(None, "RSRP").factor == 1.0


# ---------------------------------------------------------------------------------------------------------- command


def run(*arguments: str) -> str:
    result = CliRunner().invoke(build("metrics"), ["metrics", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_command_explains_one_and_lists_all(tmp_path: Path) -> None:
    said = run("DRB.UEThpDl")
    for fact in ("kbit/s", "derived, real", "cell, ue, flow", "NRCellDU", "5QI", "TS 28.552 5.1.1.3.1", "viavi-rsg"):
        assert fact in said
    everything = run("--json", str(tmp_path / "all.json")).splitlines()
    written = json.loads((tmp_path / "all.json").read_text())
    assert [row["name"] for row in written["metrics"]] == list(METRICS)
    for name in METRICS:
        assert sum(f"│ {name} " in line for line in everything) == 1, "where no terminal folds it"


@pytest.mark.parametrize(
    ("level", "there", "absent"),
    [
        ("cell", "RRU.PrbTotDl", "PEE.Energy"),
        ("node", "PEE.Energy", "RRU.PrbTotDl"),
        ("ue", "RSRP", "PEE.Energy"),
        ("flow", "DRB.UEThpDl", "RSRP"),
    ],
)
def test_a_level_chooses(level: str, there: str, absent: str) -> None:
    said = run("--level", level)
    assert f"│ {there} " in said
    assert f"│ {absent} " not in said


def test_a_second_spelling_explains_the_tables() -> None:
    said = run("TB.InitialErrNbrDl").splitlines()
    assert said[0].strip() == "TB.IntialErrNbrDl"
    assert any("also" in line and "TB.InitialErrNbrDl" in line for line in said)


def test_a_misspelt_name_ends_with_status_2() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ricloop", "metrics", "RSRPP"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr == "ricloop: error: there is no KPM measurement 'RSRPP'. Did you mean 'RSRP'?\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["RRU.PrbTotDk"], "Did you mean 'RRU.PrbTotDl'"),
        (["--level", "cel"], "Did you mean 'cell'"),
        (["PEE.Energy", "--level", "ue"], "not reported per ue: node"),
    ],
)
def test_the_command_refuses_and_says_the_way_out(arguments: list[str], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        CliRunner().invoke(build("metrics"), ["metrics", *arguments], catch_exceptions=False)
