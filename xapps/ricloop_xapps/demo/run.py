"""One demo run: the network, the RIC, the result, and what a person keeps of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from rich.console import Console

from ricloop_e2sim.scenarios import find
from ricloop_xapps.demo.facts import facts
from ricloop_xapps.demo.latency import end_to_end, first_error
from ricloop_xapps.demo.memory import run_in_memory
from ricloop_xapps.demo.options import DemoOptions, Pace, Wire
from ricloop_xapps.demo.page import write_page
from ricloop_xapps.demo.result import broken_promises, combine
from ricloop_xapps.demo.series import Series
from ricloop_xapps.demo.show import Show, print_facts
from ricloop_xapps.demo.sockets import run_over_sockets
from ricloop_xapps.demo.together import named, planned, spans


def run_demo(options: DemoOptions, quiet: bool) -> tuple[dict[str, Any], list[str], Console]:
    """The result, what it should have held and did not, and the console to go on printing to."""
    title = (
        f"ricloop demo: scenario {options.scenario}, seed {options.seed}, {named(options.xapps)}, "
        f"E2 over {options.wire.value}, {options.pace.value} clock, {options.seconds:g} s"
    )
    (options.run_dir / "audit.jsonl").unlink(missing_ok=True)
    if options.event is not None:
        policies = options.run_dir / "policies.json"
        policies.write_text(json.dumps(planned(find(options.scenario), options.event), indent=1) + "\n")
        options = replace(options, policies=policies.resolve())
    series = Series()
    with Show(title, quiet) as show:

        def status(ric: dict[str, Any], worlds: list[dict[str, Any]], share: float) -> None:
            series.add(worlds)
            show.status(ric, worlds, share)

        run = run_in_memory if options.wire is Wire.MEMORY else run_over_sockets
        ric, worlds = run(options, status)
    e2e = end_to_end(options.run_dir / "audit.jsonl", worlds).quantiles()
    result = combine(ric, worlds, e2e, repeatable=options.pace is not Pace.REAL, surges=options.surges)
    if result["handler_errors"]:
        result["first_error"] = first_error(options.run_dir / "audit.jsonl")
    (options.run_dir / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    write_page(options.run_dir / "report.html", title, result, series, spans(options, result["drift"]["changes"]))
    print_facts(show.console, facts(result))
    return result, broken_promises(result), show.console
