"""The array arithmetic of numpy, on the host."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.arithmetic.arrays import BLOCK, HOST, Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints


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
