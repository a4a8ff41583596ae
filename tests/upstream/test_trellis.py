"""TRELLIS's adapter on a recording double: what upstream is asked of pictures, and what becomes of its answer."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from PIL import Image

from benchmarks.tiny.drive import Job
from pipelines.messages import Cancelled, Failed
from tests.gltf_validator import validate
from tests.upstream.recorded import needs_torch
from tests.upstream.trellis_site import (
    BLUE,
    RAW,
    RED,
    SMALL,
    TEXTURED,
    YELLOW,
    has_colours,
    image,
    vertices,
    with_options,
)

pytestmark = needs_torch


# One picture


def test_documents_defaults_reach_both_samplers(site, pictures):
    site.made(RAW, image(pictures))
    told = {row["call"]: row for row in site.calls()}
    assert told["sample_sparse_structure"]["params"] == {"steps": 25, "cfg_strength": 8.5}
    assert told["sample_slat"]["params"] == {"steps": 25, "cfg_strength": 4.0}


def test_every_number_reaches_its_sampler_and_every_step_is_one_call(site, pictures):
    options = {
        "sparse_structure_sample_steps": 2,
        "sparse_structure_cfg_strength": 0.0,
        "slat_sample_steps": 3,
        "slat_cfg_strength": 20.0,
    }
    site.made(RAW, with_options(image(pictures), **options))
    calls = site.calls()
    told = {row["call"]: row for row in calls}
    assert told["sample_sparse_structure"]["params"] == {"steps": 2, "cfg_strength": 0.0}
    assert told["sample_slat"]["params"] == {"steps": 3, "cfg_strength": 20.0}
    steps = [row["sampler"] for row in calls if row["call"] == "sample_once"]
    assert steps == ["sparse_structure_sampler"] * 2 + ["slat_sampler"] * 3


def test_stages_are_asked_in_their_order_without_gradients(site, pictures):
    options = {"sparse_structure_sample_steps": 1, "slat_sample_steps": 1}
    site.made(TEXTURED, with_options(image(pictures, **SMALL), **options))
    calls = [row for row in site.calls() if row["call"] not in ("to", "sample_once", "inference")]
    assert [row["call"] for row in calls] == [
        *("preprocess_image", "get_cond", "sample_sparse_structure", "coords", "sample_slat"),
        *("decode_mesh", "decode_gaussian"),
    ]
    assert not any(row.get("gradients") for row in calls)


def test_mesh_without_texture_needs_no_splats(site, pictures):
    site.made(RAW, image(pictures))
    assert site.calls("decode_gaussian") == []


def test_picture_is_cut_out_by_us_and_has_a_transparent_border(site, pictures, tmp_path):
    site.made(RAW, image(pictures))
    (seen,) = site.calls("preprocess_image")
    assert (seen["mode"], seen["size"], seen["border"]) == ("RGBA", [62, 62], 0)
    assert seen["inside"] == pytest.approx(np.pi * 30**2, rel=0.02)
    assert seen["colour"] == [200, 30, 30]
    opaque = Image.new("RGB", (100, 100), (250, 250, 250))
    opaque.paste((200, 30, 30), (30, 30, 70, 70))
    opaque.save(tmp_path / "opaque.png")
    _, info = site.made(RAW, Job({"image": tmp_path / "opaque.png"}))
    (seen,) = site.calls("preprocess_image")
    assert (seen["mode"], seen["border"]) == ("RGBA", 0)
    assert seen["inside"] == pytest.approx(40**2, rel=0.1)
    assert info["matting_method"] == "border_colour"


@pytest.mark.parametrize("alpha", [0, 255])
def test_picture_that_shows_nothing_is_refused_before_the_model_is_asked(site, tmp_path, alpha):
    Image.new("RGBA", (64, 64), (90, 90, 90, alpha)).save(tmp_path / "nothing.png")
    ran = site.ran(RAW, Job({"image": tmp_path / "nothing.png"}))
    assert isinstance(ran.end, Failed)
    assert ran.end.code == "INVALID_VALUE"
    assert "image" in ran.end.message
    assert site.calls("get_cond") == []


def test_seed_is_set_after_the_picture_was_read_and_told(site, pictures):
    drawn = {}
    for seed in (0, 7, 2**31 - 1, 7):
        _, info = site.made(RAW, image(pictures, seed=seed))
        assert info["seed"] == info["provenance"]["seed"] == seed
        rows = site.calls()
        told = [row["drawn"] for row in rows if "drawn" in row]
        assert drawn.setdefault(seed, told) == told
    assert len({tuple(told) for told in drawn.values()}) == 3


def test_mesh_stands_in_our_frame_with_the_colours_of_the_splats(site, pictures):
    ran, info = site.made(TEXTURED, image(pictures, **SMALL, target_height_m=1.0))
    path = ran.out_dir / "output.glb"
    assert validate(path).complaints == []
    assert has_colours(path, RED, BLUE)  # no green of the faint ones
    assert trimesh.load(path, force="mesh").extents == pytest.approx([1.0] * 3, abs=0.02)
    assert info["watertight"] is True
    assert (info["method"], info["texture_bake"]) == ("trellis", "own")
    assert info["texture_source"] == "views"
    made_by = info["provenance"]
    assert made_by["version"] == "microsoft/TRELLIS@6b0d64751ad5"
    assert [row["repo"] for row in made_by["weights"]] == [
        *("tiny/trellis_image", "tiny/trellis_decoders", "tiny/trellis_dinov2"),
    ]


@pytest.mark.parametrize("style", ["realistic", "lowpoly"])
def test_mesh_without_texture_has_the_colours_of_its_vertices(site, pictures, style):
    ran, _ = site.made(RAW, image(pictures, style=style))
    path = ran.out_dir / "output.glb"
    assert validate(path).complaints == []
    points, colours = vertices(path, "POSITION"), vertices(path, "COLOR_0")
    depth = points[:, 2] - points[:, 2].mean()
    far = 0.2 * np.ptp(points[:, 2])
    assert {tuple(row) for row in colours[depth > far].tolist()} == {(1.0, 1.0, 0.0, 1.0)}
    assert {tuple(row) for row in colours[depth < -far].tolist()} == {(0.0, 0.0, 1.0, 1.0)}


def test_texture_may_come_from_the_vertices_instead(site, pictures):
    job = with_options(image(pictures, **SMALL), texture_source="mesh")
    ran, _ = site.made(TEXTURED, job)
    assert site.calls("decode_gaussian") == []
    assert has_colours(ran.out_dir / "output.glb", YELLOW, BLUE)


def test_mesh_has_the_faces_asked_for(site, pictures):
    _, whole = site.made(RAW, image(pictures))
    _, half = site.made(RAW, image(pictures, simplify_ratio=0.5))
    _, few = site.made(RAW, image(pictures, target_face_count=300))
    assert half["face_count"] == pytest.approx(whole["face_count"] / 2, rel=0.05)
    assert few["face_count"] == pytest.approx(300, rel=0.1)
    assert few["watertight"] is True
    _, limited = site.made(RAW, image(pictures, vertex_limit=200))
    assert limited["vertex_count"] <= 200


def test_hollow_inside_takes_no_faces(site, pictures):
    _, plain = site.made(RAW, image(pictures))
    site.want(decode_mesh="hollow")
    _, hollow = site.made(RAW, image(pictures))
    assert hollow["face_count"] == plain["face_count"] == 5_120
    assert hollow["watertight"] is True


# Other colours, several views


def test_texture_image_colours_the_same_voxels_by_a_latent_of_its_own(site, pictures):
    inputs = {"image": pictures["image"], "texture_image": pictures["image_left"]}
    _, info = site.made(TEXTURED, Job(inputs, SMALL))
    calls = site.calls()
    seen = [row["colour"] for row in calls if row["call"] == "preprocess_image"]
    assert seen == [[200, 30, 30], [9, 9, 90]]
    drawn = [
        row["says"] for row in calls if row["call"] in ("sample_sparse_structure", "sample_slat")
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert info["texture_source"] == "texture_image"


@pytest.mark.parametrize("mode", ["stochastic", "multidiffusion"])
def test_several_views_go_through_upstreams_own_way(site, pictures, mode):
    options = {
        "sparse_structure_sample_steps": 4,
        "slat_sample_steps": 3,
        "multi_image_mode": mode,
    }
    job = with_options(image(pictures, "image_back", "image_left"), **options)
    _, info = site.made(RAW, job)
    calls = site.calls()
    assert [row for row in calls if row["call"] == "inject"] == [
        {"call": "inject", "sampler": name, "views": 3, "steps": steps, "mode": mode}
        for name, steps in (("sparse_structure_sampler", 4), ("slat_sampler", 3))
    ]
    sampled = [row for row in calls if row["call"].startswith("sample_s")]
    assert [(row["conditions"], row["nothings"]) for row in sampled] == [(3, 1), (3, 1)]
    assert {row["mode"] for row in calls if row["call"] == "inference"} == {mode}
    assert info["views_used"] == ["image", "image_back", "image_left"]


def test_one_view_after_several_is_looked_at_as_before(site, pictures):
    several = with_options(image(pictures, "image_back"), sparse_structure_sample_steps=50)
    site.want(sample_once="slow")
    stopped = site.ran(RAW, several, cancel_at=lambda stage, percent: percent > 25)
    assert isinstance(stopped.end, Cancelled)
    assert {row["mode"] for row in site.calls("inference")} == {"stochastic"}
    site.want()
    site.made(RAW, image(pictures))
    assert not any("mode" in row for row in site.calls("inference"))


def test_views_beyond_the_steps_are_told(site, pictures):
    job = image(pictures, "image_back", "image_left")
    ran, _ = site.made(RAW, with_options(job, slat_sample_steps=1))
    (told,) = [row for row in ran.end.outcome.warnings if row.code == "VIEWS_NOT_USED"]
    assert told.message.startswith(
        "slat_sample_steps is 1, so that 2 of the 3 views are not looked at"
    )
