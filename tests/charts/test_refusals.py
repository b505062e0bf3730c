"""What must not be installed is refused, and the message names the value, so that its writer finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts import helm, values
from tests.charts.cases import KUBERNETES, OPERATORS, XAPPS, every_chart, every_xapp
from tests.charts.documents import Document, pods_of
from tests.charts.schemas import problems

FREE = {
    "affinity", "annotations", "inline", "labels", "nodeSelector", "podAnnotations", "podLabels",
}  # fmt: skip
"""Mappings whose keys are the operator's, not ours."""


@every_chart
def test_a_misspelt_key_is_refused_at_every_level(chart: Path) -> None:
    silent = []
    for path in values.mappings(helm.default_values(chart)):
        if not FREE & set(path) and path != ("global",):  # charts around it put more there
            _, no = _made_or_refused(chart, values.only((*path, "mispelt"), 1))
            if no is None or "'mispelt' not allowed" not in no or (path[-1:] and path[-1] not in no):
                silent.append((".".join(path), no))
    assert silent == []


@every_chart
def test_a_value_of_another_type_is_refused_wherever_it_stands(chart: Path) -> None:
    silent = []
    for path, value in values.leaves(helm.default_values(chart)):
        if not FREE & set(path[:-1]):
            wrong = "some text" if isinstance(value, dict | list) else {"an": "object"}
            _, no = _made_or_refused(chart, values.only(path, wrong))
            if no is None or f"/{path[-1]}'" not in no:
                silent.append((".".join(path), no))
    assert silent == []


@every_chart
def test_a_value_that_is_taken_away_is_refused_or_renders_without_a_hole(chart: Path) -> None:
    """null takes a default away: what the templates make of nothing must not be the word for it."""
    wrong = []
    for path, _ in values.leaves(helm.default_values(chart)):
        if not FREE & set(path[:-1]):
            made, no = _made_or_refused(chart, values.only(path, None))
            if no is not None and (path[-1] not in no or "nil pointer" in no):
                wrong.append((".".join(path), no))
            for document in made:
                found = problems(document, KUBERNETES[-1]) + ["nil"] * ("nil>" in str(document.body))
                wrong += [(".".join(path), f"{document}: {problem}") for problem in found]
    assert wrong == []


def _made_or_refused(chart: Path, said: dict[str, Any]) -> tuple[list[Document], str | None]:
    try:
        return helm.documents(chart, said, apis=OPERATORS, kubernetes=KUBERNETES[-1]), None
    except helm.Refused as no:
        return [], str(no)
    except yaml.YAMLError as error:
        return [], f"nil pointer or worse: {error}"


# What is set, and the words that the refusal must hold.
Row = tuple[dict[str, Any], str]

OF_EVERY_POD: list[Row] = [
    ({"image.digest": "sha256:abc"}, "/image/digest"),
    ({"image.digest": "md5:00000000000000000000000000000000"}, "/image/digest"),
    ({"image.repository": ""}, "/image/repository"),
    ({"image.repository": "Big Name"}, "/image/repository"),
    ({"image.tag": "a tag"}, "/image/tag"),
    ({"image.pullPolicy": "Sometimes"}, "/image/pullPolicy IfNotPresent"),
    ({"image.pullSecrets": "one"}, "/image/pullSecrets"),
    ({"replicaCount": -1}, "/replicaCount"),
    ({"replicaCount": 1.5}, "/replicaCount"),
    ({"replicaCount": "1"}, "/replicaCount"),
    ({"resources.limits.cpu": "lots"}, "/resources/limits/cpu"),
    ({"resources.limits.memory": "1 gigabyte"}, "/resources/limits/memory"),
    ({"resources.limits.memory": None}, "memory"),
    ({"resources.limits": None}, "limits"),
    ({"resources.requests.gpu": 1}, "/resources/requests gpu"),
    ({"terminationGracePeriodSeconds": 0}, "/terminationGracePeriodSeconds"),
    ({"probes.liveness.periodSeconds": 0}, "/probes/liveness/periodSeconds"),
    ({"probes.liveness.exec.command": ["true"]}, "/probes/liveness exec"),
    ({"gpu.enabled": "yes"}, "/gpu/enabled"),
    ({"gpu.enabled": True, "gpu.count": 0}, "/gpu/count"),
    ({"gpu.enabled": True, "gpu.resourceName": "gpu"}, "/gpu/resourceName"),
    ({"tmpSize": "big"}, "/tmpSize"),
    ({"nodeSelector.gpu": True}, "/nodeSelector/gpu"),
    ({"extraEnv.A": "b"}, "/extraEnv"),
    ({"extraArgs": "--verbose"}, "/extraArgs"),
    ({"networkPolicy.enabled": "no"}, "/networkPolicy/enabled"),
    ({"helmTest.timeoutSeconds": 0}, "/helmTest/timeoutSeconds"),
    (
        {"realtime.enabled": True, "resources.requests.cpu": "1", "resources.limits.cpu": "2"},
        "realtime.enabled resources.requests resources.limits",
    ),
    (
        {"realtime.enabled": True, "resources.requests.cpu": "500m", "resources.limits.cpu": "500m"},
        "realtime.enabled resources.limits.cpu",
    ),
    ({"realtime.hugepages2Mi": "much"}, "/realtime/hugepages2Mi"),
    ({"global.imageRegistry": 5}, "/global/imageRegistry"),
]

OF_AN_XAPP: list[Row] = [
    ({"stage": "on"}, "/stage shadow"),
    ({"replicaCount": 2}, "replicaCount sharded"),
    ({"autoscaling.enabled": True}, "autoscaling.enabled sharded"),
    ({"keda.enabled": True}, "keda.enabled sharded"),
    ({"sharded": True, "keda.enabled": True}, "keda.triggers"),
    (
        {
            "sharded": True,
            "autoscaling.enabled": True,
            "keda.enabled": True,
            "keda.triggers": [{"type": "cpu", "metadata": {"value": "5"}}],
        },
        "autoscaling.enabled keda.enabled",
    ),
    (
        {"sharded": True, "autoscaling.enabled": True, "autoscaling.minReplicas": 4, "autoscaling.maxReplicas": 2},
        "minReplicas maxReplicas",
    ),
    ({"autoscaling.cpuPercent": 0}, "/autoscaling/cpuPercent"),
    ({"tls.secretName": ""}, "tls.secretName tls.certManager.enabled"),
    ({"tls.secretName": "", "tls.certManager.enabled": True}, "tls.certManager.issuerRef.name"),
    ({"tls.certManager.duration": "for ever"}, "/tls/certManager/duration"),
    ({"ric.port": 99999}, "/ric/port"),
    ({"ric.port": 0}, "/ric/port"),
    ({"ric.port": "36450"}, "/ric/port"),
    ({"ric.oranScNames": "yes"}, "/ric/oranScNames"),
    ({"appmgr.url": "service-ricplt-appmgr-http"}, "/appmgr/url"),
    ({"appmgr.enabled": True, "rmr.enabled": False}, "appmgr.enabled rmr.enabled"),
    ({"platform.dbaasPort": 70000}, "/platform/dbaasPort"),
    ({"models.source": "http"}, "/models/source"),
    ({"models.source": "image"}, "models.image.reference"),
    ({"models.source": "pvc"}, "models.claimName"),
    ({"podDisruptionBudget.maxUnavailable": 0}, "/podDisruptionBudget/maxUnavailable"),
    ({"monitoring.serviceMonitor.interval": "often"}, "/monitoring/serviceMonitor/interval"),
    (
        {"monitoring.serviceMonitor.enabled": True, "monitoring.serviceMonitor.interval": "5s"},
        "monitoring.serviceMonitor.scrapeTimeout interval 10s 5s",
    ),
]

OF_THE_RIC: list[Row] = [
    ({"replicaCount": 2}, "replicaCount leaderElection.enabled"),
    ({"rpc.enabled": True}, "tls.secretName rpc.enabled"),
    ({"rpc.enabled": True, "tls.certManager.enabled": True}, "tls.certManager.issuerRef.name"),
    ({"rpc.port": 65536}, "/rpc/port"),
    ({"stage": "on"}, "/stage shadow"),
    ({"e2.sctp.port": 99999}, "/e2/sctp/port"),
    ({"e2.sctp.nodePort": 80}, "/e2/sctp/nodePort 30,000"),
    ({"e2.sctp.enabled": False}, "e2.sctp.enabled e2.tcp.enabled"),
    ({"e2.service.type": "ExternalName"}, "/e2/service/type"),
    ({"e2.cidrs": ["everywhere"]}, "/e2/cidrs"),
    ({"e2.allow": [""]}, "/e2/allow"),
    ({"xapps": "energy-saving"}, "/xapps"),
    ({"xapps": ["minimal", "minimal"]}, "xapps once"),
    ({"e2.tcp.enabled": True, "e2.tcp.port": 9464}, "e2.tcp.port 9464 metrics"),
    ({"rpc.enabled": True, "tls.secretName": "ric", "rpc.port": 8080, "leaderElection.enabled": True}, "rpc.port 8080"),
    ({"rpc.enabled": True, "tls.secretName": "ric", "rpc.port": 36421, "e2.tcp.enabled": True}, "rpc.port e2.tcp.port"),
    ({"leaderElection.enabled": True, "leaderElection.durationSeconds": 0}, "/leaderElection/durationSeconds"),
    (
        {"leaderElection.enabled": True, "leaderElection.durationSeconds": 2, "leaderElection.renewSeconds": 5},
        "leaderElection.renewSeconds durationSeconds",
    ),
    ({"leaderElection.leaseName": "My Lease"}, "/leaderElection/leaseName"),
    ({"settings.inline": "a = 1", "settings.configMap.name": "mine"}, "settings.inline settings.configMap"),
    ({"topology.inline.cells": [], "topology.configMap.name": "mine"}, "topology.inline topology.configMap"),
    ({"policies.inline.a": {}, "policies.configMap.name": "mine"}, "policies.inline policies.configMap"),
    ({"audit.persistence.accessModes": []}, "/audit/persistence/accessModes"),
    ({"audit.persistence.accessModes": ["ReadSometimes"]}, "/audit/persistence/accessModes"),
    ({"audit.size": "-1Gi"}, "/audit/size"),
    ({"cpu": -1}, "/cpu"),
    ({"models.source": "image"}, "models.image.reference"),
    (
        {"replicaCount": 2, "leaderElection.enabled": True, "audit.persistence.enabled": True},
        "audit.persistence.accessModes ReadWriteMany",
    ),
]

OF_THE_SIMULATOR: list[Row] = [
    ({"replicaCount": 2}, "/replicaCount"),
    ({"scenario": ""}, "/scenario"),
    ({"scenario": "../../etc/passwd"}, "/scenario"),
    ({"seed": -1}, "/seed"),
    ({"seed": "one"}, "/seed"),
    ({"speed": 0}, "/speed"),
    ({"seconds": 0}, "/seconds"),
    ({"ric.transport": "udp"}, "/ric/transport"),
    ({"ric.port": 99999}, "/ric/port"),
]


def _named(said: dict[str, Any]) -> str:
    return ",".join(f"{path}={value}" for path, value in said.items())


RIC, SIMULATOR = helm.HELM / "ricloop", helm.HELM / "e2sim"
ROWS = [
    pytest.param(chart, said, words, id=f"{chart.name}-{_named(said)}")
    for charts, rows in (
        ([*XAPPS, RIC, SIMULATOR], OF_EVERY_POD),
        (XAPPS, OF_AN_XAPP),
        ([RIC], OF_THE_RIC),
        ([SIMULATOR], OF_THE_SIMULATOR),
    )
    for chart in charts
    for said, words in rows
]


@pytest.mark.parametrize(("chart", "said", "words"), ROWS)
def test_a_wrong_value_is_refused_in_words_that_name_it(chart: Path, said: dict[str, Any], words: str) -> None:
    with pytest.raises(helm.Refused) as no:
        helm.render(chart, values.nested(said))
    for word in words.split():
        assert word in str(no.value)


@pytest.mark.parametrize("chart", [*XAPPS, RIC], ids=lambda folder: folder.name)
def test_models_from_an_image_are_refused_where_kubernetes_cannot_mount_one(chart: Path) -> None:
    said = {"models": {"source": "image", "image": {"reference": "registry.example.com/models:1"}}}
    with pytest.raises(helm.Refused, match=r"models\.source.*1\.31"):
        helm.render(chart, said, kubernetes="1.30.4")
    assert any("image" in volume for pod in pods_of(helm.documents(chart, said)) for volume in pod.spec["volumes"])


@pytest.mark.parametrize("chart", [*XAPPS, RIC, SIMULATOR], ids=lambda folder: folder.name)
def test_no_pod_at_all_is_allowed_for_maintenance(chart: Path) -> None:
    (made,) = [document for document in helm.documents(chart, {"replicaCount": 0}) if document.kind == "Deployment"]
    assert made.body["spec"]["replicas"] == 0


@every_xapp
def test_the_settings_of_an_xapp_are_held_to_the_schema_of_its_class(chart: Path) -> None:
    """The settings of an xApp are held to the schema that its class gives."""
    config = helm.default_values(chart)["config"]
    assert config
    with pytest.raises(helm.Refused, match="/config"):
        helm.render(chart, {"config": {next(iter(config)): {"no": "number"}}})
