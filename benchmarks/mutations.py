"""Small sound mesh files of every format, and ways to damage them: what fuzz_meshes.py feeds to the readers."""

from __future__ import annotations

import functools
import json
import re
import struct
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import fbx_mutations
from pipelines.errors import PipelineError
from pipelines.formats import files, gltf_file
from tests.pipelines import fbx_bytes, hostile_gltf, scenes
from tests.pipelines.hostile_text import OBJ

Chance = np.random.Generator
# Numbers at which programs go wrong.
WHOLE = (
    0,
    1,
    -1,
    2,
    3,
    7,
    127,
    128,
    255,
    256,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
)
VALUES: tuple[Any, ...] = (
    *WHOLE,
    *(-2, -(2**31), 0.5, -1.5, 1e38, 1e300, 1e-300, float("nan"), float("inf"), 10**30),
    *(
        "",
        "x",
        "0",
        "SCALAR",
        "MAT4",
        "VEC3",
        "data:,",
        None,
        True,
        False,
        [],
        {},
        [0],
        [[]],
        {"a": 1},
    ),
)
TEXTS = [str(number).encode() for number in VALUES[: len(WHOLE) + 10]] + [
    b"",
    b"/",
    b"1/1/1",
    b"x",
    b"-",
]
NUMBER = re.compile(rb"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
PLY = (
    b"ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
    b"property uchar red\nproperty uchar green\nproperty uchar blue\nelement face 2\n"
    b"property list uchar int vertex_indices\nend_header\n"
    b"0 0 0 9 9 9\n1 0 0 9 9 9\n0 1 0 9 9 9\n0 0 1 9 9 9\n3 0 1 2\n4 0 1 2 3\n"
)
STL = (
    b"solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
    b"facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 0 1 0\nvertex 0 0 1\nendloop\nendfacet\nendsolid a\n"
)
ODD_OBJ = (
    b"mtllib a.mtl\no one\nvt 0 0\nvt 1 0\nvn 0 0 1\nusemtl red\n" + OBJ.replace(b"v 1 0 0", b"v 1 0 0 1 0 0")
    + b"g two\nf -4/1/1 -3/2/1 -2/1/1 -1/2/1\nf 1//1 2//1 \\\n3//1\nl 1 2\np 1\ns 1\ncurv 0 1 1 2\n"
)  # fmt: skip


@functools.cache
def sound_files(kind: str) -> tuple[bytes, ...]:
    """Files of a format, all different in what they hold."""
    with tempfile.TemporaryDirectory() as folder:
        written = [
            _written(scene, kind, Path(folder)) for scene in (scenes.still(), scenes.skinned())
        ]
    skin = fbx_bytes.layer("Normal", "ByVertice", np.ones((8, 3)))
    cube = fbx_bytes.cube_file(skin)
    more = {
        "glb": (hostile_gltf.glb(hostile_gltf.row()),),
        "gltf": (hostile_gltf.gltf(hostile_gltf.row()),),
        "obj": (OBJ, ODD_OBJ),
        "ply": (PLY,),
        "stl": (STL,),
        "fbx": tuple(form(cube) for form in fbx_bytes.FORMS.values()),
    }
    return (*written, *more[kind])


def _written(scene: Any, kind: str, folder: Path) -> bytes:
    files.write(scene, folder, "made", "glb" if kind == "gltf" else kind)
    data = (folder / f"made.{'glb' if kind == 'gltf' else kind}").read_bytes()
    return hostile_gltf.gltf(*gltf_file.opened(data)) if kind == "gltf" else data


def mutated(kind: str, sound: Sequence[bytes], chance: Chance) -> bytes:
    """One of the sound files with one to eight damages."""
    if kind == "fbx" and chance.random() < 0.7:
        return fbx_mutations.changed(chance)
    data = sound[int(chance.integers(len(sound)))]
    in_json = kind in ("glb", "gltf") and chance.random() < 0.8
    for _ in range(min(int(chance.geometric(0.5)), 8)):
        ways = (json_changed,) if in_json else WAYS
        data = ways[int(chance.integers(len(ways)))](data, sound, chance)
    return data


def _place(data: bytes, chance: Chance) -> int:
    """Anywhere, near the beginning half the time."""
    end = len(data) if chance.random() < 0.5 else min(len(data), 400)
    return int(chance.integers(max(end, 1)))


def bytes_turned(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """Up to five bytes become others."""
    made = bytearray(data or b"\0")
    for _ in range(int(chance.integers(1, 6))):
        made[_place(data, chance)] = int(chance.integers(256))
    return bytes(made)


def number_set(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """A number of 2, 4 or 8 bytes becomes one at which programs go wrong."""
    width = int(chance.choice([2, 4, 8]))
    value = int(WHOLE[int(chance.integers(len(WHOLE)))]) & (256**width - 1)
    place = _place(data, chance) & ~1
    order = "big" if chance.random() < 0.2 else "little"
    return data[:place] + value.to_bytes(width, order) + data[place + width :]  # type: ignore[arg-type]


def real_set(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """A float or a double becomes none, endless, or huge."""
    value = float(chance.choice([np.nan, np.inf, -np.inf, 1e38, 1e18, 1e-40]))
    packed = struct.pack("<f" if chance.random() < 0.7 else "<d", value)
    place = _place(data, chance) & ~3
    return data[:place] + packed + data[place + len(packed) :]


def text_number_set(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """A number in letters becomes another, or a word."""
    found = list(NUMBER.finditer(data))
    if not found:
        return data
    match = found[int(chance.integers(len(found)))]
    return data[: match.start()] + TEXTS[int(chance.integers(len(TEXTS)))] + data[match.end() :]


def cut(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """The end is missing."""
    return data[: _place(data, chance)]


def removed(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """A piece is missing."""
    place = _place(data, chance)
    return data[:place] + data[place + int(chance.integers(1, 60)) :]


def repeated(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """A piece is there twice, or many times."""
    place = _place(data, chance)
    piece = data[place : place + int(chance.integers(1, 60))]
    return data[:place] + piece * int(chance.choice([2, 3, 50])) + data[place + len(piece) :]


def spliced(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """It goes on as another file."""
    other = sound[int(chance.integers(len(sound)))]
    return data[: _place(data, chance)] + other[_place(other, chance) :]


def lines_moved(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """Two lines change places, or their ends change."""
    lines = data.split(b"\n")
    first, second = (int(chance.integers(len(lines))) for _ in range(2))
    lines[first], lines[second] = lines[second], lines[first]
    return (b"\r\n" if chance.random() < 0.2 else b"\n").join(lines)


def json_changed(data: bytes, sound: Sequence[bytes], chance: Chance) -> bytes:
    """A value of the document becomes another, or goes, or is there twice, or is a copy of another one."""
    try:
        document, binary = gltf_file.opened(data)
    except (ValueError, LookupError, TypeError, AttributeError, PipelineError):  # damaged already
        return data
    home, key = _somewhere(document, chance)
    way = int(chance.integers(5))
    if way == 0:
        home[key] = VALUES[int(chance.integers(len(VALUES)))]
    elif way == 1:
        del home[key]
    elif way == 2 and isinstance(home, list):
        home.extend([home[key]] * int(chance.choice([1, 3, 300])))
    elif way == 3 and isinstance(home[key], int) and not isinstance(home[key], bool):
        home[key] += int(chance.integers(-3, 4))
    else:
        other, name = _somewhere(document, chance)
        home[key] = json.loads(json.dumps(other[name]))
    try:
        text = json.dumps(document).encode()
    except (ValueError, RecursionError):
        return data
    if data[:4] == b"glTF":
        return hostile_gltf.glb(text, binary)
    return hostile_gltf.gltf(document, binary) if _has_buffer(document) else text


def _has_buffer(document: Any) -> bool:
    buffers = document.get("buffers")
    return isinstance(buffers, list) and bool(buffers) and isinstance(buffers[0], dict)


def _somewhere(document: Any, chance: Chance) -> tuple[Any, Any]:
    """A row or a list of the document, and a key in it."""
    places: list[tuple[Any, Any]] = []

    def visit(value: Any) -> None:
        keys = (
            value
            if isinstance(value, dict)
            else range(len(value))
            if isinstance(value, list)
            else ()
        )
        for key in keys:
            places.append((value, key))
            visit(value[key])

    visit(document)
    return places[int(chance.integers(len(places)))]


Way = Callable[[bytes, Sequence[bytes], Chance], bytes]
WAYS: tuple[Way, ...] = (
    *(bytes_turned, number_set, real_set, text_number_set, text_number_set),
    *(cut, removed, repeated, spliced, lines_moved),
)
