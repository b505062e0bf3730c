"""Whose artifacts may run: an operator's public keys with their dates, and what was revoked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from ricloop.core.errors import ConfigError
from ricloop.core.model import ModelError
from ricloop.store.documents import first
from ricloop.store.manifest import Closed, Sha256
from ricloop.store.signature import Signature, key_id

PEM = b"-----BEGIN PUBLIC KEY-----"
MOST = 1 << 20
"""Octets of a trust file."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key, and on which days what it signed may run; None: no bound."""

    id: str
    owner: str = ""
    since: date | None = None
    until: date | None = None
    """The last day."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What an artifact's signer must be. Without keys: signatures are looked at, signers are not."""

    today: date | None = None
    """Whatever clock the caller goes by; None where no key has dates."""
    keys: Mapping[str, TrustedKey] | None = None
    revoked_keys: frozenset[str] = frozenset()
    revoked_artifacts: frozenset[str] = frozenset()
    """Digests of manifests."""
    required: bool = False
    """Refuse what nobody signed."""

    def check(self, signature: Signature | None, digest: str, where: object) -> None:
        """Raises ModelError naming the artifact, the key and why it is refused."""
        if digest in self.revoked_artifacts:
            raise ModelError(f"{where}: the artifact {digest[:12]} was revoked. Use another version")
        if signature is None:
            if self.required:
                raise ModelError(f"{where}: nobody signed it: ricloop models sign {where} --key PEM")
            return
        who = f"{where}: signed by the key {signature.key}"
        if signature.key in self.revoked_keys:
            raise ModelError(f"{who}, which was revoked. Sign it with another key")
        if self.keys is None:
            return
        key = self.keys.get(signature.key)
        if key is None:
            known = ", ".join(sorted(self.keys)) or "none"
            raise ModelError(f"{who}, which the trust file does not hold; it holds: {known}")
        if self.today is not None:
            if key.since is not None and self.today < key.since:
                raise ModelError(f"{who}, which counts from {key.since} on; today is {self.today}")
            if key.until is not None and self.today > key.until:
                raise ModelError(f"{who}, which counted until {key.until}; today is {self.today}. Sign it anew")


ANYONE = Trust()
"""No signer is asked for."""


def read_trust(path: Path | None, *, required: bool, today: date) -> Trust:
    """The words of a command line: a PEM file of public keys, or a TOML file of them. Raises ConfigError.

    TOML: a table `[[key]]` for each with `public` (PEM) and, where wanted, `id`, `owner`, `from` and `until` (dates);
    a table `[revoked]` with `keys` (ids) and `artifacts` (digests of manifests)."""
    if path is None:
        if required:
            raise ConfigError("--require-signature needs --trust FILE: whose signatures count?")
        return ANYONE
    try:
        octets = path.read_bytes()[:MOST]
    except OSError as error:
        raise ConfigError(f"--trust {path}: {error.strerror}") from error
    if octets.lstrip().startswith(PEM):
        blocks = [PEM + block for block in octets.split(PEM)[1:]]
        ids = [_id(block, path) for block in blocks]
        return Trust(today, {found: TrustedKey(found) for found in ids}, required=required)
    try:
        said = _File.model_validate(tomllib.loads(octets.decode()))
    except ValidationError as error:
        raise ConfigError(f"--trust {path}: {first(error)}") from error
    except ValueError as error:
        raise ConfigError(f"--trust {path}: neither PEM nor TOML: {error}") from error
    keys = {}
    for entry in said.key:
        found = _id(entry.public.encode(), path)
        if entry.id not in (None, found):
            raise ConfigError(f"--trust {path}: the key {entry.id} is {found}; its id follows from its octets")
        keys[found] = TrustedKey(found, entry.owner, entry.since, entry.until)
    return Trust(today, keys, frozenset(said.revoked.keys), frozenset(said.revoked.artifacts), required)


class _Key(Closed):
    public: str
    id: str | None = None
    owner: str = ""
    since: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None


class _Revoked(Closed):
    keys: tuple[str, ...] = ()
    artifacts: tuple[Sha256, ...] = ()


class _File(Closed):
    key: tuple[_Key, ...] = ()
    revoked: _Revoked = _Revoked()


def _id(pem: bytes, path: Path) -> str:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"--trust {path}: no public key in PEM: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"--trust {path}: an Ed25519 key is expected")
    return key_id(key.public_bytes_raw())
