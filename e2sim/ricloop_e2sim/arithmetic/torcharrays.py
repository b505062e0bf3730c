"""The operations of `Arrays` on torch's tensors: on a GPU, or on the processor to see that they come to the same."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.arrays import BLOCK, Arrays

GPU_BLOCK = 1 << 23
"""Candidates computed together on a GPU: a whole network of 200,000 users; about 2 GiB on the way."""


def on_torch(device: str) -> Arrays:
    """Raises ConfigError for a GPU that torch does not find."""
    if device == "torch-cpu":
        # Blocks that fit into a core's cache are too small to be shared among threads: those only wait for each other.
        torch.set_num_threads(1)
        return cast("Arrays", Torch(device, torch.device("cpu"), BLOCK))
    found = torch.cuda.device_count()
    number = int(device.partition(":")[2] or 0)
    if number >= found:
        has = "finds no GPU" if not found else f"finds {found}, numbered from 0"
        raise ConfigError(f"device {device}: torch {has}; leave it out to run on numpy, or give torch-cpu")
    return cast("Arrays", Torch(device, torch.device("cuda", number), GPU_BLOCK))


class Torch:
    """On one device."""

    exp, log, log10, sqrt = torch.exp, torch.log, torch.log10, torch.sqrt
    cos, sin, arctan2, degrees = torch.cos, torch.sin, torch.atan2, torch.rad2deg
    isfinite = torch.isfinite

    def __init__(self, device: str, where: Any, block: int) -> None:
        self.device, self.block = device, block
        self._on = where
        self._real = {"dtype": torch.float64, "device": where}
        self._whole = {"dtype": torch.int64, "device": where}

    def put(self, host: NDArray[Any]) -> Any:
        return torch.tensor(host, device=self._on)

    def get(self, array: Any) -> NDArray[Any]:
        return np.asarray(array.cpu().numpy())

    def empty(self, shape: tuple[int, ...]) -> Any:
        return torch.empty(shape, **self._real)

    def zeros(self, shape: tuple[int, ...]) -> Any:
        return torch.zeros(shape, **self._real)

    def full(self, shape: tuple[int, ...], value: float) -> Any:
        return torch.full(shape, value, **self._real)

    def falses(self, shape: tuple[int, ...]) -> Any:
        return torch.zeros(shape, dtype=torch.bool, device=self._on)

    def integers(self, shape: tuple[int, ...], value: int) -> Any:
        return torch.full(shape, value, **self._whole)

    def arange(self, count: int) -> Any:
        return torch.arange(count, **self._whole)

    @staticmethod
    def floats(words: Any) -> Any:
        return words.to(torch.float64)

    @staticmethod
    def shift(words: Any, bits: int) -> Any:
        # Torch shifts copies of the sign in.
        return (words >> bits) & ((1 << (64 - bits)) - 1)

    @staticmethod
    def take(table: Any, index: Any) -> Any:
        return table[index]

    @staticmethod
    def rows(table: Any, index: Any) -> Any:
        return table[index]

    @staticmethod
    def along(table: Any, index: Any) -> Any:
        return table.gather(-1, index)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        # Of two plain numbers torch would make float32.
        return torch.where(condition, a if torch.is_tensor(a) else torch.tensor(a, **self._real), b)

    @staticmethod
    def minimum(a: Any, b: Any) -> Any:
        return torch.minimum(a, b) if torch.is_tensor(b) else a.clamp(max=b)

    @staticmethod
    def maximum(a: Any, b: Any) -> Any:
        return torch.maximum(a, b) if torch.is_tensor(b) else a.clamp(min=b)

    @staticmethod
    def add(a: Any, b: Any, out: Any) -> Any:
        return out.copy_(a + b)

    @staticmethod
    def sums(a: Any) -> Any:
        return a.sum(dim=1)

    @staticmethod
    def bincount(index: Any, weights: Any, size: int) -> Any:
        return torch.bincount(index, weights, size)

    @staticmethod
    def some(a: Any) -> bool:
        return bool(a.any())

    @staticmethod
    def argmax(a: Any) -> Any:
        # Torch knows no greatest of booleans.
        return (a.to(torch.uint8) if a.dtype == torch.bool else a).argmax(dim=-1)

    @staticmethod
    def flip(a: Any) -> Any:
        return a.flip(1)

    def places(self, a: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        row, column = self.get(a.nonzero()).T
        return row, column
