"""The programs that make and run images here, called with lists of words, and why they cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEEDED = {
    "buildah": "builds images: apt-get install buildah",
    "crun": "runs them: apt-get install crun",
    "debootstrap": "makes the base that they stand on: apt-get install debootstrap",
}
# No daemon, and no container inside which the steps of a build would need another one.
ENVIRONMENT = {"BUILDAH_ISOLATION": "chroot"}


class Failed(Exception):
    """A program ended with another status than 0; the message has its last lines."""


def missing() -> str | None:
    """Why images cannot be built here; None where they can."""
    absent = [f"{name} ({why})" for name, why in NEEDED.items() if shutil.which(name) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    if os.geteuid() != 0:
        return "this needs root: it mounts images and gives a process another user's id"
    return None


def call(*words: str | Path, log: Path | None = None) -> str:
    """What a program prints. Raises Failed; with `log`, everything that it said is kept there."""
    ended = subprocess.run(
        list(map(str, words)), env=os.environ | ENVIRONMENT, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if log is not None:
        log.write_text(ended.stdout + ended.stderr)
    if ended.returncode != 0:
        raise Failed(f"{' '.join(map(str, words[:3]))} … ended with {ended.returncode}:\n{_last(ended)}")
    return ended.stdout.strip()


@contextmanager
def mounted(image: str) -> Iterator[Path]:
    """The root file system of an image, for as long as one looks at it."""
    container = call("buildah", "from", "--pull-never", image)
    try:
        yield Path(call("buildah", "mount", container))
    finally:
        call("buildah", "rm", container)


def _last(ended: subprocess.CompletedProcess[str]) -> str:
    lines: Sequence[str] = (ended.stdout + ended.stderr).strip().splitlines()
    return "\n".join(lines[-20:])
