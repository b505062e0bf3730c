"""Descriptors of every installed xApp, of a new one, and of those that no platform could run."""

from __future__ import annotations

import json
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from jsonschema import Draft7Validator
from pydantic import BaseModel, ConfigDict, Field

from ricloop import Decision, Latest, Settings, XApp, ms, on, policy
from ricloop.core.errors import ConfigError
from ricloop.e2sm import kpm
from ricloop.platform.descriptor import (
    CONFIG_FILE,
    SCHEMA_FILE,
    Image,
    controls,
    controls_schema,
    descriptor,
    read_descriptor,
    semantic,
    version_of,
    write_descriptor,
)
from ricloop.platform.xappmetrics import XAppMetrics
from ricloop.runtime.load import GROUP, xapp_class
from ricloop.runtime.settings import Given, settings_of
from ricloop_xapps.new.names import Names
from ricloop_xapps.new.package import Kind, write_package
from tests.end_to_end.conftest import run_in

RULES = yaml.safe_load((Path(__file__).parents[1] / "charts" / "descriptor.schema.yaml").read_text())
XAPPS = sorted(entry.name for entry in entry_points(group=GROUP))
load = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))


class Inner(BaseModel):
    """Of a setting."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)

    share: float = Field(default=0.5, ge=0, le=1)
    """Of the
    whole."""


class Wide(Settings):
    pair: tuple[int, str] = (1, "a")
    mode: Literal["one", "two"] = "one"
    inner: Inner = Inner()
    """What is inside."""
    items: dict[str, int] = Field(default_factory=dict)
    """A name that is a word of schemas, too."""


class Numbered(BaseModel):
    model_config = ConfigDict(title="20008")


class Of(BaseModel):
    pass


class Widest(XApp[Wide]):
    @on(load, policy(Numbered), policy(Of))
    def decide(self, report: kpm.Report, one: Latest[Numbered], other: Latest[Of]) -> Decision:
        return Decision.none()


def problems(schema: Any, value: Any) -> list[str]:
    Draft7Validator.check_schema(schema)
    return sorted(error.message for error in Draft7Validator(schema).iter_errors(value))


@pytest.mark.parametrize("xapp", [*XAPPS, f"{__name__}:Widest"])
def test_a_descriptor_is_by_the_app_managers_rules(xapp: str) -> None:
    cls = Widest if ":" in xapp else xapp_class(xapp)
    told = json.loads(json.dumps(descriptor(cls)))
    assert problems(RULES, told) == []
    assert problems(controls_schema(cls), told["controls"]) == []


@pytest.mark.parametrize("xapp", [*XAPPS, f"{__name__}:Widest"])
def test_the_controls_are_its_settings_and_nothing_else(xapp: str) -> None:
    cls = Widest if ":" in xapp else xapp_class(xapp)
    told = json.loads(json.dumps(controls(cls)))
    given = {key: Given(value, "controls") for key, value in told.items()}
    assert settings_of(cls.settings_type, cls.name, given) == cls.settings_type()
    schema = controls_schema(cls)
    assert list(schema["properties"]) == list(cls.settings_type.model_fields)
    assert problems(schema, told | {"no_such_setting": 1}) != []
    for key, value in told.items():
        wrong = {"really": "wrong"} if not isinstance(value, dict) else 1
        assert problems(schema, told | {key: wrong}) != [], key


@pytest.mark.parametrize("xapp", XAPPS)
def test_every_setting_is_described(xapp: str) -> None:
    described = {
        name: part.get("description", "") for name, part in controls_schema(xapp_class(xapp))["properties"].items()
    }
    assert all(described.values()), described


def test_the_words_of_draft_07_are_used() -> None:
    schema = controls_schema(Widest)
    properties = schema["properties"]
    assert properties["pair"]["items"] == [{"type": "integer"}, {"type": "string"}]
    assert properties["inner"]["allOf"] == [{"$ref": "#/definitions/Inner"}]
    assert properties["inner"]["description"] == "What is inside."
    assert schema["definitions"]["Inner"]["properties"]["share"]["description"] == "Of the whole."
    assert "$defs" not in json.dumps(schema)
    good: dict[str, Any] = {"pair": [2, "b"], "mode": "two", "inner": {"share": 1.0}, "items": {"x": 1}}
    assert problems(schema, good) == []
    for key, wrong in (("pair", [2, 2]), ("mode", "three"), ("inner", {"share": 2}), ("items", {"x": "y"})):
        assert len(problems(schema, good | {key: wrong})) == 1, key


def test_numbered_policy_types_are_in_policies_and_all_are_named() -> None:
    told = descriptor(Widest)
    assert told["messaging"]["ports"][1]["policies"] == told["rmr"]["policies"] == [20008]
    assert told["a1PolicyTypes"] == ["20008", "Of"]
    assert descriptor(xapp_class("planned-events"))["a1PolicyTypes"] == ["PlannedEvents"]


def test_the_metrics_are_those_that_its_process_shows() -> None:
    shown = XAppMetrics("widest").exposition().decode()
    for row in descriptor(Widest)["metrics"]:
        name = row["name"].removesuffix("_total") if row["type"] == "counter" else row["name"]
        assert f"# TYPE {row['name']} {row['type']}" in shown or f"# TYPE {name} {row['type']}" in shown
        assert f"{row['name']}{'_count' if row['type'] == 'histogram' else ''}{{" in shown
    assert shown.count("# TYPE") == len(descriptor(Widest)["metrics"])


def test_the_version_is_that_of_the_distribution() -> None:
    assert version_of(xapp_class("minimal")) == semantic(version("ricloop"))
    assert version_of(Widest) == "0.0.0"


@pytest.mark.parametrize(
    ("python", "told"),
    [
        ("0.1.0", "0.1.0"),
        ("1", "1.0.0"),
        ("1.02", "1.2.0"),
        ("2.3.4.5", "2.3.4"),
        ("1.0rc1", "1.0.0-rc.1"),
        ("1.0a2.dev3+ab.c", "1.0.0-a.2.dev.3+ab.c"),
        ("1!1.0.post1", "1.0.0+post.1"),
    ],
)
def test_a_python_version_becomes_a_semantic_one(python: str, told: str) -> None:
    assert semantic(python) == told
    assert problems({"type": "string", "pattern": RULES["properties"]["version"]["pattern"]}, told) == []


def test_a_version_that_is_none_is_named() -> None:
    with pytest.raises(ConfigError, match="version one: "):
        semantic("one")


@pytest.mark.parametrize(
    ("text", "registry", "name", "tag"),
    [
        ("ricloop/xapp:0.1.0", "docker.io", "ricloop/xapp", "0.1.0"),
        ("xapp:1", "docker.io", "xapp", "1"),
        ("reg.example.org:5000/a/b:c", "reg.example.org:5000", "a/b", "c"),
    ],
)
def test_an_image_is_read_as_container_tools_read_it(text: str, registry: str, name: str, tag: str) -> None:
    assert Image.parse(text) == Image(registry, name, tag)


@pytest.mark.parametrize(
    "text", ["", "xapp", "a/b", "localhost:5000/x:1", "a.b/x@sha256:00", "10.0.0.1/x:1", "a.b/:1", "a b:1"]
)
def test_an_image_that_the_app_manager_would_not_take_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match="--image"):
        Image.parse(text)


def test_an_xapp_that_no_platform_could_name_or_configure_is_told(tmp_path: Path) -> None:
    class Needy(Settings):
        needed: int

    class Odd(Settings):
        function: Any = print

    for type_, says in ((Needy, "'needed' has no good default"), (Odd, "nothing that JSON has")):

        class Bad(XApp[type_]):  # type: ignore[valid-type]
            @on(load)
            def decide(self, report: kpm.Report) -> Decision:
                return Decision.none()

        with pytest.raises(ConfigError, match=says):
            descriptor(Bad)
    for wrong in ("Upper", "a" * 43, "1st", "a_b", ""):

        class Named(Widest):
            name = wrong

        with pytest.raises(ConfigError, match="a platform makes names of hosts of it"):
            descriptor(Named)


# ------------------------------------------------------------------------------------------------------------ reading


def test_what_was_written_is_read(tmp_path: Path) -> None:
    files = write_descriptor(Widest, tmp_path)
    assert files == (tmp_path / CONFIG_FILE, tmp_path / SCHEMA_FILE)
    for path in (tmp_path, files[0]):
        assert read_descriptor(path, "widest")["controls"] == json.loads(json.dumps(controls(Widest)))
    assert json.loads(files[1].read_text()) == json.loads(json.dumps(controls_schema(Widest)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "it is a JSON object"),
        ('{"xapp_name": "widest", "controls": []}', "it is a JSON object"),
        ('{"xapp_name": "other"}', "is of the xApp 'other', and this is 'widest'"),
        (None, "No such file"),
    ],
)
def test_a_descriptor_of_no_use_is_named(tmp_path: Path, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / CONFIG_FILE).write_text(text)
    with pytest.raises(ConfigError, match=rf"descriptor .*{CONFIG_FILE}.*{says}"):
        read_descriptor(tmp_path, "widest")


# -------------------------------------------------------------------------------------------------------- the command


def test_the_command_writes_both_files_of_a_new_xapp(tmp_path: Path) -> None:
    names = Names.of("cell-guard")
    write_package(names, Kind.KPM, tmp_path)
    arguments = ("--out", "../out/here", "--image", "registry.example.org/guard:2")
    done = run_in(tmp_path / "src")("descriptor", f"{names.package}.xapp:{names.class_name}", *arguments)
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "out" / "here" / CONFIG_FILE).read_text())
    assert problems(RULES, told) == []
    assert told["xapp_name"] == "cell-guard"
    assert told["containers"][0]["image"] == {"registry": "registry.example.org", "name": "guard", "tag": "2"}
    assert problems(json.loads((tmp_path / "out" / "here" / SCHEMA_FILE).read_text()), told["controls"]) == []


def test_the_command_names_what_it_cannot_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for arguments, says in (
        (("minimall", "--out", "out"), "Did you mean 'minimal'?"),
        (("minimal", "--out", "file"), "--out file"),
        (("minimal", "--out", "out", "--image", "x"), "--image x: write REGISTRY/NAME:TAG"),
    ):
        done = run_in(tmp_path)("descriptor", *arguments)
        assert done.returncode == 2
        assert says in done.stderr
        assert "Traceback" not in done.stderr
