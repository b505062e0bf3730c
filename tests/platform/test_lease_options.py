"""What `ricloop ric --lease` can be asked, and what it says where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ricloop.core.errors import ConfigError
from ricloop.runtime.election.options import LeaseOptions
from tests.patience import PATIENCE_S
from tests.platform.kubeapi import Fault, KubeApi, serving
from tests.platform.replicas import free_port


def run(*words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "ricloop", "ric", *words]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=PATIENCE_S)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"lease": "ricloop"}, "--lease ricloop: write NAMESPACE/NAME in lower case, as ricplt/ricloop"),
        ({"lease": "ricplt/"}, "write NAMESPACE/NAME"),
        ({"lease": "Ricplt/ric"}, "write NAMESPACE/NAME"),
        ({"lease": "a/b/c"}, "write NAMESPACE/NAME"),
        ({"http": "8080"}, "--lease-http 8080: write HOST:PORT"),
        ({"identity": "Not a pod"}, "--lease-identity Not a pod: a pod's name"),
        ({"renew": 0.05}, r"--lease-renew 0.05: 0\.2 s or more, for the API server's sake"),
        ({"renew": float("nan")}, "--lease-renew nan: 0.2 s or more"),
        ({"renew": float("inf")}, "--lease-renew inf: .* 1200 s at most"),
        ({"duration": 3}, "--lease-duration 3 with --lease-renew 1: more than three renewals must fit; give 4 or more"),
        ({"renew": 2.5}, "--lease-duration 6 with --lease-renew 2.5: .* give 8 or more, or renew more often"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_value_and_the_way_out(asked: dict[str, object], words: str) -> None:
    right = {"lease": "ricplt/ric", "http": "127.0.0.1:8080"}
    assert LeaseOptions(**right).name == "ric"  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=words):
        LeaseOptions(**{**right, **asked})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--lease", "ricplt/ric", "--standby"], "--lease goes without --standby"),
        (["--lease", "ricplt/ric", "--harness"], "--lease goes with neither --harness nor --pcap"),
        (["--lease", "ricplt/ric", "--pcap", "x.pcapng"], "--lease goes with neither --harness nor --pcap"),
        (["--lease-identity", "ric-0"], "--lease NAMESPACE/NAME is missing"),
        (["--lease-api", "http://127.0.0.1:1"], "--lease NAMESPACE/NAME is missing"),
        (["--lease", "ricplt/ric", "--metrics", "127.0.0.1:8080"], "--metrics 127.0.0.1:8080 and --lease-http"),
        (["--lease-duration", "6"], "--lease NAMESPACE/NAME is missing: --lease-duration goes with it"),
        (["--lease-http", "127.0.0.1:8080"], "--lease NAMESPACE/NAME is missing: --lease-http goes with it"),
        (["--lease", "ricplt/ric"], "outside a cluster, give --lease-api URL"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_runs(asked: list[str], words: str) -> None:
    ran = run(*asked)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_an_address_that_is_in_use_is_named_and_ends_it() -> None:
    with serving(KubeApi()) as api:
        port = api.url.rpartition(":")[2]
        ran = run("--lease", "ricplt/ric", "--lease-api", api.url, "--lease-http", f"127.0.0.1:{port}")
    assert ran.returncode == 3
    assert f"health cannot be served at 127.0.0.1:{port}" in ran.stderr


def test_a_loop_that_cannot_begin_ends_it_all_with_what_it_said(tmp_path: Path) -> None:
    with serving(KubeApi()) as api:
        ran = run(
            *("--lease", "ricplt/ric", "--lease-api", api.url, "--lease-http", f"127.0.0.1:{free_port()}"),
            *("--xapp", "no-such-xapp"),
        )
    assert ran.returncode == 2
    assert "no-such-xapp" in ran.stderr


def test_a_loop_that_dies_as_soon_as_it_is_put_to_work_is_given_up_and_the_lease_is_free(tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(
        "import os\nfrom ricloop import Decision, Tick, XApp, every, ms, on\n\n\n"
        "class Dying(XApp):\n    @on(every(ms(10)))\n"
        "    def decide(self, tick: Tick) -> Decision:\n        os.abort()\n"
    )
    with serving(KubeApi(pods={"ricplt/ric-0": {}})) as api:
        line = [sys.executable, "-m", "ricloop", "ric", "--xapp", "dying:Dying", "--lease", "ricplt/ric"]
        line += ["--lease-api", api.url, "--lease-http", f"127.0.0.1:{free_port()}", "--lease-identity", "ric-0"]
        line += ["--listen", f"tcp://127.0.0.1:{free_port()}", "--lease-duration", "2", "--lease-renew", "0.5"]
        ran = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
        assert ran.returncode == 1
        assert "died 3 times in a row" in ran.stderr
        assert "without --lease it runs alone" in ran.stderr
        assert api.holder("ricplt/ric") == ""
        assert api.pods["ricplt/ric-0"] == {}


def test_what_the_api_server_forbids_is_told_once_and_tried_again() -> None:
    with serving(KubeApi(faults={"*": Fault(status=403)})) as api:
        line = [sys.executable, "-m", "ricloop", "ric", "--lease", "ricplt/ric", "--lease-api", api.url]
        line += ["--lease-http", f"127.0.0.1:{free_port()}", "--lease-identity", "ric-0"]
        process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True)
        while len(api.asked) < 12:
            assert process.poll() is None
        process.terminate()
        _, said = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == 143
    assert said.count("the lease cannot be looked at") == 1
    assert "status=403" in said
    assert said.count("a pod's label cannot be set") == 1


def test_an_empty_token_is_named_before_the_api_server_refuses_it_for_ever(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("\n")
    ran = run("--lease", "ricplt/ric", "--lease-api", "http://127.0.0.1:1", "--lease-token", str(token))
    assert ran.returncode == 2
    assert f"--lease-token {token}: the file is empty" in ran.stderr
