"""Settings: file, command line, and what is told about a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ricloop.core.dialect import FLEXRIC, Dialect, Family
from ricloop.core.errors import ConfigError
from ricloop.core.vendor import Alias
from ricloop.runtime.energy.cost import CostSettings
from ricloop.runtime.load import xapp_class
from ricloop.runtime.settings import Given, build, cost, drift_detector, node_dialects
from ricloop.runtime.stage import Stage
from ricloop_xapps.minimal.xapp import Limits, Minimal


def file_of(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    return path


def test_the_file_goes_over_the_defaults_and_the_command_line_over_the_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, "[minimal]\nsleep_below = 20\nwake_above = 70\n")
    (app,) = build([Minimal], path, ["minimal.wake_above=80"])
    assert app.settings == Limits(sleep_below=20, wake_above=80)


def test_what_goes_beneath_the_file_is_named_where_it_is_wrong(tmp_path: Path) -> None:
    path = file_of(tmp_path, "[minimal]\nwake_above = 70\n")
    beneath = {"minimal": {"sleep_below": Given(20, "config-file.json"), "wake_above": Given(1, "config-file.json")}}
    (app,) = build([Minimal], path, (), beneath)
    assert app.settings == Limits(sleep_below=20, wake_above=70)
    with pytest.raises(ConfigError, match=r"config-file\.json: minimal\.sleep_below = 'low'"):
        build([Minimal], None, (), {"minimal": {"sleep_below": Given("low", "config-file.json")}})


def test_a_setting_of_several_values_is_a_list_in_the_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, "[traffic-prediction]\nquantiles = [0.1, 0.5, 0.9]\n")
    (app,) = build([xapp_class("traffic-prediction")], path)
    assert app.settings.quantiles == (0.1, 0.5, 0.9)
    for wrong, says in (("[0.1, 'half']", "quantiles = 'half'"), ("nan", "quantiles = nan"), ("1979-05-27", "1979")):
        with pytest.raises(ConfigError, match=rf"settings.toml:2: traffic-prediction.*{says}"):
            build([xapp_class("traffic-prediction")], file_of(tmp_path, f"[traffic-prediction]\nquantiles = {wrong}\n"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[minimal]\n\nsleep_bellow = 1\n", ("settings.toml:3", "'sleep_bellow'", "Did you mean 'sleep_below'?")),
        ("[minimal]\nsleep_below = 'often'\n", ("settings.toml:2", "minimal.sleep_below", "'often'")),
        ("[minimol]\nsleep_below = 1\n", ("'minimol'", "Did you mean 'minimal'?")),
        ("sleep_below = 1\n", ("'sleep_below' stands alone",)),
        ("[minimal\n", ("not TOML",)),
    ],
)
def test_a_wrong_file_is_told_with_place_key_and_the_right_one(
    tmp_path: Path, text: str, says: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as told:
        build([Minimal], file_of(tmp_path, text))
    for word in (*says, "settings.toml"):
        assert word in str(told.value)


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("minimal.sleep_below=often", "'often'"),
        ("minimal.sleep_bellow=1", "Did you mean 'sleep_below'?"),
        ("sleep_below=1", "xapp.key=value"),
        ("minimal.sleep_below", "xapp.key=value"),
        ("minimals.sleep_below=1", "Did you mean 'minimal'?"),
        ("ric.grace_s=1", "the table [ric] of --settings"),
        ("ric.cost.pue=1.2", "the table [ric] of --settings"),
    ],
)
def test_a_wrong_override_is_told(override: str, says: str) -> None:
    with pytest.raises(ConfigError) as told:
        build([Minimal], None, [override])
    assert says in str(told.value)
    assert override in str(told.value)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        build([Minimal], tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("minimol", "Did you mean 'minimal'?"),
        ("no.such.module:Class", "no.such.module"),
        ("ricloop_xapps.minimal.xapp:Minimol", "Did you mean 'Minimal'?"),
        ("ricloop_xapps.minimal.xapp:Limits", "no subclass"),
    ],
)
def test_an_xapp_that_is_not_there_is_told_with_the_nearest(name: str, says: str) -> None:
    with pytest.raises(ConfigError) as told:
        xapp_class(name)
    assert says in str(told.value)


def test_an_xapp_is_found_by_its_name_or_its_class() -> None:
    assert xapp_class("minimal") is xapp_class("ricloop_xapps.minimal.xapp:Minimal")


def test_a_stage_is_one_of_three() -> None:
    assert Stage.parse("shadow") is Stage.SHADOW
    with pytest.raises(ConfigError, match="Did you mean 'shadow'"):
        Stage.parse("shadows")


def test_a_nodes_dialect_is_a_word_or_a_table(tmp_path: Path) -> None:
    text = """
[ric.dialects]
"gnb-00101-1*" = "flexric"
"gnb-00101-2" = { kpm_time_octets = 4 }
"gnb-00101-3" = { family = "flexric", ppid = 70 }
"""
    assert node_dialects(file_of(tmp_path, text)) == {
        "gnb-00101-1*": FLEXRIC,
        "gnb-00101-2": Dialect(kpm_time_octets=4),
        "gnb-00101-3": Dialect(Family.FLEXRIC, ppid=70),
    }
    assert node_dialects(file_of(tmp_path, "[ric]\n")) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('dialects = "flexric"', "write a table"),
        ('dialects = { n = "flexrick" }', "Did you mean 'flexric'?"),
        ("dialects = { n = 5 }", "write"),
        ("dialects = { n = { time = 4 } }", "has no 'time'"),
        ("dialects = { n = { kpm_time_octets = 6 } }", "4 or 8"),
        ('dialects = { n = { kpm_time_octets = "4" } }', "whole number"),
        ("dialekts = {}", "Did you mean 'dialects'?"),
    ],
)
def test_a_wrong_dialect_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as told:
        node_dialects(file_of(tmp_path, f"[ric]\n{text}\n"))
    assert says in str(told.value)
    assert "settings.toml" in str(told.value)


def test_a_vendors_profiles_are_named_per_node_and_may_be_ones_own(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        """
[ric.dialects]
"gnb-00101-1*" = {vendor = ["delay-ms", "acme"]}
"*" = {family = "flexric", vendor = "flexric"}

[ric.vendors.acme]
"RRU.PrbTotDl" = {name = "ACME.PrbUse", factor = 100}
"DRB.UEThpDl" = 1000
"RSRP" = "ACME.Rsrp"
""",
    )
    dialects = node_dialects(path)
    vendor = dialects["gnb-00101-1*"].vendor
    assert vendor is not None
    assert vendor.name == "delay-ms, acme"
    assert vendor.aliases[-3:] == (
        Alias("RRU.PrbTotDl", "ACME.PrbUse", 100.0),
        Alias("DRB.UEThpDl", "DRB.UEThpDl", 1000.0),
        Alias("RSRP", "ACME.Rsrp", 1.0),
    )
    assert dialects["*"].family is Family.FLEXRIC


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[ric.dialects]\n"*" = {vendor = "delay-m"}\n', "Did you mean 'delay-ms'"),
        ('[ric.dialects]\n"*" = {vendor = 5}\n', "write a profile's name"),
        ("[ric.vendors]\nacme = 5\n", "write a table"),
        ('[ric.vendors.acme]\n"RRU.PrbTotDk" = 5\n[ric.dialects]\n', "Did you mean 'RRU.PrbTotDl'"),
        ("[ric.vendors.acme]\nRSRP = {factor = 0}\n", "not 0"),
        ("[ric.vendors.acme]\nRSRP = {faktor = 2}\n", "no 'faktor'"),
        ('[ric.vendors.acme]\nRSRP = {name = ""}\n', "the name that the node sends"),
    ],
)
def test_a_wrong_profile_is_told(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        node_dialects(file_of(tmp_path, text))


def test_what_computing_takes_and_who_watches_for_drift_comes_from_the_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, '[ric.cost]\ncpu_watts = 12\ntariff = 0.3\n[ric.drift]\ndetector = "page-hinkley"\n')
    assert cost(path) == CostSettings(cpu_watts=12.0, tariff=0.3)
    assert drift_detector(path) == "page-hinkley"
    assert (cost(None), drift_detector(None)) == (CostSettings(), "auto")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[ric.cost]\ncpu_wats = 1\n", ("ric.cost has no 'cpu_wats'", "Did you mean 'cpu_watts'?")),
        ("[ric.cost]\nshare = 2\n", ("ric.cost.share = 2", "0 to 1")),
        ("[ric.cost]\ntariff = true\n", ("ric.cost.tariff = True", "0 or more")),
        ("[ric.cost]\npue = 0.2\n", ("ric.cost.pue = 0.2", "1 or more")),
        ("[ric]\ncost = 3\n", ("ric.cost = 3", "write a table")),
        ("[ric.drift]\ndetector = 'adwin'\n", ("ric.drift.detector", "Did you mean 'river-adwin'?")),
        ("[ric.drift]\ndetectors = 'adwin'\n", ("ric.drift", "and nothing else")),
    ],
)
def test_a_wrong_cost_or_detector_is_told(tmp_path: Path, text: str, says: tuple[str, ...]) -> None:
    path = file_of(tmp_path, text)
    with pytest.raises(ConfigError) as told:
        _ = cost(path), drift_detector(path)
    for word in (*says, "settings.toml"):
        assert word in str(told.value)
