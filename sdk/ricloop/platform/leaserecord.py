"""What a Lease of Kubernetes (coordination.k8s.io/v1) says, as far as an election looks at it. Anything may be in one:
other tools write it, and people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

RELEASED = "ricloop.dev/released"
"""Annotation of a lease that its holder gave up in order: its value is who that was. A lease that is merely without a
holder was emptied by somebody else, and the last holder may not know yet."""
LONGEST_S = (1 << 31) - 1
"""What `leaseDurationSeconds` (int32) can hold."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One version of it."""

    version: str
    """metadata.resourceVersion: no two versions share one."""
    holder: str
    """Empty: nobody."""
    renewed: str
    """spec.renewTime as it was written: it is compared, never read as a time."""
    acquired: str
    """spec.acquireTime as it was written."""
    seconds: int | None
    """spec.leaseDurationSeconds; None where there is none that makes sense."""
    transitions: int
    released: bool
    """Its last holder said that it holds nothing any more."""

    @property
    def seen(self) -> tuple[str, str, str]:
        """What changes whenever somebody renews it."""
        return self.version, self.holder, self.renewed


def read(document: object) -> Lease | None:
    """None for what is no Lease at all; a field that makes no sense is as if it were not there."""
    if not isinstance(document, Mapping):
        return None
    meta, spec = _table(document.get("metadata")), _table(document.get("spec"))
    version = meta.get("resourceVersion")
    if not isinstance(version, str) or not version:
        return None
    seconds, transitions = spec.get("leaseDurationSeconds"), spec.get("leaseTransitions")
    holder = _text(spec.get("holderIdentity"))
    return Lease(
        version=version,
        holder=holder,
        renewed=_text(spec.get("renewTime")),
        acquired=_text(spec.get("acquireTime")),
        seconds=seconds if _whole(seconds) and 0 < seconds <= LONGEST_S else None,
        transitions=transitions if _whole(transitions) and 0 <= transitions < LONGEST_S else 0,
        released=not holder and bool(_text(_table(meta.get("annotations")).get(RELEASED))),
    )


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
