"""What is off by default appears when it is asked for, whole, and only then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.charts import helm
from tests.charts.cases import KUBERNETES, OPERATORS, XAPPS
from tests.charts.documents import Pod, of_kind, one, pods_of

RIC, SIMULATOR = helm.HELM / "ricloop", helm.HELM / "e2sim"
WORKLOADS = [*XAPPS, RIC, SIMULATOR]
ISSUER = {"enabled": True, "issuerRef": {"name": "ours"}}
SHARDED = {"sharded": True}
TRIGGER = {"type": "cpu", "metadata": {"value": "60"}}
LEASE = {"leaderElection": {"enabled": True}}

of_xapps = pytest.mark.parametrize("chart", XAPPS, ids=lambda folder: folder.name)
of_workloads = pytest.mark.parametrize("chart", WORKLOADS, ids=lambda folder: folder.name)

# Kind, whose, the values that ask for it.
ASKED: list[tuple[str, list[Path], dict[str, Any]]] = [
    ("ServiceMonitor", [*XAPPS, RIC], {"monitoring": {"serviceMonitor": {"enabled": True}}}),
    ("PrometheusRule", [RIC], {"monitoring": {"prometheusRule": {"enabled": True}}}),
    ("Certificate", [*XAPPS, RIC], {"rpc": {"enabled": True}, "tls": {"secretName": "", "certManager": ISSUER}}),
    ("HorizontalPodAutoscaler", XAPPS, {**SHARDED, "autoscaling": {"enabled": True}}),
    ("ScaledObject", XAPPS, {**SHARDED, "keda": {"enabled": True, "triggers": [TRIGGER]}}),
    ("PodDisruptionBudget", XAPPS, {**SHARDED, "replicaCount": 2}),
    ("PodDisruptionBudget", [RIC], {**LEASE, "replicaCount": 2}),
    ("Role", [RIC], LEASE),
    ("RoleBinding", [RIC], LEASE),
    ("PersistentVolumeClaim", [RIC], {"audit": {"persistence": {"enabled": True}}}),
]  # fmt: skip
ROWS = [
    pytest.param(
        kind,
        chart,
        _said if chart == RIC else {key: part for key, part in _said.items() if key != "rpc"},
        id=f"{kind}-{chart.name}",
    )
    for kind, charts, _said in ASKED
    for chart in charts
]


@pytest.mark.parametrize(("kind", "chart", "said"), ROWS)
def test_a_kind_is_there_exactly_when_it_is_asked_for(kind: str, chart: Path, said: dict[str, Any]) -> None:
    assert not of_kind(helm.documents(chart, apis=OPERATORS), kind)
    assert len(of_kind(helm.documents(chart, said, apis=OPERATORS), kind)) == 1


@pytest.mark.parametrize("chart", WORKLOADS, ids=lambda folder: folder.name)
def test_one_pod_has_no_budget_that_would_keep_its_node_from_being_emptied(chart: Path) -> None:
    assert not of_kind(helm.documents(chart), "PodDisruptionBudget")


def test_a_budget_counts_the_least_that_a_scaler_keeps() -> None:
    for least, there in ((1, 0), (2, 1)):
        said = {**SHARDED, "autoscaling": {"enabled": True, "minReplicas": least}}
        assert len(of_kind(helm.documents(XAPPS[0], said), "PodDisruptionBudget")) == there


@of_workloads
def test_turned_off_there_is_no_policy_of_the_network(chart: Path) -> None:
    assert of_kind(helm.documents(chart), "NetworkPolicy")
    assert not of_kind(helm.documents(chart, {"networkPolicy": {"enabled": False}}), "NetworkPolicy")


@of_workloads
def test_an_account_that_is_there_is_used_and_none_is_made(chart: Path) -> None:
    documents = helm.documents(chart, {"serviceAccount": {"create": False, "name": "of-ours"}})
    assert not of_kind(documents, "ServiceAccount")
    assert {pod.spec["serviceAccountName"] for pod in pods_of(documents) if not pod.is_hook} == {"of-ours"}


@of_workloads
def test_a_digest_goes_before_the_tag_and_a_registry_before_both(chart: Path) -> None:
    digest = "sha256:" + "ab" * 32
    said = {"image": {"registry": "registry.example.com", "tag": "9.9.9", "digest": digest, "pullSecrets": ["mine"]}}
    for pod in pods_of(helm.documents(chart, said)):
        assert pod.spec["imagePullSecrets"] == [{"name": "mine"}]
        for container in pod.containers:
            assert container["image"].startswith("registry.example.com/ricloop/")
            assert container["image"].endswith("@" + digest)
    for pod in pods_of(helm.documents(chart, {"image": {"registry": ""}})):
        for container in pod.containers:
            assert container["image"].startswith("ricloop/")
            assert container["image"].endswith(":0.1.0"), "the tag is the chart's appVersion"
    shared = {"global": {"imageRegistry": "mirror.example.com", "imagePullSecrets": ["all"]}}
    for pod in pods_of(helm.documents(chart, shared)):
        assert pod.spec["imagePullSecrets"] == [{"name": "all"}]
        assert all(container["image"].startswith("mirror.example.com/") for container in pod.containers)


@pytest.mark.parametrize("chart", [*XAPPS, RIC], ids=lambda folder: folder.name)
def test_a_gpu_is_a_limit_with_its_class_its_tolerations_and_its_image(chart: Path) -> None:
    said = {"gpu": {"enabled": True, "resourceName": "nvidia.com/mig-1g.10gb", "count": 2}}
    pod = _working(chart, said)
    (container,) = pod.containers
    assert container["resources"]["limits"]["nvidia.com/mig-1g.10gb"] == "2"
    assert container["resources"]["requests"].get("nvidia.com/mig-1g.10gb", "2") == "2"
    assert pod.spec["runtimeClassName"] == "nvidia"
    assert {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"} in pod.spec["tolerations"]
    assert "xapp-gpu" in container["image"]
    plain = _working(chart, {})
    assert "runtimeClassName" not in plain.spec
    assert not any("nvidia" in key for key in plain.containers[0]["resources"]["limits"])


@pytest.mark.parametrize("chart", [*XAPPS, RIC], ids=lambda folder: folder.name)
def test_processors_of_its_own_come_with_whole_cpus_and_the_annotations(chart: Path) -> None:
    amounts = {"cpu": "2", "memory": "1Gi"}
    said = {
        "realtime": {"enabled": True, "hugepages2Mi": "256Mi"},
        "resources": {"requests": amounts, "limits": amounts},
    }
    pod = _working(chart, said)
    for name in ("cpu-load-balancing.crio.io", "irq-load-balancing.crio.io", "cpu-quota.crio.io"):
        assert pod.annotations[name] == "disable"
    assert pod.spec["runtimeClassName"] == "performance"
    (container,) = pod.containers
    assert container["resources"]["requests"] == container["resources"]["limits"]
    assert container["resources"]["limits"]["hugepages-2Mi"] == "256Mi"
    assert not any("crio" in name for name in _working(chart, {}).annotations)


@of_workloads
def test_further_networks_are_an_annotation(chart: Path) -> None:
    said = {"multus": {"networks": ["e2/net@e2", "o1/net"]}}
    assert _working(chart, said).annotations["k8s.v1.cni.cncf.io/networks"] == "e2/net@e2, o1/net"
    assert "k8s.v1.cni.cncf.io/networks" not in _working(chart, {}).annotations


@of_workloads
def test_where_a_pod_runs_is_the_operators(chart: Path) -> None:
    spread = [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}]
    said: dict[str, Any] = {
        "nodeSelector": {"disk": "fast"},
        "tolerations": [{"key": "ran", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "topologySpreadConstraints": spread,
        "priorityClassName": "important",
    }
    pod = _working(chart, said)
    for key, value in said.items():
        assert pod.spec[key] == value


@pytest.mark.parametrize("chart", [*XAPPS, RIC], ids=lambda folder: folder.name)
def test_models_are_mounted_to_be_read_and_their_version_is_an_annotation(chart: Path) -> None:
    for said, key in (
        ({"source": "image", "image": {"reference": "registry.example.com/models:7"}}, "image"),
        ({"source": "pvc", "claimName": "of-models"}, "persistentVolumeClaim"),
    ):
        pod = _working(chart, {"models": {**said, "version": "7"}})
        (volume,) = [volume for volume in pod.spec["volumes"] if key in volume]
        (container,) = pod.containers
        (mount,) = [mount for mount in container["volumeMounts"] if mount["name"] == volume["name"]]
        assert mount["readOnly"] is True
        assert mount["mountPath"] in container["args"], "the command is told where they are"
        assert "7" in pod.annotations.values()


@pytest.mark.parametrize("chart", [*XAPPS, RIC], ids=lambda folder: folder.name)
def test_metrics_are_announced_to_a_prometheus_without_the_operator(chart: Path) -> None:
    said = _working(chart, {}).annotations
    ports = {str(port["containerPort"]) for container in _working(chart, {}).containers for port in container["ports"]}
    assert said["prometheus.io/scrape"] == "true"
    assert said["prometheus.io/port"] in ports
    assert said["prometheus.io/path"].endswith("/metrics")
    assert "prometheus.io/scrape" not in _working(chart, {"monitoring": {"scrapeAnnotations": False}}).annotations


def test_a_ric_that_elects_is_announced_by_services_since_a_pod_that_waits_has_no_metrics_of_a_loop() -> None:
    documents = helm.documents(RIC, {**LEASE, "replicaCount": 2})
    (pod,) = [pod for pod in pods_of(documents) if not pod.is_hook]
    assert "prometheus.io/scrape" not in pod.annotations
    announced = {
        made.annotations["prometheus.io/port"]: made.body["spec"]
        for made in of_kind(documents, "Service")
        if made.annotations.get("prometheus.io/scrape") == "true"
    }
    assert set(announced) == {"9464", "8080"}
    assert all(str(spec["ports"][0]["port"]) == port and len(spec["ports"]) == 1 for port, spec in announced.items())
    assert announced["9464"]["selector"].items() - announced["8080"]["selector"].items() == {
        ("ricloop.dev/role", "leader")
    }
    silent = helm.documents(RIC, {**LEASE, "monitoring": {"scrapeAnnotations": False}})
    assert not [made for made in silent if "prometheus.io/scrape" in made.annotations]
    alone = of_kind(helm.documents(RIC), "Service")
    assert not [made for made in alone if "prometheus.io/scrape" in made.annotations], "the pod is announced already"


def test_notes_send_commands_to_the_pod_that_answers_them() -> None:
    stack = helm.HELM / "ricloop-stack"
    leader = "ricloop.dev/role=leader --output name) -- ricloop nodes"
    assert leader in helm.notes(RIC, {**LEASE, "replicaCount": 2})
    assert leader in helm.notes(stack, {"ricloop": LEASE})
    assert "exec deployment/ricxapp-ricloop -- ricloop nodes" in helm.notes(RIC)
    assert "exec deployment/ricxapp-ricloop -- ricloop nodes" in helm.notes(stack)
    without = helm.notes(stack, {"parts": {"ricloop": False}})
    assert "ricloop nodes" not in without
    assert "WARNING: parts.ricloop is false" in without


def test_dashboards_are_those_of_the_folder_under_the_label_that_grafana_looks_for() -> None:
    asked = {"monitoring": {"dashboards": {"enabled": True}}}
    found = [
        made for made in of_kind(helm.documents(RIC, asked), "ConfigMap") if made.labels.get("grafana_dashboard") == "1"
    ]
    assert {name for made in found for name in made.body["data"]} == {
        path.name for path in (helm.HELM / "dashboards").glob("*.json")
    }
    for made in found:
        for name, text in made.body["data"].items():
            assert text.strip() == (helm.HELM / "dashboards" / name).read_text().strip()
    assert not [made for made in of_kind(helm.documents(RIC), "ConfigMap") if "grafana_dashboard" in made.labels]


def test_only_a_ric_that_elects_rolls_one_by_one_and_any_other_stops_before_the_next_begins() -> None:
    alone = one(helm.documents(RIC), "Deployment").body["spec"]["strategy"]
    assert alone == {"type": "Recreate"}
    elects = one(helm.documents(RIC, {**LEASE, "replicaCount": 2}), "Deployment").body["spec"]["strategy"]
    assert elects["type"] == "RollingUpdate"
    assert elects["rollingUpdate"]["maxUnavailable"] == 0


def test_the_services_of_a_ric_that_elects_lead_to_the_leader_alone() -> None:
    documents = helm.documents(
        RIC, {**LEASE, "replicaCount": 2, "rpc": {"enabled": True}, "tls": {"secretName": "ric"}}
    )
    roles = {made.name: made.body["spec"]["selector"].get("ricloop.dev/role") for made in of_kind(documents, "Service")}
    for name, role in roles.items():
        assert role == (None if name.endswith("-lease") else "leader"), name
    assert [name for name in roles if name.endswith("-lease")]
    for made in of_kind(helm.documents(RIC, {"rpc": {"enabled": True}, "tls": {"secretName": "ric"}}), "Service"):
        assert "ricloop.dev/role" not in made.body["spec"]["selector"]


@pytest.mark.parametrize("stage", ["off", "shadow", "active"])
def test_the_kill_switch_is_what_the_command_is_told(stage: str) -> None:
    for chart in (*XAPPS, RIC):
        assert _stage(chart, {"stage": stage}) == stage


def test_off_without_quotes_is_off_though_yaml_reads_a_boolean() -> None:
    for chart in (*XAPPS, RIC):
        assert _stage(chart, {"stage": False}) == "off"


def test_nothing_is_sent_to_a_network_before_somebody_says_so() -> None:
    for chart in (*XAPPS, RIC):
        assert _stage(chart, {}) == "shadow"


def _stage(chart: Path, said: dict[str, Any]) -> str:
    args = _working(chart, said).containers[0]["args"]
    return str(args[args.index("--stage") + 1])


def _working(chart: Path, said: dict[str, Any]) -> Pod:
    (pod,) = [pod for pod in pods_of(helm.documents(chart, said, kubernetes=KUBERNETES[-1])) if not pod.is_hook]
    return pod
