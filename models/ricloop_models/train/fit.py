"""What every training run does alike: the same bits for the same seed, steps of Adam, and where it came from."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ricloop.core.model import Table
from ricloop.engine import torch_ops
from ricloop.engine.graph import Graph
from ricloop_models.network import Trainable


def steady(seed: int) -> None:
    """One thread and deterministic kernels: the same seed gives the same bits on the same processor."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)


def weights_of(network: Trainable) -> tuple[dict[str, Tensor], list[Tensor]]:
    """The constants as tensors, and those of them that are learned."""
    constants = torch_ops.tensors(network.graph)
    learned = [constants[name].requires_grad_() for name in network.weights]
    return constants, learned


def steps(
    network: Trainable,
    constants: dict[str, Tensor],
    learned: list[Tensor],
    batches: Iterator[tuple[Table, Table]],
    loss: Callable[[Tensor, Tensor], Tensor],
    *,
    count: int,
    rate: float,
) -> Iterator[float]:
    """Adam with a learning rate that falls along a cosine to nothing, one loss per step."""
    adam = torch.optim.AdamW(learned, lr=rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, count)
    for _ in range(count):
        asked, target = next(batches)
        adam.zero_grad()
        error = loss(torch_ops.forward(network.graph, constants, torch.from_numpy(asked)), torch.from_numpy(target))
        error.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        adam.step()
        schedule.step()
        yield float(error.detach())


def finished(network: Trainable, constants: dict[str, Tensor]) -> Graph:
    """The graph with the weights as they are now."""
    return network.trained({name: constants[name].detach().numpy().copy() for name in network.weights})


def answers(graph: Graph, table: Table) -> Table:
    """What a graph says, in double precision: no engine's rounding is in it."""
    constants = {n: v.double() if v.is_floating_point() else v for n, v in torch_ops.tensors(graph).items()}
    with torch.inference_mode():
        said: NDArray[np.float64] = torch_ops.forward(graph, constants, torch.from_numpy(table).double()).numpy()
    return said.astype(np.float32)


def shuffled(rows: int, batch: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Batches of row numbers without end; every row once per round."""
    dice = np.random.default_rng(seed)
    while True:
        order = dice.permutation(rows)
        for start in range(0, rows - batch + 1, batch):
            yield order[start : start + batch]


def digest(*arrays: NDArray[np.float32]) -> str:
    """sha256 of tables."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def code_digest() -> str:
    """Of every source file of this package: two artifacts with the same one were trained by the same code."""
    root = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        found.update(f"{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return f"sha256:{found.hexdigest()}"


def packages() -> dict[str, str]:
    """What computed it."""
    return {name: version(name) for name in ("numpy", "torch")} | {"python": platform.python_version()}
