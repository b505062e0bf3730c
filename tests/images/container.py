"""Runs an image as a cluster would: its user, no capability, a read-only root, /tmp a folder of its own, by crun."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.images.tools import Failed, call

USER = 10001
_MOUNTS = (
    ("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
    ("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    ("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
    ("/sys", "bind", "/sys", ["rbind", "nosuid", "noexec", "nodev", "ro"]),
)
# crun asks which control groups there are even where it is to use none, and knows no system that has both versions.
_CRUN: tuple[str, ...] = ("crun", "--cgroup-manager=disabled")
if Path("/sys/fs/cgroup/unified").is_dir():
    _SCRIPT = 'mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$0" "$@"'
    _CRUN = ("unshare", "--mount", "sh", "-c", _SCRIPT, *_CRUN)


@dataclass
class Container:
    """A process of an image that was started."""

    called: str
    name: str
    """By which crun and buildah know it."""
    process: subprocess.Popen[bytes]
    bundle: Path
    """The folder with its configuration, its /tmp and what it printed."""

    @property
    def tmp(self) -> Path:
        """What it sees as /tmp."""
        return self.bundle / "tmp"

    def said(self) -> str:
        """All that it printed so far."""
        return (self.bundle / "log").read_text(errors="replace")

    def ask(self, *words: str) -> str:
        """What a command prints that is run beside the process, with the same rights. Raises Failed."""
        beside = json.loads((self.bundle / "config.json").read_text())["process"] | {"args": list(words)}
        file = self.bundle / "beside.json"
        file.write_text(json.dumps(beside))
        return call(*_CRUN, "exec", "--process", file, self.name)

    def wait(self, seconds: float) -> int:
        """Its exit status. Raises Failed where it does not end in time."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.called} did not end within {seconds} s:\n{self.said()[-2000:]}") from None

    def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM, as a cluster sends it; the exit status."""
        call(*_CRUN, "kill", self.name, "TERM")
        return self.wait(seconds)


@dataclass
class Pod:
    """Containers that share a loopback of their own, as those of a pod do."""

    folder: Path
    holder: subprocess.Popen[bytes]
    containers: list[Container] = field(default_factory=list)

    def start(self, name: str, image: str, *arguments: str, files: Mapping[str, bytes] | None = None) -> Container:
        """Run an image's entry point with these arguments; `files` lie in its /tmp, by name."""
        bundle = self.folder / name
        tmp = bundle / "tmp"
        tmp.mkdir(parents=True)
        os.chown(tmp, USER, USER)
        for called, octets in (files or {}).items():
            (tmp / called).write_bytes(octets)
        mounted = call("buildah", "from", "--pull-never", "--name", f"ricloop-{name}-{os.getpid()}", image)
        try:
            root = Path(call("buildah", "mount", mounted))
        except Failed:
            call("buildah", "rm", mounted)
            raise
        config = json.loads(call("buildah", "inspect", "--type", "image", image))["OCIv1"]["config"]
        (bundle / "config.json").write_text(json.dumps(bundle_config(config, root, tmp, arguments, self.holder.pid)))
        with (bundle / "log").open("wb") as file:
            command = [*_CRUN, "run", "--bundle", str(bundle), mounted]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        container = Container(name, mounted, process, bundle)
        self.containers.append(container)
        return container

    def end(self) -> None:
        """End what still runs, and take the mounts away."""
        for container in self.containers:
            if container.process.poll() is None:
                subprocess.run([*_CRUN, "kill", container.name, "KILL"], capture_output=True)
                container.process.wait(30)
            call("buildah", "rm", container.name)
        self.holder.terminate()
        self.holder.wait(30)


@contextmanager
def pod(folder: Path) -> Iterator[Pod]:
    """A network of its own with nothing but loopback, held by a process that only waits."""
    holder = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep infinity"], stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    if holder.stdout.readline() != b"up\n":
        holder.wait(10)
        raise Failed("no network of its own for a pod: `unshare --net` or `ip` (apt-get install iproute2) failed")
    made = Pod(folder, holder)
    try:
        yield made
    finally:
        made.end()


def bundle_config(
    image: dict[str, Any], root: Path, tmp: Path, arguments: Sequence[str], network: int
) -> dict[str, Any]:
    """OCI's runtime configuration of an image's process. `network`: the process whose network it shares."""
    user, group = map(int, image["User"].split(":"))
    mounts = [
        {"destination": where, "type": kind, "source": source, "options": options}
        for where, kind, source, options in _MOUNTS
    ]
    mounts.append({"destination": "/tmp", "type": "bind", "source": str(tmp), "options": ["bind", "rw", "nosuid"]})
    return {
        "ociVersion": "1.0.2",
        "root": {"path": str(root), "readonly": True},
        "process": {
            "user": {"uid": user, "gid": group},
            "args": [*image["Entrypoint"], *arguments],
            "env": image["Env"],
            "cwd": image["WorkingDir"],
            "capabilities": {},
            "noNewPrivileges": True,
        },
        "mounts": mounts,
        "linux": {
            "namespaces": [
                *({"type": kind} for kind in ("pid", "mount", "ipc", "uts")),
                {"type": "network", "path": f"/proc/{network}/ns/net"},
            ],
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    }
