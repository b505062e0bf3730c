"""What `ricloop ric` can be asked, in one place: the command line fills it in, the process obeys it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ricloop.core.errors import ConfigError
from ricloop.transport.address import host_and_port

CLOCKS = ("real", "lockstep")
SHORTEST_RENEW_S = 0.2
LONGEST_RENEW_S = 1200.0
NAME = re.compile(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")
"""What Kubernetes calls things by (RFC 1123)."""


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
    """Get everything ready, then wait for a line on standard input; its end ends the run (see `held`)."""
    fence: int | None = None
    """Descriptor of memory that says how long this process may send (see `fence`)."""
    cpu: int | None = None
    """Run the loop on this processor alone; the side process and models of one's own then have the others."""
    rpc: RpcOptions | None = None
    """Where xApps of other processes connect."""
    realtime: bool = False
    """Ask the kernel for SCHED_FIFO: neighbours on the host then do not delay the loop. Needs CAP_SYS_NICE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseOptions:
    """One of several in control, by a Lease of Kubernetes; see the help of `ricloop ric`."""

    lease: str
    """NAMESPACE/NAME."""
    http: str
    """HOST:PORT of health and metrics of the election; they are there whoever is in control."""
    seconds: int = 6
    """leaseDurationSeconds: how long the others wait for a holder that is silent."""
    renew_s: float = 1.0
    identity: str = ""
    """Of this replica: its pod's name; empty: the host's name, which in a pod is the same."""
    api: str | None = None
    """URL of the API server; None: as a pod finds it."""
    token: Path | None = None
    ca: Path | None = None

    def __post_init__(self) -> None:
        """Raises ConfigError that names the option, its value and the way out."""
        namespace, slash, name = self.lease.partition("/")
        if not slash or not NAME.fullmatch(namespace) or not NAME.fullmatch(name):
            raise ConfigError(f"--lease {self.lease}: write NAMESPACE/NAME in lower case, as ricplt/ricloop")
        if self.identity and not NAME.fullmatch(self.identity):
            raise ConfigError(f"--lease-identity {self.identity}: a pod's name, in lower case, as ricloop-0")
        # Said so that it holds for NaN as well.
        if not SHORTEST_RENEW_S <= self.renew_s <= LONGEST_RENEW_S:
            raise ConfigError(
                f"--lease-renew {self.renew_s:g}: {SHORTEST_RENEW_S:g} s or more, for the API server's sake, and "
                f"{LONGEST_RENEW_S:g} s at most"
            )
        if self.seconds <= 3 * self.renew_s:
            raise ConfigError(
                f"--lease-duration {self.seconds} with --lease-renew {self.renew_s:g}: more than three renewals must "
                f"fit; give {int(3 * self.renew_s) + 1} or more, or renew more often"
            )
        host_and_port(self.http, "--lease-http", "127.0.0.1:8080")

    @property
    def namespace(self) -> str:
        return self.lease.partition("/")[0]

    @property
    def name(self) -> str:
        return self.lease.partition("/")[2]
