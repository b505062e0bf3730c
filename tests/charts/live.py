"""Every query of the dashboards and rules, asked of a real Prometheus that scrapes a real RIC.

`python -m tests.charts.live`: a RIC with the bundled xApps, a challenger and a lease (of a stand-in for an API server),
one xApp apart, and simulated nodes run for a while; Debian's Prometheus scrapes them and computes the rules. Prints
which queries have an answer, and which are empty. Everything listens on loopback addresses only. Exit code 1 where a
query is an error, or is empty and should not be, or there is no Prometheus.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.charts.watched import DASHBOARDS, RULES, expressions, rules
from tests.platform.kubeapi import KubeApi, serving

MODELS = Path(__file__).parents[2] / "models" / "ricloop_models" / "artifacts"
XAPPS = ("traffic-prediction", "energy-saving", "anomaly-detection", "planned-events")
POLICIES = {
    "schema": 1,
    "policies": {
        "fair": {"type": "PlannedEvents", "policy": {"events": []}},
        "nobody's": {"type": "Unknown", "policy": {}},
    },
}
SETTINGS = "[ric.cost]\ncell_saving_watts = 120.0\n"
QUIET = {
    "Alerts that fire": "nothing may fire",
    "Indications refused, by why": "nothing is refused",
    "Faults": "no model fails",
    "Compared, skipped, failed": "the challenger neither fails nor lacks the time",
    "Refused, unseen": "no xApp is refused",
    "Questions and answers": "every answer is the handler's own",
    "Drift": "no signal drifts in a minute",
    "Conflicts": "no two xApps may want the same cell",
}
"""Panels of which a query has no answer while all is well, and why."""
BEGINS_WITHIN_S = 60.0
WINDOW_S = 30
"""What Grafana's variables for ranges become."""


@dataclass(frozen=True)
class Asked:
    """One query and what came of it."""

    where: str
    whose: str
    expression: str
    rows: int
    error: str = ""


def run(seconds: float, folder: Path) -> list[Asked]:
    """Start everything, wait, ask. Raises RuntimeError where something does not begin."""
    with contextlib.ExitStack() as ends:
        prometheus = start(folder, ends)
        time.sleep(seconds)
        return list(ask(prometheus))


def start(folder: Path, ends: contextlib.ExitStack) -> str:
    """A RIC, an xApp apart, nodes and Prometheus, all ended by `ends`. Returns where Prometheus answers."""
    e2, metrics, rpc, http, prometheus, lease = _ports(6)
    api = ends.enter_context(serving(KubeApi(pods={"ran/ric-0": {}})))
    ricloop = [sys.executable, "-m", "ricloop"]
    topology = folder / "topology.json"
    subprocess.run([*ricloop, "sim", "topology", "three-sites", "--out", topology], check=True)
    (folder / "policies.json").write_text(json.dumps(POLICIES))
    (folder / "settings.toml").write_text(SETTINGS)
    ric = [*ricloop, "ric", "--listen", f"tcp://127.0.0.1:{e2}", "--metrics", f"127.0.0.1:{metrics}"]
    ric += ["--topology", topology, "--policies", folder / "policies.json", "--settings", folder / "settings.toml"]
    ric += ["--shadow", f"traffic-forecast={MODELS / 'traffic-forecast'}", "--audit", folder / "audit.jsonl"]
    ric += ["--rpc", f"127.0.0.1:{rpc}", "--rpc-insecure", *[word for name in XAPPS for word in ("--xapp", name)]]
    ric += ["--lease", "ran/ric", "--lease-api", api.url, "--lease-identity", "ric-0"]
    _child(ends, [*ric, "--lease-http", f"127.0.0.1:{lease}"], folder / "ric.log")
    _until(f"http://127.0.0.1:{metrics}/health/ready", folder / "ric.log")
    apart = [*ricloop, "xapp", "minimal", "--connect", f"localhost:{rpc}", "--insecure", "--http", f"127.0.0.1:{http}"]
    _child(ends, apart, folder / "xapp.log")
    nodes = [*ricloop, "sim", "run", "three-sites", "--connect", f"tcp://127.0.0.1:{e2}", "--seconds", "100000"]
    _child(ends, nodes, folder / "sim.log")
    targets = [("ric-0", "ric", metrics), ("ric-0", "lease", lease), ("minimal-0", "minimal", http)]
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(RULES)],
        "scrape_configs": [
            {
                "job_name": job,
                "static_configs": [{"targets": [f"127.0.0.1:{port}"], "labels": {"namespace": "ran", "pod": pod}}],
            }
            for pod, job, port in targets
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    server = ["prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    _child(ends, [*server, f"--web.listen-address=127.0.0.1:{prometheus}"], folder / "prometheus.log")
    where = f"http://127.0.0.1:{prometheus}"
    _until(f"{where}/-/ready", folder / "prometheus.log")
    return where


def ask(prometheus: str) -> Iterator[Asked]:
    """Every expression of dashboards and rules, at this moment."""
    queries = [(path.stem, whose, text) for path in DASHBOARDS for whose, text in expressions(path)]
    queries += [("rules", rule.name, rule.expression) for rule in rules()]
    for where, whose, expression in queries:
        try:
            yield Asked(where, whose, expression, len(query(prometheus, expression)))
        except urllib.error.HTTPError as error:
            with error:
                yield Asked(where, whose, expression, 0, json.loads(error.read())["error"])


def silent(asked: list[Asked]) -> list[Asked]:
    """Queries of dashboards that should have an answer and have none, or are an error. Alerts are silent as a rule."""
    recording = {rule.name for rule in rules() if not rule.alerts}
    return [
        one
        for one in asked
        if one.error or (not one.rows and one.whose not in QUIET and (one.where != "rules" or one.whose in recording))
    ]


def unwell(prometheus: str) -> list[str]:
    """Rules that Prometheus could not compute, and texts of alerts that it could not write, in its words."""
    with urllib.request.urlopen(f"{prometheus}/api/v1/rules", timeout=30) as answer:
        groups = json.loads(answer.read())["data"]["groups"]
    said = []
    for rule in (rule for group in groups for rule in group["rules"]):
        if rule["health"] != "ok":
            said.append(f"{rule['name']}: {rule['health']} {rule.get('lastError', '')}")
        for alert in rule.get("alerts", ()):
            said += [text for text in alert["annotations"].values() if "<error" in text or "<no value>" in text]
    return said


def query(prometheus: str, expression: str, **at: Any) -> list[Any]:
    """The result of an expression now, or over a range (`start`, `end`, `step`). Raises HTTPError."""
    for variable, value in {
        "$__rate_interval": f"{WINDOW_S}s",
        "$__range": f"{WINDOW_S}s",
        "$namespace": "ran",
        "$pod": ".*",
        "$xapp": ".*",
    }.items():
        expression = expression.replace(variable, value)
    asked = urllib.parse.urlencode({"query": expression, **at})
    how = "query_range" if at else "query"
    with urllib.request.urlopen(f"{prometheus}/api/v1/{how}?{asked}", timeout=30) as answer:
        result: list[Any] = json.loads(answer.read())["data"]["result"]
        return result


def _child(ends: contextlib.ExitStack, command: Sequence[str | Path], log: Path) -> None:
    out = ends.enter_context(log.open("wb"))
    process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=out)

    def end() -> None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    ends.callback(end)


def _until(url: str, log: Path) -> None:
    end = time.monotonic() + BEGINS_WITHIN_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"{url} does not answer within {BEGINS_WITHIN_S:.0f} s:\n{log.read_text()[-2000:]}")


def _ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long it runs before it is asked")
    seconds = parser.parse_args().seconds
    if shutil.which("prometheus") is None:
        print("no prometheus: apt-get install prometheus (Debian)")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        asked = run(seconds, Path(folder))
    for one in asked:
        said = one.error or (f"{one.rows} series" if one.rows else "empty")
        print(f"{one.where:9} {one.whose:45} {said:12} {' '.join(one.expression.split())[:90]}")
    empty, wrong = sum(not one.rows for one in asked), silent(asked)
    print(f"{len(asked)} queries: {len(asked) - empty} with data, {empty} without, {len(wrong)} that should have some")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
