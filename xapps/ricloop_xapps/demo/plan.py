"""What a demo run will be, worked out of what it was asked: whatever can be wrong is said before anything starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable, make_folder
from ricloop.runtime.a1.file import PolicyFile
from ricloop.runtime.load import xapp_class
from ricloop.runtime.settings import build
from ricloop_e2sim.gnb.traffic import Surge
from ricloop_e2sim.scenarios import find
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_xapps.demo.options import DemoOptions, Pace, Wire
from ricloop_xapps.demo.together import DRIFT_RUN_S, EVENTS, TOGETHER, event_of, stutter, xapps_of

Status: TypeAlias = Callable[[dict[str, Any], list[dict[str, Any]], float], None]
"""Called a few times a second with the RIC's status, each world's status and the share of the run that is done."""
STATUS_EVERY_TICKS = 2
"""Where no wall clock drives the world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """One run."""

    scenario: Scenario
    seconds: float
    seed: int
    wire: Wire
    pace: Pace
    xapps: tuple[str, ...]
    run_dir: Path
    settings_file: Path | None = None
    overrides: tuple[str, ...] = ()
    policies: Path | None = None
    """A1 policies, as `ricloop ric --policies` reads them."""
    pcap: Path | None = None
    """Where every E2AP message is written, if anywhere: it costs the RIC's process time."""
    event: tuple[float, float] | None = None
    """The planned event that the demo itself makes a policy of: from and to, in simulated seconds."""
    surges: tuple[Surge, ...] = ()
    """Shifts of demand that models have to notice: not in the scenario yet."""

    @classmethod
    def of(cls, asked: DemoOptions, folder: Path) -> DemoPlan:
        """`folder`: where its files go. Raises ConfigError for what cannot be run."""
        check_writable(asked.json_file, "--json")
        check_writable(asked.pcap, "--pcap")
        scenario, xapps = find(asked.scenario), xapps_of(asked.xapps)
        running = build([xapp_class(name) for name in xapps], asked.settings, asked.overrides)
        if asked.policies is not None:
            PolicyFile(asked.policies)
        plans = asked.policies is None and EVENTS in [app.name for app in running]
        surges = stutter(asked.seconds) if asked.drift or (asked.drift is None and asked.xapps == TOGETHER) else ()
        if asked.drift and not surges:
            raise ConfigError(
                f"--drift: {asked.seconds:g} s are too short to show one; give --seconds {DRIFT_RUN_S:g} or more"
            )
        make_folder(folder, "--run-dir")
        return cls(
            scenario=scenario,
            seconds=asked.seconds,
            seed=asked.seed,
            wire=asked.transport,
            pace=asked.clock,
            xapps=xapps,
            run_dir=folder,
            settings_file=asked.settings and asked.settings.resolve(),
            overrides=asked.overrides,
            policies=asked.policies and asked.policies.resolve(),
            pcap=asked.pcap or (asked.run_dir and asked.run_dir / "e2.pcapng"),
            event=event_of(scenario) if plans else None,
            surges=surges,
        )

    @property
    def quiet_seconds(self) -> float:
        """No new controls this long before the end, so that the effect of each can still be seen."""
        return min(2.0, self.seconds / 4)
