"""Settings of a training run as a command line: a frozen dataclass, its fields' defaults and their explanations."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def parse(kind: type[T], arguments: Sequence[str] | None = None) -> T:
    """The settings that a command line asks for; every field is `--name VALUE`, explained by its metadata `help`."""
    parser = argparse.ArgumentParser(
        description=kind.__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter, allow_abbrev=False
    )
    known: Any = kind
    for field in fields(known):
        parser.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=type(field.default),
            default=field.default,
            help=field.metadata["help"],
        )
    return kind(**vars(parser.parse_args(arguments)))
