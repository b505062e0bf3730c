"""Options that several commands share, and what they make of them."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable
from ricloop.store import Registry, Trust, read_trust

Root: TypeAlias = Annotated[
    Path | None,
    typer.Option("--models", envvar="RICLOOP_MODELS", help="Folder that is there: versions, a pointer each name."),
]
TrustFile: TypeAlias = Annotated[
    Path | None, typer.Option("--trust", help="PEM, or TOML with dates and what was revoked: whose signatures count.")
]
Required: TypeAlias = Annotated[
    bool, typer.Option("--require-signature", help="Refuse what nobody signed; needs --trust.")
]
JsonFile: TypeAlias = Annotated[Path | None, typer.Option("--json", help="Write it to this file as well.")]
Reason: TypeAlias = Annotated[str, typer.Option("--reason", help="Why: kept in the pointer's history.")]


def trust_of(path: Path | None, required: bool) -> Trust:
    """Raises ConfigError."""
    return read_trust(path, required=required, today=datetime.now(UTC).date())


def registry_of(root: Path | None, trust: Trust) -> Registry:
    """Raises ConfigError where nobody said where it is."""
    if root is None:
        raise ConfigError("--models ROOT is missing: the folder of versions (or set RICLOOP_MODELS)")
    return Registry(root, trust)


def signed_off() -> dict[str, str]:
    """Who does something, and when: for a pointer's history."""
    try:
        who = getpass.getuser()
    except (OSError, KeyError, ImportError):
        who = f"process {os.getpid()}"
    return {"who": who, "when": datetime.now(UTC).isoformat(timespec="seconds")}


@contextmanager
def told(json_file: Path | None) -> Iterator[dict[str, Any]]:
    """A table that is written to the file at the end, whatever the end is. Raises ConfigError before the beginning
    where it cannot be."""
    check_writable(json_file, "--json")
    found: dict[str, Any] = {"schema": 1}
    try:
        yield found
    finally:
        if json_file is not None:
            json_file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
