"""TRELLIS's adapter on a recording double: painting, memory, errors, cancelling, progress."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from benchmarks.tiny.drive import Job
from pipelines.catalog import Catalog
from pipelines.messages import Cancelled, Failed
from tests.upstream.recorded import needs_torch
from tests.upstream.trellis_site import (
    BLUE,
    NAMES,
    PAINTED,
    RAW,
    RED,
    SMALL,
    TEXTURED,
    has_colours,
    image,
    with_options,
)

pytestmark = needs_torch


# Painting


def test_painted_mesh_is_the_clients_own_bit_by_bit(site, pictures, box):
    job = Job({"image": pictures["image"], "mesh": box}, SMALL)
    ran, info = site.made(PAINTED, job)
    old, new = (
        trimesh.load(path, force="mesh", process=False)
        for path in (box, ran.out_dir / "output.glb")
    )
    assert np.array_equal(old.vertices, new.vertices)
    assert np.array_equal(old.faces, new.faces)
    assert np.array_equal(old.visual.uv, new.visual.uv)
    assert info["uv"] == "of the file"
    assert has_colours(ran.out_dir / "output.glb", RED, BLUE)
    calls = site.calls()
    assert not any(row["call"] in ("sample_sparse_structure", "decode_mesh") for row in calls)
    (latent,) = [row for row in calls if row["call"] == "sample_slat"]
    assert latent["params"] == {"steps": 25, "cfg_strength": 4.0}
    (coords,) = [row for row in calls if row["call"] == "coords"]
    # Two units high and one wide: Y up becomes Z up, in the middle of the cube.
    assert coords["low"] == [0, 16, 16, 0]
    assert coords["high"] == [0, 47, 47, 63]
    assert coords["kind"] == "int32"
    assert coords["shape"][0] == info["voxels"]


def test_painting_takes_its_own_options(site, pictures, box):
    job = Job({"image": pictures["image"], "mesh": box}, {**SMALL, "seed": 5})
    options = {"slat_sample_steps": 2, "slat_cfg_strength": 1.5, "uvs": "new"}
    _, info = site.made(PAINTED, with_options(job, **options))
    calls = site.calls()
    (latent,) = [row for row in calls if row["call"] == "sample_slat"]
    assert latent["params"] == {"steps": 2, "cfg_strength": 1.5}
    assert info["uv"] == "new atlas"
    assert info["seed"] == 5


def test_mode_tile_shows_the_model_the_whole_picture(site, pictures, box):
    job = Job({"image": pictures["image"], "mesh": box}, {**SMALL, "mode": "tile"})
    _, info = site.made(PAINTED, job)
    (seen,) = site.calls("preprocess_image")
    assert (seen["size"], seen["inside"], seen["border"]) == ([102, 102], 100 * 100, 0)
    assert info["matting_method"] == "whole picture"


# Memory


def test_all_models_go_to_the_gpu_once(site, pictures):
    site.made(RAW, with_options(image(pictures), low_vram=True))
    site.made(RAW, image(pictures))
    moved = site.calls("to")
    assert {row["device"] for row in moved} == {"cuda"}
    assert {row["model"] for row in moved} == {*NAMES, "image_cond_model"}
    site.made(RAW, image(pictures))
    assert site.calls("to") == []


def test_low_vram_has_the_models_of_one_stage_on_the_gpu(site, pictures):
    site.made(TEXTURED, image(pictures, **SMALL))
    site.made(TEXTURED, with_options(image(pictures, **SMALL), low_vram=True))
    calls, there, held = site.calls(), {*NAMES, "image_cond_model"}, {}
    for row in calls:
        if row["call"] == "to":
            there = there | {row["model"]} if row["device"] == "cuda" else there - {row["model"]}
        elif "models" in row:
            held[row["call"]] = there
            assert set(row["models"]) == there
    assert held == {
        "get_cond": {"image_cond_model"},
        "sample_sparse_structure": {"sparse_structure_flow_model", "sparse_structure_decoder"},
        "sample_slat": {"slat_flow_model"},
        "decode_mesh": {"slat_decoder_mesh"},
        "decode_gaussian": {"slat_decoder_gs"},
    }
    assert there == set()


def test_low_vram_run_that_failed_leaves_the_gpu_empty_and_the_model_whole(site, pictures):
    site.want(sample_slat="memory")
    ran = site.ran(RAW, with_options(image(pictures), low_vram=True))
    assert isinstance(ran.end, Failed)
    last = {row["model"]: row["device"] for row in site.calls("to")}
    assert last["slat_flow_model"] == "cpu"
    site.want()
    site.made(RAW, image(pictures))


def test_memory_that_does_not_suffice_passes_through(site, pictures):
    site.want(decode_mesh="memory")
    ran = site.ran(RAW, image(pictures))
    assert isinstance(ran.end, Failed)
    assert ran.end.memory == "gpu"
    for card in Catalog.discover().cards.values():
        if card.family == "trellis":
            assert card.lower == {"low_vram": True}


# Errors, cancelling, progress


@pytest.mark.parametrize(
    ("wanted", "model_id"),
    [
        ({"sample_sparse_structure": "empty"}, RAW),
        ({"sample_slat": "nan"}, RAW),
        ({"decode_mesh": "empty"}, RAW),
        ({"decode_mesh": "nan"}, TEXTURED),
        ({"decode_gaussian": "empty"}, TEXTURED),
    ],
)
def test_shape_that_is_empty_is_told_as_that(site, pictures, wanted, model_id):
    site.want(**wanted)
    ran = site.ran(model_id, image(pictures))
    assert isinstance(ran.end, Failed)
    assert ran.end.message.startswith("the model made an empty shape; try another seed")
    assert not ran.end.is_unforeseen


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sparse_structure_sample_steps", (0, 101)),
        ("sparse_structure_cfg_strength", (-0.1, 20.1)),
        ("slat_sample_steps", (0, 101)),
        ("slat_cfg_strength", (-0.1, 20.1)),
        ("multi_image_mode", ("both",)),
        ("low_vram", ("perhaps",)),
        ("texture_bake", ("theirs",)),
        ("texture_source", ("octree",)),
        ("texture_bake_mode", ("best",)),
        ("depth_scale", (1.0,)),
    ],
)
def test_options_out_of_range_are_refused_by_name(site, pictures, name, values):
    for value in values:
        ran = site.ran(TEXTURED, with_options(image(pictures), **{name: value}))
        assert isinstance(ran.end, Failed)
        assert ran.end.code == "INVALID_VALUE"
        assert ran.end.message.startswith(name)
        assert site.calls() == []


@pytest.mark.parametrize(
    ("model_id", "stages"),
    [
        (RAW, ["preprocess", "geometry", "export"]),
        (TEXTURED, ["preprocess", "geometry", "texture", "export"]),
        (PAINTED, ["preprocess", "texture", "export"]),
    ],
)
def test_progress_rises_through_all_stages(site, pictures, box, model_id, stages):
    inputs = {"image": pictures["image"], **({"mesh": box} if model_id == PAINTED else {})}
    site.want(
        sample_slat="slow", decode_mesh="slow", decode_gaussian="slow", preprocess_image="slow"
    )
    ran, _ = site.made(model_id, Job(inputs))
    assert list(ran.percents) == sorted(ran.percents)
    assert [*dict(ran.told)] == stages


@pytest.mark.parametrize(
    ("model_id", "option", "stage"),
    [
        (RAW, "sparse_structure_sample_steps", "geometry"),
        (PAINTED, "slat_sample_steps", "texture"),
    ],
)
def test_cancelled_within_a_step_it_is_fit_for_the_next_run(
    site, pictures, box, model_id, option, stage
):
    inputs = {"image": pictures["image"], **({"mesh": box} if model_id == PAINTED else {})}
    first, _ = site.made(model_id, Job(inputs))
    job = Job(inputs, {}, {option: 100})
    site.want(sample_once="slow")
    stopped = site.ran(model_id, job, cancel_at=lambda name, percent: name == stage)
    assert isinstance(stopped.end, Cancelled)
    site.want()
    calls = site.calls()
    assert not any(row["call"].startswith("decode") for row in calls)
    assert sum(row["call"] == "sample_once" for row in calls) < 20
    again, _ = site.made(model_id, Job(inputs))
    one, other = ((ran.out_dir / "output.glb").read_bytes() for ran in (first, again))
    assert one == other
