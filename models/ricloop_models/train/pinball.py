"""The loss whose minimum is a quantile (Koenker and Bassett 1978)."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ricloop_models.train.device import Loss


def pinball(quantiles: Sequence[float], horizons: int) -> Loss:
    """The mean over quantiles and horizons; what has no target costs nothing."""
    levels = torch.tensor(quantiles).repeat_interleave(horizons)

    def loss(said: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        off, at = target.repeat(1, len(quantiles)) - said, levels.to(said.device)
        return torch.maximum(at * off, (at - 1) * off).nanmean()

    return loss
