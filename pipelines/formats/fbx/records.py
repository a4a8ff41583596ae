"""The tree of records that a binary FBX file is: how its numbers, words and arrays lie in bytes.

Version 7.4: lengths have 32 bits. A record is its name, a list of values and the records inside it; each says where it
ends. Arrays are packed by zlib. Sources: the description of the format on code.blender.org (2013) and files that the
Autodesk SDK reads.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipelines.errors import InvalidValue

VERSION = 7400
HEAD = b"Kaydara FBX Binary  \x00\x1a\x00" + struct.pack("<I", VERSION)
# The SDK wants these three to fit together: an id that is made of the time, the time, and the id again, disguised.
FILE_ID = bytes.fromhex("28b32aebb624ccc2bfc8b02aa92bfcf1")
CREATED = "1970-01-01 10:00:00:000"
FOOT_ID = bytes.fromhex("fabcab09d0c8d466b176fb831cf7267e")
END_MARK = bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b")
CLOSED = bytes(13)
# What is shorter is not worth the packing.
PACKED_BYTES = 128
MOST_BYTES = (1 << 32) - 1
CODES = {"f8": b"d", "i4": b"i", "i8": b"l"}


class TooLarge(InvalidValue):
    """More than the 4 GiB that a file of this version can hold."""


class Id(int):
    """A whole number of 64 bits, as ids and times are written; other ints have 32."""


class Packed(bytes):
    """A value that is bytes of the file already: for an array that is written several times."""


Value = bool | int | float | str | bytes | NDArray


@dataclass
class Record:
    """A named row of values with records inside. An array is float64, int32 or int64, of any shape, row by row."""

    name: str
    values: tuple[Value, ...] = ()
    inside: list[Record] = field(default_factory=list)


def named(name: str, kind: str) -> str:
    """The name of an object as FBX joins it with its class."""
    return f"{name.replace(chr(0), '').replace(chr(1), '')}\x00\x01{kind}"


def document(records: list[Record]) -> list[bytes]:
    """The whole file, in pieces. Raises TooLarge."""
    pieces = [HEAD]
    end = len(HEAD)
    for record in records:
        end = _append(record, pieces, end)
    pieces.append(CLOSED)
    end += len(CLOSED)
    fill = bytes(16 - (end + len(FOOT_ID) + 4) % 16)
    tail = (FOOT_ID, bytes(4), fill, struct.pack("<I", VERSION), bytes(120), END_MARK)
    return [*pieces, *tail]


def _append(record: Record, pieces: list[bytes], start: int) -> int:
    """Add the record that begins at byte `start`; returns where it ends."""
    name = record.name.encode()
    values = [packed(value) for value in record.values]
    length = sum(map(len, values))
    place = len(pieces)
    pieces.append(b"")  # its own end stands first, and is known last
    pieces.extend(values)
    end = start + 13 + len(name) + length
    for child in record.inside:
        end = _append(child, pieces, end)
    if record.inside or not record.values:
        pieces.append(CLOSED)
        end += len(CLOSED)
    if end > MOST_BYTES:
        raise TooLarge("an FBX file holds at most 4 GiB here; choose glb")
    pieces[place] = struct.pack("<IIIB", end, len(values), length, len(name)) + name
    return end


def packed(value: Value) -> bytes:
    """The bytes of one value: a letter for its kind, and the value."""
    match value:
        case Packed():
            return value
        case bool():
            return b"C" + bytes((value,))
        case Id():
            return b"L" + struct.pack("<q", value)
        case int():
            return b"I" + struct.pack("<i", value)
        case float():
            return b"D" + struct.pack("<d", value)
        case str():
            words = value.encode("utf-8", "replace")
            return b"S" + struct.pack("<I", len(words)) + words
        case bytes():
            return b"R" + struct.pack("<I", len(value)) + value
    return _array(value)


def _array(values: NDArray) -> Packed:
    code = CODES[values.dtype.newbyteorder("<").str[1:]]
    raw = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    zipped = raw.nbytes > PACKED_BYTES
    data = zlib.compress(raw.data.cast("B"), 1) if zipped else raw.tobytes()
    return Packed(code + struct.pack("<III", raw.size, zipped, len(data)) + data)


def prop(name: str, kind: str, *values: Value, label: str = "", flags: str = "") -> Record:
    """A row of a table of properties."""
    return Record("P", (name, kind, label, flags, *values))


def integer(name: str, value: int) -> Record:
    return prop(name, "int", value, label="Integer")


def choice(name: str, value: int) -> Record:
    return prop(name, "enum", value)


def double(name: str, value: float) -> Record:
    return prop(name, "double", float(value), label="Number")


def number(name: str, value: float) -> Record:
    """A number that an animation could move."""
    return prop(name, "Number", float(value), flags="A")


def colour(name: str, value: tuple[float, ...]) -> Record:
    return prop(name, "Color", *(float(part) for part in value[:3]), flags="A")


def words(name: str, value: str, label: str = "") -> Record:
    return prop(name, "KString", value, label=label)


def table(*rows: Record) -> Record:
    return Record("Properties70", (), list(rows))
