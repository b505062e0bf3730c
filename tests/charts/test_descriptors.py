"""The descriptors in the charts are those of their xApps' classes, and what pods are given is what they read."""

from __future__ import annotations

import json
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import yaml

from ricloop.platform.appmgr import AppManager
from ricloop.platform.descriptor import CONFIG_FILE, SCHEMA_FILE, read_descriptor, write_descriptor
from ricloop.runtime.load import GROUP, xapp_class
from ricloop.runtime.remote.pod import controls_of
from ricloop.runtime.settings import build
from tests.charts import helm
from tests.charts.documents import of_kind

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(entry.name for entry in entry_points(group=GROUP) if entry.module.startswith("ricloop_xapps."))


@pytest.mark.parametrize("xapp", SHIPPED)
def test_a_charts_descriptor_is_the_one_of_its_class(xapp: str, tmp_path: Path) -> None:
    write_descriptor(xapp_class(xapp), tmp_path)
    for name in (CONFIG_FILE, SCHEMA_FILE):
        kept = ROOT / "helm" / xapp / "files" / name
        assert kept.read_text() == (tmp_path / name).read_text(), (
            f"{kept} is not what the class says: ricloop descriptor {xapp} --out {kept.parent.relative_to(ROOT)}"
        )


@pytest.mark.parametrize(
    ("xapp", "values"),
    [(xapp, values) for xapp in SHIPPED for values in sorted((helm.HELM / xapp / "ci").glob("*-values.yaml"))],
    ids=lambda one: one.name.removesuffix("-values.yaml") if isinstance(one, Path) else one,
)
def test_what_a_chart_hands_to_its_pod_is_what_the_xapps_process_reads(xapp: str, values: Path, tmp_path: Path) -> None:
    documents = helm.documents(helm.HELM / xapp, yaml.safe_load(values.read_text()) or {})
    maps = {one.name.rpartition("-")[2]: one.body["data"] for one in of_kind(documents, "ConfigMap")}
    for name in (CONFIG_FILE, SCHEMA_FILE):
        (tmp_path / name).write_text(maps["appconfig"][name])
    cls = xapp_class(xapp)
    (app,) = build([cls], None, (), controls_of(tmp_path, cls))
    assert controls_of(tmp_path, cls)[xapp].keys() == cls.settings_type.model_fields.keys()
    # Where it says that it is: at the Services of its own chart.
    told = AppManager.of("http://127.0.0.1:8080", read_descriptor(tmp_path, xapp), maps["appenv"], 8080, 4560)
    registration = json.loads(told.registration({})[1])
    made = of_kind(documents, "Service")
    services = {f"{one.name}.{one.body['metadata']['namespace']}" for one in made}
    assert registration["httpEndpoint"].removesuffix(":8080") in services
    if any(one.name.endswith("-rmr") for one in made):
        assert registration["rmrEndpoint"].removesuffix(":4560") in services
    assert app.name == registration["appInstanceName"]
