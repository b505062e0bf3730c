"""Options that `ricloop ric` and `ricloop xapp` have alike: which models run, and whose."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ModelSources = Annotated[
    list[str] | None,
    typer.Option(
        help="NAME=FOLDER of an artifact, or NAME=module:name; else the active one of --models, else the shipped."
    ),
]
ModelsRoot = Annotated[
    Path | None,
    typer.Option(envvar="RICLOOP_MODELS", help="Folder of versions of models; see `ricloop models promote`."),
]
TrustFile = Annotated[Path | None, typer.Option(help="PEM, or TOML with dates: whose signatures of models count.")]
RequireSignature = Annotated[
    bool, typer.Option("--require-signature", help="Refuse models that nobody signed; needs --trust.")
]
