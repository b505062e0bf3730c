"""`ricloop models`: its commands by name, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from ricloop.core.errors import ConfigError, nearest

COMMANDS: dict[str, str] = {
    "list": "ricloop_models.commands.look:list_",
    "show": "ricloop_models.commands.look:show",
    "verify": "ricloop_models.commands.look:verify",
    "promote": "ricloop_models.commands.service:promote",
    "rollback": "ricloop_models.commands.service:rollback",
    "sign": "ricloop_models.commands.service:sign",
    "key": "ricloop_models.commands.service:key",
    "measure": "ricloop_models.commands.service:measure",
    "pin": "ricloop_models.commands.service:pin",
    "evaluate": "ricloop_models.commands.scoring:evaluate",
    "train": "ricloop_models.commands.training:train",
}
"""`module:function`, or `module:Typer` of one that has commands of its own."""


class Commands(TyperGroup):
    """What `COMMANDS` names: `ricloop --help` needs none of it."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Raises ConfigError with the nearest name."""
        if cmd_name not in COMMANDS:
            listed = ", ".join(COMMANDS)
            raise ConfigError(
                f"there is no command 'models {cmd_name}'.{nearest(cmd_name, COMMANDS)} Commands: {listed}"
            )
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name = cmd_name
            return group
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Learned models: what there is, how good it is, which version is at work.",
)


@app.callback()
def models() -> None:
    """Learned models: what there is, how good it is, which version is at work."""
