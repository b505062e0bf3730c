"""`ricloop bench rpc`: what it costs an xApp to run in a process of its own, and what many of them cost the loop.

Three runs under the same paced load: the xApp in the RIC and no door; its twin apart, in its place; both, with many
more apart, one of which hangs. Beside them a bare echo over one gRPC stream at the same pace: what no xApp apart can
cost less than. Every process is started as an operator starts it, over TLS where there is an `openssl`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ricloop.core.errors import RicloopError
from ricloop.core.time import NS_PER_S
from ricloop_xapps.bench.network import plan
from ricloop_xapps.bench.xapp import class_name
from ricloop_xapps.children import Child, family

WARM_UP_S = 3.0
READY_S = 120.0

MANY = ("here", "apart", "late_percent", "by_rule_percent", "hung_late", "questions")
"""What is told of the run with many."""

Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class RpcOptions:
    """See the command's help for each."""

    xapps: int
    seconds: float
    nodes: int
    cells: int
    period_ms: int
    seed: int
    model: str | None = None


def bench_rpc(options: RpcOptions, tell: Tell) -> dict[str, Any]:
    """The result as `--json` has it. Raises ConfigError for a model that is not measured, ChildError when a process
    ends before its time."""
    class_name(options.period_ms, options.model)
    with tempfile.TemporaryDirectory(prefix="ricloop-bench-") as scratch:
        folder = Path(scratch)
        certificates = _Certificates(folder) if shutil.which("openssl") else None
        runs: dict[str, dict[str, Any]] = {}
        for number, (title, names) in enumerate(
            {
                "alone": ["Here"],
                "one": ["Apart0"],
                "many": ["Here", *(f"Apart{n}" for n in range(options.xapps - 1)), "Hangs"],
            }.items()
        ):
            tell(f"{len(set(names) - {'Here'})} apart", number / 4)
            runs[title] = _run(options, names, certificates, folder / title)
        tell("a bare echo", 3 / 4)
        echo = _echo(options, certificates, folder)
    here, apart = runs["alone"]["here"], runs["one"]["apart"]
    return {
        "schema": 1,
        **asdict(options),
        "tls": certificates is not None,
        "here_ms": here,
        "apart_ms": apart,
        "apart_model_ms": runs["one"]["model"],
        "added_ms": {key: round(apart[key] - here[key], 3) for key in ("p50", "p99") if apart[key] and here[key]},
        "grpc_echo_ms": echo,
        "many": {key: runs["many"][key] for key in MANY},
    }


def _run(options: RpcOptions, names: list[str], certificates: _Certificates | None, folder: Path) -> dict[str, Any]:
    """One RIC under load, with these xApps: `Here` in it, the others apart."""
    folder.mkdir()
    apart = [name for name in names if name != "Here"]
    topology, audit = folder / "topology.json", folder / "audit.jsonl"
    topology.write_text(json.dumps(plan(options.nodes, options.cells).topology()))
    with family() as children:
        echo = Child("the echo", [], folder / "echo.log", module="ricloop_xapps.bench.echo")
        children.append(echo)
        arguments = ["ric", "--harness", "--quiet", "--listen", "tcp://127.0.0.1:0"]
        arguments += ["--topology", str(topology), "--audit", str(audit)]
        if "Here" in names:
            arguments += ["--xapp", _of(options, "Here")]
        if apart:
            arguments += ["--rpc", "localhost:0", *(certificates.of_ric() if certificates else ["--rpc-insecure"])]
        ric = Child("the RIC", arguments, folder / "ric.log")
        children.append(ric)
        ready = ric.answer()["ready"]
        for name in apart:
            files = certificates.of_xapp(name) if certificates else ["--insecure"]
            asked = ["xapp", _of(options, name), "--quiet", "--connect", ready["rpc"], *files]
            children.append(Child(name, asked, folder / f"{name}.log"))
        if apart:
            _until(ric, lambda status: status["apart"]["connected"] == len(apart), f"{len(apart)} xApps connect")
        load = {"ric": ready["listen"][0], "echo": echo.answer()["ready"], "burst": False, "model": options.model}
        load |= {"nodes": options.nodes, "cells": options.cells, "seed": options.seed, "period_ms": options.period_ms}
        nodes = Child("the nodes", [json.dumps(load)], folder / "nodes.log", module="ricloop_xapps.bench.nodes")
        children.append(nodes)
        nodes.answer()
        _until(ric, lambda status: status["subscriptions"] >= 2 * options.nodes, "the nodes admit subscriptions")
        nodes.ask("pace", seconds=WARM_UP_S)
        begun = nodes.ask("pace", seconds=options.seconds)["begun"]
        summary = ric.ask("finish")["result"]
        nodes.ask("finish", file=str(folder / "journal.json"))
    records = [json.loads(line) for line in audit.read_text().splitlines()]
    decided = [
        r for r in records if r["kind"] == "decision" and begun <= r["time"] <= begun + options.seconds * NS_PER_S
    ]
    return _figures(decided, summary)


def _figures(decided: list[dict[str, Any]], summary: dict[str, Any]) -> dict[str, Any]:
    here = [r["loop_ms"] for r in decided if r["xapp"] == "here"]
    apart = [r for r in decided if r["xapp"].startswith("apart")]
    answered = [r for r in apart if r["source"] == "handler"]
    return {
        "here": _quantiles(here),
        "apart": _quantiles([r["loop_ms"] for r in answered]),
        "model": _quantiles([r["model_ms"] for r in answered if r["model"]]),
        "late_percent": _percent(apart, lambda r: r["source"] == "hold"),
        "by_rule_percent": _percent(apart, lambda r: r["source"] == "rule"),
        "hung_late": sum(r["cause"] == "late" for r in decided if r["xapp"] == "hangs"),
        "questions": (summary["apart"] or {}).get("questions", {}),
    }


def _percent(records: list[dict[str, Any]], holds: Callable[[dict[str, Any]], bool]) -> float:
    return round(100 * sum(map(holds, records)) / max(1, len(records)), 3)


def _echo(options: RpcOptions, certificates: _Certificates | None, folder: Path) -> dict[str, Any]:
    """Round trips of a client that does nothing but wait for its own octets."""
    module = "ricloop_xapps.bench.bare"
    ends: list[list[str] | None] = [None, None]
    if certificates is not None:
        ends = [files[1::2] for files in (certificates.of_ric(), certificates.of_xapp("Apart0"))]
    with family() as children:
        server = Child("the bare server", [json.dumps({"files": ends[0]})], folder / "bare.log", module=module)
        children.append(server)
        asked = {"files": ends[1], "where": server.answer()["ready"]}
        asked |= {"period_ms": options.period_ms, "seconds": options.seconds}
        client = Child("the bare client", [json.dumps(asked)], folder / "client.log", module=module)
        children.append(client)
        return _quantiles(client.answer()["rtt_ms"])


def _quantiles(values: list[float]) -> dict[str, Any]:
    if not values:
        return {"count": 0, "p50": None, "p99": None, "max": None}
    p50, p99 = np.percentile(values, (50, 99))
    return {"count": len(values), "p50": round(p50, 3), "p99": round(p99, 3), "max": round(max(values), 3)}


def _of(options: RpcOptions, name: str) -> str:
    return f"ricloop_xapps.bench.far:{name}{class_name(options.period_ms, options.model)}"


def _until(ric: Child, holds: Callable[[dict[str, Any]], bool], what: str) -> None:
    end = time.monotonic() + READY_S
    while not holds(ric.ask("status")):
        if time.monotonic() > end:
            raise RicloopError(f"{what}: not in {READY_S:g} s")
        time.sleep(0.1)


class _Certificates:
    """A CA for one run, by the command `openssl`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._openssl("req", "-x509", *self._new("ca"), "-days", "1", "-out", "ca.pem")

    def of_ric(self) -> list[str]:
        cert, key = self._issue("localhost")
        return ["--rpc-ca", self._path("ca.pem"), "--rpc-cert", cert, "--rpc-key", key]

    def of_xapp(self, name: str) -> list[str]:
        cert, key = self._issue("hangs" if name == "Hangs" else f"apart-{name.removeprefix('Apart')}")
        return ["--ca", self._path("ca.pem"), "--cert", cert, "--key", key]

    def _issue(self, name: str) -> tuple[str, str]:
        (self._folder / "names").write_text(f"subjectAltName=DNS:{name}")
        self._openssl("req", *self._new(name), "-out", f"{name}.csr")
        signed_by = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-extfile", "names")
        self._openssl("x509", "-req", "-in", f"{name}.csr", *signed_by, "-out", f"{name}.pem")
        return self._path(f"{name}.pem"), self._path(f"{name}.key")

    def _new(self, name: str) -> tuple[str, ...]:
        kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        return (*kind, "-keyout", f"{name}.key", "-subj", f"/CN={name}")

    def _path(self, name: str) -> str:
        return str(self._folder / name)

    def _openssl(self, *arguments: str) -> None:
        done = subprocess.run(["openssl", *arguments], cwd=self._folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RicloopError(f"openssl {arguments[0]}: {done.stderr.strip()}")
