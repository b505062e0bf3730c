"""`manifest.sig`: who stands for an artifact. Ed25519 (RFC 8032) over the octets of the manifest."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import orjson

from ricloop.core.errors import ConfigError
from ricloop.core.model import ModelError
from ricloop.store import files

MOST = 4096
"""Octets of a signature or a key."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Says itself which key made it; that makes it whole, not trustworthy."""

    public: bytes
    """32 octets."""
    signature: bytes
    """64 octets."""

    @property
    def key(self) -> str:
        """The key's id: the first sixteen digits of the sha256 of its 32 octets."""
        return key_id(self.public)

    def octets(self) -> bytes:
        """The file, in the one way in which it is written."""
        document = {"schema": 1, "key": self.key, "public": self.public.hex(), "signature": self.signature.hex()}
        return (json.dumps(document, indent=1) + "\n").encode()


def key_id(public: bytes) -> str:
    """Of a public key's 32 octets."""
    return hashlib.sha256(public).hexdigest()[:16]


def sign(folder: Path, private: Path) -> Signature:
    """Sign the artifact of a folder with the key of a PEM file, and write `manifest.sig`.

    Raises ConfigError for a file that is no such key, ModelError for a folder without a manifest."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private.read_bytes()[:MOST], password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"--key {private}: no private key in PEM without a password: {error}. {_HOW}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"--key {private}: an Ed25519 key is expected. {_HOW}")
    octets = files.read(folder / files.MANIFEST, files.MOST_MANIFEST)
    made = Signature(key.public_key().public_bytes_raw(), key.sign(octets))
    files.replace(folder / files.SIGNATURE, made.octets())
    return made


def signature_of(folder: Path, manifest: bytes) -> Signature | None:
    """What the folder's signature says of these octets; None where there is none.

    Raises ModelError for a file that is no signature, and for one of other octets."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    path = folder / files.SIGNATURE
    if not os.path.lexists(path):
        return None
    octets = files.read(path, MOST)
    try:
        said = orjson.loads(octets)
        found = Signature(bytes.fromhex(said["public"]), bytes.fromhex(said["signature"]))
        # One way to write it, so that no octet of it can change unseen.
        if found.octets() != octets:
            raise ValueError("not as `ricloop models sign` writes it")
        Ed25519PublicKey.from_public_bytes(found.public).verify(found.signature, manifest)
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: no signature: {error}. Sign the artifact anew, or take it anew") from error
    except InvalidSignature:
        raise ModelError(f"{path}: the key {found.key} did not sign this manifest. Take the artifact anew") from None
    return found


def make_key(path: Path) -> str:
    """A new private key as PEM, readable by its owner alone, and the public one beside it (`.pub`). Returns its id.

    Raises ConfigError where a file is in the way."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    for place, octets, mode in ((path, secret, 0o600), (path.with_name(path.name + ".pub"), public, 0o644)):
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        except OSError as error:
            raise ConfigError(f"--out {place}: {error.strerror}; a key is never written over another") from error
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
    return key_id(key.public_key().public_bytes_raw())


_HOW = "Make one: ricloop models key --out signing.pem"
