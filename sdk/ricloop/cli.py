"""The command `ricloop`. Sub-commands of other packages come in by the entry-point group `ricloop.cli`.

Exit codes: 0 done · 1 the run failed, or a bug · 2 wrong usage, file or setting · 3 a socket or a peer ·
4 the run ended but what it must hold did not · 130 Ctrl-C · 143 SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from importlib.metadata import entry_points, version
from types import FrameType
from typing import Annotated, Any

import typer

from ricloop.commands.bench import bench_codec, bench_engine
from ricloop.commands.decode import decode
from ricloop.commands.descriptor import descriptor
from ricloop.commands.metrics import metrics
from ricloop.commands.nodes import nodes
from ricloop.commands.options import command
from ricloop.commands.probe import probe
from ricloop.commands.ric import ric
from ricloop.commands.xapp import xapp
from ricloop.core.errors import ConfigError, RicloopError, nearest
from ricloop.runtime.options import RicOptions, XAppOptions

OWN: dict[str, Callable[..., Any]] = {
    "ric": command(RicOptions, ric),
    "xapp": command(XAppOptions, xapp),
    "descriptor": descriptor,
    "probe": probe,
    "nodes": nodes,
    "metrics": metrics,
    "decode": decode,
}
OWN_BENCHES: dict[str, Callable[..., Any]] = {"codec": bench_codec, "engine": bench_engine}


def show_version(asked: bool) -> None:
    if asked:
        from ricloop.core.native import codec
        from ricloop.link.loop import loop_name

        python = sys.version.split()[0]
        typer.echo(f"ricloop {version('ricloop')}, Python {python}, codec: {codec()}, event loop: {loop_name()}")
        raise typer.Exit


def build(wanted: str | None = None) -> typer.Typer:
    """The whole command line; given the name of one command, only that one is imported (start-up time)."""
    app = typer.Typer(
        name="ricloop",
        help="Write, test and run near-real-time RIC xApps.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    plugins = {entry.name: entry for entry in entry_points(group="ricloop.cli")}
    known = (*OWN, "bench", *sorted(plugins))
    names = known if wanted is None or wanted.startswith("-") else (wanted,)
    if wanted is not None and not {*names} <= {*known}:
        raise ConfigError(
            f"there is no command '{wanted}'.{nearest(wanted, known)} Commands: {', '.join(sorted(known))}"
        )
    for name in names:
        if name in OWN:
            app.command(name)(OWN[name])
        elif name == "bench":
            app.add_typer(_bench(whole=wanted == "bench"), name="bench")
        else:
            loaded = plugins[name].load()
            if isinstance(loaded, typer.Typer):
                app.add_typer(loaded, name=name)
            else:
                app.command(name)(loaded)
    return app


def _bench(*, whole: bool) -> typer.Typer:
    """Benches of other packages only where `whole`."""
    bench = typer.Typer(help="Measure, with a baseline in the same process.", no_args_is_help=True)
    for name, own in OWN_BENCHES.items():
        bench.command(name)(own)
    if whole:
        for entry in sorted(entry_points(group="ricloop.bench"), key=lambda entry: entry.name):
            bench.command(entry.name)(entry.load())
    return bench


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
