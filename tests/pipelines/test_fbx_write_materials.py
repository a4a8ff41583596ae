"""Colours and pictures in FBX files of our writer, as foreign readers see them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipelines.formats.fbx import write as fbx_write
from pipelines.formats.scene import (
    CLAMP,
    MIRRORED,
    REPEAT,
    Material,
    Picture,
    Texture,
)
from pipelines.formats.srgb import to_linear
from tests.pipelines import fbx_readers
from tests.pipelines.fbx_readers import NEAR, READERS, Reader
from tests.pipelines.fbx_scenes import (
    dressed,
    png,
)


def pixels(data: bytes | None) -> NDArray:
    assert data is not None
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


@pytest.mark.parametrize("reader", READERS)
def test_pictures_reach_the_readers_byte_by_byte(reader: Reader, tmp_path):
    colours, normals, light = png((200, 100, 50)), png((128, 128, 250)), png((9, 8, 7))
    material = Material(
        "painted",
        base_colour=Texture(colours, 0, (CLAMP, CLAMP)),
        normal=Texture(normals, 0),
        emissive=Texture(light, 0),
        emission=(1.0, 1.0, 1.0),
    )
    written = fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    assert written.lost == ()
    found = reader(tmp_path / "scene.fbx").materials["painted"]
    assert found["map"] == colours.data
    assert found["normalMap"] == normals.data
    assert found["emissiveMap"] == light.data
    assert found.get("clamped", [True, True]) == [True, True]


@pytest.mark.parametrize("reader", READERS)
def test_colours_and_transparency_reach_the_readers(reader: Reader, tmp_path):
    material = Material(
        "glass", (0.8, 0.4, 0.2, 0.25), roughness=0.5, emission=(0.1, 0.2, 0.3), alpha_mode="BLEND"
    )
    assert fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost == ()
    found = reader(tmp_path / "scene.fbx").materials["glass"]
    assert found["opacity"] == pytest.approx(0.25, abs=NEAR)
    if reader is fbx_readers.through_three:  # which takes the file's numbers for sRGB
        shown = [0.8, 0.4, 0.2, 0.1, 0.2, 0.3]
        wanted = np.where(np.array(shown) > 0, to_linear(np.array(shown)), 0)
        assert found["shininess"] == pytest.approx(25.0)
    else:
        wanted = np.array([0.8, 0.4, 0.2, 0.1, 0.2, 0.3])
    np.testing.assert_allclose([*found["colour"], *found["emission"]], wanted, atol=NEAR)


@pytest.mark.parametrize("reader", READERS)
def test_a_colour_over_a_texture_is_in_its_pixels(reader: Reader, tmp_path):
    material = Material("dyed", (0.5, 1.0, 0.0, 1.0), base_colour=Texture(png((255, 128, 64))))
    fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    found = reader(tmp_path / "scene.fbx").materials["dyed"]
    # Half of full light is 188 in sRGB.
    assert pixels(found["map"])[0, 0].tolist() == [188, 128, 0]
    np.testing.assert_allclose(found["colour"], [1, 1, 1], atol=NEAR)


@pytest.mark.parametrize("mode, kept", [("OPAQUE", 3), ("BLEND", 4)])
@pytest.mark.parametrize("reader", READERS)
def test_alpha_that_an_opaque_material_ignores_is_left_out(
    reader: Reader, mode: str, kept: int, tmp_path
):
    seen = Texture(png((10, 20, 30, 40), "RGBA"))
    material = Material("leaf", base_colour=seen, alpha_mode=mode)
    fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    found = pixels(reader(tmp_path / "scene.fbx").materials["leaf"]["map"])
    assert found[0, 0].tolist() == [10, 20, 30, 40][:kept]


@pytest.mark.parametrize("reader", READERS)
def test_a_webp_picture_becomes_a_png(reader: Reader, tmp_path):
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), (50, 100, 150)).save(stream, "WEBP", lossless=True)
    material = Material("web", base_colour=Texture(Picture("w", "image/webp", stream.getvalue())))
    assert fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost == ()
    found = reader(tmp_path / "scene.fbx").materials["web"]["map"]
    assert found[:4] == b"\x89PNG" and pixels(found)[0, 0].tolist() == [50, 100, 150]


def test_occlusion_reaches_three(tmp_path):
    shade = png((90, 80, 70))
    material = Material("old", occlusion=Texture(shade))
    assert fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost == ()
    found = fbx_readers.through_three(tmp_path / "scene.fbx").materials["old"]
    assert found["aoMap"] == shade.data


def embedded(path: Path) -> list[NDArray]:
    """The PNGs in a file, in order."""
    data = path.read_bytes()
    starts = [n for n in range(len(data)) if data.startswith(b"\x89PNG\r\n\x1a\n", n)]
    return [pixels(data[start:]) for start in starts]


def test_roughness_and_metalness_are_there_packed_and_apart(tmp_path):
    packed = Texture(png((0, 100, 200)))
    material = Material("worn", roughness=0.5, metalness=1.0, metallic_roughness=packed)
    written = fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    assert len(written.lost) == 1 and "Blender" in written.lost[0]
    both, rough, metal = embedded(tmp_path / "scene.fbx")
    assert both[0, 0].tolist() == [0, 50, 200] and both[2, 1].tolist() == [255, 78, 55]
    assert (rough[0, 0], rough[2, 1]) == (50, 78) and (metal[0, 0], metal[2, 1]) == (200, 55)


def test_maps_without_factors_keep_their_bytes(tmp_path):
    packed = png((0, 100, 200))
    material = Material(metalness=1.0, metallic_roughness=Texture(packed), normal=Texture(packed))
    fbx_write.write(dressed(material), tmp_path / "scene.fbx")
    assert (tmp_path / "scene.fbx").read_bytes().count(packed.data) == 1


def flat_green(green: int) -> Texture:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4), (0, green, 0)).save(stream, "PNG")
    return Texture(Picture("flat", "image/png", stream.getvalue()))


def test_a_map_that_is_all_alike_is_a_number(tmp_path):
    material = Material("even", metalness=1.0, metallic_roughness=flat_green(51))
    assert fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost == ()
    assert embedded(tmp_path / "scene.fbx") == []
    found = fbx_readers.through_three(tmp_path / "scene.fbx").materials["even"]
    assert found["shininess"] == pytest.approx((10 * (1 - 0.2)) ** 2)


BROKEN = Picture("broken", "image/webp", b"RIFF????WEBP")
LOST = {
    "cutoff": (Material(alpha_mode="MASK"), "cutoff"),
    "mirrored": (
        Material(base_colour=Texture(png((1, 2, 3)), 0, (MIRRORED, REPEAT))),
        "unmirrored",
    ),
    "undecodable": (Material(base_colour=Texture(BROKEN)), "cannot be decoded"),
}


@pytest.mark.parametrize("material, word", LOST.values(), ids=LOST)
def test_what_the_format_cannot_carry_is_said(material: Material, word: str, tmp_path):
    (said,) = fbx_write.write(dressed(material), tmp_path / "scene.fbx").lost
    assert word in said
