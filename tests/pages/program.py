"""The program's own account of its commands and options, against which pages are held."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperGroup

from ricloop.cli import OWN, build
from ricloop_models.commands.training import TrainOptions

COMMANDS = sorted({*OWN, "bench", *(entry.name for entry in entry_points(group="ricloop.cli"))})


@cache
def _top(name: str) -> Any:
    assert name in COMMANDS, f"there is no command {name}"
    return typer.main.get_command(build(name)).commands[name]


def _below(group: TyperGroup, name: str) -> Any:
    context = typer.Context(group)
    assert name in group.list_commands(context), f"no command {name} in {group.list_commands(context)}"
    return group.get_command(context, name)


def find(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words begin with, and the words after its name."""
    command, rest = _top(words[0]), words[1:]
    while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
        command, rest = _below(command, rest[0]), rest[1:]
    return command, rest


def takes_anything(command: Any) -> bool:
    """A training, where there is no torch to say what its settings are."""
    return bool(command.context_settings.get("ignore_unknown_options"))


def options(command: Any) -> set[str]:
    """Every option of a command, and of those below it; hidden ones are not for pages."""
    found = {"--help"}
    for parameter in command.params:
        if parameter.param_type_name == "option" and not parameter.hidden:
            found |= set(parameter.opts)
    if takes_anything(command):
        found |= {f"--{option.name.removesuffix('_file').replace('_', '-')}" for option in fields(TrainOptions)}
    if isinstance(command, TyperGroup):
        for name in command.list_commands(typer.Context(command)):
            found |= options(_below(command, name))
    return found


def leaves(name: str) -> list[str]:
    """The commands below one of the first level, or itself where it has none."""
    top = _top(name)
    return (
        [f"{name} {below}" for below in top.list_commands(typer.Context(top))]
        if isinstance(top, TyperGroup)
        else [name]
    )


@cache
def every_option() -> frozenset[str]:
    return frozenset({"--version"}.union(*(options(_top(name)) for name in COMMANDS)))


def parse(words: list[str]) -> None:
    """Has the program take these words, without running anything; raises where it would not."""
    if words == ["--version"]:
        return
    command, rest = find(words)
    if rest != ["--help"]:
        command.make_context("ricloop", rest)
