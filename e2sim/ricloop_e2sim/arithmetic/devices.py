"""The array arithmetic of a device that a person names."""

from __future__ import annotations

from importlib.util import find_spec

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.hostarrays import NUMPY

DEVICES = "cpu (numpy), cuda, cuda:N, torch-cpu"
"""What may be asked for, for people."""


def arrays(device: str | None = None) -> Arrays:
    """Those of a device: cpu or None (numpy), cuda, cuda:N, or torch-cpu, which is torch on the processor.

    Raises ConfigError for a device that is unknown or is not there, and where torch is not installed.
    """
    if device in (None, "cpu"):
        return NUMPY
    kind, _, number = str(device).partition(":")
    if (kind != "cuda" or not number.isdecimal() or not number.isascii()) and device not in ("cuda", "torch-cpu"):
        raise ConfigError(f"no device is called {device!r}. Known: {DEVICES}")
    if find_spec("torch") is None:
        raise ConfigError(f"device {device}: torch is not installed: pip install 'ricloop[ml]', or leave it to numpy")
    from ricloop_e2sim.arithmetic.torcharrays import on_torch

    return on_torch(str(device))
