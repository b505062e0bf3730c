"""`ricloop xapp`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ricloop.commands.options import ModelSources, ModelsRoot, RequireSignature, TrustFile


def xapp(
    name: Annotated[str, typer.Argument(help="An installed xApp's name, or module:Class.")],
    connect: Annotated[str, typer.Option(help="HOST:PORT that `ricloop ric --rpc` was given.")],
    ca: Annotated[Path | None, typer.Option(help="PEM: who signed the RIC's certificate.")] = None,
    cert: Annotated[Path | None, typer.Option(help="PEM: this xApp's certificate, in its name.")] = None,
    key: Annotated[Path | None, typer.Option(help="PEM: the key of it.")] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="No certificates: to a RIC of this machine.")] = False,
    settings: Annotated[Path | None, typer.Option(help="TOML file with a table for this xApp.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="xapp.key=value, over the file. May be given more than once.")
    ] = None,
    descriptor: Annotated[
        Path | None,
        typer.Option(
            envvar="XAPP_DESCRIPTOR_PATH",
            help="config-file.json, or its folder: its `controls` are settings, below --settings and --set.",
        ),
    ] = None,
    http: Annotated[
        str | None, typer.Option(help="Serve health, configuration and metrics at HOST:PORT, as platforms ask for.")
    ] = None,
    rmr: Annotated[str | None, typer.Option(help="Answer RMR health checks at HOST:PORT; no data goes by RMR.")] = None,
    appmgr: Annotated[
        str | None,
        typer.Option(help="http://HOST:PORT of O-RAN SC's app manager to register with; needs --http and --rmr."),
    ] = None,
    stage: Annotated[str, typer.Option(help="off, shadow or active; the RIC's own stage goes before it.")] = "active",
    window: Annotated[int, typer.Option(min=1, max=256, help="Questions that may be unanswered at once.")] = 4,
    model: ModelSources = None,
    models: ModelsRoot = None,
    trust: TrustFile = None,
    require_signature: RequireSignature = False,
    audit: Annotated[
        Path | None, typer.Option(help="Write what the RIC's audit says of this xApp to this file.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.0, max=1e9, help="End after so many seconds.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Run one xApp in this process, connected to a near-RT RIC in another one."""
    from ricloop.core.output import check_writable
    from ricloop.rpc.extra import require

    require()
    from ricloop.rpc.tls import Files
    from ricloop.runtime.remote.pod import PlatformOptions
    from ricloop.runtime.remote.serve import XAppOptions, run_xapp

    check_writable(audit, "--audit")
    run_xapp(
        XAppOptions(
            xapp=name,
            connect=connect,
            files=Files.of(ca, cert, key, "--"),
            insecure=insecure,
            settings_file=settings,
            overrides=tuple(set_ or ()),
            descriptor=descriptor,
            platform=PlatformOptions(http, rmr, appmgr),
            stage=stage,
            window=window,
            models=tuple(model or ()),
            models_root=models,
            trust_file=trust,
            require_signature=require_signature,
            audit_file=audit,
            seconds=seconds,
            quiet=quiet,
        )
    )
