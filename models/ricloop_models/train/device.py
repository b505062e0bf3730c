"""Where a fit computes: on the CPU to the bit, on a GPU in bfloat16, compiled where that was measured to pay."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import torch
from torch import Tensor

from ricloop.core.errors import ConfigError, nearest
from ricloop.core.model import Table
from ricloop.core.time import Clock

Weights: TypeAlias = Mapping[str, Tensor]
Forward: TypeAlias = Callable[[Weights, Tensor], Tensor]
"""(what is learned, inputs) → answers, on the device of its arguments."""
Loss: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""(answers, targets) → one number."""
Batch: TypeAlias = Callable[[int], tuple[Table, Table]]
"""(step) → (inputs, targets): what a step draws follows from its number and the seed, so that a run can go on."""
Error: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""(inputs, targets) → one number to go down."""
TRIALS = 10
"""Steps of each way, when a GPU's run finds out whether compiling pays."""
PAYS = 1.05
"""How many times faster compiled steps must be, as compiling itself takes a while."""
DEVICES = ("cpu", "cuda")


def device_of(name: str) -> torch.device:
    """Raises ConfigError for a word that is no device, and for a GPU that is not there."""
    if name not in DEVICES:
        raise ConfigError(f"--device {name}: there is no such device.{nearest(name, DEVICES)} Devices: cpu, cuda")
    if name == "cuda" and not torch.cuda.is_available():
        built = torch.version.cuda or "none: this PyTorch was built for CPUs"
        raise ConfigError(f"--device cuda: PyTorch sees no GPU here (CUDA {built}); leave it out to train on the CPU")
    return torch.device(name)


def error_on(
    device: torch.device, forward: Forward, loss: Loss, weights: Weights, batch: Batch, clock: Clock
) -> tuple[Error, dict[str, str]]:
    """The number to go down as this device computes it best, and how that is."""

    def plain(asked: Tensor, target: Tensor) -> Tensor:
        with torch.autocast("cuda", torch.bfloat16, enabled=device.type == "cuda"):
            said = forward(weights, asked)
        return loss(said.float(), target)

    if device.type == "cpu":
        return plain, {"device": "cpu", "precision": "float32", "compiled": "no: not to the bit"}
    asked, target = (torch.from_numpy(table).to(device) for table in batch(0))
    how = {"device": torch.cuda.get_device_name(device), "precision": "bfloat16 where torch.autocast has it"}
    try:
        compiled: Error = torch.compile(plain)
        before, after = (_seconds(way, asked, target, weights, clock) for way in (plain, compiled))
    except RuntimeError as error:
        return plain, {**how, "compiled": f"no: {type(error).__name__}"}
    gain = before / after
    if gain < PAYS:
        return plain, {**how, "compiled": f"no: {gain:.2f} times as fast"}
    return compiled, {**how, "compiled": f"yes: {gain:.2f} times as fast"}


def _seconds(way: Error, asked: Tensor, target: Tensor, weights: Weights, clock: Clock) -> float:
    """Of `TRIALS` errors and their derivatives, after two that are not counted; nothing is learned of them."""
    for counted in (2, TRIALS):
        torch.cuda.synchronize()
        begin = clock.now()
        for _ in range(counted):
            torch.autograd.grad(way(asked, target), list(weights.values()))
        torch.cuda.synchronize()
    return (clock.now() - begin) / 1e9
