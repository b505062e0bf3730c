"""`promote`, `rollback`, `sign`, `key`, `measure` and `pin`: what may run, and what does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ricloop import store
from ricloop.core.errors import ConfigError
from ricloop.core.model import ModelError
from ricloop.link.clock import SystemClock
from ricloop.store import Pointer, read_evidence
from ricloop_models.commands.options import (
    JsonFile,
    Reason,
    Required,
    Root,
    TrustFile,
    registry_of,
    signed_off,
    told,
    trust_of,
)
from ricloop_models.measure import answering, measured_here


def promote(
    name: Annotated[str, typer.Argument(help="A model, as traffic-forecast.")],
    version: Annotated[str, typer.Argument(help="A version that is there, or the folder of an artifact to take in.")],
    reason: Reason,
    models: Root = None,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Let it run beside the active one; nothing of it is sent.")
    ] = False,
    evidence: Annotated[
        Path | None, typer.Option(help="JSON file that a shadow run of it beside the active one wrote.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="In spite of what speaks against it; that is kept.")] = False,
    trust: TrustFile = None,
    require_signature: Required = False,
    json_file: JsonFile = None,
) -> None:
    """Put a version into service: sound, trusted, better than its baselines, and no worse than the active one."""
    registry = registry_of(models, trust_of(trust, require_signature))
    with told(json_file) as said:
        if Path(version).is_dir():
            artifact = registry.add(Path(version))
            if artifact.name != name:
                raise ModelError(f"{version}: the model in it is called {artifact.name!r}, not {name!r}")
            version = artifact.manifest.version
        if version in registry.versions(name):
            answering(store.load(registry.root / name / version))
        moved = registry.promote(
            name,
            version,
            reason=reason,
            shadow=shadow,
            force=force,
            evidence=None if evidence is None else read_evidence(evidence),
            **signed_off(),
        )
        said["pointer"] = moved.model_dump(mode="json", by_alias=True)
    _print(name, moved)


def rollback(
    name: Annotated[str, typer.Argument(help="A model, as traffic-forecast.")],
    reason: Reason,
    models: Root = None,
    trust: TrustFile = None,
    require_signature: Required = False,
    json_file: JsonFile = None,
) -> None:
    """Go back to the version that was active before; from there, to what is shipped."""
    registry = registry_of(models, trust_of(trust, require_signature))
    with told(json_file) as said:
        moved = registry.rollback(name, reason=reason, **signed_off())
        said["pointer"] = moved.model_dump(mode="json", by_alias=True)
    _print(name, moved)


def sign(
    folder: Annotated[Path, typer.Argument(help="An artifact.")],
    key: Annotated[Path, typer.Option(help="PEM: a private Ed25519 key, as `ricloop models key` makes.")],
) -> None:
    """Sign an artifact: whoever trusts the key then runs it."""
    artifact = store.load(folder)
    made = store.sign(folder, key)
    _say(f"{artifact.version}: signed by the key {made.key}")


def key(out: Annotated[Path, typer.Option(help="PEM file to write; the public key goes beside it, as .pub.")]) -> None:
    """Make a key to sign with, readable by you alone."""
    made = store.make_key(out)
    _say(f"the key {made}: keep {out}, and give {out}.pub to --trust")


def measure(folder: Annotated[Path, typer.Argument(help="An artifact.")]) -> None:
    """Measure every engine here, and write the times into the artifact; whoever signed it signs it again."""
    artifact = measured_here(folder, SystemClock())
    _say(f"{artifact.version} in {folder}")


def pin(name: Annotated[str, typer.Argument(help="A shipped model that was trained anew.")]) -> None:
    """Pin what lies in a shipped model's folder now: for whoever works on this package."""
    from ricloop_models import shipped

    if not (shipped.ARTIFACTS / name).is_dir():
        raise ConfigError(f"{shipped.ARTIFACTS} has no {name}: train it with --out {shipped.ARTIFACTS / name}")
    _say(f"{name}: {shipped.pin(name)}")


def _print(name: str, pointer: Pointer) -> None:
    for what, placed in (("active", pointer.active), ("shadow", pointer.shadow), ("previous", pointer.previous)):
        version = placed.version if placed is not None else "none" if what == "shadow" else "what is shipped"
        _say(f"{name}: {what} {version}")


def _say(line: str) -> None:
    Console().print(line, highlight=False, markup=False, soft_wrap=True)
