"""What an O-RAN SC near-RT RIC has hard-wired: names, ports, keys and labels of an xApp's objects."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.charts import helm
from tests.charts.cases import every_xapp
from tests.charts.documents import Document, of_kind, one, pods_of

RULES = Path(__file__).parent / "descriptor.schema.yaml"
NAMESPACE = "ricxapp"
LITERAL = r"a\b \"c\" {{ d }} é"
"""A text that a template which quotes by hand, or deletes backslashes, would change."""


def _service(documents: list[Document], name: str) -> dict[str, dict[str, Any]]:
    (service,) = [made for made in of_kind(documents, "Service") if made.name == name]
    return {port["name"]: port for port in service.body["spec"]["ports"]}


@every_xapp
def test_the_rmr_service_is_the_one_that_an_app_manager_builds(chart: Path) -> None:
    ports = _service(helm.documents(chart), f"service-{NAMESPACE}-{chart.name}-rmr")
    assert ports["rmrdata"]["port"] == 4560
    assert ports["rmrroute"]["port"] == 4561
    assert {port["protocol"] for port in ports.values()} == {"TCP"}


@every_xapp
def test_the_two_services_differ_only_by_what_a_subscription_manager_replaces(chart: Path) -> None:
    documents = helm.documents(chart, namespace="elsewhere")
    http, rmr = f"service-elsewhere-{chart.name}-http", f"service-elsewhere-{chart.name}-rmr"
    assert {made.name for made in of_kind(documents, "Service")} == {http, rmr}
    assert http.replace("http", "rmr") == rmr
    assert _service(documents, http)["http"]["port"] == 8080


@every_xapp
def test_the_descriptor_and_its_schema_are_mounted_where_an_xapp_looks(chart: Path) -> None:
    documents = helm.documents(chart)
    (made,) = [
        one for one in of_kind(documents, "ConfigMap") if one.name == f"configmap-{NAMESPACE}-{chart.name}-appconfig"
    ]
    assert set(made.body["data"]) == {"config-file.json", "schema.json"}
    (pod,) = [pod for pod in pods_of(documents) if not pod.is_hook]
    (volume,) = [volume for volume in pod.spec["volumes"] if volume.get("configMap", {}).get("name") == made.name]
    for container in pod.containers:
        (mount,) = [mount for mount in container["volumeMounts"] if mount["name"] == volume["name"]]
        assert mount["mountPath"] == "/opt/ric/config"
        assert mount["readOnly"] is True
        assert "subPath" not in mount


@every_xapp
def test_the_environment_is_the_platforms(chart: Path) -> None:
    documents = helm.documents(chart)
    name = f"configmap-{NAMESPACE}-{chart.name}-appenv"
    (made,) = [one for one in of_kind(documents, "ConfigMap") if one.name == name]
    said = made.body["data"]
    assert said["RMR_RTG_SVC"] == "4561"
    assert said["RMR_SRC_ID"] == f"service-{NAMESPACE}-{chart.name}-rmr.{NAMESPACE}"
    assert said["XAPP_DESCRIPTOR_PATH"] == "/opt/ric/config"
    assert said["DBAAS_SERVICE_HOST"] == "service-ricplt-dbaas-tcp.ricplt.svc.cluster.local"
    assert said["DBAAS_SERVICE_PORT"] == "6379"
    for pod in pods_of(documents):
        if not pod.is_hook:
            for container in pod.containers:
                sources = [origin["configMapRef"] for origin in container["envFrom"]]
                assert {"name": name} in sources
                assert {"name": "dbaas-appconfig", "optional": True} in sources, "or it starts only beside a platform"


@every_xapp
def test_the_labels_are_those_that_the_platform_selects_by(chart: Path) -> None:
    for document in helm.documents(chart, release="of-mine"):
        assert document.labels["app"] == f"{NAMESPACE}-{chart.name}", document
        assert document.labels["release"] == "of-mine", document
    for pod in pods_of(helm.documents(chart, release="of-mine")):
        assert pod.labels["release"] == "of-mine"


@every_xapp
def test_the_chart_is_called_as_the_xapp_calls_itself(chart: Path) -> None:
    told = json.loads((chart / "files" / "config-file.json").read_text())
    assert told["xapp_name"] == chart.name == yaml.safe_load((chart / "Chart.yaml").read_text())["name"]
    assert chart.name in {entry.name for entry in entry_points(group="ricloop.xapps")}


@every_xapp
def test_the_descriptor_keeps_the_platforms_rules(chart: Path) -> None:
    told = _descriptor(helm.documents(chart))
    judge = jsonschema.Draft7Validator(yaml.safe_load(RULES.read_text()))
    assert [error.message for error in judge.iter_errors(told)] == []


@every_xapp
def test_the_controls_of_the_descriptor_keep_their_schema(chart: Path) -> None:
    (made,) = [one for one in of_kind(helm.documents(chart), "ConfigMap") if one.name.endswith("-appconfig")]
    schema = json.loads(made.body["data"]["schema.json"])
    jsonschema.Draft7Validator.check_schema(schema)
    controls = json.loads(made.body["data"]["config-file.json"])["controls"]
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(controls)] == []


@every_xapp
def test_controls_of_the_values_are_those_of_the_descriptor_whatever_they_hold(chart: Path) -> None:
    (texts) = [key for key, value in helm.default_values(chart)["config"].items() if isinstance(value, str)]
    for key, value in helm.default_values(chart)["config"].items():
        assert _descriptor(helm.documents(chart))["controls"][key] == value
    for key in texts:
        try:
            documents = helm.documents(chart, {"config": {key: LITERAL}})
        except helm.Refused:
            continue  # a choice of few words
        assert _descriptor(documents)["controls"][key] == LITERAL


@every_xapp
def test_a_backslash_in_an_environment_variable_survives(chart: Path) -> None:
    documents = helm.documents(chart, {"extraEnv": [{"name": "TEXT", "value": LITERAL}], "extraArgs": [LITERAL]})
    (pod,) = [pod for pod in pods_of(documents) if not pod.is_hook]
    for container in pod.containers:
        assert {"name": "TEXT", "value": LITERAL} in container["env"]
        assert LITERAL in container["args"]


@every_xapp
def test_without_the_platforms_names_they_are_those_of_the_release(chart: Path) -> None:
    for document in helm.documents(chart, {"ric": {"oranScNames": False, "host": "ric"}}, release="of-mine"):
        assert document.name.startswith(f"of-mine-{chart.name}"), document


@every_xapp
def test_the_message_bus_can_be_left_out(chart: Path) -> None:
    documents = helm.documents(chart, {"rmr": {"enabled": False}})
    assert not [made.name for made in of_kind(documents, "Service") if made.name.endswith("-rmr")]
    (pod,) = [pod for pod in pods_of(documents) if not pod.is_hook]
    assert not any("--rmr" in container["args"] for container in pod.containers)


def test_the_e2_service_of_the_ric_is_sctp_at_the_port_that_nodes_know() -> None:
    chart = helm.HELM / "ricloop"
    service = _e2(helm.documents(chart, namespace="ricplt"))
    (port,) = service.body["spec"]["ports"]
    assert (port["port"], port["protocol"]) == (36422, "SCTP")
    outside = _e2(helm.documents(chart, {"e2": {"service": {"type": "NodePort"}}}, namespace="ricplt"))
    (port,) = outside.body["spec"]["ports"]
    assert (port["nodePort"], port["protocol"]) == (32222, "SCTP")


@pytest.mark.parametrize("mistake", ["xapp_name", "version", "containers"])
def test_the_platforms_rules_find_a_descriptor_that_lacks_a_part(mistake: str) -> None:
    told = json.loads((helm.HELM / "minimal" / "files" / "config-file.json").read_text())
    del told[mistake]
    assert list(jsonschema.Draft7Validator(yaml.safe_load(RULES.read_text())).iter_errors(told))


def _descriptor(documents: list[Document]) -> dict[str, Any]:
    (made,) = [one for one in of_kind(documents, "ConfigMap") if one.name.endswith("-appconfig")]
    told: dict[str, Any] = json.loads(made.body["data"]["config-file.json"])
    return told


def _e2(documents: list[Document]) -> Document:
    return one([made for made in of_kind(documents, "Service") if "-e2" in made.name], "Service")
