"""What pages have a shell run that takes minutes, as it stands there: prints the seconds of each line.

`python -m tests.pages`; words choose rows by their names.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ricloop.link.clock import SystemClock
from tests.pages.markdown import ROOT, block, codes
from tests.pages.running import lines_of, run


def said(page: str, begin: str) -> list[str]:
    """Commands in a page's sentences, made for a folder of its own."""
    return [code.text for code in codes(ROOT / page) if re.match(begin, code.text)]


def rows() -> Mapping[str, list[str]]:
    demo = [line for line in lines_of(block("README.md", "make demo"), {}) if line.startswith("make demo")]
    make = f"make -C {ROOT} "
    return {
        "demo": [line.replace("make ", make) for line in [*demo, *said("README.md", "make demo ARGS")]],
        "new": [" && ".join(lines_of(block("README.md", "ricloop new xapp"), {}))],
        "capacity": lines_of(block("helm/RUNBOOK.md", "ricloop bench loop"), {}),
        "engine": ["ricloop bench engine", "ricloop bench codec"],
        "evaluate": said("models/README.md", r"ricloop models evaluate .*--data"),
    }


def main(chosen: list[str]) -> int:
    """Ends with 1 where a line did."""
    clock, failed = SystemClock(), 0
    for name, lines in rows().items():
        if chosen and name not in chosen:
            continue
        with tempfile.TemporaryDirectory() as folder:
            for line in lines:
                begin = clock.now()
                try:
                    run(line.replace("--run-dir kept", f"--run-dir {folder}/kept"), Path(folder), apart=True)
                except AssertionError as error:
                    failed = 1
                    print(error)
                print(f"{name}  {(clock.now() - begin) / 1e9:8.1f} s  {line}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
