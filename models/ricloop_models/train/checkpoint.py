"""The state of a fit on disk: weights, Adam's moments and losses as safetensors; the step is in its header.

What a step draws follows from its number, so the step is the position of every random stream.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from ricloop.core.errors import ConfigError
from ricloop.store.files import replace

MOMENTS = ("exp_avg", "exp_avg_sq")


class Checkpoint:
    """One file; the newest state replaces the one before, whole."""

    def __init__(self, path: Path, identity: str) -> None:
        """`identity`: of the fit; a checkpoint of another one is not gone on from."""
        self.path, self._identity = path, identity

    def save(self, step: int, weights: Mapping[str, Tensor], adam: torch.optim.Optimizer, losses: Tensor) -> None:
        """After `step` steps."""
        tensors = {"losses": losses}
        for name, weight in weights.items():
            tensors[f"weight.{name}"] = weight.detach()
            for moment in MOMENTS:
                tensors[f"{moment}.{name}"] = adam.state[weight].get(moment, torch.zeros_like(weight)).detach()
        whole = {name: value.cpu().contiguous() for name, value in tensors.items()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        about = json.dumps({"schema": 1, "step": step, "identity": self._identity})
        replace(self.path, save(whole, metadata={"fit": about}))

    def restore(self, weights: Mapping[str, Tensor], adam: torch.optim.Optimizer, losses: Tensor) -> int:
        """Put the kept state in place; the number of steps it is after, 0 where none was kept.

        Raises ConfigError for a file of another fit, and for one that is none."""
        if not self.path.exists():
            return 0
        try:
            with safe_open(self.path, "pt") as file:
                about = json.loads((file.metadata() or {})["fit"])
                if about["identity"] != self._identity:
                    raise ConfigError(f"--resume: {self.path} is of other settings or data. {_WAY_OUT}")
                step = int(about["step"])
                with torch.no_grad():
                    losses.copy_(file.get_tensor("losses"))
                    for name, weight in weights.items():
                        weight.copy_(file.get_tensor(f"weight.{name}"))
                        moments = {m: file.get_tensor(f"{m}.{name}").to(weight.device) for m in MOMENTS}
                        adam.state[weight] = {"step": torch.tensor(float(step)), **moments}
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"--resume: {self.path} is no checkpoint: {error}. {_WAY_OUT}") from error
        return step


_WAY_OUT = "Remove it, or train without --resume"
