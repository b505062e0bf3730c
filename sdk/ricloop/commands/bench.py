"""`ricloop bench codec` and `ricloop bench engine`; other packages bring theirs by the group `ricloop.bench`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench_codec(
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows to this file.")] = None,
) -> None:
    """The messages of the loop: reference codec, native module and Python twin, side by side."""
    from ricloop.bench.codec import bench_codec as measure
    from ricloop.core.output import check_writable

    check_writable(json_file, "--json")
    measure(json_file)


def bench_engine(
    batch: Annotated[str, typer.Option(help="Numbers of rows, with commas between.")] = "1,32,256,1024,4096",
    model: Annotated[
        list[str] | None, typer.Option(help="An installed model's name; none: all. May be given more than once.")
    ] = None,
    engines: Annotated[
        str, typer.Option(help="Engines, with commas between.")
    ] = "onnxruntime,numpy,torch,torch-cudagraph",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows to this file.")] = None,
) -> None:
    """Learned models on every engine, side by side: percentiles per batch, and how much faster than the reference."""
    from ricloop.bench.engine import bench_engine as measure
    from ricloop.core.output import check_writable

    check_writable(json_file, "--json")
    measure(batch, model, engines, json_file)
