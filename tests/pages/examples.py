"""Blocks that are no shell, each with the code that reads such a text, or what it must come to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import ricloop
from ricloop.core.dialect import FLEXRIC
from ricloop.core.ids import Cgi, Plmn
from ricloop.core.predictions import Forecast
from ricloop.e2ap.codec import encode
from ricloop.e2ap.messages import RicIndication
from ricloop.e2sm import ccc, kpm, rc
from ricloop.e2sm.rc.mobility import cell_octets, target_of
from ricloop.runtime import settings
from ricloop.runtime.a1.file import policies_of
from ricloop.store import read_trust
from ricloop.testing import TestLoop
from ricloop.transport.capture import CaptureWriter, read_pcap
from ricloop_e2sim.replay.readers import read_trace
from ricloop_xapps.minimal import xapp as minimal
from ricloop_xapps.planned_events.plan import PlannedEvents
from ricloop_xapps.slice_sla.xapp import SliceSla
from tests.pages.markdown import ROOT
from tests.vectors.messages import MESSAGES

Check = Callable[[str, Path], None]
"""Given the block's text and an empty folder."""


def executed(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(text, "README.md", "exec"), names)  # noqa: S102 - our own page
    return names


def installed_xapp(text: str, folder: Path) -> None:
    """What is installed is what the page prints."""
    assert text == Path(minimal.__file__).read_text()


def its_test(text: str, folder: Path) -> None:
    names = executed(text)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert tests
    for test in tests:
        test()


def gatekeeper(text: str, folder: Path) -> None:
    """It answers who asks, and sets a policy upon a report."""
    names = executed(text)
    cell = Cgi(Plmn("001", "01"), 5).packed
    loop = TestLoop(names["Gatekeeper"]())
    request = rc.Request(1, 3, 1, target_of(cell))
    assert loop.give(names["ASKED"], request).admitted == (rc.accept(request),)
    (policy,) = loop.give(names["MOVED"], rc.Report.of([1], [{6: rc.Element(cell_octets(cell))}])).admitted
    assert policy == rc.policy("stay", cell, rc.rule(1, accept=False), style=3)
    assert not loop.give(names["MOVED"], rc.Report.of([1], [{}])).admitted


def scapy_lines(text: str, folder: Path) -> None:
    """In a process of their own, where `run.pcapng` and `message` are there."""
    with CaptureWriter(folder / "run.pcapng") as writer:
        for message in MESSAGES[:4]:
            writer.write(encode(message), source=("10.0.0.1", 40000), destination=("10.0.0.2", 36421), time_ns=0)
    given = next(number for number, message in enumerate(MESSAGES) if isinstance(message, RicIndication))
    start = f"from tests.vectors.messages import MESSAGES; message = MESSAGES[{given}]\n"
    done = subprocess.run(
        [sys.executable, "-c", start + text],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "###[ E2AP IE ]###" in done.stdout
    (pdu,) = read_pcap(folder / "bad.pcap")
    good = encode(MESSAGES[given])
    assert pdu.data == good[:10] + b"\x80\xc8" + good[11:]


def forecast_reader(text: str, folder: Path) -> None:
    """It wakes what the forecast says will be busy."""
    names = executed(text)
    loop = TestLoop(names["WakeAhead"]())
    report = kpm.Report.of([6, 7], {names["load"].metrics[0]: [1.0, 2.0]})
    assert not loop.give(names["load"], report).admitted
    values = np.full((2, 10, 2), 60, np.float32)
    values[1, 9, 1] = 90
    cells = np.array([6, 7])
    ahead = Forecast(cells=cells, metric="RRU.PrbTotDl", quantiles=(0.5, 0.95), values=values)
    loop.set(names["forecast"], ahead)
    assert loop.give(names["load"], report).admitted == (ccc.wake(7),)


def ric_settings(text: str, folder: Path) -> None:
    """Every table is read by what reads it in a RIC."""
    file = folder / "settings.toml"
    file.write_text(text)
    (app,) = settings.build([minimal.Minimal], file)
    assert app.settings.wake_above == 70
    assert settings.allowed_nodes(file) == ("gnb-00101-*",)
    flexric, acme = settings.node_dialects(file).values()
    assert flexric == FLEXRIC
    assert acme.vendor is not None
    assert acme.vendor.name == "delay-ms, acme"
    assert settings.cost(file).tariff == 0.25
    assert settings.drift_detector(file)


def slice_settings(text: str, folder: Path) -> None:
    file = folder / "settings.toml"
    file.write_text(text)
    (app,) = settings.build([SliceSla], file)
    assert [str(one) for one in app.settings.wanted] == ["128", "1-00000a"]


def trace_of(text: str) -> str:
    """A table of two cells with the columns that a map names."""
    columns = tomllib.loads(text)
    names = [value["column"] if isinstance(value, dict) else value for value in columns.values()]
    rows = [[name for name in names if isinstance(name, str) and name != columns["time_format"]]]
    rows += [
        [str(900 * step), f"c{cell}", str(9 + step), str(20 + step), str(300 + step), "7", "s1", "a", str(700 + cell)]
        for step in range(8)
        for cell in range(2)
    ]
    return "\n".join(map(",".join, rows)) + "\n"


def column_map(text: str, folder: Path) -> None:
    """A table with the columns that it names is read by it, in its units."""
    (folder / "trace.csv").write_text(trace_of(text))
    (folder / "columns.toml").write_text(text)
    trace = read_trace(folder / "trace.csv", folder / "columns.toml")
    assert trace.cells == ("c0", "c1")
    np.testing.assert_allclose(trace.bits[:, 0], np.arange(9, 17) * 8e6)
    assert trace.power_w is not None
    assert list(trace.umbrella) == [0, 0]


def trust_file(text: str, folder: Path) -> None:
    """With a key and whole digests in place of what is left out of it."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    text = re.sub(r"-----BEGIN.*?KEY-----\n…\n-----END PUBLIC KEY-----\n", pem, text, flags=re.S)
    text = text.replace("97aea8…", "97aea8".ljust(64, "0"))
    (folder / "trust.toml").write_text(text)
    trust = read_trust(folder / "trust.toml", required=True, today=date(2026, 7, 1))
    (found,) = (trust.keys or {}).values()
    assert found.owner == "ran-ml"


def event_policy(text: str, folder: Path) -> None:
    """The type is that of the xApp, and the model takes the policy."""
    (instance,) = policies_of(json.loads(text), "xapps/README.md")
    assert instance.type == PlannedEvents.__name__
    assert PlannedEvents.model_validate_json(instance.text).events


def loop_drawing(text: str, folder: Path) -> None:
    """Its stations are folders of the SDK, files of `decide`, or names of an author's."""
    sdk = ROOT / "sdk" / "ricloop"
    line = text.splitlines()[0]
    for station in {part.split(" (")[0].strip() for part in line.split("─▶")} - {"bytes", "Report"}:
        there = (sdk / station).is_dir() or (sdk / "decide" / f"{station}.py").exists()
        assert there or station in ricloop.__all__, station


def folder_tree(text: str, folder: Path) -> None:
    """Every package has its line, and what has a line is there; so are the files that lines name."""
    sdk = ROOT / "sdk" / "ricloop"
    named = set(re.findall(r"^  ([a-z]\w+/|\w+\.py) ", text, flags=re.M))
    packages = {f"{path.parent.name}/" for path in sdk.glob("*/__init__.py")}
    assert packages <= named, f"no line for {sorted(packages - named)}"
    for name in named:
        assert (sdk / name).exists(), name
    for top in re.findall(r"^([a-z]\w+/[\w/]*) ", text, flags=re.M):
        assert (ROOT / top).is_dir(), top
    entry = ""
    for line in text.splitlines():
        if begun := re.match(r"^(?:  (\w+/)|  \w+\.py|\w) ?", line):
            entry = begun[1] or ""
        for name in re.findall(r"\b([a-z_]+\.(?:py|proto|txt))\b", line):
            assert list((sdk / entry).rglob(name)), f"{entry}{name}"


def layers(text: str, folder: Path) -> None:
    """As import-linter holds them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    packages, sdk, _rooms = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    first, second = text.splitlines()
    simulator = "".join(path.read_text() for path in (ROOT / "e2sim" / "ricloop_e2sim").rglob("*.py"))
    seen = ", ".join(sorted(set(re.findall(r"^\s*(?:from|import) ricloop\.(\w+)", simulator, flags=re.M))))
    assert first.endswith(f"(e2sim sees {seen})")
    assert first.split("  ")[0].split(" → ") == packages
    assert second.removeprefix("ricloop:").strip().split(" → ") == sdk
