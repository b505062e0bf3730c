"""Versions that take turns while the loop runs: by the real commands, a real registry, and the process that looks at
them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ricloop.core.model import ModelError
from ricloop.core.time import ManualClock
from ricloop.runtime.models.loader import Work, look_at
from ricloop.runtime.models.report import write_report
from ricloop.runtime.models.resolve import loaded
from ricloop.runtime.models.swap import PATIENCE_NS, Swaps
from ricloop.runtime.side.metrics import exposition
from ricloop.runtime.side.snapshot import snapshot
from ricloop.store import Registry, gates
from tests.patience import PATIENCE_S
from tests.runtime.ahead import Ahead
from tests.runtime.versions import command, version
from tests.runtime.world import World


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A registry whose active version of `small-one` is 1.0.0."""
    (tmp_path / "models").mkdir()
    first = version(tmp_path, "1.0.0").folder
    command("promote", "small-one", first, "--models", tmp_path / "models", "--reason", "the first")
    return tmp_path / "models"


@pytest.fixture
def world(root: Path) -> Iterator[World]:
    registry, app = Registry(root), Ahead()
    world = World(app, gnb="gnb1", models=loaded([app], {}, ManualClock(), registry=registry))
    world.ric.lifecycle.pointers = Swaps(world.ric.lifecycle, registry)
    world.step(3)
    yield world
    pointers(world).close()


def pointers(world: World) -> Swaps:
    assert world.ric.lifecycle.pointers is not None
    return world.ric.lifecycle.pointers


def promote(world: World, root: Path, number: str, *options: str, seed: int = 1, **changes: Any) -> str:
    """A new version goes in by the command; its name. `changes` of its manifest."""
    made = version(root.parent, number, seed, headline=0.9, **changes)
    command("promote", "small-one", made.folder, "--models", root, "--reason", f"{number} it is", *options)
    return made.version


def heard(world: World) -> None:
    """The housekeeping sees the pointer, and who looks at the version is through with it."""
    pointers(world).look()
    for change in pointers(world)._changes.values():
        if change.process is not None:
            change.process.wait(PATIENCE_S)
    pointers(world).look()


def at_work(world: World) -> str:
    return world.ric.lifecycle.at_work[0].model.version


def versions(world: World) -> list[dict[str, Any]]:
    return [record for record in world.audit.records if record["kind"] == "version"]


def test_a_promotion_and_a_rollback_change_who_answers_and_no_report_goes_undecided(world: World, root: Path) -> None:
    old, new = at_work(world), promote(world, root, "1.1.0")
    decided = len(world.decisions())
    heard(world)
    assert at_work(world) == old, "it is looked at, and the old one answers meanwhile"
    world.step(2)
    assert at_work(world) == new
    command("rollback", "small-one", "--models", root, "--reason", "it was not")
    pointers(world).look()
    world.step(2)
    assert at_work(world) == old, "it was still loaded: nobody had to look at it"
    now = world.decisions()[decided:]
    assert len(now) == 4
    # What is ready goes to work after the decision that was due.
    assert [record["model"] for record in now] == [old, new, new, old]
    assert {record["source"] for record in now} == {"handler"}, "the windows were kept"
    forth, back = versions(world)
    assert (forth["before"], forth["version"], forth["result"]) == (old, new, "changed")
    assert forth["reason"].endswith("1.1.0 it is")
    assert (back["before"], back["version"]) == (new, old)
    assert back["reason"].endswith("it was not")
    assert b'ricloop_model_versions_total{result="changed"} 2.0' in exposition(snapshot(world.ric))


def test_one_that_looks_at_something_else_is_answered_for_by_the_rule_until_its_windows_are_filled(
    world: World, root: Path
) -> None:
    window = {"metrics": ["RRU.PrbTotDl"], "length": 4, "calendar": 8, "period_ms": 100}
    new = promote(world, root, "1.1.0", window=window)
    heard(world)
    world.step(1)
    assert at_work(world) == new
    world.step(6)
    causes = [(record["source"], record["cause"]) for record in world.decisions()[-6:]]
    assert causes == [("rule", "filling")] * 3 + [("handler", "")] * 3


def tampered(folder: Path) -> None:
    (folder / "card.md").write_text("another card\n")


def gone(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(("spoil", "named"), [(tampered, "1.1.0/card.md"), (gone, "1.1.0")])
def test_a_version_that_is_not_sound_is_refused_and_named_and_the_old_one_goes_on(
    world: World, root: Path, spoil: Any, named: str
) -> None:
    old = at_work(world)
    promote(world, root, "1.1.0")
    spoil(root / "small-one" / "1.1.0")
    heard(world)
    world.step(2)
    assert at_work(world) == old
    (refused,) = versions(world)
    assert (refused["result"], refused["before"]) == ("refused", old)
    assert named in refused["reason"]
    assert world.decisions()[-1]["model"] == old


def test_a_version_that_looks_at_something_that_nobody_asks_for_is_refused(world: World, root: Path) -> None:
    old = at_work(world)
    window = {"metrics": ["RRC.ConnMean"], "length": 10, "calendar": 2, "period_ms": 100}
    promote(world, root, "1.1.0", window=window)
    heard(world)
    world.step(2)
    assert at_work(world) == old
    assert "looks at RRC.ConnMean, which the feed does not ask for" in versions(world)[0]["reason"]


def test_a_pointer_that_is_none_is_named(world: World, root: Path) -> None:
    (root / "small-one" / "pointer.json").write_text("{}}")
    pointers(world).look()
    assert "pointer.json" in versions(world)[0]["reason"]
    world.step(1)
    assert world.decisions()[-1]["source"] == "handler"


def work(root: Path, budget_ns: int) -> Work:
    placed = Registry(root).pointer("small-one").active
    assert placed is not None
    return Work(
        root=str(root), name="small-one", version=placed.version, digest=placed.digest, trust=None,
        require_signature=False, rows=4, budget_ns=budget_ns,
    )  # fmt: skip


def test_a_version_that_takes_longer_than_the_deadline_leaves_is_refused(root: Path) -> None:
    with pytest.raises(ModelError, match=r"takes up to .* ms for 4 cells .*, and the deadline leaves 0.00 ms"):
        look_at(work(root, budget_ns=1))
    said = look_at(work(root, budget_ns=10_000_000_000))
    assert said["engine"] in ("onnxruntime", "numpy")
    assert said["ready_ns"] > 0
    assert set(said["times"]) == {1, 32, 256, 1024, 4096}


def test_it_waits_for_a_gap_that_is_long_enough_but_not_for_ever(world: World, root: Path) -> None:
    old = at_work(world)
    promote(world, root, "1.1.0")
    heard(world)
    clock: ManualClock = world.clock
    for change in pointers(world)._changes.values():
        assert change.said is not None
        change.said["ready_ns"] = 5_000_000
    pointers(world).settle(clock.now() + 4_000_000)
    assert at_work(world) == old
    clock.set(clock.now() + PATIENCE_NS + 1)
    pointers(world).settle(clock.now() + 4_000_000)
    assert at_work(world) != old


def test_a_challenger_is_compared_promoted_by_what_came_of_it_and_taken_back(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shadow run, report, `promote --evidence`, swap, `rollback`, swap back: in one running RIC."""
    monkeypatch.setattr(gates, "LEAST_DECISIONS", 100)
    registry, app = Registry(root), Ahead()
    world = World(app, gnb=None, models=loaded([app], {}, ManualClock(), registry=registry))
    world.ric.lifecycle.pointers = Swaps(world.ric.lifecycle, registry)
    old, new = at_work(world), promote(world, root, "1.1.0", "--shadow", seed=0)
    heard(world)
    world.step(40)
    assert at_work(world) == old
    file = tmp_path / "evidence.json"
    write_report(file, world.ric.lifecycle.comparisons())
    said = json.loads(file.read_text())
    keys = {"schema", "champion", "challenger", "decisions", "disagreement", "champion_error", "challenger_error"}
    assert keys | {"faults", "skipped"} <= set(said)
    assert (said["champion"], said["challenger"], said["faults"]) == (old, new, 0)
    assert said["decisions"] >= 100
    assert said["disagreement"] == 0.0, "the same network"
    assert said["champion_error"] == said["challenger_error"] > 0
    file.write_text(json.dumps(said | {"challenger_error": 2 * said["champion_error"]}))
    with pytest.raises(ModelError, match="in the shadow run its error was"):
        command("promote", "small-one", "1.1.0", "--models", root, "--reason", "try", "--evidence", file)
    file.write_text(json.dumps(said))
    command("promote", "small-one", "1.1.0", "--models", root, "--reason", "as good", "--evidence", file)
    heard(world)
    world.step(2)
    assert at_work(world) == new
    assert world.ric.lifecycle.at_work[0].follow.shadow is None
    assert world.ric.lifecycle.comparisons()[0]["challenger"] == new, "what came of it is still told"
    command("rollback", "small-one", "--models", root, "--reason", "a look at it")
    pointers(world).look()
    world.step(2)
    assert at_work(world) == old
    world.ric.check()
    assert {record["source"] for record in world.decisions()} == {"handler"}
