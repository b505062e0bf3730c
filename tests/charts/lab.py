"""A rendered pod as a process of this machine: its command, its files, its probes, at other paths and ports."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.charts.documents import Document, Pod, of_kind, pods_of
from tests.rpc.ends import End, free_port


class Local:
    """One Deployment's container. What it is told is what the chart says but for folders, and addresses of loopback."""

    def __init__(self, documents: list[Document], name: str, folder: Path, ports: Mapping[int, int]) -> None:
        """`folder`: its root. `ports`: for containers' ports that must be certain ones here; the rest are free ones."""
        (self.pod,) = [pod for pod in pods_of(documents) if pod.document.name == name and not pod.is_hook]
        (self.container,) = self.pod.containers
        self.name, self.folder = name, folder
        self.ports = {port["containerPort"]: free_port() for port in self.container["ports"]} | dict(ports)
        _lay_out(documents, self.pod, folder)

    def start(self) -> End:
        return End(self.folder, self.name, *map(self._here, self.container["args"]))

    @property
    def descriptor(self) -> Path:
        """Where the xApp's environment would lead it."""
        return self.folder / "opt/ric/config"

    def probe(self, which: str) -> tuple[int, str]:
        """Port and path of a probe of the container."""
        asked = self.container[which]["httpGet"]
        (port,) = [port["containerPort"] for port in self.container["ports"] if port["name"] == asked["port"]]
        return self.ports[port], asked["path"]

    def _here(self, word: str) -> str:
        word = word.replace("$(POD_NAME)", self.name)
        for port, here in self.ports.items():
            word = word.replace(f"0.0.0.0:{port}", f"127.0.0.1:{here}")
        assert "0.0.0.0" not in word, f"{self.name}: {word} is at no port of the container"
        for mount in self.container["volumeMounts"]:
            if word.startswith(mount["mountPath"] + "/"):
                return str(self.folder) + word
        assert not word.startswith("/"), f"{self.name}: {word} is in no volume"
        return word


def _lay_out(documents: list[Document], pod: Pod, folder: Path) -> None:
    """Write what the pod's volumes hold."""
    volumes = {volume["name"]: volume for volume in pod.spec["volumes"]}
    for mount in pod.containers[0]["volumeMounts"]:
        place = folder / mount["mountPath"].removeprefix("/")
        place.mkdir(parents=True, exist_ok=True)
        for name, content in _files(documents, volumes[mount["name"]]).items():
            (place / name).write_bytes(content)


def _files(documents: list[Document], volume: dict[str, Any]) -> dict[str, bytes]:
    if "secret" in volume:
        data = _data(documents, "Secret", volume["secret"]["secretName"])
        return {name: base64.b64decode(text) for name, text in data.items()}
    if "configMap" in volume:
        data = _data(documents, "ConfigMap", volume["configMap"]["name"])
        return {name: text.encode() for name, text in data.items()}
    found: dict[str, bytes] = {}
    for source in volume.get("projected", {}).get("sources", ()):
        data = _data(documents, "ConfigMap", source["configMap"]["name"])
        found |= {item["path"]: data[item["key"]].encode() for item in source["configMap"]["items"]}
    return found


def _data(documents: list[Document], kind: str, name: str) -> dict[str, str]:
    (made,) = [made for made in of_kind(documents, kind) if made.name == name]
    data: dict[str, str] = made.body["data"]
    return data


def environment(local: Local) -> dict[str, str]:
    """What the environment of the test's process must hold for it: its settings."""
    return {"XAPP_DESCRIPTOR_PATH": str(local.descriptor)} if local.descriptor.is_dir() else {}
