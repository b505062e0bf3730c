"""What `ricloop ric` can be asked, in one place: the command line fills it in, the process obeys it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CLOCKS = ("real", "lockstep")


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcOptions:
    """The door for xApps of other processes; see the help of `ricloop ric`."""

    where: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    insecure: bool = False
    allow: tuple[str, ...] = ()
    """Patterns of their names; none: every name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RicOptions:
    """What `ricloop ric` was asked; see its help."""

    xapps: tuple[str, ...]
    listen: tuple[str, ...]
    settings_file: Path | None = None
    overrides: tuple[str, ...] = ()
    topology_file: Path | None = None
    stage: str = "active"
    audit_file: Path | None = None
    allow: tuple[str, ...] = ()
    """Patterns of the ids of nodes that may connect; none: every node."""
    policies_file: Path | None = None
    """A1 policies; see `a1file`."""
    models: tuple[str, ...] = ()
    """NAME=FOLDER or NAME=module:name; see `models.sources`."""
    models_root: Path | None = None
    """Folder of a registry of models."""
    trust_file: Path | None = None
    """Whose models may run; see `store.read_trust`."""
    require_signature: bool = False
    shadows: tuple[str, ...] = ()
    """NAME=FOLDER of challengers."""
    shadow_report: Path | None = None
    """Where what came of them is written, as JSON or HTML by its ending."""
    trace_file: Path | None = None
    """Where every decision's stages are written, as Chrome's trace events."""
    metrics: str | None = None
    capture_file: Path | None = None
    seconds: float | None = None
    json_file: Path | None = None
    quiet: bool = False
    clock: str = "real"
    harness: bool = False
    one_process: bool = False
    """Audit and metrics in the loop's own process: fewer processes, and a loop that they disturb."""
    held: bool = False
    """Get everything ready, then wait for a line on standard input; its end ends the run (see `standby`)."""
    cpu: int | None = None
    """Run the loop on this processor alone; the side process and models of one's own then have the others."""
    rpc: RpcOptions | None = None
    """Where xApps of other processes connect."""
    realtime: bool = False
    """Ask the kernel for SCHED_FIFO: neighbours on the host then do not delay the loop. Needs CAP_SYS_NICE."""
