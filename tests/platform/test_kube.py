"""The client of the API server, against a real one over HTTP that has faults."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ricloop.core.errors import ConfigError
from ricloop.platform.kube import LEADER, ROLE, Api, Kube, api_of
from ricloop.platform.lease import Deed, Refused, Request
from ricloop.platform.leaserecord import RELEASED, Lease
from tests.patience import PATIENCE_S
from tests.platform.kubeapi import Fault, KubeApi, serving
from tests.rpc.ends import Authority

KEY = "ricplt/ric"
TIMEOUT_S = 0.5


@pytest.fixture
def api() -> Iterator[KubeApi]:
    with serving(KubeApi()) as running:
        yield running


def kube(api: KubeApi, token: Path | None = None) -> Kube:
    return Kube(Api(api.url, token), "ricplt", "ric", TIMEOUT_S)


def write(deed: Deed, version: str = "", holder: str = "me") -> Request:
    return Request(1, deed, version=version, holder=holder, seconds=6, transitions=3)


def test_a_lease_is_made_read_renewed_and_given_back(api: KubeApi) -> None:
    client = kube(api)
    assert client.ask(Request(1, Deed.LOOK)) is None
    made = client.ask(write(Deed.CREATE))
    assert isinstance(made, Lease)
    assert (made.holder, made.seconds, made.transitions) == ("me", 6, 3)
    assert made.renewed == made.acquired
    assert made.renewed.endswith("Z")
    assert client.ask(Request(2, Deed.LOOK)) == made
    renewed = client.ask(Request(3, Deed.RENEW, made.version, "me", 6, 3, made.acquired))
    assert isinstance(renewed, Lease)
    assert renewed.acquired == made.acquired
    assert renewed.version != made.version
    back = client.ask(write(Deed.RELEASE, renewed.version, ""))
    assert isinstance(back, Lease)
    assert (back.holder, back.released) == ("", True)
    again = client.ask(write(Deed.TAKE, back.version))
    assert isinstance(again, Lease)
    assert not again.released, "the word of the last holder is gone with it"


def test_an_old_version_and_a_second_creation_are_conflicts(api: KubeApi) -> None:
    client, other = kube(api), kube(api)
    made = client.ask(write(Deed.CREATE))
    assert isinstance(made, Lease)
    assert other.ask(Request(1, Deed.LOOK)) == made
    client.ask(write(Deed.RENEW, made.version))
    for who, request in (
        (other, write(Deed.TAKE, made.version)),
        (other, write(Deed.CREATE)),
        (client, write(Deed.RENEW, made.version)),
    ):
        refused = who.ask(request)
        assert isinstance(refused, Refused)
        assert refused.status == 409
    assert len(api.writes) == 2


def test_what_others_wrote_into_the_lease_stays_there(api: KubeApi) -> None:
    theirs = {"labels": {"app": "ric"}, "annotations": {"team": "ran"}, "ownerReferences": [{"uid": "1"}]}
    api.leases[KEY] = {
        "metadata": {"resourceVersion": "0", "managedFields": [{}], **theirs},
        "spec": {"holderIdentity": "other", "strategy": "OldestEmulationVersion"},
    }
    client = kube(api)
    client.ask(Request(1, Deed.LOOK))
    taken = client.ask(write(Deed.TAKE, "0"))
    assert isinstance(taken, Lease)
    client.ask(write(Deed.RELEASE, taken.version, ""))
    left = api.leases[KEY]
    assert left["metadata"]["labels"] == {"app": "ric"}
    assert left["metadata"]["annotations"] == {"team": "ran", RELEASED: "in order"}
    assert left["metadata"]["ownerReferences"] == [{"uid": "1"}]
    assert (left["spec"]["strategy"], left["spec"]["holderIdentity"]) == ("OldestEmulationVersion", "")
    assert "managedFields" not in left["metadata"]


@pytest.mark.parametrize("code", [400, 401, 403, 410, 429, 500, 503])
def test_a_refusal_keeps_its_status_its_words_and_how_long_to_wait(api: KubeApi, code: int) -> None:
    api.fault("*", Fault(status=code, retry_after="7"))
    for request in (Request(1, Deed.LOOK), write(Deed.CREATE)):
        refused = kube(api).ask(request)
        assert refused == Refused(code, "as the test asked", 7.0)


def test_an_answer_that_is_lost_is_not_asked_for_again_behind_our_back(api: KubeApi) -> None:
    client = kube(api)
    api.fault("*", Fault(lost_answer=True))
    lost = client.ask(write(Deed.CREATE))
    assert isinstance(lost, Refused)
    assert lost.status == 0
    assert api.asked == [("-", "POST")]
    assert api.holder(KEY) == "me", "it was done"


@pytest.mark.parametrize("fault", [Fault(garbage=True), Fault(delay_s=2 * TIMEOUT_S), Fault(cut_off=True)])
def test_what_makes_no_sense_and_what_takes_too_long_tells_nothing(api: KubeApi, fault: Fault) -> None:
    api.leases[KEY] = {"metadata": {"resourceVersion": "1"}}
    api.fault("*", fault)
    refused = kube(api).ask(Request(1, Deed.LOOK))
    assert isinstance(refused, Refused)
    assert refused.status == 0


@pytest.mark.parametrize(
    "document", [{}, {"metadata": {"resourceVersion": ""}}, {"metadata": []}, {"metadata": {"resourceVersion": 4}}]
)
def test_what_is_no_lease_is_a_refusal(api: KubeApi, document: dict[str, Any]) -> None:
    api.leases[KEY] = document
    assert kube(api).ask(Request(1, Deed.LOOK)) == Refused(0, "what came back is no Lease")


def test_a_lease_without_its_fields_is_read_all_the_same(api: KubeApi) -> None:
    api.leases[KEY] = {"metadata": {"resourceVersion": "4"}, "spec": {"renewTime": 17, "leaseDurationSeconds": "6"}}
    found = kube(api).ask(Request(1, Deed.LOOK))
    assert found == Lease("4", "", "", "", None, 0, released=False)


@pytest.mark.parametrize("spoilt", [{"annotations": [1]}, {"annotations": "x"}, {"annotations": None}])
@pytest.mark.parametrize("spec", [None, [], "x", {"acquireTime": "yesterday"}])
def test_what_is_spoilt_in_a_lease_is_mended_by_who_takes_it(
    api: KubeApi, spoilt: dict[str, Any], spec: object
) -> None:
    api.leases[KEY] = {"metadata": {"resourceVersion": "4", **spoilt}, "spec": spec}
    client = kube(api)
    found = client.ask(Request(1, Deed.LOOK))
    assert isinstance(found, Lease)
    taken = client.ask(Request(2, Deed.TAKE, "4", "me", 6, 1, found.acquired))
    assert isinstance(taken, Lease)
    assert (taken.holder, taken.seconds) == ("me", 6)
    assert taken.acquired == taken.renewed


def test_nobody_at_the_address_tells_nothing() -> None:
    refused = Kube(Api("http://127.0.0.1:1"), "ricplt", "ric", TIMEOUT_S).ask(Request(1, Deed.LOOK))
    assert isinstance(refused, Refused)
    assert refused.status == 0


def test_a_token_that_is_changed_is_the_one_that_is_shown_next(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("old\n")
    with serving(KubeApi(tokens={"new": "me"})) as api:
        client = kube(api, token)
        refused = client.ask(Request(1, Deed.LOOK))
        assert isinstance(refused, Refused)
        assert refused.status == 401
        token.write_text("new\n")
        assert client.ask(Request(1, Deed.LOOK)) is None
        token.unlink()
        gone = client.ask(Request(1, Deed.LOOK))
        assert isinstance(gone, Refused)
        assert gone.status == 0


@pytest.mark.parametrize("held", ["", "secret\nsecret", "secret\r\nX: secret", "secr\u00e9t"])
def test_a_file_that_holds_no_token_is_named_and_not_shown(api: KubeApi, tmp_path: Path, held: str) -> None:
    token = tmp_path / "token"
    token.write_text(held)
    refused = kube(api, token).ask(Request(1, Deed.LOOK))
    assert refused == Refused(0, f"ValueError: {token} holds no token of one line")
    assert api.asked == []


def test_only_a_server_whose_certificate_is_signed_as_it_should_be_is_shown_the_token(tmp_path: Path) -> None:
    ours, theirs = Authority.new(tmp_path, "ours"), Authority.new(tmp_path, "theirs")
    token = tmp_path / "token"
    token.write_text("secret")
    with serving(KubeApi(tokens={"secret": "me"}), ours.issue("kubernetes")) as api:
        assert Kube(Api(api.url, token, ours.ca), "ricplt", "ric", PATIENCE_S).ask(Request(1, Deed.LOOK)) is None
        assert api.asked == [("me", "GET")]
        refused = Kube(Api(api.url, token, theirs.ca), "ricplt", "ric", PATIENCE_S).ask(Request(1, Deed.LOOK))
        assert isinstance(refused, Refused)
        assert refused.status == 0
        assert "CERTIFICATE_VERIFY_FAILED" in refused.why
        assert len(api.asked) == 1
    with serving(KubeApi(), ours.issue("kubernetes", expired=True)) as api:
        expired = Kube(Api(api.url, None, ours.ca), "ricplt", "ric", PATIENCE_S).ask(Request(1, Deed.LOOK))
        assert isinstance(expired, Refused)
        assert expired.status == 0


def test_a_pod_is_given_its_role_and_it_is_taken_away(api: KubeApi) -> None:
    api.pods["ricplt/ric-0"] = {"app": "ric"}
    client = kube(api)
    assert client.label("ric-0", LEADER) is None
    assert api.pods["ricplt/ric-0"] == {"app": "ric", ROLE: LEADER}
    assert client.label("ric-0", None) is None
    assert api.pods["ricplt/ric-0"] == {"app": "ric"}
    refused = client.label("ric-1", LEADER)
    assert refused is not None
    assert refused.status == 404


def test_without_the_client_the_way_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "kubernetes"]:
        monkeypatch.delitem(sys.modules, name)
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == "kubernetes":
            raise ImportError("No module named 'kubernetes'")
        return real(name, *rest)

    monkeypatch.setitem(sys.modules, "kubernetes", None)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r'pip install "ricloop\[k8s\]"'):
        Kube(Api("http://127.0.0.1:1"), "ricplt", "ric", TIMEOUT_S)


def test_where_the_server_is_comes_from_the_pod_or_from_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(ConfigError, match=r"this is no pod; outside a cluster, give --lease-api URL"):
        api_of(None, None, None)
    monkeypatch.setattr("ricloop.platform.kube.ACCOUNT", tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    with pytest.raises(ConfigError, match="let the pod mount its service account's token"):
        api_of(None, None, None)
    for name in ("token", "ca.crt"):
        (tmp_path / name).write_text("x")
    assert api_of(None, None, None) == Api("https://[fd00::1]:443", tmp_path / "token", tmp_path / "ca.crt")
    assert api_of("https://k8s:6443/", tmp_path / "token", None) == Api("https://k8s:6443", tmp_path / "token")


@pytest.mark.parametrize(
    ("url", "token", "ca", "words"),
    [
        ("ftp://k8s", False, None, "write http://HOST:PORT or https://HOST:PORT"),
        ("k8s:6443", False, None, "write http://HOST:PORT or https://HOST:PORT"),
        ("http://10.0.0.1:80", True, None, "a token goes over https:// only"),
        ("https://10.0.0.1", False, Path("nowhere.pem"), "--lease-ca nowhere.pem: there is no such file"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_with_a_right_one(
    tmp_path: Path, url: str, token: bool, ca: Path | None, words: str
) -> None:
    file = tmp_path / "token"
    file.write_text("x")
    with pytest.raises(ConfigError, match=words):
        api_of(url, file if token else None, ca)


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("not PEM")
    with pytest.raises(ConfigError, match=r"--lease-ca .*ca\.pem"):
        Kube(Api("https://127.0.0.1:1", ca=ca), "ricplt", "ric", TIMEOUT_S)
