"""The layers hold, and the check that says so can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("sdk", "e2sim", "models", "xapps")


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """What `make check` runs, on a copy. `-S`: the installed package's import hook would find the original."""
    path = [str(tree / source) for source in SOURCES] + [sysconfig.get_path("purelib")]
    start = "from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-S", "-c", start, "--no-cache", "--config", str(tree / "pyproject.toml")],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for source in SOURCES:
        shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("sdk/ricloop/core/ids.py", "import ricloop.e2ap.messages", "Layers of the SDK"),
        ("sdk/ricloop/session/ric.py", "import ricloop.transport.tcp", "Layers of the SDK"),
        ("sdk/ricloop/session/node.py", "import asyncio", "No input, output or clock below the link"),
        ("sdk/ricloop/e2sm/kpm/__init__.py", "import ricloop.e2sm.ccc", "Service models do not know each other"),
        ("sdk/ricloop/engine/choose.py", "import ricloop.store", "Layers of the SDK"),
        ("sdk/ricloop/engine/choose.py", "import time", "Engines and artifacts know no clock"),
        ("sdk/ricloop/runtime/ric.py", "import ricloop_e2sim", "Packages look downwards only"),
        ("sdk/ricloop/decode/tree.py", "import scapy.all", "scapy stays optional"),
        ("sdk/ricloop/runtime/ric.py", "import grpc", "gRPC and protobuf are known in one folder"),
        ("sdk/ricloop/app/on.py", "import ricloop.rpc.wire_ric", "Layers of the SDK"),
        (
            "e2sim/ricloop_e2sim/gnb/world.py",
            "import ricloop.runtime",
            "The simulator sees the wire, not the runtime",
        ),
    ],
)
def test_an_import_across_layers_is_named(tree: Path, module: str, line: str, contract: str) -> None:
    path = tree / module
    path.write_text(f"{path.read_text()}\n{line}\n")
    found = lint(tree)
    assert found.returncode != 0
    assert f"{contract} BROKEN" in found.stdout


def test_the_tree_as_it_is_passes(tree: Path) -> None:
    found = lint(tree)
    assert found.returncode == 0, found.stdout + found.stderr
