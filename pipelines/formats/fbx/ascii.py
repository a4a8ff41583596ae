"""An FBX file in its text form as a tree of elements.

`Name: value, value {` opens an element, `}` ends it, `;` begins a comment. From version 7 on long runs of numbers stand
as `Name: *24 { a: 1,2,3 }`; before that they stand as plain values.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

import numpy as np

from pipelines.errors import UnreadableInput
from pipelines.formats.fbx.tree import DEEPEST, NOT_ENTERED, Budget, Element, broken

_GAP = re.compile(rb"(?:[ \t\r\n\0]|;[^\n]*)*+")
_BLANK = re.compile(rb"[ \t]*+")
_NAME = re.compile(rb"([^\s:{}\",;]{1,255})[ \t]*:")
_NUMBER = rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,5})?"
_RUN = re.compile(_NUMBER + rb"(?:\s*,\s*" + _NUMBER + rb")*+")
_TEXT = re.compile(rb'"([^"]*)"')
_WORD = re.compile(rb"[^\s,{}\";]+")
_BLOCK = re.compile(rb'"[^"]*"|;[^\n]*|[{}]')
_SAID_COUNT = re.compile(rb"\*\d+\s*\{\s*a:\s*")
# What may stand behind a number.
_ENDS = (b"", b" ", b"\t", b"\r", b"\n", b",", b"{", b"}", b";", b"\0")
# Shorter runs are taken apart: they are ids, flags and vectors among other values.
SHORTEST_RUN = 16


def parse_text(data: bytes) -> tuple[int, Element]:
    """The version, 7400 for 7.4, and the tree under a nameless root. Raises UnreadableInput."""
    root = Element("")
    parser = _Parser(data)
    parser.read_list(root, 0)
    head = root.first("FBXHeaderExtension")
    found = head.run("FBXVersion") if head else np.zeros(0)
    if len(found) != 1 or not np.isfinite(found[0]):
        named = re.search(rb"; FBX (\d)\.(\d)\.\d", data[:256])
        return (int(named[1]) * 1000 + int(named[2]) * 100 if named else 0), root
    return int(found[0]), root


class _Parser:
    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.budget = data, 0, Budget()

    def read_list(self, parent: Element, depth: int) -> None:
        """The elements up to the `}` that ends the list, or the end of the file, into `parent`."""
        if depth > DEEPEST:
            raise broken(f"it is nested more than {DEEPEST} deep")
        while True:
            self._pass(_GAP)
            following = self.data[self.at : self.at + 1]
            if following == b"}" and depth:
                self.at += 1
                return
            if not following and depth == 0:
                return
            name = _NAME.match(self.data, self.at)
            if name is None:
                raise broken("it is cut short, or a line of it cannot be read")
            self.at = name.end()
            self.budget.take_element()
            element = Element(name[1].decode("utf-8", "replace"))
            parent.inside.append(element)
            self._rest(element, depth)

    def _rest(self, element: Element, depth: int) -> None:
        """Values and what stands in brackets."""
        self._pass(_BLANK)
        packed = _SAID_COUNT.match(self.data, self.at)
        if packed:
            self.at = packed.end()
            self._values(element)
            self._pass(_GAP)
            if self.data[self.at : self.at + 1] != b"}":
                raise broken("a run of numbers cannot be read")
            self.at += 1
            return
        self._values(element)
        self._pass(_GAP)
        if self.data[self.at : self.at + 1] == b"{":
            self.at += 1
            if element.name in NOT_ENTERED:
                self._leave()
            else:
                self.read_list(element, depth + 1)

    def _values(self, element: Element) -> None:
        """Values with commas between them; the first may be missing, and then must stand on the name's line."""
        self._value(element)
        while True:
            self._pass(_GAP)
            if self.data[self.at : self.at + 1] != b",":
                return
            self.at += 1
            self._pass(_GAP)
            self._value(element)

    def _value(self, element: Element) -> None:
        run = _RUN.match(self.data, self.at)
        if run:
            found = run[0]
            if self.data[run.end() : run.end() + 1] not in _ENDS:
                found = found[: max(found.rfind(b","), 0)]  # "1.#INF" begins like a number
            if found:
                self.at += len(found)
                self._add_numbers(element, found)
                return
        text = _TEXT.match(self.data, self.at)
        word = text or _WORD.match(self.data, self.at)
        if word is None:
            return
        self.at = word.end()
        self.budget.take_values(1)
        if text:
            plain = text[1].decode("utf-8", "replace")
            element.values.append(plain.replace("&quot;", '"') if "&" in plain else plain)
        elif word[0][:1] != b"*":  # the count of a run that is empty
            element.values.append(_worth(word[0]))

    def _add_numbers(self, element: Element, run: bytes) -> None:
        count = run.count(b",") + 1
        if count >= SHORTEST_RUN:
            self.budget.take_bytes(8 * count)
            element.values.append(np.fromstring(run, np.float64, sep=","))
            return
        self.budget.take_values(count)
        for number in run.split(b","):
            element.values.append(_number(number.strip()))

    def _pass(self, what: re.Pattern[bytes]) -> None:
        found = what.match(self.data, self.at)
        self.at = found.end() if found else self.at

    def _leave(self) -> None:
        """Past the `}` that ends the element just opened."""
        depth = 1
        while depth:
            mark = _BLOCK.search(self.data, self.at)
            if mark is None:
                raise broken("it is cut short")
            self.at = mark.end()
            depth += {b"{": 1, b"}": -1}.get(mark[0], 0)


def _number(text: bytes) -> int | float:
    if len(text) <= 20 and not set(b".eE") & set(text):
        return int(text)
    return float(text)


def _worth(word: bytes) -> Any:
    """What a word without quotes stands for: a flag, a number in some other spelling, or itself."""
    plain = word.decode("utf-8", "replace")
    lower = plain.lower()
    if "#" in plain or lower.lstrip("+-")[:3] in ("nan", "inf"):
        return float("nan")
    return plain


def bytes_of(values: list[Any]) -> bytes:
    """Bytes that a file holds: as they are in a binary one, base64 in pieces in a text; none where it has none."""
    if any(isinstance(value, memoryview | bytes) for value in values):
        return b"".join(bytes(value) for value in values if isinstance(value, memoryview | bytes))
    text = "".join(value for value in values if isinstance(value, str))
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise UnreadableInput("a picture inside the FBX file cannot be decoded") from error
