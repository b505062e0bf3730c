"""`ricloop descriptor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def descriptor(
    name: Annotated[str, typer.Argument(help="An installed xApp's name, or module:Class.")],
    out: Annotated[Path, typer.Option(help="Folder for config-file.json and schema.json; made where there is none.")],
    image: Annotated[
        str | None, typer.Option(help="REGISTRY/NAME:TAG of its container; else docker.io/ricloop/xapp:VERSION.")
    ] = None,
) -> None:
    """Write an xApp's descriptor for O-RAN SC's app manager, and the schema of its settings, from its class."""
    from ricloop.core.output import make_folder
    from ricloop.platform.descriptor import Image, write_descriptor
    from ricloop.runtime.load import xapp_class

    cls = xapp_class(name)
    parsed = None if image is None else Image.parse(image)
    make_folder(out, "--out")
    for file in write_descriptor(cls, out, parsed):
        typer.echo(f"written: {file}")
