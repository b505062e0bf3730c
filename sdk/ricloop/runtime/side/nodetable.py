"""`ricloop nodes`: asks a running RIC for its inventory, and shows it as a table."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

from ricloop.core.errors import ConfigError, TransportError
from ricloop.transport.address import host_and_port

TIMEOUT_S = 3.0
FAULTS = (
    "undecodable",
    "unexpected",
    "undecodable_indications",
    "unreadable_functions",
    "foreign_cells",
    "unusual_ppids",
    "paths_lost",
    "frames_dropped",
)
"""Counters that are shown as faults; `--json` has them all."""


def ask(where: str) -> dict[str, Any]:
    """The inventory of the RIC at HOST:PORT. Raises ConfigError, or TransportError where no RIC answers."""
    host, port = host_and_port(where, "--at", "127.0.0.1:9464")
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    way_out = f"start one with `ricloop ric --metrics {where}`, or say where it is with --at HOST:PORT"
    try:
        connection.request("GET", "/nodes")
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise TransportError(f"no RIC answers at {where} ({error}): {way_out}") from error
    finally:
        connection.close()
    if answer.status != 200:
        raise TransportError(f"{where} says {answer.status} {answer.reason} to GET /nodes: {way_out}")
    try:
        found = json.loads(body)
    except ValueError as error:
        raise TransportError(f"what answers at {where} is no RIC ({error}): {way_out}") from error
    if not isinstance(found, dict) or found.get("schema") != 1:
        raise TransportError(f"what answers at {where} does not speak of nodes as this version does: {way_out}")
    return found


def table(report: dict[str, Any]) -> Table:
    """One row per node."""
    connected = sum(node["connected_s"] is not None for node in report["nodes"])
    refused = ", ".join(f"{why.replace('_', ' ')} {count}" for why, count in report["refused"].items() if count)
    made = Table(
        title=f"{connected} of {len(report['nodes'])} nodes connected",
        caption=f"setups refused: {refused or 'none'}; connections lost before setup: {report['lost_before_setup']}",
        highlight=False,
    )
    for name in ("node", "kind", "state", "from", "E2AP, dialect", "functions", "cells", "subscriptions", "since"):
        made.add_column(name, overflow="fold")
    for name in ("received", "faults"):
        made.add_column(name, justify="right")
    for node in report["nodes"]:
        counters, subscriptions = node["counters"], node["subscriptions"]
        functions = [f"{f['model'] or f['oid']}/{f['revision']}" for f in node.get("functions", ())]
        here = node["connected_s"] is not None
        made.add_row(
            node["node"],
            node["kind"],
            node["state"] if here or not node["lost"] else f"{node['state']}: {node['lost']}",
            node["peer"],
            f"{node['e2ap']}, {node['dialect']}" if "e2ap" in node else "",
            ", ".join(functions),
            str(len(node.get("cells", ()))),
            f"{sum(bool(s['admitted']) for s in subscriptions)}/{len(subscriptions)}",
            _age(node["connected_s"]) if here else f"gone {_age(node['heard_s_ago'])}",
            str(counters.get("received", 0)),
            str(sum(counters.get(name, 0) for name in FAULTS)),
            style=None if here else "dim",
        )
    return made


def show_nodes(where: str, watch_s: float | None, json_file: Path | None) -> None:
    """Print once, or every `watch_s` seconds until interrupted. Raises ConfigError or TransportError."""
    console = Console()
    report = ask(where)
    _write(report, json_file)
    if watch_s is None:
        console.print(table(report))
        return
    with Live(table(report), console=console, auto_refresh=False) as live:
        while True:
            time.sleep(watch_s)
            report = ask(where)
            _write(report, json_file)
            live.update(table(report), refresh=True)


def _write(report: dict[str, Any], file: Path | None) -> None:
    if file is None:
        return
    try:
        file.write_text(json.dumps(report, indent=2) + "\n")
    except OSError as error:
        raise ConfigError(f"result file {file}: {error.strerror}") from error


def _age(seconds: float) -> str:
    whole = int(seconds)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if whole >= size:
            return f"{whole // size} {unit}"
    return f"{whole} s"
