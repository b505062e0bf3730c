"""Certificates of both ends, and where a connection without them may be opened."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
from cryptography import x509

from ricloop.core.errors import ConfigError

KEEPALIVE_MS = 2000
"""A connection that answers nothing for so long, and as long again, is gone."""
OPTIONS = (
    ("grpc.keepalive_time_ms", KEEPALIVE_MS),
    ("grpc.keepalive_timeout_ms", KEEPALIVE_MS),
    # Where the other end only stops, a minute passes without this: its kernel goes on acknowledging.
    ("grpc.http2.ping_timeout_ms", KEEPALIVE_MS),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # An xApp of rare events is as welcome as a busy one.
    ("grpc.http2.min_recv_ping_interval_without_data_ms", KEEPALIVE_MS // 4),
    ("grpc.http2.max_ping_strikes", 0),
)


@dataclass(frozen=True, slots=True)
class Files:
    """PEM files: whom to trust, who we are, our key."""

    ca: Path
    cert: Path
    key: Path

    @classmethod
    def of(cls, ca: Path | None, cert: Path | None, key: Path | None, option: str) -> Files | None:
        """None where none is given. Raises ConfigError where some are, for one that cannot be read, and for a
        key of another certificate."""
        named = {f"{option}ca": ca, f"{option}cert": cert, f"{option}key": key}
        if not any(named.values()):
            return None
        if ca is None or cert is None or key is None:
            missing = ", ".join(name for name, path in named.items() if path is None)
            raise ConfigError(f"{missing}: all three files are needed, or none")
        files = cls(ca, cert, key)
        for name, path in named.items():
            _read(path, name)
        files._check(option)
        return files

    def _check(self, option: str) -> None:
        """gRPC would say of what is wrong here that an address cannot be had, or nothing."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(self.ca)
        except ssl.SSLError as error:
            raise ConfigError(f"{option}ca {self.ca}: no certificate in it can be read ({error.reason})") from error
        try:
            # No key is asked a password for: gRPC could not open it either.
            context.load_cert_chain(self.cert, self.key, password=lambda: b"")
        except ssl.SSLError as error:
            raise ConfigError(
                f"{option}cert {self.cert} and {option}key {self.key} do not go together ({error.reason}): give the "
                "certificate's own key, without a password"
            ) from error
        try:
            self.ended()
        except ValueError as error:
            # OpenSSL's own kind, BEGIN TRUSTED CERTIFICATE.
            raise ConfigError(f"{option}cert {self.cert}: gRPC reads only BEGIN CERTIFICATE ({error})") from error

    def ended(self) -> str | None:
        """That our own certificate is no longer valid, in words; None while it is."""
        end = x509.load_pem_x509_certificate(_read(self.cert, "the certificate")).not_valid_after_utc
        return None if datetime.now(UTC) < end else f"{self.cert} ended on {end:%Y-%m-%d}"

    def server(self) -> Any:
        """Credentials that only let in who has a certificate of the CA."""
        pair = (_read(self.key, "the key"), _read(self.cert, "the certificate"))
        return grpc.ssl_server_credentials([pair], _read(self.ca, "the CA"), require_client_auth=True)

    def client(self) -> Any:
        return grpc.ssl_channel_credentials(
            _read(self.ca, "the CA"), _read(self.key, "the key"), _read(self.cert, "the certificate")
        )


def is_loopback(host: str) -> bool:
    """True for an address, or `localhost`, that nobody outside this machine reaches."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_secure(files: Files | None, host: str, insecure: bool, where: str, flag: str) -> None:
    """Raises ConfigError for a connection without TLS that was not asked for, or that leaves this machine."""
    option = flag.removesuffix("insecure")
    if files is None and not insecure:
        raise ConfigError(
            f"{where}: certificates are needed ({option}ca, {option}cert, {option}key); on this machine alone it goes"
            f" without them, with {flag}"
        )
    if files is None and not is_loopback(host):
        raise ConfigError(f"{flag} is for this machine alone, as 127.0.0.1, not for {host}: give certificates")
    if files is not None and insecure:
        raise ConfigError(f"{flag}: there are certificates; leave one of them out")


def _read(path: Path | None, name: str) -> bytes:
    assert path is not None, "all were given"
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{name} {path}: {error.strerror}") from error
    if b"-----BEGIN " not in octets:
        raise ConfigError(f"{name} {path}: it is no PEM file")
    return octets
