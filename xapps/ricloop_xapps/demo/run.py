"""One demo run: the network, the RIC, the result, and what a person keeps of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from rich.console import Console

from ricloop_xapps.demo.facts import facts
from ricloop_xapps.demo.latency import end_to_end, first_error
from ricloop_xapps.demo.memory import run_in_memory
from ricloop_xapps.demo.options import Pace, Wire
from ricloop_xapps.demo.page import write_page
from ricloop_xapps.demo.plan import DemoPlan
from ricloop_xapps.demo.result import broken_promises, combine
from ricloop_xapps.demo.series import Series
from ricloop_xapps.demo.show import Show, print_facts
from ricloop_xapps.demo.sockets import run_over_sockets
from ricloop_xapps.demo.together import named, planned, spans


def run_demo(plan: DemoPlan, quiet: bool) -> tuple[dict[str, Any], list[str], Console]:
    """The result, what it should have held and did not, and the console to go on printing to."""
    title = (
        f"ricloop demo: scenario {plan.scenario.name}, seed {plan.seed}, {named(plan.xapps)}, "
        f"E2 over {plan.wire.value}, {plan.pace.value} clock, {plan.seconds:g} s"
    )
    (plan.run_dir / "audit.jsonl").unlink(missing_ok=True)
    if plan.event is not None:
        policies = plan.run_dir / "policies.json"
        policies.write_text(json.dumps(planned(plan.scenario, plan.event), indent=1) + "\n")
        plan = replace(plan, policies=policies.resolve())
    series = Series()
    with Show(title, quiet) as show:

        def status(ric: dict[str, Any], worlds: list[dict[str, Any]], share: float) -> None:
            series.add(worlds)
            show.status(ric, worlds, share)

        run = run_in_memory if plan.wire is Wire.MEMORY else run_over_sockets
        ric, worlds = run(plan, status)
    e2e = end_to_end(plan.run_dir / "audit.jsonl", worlds).quantiles()
    result = combine(ric, worlds, e2e, repeatable=plan.pace is not Pace.REAL, surges=plan.surges)
    if result["handler_errors"]:
        result["first_error"] = first_error(plan.run_dir / "audit.jsonl")
    (plan.run_dir / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    write_page(plan.run_dir / "report.html", title, result, series, spans(plan, result["drift"]["changes"]))
    print_facts(show.console, facts(result))
    return result, broken_promises(result), show.console
