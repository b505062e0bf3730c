"""`ricloop ric`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from ricloop.core.errors import ConfigError
from ricloop.runtime.options import RicOptions

if TYPE_CHECKING:
    from ricloop.runtime.election.options import LeaseOptions


def ric(options: RicOptions) -> None:
    """Run the embedded near-RT RIC: E2 nodes connect to it, xApps decide in it."""
    from ricloop.runtime.election.options import LeaseOptions
    from ricloop.runtime.process.serve import run_ric

    _check(options)
    terms = LeaseOptions.of(options)
    if terms is not None and not options.held:
        raise typer.Exit(_elect(options, terms))
    if options.standby:
        raise typer.Exit(_stand_by(options))
    run_ric(options)


def _check(options: RicOptions) -> None:
    """Raises ConfigError for files that cannot be written, and for words about xApps apart that have no door."""
    from ricloop.core.output import check_writable
    from ricloop.runtime.models.report import check_report

    given = (options.rpc_ca, options.rpc_cert, options.rpc_key, options.rpc_insecure, options.allow_xapp)
    if options.rpc is None and any(given):
        raise ConfigError("--rpc HOST:PORT is missing: what is said about xApps of other processes goes with it")
    check_writable(options.json_file, "--json")
    check_writable(options.audit_file, "--audit")
    check_writable(options.capture_file, "--pcap")
    check_writable(options.trace_file, "--trace")
    check_writable(options.shadow_report, "--shadow-report")
    if options.shadow_report is not None:
        check_report(options.shadow_report)
        if not options.shadows and options.models_root is None:
            raise ConfigError(
                "--shadow-report goes with --shadow NAME=FOLDER, or with --models and a version in the shadow"
            )


def _elect(options: RicOptions, terms: LeaseOptions) -> int:
    from ricloop.runtime.election.parent import Elector

    if options.standby:
        raise ConfigError("--lease goes without --standby: with it another replica takes over")
    if options.metrics == terms.http:
        raise ConfigError(f"--metrics {options.metrics} and --lease-http {terms.http}: one port each, as 9464 and 8080")
    _check_anew(options, "--lease")
    return Elector(terms, sys.argv[1:], audit=options.audit_file, quiet=options.quiet).run()


def _stand_by(options: RicOptions) -> int:
    from ricloop.runtime.log import configure
    from ricloop.runtime.process.standby import Standby

    _check_anew(options, "--standby")
    configure(quiet=options.quiet)
    return Standby([word for word in sys.argv[1:] if word != "--standby"]).run()


def _check_anew(options: RicOptions, option: str) -> None:
    if options.harness or options.capture_file is not None:
        raise ConfigError(f"{option} goes with neither --harness nor --pcap: each run would begin them anew")
