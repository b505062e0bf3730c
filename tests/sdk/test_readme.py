"""The README's xApp and its test are what is installed, and work as printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ricloop.core.dialect import FLEXRIC
from ricloop.core.ids import Cgi, Plmn
from ricloop.e2sm import rc
from ricloop.e2sm.rc.mobility import cell_octets, target_of
from ricloop.runtime import settings
from ricloop.testing import TestLoop
from ricloop_xapps.minimal import xapp

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


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


def test_the_readmes_gatekeeper_answers_and_sets_a_policy() -> None:
    names: dict[str, Any] = {}
    exec(compile(block("class Gatekeeper"), "README.md", "exec"), names)  # noqa: S102 - our own README
    cell = Cgi(Plmn("001", "01"), 5).packed
    loop = TestLoop(names["Gatekeeper"]())
    request = rc.Request(1, 3, 1, target_of(cell))
    assert loop.give(names["ASKED"], request).admitted == (rc.accept(request),)
    (policy,) = loop.give(names["MOVED"], rc.Report.of([1], [{6: rc.Element(cell_octets(cell))}])).admitted
    assert policy == rc.policy("stay", cell, rc.rule(1, accept=False), style=3)
    assert not loop.give(names["MOVED"], rc.Report.of([1], [{}])).admitted


def test_the_readmes_settings_are_read(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "settings.toml"
    file.write_text(text)
    (app,) = settings.build([xapp.Minimal], file)
    assert app.settings.wake_above == 70
    assert settings.allowed_nodes(file) == ("gnb-00101-*",)
    flexric, acme = settings.node_dialects(file).values()
    assert flexric == FLEXRIC
    assert acme.vendor is not None
    assert acme.vendor.name == "delay-ms, acme"
