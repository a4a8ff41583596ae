"""Every parameter and option of the six features that make or paint a mesh: set, it changes the result or is told."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageDraw

from pipelines.catalog import Catalog
from pipelines.errors import InvalidValue
from pipelines.spec import validated
from tests.pipelines.classic_pictures import cube, figure, run, saved, textures

CATALOG = Catalog.discover(())
BY_TEXT = ("text_to_raw_mesh", "text_to_textured_mesh", "text_mesh_painting")
BY_PICTURE = ("image_to_raw_mesh", "image_to_textured_mesh", "image_mesh_painting")
# The request itself, what has one value, and what is drawn after the model's run: test_turntable.py looks at that.
PLAIN = {"text_prompt", "output_format", "turntable"}
# Reported alone, as the field's description says.
REPORTED = {(feature, "seed") for feature in BY_PICTURE}
OTHER: dict[str, Any] = {
    "vertex_limit": 200,
    "target_face_count": 300,
    "simplify_ratio": 0.3,
    "target_height_m": 2.0,
    "style": "lowpoly",
    "seed": 7,
    "texture_size": 300,
    "mode": "tile",
    "texture_prompt": "red brick",
    "texture_bake_mode": "fast",
    "sparse_structure_sample_steps": 2,
    "sparse_structure_cfg_strength": 3.0,
    "slat_sample_steps": 60,
    "slat_cfg_strength": 9.0,
    "depth_scale": 0.5,
    "depth_method": "inflation",
    "tile_scale": 0.1,
    "pattern_scale": 3.0,
    "uvs": "new",
}
# What must be there for the value to count.
BESIDE = {
    ("image_mesh_painting", "uvs"): {"mesh_uv": True},
    ("text_mesh_painting", "uvs"): {"mesh_uv": True},
    ("image_mesh_painting", "tile_scale"): {"mode": "tile"},
    ("image_to_textured_mesh", "mode"): {"texture_image": True},
}
ELSEWHERE = {
    (feature, "style"): "cartoon" for feature in CATALOG.features if feature.endswith("painting")
}
CASES = [
    (feature, name)
    for feature in (*BY_TEXT, *BY_PICTURE)
    for model in (
        CATALOG.feature(feature).params,
        CATALOG.card(feature, f"classic_{feature}").options,
    )
    for name in model.model_fields
    if name not in PLAIN
]


def made(feature: str, settings: dict[str, Any], beside: dict[str, Any]) -> tuple[Any, ...]:
    """A run with small settings and those given. -> what it made, bit by bit, and its parameters"""
    with TemporaryDirectory() as name:
        folder = Path(name)
        known = CATALOG.feature(feature).params.model_fields
        choices = {**_small(feature), **beside, **settings}
        inputs = {}
        if feature in BY_PICTURE:
            inputs["image"] = saved(folder, figure())
        if feature.endswith("painting"):
            inputs["mesh"] = _cube(folder, choices.pop("mesh_uv", False))
        if choices.pop("texture_image", False):
            inputs["texture_image"] = saved(folder, figure(120))
        params = {field: value for field, value in choices.items() if field in known}
        options = {field: value for field, value in choices.items() if field not in known}
        outcome = run(feature, inputs, folder, params, options)
        return (folder / "output.glb").read_bytes(), outcome.info["parameters"]


def _cube(folder: Path, has_uv: bool) -> Path:
    """With coordinates, each of its corners has a place of its own in the texture."""
    if not has_uv:
        return cube(folder / "cube.glb")
    mesh = trimesh.creation.box()
    mesh.unmerge_vertices()
    cells = np.stack(np.divmod(np.arange(12), 4), axis=1)[:, ::-1, None] / 4.0
    corners = cells.transpose(0, 2, 1) + np.array([[0.02, 0.02], [0.22, 0.02], [0.02, 0.22]])
    mesh.visual = trimesh.visual.TextureVisuals(uv=corners.reshape(-1, 2))
    path = folder / "cube.obj"
    path.write_text(mesh.export(file_type="obj"))
    return path


def _small(feature: str) -> dict[str, Any]:
    made = {"text_prompt": "red wood"} if feature.endswith("painting") else {"text_prompt": "chair"}
    made |= {"texture_size": 256, "sparse_structure_sample_steps": 1}
    card = CATALOG.card(feature, f"classic_{feature}")
    known = {*CATALOG.feature(feature).params.model_fields, *card.options.model_fields}
    return {name: value for name, value in made.items() if name in known}


@cache
def standard(feature: str, beside: str) -> tuple[Any, ...]:
    return made(feature, {}, dict(BESIDE.get((feature, beside), {})))


@pytest.mark.parametrize(("feature", "name"), CASES)
def test_a_parameter_that_is_set_changes_the_result_or_is_told(feature, name):
    value = ELSEWHERE.get((feature, name), OTHER[name])
    key = (feature, name)
    before, _ = standard(feature, name if key in BESIDE else "")
    after, parameters = made(feature, {name: value}, BESIDE.get(key, {}))
    assert parameters[name] == value
    if key in REPORTED:
        assert after == before
    else:
        assert after != before


def told_by(outcome: Any) -> list[str]:
    return [notice.message for notice in outcome.warnings if notice.code == "FIELD_WITHOUT_EFFECT"]


def test_what_counts_only_beside_something_else_is_told_where_that_is_missing(tmp_path):
    image, mesh = saved(tmp_path, figure()), cube(tmp_path / "cube.glb")
    small = {"texture_size": 256}
    painted = run(
        "image_mesh_painting",
        {"image": image, "mesh": mesh},
        tmp_path,
        {**small, "mode": "project"},
        {"tile_scale": 0.1},
    )
    assert [text.partition(" has")[0] for text in told_by(painted)] == ["tile_scale"]
    painted = run(
        "image_mesh_painting", {"image": image, "mesh": mesh}, tmp_path, small, {"uvs": "keep"}
    )
    assert [text.partition(" has")[0] for text in told_by(painted)] == ["uvs keep"]
    coarse = {"sparse_structure_sample_steps": 1}
    shaped = run(
        "image_to_textured_mesh", {"image": image}, tmp_path, {**small, "mode": "tile"}, coarse
    )
    assert [text.partition(" has")[0] for text in told_by(shaped)] == ["mode tile"]
    views = {"image": image, "image_left": image}
    shaped = run("image_to_raw_mesh", views, tmp_path, {}, {**coarse, "depth_method": "inflation"})
    assert [text.partition(" has")[0] for text in told_by(shaped)] == ["depth_method inflation"]


def test_nothing_is_told_of_what_was_not_set(tmp_path):
    inputs = {"image": saved(tmp_path, figure()), "mesh": cube(tmp_path / "cube.glb")}
    assert run("image_mesh_painting", inputs, tmp_path, {"texture_size": 256}).warnings == ()


@pytest.mark.parametrize(
    ("mode", "method"), [("auto", "tiling"), ("project", "front_projection"), ("tile", "tiling")]
)
def test_a_picture_for_the_texture_is_laid_as_the_mode_says(tmp_path, mode, method):
    noise = Image.effect_noise((90, 90), 60)
    patch = (
        noise
        if mode != "project"
        else Image.merge(
            "LA",
            (noise, Image.radial_gradient("L").resize((90, 90)).point(lambda v: 255 * (v < 120))),
        )
    )
    inputs = {
        "image": saved(tmp_path, figure()),
        "texture_image": saved(tmp_path, patch, "texture.png"),
    }
    params = {"texture_size": 256, "mode": mode}
    made = run("image_to_textured_mesh", inputs, tmp_path, params, {"slat_sample_steps": 1})
    assert made.info["texture_source"] == "texture_image"
    assert made.info["texture_method"] == method and told_by(made) == []
    red, _, blue = (
        textures(tmp_path / "output.glb")[0].convert("RGB").resize((1, 1)).getpixel((0, 0))
    )
    assert abs(red - blue) < 12, "the texture is grey, the views are red and blue"


@pytest.mark.parametrize("size", [256, 512, 4096])
def test_the_texture_is_as_large_as_asked_for(tmp_path, size):
    options = {"sparse_structure_sample_steps": 1, "texture_bake_mode": "fast"}
    inputs = {"image": saved(tmp_path, figure())}
    run("image_to_textured_mesh", inputs, tmp_path, {"texture_size": size}, options)
    assert [image.size for image in textures(tmp_path / "output.glb")] == [(size, size)]


@pytest.mark.parametrize("size", [255, 4097])
@pytest.mark.parametrize("feature", ["image_to_textured_mesh", "image_mesh_painting"])
def test_a_texture_of_another_size_is_refused(feature, size):
    with pytest.raises(InvalidValue, match="texture_size"):
        validated(CATALOG.feature(feature).params, {"texture_size": size})


def test_half_the_ratio_leaves_half_the_faces_and_half_the_depth_scale_half_the_depth(tmp_path):
    """Of a ball in outline, whose depth is by formula, so that the numbers are those asked for."""
    picture = Image.new("RGBA", (128, 128))
    ImageDraw.Draw(picture).ellipse((14, 14, 114, 114), fill=(180, 90, 40, 255))
    inputs = {"image": saved(tmp_path, picture)}
    flat = {"depth_method": "inflation", "slat_cfg_strength": 0.0}
    whole = run("image_to_raw_mesh", inputs, tmp_path, {}, flat)
    half = run("image_to_raw_mesh", inputs, tmp_path, {"simplify_ratio": 0.5}, flat)
    assert half.info["face_count"] == pytest.approx(whole.info["face_count"] / 2, rel=0.06)
    thin = run("image_to_raw_mesh", inputs, tmp_path, {}, {**flat, "depth_scale": 0.5})
    assert thin.info["size_m"][2] == pytest.approx(whole.info["size_m"][2] / 2, rel=0.1)
    assert thin.info["size_m"][:2] == pytest.approx(whole.info["size_m"][:2], rel=0.02)
