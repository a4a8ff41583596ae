"""Meshes that cannot be read are told in a sentence: what is wrong, where, and nothing of Python's own names."""

import json
import re
import struct

import pytest

from pipelines.errors import PipelineError, UnreadableInput
from pipelines.geometry import glb_drawn, mesh_io
from pipelines.geometry.unsound import SAID, fault_of_obj, reason

THREE = b"v 0 0 0\nv 1 0 0\nv 0 1 0\n"


@pytest.mark.parametrize(
    ("face", "said"),
    [
        (b"f 1 2 9\n", "line 4 names vertex 9, and the file has 3"),
        (b"f 1 2 -4\n", "line 4 names vertex -4, and the file has 3"),
        (b"f 1 2 3\n# more\n f 7//1 1 2\n", "line 6 names vertex 7, and the file has 3"),
    ],
)
def test_an_obj_says_which_line_names_what_is_not_there(tmp_path, face, said):
    path = tmp_path / "bad.obj"
    path.write_bytes(THREE + face)
    with pytest.raises(UnreadableInput, match=re.escape(f"not a sound OBJ file: {said}")):
        mesh_io.read(path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (b"f 1 2 3\nf -3/-1 -2 -1\n", "line 5 names texture coordinate -1, and the file has 0"),
        (b"vn 0 0 1\nf 1//1 2//2 3//1\n", "line 5 names normal 2, and the file has 1"),
        (b"f 1 2 0\n", "line 4 names vertex 0, and the file has 3"),
        (b"f 1 2 3\nf -3 -2 -1\n", None),
        (b"f 1 2 4\nv 1 1 0\n", None),
    ],
)
def test_the_first_fault_of_an_obj_is_found(rows, said):
    assert fault_of_obj(THREE + rows) == said


def glb(document: object) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 20 + len(text))
    return head + struct.pack("<I4s", len(text), b"JSON") + text


BROKEN = {
    "a node that is not there": glb({"scenes": [{"nodes": [7]}], "scene": 0}),
    "a mesh without primitives": glb(
        {"nodes": [{"mesh": 0}], "meshes": [{}], "scenes": [{"nodes": [0]}]}
    ),
    "a scene that is text": glb({"scenes": "none", "scene": "x"}),
    "no JSON": b"glTF" + struct.pack("<II4sI", 2, 28, b"\x08\0\0\0", 0x4E4F534A) + b"not json",
    "cut short": b"glTF\2\0\0\0",
    "a ply of text": b"ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nend_header\na\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_message_holds_the_name_of_an_error(tmp_path, name):
    path = tmp_path / "broken"
    path.write_bytes(BROKEN[name])
    with pytest.raises(PipelineError) as found:
        mesh_io.read(path)
    assert not re.search(r"Error|Exception|struct\.", found.value.message)
    if BROKEN[name][:4] == b"glTF":
        with pytest.raises(PipelineError) as found:
            glb_drawn.read(path, texture_px=64)
        assert not re.search(r"Error|Exception|struct\.", found.value.message)


@pytest.mark.parametrize("kind", [kind for kind, _ in SAID])
def test_every_error_has_its_words(kind):
    made = {
        UnicodeError: UnicodeDecodeError("utf-8", b"", 0, 1, "bad"),
        json.JSONDecodeError: json.JSONDecodeError("bad", "", 0),
    }
    assert reason(made.get(kind) or kind("x")) == dict(SAID)[kind]
    assert reason(RuntimeError("x")) == "its rows do not fit together"
