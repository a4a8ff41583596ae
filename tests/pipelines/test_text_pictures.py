"""Prompts written for pictures: views, cuts, lights and styles name no object, part or look, and are told."""

import pytest

from pipelines.geometry.families import described, prompt
from pipelines.words.pictures import without_pictures

DRAGON = (
    "a majestic dragon on a rock, volumetric lighting, 4k, octane render, cycles, trending on artstation, film grain, "
    "no background, flat colors, under 500 triangles, dramatic sky with clouds, matte painting, by studio ghibli"
)


def made(text: str) -> described.Described:
    return described.make(text, seed=0, style="lowpoly", vertex_limit=None)


@pytest.mark.parametrize(
    ("text", "family", "view"),
    [
        ("volcano cross section", "volcano", "cross section"),
        ("cross-section of an apple", "apple", "cross section"),
        ("exploded view of a watch", "watch", "exploded view"),
        ("a cutaway submarine", "submarine", "cutaway"),
        ("a blueprint of a castle", "castle", "blueprint"),
        ("low angle shot of a castle", "castle", "low angle shot"),
        ("wireframe of a car", "car", "wireframe"),
        ("sprite sheet of a wizard", "wizard", "sprite sheet"),
        ("floor plan of a house", "house", "floor plan"),
        ("silhouette of a tree", "tree", "silhouette"),
        ("a horse, side view", "horse", "side view"),
    ],
)
def test_a_view_is_told_and_names_no_object(text, family, view):
    found = made(text)
    assert found.reading.things[0].family.name == family
    told = {notice.code: notice.message for notice in found.notices()}
    assert f"asks for {view};" in told["VIEW_NOT_MADE"]


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("blueprint", "scroll"),
        ("cross", "cross"),
        ("a shot glass", "goblet"),
        ("picture frame", "picture frame"),
        ("top hat", "top hat"),
        ("front door", "door"),
    ],
)
def test_things_that_sound_like_views_stay_things(text, family):
    scene = prompt.read_things(text)
    assert scene.things[0].family.name == family and not scene.told


def test_clauses_on_the_picture_name_nothing():
    found = made(DRAGON)
    assert [thing.family.name for thing in found.reading.things] == ["dragon", "rock"]
    assert not found.notices()
    ignored = set(described.painted(found, "").ignored)
    assert {"lighting", "cycles", "background", "triangles", "sky", "painting", "ghibli"} <= ignored


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("cat on a plain white background with a hat", "cat with a hat"),
        ("chair with 10k polygons", "chair"),
        ("a cube with 6 faces", "a cube with 6 faces"),
    ],
)
def test_only_the_phrase_on_the_picture_goes(text, left):
    (row,) = without_pictures([text.split()], {"cat": "cat", "chair": "chair"}).clauses
    assert " ".join(row) == left


def test_a_clause_that_names_a_part_or_a_look_is_read():
    clauses = [["unicorn"], ["blue", "tail", "4k"], ["red", "velvet", "hd"], ["4k", "render"]]
    read = without_pictures(clauses, {"unicorn": "unicorn"}, {"red", "velvet"})
    assert read.clauses == [*clauses[:3], []] and read.words == ["4k", "render"]
