"""What the process `ricloop ric` is made of, from what it was asked: everything is there, and nothing moves yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from ricloop.core.errors import ConfigError, nearest
from ricloop.core.model import ModelError
from ricloop.core.time import ManualClock
from ricloop.link.clock import SystemClock
from ricloop.runtime.a1.file import PolicyFile
from ricloop.runtime.books.trace import Trace
from ricloop.runtime.energy.cost import Meter, processor_time_ns
from ricloop.runtime.energy.counters import nvidia, powercap
from ricloop.runtime.models.resolve import challenger, shadows, sources, trusted
from ricloop.runtime.models.swap import Swaps
from ricloop.runtime.options import CLOCKS, RicOptions
from ricloop.runtime.process.embed import embedded_ric
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.settings import cost, drift_detector, grace_s
from ricloop.runtime.side.link import SideLink
from ricloop.runtime.stage import Stage
from ricloop.store import Registry, Trust
from ricloop.transport import parse_address
from ricloop.transport.address import Address, host_and_port

if TYPE_CHECKING:
    from ricloop.runtime.remote.door import Door

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A RIC and what stands beside it."""

    options: RicOptions
    ric: NearRtRic
    addresses: tuple[Address, ...] = ()
    """Where nodes connect."""
    manual: ManualClock | None = None
    """The loop's clock where another process moves it (lockstep)."""
    side: SideLink | None = None
    door: Door | None = None
    """By which xApps of other processes come in."""
    policies: PolicyFile | None = None


def assemble(options: RicOptions) -> Parts:
    """Raises RicloopError for whatever cannot be had as it was asked for."""
    if options.clock not in CLOCKS:
        raise ConfigError(f"--clock {options.clock}: it is one of {', '.join(CLOCKS)}.{nearest(options.clock, CLOCKS)}")
    if options.clock == "lockstep" and not options.harness:
        raise ConfigError("--clock lockstep needs --harness: somebody has to move the clock")
    addresses = tuple(parse_address(text) for text in options.listen)
    registry, trust = trusted(options.models_root, options.trust_file, options.require_signature)
    manual = ManualClock() if options.clock == "lockstep" else None
    stopwatch = SystemClock()
    apart = manual is None and not options.one_process and (options.metrics or options.audit_file)
    detector = drift_detector(options.settings_file)
    side = SideLink(options.audit_file, options.metrics, detector=detector) if apart else None
    ric = embedded_ric(
        # With a door, xApps may all come by it.
        options.xapps or (() if options.rpc else ("minimal",)),
        clock=manual or stopwatch,
        stopwatch=stopwatch,
        settings_file=options.settings_file,
        overrides=options.overrides,
        topology=options.topology_file,
        stage=options.stage,
        audit=side or options.audit_file,
        allow=options.allow,
        models=options.models,
        registry=registry,
        trust=trust,
    )
    if options.trace_file is not None:
        ric.trace = Trace()
    if side is not None:
        lifecycle = ric.lifecycle
        lifecycle.observe, side.on_drift, side.on_anew = side.observe, lifecycle.drifted, lifecycle.forgotten
    _challenge(ric, options, registry, trust)
    if manual is None:
        # In lockstep nothing may depend on when a file was written, and no clock tells what computing took.
        _follow(ric, options, registry)
    policies = None if options.policies_file is None else PolicyFile(options.policies_file)
    if policies is not None:
        ric.a1.apply(policies.policies)
    door = None if options.rpc is None else _door(ric, options, options.rpc)
    return Parts(options=options, ric=ric, addresses=addresses, manual=manual, side=side, door=door, policies=policies)


def _challenge(ric: NearRtRic, options: RicOptions, registry: Registry | None, trust: Trust) -> None:
    """Raises ConfigError, and ModelError for a challenger that cannot be."""
    for name, folder in shadows(options.shadows).items():
        try:
            ric.lifecycle.challenge(name, partial(challenger, folder, trust, ric.clock))
        except ModelError as error:
            raise ModelError(f"--shadow {name}={folder}: {error}") from error


def _follow(ric: NearRtRic, options: RicOptions, registry: Registry | None) -> None:
    """Pointers of the registry, and what computing takes."""
    lifecycle = ric.lifecycle
    if registry is not None:
        lifecycle.pointers = Swaps(
            lifecycle,
            registry,
            trust_file=options.trust_file,
            require_signature=options.require_signature,
            given=frozenset(sources(options.models)),
        )
    devices = nvidia() if lifecycle.on_gpu else ()
    lifecycle.meter = Meter(
        cost(options.settings_file), ric.clock, cpu_ns=processor_time_ns, counters=powercap(), devices=devices
    )


def _door(ric: NearRtRic, options: RicOptions, where: str) -> Door:
    """Raises ConfigError."""
    from ricloop.rpc.extra import require

    require()
    from ricloop.rpc.tls import Files, check_secure
    from ricloop.runtime.remote.door import Door
    from ricloop.runtime.remote.records import SharedAudit
    from ricloop.runtime.remote.remotes import Remotes

    if options.clock == "lockstep":
        raise ConfigError("--rpc goes by the real clock: in lockstep nobody waits for another process")
    host, port = host_and_port(where, "--rpc", "127.0.0.1:36450")
    files = Files.of(options.rpc_ca, options.rpc_cert, options.rpc_key, "--rpc-")
    check_secure(files, host, options.rpc_insecure, "--rpc", "--rpc-insecure")
    if files is not None and (ended := files.ended()):
        log.warning("the RIC's certificate is no longer valid: no xApp takes it", why=ended)
    if files is None:
        log.warning("xApps of any process of this machine may connect: there are no certificates", where=where)
    grace = grace_s(options.settings_file) if options.settings_file is not None else None
    remotes = Remotes(ric, stage=Stage.parse(options.stage), allowed=options.allow_xapp, grace_s=grace)
    ric.remotes = remotes
    ric.audit = SharedAudit(ric.audit, remotes)
    return Door(remotes, host, port, files)
