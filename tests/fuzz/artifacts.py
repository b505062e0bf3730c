"""Files of models as the store reads them: networks, weights, manifests, signatures, pointers, whom to trust."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ricloop import store
from ricloop.core.errors import ConfigError
from ricloop.core.model import ModelError
from ricloop.engine import onnx
from ricloop.store import Evidence, Latency, Lineage, Pointer, Scores, documents, weights
from ricloop.store.manifest import FILES
from tests.engine.networks import everything
from tests.fuzz.target import Reader, Target, one_of
from tests.store.test_store import saved

NAMES = (*FILES, "manifest.json", "manifest.sig")


@cache
def _folder() -> tuple[TemporaryDirectory[str], Path]:
    """A signed artifact; the first keeps it there."""
    held = TemporaryDirectory(prefix="ricloop-fuzz-")
    folder = saved(Path(held.name) / "small-one").folder
    store.make_key(Path(held.name) / "key")
    store.sign(folder, Path(held.name) / "key")
    return held, folder


def _whole(name: str) -> bytes:
    return (_folder()[1] / name).read_bytes()


def _loads(name: str) -> Reader:
    """The artifact with other octets in place of one file."""

    def read(octets: bytes) -> None:
        path, before = _folder()[1] / name, _whole(name)
        path.write_bytes(octets)
        try:
            store.load(path.parent)
        finally:
            path.write_bytes(before)

    return read


def _trusts(octets: bytes) -> None:
    path = _folder()[1].parent / "trust"
    path.write_bytes(octets)
    store.read_trust(path, required=True, today=date(2026, 1, 1))


def _pointer() -> bytes:
    placed = {"version": "1.0.0", "digest": "0" * 64}
    event = {"when": "2026-01-01", "who": "ann", "action": "promote", "to": placed, "reason": "x"}
    return Pointer.model_validate({"active": placed, "history": [event]}).model_dump_json(by_alias=True).encode()


_DOCUMENTS = {"lineage.json": Lineage, "eval.json": Scores, "latency.json": Latency}
_GRAPH = everything()
_READERS: tuple[Reader, ...] = (
    *(_loads(name) for name in NAMES),
    lambda octets: onnx.read(octets),
    lambda octets: weights.check(octets, _GRAPH.constants, "fuzz"),
    lambda octets: documents.calibration(octets, "fuzz"),
    *(lambda octets, kind=kind: documents.parsed(kind, octets, "fuzz") for kind in _DOCUMENTS.values()),
    lambda octets: documents.parsed(Pointer, octets, "fuzz"),
    lambda octets: documents.parsed(Evidence, octets, "fuzz"),
    _trusts,
)


def _seeds() -> Iterator[bytes]:
    key = (_folder()[1].parent / "key.pub").read_bytes()
    toml = b'[[key]]\nowner = "ann"\nfrom = 2026-01-01\npublic = """\n' + key + b'"""\n[revoked]\nkeys = ["00"]\n'
    evidence = (
        b'{"schema": 1, "champion": "a@1.0.0+0", "challenger": "a@1.1.0+0", "decisions": 5, "disagreement": 0.1, '
        b'"champion_error": 1, "challenger_error": null, "faults": 0}'
    )
    whole = [_whole(name) for name in NAMES]
    alone = [onnx.write(_GRAPH), weights.octets_of(_GRAPH.constants), _whole("calibration.json")]
    texts = [*(_whole(name) for name in _DOCUMENTS), _pointer(), evidence, toml]
    return (bytes((number,)) + octets for number, octets in enumerate([*whole, *alone, *texts]))


TARGETS: dict[str, Target] = {
    "artifacts": Target("files of models, alone and in their folder", one_of(_READERS, ModelError, ConfigError), _seeds)
}
