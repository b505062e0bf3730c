"""Whose models may run: a signature says whose an artifact is, a trust file whom to believe. Nothing changes unseen."""

from __future__ import annotations

import json
import shutil
import stat
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop import store
from ricloop.core.errors import ConfigError
from ricloop.core.model import ModelError
from ricloop.store.manifest import FILES
from tests.store.test_store import saved

TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of two keys, `ann` and `bob`."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ann", "bob"):
        store.make_key(folder / name)
    return folder


@pytest.fixture(scope="module")
def signed(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artifact that ann signed."""
    folder = saved(tmp_path_factory.mktemp("signed") / "small-one").folder
    store.sign(folder, keys / "ann")
    return folder


def trust(path: Path, *, required: bool = False, today: date = TODAY) -> store.Trust:
    return store.read_trust(path, required=required, today=today)


def id_of(keys: Path, name: str) -> str:
    (found,) = trust(keys / f"{name}.pub").keys or {}
    return found


def toml(folder: Path, keys: Path, *, key: str = "", revoked: str = "") -> Path:
    """A trust file with ann's key and more lines about it."""
    path = folder / "trust.toml"
    public = (keys / "ann.pub").read_text()
    path.write_text(f'[[key]]\nowner = "ann"\npublic = """\n{public}"""\n{key}\n[revoked]\n{revoked}\n')
    return path


def test_a_key_is_its_owner_s_alone_and_never_written_over(keys: Path) -> None:
    assert stat.S_IMODE((keys / "ann").stat().st_mode) == 0o600
    with pytest.raises(ConfigError, match="File exists; a key is never written over another"):
        store.make_key(keys / "ann")


def test_what_a_trusted_key_signed_runs(signed: Path, keys: Path, tmp_path: Path) -> None:
    ann = trust(keys / "ann.pub", required=True)
    artifact = store.load(signed, ann)
    assert artifact.signature is not None
    assert artifact.signature.key == id_of(keys, "ann")
    assert store.load(signed).signature is not None, "nobody is asked for, and it is still looked at"
    both = tmp_path / "both.pem"
    both.write_bytes((keys / "bob.pub").read_bytes() + (keys / "ann.pub").read_bytes())
    assert store.load(signed, trust(both)).name == "small-one"
    dated = toml(tmp_path, keys, key="from = 2026-01-01\nuntil = 2026-06-01")
    assert store.load(signed, trust(dated)).name == "small-one"


def test_who_is_not_trusted_is_named(signed: Path, keys: Path, tmp_path: Path) -> None:
    ann, bob = id_of(keys, "ann"), id_of(keys, "bob")
    with pytest.raises(ModelError, match=f"by the key {ann}, which the trust file does not hold; it holds: {bob}"):
        store.load(signed, trust(keys / "bob.pub"))
    dated = toml(tmp_path, keys, key="from = 2026-01-01\nuntil = 2026-05-31")
    with pytest.raises(ModelError, match=rf"{ann}, which counted until 2026-05-31; today is 2026-06-01\. Sign it anew"):
        store.load(signed, trust(dated))
    with pytest.raises(ModelError, match="counts from 2026-01-01 on; today is 2025-12-31"):
        store.load(signed, trust(dated, today=date(2025, 12, 31)))
    with pytest.raises(ModelError, match=f"{ann}, which was revoked"):
        store.load(signed, trust(toml(tmp_path, keys, revoked=f'keys = ["{ann}"]')))
    digest = store.load(signed).digest
    with pytest.raises(ModelError, match=f"the artifact {digest[:12]} was revoked"):
        store.load(signed, trust(toml(tmp_path, keys, revoked=f'artifacts = ["{digest}"]')))


def test_what_nobody_signed_runs_unless_a_signature_is_asked_for(keys: Path, tmp_path: Path) -> None:
    folder = saved(tmp_path / "small-one").folder
    assert store.load(folder, trust(keys / "ann.pub")).signature is None
    with pytest.raises(ModelError, match="nobody signed it: ricloop models sign"):
        store.load(folder, trust(keys / "ann.pub", required=True))
    with pytest.raises(ConfigError, match="--require-signature needs --trust FILE"):
        store.read_trust(None, required=True, today=TODAY)


def test_a_signature_of_something_else_is_refused(signed: Path, keys: Path, tmp_path: Path) -> None:
    other = saved(tmp_path / "small-one", version="1.0.1").folder
    shutil.copy(signed / "manifest.sig", other)
    with pytest.raises(ModelError, match=rf"manifest.sig: the key {id_of(keys, 'ann')} did not sign this manifest"):
        store.load(other)
    again = saved(other, version="1.0.2")
    assert again.signature is None, "what is written anew is not signed any more"


STRANGE = """-----BEGIN PUBLIC KEY-----
MCowBQYDK3VwAyEA+/LYDq6VBp9hkfga/uMxL8Fi7srNJI/2jkiIskLhSvQ=
-----END PUBLIC KEY-----
"""
"""Of an algorithm that there is not."""


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("[[key]]", "key.0.public: Field required"),
        ("[[keys]]", "keys: Extra inputs"),
        ('[[key]]\npublic = "none"', "no public key in PEM"),
        (f"[[key]]\npublic = '''{STRANGE}'''", "no public key in PEM: Unknown key type"),
        ("key = ", "neither PEM nor TOML"),
        ('[revoked]\nartifacts = ["12"]', "revoked.artifacts.0: String should match"),
    ],
)
def test_a_trust_file_that_cannot_be_meant_is_explained(lines: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "trust").write_text(lines)
    with pytest.raises(ConfigError, match=says):
        trust(tmp_path / "trust")


def test_an_id_that_is_not_the_key_s_own_is_refused(keys: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"the key 0123456789abcdef is {id_of(keys, 'ann')}"):
        trust(toml(tmp_path, keys, key='id = "0123456789abcdef"'))


def test_only_ed25519_signs(signed: Path, tmp_path: Path) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key").write_bytes(pem)
    with pytest.raises(ConfigError, match=r"an Ed25519 key is expected\. Make one: ricloop models key"):
        store.sign(signed, tmp_path / "key")
    with pytest.raises(ConfigError, match="no private key in PEM"):
        store.sign(signed, signed / "card.md")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_octet_of_any_file_changes_unseen(signed: Path, data: st.DataObject) -> None:
    """Of every file, the manifest and the signature among them, wherever it is changed; without any trust file."""
    name = data.draw(st.sampled_from([*FILES, "manifest.json", "manifest.sig"]))
    whole = (signed / name).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = data.draw(st.integers(1, 255))
    _refused(signed, name, whole, at, flipped)


@pytest.mark.parametrize("name", [*FILES, "manifest.json", "manifest.sig"])
def test_the_ends_and_the_middle_of_every_file_are_looked_at(signed: Path, name: str) -> None:
    whole = (signed / name).read_bytes()
    for at in {0, len(whole) // 2, len(whole) - 1, *np.linspace(0, len(whole) - 1, 7, dtype=int).tolist()}:
        _refused(signed, name, whole, at, 1)


def _refused(folder: Path, name: str, whole: bytes, at: int, flipped: int) -> None:
    changed = bytearray(whole)
    changed[at] ^= flipped
    (folder / name).write_bytes(changed)
    try:
        with pytest.raises(ModelError, match=name.replace(".", r"\.")):
            store.load(folder)
    finally:
        (folder / name).write_bytes(whole)
    assert store.load(folder).signature is not None


@settings(max_examples=40, deadline=None)
@given(octets=st.binary(max_size=300))
def test_any_octets_in_place_of_a_json_file_are_refused_by_name(signed: Path, octets: bytes) -> None:
    for name in ("manifest.json", "manifest.sig"):
        whole = (signed / name).read_bytes()
        (signed / name).write_bytes(octets)
        try:
            with pytest.raises(ModelError, match=name.replace(".", r"\.")):
                store.load(signed)
        finally:
            (signed / name).write_bytes(whole)


def test_a_signature_has_one_way_to_be_written(signed: Path) -> None:
    path = signed / "manifest.sig"
    whole = path.read_bytes()
    path.write_text(json.dumps(json.loads(whole)))
    try:
        with pytest.raises(ModelError, match="not as `ricloop models sign` writes it"):
            store.load(signed)
    finally:
        path.write_bytes(whole)
