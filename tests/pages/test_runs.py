"""What pages have a shell run does what they say, where it takes seconds and needs no cluster."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ricloop import store
from ricloop.core.errors import RicloopError
from tests.e2sim.test_rsg import CONFIG
from tests.end_to_end.peers import free_port, until
from tests.pages.examples import trace_of
from tests.pages.markdown import block
from tests.pages.running import lines_of, run, running

pytestmark = pytest.mark.xdist_group("pages")


@dataclass(frozen=True)
class Network:
    """A RIC and simulated nodes of it, started by the README's lines."""

    folder: Path
    instead: Mapping[str, str]
    """Its addresses, by those of the pages."""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("network")
    instead = {"127.0.0.1:36421": f"127.0.0.1:{free_port()}", "127.0.0.1:9464": f"127.0.0.1:{free_port()}"}
    topology, ric, nodes = lines_of(block("README.md", "ricloop ric --xapp minimal"), instead)
    run(topology, folder)
    listen, metrics = instead.values()
    more = f" --listen tcp://{listen} --metrics {metrics} --audit audit.jsonl"
    with running(ric + more, folder, "listens at"), running(nodes + " --seconds 600", folder, ""):
        until("a node", lambda: '"node"' in _told(metrics, folder) or None)
        until("a decision", lambda: (folder / "audit.jsonl").stat().st_size or None)
        yield Network(folder, instead)


def _told(metrics: str, folder: Path) -> str:
    run(f"ricloop nodes --at {metrics} --json nodes.json", folder)
    return (folder / "nodes.json").read_text()


def test_the_terminals_of_the_readme_are_a_ric_that_decides(network: Network) -> None:
    decided = [json.loads(line) for line in (network.folder / "audit.jsonl").read_text().splitlines()]
    assert {record["xapp"] for record in decided if record["kind"] == "decision"} == {"minimal"}


NEEDS_A_CLUSTER = ("kubectl ", "helm ")
ANY_OF_THE_RUNBOOK = (
    "ricloop nodes   ",  # look first
    "jq -r '.nodes[]",
    'jq -r \'select(.kind == "decision")',
    "ricloop --version",
)


@pytest.mark.parametrize("marker", ANY_OF_THE_RUNBOOK)
def test_the_runbook_looks_at_a_ric(network: Network, marker: str) -> None:
    instead = {"--seconds 5": f"--seconds 0.2 --listen tcp://127.0.0.1:{free_port()}"}
    instead |= {"--metrics 127.0.0.1:9464": f"--metrics 127.0.0.1:{free_port()}"}
    instead |= {"ricloop nodes": f"ricloop nodes --at {network.instead['127.0.0.1:9464']}"}
    for line in lines_of(block("helm/RUNBOOK.md", marker), {**instead, **network.instead}):
        if not line.startswith(NEEDS_A_CLUSTER):
            run(line, network.folder)


def test_the_runbook_shadows_promotes_and_trusts_a_model(tmp_path: Path) -> None:
    shutil.copytree(store.find("traffic-forecast").folder, tmp_path / "new-version")
    for marker in ("--models models --shadow", "--force", "models key --out"):
        for line in lines_of(block("helm/RUNBOOK.md", marker), {}):
            run(line, tmp_path)
    pointer = json.loads((tmp_path / "models" / "traffic-forecast" / "pointer.json").read_text())
    assert [moved["reason"] for moved in pointer["history"]][-2:] == ["better for a week", "too many misses"]


def test_models_are_shown_promoted_and_taken_back(tmp_path: Path) -> None:
    """All but a training, the times of this machine and a RIC, which take minutes or torch."""
    shutil.copytree(store.find("anomaly-ae").folder, tmp_path / "mine")
    (tmp_path / "ROOT").mkdir()
    for line in lines_of(block("models/README.md", "ricloop models list"), {}):
        if not line.startswith(("ricloop models train", "ricloop models measure", "ricloop ric")):
            run(line, tmp_path)
    pointer = json.loads((tmp_path / "ROOT" / "anomaly-ae" / "pointer.json").read_text())
    assert [moved["reason"] for moved in pointer["history"]] == ["trained on our week 12", "too many alarms"]


def test_the_simulators_lines_run(tmp_path: Path) -> None:
    """Shortened; the one on a GPU is left out. Against a RIC of their own: another has nodes of their ids."""
    folder, listen = tmp_path, f"tcp://127.0.0.1:{free_port()}"
    (folder / "mine.yaml").write_text("schema: 1\nbased_on: dense-urban-day\n")
    (folder / "config.conf").write_text(CONFIG)
    short = {
        "run three-sites": "run three-sites --seconds 0.5",
        "8:12:2.5": "0:0.2:2.5",
        "--speed max --json": "--sites 1 --ues 9 --seconds 1 --speed max --json",
        "--speed max --checkpoint": "--seconds 1 --speed max --checkpoint",
        "--seconds 20000": "--seconds 2",
        "run lossy-e2": "run lossy-e2 --seconds 1",
        "run mine.yaml": "run mine.yaml --seconds 1 --speed max --sites 1 --ues 9",
        "map sleeping-cell": "map sleeping-cell --seconds 20",
    }
    instead = {**short, "tcp://127.0.0.1:36421": listen}
    with running(f"ricloop ric --listen {listen}", folder, "listens at"):
        for line in lines_of(block("e2sim/README.md", "ricloop sim list"), instead):
            if "--device cuda" not in line:
                run(line, folder)
    assert json.loads((folder / "out.json").read_text())
    assert json.loads((folder / "scenario.schema.json").read_text())["title"]
    assert "<html" in (folder / "map.html").read_text()
    assert "based_on" not in (folder / "mine.yaml").read_text()


def test_a_trace_is_replayed_by_the_map_of_the_page(tmp_path: Path) -> None:
    text = block("e2sim/README.md", "time_format").text
    (tmp_path / "columns.toml").write_text(text)
    (tmp_path / "FILE.csv").write_text(trace_of(text))
    run("ricloop replay FILE.csv --map columns.toml --speed max --json out.json", tmp_path)
    assert json.loads((tmp_path / "out.json").read_text())


def test_an_xapp_apart_is_let_in_by_the_certificates_of_the_page(tmp_path: Path) -> None:
    """Those that `helm/README.md` makes, in the names that the README has them under."""
    rpc, e2, http = (f"127.0.0.1:{free_port()}" for _ in range(3))
    names = {"DNS:service-ricplt-ricloop-rpc.ricplt": "DNS:localhost", "energy-saving": "minimal"}
    for line in lines_of(block("helm/README.md", "openssl req"), names):
        if not line.startswith(NEEDS_A_CLUSTER):
            run(line, tmp_path)
    for name in ("ca", "ric", "minimal"):
        (tmp_path / f"{name}.crt").rename(tmp_path / f"{name}.pem")
    instead = {"127.0.0.1:36450": rpc, "localhost:36450": rpc.replace("127.0.0.1", "localhost")}
    instead |= {"127.0.0.1:36421": e2, "http://127.0.0.1:8080": f"http://{http}"}
    run("ricloop sim topology office --out topology.json", tmp_path)
    ric, xapp, _ = lines_of(block("README.md", "ricloop ric --rpc"), instead)
    ready, descriptor = lines_of(block("README.md", "ricloop probe"), instead)
    with running(f"{ric} --listen tcp://{e2}", tmp_path, "listens at"), running(f"{xapp} --http {http}", tmp_path, ""):
        until("ready", lambda: _passes(ready, tmp_path))
    run(descriptor, tmp_path)
    assert json.loads((tmp_path / "config" / "config-file.json").read_text())["xapp_name"] == "minimal"


def _passes(line: str, folder: Path) -> bool | None:
    try:
        run(line, folder)
    except (AssertionError, RicloopError):
        return None
    return True


def test_a_new_xapp_is_written(tmp_path: Path) -> None:
    """That it passes its test, `tests/xapps/test_new.py` says."""
    write, _ = lines_of(block("README.md", "ricloop new xapp"), {})
    run(write, tmp_path)
    assert list((tmp_path / "cell-guard").rglob("test_*.py"))
