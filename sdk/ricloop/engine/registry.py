"""The engines by name. A new runtime is a file here and an entry in `ENGINES`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TypeAlias

from ricloop.core.errors import nearest
from ricloop.core.model import BUCKETS, Engine, ModelError, Network

Make: TypeAlias = Callable[[Network, Sequence[int]], Engine]


def _numpy(network: Network, buckets: Sequence[int]) -> Engine:
    from ricloop.engine.numpy_engine import NumpyEngine

    return NumpyEngine(network, buckets)


def _onnxruntime(network: Network, buckets: Sequence[int]) -> Engine:
    from ricloop.engine.onnxruntime_engine import OnnxRuntimeEngine

    return OnnxRuntimeEngine(network, buckets)


def _torch(network: Network, buckets: Sequence[int]) -> Engine:
    _need_torch("torch")
    from ricloop.engine.torch_engine import TorchEngine

    return TorchEngine(network, buckets)


def _torch_cudagraph(network: Network, buckets: Sequence[int]) -> Engine:
    _need_torch("torch-cudagraph")
    from ricloop.engine.torch_cudagraph import CudaGraphEngine

    return CudaGraphEngine(network, buckets)


ENGINES: Mapping[str, Make] = {
    "numpy": _numpy,
    "onnxruntime": _onnxruntime,
    "torch": _torch,
    "torch-cudagraph": _torch_cudagraph,
}
DEFAULT = ("onnxruntime", "numpy")
"""What is tried where nobody names an engine. torch takes seconds and hundreds of megabytes: only on request."""


def make(name: str, network: Network, buckets: Sequence[int] = BUCKETS) -> Engine:
    """An engine by name, made ready for these numbers of rows. Raises ModelError naming the nearest name, what is
    missing and how to install it, or what the runtime says of the model."""
    if name not in ENGINES:
        raise ModelError(f"there is no engine {name!r}.{nearest(name, ENGINES)} Engines: {', '.join(ENGINES)}")
    if not buckets or min(buckets) < 1:
        raise ModelError(f"engine {name}: buckets are numbers of rows from 1, not {list(buckets)}")
    return ENGINES[name](network, buckets)


def _need_torch(engine: str) -> None:
    if find_spec("torch") is None:
        raise ModelError(f"engine {engine}: torch is not installed: pip install 'ricloop[ml]', or name onnxruntime")
