"""ONNX files read and written without the onnx package: one input, one output, weights inside (onnx.proto3, IR 8)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import DecodeError
from ricloop.core.model import ModelError
from ricloop.engine.graph import Attribute, Graph, Node
from ricloop.engine.protobuf import fields, put, signed, varints

IR_VERSION, OPSET = 8, 17
"""What we write; every onnxruntime since 1.12 reads it."""
OPSETS = range(13, 22)
"""Those whose operations mean what ours do: before 13 some had their axes as attributes."""
_FLOAT, _INT64 = 1, 7
"""TensorProto.DataType."""
_DTYPES: dict[int, np.dtype[Any]] = {_FLOAT: np.dtype("<f4"), _INT64: np.dtype("<i8")}
_KIND_FLOAT, _KIND_INT, _KIND_STRING, _KIND_INTS = 1, 2, 3, 7
"""AttributeProto.AttributeType."""
_ROWS = "rows"


def read(octets: bytes, name: str = "model") -> Graph:
    """The graph of an ONNX file. Raises ModelError that names the model and what is wrong with it."""
    try:
        return _model(memoryview(octets))
    except (DecodeError, UnicodeDecodeError, struct.error, ValueError) as error:
        raise ModelError(f"model {name}: its ONNX file cannot be read: {error}") from error


def write(graph: Graph) -> bytes:
    """The ONNX file of a graph; the same graph always gives the same octets."""
    body = b"".join(put(1, _put_node(node)) for node in graph.nodes)
    body += put(2, graph.name)
    body += b"".join(put(5, _put_tensor(name, value)) for name, value in graph.constants.items())
    body += put(11, _put_value(graph.input, graph.columns)) + put(12, _put_value(graph.output, graph.outputs))
    return put(1, IR_VERSION) + put(2, "ricloop") + put(7, body) + put(8, put(1, "") + put(2, OPSET))


# ---------------------------------------------------------------------------------------------------- reading


def _model(octets: memoryview) -> Graph:
    found = [value for number, value in fields(octets) if number == 7]
    if len(found) != 1:
        raise DecodeError(f"it holds {len(found)} graphs, not one")
    _check_opsets([_octets(value) for number, value in fields(octets) if number == 8])
    name, nodes, constants = "", [], {}
    inputs: list[tuple[str, int]] = []
    outputs: list[tuple[str, int]] = []
    for number, value in fields(_octets(found[0])):
        if number == 1:
            nodes.append(_node(_octets(value)))
        elif number == 2:
            name = _text(value)
        elif number == 5:
            tensor, array = _tensor(_octets(value))
            constants[tensor] = array
        elif number == 11:
            inputs.append(_value(_octets(value)))
        elif number == 12:
            outputs.append(_value(_octets(value)))
    # Files of IR version 3 and before list the weights among the inputs.
    inputs = [found for found in inputs if found[0] not in constants]
    if len(inputs) != 1 or len(outputs) != 1:
        raise DecodeError(f"it has {len(inputs)} inputs and {len(outputs)} outputs, not one of each")
    return Graph(name, *inputs[0], *outputs[0], tuple(nodes), constants)


def _check_opsets(imports: list[memoryview]) -> None:
    for octets in imports:
        said = dict(fields(octets))
        domain, opset = _text(said.get(1, memoryview(b""))), said.get(2)
        if domain not in ("", "ai.onnx"):
            raise DecodeError(f"it uses operations of {domain!r}; only ONNX's own are known")
        if opset not in OPSETS:
            raise DecodeError(f"it is of opset {opset}; {OPSETS[0]} to {OPSETS[-1]} are known")
    if not imports:
        raise DecodeError("it names no opset")


def _octets(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise DecodeError(f"the number {value} stands where a message should")
    return value


def _text(value: int | memoryview) -> str:
    return bytes(_octets(value)).decode()


def _node(octets: memoryview) -> Node:
    op, inputs, outputs, attributes = "", [], [], {}
    for number, value in fields(octets):
        if number == 1:
            inputs.append(_text(value))
        elif number == 2:
            outputs.append(_text(value))
        elif number == 4:
            op = _text(value)
        elif number == 5:
            name, attribute = _attribute(_octets(value))
            attributes[name] = attribute
    outputs = [output for output in outputs if output]
    if len(outputs) != 1:
        raise DecodeError(f"operation {op} has {len(outputs)} outputs, not one")
    return Node(op, tuple(inputs), outputs[0], attributes)


def _attribute(octets: memoryview) -> tuple[str, Attribute]:
    name, found, many = "", None, list[int]()
    for number, value in fields(octets):
        if number == 1:
            name = _text(value)
        elif number == 2 and isinstance(value, int):
            found = struct.unpack("<f", value.to_bytes(4, "little"))[0]
        elif number == 3 and isinstance(value, int):
            found = signed(value)
        elif number == 4:
            found = _text(value)
        elif number == 8:
            many += [signed(v) for v in ([value] if isinstance(value, int) else varints(value))]
    return name, tuple(many) if found is None else found


def _tensor(octets: memoryview) -> tuple[str, NDArray[Any]]:
    name, kind, dims, raw = "", 0, list[int](), memoryview(b"")
    for number, value in fields(octets):
        if number == 1:
            dims += [value] if isinstance(value, int) else varints(value)
        elif number == 2 and isinstance(value, int):
            kind = value
        elif number in (4, 9):
            raw = _octets(value)
        elif number == 7:
            whole = [signed(v) for v in ([value] if isinstance(value, int) else varints(value))]
            raw = memoryview(raw.tobytes() + np.array(whole, "<i8").tobytes())
        elif number == 8:
            name = _text(value)
    if kind not in _DTYPES:
        raise DecodeError(f"tensor {name} is of the data type {kind}; only float (1) and int64 (7) are read")
    return name, np.frombuffer(raw, _DTYPES[kind]).reshape(dims)


def _value(octets: memoryview) -> tuple[str, int]:
    """Name and columns of an input or output [rows, columns] of floats."""
    name = ""
    for number, value in fields(octets):
        if number == 1:
            name = _text(value)
        elif number == 2:
            (tensor,) = [_octets(v) for n, v in fields(_octets(value)) if n == 1] or [memoryview(b"")]
            parts = dict(fields(tensor))
            sizes = list(_dimensions(_octets(parts.get(2, memoryview(b"")))))
            if parts.get(1) == _FLOAT and len(sizes) == 2 and sizes[0] is None and sizes[1]:
                return name, sizes[1]
    raise DecodeError(f"{name} is not a table of floats with any number of rows and a fixed number of columns")


def _dimensions(octets: memoryview) -> Iterator[int | None]:
    for number, value in fields(octets):
        if number == 1:
            sizes = [v for n, v in fields(_octets(value)) if n == 1 and isinstance(v, int)]
            yield sizes[0] if sizes else None


# ---------------------------------------------------------------------------------------------------- writing


def _put_node(node: Node) -> bytes:
    named = b"".join(put(1, name) for name in node.inputs) + put(2, node.output) + put(4, node.op)
    return named + b"".join(put(5, _put_attribute(name, value)) for name, value in node.attributes.items())


def _put_attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, tuple):
        return put(1, name) + b"".join(put(8, item) for item in value) + put(20, _KIND_INTS)
    number, kind = {float: (2, _KIND_FLOAT), int: (3, _KIND_INT), str: (4, _KIND_STRING)}[type(value)]
    return put(1, name) + put(number, value) + put(20, kind)


def _put_tensor(name: str, value: NDArray[Any]) -> bytes:
    kind = _FLOAT if value.dtype == np.float32 else _INT64
    dims = b"".join(put(1, size) for size in value.shape)
    return dims + put(2, kind) + put(8, name) + put(9, np.ascontiguousarray(value, _DTYPES[kind]).tobytes())


def _put_value(name: str, columns: int) -> bytes:
    shape = put(1, put(2, _ROWS)) + put(1, put(1, columns))
    return put(1, name) + put(2, put(1, put(1, _FLOAT) + put(2, shape)))
