"""What a mesh file says of its own size, against the size it has: files cut short are found before anybody parses them.

Light: the standard library only, and never more than the file's first bytes. Looks at lengths and counts; does not
follow them.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Literal

from pipelines.errors import UnreadableInput

# glTF's own samples have up to some megabytes of JSON; a deeper nest or a longer text is made to hurt.
MOST_JSON_BYTES = 64 << 20
DEEPEST_JSON = 256
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_GLB_HEAD, _CHUNK_HEAD = 12, 8
_FBX_HEAD, _FBX_WIDE_FROM = 27, 7500
# Beyond these no version is known, nor near.
_FBX_OLDEST, _FBX_NEWEST = 1000, 9999
_PLY_LINE = re.compile(rb"[\r\n]((?:format|element|property)[ \t][^\r\n]*)")
_PLY_SIZES = {
    **dict.fromkeys((b"short", b"ushort", b"int16", b"uint16"), 2),
    **dict.fromkeys((b"int", b"uint", b"int32", b"uint32", b"float", b"float32"), 4),
    **dict.fromkeys((b"double", b"float64"), 8),
}


def check_glb(head: bytes, size_bytes: int, name: str) -> None:
    """Version, length, and a first chunk of JSON that fits. Raises UnreadableInput."""
    version, length = _number(head[4:8]), _number(head[8:12])
    if version != 2:
        raise UnreadableInput(f"{name} is glTF version {version}; only version 2 is read")
    if length > size_bytes:
        raise _cut_short(name, length, size_bytes)
    json_bytes = _number(head[_GLB_HEAD : _GLB_HEAD + 4])
    json_at = _GLB_HEAD + _CHUNK_HEAD
    if len(head) < json_at or head[_GLB_HEAD + 4 : json_at] != b"JSON":
        raise UnreadableInput(f"{name} is a broken GLB: it does not begin with its JSON")
    if json_at + json_bytes > size_bytes:
        raise _cut_short(name, json_at + json_bytes, size_bytes)
    check_json(head[json_at : json_at + json_bytes], json_bytes, name)


def check_json(head: bytes, size_bytes: int, name: str) -> None:
    """Size and nesting of a JSON text of which `head` is the beginning. Raises UnreadableInput."""
    if size_bytes > MOST_JSON_BYTES:
        raise UnreadableInput(
            f"{name} has {size_bytes:,} bytes of JSON; at most {MOST_JSON_BYTES:,} are read, send it as a GLB"
        )
    if nesting(head) > DEEPEST_JSON:
        raise UnreadableInput(f"{name} has JSON that is nested more than {DEEPEST_JSON} deep")


def nesting(text: bytes) -> int:
    """How deep the brackets of a JSON text, or of the beginning of one, lie in each other. Nothing is parsed."""
    deepest = _deepest(text)
    # Names may hold brackets too; taking them out first would cost more than nearly every file is worth.
    return deepest if deepest <= DEEPEST_JSON else _deepest(_TEXT.sub(b"", text))


def _deepest(text: bytes) -> int:
    brackets = text.translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)


def check_ply(head: bytes, size_bytes: int, name: str) -> None:
    """The rows that the head of a PLY announces fit into the file. Raises UnreadableInput."""
    end = re.search(rb"^end_header[ \t]*(\r\n|\n|\r)", head, re.MULTILINE)
    end = end or re.search(rb"\rend_header[ \t]*(\r)", head)
    if end is None:
        raise UnreadableInput(f"{name} is a PLY whose head has no end; send the whole file")
    lines = [line.split() for line in _PLY_LINE.findall(head, 0, end.start())]
    is_text = any(words[:2] == [b"format", b"ascii"] for words in lines)
    needed = end.end() + sum(_least_rows_bytes(lines, is_text=is_text))
    # The last number of a text needs nothing behind it.
    if needed - is_text > size_bytes:
        raise _cut_short(name, needed, size_bytes)


def _least_rows_bytes(lines: list[list[bytes]], *, is_text: bool) -> list[int]:
    """For each element the bytes that its rows take at least: lists may be empty, a number of text is one digit."""
    found: list[int] = []
    count = 0
    for words in lines:
        if words[:1] == [b"element"] and len(words) > 2:
            count = int(words[2][:18]) if words[2].isdigit() else 0
            found.append(0)
        elif words[:1] == [b"property"] and len(words) > 2 and found:
            kind = words[2] if words[1] == b"list" else words[1]
            found[-1] += count * (2 if is_text else _PLY_SIZES.get(kind, 1))
    return found


def check_fbx(head: bytes, size_bytes: int, name: str) -> None:
    """The first element of a binary FBX ends inside the file. Raises UnreadableInput."""
    if len(head) < _FBX_HEAD:
        raise UnreadableInput(f"{name} is an FBX file that is cut short; send the whole file")
    order: Literal["big", "little"] = "big" if head[22:23] == b"\1" else "little"
    version = int.from_bytes(head[23:_FBX_HEAD], order)
    if not _FBX_OLDEST <= version <= _FBX_NEWEST:
        raise UnreadableInput(f"{name} is a damaged FBX file: it names no version that there is")
    width = 8 if version >= _FBX_WIDE_FROM else 4
    if len(head) < _FBX_HEAD + 3 * width + 1:
        raise UnreadableInput(f"{name} is an FBX file that is cut short; send the whole file")
    end = int.from_bytes(head[_FBX_HEAD : _FBX_HEAD + width], order)
    if end > size_bytes:
        raise _cut_short(name, end, size_bytes)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _cut_short(name: str, declared: int, size_bytes: int) -> UnreadableInput:
    return UnreadableInput(
        f"{name} is cut short: it declares {declared} bytes and has {size_bytes}; send the whole file"
    )
