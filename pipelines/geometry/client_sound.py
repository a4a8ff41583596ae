"""Whether the rows of a client's GLB fit together, found before the time for its paint is spent.

Reads rows and the sizes of what they name, values only where they are sparse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.errors import UnreadableInput
from pipelines.geometry import client_unused, glb_accessors
from pipelines.geometry.client_glb import UNSOUND, ClientGlb
from pipelines.geometry.unsound import reason

# Rows within rows; copying and writing them takes a few calls for each.
DEEPEST_ROWS = 256
# What a file lists: each row is an object.
LISTS = tuple(
    "scenes nodes meshes materials textures images samplers accessors bufferViews skins animations cameras".split()
)


def check(file: ClientGlb) -> None:
    """Raises UnreadableInput that names the mesh, or the list of rows, that names what is not there."""
    document = file.document
    _check_depth(document)
    with fitting("a number that is not finite"):
        json.dumps(document, allow_nan=False)
    for name in LISTS:
        with fitting(name):
            for number in range(len(document.get(name, []))):
                _row(document, name, number)
    with fitting("meshes"):
        for number, mesh in enumerate(document.get("meshes", [])):
            with fitting(f"mesh {mesh.get('name', number)!r:.60}"):
                for primitive in mesh["primitives"]:
                    _check_primitive(file, primitive)
    for name, references in client_unused.REFERENCES.items():
        with fitting(f"references to {name}"):
            for holder, at in references(document):
                _row(document, name, holder[at])
    with fitting("bufferViews"):
        for view in document.get("bufferViews", []):
            _check_view(view, len(file.binary))


@contextmanager
def fitting(what: str) -> Iterator[None]:
    """Errors that rows of a file cause become UnreadableInput, which names `what` of the file."""
    try:
        yield
    except (*UNSOUND, RecursionError) as error:
        raise UnreadableInput(f"the GLB's rows do not fit ({what}): {reason(error)}") from error


def _check_primitive(file: ClientGlb, primitive: dict[str, Any]) -> None:
    document, named = file.document, primitive["attributes"]
    count = _row(document, "accessors", named["POSITION"])["count"]
    if "material" in primitive:
        _row(document, "materials", primitive["material"])
    if "indices" in primitive:
        _check_accessor(file, primitive["indices"])
    for attributes in (named, *primitive.get("targets", [])):
        for number in attributes.values():
            if _row(document, "accessors", number)["count"] != count:
                raise ValueError("attributes are not as many as vertices")
            _check_accessor(file, number)


def _check_accessor(file: ClientGlb, number: Any) -> None:
    _row(file.document, "accessors", number)
    glb_accessors.check_readable(file.document, file.binary, number)


def _row(document: dict[str, Any], name: str, number: Any) -> dict[str, Any]:
    """A row of a list. Raises TypeError or IndexError; -1 is no number of a row."""
    rows = document.get(name, [])
    if type(number) is not int:
        raise TypeError(f"{name} have numbers")
    if not 0 <= number < len(rows):
        raise IndexError(f"{name} end before {number}")
    row = rows[number]
    if not isinstance(row, dict):
        raise TypeError(f"{name} are objects")
    return row


def _check_view(view: dict[str, Any], size: int) -> None:
    start, length = view.get("byteOffset", 0), view["byteLength"]
    if type(start) is not int or type(length) is not int or start < 0 or length < 0:
        raise TypeError("bytes are counted in whole numbers")
    if view.get("buffer", 0) == 0 and start + length > size:
        raise ValueError("the file ends before its bytes")


def _check_depth(document: dict[str, Any]) -> None:
    level: list[Any] = [document]
    for _ in range(DEEPEST_ROWS):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise UnreadableInput(f"the GLB's rows are nested more than {DEEPEST_ROWS} deep")
