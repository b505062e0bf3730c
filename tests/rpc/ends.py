"""Both ends as processes, joined by gRPC over TLS, and the certificates for them."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_S


@dataclass(frozen=True)
class Authority:
    """A CA of this test's own."""

    folder: Path
    name: str

    @property
    def ca(self) -> Path:
        return self.folder / f"{self.name}.pem"

    @classmethod
    def new(cls, folder: Path, name: str = "ca") -> Authority:
        x509 = pytest.importorskip("cryptography.x509", reason="no cryptography: pip install 'ricloop[dev]'")
        key = _key()
        who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        built = _builder(who, who, key, valid=True).add_extension(x509.BasicConstraints(True, None), critical=True)
        _keep(folder, name, built, key, key)
        return cls(folder, name)

    def issue(self, name: str, *, expired: bool = False, common_name: str | None = None) -> tuple[Path, Path]:
        """Certificate and key of `name`, as alternative name beside another common name where one is given."""
        from cryptography import x509
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        authority = x509.load_pem_x509_certificate(self.ca.read_bytes())
        signer = load_pem_private_key((self.folder / f"{self.name}.key").read_bytes(), None)
        key = _key()
        who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name or name)])
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.DNSName("localhost")])
        built = _builder(who, authority.subject, key, valid=not expired).add_extension(names, critical=False)
        file = f"{self.name}-{name}{'-expired' if expired else ''}"
        _keep(self.folder, file, built, key, signer)
        return self.folder / f"{file}.pem", self.folder / f"{file}.key"


def _key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _builder(who: Any, issuer: Any, key: Any, *, valid: bool) -> Any:
    from cryptography import x509

    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    begin, end = (now - day, now + day) if valid else (now - 3 * day, now - 2 * day)
    return (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _keep(folder: Path, name: str, built: Any, key: Any, signer: Any) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    (folder / f"{name}.pem").write_bytes(built.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.key").write_bytes(pem)


class End:
    """One process of ours, and what it says."""

    def __init__(self, folder: Path, name: str, *arguments: str, stdin: int | None = subprocess.DEVNULL) -> None:
        self.log = folder / f"{name}.err"
        self._log = self.log.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ricloop", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            start_new_session=True,
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def said(self, text: str) -> bool:
        """Wait until it has logged this; False where it ended or never did."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if text in self.log.read_text():
                return True
            if self.process.poll() is not None:
                return text in self.log.read_text()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)
        return False

    def end(self, number: int = signal.SIGINT) -> int:
        """Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.status()

    def status(self) -> int:
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self._log.close()


class Ric(End):
    """`ricloop ric` with a door, driven by a harness."""

    def __init__(self, folder: Path, authority: Authority, *arguments: str, rpc: str = "localhost:0") -> None:
        cert, key = authority.issue("ric")
        files = ("--rpc-ca", str(authority.ca), "--rpc-cert", str(cert), "--rpc-key", str(key))
        self.audit = folder / "audit.jsonl"
        super().__init__(
            folder, "ric", "ric", "--harness", "--listen", "tcp://127.0.0.1:0", "--rpc", rpc, *files,
            "--audit", str(self.audit), *arguments, stdin=subprocess.PIPE,
        )  # fmt: skip
        ready = json.loads(self.line())["ready"]
        self.address, self.rpc = ready["listen"][0], ready["rpc"]

    def ask(self, operation: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"op": operation}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.line())
        return answer

    def until(self, holds: Any) -> dict[str, Any]:
        """The status, once this holds of it."""
        end = time.monotonic() + PATIENCE_S
        while not holds(status := self.ask("status")):
            assert time.monotonic() < end, status
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.02)
        return status

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


class Ends:
    """Starts ends; all are closed at the end of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.authority = folder, Authority.new(folder)
        self._all: list[End] = []

    def ric(self, *arguments: str, **options: Any) -> Ric:
        return self.kept(Ric(self.folder, self.authority, *arguments, **options))

    def xapp(
        self,
        ric: Ric | str,
        name: str,
        *arguments: str,
        files: tuple[Path, Path] | None = None,
        authority: Authority | None = None,
        log: str | None = None,
    ) -> End:
        cert, key = files or self.authority.issue(name.rpartition(":")[2].lower() if ":" in name else name)
        where = ric if isinstance(ric, str) else ric.rpc
        ca = (authority or self.authority).ca
        return self.kept(
            End(self.folder, log or name.rpartition(":")[2], "xapp", name, "--connect", where, "--ca", str(ca),
                "--cert", str(cert), "--key", str(key), *arguments)
        )  # fmt: skip

    def network(self, ric: Ric, *arguments: str, scenario: str = "three-sites") -> End:
        return self.kept(
            End(self.folder, "sim", "sim", "run", scenario, "--connect", ric.address, "--quiet", *arguments)
        )

    def kept(self, end: Any) -> Any:
        self._all.append(end)
        return end

    def close(self) -> None:
        for end in self._all:
            end.close()


@contextlib.contextmanager
def ends(folder: Path) -> Iterator[Ends]:
    made = Ends(folder)
    try:
        yield made
    finally:
        made.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
