"""A dataclass as a command line: each field is an option, with its name, its help and its default."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

OptionsT = TypeVar("OptionsT")


def command(options: type[OptionsT], run: Callable[[OptionsT], None]) -> Callable[..., None]:
    """`run` as a function that typer reads: its parameters are the fields of `options`, each
    `Annotated[type, typer.Option(…)]`. A field that is a tuple is an option that may be given more than once."""
    hints = get_type_hints(options, include_extras=True)
    many = {name for name, hint in hints.items() if get_origin(get_args(hint)[0]) is tuple}
    parameters = []
    for field in fields(options):  # type: ignore[arg-type]  # every caller's is a dataclass
        default: Any = inspect.Parameter.empty if field.default is MISSING else field.default
        if field.name in many:
            many_of, info = get_args(hints[field.name])
            hints[field.name] = Annotated[list[get_args(many_of)[0]] | None, info]  # type: ignore[misc]
            default = list(default) or None
        parameters.append(
            inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hints[field.name])
        )

    def called(**said: Any) -> None:
        run(options(**{name: tuple(value or ()) if name in many else value for name, value in said.items()}))

    called.__doc__ = run.__doc__
    called.__annotations__ = hints
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return called
