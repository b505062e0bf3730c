"""Scenarios as YAML: they come back as they were, inherit, and say where they are wrong."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
import yaml

from ricloop.core.errors import ConfigError
from ricloop_e2sim.mac.policy import Policy
from ricloop_e2sim.network.hexagons import Layer
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.scenarios import NETWORKS, find_network
from ricloop_e2sim.scenarios.file import dump, load, loads
from ricloop_e2sim.scenarios.schema import schema

SMALL = """
schema: 1
name: small
title: one gNB, two users
deployment: {sites: 1, sectors: 1, layers: [{frequency_mhz: 700, bandwidth_mhz: 10}]}
groups:
  - {users: 2, service: cbr, disc: [0, 0, 50], buffer_bits: 2e6}
rules: {policy: round-robin, a3: {ttt_ms: 320}}
"""


@pytest.mark.parametrize("name", NETWORKS)
def test_every_scenario_comes_back_as_it_was(name: str) -> None:
    assert loads(dump(NETWORKS[name])) == NETWORKS[name]


def test_fields_are_taken_by_name_and_the_rest_by_default(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    small = load(path)
    assert (small.name, small.users, small.cells, small.tick_us) == ("small", 2, 1, 100_000)
    assert small.deployment.layers == (Layer(700, 10),)
    assert small.groups[0].disc == (0.0, 0.0, 50.0)
    assert (small.groups[0].buffer_bits, small.groups[0].moves) == (2e6, "waypoint")
    assert small.rules.policy is Policy.ROUND_ROBIN
    assert (small.rules.a3.ttt_ms, small.rules.a3.hysteresis_db, small.rules.channel.grain_m) == (320, 1.0, 1.0)
    assert loads(dump(small)) == small


def test_a_dump_has_only_what_differs() -> None:
    whole = yaml.safe_load(dump(loads(SMALL)))
    assert whole["schema"] == 1
    assert whole["rules"] == {"a3": {"ttt_ms": 320}, "policy": "round-robin"}
    assert "slices" not in whole


def test_one_is_based_on_another() -> None:
    city = find_network("blackout")
    mine = loads(
        "{schema: 1, based_on: blackout, name: mine, deployment: {sites: 19}, calendar: {start_hour: 3}, "
        "impairments: []}"
    )
    assert mine == replace(
        city,
        name="mine",
        deployment=replace(city.deployment, sites=19),
        calendar=replace(city.calendar, start_hour=3.0),
        impairments=(),
    )
    assert loads("{schema: 1, based_on: stadium}") == find_network("stadium")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("groups: [", "not YAML"),
        ("[1, 2]", r"the file is \[1, 2\]; give a mapping"),
        ("", "the file is nothing"),
        ("{schema: 2}", "schema is 2"),
        ("{name: x}", "schema is missing"),
        ("{schema: 1, based_on: stadum}", "'stadium'"),
        ("{schema: 1, name: x, title: y}", "groups is missing"),
        ("{schema: 1, based_on: stadium, sedonds: 5}", "sedonds: there is no such setting. Did you mean 'seconds'"),
        ("{schema: 1, based_on: stadium, deployment: {site: 5}}", r"deployment\.site: .*'sites'"),
        ("{schema: 1, based_on: stadium, groups: [{users: 1}, {user: 2}]}", r"groups\[1\]\.user: .*'users'"),
        ("{schema: 1, based_on: stadium, groups: [{service: web}]}", r"groups\[0\]\.users is missing"),
        ("{schema: 1, based_on: stadium, groups: [{users: 1.5}]}", r"groups\[0\]\.users is 1\.5; give a whole number"),
        ("{schema: 1, based_on: stadium, groups: [{users: true}]}", r"groups\[0\]\.users is True; give a whole number"),
        ("{schema: 1, based_on: stadium, seconds: long}", "seconds is 'long'; give a number"),
        ("{schema: 1, based_on: stadium, seconds: true}", "seconds is True; give a number"),
        ("{schema: 1, based_on: stadium, seconds: .nan}", "seconds is nan; give a number"),
        ("{schema: 1, based_on: stadium, seconds: .inf}", r"seconds: a run of inf s; give 0\.1 to 1000000"),
        ("{schema: 1, based_on: stadium, seconds: 0}", r"seconds: a run of 0 s; give 0\.1"),
        ("{schema: 1, based_on: stadium, name: 5}", "name is 5; give text"),
        ("{schema: 1, based_on: stadium, name: null}", "name is nothing; give text"),
        ("{schema: 1, based_on: stadium, groups: 5}", "groups is 5; give a list"),
        ("{schema: 1, based_on: stadium, rules: fast}", "rules is 'fast'; give a mapping"),
        ("{schema: 1, based_on: stadium, rules: {policy: max-cj}}", r"rules\.policy is 'max-cj'.*'max-ci'"),
        ("{schema: 1, based_on: stadium, rules: {policy: [1]}}", r"rules\.policy is \[1\]"),
        ("{schema: 1, based_on: stadium, rules: {a3: {ttt_ms: 7}}}", r"rules\.a3: time to trigger 7 ms"),
        ("{schema: 1, based_on: stadium, groups: [{users: 1, disc: [0, 0]}]}", r"disc has 2 values; give 3"),
        ("{schema: 1, based_on: stadium, groups: [{users: 1, scale: 2}]}", r"groups\[0\]: scale 2"),
        ("{schema: 1, based_on: stadium, deployment: {dialect: {kpm_time_octets: 5}}}", r"dialect: .* not 5"),
        ("{schema: 1, based_on: stadium, seconds: 5, seconds: 6}", "line 1: 'seconds' is given twice"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        loads(text)


def test_an_error_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml: No such file"):
        load(tmp_path / "gone.yaml")
    path = tmp_path / "bad.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"bad\.yaml: this is not text in UTF-8"):
        load(path)


def test_the_schema_has_every_field_and_no_other() -> None:
    made = schema()
    parts = made["$defs"]
    json.dumps(made, allow_nan=False)
    assert set(made["properties"]) == {"schema", "based_on", *(field.name for field in fields(NetworkScenario))}
    assert set(parts["Group"]["properties"]) == {field.name for field in fields(Group)}
    assert parts["Group"]["required"] == ["users"]
    assert parts["Policy"] == {"enum": ["round-robin", "proportional-fair", "max-ci", "qos-proportional-fair"]}
    assert made["properties"]["based_on"]["enum"] == list(NETWORKS)
    assert all(part["additionalProperties"] is False for part in (made, *parts.values()) if "properties" in part)
