"""`ricloop models`: what there is, whether it is sound, and which version is at work."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ricloop import store
from ricloop.cli import build
from ricloop.core.errors import ConfigError
from ricloop.core.model import ModelError
from tests.store.test_store import flip, saved


def ran(*words: object, env: dict[str, str] | None = None) -> Any:
    """Raises what the command raises."""
    asked = ["models", *map(str, words)]
    told = CliRunner().invoke(build("models"), asked, catch_exceptions=False, env={"COLUMNS": "300", **(env or {})})
    assert told.exit_code == 0, told.output
    return told


def test_the_list_has_what_is_shipped_and_what_was_promoted(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    folder = saved(tmp_path / "mine").folder
    ran("promote", "small-one", folder, "--models", tmp_path / "models", "--reason", "it is the first")
    ran("list", "--json", tmp_path / "list.json", env={"RICLOOP_MODELS": str(tmp_path / "models")})
    rows = json.loads((tmp_path / "list.json").read_text())["models"]
    assert {(row["name"], row["state"]) for row in rows} == {
        *((name, "shipped") for name in store.shipped()),
        ("small-one", "active"),
    }
    flip("card.md")(tmp_path / "models" / "small-one" / "1.0.0")
    assert "refused" in ran("list", "--models", tmp_path / "models").output


def test_a_model_is_shown_with_its_baselines_and_its_history(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for version, error in (("1.0.0", 1.0), ("1.1.0", 0.5)):
        folder = saved(tmp_path / version, version=version, headline=error).folder
        ran("promote", "small-one", folder, "--models", tmp_path / "models", "--reason", f"{version} is better")
    ran("rollback", "small-one", "--models", tmp_path / "models", "--reason", "it was not")
    shown = ran("show", "small-one", "--models", tmp_path / "models", "--json", tmp_path / "show.json").output
    for words in ("Small", "RRU.PrbTotDl", "1.1.0 is better", "rollback 1.0.0: it was not", "nobody"):
        assert words in shown
    said = json.loads((tmp_path / "show.json").read_text())
    assert said["scores"]["scores"]["last value"] == {"mae": 2.0}
    assert said["pointer"]["active"]["version"] == "1.0.0"
    assert "found" in ran("show", "anomaly-ae").output
    with pytest.raises(ConfigError, match="one of them"):
        ran("show")


def test_every_shipped_model_is_sound(tmp_path: Path) -> None:
    ran("verify", "--json", tmp_path / "said.json")
    rows = json.loads((tmp_path / "said.json").read_text())["models"]
    assert [(row["name"], row["ok"]) for row in rows] == [(name, True) for name in store.shipped()]


def test_a_copy_of_which_an_octet_changed_is_refused_by_the_file_s_name(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(store.find("anomaly-ae").folder, copy)
    ran("verify", "--path", copy)
    flip("model.onnx")(copy)
    with pytest.raises(ModelError, match=r"copy/model\.onnx: sha256"):
        ran("verify", "--path", copy, "--json", tmp_path / "said.json")
    (row,) = json.loads((tmp_path / "said.json").read_text())["models"]
    assert (row["ok"], "model.onnx" in row["reason"]) == (False, True)


def test_a_shipped_model_in_place_of_another_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound in itself, and not the one that is pinned."""
    from ricloop_models import shipped

    saved(tmp_path / "anomaly-ae", name="anomaly-ae")
    monkeypatch.setattr(shipped, "ARTIFACTS", tmp_path)
    with pytest.raises(ModelError, match=r"anomaly-ae/manifest\.json: sha256 \w{64} is pinned, \w{64} found"):
        ran("verify", "anomaly-ae")


def test_a_pin_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ricloop_models import shipped

    artifact = saved(tmp_path / "small-one")
    monkeypatch.setattr(shipped, "ARTIFACTS", tmp_path)
    monkeypatch.setattr(shipped, "PINNED", tmp_path / "pins.json")
    (tmp_path / "pins.json").write_text('{"another": "x"}')
    ran("pin", "small-one")
    assert json.loads((tmp_path / "pins.json").read_text()) == {"another": "x", "small-one": artifact.digest}
    with pytest.raises(ConfigError, match="train it with --out"):
        ran("pin", "nothing")


def test_signed_and_asked_for(tmp_path: Path) -> None:
    folder = saved(tmp_path / "small-one").folder
    for name in ("ann", "bob"):
        ran("key", "--out", tmp_path / name)
    with pytest.raises(ModelError, match="nobody signed it"):
        ran("verify", "--path", folder, "--trust", tmp_path / "ann.pub", "--require-signature")
    ran("sign", folder, "--key", tmp_path / "ann")
    ran("verify", "--path", folder, "--trust", tmp_path / "ann.pub", "--require-signature")
    with pytest.raises(ModelError, match="which the trust file does not hold"):
        ran("verify", "--path", folder, "--trust", tmp_path / "bob.pub")
    (tmp_path / "models").mkdir()
    with pytest.raises(ModelError, match="which the trust file does not hold"):
        ran(
            "promote", "small-one", folder, "--models", tmp_path / "models", "--reason", "x",
            "--trust", tmp_path / "bob.pub",
        )  # fmt: skip
    assert list((tmp_path / "models").iterdir()) == []


def test_what_is_worse_needs_force(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    given: list[Any] = ["small-one", saved(tmp_path / "bad", headline=5.0).folder, "--models", tmp_path / "models"]
    with pytest.raises(ModelError, match="mae: 5, and the baseline 'last value' has 2"):
        ran("promote", *given, "--reason", "hope")
    assert "small-one: active 1.0.0" in ran("promote", *given, "--reason", "a test", "--force").output
    with pytest.raises(ConfigError, match="--models ROOT is missing"):
        ran("rollback", "small-one", "--reason", "x")
    with pytest.raises(ModelError, match="called 'small-one', not 'other-one'"):
        ran("promote", "other-one", *given[1:], "--reason", "x")


def test_an_engine_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = saved(tmp_path / "small-one", engines=["abacus"]).folder
    with pytest.raises(ModelError, match="there is no engine 'abacus'"):
        ran("verify", "--path", folder)


def test_times_are_measured_anew_and_all_else_stays(tmp_path: Path) -> None:
    before = saved(tmp_path / "small-one")
    ran("key", "--out", tmp_path / "ann")
    ran("sign", before.folder, "--key", tmp_path / "ann")
    ran("measure", before.folder)
    after = store.load(before.folder)
    assert (after.content, after.signature) == (before.content, None)
    assert after.digest != before.digest
    assert after.latency is not None
    assert set(after.latency.engines) == {"onnxruntime", "numpy"}
    times = after.latency.engines["numpy"][4096]
    assert 0 < times.p50_us <= times.p99_us <= times.p999_us


def test_a_version_that_no_engine_here_runs_is_not_promoted(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    folder = saved(tmp_path / "small-one", engines=["abacus"]).folder
    with pytest.raises(ModelError, match="there is no engine 'abacus'"):
        ran("promote", "small-one", folder, "--models", tmp_path / "models", "--reason", "x")
    assert store.Registry(tmp_path / "models").pointer("small-one").active is None
