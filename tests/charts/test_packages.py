"""Charts as archives: they hold what they need, a signature tells who made them, a registry gives back what it got."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.charts import helm
from tests.charts.cases import every_chart
from tests.charts.snapshots import masked

PATIENCE_S = 30.0
REGISTRY = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: 127.0.0.1:{port}}}
log: {{level: warn}}
"""


@every_chart
def test_an_archive_renders_what_its_folder_renders(chart: Path, tmp_path: Path) -> None:
    archive = helm.package(chart, tmp_path)
    assert archive.name == f"{chart.name}-0.1.0.tgz"
    assert masked(archive) == masked(chart)


@every_chart
def test_an_archive_holds_nothing_that_is_not_needed(chart: Path, tmp_path: Path) -> None:
    with tarfile.open(helm.package(chart, tmp_path)) as archive:
        names = {name.removeprefix(f"{chart.name}/") for name in archive.getnames()}
    assert {"Chart.yaml", "values.yaml", "values.schema.json", "README.md", "templates/NOTES.txt"} <= names
    assert not [name for name in names if "ci/" in name or (name.startswith(".") and name != ".helmignore")]


def test_a_signature_is_checked_and_an_archive_that_was_changed_is_found_out(tmp_path: Path) -> None:
    keys = _keys(tmp_path / "gnupg")
    archive = helm.package(helm.HELM / "ricloop", tmp_path)
    proof = helm.sign(archive, "charts@example.com", keys / "secret.gpg")
    assert "ricloop-0.1.0.tgz" in proof.read_text()
    assert "charts@example.com" in helm.verify(archive, keys / "public.gpg")
    archive.write_bytes(archive.read_bytes() + b"\0")
    with pytest.raises(helm.Refused):
        helm.verify(archive, keys / "public.gpg")


def test_a_registry_gives_back_the_archive_that_was_pushed(registry: str, tmp_path: Path) -> None:
    archive = helm.package(helm.HELM / "energy-saving", tmp_path)
    helm.push(archive, f"oci://{registry}/charts")
    pulled = helm.pull(f"oci://{registry}/charts/energy-saving", "0.1.0", tmp_path / "pulled")
    assert pulled.read_bytes() == archive.read_bytes()
    assert helm.tags(f"oci://{registry}/charts/energy-saving") == ["0.1.0"]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """HOST:PORT of an OCI registry on this machine."""
    if shutil.which("docker-registry") is None:
        pytest.skip("no registry: apt-get install docker-registry")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = tmp_path / "registry.yml"
    config.write_text(REGISTRY.format(folder=tmp_path / "blobs", port=port))
    with (tmp_path / "registry.log").open("wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", str(config)], stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/v2/")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _keys(home: Path) -> Path:
    """A new key in rings of the old format, which is the one that Helm reads."""
    if shutil.which("gpg") is None:
        pytest.skip("no key to sign with: apt-get install gnupg")
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    try:
        subprocess.run([*gpg, "--quick-generate-key", "charts@example.com", "rsa3072", "sign"], check=True)
        subprocess.run([*gpg, "--output", str(home / "public.gpg"), "--export"], check=True)
        subprocess.run([*gpg, "--output", str(home / "secret.gpg"), "--export-secret-keys"], check=True)
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"], check=False)
    return home
