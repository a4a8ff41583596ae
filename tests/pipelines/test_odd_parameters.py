"""Odd and extreme parameters of the six features that make or paint a mesh: the GLB stays valid, upright and placed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from tests.gltf_validator import validate
from tests.pipelines.classic_pictures import figure, run, saved

COARSE = {"sparse_structure_sample_steps": 1, "slat_sample_steps": 1}
SMALL = {"texture_size": 256}
CHAIR = {"text_prompt": "a wooden chair"}

# What is odd -> feature, params, options.
MADE: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "very small": ("image_to_raw_mesh", {"target_height_m": 0.001}, COARSE),
    "very large": ("image_to_textured_mesh", {"target_height_m": 1000.0, **SMALL}, COARSE),
    "few faces": ("image_to_textured_mesh", {"target_face_count": 60, **SMALL}, COARSE),
    "a share of few": (
        "image_to_raw_mesh",
        {"target_face_count": 100, "simplify_ratio": 0.01},
        COARSE,
    ),
    "more faces than there are": ("image_to_raw_mesh", {"target_face_count": 100_000}, COARSE),
    "a limit and a target": (
        "image_to_raw_mesh",
        {"target_face_count": 5000, "vertex_limit": 100},
        COARSE,
    ),
    "low-poly at a target": (
        "image_to_textured_mesh",
        {"style": "lowpoly", "target_face_count": 2000, **SMALL},
        COARSE,
    ),
    "flat as paper": ("image_to_raw_mesh", {}, COARSE | {"depth_scale": 0.1}),
    "as thick as it goes": (
        "image_to_raw_mesh",
        {},
        COARSE | {"depth_scale": 3.0, "sparse_structure_cfg_strength": 20.0},
    ),
    "texture of an odd size": ("image_to_textured_mesh", {"texture_size": 777}, COARSE),
    "text, very small": ("text_to_raw_mesh", {**CHAIR, "target_height_m": 0.001}, {}),
    "text, few faces": ("text_to_raw_mesh", {**CHAIR, "target_face_count": 60}, {}),
    "text, a tiny share": ("text_to_raw_mesh", {**CHAIR, "simplify_ratio": 0.01}, {}),
    "text, cartoon of few faces": (
        "text_to_textured_mesh",
        {**CHAIR, "style": "cartoon", "target_face_count": 200, **SMALL},
        {},
    ),
    "text, low-poly and less": (
        "text_to_textured_mesh",
        {**CHAIR, "style": "lowpoly", "simplify_ratio": 0.3, **SMALL},
        {},
    ),
    "text, the last seed": ("text_to_raw_mesh", {**CHAIR, "seed": 2**31 - 1}, {}),
    "text, odd texture": ("text_to_textured_mesh", {**CHAIR, "texture_size": 301}, {}),
}
PAINTED: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "odd texture": ("text_mesh_painting", {"text_prompt": "gold", "texture_size": 333}, {}),
    "fine pattern": (
        "text_mesh_painting",
        {"text_prompt": "brick", **SMALL, "seed": 2**31 - 1},
        {"pattern_scale": 0.1},
    ),
    "tiny tiles": ("image_mesh_painting", {**SMALL, "mode": "tile"}, {"tile_scale": 0.02}),
    "artistic": (
        "image_mesh_painting",
        {**SMALL, "style": "artistic"},
        {"texture_bake_mode": "opt"},
    ),
}


def valid(path: Path) -> np.ndarray:
    """The bounds (2, 3) of a GLB that the validator has nothing to say of."""
    assert validate(path).complaints == []
    return np.asarray(trimesh.load(path, force="scene").bounds)


@pytest.mark.parametrize("name", MADE)
def test_made_mesh_is_valid_and_stands_centred_on_the_ground(tmp_path, name):
    feature, params, options = MADE[name]
    inputs = {"image": saved(tmp_path, figure())} if feature.startswith("image") else {}
    outcome = run(feature, inputs, tmp_path, params, options)
    low, high = valid(tmp_path / "output.glb")
    size = high - low
    assert np.allclose([(low + high)[0], low[1], (low + high)[2]], 0, atol=2e-4 * size.max())
    assert size[1] == pytest.approx(params.get("target_height_m", 1.0), rel=1e-3)
    assert outcome.info["watertight"]
    if "target_face_count" in params and "vertex_limit" not in params:
        wanted = params["target_face_count"] * params.get("simplify_ratio", 1.0)
        told = {notice.code for notice in outcome.warnings}
        close = abs(outcome.info["face_count"] - wanted) <= 0.05 * wanted
        assert close or "FACE_COUNT_MISSED" in told


@pytest.mark.parametrize("name", PAINTED)
def test_painted_mesh_is_valid_and_keeps_its_place(tmp_path, name):
    feature, params, options = PAINTED[name]
    ball = trimesh.creation.icosphere(2, 3.0).apply_translation((5, -4, 2))
    path = tmp_path / "ball.ply"
    path.write_bytes(ball.export(file_type="ply"))
    inputs = {"mesh": path}
    if feature.startswith("image"):
        inputs["image"] = saved(tmp_path, figure())
    outcome = run(feature, inputs, tmp_path, params, options)
    assert np.allclose(valid(tmp_path / "output.glb"), ball.bounds, atol=1e-4)
    assert outcome.info["face_count"] == len(ball.faces)
