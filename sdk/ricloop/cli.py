"""The command `ricloop`. Sub-commands of other packages come in by the entry-point group `ricloop.cli`.

Exit codes: 0 done · 1 the run failed, or a bug · 2 wrong usage, file or setting · 3 a socket or a peer ·
4 the run ended but what it must hold did not · 130 Ctrl-C · 143 SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import entry_points, version
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from ricloop.commands.descriptor import descriptor
from ricloop.commands.options import ModelSources, ModelsRoot, RequireSignature, TrustFile
from ricloop.commands.probe import probe
from ricloop.commands.xapp import xapp
from ricloop.core.errors import ConfigError, RicloopError, nearest

OWN_COMMANDS = ("ric", "xapp", "descriptor", "probe", "nodes", "metrics", "decode", "bench")


def _given(context: typer.Context, name: str) -> bool:
    """Whether somebody said it; a default is nobody's word."""
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


def ric(
    context: typer.Context,
    xapp: Annotated[
        list[str] | None, typer.Option(help="An installed xApp's name, or module:Class. May be given more than once.")
    ] = None,
    listen: Annotated[
        list[str] | None, typer.Option(help="tcp://HOST:PORT or sctp://HOST:PORT. May be given more than once.")
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="TOML file with a table per xApp.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="xapp.key=value, over the file. May be given more than once.")
    ] = None,
    topology: Annotated[Path | None, typer.Option(help="JSON file: cells, and which cell covers which.")] = None,
    stage: Annotated[str, typer.Option(help="off, shadow (decides, sends nothing) or active.")] = "active",
    audit: Annotated[
        Path | None, typer.Option(help="Write one JSON line per decision and outcome to this file.")
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(help="Let only nodes of this id connect: gnb-00101-3, gnb-00101-*. May be given more than once."),
    ] = None,
    model: ModelSources = None,
    models: ModelsRoot = None,
    trust: TrustFile = None,
    require_signature: RequireSignature = False,
    shadow: Annotated[
        list[str] | None,
        typer.Option(help="NAME=FOLDER: compare the model at work with this artifact, in time that is left over."),
    ] = None,
    shadow_report: Annotated[
        Path | None, typer.Option(help="Write that comparison to this file: .json (evidence to promote by) or .html.")
    ] = None,
    policies: Annotated[
        Path | None, typer.Option(help="JSON file of A1 policies, by id; read again when it changes.")
    ] = None,
    metrics: Annotated[
        str | None, typer.Option(help="Serve Prometheus metrics, and answer `ricloop nodes`, at HOST:PORT.")
    ] = None,
    pcap: Annotated[Path | None, typer.Option(help="Write every E2AP message to this pcapng file.")] = None,
    trace: Annotated[
        Path | None, typer.Option(help="Write every decision's stages to this file, for Perfetto or chrome://tracing.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0.0, max=1e9, help="End after so many seconds.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the summary to this file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
    standby: Annotated[
        bool, typer.Option("--standby", help="Keep a second process warm, which takes over where this one dies.")
    ] = False,
    lease: Annotated[
        str | None,
        typer.Option(help="NAMESPACE/NAME of a Kubernetes Lease: of several RICs, only its holder is in control."),
    ] = None,
    lease_http: Annotated[
        str, typer.Option(help="Health and metrics of that election, at HOST:PORT.")
    ] = "127.0.0.1:8080",
    lease_duration: Annotated[
        int, typer.Option(min=2, max=3600, help="Seconds after which a silent holder may be replaced.")
    ] = 6,
    lease_renew: Annotated[float, typer.Option(help="Seconds between two renewals.")] = 1.0,
    lease_identity: Annotated[
        str | None, typer.Option(help="This replica's name, which is its pod's; none: the host's name.")
    ] = None,
    lease_api: Annotated[
        str | None, typer.Option(help="URL of the API server, outside a cluster; none: as a pod finds it.")
    ] = None,
    lease_token: Annotated[Path | None, typer.Option(help="File with the token for it.")] = None,
    lease_ca: Annotated[Path | None, typer.Option(help="PEM: who signed its certificate.")] = None,
    held: Annotated[bool, typer.Option("--held", hidden=True)] = False,
    fence: Annotated[int | None, typer.Option("--fence", hidden=True)] = None,
    cpu: Annotated[
        int | None,
        typer.Option(min=0, help="Run the loop on this processor alone, and what is beside it on the others."),
    ] = None,
    one_process: Annotated[
        bool, typer.Option("--one-process", help="Metrics and audit in the loop's own process: for small runs.")
    ] = False,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Ask the system for real-time scheduling (SCHED_FIFO).")
    ] = False,
    rpc: Annotated[
        str | None, typer.Option(help="Let xApps of other processes connect at HOST:PORT; needs the three files below.")
    ] = None,
    rpc_ca: Annotated[Path | None, typer.Option(help="PEM: who signs the certificates of xApps.")] = None,
    rpc_cert: Annotated[Path | None, typer.Option(help="PEM: the RIC's own certificate.")] = None,
    rpc_key: Annotated[Path | None, typer.Option(help="PEM: the key of it.")] = None,
    rpc_insecure: Annotated[
        bool, typer.Option("--rpc-insecure", help="No certificates: on this machine alone, anyone's xApp may connect.")
    ] = False,
    allow_xapp: Annotated[
        list[str] | None,
        typer.Option(help="Let only xApps of this name connect: energy-saving, team-a-*. May be given more than once."),
    ] = None,
    clock: Annotated[str, typer.Option(help="real, or lockstep with --harness.")] = "real",
    harness: Annotated[bool, typer.Option("--harness", hidden=True)] = False,
) -> None:
    """Run the embedded near-RT RIC: E2 nodes connect to it, xApps decide in it."""
    from ricloop.core.output import check_writable
    from ricloop.runtime.options import LeaseOptions, RicOptions, RpcOptions
    from ricloop.runtime.serve import run_ric
    from ricloop.runtime.shadowreport import check_report

    if rpc is None and (rpc_ca or rpc_cert or rpc_key or rpc_insecure or allow_xapp):
        raise ConfigError("--rpc HOST:PORT is missing: what is said about xApps of other processes goes with it")
    door = None
    if rpc is not None:
        door = RpcOptions(
            where=rpc, ca=rpc_ca, cert=rpc_cert, key=rpc_key, insecure=rpc_insecure, allow=tuple(allow_xapp or ())
        )
    written = {"--json": json_file, "--audit": audit, "--pcap": pcap, "--trace": trace}
    written["--shadow-report"] = shadow_report
    for option, path in written.items():
        check_writable(path, option)
    if shadow_report is not None:
        check_report(shadow_report)
    if lease is None and (
        said := [name for name in context.params if name.startswith("lease_") and _given(context, name)]
    ):
        option = f"--{said[0].replace('_', '-')}"
        raise ConfigError(f"--lease NAMESPACE/NAME is missing: {option} goes with it, and without it nobody is elected")
    if lease is not None and not held:
        from ricloop.runtime.elect import Elector

        terms = LeaseOptions(
            lease=lease,
            http=lease_http,
            seconds=lease_duration,
            renew_s=lease_renew,
            identity=lease_identity or "",
            api=lease_api,
            token=lease_token,
            ca=lease_ca,
        )
        if standby:
            raise ConfigError("--lease goes without --standby: with it another replica takes over")
        if metrics == lease_http:
            raise ConfigError(f"--metrics {metrics} and --lease-http {lease_http}: one port each, as 9464 and 8080")
        if harness or pcap is not None:
            raise ConfigError("--lease goes with neither --harness nor --pcap: each run would begin them anew")
        raise typer.Exit(Elector(terms, sys.argv[1:], audit=audit, quiet=quiet).run())
    if standby:
        from ricloop.runtime.standby import Standby

        if harness or pcap is not None:
            raise ConfigError("--standby goes with neither --harness nor --pcap: each run would begin them anew")
        raise typer.Exit(Standby([word for word in sys.argv[1:] if word != "--standby"]).run())
    run_ric(
        RicOptions(
            # With a door, xApps may all come by it.
            xapps=tuple(xapp or (() if door else ("minimal",))),
            rpc=door,
            listen=tuple(listen or ["tcp://127.0.0.1:36421"]),
            settings_file=settings,
            overrides=tuple(set_ or ()),
            topology_file=topology,
            stage=stage,
            audit_file=audit,
            allow=tuple(allow or ()),
            policies_file=policies,
            shadows=tuple(shadow or ()),
            shadow_report=shadow_report,
            models=tuple(model or ()),
            models_root=models,
            trust_file=trust,
            require_signature=require_signature,
            trace_file=trace,
            metrics=metrics,
            capture_file=pcap,
            seconds=seconds,
            json_file=json_file,
            quiet=quiet,
            clock=clock,
            harness=harness,
            one_process=one_process,
            held=held,
            fence=fence,
            cpu=cpu,
            realtime=realtime,
        )
    )


def nodes(
    at: Annotated[str, typer.Option(help="HOST:PORT that `ricloop ric --metrics` was given.")] = "127.0.0.1:9464",
    watch: Annotated[
        float | None, typer.Option(min=0.1, max=3600, help="Ask again every so many seconds, until Ctrl-C.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write what the RIC said to this file.")] = None,
) -> None:
    """Show the E2 nodes of a running RIC, and those that went away."""
    from ricloop.core.output import check_writable
    from ricloop.runtime.nodetable import show_nodes

    check_writable(json_file, "--json")
    show_nodes(at, watch, json_file)


def metrics(
    name: Annotated[str | None, typer.Argument(help="A measurement, as DRB.UEThpDl; none: all of them.")] = None,
    level: Annotated[str | None, typer.Option(help="Only what is reported per cell, node, ue or flow.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write it to this file as well.")] = None,
) -> None:
    """Explain what KPM can measure: unit, type, level, range, clause, and which vendor profiles change it."""
    from ricloop.core.output import check_writable
    from ricloop.e2sm.kpm.explain import show_metrics

    check_writable(json_file, "--json")
    show_metrics(name, level, json_file)


def decode(
    files: Annotated[list[Path] | None, typer.Argument(help="pcap, pcapng, raw PDU or hex text; none: stdin.")] = None,
    json_out: Annotated[bool, typer.Option("--json", help="Print JSON instead of a tree.")] = False,
    e2ap: Annotated[
        int | None, typer.Option(min=1, max=2, help="E2AP's version: 1, or 2 for v2 and v3; none: as the set-up tells.")
    ] = None,
) -> None:
    """Print the message tree of every E2AP message in the files."""
    import json

    from ricloop.decode import decode_inputs, render

    failed = found = False
    trees = []
    for tree in decode_inputs(files or [], e2ap):
        found = True
        failed |= "error" in tree
        if json_out:
            trees.append(tree)
        else:
            typer.echo(render(tree))
    if json_out:
        typer.echo(json.dumps(trees, indent=2))
    if not found:
        raise ConfigError(f"{', '.join(map(str, files or ())) or 'standard input'}: no E2AP message in it")
    if failed:
        raise typer.Exit(1)


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


def show_version(asked: bool) -> None:
    if asked:
        from ricloop.core.native import codec
        from ricloop.link.loop import loop_name

        python = sys.version.split()[0]
        typer.echo(f"ricloop {version('ricloop')}, Python {python}, codec: {codec()}, event loop: {loop_name()}")
        raise typer.Exit


def build(command: str | None = None) -> typer.Typer:
    """The whole command line; given the name of one command, only that one is imported (start-up time)."""
    app = typer.Typer(
        name="ricloop",
        help="Write, test and run near-real-time RIC xApps.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    plugins = {entry.name: entry for entry in entry_points(group="ricloop.cli")}
    app.callback()(_root)
    app.command()(ric)
    app.command()(xapp)
    app.command()(descriptor)
    app.command()(probe)
    app.command()(nodes)
    app.command("metrics")(metrics)
    app.command()(decode)
    bench = typer.Typer(help="Measure, with a baseline in the same process.", no_args_is_help=True)
    bench.command("codec")(bench_codec)
    bench.command("engine")(bench_engine)
    if command == "bench":
        for entry in sorted(entry_points(group="ricloop.bench"), key=lambda entry: entry.name):
            bench.command(entry.name)(entry.load())
    app.add_typer(bench, name="bench")
    for name in sorted(plugins) if command not in (*OWN_COMMANDS, *plugins) else [command]:
        if name in plugins:
            loaded = plugins[name].load()
            if isinstance(loaded, typer.Typer):
                app.add_typer(loaded, name=name)
            else:
                app.command(name)(loaded)
    if command is not None and not command.startswith("-") and command not in (*OWN_COMMANDS, *plugins):
        known = sorted((*OWN_COMMANDS, *plugins))
        raise ConfigError(f"there is no command '{command}'.{nearest(command, known)} Commands: {', '.join(known)}")
    return app


def _root(
    version_: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Write, test and run near-real-time RIC xApps."""


def main() -> None:
    """Entry point. A person sees one line that names the thing, the value and the way out; never a traceback."""
    try:
        command = build(sys.argv[1] if len(sys.argv) > 1 else None)
        # Through every `finally`, like Ctrl-C. Commands with a loop of their own handle both themselves.
        signal.signal(signal.SIGTERM, _terminated)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        command()
    except RicloopError as error:
        _end(f"ricloop: error: {error}", error.exit_code)
    except Terminated:
        _end("ricloop: terminated", 143)
    except KeyboardInterrupt:
        _end("ricloop: interrupted", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        _end(f"ricloop: error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", 1)
    except Exception as error:
        if os.environ.get("RICLOOP_TRACE"):
            raise
        _end(f"ricloop: bug: {type(error).__name__}: {error} (RICLOOP_TRACE=1 shows where)", 1)


class Terminated(BaseException):
    """SIGTERM came. Not an Exception, so that nothing on the way takes it for a failure."""


def _terminated(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _end(line: str, code: int) -> None:
    sys.stderr.write(line + "\n")
    raise SystemExit(code)
