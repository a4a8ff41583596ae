"""Prompts that repeat themselves: sizes, counts and coats stay within bounds, and so do their meshes."""

import contextlib
import time

import numpy as np
import pytest

from pipelines.errors import InvalidValue
from pipelines.geometry.families import described, model, prompt, registry
from pipelines.geometry.families.surface_prompt import read_surface
from pipelines.geometry.materials.registry import material_words
from pipelines.words import sizes
from pipelines.words.coats import MOST_COATS, places, read_dress

MOST_FACES = 60_000
FAMILIES = registry.families()
SAMPLE = (*sorted(FAMILIES)[::17], "bamboo", "castle", "crocodile", "grapes", "rope", "temple")
OUTSTRETCHED = "tall high long elongated stretched wide broad thick fat bulky deep "
FLATTENED = "thin slim slender skinny lean narrow flat squat shallow long stretched "


def made(text):
    return described.make(text, seed=1, style="realistic", vertex_limit=None).built


def is_sound(built):
    size = np.ptp(built.vertices, axis=0)
    return (
        0 < len(built.faces) < MOST_FACES and np.isfinite(built.vertices).all() and size.min() > 0
    )


@pytest.mark.parametrize(
    "text",
    [
        "long " * 10 + "tank",
        "long " * 60 + "tank",
        "long " * 12 + "excavator",
        "long " * 300 + "sword",
        "thin " * 300 + "table",
        "wide " * 40 + "barn",
        "tall thin " * 30 + "spring",
        "tall " * 40 + "house",
        "thin " * 60 + "rope",
        "wide " * 60 + "castle",
        "long " * 60 + "tank and " + "tall " * 60 + "house",
    ],
)
def test_a_repeated_size_word_makes_a_bounded_mesh(text):
    assert is_sound(made(text))


@pytest.mark.parametrize("stretched", [OUTSTRETCHED, FLATTENED])
@pytest.mark.parametrize("name", SAMPLE)
def test_every_size_word_thirty_times_makes_a_bounded_mesh(name, stretched):
    asked = sizes.measures((stretched * 30).split(), FAMILIES[name].measures)
    assert is_sound(model.build(FAMILIES[name], asked, seed=1))


@pytest.mark.parametrize("name", ["truck", "horse", "castle", "crocodile", "fan", "helicopter"])
def test_an_object_that_cannot_be_as_asked_is_made_nearer_to_its_own_measures(name):
    asked = dict.fromkeys(("length", "width", "radius"), 4.0) | {"height": 0.25, "thickness": 0.25}
    assert is_sound(model.build(FAMILIES[name], asked, seed=1))


def test_a_size_word_counts_twice_and_no_more():
    once, twice, often = (sizes.measures(["long"] * n + ["sword"])["length"] for n in (1, 2, 9))
    assert 1 < once < twice == often


def test_size_words_together_change_a_measure_only_so_much():
    most = sizes.measures(("tall high " * 9).split())["height"]
    least = sizes.measures(("narrow thin slim skinny " * 9).split())["width"]
    assert (most, least) == (sizes.MOST_CHANGE, 1 / sizes.MOST_CHANGE)


def test_a_stretch_of_the_whole_is_bounded_over_all_measures_of_an_axis():
    asked = {"length": 4.0, "depth": 4.0}
    family = next(row for row in FAMILIES.values() if not asked.keys() & row.measures.keys())
    assert model.stretch(family, asked)[2] == sizes.MOST_CHANGE


def test_a_body_that_is_none_is_refused_by_the_field():
    with pytest.raises(InvalidValue, match="text_prompt"):
        model.sized(model.Manifold())


@pytest.mark.parametrize(
    "text",
    [
        "a 1000000-legged spider",
        "a 900 legged spider",
        "a row of 99999 trees",
        "900 trees",
        "24 stems of bamboo",
    ],
)
def test_great_numbers_make_a_bounded_mesh(text):
    assert len(made(text).faces) < 4 * MOST_FACES


def test_a_coat_said_often_is_one_coat():
    dress = read_dress("gold on top, " * 150, material_words())
    assert [coat.place for coat in dress.coats] == ["top"] and not dress.unused


def test_a_later_coat_of_a_place_covers_the_earlier_which_is_told():
    dress = read_dress("stone with gold on top, silver on top", material_words())
    assert [(coat.finish.material, coat.place) for coat in dress.coats] == [("silver", "top")]
    assert "gold" in dress.unused


def test_only_the_first_coats_are_laid_and_the_others_are_told():
    said = [
        "moss at the bottom", "gold on top", "silver edges", "dirt in the crevices", "red on the left",
        "blue on the right", "copper on the back", "snow on the front",
    ]  # fmt: skip
    dress = read_dress("stone, " + ", ".join(said), material_words())
    assert MOST_COATS < len(said) <= len(places())
    assert [coat.place for coat in dress.coats] == [
        "bottom",
        "top",
        "edges",
        "crevices",
        "left",
        "right",
    ]
    assert {"copper", "snow"} <= set(dress.unused) and not {"gold", "red"} & set(dress.unused)


def test_reading_a_long_dress_takes_no_time():
    start = time.process_time()
    read_dress("gold on top, red at the bottom, " * 10, material_words())
    assert time.process_time() - start < 2


# What once took 4 s, or too deep a stack: every word was read with all that stand before it. Now 0.1 to 1.5 s.
LONG_PROMPTS = {
    "says what it is": "it is a " * 1_200 + "cat",
    "adorned": "\N{DOG FACE} x" * 3_300,
    "halves": "half " + "x" * 9_990,
    "clauses": "a," * 5_000 + "dog",
    "coats": "gold with " * 1_000,
    "without": "a dog without " * 700 + "tail",
    "old": "old " * 2_400 + "house",
}


@pytest.mark.parametrize("name", LONG_PROMPTS)
def test_ten_thousand_letters_are_read_in_seconds(name):
    began_s = time.process_time()
    with contextlib.suppress(InvalidValue):
        prompt.read_things(LONG_PROMPTS[name])
    read_surface(LONG_PROMPTS[name], [])
    assert time.process_time() - began_s < 3.0
