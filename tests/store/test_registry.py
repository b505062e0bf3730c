"""Versions in a folder: what is better goes into service, what is not is refused with its figures, back is one step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ricloop import store
from ricloop.core.errors import ConfigError
from ricloop.core.model import ModelError
from ricloop.store import gates
from tests.store.test_store import flip, saved

HOW = {"who": "ann", "when": "2026-01-02T03:04:05Z", "reason": "a test"}


@pytest.fixture
def registry(tmp_path: Path) -> store.Registry:
    """`small-one` with 1.0.0 (mean absolute error 1), 1.1.0 (0.9), 1.2.0 (1.2: worse) and 1.10.0 (3: the naive one's
    is 2)."""
    (tmp_path / "models").mkdir()
    found = store.Registry(tmp_path / "models")
    for version, error in (("1.0.0", 1.0), ("1.10.0", 3.0), ("1.1.0", 0.9), ("1.2.0", 1.2)):
        found.add(saved(tmp_path / version, version=version, headline=error).folder)
    return found


def at_work(registry: store.Registry) -> tuple[str | None, str | None]:
    """The versions of `small-one` that are active and in the shadow."""
    pointer = registry.pointer("small-one")
    return pointer.active and pointer.active.version, pointer.shadow and pointer.shadow.version


def test_versions_are_in_their_order(registry: store.Registry) -> None:
    assert registry.names() == ("small-one",)
    assert registry.versions("small-one") == ("1.0.0", "1.1.0", "1.2.0", "1.10.0")
    assert at_work(registry) == (None, None)


def test_promoted_and_back(registry: store.Registry) -> None:
    stamps = [registry.stamp("small-one")]
    for step in (
        lambda: registry.promote("small-one", "1.0.0", **HOW),
        lambda: registry.promote("small-one", "1.1.0", shadow=True, **HOW),
        lambda: registry.promote("small-one", "1.1.0", **HOW),
    ):
        step()
        stamps.append(registry.stamp("small-one"))
    assert len(set(stamps)) == 4, "whoever watches sees each"
    assert at_work(registry) == ("1.1.0", None)
    registry.rollback("small-one", **HOW)
    assert at_work(registry) == ("1.0.0", None)
    registry.rollback("small-one", **HOW)
    assert at_work(registry) == (None, None), "what is shipped"
    with pytest.raises(ConfigError, match="nothing to go back from"):
        registry.rollback("small-one", **HOW)
    told = [(event.action, event.to and event.to.version) for event in registry.pointer("small-one").history]
    assert told == [
        ("promote", "1.0.0"),
        ("shadow", "1.1.0"),
        ("promote", "1.1.0"),
        ("rollback", "1.0.0"),
        ("rollback", None),
    ]


def test_what_is_worse_is_refused_with_its_figures(registry: store.Registry) -> None:
    with pytest.raises(ModelError, match="mae: 3, and the baseline 'last value' has 2"):
        registry.promote("small-one", "1.10.0", **HOW)
    registry.promote("small-one", "1.0.0", **HOW)
    with pytest.raises(ModelError, match=r"mae: 1.2, and the active small-one@1.0.0\+[0-9a-f]{12} has 1"):
        registry.promote("small-one", "1.2.0", **HOW)
    assert at_work(registry) == ("1.0.0", None)
    registry.promote("small-one", "1.2.0", shadow=True, **HOW)
    moved = registry.promote("small-one", "1.2.0", force=True, **HOW)
    assert moved.active is not None
    assert moved.active.version == "1.2.0"
    assert moved.history[-1].forced[0].startswith("mae: 1.2")
    assert moved.history[-1].who == "ann"


def test_a_reason_is_asked_for_and_words_are_checked(registry: store.Registry) -> None:
    with pytest.raises(ConfigError, match="--reason is missing"):
        registry.promote("small-one", "1.0.0", **{**HOW, "reason": " "})
    with pytest.raises(ConfigError, match=r"has no small-one 1\.3\.0\..* It has: 1\.0\.0, 1\.1\.0, 1\.2\.0, 1\.10\.0"):
        registry.promote("small-one", "1.3.0", **HOW)
    with pytest.raises(ConfigError, match="is no model's name"):
        registry.promote("../small-one", "1.0.0", **HOW)
    registry.promote("small-one", "1.0.0", **HOW)
    with pytest.raises(ConfigError, match="is there already"):
        registry.promote("small-one", "1.0.0", **HOW)
    with pytest.raises(ConfigError, match="no such folder"):
        store.Registry(registry.root / "nowhere")
    (registry.root / "file").touch()
    with pytest.raises(ConfigError, match=r"file: that is a file; give the folder"):
        store.Registry(registry.root / "file")


def evidence(registry: store.Registry, **changes: Any) -> store.Evidence:
    """Of 1.2.0 beside 1.0.0, and good."""
    found = {
        "schema": 1,
        "champion": store.load(registry.root / "small-one" / "1.0.0").version,
        "challenger": store.load(registry.root / "small-one" / "1.1.0").version,
        "decisions": 5000,
        "disagreement": 0.1,
        "champion_error": 1.0,
        "challenger_error": 0.9,
        "faults": 0,
        "skipped": 3,
        **changes,
    }
    return store.Evidence.model_validate(found)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"decisions": 999}, "had 999 decisions; 1000 are asked for"),
        ({"faults": 1}, "had 1 answers that were late or none"),
        ({"challenger_error": 1.03}, "its error was 1.03, the champion's 1"),
        ({"champion": ""}, "of the champion rule, not of small-one@1.0.0"),
        ({"challenger": "other@1.0.0+0123456789ab"}, "of the challenger other@1.0.0"),
    ],
)
def test_a_shadow_run_that_went_badly_speaks_against_it(
    registry: store.Registry, changes: dict[str, Any], says: str
) -> None:
    registry.promote("small-one", "1.0.0", **HOW)
    with pytest.raises(ModelError, match=says):
        registry.promote("small-one", "1.1.0", evidence=evidence(registry, **changes), **HOW)
    moved = registry.promote("small-one", "1.1.0", evidence=evidence(registry, challenger_error=None), **HOW)
    assert moved.history[-1].evidence is not None


def test_what_was_scored_on_other_data_needs_a_shadow_run(registry: store.Registry, tmp_path: Path) -> None:
    registry.promote("small-one", "1.0.0", **HOW)
    folder = saved(tmp_path / "2.0.0", version="2.0.0", headline=0.5).folder
    lineage = json.loads((folder / "lineage.json").read_text())
    again = store.load(folder)
    elsewhere = store.Lineage.model_validate({**lineage, "source": "another"})
    moved = gates.refusals(
        store.Artifact(**{**vars(again), "lineage": elsewhere}), store.load(registry.root / "small-one" / "1.0.0"), None
    )
    assert len(moved) == 1
    assert "scored on other data" in moved[0]


def test_what_changed_since_it_was_promoted_is_refused(registry: store.Registry, tmp_path: Path) -> None:
    root = registry.root / "small-one"
    placed = registry.promote("small-one", "1.0.0", **HOW).active
    assert placed is not None
    registry.promote("small-one", "1.1.0", **HOW)
    flip("model.onnx")(root / "1.0.0")
    with pytest.raises(ModelError, match=r"model\.onnx: sha256"):
        registry.rollback("small-one", **HOW)
    saved(root / "1.0.0", headline=0.95)
    with pytest.raises(ModelError, match="was promoted, small-one of"):
        registry.load("small-one", placed)
    with pytest.raises(ModelError, match=r"another small-one 1\.0\.0 is there"):
        registry.add(saved(tmp_path / "again", headline=1.0).folder)


def test_a_broken_pointer_is_named(registry: store.Registry) -> None:
    registry.promote("small-one", "1.0.0", **HOW)
    path = registry.root / "small-one" / "pointer.json"
    pointer = json.loads(path.read_text())
    for broken, says in (("{", "Invalid JSON"), (json.dumps({**pointer, "schema": 2}), "schema: Input should be 1")):
        path.write_text(broken)
        with pytest.raises(ModelError, match=rf"pointer.json: .*{says}|pointer.json: {says}"):
            registry.pointer("small-one")


@pytest.mark.parametrize(
    ("figure", "sign"),
    [("mae", -1), ("auc-pr", 1), ("MASE 24 h", -1), ("false", -1), ("f1", 1), ("coverage", 0), ("inside", 0)],
)
def test_which_figures_are_better_when_they_are_more(figure: str, sign: int) -> None:
    assert gates.better(figure) == sign
