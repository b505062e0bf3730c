"""The whole lab that the chart renders runs: the same commands, settings and certificates, as processes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.charts import helm
from tests.charts.lab import Local, environment
from tests.platform.process import get, series, until
from tests.rpc.ends import End, free_port

pytest.importorskip("grpc", reason="no grpc: pip install 'ricloop[rpc]'")

XAPPS = ("anomaly-detection", "energy-saving", "traffic-prediction")


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, tuple[Local, End]]]:
    """Every pod of the lab by its chart's name, the RIC first."""
    rpc, e2 = free_port(), free_port()
    here = {"host": "localhost", "port": rpc}
    documents = helm.documents(
        helm.HELM / "ricloop-stack",
        {
            "global": {"certificates": {"names": ["localhost"]}},
            "ricloop": {"rpc": {"port": rpc}, "e2": {"tcp": {"port": e2}}},
            "e2sim": {"ric": {"host": "localhost", "port": e2}},
            **{name: {"ric": here} for name in XAPPS},
        },
        namespace="lab",
    )
    running: dict[str, tuple[Local, End]] = {}
    with ExitStack() as stack:
        for name in ("ricloop", *XAPPS, "e2sim"):
            kept = {rpc: rpc, e2: e2} if name == "ricloop" else {}
            local = Local(documents, f"lab-{name}", tmp_path / name, kept)
            for key, value in environment(local).items():
                monkeypatch.setenv(key, value)
            end = local.start()
            stack.callback(end.close)
            running[name] = local, end
            monkeypatch.delenv("XAPP_DESCRIPTOR_PATH", raising=False)
        yield running


def test_every_pod_of_the_lab_becomes_ready_and_its_xapps_are_asked(started: dict[str, tuple[Local, End]]) -> None:
    for name, (local, end) in started.items():
        for which in ("startupProbe", "livenessProbe", "readinessProbe"):
            port, path = local.probe(which)
            until(f"{which} of {name}", lambda port=port, path=path, end=end: _well(port, path, end))
    for name in XAPPS:
        port, _ = started[name][0].probe("readinessProbe")
        until(f"a question to {name}", lambda port=port, name=name: series(port)[_questions(name)] > 0)
    config = get(started["energy-saving"][0].probe("readinessProbe")[0], "/ric/v1/config")
    assert config[0] == 200
    # In the order that an operator would least like.
    for name in ("ricloop", *XAPPS, "e2sim"):
        assert started[name][1].end(signal.SIGTERM) in (0, 143), name


def _well(port: int, path: str, end: End) -> bool:
    assert end.process.poll() is None, end.log.read_text()
    return get(port, path)[0] == 200


def _questions(name: str) -> str:
    return f'ricloop_xapp_questions_total{{xapp="{name}"}}'
