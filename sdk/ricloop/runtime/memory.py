"""Memory that processes share: it has no name, and is gone with the last one that has its file descriptor."""

from __future__ import annotations

import os
import tempfile


def anonymous(name: str) -> int:
    """A file descriptor of empty memory; `name` is only shown by the system. It grows by `os.ftruncate`."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create(name)
    descriptor, path = tempfile.mkstemp(prefix=f"{name}-")
    os.unlink(path)
    return descriptor
