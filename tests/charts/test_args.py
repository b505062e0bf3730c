"""What the charts tell the containers to run, the command takes: every option of every rendering exists and parses."""

from __future__ import annotations

from typing import Any

import pytest
import typer.core
import typer.main

from ricloop.cli import build
from tests.charts.cases import Case, every_case
from tests.charts.documents import pods_of


@every_case
def test_the_command_takes_what_a_container_is_told(case: Case) -> None:
    for pod in pods_of(case.documents()):
        for container in pod.containers:
            assert "command" not in container, "the image's entry point is the command"
            # No shell takes them away: they would be part of what the command is told.
            assert [word for word in container["args"] if '"' in word or "'" in word] == []
            parse(container["args"])


def test_an_option_that_there_is_not_would_be_found() -> None:
    for wrong in (["ric", "--lisen", "tcp://0.0.0.0:36421"], ["sim", "run", "single", "--sed", "1"]):
        with pytest.raises(Exception, match="No such option"):
            parse(wrong)


def parse(args: list[str]) -> None:
    """Walk down the command's groups as it does itself, and read the options of the last one without running it."""
    command: Any = typer.main.get_command(build(args[0]))
    context: Any = None
    rest = list(args)
    name = "ricloop"
    while isinstance(command, typer.core.TyperGroup):
        context = command.make_context(name, list(rest), parent=context)
        name, inner, rest = command.resolve_command(context, context._protected_args + context.args)
        assert name is not None
        command = inner
    command.make_context(name, rest, parent=context)
