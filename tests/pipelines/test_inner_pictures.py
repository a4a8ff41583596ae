"""Pictures inside a mesh are decoded in the shut-in child first; what goes wrong there names the picture."""

from __future__ import annotations

import io
import json
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipelines.errors import InvalidValue, UnreadableInput
from pipelines.formats import files, inner_pictures, opening
from pipelines.formats.scene import Material, Picture, Scene, Texture
from tests.pipelines import scenes


def with_picture(data: bytes, name: str = "bark") -> Scene:
    """A box whose colour and emission are one picture of these bytes."""
    one = scenes.still()
    texture = Texture(Picture(name, "image/png", data))
    return replace(one, materials=(Material("m", base_colour=texture), one.materials[1]))


def sent(tmp_path: Path, data: bytes, kind: str = "glb") -> Path:
    files.write(with_picture(data), tmp_path, "sent", kind)
    return tmp_path / f"sent.{kind}"


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that says a size and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + rows


def noise(kind: str) -> bytes:
    stream = io.BytesIO()
    texels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    Image.fromarray(texels).save(stream, kind)
    return stream.getvalue()


BROKEN = {
    "cut short": noise("PNG")[:-900],
    "a size alone": png(16, 16),
    "a damaged JPEG": noise("JPEG")[:300],
    "a damaged WebP": noise("WEBP")[:90],
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_picture_is_named_before_a_model_sees_it(tmp_path, data):
    with pytest.raises(UnreadableInput) as caught:
        opening.open_mesh(sent(tmp_path, data), tmp_path, "mesh")
    said = 'picture 0 "bark" inside the mesh is truncated or broken; save it anew, or take it out'
    assert caught.value.message == said


def test_a_broken_picture_inside_an_fbx_is_named_too(tmp_path):
    path = sent(tmp_path, scenes.picture().data, "fbx")
    whole = path.read_bytes()
    assert whole.count(b"IDAT") >= 1
    path.write_bytes(whole.replace(b"IDAT", b"IxxT"))
    with pytest.raises(
        UnreadableInput, match=r"picture 0.* inside the mesh is truncated or broken"
    ):
        opening.open_mesh(path, tmp_path, "mesh")


@pytest.mark.parametrize("side", [8_001, 60_000])
def test_a_picture_that_claims_many_pixels_is_refused_undecoded(tmp_path, side):
    with pytest.raises(InvalidValue, match=r'picture 0 "bark" inside the mesh .* megapixels'):
        opening.open_mesh(sent(tmp_path, png(side, side)), tmp_path, "mesh")


def test_pictures_together_have_a_limit(monkeypatch):
    monkeypatch.setattr(inner_pictures, "MOST_PIXELS_TOGETHER", 2 * 64 * 64)
    rows = [(inner_pictures.label_of(row, ""), noise("PNG")) for row in range(3)]
    inner_pictures.decode_all(iter(rows[:2]), lambda label: None)
    with pytest.raises(InvalidValue, match="together"):
        inner_pictures.decode_all(iter(rows), lambda label: None)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_sound_picture_stays_bit_by_bit(tmp_path, kind):
    path = sent(tmp_path, noise(kind))
    before = path.read_bytes()
    opened = opening.open_mesh(path, tmp_path, "mesh")
    assert (opened.path, opened.lost, path.read_bytes()) == (path, (), before)


DIES = """
from PIL import Image
Image.Image.load = lambda *_: {how}
from PIL import PngImagePlugin
PngImagePlugin.PngImageFile.load = lambda *_: {how}
child.main(*sys.argv[1:])
"""


@pytest.mark.parametrize("how", ["os.abort()", "os._exit(3)", "__import__('ctypes').string_at(0)"])
def test_a_decoder_that_crashes_costs_a_clear_error_that_names_the_picture(
    monkeypatch, tmp_path, how
):
    head = (
        "import sys, os; sys.path.insert(0, sys.argv.pop(1)); from pipelines.formats import child\n"
    )
    monkeypatch.setattr(opening, "_START", head + DIES.format(how=how))
    with pytest.raises(UnreadableInput) as caught:
        opening.open_mesh(sent(tmp_path, noise("PNG")), tmp_path, "mesh")
    said = 'picture 0 "bark" inside the mesh could not be decoded; save it anew, or take it out'
    assert caught.value.message == said


def test_pictures_that_no_texture_names_are_not_decoded_and_one_shared_by_many_is_once(tmp_path):
    document, binary = files_document(sent(tmp_path, noise("PNG")))
    image = document["images"][0]
    document["images"] = [image] * 50 + [{**image, "bufferView": 10**6}, {"uri": "x"}]
    document["textures"] = [
        *({"source": row} for row in range(52)),
        {"extensions": {"EXT_texture_webp": {"source": 1}}},
        {"extensions": 5},
        {"source": "a"},
    ]
    assert len(list(inner_pictures.of_document(document, binary))) == 1
    document["textures"] = []
    assert not list(inner_pictures.of_document(document, binary))


def files_document(path: Path) -> tuple[dict, bytes]:
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    return json.loads(data[20 : 20 + length]), data[28 + length :]


@pytest.mark.parametrize("name", ["bark", "", '"; "kind"', "a\nb\x1b[0m", "x" * 500, None, "ünï ☃"])
def test_every_label_can_be_shown_and_nothing_else_counts_as_one(name):
    assert inner_pictures.is_label(inner_pictures.label_of(3, name))
    for text in ("", "picture", "/etc/passwd", 'picture 0 "a\nb"', 5, None):
        assert not inner_pictures.is_label(text)
