"""Frees the input size of a network that was saved for one size, without the library that made it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

# Fields of onnx.proto: ModelProto.graph, GraphProto.input/output/value_info, ValueInfoProto.type,
# TypeProto.tensor_type, Tensor.shape, TensorShapeProto.dim, Dimension.dim_param.
_GRAPH, _INPUT, _OUTPUT, _VALUE_INFO = 7, 11, 12, 13
_TYPE, _TENSOR, _SHAPE, _DIM, _PARAM = 2, 1, 2, 1, 2
_BYTES: Final = 2
_Edit: TypeAlias = Callable[[bytes], bytes | None]
_FREE = (0, 2, 3)
"""Batch, height and width may be anything; the channels stay."""


def with_free_size(model: bytes) -> bytes:
    """Give the model with a name instead of a number for batch, height and width of what goes in and comes out.

    Parameters
    ----------
    model : bytes
        A serialised ONNX model whose inputs and outputs have four dimensions.

    Returns
    -------
    bytes
        The same model. Sizes noted for values in between are dropped; the runtime works them out.
    """
    return _edited(model, {_GRAPH: _graph})


def _graph(graph: bytes) -> bytes | None:
    return _edited(graph, {_INPUT: _value, _OUTPUT: _value, _VALUE_INFO: lambda _value: None})


def _value(value: bytes) -> bytes:
    return _edited(value, {_TYPE: _type})


def _type(kind: bytes) -> bytes:
    return _edited(kind, {_TENSOR: lambda tensor: _edited(tensor, {_SHAPE: _shape})})


def _shape(shape: bytes) -> bytes:
    out = bytearray()
    for at, (_key, whole, content) in enumerate(_fields(shape)):
        name = f"d{at}".encode()
        out += _field(_DIM, _field(_PARAM, name)) if at in _FREE and content is not None else whole
    return bytes(out)


def _edited(message: bytes, edits: dict[int, _Edit]) -> bytes:
    out = bytearray()
    for number, whole, content in _fields(message):
        if content is None or number not in edits:
            out += whole
        elif (changed := edits[number](content)) is not None:
            out += _field(number, changed)
    return bytes(out)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Give each field's number, its bytes as they stand, and its content if that is of variable length."""
    at = 0
    while at < len(message):
        start = at
        key, at = _varint(message, at)
        kind = key & 7
        if kind == _BYTES:
            length, at = _varint(message, at)
            yield key >> 3, message[start : at + length], message[at : at + length]
            at += length
            continue
        at = _varint(message, at)[1] if kind == 0 else at + (8 if kind == 1 else 4)
        yield key >> 3, message[start:at], None


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _field(number: int, content: bytes) -> bytes:
    return _number(number << 3 | _BYTES) + _number(len(content)) + content


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
