"""Which event loop a process runs on."""

from __future__ import annotations

import asyncio
import importlib.util
import sys

import pytest

from ricloop.core.errors import ConfigError
from ricloop.link.loop import loop_name, run


async def kind() -> str:
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


@pytest.fixture
def no_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)


@pytest.mark.skipif(importlib.util.find_spec("uvloop") is None, reason="no uvloop: pip install 'ricloop[fast]'")
@pytest.mark.parametrize(("asked", "loop"), [("", "uvloop"), ("1", "uvloop"), ("0", "asyncio")])
def test_uvloop_is_taken_where_it_is_there_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, asked: str, loop: str
) -> None:
    monkeypatch.setenv("RICLOOP_UVLOOP", asked)
    assert loop_name() == loop == run(kind())


@pytest.mark.usefixtures("no_uvloop")
def test_asyncio_serves_where_there_is_no_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RICLOOP_UVLOOP", raising=False)
    assert loop_name() == "asyncio" == run(kind())


@pytest.mark.usefixtures("no_uvloop")
def test_uvloop_that_is_demanded_and_missing_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RICLOOP_UVLOOP", "1")
    with pytest.raises(ConfigError, match=r"RICLOOP_UVLOOP=1, and uvloop cannot be loaded .*ricloop\[fast\]"):
        run(kind())


def test_a_value_that_means_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RICLOOP_UVLOOP", "yes")
    with pytest.raises(ConfigError, match="RICLOOP_UVLOOP=yes: it is 0"):
        loop_name()
