"""Every shipped model keeps what a model must, runs without torch, and is small."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ricloop import store
from ricloop.core.model import ModelError
from ricloop.engine.graph import Graph, Node
from ricloop.testing.model import check_model
from tests.engine.networks import Made
from tests.store.test_store import saved

MOST_OCTETS = 600_000
"""Every constant is there twice: in the network, and beside it."""


@pytest.mark.parametrize("name", store.shipped())
def test_every_shipped_model_keeps_the_rules(name: str) -> None:
    torch = ["torch"] if find_spec("torch") else []
    check_model(store.find(name), ["numpy", "onnxruntime", *torch])


@pytest.mark.parametrize("name", store.shipped())
def test_every_shipped_model_is_small_and_has_a_card_with_its_baselines(name: str) -> None:
    artifact = store.find(name)
    assert sum(entry.size for entry in artifact.manifest.files.values()) < MOST_OCTETS
    card = (artifact.folder / "card.md").read_text()
    assert artifact.scores is not None
    assert len(artifact.scores.scores) >= 4
    for who in artifact.scores.scores:
        assert f"| {who} |" in card
    assert "On a GPU: not measured" in " ".join(card.split())


@pytest.mark.parametrize("name", store.shipped())
def test_seeds_that_score_are_not_seeds_that_train(name: str) -> None:
    seeds = store.find(name).lineage.seeds
    parts = [set(seeds[part]) for part in ("training", "validation", "held_out")]
    assert all(parts)
    assert len(set.union(*parts)) == sum(map(len, parts))


@pytest.mark.parametrize(
    ("op", "factor", "says"), [("Add", 1.0, "missing values must not"), ("Max", [3, 2, 1], "quantiles must ascend")]
)
def test_a_model_that_breaks_a_rule_is_told_which(op: str, factor: Any, says: str, tmp_path: Path) -> None:
    """One spreads missing values, one hides them and mixes up its quantiles."""
    constants = {"few": np.float32(factor), "filled": np.float32([0])}
    nodes = [Node("IsNaN", ("table",), "absent"), Node("Where", ("absent", "filled", "table"), "whole")]
    last = Node(op, ("table" if op == "Add" else "whole", "few"), "said")
    graph = Graph("bad", "table", 3, "said", 3, (*nodes, last), constants)
    asked = np.arange(12, dtype=np.float32).reshape(4, 3) / 100
    said = asked + constants["few"] if op == "Add" else np.maximum(asked, constants["few"])
    window = {"metrics": ["A"], "length": 3, "period_ms": 100}
    artifact = saved(tmp_path / "bad", Made(graph, (asked, said)), window=window)
    with pytest.raises(AssertionError, match=says):
        check_model(artifact, ["numpy"])


def test_a_model_that_nobody_ships_is_named_with_the_nearest() -> None:
    with pytest.raises(ModelError, match="Did you mean 'anomaly-ae'"):
        store.find("anomaly-aa")


def test_a_ric_s_modules_and_the_shipped_models_never_import_torch() -> None:
    program = (
        "import sys, time\n"
        "import numpy as np\n"
        "import ricloop, ricloop.runtime.process.serve, ricloop_models\n"
        "from ricloop import engine, store\n"
        "class Clock:\n"
        "    now = staticmethod(time.monotonic_ns)\n"
        "for name in store.shipped():\n"
        "    artifact = store.find(name)\n"
        "    measured = engine.choose(artifact, buckets=(1, 32), clock=Clock())\n"
        "    measured.input(3)[:] = artifact.golden[0][:3]\n"
        "    artifact.prediction(measured.infer(3), np.array([1, 2, 3], np.uint64))\n"
        "assert 'torch' not in sys.modules, 'torch was imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
