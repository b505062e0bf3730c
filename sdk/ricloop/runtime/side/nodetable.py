"""`ricloop nodes`: asks a running RIC for its inventory, and shows it as a table."""

from __future__ import annotations

import http.client
import json
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ricloop.core.errors import ConfigError, TransportError
from ricloop.transport.address import host_and_port
from ricloop.transport.errors import why

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

WIDE = 130
"""Columns of a terminal that all of a node's fit into."""
QUIET_S = 5.0
"""A node that was not heard for so long is told: its association may be open at one end only."""
PIPE = 170
"""Columns of what is no terminal."""
COLUMNS = (
    "node",
    "kind",
    "state",
    "from",
    "E2AP, dialect",
    "functions",
    "cells",
    "subscribed",
    "since",
    "received",
    "faults",
)
WIDE_ONLY = ("kind", "from", "E2AP, dialect", "functions")
WRAPPED = ("state", "from", "E2AP, dialect", "functions")


def ask(where: str) -> dict[str, Any]:
    """The inventory of the RIC at HOST:PORT. Raises ConfigError, or TransportError where no RIC answers."""
    host, port = host_and_port(where, "--at", "127.0.0.1:9464")
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    way_out = f"start one with `ricloop ric --metrics {where}`, or say where it is with --at HOST:PORT"
    try:
        connection.request("GET", "/nodes")
        answer = connection.getresponse()
        body = answer.read()
    except OSError as error:
        raise TransportError(f"no RIC answers at {where} ({why(host, error, {})}): {way_out}") from error
    except http.client.HTTPException as error:
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


def table(report: dict[str, Any], width: int = WIDE) -> Table:
    """One row per node, in as many columns as `width` has room for."""
    connected = sum(node["connected_s"] is not None for node in report["nodes"])
    refused = ", ".join(f"{why.replace('_', ' ')} {count}" for why, count in report["refused"].items() if count)
    shown = [name for name in COLUMNS if width >= WIDE or name not in WIDE_ONLY]
    made = Table(
        title=f"{connected} of {len(report['nodes'])} nodes connected",
        caption=f"setups refused: {refused or 'none'}; connections lost before setup: {report['lost_before_setup']}",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        highlight=False,
    )
    for name in shown:
        right = name in ("received", "faults")
        made.add_column(name, justify="right" if right else "left", no_wrap=name not in WRAPPED, overflow="fold")
    for node in report["nodes"]:
        row = _row(node)
        made.add_row(*(row[name] for name in shown), style=None if node["connected_s"] is not None else "dim")
    return made


def _row(node: dict[str, Any]) -> dict[str, str]:
    counters, subscriptions = node["counters"], node["subscriptions"]
    here = node["connected_s"] is not None
    return {
        "node": node["node"],
        "kind": node["kind"],
        "state": _state(node),
        "from": node["peer"],
        "E2AP, dialect": f"{node['e2ap']}, {node['dialect']}" if "e2ap" in node else "",
        "functions": ", ".join(f"{f['model'] or f['oid']}/{f['revision']}" for f in node.get("functions", ())),
        "cells": str(len(node.get("cells", ()))),
        "subscribed": f"{sum(bool(s['admitted']) for s in subscriptions)}/{len(subscriptions)}",
        "since": _age(node["connected_s"]) if here else f"gone {_age(node['heard_s_ago'])}",
        "received": str(counters.get("received", 0)),
        "faults": str(sum(counters.get(name, 0) for name in FAULTS)),
    }


def _state(node: dict[str, Any]) -> str:
    heard_s = node["heard_s_ago"]
    if node["connected_s"] is not None:
        return f"{node['state']}, heard {_age(heard_s)} ago" if heard_s > QUIET_S else str(node["state"])
    return f"{node['state']}: {node['lost']}" if node["lost"] else str(node["state"])


def show_nodes(where: str, watch_s: float | None, json_file: Path | None) -> None:
    """Print once, or every `watch_s` seconds until interrupted, also while no RIC answers any more. Raises ConfigError,
    or TransportError where none answers at first."""
    terminal = sys.stdout.isatty()
    console = Console() if terminal else Console(width=PIPE)

    def asked() -> Table:
        report = ask(where)
        _write(report, json_file)
        return table(report, console.width)

    first = asked()
    if watch_s is None or not terminal:
        console.print(first)
    if watch_s is None:
        return
    with Live(first, console=console, auto_refresh=False) if terminal else nullcontext() as live:
        while True:
            time.sleep(watch_s)
            try:
                shown: Table | Text = asked()
            except TransportError as error:
                shown = Text(str(error))
            if live is None:
                console.print(shown)
            else:
                live.update(shown, refresh=True)


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
