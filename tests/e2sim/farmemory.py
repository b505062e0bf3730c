"""Torch's arrays as if in a memory that the host cannot see: only what is put there and got from there meets.

On the processor torch mixes its tensors with numpy's arrays without a word, which no GPU does. Needs torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ricloop_e2sim.arithmetic.arrays import BLOCK
from ricloop_e2sim.arithmetic.torcharrays import Torch


class Far(torch.Tensor):  # type: ignore[misc]
    """A tensor that is there."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        for one in _flat((*args, *(kwargs or {}).values())):
            if isinstance(one, np.ndarray) or (type(one) is torch.Tensor and one.ndim):
                raise TypeError(f"{func.__name__} mixes what is here with what is far")
        return super().__torch_function__(func, types, args, kwargs or {})

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("what is far is no array here")


def _flat(values: Any) -> Iterator[Any]:
    for one in values:
        if isinstance(one, tuple | list):
            yield from _flat(one)
        else:
            yield one


class FarArrays(Torch):
    """The operations there, and a record of what went to and fro: sizes in elements."""

    def __init__(self) -> None:
        super().__init__("far", torch.device("cpu"), BLOCK)
        self.travelled: list[int] = []

    def put(self, host: NDArray[Any]) -> Any:
        self.travelled.append(host.size)
        return super().put(host).as_subclass(Far)

    def get(self, array: Any) -> NDArray[Any]:
        assert type(array) is Far
        here = super().get(array.as_subclass(torch.Tensor))
        self.travelled.append(here.size)
        return here

    def empty(self, shape: tuple[int, ...]) -> Any:
        return super().empty(shape).as_subclass(Far)

    def zeros(self, shape: tuple[int, ...]) -> Any:
        return super().zeros(shape).as_subclass(Far)

    def full(self, shape: tuple[int, ...], value: float) -> Any:
        return super().full(shape, value).as_subclass(Far)

    def falses(self, shape: tuple[int, ...]) -> Any:
        return super().falses(shape).as_subclass(Far)

    def integers(self, shape: tuple[int, ...], value: int) -> Any:
        return super().integers(shape, value).as_subclass(Far)

    def arange(self, count: int) -> Any:
        return super().arange(count).as_subclass(Far)
