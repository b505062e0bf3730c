"""`ricloop xapp` as a platform runs it: health, metrics, its end, and settings that come with its descriptor."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from ricloop.platform.descriptor import descriptor
from ricloop_xapps.minimal.xapp import Minimal
from tests.platform.process import ALIVE, READY, Manager, described, get, series, until
from tests.rpc.ends import Ends, free_port


def test_it_is_ready_while_its_ric_has_let_it_in_and_alive_without(both: Ends) -> None:
    port, where = free_port(), f"localhost:{free_port()}"
    xapp = both.xapp(where, "minimal", "--http", f"127.0.0.1:{port}")
    until("an answer", lambda: get(port, ALIVE) == (200, "ok\n"))
    assert get(port, READY) == (503, "the xApp is not connected to its RIC\n")
    ric = both.ric(rpc=where)
    until("ready", lambda: get(port, READY) == (200, "ok\n"))
    assert series(port)['ricloop_xapp_connected{xapp="minimal"}'] == 1
    ric.end(signal.SIGKILL)
    until("not ready", lambda: get(port, READY)[0] == 503)
    assert get(port, ALIVE)[0] == 200, "a dead RIC must not restart the xApp"
    assert series(port)['ricloop_xapp_connected{xapp="minimal"}'] == 0
    second = both.ric(rpc=where)
    until("ready again", lambda: get(port, READY)[0] == 200)
    assert series(port)['ricloop_xapp_reconnects_total{xapp="minimal"}'] == 1
    assert xapp.end(signal.SIGTERM) == 143
    second.until(lambda status: not status["apart"]["connected"] and not status["apart"]["away"])


def test_what_it_decides_is_counted(both: Ends) -> None:
    port = free_port()
    ric = both.ric()
    both.xapp(ric, "minimal", "--http", f"127.0.0.1:{port}").line()
    assert both.network(ric, "--seconds", "2").status() == 0
    found = series(port)
    answered = {
        re.findall('outcome="(.*?)"', name)[0]: count
        for name, count in found.items()
        if name.startswith("ricloop_xapp_answers_total")
    }
    assert found['ricloop_xapp_questions_total{xapp="minimal"}'] == sum(answered.values()) > 0
    assert answered["handler"] > 0
    assert found['ricloop_xapp_decide_seconds_count{xapp="minimal"}'] == sum(answered.values())
    assert 0 < found['ricloop_xapp_decide_seconds_sum{xapp="minimal"}'] < 0.1 * sum(answered.values())
    assert get(port, "/ric/v1/metrics")[1] == get(port, "/metrics")[1]


def test_one_whose_decision_never_ends_answers_no_probe(both: Ends) -> None:
    port = free_port()
    ric = both.ric()
    both.xapp(ric, "tests.rpc.xapps:Hangs", "--http", f"127.0.0.1:{port}").line()
    assert get(port, ALIVE)[0] == 200
    both.network(ric, "--seconds", "600")

    def hangs() -> bool:
        try:
            get(port, ALIVE, timeout_s=5.0)
        except TimeoutError:
            return True
        return False

    until("no answer", hangs)


def test_told_to_end_it_is_not_ready_at_once_and_ends_in_time(both: Ends) -> None:
    port = free_port()
    ric = both.ric()
    with Manager(hangs=True) as (where, posts):
        xapp = both.xapp(ric, "minimal", "--http", f"127.0.0.1:{port}", "--rmr", "127.0.0.1:0", "--appmgr", where)
        xapp.line()
        until("registered", lambda: series(port)['ricloop_xapp_registered{xapp="minimal"}'])
        begun = time.monotonic()
        xapp.process.send_signal(signal.SIGTERM)
        # The app manager does not answer, so that there is time to ask.
        until("not ready", lambda: get(port, READY) == (503, "the xApp is ending\n"))
        assert get(port, ALIVE)[0] == 200
        ric.until(lambda status: not status["apart"]["connected"] and not status["apart"]["away"])
        assert xapp.status() == 143
        assert time.monotonic() - begun < 15, "well within the 30 s that a platform gives"
        assert [path for path, _ in posts] == ["/ric/v1/register", "/ric/v1/deregister"]


# -------------------------------------------------------------------------------------------------------- descriptor


def test_the_descriptors_controls_are_settings_below_the_file_and_the_command_line(both: Ends, tmp_path: Path) -> None:
    folder = described(tmp_path / "config", sleep_below=1.0, wake_above=91.0)
    (tmp_path / "settings.toml").write_text("[minimal]\nwake_above = 92.0\n")
    port, where = free_port(), f"localhost:{free_port()}"
    both.xapp(
        where, "minimal", "--descriptor", str(folder), "--settings", "settings.toml",
        "--http", f"127.0.0.1:{port}",
    )  # fmt: skip
    until("an answer", lambda: get(port, ALIVE))
    ((one,),) = (json.loads(get(port, "/ric/v1/config")[1]),)
    assert one["metadata"] == {"xappName": "minimal", "configType": "json"}
    assert one["config"] == descriptor(Minimal) | {"controls": {"sleep_below": 1.0, "wake_above": 92.0}}


def test_where_the_descriptor_is_may_be_said_by_the_environment(
    both: Ends, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XAPP_DESCRIPTOR_PATH", str(described(tmp_path / "config", wake_abovee=91.0)))
    xapp = both.xapp("localhost:1", "minimal")
    assert xapp.status() == 2
    says = xapp.log.read_text()
    assert "config: controls: xApp 'minimal' has no setting 'wake_abovee'. Did you mean 'wake_above'?" in says


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--http", "here"), 2, "--http here: write HOST:PORT"),
        (("--rmr", "0.0.0.0"), 2, "--rmr 0.0.0.0: write HOST:PORT, as 127.0.0.1:4560"),
        (("--appmgr", "http://127.0.0.1:1"), 2, "give --http and --rmr"),
        (("--appmgr", "tcp://x", "--http", "127.0.0.1:0", "--rmr", "127.0.0.1:0"), 2, "appmgr-http.ricplt:8080"),
        (("--appmgr", "http://x/ric", "--http", "127.0.0.1:0", "--rmr", "127.0.0.1:0"), 2, "without a path"),
        (("--descriptor", "absent"), 2, "descriptor absent: No such file"),
        (("--http", "taken"), 3, "; --http may name another"),
        (("--rmr", "taken"), 3, "RMR cannot be answered at 127.0.0.1:"),
    ],
)
def test_what_cannot_be_served_is_named(both: Ends, arguments: tuple[str, ...], status: int, says: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = [f"127.0.0.1:{taken.getsockname()[1]}" if word == "taken" else word for word in arguments]
        xapp = both.xapp("localhost:1", "minimal", *words)
        assert xapp.status() == status
    assert says in xapp.log.read_text()
    assert "Traceback" not in xapp.log.read_text()
