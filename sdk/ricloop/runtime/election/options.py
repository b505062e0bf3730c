"""What the election of one RIC among several goes by."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path

from ricloop.core.errors import ConfigError
from ricloop.runtime.options import RicOptions
from ricloop.transport.address import host_and_port

SHORTEST_RENEW_S = 0.2
LONGEST_RENEW_S = 1200.0
NAME = re.compile(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")
"""What Kubernetes calls things by (RFC 1123)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseOptions:
    """One of several in control, by a Lease of Kubernetes; see the help of `ricloop ric`."""

    lease: str
    """NAMESPACE/NAME."""
    http: str = "127.0.0.1:8080"
    """HOST:PORT of health and metrics of the election; they are there whoever is in control."""
    duration: int = 6
    """Seconds, Kubernetes' leaseDurationSeconds: how long the others wait for a holder that is silent."""
    renew: float = 1.0
    """Seconds between two renewals."""
    identity: str = ""
    """Of this replica: its pod's name; empty: the host's name, which in a pod is the same."""
    api: str | None = None
    """URL of the API server; None: as a pod finds it."""
    token: Path | None = None
    ca: Path | None = None

    @classmethod
    def of(cls, options: RicOptions) -> LeaseOptions | None:
        """None for a RIC that is alone. Raises ConfigError where something is said of an election that there is none
        of, and for values as below."""
        names = [field.name for field in fields(cls) if field.name != "lease"]
        said = {name: value for name in names if (value := getattr(options, f"lease_{name}")) is not None}
        if options.lease is not None:
            return cls(lease=options.lease, **said)
        for name in said:
            raise ConfigError(
                f"--lease NAMESPACE/NAME is missing: --lease-{name} goes with it, and without it nobody is elected"
            )
        return None

    def __post_init__(self) -> None:
        """Raises ConfigError that names the option, its value and the way out."""
        namespace, slash, name = self.lease.partition("/")
        if not slash or not NAME.fullmatch(namespace) or not NAME.fullmatch(name):
            raise ConfigError(f"--lease {self.lease}: write NAMESPACE/NAME in lower case, as ricplt/ricloop")
        if self.identity and not NAME.fullmatch(self.identity):
            raise ConfigError(f"--lease-identity {self.identity}: a pod's name, in lower case, as ricloop-0")
        # Said so that it holds for NaN as well.
        if not SHORTEST_RENEW_S <= self.renew <= LONGEST_RENEW_S:
            raise ConfigError(
                f"--lease-renew {self.renew:g}: {SHORTEST_RENEW_S:g} s or more, for the API server's sake, and "
                f"{LONGEST_RENEW_S:g} s at most"
            )
        if self.duration <= 3 * self.renew:
            raise ConfigError(
                f"--lease-duration {self.duration} with --lease-renew {self.renew:g}: more than three renewals must "
                f"fit; give {int(3 * self.renew) + 1} or more, or renew more often"
            )
        host_and_port(self.http, "--lease-http", "127.0.0.1:8080")

    @property
    def namespace(self) -> str:
        return self.lease.partition("/")[0]

    @property
    def name(self) -> str:
        return self.lease.partition("/")[2]
