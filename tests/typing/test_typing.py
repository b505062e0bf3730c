"""mypy --strict rejects exactly what is planted, and accepts what is right."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages.markdown import block

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = ("right.py", "wrong.py")
PRINTED = (("README.md", "class Gatekeeper"), ("README.md", "def test_"), ("xapps/README.md", "class WakeAhead"))
"""Blocks of pages that stand alone, beside the README's xApp, which is installed."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, str]]:
    """Errors of mypy by file and line; one run for all, with its cache kept."""
    printed = [tmp_path_factory.mktemp("pages") / f"block{number}.py" for number in range(len(PRINTED))]
    for path, row in zip(printed, PRINTED, strict=True):
        path.write_text(block(*row).text)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--no-error-summary", "--hide-error-context", "--show-absolute-path"]
    done = subprocess.run(
        [*command, *map(str, printed), *(str(HERE / name) for name in FILES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    errors: dict[str, dict[int, str]] = {}
    for path, line, text in re.findall(r"^(.*?):(\d+): error: (.*)$", done.stdout, re.MULTILINE):
        errors.setdefault(Path(path).name if Path(path).parent == HERE else path, {})[int(line)] = text
    return errors


@pytest.mark.parametrize("name", FILES)
def test_exactly_the_planted_errors_are_found(found: dict[str, dict[int, str]], name: str) -> None:
    lines = (HERE / name).read_text().splitlines()
    planted = {number for number, line in enumerate(lines, 1) if "# E:" in line}
    said = found.get(name, {})
    missed = [f"{number}: {lines[number - 1].strip()}" for number in sorted(planted - set(said))]
    surplus = [f"{number}: {said[number]}" for number in sorted(set(said) - planted)]
    assert not missed
    assert not surplus


def test_nothing_else_is_wrong(found: dict[str, dict[int, str]]) -> None:
    assert not set(found) - set(FILES)
