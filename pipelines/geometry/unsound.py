"""What is wrong with a client's file, said for a message: from the error that a reader ran into.

The names of Python's errors mean nothing to who sent the file; the log keeps them.
"""

from __future__ import annotations

import json
import re
import struct

# The first that fits is said.
SAID: tuple[tuple[type[BaseException], str], ...] = (
    (IndexError, "it names a row that is not there"),
    (KeyError, "a value that it needs is missing"),
    (json.JSONDecodeError, "its JSON cannot be read"),
    (UnicodeError, "its text cannot be read"),
    (struct.error, "it is cut short"),
    (EOFError, "it is cut short"),
    (RecursionError, "its rows lie too deep in each other"),
    (MemoryError, "it needs more memory than there is"),
    (ArithmeticError, "a number in it is out of range"),
    (OSError, "an image in it cannot be read"),
    (TypeError, "a value in it is of the wrong kind"),
    (AttributeError, "a value in it is of the wrong kind"),
    (ValueError, "its values contradict each other"),
)
_FIRST = re.compile(rb"-?\d+")


def reason(error: BaseException) -> str:
    """Why a file cannot be read, as half a sentence."""
    for kind, said in SAID:
        if isinstance(error, kind):
            return said
    return "its rows do not fit together"


def fault_of_obj(data: bytes) -> str | None:
    """The first face of an OBJ that names what is not there, with the number of its line; None where all is there."""
    counts = {b"v": 0, b"vt": 0, b"vn": 0}
    whole = {name: len(re.findall(rb"^%s[ \t]" % name, data, re.MULTILINE)) for name in counts}
    names = ("vertex", "texture coordinate", "normal")
    for number, line in enumerate(data.split(b"\n"), 1):
        words = line.split()
        if words and words[0] in counts:
            counts[words[0]] += 1
        if not words or words[0] != b"f":
            continue
        for corner in words[1:]:
            places = zip(corner.split(b"/"), counts, names, strict=False)
            for text, kind, name in places:
                if not _FIRST.fullmatch(text):
                    continue
                place = int(text[:12])
                # Below 0 it is counted back from here, else from the beginning of the file.
                if not (1 <= place <= whole[kind] or -counts[kind] <= place <= -1):
                    return f"line {number} names {name} {place}, and the file has {whole[kind]}"
    return None
