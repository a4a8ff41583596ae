"""TRELLIS's adapter on a recording double: what upstream is asked of texts."""

from __future__ import annotations

import pytest

from benchmarks.tiny.drive import Job
from pipelines.messages import Done
from tests.upstream.recorded import needs_torch
from tests.upstream.trellis_site import (
    BLUE,
    RED,
    SMALL,
    has_colours,
)

pytestmark = needs_torch


def test_text_is_read_and_sampled_with_the_documents_defaults(reader):
    ran, info = reader.made(
        "trellis_text_to_raw_mesh", Job({}, {"text_prompt": "a red chair", "seed": 3})
    )
    calls = reader.calls()
    assert [row["prompt"] for row in calls if row["call"] == "get_cond"] == [["a red chair"]]
    sampled = {row["call"]: row["params"] for row in calls if row["call"].startswith("sample_s")}
    assert sampled == {
        "sample_sparse_structure": {"steps": 25, "cfg_strength": 8.5},
        "sample_slat": {"steps": 25, "cfg_strength": 4.0},
    }
    assert info["seed"] == 3
    assert list(ran.percents) == sorted(ran.percents)


@pytest.mark.parametrize(
    ("params", "shape", "look"),
    [
        ({"texture_prompt": "shiny"}, "a chair", "a chair, shiny"),
        ({"style": "cartoon"}, "a chair, cartoon style", "a chair, cartoon style"),
        ({"style": "lowpoly"}, "a chair", "a chair"),
        (
            {"style": "artistic", "texture_prompt": "old"},
            "a chair, hand-painted style",
            "a chair, old, hand-painted style",
        ),
    ],
)
def test_texture_prompt_and_style_are_read_with_the_look(reader, params, shape, look):
    job = Job({}, {"text_prompt": "a chair", **SMALL, **params})
    ran, _ = reader.made("trellis_text_to_textured_mesh", job)
    calls = reader.calls()
    read = [row["prompt"][0] for row in calls if row["call"] == "get_cond"]
    assert read == list(dict.fromkeys((shape, look)))
    says = {row["call"]: row["says"] for row in calls if row["call"].startswith("sample_s")}
    assert says["sample_sparse_structure"] == sum(map(ord, shape))
    assert says["sample_slat"] == sum(map(ord, look))
    assert has_colours(ran.out_dir / "output.glb", RED, BLUE)


def test_text_paints_a_mesh(reader, box):
    job = Job({"mesh": box}, {"text_prompt": "rusty metal", **SMALL}, {"slat_sample_steps": 2})
    ran, info = reader.made("trellis_text_mesh_painting", job)
    calls = reader.calls()
    assert [row["prompt"] for row in calls if row["call"] == "get_cond"] == [["rusty metal"]]
    assert not any(row["call"] in ("sample_sparse_structure", "decode_mesh") for row in calls)
    assert has_colours(ran.out_dir / "output.glb", RED, BLUE)
    assert info["uv"] == "of the file"


def test_words_the_encoder_does_not_read_are_told(reader):
    text = " ".join(f"w{number}" for number in range(80))
    ran, _ = reader.made("trellis_text_to_raw_mesh", Job({}, {"text_prompt": text}))
    (told,) = [row for row in ran.end.outcome.warnings if row.code == "WORDS_IGNORED"]
    assert told.message.endswith("it did not read: w75 w76 w77 w78 w79")


def test_low_vram_takes_the_text_encoder_along(reader):
    job = Job({}, {"text_prompt": "a chair"}, {"low_vram": True})
    ran = reader.ran("trellis_text_to_raw_mesh", job)
    assert isinstance(ran.end, Done)
    moved = [row["device"] for row in reader.calls("to") if row["model"] == "text_cond_model"]
    assert moved[-2:] == ["cuda", "cpu"]
