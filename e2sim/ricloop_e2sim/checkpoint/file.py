"""A network's run in a file: saved after any tick, it goes on elsewhere to the same digest, KPIs and counters.

One zip of `state.json` (schema, what wrote it, the scenario as YAML, seed, tick and all state that is not arrays) and
of one .npy per array's memory. Its comment, the last 64 bytes of the file, is the SHA-256 of everything before. Only
the same version of the simulator goes on: with another, what was kept may mean something else.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

import ricloop_e2sim
from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.arrays import HOST
from ricloop_e2sim.checkpoint.objectfill import fill
from ricloop_e2sim.checkpoint.objectstate import State, take
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.scenarios.file import dump, loads

SCHEMA = 1
DIGEST = 64
"""Hexadecimal digits at the end of a file."""
STATE = "state.json"
BEGIN = (1980, 1, 1, 0, 0, 0)
"""Of every member, so that the same state is the same file."""
AT_ONCE = 1 << 20


def save(run: NetworkRun, path: Path) -> None:
    """Write the run as it is between two ticks, whole or not at all.

    Raises ConfigError naming the file, also for a run that is not computed in numpy.
    """
    device = run.world.air.xp.device
    if device != HOST:
        raise ConfigError(f"checkpoint {path}: the state of this run is on {device}; run it in numpy to keep it")
    state = take(run)
    document = {
        "schema": SCHEMA,
        "made_by": _maker(),
        "scenario": dump(run.scenario),
        "seed": run.seed,
        "tick": run.done_ticks,
        "time_us": run.time_us,
        "nodes": state.nodes,
    }
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w+b") as file:
            _write(file, json.dumps(document, separators=(",", ":")), state.blocks)
        part.replace(path)
    except OSError as error:
        raise ConfigError(f"checkpoint {path}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def load(path: Path) -> NetworkRun:
    """The run as it was saved. Raises ConfigError naming the file and what is wrong with it."""
    try:
        with path.open("rb") as file:
            _check_whole(file)
            document, blocks = _read(file)
    except OSError as error:
        raise ConfigError(f"checkpoint {path}: {error.strerror}") from error
    except ConfigError as error:
        raise ConfigError(f"checkpoint {path}: {error}") from None
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ConfigError(f"checkpoint {path}: this is none: {error}") from None
    try:
        run = NetworkRun(loads(document["scenario"]), document["seed"])
        fill(run, State(document["nodes"], blocks))
    except ConfigError as error:
        raise ConfigError(f"checkpoint {path}: {error}; start the run anew") from None
    return run


def _write(file: BinaryIO, document: str, blocks: list[NDArray[Any]]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = b"0" * DIGEST
        archive.writestr(zipfile.ZipInfo(STATE, BEGIN), document)
        for number, block in enumerate(blocks):
            member = zipfile.ZipInfo(f"{number}.npy", BEGIN)
            member.file_size = block.nbytes
            with archive.open(member, "w") as stream:
                npy.write_array(stream, block, allow_pickle=False)
    digest = _digest(file, file.seek(0, os.SEEK_END) - DIGEST)
    file.seek(-DIGEST, os.SEEK_END)
    file.write(digest)


def _digest(file: BinaryIO, size: int) -> bytes:
    """Of the first `size` bytes."""
    whole = hashlib.sha256()
    file.seek(0)
    while size > 0:
        piece = file.read(min(size, AT_ONCE))
        whole.update(piece)
        size -= len(piece)
    return whole.hexdigest().encode()


def _check_whole(file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    if size <= DIGEST or _digest(file, size - DIGEST) != file.read():
        raise ConfigError("this is no checkpoint, or one that was cut or altered")


def _read(file: BinaryIO) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    with zipfile.ZipFile(file) as archive:
        document = json.loads(archive.read(STATE))
        if document["schema"] != SCHEMA:
            raise ConfigError(f"its schema is {document['schema']!r}; this version reads {SCHEMA}")
        for name, here in _maker().items():
            if document["made_by"][name] != here:
                raise ConfigError(
                    f"another version wrote it ({name} {document['made_by'][name]}, here {here}): what it holds may "
                    "mean something else; go on with that version, or start the run anew"
                )
        blocks = []
        for number in range(len(archive.namelist()) - 1):
            with archive.open(f"{number}.npy") as stream:
                blocks.append(npy.read_array(stream, allow_pickle=False))
    return document, blocks


@cache
def _maker() -> dict[str, str]:
    """What has to be the same: also numpy, whose sums and draws may change, and the simulator's text itself."""
    code = hashlib.sha256()
    folder = Path(ricloop_e2sim.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        code.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return {"ricloop": version("ricloop"), "numpy": np.__version__, "simulator": code.hexdigest()[:16]}
