"""C modules built with AddressSanitizer and UndefinedBehaviorSanitizer, and a Python to run them in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "asan"
NATIVE = ROOT / "sdk" / "_native" / "_fast.c"
FAULTS = Path(__file__).with_name("faults.c")
FLAGS = (
    "-shared", "-fPIC", "-std=c11", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-g", "-O1",
    "-fno-omit-frame-pointer", "-Wall", "-Wextra", "-Werror",
)  # fmt: skip
# Leaks are looked for while the interpreter lives: at its end, CPython leaves much of its own behind.
OPTIONS = "detect_leaks=1:leak_check_at_exit=0:allocator_may_return_null=1:max_allocation_size_mb=1024"


@cache
def lacking() -> str | None:
    """What is missing for a sanitized build, and how to get it; None for nothing."""
    if shutil.which("gcc") is None:
        return "gcc is absent: apt-get install gcc libc6-dev"
    if not Path(_library()).is_absolute():
        return "gcc has no libasan: apt-get install libasan8, or the one that belongs to this gcc"
    header = Path(sysconfig.get_paths()["include"]) / "Python.h"
    if not header.exists():
        return f"{header} is absent: apt-get install python3-dev, or a Python that has its headers"
    return None


@cache
def built(source: Path) -> Path:
    """The module of `source`. Raises AssertionError with what the compiler said."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Another process may build it, or have it loaded, at the same time.
    module, fresh = FOLDER / f"{source.stem}.so", FOLDER / f"{source.stem}.{os.getpid()}"
    command = ["gcc", *FLAGS, f"-I{sysconfig.get_paths()['include']}", str(source), "-o", str(fresh), "-lm"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise AssertionError(f"{' '.join(command)}\n{ended.stderr}")
    return fresh.replace(module)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python with the sanitizers loaded before anything else, and every allocation of its own one of malloc's."""
    environment = {
        **os.environ,
        "LD_PRELOAD": _library(),
        "ASAN_OPTIONS": OPTIONS,
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@cache
def _library() -> str:
    return subprocess.run(
        ["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
    ).stdout.strip()
