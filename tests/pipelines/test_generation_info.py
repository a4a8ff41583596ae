"""What a built-in model says of its run is what the API's page says that it says."""

import re
from pathlib import Path

import pytest

from tests.pipelines.classic_pictures import cube, figure, run, saved

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api" / "generation_backend.md"
SMALL = {"texture_size": 256}
COARSE = {"sparse_structure_sample_steps": 1}
RUNS = {
    "image_to_raw_mesh": ({"image"}, {}, COARSE),
    "image_to_textured_mesh": ({"image", "texture_image"}, SMALL, COARSE),
    "text_to_raw_mesh": (set(), {"text_prompt": "two red chairs"}, {}),
    "text_to_textured_mesh": (set(), {"text_prompt": "a vase on a table", **SMALL}, {}),
    "text_mesh_painting": ({"mesh"}, {"text_prompt": "wood, snow on top", **SMALL}, {}),
    "image_mesh_painting": ({"image", "mesh"}, SMALL, {}),
    "mesh_segmentation": ({"mesh"}, {"num_parts": 3}, {}),
}
# Ways of using a feature that say more.
MORE = [
    ("text_mesh_painting", {"mesh"}, {"text_prompt": "marble tiles", **SMALL}, {}),
]
# Said elsewhere: with a sentence embedding installed (test_text_embedding.py), by the server (test_six_views.py), of
# every mesh after the model (test_conversion.py), of every run (test_provenance.py).
ELSEWHERE = {"likeness", "views_guessed", "mesh_report", "provenance"}
# Of every model, told by _run and under other names by the APIs.
COMMON = {"model", "seed", "parameters"}


def section() -> str:
    return PAGE.read_text().split("## What generation_info says")[1].split("\n## ")[0]


@pytest.mark.parametrize("feature", RUNS)
def test_every_field_is_documented_and_of_json(tmp_path, feature):
    slots, params, options = RUNS[feature]
    picture, mesh = saved(tmp_path, figure()), cube(tmp_path / "cube.glb")
    inputs = {slot: mesh if slot == "mesh" else picture for slot in slots}
    info = run(feature, inputs, tmp_path, params, options).info
    documented = {*re.findall(r"`(\w+)`", section())}
    assert {*info} - COMMON <= documented
    assert COMMON <= {*info}


def test_every_documented_field_is_said_by_some_model(tmp_path):
    picture, mesh = saved(tmp_path, figure()), cube(tmp_path / "cube.glb")
    said: set[str] = set()
    runs = [(feature, *rest) for feature, rest in RUNS.items()]
    for feature, slots, params, options in [*runs, *MORE]:
        inputs = {slot: mesh if slot == "mesh" else picture for slot in slots}
        said |= {*run(feature, inputs, tmp_path, params, options).info}
    rows = re.findall(r"^\| (`.*?) \|", section(), re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert documented <= said | ELSEWHERE
