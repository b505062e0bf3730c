"""What every training run does alike: steps of Adam that can be interrupted, and where a model came from."""

from __future__ import annotations

import hashlib
import math
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from ricloop.core.model import Table
from ricloop.engine import torch_ops
from ricloop.engine.graph import Graph
from ricloop_models.network import Trainable
from ricloop_models.train.base import Run
from ricloop_models.train.checkpoint import Checkpoint
from ricloop_models.train.device import Batch, Error, Forward, Loss, device_of, error_on

SAVE_STEPS, SAVE_NS = 200, 60_000_000_000
"""A checkpoint is written after so many steps or nanoseconds."""
SHOWN = 20
"""Steps between two looks at the loss: a GPU would wait for each."""
DECAY, CLIP = 1e-4, 1.0


@dataclass(frozen=True, eq=False)
class Fitted:
    """What steps of Adam came to."""

    weights: dict[str, NDArray[np.float32]]
    losses: NDArray[np.float32]
    """[steps]"""
    how: dict[str, str]
    """Device, precision, whether it was compiled and why: for the lineage."""


def steady(seed: int) -> None:
    """One thread and deterministic kernels: the same seed gives the same bits on the same processor."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)


def fit(
    forward: Forward,
    start: Mapping[str, NDArray[np.float32]],
    batch: Batch,
    loss: Loss,
    *,
    count: int,
    rate: float,
    run: Run,
    about: object,
    name: str = "weights",
) -> Fitted:
    """AdamW (Loshchilov and Hutter, 2019) with a rate that falls along a cosine to nothing.

    `start`: what is learned, by name. `batch(step)` draws by the step's number, `loss(said, target)` is one number.
    `about`, as the settings: a checkpoint of something else is refused. `name`: of this fit among those of a run.
    An interrupted run that goes on (`run.resume`) ends in the bits of one that was not interrupted.

    Raises ConfigError for a device that is not there and a checkpoint of another run.
    """
    device = device_of(run.device)
    weights = {key: torch.tensor(value, device=device, requires_grad=True) for key, value in start.items()}
    adam = torch.optim.AdamW(list(weights.values()), lr=rate, weight_decay=DECAY)
    losses = torch.zeros(count, device=device)
    error, how = error_on(device, forward, loss, weights, batch, run.clock)
    identity = _identity(start, batch(0), about, f"{count} {rate} {device.type}")
    kept = Checkpoint(run.checkpoint(name), identity)
    done = kept.restore(weights, adam, losses) if run.resume else 0
    with _bar(run) as progress:
        task = progress.add_task(f"fitting {name}", total=count, completed=done, loss=math.nan, rate=0.0)
        whole = True
        try:
            saved, since = done, run.clock.now()
            for step in range(done, count):
                found = _slope(adam, error, batch(step), rate * (1 + math.cos(math.pi * step / count)) / 2)
                whole = False
                adam.step()
                losses[step] = found
                done, whole = step + 1, True
                if done % SHOWN == 0:
                    went = max(1, run.clock.now() - since)
                    progress.update(task, completed=done, loss=float(losses[step]), rate=(done - saved) * 1e9 / went)
                if done - saved >= SAVE_STEPS or run.clock.now() - since > SAVE_NS:
                    kept.save(done, weights, adam, losses)
                    saved, since = done, run.clock.now()
        finally:
            # Also where it was interrupted: `--resume` goes on from here; half a step is no place to go on from.
            if whole:
                kept.save(done, weights, adam, losses)
    learned = {key: value.detach().cpu().numpy().copy() for key, value in weights.items()}
    return Fitted(learned, losses.cpu().numpy(), how)


def _slope(adam: torch.optim.AdamW, error: Error, drawn: tuple[Table, Table], rate: float) -> Tensor:
    """The loss here, with its slope in place for a step at this rate. No weight is changed."""
    (group,) = adam.param_groups
    group["lr"] = rate
    device = group["params"][0].device
    asked, target = (torch.from_numpy(table).to(device) for table in drawn)
    adam.zero_grad()
    found = error(asked, target)
    found.backward()
    torch.nn.utils.clip_grad_norm_(group["params"], CLIP)
    return found.detach()


def start_of(network: Trainable) -> dict[str, NDArray[np.float32]]:
    """What is learned of a network, as it was drawn."""
    return {name: network.graph.constants[name] for name in network.weights}


def forward_of(network: Trainable, run: Run) -> Forward:
    """The network as a function of what is learned of it."""
    # Whole numbers are bounds of slices: as tensors they would cut a compiled graph in pieces.
    constants = {
        name: tensor.tolist() if network.graph.constants[name].dtype.kind == "i" else tensor
        for name, tensor in torch_ops.tensors(network.graph, device_of(run.device)).items()
    }

    def forward(weights: Mapping[str, Tensor], asked: Tensor) -> Tensor:
        return torch_ops.forward(network.graph, {**constants, **weights}, asked)

    return forward


def answers(graph: Graph, table: Table) -> Table:
    """What a graph says, in double precision: no engine's rounding is in it."""
    constants = {n: v.double() if v.is_floating_point() else v for n, v in torch_ops.tensors(graph).items()}
    with torch.inference_mode():
        said: NDArray[np.float64] = torch_ops.forward(graph, constants, torch.from_numpy(table).double()).numpy()
    return said.astype(np.float32)


def shuffled(rows: int, batch: int, seed: int) -> Callable[[int], NDArray[np.int64]]:
    """(step) → row numbers of its batch; every row once per round, the rest of a round that fills no batch left out."""
    steps = max(1, rows // batch)
    drawn: dict[int, NDArray[np.int64]] = {}

    def rows_of(step: int) -> NDArray[np.int64]:
        turn, at = divmod(step, steps)
        if turn not in drawn:
            drawn.clear()
            drawn[turn] = np.random.default_rng((seed, turn)).permutation(rows)
        return drawn[turn][at * batch : (at + 1) * batch]

    return rows_of


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


def _identity(start: Mapping[str, NDArray[np.float32]], first: tuple[Table, Table], about: object, how: str) -> str:
    """Of a fit: what it starts from, what it draws first, its settings."""
    found = hashlib.sha256(f"{about!r} {how} {sorted(start)}".encode())
    for array in (*first, *start.values()):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def _bar(run: Run) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f}"),
        TextColumn("{task.fields[rate]:.0f} steps/s"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=run.console, transient=True)
