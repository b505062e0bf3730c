"""An xApp registers with the app manager, and answers the platform's RMR health checks."""

from __future__ import annotations

import json
import re
import signal
import socket

import pytest

from ricloop.platform import rmr
from ricloop.platform.descriptor import descriptor
from ricloop_xapps.minimal.xapp import Minimal
from tests.patience import PATIENCE_S
from tests.platform.process import ALIVE, Manager, get, series, until
from tests.rpc.ends import End, Ends, free_port


def test_an_rmr_health_check_is_answered_and_garbage_costs_the_connection(both: Ends) -> None:
    http, port = free_port(), free_port()
    xapp = both.xapp("localhost:1", "minimal", "--rmr", f"127.0.0.1:{port}", "--http", f"127.0.0.1:{http}")
    until("an answer", lambda: get(http, ALIVE))
    asked = rmr.Message(rmr.HEALTH_REQUEST, b"", xid=b"x" * 32, data1=b"\7\0\0\0", source=b"prober:38000", flags=4)
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        octets = rmr.pack(rmr.Message(12050, b"an indication")) + rmr.pack(asked)
        connection.sendall(octets[:400])
        connection.sendall(octets[400:])
        answered = rmr.unpack(read(connection))
        assert (answered.mtype, answered.payload, answered.xid) == (101, b"OK\n", b"x" * 32)
        assert (answered.data1, answered.flags & 4) == (b"\7\0\0\0", 0), "whoever called is called back"
        assert answered.source == b"127.0.0.1:%d" % port
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(1) == b""
    found = {name: count for name, count in series(http).items() if "rmr_messages_total" in name}
    assert [*found.values()] == [1, 1, 1], found
    assert xapp.said("an RMR connection is closed")
    assert get(http, ALIVE)[0] == 200


def read(connection: socket.socket) -> bytes:
    """One message."""
    found = connection.recv(4)
    while len(found) < int.from_bytes(found[:4], "little"):
        more = connection.recv(65536)
        assert more, "closed"
        found += more
    return found


def registered(both: Ends, where: str, *arguments: str) -> tuple[End, int]:
    port = free_port()
    served = ("--http", f"127.0.0.1:{port}", "--rmr", "127.0.0.1:0", "--appmgr", where)
    return both.xapp("localhost:1", "minimal", *served, *arguments), port


def test_it_registers_and_leaves(both: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTNAME", "minimal-5d9f-abcde")
    monkeypatch.setenv("RMR_SRC_ID", "service-ricxapp-minimal-rmr.ricxapp")
    with Manager(refusals=2) as (where, posts):
        xapp, port = registered(both, where, "--set", "minimal.wake_above=70")
        until("registered", lambda: series(port)['ricloop_xapp_registered{xapp="minimal"}'])
        assert [path for path, _ in posts] == ["/ric/v1/register"] * 3, "asked again after a refusal"
        told = posts[-1][1]
        assert told["appName"] == "minimal-5d9f-abcde"
        assert told["appInstanceName"] == "minimal"
        assert told["appVersion"] == descriptor(Minimal)["version"]
        assert told["configPath"] == "/ric/v1/config"
        assert told["httpEndpoint"] == f"service-ricxapp-minimal-http.ricxapp:{port}"
        assert re.fullmatch(r"service-ricxapp-minimal-rmr\.ricxapp:\d+", told["rmrEndpoint"])
        config = json.loads(told["config"])
        assert config == json.loads(get(port, "/ric/v1/config")[1])[0]["config"]
        assert config["controls"]["wake_above"] == 70
        assert xapp.end(signal.SIGTERM) == 143
        assert posts[3:] == [("/ric/v1/deregister", {"appName": "minimal-5d9f-abcde", "appInstanceName": "minimal"})]


def test_an_app_manager_that_is_not_there_stops_nothing(both: Ends) -> None:
    xapp, port = registered(both, f"http://127.0.0.1:{free_port()}")
    assert xapp.said("not registered")
    assert get(port, ALIVE)[0] == 200
    assert series(port)['ricloop_xapp_registered{xapp="minimal"}'] == 0
    assert xapp.end(signal.SIGTERM) == 143
