"""`list`, `show` and `verify`: nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from ricloop import store
from ricloop.core.errors import ConfigError
from ricloop.core.model import ModelError
from ricloop.engine import DEFAULT
from ricloop.store import Artifact, Registry, Trust
from ricloop_models.commands.options import JsonFile, Required, Root, TrustFile, told, trust_of
from ricloop_models.measure import answering


def list_(models: Root = None, json_file: JsonFile = None) -> None:
    """List the models that are shipped and, with --models, every version of that folder."""
    table = Table("model", "version", "state", "says", "headline", "signed by")
    table.columns[0].no_wrap = True
    with told(json_file) as said:
        said["models"] = rows = []
        for state, what, load in _all(models):
            try:
                artifact = load()
            except ModelError as error:
                rows.append({"state": "refused", "name": what, "reason": str(error)})
                table.add_row(what, "", f"refused: {error}", "", "", "")
                continue
            scores = artifact.scores
            headline = "–" if scores is None else f"{scores.headline} {scores.own[scores.headline]:.3f}"
            kind, signed = artifact.manifest.output.kind, _signer(artifact)
            rows.append({"state": state, **_facts(artifact)})
            table.add_row(artifact.name, artifact.manifest.version, state, kind, headline, signed)
    Console().print(table)


def show(
    name: Annotated[str | None, typer.Argument(help="A model, as traffic-forecast.")] = None,
    path: Annotated[Path | None, typer.Option(help="Folder of an artifact, in place of a name.")] = None,
    models: Root = None,
    json_file: JsonFile = None,
) -> None:
    """Show a model: its card, what it looks at, scores beside baselines, times, where it comes from, who signed it."""
    if (name is None) == (path is None):
        raise ConfigError("a model's NAME or --path DIR is needed, one of them")
    registry = None if models is None else Registry(models)
    with told(json_file) as said:
        artifact = store.load(path) if path is not None else _active(str(name), registry)
        said |= _facts(artifact)
        pointer = None if registry is None or name is None else registry.pointer(name)
        if pointer is not None:
            said["pointer"] = pointer.model_dump(mode="json")
    console = Console()
    console.print(Markdown((artifact.folder / "card.md").read_text(encoding="utf-8")))
    for table in (_what(artifact), _times(artifact), _origin(artifact)):
        console.print(table)
    for event in pointer.history if pointer is not None else ():
        to = "what is shipped" if event.to is None else event.to.version
        forced = f" (forced, against: {'; '.join(event.forced)})" if event.forced else ""
        console.print(f"{event.when} {event.who} {event.action} {to}: {event.reason}{forced}", markup=False)


def verify(
    name: Annotated[str | None, typer.Argument(help="A shipped model; none: every shipped one.")] = None,
    path: Annotated[Path | None, typer.Option(help="Folder of an artifact, in place of the shipped ones.")] = None,
    models: Root = None,
    trust: TrustFile = None,
    require_signature: Required = False,
    json_file: JsonFile = None,
) -> None:
    """Verify models as a RIC does at load: every octet, the signer, and the golden answers of every engine here."""
    if name is not None and path is not None:
        raise ConfigError("a model's NAME or --path DIR is needed, not both")
    whose, console, failures = trust_of(trust, require_signature), Console(), list[str]()
    table = Table("model", "signed by", "engines", "verdict")
    table.columns[0].overflow = "fold"
    with told(json_file) as said:
        said["models"] = rows = []
        for what, load in _asked(name, path, models, whose):
            try:
                artifact = load()
                engines = answering(artifact)
            except ModelError as error:
                failures.append(str(error))
                rows.append({"model": what, "ok": False, "reason": str(error)})
                table.add_row(what, "", "", "refused")
                continue
            rows.append({"model": what, "ok": True, "engines": engines, **_facts(artifact)})
            table.add_row(artifact.version, _signer(artifact), ", ".join(engines), "sound")
    console.print(table)
    if failures:
        raise ModelError("\n".join(failures))


def _asked(name: str | None, path: Path | None, root: Path | None, trust: Trust) -> Iterator[tuple[str, Any]]:
    """What is to be verified, each with a function that loads it."""
    if path is not None:
        yield str(path), lambda: store.load(path, trust)
        return
    for found in [name] if name is not None else store.shipped():
        yield found, lambda found=found: store.find(found, trust=trust)
    if root is not None and name is None:
        registry = Registry(root, trust)
        for each in registry.names():
            for version in registry.versions(each):
                yield f"{each} {version}", lambda each=each, version=version: store.load(root / each / version, trust)


def _all(root: Path | None) -> Iterator[tuple[str, str, Any]]:
    """State, what it is, and a function that loads it."""
    for name in store.shipped():
        yield "shipped", name, lambda name=name: store.find(name)
    if root is None:
        return
    registry = Registry(root)
    for name in registry.names():
        pointer = registry.pointer(name)
        for version in registry.versions(name):
            places = {"active": pointer.active, "shadow": pointer.shadow, "previous": pointer.previous}
            state = [place for place, placed in places.items() if placed is not None and placed.version == version]
            place = root / name / version
            yield ", ".join(state) or "there", f"{name} {version}", lambda place=place: store.load(place)


def _active(name: str, registry: Registry | None) -> Artifact:
    placed = None if registry is None else registry.pointer(name).active
    return store.find(name) if registry is None or placed is None else registry.load(name, placed)


def _signer(artifact: Artifact) -> str:
    return "nobody" if artifact.signature is None else artifact.signature.key


def _facts(artifact: Artifact) -> dict[str, Any]:
    """For machines."""
    scores, latency = artifact.scores, artifact.latency
    return {
        "name": artifact.name,
        "version": artifact.version,
        "digest": artifact.digest,
        "content": artifact.content,
        "folder": str(artifact.folder),
        "manifest": artifact.manifest.model_dump(mode="json", by_alias=True),
        "scores": None if scores is None else scores.model_dump(mode="json", by_alias=True),
        "latency": None if latency is None else latency.model_dump(mode="json", by_alias=True),
        "lineage": artifact.lineage.model_dump(mode="json", by_alias=True),
        "calibration": dict(artifact.calibration),
        "signed_by": None if artifact.signature is None else artifact.signature.key,
    }


def _what(artifact: Artifact) -> Table:
    manifest = artifact.manifest
    table = Table("", artifact.version, title="What it is", title_justify="left")
    table.columns[1].overflow = "fold"
    window = manifest.window
    rows = f"{window.length} periods of {window.period_ms} ms of {', '.join(window.metrics)}"
    table.add_row("looks at", rows + (f", and {window.calendar} columns of the time of day" if window.calendar else ""))
    table.add_row("says", ", ".join(f"{key} {value}" for key, value in manifest.output.model_dump().items()))
    table.add_row("parameters", f"{manifest.parameters:,}")
    table.add_row("engines", ", ".join(artifact.engines or DEFAULT))
    table.add_row("manifest", artifact.digest)
    table.add_row("but for times", artifact.content)
    table.add_row("signed by", _signer(artifact))
    return table


def _times(artifact: Artifact) -> Table:
    table = Table("engine", "rows", "p50", "p99", "p99.9", title_justify="left")
    if artifact.latency is None:
        table.title = "Times were not measured: ricloop bench engine"
        return table
    host = ", ".join(f"{key} {value}" for key, value in artifact.latency.host.items())
    table.title = f"Microseconds where it was published ({host})"
    for engine, buckets in artifact.latency.engines.items():
        for rows, took in buckets.items():
            table.add_row(engine, str(rows), f"{took.p50_us:.1f}", f"{took.p99_us:.1f}", f"{took.p999_us:.1f}")
    return table


def _origin(artifact: Artifact) -> Table:
    lineage = artifact.lineage
    table = Table("", "", title="Where it comes from", title_justify="left", show_header=False)
    table.columns[1].overflow = "fold"
    table.add_row("source", lineage.source)
    for part, seeds in lineage.seeds.items():
        table.add_row(f"seeds, {part}", f"{seeds[0]} to {seeds[-1]}" if seeds else "none")
    for what, values in (("settings", lineage.settings), ("packages", lineage.packages), ("trained", lineage.trained)):
        table.add_row(what, ", ".join(f"{key} {value}" for key, value in values.items()))
    table.add_row("data", lineage.data_sha256)
    table.add_row("code", lineage.code)
    return table
