"""The demo loop between images: a RIC, an xApp of its own image at it, and simulated nodes, in one pod."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.images.container import Container, Pod, pod
from tests.images.tools import Failed

E2, RPC, METRICS = "127.0.0.1:36421", "127.0.0.1:36450", "127.0.0.1:9464"
XAPP, NODES = "127.0.0.1:8080", "127.0.0.1:8081"
PROBES = {
    "ric": (f"http://{METRICS}/health/alive", f"http://{METRICS}/health/ready"),
    "xapp": (f"http://{XAPP}/ric/v1/health/alive", f"http://{XAPP}/ric/v1/health/ready", f"http://{XAPP}/metrics"),
    "e2sim": (f"http://{NODES}/health/alive", f"http://{NODES}/health/ready"),
}
"""What a cluster asks of each container."""
PATIENCE_S = 120.0
"""How long a busy machine may take to start a process."""
SECONDS, LAST_LINE = 60, "18.0 s"
"""How long the network would run, and what the simulator prints after most of its day of 20 s: cells slept and woke.
The rest is for the probes, each of which is a process to start."""
EXTRAS = ("grpc", "kubernetes.client", "onnxruntime", "uvloop")
"""What a RIC imports only when it needs it, and so not in this run."""
PROBE = """
import errno, json, os
def write(path):
    try:
        open(path, 'w').close()
    except OSError as error:
        return errno.errorcode[error.errno]
    return 'written'
places = ('/', '/etc', '/home', '/opt/ricloop', '/run', '/usr/bin', '/var/tmp', '/tmp')
first = dict(line.split(':', 1) for line in open('/proc/1/status'))
names = ('Uid', 'Gid', 'Groups', 'CapEff', 'CapPrm', 'CapBnd', 'CapInh', 'NoNewPrivs')
rights = {name: first[name].split() for name in names}
print(json.dumps({'first': rights, 'uid': os.getuid(), 'write': {place: write(place + '/probe') for place in places}}))
"""
"""What the first process of a container may do, and what becomes of a write beside it."""


@dataclass(frozen=True)
class Demo:
    """What a run came to."""

    decided: int
    controls: int
    confirmed: int
    asked: int
    answered: int
    loop_p50: float
    loop_p99: float
    """From the last frame that a report waited for to the control's bytes, milliseconds."""
    idle_p99: float
    """The same of reports after which there was nothing to do."""
    exits: Mapping[str, int]
    writes: Mapping[str, str]
    """What became of a write to each place."""

    def faults(self) -> list[str]:
        """What was not as it must be."""
        found = [f"{name} ended with {status}, not 143" for name, status in self.exits.items() if status != 143]
        for name in ("decided", "controls", "confirmed", "asked", "answered"):
            if getattr(self, name) <= 0:
                found.append(f"{name}: none")
        for place, became in self.writes.items():
            wanted = "written" if place == "/tmp" else "EROFS"
            if became != wanted:
                found.append(f"a write to {place}: {became}, not {wanted}")
        return found


def run(images: Mapping[str, str], folder: Path, say: Callable[[str], None]) -> Demo:
    """Run the loop with these images, by target. Raises Failed where a process says something else than it should."""
    with pod(folder) as inside:
        for target, image in images.items():
            say(f"{target}: {_version(inside, target, image)}")
        topology = _topology(inside, images["e2sim"])
        ric = inside.start(
            "ric", images["ric"], "ric", "--xapp", "minimal", "--listen", f"tcp://{E2}", "--rpc", RPC, "--rpc-insecure",
            "--metrics", METRICS, "--topology", "/tmp/topology.json", "--json", "/tmp/ric.json",
            files={"topology.json": topology},
        )  # fmt: skip
        _until(ric, "near-RT RIC listens")
        say("the RIC listens")
        writes = _rights(ric)
        ric.ask("python", "-c", f"import {', '.join(EXTRAS)}")
        xapp = inside.start(
            "xapp", images["xapp"], "xapp", "energy-saving", "--connect", RPC, "--insecure", "--http", XAPP
        )
        _until(xapp, "is connected to")
        say("the xApp of the xapp image is connected")
        nodes = inside.start(
            "e2sim",
            images["e2sim"],
            "sim",
            "run",
            "office",
            "--connect",
            f"tcp://{E2}",
            "--health",
            NODES,
            "--seconds",
            str(SECONDS),
        )
        _until(nodes, LAST_LINE)
        say(f"the network of the e2sim image ran for {LAST_LINE}")
        for container in (ric, xapp, nodes):
            for address in PROBES[container.called]:
                container.ask("ricloop", "probe", address)
        say("every probe of the three is answered with 2xx")
        exits = {container.called: container.stop() for container in (xapp, ric, nodes)}
        return _demo(json.loads((ric.tmp / "ric.json").read_text()), exits, writes)


def _version(inside: Pod, target: str, image: str) -> str:
    """What `ricloop --version` says. Raises Failed where the codec is not the native one."""
    asked = inside.start(f"{target}-version", image, "--version")
    status, said = asked.wait(PATIENCE_S), asked.said().strip()
    if status != 0 or "codec: native" not in said:
        raise Failed(f"`ricloop --version` of {target} ended with {status}: {said}")
    return said


def _topology(inside: Pod, image: str) -> bytes:
    made = inside.start("topology", image, "sim", "topology", "office", "--out", "/tmp/topology.json")
    if (status := made.wait(PATIENCE_S)) != 0:
        raise Failed(f"`ricloop sim topology` ended with {status}:\n{made.said()}")
    return (made.tmp / "topology.json").read_bytes()


def _until(container: Container, words: str) -> None:
    """Wait until it printed these words. Raises Failed where it ends, or does not in time."""
    deadline = time.monotonic() + PATIENCE_S
    while words not in container.said():
        if container.process.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"{container.called} never said '{words}':\n{container.said()[-2000:]}")
        time.sleep(0.1)


def _rights(container: Container) -> dict[str, str]:
    """What became of writes to several places. Raises Failed where a process has a right that it should not have."""
    said = json.loads(container.ask("python", "-c", PROBE))
    none = ["0" * 16]
    wanted = {"Uid": ["10001"] * 4, "Gid": ["10001"] * 4, "Groups": [], "NoNewPrivs": ["1"]}
    wanted |= dict.fromkeys(("CapEff", "CapPrm", "CapBnd", "CapInh"), none)
    if said["first"] != wanted or said["uid"] != 10001:
        raise Failed(f"{container.called} has other rights than none: {said['first']}")
    return dict(said["write"])


def _demo(told: Mapping[str, Any], exits: Mapping[str, int], writes: Mapping[str, str]) -> Demo:
    questions = told["apart"]["questions"]
    return Demo(
        decided=told["decided"],
        controls=told["controls"]["sent"],
        confirmed=told["controls"]["effect_confirmed"],
        asked=questions["asked"],
        answered=questions["answered"],
        loop_p50=told["loop_ms"]["p50"] or 0.0,
        loop_p99=told["loop_ms"]["p99"] or 0.0,
        idle_p99=told["loop_ms_without_control"]["p99"] or 0.0,
        exits=exits,
        writes=writes,
    )
