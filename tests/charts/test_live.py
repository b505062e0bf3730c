"""Dashboards and rules against a real Prometheus that scrapes a real RIC, an xApp apart and an election."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

from tests.charts import live
from tests.interop.oracles import missing

HEARD_WITHIN_S = 120.0


def test_every_query_has_an_answer_but_those_that_are_silent_while_all_is_well(tmp_path: Path) -> None:
    if shutil.which("prometheus") is None:
        missing("no prometheus: apt-get install prometheus (Debian)")
    with contextlib.ExitStack() as ends:
        prometheus = live.start(tmp_path, ends)
        end = time.monotonic() + HEARD_WITHIN_S
        while silent := live.silent(list(live.ask(prometheus))):
            assert time.monotonic() < end, silent
            # Prometheus scrapes once a second.
            time.sleep(1.0)
        assert live.unwell(prometheus) == []
