"""Hopeless and odd inputs of all six features that make or paint a mesh, through the real API.

Each ends in a clear sentence that names the field, or in a right result; never in a 500, and never in silence.
"""

from __future__ import annotations

import functools
import io
import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import trimesh

from tests.gltf_validator import validate
from tests.serving import pictures
from tests.serving.live import Client, assert_plain, assert_refused
from tests.serving.second_api import (
    PAINTING,
    PICTURE,
    QUICK,
    RAW_MESH,
    TEXTURED_MESH,
    V1,
    as_base64,
    ended,
    job_of,
    nothing_left,
    refused,
)
from tests.serving.test_bad_input import BROKEN, HOPELESS, SOUND

TEXT_RAW = f"{V1}/mesh-generation/text-to-raw-mesh"
TEXT_TEXTURED = f"{V1}/mesh-generation/text-to-textured-mesh"
TEXT_PAINTING = f"{V1}/mesh-generation/text-mesh-painting"
MESH = {"mesh_base64": as_base64(pictures.OBJ)}
SMALL = {"texture_resolution": 256}
# What each route needs beside a prompt, and beside a picture.
BY_TEXT = {TEXT_RAW: {}, TEXT_TEXTURED: SMALL, TEXT_PAINTING: MESH | SMALL}
BY_IMAGE = {RAW_MESH: QUICK, TEXTURED_MESH: QUICK | SMALL, PAINTING: MESH | SMALL}
BY_MESH = {
    TEXT_PAINTING: {"text_prompt": "red brick", **SMALL},
    PAINTING: {"image_base64": as_base64(PICTURE), **SMALL},
}


def ending(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A job that was accepted, once it has ended; a failed one says why in plain words."""
    status = ended(client, job_of(client.post(path, json=body)))
    if status["status"] == "failed":
        assert_plain(status["error"])
        assert status["error_code"] in ("INVALID_VALUE", "FILE_UPLOAD_ERROR"), status
    return status


def assert_sound(client: Client, tmp_path, status: dict[str, Any]) -> dict[str, Any]:
    """The result is a GLB without a remark of the validator. -> its generation_info"""
    assert status["status"] == "completed", status
    path = tmp_path / "result.glb"
    path.write_bytes(client.get(status["mesh_url"]).content)
    assert validate(path).complaints == []
    assert status["thumbnail_url"]
    return dict(status["result"]["generation_info"])


# Prompts

WRONG_PROMPTS: dict[str, Any] = {
    "none": None,
    "empty": "",
    "blank": " \t\n ",
    "controls alone": "\0\x01\x1b\x7f",
    "half a pair alone": "\ud800",
    "ten thousand characters": "chair " * 1666 + "abcd",
    "one too many": "x" * 2001,
    "a number": 5,
    "a list": ["a chair"],
    "an object": {"text": "a chair"},
    "true": True,
}


def post_json(client: Client, path: str, body: dict[str, Any]):
    """As JSON text of our own: Requests would refuse half a surrogate pair."""
    headers = {"Content-Type": "application/json"}
    return client.post(path, data=json.dumps(body), headers=headers)


@pytest.mark.parametrize("name", WRONG_PROMPTS)
@pytest.mark.parametrize("path", BY_TEXT)
def test_hopeless_prompt_is_refused_with_the_fields_name(at_desk, path, name):
    body = BY_TEXT[path] | {"text_prompt": WRONG_PROMPTS[name]}
    refused(post_json(at_desk, path, body), 422, "INVALID_VALUE", "text_prompt")
    assert nothing_left(at_desk)


@pytest.mark.parametrize("name", WRONG_PROMPTS)
@pytest.mark.parametrize("beside", [{}, {"mesh_data": as_base64(pictures.OBJ)}])
def test_hopeless_text_is_refused_by_the_first_api_too(at_desk, beside, name):
    answer = post_json(at_desk, "/text_to_3d", {"text": WRONG_PROMPTS[name]} | beside)
    assert_refused(answer, 400, "text")
    assert nothing_left(at_desk)


@pytest.mark.parametrize("name", ["ten thousand characters", "a list"])
def test_hopeless_texture_prompt_is_refused_with_the_fields_name(at_desk, name):
    body = {"text_prompt": "a chair", "texture_prompt": WRONG_PROMPTS[name]}
    refused(post_json(at_desk, TEXT_TEXTURED, body), 422, "INVALID_VALUE", "texture_prompt")


FOREIGN = {
    "german": "ein rotes Auto mit schwarzen Rädern",
    "japanese": "赤い車",
    "arabic, right to left": "سيارة حمراء",
    "cyrillic": "красная машина",
    "emoji alone": "🐱",
    "emoji of several": "👩‍👩‍👧‍👦🏳️‍🌈",
    "combining marks": "Z̸̢͓a̵l̷g̶o̴",
    "digits": "12345",
    "punctuation": "?!... ---",
    "markup": "<script>alert(1)</script>",
    "format fields": "{0} %s %n ${x}",
    "path": "../../etc/passwd",
    "one endless word": "x" * 2000,
    "two thousand words": "a " * 999 + "b",
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("path", [TEXT_RAW, TEXT_PAINTING])
def test_prompt_that_no_model_knows_is_matched_or_refused_in_words(client, path, name):
    status = ending(client, path, BY_TEXT[path] | {"text_prompt": FOREIGN[name]})
    if status["status"] == "failed":
        assert status["error"].startswith("text_prompt ")
    else:
        info = status["result"]["generation_info"]
        assert info.get("match") or info.get("material"), "what was taken is said"


MIXED = {
    "emoji beside it": "a red chair 🪑🔥",
    "controls in it": "a\0red\x07 chair\r\n",
    "half a pair in it": "a red \ud83d chair",
    "capitals": "A RED CHAIR",
    "accents beside it": "a red chair, s'il vous plaît",
    "full width": "a red chair\u3000",
    "line ends": "a red\nwooden\r\nchair",
    "long but sound": "a red chair " * 160,
}


@pytest.mark.parametrize("name", MIXED)
def test_known_words_among_odd_characters_are_understood(client, tmp_path, name):
    answer = post_json(client, TEXT_RAW, {"text_prompt": MIXED[name]})
    info = assert_sound(client, tmp_path, ended(client, job_of(answer)))
    assert info["family"] == "chair"


# Meshes


def glb_of(mesh: trimesh.Trimesh, points: Any) -> bytes:
    """The mesh as GLB with other points than it was checked with."""
    data = bytes(mesh.export(file_type="glb"))
    (length,) = struct.unpack_from("<I", data, 12)
    document = json.loads(data[20 : 20 + length])
    accessor = document["accessors"][
        document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]
    ]
    start = 28 + length + document["bufferViews"][accessor["bufferView"]].get("byteOffset", 0)
    raw = np.asarray(points, np.float32).tobytes()
    return data[:start] + raw + data[start + len(raw) :]


@functools.cache
def ball() -> trimesh.Trimesh:
    return trimesh.creation.icosphere(2)


def scattered(changed: Callable[[np.ndarray], np.ndarray]) -> bytes:
    return glb_of(ball(), changed(ball().vertices.copy()))


def one_nan(points: np.ndarray) -> np.ndarray:
    points[5] = np.nan
    return points


def hundred_materials() -> bytes:
    scene = trimesh.Scene()
    for number in range(100):
        box = trimesh.creation.box((0.5, 0.5, 0.5))
        box.apply_translation((number % 10, number // 10, 0))
        material = trimesh.visual.material.PBRMaterial(baseColorFactor=[number * 2, 99, 99, 255])
        box.visual = trimesh.visual.TextureVisuals(material=material)
        scene.add_geometry(box)
    return bytes(scene.export(file_type="glb"))


HOPELESS_MESHES: dict[str, tuple[Callable[[], bytes], str]] = {
    "points alone": (lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\n", "no faces"),
    "lines alone": (lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nl 1 2 3\n", "no faces"),
    "ply without faces": (
        lambda: (
            b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
            b"property float z\nend_header\n0 0 0\n"
        ),
        "no faces",
    ),
    "stl without faces": (lambda: b"\0" * 84, "no faces"),
    "nan in obj": (lambda: b"v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "not finite"),
    "nan in glb": (lambda: scattered(one_nan), "not finite"),
    "all nan": (lambda: scattered(lambda points: points * np.nan), "not finite"),
    "infinite": (lambda: scattered(lambda points: np.full_like(points, np.inf)), "not finite"),
    "one point": (lambda: scattered(lambda points: points * 0), "no size"),
    "vertex that is not there": (lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "OBJ"),
}


@pytest.mark.parametrize("name", HOPELESS_MESHES)
@pytest.mark.parametrize("path", BY_MESH)
def test_hopeless_mesh_fails_with_a_reason(client, path, name):
    made, words = HOPELESS_MESHES[name]
    status = ending(client, path, BY_MESH[path] | {"mesh_base64": as_base64(made())})
    assert status["status"] == "failed"
    assert "mesh" in status["error"]
    assert words in status["error"]


ODD_MESHES: dict[str, tuple[Callable[[], bytes], int]] = {
    "one triangle": (lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", 1),
    "very small": (lambda: scattered(lambda points: points * 1e-20), 320),
    "very far away": (lambda: scattered(lambda points: points + 1e6), 320),
    "a hundred materials": (hundred_materials, 1200),
    "doubled and flat faces": (
        lambda: b"v 0 0 0\nv 1 0 0\nv 0 1 0\nv 2 0 0\nf 1 2 3\nf 1 2 3\nf 3 2 1\nf 1 2 4\n",
        4,
    ),
}


@pytest.mark.parametrize("name", ODD_MESHES)
@pytest.mark.parametrize("path", BY_MESH)
def test_odd_mesh_is_painted(client, tmp_path, path, name):
    made, faces = ODD_MESHES[name]
    status = ending(client, path, BY_MESH[path] | {"mesh_base64": as_base64(made())})
    assert assert_sound(client, tmp_path, status)["face_count"] == faces


def test_million_faces_are_painted(client, tmp_path):
    large = trimesh.creation.icosphere(8)
    assert len(large.faces) > 1_000_000
    data = io.BytesIO(bytes(large.export(file_type="ply")))
    form, files = {"text_prompt": "red brick", "texture_resolution": "256"}, {"mesh_file": data}
    answer = client.post(f"{TEXT_PAINTING}-upload", data=form, files=files, timeout=60)
    status = ended(client, job_of(answer), within_s=400)
    assert assert_sound(client, tmp_path, status)["face_count"] == len(large.faces)


# Pictures: all of them at the first API in test_bad_input.py; here the other features, through the second

ODD_PICTURES = ["png, 16 bit colour", "jpeg, cmyk", "webp, animated", "png, one bit", "tiff, cmyk"]


@pytest.mark.parametrize("name", ODD_PICTURES)
@pytest.mark.parametrize("path", [RAW_MESH, PAINTING])
def test_odd_but_sound_picture_becomes_a_mesh(client, tmp_path, path, name):
    body = BY_IMAGE[path] | {"image_base64": as_base64(SOUND[name])}
    assert_sound(client, tmp_path, ending(client, path, body))


@pytest.mark.parametrize("name", ["empty", "text", "png, half", "8000 x 8000", "bomb", "no pixels"])
@pytest.mark.parametrize("path", BY_IMAGE)
def test_broken_picture_is_refused_with_the_fields_name(at_desk, path, name):
    body = BY_IMAGE[path] | {"image_base64": as_base64(BROKEN[name][0], "image/png")}
    answer = at_desk.post(path, json=body)
    refused(answer, 400, "FILE_UPLOAD_ERROR", "image_base64")
    assert nothing_left(at_desk)


@pytest.mark.parametrize("name", HOPELESS)
def test_hopeless_picture_fails_with_a_reason(client, name):
    data, word = HOPELESS[name]
    for path in (RAW_MESH, TEXTURED_MESH):
        status = ending(client, path, BY_IMAGE[path] | {"image_base64": as_base64(data)})
        assert status["status"] == "failed"
        assert word in status["error"]


# Numbers

BAD_NUMBERS = {
    "texture_resolution": (255, 4097, "large", 1e9, True),
    "simplify_ratio": (0, 0.009, 1.01, -1, "half"),
    "target_face_count": (59, 100_001, -5, 1.5, "many"),
    "target_height_m": (0, -1, 1001, "tall", 1e400),
    "vertex_limit": (99, 1_000_001, "none"),
    "seed": (-1, 2**31, "x", 0.5),
    "turntable": (2, "perhaps", []),
}
TAKES = {
    "texture_resolution": [TEXT_TEXTURED, TEXT_PAINTING, TEXTURED_MESH, PAINTING],
    "seed": [*BY_TEXT, *BY_IMAGE],
    "turntable": [*BY_TEXT, *BY_IMAGE],
}


@pytest.mark.parametrize("name", BAD_NUMBERS)
def test_bad_number_is_refused_with_the_fields_name(at_desk, name):
    for path in TAKES.get(name, [TEXT_RAW, TEXT_TEXTURED, RAW_MESH, TEXTURED_MESH]):
        body = {"text_prompt": "a chair", "image_base64": as_base64(PICTURE), **MESH}
        for value in BAD_NUMBERS[name]:
            answer = post_json(at_desk, path, body | {name: value})
            refused(answer, 422, "INVALID_VALUE", name)
