"""Materials and textures of FBX files, in the words of several programs."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from pipelines.formats.fbx import read as fbx_read
from pipelines.formats.scene import Opened
from tests.pipelines.fbx_bytes import (
    CUBE,
    FORMS,
    SIDES,
    N,
    binary,
    geometry,
    layer,
    link,
    model,
    named,
    properties,
    whole,
)


def read(elements: list[N]) -> Opened:
    return fbx_read.read(binary(elements))


def picture(kind: str = "PNG", size: int = 2) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (size, size), (200, 100, 50)).save(stream, kind)
    return stream.getvalue()


def painted(
    rows: dict[str, Any],
    *more: N,
    links: tuple[N, ...] = (),
    defaults: dict[str, Any] | None = None,
) -> list[N]:
    """The cube with one material of these properties, number 30."""
    template = N("PropertyTemplate", ("FbxSurfacePhong",), [properties(defaults or {})])
    sets = [layer("UV", "AllSame", [(0, 0)], name=name) for name in ("first", "second")]
    paint = N("Material", (30, named("Paint", "Material"), ""), [properties(rows)])
    return whole(
        [geometry(10, CUBE, SIDES, *sets), model(1, "Cube"), paint, *more],
        [link(1, 0), link(10, 1), link(30, 1), *links],
        N("Definitions", (), [N("ObjectType", ("Material",), [template])]),
    )


def textured(
    on: str, *, content: bytes | None = None, rows: dict[str, Any] | None = None
) -> list[N]:
    inside = [N("Content", (content,))] if content is not None else []
    return painted(
        {"DiffuseColor": (0.1, 0.2, 0.3)},
        N("Texture", (40, named("tex", "Texture"), ""), [properties(rows or {})]),
        N(
            "Video",
            (41, named("vid", "Video"), "Clip"),
            [N("RelativeFilename", ("dir\\wood.png",)), *inside],
        ),
        links=(link(40, 30, on), link(41, 40)),
    )


def material(elements: list[N]) -> Any:
    (found,) = read(elements).scene.materials
    return found


def test_a_phong_material_becomes_a_rough_or_smooth_one():
    found = material(
        painted(
            {
                "DiffuseColor": (0.2, 0.4, 0.6),
                "ShininessExponent": 25.0,
                "EmissiveColor": (0.5, 0.0, 0.0),
            }
        )
    )
    assert found.name == "Paint" and found.colour == pytest.approx((0.2, 0.4, 0.6, 1.0))
    assert found.roughness == pytest.approx(0.5) and found.metalness == 0.0
    assert found.emission == pytest.approx((0.5, 0, 0)) and found.alpha_mode == "OPAQUE"


def test_what_a_material_does_not_say_the_file_may():
    assert material(painted({}, defaults={"DiffuseColor": (0.3, 0.3, 0.9)})).colour[
        :3
    ] == pytest.approx((0.3, 0.3, 0.9))
    assert material(painted({})).colour[:3] == pytest.approx((0.8, 0.8, 0.8))


@pytest.mark.parametrize(
    ("rows", "alpha"),
    [
        ({"Opacity": 0.25}, 0.25),
        ({"TransparencyFactor": 0.4}, 0.6),
        ({"TransparencyFactor": 1.0, "TransparentColor": (0.5, 0.5, 0.5)}, 0.5),
        ({"TransparencyFactor": 1.0, "TransparentColor": (1.0, 1.0, 1.0)}, 1.0),
        ({"TransparencyFactor": 1.0, "TransparentColor": (0.0, 0.0, 0.0)}, 1.0),
    ],
)
def test_transparency_in_the_words_of_several_programs(rows, alpha):
    found = material(painted(rows))
    assert found.colour[3] == pytest.approx(alpha)
    assert found.alpha_mode == ("OPAQUE" if alpha == 1.0 else "BLEND")


@pytest.mark.parametrize(
    "rows",
    [
        {"3dsMax|main|basecolor": (0.9, 0.1, 0.1, 1.0), "3dsMax|main|metalness": 0.7, "3dsMax|main|roughness": 0.2},
        {
            "3dsMax|Parameters|base_color": (0.9, 0.1, 0.1, 1.0),
            "3dsMax|Parameters|metalness": 0.7,
            "3dsMax|Parameters|roughness": 0.2,
        },
        {"Maya|baseColor": (0.9, 0.1, 0.1), "Maya|metalness": 0.7, "Maya|specularRoughness": 0.2},
        {"Maya|base_color": (0.9, 0.1, 0.1), "Maya|metallic": 0.7, "Maya|roughness": 0.2},
    ],
)  # fmt: skip
def test_metal_and_roughness_of_maya_and_3ds_max(rows):
    found = material(painted({"DiffuseColor": (0.5, 0.5, 0.5), "ShininessExponent": 2.0, **rows}))
    assert found.colour[:3] == pytest.approx((0.9, 0.1, 0.1))
    assert (found.metalness, found.roughness) == pytest.approx((0.7, 0.2))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("kind", "media"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_a_picture_inside_the_file_is_kept_byte_by_byte(form, kind, media):
    content = picture(kind)
    rows = textured("DiffuseColor", content=content, rows={"UVSet": "second", "WrapModeU": 1})
    opened = fbx_read.read(form(rows))
    (found,) = opened.scene.materials
    assert (
        found.base_colour.picture.data == content and found.base_colour.picture.media_type == media
    )
    assert found.base_colour.picture.name == "wood.png" and found.base_colour.uv_set == 1
    assert (
        found.base_colour.wrap == (33071, 10497)
        and found.colour[:3] == (1, 1, 1)
        and not opened.lost
    )


@pytest.mark.parametrize(
    ("on", "field"),
    [
        ("NormalMap", "normal"),
        ("EmissiveColor", "emissive"),
        ("Maya|TEX_color_map", "base_colour"),
        ("3dsMax|Parameters|base_color_map", "base_colour"),
        ("3dsMax|main|ambientOcclusionMap", "occlusion"),
    ],
)
def test_textures_find_their_place(on, field):
    assert [name for name, _ in material(textured(on, content=picture())).textures()] == [field]


def test_one_picture_on_roughness_and_metalness_is_gltfs():
    rows = textured("Maya|TEX_roughness_map", content=picture())
    rows[-1].inside.append(link(40, 30, "Maya|TEX_metallic_map"))
    found = material(rows)
    assert found.metallic_roughness is not None and (found.metalness, found.roughness) == (1.0, 1.0)


def test_a_picture_that_is_its_own_opacity_lets_see_through():
    rows = textured("DiffuseColor", content=picture())
    rows[-1].inside.append(link(40, 30, "TransparentColor"))
    assert material(rows).alpha_mode == "BLEND"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "not inside the file"),
        (b"", "not inside the file"),
        (b"BM" + bytes(90), "neither PNG nor JPEG"),
    ],
)
def test_pictures_elsewhere_and_of_other_kinds_are_told(content, said):
    opened = read(textured("DiffuseColor", content=content))
    (found,) = opened.scene.materials
    assert found.base_colour is None and found.colour[:3] == pytest.approx((0.1, 0.2, 0.3))
    assert [said in sentence for sentence in opened.lost] == [True]
    assert "wood" not in " ".join(opened.lost)


def test_faces_have_the_materials_of_their_node():
    slots = layer("Material", "ByPolygon", None, [0, 1, 1, 0, 7, -1])
    other = [N("Material", (n, named(f"m{n}", "Material"), ""), [properties({})]) for n in (31, 32)]
    rows = whole(
        [geometry(10, CUBE, SIDES, slots), model(1, "a"), model(2, "b"), *other],
        [
            link(1, 0),
            link(2, 0),
            link(10, 1),
            link(10, 2),
            link(31, 1),
            link(32, 1),
            link(32, 2),
            link(31, 2),
        ],
    )
    scene = read(rows).scene
    assert [found.name for found in scene.materials] == ["m31", "m32"]
    first, second = (scene.meshes[node.mesh] for node in scene.nodes)
    assert first.material.tolist() == [0, 0, 1, 1, 1, 1, 0, 0, -1, -1, -1, -1]
    assert second.material.tolist() == [1, 1, 0, 0, 0, 0, 1, 1, -1, -1, -1, -1], (
        "the same mesh, the other order"
    )
