"""Every pod of every chart, those of `helm test` included, keeps to Pod Security "restricted" and somewhat more."""

from __future__ import annotations

import pytest

from tests.charts.cases import Case, every_case
from tests.charts.documents import of_kind, pods_of

USER = 10001
GRACE = 30
"""Seconds that a pod is given to unsubscribe and to say goodbye, at least."""


@every_case
def test_a_pod_runs_as_a_user_without_rights(case: Case) -> None:
    for pod in pods_of(case.documents()):
        context = pod.spec["securityContext"]
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] == context["runAsGroup"] == context["fsGroup"] == USER
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod.containers:
            own = container["securityContext"]
            assert own["allowPrivilegeEscalation"] is False
            assert own["readOnlyRootFilesystem"] is True
            assert own["capabilities"] == {"drop": ["ALL"]}
            assert not {"privileged", "runAsUser", "procMount"} & own.keys()
            assert own.get("runAsNonRoot", True) is True


@every_case
def test_a_pod_sees_nothing_of_its_host(case: Case) -> None:
    for pod in pods_of(case.documents()):
        asked = case.values.get("hostNetwork", False)
        assert pod.spec.get("hostNetwork", False) is (asked and not pod.is_hook)
        assert not pod.spec.get("hostPID")
        assert not pod.spec.get("hostIPC")
        assert not [volume for volume in pod.spec.get("volumes", ()) if "hostPath" in volume]
        if not asked:
            assert not [
                port for container in pod.containers for port in container.get("ports", ()) if "hostPort" in port
            ]


@every_case
def test_a_pod_has_a_token_of_the_api_server_only_to_hold_a_lease(case: Case) -> None:
    documents = case.documents()
    for pod in pods_of(documents):
        elects = any("--lease" in container.get("args", ()) for container in pod.containers)
        assert pod.spec["automountServiceAccountToken"] is elects
        account = pod.spec["serviceAccountName"]
        asked = case.values.get("serviceAccount", {})
        assert account == asked.get("name") or account in {made.name for made in of_kind(documents, "ServiceAccount")}
        bindings = [binding.body for binding in of_kind(documents, "RoleBinding")]
        bound = {subject["name"] for binding in bindings for subject in binding["subjects"]}
        assert not elects or account in bound
    for made in of_kind(documents, "ServiceAccount"):
        assert made.body["automountServiceAccountToken"] is False, "nobody else who runs as this account gets one"


@every_case
def test_an_account_may_do_no_more_than_hold_the_lease_and_label_its_pod(case: Case) -> None:
    documents = case.documents()
    assert not of_kind(documents, "ClusterRole")
    assert not of_kind(documents, "ClusterRoleBinding")
    for role in of_kind(documents, "Role"):
        for rule in role.body["rules"]:
            assert "*" not in rule["apiGroups"] + rule["resources"] + rule["verbs"]
            match rule["resources"]:
                case ["leases"]:
                    assert rule["apiGroups"] == ["coordination.k8s.io"]
                    named = set(rule.get("resourceNames", ()))
                    assert named or rule["verbs"] == ["create"], "create knows no names, everything else is for one"
                    assert set(rule["verbs"]) <= {"get", "update", "create"}
                case ["pods"]:
                    assert rule["apiGroups"] == [""]
                    assert set(rule["verbs"]) <= {"patch", "get"}
                case other:
                    pytest.fail(f"nobody needs {other}")


@every_case
def test_a_pod_says_what_it_needs_and_may_take(case: Case) -> None:
    for pod in pods_of(case.documents()):
        for container in pod.containers:
            resources = container["resources"]
            for which in ("requests", "limits"):
                assert {"cpu", "memory"} <= resources[which].keys(), which
            assert resources["requests"]["memory"] == resources["limits"]["memory"], (
                "memory cannot be throttled, only lost"
            )
        for volume in pod.spec.get("volumes", ()):
            if "emptyDir" in volume:
                assert volume["emptyDir"].get("sizeLimit"), f"{volume['name']} may fill its node's disk"


@every_case
def test_only_what_must_be_written_can_be(case: Case) -> None:
    for pod in pods_of(case.documents()):
        writable = {
            volume["name"]
            for volume in pod.spec.get("volumes", ())
            if {"emptyDir", "persistentVolumeClaim"} & volume.keys()
        }
        for container in pod.containers:
            mounts = container.get("volumeMounts", ())
            assert "/tmp" in {mount["mountPath"] for mount in mounts}
            for mount in mounts:
                assert mount.get("readOnly") is True or mount["name"] in writable, mount


@every_case
def test_a_pod_is_asked_over_http_whether_it_lives_and_is_ready(case: Case) -> None:
    for pod in pods_of(case.documents()):
        if pod.is_hook:
            continue
        for container in pod.spec["containers"]:
            ports = {port["name"]: port for port in container["ports"]}
            asked = {}
            for which in ("startupProbe", "livenessProbe", "readinessProbe"):
                probe = container[which]
                assert "exec" not in probe, "a process started for a probe disturbs CPUs that are pinned"
                assert probe["httpGet"]["port"] in ports
                assert ports[probe["httpGet"]["port"]]["protocol"] == "TCP"
                assert probe["timeoutSeconds"] >= 1
                asked[which] = probe["httpGet"]["path"]
            assert asked["livenessProbe"].endswith("/health/alive")
            assert asked["readinessProbe"].endswith("/health/ready")


@every_case
def test_a_pod_is_given_time_to_say_goodbye(case: Case) -> None:
    for pod in pods_of(case.documents()):
        if pod.is_hook:
            continue
        assert pod.spec["terminationGracePeriodSeconds"] >= GRACE


@every_case
def test_every_port_names_its_protocol_and_itself(case: Case) -> None:
    for pod in pods_of(case.documents()):
        for container in pod.containers:
            for port in container.get("ports", ()):
                assert port["protocol"] in {"TCP", "SCTP", "UDP"}
                assert 1 <= len(port["name"]) <= 15
            names = [port["name"] for port in container.get("ports", ())]
            assert len(set(names)) == len(names)


@every_case
def test_every_port_of_a_service_names_its_protocol(case: Case) -> None:
    for service in of_kind(case.documents(), "Service"):
        for port in service.body["spec"]["ports"]:
            assert port["protocol"] in {"TCP", "SCTP", "UDP"}, f"{service}: servers of old refuse a port without"
            assert port["name"]
    for policy in of_kind(case.documents(), "NetworkPolicy"):
        for way in ("ingress", "egress"):
            for rule in policy.body["spec"].get(way) or ():
                for port in rule.get("ports", ()):
                    assert port["protocol"] in {"TCP", "SCTP", "UDP"}, policy


@every_case
def test_an_image_is_one_version_and_not_the_latest(case: Case) -> None:
    for pod in pods_of(case.documents()):
        for container in pod.containers:
            name, _, rest = (
                container["image"].rpartition("@") if "@" in container["image"] else container["image"].rpartition(":")
            )
            assert name, f"{container['image']} has neither tag nor digest"
            assert rest not in {"", "latest"}
            assert container["imagePullPolicy"] in {"IfNotPresent", "Always", "Never"}


@every_case
def test_a_pod_is_told_nothing_of_its_neighbours(case: Case) -> None:
    """Or each Service of the namespace becomes a handful of environment variables."""
    for pod in pods_of(case.documents()):
        assert pod.spec["enableServiceLinks"] is False


@every_case
def test_no_shell_is_started(case: Case) -> None:
    for pod in pods_of(case.documents()):
        for container in pod.containers:
            assert "command" not in container, "the image's entry point is ricloop"
            assert container["args"]
            assert all(isinstance(arg, str) for arg in container["args"])


@every_case
def test_a_policy_of_the_network_is_about_each_pod(case: Case) -> None:
    documents = case.documents()
    if case.values.get("networkPolicy", {}).get("enabled") is False:
        assert not of_kind(documents, "NetworkPolicy")
        return
    for pod in pods_of(documents):
        about = [
            policy
            for policy in of_kind(documents, "NetworkPolicy")
            if policy.body["spec"]["podSelector"].get("matchLabels", {}).items() <= pod.labels.items()
        ]
        assert about
        assert {way for policy in about for way in policy.body["spec"]["policyTypes"]} == {"Ingress", "Egress"}


@every_case
def test_a_pod_is_made_anew_when_its_configuration_changes(case: Case) -> None:
    documents = case.documents()
    for pod in pods_of(documents):
        if pod.is_hook:
            continue
        made = {document.name for document in documents if document.kind in {"ConfigMap", "Secret"}}
        mounted = {volume.get("configMap", {}).get("name") for volume in pod.spec.get("volumes", ())}
        if mounted & made:
            assert any(name.startswith("checksum/") for name in pod.annotations), pod


@every_case
def test_a_secret_that_is_made_here_is_typed(case: Case) -> None:
    for secret in of_kind(case.documents(), "Secret"):
        assert secret.body["type"] in {"kubernetes.io/tls", "Opaque"}
        if secret.body["type"] == "kubernetes.io/tls":
            assert {"tls.crt", "tls.key"} <= secret.body["data"].keys()


@every_case
def test_keys_are_mounted_for_nobody_else_to_read(case: Case) -> None:
    for pod in pods_of(case.documents()):
        for volume in pod.spec.get("volumes", ()):
            if "secret" in volume:
                mode = volume["secret"]["defaultMode"]
                assert mode & 0o037 == 0, f"{pod}: {volume['name']} has mode {mode:o}"
