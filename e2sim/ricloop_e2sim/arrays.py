"""The array arithmetic of users and their candidate cells: numpy's, or the same by name on another device.

What is of size users × candidates, and all that is done with it, is written once, in operations that both numpy's
arrays and torch's tensors have: operators, indexing, `any`, `sum`, `cumsum`, `reshape`, `swapaxes`, and the functions
of `Arrays` for what they spell differently. Whatever is of size users or cells stays numpy's, on the host.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop_e2sim.layout import Bools, Floats, Ints

HOST = "numpy"
DEVICES = "cpu (numpy), cuda, cuda:N, torch-cpu"
"""What may be asked for, for people."""
BLOCK = 32_768
"""Candidates computed together on a processor: few enough that the arrays on the way stay in its cache."""


class Arrays(Protocol):
    """Operations by numpy's names. float64 and int64 throughout; types are numpy's, whatever the arrays are."""

    device: str
    block: int
    """Candidates to compute together."""

    def put(self, host: NDArray[Any]) -> Any:
        """To the device: the array itself where that is the host."""

    def get(self, array: Any) -> NDArray[Any]:
        """To the host: the array itself where it is there."""

    def empty(self, shape: tuple[int, ...]) -> Floats: ...
    def zeros(self, shape: tuple[int, ...]) -> Floats: ...
    def full(self, shape: tuple[int, ...], value: float) -> Floats: ...
    def falses(self, shape: tuple[int, ...]) -> Bools: ...
    def integers(self, shape: tuple[int, ...], value: int) -> Ints:
        """All alike."""

    def arange(self, count: int) -> Ints: ...
    def floats(self, words: Ints) -> Floats:
        """As float64."""

    def shift(self, words: Ints, bits: int) -> Ints:
        """To the right, as words without a sign."""

    def take(self, table: Floats, index: Ints) -> Floats:
        """Of a table of one dimension; −1 is its last."""

    def rows(self, table: Any, index: Ints) -> Any:
        """`table[index]`, of a table of two dimensions."""

    def along(self, table: Floats, index: Ints) -> Floats:
        """`take_along_axis` of the last one."""

    def where(self, condition: Bools, a: Floats | float, b: Floats | float) -> Floats: ...
    def minimum(self, a: Floats, b: Floats | float) -> Floats: ...
    def maximum(self, a: Floats, b: Floats | float) -> Floats: ...
    def add(self, a: Floats, b: Floats, out: Floats) -> Floats:
        """Into `out`, to whose shape both broadcast."""

    def exp(self, a: Floats) -> Floats: ...
    def log(self, a: Floats) -> Floats: ...
    def log10(self, a: Floats) -> Floats: ...
    def sqrt(self, a: Floats) -> Floats: ...
    def cos(self, a: Floats) -> Floats: ...
    def sin(self, a: Floats) -> Floats: ...
    def arctan2(self, a: Floats, b: Floats) -> Floats: ...
    def degrees(self, a: Floats) -> Floats: ...
    def isfinite(self, a: Floats) -> Bools: ...
    def sums(self, a: Floats) -> Floats:
        """[n] of rows [n, m]."""

    def bincount(self, index: Ints, weights: Floats, size: int) -> Floats:
        """[size]: the sum of the weights [n] of each index [n]; on a GPU in no fixed order."""

    def some(self, a: Bools) -> bool:
        """Whether any is true; of numpy's own, `any` takes five times as long in small worlds."""

    def argmax(self, a: Floats | Bools) -> Ints:
        """[...] along the last axis, the first of equals."""

    def flip(self, a: Floats) -> Floats:
        """[n, m], the columns from the last to the first."""

    def places(self, a: Bools) -> tuple[Ints, Ints]:
        """Rows and columns that are true, on the host, row by row."""


class _Numpy:
    """On the host."""

    device, block = HOST, BLOCK
    where, minimum, maximum, add = staticmethod(np.where), np.minimum, np.maximum, np.add
    exp, log, log10, sqrt, cos, sin = np.exp, np.log, np.log10, np.sqrt, np.cos, np.sin
    arctan2, degrees, isfinite = np.arctan2, np.degrees, np.isfinite
    bincount = staticmethod(np.bincount)
    empty, zeros = staticmethod(np.empty), staticmethod(np.zeros)
    full, arange = staticmethod(np.full), staticmethod(np.arange)

    @staticmethod
    def put(host: NDArray[Any]) -> NDArray[Any]:
        return host

    @staticmethod
    def get(array: NDArray[Any]) -> NDArray[Any]:
        return array

    @staticmethod
    def falses(shape: tuple[int, ...]) -> Bools:
        return np.zeros(shape, dtype=np.bool_)

    @staticmethod
    def integers(shape: tuple[int, ...], value: int) -> Ints:
        return np.full(shape, value, dtype=np.int64)

    @staticmethod
    def floats(words: Ints) -> Floats:
        return words.astype(np.float64)

    @staticmethod
    def shift(words: Ints, bits: int) -> Ints:
        return (words.view(np.uint64) >> np.uint64(bits)).view(np.int64)

    @staticmethod
    def take(table: Floats, index: Ints) -> Floats:
        return table.take(index, mode="wrap")

    @staticmethod
    def rows(table: NDArray[Any], index: Ints) -> NDArray[Any]:
        return table.take(index, axis=0)

    @staticmethod
    def along(table: Floats, index: Ints) -> Floats:
        return np.take_along_axis(table, index, axis=-1)

    @staticmethod
    def sums(a: Floats) -> Floats:
        return np.asarray(np.add.reduce(a, axis=1))

    @staticmethod
    def some(a: Bools) -> bool:
        return bool(np.count_nonzero(a))

    @staticmethod
    def argmax(a: Floats) -> Ints:
        return np.asarray(a.argmax(axis=-1))

    @staticmethod
    def flip(a: Floats) -> Floats:
        return a[:, ::-1]

    @staticmethod
    def places(a: Bools) -> tuple[Ints, Ints]:
        row, column = a.nonzero()
        return row, column


NUMPY = cast("Arrays", _Numpy())


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
    from ricloop_e2sim.torcharrays import on_torch

    return on_torch(str(device))
