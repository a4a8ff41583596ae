"""An FBX file as a tree of elements: a name, values, elements inside. Binary files and text files both make one.

Long runs of numbers stay packed until somebody asks for them: most of a file is never needed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import UnreadableInput

# Autodesk's own files nest 8 deep; a deeper nest is made to hurt.
DEEPEST = 64
# A rig of 300 bones has about 20,000 elements; each costs about 300 bytes here.
MOST_ELEMENTS = 500_000
# Values that stand alone, not in a run; each costs up to 60 bytes here.
MOST_VALUES = 4_000_000
# 3 coordinates in float64 for each corner of 2 million quads, with room to spare.
MOST_RUN_BYTES = 256 << 20
# All runs that are unpacked, together; most of it is given back as soon as it is used.
MOST_UNPACKED_BYTES = 2 << 30
# What these hold is never needed and may be most of a file: animation, above all.
NOT_ENTERED = frozenset(
    {"AnimationCurve", "AnimationCurveNode", "AnimationLayer", "Channel", "Thumbnail", "SceneInfo"}
)


def broken(what: str) -> UnreadableInput:
    """The one error of files that contradict themselves, ready to raise."""
    return UnreadableInput(f"the FBX file is broken: {what}")


@dataclass
class Budget:
    """What one file may still take."""

    elements: int = MOST_ELEMENTS
    values: int = MOST_VALUES
    unpacked_bytes: int = MOST_UNPACKED_BYTES

    def take_element(self) -> None:
        self.elements -= 1
        if self.elements < 0:
            raise UnreadableInput(
                f"the FBX file has more than {MOST_ELEMENTS:,} elements; send it without animation"
            )

    def take_values(self, count: int) -> None:
        self.values -= count
        if self.values < 0:
            raise UnreadableInput(f"the FBX file has more than {MOST_VALUES:,} single values")

    def take_bytes(self, count: int) -> None:
        self.unpacked_bytes -= count
        if count > MOST_RUN_BYTES or self.unpacked_bytes < 0:
            raise UnreadableInput(
                "the FBX file unpacks to more than can be read; simplify it first"
            )


@dataclass(frozen=True, eq=False, slots=True)
class Packed:
    """A run of numbers as it lies in the file. `dtype` is numpy's, byte order included; zlib's where `squeezed`."""

    dtype: str
    count: int
    squeezed: bool
    data: memoryview
    budget: Budget

    def numbers(self) -> NDArray:
        """(count,) of the run's own type, in this machine's byte order. Raises UnreadableInput."""
        size = self.count * np.dtype(self.dtype).itemsize
        self.budget.take_bytes(size)
        data: bytes | memoryview = self.data
        if self.squeezed:
            data = _inflated(self.data, size)
        if len(data) != size:
            raise broken("a run of numbers is not as long as it says")
        found = np.frombuffer(data, self.dtype)
        return found.astype(found.dtype.newbyteorder("="), copy=False)


def _inflated(data: memoryview, size: int) -> bytes:
    """At most one byte more than `size`, whatever the stream would grow to."""
    try:
        return zlib.decompressobj().decompress(data, size + 1)
    except zlib.error as error:
        raise broken("a run of numbers cannot be unpacked") from error


@dataclass(slots=True, eq=False)
class Element:
    """values: int, float, bool, str, bytes, Packed or arrays, as they stand behind the name."""

    name: str
    values: list[Any] = field(default_factory=list)
    inside: list[Element] = field(default_factory=list)

    def first(self, name: str) -> Element | None:
        """The first element of that name inside."""
        return next((element for element in self.inside if element.name == name), None)

    def every(self, name: str) -> Iterator[Element]:
        """All elements of that name inside, in their order."""
        return (element for element in self.inside if element.name == name)

    def text(self, name: str, default: str = "") -> str:
        """The first value of the element `name` inside, where it is text."""
        found = self.first(name)
        return (
            found.values[0]
            if found and found.values and isinstance(found.values[0], str)
            else default
        )

    def count(self, name: str) -> int:
        """How many numbers the element `name` inside has, without unpacking them."""
        found = self.first(name)
        return sum(_count(value) for value in found.values) if found else 0

    def run(self, name: str) -> NDArray:
        """All numbers of the element `name` inside, (n,); none where it is not there. Raises UnreadableInput."""
        found = self.first(name)
        return numbers(found.values) if found else np.zeros(0)


def _count(value: Any) -> int:
    if isinstance(value, Packed):
        return value.count
    return value.size if isinstance(value, np.ndarray) else 1


def numbers(values: list[Any]) -> NDArray:
    """The values as one run, (n,): integers stay integers; what is no number becomes NaN."""
    runs = [_as_run(value) for value in values if not isinstance(value, int | float)]
    if not runs:
        return _plain(values)
    if len(values) == 1:
        return runs[0]
    return np.concatenate([_as_run(value) for value in values])


def _plain(values: list[Any]) -> NDArray:
    if all(isinstance(value, int) for value in values) and values:
        if max(values) < 1 << 63 and min(values) >= -(1 << 63):
            return np.array(values, np.int64)
    return np.array(values, np.float64)


def _as_run(value: Any) -> NDArray:
    if isinstance(value, Packed):
        return value.numbers()
    if isinstance(value, np.ndarray):
        return value
    return np.array([value if isinstance(value, int | float) else np.nan], np.float64)
