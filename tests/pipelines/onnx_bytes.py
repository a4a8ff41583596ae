"""ONNX files written byte by byte, for tests of code that runs networks: no library that writes them is needed."""

from __future__ import annotations


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


def _tensor(name: str, shape: tuple[int, ...]) -> bytes:
    sides = b"".join(_block(1, _number(1, side)) for side in shape)
    return _block(1, name) + _block(2, _block(1, _number(1, 1) + _block(2, sides)))


def brightness_network(side: int) -> bytes:
    """A network (1, 3, side, side) -> (1, 1, side, side): above one half where the mean of the channels is positive."""
    axes = _block(1, "axes") + _number(8, 1) + _number(20, 7)
    mean = _block(1, "picture") + _block(2, "mean") + _block(4, "ReduceMean") + _block(5, axes)
    bell = _block(1, "mean") + _block(2, "output") + _block(4, "Sigmoid")
    graph = (
        _block(1, mean)
        + _block(1, bell)
        + _block(2, "brightness")
        + _block(11, _tensor("picture", (1, 3, side, side)))
        + _block(12, _tensor("output", (1, 1, side, side)))
    )
    return _number(1, 8) + _block(7, graph) + _block(8, _block(1, "") + _number(2, 13))
