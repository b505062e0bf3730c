"""`onnxruntime`: the default on a CPU. One thread, no spinning, inputs and outputs bound to buffers made once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ricloop.core.model import BUCKETS, ModelError, Network, Table
from ricloop.engine.buffers import aligned

_ERRORS_ONLY = 3


class OnnxRuntimeEngine:
    """ONNX Runtime on one thread: a second one would take the loop's core."""

    name = "onnxruntime"

    def __init__(self, network: Network, buckets: Sequence[int] = BUCKETS) -> None:
        """Raises ModelError where onnxruntime is missing or refuses the file."""
        try:
            import onnxruntime
        except ImportError as error:
            raise ModelError(f"engine onnxruntime: {error}. pip install 'onnxruntime>=1.20', or name numpy") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = _ERRORS_ONLY
        for kind in ("intra_op", "inter_op"):
            options.add_session_config_entry(f"session.{kind}.allow_spinning", "0")
        self._model = network.name
        # What it raises has no base of its own; whatever it is, the model cannot be run.
        try:
            session = onnxruntime.InferenceSession(network.onnx, options, providers=["CPUExecutionProvider"])
            (asked,), (said,) = session.get_inputs(), session.get_outputs()
            shapes = asked.shape[-1], said.shape[-1]
            self._session: Any = session
            self._bound: dict[int, tuple[Table, Table, Any]] = {
                bucket: self._bind(bucket, asked.name, said.name, *shapes) for bucket in sorted(buckets)
            }
        except Exception as error:
            raise ModelError(f"model {network.name}: onnxruntime cannot load it: {_line(error)}") from error
        self.buckets: tuple[int, ...] = tuple(self._bound)

    def _bind(self, bucket: int, asked: str, said: str, columns: int, outputs: int) -> tuple[Table, Table, Any]:
        table, answer = aligned((bucket, columns)), aligned((bucket, outputs))
        binding = self._session.io_binding()
        binding.bind_input(asked, "cpu", 0, np.float32, table.shape, table.ctypes.data)
        binding.bind_output(said, "cpu", 0, np.float32, answer.shape, answer.ctypes.data)
        return table, answer, binding

    def input(self, bucket: int) -> Table:
        return self._of(bucket)[0]

    def run(self, bucket: int, rows: int) -> Table:
        _, answer, binding = self._of(bucket)
        try:
            self._session.run_with_iobinding(binding)
        except Exception as error:
            raise ModelError(f"model {self._model}: onnxruntime failed: {_line(error)}") from error
        return answer[:rows]

    def close(self) -> None:
        self._bound.clear()
        self._session = None

    def _of(self, bucket: int) -> tuple[Table, Table, Any]:
        if bucket not in self._bound:
            has = ", ".join(map(str, self._bound)) or "none: it was closed"
            raise ModelError(f"model {self._model}: the engine has no bucket of {bucket} rows; it has {has}")
        return self._bound[bucket]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
