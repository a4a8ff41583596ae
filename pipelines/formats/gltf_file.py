"""A glTF file as its JSON and one run of bytes: from a GLB, or from the JSON form with everything inside it.

Nothing outside the file is opened: an address that is not `data:` is refused where geometry needs it, and told where
it is only a picture.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import struct
from typing import Any

from pipelines.errors import UnreadableInput
from pipelines.geometry import glb
from pipelines.mesh_kind import HEAD_BYTES, mesh_kind
from pipelines.mesh_lengths import check_json

COMPRESSED = {"KHR_draco_mesh_compression", "EXT_meshopt_compression", "KHR_meshopt_compression"}
DATA = "data:"
VERSION = re.compile(r"[0-9]{1,2}(\.[0-9]{1,2})?")


def opened(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The document and its bytes, buffer 0, in which every buffer and inner picture of the file lies.

    Raises UnreadableInput for a broken frame, other versions, compressed geometry and geometry kept elsewhere.
    """
    document, binary = _glb(data) if data[:4] == b"glTF" else (_json(data), b"")
    version = str((document.get("asset") or {}).get("version", ""))
    if not version.startswith("2."):
        known = f"glTF version {version}" if VERSION.fullmatch(version) else "of no glTF version"
        raise UnreadableInput(f"the file is {known}; only version 2 is read")
    needed = set(document.get("extensionsRequired", [])) & COMPRESSED
    if needed:
        raise UnreadableInput(
            f"the file is compressed ({', '.join(sorted(needed))}); send it uncompressed"
        )
    return _in_one_buffer(document, binary)


def as_glb(data: bytes) -> bytes:
    """The file as a GLB: every row stays, buffers and pictures in the text become bytes. Raises as `opened` does."""
    document, binary = opened(data)
    document["buffers"] = [{"byteLength": len(binary)}]
    return glb.container(document, binary)


def _glb(data: bytes) -> tuple[dict[str, Any], bytes]:
    mesh_kind(data[:HEAD_BYTES], len(data), "the file")
    (length,) = struct.unpack_from("<I", data, 12)
    if 20 + length > len(data):
        raise UnreadableInput("the GLB is cut short")
    rest = data[20 + length :]
    binary = b""
    if len(rest) >= 8 and rest[4:8] == b"BIN\0":
        (size,) = struct.unpack_from("<I", rest)
        binary = rest[8 : 8 + size]
    return _json(data[20 : 20 + length]), binary


def _json(text: bytes) -> dict[str, Any]:
    check_json(text, len(text), "the file")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput("the file's JSON cannot be read") from error
    if not isinstance(document, dict):
        raise UnreadableInput("the file's JSON is not a glTF document")
    return document


def _in_one_buffer(document: dict[str, Any], binary: bytes) -> tuple[dict[str, Any], bytes]:
    """Buffers behind each other, each at a multiple of 8 bytes; views and pictures are told where theirs now is."""
    try:
        buffers = document.get("buffers", [])
        if len(buffers) == 1 and "uri" not in buffers[0] and not _inner_pictures(document):
            return document, binary
        whole, starts = bytearray(), []
        for number, buffer in enumerate(buffers):
            starts.append(len(whole))
            whole += (
                _payload(buffer["uri"]) if "uri" in buffer else (binary if number == 0 else b"")
            )
            whole += b"\0" * (-len(whole) % 8)
        for view in document.get("bufferViews", []):
            view["byteOffset"] = view.get("byteOffset", 0) + starts[view["buffer"]]
            view["buffer"] = 0
        _take_in_pictures(document, whole)
    except (LookupError, TypeError, AttributeError) as error:
        raise UnreadableInput("the file's buffers do not fit together") from error
    document["buffers"] = [{"byteLength": len(whole)}]
    return document, bytes(whole)


def _inner_pictures(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of pictures that are text in the JSON."""
    return [row for row in document.get("images", []) if str(row.get("uri", ""))[:5] == DATA]


def _take_in_pictures(document: dict[str, Any], whole: bytearray) -> None:
    for row in _inner_pictures(document):
        uri = row.pop("uri")
        payload = _payload(uri)
        view = {"buffer": 0, "byteOffset": len(whole), "byteLength": len(payload)}
        document.setdefault("bufferViews", []).append(view)
        row["bufferView"] = len(document["bufferViews"]) - 1
        row["mimeType"] = "image/jpeg" if payload[:2] == b"\xff\xd8" else "image/png"
        whole += payload + b"\0" * (-len(payload) % 8)


def _payload(uri: Any) -> bytes:
    if not isinstance(uri, str) or not uri.startswith(DATA):
        raise UnreadableInput(
            "the file keeps its geometry in another file; send one that holds everything, such as a GLB"
        )
    head, comma, text = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise UnreadableInput("a data address in the file is not in base64")
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise UnreadableInput("a data address in the file cannot be decoded") from error
