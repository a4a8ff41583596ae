"""ONNX files written byte by byte, for tests of code that runs networks: no library that writes them is needed."""

from __future__ import annotations

import struct
from collections.abc import Sequence

FLOAT, INT64 = 1, 7  # as ONNX numbers the types of tensors


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _block(field: int, content: bytes | str) -> bytes:
    data = content.encode() if isinstance(content, str) else content
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _tensor(name: str, shape: tuple[int | str, ...], kind: int = FLOAT) -> bytes:
    """A side that is a name may have any length."""
    sides = b"".join(
        _block(1, _block(2, side) if isinstance(side, str) else _number(1, side)) for side in shape
    )
    return _block(1, name) + _block(2, _block(1, _number(1, kind) + _block(2, sides)))


def number_network(side: int) -> bytes:
    """A network (1, 3, side, side) -> (1, 1, 1, 1): the mean of all, as a classifier might answer."""
    every = _block(1, "picture") + _block(2, "output") + _block(4, "ReduceMean")
    graph = (
        _block(1, every)
        + _block(2, "number")
        + _block(11, _tensor("picture", (1, 3, side, side)))
        + _block(12, _tensor("output", (1, 1, 1, 1)))
    )
    return _number(1, 8) + _block(7, graph) + _block(8, _block(1, "") + _number(2, 13))


def brightness_network(side: int, *, bell: bool = True) -> bytes:
    """A network (1, 3, side, side) -> (1, 1, side, side): above one half where the mean of the channels is positive.

    bell: as shares in 0..1; without it, the mean as it is.
    """
    axes = _block(1, "axes") + _number(8, 1) + _number(20, 7)
    mean = _block(1, "picture") + _block(2, "mean") + _block(4, "ReduceMean") + _block(5, axes)
    last = _block(1, "mean") + _block(2, "output") + _block(4, "Sigmoid" if bell else "Identity")
    graph = (
        _block(1, mean)
        + _block(1, last)
        + _block(2, "brightness")
        + _block(11, _tensor("picture", (1, 3, side, side)))
        + _block(12, _tensor("output", (1, 1, side, side)))
    )
    return _number(1, 8) + _block(7, graph) + _block(8, _block(1, "") + _number(2, 13))


def lookup_network(rows: Sequence[Sequence[float]]) -> bytes:
    """A network as a sentence embedding's: `input_ids` (batch, n) int64 -> last_hidden_state (batch, n, width).

    Each number leads to its own row; the two other inputs of such a network are there and not used.
    """
    width = len(rows[0])
    flat = [value for row in rows for value in row]
    table = _number(1, len(rows)) + _number(1, width) + _number(2, 1)
    table += _block(8, "table") + _block(9, struct.pack(f"<{len(flat)}f", *flat))
    gather = (
        _block(1, "table")
        + _block(1, "input_ids")
        + _block(2, "last_hidden_state")
        + _block(4, "Gather")
    )
    graph = _block(1, gather) + _block(2, "lookup") + _block(5, table)
    for name in ("input_ids", "attention_mask", "token_type_ids"):
        graph += _block(11, _tensor(name, ("batch", "n"), INT64))
    graph += _block(12, _tensor("last_hidden_state", ("batch", "n", width)))
    return _number(1, 8) + _block(7, graph) + _block(8, _block(1, "") + _number(2, 13))
