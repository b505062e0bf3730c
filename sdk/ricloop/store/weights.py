"""`model.safetensors`: every constant of the network, for whoever reads no ONNX. Both say the same, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as read
from safetensors.numpy import save as write

from ricloop.core.model import ModelError

Constants = Mapping[str, NDArray[Any]]


def octets_of(constants: Constants) -> bytes:
    """The file; the same constants always give the same octets."""
    # A view would be written as the memory lies, not as it is looked at.
    return bytes(write({name: np.array(value, order="C") for name, value in constants.items()}))


def check(octets: bytes, constants: Constants, where: object) -> None:
    """Raises ModelError naming the first constant in which the file differs from the network's, or that is not
    finite."""
    try:
        found: Constants = read(octets)
    except (SafetensorError, ValueError, KeyError) as error:
        raise ModelError(f"{where}: no safetensors file: {error}") from error
    for name in sorted(set(found) | set(constants)):
        if name not in found or name not in constants:
            raise ModelError(f"{where}: {name} is in {'the network' if name in constants else 'this file'} alone")
        ours, theirs = found[name], constants[name]
        if (ours.dtype, ours.shape, ours.tobytes()) != (theirs.dtype, theirs.shape, theirs.tobytes()):
            raise ModelError(f"{where}: {name} is not what the network has. Take the artifact anew")
        if not np.isfinite(theirs).all():
            raise ModelError(f"{where}: {name} holds numbers that are not finite")
