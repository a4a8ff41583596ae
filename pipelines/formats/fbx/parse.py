"""A binary FBX file, version 6.1 to 7.7, as a tree of elements. Text files go to `ascii`.

The layout, all integers of the file's byte order: 21 letters, 0x1A, 1 for big-endian or 0, the version (4 bytes). Then
elements: where it ends, how many values, their bytes (4 bytes each, 8 from version 7500), the name's length (1), name,
values, elements inside; a row of zeros ends a list. Every length is checked against what surrounds it.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from pipelines.errors import UnreadableInput
from pipelines.formats.fbx.ascii import parse_text
from pipelines.formats.fbx.tree import DEEPEST, NOT_ENTERED, Budget, Element, Packed, broken

MAGIC = b"Kaydara FBX Binary  "
HEAD_BYTES = 27
FIRST_VERSION, LAST_VERSION = 6000, 7999
# Beyond these no version is known, nor near: the number itself is damaged.
OLDEST, NEWEST = 1000, 9999
WIDE_FROM = 7500
SCALARS = {"Y": "h", "Z": "B", "C": "?", "B": "B", "I": "i", "F": "f", "D": "d", "L": "q"}
RUNS = {"f": "f4", "d": "f8", "l": "i8", "i": "i4", "b": "u1", "c": "u1"}
# From so many values of one kind on, they are taken as a run: version 6.1 has no runs of its own.
SHORTEST_RUN = 16


def parse(data: bytes) -> tuple[int, Element]:
    """The version, 7400 for 7.4, and the tree under a nameless root. Raises UnreadableInput."""
    if not data.startswith(MAGIC):
        return _checked(*parse_text(data))
    if len(data) < HEAD_BYTES:
        raise broken("it is cut short")
    order = ">" if data[22] == 1 else "<"
    (version,) = struct.unpack_from(order + "I", data, 23)
    _checked(version, None)
    root = Element("")
    _Parser(data, order, version).read_list(root, HEAD_BYTES, len(data), 0)
    return version, root


def _checked(version: int, root: Any) -> tuple[int, Any]:
    if not OLDEST <= version <= NEWEST:
        raise broken("its first bytes are not what they should be")
    if not FIRST_VERSION <= version <= LAST_VERSION:
        raise UnreadableInput("the FBX file's version is not read; versions 6.0 to 7.7 are")
    return version, root


class _Parser:
    def __init__(self, data: bytes, order: str, version: int) -> None:
        self.data, self.order, self.view = data, order, memoryview(data)
        self.head = struct.Struct(order + ("QQQB" if version >= WIDE_FROM else "IIIB"))
        self.run_head = struct.Struct(order + "III")
        self.scalars = {ord(kind): struct.Struct(order + form) for kind, form in SCALARS.items()}
        self.budget = Budget()

    def read_list(self, parent: Element, start: int, end: int, depth: int) -> None:
        """The elements from `start` up to a row of zeros, or up to `end`, into `parent`."""
        if depth > DEEPEST:
            raise broken(f"it is nested more than {DEEPEST} deep")
        while start < end:
            if start + self.head.size > end:
                raise broken("it is cut short")
            stop, count, size, name_size = self.head.unpack_from(self.data, start)
            if stop == 0:
                return
            start += self.head.size
            values_at = start + name_size
            inner = values_at + size
            if not (values_at <= inner <= stop <= end):
                raise broken("an element does not fit into the one around it")
            self.budget.take_element()
            element = Element(self.data[start:values_at].decode("utf-8", "replace"))
            parent.inside.append(element)
            element.values = self._values(values_at, inner, count)
            if inner < stop and element.name not in NOT_ENTERED:
                self.read_list(element, inner, stop, depth + 1)
            start = stop
        if depth == 0:
            raise broken("it is cut short")

    def _values(self, start: int, end: int, count: int) -> list[Any]:
        if count >= SHORTEST_RUN:
            run = self._same_kind(start, end, count)
            if run is not None:
                return [run]
        if count > end - start:
            raise broken("an element has more values than bytes")
        self.budget.take_values(count)
        values = []
        for _ in range(count):
            value, start = self._value(start, end)
            values.append(value)
        return values

    def _same_kind(self, start: int, end: int, count: int) -> np.ndarray | None:
        """Values that are all of the first one's kind, each with its letter before it, as one run."""
        form = SCALARS.get(chr(self.data[start])) if start < end else None
        if form is None or form == "?":
            return None
        dtype = np.dtype(self.order + form)
        if end - start != count * (1 + dtype.itemsize):
            return None
        rows = np.frombuffer(self.data, np.uint8, end - start, start).reshape(count, -1)
        if (rows[:, 0] != self.data[start]).any():
            return None
        found = rows[:, 1:].copy().view(dtype).reshape(-1)
        return found.astype(dtype.newbyteorder("="), copy=False)

    def _value(self, start: int, end: int) -> tuple[Any, int]:
        """The value at `start` and where the next one begins."""
        if start >= end:
            raise broken("an element has more values than bytes")
        kind = self.data[start]
        start += 1
        scalar = self.scalars.get(kind)
        if scalar is not None:
            if start + scalar.size > end:
                raise broken("a value does not fit into its element")
            return scalar.unpack_from(self.data, start)[0], start + scalar.size
        if kind in b"SR":
            return self._bytes(chr(kind), start, end)
        if chr(kind) in RUNS:
            return self._run(chr(kind), start, end)
        raise broken("it has a value of no known kind")

    def _bytes(self, kind: str, start: int, end: int) -> tuple[Any, int]:
        stop = start + 4
        if stop <= end:
            stop += int.from_bytes(
                self.data[start : start + 4], "little" if self.order == "<" else "big"
            )
        if stop > end:
            raise broken("a value does not fit into its element")
        found = self.view[start + 4 : stop]
        return (str(found, "utf-8", "replace") if kind == "S" else found), stop

    def _run(self, kind: str, start: int, end: int) -> tuple[Packed, int]:
        at = start + self.run_head.size
        if at > end:
            raise broken("a value does not fit into its element")
        count, encoding, size = self.run_head.unpack_from(self.data, start)
        dtype = RUNS[kind]
        if encoding == 0:
            size = count * np.dtype(dtype).itemsize
        if encoding > 1 or at + size > end:
            raise broken("a run of numbers does not fit into its element")
        found = Packed(
            self.order + dtype, count, encoding == 1, self.view[at : at + size], self.budget
        )
        return found, at + size
