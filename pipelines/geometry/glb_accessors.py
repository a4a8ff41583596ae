"""Values of a GLB's accessors and the triangles that they draw, from the rows of the file and its bytes.

Raises LookupError, TypeError or ValueError for rows that contradict each other or the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

COMPONENTS: Mapping[int, Any] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
# Rows and columns of each type.
SHAPES = {
    "SCALAR": (1, 1),
    "VEC2": (2, 1),
    "VEC3": (3, 1),
    "VEC4": (4, 1),
    "MAT2": (2, 2),
    "MAT3": (3, 3),
    "MAT4": (4, 4),
}
TRIANGLES, STRIP, FAN = 4, 5, 6
# Values without bytes in the file may be as many as the corners of the most faces that are taken.
MOST_WITHOUT_BYTES = 6_000_000
Bytes = bytes | bytearray | memoryview


def values(document: dict[str, Any], binary: Bytes, index: int) -> NDArray:
    """The values of an accessor: (n, width); integers that are marked normalized as float32 in 0..1 or -1..1."""
    found = stored(document, binary, index)
    if document["accessors"][index].get("normalized") and found.dtype != np.float32:
        return np.maximum(found.astype(np.float32) / np.iinfo(found.dtype).max, -1.0)
    return found


def stored(document: dict[str, Any], binary: Bytes, index: int) -> NDArray:
    """The values of an accessor as they are stored: (n, width), columns of matrices with what pads them."""
    accessor = document["accessors"][index]
    found = in_file(document, binary, accessor).copy()
    if "sparse" in accessor:
        sparse = accessor["sparse"]
        where, what = sparse["indices"], sparse["values"]
        number = np.dtype(COMPONENTS[where["componentType"]])
        count = sparse["count"]
        places = _elements(document, binary, where, number, (count, 1))
        new = _elements(document, binary, what, found.dtype, (count, found.shape[1]))
        found[places.reshape(-1)] = new
    return found


def check_readable(document: dict[str, Any], binary: Bytes, index: int) -> None:
    """Raises what `stored` would raise; reads no more than it must."""
    if "sparse" in document["accessors"][index]:
        stored(document, binary, index)
    else:
        in_file(document, binary, document["accessors"][index])


def has_bytes(accessor: dict[str, Any]) -> bool:
    """Whether the file holds any values; those of other accessors are 0."""
    return "bufferView" in accessor or "sparse" in accessor


def in_file(document: dict[str, Any], binary: Bytes, accessor: dict[str, Any]) -> NDArray:
    kind = np.dtype(COMPONENTS[accessor["componentType"]])
    count, width = accessor["count"], _width(accessor["type"], kind.itemsize)
    if "bufferView" in accessor:
        return _elements(document, binary, accessor, kind, (count, width))
    if not 0 <= count <= MOST_WITHOUT_BYTES:
        raise ValueError(f"{count} values without bytes are too many")
    return np.broadcast_to(np.zeros((), kind), (count, width))


def _width(name: str, itemsize: int) -> int:
    """Components of one value: a matrix's columns begin at multiples of four bytes."""
    rows, columns = SHAPES[name]
    return rows if columns == 1 else columns * (-(-rows * itemsize // 4) * 4 // itemsize)


def _elements(
    document: dict[str, Any],
    binary: Bytes,
    row: dict[str, Any],
    kind: np.dtype,
    shape: tuple[int, int],
) -> NDArray:
    view = document["bufferViews"][row["bufferView"]]
    if view.get("buffer", 0) != 0:
        raise ValueError("the bytes are not in the file")
    start = view.get("byteOffset", 0) + row.get("byteOffset", 0)
    stride = view.get("byteStride", kind.itemsize * shape[1])
    if stride < kind.itemsize * shape[1]:
        raise ValueError("values lie upon each other")
    return np.ndarray(shape, kind, binary, start, (stride, kind.itemsize))


def triangles(order: NDArray[np.int64], mode: int) -> NDArray[np.int64]:
    """Corners in the order of drawing -> (m, 3), by glTF's three ways to draw triangles."""
    if mode == TRIANGLES:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    if mode == FAN:
        ends = np.stack([order[1:-1], order[2:]], axis=1)
        return (
            np.column_stack([ends, np.full(len(ends), order[0])])
            if len(ends)
            else ends.reshape(0, 3)
        )
    rows = np.stack([order[:-2], order[1:-1], order[2:]], axis=1)
    rows[1::2] = rows[1::2, [1, 0, 2]]
    return rows
