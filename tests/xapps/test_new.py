"""`ricloop new xapp`: what it writes passes its own test, is typed and formatted, and runs, at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.scenarios import find
from ricloop_xapps.new.names import Names
from ricloop_xapps.new.package import Kind, write_package
from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


def python(folder: Path, *arguments: str) -> None:
    """Run a module as a person does in that folder; fails with what it said."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", list(Kind))
def test_a_new_package_passes_its_own_test_and_every_check(tmp_path: Path, kind: Kind) -> None:
    # The longest name that may be, so that no shorter one breaks a line.
    names = Names.of(f"a-longest-of-names-for-thing-{kind.value}"[:32].rstrip("-"))
    write_package(names, kind, tmp_path)
    python(tmp_path, "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider")
    python(tmp_path, "ruff", "check", "--no-cache", ".")
    python(tmp_path, "ruff", "format", "--no-cache", "--check", ".")
    # Its cache is kept, as mypy reads numpy and pydantic for most of its time.
    python(tmp_path, "mypy", "--cache-dir", str(ROOT / ".mypy_cache" / "new"))


def test_a_new_xapp_runs_in_a_ric_that_a_network_connects_to(tmp_path: Path) -> None:
    names = Names.of("cell-guard")
    write_package(names, Kind.KPM, tmp_path)
    (tmp_path / "topology.json").write_text(json.dumps(find("office").topology()))
    target = f"{names.package}.xapp:{names.class_name}"
    arguments = ["--xapp", target, "--settings", "../settings.toml", "--topology", "../topology.json"]
    ric = subprocess.Popen(
        [sys.executable, "-m", "ricloop", "ric", "--listen", "tcp://127.0.0.1:0", "--json", "../ric.json", *arguments],
        cwd=tmp_path / "src",
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert ric.stdout is not None
        first = ric.stdout.readline()
        address = first.split("listens at ")[1].split(";")[0]
        python(tmp_path, "ricloop", "sim", "run", "office", "--connect", address, "--seconds", "1", "--quiet")
        ric.terminate()
        ric.communicate(timeout=PATIENCE_S)
    finally:
        ric.kill()
    result = json.loads((tmp_path / "ric.json").read_text())
    assert result["xapps"] == ["cell-guard"]
    assert result["decided"] > 0
    assert result["handler_errors"] == 0


def test_a_name_has_three_spellings() -> None:
    assert Names.of("Cell_Guard.2") == Names("cell-guard-2", "cell_guard_2", "CellGuard2")
    # What looks like a constant would be sorted among them, and a class of the file would be hidden.
    assert Names.of("x1").class_name == "X1XApp"
    assert Names.of("limits").class_name == "LimitsXApp"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("2-cells", "starts with a letter"),
        ("cell guard", "as 'cell-guard'"),
        ("cell-", "single dashes"),
        ("a" * 33, "at most 32"),
        ("energy_saving", "try 'my-energy-saving'"),
        ("lambda", "try 'my-lambda'"),
        ("json", "try 'my-json'"),
    ],
)
def test_a_name_that_cannot_be_is_told_with_the_way_out(given: str, says: str) -> None:
    with pytest.raises(ConfigError, match="xApp name") as told:
        Names.of(given)
    assert repr(given) in str(told.value)
    assert says in str(told.value)


def test_nothing_is_written_over_what_is_there(tmp_path: Path) -> None:
    mine = tmp_path / "tests" / "test_xapp.py"
    mine.parent.mkdir()
    mine.write_text("mine\n")
    with pytest.raises(ConfigError, match="--out") as told:
        write_package(Names.of("cell-guard"), Kind.KPM, tmp_path)
    assert str(mine) in str(told.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine\n"
