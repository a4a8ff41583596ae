"""Measures that a prompt gives in figures: read, kept by a single object, and told where they are not."""

import numpy as np
import pytest
import trimesh

from pipelines.words.metres import read_measure
from tests.pipelines.classic_pictures import run


@pytest.mark.parametrize(
    ("text", "rest", "along", "metres"),
    [
        ("a barrel, 1.2 m tall", "a barrel", "height", 1.2),
        ("vase, 20 cm tall, blue", "vase,  , blue", "height", 0.2),
        ("a 20-cm-tall vase", "a   vase", "height", 0.2),
        ("a table, height: 75cm", "a table", "height", 0.75),
        ("a house 1,5 m high", "a house", "height", 1.5),
        ("a 1,000 mm wide table", "a   table", "width", 1.0),
        ("a bolt, 40 mm long", "a bolt", "longest", 0.04),
        ("a 6 foot man", "man", "longest", 6 * 0.3048),
        ("stone wall 3m", "stone wall", "longest", 3.0),
    ],
)
def test_a_measure_is_read_and_taken_out(text, rest, along, metres):
    left, measure = read_measure(text)

    assert (left, measure.along) == (rest, along)
    assert measure.metres == pytest.approx(metres)


@pytest.mark.parametrize(
    "text",
    [
        "a robot with arms 20 cm long",
        "an apple 2 m from a tree",
        "a table with 4 feet",
        "a box, 0 m tall",
        "a box 99999 m tall",
        "M8 bolt",
        "a 1.2.3 m tall box",
    ],
)
def test_what_is_no_measure_of_the_whole_is_left_alone(text):
    assert read_measure(text) == (text, None)


@pytest.mark.parametrize(
    ("text", "side", "metres"),
    [
        ("a barrel, 1.2 m tall", 1, 1.2),
        ("a snake 20 cm wide", 0, 0.2),
        ("a bolt, 40 mm long", None, 0.04),
        ("a 3 m crocodile", None, 3.0),
    ],
)
def test_one_object_is_as_large_as_the_text_says(tmp_path, text, side, metres):
    outcome = run("text_to_raw_mesh", {}, tmp_path, {"text_prompt": text})
    size = np.ptp(trimesh.load(tmp_path / "output.glb", force="mesh").vertices, axis=0)

    assert (max(size) if side is None else size[side]) == pytest.approx(metres, rel=1e-3)
    assert outcome.info["size_m"] == pytest.approx(list(size), rel=1e-3)
    assert outcome.info["ignored_words"] == []


@pytest.mark.parametrize(
    ("text", "params"),
    [("two dogs 20 cm tall", {}), ("a barrel 20 cm tall", {"target_height_m": 2.0})],
)
def test_a_measure_that_is_not_kept_is_told(tmp_path, text, params):
    outcome = run("text_to_raw_mesh", {}, tmp_path, {"text_prompt": text, **params})

    assert "20 cm tall" in outcome.info["ignored_words"]
    assert outcome.info["size_m"][1] == pytest.approx(params.get("target_height_m", 1.0))
