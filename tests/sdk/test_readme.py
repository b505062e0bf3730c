"""The README's xApp and its test are what is installed, and work as printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ricloop_xapps.minimal import xapp

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def block(marker: str) -> str:
    found = [text for text in BLOCKS if marker in text]
    assert len(found) == 1, f"the README needs one Python block with {marker!r}"
    return found[0]


def test_the_readmes_xapp_is_the_one_that_is_installed() -> None:
    # The shorter way to say the same: the module's text is the README's.
    assert block("class Minimal").strip() == Path(xapp.__file__).read_text().strip()


def test_the_readmes_test_passes() -> None:
    names: dict[str, object] = {}
    exec(compile(block("def test_"), "README.md", "exec"), names)  # noqa: S102 - our own README
    tests = [value for name, value in names.items() if name.startswith("test_") and callable(value)]
    if not tests:
        pytest.fail("the README shows no test")
    for test in tests:
        test()
