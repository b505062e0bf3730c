"""What `ricloop sim run` may be asked for, and what of it does not fit together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_replaceable, check_writable


class ClockMode(StrEnum):
    """What moves simulated time."""

    REAL = "real"
    LOCKSTEP = "lockstep"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Each field is an option."""

    scenario: Annotated[
        str | None, typer.Argument(help="A scenario's name, see `ricloop sim list`; none with --resume.")
    ] = None
    connect: Annotated[str | None, typer.Option(help="The RIC: tcp://HOST:PORT or sctp://HOST:PORT.")] = None
    only: Annotated[str | None, typer.Option(help="One gNB's part, as gnb1.")] = None
    seed: Annotated[int | None, typer.Option(min=0, help="Everything random follows from it; 1 without.")] = None
    seconds: Annotated[float | None, typer.Option(min=0.1, max=1e6, help="Simulated seconds; else the scenario's.")] = (
        None
    )
    clock: Annotated[ClockMode, typer.Option(help="real, lockstep (with --harness), free (without --connect).")] = (
        ClockMode.REAL
    )
    speed: Annotated[
        str | None, typer.Option(help="Simulated seconds a second, or max: as fast as it goes, as --clock free.")
    ] = None
    sites: Annotated[int | None, typer.Option(min=1, help="Of a network: so many sites instead of its own.")] = None
    ues: Annotated[int | None, typer.Option(min=1, help="Of a network: so many users instead of its own.")] = None
    surge: Annotated[
        tuple[str, ...],
        typer.Option(help="Of single gNBs, as 8:12:2.5: from second 8 to 12 demand times 2.5. More than once."),
    ] = ()
    device: Annotated[
        str | None, typer.Option(help="Where a large network is computed: cpu (numpy), cuda, cuda:N or torch-cpu.")
    ] = None
    truth: Annotated[Path | None, typer.Option(help="Write every anomaly of a network to this JSON file.")] = None
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None
    pcap: Annotated[
        Path | None, typer.Option(help="Write every E2AP message of a run against a RIC to this pcapng file.")
    ] = None
    health: Annotated[
        str | None, typer.Option(help="Of a run against a RIC: say at HOST:PORT whether it goes on, over HTTP.")
    ] = None
    checkpoint: Annotated[
        Path | None, typer.Option(help="Of a network without a RIC: keep it in this file at the end, or when stopped.")
    ] = None
    resume: Annotated[
        Path | None, typer.Option(help="Go on from this checkpoint, to --seconds of simulated time in all.")
    ] = None
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False
    harness: Annotated[bool, typer.Option("--harness", help="Be driven by JSON lines on stdin.", hidden=True)] = False

    @property
    def factor(self) -> float | None:
        """Simulated seconds a second; None: as fast as it goes. Raises ConfigError for what is no speed."""
        if self.speed is None:
            return None if self.clock is ClockMode.FREE else 1.0
        if self.clock is ClockMode.LOCKSTEP:
            raise ConfigError(
                f"--speed {self.speed}: in lockstep the other process says when a tick comes; leave it out"
            )
        if self.speed == "max":
            return None
        try:
            factor = float(self.speed)
        except ValueError:
            factor = 0.0
        if not 0.001 <= factor <= 1000:
            raise ConfigError(f"--speed {self.speed}: give max, or simulated seconds a second, 0.001 to 1000")
        if self.clock is ClockMode.FREE:
            raise ConfigError(f"--speed {self.speed}: --clock free goes as fast as it can; give one of them")
        return factor

    def check(self) -> None:
        """Refuse what does not fit together, naming the way out. Raises ConfigError."""
        self._check_driver()
        if self.pcap is not None and (self.connect is None or self.harness):
            raise ConfigError(
                f"--pcap {self.pcap}: without --connect, or with --harness, this process keeps no capture"
            )
        if self.health is not None:
            if self.connect is None or self.harness:
                raise ConfigError(f"--health {self.health}: it is told of runs with --connect, and without --harness")
            from ricloop.transport.address import host_and_port

            host_and_port(self.health, "--health", "127.0.0.1:8080")
        check_writable(self.json_file, "--json")
        check_writable(self.pcap, "--pcap")
        check_writable(self.truth, "--truth")
        check_replaceable(self.checkpoint, "--checkpoint")
        self._check_kept()
        if self.scenario is None and self.resume is None:
            raise ConfigError("nothing to run: give a scenario, see `ricloop sim list`, or --resume with a checkpoint")

    def _check_driver(self) -> None:
        free = self.factor is None
        if self.connect is not None:
            from ricloop.transport.address import parse_address

            parse_address(self.connect)
        if self.harness and self.connect is None:
            raise ConfigError("--harness drives a run against a RIC: give --connect as well")
        if self.clock is ClockMode.LOCKSTEP and not self.harness:
            raise ConfigError("--clock lockstep waits for another process at every tick: it needs --harness")
        if free and self.connect is not None:
            raise ConfigError(
                f"{'--clock free' if self.speed is None else f'--speed {self.speed}'} does not wait for a RIC: leave "
                "--connect out, or let the clock be real or lockstep"
            )

    def _check_kept(self) -> None:
        """Refuse checkpoints of what cannot be kept, and what a checkpoint has of its own."""
        if self.connect is not None:
            for path, option in ((self.checkpoint, "--checkpoint"), (self.resume, "--resume")):
                if path is not None:
                    raise ConfigError(
                        f"{option} {path}: a run against a RIC cannot be kept; leave it out, or --connect"
                    )
        if self.resume is not None:
            own: dict[str, object] = {"SCENARIO": self.scenario, "--seed": self.seed, "--only": self.only}
            own |= {"--sites": self.sites, "--ues": self.ues, "--surge": self.surge or None, "--device": self.device}
            for option, value in own.items():
                if value is not None:
                    raise ConfigError(f"--resume {self.resume}: it has its own; leave out {option} {value}")
        if self.checkpoint is not None and self.device not in (None, "cpu"):
            raise ConfigError(
                f"--checkpoint {self.checkpoint}: only what runs on numpy can be kept; leave out --device {self.device}"
            )
