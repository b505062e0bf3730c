"""Topology files: what they say, and what is told about a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ricloop import Topology
from ricloop.core.errors import ConfigError
from ricloop.runtime.load import topology_file
from tests.sdk.cells import A, B, C, plan

GOOD: dict[str, Any] = {
    "cells": [
        {"cell": "00101-000004001", "gnb": "gnb1", "sector": 1, "frequency_mhz": 3500.0},
        {"cell": "00101-000004002", "gnb": "gnb1"},
    ],
    "relations": [{"cell": "00101-000004002", "neighbour": "00101-000004001", "es_covered_by": "full"}],
}


def changed(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(GOOD)), **changes}


def test_a_topology_knows_what_covers_what() -> None:
    topology = Topology.of(GOOD)
    assert topology.covering(B) == (A,)
    assert topology.covered(A) == (B,)
    assert topology.covering(A) == ()
    assert topology.site(A) == (A, B)
    assert topology.cells[A].frequency_mhz == 3500.0


def test_cells_learnt_from_nodes_are_added_and_nothing_is_overwritten() -> None:
    topology = plan((B, A), cells=(A, B))
    more = topology.with_cells({A: "elsewhere", C: "gnb9"})
    assert more.cells[A].gnb == "gnb1"
    assert more.cells[C].gnb == "gnb9"
    assert more.source == "the test, E2"
    assert more.covering(B) == (A,)
    assert more.with_cells({C: "gnb9"}) is more


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "an object"),
        (changed(cell=[]), "Did you mean 'cells'?"),
        ({"relations": []}, "'cells' is missing"),
        (changed(cells=[{"cel": "00101-000004001", "gnb": "x"}]), "Did you mean 'cell'?"),
        (changed(cells=[{"cell": "00101-4001", "gnb": "x"}]), "cells[0].cell"),
        (changed(cells=[{"cell": "00101-000004001", "gnb": "x", "sector": "one"}]), "cells[0].sector"),
        (changed(cells=[GOOD["cells"][0], GOOD["cells"][0]]), "listed twice"),
        (changed(schema=2), "this version reads 1"),
        (changed(relations=[{**GOOD["relations"][0], "es_covered_by": "ful"}]), "Did you mean 'full'?"),
        (changed(relations=[{**GOOD["relations"][0], "neighbour": "00101-000004003"}]), "not among the cells"),
        (changed(relations=[{**GOOD["relations"][0], "neighbour": "00101-000004002"}]), "its own neighbour"),
    ],
)
def test_a_wrong_topology_is_told_with_its_place(data: Any, says: str) -> None:
    with pytest.raises(ConfigError) as told:
        Topology.of(data, "plan.json")
    assert says in str(told.value)
    assert "plan.json" in str(told.value)


def test_a_topology_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.json"):
        topology_file(tmp_path / "absent.json")
    (tmp_path / "wrong.json").write_text("{")
    with pytest.raises(ConfigError, match=r"not JSON: .*`ricloop sim topology` writes one"):
        topology_file(tmp_path / "wrong.json")
    (tmp_path / "right.json").write_text(json.dumps(GOOD))
    assert topology_file(tmp_path / "right.json").source.endswith("right.json")
