"""`train NAME`: a command for each training, with its settings as options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, make_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from typer import Option
from typer.core import TyperGroup

from ricloop import store
from ricloop.commands.options import command
from ricloop.core.errors import ConfigError
from ricloop.core.output import make_folder
from ricloop.link.clock import SystemClock
from ricloop.store import Artifact, Scores
from ricloop_models.commands.options import told
from ricloop_models.train.base import Run, Train
from ricloop_models.train.registry import TRAININGS, training

ANY_OPTIONS = {"ignore_unknown_options": True, "allow_extra_args": True}


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """Of every training, beside its own settings."""

    data: Annotated[Path | None, Option(help="Folder of your own data: fit a copy of your own.")] = None
    out: Annotated[Path | None, Option(help="Folder of the artifact.", show_default="trained/NAME")] = None
    as_version: Annotated[str | None, Option(help="Version of the artifact.", show_default="that of the training")] = (
        None
    )
    resume: Annotated[bool, Option("--resume", help="Go on from where an interrupted run stopped.")] = False
    device: Annotated[str, Option(help="cpu: the same bits for the same seed; cuda: faster, not to the bit.")] = "cpu"
    json_file: Annotated[Path | None, Option("--json", help="Write what came of it to this file.")] = None


class Trainings(TyperGroup):
    """Commands that are made when they are asked for: each training's module brings its packages."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(TRAININGS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Raises ConfigError with the nearest name. Where PyTorch is missing, a command that says so: help asks for
        each."""
        app = typer.Typer(add_completion=False)
        try:
            kind, run = training(cmd_name)
        except ConfigError as error:
            if cmd_name not in TRAININGS:
                raise
            app.command(cmd_name, help=escape(str(error)), context_settings=ANY_OPTIONS)(_refusal(error))
        else:
            app.command(cmd_name, help=kind.__doc__)(_command(cmd_name, kind, run))
        return typer.main.get_command(app)


train = typer.Typer(cls=Trainings, help="Train a model: see `ricloop models train NAME --help`.", no_args_is_help=True)


def beyond(again: Scores, recorded: Scores) -> dict[str, tuple[float, float, float]]:
    """Figures of a training from the same seed that are off by more than what was recorded: (now, then, allowed)."""
    return {
        figure: (again.own[figure], recorded.own[figure], allowed)
        for figure, allowed in recorded.tolerance.items()
        if not abs(again.own[figure] - recorded.own[figure]) <= allowed
    }


def _refusal(error: ConfigError) -> Callable[[], None]:
    def refuse() -> None:
        raise error

    return refuse


def _command(name: str, kind: type[Any], train: Train) -> Callable[..., None]:
    """With the options of all trainings, then this one's settings."""

    def work(asked: Any) -> None:
        run = Run(
            asked.out or Path("trained") / name,
            data=asked.data,
            version=asked.as_version,
            resume=asked.resume,
            device=asked.device,
            clock=SystemClock(),
        )
        make_folder(run.out.parent, "--out")
        with told(asked.json_file) as said:
            begin = run.clock.now()
            artifact = train(kind(**{field.name: getattr(asked, field.name) for field in fields(kind)}), run)
            run.done()
            said |= _came_of(artifact, (run.clock.now() - begin) / 1e9)
        run.console.print(Markdown((run.out / "card.md").read_text(encoding="utf-8")))
        _compare(artifact, run.console)

    return command(make_dataclass("Asked", (), bases=(kind, TrainOptions), frozen=True), work)


def _came_of(artifact: Artifact, seconds: float) -> dict[str, Any]:
    return {
        "model": artifact.version,
        "content": artifact.content,
        "folder": str(artifact.folder),
        "seconds": round(seconds, 1),
        "scores": None if artifact.scores is None else artifact.scores.model_dump(mode="json", by_alias=True),
    }


def _compare(artifact: Artifact, console: Console) -> None:
    """With the shipped one of the same name and settings, where there is one."""
    console.print(f"{artifact.version} in {artifact.folder}", highlight=False, markup=False, soft_wrap=True)
    if artifact.name not in store.shipped():
        return
    shipped = store.find(artifact.name)
    if shipped.scores is None or artifact.scores is None or shipped.lineage.settings != artifact.lineage.settings:
        return
    if not shipped.scores.tolerance:
        console.print("how far a score may be off was not recorded of the shipped one")
        return
    off = beyond(artifact.scores, shipped.scores)
    for figure, (now, then, allowed) in off.items():
        console.print(f"{figure} is {now:g}, the shipped one's {then:g}; {allowed:g} is allowed", highlight=False)
    if not off:
        console.print("every score is within the recorded tolerance of the shipped one's")
