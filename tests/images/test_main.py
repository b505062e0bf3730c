"""`python -m tests.images` where there is nothing to build with, and where it is told wrongly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.images.tools import NEEDED, ROOT


def images(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.images", *words]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_without_its_tools_it_is_skipped_with_what_to_install(tmp_path: Path) -> None:
    ran = images(PATH=str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("skipped, no image was built: not installed: ")
    for name in NEEDED:
        assert f"apt-get install {name}" in ran.stdout


def test_where_images_are_required_a_missing_tool_is_a_failure(tmp_path: Path) -> None:
    assert images(PATH=str(tmp_path), RICLOOP_REQUIRE_IMAGES="1").returncode == 1


def test_a_target_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    ran = images("rci")
    assert ran.returncode == 2
    assert "no target rci; there are ric, xapp, e2sim, xapp-gpu" in ran.stderr
